"""Power before the data, sensitivity after them: what a study of this size can find.

Power is planned from an effect that matters. "Observed power", computed from the effect that was found, only says p
again and is not offered; for a study at hand `sensitivity` says the smallest effect that it finds in 80 % of cases.

References
----------
Cohen, J. (1988). Statistical power analysis for the behavioral sciences. MacCallum, R. C., Browne, M. W., & Sugawara,
H. M. (1996). Psychological Methods, 1, 130-149. Hoenig, J. M., & Heisey, D. M. (2001). The abuse of power. American
Statistician, 55, 19-24.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Literal, TypeAlias

import numpy as np
from scipy import optimize, special

from ..errors import ModelError, problem
from ..rules import cutoff
from .comparison import Comparison
from .distributions import noncentral_t
from .regression import Regression
from .resample import SEED
from .result import Result
from .rows import literal
from .tails import f_quantile, t_quantile

Design: TypeAlias = Literal["two_sample", "one_sample", "paired"]
Solved: TypeAlias = Literal["power", "n", "effect"]

_MOST_N = 10_000_000
_NODES = 60


@dataclass(frozen=True)
class Power(Result):
    """Sample size, effect and power that belong together; `solved` names the one that was asked for.

    `n` counts all respondents; where it was asked for it is `exact` rounded up to whole groups, and `power` is that of
    the rounded n. `effect_name` is ``d``, ``f``, ``f2``, ``r``, ``w`` or ``rmsea``. `power_se` is the Monte-Carlo error
    of a simulated power.
    """

    method: str
    solved: Solved
    n: int
    effect_name: str
    effect: float
    power: float
    alpha: float
    df1: float
    df2: float | None
    exact: float | None = None
    power_se: float | None = None
    seed: int | None = None


@dataclass(frozen=True)
class Sensitivity(Result):
    """The smallest effect that a study at hand finds with `power`: no statement about the effect that it found.

    `difference` is the same in points of the outcome, for two groups; `r2` the share of variance, for F tests.
    """

    method: str
    outcome: str
    factor: str | None
    n: int
    effect_name: str
    effect: float
    difference: float | None
    r2: float | None
    power: float
    alpha: float


def power_ttest(
    *,
    n: float | tuple[int, int] | None = None,
    d: float | None = None,
    power: float | None = None,
    design: Design = "two_sample",
    alpha: float | None = None,
) -> Power:
    """Power, sample size or smallest effect of a two-sided t test; give two of the three.

    Parameters
    ----------
    n : float or (int, int), optional
        Members of each group (a pair for unequal ones); persons, for one sample or paired measurements.
    d : float, optional
        Difference in standard deviations (paired: of the differences).
    power : float, optional
        Chance to find it.
    design : {"two_sample", "one_sample", "paired"}
        What is compared.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Power
        `n` counts the persons of both groups.

    Raises
    ------
    ModelError
        ``power.…``: not exactly two given, an impossible value, no sample size that suffices.

    Notes
    -----
    T is noncentral with d sqrt(n1 n2 / (n1 + n2)) (one sample: d sqrt(n)); both tails count.

    References
    ----------
    R: ``power.t.test(n, delta, sd = 1, power, type, strict = TRUE)``.

    Examples
    --------
    >>> power_ttest(d=0.5, power=0.8).n
    128
    """
    literal("design", design, ("two_sample", "one_sample", "paired"))
    alpha = _alpha(alpha)
    _two_given(n=n, d=d, power=power)
    pair = n if isinstance(n, tuple) else None
    groups = 2 if design == "two_sample" else 1

    def of(size: float, effect: float) -> float:
        n1, n2 = pair if pair is not None else (size, size)
        df = n1 + n2 - 2 if groups == 2 else size - 1
        return t_power(abs(effect) * sqrt(n1 * n2 / (n1 + n2) if groups == 2 else size), df, alpha)

    size = None if n is None else (sum(n) / 2 if isinstance(n, tuple) else float(n))
    size, d, power, exact, solved = _solve(of, size, d, power, 2.0, (0.0, 50.0))
    total = round(groups * size)
    return Power(f"power.t.{design}", solved, total, "d", d, power, alpha, total - groups, None, exact)


def power_anova(
    groups: int,
    *,
    n: float | None = None,
    f: float | None = None,
    power: float | None = None,
    alpha: float | None = None,
) -> Power:
    """Power, sample size or smallest effect of a one-way analysis of variance; give two of the three.

    Parameters
    ----------
    groups : int
        How many groups.
    n : float, optional
        Members of each.
    f : float, optional
        Cohen's f: standard deviation of the groups' means over that within them; f^2 = eta^2 / (1 - eta^2).
    power : float, optional
        Chance to find it.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Power
        `n` counts all groups.

    Raises
    ------
    ModelError
        ``power.…``.

    Notes
    -----
    F is noncentral with f^2 n groups.

    References
    ----------
    R: ``power.anova.test(groups, n, between.var = f^2 groups / (groups - 1), within.var = 1)``.

    Examples
    --------
    >>> power_anova(3, f=0.25, power=0.8).n
    159
    """
    alpha = _alpha(alpha)
    _two_given(n=n, f=f, power=power)
    if groups < 2:
        raise ModelError(problem("power.groups", groups=groups))

    def of(size: float, effect: float) -> float:
        return f_power(effect**2 * size * groups, groups - 1, groups * (size - 1), alpha)

    size, f, power, exact, solved = _solve(of, n, f, power, 2.0, (0.0, 50.0))
    total = round(groups * size)
    return Power("power.anova", solved, total, "f", f, power, alpha, groups - 1, total - groups, exact)


def power_regression(
    predictors: int,
    *,
    n: float | None = None,
    f2: float | None = None,
    power: float | None = None,
    tested: int | None = None,
    alpha: float | None = None,
) -> Power:
    """Power, sample size or smallest effect of a multiple regression; give two of n, f2 and power.

    Parameters
    ----------
    predictors : int
        Predictors of the model.
    n : float, optional
        Respondents.
    f2 : float, optional
        Cohen's f^2: R^2 / (1 - R^2), or for some of the predictors the growth of R^2 over 1 - R^2 of the whole model.
    power : float, optional
        Chance to find it.
    tested : int, optional
        How many predictors are tested together; all where none is given.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Power
        With the degrees of freedom of F.

    Raises
    ------
    ModelError
        ``power.…``.

    Notes
    -----
    F is noncentral with f^2 n and n - predictors - 1 degrees of freedom (predictors taken as fixed), as in G*Power.

    References
    ----------
    Cohen (1988), pp. 407-465. R: ``pf(qf(1 - alpha, u, v), u, v, f2 * n, lower.tail = FALSE)``.

    Examples
    --------
    >>> power_regression(7, f2=0.15, power=0.8).n
    103
    """
    alpha = _alpha(alpha)
    _two_given(n=n, f2=f2, power=power)
    tested = predictors if tested is None else tested
    if not 1 <= tested <= predictors:
        raise ModelError(problem("power.tested", tested=tested, predictors=predictors))

    def of(size: float, effect: float) -> float:
        return f_power(effect * size, tested, size - predictors - 1, alpha)

    size, f2, power, exact, solved = _solve(of, n, f2, power, predictors + 2.0, (0.0, 1e4))
    total = round(size)
    return Power("power.regression", solved, total, "f2", f2, power, alpha, tested, total - predictors - 1, exact)


def power_correlation(
    *, n: float | None = None, r: float | None = None, power: float | None = None, alpha: float | None = None
) -> Power:
    """Power, sample size or smallest correlation of a two-sided test of no correlation; give two of the three.

    Parameters
    ----------
    n : float, optional
        Respondents.
    r : float, optional
        Correlation in the population.
    power : float, optional
        Chance to find it.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Power
        Exact for normal variables.

    Raises
    ------
    ModelError
        ``power.…``.

    Notes
    -----
    Given the values of one variable, t is noncentral with rho / sqrt(1 - rho^2) sqrt(W); W is chi-square with n - 1
    degrees of freedom, over which the power is integrated.

    References
    ----------
    Hotelling, H. (1953). Journal of the Royal Statistical Society B, 15, 193-232. R: ``integrate`` over
    ``pt(…, ncp) * dchisq``; ``pwr::pwr.r.test`` approximates.

    Examples
    --------
    >>> power_correlation(r=0.3, power=0.8).n
    84
    """
    alpha = _alpha(alpha)
    _two_given(n=n, r=r, power=power)
    if r is not None and not -1 < r < 1:
        raise ModelError(problem("power.value", name="r", value=r))

    def of(size: float, effect: float) -> float:
        return _correlation_power(abs(effect), size, alpha)

    size, r, power, exact, solved = _solve(of, n, r, power, 4.0, (0.0, 1 - 1e-9))
    total = round(size)
    return Power("power.correlation", solved, total, "r", r, power, alpha, total - 2, None, exact)


def power_rmsea(
    df: int,
    *,
    n: float | None = None,
    power: float | None = None,
    null: float = 0.05,
    true: float = 0.08,
    alpha: float | None = None,
) -> Power:
    """Power or sample size of the test of a model's fit by RMSEA; give n or power.

    Parameters
    ----------
    df : int
        Degrees of freedom of the model.
    n : float, optional
        Respondents.
    power : float, optional
        Chance to reject.
    null, true : float
        RMSEA that is tested, and that of the population. With `true` above `null` it is the test of close fit, below
        it that of not-close fit.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Power
        `effect` is `true`.

    Raises
    ------
    ModelError
        ``power.…``.

    Notes
    -----
    The statistic is noncentral chi-square with (n - 1) df RMSEA^2.

    References
    ----------
    MacCallum, Browne, & Sugawara (1996). R: ``semTools::findRMSEApower``, ``qchisq`` and ``pchisq`` with ``ncp``.

    Examples
    --------
    >>> power_rmsea(50, power=0.8).n
    214
    """
    alpha = _alpha(alpha)
    if (n is None) == (power is None):
        raise ModelError(problem("power.two_of_three", given=0 if n is None else 2, names=("n", "power")))
    if df < 1 or min(null, true) < 0 or null == true:
        raise ModelError(problem("power.rmsea", df=df, null=null, true=true))

    def of(size: float, effect: float) -> float:
        return _rmsea_power(size, df, null, effect, alpha)

    size, true, power, exact, solved = _solve(of, n, true, power, 2.0, (0.0, 1.0))
    total = round(size)
    return Power("power.rmsea", solved, total, "rmsea", true, power, alpha, df, None, exact)


def design_effect(size: float, icc: float, *, variation: float = 0.0) -> float:
    """By how much clusters widen the variance of a mean.

    Parameters
    ----------
    size : float
        Mean size of a cluster.
    icc : float
        Intraclass correlation, 0 to 1.
    variation : float
        Coefficient of variation of the sizes.

    Returns
    -------
    float
        1 + ((1 + variation^2) size - 1) icc; n divided by it is the effective sample size.

    Raises
    ------
    ModelError
        ``power.clusters``.

    References
    ----------
    Kish, L. (1965). Survey sampling. Eldridge, S. M., et al. (2006). International Journal of Epidemiology, 35,
    1292-1300.

    Examples
    --------
    >>> f"{design_effect(20, 0.05):.2f}"
    '1.95'
    """
    if size < 1 or not 0 <= icc <= 1 or variation < 0:
        raise ModelError(problem("power.clusters", size=size, icc=icc))
    return 1 + ((1 + variation**2) * size - 1) * icc


def power_clusters(clusters: int, size: int, *, d: float, icc: float, alpha: float | None = None) -> Power:
    """Power to tell two groups of whole clusters (communes, offices) apart.

    Parameters
    ----------
    clusters : int
        Clusters in each group.
    size : int
        Respondents in each cluster.
    d : float
        Difference in standard deviations of single answers.
    icc : float
        Intraclass correlation.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Power
        Of the t test of the clusters' means, exact for clusters of one size.

    Raises
    ------
    ModelError
        ``power.clusters``.

    Notes
    -----
    T is noncentral with d sqrt(clusters size / (2 deff)) and 2 (clusters - 1) degrees of freedom.

    References
    ----------
    Donner, A., & Klar, N. (2000). Design and analysis of cluster randomization trials in health research.

    Examples
    --------
    >>> f"{power_clusters(10, 20, d=0.4, icc=0.05).power:.3f}"
    '0.773'
    """
    alpha = _alpha(alpha)
    deff = design_effect(size, icc)
    if clusters < 2:
        raise ModelError(problem("power.clusters", size=clusters, icc=icc))
    df = 2 * (clusters - 1)
    power = t_power(abs(d) * sqrt(clusters * size / (2 * deff)), df, alpha)
    return Power("power.clusters", "power", 2 * clusters * size, "d", d, power, alpha, df, None)


def simulate_clusters(
    sizes: tuple[tuple[int, ...], tuple[int, ...]],
    *,
    d: float,
    icc: float,
    draws: int = 2000,
    seed: int = SEED,
    alpha: float | None = None,
) -> Power:
    """The same power for clusters of unequal sizes, by simulation.

    Parameters
    ----------
    sizes : pair of tuples of int
        Respondents in each cluster of either group.
    d : float
        Difference in standard deviations of single answers.
    icc : float
        Intraclass correlation.
    draws : int
        Simulated studies.
    seed : int
        Source of chance.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Power
        Of the t test of the clusters' means, with the simulation's error `power_se`.

    Raises
    ------
    ModelError
        ``power.clusters`` for fewer than two clusters in a group or an impossible size or correlation.

    Examples
    --------
    >>> simulate_clusters(((20,) * 10, (20,) * 10), d=0.4, icc=0.05, draws=500).n
    400
    """
    alpha = _alpha(alpha)
    counts = [np.array(each, dtype=np.float64) for each in sizes]
    if min(map(len, counts)) < 2 or min(each.min() for each in counts) < 1 or not 0 <= icc <= 1 or draws < 1:
        raise ModelError(problem("power.clusters", size=float(min(map(len, counts))), icc=icc))
    rng = np.random.default_rng(seed)
    means = [rng.normal(size=(draws, len(each))) * np.sqrt(icc + (1 - icc) / each) for each in counts]
    k1, k2 = map(len, counts)
    df = k1 + k2 - 2
    ss = sum(((each - each.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) for each in means)
    t = (means[0].mean(axis=1) + d - means[1].mean(axis=1)) / np.sqrt(ss / df * (1 / k1 + 1 / k2))
    power = float((np.abs(t) > t_quantile(1 - alpha / 2, df)).mean())
    error, n = sqrt(power * (1 - power) / draws), int(sum(each.sum() for each in counts))
    return Power(
        "power.clusters_simulated", "power", n, "d", d, power, alpha, df, None, power_se=error, seed=seed
    )  # fmt: skip


def sensitivity(result: Comparison | Regression, *, power: float = 0.8, alpha: float | None = None) -> Sensitivity:
    """The smallest effect that a study at hand finds with a given power.

    Parameters
    ----------
    result : Comparison or Regression
        A t test, analysis of variance, chi-square test or regression; what it found plays no part, only its design.
    power : float
        Chance to find the effect.
    alpha : float, optional
        Significance level; the rule ``significance`` where none is given.

    Returns
    -------
    Sensitivity
        d (two groups, paired, one sample), f (several groups), w (chi-square) or f^2 (regression).

    Raises
    ------
    ModelError
        ``power.no_design`` for other results.

    Notes
    -----
    Welch's tests are taken as those with equal variances: beforehand no one knows how unequal they are. For two groups
    `difference` is d times their pooled standard deviation.

    Examples
    --------
    >>> from analysis.stats.compare import ttest
    >>> from analysis.stats.groups import Groups
    >>> groups = Groups.from_printed(["A", "B"], n=[64, 64], mean=[3.1, 3.6], sd=[0.5, 0.5])
    >>> found = sensitivity(ttest("outcome ~ group", groups))
    >>> f"d = {found.effect:.3f}, {found.difference:.3f} points"
    'd = 0.499, 0.250 points'
    """
    alpha = _alpha(alpha)
    if isinstance(result, Regression):
        k = result.fit.df1
        found = power_regression(max(k, 1), n=result.n, power=power, alpha=alpha).effect
        return Sensitivity(
            "power.regression", result.formula, None, result.n, "f2", found, None, found / (1 + found), power, alpha
        )  # fmt: skip
    name, effect, difference = _smallest(result, power, alpha)
    r2 = effect**2 / (1 + effect**2) if name == "f" else None
    return Sensitivity(
        f"power.{result.method}", result.outcome, result.factor, result.n, name, effect, difference, r2, power, alpha
    )  # fmt: skip


def _smallest(result: Comparison, power: float, alpha: float) -> tuple[str, float, float | None]:
    """Name and size of the smallest effect, and for t tests the same in points."""
    n = tuple(row.n for row in result.group_rows)
    if result.method in ("t.pooled", "t.welch"):
        d = power_ttest(n=(n[0], n[1]), power=power, alpha=alpha).effect
        squares = sum((row.n - 1) * row.sd**2 for row in result.group_rows)
        return "d", d, d * sqrt(squares / (sum(n) - 2))
    if result.method in ("t.paired", "t.one_sample") and result.difference is not None and result.difference.se:
        d = power_ttest(n=result.n, power=power, design="one_sample", alpha=alpha).effect
        return "d", d, d * result.difference.se * sqrt(result.n)
    if result.method in ("anova", "anova.welch", "anova.brown_forsythe"):
        k = len(n)
        return "f", _root(lambda f: f_power(f**2 * sum(n), k - 1, sum(n) - k, alpha) - power, 0.0, 50.0), None
    if result.method == "chi_square":
        return "w", _root(lambda w: _chi2_power(w**2 * result.n, result.df1, alpha) - power, 0.0, 50.0), None
    raise ModelError(problem("power.no_design", method=result.method))


# ---- kernels ---------------------------------------------------------------------------------------------------------


def t_power(nc: float, df: float, alpha: float) -> float:
    """P(|T| > t) of noncentral t with `nc` >= 0."""
    edge = t_quantile(1 - alpha / 2, df)
    return 1 - noncentral_t(edge, df, nc) + noncentral_t(-edge, df, nc)


def f_power(nc: float, df1: float, df2: float, alpha: float) -> float:
    """P(F > f) of noncentral F."""
    edge = f_quantile(1 - alpha, df1, df2)
    below = float(special.ncfdtr(df1, df2, nc, edge))
    # scipy gives none for a noncentrality far beyond the edge, where nothing is left below it
    return 1 - (below if below == below else float(nc + df1 < df1 * edge))


def _chi2_power(nc: float, df: float, alpha: float) -> float:
    return float(1 - special.chndtr(float(special.chdtri(df, alpha)), df, nc))


def _rmsea_power(n: float, df: int, null: float, true: float, alpha: float) -> float:
    nc_null, nc_true = (n - 1) * df * null**2, (n - 1) * df * true**2
    if true > null:
        return float(1 - special.chndtr(float(special.chndtrix(1 - alpha, df, nc_null)), df, nc_true))
    return float(special.chndtr(float(special.chndtrix(alpha, df, nc_null)), df, nc_true))


def _correlation_power(rho: float, n: float, alpha: float) -> float:
    """Power given one variable, over its chi-square distribution (Gauss-Legendre between far quantiles)."""
    low, high = (2 * float(special.gammaincinv((n - 1) / 2, q)) for q in (1e-13, 1 - 1e-13))
    x, weights = np.polynomial.legendre.leggauss(_NODES)
    w = (high - low) / 2 * x + (high + low) / 2
    density = np.exp((n - 1) / 2 * np.log(w / 2) - w / 2 - special.gammaln((n - 1) / 2)) / w
    chances = np.array([t_power(rho / sqrt(1 - rho**2) * sqrt(each), n - 2, alpha) for each in w])
    return float((weights * density) @ chances / (weights @ density))


def _alpha(alpha: float | None) -> float:
    value = cutoff("significance") if alpha is None else alpha
    if not 0 < value < 1:
        raise ModelError(problem("power.value", name="alpha", value=value))
    return value


def _two_given(**values: object) -> None:
    given = sum(value is not None for value in values.values())
    if given != 2:
        raise ModelError(problem("power.two_of_three", given=given, names=tuple(values)))


def _solve(
    of: Callable[[float, float], float],
    n: float | None,
    effect: float | None,
    power: float | None,
    least: float,
    reach: tuple[float, float],
) -> tuple[float, float, float, float | None, Solved]:
    """n, effect, power, n before rounding, and which of them was found."""
    if n is not None and (not n >= least or n > _MOST_N):
        raise ModelError(problem("power.too_few", n=n, least=least))
    if power is not None and not 0 < power < 1:
        raise ModelError(problem("power.value", name="power", value=power))
    if n is not None and effect is not None:
        return n, effect, of(n, effect), None, "power"
    if n is not None and power is not None:
        return n, _root(lambda each: of(n, each) - power, *reach), power, None, "effect"
    if effect is None or power is None:
        raise ModelError(problem("power.two_of_three", given=1, names=("n", "power")))
    exact = _size(lambda each: of(each, effect) - power, least)
    size = ceil(exact - 1e-9)
    return size, effect, of(size, effect), exact, "n"


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    """Where a growing function crosses zero; refused where it does not within reach.

    Steps double from a small one, so that far noncentralities are not asked for in vain.
    """
    near, far = low, min(low + 1e-3, high)
    while excess(far) < 0 and far < high:
        near, far = far, min(2 * far, high)
    if excess(near) > 0 or excess(far) < 0:
        raise ModelError(problem("power.out_of_reach"))
    return float(optimize.brentq(excess, near, far, xtol=1e-12, rtol=1e-14))


def _size(excess: Callable[[float], float], least: float) -> float:
    """The same over sample sizes: doubled until they suffice."""
    if excess(least) >= 0:
        return least
    high = 2 * least
    while excess(high) < 0:
        high *= 2
        if high > _MOST_N:
            raise ModelError(problem("power.out_of_reach"))
    return float(optimize.brentq(excess, high / 2, high, xtol=1e-9))
