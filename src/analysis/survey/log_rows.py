"""Lines of a cleaning log, kept by column: what many share is kept once, and each is made when it is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from ..stats.result import Row

#: A cell got another value; a response was left out; a cell went with its response.
Action: TypeAlias = Literal["changed", "excluded", "withheld"]
ACTIONS: tuple[Action, ...] = ("changed", "excluded", "withheld")


@dataclass(frozen=True)
class LogRow(Row):
    """One change: whose answer, which rule and why, where, from what to what (None: empty)."""

    rule: str
    variable: str
    row: int  # response, counted from 1 without the header
    place: str
    before: str | None
    after: str | None
    action: Action
    reason: str = ""  # what the rule held the cell against, as data: a code, a limit, the place of the first of two
    respondent: str | None = None  # id of the response, where the page declares one
    sheet: str | None = None  # of a workbook
    cell: str | None = None  # as a spreadsheet names it; of a response left out, the cell that decided


class Kind(NamedTuple):
    """What many lines of a log share: they differ in the response and in the line of its file."""

    rule: str
    variable: str
    prefix: str  # of the place: what stands before the line
    before: str | None
    after: str | None
    action: Action
    reason: str = ""
    sheet: str | None = None
    letters: str | None = None  # of the column, as a spreadsheet names it; None where no cell is meant

    def at(self, row: int, line: int, respondent: str | None) -> LogRow:
        """The line of the log for one response."""
        return LogRow(
            self.rule, self.variable, row, f"{self.prefix}{line}", self.before, self.after, self.action, self.reason,
            respondent, self.sheet, None if self.letters is None else f"{self.letters}{line}",
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Ids:
    """The ids of consecutive responses."""

    of: npt.NDArray[np.object_]  # text, None where there is none
    first: int = 1  # response of the first

    def __getitem__(self, row: int) -> str | None:
        found: str | None = self.of[row - self.first] if len(self.of) else None
        return found


NO_IDS = Ids(np.empty(0, dtype=object))


@dataclass(frozen=True, slots=True, eq=False)
class LogRows(Sequence[LogRow]):
    """Lines of a log by column, in a tenth of the room of as many objects; each is made when it is looked at."""

    kinds: tuple[Kind, ...]
    which: npt.NDArray[np.int32]  # (lines,) place in `kinds`
    row: npt.NDArray[np.int64]  # (lines,) response, counted from 1
    line: npt.NDArray[np.int64]  # (lines,) line of the file
    ids: Ids = NO_IDS

    def __len__(self) -> int:
        return len(self.which)

    @overload
    def __getitem__(self, place: int) -> LogRow: ...
    @overload
    def __getitem__(self, place: slice) -> LogRows: ...
    def __getitem__(self, place: int | slice) -> LogRow | LogRows:
        if isinstance(place, slice):
            return LogRows(self.kinds, self.which[place], self.row[place], self.line[place], self.ids)
        row = int(self.row[place])
        kind: Kind = self.kinds[self.which[place]]
        return kind.at(row, int(self.line[place]), self.ids[row])

    def __iter__(self) -> Iterator[LogRow]:
        each = zip(self.which.tolist(), self.row.tolist(), self.line.tolist(), strict=True)
        return (self.kinds[which].at(row, line, self.ids[row]) for which, row, line in each)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, LogRows):
            return self._same(other)
        if not isinstance(other, Sequence) or len(other) != len(self):
            return NotImplemented if not isinstance(other, Sequence) else False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def _same(self, other: LogRows) -> bool:
        if not (np.array_equal(self.row, other.row) and np.array_equal(self.line, other.line)):
            return False
        if any(self.ids[row] != other.ids[row] for row in np.unique(self.row).tolist()):
            return False
        pairs = self.which.astype(np.int64) * (len(other.kinds) + 1) + other.which
        found = (divmod(int(pair), len(other.kinds) + 1) for pair in np.unique(pairs))
        return all(self.kinds[mine] == other.kinds[theirs] for mine, theirs in found)

    def counted(self) -> Iterator[tuple[Kind, int]]:
        """Kinds in the order of their first line, with their number of lines."""
        found, first, counts = np.unique(self.which, return_index=True, return_counts=True)
        for at in np.argsort(first):
            yield self.kinds[found[at]], int(counts[at])


class LogBook:
    """A log while it is written."""

    def __init__(self, lines: npt.NDArray[np.int64], first: int = 0) -> None:
        self._lines = lines
        self._first = first + 1  # responses are counted from 1
        self._kinds: dict[Kind, int] = {}
        self._which: list[npt.NDArray[np.int32]] = []
        self._rows: list[npt.NDArray[np.int64]] = []

    def kind(self, kind: Kind) -> int:
        """The number under which lines of this kind are written."""
        return self._kinds.setdefault(kind, len(self._kinds))

    def add(self, kinds: npt.NDArray[Any], rows: npt.NDArray[np.int64]) -> None:
        """Write a line for each row (counted from 0) that has the number of a kind; -1 writes none."""
        written = kinds >= 0
        if written.all():
            self._which.append(kinds.astype(np.int32, copy=False))
            self._rows.append(rows)
        elif written.any():
            self._which.append(kinds[written].astype(np.int32))
            self._rows.append(rows[written])

    def rows(self, ids: npt.NDArray[np.object_] | None) -> LogRows:
        """The lines so far; `ids` are those of all responses."""
        which = np.concatenate([np.empty(0, dtype=np.int32), *self._which])
        rows = np.concatenate([np.empty(0, dtype=np.int64), *self._rows])
        known = NO_IDS if ids is None else Ids(ids, self._first)
        return LogRows(tuple(self._kinds), which, rows + self._first, self._lines[rows], known)
