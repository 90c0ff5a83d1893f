"""Whole sums and sums of squares for every item of a scale, so that its printed table can be met to the digit.

Means, deviations and the item-total table hang together: swaps of answers later change how items go together, never
these sums. What they must be follows from whole-number arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice, product
from math import sqrt

from ..errors import ModelError, problem
from .blueprint import FEWEST, Blueprint, PrintedItem, PrintedScale
from .histogram import Sums, candidates, counts, squares, whole_within
from .printed import Printed, printed
from .reliability import ItemTotal, reliability_from_item_total

_TOTALS = 60  # choices of the items' sums that are tried
_RESTS = 64  # choices of the rests' sums of squares that are tried for each of them
_SIZES = 1000  # persons at most where n is looked for
_WINDOW = 0.06  # share of the recovered variance of a scale within which its sum of squares is looked for


@dataclass(frozen=True, slots=True)
class _Item:
    """An item's printed numbers, read."""

    item: PrintedItem
    mean: Printed | None
    sd: Printed | None
    rest_mean: Printed | None
    rest_var: Printed | None
    r: Printed | None
    alpha: Printed | None


def margins(plan: Blueprint, scale: PrintedScale) -> tuple[Sums, ...]:
    """Sum and sum of squares of every item of a scale.

    Parameters
    ----------
    plan : Blueprint
        n, the levels, and the items.
    scale : PrintedScale
        One of its scales.

    Returns
    -------
    tuple of Sums
        Where the scale's item-total table is whole, chosen so that whole answers can meet all of it, if any can.

    Raises
    ------
    ModelError
        ``reconstruct.no_answers``: an item whose printed mean and deviation no whole answers give;
        ``reconstruct.no_totals``: the scale's means and variances without each item fit no whole answers.

    Notes
    -----
    With the sums S_i and sums of squares Q_i of the items, T and Q of the scale's total, and P_i = T - S_i and R_i of
    the total without item i, counting gives sum P_i = (k - 1) T and sum R_i = (k - 2) Q + sum Q_i. P_i and R_i are
    whole and printed with digits, so few are possible. For each Q, every printed correlation and alpha bounds its own
    Q_i, and what is left is to choose numbers from intervals with a given sum.
    """
    items = [_read(item) for item in plan.members(scale.code)]
    _refuse_impossible(plan, items)
    chosen = next(_joint(plan, scale, items), None) if _is_table(items) else None
    if chosen is not None:
        return chosen
    recovered = _recovered(scale, items)
    by_table = all(each.rest_mean for each in items)
    totals = next(_totals(plan, items), None) if by_table else _fitting(plan, scale, items)
    return tuple(_single(plan, each, totals[at] if totals else None, recovered, at) for at, each in enumerate(items))


def sizes(plan: Blueprint, *, least: int = FEWEST, most: int = _SIZES) -> tuple[int, ...]:
    """Every number of persons that could have given the printed item means, deviations and item-total tables.

    Parameters
    ----------
    plan : Blueprint
        Its n is not used.
    least, most : int
        Where to look.

    Returns
    -------
    tuple of int
        Often a single number, where means and variances without each item are printed to two digits or more.

    Notes
    -----
    Sums of whole answers are whole: a printed mean or variance leaves few n, and all of a table's numbers together
    usually one.
    """
    found = []
    for n in range(least, most + 1):
        tried = replace(plan, n=n, groups=(), group_means=())
        with suppress(ModelError):
            for scale in plan.scales:
                _refuse_impossible(tried, [_read(item) for item in plan.members(scale.code)])
            found.append(n)
    return tuple(found)


def split(plan: Blueprint, variable: str, scale: str, total: int) -> set[int]:
    """Sums of squares of a scale's total that printed means and deviations of its score in all groups can add up to.

    Parameters
    ----------
    plan : Blueprint
        Sizes, means and deviations of the groups.
    variable, scale : str
        Which groups, and the scale whose score (mean of its items) they describe.
    total : int
        Sum of the scale's total over all persons.

    Returns
    -------
    set of int
        Empty where a group's numbers are not printed, the groups are not all, or no whole answers fit.
    """
    k = len(plan.members(scale))
    own = {each.level: each for each in plan.group_means if (each.variable, each.scale) == (variable, scale)}
    levels = [level for level in plan.variables[variable] if level.n]
    if sum(level.n for level in levels) != plan.n or any(level.level not in own for level in levels):
        return set()
    open_to: list[dict[int, Sequence[int]]] = []
    for level in levels:
        mean, sd = printed(own[level.level].mean), printed(own[level.level].sd)
        if mean is None or sd is None:
            return set()
        totals = whole_within(mean, k * level.n, k * level.n * plan.low, k * level.n * plan.high)
        low, high = (k * max(sd.low, 0.0)) ** 2, (k * sd.high) ** 2
        ranges = ((t, squares(t, low, high, n=level.n) if level.n > 1 else range(t * t, t * t + 1)) for t in totals)
        open_to.append({t: found for t, found in ranges if found})
    ways = _adding_up([list(each) for each in open_to], total)
    return {
        added
        for chosen in islice(ways, _TOTALS)
        for added in _sums_of([each[t] for each, t in zip(open_to, chosen, strict=True)])
    }


def _fitting(plan: Blueprint, scale: PrintedScale, items: Sequence[_Item]) -> tuple[int, ...] | None:
    """Sums of the items that add up to what the means of the scale's score in all groups allow; None if free."""
    k, n = len(items), plan.n
    ranges = [found for name in plan.variables if (found := _group_totals(plan, name, scale.code))]
    if not ranges or any(each.mean is None for each in items):
        return None
    options = []
    for each in items:
        sums = candidates(each.mean, each.sd, n=n, low=plan.low, high=plan.high)
        options.append(list(dict.fromkeys(one.total for one in sums if counts(one, low=plan.low, high=plan.high))))
    centre = n * sum(each.mean.value for each in items if each.mean)
    least, most = max(each.start for each in ranges), min(each.stop for each in ranges)
    ways = (_adding_up(options, total) for total in sorted(range(least, most), key=lambda t: abs(t - centre)))
    return next((chosen for way in ways for chosen in islice(way, 1) if len(chosen) == k), None)


def _group_totals(plan: Blueprint, variable: str, scale: str) -> range:
    """Sums of a scale's total over all persons that the means in all groups leave open; empty if unknown."""
    k = len(plan.members(scale))
    own = {each.level: each for each in plan.group_means if (each.variable, each.scale) == (variable, scale)}
    levels = [level for level in plan.variables[variable] if level.n]
    means = [printed(own[level.level].mean) if level.level in own else None for level in levels]
    if sum(level.n for level in levels) != plan.n or not all(means):
        return range(0)
    sums = [
        whole_within(mean, k * level.n, k * level.n * plan.low, k * level.n * plan.high)
        for level, mean in zip(levels, means, strict=True)
    ]
    if not all(sums):
        return range(0)
    return range(sum(each.start for each in sums), sum(each.stop - 1 for each in sums) + 1)


def _sums_of(ranges: Sequence[Sequence[int]]) -> set[int]:
    """Every sum of one number of each range."""
    found = {0}
    for each in ranges:
        found = {so_far + value for so_far in found for value in each}
    return found


def _read(item: PrintedItem) -> _Item:
    texts = (item.mean, item.sd, item.mean_if_deleted, item.var_if_deleted, item.r_drop, item.alpha_if_deleted)
    return _Item(item, *(printed(text) for text in texts))


def _is_table(items: Sequence[_Item]) -> bool:
    return len(items) > 1 and all(each.rest_var and (each.rest_mean or each.mean) for each in items)


def _refuse_impossible(plan: Blueprint, items: Sequence[_Item]) -> None:
    found = []
    for each in items:
        if each.mean is None and each.sd is None:
            continue
        sums = candidates(each.mean, each.sd, n=plan.n, low=plan.low, high=plan.high)
        if not any(counts(one, low=plan.low, high=plan.high) for one in sums):
            slots = {"mean": each.item.mean or None, "sd": each.item.sd or None}
            limits = {"n": plan.n, "low": plan.low, "high": plan.high}
            found.append(problem("reconstruct.no_answers", item=each.item.name or each.item.code, **slots, **limits))
    if (
        all(each.rest_mean for each in items)
        and len(items) > 1
        and not found
        and next(_totals(plan, items), None) is None
    ):
        scale = items[0].item.scale
        found.append(problem("reconstruct.no_totals", scale=scale, n=plan.n))
    if found:
        raise ModelError(*found)


def _totals(plan: Blueprint, items: Sequence[_Item]) -> Iterator[tuple[int, ...]]:
    """Sums of the items that give every printed mean, of the items and of the total without each."""
    k, n = len(items), plan.n
    own = [whole_within(each.mean, n, n * plan.low, n * plan.high) for each in items]
    if not all(each.rest_mean for each in items):
        yield from product(*own)
        return
    rests = [_rests(plan, each, k) for each in items]
    if not all(rests):
        return
    least, most = sum(min(each) for each in rests), sum(max(each) for each in rests)
    centre = sum(n * each.rest_mean.value for each in items if each.rest_mean) / (k - 1)
    for total in sorted(range(-(-least // (k - 1)), most // (k - 1) + 1), key=lambda each: abs(each - centre)):
        open_to = [[p for p in rest if total - p in allowed] for rest, allowed in zip(rests, own, strict=True)]
        for chosen in _adding_up(open_to, (k - 1) * total):
            yield tuple(total - p for p in chosen)


def _rests(plan: Blueprint, each: _Item, k: int) -> list[int]:
    """Sums of the total without an item, nearest to the printed mean first, whose printed variance can be."""
    if each.rest_mean is None:
        return []
    least, most = plan.n * plan.low * (k - 1), plan.n * plan.high * (k - 1)
    wanted = plan.n * each.rest_mean.value
    found = sorted(whole_within(each.rest_mean, plan.n, least, most), key=lambda p: abs(p - wanted))
    return [p for p in found if each.rest_var is None or squares(p, each.rest_var.low, each.rest_var.high, n=plan.n)]


def _adding_up(options: Sequence[Sequence[int]], total: int) -> Iterator[tuple[int, ...]]:
    """Choices, one of each list, with this sum."""
    if not options:
        if total == 0:
            yield ()
        return
    if not all(options):
        return
    first, rest = options[0], options[1:]
    least, most = sum(map(min, rest)), sum(map(max, rest))
    for value in first:
        if least <= total - value <= most:
            yield from ((value, *others) for others in _adding_up(rest, total - value))


def _joint(plan: Blueprint, scale: PrintedScale, items: Sequence[_Item]) -> Iterator[tuple[Sums, ...]]:
    """Sums with which all of the item-total table, and the means in groups, can be met."""
    variance = _recovered(scale, items).scale_var
    if variance is None:
        return
    for totals in islice(_totals(plan, items), _TOTALS):
        splits = [found for name in plan.variables if (found := split(plan, name, scale.code, sum(totals)))]
        rests = [_rest_squares(plan, each, sum(totals) - s) for each, s in zip(items, totals, strict=True)]
        for chosen in islice(product(*rests), _RESTS):
            for whole in _scale_squares(plan, sum(totals), variance):
                if any(whole not in each for each in splits):
                    continue
                own = _items_squares(plan, items, totals, chosen, whole, printed(scale.alpha))
                if own is not None:
                    yield tuple(Sums(plan.n, s, q) for s, q in zip(totals, own, strict=True))


def _rest_squares(plan: Blueprint, each: _Item, rest: int) -> list[int]:
    """Sums of squares of the total without an item that give its printed variance, nearest first."""
    if each.rest_var is None:
        return []
    wanted = (plan.n - 1) * each.rest_var.value + rest * rest / plan.n
    found = squares(rest, each.rest_var.low, each.rest_var.high, n=plan.n)
    return sorted(found, key=lambda q: abs(q - wanted))[:3]


def _scale_squares(plan: Blueprint, total: int, variance: float) -> list[int]:
    wanted = (plan.n - 1) * variance + total * total / plan.n
    found = squares(total, variance * (1 - _WINDOW), variance * (1 + _WINDOW), n=plan.n)
    return sorted(found, key=lambda q: abs(q - wanted))


def _items_squares(
    plan: Blueprint, items: Sequence[_Item], totals: Sequence[int], rests: Sequence[int], whole: int,
    alpha: Printed | None,
) -> list[int] | None:  # fmt: skip
    """Sums of squares of the items for given ones of the total and of the rests; None where the table cannot be met."""
    k, n, total = len(items), plan.n, sum(totals)
    left = sum(rests) - (k - 2) * whole
    v = (whole - total * total / n) / (n - 1)
    added = (left - sum(s * s for s in totals) / n) / (n - 1)  # the items' variances together
    if alpha is not None and not alpha.low - 1e-9 <= k / (k - 1) * (1 - added / v) <= alpha.high + 1e-9:
        return None
    options = []
    for each, own, rest in zip(items, totals, rests, strict=True):
        without = (rest - (total - own) ** 2 / n) / (n - 1)
        low, high = _bounds(each, k, v, without, added)
        found = squares(own, low, high, n=n) if high >= low else range(0)
        options.append([q for q in found if counts(Sums(n, own, q), low=plan.low, high=plan.high)])
        if not options[-1]:
            return None
    return next((list(each) for each in _adding_up(options, left)), None)


def _bounds(each: _Item, k: int, v: float, without: float, added: float) -> tuple[float, float]:
    """Least and greatest variance of an item that its printed deviation, correlation and alpha allow.

    From V = V_i + s² + 2 r s sqrt(V_i): s = -r sqrt(V_i) + sqrt(r² V_i + V - V_i), which falls with r.
    """
    low, high = 0.0, v
    if each.sd is not None:
        low, high = max(low, max(each.sd.low, 0.0) ** 2), min(high, each.sd.high**2)
    if each.r is not None and without > 0:
        for r, upper in ((each.r.high, False), (each.r.low, True)):
            inside = r * r * without + v - without
            s = -r * sqrt(without) + sqrt(inside) if inside >= 0 else 0.0
            low, high = (low, min(high, max(s, 0.0) ** 2)) if upper else (max(low, max(s, 0.0) ** 2), high)
    if each.alpha is not None and k > 2:
        # alpha without the item = (k - 1) / (k - 2) (1 - (added - s²) / V_i)
        ends = [added - without * (1 - (k - 2) / (k - 1) * a) for a in (each.alpha.low, each.alpha.high)]
        low, high = max(low, min(ends) - 1e-9), min(high, max(ends) + 1e-9)
    return low, high


def _recovered(scale: PrintedScale, items: Sequence[_Item]) -> ItemTotal:
    """The scale's variances as its item-total table implies them, whole answers or not."""
    rows = [
        {
            "table_id": "", "scale": scale.code, "item": each.item.code, "alpha": scale.alpha,
            "scale_var_if_deleted": each.item.var_if_deleted, "corrected_item_total_r": each.item.r_drop,
        }
        for each in items
    ]  # fmt: skip
    return reliability_from_item_total(rows)


def _single(plan: Blueprint, each: _Item, total: int | None, recovered: ItemTotal, at: int) -> Sums:
    """Sums of one item by itself: as printed, else nearest to what the item-total table implies."""
    exact = each.mean if total is None else Printed("", total / plan.n, total / plan.n, total / plan.n, 0)
    wanted = recovered.items[at].sd if recovered.items and each.sd is None else None
    aim = each.sd if wanted is None else Printed("", wanted, max(wanted - 0.5, 0.0), wanted + 0.5, 0)
    sums = candidates(exact, aim, n=plan.n, low=plan.low, high=plan.high)
    found = next((one for one in sums if counts(one, low=plan.low, high=plan.high)), None)
    if found is None:
        slots = {"mean": each.item.mean or None, "sd": each.item.sd or None}
        limits = {"n": plan.n, "low": plan.low, "high": plan.high}
        raise ModelError(problem("reconstruct.no_answers", item=each.item.name or each.item.code, **slots, **limits))
    return found
