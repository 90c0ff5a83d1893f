"""Means, deviations and percentages that whole answers of n persons can give: GRIM, GRIMMER, DEBIT, existence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, sqrt

from .check import Check, Spot, judged, unchecked
from .formulas import Cells, cell
from .printed import Printed, exact, printed, whole
from .sheet import Sheet, compared, label

_EDGE = 1e-9
_MOST = 2_000  # candidate totals that are looked at: beyond, the digits say nothing


@dataclass(frozen=True, slots=True)
class Answers:
    """Whole answers: n persons, a score that is the mean of `items` of them, each from `low` to `high`."""

    n: int
    items: int = 1
    low: int | None = None
    high: int | None = None

    def totals(self, mean: Printed) -> range:
        """Sums of all answers that give the printed mean."""
        parts = self.n * self.items
        least, most = ceil(mean.low * parts - _EDGE), floor(mean.high * parts + _EDGE)
        if self.low is not None:
            least = max(least, self.low * parts)
        if self.high is not None:
            most = min(most, self.high * parts)
        return range(least, most + 1)

    def squares(self, total: int) -> tuple[int, int | None]:
        """Least and greatest sum of squared scores (times items²) of n persons with this total.

        Least when all scores are as equal as whole numbers allow; greatest when all but one stand at an end.
        """
        each, over = divmod(total, self.n)
        least = (self.n - over) * each**2 + over * (each + 1) ** 2
        if self.low is None or self.high is None:
            return least, None
        bottom, top = self.low * self.items, self.high * self.items
        if bottom == top:
            return least, least
        at_top, rest = divmod(total - self.n * bottom, top - bottom)
        at_bottom = self.n - at_top - (1 if rest else 0)
        return least, at_top * top**2 + at_bottom * bottom**2 + ((bottom + rest) ** 2 if rest else 0)


def grim(spot: Spot, mean: Printed, of: Answers) -> Check | None:
    """Whether n whole answers can have the printed mean.

    Parameters
    ----------
    spot : Spot
        Where the mean stands.
    mean : Printed
        As printed.
    of : Answers
        Persons, items of the score and, where known, the ends of the scale.

    Returns
    -------
    Check or None
        None where the digits say nothing: every mean is possible. A score averaged over the items that a person
        answered is no mean of whole answers; only scores of complete answers may be given.

    Notes
    -----
    n k M is a whole number: some whole number must lie between n k M_low and n k M_high.

    References
    ----------
    Brown, N. J. L., & Heathers, J. A. J. (2017). Social Psychological and Personality Science, 8, 363-369.

    Examples
    --------
    >>> grim(Spot("T", "a", "mean"), printed("5.19"), Answers(28)).verdict
    'inconsistent'
    """
    parts = of.n * of.items
    bounded = of.low is not None and not of.low <= mean.value <= (of.high if of.high is not None else mean.value)
    if parts * 10.0**-mean.digits >= 1 and not bounded:
        return None
    nearest = round(mean.value * parts)
    if of.low is not None:
        nearest = max(nearest, of.low * parts)
    if of.high is not None:
        nearest = min(nearest, of.high * parts)
    value = nearest / parts
    for number, reason in ((mean, ""), (mean.cut(), "cut")):
        if of.totals(number):
            return replace(judged(spot, mean, (value, number.low, number.high)), reason=reason)
    return judged(spot, mean, (value, value, value))


def grimmer(spot: Spot, mean: Printed, sd: Printed, of: Answers) -> Check | None:
    """Whether n whole answers can have the printed mean and standard deviation together.

    Parameters
    ----------
    spot, mean, sd, of
        As for `grim`.

    Returns
    -------
    Check or None
        None where the mean alone is impossible or leaves too much open.

    Notes
    -----
    With S the sum and Q the sum of squares of the scores times k: Q = (n - 1) k² SD² + S²/n is a whole number, odd when
    S is odd, at least as great as n equal scores give, and no greater than scores at the ends of the scale give. These
    are necessary; that scores exist for every such Q is not claimed. A deviation divided by n is taken too, and said.

    References
    ----------
    Anaya, J. (2016). The GRIMMER test. PeerJ Preprints 4:e2400v1. Heathers, J. A., et al. (2018). Recovering data from
    summary statistics: SPRITE. PeerJ Preprints 6:e26968v1.
    """
    for cut in (False, True):
        m, s = (mean.cut(), sd.cut()) if cut else (mean, sd)
        totals = of.totals(m)
        if not totals or len(totals) > _MOST:
            return None
        for divisor, reason in ((of.n - 1, "cut" if cut else ""), (of.n, "population_sd")):
            if any(_square_between(total, s, divisor, of) is not None for total in totals):
                return replace(judged(spot, sd, (sd.value, s.low, s.high)), reason=reason)
    nearest = min(
        (_nearest_sd(total, sd, of) for total in of.totals(mean)), key=lambda v: abs(v - sd.value), default=None
    )
    return unchecked(spot, sd, "outside_domain") if nearest is None else judged(spot, sd, (nearest, nearest, nearest))


def _square_between(total: int, sd: Printed, divisor: int, of: Answers) -> int | None:
    """A sum of squares that gives the printed deviation, or nothing."""
    base = total * total / of.n
    scale = divisor * of.items**2
    least, most = of.squares(total)
    low = max(ceil(scale * max(sd.low, 0.0) ** 2 + base - _EDGE * max(1.0, base)), least)
    high = floor(scale * sd.high**2 + base + _EDGE * max(1.0, base))
    if most is not None:
        high = min(high, most)
    low += (low - total) % 2
    return low if low <= high else None


def _nearest_sd(total: int, sd: Printed, of: Answers) -> float:
    """The possible deviation nearest to the printed one."""
    base, scale = total * total / of.n, (of.n - 1) * of.items**2
    least, most = of.squares(total)
    square = round(scale * sd.value**2 + base)
    square += (square - total) % 2
    options = [each for each in (square - 2, square, square + 2) if each >= least and (most is None or each <= most)]
    options = options or [least if square < least or most is None else most]
    return min((sqrt(max(each - base, 0.0) / scale) for each in options), key=lambda value: abs(value - sd.value))


def debit(spot: Spot, mean: Printed, sd: Printed, n: int) -> Iterator[Check]:
    """Whether answers of 0 and 1 can have the printed mean and standard deviation: SD² = n / (n - 1) M (1 - M).

    References
    ----------
    Heathers, J. A. J., & Brown, N. J. L. (2019). DEBIT: a simple consistency test for binary data.
    """
    if n > 1:
        yield from compared(spot, sd, lambda m: sqrt(n / (n - 1) * m * (1 - m)), mean.within(0.0, 1.0))


def share(spot: Spot, percent: Printed, n: int) -> Check | None:
    """Whether some number of n persons is the printed percentage; None where every percentage is."""
    per_person = 100 / n
    if per_person <= 10.0**-percent.digits:
        return None
    count = min(max(round(percent.value / per_person), 0), n)
    for number, reason in ((percent, ""), (percent.cut(), "cut")):
        if floor(number.high / per_person + _EDGE) >= ceil(number.low / per_person - _EDGE):
            return replace(judged(spot, percent, (count * per_person, number.low, number.high)), reason=reason)
    return judged(spot, percent, (count * per_person,) * 3)


def integers(
    spot: Spot, row: Cells, mean_column: str, sd_column: str, n: int | None, of: Answers | None = None
) -> Iterator[Check]:
    """GRIM of a row's mean and GRIMMER of its deviation, where n is known and the digits say something."""
    mean, sd = printed(row.get(mean_column)), cell(row, sd_column)
    if mean is None or n is None or n < 2:
        return
    answers = of or Answers(n)
    found = grim(Spot(spot.table_id, spot.where, "grim"), mean, answers)
    yield from () if found is None else (found,)
    if sd is not None and (found is None or found.verdict == "consistent"):
        pair = grimmer(Spot(spot.table_id, spot.where, "grimmer"), mean, sd, answers)
        yield from () if pair is None else (pair,)


# ---- the family of descriptive tables ------------------------------------------------------------------------------


def _answers(row: Cells, n: int) -> Answers | None:
    """What the row says of its score: whole answers unless it declares several items without saying how many."""
    low, high = whole(row.get("scale_low")), whole(row.get("scale_high"))
    items = whole(row.get("k_items")) if row.get("k_items") not in (None, "") else 1
    if items is None or items < 1 or n < 1 or (low is not None and high is not None and low > high):
        return None
    return Answers(n, items, low, high)


def _descriptives(sheet: Sheet) -> Iterator[Check]:
    for row in sheet.rows("descriptives"):
        where, n = label(row, "item", "variable", "dependent"), whole(row.get("n"))
        mean, sd = printed(row.get("mean")), cell(row, "sd")
        spot = Spot(sheet.name, where, "mean")
        yield from compared(
            Spot(sheet.name, where, "se_mean"), cell(row, "se_mean"), lambda s, m: s / sqrt(m), sd, exact(row.get("n"))
        )
        yield from _between(sheet.name, where, row)
        if row.get("whole_answers") in (None, "", "0", 0) and row.get("k_items") in (None, "") and not row.get("item"):
            if mean is not None:
                yield unchecked(replace_what(spot, "grim"), mean, "items_unknown")
            continue
        if n is None:
            yield unchecked(replace_what(spot, "grim"), mean, "missing_input")
            continue
        of = _answers(row, n)
        if of is None:
            continue
        if (of.low, of.high, of.items) == (0, 1, 1) and mean is not None and sd is not None:
            yield from debit(replace_what(spot, "debit"), mean, sd, n)
        yield from integers(spot, row, "mean", "sd", n, of)


def replace_what(spot: Spot, what: str) -> Spot:
    """The same place, another statistic."""
    return Spot(spot.table_id, spot.where, what)


def _between(name: str, where: str, row: Cells) -> Iterator[Check]:
    """A mean lies between minimum and maximum; half their distance bounds the deviation (Popoviciu, with n - 1)."""
    mean, sd = printed(row.get("mean")), cell(row, "sd")
    low, high, n = printed(row.get("min")), printed(row.get("max")), whole(row.get("n"))
    if low is None or high is None:
        return
    if mean is not None and (mean.high < low.low or mean.low > high.high):
        end = low.value if mean.value < low.value else high.value
        yield judged(Spot(name, where, "mean"), mean, (end, low.low, high.high))
    if sd is not None and n is not None and n > 1:
        most = (high.high - low.low) / 2 * sqrt(n / (n - 1))
        if sd.low > most + _EDGE:
            yield judged(Spot(name, where, "sd"), sd, (most, 0.0, most))


def fits(means: Sequence[Printed], most: int = 1_000) -> tuple[int, ...]:
    """Every n up to `most` for which all printed means of single items are possible.

    Parameters
    ----------
    means : sequence of Printed
        Means of whole answers of the same persons.
    most : int
        The greatest n that is tried.

    Returns
    -------
    tuple of int
        In ascending order.
    """
    return tuple(n for n in range(1, most + 1) if all(Answers(n).totals(mean) for mean in means))


ORDER = 9
AUDITORS = {"descriptives": _descriptives}
