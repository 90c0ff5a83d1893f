"""Constants that vary between the members of one group: the deviance in one variable, with its exact derivatives.

With phi the variance between groups over the residual's, A(phi) = A - sum of w_g a_g a_g' holds all cross-products of
factors and outcome after the groups' shrunken part is taken out, where a_g are the sums of group g and
w_g = phi / (1 + phi n_g). Its determinant over that of the factors' part R is the penalised residual sum of squares, so
deviance, slope and curvature follow from two small matrices, whatever the number of rows.

References
----------
Bates, D., Mächler, M., Bolker, B., & Walker, S. (2015). Journal of Statistical Software, 67(1), sect. 3.
Harville, D. A. (1977). Journal of the American Statistical Association, 72, 320-338 (derivatives).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, pi

import numpy as np

from .rows import Array

LARGEST = 9.9e5  #: phi of groups that leave nothing within
SMALLEST = 1e-300  #: a sum of squares that rounding took below zero
_STEPS = 60
_NEAR = 1e-7  # half of the digits: Newton's step from here gives all of them
_FLAT = 1e-8  # phi of a standard deviation a ten-thousandth of the residual's: no variance is told from zero
# shares of the variance that lie between groups, from which the search starts: none is missed between two of them
_SHARES = np.concatenate(
    [[0.0], np.geomspace(1e-4, 0.1, 7), np.linspace(0.15, 0.9, 12), 1 - np.geomspace(0.05, 1e-6, 8)]
)


@dataclass(frozen=True, eq=False)
class GroupSums:
    """What the deviance needs: sizes (g,), sums (g, k + 1) and cross-products (k + 1, k + 1), the outcome last."""

    sizes: Array
    sums: Array
    cross: Array
    n: int
    reml: bool

    @property
    def free(self) -> int:
        """Rows that the residual variance is divided by."""
        return self.n - len(self.cross) + 1 if self.reml else self.n


@dataclass(frozen=True, eq=False)
class Derivatives:
    """A function of phi: value, slope, curvature."""

    value: float
    slope: float
    curve: float


def best_ratio(of: GroupSums) -> tuple[float, bool]:
    """phi of the smallest deviance, zero where it only rises, and whether the search came to rest."""
    grid = _SHARES / (1 - _SHARES)
    at = int(np.argmin(_deviances(grid, of)))
    if at == 0 and profiled(0.0, of).slope >= 0:
        return 0.0, True
    low, high = (0.0 if at == 0 else grid[at - 1]), grid[min(at + 1, len(grid) - 1)]
    phi = float(grid[at]) if at else float(grid[1]) / 2
    for _ in range(_STEPS):
        now = profiled(phi, of)
        low, high = (low, phi) if now.slope > 0 else (phi, high)
        step = -now.slope / now.curve if now.curve > 0 else np.inf
        after = phi + step if low < phi + step < high else (low + high) / 2
        if abs(after - phi) <= _NEAR * phi or after == phi:
            return float(after), True
        phi = float(after)
    return phi, high - low <= 1e-8 * phi


def profiled(phi: float, of: GroupSums) -> Derivatives:
    """-2 log-likelihood, restricted or not, at the best coefficients and residual variance."""
    spread, whole, factors = _parts(phi, of)
    kept = 1.0 if of.reml else 0.0
    square = whole.value - factors.value
    return Derivatives(
        spread.value + kept * factors.value + of.free * (1 + log(2 * pi / of.free) + square),
        spread.slope + kept * factors.slope + of.free * (whole.slope - factors.slope),
        spread.curve + kept * factors.curve + of.free * (whole.curve - factors.curve),
    )


def solution(phi: float, of: GroupSums) -> tuple[Array, Array, float, float]:
    """Coefficients, R, penalised residual sum of squares and log |I + phi Z'Z|."""
    left = _left(phi, of)
    factors, effects = left[:-1, :-1], left[:-1, -1]
    b: Array = np.asarray(np.linalg.solve(factors, effects), dtype=np.float64)
    square = float(left[-1, -1] - b @ effects)
    return b, factors, max(square, SMALLEST), float(np.log1p(phi * of.sizes).sum())


def satterthwaite(phi: float, of: GroupSums, back: Array) -> Array:
    """Degrees of freedom (k,) of the fixed coefficients: 2 v^2 / (g'Cg).

    v = s [LR^-1L']_jj is the variance of a coefficient of Lb (`back` is L), s the residual's, g its slope in phi and
    s, and C the inverse of half the deviance's curvature in both. A variance at its bound is no parameter any more.
    """
    spread, whole, factors = _parts(phi, of)
    inverse = np.linalg.inv(_left(phi, of)[:-1, :-1]) @ back.T
    change = _slope_of(phi, of)[:-1, :-1]
    square = exp(whole.value - factors.value)
    s = square / of.free
    v = s * np.einsum("jk,kj->j", back, inverse)
    along_s, in_s = v / s, 2 * square / s**3 - of.free / s**2
    if phi <= _FLAT:
        return np.asarray(v**2 / (along_s**2 / in_s))
    log_slope, log_curve = whole.slope - factors.slope, whole.curve - factors.curve
    kept = 1.0 if of.reml else 0.0
    in_phi = spread.curve + kept * factors.curve + of.free * (log_curve + log_slope**2)
    curvature = np.array([[in_phi, -square * log_slope / s**2], [-square * log_slope / s**2, in_s]])
    g = np.array([-s * np.einsum("kj,kl,lj->j", inverse, change, inverse), along_s])  # (2, k)
    return np.asarray(v**2 / np.einsum("ij,ij->j", g, np.linalg.solve(curvature, g)))


def _left(phi: float, of: GroupSums) -> Array:
    """A(phi)."""
    weights = phi / (1 + phi * of.sizes)
    return of.cross - (of.sums.T * weights) @ of.sums


def _slope_of(phi: float, of: GroupSums) -> Array:
    """A'(phi), by w_g' = (1 + phi n_g)^-2."""
    return np.asarray(-(of.sums.T * (1 + phi * of.sizes) ** -2) @ of.sums)


def _parts(phi: float, of: GroupSums) -> tuple[Derivatives, Derivatives, Derivatives]:
    """log |I + phi Z'Z|, log |A| and log |R|.

    With A = LL', T = L^-1 A' L^-T and U = L^-1 A'' L^-T, log |A| has slope tr T and curvature tr U - tr TT; R is A's
    first block, and L, T and U have its own as their first blocks.
    """
    grown = 1 + phi * of.sizes
    share = of.sizes / grown
    spread = Derivatives(float(np.log(grown).sum()), float(share.sum()), -float(share @ share))
    lower = np.linalg.cholesky(_left(phi, of))
    back = np.linalg.inv(lower)
    turned = back @ _slope_of(phi, of) @ back.T
    bent = back @ ((of.sums.T * (2 * share / grown**2)) @ of.sums) @ back.T
    logs, slopes, curves = 2 * np.log(np.diagonal(lower)), np.diagonal(turned), np.diagonal(bent)
    whole = Derivatives(float(logs.sum()), float(slopes.sum()), float(curves.sum() - (turned**2).sum()))
    first = turned[:-1, :-1]
    factors = Derivatives(float(logs[:-1].sum()), float(slopes[:-1].sum()), float(curves[:-1].sum() - (first**2).sum()))
    return spread, whole, factors


def _deviances(grid: Array, of: GroupSums) -> Array:
    """The deviance at many phi at once."""
    weights = grid[:, None] / (1 + grid[:, None] * of.sizes)
    products = of.sums[:, :, None] * of.sums[:, None, :]
    left = of.cross - (weights @ products.reshape(len(products), -1)).reshape(-1, *of.cross.shape)
    diagonal = np.log(np.diagonal(np.linalg.cholesky(left), axis1=1, axis2=2))
    factors, square = 2 * diagonal[:, :-1].sum(axis=1), 2 * diagonal[:, -1]
    spread = np.log1p(grid[:, None] * of.sizes).sum(axis=1)
    return np.asarray(spread + (factors if of.reml else 0.0) + of.free * square)
