"""Comparing several groups: analysis of variance, Welch's, equal spread, ranks."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from ..errors import ModelError, Place, problem
from .comparison import Comparison, EffectRow, VarianceRow
from .distributions import chi2_upper
from .effects import estimate, explained_variance, omega_squared
from .groups import Cells, Groups, cells_of, comparable, constant, group_cautions, group_rows, groups
from .rows import Array, check_level, literal
from .tails import f_upper

Center: TypeAlias = Literal["mean", "median"]
Table: TypeAlias = tuple[VarianceRow, VarianceRow, VarianceRow]

_LEVEL = 0.95  # of the groups' means beside Levene's test
_ROUNDING = 1e-24  # squared distances this small beside the whole are rounding


def anova(formula: str, x: object, *, level: float = 0.95) -> Comparison:
    """Ask whether the groups' means differ at all (one-way analysis of variance).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows or Groups
        Answers, or n, mean and standard deviation of each group.
    level : float
        Confidence level of the intervals (for eta^2 often .90, so that it agrees with the test at .05).

    Returns
    -------
    Comparison
        `variance` is the table of sums of squares; `effect` is eta^2.

    Raises
    ------
    ModelError
        ``groups.…``: one group, a constant outcome, groups that all answered alike within.

    Notes
    -----
    F = (SS_between / (k - 1)) / (SS_within / (n - k)). omega^2 may be negative where F < 1.

    References
    ----------
    Cohen, J. (1988). Statistical power analysis, pp. 280-287. R: ``anova(lm(y ~ g))``.

    Examples
    --------
    >>> answers = {"y": [1, 2, 3, 3, 4, 5], "g": ["a", "a", "b", "b", "c", "c"]}
    >>> anova("y ~ g", answers).statistic
    13.5
    """
    check_level(level)
    found = comparable(groups(formula, x))
    table = _anova(found.cells())
    test = _test(table)
    return _f_comparison("anova", found, test, explained_variance(*test, level), table, level)


def welch_anova(formula: str, x: object, *, level: float = 0.95) -> Comparison:
    """Compare the groups' means without assuming equal variances (Welch's F).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows or Groups
        Answers, or n, mean and standard deviation of each group.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Comparison
        `df2` is Welch's; `effect` is omega^2 from Welch's F.

    Raises
    ------
    ModelError
        ``groups.constant_group`` when a group's members all answered alike; ``groups.…`` as in `anova`.

    Notes
    -----
    Weights are n / s^2 of each group. omega^2 = df1 (F - 1) / (df1 (F - 1) + n); its interval takes F as noncentral
    with Welch's degrees of freedom, an approximation.

    References
    ----------
    Welch, B. L. (1951). Biometrika, 38, 330-336. R: ``oneway.test(y ~ g)``.

    Examples
    --------
    >>> printed = Groups.from_printed(["A", "B"], n=[10, 12], mean=[3.1, 3.6], sd=[0.5, 0.6])
    >>> f"{welch_anova('outcome ~ group', printed).statistic:.3f}"
    '4.545'
    """
    check_level(level)
    found = comparable(groups(formula, x))
    flat = constant(found)
    if flat:
        raise ModelError(problem("groups.constant_group", Place(column=found.outcome), groups=flat))
    f, df1, df2 = _welch(found.cells())
    effect = omega_squared(f, df1, df2, found.total, level)
    return _f_comparison("anova.welch", found, (f, df1, df2), (effect,), (), level)


def brown_forsythe(formula: str, x: object, *, level: float = 0.95) -> Comparison:
    """Compare the groups' means without assuming equal variances (Brown and Forsythe's F*).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows or Groups
        Answers, or n, mean and standard deviation of each group.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Comparison
        `df2` is Satterthwaite's; `effect` is omega^2 from F*.

    Raises
    ------
    ModelError
        ``groups.…`` as in `anova`.

    Notes
    -----
    F* = sum n_i (m_i - m)^2 / sum (1 - n_i / n) s_i^2; 1 / df2 = sum c_i^2 / (n_i - 1) with c_i the share of group i in
    the denominator. A group whose members all answered alike is allowed, unlike in Welch's test. SPSS prints both.

    References
    ----------
    Brown, M. B., & Forsythe, A. B. (1974). The small sample behavior of some statistics which test the equality of
    several means. Technometrics, 16, 129-132. R: ``onewaytests::bf.test``.

    Examples
    --------
    >>> printed = Groups.from_printed(["A", "B"], n=[10, 12], mean=[3.1, 3.6], sd=[0.5, 0.6])
    >>> f"{brown_forsythe('outcome ~ group', printed).statistic:.3f}"
    '4.545'
    """
    check_level(level)
    found = comparable(groups(formula, x))
    f, df1, df2 = _brown_forsythe(found.cells())
    effect = omega_squared(f, df1, df2, found.total, level)
    return _f_comparison("anova.brown_forsythe", found, (f, df1, df2), (effect,), (), level)


def levene(formula: str, x: object, *, center: Center = "mean") -> Comparison:
    """Ask whether the groups have equal variances (Levene's test; Brown and Forsythe's with the median).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows
        Answers; a printed table does not suffice.
    center : {"mean", "median"}
        What distances are taken from: SPSS takes the mean, R's car the median.

    Returns
    -------
    Comparison
        F of the distances; it carries no effect size.

    Raises
    ------
    ModelError
        ``groups.needs_rows``; ``compare.constant_distance`` where all distances within groups are alike.

    Notes
    -----
    One-way analysis of variance of the distances from each group's centre.

    References
    ----------
    Levene, H. (1960). Brown, M. B., & Forsythe, A. B. (1974). Journal of the American Statistical Association, 69,
    364-367. R: ``car::leveneTest(y ~ g, center = mean)``.

    Examples
    --------
    >>> answers = {"y": [1, 2, 3, 1, 4, 9], "g": ["a", "a", "a", "b", "b", "b"]}
    >>> f"{levene('y ~ g', answers).statistic:.3f}"
    '3.571'
    """
    literal("center", center, ("mean", "median"))
    found = comparable(groups(formula, x))
    y, codes = found.values("levene")
    at = np.array(found.mean) if center == "mean" else np.array([np.median(y[codes == g]) for g in np.unique(codes)])
    distance = np.abs(y - at[codes])
    table = _anova(cells_of(distance, codes, len(found.labels)))
    if not table[1].ss > _ROUNDING * float(distance @ distance):
        raise ModelError(problem("compare.constant_distance", Place(column=found.outcome), outcome=found.outcome))
    return _f_comparison(f"levene.{center}", found, _test(table), (), table, _LEVEL)


def kruskal(formula: str, x: object, *, level: float = 0.95) -> Comparison:
    """Compare the groups by ranks (Kruskal and Wallis).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows
        Answers; a printed table does not suffice.
    level : float
        Confidence level of the groups' means.

    Returns
    -------
    Comparison
        `statistic` is H, corrected for ties; `effect` is epsilon^2 = H / (n - 1), without interval.

    Raises
    ------
    ModelError
        ``groups.needs_rows`` and ``groups.…`` as in `anova`.

    Notes
    -----
    p is that of chi-square with k - 1 degrees of freedom, an approximation for small groups.

    References
    ----------
    Kruskal, W. H., & Wallis, W. A. (1952). Journal of the American Statistical Association, 47, 583-621.
    R: ``kruskal.test(y ~ g)``.

    Examples
    --------
    >>> answers = {"y": [1, 2, 3, 4, 5, 6], "g": ["a", "a", "a", "b", "b", "b"]}
    >>> f"{kruskal('y ~ g', answers).statistic:.3f}"
    '3.857'
    """
    check_level(level)
    found = groups(formula, x)
    y, codes = found.values("kruskal")
    if len(found.labels) < 2 or np.ptp(y) == 0:
        comparable(found)
    ranks, ties = ranked(y)
    n = len(y)
    means = np.array([ranks[codes == g].mean() for g in range(len(found.labels))])
    h = 12 / (n * (n + 1)) * float(np.array(found.n) @ (means - (n + 1) / 2) ** 2) / (1 - ties / (n**3 - n))
    df = len(found.labels) - 1
    effect = EffectRow("epsilon_squared", h / (n - 1), None, None, None)
    return Comparison(
        method="kruskal",
        outcome=found.outcome,
        factor=found.factor,
        statistic=h,
        df1=df,
        df2=None,
        p=chi2_upper(h, df),
        n=n,
        missing=found.missing,
        dropped=found.dropped,
        level=level,
        effect=estimate(effect),
        effect_rows=(effect,),
        group_rows=group_rows(found, level, means),
        cautions=group_cautions(found),
    )


def _f_comparison(
    method: str,
    found: Groups,
    test: tuple[float, float, float],
    effects: tuple[EffectRow, ...],
    variance: tuple[VarianceRow, ...],
    level: float,
) -> Comparison:
    f, df1, df2 = test
    return Comparison(
        method=method,
        outcome=found.outcome,
        factor=found.factor,
        statistic=f,
        df1=df1,
        df2=df2,
        p=f_upper(f, df1, df2),
        n=found.total,
        missing=found.missing,
        dropped=found.dropped,
        level=level,
        effect=estimate(effects[0]) if effects else None,
        effect_rows=effects,
        group_rows=group_rows(found, level),
        variance_rows=variance,
        cautions=group_cautions(found),
    )


def _anova(cells: Cells) -> Table:
    """Between, within and total."""
    n, k = float(cells.n.sum()), len(cells.n)
    grand = float(cells.n @ cells.mean) / n
    between, within = float(cells.n @ (cells.mean - grand) ** 2), float(cells.ss.sum())
    ms_between, ms_within = between / (k - 1), within / (n - k)
    f = ms_between / ms_within if ms_within else None
    return (
        VarianceRow("between", between, k - 1, ms_between, f, None if f is None else f_upper(f, k - 1, n - k)),
        VarianceRow("within", within, n - k, ms_within, None, None),
        VarianceRow("total", between + within, n - 1, None, None, None),
    )


def _test(table: Table) -> tuple[float, float, float]:
    """F and its degrees of freedom."""
    between, within, _ = table
    return between.ss / between.df / (within.ss / within.df), between.df, within.df


def _brown_forsythe(cells: Cells) -> tuple[float, float, float]:
    """Brown and Forsythe's F* and its degrees of freedom."""
    n, k = float(cells.n.sum()), len(cells.n)
    grand = float(cells.n @ cells.mean) / n
    parts = (1 - cells.n / n) * cells.var
    f = float(cells.n @ (cells.mean - grand) ** 2 / parts.sum())
    return f, float(k - 1), float(parts.sum() ** 2 / (parts**2 / (cells.n - 1)).sum())


def _welch(cells: Cells) -> tuple[float, float, float]:
    """Welch's F and its degrees of freedom."""
    k, weight = len(cells.n), cells.n / cells.var
    total = weight.sum()
    grand = weight @ cells.mean / total
    spread = float(((1 - weight / total) ** 2 / (cells.n - 1)).sum()) / (k**2 - 1)
    f = float(weight @ (cells.mean - grand) ** 2) / (k - 1) / (1 + 2 * (k - 2) * spread)
    return f, float(k - 1), 1 / (3 * spread)


def ranked(y: Array) -> tuple[Array, float]:
    """Average ranks, and the sum of t^3 - t over the ties."""
    _, place, counts = np.unique(y, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks = last - (counts - 1) / 2
    return np.asarray(ranks[place]), float((counts.astype(np.float64) ** 3 - counts).sum())
