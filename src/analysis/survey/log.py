"""What cleaning did: one line for every cell that was changed and every response that was left out."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, NamedTuple, TypeAlias, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import Caution, Slot
from ..stats.result import Row, frame

Action: TypeAlias = Literal["changed", "excluded"]


@dataclass(frozen=True)
class LogRow(Row):
    """One change: which rule, where, from what to what (None: empty)."""

    rule: str
    variable: str
    row: int  # response, counted from 1 without the header
    place: str
    before: str | None
    after: str | None
    action: Action


class Kind(NamedTuple):
    """What many lines of a log share: they differ in the response and in the line of its file."""

    rule: str
    variable: str
    prefix: str  # of the place: what stands before the line
    before: str | None
    after: str | None
    action: Action

    def at(self, row: int, line: int) -> LogRow:
        """The line of the log for one response."""
        return LogRow(self.rule, self.variable, row, f"{self.prefix}{line}", self.before, self.after, self.action)


@dataclass(frozen=True, slots=True, eq=False)
class LogRows(Sequence[LogRow]):
    """Lines of a log by column, in a tenth of the room of as many objects; each is made when it is looked at."""

    kinds: tuple[Kind, ...]
    which: npt.NDArray[np.int32]  # (lines,) place in `kinds`
    row: npt.NDArray[np.int64]  # (lines,) response, counted from 1
    line: npt.NDArray[np.int64]  # (lines,) line of the file

    def __len__(self) -> int:
        return len(self.which)

    @overload
    def __getitem__(self, place: int) -> LogRow: ...
    @overload
    def __getitem__(self, place: slice) -> LogRows: ...
    def __getitem__(self, place: int | slice) -> LogRow | LogRows:
        if isinstance(place, slice):
            return LogRows(self.kinds, self.which[place], self.row[place], self.line[place])
        kind: Kind = self.kinds[int(self.which[place])]
        return kind.at(int(self.row[place]), int(self.line[place]))

    def __iter__(self) -> Iterator[LogRow]:
        each = zip(self.which.tolist(), self.row.tolist(), self.line.tolist(), strict=True)
        return (self.kinds[which].at(row, line) for which, row, line in each)

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

    def rows(self) -> LogRows:
        """The lines so far."""
        which = np.concatenate([np.empty(0, dtype=np.int32), *self._which])
        rows = np.concatenate([np.empty(0, dtype=np.int64), *self._rows])
        return LogRows(tuple(self._kinds), which, rows + self._first, self._lines[rows])


@dataclass(frozen=True)
class CountRow(Row):
    """How often one rule did something to one variable."""

    rule: str
    variable: str
    action: Action
    count: int


@dataclass(frozen=True)
class CleaningLog:
    """Every change between the file as received and the responses, in the order in which it was made."""

    rows: Sequence[LogRow]
    received: int
    kept: int
    unused: tuple[str, ...] = ()  # columns of the file that the page does not name
    reading: tuple[Caution, ...] = ()  # what was found in reading rather than declared, with its evidence

    @property
    def frame(self) -> pd.DataFrame:
        """The log as a table."""
        return frame(self.rows, LogRow)

    @property
    def count_rows(self) -> tuple[CountRow, ...]:
        """Counts by rule, variable and action, in order of first appearance."""
        counts: Counter[tuple[str, str, Action]] = Counter()
        for kind, count in _counted(self.rows):
            counts[kind.rule, kind.variable, kind.action] += count
        return tuple(CountRow(rule, variable, action, count) for (rule, variable, action), count in counts.items())

    @property
    def counts(self) -> pd.DataFrame:
        """Counts by rule, variable and action as a table: no response can be recognised in it."""
        return frame(self.count_rows, CountRow)

    def to_json(self) -> str:
        """The whole log as JSON."""
        content = {
            "rows": [asdict(row) for row in self.rows], "received": self.received, "kept": self.kept,
            "unused": self.unused, "reading": [asdict(each) for each in self.reading],
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> CleaningLog:
        """The log that `to_json` wrote."""
        content = json.loads(text)
        rows = tuple(LogRow(**row) for row in content["rows"])
        return cls(
            rows, content["received"], content["kept"], tuple(content["unused"]), cautions_from(content["reading"])
        )

    def to_csv(self) -> str:
        """The rows as csv; what a spreadsheet could take for a formula begins with an apostrophe."""
        if isinstance(self.rows, LogRows):
            return "".join(chain([_line(_NAMES)], _by_kind(self.rows)))
        cells = attrgetter(*_NAMES)
        return "".join(chain([_line(_NAMES)], (_line([_guarded(cell) for cell in cells(row)]) for row in self.rows)))


_NAMES = [field.name for field in fields(LogRow)]


def _counted(rows: Sequence[LogRow]) -> Iterator[tuple[LogRow | Kind, int]]:
    return iter(rows.counted()) if isinstance(rows, LogRows) else ((row, 1) for row in rows)


def _line(cells: Sequence[object]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL).writerow(cells)
    return out.getvalue()


def _by_kind(rows: LogRows) -> Iterator[str]:
    """Lines of csv: what a kind's lines share is written once."""
    shared = [_around(kind) for kind in rows.kinds]
    for which, row, line in zip(rows.which.tolist(), rows.row.tolist(), rows.line.tolist(), strict=True):
        first, middle, last = shared[which]
        yield f"{first}{row}{middle}{line}{last}"


def _around(kind: Kind) -> tuple[str, str, str]:
    """What stands before, between and after the number of the response and the line."""
    first = _line([_guarded(kind.rule), _guarded(kind.variable)]).removesuffix("\n")
    last = _line([_guarded(kind.before), _guarded(kind.after), kind.action])
    place = _line([_guarded(f"{kind.prefix}0"), ""]).removesuffix(",\n")  # quoted, if so, with any line
    before, after = (place[:-2], '"') if place.endswith('"') else (place[:-1], "")
    return f"{first},", f",{before}", f"{after},{last}"


def cautions_from(content: list[dict[str, Any]]) -> tuple[Caution, ...]:
    """Notes on reading as `dataclasses.asdict` and JSON keep them.

    Parameters
    ----------
    content : list of dict
        Code, severity and slots of each.
    """
    return tuple(
        Caution(each["code"], each["severity"], tuple((name, _slot(value)) for name, value in each["slots"]))
        for each in content
    )


def _slot(value: Any) -> Slot:
    return tuple(value) if isinstance(value, list) else value


def rows_from_csv(text: str) -> LogRows:
    """The rows that `CleaningLog.to_csv` wrote.

    Parameters
    ----------
    text : str
        With its header line.

    Returns
    -------
    LogRows
        Equal to the rows that were written.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    if next(reader, None) != _NAMES:
        raise ValueError("not a cleaning log")
    known: dict[tuple[str, ...], int] = {}
    which, rows, lines = [], [], []
    for rule, variable, row, place, before, after, action in reader:
        prefix = place.rstrip("0123456789")
        which.append(known.setdefault((rule, variable, prefix, before, after, action), len(known)))
        rows.append(int(row))
        lines.append(int(place[len(prefix) :]))
    kinds = tuple(_kind(*(cell.removeprefix("'") for cell in cells)) for cells in known)
    numbers = (np.array(each, dtype=np.int64) for each in (rows, lines))
    return LogRows(kinds, np.array(which, dtype=np.int32), *numbers)


def _kind(rule: str, variable: str, prefix: str, before: str, after: str, action: str) -> Kind:
    done: Action = "excluded" if action == "excluded" else "changed"
    return Kind(rule, variable, prefix, before or None, after or None, done)


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def _guarded(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
