"""What cleaning did: one line for every cell that was changed and every response that was left out, with its cells.

The log is whole: `replay` makes the clean table from the one received, `reverse` makes the one received from the clean.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from operator import attrgetter
from typing import Any

import pandas as pd

from ..errors import Caution, DataError, Place, Problem, Slot, problem
from ..stats.result import Row, frame
from .log_csv import NAMES, line_of, lines_of
from .log_rows import Action, Kind, LogRow, LogRows
from .text import shown


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
            return "".join(chain([line_of(NAMES)], lines_of(self.rows)))
        cells = attrgetter(*NAMES)
        return "".join(chain([line_of(NAMES)], (line_of(cells(row)) for row in self.rows)))


def _counted(rows: Sequence[LogRow]) -> Iterator[tuple[LogRow | Kind, int]]:
    return iter(rows.counted()) if isinstance(rows, LogRows) else ((row, 1) for row in rows)


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
