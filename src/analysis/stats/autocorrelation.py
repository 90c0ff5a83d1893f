"""Durbin and Watson's test: whether residuals follow one another, in the order in which the rows stand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from ..errors import Caution, ModelError, caution, problem
from .regression import Regression
from .result import Result
from .rows import Array

_EXACT = 1000  # rows up to which the eigenvalues of MA are computed


@dataclass(frozen=True)
class DurbinWatson(Result):
    """Durbin and Watson's d with p against positive, negative and any autocorrelation of first order.

    `method` says whether p is exact (``durbin_watson.exact``) or normal (``durbin_watson.normal``).
    """

    formula: str
    d: float
    p_positive: float
    p_negative: float
    p: float
    n: int
    method: str
    cautions: tuple[Caution, ...]


def durbin_watson(fitted: Regression) -> DurbinWatson:
    """Test whether neighbouring rows have residuals alike.

    Parameters
    ----------
    fitted : Regression
        A regression on rows, in an order that means something.

    Returns
    -------
    DurbinWatson
        p is exact up to 1000 rows, and from the normal approximation beyond.

    Raises
    ------
    ModelError
        ``regression.needs_rows``; ``diagnostics.perfect_fit`` where nothing is left over.

    Notes
    -----
    d = sum (e_t - e_{t-1})^2 / sum e_t^2 = e'Ae / e'e. With normal errors P(d < x) = P(sum (l_i - x) z_i^2 < 0), l the
    eigenvalues of MA that belong to the residuals' space; the sum's distribution is integrated numerically (Imhof). The
    normal approximation has the mean and the variance of d. Both suppose normal errors of equal spread, and rows in
    order of time: sort the rows otherwise, and d and p change.

    References
    ----------
    Durbin, J., & Watson, G. S. (1971). Biometrika, 58, 1-19. Imhof, J. P. (1961). Biometrika, 48, 419-426. R:
    ``lmtest::dwtest(fit, exact = TRUE)``, ``exact = FALSE``.

    Examples
    --------
    >>> from analysis.stats.regression import ols
    >>> found = durbin_watson(ols("y ~ a", {"y": [1, 2, 4, 3, 6, 5, 9], "a": [1, 2, 3, 4, 5, 6, 7]}))
    >>> f"d = {found.d:.2f}, p = {found.p_positive:.2f}"
    'd = 3.14, p = 0.90'
    """
    design, e = fitted._rows()
    if fitted.diagnostics.durbin_watson is None:
        raise ModelError(problem("diagnostics.perfect_fit", formula=fitted.formula))
    d, n = fitted.diagnostics.durbin_watson, len(e)
    q = np.linalg.qr(design.x / np.abs(design.x).max(axis=0))[0]
    exact = n <= _EXACT
    below = _exact(q, d) if exact else _normal(q, d)
    return DurbinWatson(
        formula=fitted.formula,
        d=d,
        p_positive=below,
        p_negative=1 - below,
        p=min(1.0, 2 * min(below, 1 - below)),
        n=n,
        method="durbin_watson.exact" if exact else "durbin_watson.normal",
        cautions=(caution("regression.durbin_watson_order", "note"),),
    )


def _steps(v: Array) -> Array:
    """A v: second differences, with A the matrix of e'Ae = sum of squared steps."""
    step = np.diff(v, axis=0)
    out = np.zeros_like(v)
    out[:-1] -= step
    out[1:] += step
    return out


def _exact(q: Array, d: float) -> float:
    """P(D < d), with the weights l_i - d of the residuals' space."""
    k = q.shape[1]
    full = np.linalg.qr(q, mode="complete")[0][:, k:]
    weights = np.linalg.eigvalsh(full.T @ _steps(full)) - d
    return _below_zero(weights / np.abs(weights).max())


def _below_zero(weights: Array) -> float:
    """P(sum w_i z_i^2 < 0) = 1/2 - 1/pi int sin(sum atan(w u) / 2) / (u prod (1 + w^2 u^2)^(1/4)) du.

    With u = exp(s) the integrand is smooth and dies out at both ends, where the trapezoid rule is best.
    """
    s = np.linspace(-40.0, 40.0, 4001)
    u = np.exp(s)[:, None]
    angle = np.zeros(len(s))
    decay = np.zeros(len(s))
    for part in np.array_split(weights, max(1, len(weights) // 64)):
        angle += 0.5 * np.arctan(u * part).sum(axis=1)
        decay += 0.25 * np.log1p((u * part) ** 2).sum(axis=1)
    total = float((np.sin(angle) * np.exp(-decay)).sum() * (s[1] - s[0]))
    return min(max(0.5 - total / np.pi, 0.0), 1.0)


def _normal(q: Array, d: float) -> float:
    """Mean and variance of d from the traces of MA and (MA)^2."""
    n, k = q.shape
    aq = _steps(q)
    inner = q.T @ aq
    trace = 2 * (n - 1) - float(np.trace(inner))
    squares = (6 * n - 8) - 2 * float((aq * aq).sum()) + float((inner * inner).sum())
    mean = trace / (n - k)
    variance = 2 / ((n - k) * (n - k + 2)) * (squares - trace * mean)
    return float(special.ndtr((d - mean) / np.sqrt(variance)))
