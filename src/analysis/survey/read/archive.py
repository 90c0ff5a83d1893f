"""Packed files: what they hold, and limits that come before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import DataError, Place, problem

MAX_UNPACKED = 200_000_000
MAX_RATIO = 200
MAX_PARTS = 2_000
_SMALL = 100_000  # a part this small cannot hurt, however well it packs
_ENTRY = b"PK\x01\x02"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def is_archive(content: bytes) -> bool:
    """Whether the bytes begin as a packed file does."""
    return content.startswith(b"PK\x03\x04")


def names_in(content: bytes) -> frozenset[str]:
    """Names of the parts; none where there are too many of them or the file is damaged."""
    if not is_archive(content) or content.count(_ENTRY) > MAX_PARTS:
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return frozenset(archive.namelist())
    except _BROKEN:
        return frozenset()


@contextmanager
def opened(content: bytes, file: str) -> Iterator[zipfile.ZipFile]:
    """A packed file within the limits.

    Parameters
    ----------
    content : bytes
        As received.
    file : str
        Its name, for the place of a problem.

    Raises
    ------
    DataError
        ``data.too_many_parts``, ``data.too_many_bytes``, ``data.too_many_ratio``; ``data.unreadable``: damaged, or
        locked with a password.
    """
    place = Place(file=file)
    bounded("parts", content.count(_ENTRY), MAX_PARTS, place)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            bounded("bytes", sum(part.file_size for part in parts), MAX_UNPACKED, place)
            for part in parts:
                if part.file_size > _SMALL:
                    bounded("ratio", part.file_size // max(part.compress_size, 1), MAX_RATIO, place)
            yield archive
    except _BROKEN:
        raise DataError(problem("data.unreadable", place)) from None


def unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The content of a part, never more than it declares."""
    with archive.open(part) as stream:
        return stream.read(part.file_size)


def bounded(what: str, found: int, limit: int, place: Place) -> None:
    """Refuse more of something than the limit allows."""
    if found > limit:
        raise DataError(problem(f"data.too_many_{what}", place, limit=limit, found=found))
