"""Rows of sums and means below the responses: refused, or left out where declared."""

from __future__ import annotations

import numpy as np

from ...errors import problem
from ..column import EMPTY
from ..text import fold, shown
from .work import Work

ORDER = 17
ID = "total_row"
_WORDS = frozenset(
    ("tổng", "tổng cộng", "tổng số", "cộng", "trung bình", "total", "totals", "grand total", "sum", "average", "mean")
)


def apply(work: Work) -> None:
    """A row is a total when its first filled cell says so."""
    found: dict[int, str] = {}
    earlier = np.zeros(len(work.table.lines), dtype=bool)  # something stands in a column before
    for at in range(len(work.table.headers)):
        column = work.as_read(at)
        words = [place for place, value in enumerate(column.values) if _is_total(value)]
        first = work.kept[(np.isin(column.places, words) & ~earlier)[work.kept]]
        found.update({row: shown(column[row]) for row in first.tolist()})
        earlier |= column.places != EMPTY
        if earlier.all():
            break
    if work.study.cleaning.total_rows == "leave_out":
        work.exclude(ID, found, reasons=found)
    else:
        work.refuse({row: problem("data.total_row", work.place(row), value=value) for row, value in found.items()})


def _is_total(value: object) -> bool:
    return isinstance(value, str) and fold(value).rstrip(" :") in _WORDS
