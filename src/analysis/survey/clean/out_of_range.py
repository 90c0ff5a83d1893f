"""A number that is no level of its scale: an error, or missing where the page says so."""

from __future__ import annotations

from ...errors import Slot, problem
from ..text import shown
from .work import Change, Work

ORDER = 70
ID = "out_of_range"


def apply(work: Work) -> None:
    """Hold every item's answer against the levels of its scale."""
    for code in work.items:
        scale = work.study.scale_of(code)
        beyond = [place for place, value in work.values(code).items() if value not in scale.levels]
        if work.study.cleaning.out_of_range == "missing":
            work.recode(code, {place: Change(ID, None, f"{scale.low}..{scale.high}") for place in beyond})
            continue
        for row in work.rows(code, beyond):
            value = shown(work.cells[code][row])
            slots: dict[str, Slot] = {"code": code, "value": value, "low": scale.low, "high": scale.high}
            work.problems.append(problem("data.out_of_range", work.place(row, code), **slots))
        work.recode(code, {place: Change(None, None) for place in beyond})
