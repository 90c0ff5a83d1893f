"""What cleaning did: one line for every cell that was changed and every response that was left out."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import asdict, dataclass, fields
from operator import attrgetter
from typing import Any, Literal, TypeAlias

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
    evidence: str = ""  # address of what proves the change, where it is not the page


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

    rows: tuple[LogRow, ...]
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
        counts = Counter((row.rule, row.variable, row.action) for row in self.rows)
        return tuple(CountRow(rule, variable, action, count) for (rule, variable, action), count in counts.items())

    @property
    def counts(self) -> pd.DataFrame:
        """Counts by rule, variable and action as a table: no response can be recognised in it."""
        return frame(self.count_rows, CountRow)

    def to_json(self) -> str:
        """The whole log as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

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
        names = [field.name for field in fields(LogRow)]
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
        writer.writerow(names)
        cells = attrgetter(*names)
        writer.writerows([_guarded(cell) for cell in cells(row)] for row in self.rows)
        return out.getvalue()


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


def rows_from_csv(text: str) -> tuple[LogRow, ...]:
    """The rows that `CleaningLog.to_csv` wrote.

    Parameters
    ----------
    text : str
        With its header line.

    Returns
    -------
    tuple of LogRow
        Equal to the rows that were written.
    """
    found = []
    for cells in csv.DictReader(io.StringIO(text, newline=""), strict=True):
        plain = {name: cell.removeprefix("'") for name, cell in cells.items()}
        found.append(
            LogRow(
                rule=plain["rule"],
                variable=plain["variable"],
                row=int(plain["row"]),
                place=plain["place"],
                before=plain["before"] or None,
                after=plain["after"] or None,
                action="excluded" if plain["action"] == "excluded" else "changed",
                evidence=plain["evidence"],
            )
        )
    return tuple(found)


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def _guarded(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
