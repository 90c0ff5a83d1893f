"""Qualtrics: codes, then the texts of the questions, and in newer exports a row with the ids of the import."""

from __future__ import annotations

import json
from typing import Any

from ..read import RawTable
from ..text import fold
from .second_header import without_rows

NAME = "Qualtrics"

_OLD = ("responseid", "responseset", "ipaddress", "startdate", "enddate", "finished", "status")
_ENOUGH = 3


def signs(table: RawTable) -> tuple[str, ...]:
    """``{"ImportId": …}`` in the second row below the header, or the names of the tool's own columns in the first."""
    rows = table.cells.head(2).to_numpy().tolist()
    if len(rows) == 2 and sum(map(_import_id, rows[1])) * 2 > len(table.headers):
        return ("ImportId", table.headers[0], "3")
    names = {fold(str(cell)).replace(" ", "") for cell in rows[0]} if rows else set()
    own = tuple(name for name in _OLD if name in names)
    return own if len(own) >= _ENOUGH and table.headers[0] not in own else ()


def apply(table: RawTable) -> RawTable:
    """Codes stay the headers; the texts of the questions become descriptions."""
    rows = table.cells.head(2).to_numpy().tolist()
    deep = 2 if len(rows) == 2 and any(map(_import_id, rows[1])) else 1
    texts = tuple("" if cell is None else str(cell) for cell in rows[0])
    return without_rows(table, deep, table.headers, texts)


def _import_id(cell: Any) -> bool:
    if not isinstance(cell, str) or not cell.startswith("{"):
        return False
    try:
        return "ImportId" in json.loads(cell)
    except ValueError:
        return False
