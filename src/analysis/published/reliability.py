"""From a printed item-total table back to the variances behind it, and from those to alpha."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from ..stats.result import Result, Row
from .check import Check, Spot, judged, spread
from .printed import Printed, exact, printed

_BISECTIONS = 200


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

    Each s_i grows with V, so the left side does too: one root, found by bisection. Then
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
    try:
        variances, total = _solved([each.value for each in inputs])
        checks = tuple(_checks(rows, inputs))
    except ValueError:
        return ItemTotal(table_id, scale, k, (), None, None, None, (), "no_solution")
    means, scale_mean = _means(rows)
    items = tuple(
        RecoveredItem(str(row["item"]), mean, sqrt(variance))
        for row, mean, variance in zip(rows, means, variances, strict=True)
    )
    return ItemTotal(table_id, scale, k, items, scale_mean, total, _alpha(variances, total), checks)


def _checks(rows: Sequence[Mapping[str, object]], inputs: Sequence[Printed]) -> Iterator[Check]:
    first, k = rows[0], len(rows)
    table_id, scale = str(first["table_id"]), str(first["scale"])
    whole = Spot(table_id, scale, "alpha")
    yield judged(whole, printed(first.get("alpha")), spread(lambda values: _alpha(*_solved(values)), inputs))
    for at, row in enumerate(rows):
        where = f"{scale} / {row['item']}"
        deleted, deviation = printed(row.get("alpha_if_deleted")), printed(row.get("item_sd"))
        if deleted is not None and k > 2:
            found = spread(lambda values, at=at: _alpha_without(values, at), inputs)  # type: ignore[misc]
            yield judged(Spot(table_id, where, "alpha_if_deleted"), deleted, found)
        if deviation is not None:
            found = spread(lambda values, at=at: sqrt(_solved(values)[0][at]), inputs)  # type: ignore[misc]
            yield judged(Spot(table_id, where, "item_sd"), deviation, found)


def _solved(values: Sequence[float]) -> tuple[list[float], float]:
    """Item variances and the scale's variance from variances-if-deleted and corrected correlations."""
    k = len(values) // 2
    rests, rs = values[:k], values[k:]
    if min(rests) <= 0 or max(map(abs, rs)) > 1:
        raise ValueError
    low = max(v if r >= 0 else v * (1 - r * r) for v, r in zip(rests, rs, strict=True))
    high = low + 4 * sum(rests)
    if _gap(low, rests, rs) > 0 or _gap(high, rests, rs) < 0:
        raise ValueError
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (low, middle) if _gap(middle, rests, rs) > 0 else (middle, high)
    return _variances(high, rests, rs), high


def _variances(total: float, rests: Sequence[float], rs: Sequence[float]) -> list[float]:
    return [
        (-r * sqrt(v) + sqrt(max(r * r * v + total - v, 0.0))) ** 2 for v, r in zip(rests, rs, strict=True)
    ]  # fmt: skip


def _gap(total: float, rests: Sequence[float], rs: Sequence[float]) -> float:
    """(k - 2) V + sum s_i² - sum V_i: zero at the scale's variance."""
    return (len(rests) - 2) * total + sum(_variances(total, rests, rs)) - sum(rests)


def _alpha(variances: Sequence[float], total: float) -> float:
    k = len(variances)
    return k / (k - 1) * (1 - sum(variances) / total)


def _alpha_without(values: Sequence[float], at: int) -> float:
    variances, _ = _solved(values)
    return _alpha([*variances[:at], *variances[at + 1 :]], values[at])


def _means(rows: Sequence[Mapping[str, object]]) -> tuple[list[float | None], float | None]:
    """Means of the items and of the scale, where every scale mean if deleted is printed."""
    found = [printed(row.get("scale_mean_if_deleted")) for row in rows]
    known = [each.value for each in found if each is not None]
    if len(known) < len(rows):
        return [None] * len(rows), None
    mean = sum(known) / (len(rows) - 1)
    return [mean - each for each in known], mean
