"""Tails and quantiles of t, F and the normal distribution (scipy.special alone: scipy.stats is slow to import)."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
from scipy import special

from .rows import Array

_UNDERFLOW = 1e-280
_LARGEST = 709.0  # exp of more is no number


def t_two_sided(t: float, df: float) -> float:
    """P(\\|T\\| > \\|t\\|): R's ``2 * pt(-abs(t), df)``, accurate in the far tail."""
    return float(special.betainc(df / 2, 0.5, df / (df + t * t)))


def t_upper(t: float, df: float) -> float:
    """P(T > t): R's ``pt(t, df, lower.tail = FALSE)``, accurate in the far tail."""
    half = t_two_sided(t, df) / 2
    return half if t >= 0 else 1 - half


def t_quantile(p: float, df: float) -> float:
    """R's ``qt(p, df)`` for p above one half."""
    x = float(special.betaincinv(df / 2, 0.5, 2 * (1 - p)))
    if x < _UNDERFLOW:
        return _t_far(p, df)
    return float((df * (1 - x) / x) ** 0.5) if x < 0.5 else _t_near_zero(p, df)


def _t_far(p: float, df: float) -> float:
    """The same quantile of next to no degrees of freedom, by its first term; infinite where no number is left."""
    log_x = (log(2 * (1 - p)) + log(df / 2) + float(special.betaln(df / 2, 0.5))) * 2 / df
    half = (log(df) - log_x) / 2
    return exp(half) if half < _LARGEST else inf


def _t_near_zero(p: float, df: float) -> float:
    """The same quantile where 1 - x would lose digits."""
    y = float(special.betaincinv(0.5, df / 2, 2 * p - 1))
    return float((df * y / (1 - y)) ** 0.5)


def f_upper(f: float, df1: float, df2: float) -> float:
    """P(F > f): R's ``pf(f, df1, df2, lower.tail = FALSE)``."""
    return float(special.betainc(df2 / 2, df1 / 2, df2 / (df2 + df1 * f)))


def f_quantile(p: float, df1: float, df2: float) -> float:
    """R's ``qf(p, df1, df2)``."""
    x = float(special.betaincinv(df1 / 2, df2 / 2, p))
    y = float(special.betaincinv(df2 / 2, df1 / 2, 1 - p))
    return df2 / df1 * x / y


def normal_quantile(p: float) -> float:
    """R's ``qnorm(p)``."""
    return float(special.ndtri(p))


def normal_two_sided(z: float) -> float:
    """P(\\|Z\\| > \\|z\\|): R's ``2 * pnorm(-abs(z))``."""
    return float(2 * special.ndtr(-abs(z)))


def logistic(x: Array) -> Array:
    """R's ``plogis(x)`` of many values, without losing digits of the rarer side (``special.expit`` is slower)."""
    small = np.exp(-np.abs(x))
    return np.asarray(np.where(x > 0, 1.0, small) / (1 + small))
