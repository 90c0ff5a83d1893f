"""Cleaned answers handed on: every file of an export in a folder that takes its name only when all are written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import RunError, problem
from ..report.export import Dataset, dataset, exported
from ..report.export.loss import loss_files
from ..report.export.public import public
from ..study import Study, load_study
from ..survey.cache import processed
from ..survey.responses import prepare
from .folders import new_report, output_folder

MARK = "datapackage.json"
KEY_BYTES = 32
_DIFFERENT = 8  # bytes that must differ: 32 random ones have some thirty
_HEX = re.compile(rb"(?:[0-9a-fA-F]{2})+")


@dataclass(frozen=True)
class Exported:
    """What was written."""

    study: str
    folder: Path
    n: int
    files: tuple[str, ...]


def export(study: Study | str | Path, to: Path, *, data: str | Path | None = None) -> Exported:
    """Write a study's cleaned answers with all labels in both languages.

    Parameters
    ----------
    study, data
        As for `prepare`.
    to : Path
        The folder; an earlier export there is replaced.

    Returns
    -------
    Exported
        Parquet, SPSS, Excel, CSV, ``datapackage.json``, and the codebook as DDI and as pages.

    Raises
    ------
    RunError
        ``run.not_an_export``: something else is there; what the system says of a file that cannot be written.
    """
    loaded = study if isinstance(study, Study) else load_study(study, data=data)
    return written(dataset(prepare(loaded)), to)


def written(found: Dataset, to: Path, more: tuple[tuple[str, bytes], ...] = ()) -> Exported:
    """Write a dataset in every format, and further files beside it.

    Parameters
    ----------
    found : Dataset
        What is handed on.
    to : Path
        The folder.
    more : tuple of (name, bytes)
        Further files.
    """
    files = (*exported(found), *more)
    to = to.absolute()
    with output_folder(to.parent), new_report(to, mark=MARK, other="run.not_an_export") as folder:
        for name, content in files:
            (folder / name).write_bytes(content)
    return Exported(found.id, to, found.n, tuple(name for name, _ in files))


def export_public(study: Study | str | Path, to: Path, key: Path, *, data: str | Path | None = None) -> Exported:
    """Write a study's answers as the public may have them, and what the protection cost.

    Parameters
    ----------
    study, data
        As for `prepare`.
    to : Path
        The folder; an earlier export there is replaced.
    key : Path
        A file of at least 32 random bytes (or as many in hexadecimal digits) outside every repository, the study and
        `to`.

    Returns
    -------
    Exported
        As by `export`, and ``information_loss`` as numbers and pages.

    Raises
    ------
    RunError
        ``export.key_missing``, ``export.key_short``, ``export.key_inside``, and as `export`.
    DataError
        As `report.export.public.public`.
    """
    loaded = study if isinstance(study, Study) else load_study(study, data=data)
    secret = _key(key, (to, loaded.folder, loaded.data_folder, processed(loaded)))
    found = public(prepare(loaded), secret)
    return written(found.data, to, tuple(loss_files(found)))


def _key(path: Path, places: tuple[Path, ...]) -> bytes:
    """The key of a file that lies where nobody who gets the data can find it."""
    where = path.resolve()
    repositories = (folder for folder in where.parents if (folder / ".git").exists())
    for folder in (*places, *repositories):
        if where.is_relative_to(folder.resolve()):
            raise RunError(problem("export.key_inside", folder=folder.resolve().name))
    try:
        content = where.read_bytes()
    except OSError:
        raise RunError(problem("export.key_missing", file=path.name)) from None
    digits = content.strip()
    if _HEX.fullmatch(digits):
        content = bytes.fromhex(digits.decode())
    if len(content) < KEY_BYTES or len(set(content)) < _DIFFERENT:
        raise RunError(problem("export.key_short", found=len(content), limit=KEY_BYTES))
    return content
