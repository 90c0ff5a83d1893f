"""A study page proposed from a file of answers: every part of it is a guess until the researcher confirms it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import pandas as pd

from ...errors import DataError, Place, problem
from ...study import Scale
from ..columns import by_code
from ..exports.form import Form
from ..read import RawTable
from ..text import shown
from .answers import Guess, by_labels, by_numbers, declared
from .constructs import GuessedConstruct, GuessedItem, constructs, families, outcome
from .known import known_variable, plain, says, words
from .seen import Seen, as_number, is_date, seen
from .times import times
from .variables import GuessedVariable, guessed

#: Why a column is not used.
Reason = Literal["tool", "time", "personal", "text", "empty", "one_answer", "choices", "more"]

_STATEMENT = 3  # words of a header that says something
_LEAST_STATEMENTS, _LEAST_STEPS, _STEPS, _SCALES = 4, 3, 7, (5, 7)
_SHORT = 6  # words of a header that can be the name of a column rather than a question
_MOST_VARIABLES = 14
_DIFFERENT = 0.95
_OWN_KINDS = ("start", "end", "today", "deviceid", "audit", "note", "calculate", "username", "phonenumber", "hidden")
#: Telephone numbers, numbers of identity cards, addresses of mail.
_PERSONAL = re.compile(r"(?:\+84|0)[35789]\d{8}|0\d{11}|[^@\s]+@[^@\s]+\.\w+", re.ASCII)


@dataclass(frozen=True)
class Consent:
    """A question that decides whether a response is analysed, and the answers with which it stays."""

    header: str
    keep: tuple[str | int, ...]


@dataclass(frozen=True)
class Unused:
    """A column that the page does not use, and why."""

    header: str
    reason: Reason


@dataclass(frozen=True)
class Proposal:
    """What a first look makes of a file."""

    rows: int
    columns: int
    id: str | None
    scales: Mapping[str, Scale]
    constructs: tuple[GuessedConstruct, ...]
    outcome: str | None
    variables: tuple[GuessedVariable, ...]
    consent: tuple[Consent, ...]
    times: Mapping[str, str]  # of a response: header of its seconds, or of its start and end
    unused: tuple[Unused, ...]
    simulated: bool  # whether the file itself says that no person gave these answers
    period: tuple[datetime.date, datetime.date] | None

    @property
    def factors(self) -> tuple[str, ...]:
        """Constructs that would explain the outcome."""
        return tuple(each.code for each in self.constructs if each.code != self.outcome)

    @property
    def reversed(self) -> tuple[str, ...]:
        """Items whose answers run against those of their construct."""
        return tuple(item.code for each in self.constructs for item in each.items if item.against)


def propose(table: RawTable, form: Form | None = None) -> Proposal:
    """Look at a file for the first time.

    Parameters
    ----------
    table : RawTable
        As its tool's export is understood.
    form : Form, optional
        The questionnaire as the tool keeps it.

    Returns
    -------
    Proposal
        Scales by the labels and numbers of the answers, constructs by headers or by how answers go together, an
        outcome, characteristics of respondents. Reverse-keyed items are candidates only.

    Raises
    ------
    DataError
        ``data.no_scale``: no column holds answers on a scale; ``data.header_twice``: two columns that are needed have
        one header.
    """
    columns = seen(table, form)
    identity = _identity(columns, table)
    consent = {each.at: said for each in columns if each.at != identity and (said := _consent(each, len(table.lines)))}
    took = times(columns, table.cells)
    reasons: dict[int, Reason] = {each.at: reason for each in columns if (reason := _own(each, len(table.lines)))}
    reasons |= {each.at: "time" for each in columns if each.header in took.values()}
    asked = [each for each in columns if each.at not in {identity, *consent, *reasons}]
    guesses = _scales(asked)
    if not guesses:
        raise DataError(problem("data.no_scale", Place(file=table.file, sheet=table.sheet), columns=len(columns)))
    taken: set[str] = set()
    found = constructs([each for each in asked if each.at in guesses], guesses, table.cells, taken)
    found = tuple(replace(each, items=tuple(_own_column(item, table) for item in each.items)) for each in found)
    rest = [each for each in asked if each.at not in guesses and not _personal(each) and len(each.counts) > 1]
    variables, more = _chosen(guessed(rest, taken), {each.at for each in rest if each.answered * 2 >= len(table.lines)})
    used = {item.at for each in found for item in each.items} | {each.at for each in variables}
    for each in asked:
        if _personal(each):
            reasons[each.at] = "personal"
        elif each.at in more:
            reasons[each.at] = "more"
    _told_apart([each for each in columns if each.at in used], columns, table)
    left = [each for each in columns if each.at not in used and each.at not in {identity, *consent}]
    return Proposal(
        rows=len(table.lines),
        columns=len(columns),
        id=None if identity is None else columns[identity].header,
        scales={guesses[at].name: guesses[at].scale for at in sorted(guesses)},
        constructs=found,
        outcome=outcome(found),
        variables=variables,
        consent=tuple(consent.values()),
        times=took,
        simulated=any(len(each.counts) == 1 and says(shown(next(iter(each.counts))), "simulated") for each in columns),
        unused=tuple(Unused(each.header, reasons.get(each.at, _other(each))) for each in left),
        period=_period([each for each in columns if reasons.get(each.at) == "time"], table.cells),
    )


def _told_apart(used: Sequence[Seen], columns: Sequence[Seen], table: RawTable) -> None:
    """Refuse headers that do not say which column is meant."""
    headers: dict[str, list[int]] = {}
    for each in columns:
        headers.setdefault(plain(each.header), []).append(each.at)
    twice = {at: each.header for each in used for at in headers[plain(each.header)][1:]}
    if twice:
        raise DataError(
            *(
                problem("data.header_twice", table.header_place(at), header=header)
                for at, header in sorted(twice.items())
            )
        )


def _own_column(item: GuessedItem, table: RawTable) -> GuessedItem:
    """An item whose code alone does not find its column is declared with the header."""
    return replace(item, own_code=item.own_code and by_code(item.code, table.headers) == [item.at])


# ---- columns that are no questions ---------------------------------------------------------------------------------


def _short(each: Seen) -> bool:
    return len(plain(each.header).split()) <= _SHORT


def _identity(columns: Sequence[Seen], table: RawTable) -> int | None:
    """The column that identifies a response: named so, and (nearly) every value another one."""
    rows = len(table.lines)
    for each in columns:
        named = _short(each) and (says(each.header, "id") or each.header.lstrip("_").lower() in ("uuid", "id"))
        cells = table.cells[each.at].dropna() if named and not each.dates else ()
        if len(cells) >= _DIFFERENT * rows and len(set(map(str, cells))) >= _DIFFERENT * rows:
            return each.at
    return None


def _own(each: Seen, rows: int) -> Reason | None:
    """Why a column is no question to respondents; None where it may be one."""
    if not each.counts and not each.nothing:
        return "empty"
    choice = "." in each.header or "/" in each.header
    if choice and set(map(str, each.counts)) <= {"TRUE", "FALSE", "True", "False", "0", "1", "1.0", "0.0"}:
        return "choices"
    if (
        _short(each)
        and (each.header.startswith("_") or each.kind in _OWN_KINDS or says(each.header, "time"))
        and each.dates
    ):
        return "time"
    if each.header.startswith("_") or each.kind in _OWN_KINDS or (_named_tool(each)):
        return "tool"
    return None


def _named_tool(each: Seen) -> bool:
    return len(plain(each.header).split()) <= 3 and plain(each.header) in words("tool")


def _personal(each: Seen) -> bool:
    """Names, addresses, telephone numbers: never proposed, whatever they hold."""
    if _short(each) and says(each.header, "personal"):
        return True
    texts = [value for value in each.counts if isinstance(value, (str, int))]
    marked = sum(bool(_PERSONAL.fullmatch(str(value).strip())) for value in texts)
    return bool(texts) and marked * 2 > len(texts)


def _consent(each: Seen, rows: int) -> Consent | None:
    """A question whether somebody takes part, with the answers that say yes."""
    if not any(says(text, "consent") for text in (each.header, each.words.vi, each.words.en)) or each.dates:
        return None
    if (
        len(each.counts) > 4
        or each.answered + len(each.nothing) < _DIFFERENT * rows
        or _personal(each)
        or (known_variable(each.header) and len(each.counts) > 2)
    ):
        return None
    keep = tuple(value for value in each.counts if _affirms(shown(value)) or _affirms(each.label(value).en))
    return Consent(each.header, keep) if keep else None


def _affirms(text: str) -> bool:
    said = plain(text)
    denied = any(f" {word} " in f" {said} " for word in words("no") if len(word) > 1)
    return not denied and (
        said in words("yes") or said == "1" or any(said.startswith(f"{word} ") for word in words("yes"))
    )


def _other(each: Seen) -> Reason:
    """Why a column that might be a question is none that can be analysed."""
    if each.dates:
        return "time"
    return "one_answer" if len(each.counts) < 2 else "text"


# ---- what is proposed ----------------------------------------------------------------------------------------------


def _scales(asked: Sequence[Seen]) -> dict[int, Guess]:
    """Scale of every column that holds answers on one; other scales under one name get names of their own."""
    guesses = by_labels([each for each in asked if each.kind != "select_multiple"])
    guesses |= declared([each for each in asked if each.at not in guesses])
    numbers = [
        each
        for each in asked
        if each.at not in guesses and _sparse(each) and not _lone(each) and not says(each.header, "ranking")
    ]
    groups = {family: members for family, members in families(numbers).items() if family[0] != "none"}
    guesses |= by_numbers(groups.values())
    guesses |= by_numbers([_statements([each for each in numbers if each.at not in guesses])])
    names: dict[str, list[Scale]] = {}
    found = {}
    for at in sorted(guesses):
        guess = guesses[at]
        same = names.setdefault(guess.name, [])
        if guess.scale not in same:
            same.append(guess.scale)
        place = same.index(guess.scale)
        found[at] = replace(guess, name=guess.name if not place else f"{guess.name}_{place + 1}")
    return found


def _statements(columns: Sequence[Seen]) -> list[Seen]:
    """Columns without a code whose headers are statements and whose numbers are the steps of one scale."""
    found = [
        each
        for each in columns
        if len(plain(each.header).split()) >= _STATEMENT
        and not says(each.header, "numbers")
        and len(each.whole) >= _LEAST_STEPS
        and set(each.whole) <= set(range(1, _STEPS + 1))
    ]
    tops = {max(each.whole) for each in found}
    return found if len(found) >= _LEAST_STATEMENTS and max(tops, default=0) in _SCALES else []


def _sparse(each: Seen) -> bool:
    """No labels, or those of the ends alone: the steps between are numbers without a name."""
    steps = [value for value in each.labels if value not in each.nothing and as_number(value) is not None]
    return len(steps) < min(3, len(each.whole))


def _lone(each: Seen) -> bool:
    """A number about the respondent, not an answer on a scale."""
    return known_variable(each.header) is not None and not each.code


def _chosen(found: Sequence[GuessedVariable], often: set[int]) -> tuple[tuple[GuessedVariable, ...], frozenset[int]]:
    """The characteristics that are usually asked for, then others that most answered; one unit, one position."""
    room = max(0, _MOST_VARIABLES - sum(each.known for each in found))
    others = [each.at for each in found if not each.known and each.at in often]
    allowed = {at for at in dict.fromkeys(others) if others.index(at) + others.count(at) <= room}
    parts: set[str | None] = set()
    chosen = []
    for each in found:
        if not each.known and each.at not in allowed:
            continue
        part = each.variable.part if each.variable.part not in parts else None
        parts.add(part)
        chosen.append(replace(each, variable=replace(each.variable, part=part)))
    kept = tuple(chosen)
    return kept, frozenset(each.at for each in found) - {each.at for each in kept}


def _period(columns: Iterable[Seen], cells: pd.DataFrame) -> tuple[datetime.date, datetime.date] | None:
    """First and last day of the first column of times."""
    for each in columns:
        days = [day for cell in cells[each.at] if is_date(cell) and (day := _day(cell)) is not None]
        if days:
            return min(days), max(days)
    return None


def _day(value: Any) -> datetime.date | None:
    """The day of a date; day before month unless the numbers say otherwise."""
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    numbers = [int(part) for part in re.findall(r"\d+", str(value))[:3]]
    if len(numbers) < 3:
        return None
    first, second, third = numbers
    year, month, day = (first, second, third) if first > 31 else (third, second, first)
    if month > 12:
        month, day = day, month
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
