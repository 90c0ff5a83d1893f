"""Rows in which nothing was filled in are no responses."""

from __future__ import annotations

from .work import Work

ORDER = 15
ID = "blank_row"


def apply(work: Work) -> None:
    """Leave out rows without a single filled cell in any column of the file."""
    work.exclude(ID, work.kept[~work.filled[work.kept]].tolist())
