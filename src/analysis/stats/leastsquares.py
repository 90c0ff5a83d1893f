"""Least squares: QR of the centred, scaled design with one step of refinement; or from moments.

Centring subtracts a mean of few bits and scaling divides by a power of two, so that both are exact for answers and for
most measured data: the digits that NIST's data sets ask for are not lost before the work begins.

References
----------
Björck, Å. (1967). Iterative refinement of linear least squares solutions I. BIT, 7, 257-278.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ModelError, Problem, problem
from ..grammar import INTERCEPT
from . import exact
from .moments import Moments
from .rows import Array

_RANK = 1.5e-8  # root of the machine's precision: a smaller distance from the other columns is not told from zero
_ROUNDING = 1e-12  # residuals this small beside the outcome are rounding
_LOST = 1e-13  # from moments 1 - R^2 is known to about this
_FLAT = 1e-14  # share of a column's length that is nothing but rounding
_HALF = 1e-9  # a step this small beside the solution leaves nothing for a second
_PART = 1e-6  # share below which a column plays no part in a linear dependence


@dataclass(frozen=True, eq=False)
class Solution:
    """Coefficients and what their errors need; `root @ root.T` is the inverse of X'X."""

    b: Array  # (k,)
    root: Array  # (k, k)
    ss_res: float
    ss_reg: float
    ss_total: float
    spread_x: Array  # (k,) root of each column's sum of squares, centred where there is an intercept; 0 for that
    spread_y: float
    condition: float  # of the scaled centred columns
    perfect: bool  # residuals are nothing but rounding

    @property
    def tolerance(self) -> Array:
        """1 - R^2 of each column on the others; nothing (NaN) for the intercept."""
        inverse = (self.root**2).sum(axis=1)
        with np.errstate(divide="ignore"):
            found = 1 / (inverse * self.spread_x**2)
        return np.where(self.spread_x > 0, found, np.nan)


@dataclass(frozen=True, eq=False)
class RowSolution(Solution):
    """A solution that still has its rows."""

    residuals: Array  # (n,)
    q: Array  # (n, k) orthonormal columns; X'X inverse X' = root q'


def solve_rows(x: Array, y: Array, terms: tuple[str, ...], intercept: bool) -> RowSolution:
    """Least squares of y on the columns of x; perfect collinearity is refused with the names of the set."""
    x = np.asfortranarray(x)  # everything below runs along columns
    centre, y_centre = np.zeros(len(terms)), 0.0
    if intercept:
        centre[1:], y_centre = _short(x[:, 1:].mean(axis=0)), float(_short(y.mean()))
    z, scale = _scaled(x - centre)
    y_z, y_scale = _scaled(y - y_centre)
    moved, y_moved = (_centred(z), y_z - y_z.mean()) if intercept else (z, y_z)
    norms = _told_from_rounding(lengths(moved), lengths(z))
    q, r = np.linalg.qr(z)
    refuse_dependence(r, terms, norms)
    c, c_low, left = _refined(z, q, r, y_z)
    b = y_scale * c / scale
    back = np.diag(1 / scale)
    if intercept:
        b[0] = _intercept(b, y_scale * c_low / scale, centre, y_centre)
        back[0, 1:] = -(centre / scale)[1:]
    fitted = y_moved - left
    total = float(y_moved @ y_moved)
    slopes = slice(int(intercept), None)
    return RowSolution(
        b=b,
        root=back @ np.linalg.inv(r),
        ss_res=float(left @ left) * y_scale**2,
        ss_reg=float(fitted @ fitted) * y_scale**2,
        ss_total=total * y_scale**2,
        spread_x=norms * scale * (np.arange(len(terms)) >= int(intercept)),
        spread_y=total**0.5 * y_scale,
        condition=_condition(r[slopes, slopes] / norms[slopes]),
        perfect=bool(left @ left <= _ROUNDING**2 * total),
        residuals=left * y_scale,
        q=q,
    )


def solve_moments(m: Moments, outcome: str, terms: tuple[str, ...], intercept: bool) -> Solution:
    """The same coefficients from means and covariances alone."""
    k = len(terms)
    chosen = m.subset((*terms, outcome))
    cross = chosen.scatter if intercept else chosen.scatter + m.n * np.outer(chosen.mean, chosen.mean)
    spread = np.sqrt(np.diag(cross))
    scaled = cross / np.outer(spread, spread)
    lower = _cholesky(scaled[:k, :k], terms)
    effects = np.linalg.solve(lower, scaled[:k, k]) if k else np.zeros(0)
    r2 = float(effects @ effects)
    total = float(cross[k, k])
    upper = np.linalg.inv(lower).T if k else np.zeros((0, 0))
    root = upper / spread[:k, None]
    b = spread[k] * root @ effects
    condition = float(np.sqrt(np.linalg.cond(scaled[:k, :k]))) if k else 1.0
    if intercept:
        means = chosen.mean[:k]
        b = np.concatenate([[chosen.mean[k] - means @ b], b])
        top = np.concatenate([[m.n**-0.5], -means @ root])
        root = np.vstack([top, np.column_stack([np.zeros(k), root])])
    spread_x = np.concatenate([[0.0], spread[:k]]) if intercept else spread[:k]
    left = max(1 - r2, 0.0)
    return Solution(b, root, left * total, r2 * total, total, spread_x, float(spread[k]), condition, left < _LOST)


def refuse_dependent_columns(x: Array, terms: tuple[str, ...]) -> None:
    """Refuse a design (n, k) with columns that are linear combinations of others, naming the whole set."""
    refuse_dependence(np.asarray(np.linalg.qr(x, mode="r")), terms, lengths(x))


def refuse_dependence(r: Array, terms: tuple[str, ...], norms: Array) -> None:
    """Refuse columns that are linear combinations of those before them, naming the whole set.

    The j-th diagonal entry of R is the distance of column j from the columns before it.
    """
    found: list[Problem] = []
    free: list[int] = []
    for j, term in enumerate(terms):
        if abs(r[j, j]) > _RANK * norms[j] and norms[j] > 0:
            free.append(j)
            continue
        weights = np.linalg.lstsq(r[:, free], r[:, j], rcond=None)[0] if free else np.zeros(0)
        shares = np.abs(weights) * norms[free] if free else weights
        part = [terms[i] for i, share in zip(free, shares, strict=True) if share > _PART * max(norms[j], 1e-300)]
        columns = (*(name for name in part if name != INTERCEPT), term)
        found.append(problem("regression.rank_deficient", columns=columns))
    if found:
        raise ModelError(*found)


def _cholesky(corr: Array, terms: tuple[str, ...]) -> Array:
    """Lower triangle of Cholesky; a matrix without one is refused, as collinear or as no covariance matrix at all."""
    smallest = float(np.linalg.eigvalsh(corr).min(initial=1.0))
    if smallest < -1e-10:
        raise ModelError(problem("moments.not_positive_definite", eigenvalue=smallest))
    if smallest < 1e-13:
        values, vectors = np.linalg.eigh(corr)
        part = np.abs(vectors[:, values < 1e-13]).max(axis=1) > 1e-3
        columns = tuple(name for name, inside in zip(terms, part, strict=True) if inside)
        raise ModelError(problem("regression.rank_deficient", columns=columns))
    return np.asarray(np.linalg.cholesky(corr))


def _short(mean: npt.ArrayLike) -> Array:
    """Numbers cut to 20 bits: subtracting them from answers is exact."""
    mantissa, exponent = np.frexp(mean)
    return np.asarray(np.ldexp(np.round(mantissa * 2**20), exponent - 20))


def _scaled(x: Array) -> tuple[Array, Any]:
    """Columns (one, where x is a vector) divided by the power of two above their largest value."""
    largest = np.abs(x).max(axis=0)
    scale = np.where(largest > 0, np.ldexp(1.0, np.frexp(largest)[1]), 1.0)
    return x / scale, scale


def _centred(x: Array) -> Array:
    """Columns minus their means; the intercept, which comes first, stays."""
    mean = x.mean(axis=0)
    mean[0] = 0.0
    return np.asarray(x - mean)


def lengths(x: Array) -> Array:
    """Root of each column's sum of squares."""
    return np.asarray(np.sqrt(np.einsum("ij,ij->j", x, x)))


def _told_from_rounding(moved: Array, whole: Array) -> Array:
    """Lengths of centred columns; what a constant column leaves is rounding, and no length."""
    return np.where(moved > _FLAT * whole, moved, 0.0)


def _refined(z: Array, q: Array, r: Array, y: Array) -> tuple[Array, Array, Array]:
    """Solution c + c_low and residual e after Björck's refinement.

    The equations y - e - Zc = 0 and Z'e = 0 are evaluated in twice the working precision. A step squares the relative
    error: a second one is taken where the first has moved more than half of the digits. e follows from the exact
    residual before a step that is small, so it needs no evaluation of its own.
    """
    inverse = np.linalg.inv(r)
    c: Array = np.asarray(inverse @ (q.T @ y), dtype=np.float64)
    c_low = np.zeros_like(c)
    e = y - z @ c
    parts = exact.sliced(z)
    for _ in range(2):
        high, low = exact.minus_product(y, parts, c, c_low)
        f = (high - e) + low
        g = -exact.products(parts, e)
        step = inverse @ (q.T @ f - inverse.T @ g)
        e = e + (f - z @ step)
        c, c_low = exact.two_sum(c, step + c_low)
        if np.abs(step).max(initial=0.0) < _HALF * np.abs(c).max(initial=0.0):
            break
    return c, c_low, e


def _intercept(b: Array, b_low: Array, centre: Array, y_centre: float) -> float:
    """Intercept on the original scale: y's centre + c0 - sum of b times centre, in twice the working precision."""
    p, e = exact.two_product(b[1:], centre[1:])
    return fsum([y_centre, b[0], b_low[0], *(-p).tolist(), *(-e).tolist(), *(-b_low[1:] * centre[1:]).tolist()])


def _condition(r: Array) -> float:
    """Largest over smallest singular value of the triangle of centred columns brought to length one."""
    return float(np.linalg.cond(r)) if len(r) else 1.0
