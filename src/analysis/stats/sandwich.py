"""Robust covariance of coefficients: bread, meat, bread.

References
----------
Long, J. S., & Ervin, L. H. (2000). The American Statistician, 54, 217-224 (HC0 to HC3). Cribari-Neto, F. (2004).
Computational Statistics & Data Analysis, 45, 215-233 (HC4). Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2011).
Journal of Business & Economic Statistics, 29, 238-249 (two ways). Bell, R. M., & McCaffrey, D. F. (2002). Survey
Methodology, 28, 169-181; Pustejovsky, J. E., & Tipton, E. (2018). Journal of Business & Economic Statistics, 36,
672-683 (CR2). R: ``sandwich::vcovHC``, ``sandwich::vcovCL``, ``clubSandwich::vcovCR``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ModelError, problem
from .design import Design, code_sums, codes_of, count_codes
from .leastsquares import RowSolution
from .rows import Array
from .tails import f_upper

HC: TypeAlias = Literal["HC0", "HC1", "HC2", "HC3", "HC4"]
HCS: tuple[HC, ...] = ("HC0", "HC1", "HC2", "HC3", "HC4")


def coefficient_cov(design: Design, s: RowSolution, kind: str, second: str | None, df: int) -> tuple[Array, Array]:
    """Covariance of the coefficients, and the degrees of freedom of each one's t."""
    alike = np.full(design.x.shape[1], float(df))
    if design.clusters is not None:
        if kind == "CR2":
            return cr2_cov(s.root, s.q, s.residuals, design.clusters)
        if second is not None:
            other = codes_of(design.beside[second])
            return two_way_cov(s.root, s.q, s.residuals, design.clusters, other), alike
        return cluster_cov(s.root, s.q, s.residuals, design.clusters), alike
    for hc in HCS:
        if hc == kind:
            return hc_cov(s.root, s.q, s.residuals, hc), alike
    n, k = design.x.shape
    return np.asarray(s.root @ s.root.T * (s.ss_res / (n - k))), alike


def wald_f(b: Array, cov: Array, first: int, df2: int) -> tuple[float | None, float | None]:
    """Wald's F that all slopes from `first` on are zero, and its p: b' V^-1 b / q.

    None where V has less rank than there are slopes. CR2 is not asked: its F needs degrees of freedom of its own, which
    are not computed here.
    """
    slopes, v = b[first:], cov[first:, first:]
    spread = np.sqrt(np.diag(v))
    if not (spread > 0).all() or len(slopes) > df2:
        return None, None
    scaled = v / np.outer(spread, spread)
    if np.linalg.cond(scaled) > 1e12:
        return None, None
    ratio = slopes / spread
    f = float(ratio @ np.linalg.solve(scaled, ratio)) / len(slopes)
    return f, f_upper(f, len(slopes), df2)


def hc_cov(root: Array, q: Array, residuals: Array, kind: HC) -> Array:
    """Heteroskedasticity-consistent covariance: root (Q' diag(w) Q) root'."""
    leverage = np.einsum("ij,ij->i", q, q)
    alone = int((leverage > 1 - 1e-10).sum())
    if alone and kind in ("HC2", "HC3", "HC4"):
        raise ModelError(problem("regression.leverage_one", vcov=kind, rows=alone))
    weighted = q * (residuals * np.sqrt(_weights(leverage, q.shape[1], kind)))[:, None]
    return np.asarray(root @ (weighted.T @ weighted) @ root.T)


def _weights(h: Array, k: int, kind: HC) -> Array:
    n = len(h)
    if kind == "HC0":
        return np.ones(n)
    if kind == "HC1":
        return np.full(n, n / (n - k))
    if kind == "HC2":
        return np.asarray(1 / (1 - h))
    if kind == "HC3":
        return np.asarray(1 / (1 - h) ** 2)
    return np.asarray((1 - h) ** -np.minimum(4.0, n * h / k))


def cluster_cov(root: Array, q: Array, residuals: Array, codes: npt.NDArray[np.intp]) -> Array:
    """CR1: sums of scores by cluster, times G / (G - 1) (n - 1) / (n - k)."""
    n, k = q.shape
    sums, g = code_sums(codes, q * residuals[:, None]), count_codes(codes)
    return np.asarray(g / (g - 1) * (n - 1) / (n - k) * root @ (sums.T @ sums) @ root.T)


def two_way_cov(
    root: Array, q: Array, residuals: Array, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]
) -> Array:
    """Clusters of two kinds at once: CR1 of the one plus CR1 of the other minus CR1 of what they have in common."""
    both = np.unique(first * (int(second.max()) + 1) + second, return_inverse=True)[1]
    plus = cluster_cov(root, q, residuals, first) + cluster_cov(root, q, residuals, second)
    found = plus - cluster_cov(root, q, residuals, both)
    if (np.diag(found) <= 0).any():
        raise ModelError(problem("regression.two_way_negative"))
    return np.asarray(found)


def cr2_cov(root: Array, q: Array, residuals: Array, codes: npt.NDArray[np.intp]) -> tuple[Array, Array]:
    """CR2 and, for each coefficient, Satterthwaite's degrees of freedom.

    With S_g = Q_g'Q_g the adjusted residuals (I - Q_g Q_g')^(-1/2) e_g give the scores B_g Q_g'e_g, where
    B_g = (I - S_g)^(-1/2): nothing larger than k by k is decomposed. For a coefficient with w = root'c the variance is
    the sum of (w'B_g Q_g'e_g)^2, a quadratic form in normal errors whose df are (sum p_g'p_g)^2 / sum (p_g'p_h)^2, with
    p_g'p_h = [g = h] w'B_g S_g B_g w - u_g'u_h and u_g = S_g B_g w.
    """
    k = q.shape[1]
    sums = code_sums(codes, q * residuals[:, None])
    ends = np.cumsum(np.bincount(codes))[:-1]
    parts = np.split(q[np.argsort(codes, kind="stable")], ends)
    inner = np.array([part.T @ part for part in parts])  # (g, k, k)
    adjust = np.array([_inverse_root(np.eye(k) - each) for each in inner])
    scores = np.einsum("gij,gj->gi", adjust, sums)
    cov = root @ (scores.T @ scores) @ root.T
    return np.asarray(cov), np.array([_satterthwaite(row, inner, adjust) for row in root])


def _satterthwaite(w: Array, inner: Array, adjust: Array) -> float:
    """Degrees of freedom of one coefficient's CR2 variance under independent errors of equal spread."""
    moved = adjust @ w  # (g, k)
    u = np.einsum("gij,gj->gi", inner, moved)
    own = np.einsum("gi,gi->g", moved, u)
    cross = np.diag(own) - u @ u.T
    return float(np.trace(cross) ** 2 / (cross**2).sum())


def _inverse_root(m: Array) -> Array:
    """Symmetric M^(-1/2); directions that M does not have are left out (a cluster that decides a coefficient alone)."""
    values, vectors = np.linalg.eigh(m)
    kept = values > 1e-10
    return np.asarray((vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T)
