"""Respondents' variables: categories become the codes of their levels, numbers become numbers within their limits."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...errors import problem
from ...study import Variable
from ..text import bare, fold, fold_value, shown
from .labels import BARE, UNKNOWN, replaced
from .out_of_range import ID as OUT_OF_RANGE
from .work import Change, Work

ORDER = 80
ID = "levels"
#: The same number, written otherwise: a decimal comma, a zero at the end.
NUMBER = "number"

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,2})?", re.ASCII)  # R and Excel write 1e+05
_JOINTS = re.compile(r"\s*[,;|\n]\s*")


def apply(work: Work) -> None:
    """Read every variable as the kind that the page declares."""
    for code in work.variables:
        variable = work.study.variables[code]
        if variable.kind == "number":
            _numbers(work, code, variable)
        elif variable.choice is not None:
            _ticks(work, code, variable)
        else:
            _categories(work, code, variable)


def _categories(work: Work, code: str, variable: Variable) -> None:
    levels = _spellings(variable)
    file_labels = work.table.labels.get(work.columns[code], {})
    _contradictions(work, code, levels, file_labels)
    allowed = tuple(
        dict.fromkeys(label for each, words in variable.levels.items() for label in (words.vi, words.en, each))
    )
    found = work.values(code)
    meant = {
        place: levels.get(fold_value(value)) or levels.get(fold(file_labels.get(value, "")))
        for place, value in found.items()
    }
    changes = {place: Change(ID, level, variable.kind) for place, level in meant.items() if level is not None}
    changes |= _unaccented(levels, {place: value for place, value in found.items() if place not in changes})
    replaced(work, code, changes, [place for place in found if place not in changes], allowed)


def _unaccented(levels: Mapping[str, str], strange: Mapping[int, object]) -> dict[int, Change]:
    """Answers typed without accents that can mean one level only."""
    marks: dict[str, list[str]] = {}
    for label in levels:
        if not label.isascii():
            marks.setdefault(bare(label), []).append(label)
    found = {}
    for place, value in strange.items():
        meant = marks.get(fold(shown(value)), [])
        if len({levels[label] for label in meant}) == 1:
            found[place] = Change(BARE, levels[meant[0]], meant[0])
    return found


def _ticks(work: Work, code: str, variable: Variable) -> None:
    """Whether a choice is among the answers that one cell holds: the last level says yes, the first no."""
    choice, (no, *_, yes) = fold(str(variable.choice)), tuple(variable.levels)
    spaced = work.columns[code] in work.table.several
    said = {place: _ticked(fold(shown(value)), choice, spaced) for place, value in work.values(code).items()}
    work.recode(
        code, {place: Change(ID, yes if ticked else no, str(variable.choice)) for place, ticked in said.items()}
    )


def _ticked(text: str, choice: str, spaced: bool) -> bool:
    parts = _JOINTS.split(text)
    if choice == text or choice in parts or any(part.startswith(f"{choice}:") for part in parts):
        return True
    if spaced and choice in text.split():
        return True
    return bool(_JOINTS.search(choice) and re.search(rf"(?:^|[,;|]\s*){re.escape(choice)}(?:$|\s*[,;|])", text))


def _spellings(variable: Variable) -> dict[str, str]:
    """Every way to write a level; a code wins over a label, a label over nothing."""
    labels = {fold(label): code for code, words in variable.levels.items() for label in (words.vi, words.en)}
    return {**labels, **{fold(code): code for code in variable.levels}}


def _contradictions(work: Work, code: str, levels: dict[str, str], file_labels: dict[object, str]) -> None:
    column = work.columns[code]
    for value, label in file_labels.items():
        by_code, by_label = levels.get(fold_value(value)), levels.get(fold(label))
        if by_code is not None and by_label is not None and by_code != by_label:
            slots = {"code": code, "value": shown(value), "label": label, "expected": by_label}
            work.problems.append(problem("data.label_contradicts", work.table.header_place(column), **slots))


def _numbers(work: Work, code: str, variable: Variable) -> None:
    decimal = work.study.answers.decimal or work.table.decimal
    read = {place: _number(value, decimal) for place, value in work.values(code).items()}
    changes = {place: Change(NUMBER, number, decimal or ".") for place, number in read.items() if number is not None}
    strange = {place for place, number in read.items() if number is None}
    beyond = {place for place, number in read.items() if number is not None and not _within(number, variable)}
    policy = work.study.cleaning
    if policy.unknown_label == "missing":
        changes.update({place: Change(UNKNOWN, None, variable.kind) for place in strange})
        strange = set()
    if policy.out_of_range == "missing":
        reason = f"{shown(variable.min)}..{shown(variable.max)}"
        changes.update({place: Change(OUT_OF_RANGE, None, reason) for place in beyond})
        beyond = set()
    for row in work.rows(code, strange | beyond):
        value = shown(work.cells[code][row])
        if work.cells[code].places[row] in strange:
            work.problems.append(problem("data.not_a_number", work.place(row, code), code=code, value=value))
        else:
            slots = {"code": code, "value": value, "low": variable.min, "high": variable.max}
            work.problems.append(problem("data.out_of_range", work.place(row, code), **slots))
    work.recode(code, changes)


def _number(value: object, decimal: str | None) -> float | None:
    text = shown(value).replace(",", ".") if decimal == "," else shown(value)
    return None if isinstance(value, bool) or not _NUMBER.fullmatch(text) else float(text)


def _within(number: float, variable: Variable) -> bool:
    low, high = variable.min, variable.max
    return (low is None or number >= low) and (high is None or number <= high)
