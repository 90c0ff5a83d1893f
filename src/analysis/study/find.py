"""Where a study lies: a folder, its page, or a bare name below `data/raw`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from ..errors import Place, Problem, StudyError, nearest, problem

PAGE = "study.yml"


def page_of(study: str | Path) -> Path:
    """The page of a study.

    Parameters
    ----------
    study : str or Path
        A study's folder, its page, or its name, which is looked for in `data/raw` of the working directory or of a
        folder above it, then in this package's own checkout.

    Returns
    -------
    Path
        An existing file.

    Raises
    ------
    StudyError
        ``study.not_found`` with the studies that are there.
    """
    path = Path(study)
    try:
        for candidate in (path, path / PAGE):
            if candidate.is_file():
                return candidate.absolute()
        named = [folder / path / PAGE for folder in raw_folders()] if path.name == str(path) else []
        here = next((page for page in named if page.is_file()), None)
    except (OSError, ValueError):  # a name that no file can have: too long, a null character
        here = None
    if here is None:
        known = studies()
        raise StudyError(problem("study.not_found", name=str(study), known=known, nearest=nearest(str(study), known)))
    return here


def studies() -> tuple[str, ...]:
    """Names of the studies within reach of the working directory."""
    return tuple(dict.fromkeys(page.parent.name for raw in raw_folders() for page in sorted(raw.glob(f"*/{PAGE}"))))


def raw_folders() -> tuple[Path, ...]:
    """Every `data/raw` at or above the working directory, then that of this package's checkout."""
    starts = (Path.cwd(), Path(__file__).resolve().parent)
    found = (above / "data" / "raw" for start in starts for above in (start, *start.parents))
    return tuple(dict.fromkeys(folder for folder in found if folder.is_dir()))


def escapes(name: str, folder: Path) -> bool:
    """Whether a file name of the page leads out of its folder: absolute, upwards, a link outside, or an address.

    Parameters
    ----------
    name : str
        As written in the page.
    folder : Path
        Where it must lie.

    Returns
    -------
    bool
        True when the name must be refused.
    """
    parts = (*PurePosixPath(name).parts, *PureWindowsPath(name).parts)
    if "://" in name or "\0" in name or ".." in parts or not name.strip():
        return True
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or PureWindowsPath(name).root:
        return True
    return not (folder / name).resolve().is_relative_to(folder.resolve())


def path_problems(name: str, folder: Path, place: Place) -> Iterator[Problem]:
    """The problem of a file name that leads out of its folder."""
    if escapes(name, folder):
        yield problem("study.path_outside", place, path=name)
