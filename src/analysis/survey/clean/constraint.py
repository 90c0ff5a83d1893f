"""Answers that the questionnaire's own form does not allow: an error, or missing where the page says so."""

from __future__ import annotations

from typing import Any

from ...errors import problem
from ..exports.relevance import Tree, UnreadableError, asked, names_of, parse
from ..text import shown
from .work import Work

ORDER = 55
ID = "constraint"


def apply(work: Work) -> None:
    """Hold every answer against the constraint of its question; a constraint that cannot be read is not checked."""
    told: set[tuple[int, int]] = set()  # several variables may read one column of check boxes
    at = {header: column for column, header in enumerate(work.table.headers)}
    for code in (*work.items, *work.variables):
        text = work.table.constraints.get(work.columns[code], "")
        tree = _tree(text)
        if tree is None or not names_of(tree) - {"."} <= at.keys():
            continue
        others = {name: work.as_read(at[name]) for name in names_of(tree) - {"."}}
        broken: dict[int, Any] = {}
        for row, value in work.answers(code):
            if not asked(tree, {".": value, **{name: column[row] for name, column in others.items()}}):
                broken[row] = value
        if work.study.cleaning.constraint == "missing":
            work.change(ID, code, dict.fromkeys(broken), text)
            continue
        for row, value in broken.items():
            if (cell := (work.columns[code], row)) in told:
                continue
            told.add(cell)
            place = work.place(row, code)
            work.problems.append(problem("data.constraint", place, code=code, value=shown(value), constraint=text))
        work.forget(code, broken)


def _tree(text: str) -> Tree | None:
    try:
        return parse(text)
    except UnreadableError:
        return None
