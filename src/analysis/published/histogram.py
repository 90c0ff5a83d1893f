"""Whole answers behind a printed mean and standard deviation: whether there can be any, and how many chose each level.

n answers on whole levels have a whole sum S and a whole sum of squares Q of the same parity. A printed mean and
standard deviation leave few such pairs, often none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, erf, floor, sqrt

from .printed import Printed

_ROUNDS = 30  # of the search for a normal distribution that, cut into levels, has the mean and deviation
_EDGE = 1e-9  # share of a unit by which a sum may lie outside its interval: the interval's ends are rounded themselves


@dataclass(frozen=True, slots=True)
class Sums:
    """Sum and sum of squares of n whole answers."""

    n: int
    total: int
    squares: int

    @property
    def variance(self) -> float:
        """Divided by n - 1."""
        return (self.squares - self.total * self.total / self.n) / (self.n - 1)


def histogram(
    mean: Printed | None, sd: Printed | None, *, n: int, low: int, high: int
) -> tuple[int, ...] | None:  # fmt: skip
    """How many of n answers on the levels from low to high chose each level, so that mean and deviation are as printed.

    Parameters
    ----------
    mean, sd : Printed or None
        As printed; None leaves it free.
    n : int
        Answers.
    low, high : int
        Least and greatest level.

    Returns
    -------
    tuple of int or None
        Counts from `low` to `high`, as near to a cut normal distribution as the numbers allow; None where no whole
        answers give these digits.

    Notes
    -----
    For every whole sum S within the digits of the mean, the counts c_v solve sum c_v = n, sum c_v v = S, and a sum of
    squares within the digits of the standard deviation (divided by n - 1). The search over the counts is complete.

    References
    ----------
    Brown, N. J. L., & Heathers, J. A. J. (2017). The GRIM test. Social Psychological and Personality Science, 8,
    363-369. Anaya, J. (2016). The GRIMMER test. PeerJ Preprints, 4, e2400v1. Heathers, J. A., Anaya, J., van der Zee,
    T., & Brown, N. J. L. (2018). Recovering data from summary statistics: SPRITE. PeerJ Preprints, 6, e26968v1.

    Examples
    --------
    >>> from .printed import printed
    >>> histogram(printed("3.50"), printed(".577"), n=4, low=1, high=5)
    (0, 0, 2, 2, 0)
    >>> histogram(printed("3.51"), None, n=4, low=1, high=5) is None
    True
    """
    for sums in candidates(mean, sd, n=n, low=low, high=high):
        found = counts(sums, low=low, high=high)
        if found is not None:
            return found
    return None


def exists(mean: Printed | None, sd: Printed | None, *, n: int, low: int, high: int) -> bool:
    """Whether any n whole answers from low to high have this printed mean and standard deviation; see `histogram`."""
    return histogram(mean, sd, n=n, low=low, high=high) is not None


def candidates(mean: Printed | None, sd: Printed | None, *, n: int, low: int, high: int) -> Iterator[Sums]:
    """Sums and sums of squares within the digits, those nearest to the printed numbers first.

    Parameters
    ----------
    mean, sd : Printed or None
        As printed; without a mean the middle of the levels is aimed at, without a deviation a quarter of their range.
    n : int
        Answers.
    low, high : int
        Least and greatest level.
    """
    centre = (low + high) / 2 if mean is None else mean.value
    wanted = (high - low) / 4 if sd is None else sd.value
    least, most = (0.0, float((high - low) ** 2)) if sd is None else (max(sd.low, 0.0) ** 2, sd.high**2)
    totals = whole_within(mean, n, n * low, n * high)
    for total in sorted(totals, key=lambda each: abs(each - n * centre)):
        aim = (n - 1) * wanted**2 + total * total / n
        yield from (
            Sums(n, total, each) for each in sorted(squares(total, least, most, n=n), key=lambda q: abs(q - aim))
        )


def whole_within(value: Printed | None, factor: float, least: int, most: int) -> range:
    """Whole numbers between least and most that, divided by the factor, are printed as the value."""
    if value is None:
        return range(least, most + 1)
    return range(
        max(least, ceil(factor * value.low - _EDGE * factor)),
        min(most, floor(factor * value.high + _EDGE * factor)) + 1,
    )


def squares(total: int, low: float, high: float, *, n: int) -> range:
    """Sums of squares of n whole numbers with this total and a variance from low to high; all have the total's parity.

    Parameters
    ----------
    total : int
        Sum of the numbers.
    low, high : float
        Least and greatest variance, divided by n - 1.
    n : int
        How many numbers.
    """
    base = total * total / n
    first = max(ceil((n - 1) * low + base - _EDGE * n), ceil(base - _EDGE))
    last = floor((n - 1) * high + base + _EDGE * n)
    return range(first + (first - total) % 2, last + 1, 2)


def counts(sums: Sums, *, low: int, high: int) -> tuple[int, ...] | None:
    """Counts of the levels with exactly these sums, near to a normal distribution cut into levels; None if none exist.

    Parameters
    ----------
    sums : Sums
        Number of answers, their sum and their sum of squares.
    low, high : int
        Least and greatest level.

    Notes
    -----
    Levels are taken from the highest down, the count nearest to the cut normal first. A choice is given up as soon as
    the answers that are left cannot have the sums that are left; the last three counts follow from the three sums. The
    search is complete: nothing found means that there is nothing.
    """
    n, span = sums.n, high - low
    total = sums.total - n * low  # levels counted from zero: smaller numbers, the same question
    squared = sums.squares - 2 * low * sums.total + n * low * low
    if (squared - total) % 2 or not _possible(n, total, squared, span):
        return None
    return _down(n, total, squared, span, _expected(n, total / n, squared / n, span + 1))


def _down(n: int, total: int, squared: int, top: int, target: Sequence[float]) -> tuple[int, ...] | None:
    """Counts of the levels 0 to top, for sums that pass `_possible` and agree in parity."""
    if top <= 2:
        return _last(n, total, squared, top)
    most = min(n, squared // (top * top))
    for count in sorted(range(most + 1), key=lambda each: abs(each - target[top])):
        left = (n - count, total - count * top, squared - count * top * top)
        if _possible(*left, top - 1) and (found := _down(*left, top - 1, target)) is not None:
            return (*found, count)
    return None


def _last(n: int, total: int, squared: int, top: int) -> tuple[int, ...] | None:
    """The only counts of up to three levels with these sums, if none is negative."""
    twos = (squared - total) // 2
    found = (n - total + twos, total - 2 * twos, twos)
    return found[: top + 1] if min(found) >= 0 and not any(found[top + 1 :]) else None


def _possible(n: int, total: int, squared: int, top: int) -> bool:
    """Whether the sum of squares lies between its least (all answers side by side) and its greatest (at the ends)."""
    if n == 0:
        return total == squared == 0
    if not 0 <= total <= n * top:
        return False
    each, over = divmod(total, n)
    least = n * each * each + over * (2 * each + 1)
    ends, rest = divmod(total, top) if top else (0, 0)
    return least <= squared <= ends * top * top + rest * rest


def _expected(n: int, mean: float, square: float, k: int) -> list[float]:
    """Counts of a normal variable rounded to the levels 0 to k - 1, moved until it has this mean and mean square."""
    sd = sqrt(max(square - mean * mean, 1e-6))
    at, width = mean, sd
    shares = _cut(at, width, k)
    for _ in range(_ROUNDS):
        found = sum(level * share for level, share in enumerate(shares))
        spread = sqrt(max(sum(level * level * share for level, share in enumerate(shares)) - found * found, 1e-6))
        at, width = at + mean - found, min(max(width * sd / spread, 0.05), float(4 * k))
        shares = _cut(at, width, k)
    return [n * share for share in shares]


def _cut(mean: float, sd: float, k: int) -> list[float]:
    below = [0.0, *((1 + erf((at - 0.5 - mean) / (sd * sqrt(2)))) / 2 for at in range(1, k)), 1.0]
    return [high - low for low, high in pairwise(below)]
