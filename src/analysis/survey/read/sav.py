"""SPSS files: values with their labels; what the file declares as missing stays visible until cleaning says so."""

from __future__ import annotations

from functools import partial

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .statistics_file import program_encoding, read_statistics
from .table import RawTable

SUFFIXES = (".sav", ".zsav")


def recognises(content: bytes) -> bool:
    """Whether the content is an SPSS file."""
    return content.startswith((b"$FL2", b"$FL3"))


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read an SPSS file; a case is a row."""
    import pyreadstat

    if not recognises(raw.content):
        raise DataError(problem("data.unreadable", Place(file=raw.name)))
    return read_statistics(raw, partial(pyreadstat.read_sav, user_missing=True, encoding=program_encoding(options)))
