"""Respondents' variables: categories become the codes of their levels, numbers become numbers within their limits."""

from __future__ import annotations

import re

from ...errors import problem
from ...study import Variable
from ..text import fold, fold_value, shown
from .labels import unknown
from .out_of_range import ID as OUT_OF_RANGE
from .work import Work

ORDER = 80
ID = "levels"
#: The same number, written otherwise: a decimal comma, a zero at the end.
NUMBER = "number"

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,2})?", re.ASCII)  # R and Excel write 1e+05


def apply(work: Work) -> None:
    """Read every variable as the kind that the page declares."""
    for code in work.variables:
        variable = work.study.variables[code]
        if variable.kind == "number":
            _numbers(work, code, variable)
        else:
            _categories(work, code, variable)


def _categories(work: Work, code: str, variable: Variable) -> None:
    levels = _spellings(variable)
    file_labels = work.table.labels.get(work.columns[code], {})
    _contradictions(work, code, levels, file_labels)
    allowed = tuple(
        dict.fromkeys(label for each, words in variable.levels.items() for label in (words.vi, words.en, each))
    )
    for row, value in work.answers(code):
        level = levels.get(fold_value(value)) or levels.get(fold(file_labels.get(value, "")))
        if level is not None:
            work.change(ID, code, row, level, variable.kind)
        else:
            unknown(work, code, row, allowed)


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
    for row, value in work.answers(code):
        text = shown(value).replace(",", ".") if decimal == "," else shown(value)
        if isinstance(value, bool) or not _NUMBER.fullmatch(text):
            _no_number(work, code, row)
            continue
        number = float(text)
        low, high = variable.min, variable.max
        if (low is None or number >= low) and (high is None or number <= high):
            work.change(NUMBER, code, row, number, decimal or ".")
        elif work.study.cleaning.out_of_range == "missing":
            work.change(OUT_OF_RANGE, code, row, None, f"{shown(low)}..{shown(high)}")
        else:
            slots = {"code": code, "value": shown(value), "low": low, "high": high}
            work.problems.append(problem("data.out_of_range", work.place(row, code), **slots))


def _no_number(work: Work, code: str, row: int) -> None:
    if work.study.cleaning.unknown_label == "missing":
        work.change("unknown_label", code, row, None, work.study.variables[code].kind)
        return
    value = shown(work.cells[code][row])
    work.problems.append(problem("data.not_a_number", work.place(row, code), code=code, value=value))
