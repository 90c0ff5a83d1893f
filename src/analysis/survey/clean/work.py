"""The responses while they are being cleaned: cells by code, the rows still in, the log and the problems so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import Caution, Place, Problem
from ...study import Study
from ..by_hand import NOTHING, ByHand
from ..column import EMPTY, Column, Places, column_of
from ..columns import ID, Columns
from ..log import CleaningLog
from ..log_rows import Action, Kind, LogBook
from ..read import RawTable
from ..read.table import column_letters
from ..text import shown

Rows = npt.NDArray[np.int64]


class Change(NamedTuple):
    """What a value becomes, and by which rule; without a rule the log says nothing of it."""

    rule: str | None
    after: Any
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Consecutive rows of a file that is never held whole."""

    cells: dict[int, Column]
    first: int  # rows of the file before it
    columns: Columns  # those of the whole file

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Rows in which anything stands."""
        found: npt.NDArray[np.bool_] = np.logical_or.reduce([each.places != EMPTY for each in self.cells.values()])
        return found


class Work:
    """What every rule reads and changes; only these methods change anything, so nothing escapes the log."""

    def __init__(
        self, study: Study, table: RawTable, columns: Columns, by_hand: ByHand = NOTHING, part: Part | None = None
    ) -> None:
        self.study = study
        self.table = table
        self.columns = columns.of
        self.unused = columns.unused
        self._read = dict(part.cells) if part else {at: column_of(table.cells[at]) for at in set(columns.of.values())}
        self.cells: dict[str, Column] = {code: self._read[at] for code, at in columns.of.items()}
        self.filled = part.filled if part else table.cells.notna().any(axis=1).to_numpy(dtype=bool)  # (rows,)
        self.kept: Rows = np.arange(len(table.lines))
        self.by_hand = by_hand
        self.book = LogBook(np.array(table.lines, dtype=np.int64), part.first if part else 0)
        self.notes: list[Caution] = []
        self.settled: set[str] = set()  # headers whose skip logic is no longer a note on reading
        self.seconds: dict[int, float] = {}  # row -> how long the response took, where the page says what tells it
        self.problems: list[Problem] = list(columns.problems)
        self._used: dict[str, list[int]] = {}  # places of values that occur, until a response is left out
        self._names = _unlike(columns, table.headers)

    def as_read(self, column: int) -> Column:
        """A column of the file as it came, whether the page names it or not."""
        if column not in self._read:
            self._read[column] = column_of(self.table.cells[column])
        return self._read[column]

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
        for place, (rule, after, reason) in changes.items():
            becomes[place] = EMPTY if after is None else known.setdefault((type(after), after), len(known))
            before = column.values[place]
            if rule is not None and shown(before) != shown(after):
                line[place] = self._kind(rule, code, before, after, "changed", reason)
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

    def change(self, rule: str, code: str, cells: Mapping[int, Any], reason: str = "") -> None:
        """Put values into single cells, by row; the log has a line for each that says something else now."""
        if not cells:
            return
        column = self.cells[code]
        known = {(type(value), value): at for at, value in enumerate(column.values)}
        places = column.places.copy()
        for row, after in cells.items():
            before = column[row]
            places[row] = EMPTY if after is None else known.setdefault((type(after), after), len(known))
            if shown(before) != shown(after):
                self._line(self._kind(rule, code, before, after, "changed", reason), row)
        self._used.pop(code, None)
        self.cells[code] = Column(places, tuple(value for _, value in known))

    def forget(self, code: str, rows: Iterable[int]) -> None:
        """Empty cells of which a problem speaks: later rules have nothing more to say of them, nor has the log."""
        column = self.cells[code]
        places = column.places.copy()
        places[list(rows)] = EMPTY
        self._used.pop(code, None)
        self.cells[code] = Column(places, column.values)

    def exclude(self, rule: str, rows: Iterable[int], code: str = "", reasons: Mapping[int, str] | None = None) -> None:
        """Leave responses out: the log keeps every cell of them, so that nothing is lost; `reasons` are by row."""
        gone = np.array(sorted(set(rows)), dtype=np.int64)
        for row in gone.tolist():
            reason = (reasons or {}).get(row, "")
            for each, column in self.cells.items():
                if shown(column[row]):
                    self._line(self._kind(rule, each, column[row], None, "withheld", reason), row)
            said = self.cells[code][row] if code else None
            self._line(self._kind(rule, code, said, None, "excluded", reason), row)
        self._leave(gone)

    def refuse(self, found: Mapping[int, Problem]) -> None:
        """Name rows that are no responses; later rules have nothing more to say of them."""
        self.problems.extend(found[row] for row in sorted(found))
        self._leave(np.array(sorted(found), dtype=np.int64))

    def _leave(self, gone: Rows) -> None:
        if len(gone):
            self.kept = self.kept[~np.isin(self.kept, gone)]
            self._used.clear()

    def _kind(self, rule: str, code: str, before: Any, after: Any, action: Action, reason: str) -> int:
        column = self.columns.get(code)
        letters = None if column is None else column_letters(column)
        prefix, told = self.table.prefix(column), (shown(before) or None, shown(after) or None)
        kind = Kind(rule, self.name(code), prefix, *told, action, reason, self.table.sheet, letters)
        return self.book.kind(kind)

    def _line(self, kind: int, row: int) -> None:
        self.book.add(np.array([kind]), np.array([row]))

    def place(self, row: int, code: str | None = None) -> Place:
        """Where the cell stands in the file."""
        return self.table.place(row, None if code is None else self.columns[code])

    def name(self, code: str) -> str:
        """The code, or the header of a column that has no code in the page (marked where that is itself a code)."""
        return self._names.get(code, code)

    def log(self) -> CleaningLog:
        """Everything that was done."""
        received, kept = len(self.table.lines), len(self.kept)
        reading = tuple(note for note in self.table.notes if not self._is_settled(note))
        return CleaningLog(self.book.rows(self._ids()), received, kept, self.unused, reading, tuple(self.notes))

    def _is_settled(self, note: Caution) -> bool:
        return note.code == "read.skip_logic" and note.get("question") in self.settled

    def _ids(self) -> npt.NDArray[np.object_] | None:
        """The ids as received; None where the page declares none."""
        if ID not in self.columns:
            return None
        column = self.as_read(self.columns[ID])
        return Column(column.places, tuple(shown(each) or None for each in column.values)).cells

    def received(self) -> dict[str, list[Any]]:
        """The cells as they came, under the names that the log uses."""
        return {self.name(code): self.as_read(at).cells.tolist() for code, at in self.columns.items()}


def _unlike(columns: Columns, headers: tuple[str, ...]) -> dict[str, str]:
    """A name of its own for every column that has no code in the page."""
    names: dict[str, str] = {}
    for code in columns.of:
        if code.startswith("@"):
            name = headers[columns.of[code]]
            while name in columns.of or name in names.values():
                name = f"@{name}"
            names[code] = name
    return names
