"""Portable files of SPSS: values with their labels; what the file declares as missing comes out as missing."""

from __future__ import annotations

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .statistics_file import read_statistics
from .table import RawTable

SUFFIXES = (".por",)


def recognises(content: bytes) -> bool:
    """Whether the content is a portable file."""
    head = content[:600].replace(b"\r", b"").replace(b"\n", b"")
    return b"SPSS PORT FILE" in head and b"SPSSPORT" in head


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read a portable file; a case is a row."""
    import pyreadstat

    if not recognises(raw.content):
        raise DataError(problem("data.unreadable", Place(file=raw.name)))
    return read_statistics(raw, pyreadstat.read_por)
