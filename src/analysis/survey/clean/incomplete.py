"""Responses that answer too few of the items, where the page says how many are enough."""

from __future__ import annotations

from .work import Work

ORDER = 100
ID = "incomplete"


def apply(work: Work) -> None:
    """Count what is left after all codes for "no answer" are gone."""
    least, items = work.study.cleaning.minimum_answered, work.items
    if least is None or not items:
        return
    answered = {row: sum(work.cells[code][row] is not None for code in items) for row in work.kept}
    short = {row: f"{count}/{len(items)}" for row, count in answered.items() if count < least * len(items)}
    work.exclude(ID, short.keys(), reasons=short)
