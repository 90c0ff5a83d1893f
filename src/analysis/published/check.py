"""One printed number against the same number recomputed from others of its table, by what rounding allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import isfinite
from typing import Literal, TypeAlias

from ..errors import ModelError
from ..stats.result import Row
from .printed import Printed

Verdict: TypeAlias = Literal["consistent", "inconsistent", "cannot check"]
#: A number recomputed at the printed inputs, and the least and greatest that their digits allow.
Span: TypeAlias = tuple[float, float, float]

VERDICTS: tuple[Verdict, ...] = ("consistent", "inconsistent", "cannot check")
_CORNERS = 6  # up to so many rounded inputs all corners of their box are tried
_ROUNDS = 4  # of the search among the corners of larger boxes
_SLACK = 1e-9
_REFUSED = (ZeroDivisionError, ValueError, OverflowError, ModelError)


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
    reason: str = ""  # "cannot check": not_printed, missing_input, outside_domain …; "consistent": cut, one_sided …


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
    The inputs are rounded too, so the recomputed number is an interval: its least and greatest value over their box
    (`span`). "consistent" means that this interval and that of the printed digits meet. The convention: halves may have
    been rounded up, down or to even; where that does not explain a number, cutting the digits off instead is tried for
    it and its inputs, and the check says so (``cut``). Each number is judged by itself, so a table may be consistent
    line by line and still come from no data set.
    """
    if claim is None:
        return None
    given = [each for each in inputs if each is not None]
    if len(given) < len(inputs):
        return unchecked(spot, claim, "missing_input")
    return settled(spot, claim, given, (lambda box: span(function, box),))


def settled(
    spot: Spot, claim: Printed, inputs: Sequence[Printed], ways: Sequence[Callable[[Sequence[Printed]], Span]]
) -> Check:
    """The verdict after the first way of bounding that explains the number: rounded inputs first, then cut ones.

    Parameters
    ----------
    spot, claim
        The printed number and its place.
    inputs : sequence of Printed
        What it follows from.
    ways : sequence of callable
        From the inputs to the recomputed number with its bounds: the quick way first, wider ones after it.
    """
    tries = [(way, inputs, claim, "") for way in ways] + [
        (way, [each.cut() for each in inputs], claim.cut(), "cut") for way in ways[-1:]
    ]
    first: Check | None = None
    for way, box, number, reason in tries:
        try:
            found = judged(spot, number, way(box))
        except _REFUSED:
            found = unchecked(spot, number, "outside_domain")
        if found.verdict == "consistent":
            return replace(found, reason=reason)
        if found.verdict == "cannot check":
            return found
        first = found if first is None or not reason else first
    return first if first is not None else unchecked(spot, claim, "outside_domain")


def judged(spot: Spot, claim: Printed | None, found: Span) -> Check:
    """The verdict on a printed number from its recomputed value, least and greatest."""
    centre, low, high = found
    if claim is None:
        return Check(
            spot.table_id, spot.where, spot.what, "", None, centre, low, high, None, "cannot check", "not_printed"
        )
    if not (isfinite(low) and isfinite(high)):
        return unchecked(spot, claim, "outside_domain")
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


def outside(spot: Spot, claim: Printed | None, low: float, high: float) -> tuple[Check, ...]:
    """A check that is only worth a line when it fails: a number that what it measures can never be."""
    if claim is None or (claim.high >= low - _SLACK and claim.low <= high + _SLACK):
        return ()
    nearest = low if claim.value < low else high
    return (replace(judged(spot, claim, (nearest, low, high)), reason="out_of_range"),)


def span(function: Callable[..., float], inputs: Sequence[Printed]) -> Span:
    """A number at the printed inputs with its least and greatest value over the box of their digits.

    Parameters
    ----------
    function : callable
        Of as many numbers as there are inputs, monotone in each of them on either side of zero.
    inputs : sequence of Printed
        Where the box of their intervals leaves the domain (a ``ValueError``) it is not entered.

    Returns
    -------
    tuple of float
        Up to six rounded inputs every corner is tried, and zero where an interval holds it; with more, the corner to
        which the inputs' own effects point, from there corner by corner while it grows, and never less than the sum of
        those effects.
    """
    rounded = [each for each in inputs if each.low < each.high]
    if len(rounded) > _CORNERS:
        return _walked(function, inputs)
    values = [_at(function, corner) for corner in product(*map(_points, inputs))]
    inside = [value for value in values if value is not None]
    centre = _at(function, [each.value for each in inputs])
    if not inside and centre is None:
        raise ValueError
    centre = centre if centre is not None else inside[0]
    return centre, min([*inside, centre]), max([*inside, centre])


def _points(each: Printed) -> tuple[float, ...]:
    if each.low == each.high:
        return (each.value,)
    return (each.low, 0.0, each.high) if each.low < 0 < each.high else (each.low, each.high)


def _at(function: Callable[..., float], values: Sequence[float]) -> float | None:
    """The number, or nothing outside the formula's domain; a division by zero has no bounds and is passed on."""
    try:
        return float(function(*values))
    except (ValueError, ModelError):
        return None


def ends(inputs: Sequence[Printed]) -> list[tuple[list[float], list[float]]]:
    """All inputs at their printed values but one, which lies at the lower, then at the upper end of its interval."""
    at = [each.value for each in inputs]
    return [
        ([*at[:place], each.low, *at[place + 1 :]], [*at[:place], each.high, *at[place + 1 :]])
        for place, each in enumerate(inputs)
    ]


def spread(centre: float, moved: Sequence[tuple[float, float]]) -> Span:
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


def _walked(function: Callable[..., float], inputs: Sequence[Printed]) -> Span:
    centre = float(function(*(each.value for each in inputs)))

    def value(at: Sequence[float]) -> float:
        found = _at(function, at)
        return centre if found is None else found

    moved = [(value(low), value(high)) for low, high in ends(inputs)]
    _, low, high = spread(centre, moved)
    return (
        centre,
        min(low, -_climbed(lambda at: -value(at), inputs, [(-a, -b) for a, b in moved])),
        max(high, _climbed(value, inputs, moved)),
    )


def _climbed(
    value: Callable[[Sequence[float]], float], inputs: Sequence[Printed], moved: Sequence[tuple[float, float]]
) -> float:
    """The greatest number found from the corner to which the effects point, changing one input at a time."""
    corner = [each.high if up >= down else each.low for each, (down, up) in zip(inputs, moved, strict=True)]
    best = value(corner)
    for _ in range(_ROUNDS):
        grown = False
        for place, each in enumerate(inputs):
            other = each.low if corner[place] == each.high else each.high
            if (found := value([*corner[:place], other, *corner[place + 1 :]])) > best + _SLACK:
                corner[place], best, grown = other, found, True
        if not grown:
            break
    return best
