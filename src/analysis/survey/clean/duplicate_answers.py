"""Responses that are the same in every answer: kept, refused, or the first kept, as the page says."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...errors import problem
from ..text import fold, shown
from .work import Work

ORDER = 40
ID = "duplicate_answers"


def apply(work: Work) -> None:
    """Compare all items and variables; the id and other columns do not count."""
    policy = work.study.cleaning.duplicate_answers
    if policy == "keep":
        return
    codes = (*work.items, *work.variables)
    first: dict[bytes, int] = {}
    again: dict[int, int] = {}
    told = np.column_stack([_told(work, code) for code in codes]) if codes else np.zeros((len(work.kept), 0))
    for row, answers in zip(work.kept.tolist(), told, strict=True):
        if answers.any() and first.setdefault(answers.tobytes(), row) != row:
            again[row] = first[answers.tobytes()]
    if policy == "keep_first":
        work.exclude(ID, again, reasons={row: work.table.address(first) for row, first in again.items()})
        return
    for row, earlier in again.items():
        work.problems.append(problem("data.duplicate_answers", work.place(row), first=work.table.address(earlier)))


def _told(work: Work, code: str) -> npt.NDArray[np.int32]:
    """A number for each different answer of the responses still in; 0 where there is none."""
    numbers: dict[str, int] = {"": 0}
    column = work.cells[code]
    found = [numbers.setdefault(fold(shown(value)), len(numbers)) for value in column.values]
    return np.array([*found, 0], dtype=np.int32)[column.places[work.kept]]
