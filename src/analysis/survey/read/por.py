"""Portable files of SPSS: values with their labels; what the file declares as missing stays visible until cleaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..encodings.choice import choose, decoded
from ..raw import RawFile
from .por_dictionary import Words, words_of
from .statistics_file import read_statistics
from .table import RawTable

SUFFIXES = (".por",)


def recognises(content: bytes) -> bool:
    """Whether the content is a portable file."""
    head = content[:600].replace(b"\r", b"").replace(b"\n", b"")
    return b"SPSS PORT FILE" in head and b"SPSSPORT" in head


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read a portable file; a case is a row. Its encoding is the page's, else found by evidence."""
    import pyreadstat

    if not recognises(raw.content):
        raise DataError(problem("data.unreadable", Place(file=raw.name)))
    try:
        words = words_of(raw.content)
        said = _decoder(words, options.encoding)
        texts = {at: [said(cell) or None for cell in cells] for at, cells in words.texts.items()}
        labels = {
            at: {said(value): said(label) for value, label in found.items()} for at, found in words.labels.items()
        }
        missing = {at: tuple((said(low), said(high)) for low, high in ranges) for at, ranges in words.missing.items()}
        described = {at: said(text) for at, text in words.described.items()}
    except (ValueError, LookupError):
        raise DataError(problem("data.unreadable", Place(file=raw.name))) from None
    table = read_statistics(replace(raw, content=words.content), pyreadstat.read_por)
    cells = table.cells.copy()
    for at, column in texts.items():
        if len(column) < len(cells):
            raise DataError(problem("data.unreadable", Place(file=raw.name)))
        cells[at] = pd.Series(column[: len(cells)], dtype=object)
    names = tuple(described.get(at, "") for at in range(len(table.headers)))
    return replace(table, cells=cells, labels=labels, missing=missing, descriptions=names)


def _decoder(words: Words, declared: str | None) -> Callable[[Any], Any]:
    """How a value is said: a whole number as int; a text in its encoding, without the spaces that fill it."""
    encoding = declared or choose("\n".join(_said(words)).encode("latin-1")).encoding

    def said(value: Any) -> Any:
        if isinstance(value, str):
            return decoded(value.encode("latin-1"), encoding).rstrip()
        return int(value) if isinstance(value, float) and value.is_integer() else value

    return said


def _said(words: Words) -> Iterator[str]:
    yield from words.described.values()
    for found in words.labels.values():
        yield from found.values()
    for cells in words.texts.values():
        yield from set(cells)
