"""One printed number against the same number recomputed from others of its table, by what rounding allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite
from typing import Literal, TypeAlias

from ..errors import ModelError
from ..stats.result import Row
from .printed import Printed

Verdict: TypeAlias = Literal["consistent", "inconsistent", "cannot check"]

VERDICTS: tuple[Verdict, ...] = ("consistent", "inconsistent", "cannot check")
_CORNERS = 6  # up to so many rounded inputs all corners of their box are tried
_SLACK = 1e-9


@dataclass(frozen=True)
class Check(Row):
    """One check: what is printed, what follows from the other printed numbers, and whether rounding can explain both.

    `low` and `high` bound the recomputed number when every input may lie anywhere in the interval of its digits.
    """

    table_id: str
    where: str
    what: str
    printed: str  # as printed, empty where it is not
    value: float | None
    recomputed: float | None
    low: float | None
    high: float | None
    digits: int | None
    verdict: Verdict
    reason: str = ""  # for "cannot check": not_printed, missing_input, outside_domain, …


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a check stands: table, row of the table, statistic."""

    table_id: str
    where: str
    what: str


def check(
    spot: Spot, claim: Printed | None, function: Callable[..., float], inputs: Sequence[Printed | None]
) -> Check | None:
    """Recompute a printed number and judge it.

    Parameters
    ----------
    spot : Spot
        Where the number stands.
    claim : Printed or None
        The printed number; without one there is nothing to judge, and nothing is returned.
    function : callable
        The formula, of as many numbers as there are inputs.
    inputs : sequence of Printed
        What it is computed from; with one of them missing the verdict is "cannot check".

    Returns
    -------
    Check or None
        ``outside_domain`` where the formula has no value at the printed inputs, for instance a division by ".000".

    Notes
    -----
    The inputs are rounded too, so the recomputed number is an interval: its least and greatest value over the corners
    and the centre of the box of inputs (exact for formulas monotone in each input, as all of them here are but for p at
    t = 0, where the centre is the extreme); from seven inputs on, the sum of the changes that each input alone makes
    (first order). "consistent" means that this interval and that of the printed digits meet; each number is judged by
    itself, so a table may be consistent line by line and still come from no data set.
    """
    if claim is None:
        return None
    known = [each for each in inputs if each is not None]
    if len(known) < len(inputs):
        return unchecked(spot, claim, "missing_input")
    try:
        centre = float(function(*(each.value for each in known)))
        low, high = _bounds(function, known, centre)
    except (ZeroDivisionError, ValueError, OverflowError, ModelError):
        return unchecked(spot, claim, "outside_domain")
    if not (isfinite(low) and isfinite(high)):
        return unchecked(spot, claim, "outside_domain")
    return judged(spot, claim, (centre, low, high))


def judged(spot: Spot, claim: Printed | None, found: tuple[float, float, float]) -> Check:
    """The verdict on a printed number from its recomputed value, least and greatest."""
    centre, low, high = found
    if claim is None:
        return Check(
            spot.table_id, spot.where, spot.what, "", None, centre, low, high, None, "cannot check", "not_printed"
        )
    slack = _SLACK * max(1.0, abs(claim.value))
    meet = low <= claim.high + slack and high >= claim.low - slack
    return Check(
        spot.table_id, spot.where, spot.what, claim.text, claim.value, centre, low, high, claim.digits,
        "consistent" if meet else "inconsistent",
    )  # fmt: skip


def unchecked(spot: Spot, claim: Printed | None, reason: str) -> Check:
    """A printed number that cannot be recomputed, with the reason."""
    text, value, digits = (claim.text, claim.value, claim.digits) if claim else ("", None, None)
    return Check(spot.table_id, spot.where, spot.what, text, value, None, None, None, digits, "cannot check", reason)


def ends(inputs: Sequence[Printed]) -> list[tuple[list[float], list[float]]]:
    """All inputs at their printed values but one, which lies at the lower, then at the upper end of its interval."""
    at = [each.value for each in inputs]
    return [
        ([*at[:place], each.low, *at[place + 1 :]], [*at[:place], each.high, *at[place + 1 :]])
        for place, each in enumerate(inputs)
    ]


def spread(centre: float, moved: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """A number with the sum of the changes that each rounded input alone can make, downwards and upwards.

    Parameters
    ----------
    centre : float
        At the printed inputs.
    moved : sequence of pairs
        The number at both ends of each input's interval, in the order of `ends`.
    """
    down = sum(min(low - centre, high - centre, 0.0) for low, high in moved)
    up = sum(max(low - centre, high - centre, 0.0) for low, high in moved)
    return centre, centre + down, centre + up


def _bounds(function: Callable[..., float], inputs: Sequence[Printed], centre: float) -> tuple[float, float]:
    rounded = [each for each in inputs if each.low < each.high]
    if len(rounded) > _CORNERS:
        _, low, high = spread(centre, [(float(function(*a)), float(function(*b))) for a, b in ends(inputs)])
        return low, high
    box = [(each.low, each.high) if each.low < each.high else (each.value,) for each in inputs]
    values = [float(function(*corner)) for corner in product(*box)]
    return min(*values, centre), max(*values, centre)
