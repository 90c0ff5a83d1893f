"""LimeSurvey: id, date of submission, last page and language first; headers are codes or texts of questions."""

from __future__ import annotations

from dataclasses import replace

from ...errors import caution
from ..read import RawTable
from ..text import fold

NAME = "LimeSurvey"

_OWN = {
    "id": ("id", "response id", "id phản hồi"),
    "submitted": ("submitdate", "date submitted"),
    "page": ("lastpage", "last page"),
    "language": ("startlanguage", "start language"),
    "seed": ("seed",),
}
_ENOUGH = 3


def signs(table: RawTable) -> tuple[str, ...]:
    """At least three of the columns that the tool itself writes."""
    found = tuple(table.headers[at] for at in _own(table).values())
    return found if len(found) >= _ENOUGH else ()


def apply(table: RawTable) -> RawTable:
    """Headers on one line; responses that were never submitted are counted, and kept."""
    table = replace(table, headers=tuple(" ".join(header.split()) for header in table.headers))
    submitted = _own(table).get("submitted")
    if submitted is None:
        return table
    open_still = sum(cell is None or str(cell).startswith("1980-01-01") for cell in table.cells[submitted])
    note = (caution("read.not_submitted", count=open_still, total=len(table.lines)),) if open_still else ()
    return replace(table, notes=(*table.notes, *note))


def _own(table: RawTable) -> dict[str, int]:
    folded = [fold(header) for header in table.headers]
    return {what: folded.index(name) for what, names in _OWN.items() for name in names if name in folded}
