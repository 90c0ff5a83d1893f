"""Numbers as they are printed: SPSS's missing zeros, decimal commas, stars; each with the interval of its digits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

_NUMBER = re.compile(r"(?P<sign>[-+]?)(?P<whole>\d*)(?:[.,](?P<part>\d*))?(?:[eE](?P<power>[-+]?\d{1,3}))?", re.ASCII)
_BELOW = re.compile(r"[<＜≤]\s*")
_MARKS = re.compile(r"\s*(?:\(?(?P<stars>\*{1,4})\)?|(?<=\d)(?:[a-dA-D]|\([a-d]\))|%)\s*$", re.ASCII)
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " "})
_NOTHING = frozenset(("", ".", "-", "--", "—", "…", "n/a", "na", "nan", "none", "null"))
_DAMAGED = 5  # no statistic of a survey is printed as E+05 or more: SPSS's "1.918E-16" has lost its sign


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: its text, its value, and the interval in which the unrounded number must lie."""

    text: str
    value: float
    low: float
    high: float
    digits: int  # after the decimal sign
    stars: int = 0  # ".840**": the p that the print claims

    def within(self, low: float, high: float) -> Printed:
        """The same number where what it measures cannot lie outside `low` to `high`."""
        if not low <= self.value <= high:
            return self
        return replace(self, low=max(self.low, low), high=min(self.high, high))

    def cut(self) -> Printed:
        """The same number if it may have been cut off instead of rounded: up to one unit further from zero."""
        if self.low == self.high:
            return self
        unit = 10.0**-self.digits
        return replace(
            self,
            low=self.value - unit if self.value <= 0 and self.low < 0 else self.low,
            high=self.value + unit if self.value >= 0 else self.high,
        )


def printed(text: object) -> Printed | None:
    """Read a number as it was printed.

    Parameters
    ----------
    text : object
        ``".000"``, ``"-.0531"``, ``"0,848"``, ``"4.60E-16"``, ``"< .001"``, ``".840**"``, ``"67.4%"``, ``".971a"``
        (with the letter of a footnote); a point or a comma is the decimal sign.

    Returns
    -------
    Printed or None
        None where there is no number: an empty cell, ``"."`` (SPSS's sign for "not computed"), ``"N/A"``, words, and
        what cannot be one: ``"1.918E16"``, an ``E-16`` that lost its sign.

    Notes
    -----
    A number printed with d digits stands for value ± 10^-d / 2, ends included: halves may have been rounded up, down or
    to the even digit. `Printed.cut` widens that to numbers cut off. ``"< .001"`` stands for 0 to .001. One comma or
    point is always the decimal sign: ``"1,234"`` is 1.234. With two such signs nothing is read.

    Examples
    --------
    >>> printed(".853").value, printed("0,85").digits, printed("N/A")
    (0.853, 2, None)
    """
    if isinstance(text, Printed):
        return text
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return None
    words = str(text).strip()
    bare, stars = _unmarked(words.translate(_MINUS).strip())
    limit = _BELOW.match(bare)
    bare = bare[limit.end() :] if limit else bare
    match = _NUMBER.fullmatch(bare)
    if match is None or not (match["whole"] or match["part"]) or len(bare) > 40:
        return None
    part, power = match["part"] or "", int(match["power"] or 0)
    value = float(f"{match['whole'] or '0'}.{part or '0'}e{power}") * (-1 if match["sign"] == "-" else 1)
    if not math.isfinite(value) or power >= _DAMAGED:
        return None
    if limit:
        return Printed(words, value, 0.0, value, len(part) - power, stars)
    half = 0.5 * 10.0 ** (power - len(part))
    return Printed(words, value, value - half, value + half, len(part) - power, stars)


def _unmarked(words: str) -> tuple[str, int]:
    """The number without stars, footnote letter and percent sign; how many stars there were."""
    stars = 0
    while match := _MARKS.search(words):
        stars = max(stars, len(match["stars"] or ""))
        words = words[: match.start()]
    return words, stars


def blank(text: object) -> bool:
    """Whether a cell says that there is no number, as against saying one that cannot be read."""
    if text is None or (isinstance(text, float) and math.isnan(text)):
        return True
    return str(text).strip().casefold() in _NOTHING


def exact(text: object) -> Printed | None:
    """A count (n, degrees of freedom of an integer kind): printed whole, nothing was rounded away."""
    found = printed(text)
    if found is None or found.digits != 0:
        return found
    return replace(found, low=found.value, high=found.value)


def whole(text: object) -> int | None:
    """A printed count as an integer; None where it is none."""
    found = printed(text)
    return int(found.value) if found is not None and found.value.is_integer() else None


def known(text: str, value: float) -> Printed:
    """A number that follows from others without rounding."""
    return Printed(text, value, value, value, 0)
