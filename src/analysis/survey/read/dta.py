"""Stata files: values with their labels; .a to .z stay visible until cleaning makes them missing."""

from __future__ import annotations

from functools import partial

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .statistics_file import program_encoding, read_statistics
from .table import RawTable

SUFFIXES = (".dta",)


def recognises(content: bytes) -> bool:
    """Whether the content is a Stata file: tagged since version 117, a version byte and a byte order before."""
    if content.startswith(b"<stata_dta>"):
        return True
    return len(content) > 109 and 104 <= content[0] <= 116 and content[1] in (1, 2) and content[2:4] == b"\x01\x00"


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read a Stata file; an observation is a row."""
    import pyreadstat

    if not recognises(raw.content):
        raise DataError(problem("data.unreadable", Place(file=raw.name)))
    return read_statistics(raw, partial(pyreadstat.read_dta, user_missing=True, encoding=program_encoding(options)))
