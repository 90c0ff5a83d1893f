"""Rows that repeat the headers, as when files were joined one below the other: refused, or left out where declared."""

from __future__ import annotations

from collections import Counter

from ...errors import problem
from ..text import fold
from .work import Work

ORDER = 16
ID = "repeated_header"
_LEAST = 2


def apply(work: Work) -> None:
    """A row is a header when at least half of its filled cells, two of them or more, are those of the header."""
    same: Counter[int] = Counter()
    for code, at in work.columns.items():
        head = fold(work.table.headers[at])
        same.update(row for row, cell in work.answers(code) if isinstance(cell, str) and fold(cell) == head)
    found = {row for row, count in same.items() if count >= _LEAST and 2 * count >= _filled(work, row)}
    if work.study.cleaning.repeated_headers == "leave_out":
        work.exclude(ID, found)
    else:
        work.refuse({row: problem("data.repeated_header", work.place(row)) for row in found})


def _filled(work: Work, row: int) -> int:
    return sum(column[row] is not None for column in work.cells.values())
