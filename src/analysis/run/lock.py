"""One run at a time in an output folder: a lock that the system itself frees when its holder dies."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from ..errors import RunError, problem

NAME = ".analysis.lock"

#: Windows locks bytes, and others cannot read them: a byte far behind the text.
_FAR = 1 << 20

_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for the time of a run; its lock file says which process on which machine holds it.

    Parameters
    ----------
    folder : Path
        One that exists.

    Raises
    ------
    RunError
        ``run.locked``: another run holds it.
    """
    path = folder / NAME
    handle = _acquired(path)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()} {platform.node()}\n".encode())
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(handle)


def _acquired(path: Path) -> int:
    """An open handle of the lock file, locked. A file that its last holder removed meanwhile counts for nothing."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(handle)
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        except OSError as error:
            os.close(handle)
            if error.errno in _TAKEN:
                raise RunError(problem("run.locked", folder=path.parent.name, **_holder(path))) from None
            raise
        os.close(handle)


def _holder(path: Path) -> dict[str, str]:
    try:
        process, _, host = path.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
    except OSError:
        process, host = "", ""
    return {"process": process or "?", "host": host or "?"}


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
