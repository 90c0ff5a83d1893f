"""Responses that answer too few of the items, where the page says how many are enough."""

from __future__ import annotations

import numpy as np

from ..column import EMPTY
from .work import Work

ORDER = 100
ID = "incomplete"


def apply(work: Work) -> None:
    """Count what is left after all codes for "no answer" are gone."""
    least, items = work.study.cleaning.minimum_answered, work.items
    if least is None or not items:
        return
    answered = np.sum([work.cells[code].places != EMPTY for code in items], axis=0)
    short = {row: f"{answered[row]}/{len(items)}" for row in work.kept.tolist() if answered[row] < least * len(items)}
    work.exclude(ID, short, reasons=short)
