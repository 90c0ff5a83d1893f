"""A number that is no level of its scale: an error, or missing where the page says so."""

from __future__ import annotations

from ...errors import Slot, problem
from ..text import shown
from .work import Work

ORDER = 70
ID = "out_of_range"


def apply(work: Work) -> None:
    """Hold every item's answer against the levels of its scale."""
    for code in work.items:
        scale = work.study.scale_of(code)
        for row, value in work.answers(code):
            if value in scale.levels:
                continue
            if work.study.cleaning.out_of_range == "missing":
                work.change(ID, code, row, None, f"{scale.low}..{scale.high}")
                continue
            slots: dict[str, Slot] = {"code": code, "value": shown(value), "low": scale.low, "high": scale.high}
            work.problems.append(problem("data.out_of_range", work.place(row, code), **slots))
            work.cells[code][row] = None
