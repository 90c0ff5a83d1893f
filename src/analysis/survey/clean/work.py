"""The responses while they are being cleaned: cells by code, the rows still in, the log and the problems so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import Place, Problem
from ...study import Study
from ..column import EMPTY, Column, Places, column_of
from ..columns import Columns
from ..log import CleaningLog, Kind, LogBook
from ..read import RawTable
from ..text import shown

Rows = npt.NDArray[np.int64]


class Change(NamedTuple):
    """What a value becomes, and by which rule; without a rule the log says nothing of it."""

    rule: str | None
    after: Any


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Consecutive rows of a file that is never held whole."""

    cells: dict[int, Column]
    first: int  # rows of the file before it

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Rows in which anything stands."""
        found: npt.NDArray[np.bool_] = np.logical_or.reduce([each.places != EMPTY for each in self.cells.values()])
        return found


class Work:
    """What every rule reads and changes; only these methods change anything, so nothing escapes the log."""

    def __init__(self, study: Study, table: RawTable, columns: Columns, part: Part | None = None) -> None:
        self.study = study
        self.table = table
        self.columns = columns.of
        self.unused = columns.unused
        cells = part.cells if part else {at: column_of(table.cells[at]) for at in set(columns.of.values())}
        self.cells: dict[str, Column] = {code: cells[at] for code, at in columns.of.items()}
        self.filled = part.filled if part else table.cells.notna().any(axis=1).to_numpy(dtype=bool)  # (rows,)
        self.kept: Rows = np.arange(len(table.lines))
        self.book = LogBook(np.array(table.lines, dtype=np.int64), part.first if part else 0)
        self.problems: list[Problem] = list(columns.problems)
        self._used: dict[str, list[int]] = {}  # places of values that occur, until a response is left out

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
        taken = self.cells[code].taken(self.kept)
        return ((row, value) for row, value in zip(self.kept.tolist(), taken, strict=True) if value is not None)

    def values(self, code: str) -> dict[int, Any]:
        """The different values of `code` by their place in its column, of the responses still in."""
        column = self.cells[code]
        if code not in self._used:
            occurs = np.zeros(len(column.values) + 1, dtype=bool)
            occurs[self._places(code)] = True  # the last is the empty cell
            self._used[code] = np.flatnonzero(occurs[:-1]).tolist()
        return {place: column.values[place] for place in self._used[code]}

    def _places(self, code: str) -> Places:
        """Places of the values of the responses still in."""
        places = self.cells[code].places
        return places if len(self.kept) == len(places) else places[self.kept]

    def rows(self, code: str, places: Collection[int]) -> list[int]:
        """Rows, of the responses still in, whose value has one of these places."""
        if not places:
            return []
        return [int(row) for row in self.kept[np.isin(self._places(code), list(places))]]

    def recode(self, code: str, changes: Mapping[int, Change]) -> None:
        """Put other values in the place of some; the log has a line for each cell that says something else now.

        Parameters
        ----------
        code : str
            A column.
        changes : mapping
            Place of a value (see `values`) and what it becomes.
        """
        if not changes:
            return
        column = self.cells[code]
        known: dict[tuple[type, Any], int] = {}
        for at, value in enumerate(column.values):
            known.setdefault((type(value), value), at)
        becomes = np.arange(len(column.values) + 1, dtype=np.int32)  # (values + 1,)
        becomes[-1] = EMPTY  # the last is the empty cell
        line = np.full(len(column.values) + 1, -1, dtype=np.int32)
        prefix = self.table.prefix(self.columns[code])
        for place, (rule, after) in changes.items():
            becomes[place] = EMPTY if after is None else known.setdefault((type(after), after), len(known))
            before = column.values[place]
            if rule is not None and shown(before) != shown(after):
                kind = Kind(rule, self.name(code), prefix, shown(before) or None, shown(after) or None, "changed")
                line[place] = self.book.kind(kind)
        used = self.values(code)
        old = self._places(code)
        if line.max() >= 0:
            self.book.add(line[old], self.kept)
        if len(old) == len(column.places):
            places = becomes[old]
        else:
            places = column.places.copy()
            places[self.kept] = becomes[old]
        self._used[code] = sorted({int(place) for place in becomes[list(used)]} - {EMPTY})
        self.cells[code] = Column(places, tuple(value for _, value in known))

    def exclude(self, rule: str, rows: Iterable[int], code: str = "") -> None:
        """Leave responses out."""
        gone = np.array(sorted(set(rows)), dtype=np.int64)
        prefix = self.table.prefix(self.columns.get(code))
        for row in gone.tolist():
            before = shown(self.cells[code][row]) or None if code else None
            kind = self.book.kind(Kind(rule, self.name(code), prefix, before, None, "excluded"))
            self.book.add(np.array([kind]), np.array([row]))
        self.kept = self.kept[~np.isin(self.kept, gone)]
        self._used.clear()

    def place(self, row: int, code: str | None = None) -> Place:
        """Where the cell stands in the file."""
        return self.table.place(row, None if code is None else self.columns[code])

    def name(self, code: str) -> str:
        """The code, or the header of a column that has no code in the page."""
        return self.table.headers[self.columns[code]] if code.startswith("@") else code

    def log(self) -> CleaningLog:
        """Everything that was done."""
        received, kept = len(self.table.lines), len(self.kept)
        return CleaningLog(self.book.rows(), received, kept, self.unused, self.table.notes)
