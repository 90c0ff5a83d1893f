"""What cleaning did: one line for every cell that was changed and every response that was left out, with its cells.

The log is whole: `replay` makes the clean table from the one received, `reverse` makes the one received from the clean.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from operator import attrgetter
from typing import Any, Literal, NamedTuple, TypeAlias, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import Caution, DataError, Place, Problem, Slot, problem
from ..stats.result import Row, frame
from .text import shown

#: A cell got another value; a response was left out; a cell went with its response.
Action: TypeAlias = Literal["changed", "excluded", "withheld"]
_ACTIONS: tuple[Action, ...] = ("changed", "excluded", "withheld")


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


_NO_IDS = Ids(np.empty(0, dtype=object))


@dataclass(frozen=True, slots=True, eq=False)
class LogRows(Sequence[LogRow]):
    """Lines of a log by column, in a tenth of the room of as many objects; each is made when it is looked at."""

    kinds: tuple[Kind, ...]
    which: npt.NDArray[np.int32]  # (lines,) place in `kinds`
    row: npt.NDArray[np.int64]  # (lines,) response, counted from 1
    line: npt.NDArray[np.int64]  # (lines,) line of the file
    ids: Ids = _NO_IDS

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
        known = _NO_IDS if ids is None else Ids(ids, self._first)
        return LogRows(tuple(self._kinds), which, rows + self._first, self._lines[rows], known)


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
    notes: tuple[Caution, ...] = ()  # what cleaning found and left as it is

    @property
    def frame(self) -> pd.DataFrame:
        """The log as a table."""
        return frame(self.rows, LogRow)

    @property
    def count_rows(self) -> tuple[CountRow, ...]:
        """Counts by rule, variable and action, once for a response left out, not for its cells."""
        counts: Counter[tuple[str, str, Action]] = Counter()
        for kind, count in _counted(self.rows):
            if kind.action != "withheld":
                counts[kind.rule, kind.variable, kind.action] += count
        return tuple(CountRow(rule, variable, action, count) for (rule, variable, action), count in counts.items())

    @property
    def counts(self) -> pd.DataFrame:
        """Counts by rule, variable and action as a table: no response can be recognised in it."""
        return frame(self.count_rows, CountRow)

    def about(self, variables: Collection[str]) -> CleaningLog:
        """The log of some variables alone: their cells, and every response that was left out."""
        return replace(
            self, rows=tuple(row for row in self.rows if row.action == "excluded" or row.variable in variables)
        )

    def to_json(self) -> str:
        """The whole log as JSON."""
        content = {
            "rows": [asdict(row) for row in self.rows], "received": self.received, "kept": self.kept,
            "unused": self.unused, "reading": [asdict(each) for each in self.reading],
            "notes": [asdict(each) for each in self.notes],
        }  # fmt: skip
        return json.dumps(content, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> CleaningLog:
        """The log that `to_json` wrote."""
        content = json.loads(text)
        rows = tuple(LogRow(**row) for row in content["rows"])
        return cls(
            rows, content["received"], content["kept"], tuple(content["unused"]),
            cautions_from(content["reading"]), cautions_from(content["notes"]),
        )  # fmt: skip

    def to_csv(self) -> str:
        """The rows as csv; what a spreadsheet could take for a formula begins with an apostrophe."""
        if isinstance(self.rows, LogRows):
            return "".join(chain([_line(_NAMES)], _by_kind(self.rows)))
        cells = attrgetter(*_NAMES)
        return "".join(chain([_line(_NAMES)], (_line(cells(row)) for row in self.rows)))


_NAMES = [field.name for field in fields(LogRow)]


def _counted(rows: Sequence[LogRow]) -> Iterator[tuple[LogRow | Kind, int]]:
    return iter(rows.counted()) if isinstance(rows, LogRows) else ((row, 1) for row in rows)


def _line(cells: Iterable[object]) -> str:
    return ",".join(_cell(cell) for cell in cells) + "\n"


def _cell(value: object) -> str:
    """A cell of csv, in quotes where a reader would take it apart otherwise (the csv module forgets a lone CR)."""
    text = "" if value is None else str(_guarded(value))
    return '"' + text.replace('"', '""') + '"' if _TORN.search(text) else text


_TORN = re.compile('[,"\r\n]')


def _by_kind(rows: LogRows) -> Iterator[str]:
    """Lines of csv: what a kind's lines share is written once."""
    shared = [_around(kind) for kind in rows.kinds]
    ids = Ids(np.array([_cell(each) for each in rows.ids.of], dtype=object), rows.ids.first)
    for which, row, line in zip(rows.which.tolist(), rows.row.tolist(), rows.line.tolist(), strict=True):
        first, middle, last, letters = shared[which]
        cell = "" if letters is None else f"{letters}{line}"
        who, sheet = ids[row] or "", last[1]
        yield f"{first}{row}{middle}{line}{last[0]}{who}{sheet}{cell}\n"


def _around(kind: Kind) -> tuple[str, str, tuple[str, str], str | None]:
    """What stands before and after the number of the response, before and after its id, and the column's letters."""
    place = _cell(f"{kind.prefix}0")  # quoted, if so, with any line
    before, after = (place[:-2], '"') if place.endswith('"') else (place[:-1], "")
    told = (kind.before, kind.after, kind.action, kind.reason)
    first = f"{_cell(kind.rule)},{_cell(kind.variable)},"
    return first, f",{before}", (f"{after},{','.join(map(_cell, told))},", f",{_cell(kind.sheet)},"), kind.letters


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
    ids: dict[int, str] = {}
    for rule, variable, row, place, before, after, action, reason, respondent, sheet, cell in reader:
        prefix, letters = place.rstrip(_DIGITS), cell.rstrip(_DIGITS)
        shared = (rule, variable, prefix, before, after, action, reason, sheet, letters)
        which.append(known.setdefault(shared, len(known)))
        rows.append(int(row))
        lines.append(int(place[len(prefix) :]))
        if respondent:
            ids[int(row)] = respondent.removeprefix("'")
    kinds = tuple(_kind(*(cell.removeprefix("'") for cell in cells)) for cells in known)
    numbers = [np.array(each, dtype=np.int64) for each in (rows, lines)]
    return LogRows(kinds, np.array(which, dtype=np.int32), numbers[0], numbers[1], _ids(ids, rows))


_DIGITS = "0123456789"


def _ids(known: dict[int, str], rows: Sequence[int]) -> Ids:
    if not known:
        return _NO_IDS
    first = min(rows)
    found = np.full(max(rows) - first + 1, None, dtype=object)
    for row, respondent in known.items():
        found[row - first] = respondent
    return Ids(found, first)


def _kind(
    rule: str, variable: str, prefix: str, before: str, after: str, action: str, reason: str, sheet: str, letters: str
) -> Kind:
    done = next(each for each in _ACTIONS if each == action)
    return Kind(rule, variable, prefix, before or None, after or None, done, reason, sheet or None, letters or None)


def as_text(table: pd.DataFrame) -> pd.DataFrame:
    """A table in the form in which the log speaks of it.

    Parameters
    ----------
    table : DataFrame
        Numbers, categories or text.

    Returns
    -------
    DataFrame
        Every cell as a person would type it (5 for 5.0); None where there is nothing. Index and columns stay.
    """
    cells = {name: [_typed(value) for value in table[name].astype(object)] for name in table.columns}
    return _framed(cells, list(table.index))


def replay(raw: pd.DataFrame, log: CleaningLog | Iterable[LogRow]) -> pd.DataFrame:
    """Make the clean table from the one received and the log.

    Parameters
    ----------
    raw : DataFrame
        Text or None (`as_text`); the index counts responses from 1, rising; columns are the log's variables.
    log : CleaningLog or iterable of LogRow
        In the order in which the changes were made.

    Returns
    -------
    DataFrame
        The responses kept, each cell as cleaning left it, under the same index.

    Raises
    ------
    DataError
        All at once: ``log.unknown_cell``, ``log.before_differs`` (the table is not the one that was cleaned) and
        ``log.not_whole`` (a response is left out and cells of it are not in the log).

    Notes
    -----
    ``reverse(replay(raw, log), log) == raw`` and ``replay(reverse(clean, log), log) == clean`` for every log of
    this package.
    """
    table = _Cells(raw)
    for row in _rows(log):
        if row.action == "excluded":
            table.remove(row)
        else:
            table.put(row, row.before, row.after)
    return table.frame()


def reverse(clean: pd.DataFrame, log: CleaningLog | Iterable[LogRow]) -> pd.DataFrame:
    """Make the table as received from the clean one and the log.

    Parameters
    ----------
    clean : DataFrame
        Text or None (`as_text`); the index says which response of the file each row is, counted from 1.
    log : CleaningLog or iterable of LogRow
        In the order in which the changes were made.

    Returns
    -------
    DataFrame
        Every response received, in the order of the file.

    Raises
    ------
    DataError
        All at once: ``log.unknown_cell``, ``log.before_differs``, ``log.row_present`` (a response that the log leaves
        out is in the table).
    """
    table = _Cells(clean)
    for row in reversed(_rows(log)):
        if row.action == "excluded":
            table.restore(row)
        else:
            table.put(row, row.after, row.before)
    return table.frame()


def _rows(log: CleaningLog | Iterable[LogRow]) -> Sequence[LogRow]:
    return log.rows if isinstance(log, CleaningLog) else tuple(log)


class _Cells:
    """A table while a log is carried out on it: responses by number, problems collected."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.names = [str(name) for name in table.columns]
        rows = table.astype(object).to_numpy().tolist()
        self.rows: dict[int, dict[str, str | None]] = {
            int(number): dict(zip(self.names, map(_typed, cells), strict=True))
            for number, cells in zip(table.index, rows, strict=True)
        }
        self.problems: list[Problem] = []

    def put(self, row: LogRow, expected: str | None, value: str | None) -> None:
        cells = self.rows.get(row.row)
        if cells is None or row.variable not in cells:
            self.problems.append(problem("log.unknown_cell", _where(row), variable=row.variable, row=row.row))
            return
        if cells[row.variable] != expected:
            slots: dict[str, Slot] = {"variable": row.variable, "expected": expected, "found": cells[row.variable]}
            self.problems.append(problem("log.before_differs", _where(row), **slots))
        cells[row.variable] = value

    def remove(self, row: LogRow) -> None:
        cells = self.rows.pop(row.row, None)
        if cells is None:
            self.problems.append(problem("log.unknown_cell", _where(row), variable=row.variable, row=row.row))
        elif left := tuple(name for name, value in cells.items() if value is not None):
            self.problems.append(problem("log.not_whole", _where(row), row=row.row, variables=left))

    def restore(self, row: LogRow) -> None:
        if row.row in self.rows:
            self.problems.append(problem("log.row_present", _where(row), row=row.row))
        self.rows[row.row] = dict.fromkeys(self.names)

    def frame(self) -> pd.DataFrame:
        if self.problems:
            raise DataError(*self.problems)
        numbers = sorted(self.rows)
        return _framed({name: [self.rows[number][name] for number in numbers] for name in self.names}, numbers)


def _framed(cells: dict[str, list[str | None]], index: list[Any]) -> pd.DataFrame:
    columns = {name: pd.Series(values, index=index, dtype=object) for name, values in cells.items()}
    return pd.DataFrame(columns, index=index, columns=list(cells))


def _typed(value: Any) -> str | None:
    return None if value is None or value is pd.NA or value != value else shown(value) or None


def _where(row: LogRow) -> Place:
    return Place(sheet=row.sheet, cell=row.cell, line=None if row.cell else row.row)


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def _guarded(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
