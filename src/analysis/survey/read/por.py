"""Portable files of SPSS: values with their labels; what the file declares as missing stays visible until cleaning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .por_dictionary import Range, without_missing
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
    try:
        content, missing = without_missing(raw.content)
    except ValueError:
        raise DataError(problem("data.unreadable", Place(file=raw.name))) from None
    table = read_statistics(replace(raw, content=content), pyreadstat.read_por)
    declared = {at: _decoded(missing[name]) for at, name in enumerate(table.headers) if name in missing}
    return replace(table, missing=declared)


def _decoded(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    """Texts as the reader of values gives them: in UTF-8, without the spaces that fill their width."""
    return tuple((_text(low), _text(high)) for low, high in ranges)


def _text(value: Any) -> Any:
    return value.encode("latin-1").decode(errors="replace").rstrip() if isinstance(value, str) else value
