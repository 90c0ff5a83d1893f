"""Rows that repeat the headers, as when files were joined one below the other: refused, or left out where declared."""

from __future__ import annotations

import numpy as np

from ...errors import problem
from ..column import EMPTY
from ..text import fold
from .work import Work

ORDER = 16
ID = "repeated_header"
_LEAST = 2


def apply(work: Work) -> None:
    """A row is a header when at least half of its filled cells, two of them or more, are those of the header."""
    same, filled = (np.zeros(len(work.table.lines), dtype=np.int64) for _ in range(2))
    for code, at in work.columns.items():
        head, places = fold(work.table.headers[at]), work.cells[code].places
        same += np.isin(
            places,
            [place for place, value in work.values(code).items() if isinstance(value, str) and fold(value) == head],
        )
        filled += places != EMPTY
    found = work.kept[((same >= _LEAST) & (2 * same >= filled))[work.kept]].tolist()
    if work.study.cleaning.repeated_headers == "leave_out":
        work.exclude(ID, found)
    else:
        work.refuse({row: problem("data.repeated_header", work.place(row)) for row in found})


def _filled(work: Work, row: int) -> int:
    return sum(column[row] is not None for column in work.cells.values())
