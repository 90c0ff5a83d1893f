"""A number with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

from .result import Row


@dataclass(frozen=True)
class Estimate(Row):
    """A point estimate, its standard error and its interval; `None` where the method gives none.

    `method` is the key of the interval's method (for instance ``"feldt"``), put into words by `report`.
    """

    value: float
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    method: str = ""
