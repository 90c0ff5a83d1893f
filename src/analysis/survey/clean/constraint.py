"""Answers that the questionnaire's own form does not allow: an error, or missing where the page says so."""

from __future__ import annotations

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
        others = {name: list(work.table.cells[at[name]]) for name in names_of(tree) - {"."}}
        for row, value in list(work.answers(code)):
            if asked(tree, {".": value, **{name: cells[row] for name, cells in others.items()}}):
                continue
            if work.study.cleaning.constraint == "error":
                if (cell := (work.columns[code], row)) in told:
                    continue
                told.add(cell)
                place = work.place(row, code)
                work.problems.append(problem("data.constraint", place, code=code, value=shown(value), constraint=text))
                work.cells[code][row] = None
            else:
                work.change(ID, code, row, None)


def _tree(text: str) -> Tree | None:
    try:
        return parse(text)
    except UnreadableError:
        return None
