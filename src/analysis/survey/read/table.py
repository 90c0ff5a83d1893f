"""A file of answers as read, before anything is understood: header texts, cells, and where each cell stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ...errors import Caution, Place


@dataclass(frozen=True, slots=True)
class ResponseSet:
    """Columns that together hold one question with several answers."""

    columns: tuple[str, ...]
    counted: Any = None  # the value that means "chosen"; None where every column holds one of the answers
    label: str = ""


@dataclass(frozen=True)
class RawTable:
    """Cells as received. Rows and columns are counted from 0 here; places speak as the file's own program does."""

    file: str
    sheet: str | None
    headers: tuple[str, ...]
    cells: pd.DataFrame  # (rows, columns) Python objects: text, int, float, bool, a date; None where empty
    lines: tuple[int, ...]  # line (csv), row of the sheet (xlsx) or case (sav) of every row
    header_line: int | None = None
    descriptions: tuple[str, ...] = ()  # the question's text where the file keeps it beside the name (sav)
    labels: dict[int, dict[Any, str]] = field(default_factory=dict)  # column -> value -> label, as the file declares
    missing: dict[int, tuple[tuple[Any, Any], ...]] = field(default_factory=dict)  # column -> (low, high), declared
    decimal: str | None = None  # decimal sign of numbers written as text, where the cells show it
    fonts: tuple[str, ...] = ()  # of a workbook: some belong to an encoding older than Unicode
    skipped: dict[int, tuple[tuple[int, ...], str]] = field(default_factory=dict)  # column -> rows answered though the
    # skip logic of the form does not ask them, and its condition
    sets: dict[str, ResponseSet] = field(default_factory=dict)  # multiple responses, as an SPSS file declares them
    several: frozenset[int] = frozenset()  # columns whose cells hold names of choices, separated by spaces
    constraints: dict[int, str] = field(default_factory=dict)  # column -> what its form demands of an answer
    notes: tuple[Caution, ...] = ()  # what was found rather than declared, with its evidence

    def place(self, row: int, column: int | None = None) -> Place:
        """Where a cell (or, without a column, a row) stands in the file.

        Parameters
        ----------
        row, column : int
            Counted from 0, without the header.

        Returns
        -------
        Place
            Sheet and cell of a workbook; line and column name of other files.
        """
        line = self.lines[row]
        if self.sheet is not None:
            if column is None:
                return Place(file=self.file, sheet=self.sheet, line=line)
            return Place(file=self.file, sheet=self.sheet, cell=f"{column_letters(column)}{line}")
        return Place(file=self.file, line=line, column=None if column is None else self.headers[column])

    def address(self, row: int, column: int | None = None) -> str:
        """The place in the short form of the cleaning log: ``"Dataset!B12"``, ``"answers.csv:12"``."""
        return f"{self.prefix(column)}{self.lines[row]}"

    def prefix(self, column: int | None = None) -> str:
        """What all addresses of a column share: they differ in the line."""
        if self.sheet is None:
            return f"{self.file}:"
        return f"{self.sheet}!{'' if column is None else column_letters(column)}"

    def header_place(self, column: int | None = None) -> Place:
        """Where a header (or the header row) stands."""
        if self.sheet is not None:
            cell = None if column is None else f"{column_letters(column)}{self.header_line}"
            return Place(file=self.file, sheet=self.sheet, cell=cell, line=self.header_line if column is None else None)
        return Place(file=self.file, line=self.header_line)


def column_letters(column: int) -> str:
    """Name of a spreadsheet column counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def table_of(rows: list[list[Any]], lines: list[int], width: int) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Rows as a frame of objects, without the empty rows at the end, which are no responses."""
    while rows and all(cell is None for cell in rows[-1]):
        rows, lines = rows[:-1], lines[:-1]
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    frame = pd.DataFrame({at: pd.Series(list(cells), dtype=object) for at, cells in enumerate(columns)})
    return frame, tuple(lines)
