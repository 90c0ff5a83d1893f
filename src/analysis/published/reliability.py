"""From a printed item-total table back to the variances behind it, and from those to alpha."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import nsmallest
from itertools import product
from math import inf, sqrt

from ..stats.result import Result, Row
from . import grim
from .check import Check, Span, Spot, ends, judged, settled, span, spread, unchecked
from .formulas import cell, possible
from .printed import Printed, exact, printed, whole
from .sheet import Cells, Explanation, Inverted, Sheet, closed, compared, grouped

_BISECTIONS = 200
_NARROW = 1e-13  # of the largest variance: an interval that holds one root, or none
_WRONG_WAY = 12  # so many such items at most: each doubles the choices
_LIKELY = 16  # so many solutions, the nearest to what is printed, are looked at with all that rounding can do


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
        ``incomplete``: rows are missing; ``too_few_items``: under two; ``no_solution``: no variances give these rows;
        ``too_many_turned``: over twelve items run against the rest, each of which doubles what must be tried.

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
    (turned the wrong way) may also have s_i = -r_i sqrt(V_i) - sqrt(r_i² V_i + V - V_i); every root of every such
    choice is then found, and of the nearest to the printed alphas the one with the fewest disagreements is kept. Then
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
    declared = exact(rows[0].get("k_items"))
    if declared is not None and declared.value != len(rows):
        return _without(rows, "incomplete")
    return _recovered(rows)


def _without(rows: Sequence[Cells], reason: str) -> ItemTotal:
    """Nothing recovered, for a reason."""
    return ItemTotal(str(rows[0].get("table_id")), _scale(rows), len(rows), (), None, None, None, (), reason)


def _scale(rows: Sequence[Cells]) -> str:
    return str(rows[0].get("scale") or "")


def _recovered(rows: Sequence[Cells]) -> ItemTotal:
    """The scale of these rows, whatever their header says of how many there are."""
    return _solved(tuple(tuple(row.items()) for row in rows))


@lru_cache(maxsize=128)  # checked, inverted and explained from one solution
def _solved(cells: tuple[tuple[tuple[str, object], ...], ...]) -> ItemTotal:
    rows = [dict(each) for each in cells]
    k, scale, table_id = len(rows), _scale(rows), str(rows[0].get("table_id"))
    rests = [cell(row, "scale_var_if_deleted") for row in rows]
    rs = [cell(row, "corrected_item_total_r") for row in rows]
    inputs = [each for each in (*rests, *rs) if each is not None]
    if len(inputs) < 2 * k or k < 2:
        return _without(rows, "incomplete" if len(inputs) < 2 * k else "too_few_items")
    if sum(each.value < 0 for each in inputs[k:]) > _WRONG_WAY:
        return _without(rows, "too_many_turned")
    likely = nsmallest(_LIKELY, _solutions([each.value for each in inputs]), key=lambda found: _misfit(rows, found))
    tried: list[tuple[_Solution, tuple[Check, ...]]] = []
    for each in likely:
        tried.append((each, _checks(rows, inputs, each)))
        if not _disagreements(tried[-1][1]):
            break
    if not tried:
        return _without(rows, "no_solution")
    best, checks = min(tried, key=lambda pair: _disagreements(pair[1]))
    means, scale_mean = _means(rows)
    items = tuple(
        RecoveredItem(str(row.get("item")), mean, sqrt(variance))
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


def _disagreements(checks: Sequence[Check]) -> int:
    return sum(each.verdict == "inconsistent" for each in checks)


def _misfit(rows: Sequence[Cells], at: _Solution) -> float:
    """How far this solution's alphas and deviations are from the printed ones, in units of their last digits."""
    told = [(cell(rows[0], "alpha"), at.alpha)]
    for place, row in enumerate(rows):
        if len(rows) > 2:
            told.append((cell(row, "alpha_if_deleted"), at.alpha_without(place)))
        told.append((cell(row, "item_sd"), sqrt(at.variances[place])))
    return sum(abs(claim.value - value) * 10.0**claim.digits for claim, value in told if claim is not None)


def _checks(rows: Sequence[Cells], inputs: Sequence[Printed], at: _Solution) -> tuple[Check, ...]:
    """Every printed alpha, deviation and variance against this solution and what rounding can make of it."""
    first = rows[0]
    table_id, scale = str(first.get("table_id")), _scale(rows)
    moved = [(_near(low, at), _near(high, at)) for low, high in ends(inputs)]

    def against(spot: Spot, claim: Printed | None, of: Callable[[_Solution], float]) -> Check:
        def first_order(_: Sequence[Printed]) -> Span:
            return spread(of(at), [(of(low), of(high)) for low, high in moved])

        def corners(box: Sequence[Printed]) -> Span:
            return span(lambda *values: of(_near(values, at)), box)

        if claim is None:
            return judged(spot, None, first_order(inputs))
        return settled(spot, claim, inputs, (first_order, corners))

    checks = [against(Spot(table_id, scale, "alpha"), cell(first, "alpha"), lambda s: s.alpha)]
    for what, claim, of in (
        ("scale_var", cell(first, "scale_var"), lambda s: s.total),
        ("scale_sd", cell(first, "scale_sd"), lambda s: sqrt(s.total)),
    ):
        if claim is not None:
            checks.append(against(Spot(table_id, scale, what), claim, of))
    for place, row in enumerate(rows):
        where = f"{scale} / {row.get('item')}"
        deleted, deviation = cell(row, "alpha_if_deleted"), cell(row, "item_sd")
        if deleted is not None and len(rows) > 2:
            spot = Spot(table_id, where, "alpha_if_deleted")
            checks.append(against(spot, deleted, lambda s, i=place: s.alpha_without(i)))  # type: ignore[misc]
        if deviation is not None:
            spot = Spot(table_id, where, "item_sd")
            checks.append(against(spot, deviation, lambda s, i=place: sqrt(s.variances[i])))  # type: ignore[misc]
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
        choices = product(*((1, -1) if r < 0 else (1,) for r in rs))
    found = []
    for signs in choices:
        for total in _roots(rests, rs, signs):
            found.append(_Solution(rests, signs, _variances(total, rests, rs, signs), total))
    return found


def _roots(rests: Sequence[float], rs: Sequence[float], signs: tuple[int, ...]) -> list[float]:
    """Every variance of the scale that closes the equations with these signs.

    The gap is 2 (k - 1) V + sum(2 a_i² - 2 V_i) - 2 sum ±a_i t_i, with a_i = r_i sqrt(V_i), t_i = sqrt(a_i² + V - V_i)
    and the item's sign. Every term goes one way in V, so does every term of the slope: over an interval both are held
    between bounds. Intervals are halved until the gap keeps off zero, or the slope keeps its sign: one root at most.
    """
    low = max(v if r >= 0 else v * (1 - r * r) for v, r in zip(rests, rs, strict=True))
    falling = [v for v, sign in zip(rests, signs, strict=True) if sign < 0]  # s_i must not fall below zero
    high = min(falling) if falling else low + 4 * sum(rests)
    given = (rests, rs, signs)
    found, intervals = [], [(low, high)] if high > low else []
    while intervals:
        left, right = intervals.pop()
        rises, falls = _ways(left, right, *given)
        at_left, at_right = _gap(left, *given), _gap(right, *given)
        if rises or falls:
            if (at_left > 0) != (at_right > 0):
                found.append(_bisected(left, right, at_left > 0, given))
        elif not _off_zero(left, right, *given):
            middle = (left + right) / 2
            if right - left > _NARROW * high:
                intervals += [(middle, right), (left, middle)]
            else:
                found.append(middle)  # where the gap touches zero and turns
    return found


def _ways(
    left: float, right: float, rests: Sequence[float], rs: Sequence[float], signs: tuple[int, ...]
) -> tuple[bool, bool]:
    """Whether the gap only rises, and whether it only falls, between two variances of the scale."""
    least = most = 2.0 * (len(rests) - 1)
    for v, r, sign in zip(rests, rs, signs, strict=True):
        pull = sign * r * sqrt(v)  # the slope of -2 pull t is -pull / t
        ends = [-pull / t if t > 0 else -inf * pull if pull else 0.0 for t in (_t(left, v, r), _t(right, v, r))]
        least, most = least + min(ends), most + max(ends)
    return least > 0, most < 0


def _off_zero(left: float, right: float, rests: Sequence[float], rs: Sequence[float], signs: tuple[int, ...]) -> bool:
    """Whether the gap cannot be zero between two variances of the scale."""
    known = 2 * sum(v * (r * r - 1) for v, r in zip(rests, rs, strict=True))
    slope = 2 * (len(rests) - 1)
    least, most = known + slope * left, known + slope * right
    for v, r, sign in zip(rests, rs, signs, strict=True):
        pull = sign * r * sqrt(v)
        ends = [-2 * pull * _t(total, v, r) for total in (left, right)]
        least, most = least + min(ends), most + max(ends)
    return least > 0 or most < 0


def _t(total: float, v: float, r: float) -> float:
    """sqrt(r² v + V - v): the item's standard deviation is this, with its sign, less r sqrt(v)."""
    return sqrt(max(r * r * v + total - v, 0.0))


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
    return [(sign * _t(total, v, r) - r * sqrt(v)) ** 2 for v, r, sign in zip(rests, rs, signs, strict=True)]


def _gap(total: float, rests: Sequence[float], rs: Sequence[float], signs: tuple[int, ...]) -> float:
    """(k - 2) V + sum s_i² - sum V_i: zero at the scale's variance."""
    return (len(rests) - 2) * total + sum(_variances(total, rests, rs, signs)) - sum(rests)


def _alpha(variances: Sequence[float], total: float) -> float:
    k = len(variances)
    return k / (k - 1) * (1 - sum(variances) / total)


def _means(rows: Sequence[Mapping[str, object]]) -> tuple[list[float | None], float | None]:
    """Means of the items and of the scale, where every scale mean if deleted is printed."""
    found = [printed(row.get("scale_mean_if_deleted")) for row in rows]
    values = [each.value for each in found if each is not None]
    if len(values) < len(rows):
        return [None] * len(rows), None
    mean = sum(values) / (len(rows) - 1)
    return [mean - each for each in values], mean


# ---- the family of item-total tables -------------------------------------------------------------------------------


def _with_remarks(sheet: Sheet, rows: Sequence[Cells]) -> list[Cells]:
    """Rows with the scale's mean, variance and deviation, also where only a remark beside the table states them."""
    own = Sheet(sheet.name, {"reliability": rows})
    stated = {
        "scale_mean": own.said(r"scale mean"),
        "scale_var": own.said(r"scale mean [-.,\d]+ variance", "scale variance"),
        "scale_sd": own.said(r"variance [-.,\d]+ sd", "scale sd"),
    }
    told = {name: found.text for name, found in stated.items() if found is not None}
    return [{**told, **{name: text for name, text in row.items() if text not in (None, "")}} for row in rows]


def _scales(sheet: Sheet) -> list[list[Cells]]:
    return [_with_remarks(sheet, rows) for rows in grouped(sheet.rows("reliability"), "scale").values()]


def _audited(sheet: Sheet) -> Iterator[Check]:
    for rows in _scales(sheet):
        scale = _scale(rows)
        whole_table = exact(rows[0].get("k_items")) is not None or any(_copied(sheet.name, rows))
        found = list(_of_scale(sheet.name, rows))
        yield from found if whole_table else closed(found)
        for row in rows:
            where = f"{scale} / {row.get('item')}"
            yield from possible(row, sheet.name, where)
            yield from grim.integers(
                Spot(sheet.name, where, "item"), row, "item_mean", "item_sd", whole(row.get("n_cases"))
            )


def _of_scale(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """Checks that rest on all items of the scale being printed."""
    found = reliability_from_item_total(rows)
    yield from _declared(name, rows, found)
    yield from found.checks
    yield from _from_items(name, rows)
    for row in rows:
        yield from _mean_of_item(name, f"{_scale(rows)} / {row.get('item')}", row, rows)
    yield from _equal_rests(name, rows)


def _declared(name: str, rows: Sequence[Cells], found: ItemTotal) -> Iterator[Check]:
    """A table whose header says another number of items than it has rows: a wrong header, or rows that are missing."""
    if not found.reason:
        return
    spot = Spot(name, found.scale, "alpha")
    whole_by_itself = _recovered(rows)
    if found.reason == "incomplete" and whole_by_itself.consistent and _alphas(whole_by_itself) > 2:
        claim = exact(rows[0].get("k_items"))
        yield judged(Spot(name, found.scale, "k_items"), claim, (float(len(rows)),) * 3)
        yield from whole_by_itself.checks
    else:
        yield unchecked(spot, printed(rows[0].get("alpha")), found.reason)


def _alphas(found: ItemTotal) -> int:
    return sum(each.verdict == "consistent" and each.what.startswith("alpha") for each in found.checks)


def _from_items(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """Alpha and the scale's moments from those of the items, where both are printed."""
    scale, first, k = _scale(rows), rows[0], len(rows)
    total, deviation = cell(first, "scale_var"), cell(first, "scale_sd")
    yield from compared(Spot(name, scale, "scale_sd"), deviation, sqrt, total) if total else ()
    declared = exact(first.get("k_items"))
    if declared is not None and declared.value != k:
        return
    sds, means = [cell(row, "item_sd") for row in rows], [printed(row.get("item_mean")) for row in rows]
    if total is not None and all(sds) and k > 1:

        def of_moments(whole_var: float, *each: float) -> float:
            return k / (k - 1) * (1 - sum(sd * sd for sd in each) / whole_var)

        yield from (
            replace(each, where=f"{scale}, SD")
            for each in compared(Spot(name, scale, "alpha"), cell(first, "alpha"), of_moments, total, *sds)
        )
    if all(means):
        yield from compared(Spot(name, scale, "scale_mean"), printed(first.get("scale_mean")), _sum, *means)


def _sum(*each: float) -> float:
    return float(sum(each))


def _mean_of_item(name: str, where: str, row: Cells, rows: Sequence[Cells]) -> Iterator[Check]:
    """An item's mean is the scale's mean less the mean without the item."""
    declared = exact(row.get("k_items"))
    if printed(row.get("item_mean")) is None or (declared is not None and declared.value != len(rows)):
        return
    rests = [printed(each.get("scale_mean_if_deleted")) for each in rows]
    if not all(rests) or len(rows) < 2:
        return
    at = rows.index(row)

    def own(*means: float) -> float:
        return sum(means) / (len(means) - 1) - means[at]

    yield from compared(Spot(name, where, "item_mean"), printed(row.get("item_mean")), own, *rests)


def _equal_rests(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """In a scale of two the rest of each item is the other: both corrected correlations are one number."""
    if len(rows) == 2 and whole(rows[0].get("k_items")) in (None, 2):
        first, second = (cell(row, "corrected_item_total_r") for row in rows)
        where = f"{_scale(rows)} / {rows[1].get('item')}"
        yield from compared(Spot(name, where, "corrected_item_total_r"), second, float, first)


def _replicated(sheet: Sheet) -> Iterator[ItemTotal]:
    for rows in _scales(sheet):
        yield reliability_from_item_total(rows)


def _inverted(sheet: Sheet) -> Iterator[Inverted]:
    """Means and deviations of the items, variance and alpha of the scale, with what rounding leaves open."""
    for rows in _scales(sheet):
        found = reliability_from_item_total(rows)
        if found.reason or found.scale_var is None:
            continue
        inputs = [each for name in ("scale_var_if_deleted", "corrected_item_total_r") for row in rows
                  if (each := cell(row, name)) is not None]  # fmt: skip
        at = next(each for each in _solutions([each.value for each in inputs]) if each.total == found.scale_var)
        moved = [(_near(low, at), _near(high, at)) for low, high in ends(inputs)]
        wanted: list[tuple[str, str, Callable[[_Solution], float], str]] = [
            (found.scale, "alpha", lambda s: s.alpha, str(rows[0].get("alpha") or "")),
            (found.scale, "scale_var", lambda s: s.total, str(rows[0].get("scale_var") or "")),
        ]
        for place, row in enumerate(rows):
            where = f"{found.scale} / {row.get('item')}"
            wanted.append((where, "item_sd", lambda s, i=place: sqrt(s.variances[i]), str(row.get("item_sd") or "")))  # type: ignore[misc]
        for where, what, of, text in wanted:
            value, low, high = spread(of(at), [(of(a), of(b)) for a, b in moved])
            yield Inverted(sheet.name, where, what, value, low, high, 1, "", text)
        yield from _inverted_means(sheet.name, found, rows)


def _inverted_means(name: str, found: ItemTotal, rows: Sequence[Cells]) -> Iterator[Inverted]:
    rests = [printed(row.get("scale_mean_if_deleted")) for row in rows]
    given = [each for each in rests if each is not None]
    if found.scale_mean is None or len(given) < len(rows):
        return
    value, low, high = span(lambda *each: sum(each) / (len(each) - 1), given)
    yield Inverted(name, found.scale, "scale_mean", value, low, high, 1, "", str(rows[0].get("scale_mean") or ""))
    for at, row in enumerate(rows):
        value, low, high = span(lambda *each, i=at: sum(each) / (len(each) - 1) - each[i], given)
        where, text = f"{found.scale} / {row.get('item')}", str(row.get("item_mean") or "")
        yield Inverted(name, where, "item_mean", value, low, high, 1, "", text)


_SAME = ("scale_mean_if_deleted", "scale_var_if_deleted", "corrected_item_total_r", "alpha_if_deleted")


def _explained(sheet: Sheet, checks: Sequence[Check]) -> Iterator[Explanation]:
    """A row that repeats another one, or a header with another number of items: without it, does the table agree?"""
    for rows in _scales(sheet):
        scale = _scale(rows)
        wrong = [each for each in checks if each.verdict == "inconsistent" and each.where.split(" / ")[0] == scale]
        if not wrong:
            continue
        yield from (
            Explanation(sheet.name, "k_items", scale, each.printed, str(len(rows)))
            for each in wrong
            if each.what == "k_items"
        )
        yield from _copied(sheet.name, rows)


def _copied(name: str, rows: Sequence[Cells]) -> Iterator[Explanation]:
    seen: dict[tuple[str, ...], Cells] = {}
    for at, row in enumerate(rows):
        numbers = tuple(str(row.get(column) or "") for column in _SAME)
        if numbers in seen and any(numbers):
            without = _recovered([*rows[:at], *rows[at + 1 :]])
            if without.consistent:
                items = str(row.get("item")), str(seen[numbers].get("item"))
                yield Explanation(
                    name, "copied_row", f"{_scale(rows)} / {items[0]}", items[0], items[1],
                    _recovered(rows).alpha, without.alpha,
                )  # fmt: skip
        seen.setdefault(numbers, row)


ORDER = 1
AUDITORS = {"reliability": _audited}
REPLICATORS = (_replicated,)
INVERTERS = (_inverted,)
EXPLAINERS = (_explained,)
