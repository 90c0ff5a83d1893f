"""Google Forms: a time stamp first, the rows of a grid as ``"Question [row]"``, in Vietnamese or in English."""

from __future__ import annotations

import re
from dataclasses import replace

from ..read import RawTable
from ..text import fold

NAME = "Google Forms"

_STAMPS = ("timestamp", "dấu thời gian")
_OPENED = re.compile(r"[\[【［]")
_CLOSED = re.compile(r"[\]】］]")


def signs(table: RawTable) -> tuple[str, ...]:
    """The first column is the time stamp; rows of grids stand in brackets."""
    if fold(table.headers[0]) not in _STAMPS:
        return ()
    grid = next((header for header in table.headers if _OPENED.search(header)), None)
    return (table.headers[0], *((grid,) if grid else ()))


def apply(table: RawTable) -> RawTable:
    """Headers on one line, and a bracket that was cut off is closed."""
    headers = (" ".join(header.split()) for header in table.headers)
    return replace(table, headers=tuple(map(_whole, headers)))


def _whole(header: str) -> str:
    return f"{header}]" if len(_OPENED.findall(header)) > len(_CLOSED.findall(header)) else header
