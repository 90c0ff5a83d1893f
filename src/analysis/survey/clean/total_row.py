"""Rows of sums and means below the responses: refused, or left out where declared."""

from __future__ import annotations

import re

import numpy as np

from ...errors import problem
from ..column import EMPTY
from ..likert import labels_of
from ..text import fold, shown
from .work import Work

ORDER = 17
ID = "total_row"
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?", re.ASCII)
_SUMS = frozenset(("tổng", "tổng cộng", "tổng số", "cộng", "total", "totals", "grand total", "sum"))
#: Names of means that are answers too: of quality, of a living standard.
_MEANS = frozenset(("trung bình", "average", "mean"))


def apply(work: Work) -> None:
    """A row is a total when its first filled cell says so."""
    found: dict[int, str] = {}
    earlier = np.zeros(len(work.table.lines), dtype=bool)  # something stands in a column before
    for at in range(len(work.table.headers)):
        column = work.as_read(at)
        words = [place for place, value in enumerate(column.values) if is_total(value) or is_mean(value)]
        first = work.kept[(np.isin(column.places, words) & ~earlier)[work.kept]]
        known = _answers(work, at)
        found.update({row: shown(column[row]) for row in first.tolist() if _is_one(work, row, at, known)})
        earlier |= column.places != EMPTY
        if earlier.all():
            break
    if work.study.cleaning.total_rows == "leave_out":
        work.exclude(ID, found, reasons=found)
    else:
        work.refuse({row: problem("data.total_row", work.place(row), value=value) for row, value in found.items()})


def _is_one(work: Work, row: int, at: int, known: frozenset[str]) -> bool:
    """A sum always; a mean where its name is no answer to the question, and only numbers stand beside it."""
    value = work.as_read(at)[row]
    if is_total(value):
        return True
    beside = (work.as_read(other)[row] for other in range(at + 1, len(work.table.headers)))
    return fold(value) not in known and all(cell is None or is_number(cell) for cell in beside)


def _answers(work: Work, at: int) -> frozenset[str]:
    """What the page knows as answers of a column, folded."""
    study = work.study
    codes = [code for code, column in work.columns.items() if column == at]
    known = {label for code in codes if code in study.items for label in labels_of(study.scale_of(code)).codes}
    for code in codes:
        levels = study.variables[code].levels if code in study.variables else {}
        known |= {fold(text) for level, words in levels.items() for text in (str(level), words.vi, words.en)}
    return frozenset(known)


def is_number(value: object) -> bool:
    """Whether a cell of a row of means is one: a number, or one as text."""
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value.strip()))
    return isinstance(value, (int, float))


def is_total(value: object) -> bool:
    """Whether a cell is the name of a row of sums."""
    return isinstance(value, str) and fold(value).rstrip(" :") in _SUMS


def is_mean(value: object) -> bool:
    """Whether a cell is the name of a row of means; it may be an answer as well."""
    return isinstance(value, str) and fold(value).rstrip(" :") in _MEANS
