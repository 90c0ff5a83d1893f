"""Corrections that somebody entered beside the data, each with its author, its reason and its date."""

from __future__ import annotations

from ..by_hand import judge
from .hand_log import target
from .work import Work

ORDER = 12
ID = "corrections"


def apply(work: Work) -> None:
    """Put the corrected values in; a line that does not fit the data is refused."""
    if not work.by_hand.corrections:
        return
    judged = judge(work.by_hand.corrections, target(work, ()))
    work.problems.extend(judged.problems)
    for each in judged.decisions:
        work.change(ID, each.name, {each.row: each.value}, each.entry.reason)
