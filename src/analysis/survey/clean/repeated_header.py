"""Rows that repeat the headers, as when files were joined one below the other: refused, or left out where declared."""

from __future__ import annotations

from ...errors import problem
from ..text import fold, shown
from .work import Work

ORDER = 16
ID = "repeated_header"
_LEAST = 2


def apply(work: Work) -> None:
    """A row is a header when at least half of its filled cells, two of them or more, are those of the header."""
    heads = {code: fold(work.table.headers[at]) for code, at in work.columns.items()}
    found = set()
    for row in work.kept:
        filled = [code for code in heads if work.cells[code][row] is not None]
        same = sum(fold(shown(work.cells[code][row])) == heads[code] for code in filled)
        if same >= _LEAST and 2 * same >= len(filled):
            found.add(row)
    if work.study.cleaning.repeated_headers == "leave_out":
        work.exclude(ID, found)
    else:
        work.refuse({row: problem("data.repeated_header", work.place(row)) for row in found})
