"""Comparing groups by ranks: Mann and Whitney's test of two groups, Dunn's of all pairs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import sqrt
from typing import Literal, TypeAlias

import numpy as np
from scipy import optimize

from ..errors import ModelError, Place, problem
from .anova import ranked
from .comparison import Comparison, EffectRow
from .effects import estimate
from .groups import Groups, comparable, group_cautions, group_rows, groups
from .multiplicity import ADJUSTMENTS, Adjustment, adjust
from .posthoc import Posthoc, PosthocRow
from .rows import Array, check_level, literal
from .tails import normal_quantile, normal_two_sided

RankTest: TypeAlias = Literal["auto", "exact", "normal"]

_EXACT = 50  # groups below this many have their exact distribution, as in R's wilcox.test


def mann_whitney(formula: str, x: object, *, method: RankTest = "auto", level: float = 0.95) -> Comparison:
    """Ask whether members of one group tend to have larger values than those of the other (Mann and Whitney).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows
        Answers; a printed table does not suffice.
    method : {"auto", "exact", "normal"}
        The exact distribution of the ranks (ties included), or the normal one with the variance for ties and
        continuity; "auto" is exact where both groups have fewer than 50 members.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Comparison
        `statistic` is U of the first group, `df1` is empty (zero); `effect` is the probability of superiority, beside
        it Cliff's delta and r = z / sqrt(n).

    Raises
    ------
    ModelError
        ``groups.…``: other than two groups, a constant outcome, a printed table.

    Notes
    -----
    U = R1 - n1 (n1 + 1) / 2 with R1 the first group's sum of average ranks. P(X > Y) + P(X = Y) / 2 = U / (n1 n2);
    Cliff's delta is twice that minus one. The exact p is the share of all ways to deal the ranks that lie as far from
    the middle as the observed sum. The interval is Newcombe's fifth; with many ties it is wider than need be.

    References
    ----------
    Mann, H. B., & Whitney, D. R. (1947). Annals of Mathematical Statistics, 18, 50-60. Streitberg, B., & Röhmel, J.
    (1986). Statistical Software Newsletter, 12, 10-17. Newcombe, R. G. (2006). Statistics in Medicine, 25, 559-573.
    R: ``wilcox.test(y ~ g)``.

    Examples
    --------
    >>> found = mann_whitney("y ~ g", {"y": [1, 2, 3, 4, 5, 7], "g": ["a", "a", "b", "a", "b", "b"]})
    >>> f"U = {found.statistic:.0f}, p = {found.p:.1f}, {found.effect.value:.3f}"
    'U = 1, p = 0.2, 0.111'
    """
    literal("method", method, ("auto", "exact", "normal"))
    check_level(level)
    found = groups(formula, x)
    y, codes = found.values("mann_whitney")
    if len(found.labels) != 2:
        comparable(found)
        raise ModelError(
            problem("groups.not_two", Place(column=found.factor), factor=found.factor, groups=found.labels)
        )
    if np.ptp(y) == 0:
        comparable(found)
    ranks, ties = ranked(y)
    n1, n2 = found.n
    rank_sum = float(ranks[codes == 0].sum())
    u = rank_sum - n1 * (n1 + 1) / 2
    z = _z(u, n1, n2, ties)
    exact = method == "exact" or (method == "auto" and max(found.n) < _EXACT)
    effects = _effects(u, z, (n1, n2), level)
    means = np.array([ranks[codes == code].mean() for code in (0, 1)])
    return Comparison(
        method="mann_whitney.exact" if exact else "mann_whitney.normal",
        outcome=found.outcome,
        factor=found.factor,
        statistic=u,
        df1=0,
        df2=None,
        p=_exact(ranks, n1, rank_sum) if exact else normal_two_sided(_continuous(u, n1, n2, ties)),
        n=found.total,
        missing=found.missing,
        dropped=found.dropped,
        level=level,
        effect=estimate(effects[0]),
        effect_rows=effects,
        group_rows=group_rows(found, level, means),
        cautions=group_cautions(found),
    )


def dunn(formula: str, x: object, *, adjustment: Adjustment = "holm", level: float = 0.95) -> Posthoc:
    """Compare every pair of groups by ranks (Dunn), as follows Kruskal and Wallis's test.

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows
        Answers; a printed table does not suffice.
    adjustment : {"holm", "bh", "bonferroni", "none"}
        How p is adjusted for the number of pairs.
    level : float
        Confidence level that the result carries; ranks have no intervals here.

    Returns
    -------
    Posthoc
        `difference` is the difference of the mean ranks, `statistic` is z; `df`, `low`, `high` are empty.

    Raises
    ------
    ModelError
        ``groups.…`` as in `kruskal`.

    Notes
    -----
    z = (mean rank i - mean rank j) / sqrt((n (n + 1) / 12 - sum(t^3 - t) / (12 (n - 1))) (1 / n_i + 1 / n_j)), with the
    ranks of all groups together.

    References
    ----------
    Dunn, O. J. (1964). Multiple comparisons using rank sums. Technometrics, 6, 241-252. R: ``dunn.test::dunn.test``
    (which halves p), ``rstatix::dunn_test``.

    Examples
    --------
    >>> data = {"y": [1, 2, 3, 4, 5, 6, 7, 8, 9], "g": list("aaabbbccc")}
    >>> [f"{row.a}-{row.b} {row.p:.3f}" for row in dunn("y ~ g", data).pair_rows]
    ['a-b 0.359', 'a-c 0.022', 'b-c 0.359']
    """
    literal("adjustment", adjustment, ADJUSTMENTS)
    check_level(level)
    found = groups(formula, x)
    y, _ = found.values("dunn")
    if len(found.labels) < 2 or np.ptp(y) == 0:
        comparable(found)
    pairs = list(_pairs(found))
    adjusted = adjust([row.p_unadjusted for row in pairs], adjustment)
    return Posthoc(
        method=f"dunn.{adjustment}",
        outcome=found.outcome,
        factor=found.factor,
        pair_rows=tuple(
            PosthocRow(row.a, row.b, row.difference, row.se, row.statistic, None, None, None, p, row.p_unadjusted)
            for row, p in zip(pairs, adjusted, strict=True)
        ),
        n=found.total,
        missing=found.missing,
        dropped=found.dropped,
        level=level,
        cautions=group_cautions(found),
    )


def _pairs(found: Groups) -> Iterator[PosthocRow]:
    """Pairs of groups with unadjusted p."""
    y, codes = found.values("dunn")
    ranks, ties = ranked(y)
    n = len(y)
    spread = n * (n + 1) / 12 - ties / (12 * (n - 1))
    means = [float(ranks[codes == code].mean()) for code in range(len(found.labels))]
    for i, j in combinations(range(len(found.labels)), 2):
        gap, se = means[i] - means[j], sqrt(spread * (1 / found.n[i] + 1 / found.n[j]))
        p = normal_two_sided(gap / se)
        yield PosthocRow(found.labels[i], found.labels[j], gap, se, gap / se, None, None, None, p, p)


def _spread(n1: int, n2: int, ties: float) -> float:
    """Standard error of U without difference, ties allowed for."""
    n = n1 + n2
    return sqrt(n1 * n2 / 12 * (n + 1 - ties / (n * (n - 1))))


def _z(u: float, n1: int, n2: int, ties: float) -> float:
    return (u - n1 * n2 / 2) / _spread(n1, n2, ties)


def _continuous(u: float, n1: int, n2: int, ties: float) -> float:
    """z with the distance from the middle cut by one half."""
    return max(abs(u - n1 * n2 / 2) - 0.5, 0.0) / _spread(n1, n2, ties)


def _exact(ranks: Array, n1: int, rank_sum: float) -> float:
    """Share of the ways to deal `n1` of the ranks whose sum lies as far from the middle as `rank_sum`.

    The shift algorithm counts them: ways[k, s] to choose k ranks with sum s, halved at each step against overflow.
    """
    doubled = np.rint(2 * ranks).astype(np.intp)  # average ranks are halves
    n = len(doubled)
    ways = np.zeros((n1 + 1, int(np.sort(doubled)[-n1:].sum()) + 1))
    ways[0, 0] = 1.0
    for step, rank in enumerate(np.sort(doubled)):
        most = min(step + 1, n1)
        shifted = np.zeros((most, ways.shape[1]))
        shifted[:, rank:] = ways[:most, : ways.shape[1] - rank]
        ways[1 : most + 1] += shifted
        ways /= 2  # a common factor: only the share counts
    sums = np.arange(ways.shape[1])
    far = np.abs(sums - n1 * (n + 1)) >= abs(round(2 * rank_sum) - n1 * (n + 1))
    return min(float(ways[n1][far].sum() / ways[n1].sum()), 1.0)


def _effects(u: float, z: float, n: tuple[int, int], level: float) -> tuple[EffectRow, ...]:
    """Probability of superiority, Cliff's delta, and r = z / sqrt(n) (without interval)."""
    theta = u / (n[0] * n[1])
    low, high = superiority_interval(theta, n[0], n[1], level)
    return (
        EffectRow("superiority", theta, low, high, level),
        EffectRow("cliff_delta", 2 * theta - 1, 2 * low - 1, 2 * high - 1, level),
        EffectRow("r_rank", z / sqrt(n[0] + n[1]), None, None, None),
    )


def superiority_interval(theta: float, n1: int, n2: int, level: float) -> tuple[float, float]:
    """Newcombe's fifth interval: values t with (theta - t)^2 <= z^2 V(t).

    V(t) = t (1 - t) (1 + (N - 1) ((1 - t) / (2 - t) + t / (1 + t))) / (n1 n2) with N = (n1 + n2) / 2.
    """
    z = normal_quantile((1 + level) / 2)
    mean_n = (n1 + n2) / 2

    def excess(t: float) -> float:
        v = t * (1 - t) * (1 + (mean_n - 1) * ((1 - t) / (2 - t) + t / (1 + t))) / (n1 * n2)
        return (theta - t) ** 2 - z**2 * v

    def edge(end: float) -> float:
        if theta == end:
            return end
        near = theta + (end - theta) * 1e-12  # where all pairs point one way, theta itself is a root too
        return float(optimize.brentq(excess, end + (1e-14 if end == 0 else -1e-14), near, xtol=1e-14))

    return edge(0.0), edge(1.0)
