"""Responses that are the same in every answer: kept, refused, or the first kept, as the page says."""

from __future__ import annotations

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
    first: dict[tuple[str, ...], int] = {}
    again: dict[int, int] = {}
    for row in work.kept:
        answers = tuple(fold(shown(work.cells[code][row])) for code in codes)
        if any(answers) and first.setdefault(answers, row) != row:
            again[row] = first[answers]
    if policy == "keep_first":
        work.exclude(ID, again.keys(), reasons={row: work.table.address(first) for row, first in again.items()})
        return
    for row, earlier in again.items():
        work.problems.append(problem("data.duplicate_answers", work.place(row), first=work.table.address(earlier)))
