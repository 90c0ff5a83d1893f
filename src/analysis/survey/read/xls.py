"""Workbooks of Excel 97-2003, read by the values that Excel kept; macros are not looked at."""

from __future__ import annotations

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .table import RawTable
from .workbook import Layout, read_workbook

SUFFIXES = (".xls",)

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # a newer workbook inside, locked with a password


def recognises(content: bytes) -> bool:
    """Whether the content is a compound file, as old workbooks are."""
    return content.startswith(_MAGIC)


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read one sheet of an old workbook."""
    if not recognises(raw.content):
        raise DataError(problem("data.unreadable", Place(file=raw.name)))
    if _LOCKED in raw.content:
        raise DataError(problem("data.password", Place(file=raw.name)))
    return read_workbook(raw, options, lambda _: Layout())
