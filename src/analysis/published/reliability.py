"""From a printed item-total table back to the variances behind it, and from those to alpha."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import sqrt

from ..stats.result import Result, Row
from .check import Check, Spot, ends, judged, spread
from .printed import Printed, exact, printed

_BISECTIONS = 200
_STEPS = 400  # of the search for further roots where an item is turned the wrong way
_WRONG_WAY = 4  # so many such items at most


@dataclass(frozen=True)
class RecoveredItem(Row):
    """One item as it must have been: mean (where the table prints scale means) and standard deviation."""

    item: str
    mean: float | None
    sd: float


@dataclass(frozen=True)
class ItemTotal(Result):
    """What an item-total table tells: items' and scale's moments, alpha, and the verdict on every printed number.

    Without a solution (`reason` says why) the recovered numbers are empty.
    """

    table_id: str
    scale: str
    k: int
    items: tuple[RecoveredItem, ...]
    scale_mean: float | None
    scale_var: float | None
    alpha: float | None
    checks: tuple[Check, ...]
    reason: str = ""

    @property
    def consistent(self) -> bool:
        """Whether all its numbers could be checked and rounding explains each."""
        return not self.reason and all(each.verdict != "inconsistent" for each in self.checks)


def reliability_from_item_total(rows: Sequence[Mapping[str, object]]) -> ItemTotal:
    """Recover the variances behind a printed item-total table and hold its alphas against them.

    Parameters
    ----------
    rows : sequence of mapping
        The table's rows, one an item, with the columns of `published.reliability` as printed.

    Returns
    -------
    ItemTotal
        ``incomplete``: rows are missing; ``too_few_items``: under two; ``no_solution``: no variances give these rows.

    Notes
    -----
    Let V be the variance of the sum of k items, V_i that without item i (printed), r_i the corrected correlation of
    item i with the rest (printed), s_i² the item's variance (unknown). Because the sum is item plus rest,

        V = V_i + s_i² + 2 r_i s_i sqrt(V_i)   for every i,

    so that s_i = -r_i sqrt(V_i) + sqrt(r_i² V_i + V - V_i): k equations for k + 1 unknowns. The equation that closes
    them comes from adding up the items' covariances with the sum, which give V: with cov_i = r_i s_i sqrt(V_i),
    sum(s_i² + cov_i) = V, and by the first line s_i² + 2 cov_i = V - V_i; together

        (k - 2) V + sum s_i² = sum V_i.

    With r_i >= 0 each s_i grows with V, so the left side does too: one root, found by bisection. An item with r_i < 0
    (turned the wrong way) may also have s_i = -r_i sqrt(V_i) - sqrt(r_i² V_i + V - V_i); every such choice is then
    tried and the solution with the fewest disagreements is kept. Then
    alpha = k / (k - 1) (1 - sum s_i² / V), and without item j it is (k - 1) / (k - 2) (1 - (sum s_i² - s_j²) / V_j).
    No printed alpha was used to find V: all are true checks. Item means follow from the printed scale means M_i:
    the scale's mean is sum M_i / (k - 1), an item's mean that minus M_i.

    What rounding of the 2k inputs can do is bounded to first order: the sum of what each of them alone changes when it
    moves half a unit of its last digit.

    References
    ----------
    Cronbach, L. J. (1951). Psychometrika, 16, 299-300. SPSS: ``RELIABILITY /SUMMARY=TOTAL``.

    Examples
    --------
    >>> row = {"table_id": "x", "scale": "s", "k_items": "3", "item": "a", "alpha": ".750", "alpha_if_deleted": ".667",
    ...        "scale_var_if_deleted": "3.00", "corrected_item_total_r": ".577"}
    >>> round(reliability_from_item_total([row, {**row, "item": "b"}, {**row, "item": "c"}]).alpha, 3)
    0.75
    """
    first = rows[0]
    table_id, scale = str(first["table_id"]), str(first["scale"])
    k = len(rows)
    rests = [printed(row.get("scale_var_if_deleted")) for row in rows]
    rs = [printed(row.get("corrected_item_total_r")) for row in rows]
    inputs = [each for each in (*rests, *rs) if each is not None]
    declared = exact(first.get("k_items"))
    complete = len(inputs) == 2 * k and (declared is None or declared.value == k)
    reason = "incomplete" if not complete else "too_few_items" if k < 2 else ""
    empty = ItemTotal(table_id, scale, k, (), None, None, None, (), reason)
    if reason:
        return empty
    tried = [(each, _checks(rows, inputs, each)) for each in _solutions([each.value for each in inputs])]
    if not tried:
        return ItemTotal(table_id, scale, k, (), None, None, None, (), "no_solution")
    best, checks = min(tried, key=lambda pair: sum(each.verdict == "inconsistent" for each in pair[1]))
    means, scale_mean = _means(rows)
    items = tuple(
        RecoveredItem(str(row["item"]), mean, sqrt(variance))
        for row, mean, variance in zip(rows, means, best.variances, strict=True)
    )
    return ItemTotal(table_id, scale, k, items, scale_mean, best.total, best.alpha, checks)


@dataclass(frozen=True, slots=True)
class _Solution:
    """Variances that solve a table's equations, and which of its two roots each item takes."""

    rests: Sequence[float]  # the scale's variance without each item
    signs: tuple[int, ...]
    variances: list[float]
    total: float

    @property
    def alpha(self) -> float:
        return _alpha(self.variances, self.total)

    def alpha_without(self, at: int) -> float:
        return _alpha([*self.variances[:at], *self.variances[at + 1 :]], self.rests[at])


def _checks(rows: Sequence[Mapping[str, object]], inputs: Sequence[Printed], at: _Solution) -> tuple[Check, ...]:
    """Every printed alpha and standard deviation against this solution and what rounding can make of it."""
    moved = [(_near(low, at), _near(high, at)) for low, high in ends(inputs)]

    def found(statistic: Callable[[_Solution], float]) -> tuple[float, float, float]:
        return spread(statistic(at), [(statistic(low), statistic(high)) for low, high in moved])

    first = rows[0]
    table_id, scale = str(first["table_id"]), str(first["scale"])
    checks = [judged(Spot(table_id, scale, "alpha"), printed(first.get("alpha")), found(lambda s: s.alpha))]
    for place, row in enumerate(rows):
        where = f"{scale} / {row['item']}"
        deleted, deviation = printed(row.get("alpha_if_deleted")), printed(row.get("item_sd"))
        if deleted is not None and len(rows) > 2:
            spot = Spot(table_id, where, "alpha_if_deleted")
            checks.append(judged(spot, deleted, found(lambda s, i=place: s.alpha_without(i))))  # type: ignore[misc]
        if deviation is not None:
            spot = Spot(table_id, where, "item_sd")
            checks.append(judged(spot, deviation, found(lambda s, i=place: sqrt(s.variances[i]))))  # type: ignore[misc]
    return tuple(checks)


def _near(values: Sequence[float], at: _Solution) -> _Solution:
    """The solution of slightly other inputs that continues `at`; `at` itself where there is none."""
    same = [each for each in _solutions(values, (at.signs,)) if each.total > 0]
    return min(same, key=lambda each: abs(each.total - at.total), default=at)


def _solutions(values: Sequence[float], choices: Iterable[tuple[int, ...]] | None = None) -> list[_Solution]:
    """Item variances and the scale's variance from variances-if-deleted and corrected correlations."""
    k = len(values) // 2
    rests, rs = values[:k], values[k:]
    if min(rests) <= 0 or max(map(abs, rs)) > 1:
        return []
    if choices is None:
        wrong_way = [r < 0 for r in rs]
        if sum(wrong_way) > _WRONG_WAY:
            return []
        choices = product(*((1, -1) if each else (1,) for each in wrong_way))
    found = []
    for signs in choices:
        for total in _roots(rests, rs, signs):
            found.append(_Solution(rests, signs, _variances(total, rests, rs, signs), total))
    return found


def _roots(rests: Sequence[float], rs: Sequence[float], signs: tuple[int, ...]) -> list[float]:
    """Every variance of the scale that closes the equations with these signs."""
    triples = list(zip(rests, rs, signs, strict=True))
    low = max(v if r >= 0 else v * (1 - r * r) for v, r, _ in triples)
    falling = [v for v, _, sign in triples if sign < 0]  # s_i must not fall below zero
    high = min(falling) if falling else low + 4 * sum(rests)
    if high <= low:
        return []
    steps = 1 if all(r >= 0 for r in rs) else _STEPS
    grid = [low + (high - low) * step / steps for step in range(steps + 1)]
    gaps = [_gap(total, rests, rs, signs) for total in grid]
    return [
        _bisected(grid[at], grid[at + 1], gaps[at] > 0, (rests, rs, signs))
        for at in range(steps)
        if (gaps[at] > 0) != (gaps[at + 1] > 0)
    ]


def _bisected(
    low: float, high: float, falls: bool, given: tuple[Sequence[float], Sequence[float], tuple[int, ...]]
) -> float:
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if (_gap(middle, *given) > 0) != falls else (middle, high)
    return high


def _variances(total: float, rests: Sequence[float], rs: Sequence[float], signs: tuple[int, ...]) -> list[float]:
    return [
        (-r * sqrt(v) + sign * sqrt(max(r * r * v + total - v, 0.0))) ** 2
        for v, r, sign in zip(rests, rs, signs, strict=True)
    ]


def _gap(total: float, rests: Sequence[float], rs: Sequence[float], signs: tuple[int, ...]) -> float:
    """(k - 2) V + sum s_i² - sum V_i: zero at the scale's variance."""
    return (len(rests) - 2) * total + sum(_variances(total, rests, rs, signs)) - sum(rests)


def _alpha(variances: Sequence[float], total: float) -> float:
    k = len(variances)
    return k / (k - 1) * (1 - sum(variances) / total)


def _means(rows: Sequence[Mapping[str, object]]) -> tuple[list[float | None], float | None]:
    """Means of the items and of the scale, where every scale mean if deleted is printed."""
    found = [printed(row.get("scale_mean_if_deleted")) for row in rows]
    known = [each.value for each in found if each is not None]
    if len(known) < len(rows):
        return [None] * len(rows), None
    mean = sum(known) / (len(rows) - 1)
    return [mean - each for each in known], mean
