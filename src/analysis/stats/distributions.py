"""Chi-square, noncentral and studentized-range distributions (scipy.special alone), beside those of `tails`."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import exp, lgamma, log, sqrt

import numpy as np
from scipy import optimize, special

from .rows import Array

_NODES_S, _NODES_Z = 120, 120
_WIDEST = 70.0  # beyond, the range of any number of normal values has probability zero


def chi2_upper(x: float, df: float) -> float:
    """P(X > x): R's ``pchisq(x, df, lower.tail = FALSE)``."""
    return float(special.gammaincc(df / 2, max(x, 0.0) / 2))


def t_noncentrality(t: float, df: float, level: float) -> tuple[float, float]:
    """Noncentralities of t for which the observed `t` lies on the edge of its central `level` part."""
    tail = (1 - level) / 2
    step = 4 + abs(t) / sqrt(df)

    def solve(p: float) -> float:
        return _decreasing(lambda nc: noncentral_t(t, df, nc) - p, t - step, t + step, step)

    return solve(1 - tail), solve(tail)


def f_noncentrality(f: float, df1: float, df2: float, level: float) -> tuple[float, float]:
    """The same for F; a bound that would be negative is zero."""
    return _from_zero(lambda nc: float(special.ncfdtr(df1, df2, nc, f)), f * df1, level)


def chi2_noncentrality(x: float, df: float, level: float) -> tuple[float, float]:
    """The same for chi-square."""
    return _from_zero(lambda nc: float(special.chndtr(x, df, nc)), x, level)


def range_upper(q: float, groups: int, df: float) -> float:
    """P(Q > q) of the studentized range: R's ``ptukey(q, groups, df, lower.tail = FALSE)``."""
    if q <= 0:
        return 1.0
    s, weights = _scales(df)
    return min(float(weights @ _range_beyond(q * s, groups)), 1.0)


@lru_cache(maxsize=1024)  # all pairs of Tukey's procedure ask for the same one
def range_quantile(p: float, groups: int, df: float) -> float:
    """R's ``qtukey(p, groups, df)``.

    It lies between the quantile of one pair and Bonferroni's bound for all pairs, sqrt(2) t each.
    """
    pairs = groups * (groups - 1) / 2
    low, high = (sqrt(2) * float(special.stdtrit(df, 1 - (1 - p) / (2 * count))) for count in (1.0, pairs))
    if high - low < 1e-9:
        return low

    def excess(q: float) -> float:
        return log(range_upper(q, groups, df) / (1 - p))

    # the logarithm of the tail is nearly straight there: the secant needs a few steps, each step an integral
    return float(optimize.newton(excess, high, x1=(low + high) / 2, tol=1e-12, rtol=1e-14, maxiter=100))


def noncentral_t(t: float, df: float, nc: float) -> float:
    """P(T <= t); scipy gives none where t and a large noncentrality differ in sign, and P is 0 or 1 to 14 digits."""
    p = float(special.nctdtr(df, nc, t))
    return p if p == p else float(nc < t)


def _from_zero(cdf: Callable[[float], float], start: float, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    step = 4 + start

    def solve(p: float) -> float:
        if cdf(0.0) <= p:
            return 0.0
        return _decreasing(lambda nc: cdf(nc) - p, 0.0, step, step)

    return solve(1 - tail), solve(tail)


def _decreasing(function: Callable[[float], float], low: float, high: float, step: float) -> float:
    """Root of a decreasing function; the bracket grows until it holds the root."""
    while function(high) > 0:
        low, high, step = high, high + step, 2 * step
    while function(low) < 0:
        low, high, step = low - step, low, 2 * step
    return float(optimize.brentq(function, low, high, xtol=1e-13, rtol=1e-14))


@lru_cache(maxsize=4)
def _nodes(count: int) -> tuple[Array, Array]:
    x, weights = np.polynomial.legendre.leggauss(count)
    return np.asarray(x), np.asarray(weights)


@lru_cache(maxsize=64)
def _scales(df: float) -> tuple[Array, Array]:
    """Nodes and weights of S = sqrt(chi2 / df) on the scale of its logarithm, where the range's tail is smooth."""
    low = 0.5 * log(max(float(special.gammaincinv(df / 2, 1e-18)), 1e-300) * 2 / df)
    high = 0.5 * log(float(special.gammainccinv(df / 2, 1e-18)) * 2 / df)
    x, w = _nodes(_NODES_S)
    t = (high - low) / 2 * x + (high + low) / 2
    constant = log(2) + df / 2 * log(df / 2) - lgamma(df / 2)
    density = np.exp(constant + df * t - df / 2 * np.exp(2 * t))
    weights = (high - low) / 2 * w * density
    return np.exp(t), weights / weights.sum()


def _range_beyond(w: Array, groups: int) -> Array:
    """P(range of `groups` normal values > w), integrated over the largest value without cancellation."""
    w = np.minimum(w, _WIDEST)
    x, weights = _nodes(_NODES_Z)
    half = (18 + w / 2) / 2
    z = -9 + np.outer(half, x + 1)
    below = special.ndtr(z)
    apart = special.ndtr(z - w[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = -np.expm1((groups - 1) * np.log1p(-apart / below))
    beyond = np.exp(-0.5 * z**2) / sqrt(2 * np.pi) * below ** (groups - 1) * np.nan_to_num(share, nan=1.0)
    return np.asarray(groups * half * (beyond @ weights))


def unbiased_factor(df: float) -> float:
    """Hedges' J(df): what makes Cohen's d unbiased."""
    return exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2)
