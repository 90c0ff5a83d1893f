"""Comma-separated text, as survey tools export it: the encoding is declared or marked, the delimiter is evident."""

from __future__ import annotations

import codecs
import csv
import io
from typing import Any

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .table import RawTable, table_of

SUFFIXES = (".csv",)

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = {",": ",", ";": ";", "tab": "\t"}
_SAMPLE = 20


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read a csv file; blank cells are None, everything else is text as it stands."""
    text = _decoded(raw, options.encoding)
    delimiter = _DELIMITERS[options.delimiter] if options.delimiter else _evident(text, raw.name)
    records = _records(text, delimiter, raw.name)
    headers, rows = (records[0][1], records[1:]) if records else ([], [])
    ragged = [
        problem("data.ragged_row", Place(file=raw.name, line=line), expected=len(headers), found=len(row))
        for line, row in rows
        if row and len(row) != len(headers)
    ]
    if ragged:
        raise DataError(*ragged)
    cells: list[list[Any]] = [
        [cell if cell.strip() else None for cell in row] or [None] * len(headers) for _, row in rows
    ]
    frame, lines = table_of(cells, [line for line, _ in rows], len(headers))
    return RawTable(raw.name, None, tuple(headers), frame, lines, records[0][0] if records else 1)


def _decoded(raw: RawFile, declared: str | None) -> str:
    encoding = declared or next((name for mark, name in _MARKS if raw.content.startswith(mark)), "utf-8")
    try:
        text = raw.content.decode(encoding)
    except UnicodeDecodeError as error:
        place = Place(file=raw.name, line=raw.content[: error.start].count(b"\n") + 1)
        raise DataError(problem("data.not_decodable", place, encoding=encoding)) from None
    if "\0" in text:
        place = Place(file=raw.name, line=text[: text.index("\0")].count("\n") + 1)
        raise DataError(problem("data.null_character", place))
    return text.removeprefix("\ufeff")


def _evident(text: str, file: str) -> str:
    """The one delimiter that cuts the first lines into the same number (two or more) of cells."""
    fitting = [delimiter for delimiter in _DELIMITERS.values() if _fits(text, delimiter)]
    if len(fitting) != 1:
        raise DataError(problem("data.delimiter_unclear", Place(file=file, line=1), allowed=tuple(_DELIMITERS)))
    return fitting[0]


def _fits(text: str, delimiter: str) -> bool:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        sample = [len(row) for row, _ in zip(reader, range(_SAMPLE), strict=False) if row]
    except csv.Error:
        return False
    return bool(sample) and sample[0] > 1 and max(sample, key=sample.count) == sample[0]


def _records(text: str, delimiter: str, file: str) -> list[tuple[int, list[str]]]:
    """Every record with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for row in reader:
            found.append((line, row))
            line = reader.line_num + 1
    except csv.Error:
        raise DataError(problem("data.csv_quotes", Place(file=file, line=line))) from None
    while found and not found[0][1]:
        found = found[1:]
    return found
