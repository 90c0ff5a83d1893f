"""The responses while they are being cleaned: cells by code, the rows still in, the log and the problems so far."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import Place, Problem
from ...study import Study
from ..columns import Columns
from ..log import CleaningLog, LogRow
from ..read import RawTable
from ..text import shown


class Work:
    """What every rule reads and changes; only these methods change anything, so nothing escapes the log."""

    def __init__(self, study: Study, table: RawTable, columns: Columns) -> None:
        self.study = study
        self.table = table
        self.columns = columns.of
        self.unused = columns.unused
        self.cells: dict[str, list[Any]] = {code: list(table.cells[at]) for code, at in columns.of.items()}
        self.kept: list[int] = list(range(len(table.lines)))
        self.rows: list[LogRow] = []
        self.problems: list[Problem] = list(columns.problems)

    @property
    def items(self) -> tuple[str, ...]:
        """Items whose column was found."""
        return tuple(code for code in self.study.items if code in self.cells)

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables whose column was found."""
        return tuple(code for code in self.study.variables if code in self.cells)

    def answers(self, code: str) -> Iterator[tuple[int, Any]]:
        """Row and value of every cell of `code` that is not empty, of the responses still in."""
        column = self.cells[code]
        return ((row, column[row]) for row in self.kept if column[row] is not None)

    def change(self, rule: str, code: str, row: int, after: Any, *, evidence: str = "") -> None:
        """Put `after` into a cell; the log has a line when that says something else than before, or has evidence."""
        before = self.cells[code][row]
        self.cells[code][row] = after
        if shown(before) != shown(after) or evidence:
            self._log(rule, code, row, (shown(before) or None, shown(after) or None), evidence)

    def exclude(self, rule: str, rows: set[int], code: str = "") -> None:
        """Leave responses out."""
        for row in sorted(rows):
            before = shown(self.cells[code][row]) or None if code else None
            place = self.table.address(row, self.columns.get(code))
            self.rows.append(LogRow(rule, self.name(code), row + 1, place, before, None, "excluded"))
        self.kept = [row for row in self.kept if row not in rows]

    def place(self, row: int, code: str | None = None) -> Place:
        """Where the cell stands in the file."""
        return self.table.place(row, None if code is None else self.columns[code])

    def name(self, code: str) -> str:
        """The code, or the header of a column that has no code in the page."""
        return self.table.headers[self.columns[code]] if code.startswith("@") else code

    def log(self) -> CleaningLog:
        """Everything that was done."""
        received, kept = len(self.table.lines), len(self.kept)
        return CleaningLog(tuple(self.rows), received, kept, self.unused, self.table.notes)

    def _log(self, rule: str, code: str, row: int, values: tuple[str | None, str | None], evidence: str) -> None:
        place = self.table.address(row, self.columns[code])
        self.rows.append(LogRow(rule, self.name(code), row + 1, place, *values, "changed", evidence))
