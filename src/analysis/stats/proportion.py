"""Proportions and means with intervals, also for samples that are a large part of their population."""

from __future__ import annotations

from math import sqrt
from typing import Literal, TypeAlias

from scipy import special

from ..errors import ModelError, Place, problem
from .estimate import Estimate
from .moments import moments
from .rows import check_level, literal
from .tails import normal_quantile, t_quantile

Interval: TypeAlias = Literal["wilson", "exact", "agresti"]


def proportion(
    successes: int, n: int, *, method: Interval = "wilson", level: float = 0.95, population: int | None = None
) -> Estimate:
    """Estimate a share with its interval.

    Parameters
    ----------
    successes, n : int
        How many of how many.
    method : {"wilson", "exact", "agresti"}
        Wilson's score interval, Clopper and Pearson's, Agresti and Coull's.
    level : float
        Confidence level.
    population : int, optional
        Size of the population, when the sample is a large part of it.

    Returns
    -------
    Estimate
        `se` is that of the observed share.

    Raises
    ------
    ModelError
        ``proportion.counts`` for impossible counts; ``proportion.population`` for a population below n.

    Notes
    -----
    With a population of N the counts are scaled to n (N - 1) / (N - n) answers, which narrows the interval as the
    finite population correction does; when all were asked, it is the share itself.

    References
    ----------
    Brown, L. D., Cai, T. T., & DasGupta, A. (2001). Statistical Science, 16, 101-133. Cochran, W. G. (1977). Sampling
    techniques, p. 24. R: ``prop.test(x, n, correct = FALSE)``, ``binom.test``.

    Examples
    --------
    >>> share = proportion(37, 120)
    >>> f"{share.value:.3f} [{share.low:.3f}; {share.high:.3f}]"
    '0.308 [0.233; 0.396]'
    """
    literal("method", method, ("wilson", "exact", "agresti"))
    check_level(level)
    if n < 1 or not 0 <= successes <= n or n % 1 or successes % 1:
        raise ModelError(problem("proportion.counts", successes=successes, n=n))
    share = successes / n
    size = _effective(n, population)
    if size is None:
        return Estimate(share, 0.0, share, share, level, method)
    low, high = _KINDS[method](share, size, level)
    return Estimate(share, sqrt(share * (1 - share) / size), low, high, level, method)


def mean_interval(x: object, name: str, *, level: float = 0.95, population: int | None = None) -> Estimate:
    """Estimate a mean with its t interval.

    Parameters
    ----------
    x : rows or Moments
        Answers or their moments.
    name : str
        The column.
    level : float
        Confidence level.
    population : int, optional
        Size of the population, when the sample is a large part of it.

    Returns
    -------
    Estimate
        Over the rows that answer.

    Raises
    ------
    ModelError
        ``moments.too_few_rows`` under two answers; ``proportion.population`` for a population below n.

    Notes
    -----
    mean +- t sd / sqrt(n), times sqrt(1 - n / N) for a population of N.

    References
    ----------
    Cochran, W. G. (1977). Sampling techniques, p. 27. R: ``t.test(x)$conf.int``.

    Examples
    --------
    >>> mean_interval({"q1": [2, 3, 4, 5, None]}, "q1").value
    3.5
    """
    check_level(level)
    m = moments(x, (name,))
    if population is not None and population < m.n:
        raise ModelError(problem("proportion.population", Place(column=name), population=population, n=m.n))
    left = 1.0 if population is None else 1 - m.n / population
    mean, se = float(m.mean[0]), sqrt(float(m.cov[0, 0]) / m.n * left)
    half = t_quantile((1 + level) / 2, m.n - 1) * se
    return Estimate(mean, se, mean - half, mean + half, level, "t")


def _effective(n: int, population: int | None) -> float | None:
    """Answers that an infinite population would need for the same precision; `None` when all were asked."""
    if population is None:
        return float(n)
    if population < n:
        raise ModelError(problem("proportion.population", population=population, n=n))
    return n * (population - 1) / (population - n) if population > n else None


def _wilson(share: float, n: float, level: float) -> tuple[float, float]:
    """Shares whose score test does not reject."""
    z = normal_quantile((1 + level) / 2)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return (0.0 if share == 0 else centre - half), (1.0 if share == 1 else centre + half)


def _exact(share: float, n: float, level: float) -> tuple[float, float]:
    """Quantiles of beta distributions (Clopper and Pearson)."""
    x, tail = share * n, (1 - level) / 2
    low = 0.0 if x == 0 else float(special.betaincinv(x, n - x + 1, tail))
    return low, (1.0 if share == 1 else float(special.betaincinv(x + 1, n - x, 1 - tail)))


def _agresti(share: float, n: float, level: float) -> tuple[float, float]:
    """Wald's interval after adding z^2 answers, half of them successes."""
    z = normal_quantile((1 + level) / 2)
    size = n + z**2
    centre = (share * n + z**2 / 2) / size
    half = z * sqrt(centre * (1 - centre) / size)
    return max(centre - half, 0.0), min(centre + half, 1.0)


_KINDS = {"wilson": _wilson, "exact": _exact, "agresti": _agresti}
