"""Trials of the questionnaire, known by a cell that the page names, are no responses."""

from __future__ import annotations

from ..columns import TEST
from ..text import fold_value, shown
from .work import Work

ORDER = 18
ID = "test_row"


def apply(work: Work) -> None:
    """Leave out the rows whose cell is one of those declared."""
    for at, declared in enumerate(work.study.cleaning.test_rows):
        code = f"{TEST}{at}"
        if code not in work.cells:
            continue
        marks = {fold_value(value) for value in declared.values}
        found = {row: shown(value) for row, value in work.answers(code) if fold_value(value) in marks}
        work.exclude(ID, found, code, found)
