"""Answers to questions that the form's skip logic does not ask: kept and told, refused, or made missing."""

from __future__ import annotations

from ...errors import problem
from ..text import shown
from .work import Work

ORDER = 45
ID = "skip_logic"


def apply(work: Work) -> None:
    """Hold the answers that are used against the conditions of the form, as read before any rule."""
    policy = work.study.cleaning.skip_logic
    if policy == "keep":
        return  # told in the notes on reading
    kept = set(work.kept.tolist())
    for code in (*work.items, *work.variables):
        rows, condition = work.table.skipped.get(work.columns[code], ((), ""))
        answered = [row for row in rows if row in kept and work.cells[code][row] is not None]
        if policy == "missing":
            work.change(ID, code, dict.fromkeys(answered), condition)
            answered = []
        for row in answered:
            value = shown(work.cells[code][row])
            slots = {"code": code, "value": value, "condition": condition}
            work.problems.append(problem("data.skip_logic", work.place(row, code), **slots))
        work.settled.add(work.table.headers[work.columns[code]])
