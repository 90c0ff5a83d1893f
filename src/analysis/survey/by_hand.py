"""What people changed by hand: corrections beside the data, and a survey team's cleaning log, held against the data.

Nothing is taken on trust: a line says whose answer it changes and, where it says it, from what; where the data say
something else the line is refused, and so are lines that speak of nobody or of no question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias

import pandas as pd

from ..errors import DataError, Place, Problem, nearest, problem
from ..study import HandLog, ResponsesFile
from .log import CleaningLog, as_text
from .log_rows import LogRow
from .raw import RawFile
from .read import RawTable, read
from .text import fold, fold_value, shown

CORRECTIONS = "corrections.csv"
_COLUMNS = ("respondent", "variable", "before", "after", "who", "why", "date")
_MUST = ("respondent", "variable", "who", "why", "date")

Act: TypeAlias = Literal["change", "remove"]
#: As the line says; the line does not say what was there; it says it in other words (1 for TRUE); the change is there
#: already; the column is none that the page uses.
Verdict: TypeAlias = Literal["as_stated", "unstated", "other_words", "repeated", "unused"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: whose answer, to what, from what to what, why."""

    place: Place
    act: Act
    respondent: str
    variable: str = ""
    before: str | None = None
    after: str | None = None
    reason: str = ""
    stated: bool = True  # whether `before` says what was there; an empty cell of a team's log says nothing


@dataclass(frozen=True)
class ByHand:
    """Every change by hand of a study."""

    corrections: tuple[Entry, ...] = ()
    log: tuple[Entry, ...] = ()
    idle: int = 0  # lines of the log that say that nothing was done


#: No change by hand.
NOTHING = ByHand()


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of one line."""

    entry: Entry
    row: int  # of the table, from 0
    name: str  # of the column; empty where the line speaks of none that is used
    verdict: Verdict
    value: Any  # what the cell holds afterwards, in the words of its column


@dataclass(frozen=True)
class Judged:
    """All lines against the data; rows that leave, in the order of the lines."""

    decisions: tuple[Decision, ...]
    problems: tuple[Problem, ...]
    removed: dict[int, Entry]

    @property
    def counts(self) -> Counter[tuple[Act, Verdict]]:
        """How many lines had which verdict."""
        return Counter((each.entry.act, each.verdict) for each in self.decisions)


@dataclass(frozen=True)
class Target:
    """What lines are held against: rows by their key, columns by their name, names of columns that nobody uses."""

    rows: Mapping[str, tuple[int, ...]]
    cells: Mapping[str, Sequence[Any]]
    unused: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)  # folded name -> name in `cells`

    @classmethod
    def of(
        cls,
        keys: Sequence[object],
        cells: Mapping[str, Sequence[Any]],
        unused: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
    ) -> Target:
        """Keys of the rows and their cells; `headers` are further names of columns."""
        rows: dict[str, tuple[int, ...]] = {}
        for row, key in enumerate(keys):
            rows[fold_value(key)] = (*rows.get(fold_value(key), ()), row)
        names = {**{fold(header): name for header, name in (headers or {}).items()}, **{fold(n): n for n in cells}}
        return cls(rows, cells, frozenset(map(fold, unused)), names)


@dataclass(frozen=True, eq=False)
class HandCleaned:
    """A table after the log of a survey team was carried out on it, with our own log of it."""

    frame: pd.DataFrame  # text or None; the index counts rows from 1
    log: CleaningLog
    decisions: tuple[Decision, ...]

    @property
    def counts(self) -> Counter[tuple[Act, Verdict]]:
        """How many lines of the team's log had which verdict."""
        return Counter((each.entry.act, each.verdict) for each in self.decisions)


def read_corrections(raw: RawFile) -> tuple[Entry, ...]:
    """Read the manual corrections of a study.

    Parameters
    ----------
    raw : RawFile
        Columns respondent (the id, or the number of the response where the page declares no id), variable, before,
        after, who, why, date (year-month-day).

    Returns
    -------
    tuple of Entry
        In the order of the file.

    Raises
    ------
    DataError
        Everything at once: ``by_hand.column_missing``, ``by_hand.empty_cell``, ``by_hand.bad_date``.
    """
    table = _table(raw, None)
    if table is None:
        return ()
    columns = _found(table, {name: name for name in _COLUMNS})
    problems, entries = [], []
    for row in range(len(table.lines)):
        said = {name: _said(table, row, at) for name, at in columns.items()}
        place = Place(file=table.file, line=table.lines[row])
        problems += [problem("by_hand.empty_cell", place, name=name) for name in _MUST if not said[name]]
        if said["date"] and not _is_date(said["date"][:10]):
            problems.append(problem("by_hand.bad_date", place, value=said["date"]))
        reason = f"{said['why']} ({said['who']}, {said['date'][:10]})"
        before, after = said["before"] or None, said["after"] or None
        entries.append(Entry(place, "change", said["respondent"], said["variable"], before, after, reason))
    if problems:
        raise DataError(*problems)
    return tuple(entries)


def read_log(raw: RawFile, spec: HandLog) -> tuple[tuple[Entry, ...], int]:
    """Read the cleaning log of a survey team.

    Parameters
    ----------
    raw : RawFile
        A file of any format that answers may have.
    spec : HandLog
        Which of its columns says what, and the words for each action.

    Returns
    -------
    (tuple of Entry, int)
        The lines that change or remove something, and how many do nothing.

    Raises
    ------
    DataError
        Everything at once: ``by_hand.column_missing``, ``by_hand.empty_cell``, ``by_hand.unknown_action``.
    """
    table = _table(raw, spec.sheet)
    if table is None:
        return (), 0
    wanted = {name: getattr(spec, name) for name in ("id", "variable", "new", "old", "action", "reason")}
    columns = _found(table, {name: header for name, header in wanted.items() if header is not None})
    acts = {fold_value(word): name for name in ("change", "blank", "remove", "nothing") for word in getattr(spec, name)}
    entries, problems, idle = [], [], 0
    unknown: dict[str, list[int]] = {}
    for row in range(len(table.lines)):
        said = {name: _said(table, row, at) for name, at in columns.items()}
        place = Place(file=table.file, sheet=table.sheet, line=table.lines[row])
        act = acts.get(fold_value(said["action"])) if "action" in said else "change"
        if act is None:
            unknown.setdefault(said["action"], []).append(table.lines[row])
        elif act == "nothing":
            idle += 1
        else:
            needed = ("id",) if act == "remove" else ("id", "variable", *(("new",) if act == "change" else ()))
            problems += [problem("by_hand.empty_cell", place, name=wanted[n]) for n in needed if not said[n]]
            entries.append(_entry(place, act, said))
    allowed = tuple(str(word) for name in ("change", "blank", "remove", "nothing") for word in getattr(spec, name))
    for word, lines in unknown.items():
        slots = {"value": word or None, "count": len(lines), "allowed": allowed, "nearest": nearest(word, allowed)}
        place = Place(file=table.file, sheet=table.sheet, line=lines[0])
        problems.append(problem("by_hand.unknown_action", place, **slots))
    if problems:
        raise DataError(*problems)
    return tuple(entries), idle


def judge(entries: Iterable[Entry], target: Target) -> Judged:
    """Hold every line against the data, in order: a line sees what the lines before it made.

    Parameters
    ----------
    entries : iterable of Entry
        Corrections, or a team's log.
    target : Target
        The data; nothing is changed in it.

    Returns
    -------
    Judged
        With ``by_hand.unknown_respondent``, ``by_hand.respondent_twice``, ``by_hand.unknown_variable`` and
        ``by_hand.before_differs`` for every line that does not fit.
    """
    decisions: list[Decision] = []
    problems: list[Problem] = []
    removed: dict[int, Entry] = {}
    now: dict[tuple[int, str], Any] = {}
    for entry in entries:
        found = target.rows.get(fold_value(entry.respondent), ())
        name = target.names.get(fold(entry.variable))
        wrong = _misplaced(entry, found, name, target)
        if wrong is not None:
            problems.append(wrong)
        elif entry.act == "remove":
            decisions.append(Decision(entry, found[0], "", "repeated" if found[0] in removed else "as_stated", None))
            removed.setdefault(found[0], entry)
        elif name is None:
            decisions.append(Decision(entry, found[0], "", "unused", None))
        else:
            column = target.cells[name]
            cell = now.get((found[0], name), column[found[0]])
            value = _worded(entry.after, column)
            by_line = (found[0], name) in now
            verdict = _verdict(entry, cell, value) or ("repeated" if by_line and _equal(cell, value) else None)
            if verdict is None:
                slots = {"variable": entry.variable, "expected": entry.before, "found": shown(cell) or None}
                problems.append(problem("by_hand.before_differs", entry.place, **slots))
                continue
            now[found[0], name] = cell if verdict == "repeated" else value
            decisions.append(Decision(entry, found[0], name, verdict, now[found[0], name]))
    return Judged(tuple(decisions), tuple(problems), removed)


def carried_out(table: pd.DataFrame, entries: Iterable[Entry], *, id: str) -> HandCleaned:
    """Carry out the cleaning log of a survey team on a whole table.

    Parameters
    ----------
    table : DataFrame
        As received, any columns.
    entries : iterable of Entry
        `read_log` of the team's file.
    id : str
        Column by which the log names a row.

    Returns
    -------
    HandCleaned
        The rows left, our log of every change (it replays and reverses), and the verdict on every line.

    Raises
    ------
    DataError
        Everything that does not fit, as `judge` says it.

    Examples
    --------
    >>> lines = [Entry(Place(), "change", "p1", "age", "300", "30"), Entry(Place(), "remove", "p2")]
    >>> done = carried_out(pd.DataFrame({"id": ["p1", "p2"], "age": [300, 41]}), lines, id="id")
    >>> done.frame["age"].tolist(), [row.action for row in done.log.rows]
    (['30'], ['changed', 'withheld', 'withheld', 'excluded'])
    """
    cells = as_text(table.set_axis(range(1, len(table) + 1), axis="index"))
    columns = {str(name): cells[name].tolist() for name in cells.columns}
    judged = judge(entries, Target.of(columns[id], columns))
    if judged.problems:
        raise DataError(*judged.problems)
    rows: list[LogRow] = []
    for each in judged.decisions:
        if each.entry.act == "change" and each.verdict != "repeated":
            before, after = columns[each.name][each.row], shown(each.value) or None
            columns[each.name][each.row] = after
            rows.append(_row(each.entry, each.name, each.row, before, after, "changed"))
    for row, entry in judged.removed.items():
        filled = [(name, column[row]) for name, column in columns.items() if column[row] is not None]
        rows += [_row(entry, name, row, value, None, "withheld") for name, value in filled]
        rows.append(_row(entry, "", row, None, None, "excluded"))
    left = [row for row in range(len(table)) if row not in judged.removed]
    kept = pd.DataFrame(columns, index=cells.index, dtype=object).iloc[left]
    return HandCleaned(kept, CleaningLog(tuple(rows), len(table), len(kept)), judged.decisions)


def _row(entry: Entry, variable: str, row: int, before: Any, after: Any, action: Any) -> LogRow:
    return LogRow(
        "hand_log", variable, row + 1, str(row + 1), before, after, action, entry.reason, respondent=entry.respondent
    )


def _entry(place: Place, act: str, said: Mapping[str, str]) -> Entry:
    before = said.get("old", "") or None
    if act == "remove":
        return Entry(place, "remove", said["id"], reason=said.get("reason", ""))
    after = said["new"] if act == "change" else None
    reason = said.get("reason", "")
    return Entry(place, "change", said["id"], said["variable"], before, after, reason, stated=before is not None)


def _misplaced(entry: Entry, found: tuple[int, ...], name: str | None, target: Target) -> Problem | None:
    """Why a line names no cell."""
    if not found:
        return problem("by_hand.unknown_respondent", entry.place, value=entry.respondent)
    if len(found) > 1:
        return problem("by_hand.respondent_twice", entry.place, value=entry.respondent, count=len(found))
    if entry.act == "change" and name is None and fold(entry.variable) not in target.unused:
        near = nearest(fold(entry.variable), target.names)
        slots = {"value": entry.variable, "nearest": target.names[near] if near else None}
        return problem("by_hand.unknown_variable", entry.place, **slots)
    return None


def _verdict(entry: Entry, cell: Any, value: Any) -> Verdict | None:
    """How a line fits the cell; None where it does not."""
    if entry.stated and not _equal(entry.before, cell):
        return "other_words" if _same(entry.before, cell) else None
    if _equal(cell, value):
        return "repeated"
    return "as_stated" if entry.stated else "unstated"


def _equal(one: Any, other: Any) -> bool:
    return fold_value(one) == fold_value(other)


def _same(one: Any, other: Any) -> bool:
    """One value in two spellings: 1e+06 and 1000000, 1 and TRUE."""
    if _truth(other) is not None and _truth(one) == _truth(other):
        return True
    try:
        return float(shown(one)) == float(shown(other))
    except ValueError:
        return False


_TRUTHS = {"1": True, "true": True, "0": False, "false": False}


def _truth(value: Any) -> bool | None:
    return _TRUTHS.get(fold_value(value))


def _worded(after: str | None, column: Sequence[Any]) -> Any:
    """A new value as its column writes it: TRUE, not 1, where every cell is TRUE or FALSE."""
    if after is None or _truth(after) is None:
        return after
    held = {fold_value(cell): cell for cell in column if cell is not None}
    if not held or not held.keys() <= {"true", "false"}:
        return after
    word = str(_truth(after)).lower()
    return held.get(word, word.upper())


def _table(raw: RawFile, sheet: str | None) -> RawTable | None:
    """The file's table; None where it has a header and nothing below."""
    try:
        return read(raw, ResponsesFile(raw.name, sheet=sheet))
    except DataError as error:
        if error.code == "data.no_rows":
            return None
        raise


def _found(table: RawTable, wanted: Mapping[str, str]) -> dict[str, int]:
    headers = [fold(header) for header in table.headers]
    lost = [header for header in wanted.values() if fold(header) not in headers]
    if lost:
        place = table.header_place()
        raise DataError(
            *(problem("by_hand.column_missing", place, name=n, nearest=nearest(n, table.headers)) for n in lost)
        )
    return {name: headers.index(fold(header)) for name, header in wanted.items()}


def _said(table: RawTable, row: int, column: int) -> str:
    return shown(table.cells.iat[row, column]).strip()


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
