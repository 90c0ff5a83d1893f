"""Where reports lie: a report takes its name only when all of it is written, in one move.

A run writes into a hidden folder beside the final one; what killed runs left there is cleared by the next. Where the
system can exchange two names at once, it does; elsewhere the earlier report steps aside for the blink between two
moves, and the next run puts it back should a run die just there.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import RunError, problem
from .lock import locked

#: Hidden names of unfinished reports, of an earlier report that stepped aside, and of an unfinished index.
_PARTIAL = re.compile(r"\.(?P<name>.+)\.partial-[a-z0-9_]{8}")
_ASIDE = re.compile(r"\.(?P<name>.+)\.old")
_INDEX = re.compile(r"\.index(\.\w+)?\.html\.\d+")

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextlib.contextmanager
def output_folder(out: Path) -> Iterator[None]:
    """Have the folder of all reports to oneself, rid of what killed runs left.

    Raises
    ------
    RunError
        ``run.locked``: another run holds it. ``run.disk_full``, ``run.read_only``, ``run.cannot_write``,
        ``run.system``: what the system says of a file that could not be written in it, or read elsewhere.
    """
    with _told(out):
        out.mkdir(parents=True, exist_ok=True)
        with locked(out):
            clear(out)
            try:
                yield
            finally:
                clear(out)


@contextlib.contextmanager
def _told(out: Path) -> Iterator[None]:
    """The system's refusal as a problem in words."""
    try:
        yield
    except OSError as error:
        raise RunError(problem(_code(error, out), folder=out.name, reason=error.strerror or str(error))) from error


def _code(error: OSError, out: Path) -> str:
    if error.errno in _FULL:
        return "run.disk_full"
    if isinstance(error.filename, str) and not Path(error.filename).absolute().is_relative_to(out):
        return "run.system"
    return "run.read_only" if error.errno in _CLOSED else "run.cannot_write"


def clear(out: Path) -> None:
    """Put back a report that stepped aside for one that never came; remove whatever is unfinished.

    Only for whoever holds the folder's lock: then every unfinished thing belongs to a run that is gone.
    """
    for path in sorted(out.iterdir()):
        aside = _ASIDE.fullmatch(path.name)
        if aside and path.is_dir() and not (out / aside["name"]).exists():
            path.rename(out / aside["name"])
        elif path.is_dir() and not path.is_symlink() and (aside or _PARTIAL.fullmatch(path.name)):
            shutil.rmtree(path, ignore_errors=True)
        elif _INDEX.fullmatch(path.name):
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def new_report(final: Path, *, mark: str = "manifest.json", other: str = "run.not_a_report") -> Iterator[Path]:
    """A folder that takes its name only when all of it is written; until then an earlier one stays whole.

    Parameters
    ----------
    final : Path
        The name; an earlier report there is replaced, anything else is left alone.
    mark : str
        The file by which an earlier one is known.
    other : str
        Code of the problem where something else has the name.

    Raises
    ------
    RunError
        `other`: something else has that name.
    """
    if final.exists() and not (final / mark).is_file() and not _is_empty(final):
        raise RunError(problem(other, folder=final.name))
    partial = Path(tempfile.mkdtemp(prefix=f".{final.name}.partial-", dir=final.parent))
    try:
        yield partial
        partial.chmod(0o755)
        _settle(partial)
        _take_place(partial, final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _is_empty(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def _settle(folder: Path) -> None:
    """Wait until the files are on the disk: a name must not come to last before what it names."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _take_place(partial: Path, final: Path) -> None:
    if not final.exists():
        partial.rename(final)
    elif not _exchange(partial, final):
        aside = final.with_name(f".{final.name}.old")
        final.rename(aside)
        partial.rename(final)
        shutil.rmtree(aside, ignore_errors=True)
    _settle_names(final.parent)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names at once (Linux, ``renameat2``); False where the system or the disk cannot."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    try:
        renameat2 = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(renameat2(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


def _settle_names(folder: Path) -> None:
    with contextlib.suppress(OSError, AttributeError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
