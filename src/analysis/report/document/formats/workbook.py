"""XLSX: every table of the findings on a sheet of its own, numbers as numbers, no text that a program computes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ...block import Column, Number, Table, TableRow, Text, plain
from ...words import phrase
from ..html import title_of
from ..layout import ink
from ..model import Document, Numbered, shown_as
from ..package import canonical

if TYPE_CHECKING:
    from .edition import Edition

#: What a spreadsheet takes for the beginning of a formula, also in full width.
_FORMULA = tuple("=+-@\t\r＝＋－＠")

#: Signs that stand around a number in a cell: stars of significance, a percent sign, brackets.
_AROUND = re.compile(r"[\s*†%()\[\]\N{NO-BREAK SPACE}]*")


def files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """``tables.xlsx`` in the first language, ``tables.<lang>.xlsx`` in the others."""
    name = "tables.xlsx" if edition.lang == edition.langs[0] else f"tables.{edition.lang}.xlsx"
    for document in edition.documents:
        if document.contents and tables(document):
            yield name, workbook(document)


def tables(document: Document) -> list[tuple[Numbered, Table]]:
    """The numbered tables of a document."""
    return [
        (each, each.element)
        for each in document.elements
        if each.number and isinstance(each.element, Table) and shown_as(each.element) == "table"
    ]


def workbook(document: Document) -> bytes:
    """The tables of a document; the same bytes each time."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {
                "title": f"{document.subtitle} – {title_of(document)}",
                "comments": document.running,
                "created": datetime(1980, 1, 1),
            }
        )
        Book(book, document).write()
    return canonical(out.getvalue(), {})


class Book:
    """One workbook while it is written: its formats are shared by all sheets."""

    def __init__(self, book: Any, document: Document) -> None:
        self.book, self.document, self.lang = book, document, document.lang
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self) -> None:
        """The contents first, then a sheet for each table."""
        found = tables(self.document)
        contents = self.book.add_worksheet(phrase("document.contents", self.lang))
        for each, table in found:
            self._sheet(self.book.add_worksheet(self._name(each)), each, table)
        self._contents(contents, found)

    def _name(self, each: Numbered) -> str:
        return f"{phrase('label.table', self.lang)} {each.number}"

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"font_name": "Times New Roman", "font_size": 11, **properties})
        return self._formats[key]

    def _contents(self, sheet: Any, found: Sequence[tuple[Numbered, Table]]) -> None:
        _on_paper(sheet)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 90)
        self._string(sheet, 0, 0, title_of(self.document), bold=True, font_size=14)
        self._string(sheet, 1, 0, self.document.subtitle, italic=True)
        if self.document.stamp:
            self._string(sheet, 2, 0, self.document.stamp, bold=True, font_color="#8A4B00")
        about = [plain(text) for text in self.document.opening[1:]]
        for row, text in enumerate(about, start=3):
            self._string(sheet, row, 1, text, text_wrap=True, font_color="#8A4B00")
        for row, (each, table) in enumerate(found, start=4 + len(about)):
            name = self._name(each)
            sheet.write_url(row, 0, f"internal:'{name}'!A1", self._format(font_color="#0B4F8A", underline=1), name)
            self._string(sheet, row, 1, plain(table.caption), text_wrap=True)

    def _sheet(self, sheet: Any, each: Numbered, table: Table) -> None:
        _on_paper(sheet)
        widths = [_width(table, place, column) for place, column in enumerate(table.columns)]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        self._string(sheet, 0, 0, f"{self._name(each)}. {plain(table.caption)}", bold=True, font_size=12)
        row = self._head(sheet, 2, table.columns, widths)
        sheet.freeze_panes(row, 1)
        sheet.repeat_rows(2, row - 1)
        for line in table.rows:
            self._row(sheet, row, line, table.columns)
            row += 1
        below = [
            f"{phrase(f'label.{note.kind}', self.lang)} {plain(note.text)}"
            for note in table.notes
            if note.kind != "finding"
        ]
        for text in [*below, f"({table.source})" if table.source else ""]:
            if text:
                self._spanning(sheet, row, text, widths)
                row += 1

    def _spanning(self, sheet: Any, row: int, text: str, widths: Sequence[float]) -> None:
        """A note under a table in as many lines as it needs, not wider than the table or sixty letters."""
        further = max(0, -(-(60 - sum(widths)) // _COLUMN))
        last = len(widths) + int(further) - 1
        style = self._format(italic=True, font_size=10, text_wrap=True, valign="top")
        if last:
            sheet.merge_range(row, 0, row, last, "", style)
        self._string(sheet, row, 0, text, italic=True, font_size=10, text_wrap=True, valign="top")
        sheet.set_row(row, _LINE * _lines(text, sum(widths) + _COLUMN * further))

    def _head(self, sheet: Any, row: int, columns: Sequence[Column], widths: Sequence[float]) -> int:
        """Titles in one row, or in two where groups span some of them; gives the row below."""
        style: dict[str, Any] = {"bold": True, "text_wrap": True, "valign": "bottom"}
        grouped = any(column.group for column in columns)
        titles = max(_lines(column.title, width) for column, width in zip(columns, widths, strict=True))
        sheet.set_row(row + grouped, _LINE * titles)
        if grouped:
            spans = _spans(columns, widths)
            sheet.set_row(row, _LINE * max(_lines(group, width) for group, width in spans))
        place = 0
        for group, members in groupby(columns, key=lambda column: column.group):
            under = list(members)
            if group and len(under) > 1:
                sheet.merge_range(
                    row, place, row, place + len(under) - 1, "", self._format(**style, align="center", top=2)
                )
            if group:
                self._string(sheet, row, place, group, **style, align="center", top=2)
            for column in under:
                if grouped and not group:
                    self._string(sheet, row, place, "", top=2)
                edge = {"bottom": 1} if grouped else {"bottom": 1, "top": 2}
                self._string(sheet, row + grouped, place, column.title, **style, **edge, align=column.align)
                place += 1
        return row + 1 + grouped

    def _row(self, sheet: Any, row: int, line: TableRow, columns: Sequence[Column]) -> None:
        if line.section:
            for place in range(len(columns)):
                text = plain(line.cells[0]) if place == 0 else ""
                self._string(sheet, row, place, text, bold=True, bg_color="#F3F5F7")
            return
        for place, (cell, column) in enumerate(zip(line.cells, columns, strict=True)):
            number = only_number(cell)
            if number is None:
                self._string(
                    sheet, row, place, plain(cell), align=column.align, valign="top", text_wrap=column.align == "left"
                )
            else:
                shown = number_format(cell, self.lang)
                value = float(f"{number.record.value:.12g}")
                sheet.write_number(row, place, value, self._format(num_format=shown, align=column.align, valign="top"))

    def _string(self, sheet: Any, row: int, column: int, text: str, **properties: Any) -> None:
        """A text that no program computes: one that looks like a formula is marked as text."""
        if text.startswith(_FORMULA):
            properties["quote_prefix"] = True
        text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
        style = self._format(**properties)
        if text:
            sheet.write_string(row, column, text, style)
        else:
            sheet.write_blank(row, column, None, style)


#: Width of a column that nobody set, in letters, and height of a line in points.
_COLUMN, _LINE = 8.4, 15.0


def _on_paper(sheet: Any) -> None:
    """A4, as wide as the page."""
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _spans(columns: Sequence[Column], widths: Sequence[float]) -> list[tuple[str, float]]:
    """Each group of columns with its width."""
    pairs = groupby(zip(columns, widths, strict=True), key=lambda pair: pair[0].group)
    return [(group, sum(width for _, width in members)) for group, members in pairs]


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a cell, with room for words that do not fit at their ends."""
    return max(1, -(-int(1.12 * ink(text)) // max(int(width), 1)))


def only_number(cell: Text) -> Number | None:
    """The number of a cell that holds one number and at most signs around it."""
    found = [part for part in cell if isinstance(part, Number)]
    rest = [part if isinstance(part, str) else part.text for part in cell if not isinstance(part, Number)]
    return (
        found[0] if len(found) == 1 and all(_AROUND.fullmatch(words) for words in rest) and _printed(found[0]) else None
    )


def _printed(number: Number) -> bool:
    """Whether a number is printed plainly: with a comma or point, or as "< 0.001"."""
    return bool(re.fullmatch(r"(< )?-?[\d.,\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}]+", number.text))


def number_format(cell: Text, lang: str) -> str:
    """The digits that the page prints, in Excel's words; Excel itself puts the decimal sign of its user.

    Examples
    --------
    >>> from analysis.report.block import Number, Record
    >>> p = Number(Record("p", "p", 0.0002), "< 0,001")
    >>> number_format((p,), "vi"), number_format((Number(Record("b", "b", 1.5), "1,500"), "**"), "vi")
    ('[<0.001]"< 0,001";0.000', '#,##0.000"**"')
    """
    point = phrase("decimal", lang)
    parts = []
    for part in cell:
        if not isinstance(part, Number):
            words = part if isinstance(part, str) else part.text
            parts.append(f'"{words}"')
            continue
        digits = len(part.text.rpartition(point)[2]) if point in part.text else 0
        plain_format = "0" + ("." + "0" * digits if digits else "")
        if part.text.startswith("<"):
            parts.append(f'[<0.001]"{part.text}";{plain_format}')
        else:
            parts.append(f"#,##{plain_format}")
    return "".join(parts)


def _width(table: Table, place: int, column: Column) -> float:
    """Characters that a column needs; long texts take several lines."""
    texts = [plain(row.cells[place]) for row in table.rows if not row.section]
    title = max((ink(word) for word in column.title.split()), default=0)
    return min(max([*(ink(text) for text in texts), title, 6]) + 2, 60)
