"""Comparing two groups, two measurements, or a mean and a value: t tests."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from typing import Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..rules import cutoff
from .comparison import Comparison, GroupRow
from .effects import estimate, standardized_difference
from .estimate import Estimate
from .groups import Groups, comparable, group_cautions, group_row, group_rows, groups
from .moments import Moments, moments, moments_cautions
from .rows import check_level, is_rows, literal, rows
from .tails import t_quantile, t_two_sided

Variances: TypeAlias = Literal["pooled", "welch"]


def ttest(formula: str, x: object, *, variances: Variances = "pooled", level: float = 0.95) -> Comparison:
    """Ask whether two groups differ in their mean (Student's or Welch's t test).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows or Groups
        Answers, or n, mean and standard deviation of each group.
    variances : {"pooled", "welch"}
        One common variance, or one for each group.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Comparison
        `difference` is the first group's mean minus the second's; `effect` is Hedges' g.

    Raises
    ------
    ModelError
        ``groups.…``: other than two groups, an outcome that does not vary within them.

    Notes
    -----
    t = (m1 - m2) / se; pooled: se^2 = s^2 (1/n1 + 1/n2) with n - 2 degrees of freedom; Welch:
    se^2 = s1^2/n1 + s2^2/n2 with Satterthwaite's. Cohen's d divides by the pooled standard deviation (Welch: by the
    root of the mean variance); its interval is that of the noncentral t.

    References
    ----------
    Welch, B. L. (1947). Biometrika, 34, 28-35. R: ``t.test(y ~ g, var.equal = TRUE)``, ``effectsize::hedges_g``.

    Examples
    --------
    >>> printed = Groups.from_printed(["A", "B"], n=[10, 12], mean=[3.1, 3.6], sd=[0.5, 0.6])
    >>> result = ttest("outcome ~ group", printed)
    >>> f"t({result.df1:.0f}) = {result.statistic:.2f}, p = {result.p:.3f}"
    't(20) = -2.10, p = 0.049'
    """
    literal("variances", variances, ("pooled", "welch"))
    check_level(level)
    found = comparable(groups(formula, x))
    if len(found.labels) != 2:
        raise ModelError(
            problem("groups.not_two", Place(column=found.factor), factor=found.factor, groups=found.labels)
        )
    cells = found.cells()
    (n1, n2), (v1, v2) = cells.n.tolist(), cells.var.tolist()
    if variances == "pooled":
        df, spread = n1 + n2 - 2, sqrt(float(cells.ss.sum()) / (n1 + n2 - 2))
        se = spread * sqrt(1 / n1 + 1 / n2)
    else:
        se, spread = sqrt(v1 / n1 + v2 / n2), sqrt((v1 + v2) / 2)
        df = se**4 / ((v1 / n1) ** 2 / (n1 - 1) + (v2 / n2) ** 2 / (n2 - 1))
    gap = float(cells.mean[0] - cells.mean[1])
    return _t_comparison(f"t.{variances}", found, (gap, se, df, spread), level)


def ttest_paired(x: object, a: str, b: str, *, level: float = 0.95) -> Comparison:
    """Ask whether two measurements of the same persons differ in their mean.

    Parameters
    ----------
    x : rows or Moments
        Both measurements in each row.
    a, b : str
        The columns; the difference is `a` minus `b`.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Comparison
        `n` counts the rows with both; `effect` is Hedges' g of the differences.

    Raises
    ------
    ModelError
        ``compare.constant_difference`` when everyone changed by the same; ``compare.too_few_rows``.

    Notes
    -----
    t = mean of the differences over its standard error, n - 1 degrees of freedom.

    References
    ----------
    R: ``t.test(x$a, x$b, paired = TRUE)``.

    Examples
    --------
    >>> ttest_paired({"before": [1, 2, 3, 4], "after": [2, 2, 5, 5]}, "after", "before").difference.value
    1.0
    """
    check_level(level)
    if is_rows(x):
        taken = rows(x, (a, b))
        values = taken.numeric()
        m = moments(taken)
        whole = values[~np.isnan(values).any(axis=1)]
        gap = moments({"gap": whole[:, 0] - whole[:, 1]})
        mean, var = float(gap.mean[0]), float(gap.cov[0, 0])
    else:
        m = moments(x, (a, b))
        mean, var = float(m.mean[0] - m.mean[1]), float(m.cov[0, 0] + m.cov[1, 1] - 2 * m.cov[0, 1])
        var = 0.0 if var <= 1e-14 * (m.cov[0, 0] + m.cov[1, 1]) else var
    if var == 0:
        raise ModelError(problem("compare.constant_difference", Place(column=a), a=a, b=b))
    return _t_one("t.paired", m, f"{a} - {b}", (mean, var), level)


def ttest_one(x: object, name: str, mu: float, *, level: float = 0.95) -> Comparison:
    """Ask whether a mean differs from a given value.

    Parameters
    ----------
    x : rows or Moments
        Answers.
    name : str
        The column.
    mu : float
        The value to compare with, for instance the middle of the scale.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Comparison
        `difference` is the mean minus `mu`.

    Raises
    ------
    ModelError
        ``groups.constant_outcome`` when everyone answered the same.

    Notes
    -----
    t = (mean - mu) / (sd / sqrt(n)), n - 1 degrees of freedom.

    References
    ----------
    R: ``t.test(x$a, mu = mu)``.

    Examples
    --------
    >>> ttest_one({"q1": [2, 3, 4, 5]}, "q1", 3).statistic
    0.7745966692414834
    """
    check_level(level)
    m = moments(x, (name,))
    if m.cov[0, 0] == 0:
        raise ModelError(problem("groups.constant_outcome", Place(column=name), outcome=name, factor=None))
    gap = float(m.mean[0]) - mu
    return _t_one("t.one_sample", m, name, (gap, float(m.cov[0, 0])), level)


def _t_comparison(method: str, found: Groups, test: tuple[float, float, float, float], level: float) -> Comparison:
    gap, se, df, spread = test
    t = gap / se
    half = t_quantile((1 + level) / 2, df) * se
    effects = standardized_difference(t, df, se / spread, level)
    return Comparison(
        method=method,
        outcome=found.outcome,
        factor=found.factor,
        statistic=t,
        df1=df,
        df2=None,
        p=t_two_sided(t, df),
        n=found.total,
        missing=found.missing,
        dropped=found.dropped,
        level=level,
        effect=estimate(effects[0]),
        difference=Estimate(gap, se, gap - half, gap + half, level, method),
        effect_rows=effects,
        group_rows=group_rows(found, level),
        cautions=group_cautions(found),
    )


def _t_one(method: str, m: Moments, outcome: str, test: tuple[float, float], level: float) -> Comparison:
    """A t test of one mean against zero, from the mean and variance of what is tested."""
    gap, var = test
    se, df = sqrt(var / m.n), m.n - 1
    half = t_quantile((1 + level) / 2, df) * se
    effects = standardized_difference(gap / se, df, 1 / sqrt(m.n), level)
    return Comparison(
        method=method,
        outcome=outcome,
        factor=None,
        statistic=gap / se,
        df1=df,
        df2=None,
        p=t_two_sided(gap / se, df),
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        level=level,
        effect=estimate(effects[0]),
        difference=Estimate(gap, se, gap - half, gap + half, level, method),
        effect_rows=effects,
        group_rows=tuple(_moment_rows(m, level)),
        cautions=tuple(_moment_cautions(m)),
    )


def _moment_rows(m: Moments, level: float) -> Iterator[GroupRow]:
    for name, mean, sd in zip(m.names, m.mean, m.sd, strict=True):
        yield group_row(name, m.n, float(mean), float(sd), level)


def _moment_cautions(m: Moments) -> Iterator[Caution]:
    if m.dropped and m.missing == "listwise":
        yield caution("rows.excluded", "note", dropped=m.dropped, n=m.n, total=m.n + m.dropped)
    if m.n < cutoff("sample.small_n"):
        yield caution("sample.small_n", n=m.n, least=cutoff("sample.small_n"))
    yield from moments_cautions(m)
