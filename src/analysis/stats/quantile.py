"""Regression of a quantile: the exact solution of its linear programme, and errors that allow unequal spread."""

from __future__ import annotations

from math import exp, pi, sqrt

import numpy as np
from scipy import optimize

from .rows import Array
from .tails import normal_quantile

_EDGE = 1e-9  # a dual value closer to its bound lies on it


def quantile_fit(x: Array, y: Array, quantile: float) -> Array | None:
    """Coefficients (k,) of least asymmetric loss; none where the programme has no solution.

    Parameters
    ----------
    x, y : array (n, k), (n,)
        Columns of full rank, and the outcome.
    quantile : float
        Between 0 and 1.

    Notes
    -----
    The dual programme, max y'a with X'a = (1 - q) X'1 and 0 <= a <= 1: the rows strictly inside lie on the plane, which
    is solved through them. Where several planes are as good, one of them is given.

    References
    ----------
    Koenker, R., & Bassett, G. (1978). Econometrica, 46, 33-50. R: ``quantreg::rq.fit.br``.
    """
    found = optimize.linprog(-y, A_eq=x.T, b_eq=(1 - quantile) * x.sum(axis=0), bounds=(0, 1), method="highs-ds")
    if found.status != 0:
        return None
    b = -np.asarray(found.eqlin.marginals, dtype=np.float64)
    at = np.asarray(found.x, dtype=np.float64)
    inside = (at > _EDGE) & (at < 1 - _EDGE)
    if inside.sum() == x.shape[1] and np.linalg.cond(x[inside]) < 1e12:
        b = np.asarray(np.linalg.solve(x[inside], y[inside]), dtype=np.float64)
    return b


def quantile_covariance(x: Array, y: Array, quantile: float) -> Array | None:
    """Covariance (k, k) of the coefficients of `quantile_fit`; none where the answers leave no density.

    Notes
    -----
    q (1 - q) H X'X H with H = (X'FX)^-1: F holds the density of each row's outcome at its quantile, the distance of
    neighbouring quantiles over that of their planes there, with Hall and Sheather's bandwidth.

    References
    ----------
    Hendricks, W., & Koenker, R. (1992). Journal of the American Statistical Association, 87, 58-68. Hall, P., &
    Sheather, S. J. (1988). Journal of the Royal Statistical Society B, 50, 381-391. R: ``summary(rq, se = "nid")``.
    """
    h = _bandwidth(quantile, len(y))
    while quantile - h < 0 or quantile + h > 1:
        h /= 2
    low, high = quantile_fit(x, y, quantile - h), quantile_fit(x, y, quantile + h)
    if low is None or high is None:
        return None
    apart = x @ (high - low) - sqrt(np.finfo(np.float64).eps)
    density = np.where(apart > 0, 2 * h / np.where(apart > 0, apart, 1.0), 0.0)
    bread = (x * density[:, None]).T @ x
    if np.linalg.matrix_rank(x * np.sqrt(density)[:, None]) < x.shape[1]:
        return None
    inverse = np.linalg.inv(bread)
    return np.asarray(quantile * (1 - quantile) * inverse @ (x.T @ x) @ inverse)


def _bandwidth(quantile: float, n: int) -> float:
    """Hall and Sheather's, for intervals of 95 % (R: ``quantreg::bandwidth.rq``)."""
    x = normal_quantile(quantile)
    density = exp(-(x**2) / 2) / sqrt(2 * pi)
    width = normal_quantile(0.975) ** (2 / 3)
    return float(n ** (-1 / 3) * width * (1.5 * density**2 / (2 * x**2 + 1)) ** (1 / 3))
