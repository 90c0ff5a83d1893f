"""OpenDocument spreadsheets. Repeated rows and cells are counted before anything is unfolded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .archive import bounded, names_in, opened, unpacked
from .table import RawTable
from .workbook import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Layout, read_workbook

SUFFIXES = (".ods",)

_CELLS = ("table:table-cell", "table:covered-table-cell")


def recognises(content: bytes) -> bool:
    """Whether the content is an OpenDocument file."""
    names = names_in(content)
    return "content.xml" in names and "[Content_Types].xml" not in names


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read one sheet of a spreadsheet."""
    place = Place(file=raw.name)
    with opened(raw.content, raw.name) as archive:
        parts = {part.filename: part for part in archive.infolist()}
        if "content.xml" not in parts:
            raise DataError(problem("data.unreadable", place))
        sheets = _Sheets(place)
        sheets.parse(unpacked(archive, parts["content.xml"]))
    return read_workbook(raw, options, lambda name: sheets.found.get(name, _Sheet()).layout())


@dataclass
class _Sheet:
    rows: int = 0  # up to the last one that holds something
    columns: int = 0
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    def layout(self) -> Layout:
        return Layout(tuple(self.hidden_rows), tuple(self.hidden_columns), tuple(self.merged))


class _Sheets:
    """Walks through the document once: sizes, hidden rows and columns, merged cells."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.found: dict[str, _Sheet] = {}
        self.sheet = _Sheet()
        self.row = self.column = self.listed = 0  # where the walk is
        self.repeats = 1

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EndElementHandler = self.end
        try:
            parser.Parse(content, True)
        except expat.ExpatError:
            raise DataError(problem("data.unreadable", self.place)) from None

    def doctype(self, *_: Any) -> None:
        raise DataError(problem("data.unreadable", self.place))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.sheet = self.found.setdefault(attributes.get("table:name", ""), _Sheet())
            self.row = self.listed = 0
        elif name == "table:table-column":
            self._listed_column(attributes)
        elif name == "table:table-row":
            self.repeats, self.column = _count(attributes, "table:number-rows-repeated"), 0
            if attributes.get("table:visibility") in ("collapse", "filter"):
                self.sheet.hidden_rows += range(self.row, min(self.row + self.repeats, MAX_ROWS))
        elif name in _CELLS:
            self._cell(attributes)

    def end(self, name: str) -> None:
        if name == "table:table-row":
            self.row += self.repeats

    def _listed_column(self, attributes: dict[str, str]) -> None:
        last = self.listed + _count(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility") in ("collapse", "filter"):
            self.sheet.hidden_columns += range(self.listed, min(last, MAX_COLUMNS))
        self.listed = last

    def _cell(self, attributes: dict[str, str]) -> None:
        repeats = _count(attributes, "table:number-columns-repeated")
        spanned = _count(attributes, "table:number-columns-spanned"), _count(attributes, "table:number-rows-spanned")
        if max(spanned) > 1:
            first = (self.row, self.column)
            self.sheet.merged.append((first, (first[0] + spanned[1] - 1, first[1] + spanned[0] - 1)))
        self.column += repeats
        if "office:value-type" in attributes or "calcext:value-type" in attributes:
            self.sheet.rows = self.row + self.repeats
            self.sheet.columns = max(self.sheet.columns, self.column)
            bounded("rows", self.sheet.rows, MAX_ROWS, self.place)
            bounded("columns", self.sheet.columns, MAX_COLUMNS, self.place)
            bounded("cells", self.sheet.rows * self.sheet.columns, MAX_CELLS, self.place)


def _count(attributes: dict[str, str], name: str) -> int:
    value = attributes.get(name, "1")
    return int(value) if value.isdecimal() and len(value) < 10 else 1
