"""Answers that might have given a study's printed tables: built, not recovered, and simulated through and through."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from ..stats.result import Result, Row, frame
from .blueprint import Blueprint, PrintedCorrelation, PrintedItem
from .histogram import Sums, counts
from .margins import margins, split
from .printed import printed
from .swaps import Aim, Floats, Puzzle, solve

if TYPE_CHECKING:
    import pandas as pd

SEED = 1
_ROUNDS = 6  # of correcting the normal answers for what cutting them into levels takes away
_NEAR_ONE = 0.97  # correlation of normal answers at most


@dataclass(frozen=True)
class Match(Row):
    """One printed number beside the one that the reconstructed answers give.

    `within` says whether the reached number lies in the interval of the printed digits, from `low` to `high`.
    """

    where: str
    what: str
    printed: str
    reached: float
    low: float
    high: float
    within: bool


@dataclass(frozen=True)
class Reconstruction(Result):
    """Simulated answers that give printed tables; whatever is not in `matched` was not known and is chance.

    Nothing may be read from these answers but the numbers in `matched`: `free` names what the tables left open.
    """

    blueprint: Blueprint
    seed: int
    answers: tuple[tuple[int, ...], ...]  # one row an item, in the blueprint's order
    said: tuple[tuple[str, ...], ...]  # one row a variable: levels, empty where the tables count nobody
    matched: tuple[Match, ...]
    free: tuple[str, ...]  # mean, sd, within_scales, between_scales, items, groups, group_means, shape, rows
    simulated: bool = True

    @property
    def data(self) -> pd.DataFrame:
        """One row a simulated person: items by their codes, then the variables (missing where nobody was counted)."""
        import pandas as pd

        items = {item.code: list(row) for item, row in zip(self.blueprint.items, self.answers, strict=True)}
        variables = {
            name: [level or None for level in row]
            for name, row in zip(self.blueprint.variables, self.said, strict=True)
        }
        return pd.DataFrame({**items, **variables})

    @property
    def table(self) -> pd.DataFrame:
        """One row a printed number: where, what, printed, reached, low, high, within."""
        return frame(self.matched, Match)

    @property
    def missed(self) -> tuple[Match, ...]:
        """Printed numbers that the answers do not give to their digits."""
        return tuple(match for match in self.matched if not match.within)


def reconstruct(blueprint: Blueprint, *, seed: int = SEED) -> Reconstruction:
    """Build whole answers that give the printed tables of a survey.

    Parameters
    ----------
    blueprint : Blueprint
        What is printed; `published.blueprint.blueprint` gathers it from tables.
    seed : int
        The same seed gives the same answers.

    Returns
    -------
    Reconstruction
        Simulated answers, a line for every printed number (reached or not), and what was free.

    Raises
    ------
    ModelError
        ``reconstruct.no_answers``, ``reconstruct.no_totals``: no whole answers of n persons give the printed digits.

    Notes
    -----
    1. Every item gets counts of its levels that give mean and deviation to the digits (`histogram`, `margins`).
    2. Normal answers with about the printed correlations are cut into these counts.
    3. Answers of one item are swapped between persons until the scale's own numbers are as printed; then the answers to
       whole scales, which leaves those numbers alone, until the correlations of scales and the means in groups are.
       Swaps never change a mean or a standard deviation of an item.

    References
    ----------
    Iman, R. L., & Conover, W. J. (1982). A distribution-free approach to inducing rank correlation among input
    variables. Communications in Statistics B, 11, 311-334 (step 2). Kirkpatrick et al. (1983), see `swaps.solve`.

    Examples
    --------
    >>> from analysis.published.blueprint import PrintedScale
    >>> items = tuple(PrintedItem(f"q{i}", "S", mean="3.50", sd="1.01") for i in range(4))
    >>> found = reconstruct(Blueprint(40, (PrintedScale("S", alpha=".800"),), items))
    >>> [(match.what, match.within) for match in found.matched][-1], round(float(found.data["q1"].mean()), 2)
    (('alpha', True), 3.5)
    """
    rng = np.random.default_rng(seed)
    sums = [each for scale in blueprint.scales for each in margins(blueprint, scale)]
    order = [item.code for scale in blueprint.scales for item in blueprint.members(scale.code)]
    by_code = dict(zip(order, sums, strict=True))
    sums = [by_code[item.code] for item in blueprint.items]
    layout = _Layout(blueprint, sums)
    x = _start(layout, rng)
    x = _within(layout, x, rng)
    said = _said(blueprint, rng)
    x = _between(layout, x, said, rng)
    answers = tuple(tuple(int(value) for value in column) for column in x.T)
    return Reconstruction(blueprint, seed, answers, said, tuple(_matched(layout, x, said)), _free(blueprint))


class _Layout:
    """Where each item and scale stands, and the statistics that are aimed at."""

    def __init__(self, plan: Blueprint, sums: Sequence[Sums]) -> None:
        self.plan = plan
        self.sums = sums
        self.at = {item.code: at for at, item in enumerate(plan.items)}
        self.members = {
            scale.code: tuple(self.at[item.code] for item in plan.members(scale.code)) for scale in plan.scales
        }
        self.scale_of = {at: code for code, members in self.members.items() for at in members}

    def sum_of(self, code: str) -> Floats:
        """Weights of an item or of a scale's total."""
        found = np.zeros(len(self.plan.items))
        found[list(self.members.get(code, ())) or [self.at[code]]] = 1
        return found

    def scale_target(self, code: str) -> tuple[Floats, float]:
        """Covariances of the items with the rest of their scale, and the variance of the total, as far as printed."""
        members = self.members[code]
        variances = np.array([self.sums[at].variance for at in members])
        scale = next(each for each in self.plan.scales if each.code == code)
        k, alpha = len(members), printed(scale.alpha)
        rests = [printed(self.plan.items[at].var_if_deleted) for at in members]
        if k > 2 and all(rests):
            total = (sum(each.value for each in rests if each) - variances.sum()) / (k - 2)
            return np.array(
                [(total - v - each.value) / 2 for v, each in zip(variances, rests, strict=True) if each]
            ), total
        value = 0.7 if alpha is None else alpha.value
        total = float(variances.sum()) / (1 - value * (k - 1) / k) if k > 1 else float(variances.sum())
        share = np.sqrt(variances) / np.sqrt(variances).sum()
        return share * (total - variances.sum()), total

    def linked(self, correlation: PrintedCorrelation) -> str:
        """Whether a correlation is of two scales, of items of one scale, or of others."""
        if correlation.a in self.members and correlation.b in self.members:
            return "scales"
        both = [self.scale_of.get(self.at.get(code, -1), code) for code in (correlation.a, correlation.b)]
        return "scale" if both[0] == both[1] else "items"


def _start(layout: _Layout, rng: np.random.Generator) -> Floats:
    """Every item's counts, handed to persons in the order of correlated normal answers."""
    plan = layout.plan
    columns = []
    for sums in layout.sums:
        chosen = counts(sums, low=plan.low, high=plan.high) or ()
        columns.append(np.repeat(np.arange(plan.low, plan.high + 1), chosen))
    ordered = np.array(columns, dtype=np.float64)  # (items, n), each rising
    wanted = _wanted(layout)
    normal = rng.standard_normal((plan.n, len(columns)))
    aimed = wanted.copy()
    x = normal
    for _ in range(_ROUNDS):
        latent = normal @ np.linalg.cholesky(_possible(aimed)).T
        ranks = latent.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
        x = np.take_along_axis(ordered.T, ranks, axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = np.nan_to_num(np.corrcoef(x, rowvar=False).reshape(wanted.shape))
        aimed = np.clip(aimed + wanted - found, -_NEAR_ONE, _NEAR_ONE)
        np.fill_diagonal(aimed, 1.0)
    return np.asarray(x, dtype=np.float64)


def _wanted(layout: _Layout) -> Floats:
    """Correlations of the items that are in keeping with all that is printed."""
    plan = layout.plan
    k = len(plan.items)
    sd = np.sqrt([max(sums.variance, 1e-9) for sums in layout.sums])
    load = np.zeros(k)  # covariance of two items of a scale = product of their loads
    total = {}
    for code, members in layout.members.items():
        with_rest, total[code] = layout.scale_target(code)
        load[list(members)] = _loads(with_rest)
    cov = np.zeros((k, k))
    for members in layout.members.values():
        cov[np.ix_(members, members)] = np.outer(load[list(members)], load[list(members)])
    for pair in plan.correlations:
        if layout.linked(pair) == "scales":
            first, second = list(layout.members[pair.a]), list(layout.members[pair.b])
            r = printed(pair.r)
            shared = (r.value if r else 0.0) * sqrt(total[pair.a] * total[pair.b])
            block = np.outer(load[first], load[second])
            block *= shared / block.sum() if abs(block.sum()) > 1e-9 else 0.0
            cov[np.ix_(first, second)], cov[np.ix_(second, first)] = block, block.T
    corr: Floats = np.clip(cov / np.outer(sd, sd), -_NEAR_ONE, _NEAR_ONE)
    for pair in plan.correlations:
        if pair.a in layout.at and pair.b in layout.at and (found := printed(pair.r)):
            a, b = layout.at[pair.a], layout.at[pair.b]
            corr[a, b] = corr[b, a] = found.value
    np.fill_diagonal(corr, 1.0)
    return corr


def _loads(with_rest: Floats) -> Floats:
    """Numbers u with u_i (sum of the others) = the covariance of item i with the rest of its scale."""
    size = np.sqrt(np.abs(with_rest).mean() / max(len(with_rest) - 1, 1))
    u = np.full(len(with_rest), max(float(size), 1e-6))
    for _ in range(200):
        others = u.sum() - u
        u = 0.5 * u + 0.5 * with_rest / np.where(np.abs(others) < 1e-9, 1e-9, others)
    return u


def _possible(corr: Floats) -> Floats:
    """A positive definite matrix near to this one: small eigenvalues lifted, the diagonal made 1 again."""
    values, vectors = np.linalg.eigh(corr)
    lifted = (vectors * np.maximum(values, 1e-4)) @ vectors.T
    size = np.sqrt(np.diag(lifted))
    found: Floats = lifted / np.outer(size, size)
    return found


def _within(layout: _Layout, x: Floats, rng: np.random.Generator) -> Floats:
    """Swap answers of single items until each scale's own numbers are as printed."""
    x = x.copy()
    for code, members in layout.members.items():
        aims, weights = _scale_aims(layout, code)
        if aims:
            blocks = tuple((at,) for at in range(len(members)))
            x[:, members] = solve(Puzzle(x[:, members], weights, blocks, aims), rng)[0]
    return x


def _scale_aims(layout: _Layout, code: str) -> tuple[tuple[Aim, ...], Floats]:
    """Aims within one scale; sums are its items, the total without each, and the total."""
    plan, members = layout.plan, layout.members[code]
    k = len(members)
    weights = np.hstack([np.eye(k), 1 - np.eye(k), np.ones((k, 1))])
    variances = [layout.sums[at].variance for at in members]
    aims = [
        Aim("r", members.index(layout.at[pair.a]), members.index(layout.at[pair.b]), found.low, found.high)
        for pair in plan.correlations
        if layout.linked(pair) == "scale" and layout.at[pair.a] in members and (found := printed(pair.r))
    ]
    for place, at in enumerate(members):
        aims += _item_aims(plan.items[at], place, k, sum(variances) - variances[place])
    scale = next(each for each in plan.scales if each.code == code)
    alpha = printed(scale.alpha)
    if alpha is not None and k > 1:
        aims.append(Aim("alpha", 2 * k, 2 * k, alpha.low, alpha.high, sum(variances), k))
    aims += _total_aims(layout, code)
    return tuple(aims), weights


def _total_aims(layout: _Layout, code: str) -> Iterator[Aim]:
    """The variance of a scale's total, where size, mean and deviation of its score are printed for all groups.

    Sums and sums of squares of whole answers add up over the groups: only such totals are aimed at as can be split.
    """
    plan, members = layout.plan, layout.members[code]
    k = len(members)
    sums = [layout.sums[at] for at in members]
    alpha = printed(next(scale.alpha for scale in plan.scales if scale.code == code))
    rests = [printed(plan.items[at].var_if_deleted) for at in members]
    if all(rests) or k < 2:
        return  # the item-total table has fixed it
    value = 0.7 if alpha is None else alpha.value
    total = sum(each.total for each in sums)
    variance = sum(each.variance for each in sums) / (1 - value * (k - 1) / k)
    wanted = (plan.n - 1) * variance + total * total / plan.n
    for name in plan.variables:
        found = split(plan, name, code, total)
        if found:
            nearest = min(found, key=lambda squared: abs(squared - wanted))
            variance = (nearest - total * total / plan.n) / (plan.n - 1)
            yield Aim("var", 2 * k, 2 * k, variance, variance)


def _item_aims(item: PrintedItem, place: int, k: int, others: float) -> Iterator[Aim]:
    rest = k + place
    if k > 1 and (found := printed(item.r_drop)):
        yield Aim("r", place, rest, found.low, found.high)
    if k > 1 and (found := printed(item.var_if_deleted)):
        yield Aim("var", rest, rest, found.low, found.high)
    if k > 2 and (found := printed(item.alpha_if_deleted)):
        yield Aim("alpha", rest, rest, found.low, found.high, others, k - 1)


def _between(layout: _Layout, x: Floats, said: Sequence[Sequence[str]], rng: np.random.Generator) -> Floats:
    """Swap answers to whole scales until the scales' correlations and their means in the groups are as printed."""
    correlations = tuple(_correlation_aims(layout))
    means = {code: tuple(_group_aims(layout, code, said)) for code in layout.members}
    puzzle = _scales_puzzle(layout, x, said)
    for code, aims in means.items():  # one scale after the other is easy, and leaves little to do for all together
        if aims:
            block = puzzle.blocks[list(layout.members).index(code)]
            puzzle = replace(puzzle, x=solve(replace(puzzle, blocks=(block,), aims=aims), rng)[0])
    if correlations:
        puzzle = replace(puzzle, aims=correlations, strata=_strata(layout, said))
        puzzle = replace(puzzle, x=solve(puzzle, rng)[0])
        together = (*correlations, *(aim for aims in means.values() for aim in aims))
        puzzle = replace(puzzle, x=solve(replace(puzzle, aims=together, strata=()), rng)[0])
    return puzzle.x[:, : x.shape[1]]


def _strata(layout: _Layout, said: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Persons who belong to the same groups, as far as means are printed for these: exchanging them moves no mean."""
    asked = {mean.variable for mean in layout.plan.group_means}
    rows = [row for name, row in zip(layout.plan.variables, said, strict=True) if name in asked]
    cells = list(zip(*rows, strict=True)) or [()] * layout.plan.n
    numbers = {cell: number for number, cell in enumerate(dict.fromkeys(cells))}
    return tuple(numbers[cell] for cell in cells)


def _scales_puzzle(layout: _Layout, x: Floats, said: Sequence[Sequence[str]]) -> Puzzle:
    """Items, squared scores and group flags; sums are items, totals, scores, squared scores and flags."""
    members = list(layout.members.values())
    k, scales = x.shape[1], len(members)
    scores = np.column_stack([x[:, own].mean(axis=1) for own in members])
    flags = [[float(level == each) for level in row] for row, each in _flags(layout, said)]
    columns = np.hstack([x, scores * scores, *(np.array(flag)[:, None] for flag in flags)])
    blocks = tuple((*own, k + at) for at, own in enumerate(members))
    totals = np.zeros((columns.shape[1], scales))
    for at, own in enumerate(members):
        totals[list(own), at] = 1
    sizes = np.array([len(own) for own in members])
    weights = np.hstack([np.eye(columns.shape[1]), totals, totals / sizes])
    return Puzzle(columns, weights, blocks, ())


def _flags(layout: _Layout, said: Sequence[Sequence[str]]) -> list[tuple[Sequence[str], str]]:
    """Every level of every variable for which a mean is printed, with what the persons said of it."""
    asked = {(mean.variable, mean.level) for mean in layout.plan.group_means}
    return [
        (row, level.level)
        for (name, levels), row in zip(layout.plan.variables.items(), said, strict=True)
        for level in levels
        if (name, level.level) in asked
    ]


def _correlation_aims(layout: _Layout) -> Iterator[Aim]:
    """Correlations of scales, and of items of different scales."""
    width = len(layout.at) + len(layout.members) + len({(m.variable, m.level) for m in layout.plan.group_means})
    place = {**layout.at, **{code: width + at for at, code in enumerate(layout.members)}}
    for pair in layout.plan.correlations:
        found = printed(pair.r)
        if layout.linked(pair) != "scale" and found is not None:
            yield Aim("r", place[pair.a], place[pair.b], found.low, found.high)


def _group_aims(layout: _Layout, code: str, said: Sequence[Sequence[str]]) -> Iterator[Aim]:
    """Mean and standard deviation of a scale's score in every group for which they are printed."""
    k, scales, at = len(layout.at), len(layout.members), list(layout.members).index(code)
    names = list(layout.plan.variables)
    flags = [(id(row), level) for row, level in _flags(layout, said)]
    score = k + scales + len(flags) + scales + at
    for each in layout.plan.group_means:
        row = said[names.index(each.variable)] if each.variable in names else ()
        size = list(row).count(each.level)
        if each.scale != code or not size:
            continue
        flag = k + scales + flags.index((id(row), each.level))
        if mean := printed(each.mean):
            yield Aim("mean", score, flag, mean.low, mean.high, size)
        if (sd := printed(each.sd)) and size > 1:
            yield Aim("sd", score, flag, sd.low, sd.high, size, squared=k + at)


def _said(plan: Blueprint, rng: np.random.Generator) -> tuple[tuple[str, ...], ...]:
    """Levels of every variable, handed out by chance in the printed numbers."""
    said = []
    for levels in plan.variables.values():
        labels = [level.level for level in levels for _ in range(level.n)]
        labels += [""] * (plan.n - len(labels))
        said.append(tuple(labels[int(at)] for at in rng.permutation(plan.n)))
    return tuple(said)


def _matched(layout: _Layout, x: Floats, said: Sequence[Sequence[str]]) -> Iterator[Match]:
    """Every printed number against the answers, computed from them anew."""
    for where, what, text, reached in _reached(layout, x, said):
        claim = printed(text)
        if claim is not None:
            edge = 1e-9 * max(1.0, abs(claim.value))
            within = claim.low - edge <= reached <= claim.high + edge
            yield Match(where, what, text, reached, claim.low, claim.high, bool(within))


def _reached(layout: _Layout, x: Floats, said: Sequence[Sequence[str]]) -> Iterator[tuple[str, str, str, float]]:
    plan = layout.plan
    for at, item in enumerate(plan.items):
        own, members = x[:, at], layout.members[item.scale]
        yield item.code, "mean", item.mean, float(own.mean())
        yield item.code, "sd", item.sd, float(own.std(ddof=1))
        if len(members) < 2:
            continue
        others = x[:, [each for each in members if each != at]]
        rest = others.sum(axis=1)
        yield item.code, "mean_if_deleted", item.mean_if_deleted, float(rest.mean())
        yield item.code, "var_if_deleted", item.var_if_deleted, float(rest.var(ddof=1))
        yield item.code, "r_drop", item.r_drop, _r(own, rest)
        if len(members) > 2:
            yield item.code, "alpha_if_deleted", item.alpha_if_deleted, _alpha(others)
    for scale in plan.scales:
        if len(layout.members[scale.code]) > 1:
            yield scale.code, "alpha", scale.alpha, _alpha(x[:, layout.members[scale.code]])
    for pair in plan.correlations:
        yield f"{pair.a} / {pair.b}", "r", pair.r, _r(x @ layout.sum_of(pair.a), x @ layout.sum_of(pair.b))
    for name, levels in zip(plan.variables, said, strict=True):
        for group in plan.variables[name]:
            yield f"{name} / {group.level}", "n", str(group.n), float(list(levels).count(group.level))
    for each in plan.group_means:
        chosen = np.array(said[list(plan.variables).index(each.variable)]) == each.level
        score = x[chosen][:, layout.members[each.scale]].mean(axis=1)
        where = f"{each.scale}: {each.variable} / {each.level}"
        yield where, "group_mean", each.mean, float(score.mean()) if len(score) else float("nan")
        yield where, "group_sd", each.sd, float(score.std(ddof=1)) if len(score) > 1 else float("nan")


def _r(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float((a @ a) * (b @ b))
    return float(a @ b) / sqrt(size) if size > 0 else float("nan")


def _alpha(items: Floats) -> float:
    k, total = items.shape[1], float(items.sum(axis=1).var(ddof=1))
    return k / (k - 1) * (1 - float(items.var(axis=0, ddof=1).sum()) / total) if total > 0 else float("nan")


def _free(plan: Blueprint) -> tuple[str, ...]:
    """What the tables leave open, and chance or a neutral choice decided."""
    scale_pairs = {frozenset((pair.a, pair.b)) for pair in plan.correlations}
    codes = [scale.code for scale in plan.scales]
    asked = {
        "mean": any(not item.mean and not item.mean_if_deleted for item in plan.items),
        "sd": any(not item.sd and not item.var_if_deleted for item in plan.items),
        "within_scales": any(not scale.alpha for scale in plan.scales),
        "between_scales": any(frozenset((a, b)) not in scale_pairs for a in codes for b in codes if a < b),
        "items": True,  # correlations of single items beyond what is matched
        "groups": bool(plan.variables),  # how variables hang together, and with scales whose means are not printed
        "shape": True,  # how many chose each level, beyond mean and deviation
        "rows": True,  # who answered what: order, missing answers, careless answers
    }
    return tuple(name for name, is_free in asked.items() if is_free)
