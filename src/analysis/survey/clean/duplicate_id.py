"""Two responses with one id: an error, or the first or the last is kept where the page says so."""

from __future__ import annotations

from ...errors import problem
from ..column import EMPTY
from ..columns import ID as COLUMN
from ..text import fold, shown
from .work import Work

ORDER = 30
ID = "duplicate_id"


def apply(work: Work) -> None:
    """Find ids that occur more than once, and responses without one."""
    if COLUMN not in work.cells:
        return
    same: dict[str, list[int]] = {}
    for row, value in work.answers(COLUMN):
        same.setdefault(fold(shown(value)), []).append(row)
    _without(work)
    policy = work.study.cleaning.duplicate_id
    if policy == "error":
        for rows in same.values():
            _refuse(work, rows)
        return
    spare = slice(1, None) if policy == "keep_first" else slice(None, -1)
    out = {
        row: work.table.address(rows[0 if policy == "keep_first" else -1], work.columns[COLUMN])
        for rows in same.values()
        for row in rows[spare]
    }
    work.exclude(ID, out, COLUMN, out)  # the reason: where the response with the same id stands that is kept


def _refuse(work: Work, rows: list[int]) -> None:
    first = work.table.address(rows[0], work.columns[COLUMN])
    for row in rows[1:]:
        value = shown(work.cells[COLUMN][row])
        work.problems.append(problem("data.duplicate_id", work.place(row, COLUMN), value=value, first=first))


def _without(work: Work) -> None:
    empty = work.kept[work.cells[COLUMN].places[work.kept] == EMPTY]
    for row in empty.tolist():
        work.problems.append(problem("data.id_missing", work.place(row, COLUMN)))
