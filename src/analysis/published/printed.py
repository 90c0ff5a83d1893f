"""Numbers as they are printed: SPSS's missing zeros, decimal commas, ".000"; each with the interval of its digits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = re.compile(
    r"(?P<sign>[-+\u2212]?)(?P<whole>\d*)(?:[.,](?P<part>\d*))?(?:[eE](?P<power>[-+]?\d{1,3}))?", re.ASCII
)
_BELOW = re.compile(r"[<＜]\s*")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its text, its value, and the interval in which the unrounded number must lie."""

    text: str
    value: float
    low: float
    high: float
    digits: int  # after the decimal sign


def printed(text: object) -> Printed | None:
    """Read a number as it was printed.

    Parameters
    ----------
    text : object
        ``".000"``, ``"-.0531"``, ``"0,848"``, ``"4.60E-16"``, ``"< .001"``; a point or a comma is the decimal sign.

    Returns
    -------
    Printed or None
        None where there is no number: an empty cell, ``"."`` (SPSS's sign for "not computed"), ``"N/A"``, words.

    Notes
    -----
    A number printed with d digits stands for value ± 10^-d / 2; ``"< .001"`` stands for 0 to .001. A single comma or
    point is always the decimal sign: ``"1,234"`` is 1.234. With two such signs nothing is read.

    Examples
    --------
    >>> printed(".853").value, printed("0,85").digits, printed("N/A")
    (0.853, 2, None)
    """
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return None
    words = str(text).strip()
    bare = _BELOW.sub("", words, count=1) if _BELOW.match(words) else words
    match = _NUMBER.fullmatch(bare)
    if match is None or not (match["whole"] or match["part"]) or len(bare) > 40:
        return None
    part, power = match["part"] or "", int(match["power"] or 0)
    value = float(f"{match['whole'] or '0'}.{part or '0'}e{power}") * (-1 if match["sign"] in ("-", "\u2212") else 1)
    if not math.isfinite(value):
        return None
    if bare != words:
        return Printed(words, value, 0.0, value, len(part) - power)
    half = 0.5 * 10.0 ** (power - len(part))
    return Printed(words, value, value - half, value + half, len(part) - power)


def exact(text: object) -> Printed | None:
    """A count (n, degrees of freedom of an integer kind): printed whole, nothing was rounded away."""
    found = printed(text)
    if found is None or found.digits != 0:
        return found
    return Printed(found.text, found.value, found.value, found.value, 0)


def whole(text: object) -> int | None:
    """A printed count as an integer; None where it is none."""
    found = printed(text)
    return int(found.value) if found is not None and found.value.is_integer() else None
