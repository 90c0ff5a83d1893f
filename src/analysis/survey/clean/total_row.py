"""Rows of sums and means below the responses: refused, or left out where declared."""

from __future__ import annotations

from ...errors import problem
from ..text import fold
from .work import Work

ORDER = 17
ID = "total_row"
_WORDS = frozenset(
    ("tổng", "tổng cộng", "tổng số", "cộng", "trung bình", "total", "totals", "grand total", "sum", "average", "mean")
)


def apply(work: Work) -> None:
    """A row is a total when its first filled cell says so."""
    found: dict[int, str] = {}
    rows = work.table.cells.to_numpy().tolist()
    for row in work.kept:
        first = next((cell for cell in rows[row] if cell is not None), None)
        if isinstance(first, str) and fold(first).rstrip(" :") in _WORDS:
            found[row] = first
    if work.study.cleaning.total_rows == "leave_out":
        work.exclude(ID, found.keys(), reasons=found)
    else:
        work.refuse({row: problem("data.total_row", work.place(row), value=value) for row, value in found.items()})
