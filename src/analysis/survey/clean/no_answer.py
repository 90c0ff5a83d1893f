"""Codes that mean "no answer" become missing: those of the page and those that an SPSS file declares."""

from __future__ import annotations

from ..text import fold_value
from .work import Change, Work

ORDER = 50
ID = "no_answer"


def apply(work: Work) -> None:
    """Empty the cells that hold a declared code."""
    for code in work.items:
        _apply(work, code, work.study.scale_of(code).no_answer)
    for code in work.variables:
        _apply(work, code, work.study.variables[code].no_answer)


def _apply(work: Work, code: str, declared: tuple[int | str, ...]) -> None:
    codes = {fold_value(value) for value in declared}
    ranges = work.table.missing.get(work.columns[code], ())
    empty = {
        place: Change(ID, None, fold_value(value))
        for place, value in work.values(code).items()
        if fold_value(value) in codes or any(_within(value, low, high) for low, high in ranges)
    }
    work.recode(code, empty)


def _within(value: object, low: object, high: object) -> bool:
    if isinstance(value, str) or isinstance(low, str):
        return value == low
    return isinstance(value, (int, float)) and float(low) <= value <= float(high)  # type: ignore[arg-type]
