"""Variance components of ratings by REML, and exact pivots for the share that targets have.

Targets are absorbed: what is left has the size of the raters. V = I + a Z Z' + b R R' in units of the residual
variance, with Z the targets and R the raters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from .groups import Codes
from .rows import Array
from .tails import f_quantile

_FAR = 1e8  # a ratio of variances beyond is without bound
_GRADIENT = 1e-7
_FLAT = 1e-4  # a slope beyond, and other starts are tried
_LARGEST = 2000  # targets whose spectrum is computed


@dataclass(frozen=True)
class Components:
    """Variances of targets, raters (zero without them) and residual; `deviance` is REML's up to a constant."""

    target: float
    rater: float
    residual: float
    deviance: float
    gradient: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Design:
    """What the ratings say once targets are absorbed; scores are centred."""

    size: Array  # (n,) ratings of each target
    sums: Array  # (n, q) per target: columns of the design, then the scores
    cross: Array  # (q, q) cross-products of the same columns

    @property
    def rows(self) -> int:
        """Ratings."""
        return int(self.size.sum())

    def absorbed(self, ratio: float) -> Array:
        """The cross-products in the metric of (I + ratio Z Z')^-1."""
        return self._without(ratio / (1 + ratio * self.size))

    def within(self) -> Array:
        """The cross-products within targets."""
        return self._without(1 / self.size)

    def _without(self, weights: Array) -> Array:
        return np.asarray(self.cross - self.sums.T @ (weights[:, None] * self.sums))


def design(target: Codes, score: Array, rater: Codes | None) -> Design:
    """Sums and cross-products; the columns are the raters, or a constant without them."""
    y = score - score.mean()
    n, r = int(target.max()) + 1, 1 if rater is None else int(rater.max()) + 1
    column: Codes = np.zeros(len(y), dtype=np.intp) if rater is None else rater
    sums = np.zeros((n, r + 1))
    np.add.at(sums, (target, column), 1.0)
    size = sums.sum(axis=1)
    sums[:, r] = np.bincount(target, weights=y, minlength=n)
    cross = np.diag([*np.bincount(column, minlength=r).astype(np.float64), float(y @ y)])
    cross[r, :r] = cross[:r, r] = np.bincount(column, weights=y, minlength=r)
    return Design(size, sums, cross)


# ---- exact pivots --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pivot:
    """F of the targets beside the design's columns, and the interval of their variance over the residual's."""

    F: float | None
    df1: int
    df2: int
    low: float | None
    high: float | None


def pivot(of: Design, level: float, rank: int) -> Pivot:
    """Wald's and Seely & El-Bassiouni's exact F for the ratio of two variances, however unequal the counts.

    `rank` is that of targets and columns together. (y' P y - SSE) / df1 over SSE / df2, with P in the metric of the
    ratio, is F with df1 and df2 at the true ratio, and falls as the ratio grows.
    """
    df1, df2 = rank - (len(of.cross) - 1), of.rows - rank
    error = max(_residual(of.within()), 0.0)
    if df2 < 1 or error <= 1e-24 * of.cross[-1, -1]:
        return Pivot(None, df1, df2, None, None)

    def f(ratio: float) -> float:
        return (_residual(of.absorbed(ratio)) - error) / df1 / (error / df2)

    tail = (1 - level) / 2
    return Pivot(f(0.0), df1, df2, *(_ratio(f, f_quantile(p, df1, df2), of) for p in (1 - tail, tail)))


def _ratio(f: Callable[[float], float], wanted: float, of: Design) -> float | None:
    """The ratio at which the decreasing `f` takes the wanted value."""
    low, high = -(1 - 1e-9) / float(of.size.max()), 1.0
    if f(low) <= wanted:
        return _below(f(0.0), wanted, of)
    while f(high) > wanted and high < _FAR:
        high *= 4
    return float(optimize.brentq(lambda ratio: f(ratio) - wanted, low, high, xtol=1e-14, rtol=1e-14, maxiter=500))


def _below(at_zero: float, wanted: float, of: Design) -> float | None:
    """The same where the ratio lies below -1 / largest size: from the spectrum of Z' M Z, M without the columns."""
    if len(of.size) > _LARGEST:
        return None
    columns, y = of.sums[:, :-1], of.sums[:, -1]
    taken = columns / np.diag(of.cross)[:-1]
    d, vectors = np.linalg.eigh(np.diag(of.size) - taken @ columns.T)
    q2 = (vectors.T @ (y - taken @ of.cross[:-1, -1])) ** 2
    real = d > 1e-9 * d[-1]
    d, q2 = d[real], q2[real]
    if not q2.sum() > 0:
        return None
    scale = at_zero / float((q2 / d).sum())

    def f(ratio: float) -> float:
        return scale * float((q2 / (d * (1 + ratio * d))).sum()) - wanted

    low, high = -(1 - 1e-12) / float(d[-1]), 0.0
    return float(optimize.brentq(f, low, high, xtol=1e-15, rtol=1e-14)) if f(low) > 0 > f(high) else None


def _residual(cross: Array) -> float:
    """Residual sum of squares of the last column on the others."""
    a, b = cross[:-1, :-1], cross[:-1, -1]
    return float(cross[-1, -1] - b @ np.linalg.lstsq(a, b, rcond=1e-12)[0])


# ---- REML ----------------------------------------------------------------------------------------------------------


def one_way(of: Design) -> Components:
    """REML for targets alone: the root of the score, or zero where the score is negative from there on."""
    n = of.rows

    def deviance(ratio: float) -> tuple[float, float, float]:
        inside = of.absorbed(ratio)
        weight = 1 / (1 + ratio * of.size)
        xx, xy, yy = inside[0, 0], inside[0, 1], inside[1, 1]
        mean, rss = xy / xx, yy - xy**2 / xx
        left = weight * (of.sums[:, 1] - mean * of.size)  # Z' P y
        slope = float((of.size * weight).sum() - ((of.size * weight) ** 2).sum() / xx - (n - 1) * left @ left / rss)
        value = (n - 1) * np.log(rss / (n - 1)) - np.log(weight).sum() + np.log(xx)
        return float(value), slope, float(rss)

    ratio = 0.0
    if deviance(0.0)[1] < 0:
        high = 1.0
        while deviance(high)[1] < 0 and high < _FAR:
            high *= 4
        ratio = float(optimize.brentq(lambda at: deviance(at)[1], high / 4 if high > 1 else 0.0, high, xtol=1e-15))
    value, slope, rss = deviance(ratio)
    residual = rss / (n - 1)
    return Components(ratio * residual, 0.0, residual, value, (slope,))


def crossed(of: Design) -> Components:
    """REML for targets and raters, over the square roots of both ratios; a root of zero is the boundary."""

    def on_roots(roots: Array) -> tuple[float, Array]:
        value, slope, _ = _crossed(of, roots**2)
        return value, 2 * roots * slope

    found = [_descent(on_roots, (0.7, 0.4))]
    if np.abs(found[0].jac).max() > _FLAT:
        found += [_descent(on_roots, start) for start in ((0.2, 0.2), (2.0, 2.0))]
    ratios = min(found, key=lambda each: each.fun).x ** 2
    for at in (0, 1):  # the boundary itself, where it is no worse
        closed = ratios.copy()
        closed[at] = 0.0
        if _crossed(of, closed)[0] <= _crossed(of, ratios)[0] + 1e-10:
            ratios = closed
    value, slope, residual = _crossed(of, ratios)
    target, rater = (float(each * residual) for each in ratios)
    gradient = tuple(float(2 * np.sqrt(r) * s) for r, s in zip(ratios, slope, strict=True))
    return Components(target, rater, residual, value, gradient)


def _descent(function: Callable[[Array], tuple[float, Array]], start: tuple[float, float]) -> Any:
    return optimize.minimize(function, np.array(start), jac=True, method="BFGS", options={"gtol": _GRADIENT})


def _crossed(of: Design, ratios: Array) -> tuple[float, Array, float]:
    """REML deviance, its slopes over both ratios, and the residual variance."""
    a, b = float(ratios[0]), float(ratios[1])
    n, r = of.rows, len(of.cross) - 1
    weight = 1 / (1 + a * of.size)
    inside = of.absorbed(a)
    s, ry = inside[:r, :r], inside[:r, r]
    r1 = s.sum(axis=1)  # the constant is the sum of the raters' columns
    solve = np.linalg.inv(np.eye(r) + b * s)
    right = np.column_stack([r1, ry])
    middle = np.array([[r1.sum(), ry.sum()], [ry.sum(), inside[r, r]]]) - b * right.T @ (solve @ right)
    mean, rss = middle[0, 1] / middle[0, 0], middle[1, 1] - middle[0, 1] ** 2 / middle[0, 0]
    # V^-1 against targets and raters; P takes the mean out
    counts = of.sums[:, :r]
    sums = np.column_stack([of.size, of.sums[:, r]])
    z = weight[:, None] * (sums - b * counts @ (solve @ right))  # (n, 2): Z' V^-1 [1, y]
    v = right - b * s @ (solve @ right)  # (r, 2): R' V^-1 [1, y]
    trace_z = float(
        (of.size * weight).sum() - b * np.sum((weight[:, None] * counts) @ solve * (weight[:, None] * counts))
    )
    trace_r = float(np.trace(solve @ s))
    slopes = []
    for trace, side in ((trace_z, z), (trace_r, v)):
        left = side[:, 1] - mean * side[:, 0]
        slopes.append(trace - side[:, 0] @ side[:, 0] / middle[0, 0] - (n - 1) * left @ left / rss)
    value = (n - 1) * np.log(rss / (n - 1)) - np.log(weight).sum() - np.linalg.slogdet(solve)[1] + np.log(middle[0, 0])
    return float(value), np.array(slopes), float(rss / (n - 1))
