"""Robust covariance of coefficients: bread, meat, bread.

References
----------
Long, J. S., & Ervin, L. H. (2000). The American Statistician, 54, 217-224 (HC0 to HC3). Cribari-Neto, F. (2004).
Computational Statistics & Data Analysis, 45, 215-233 (HC4). R: ``sandwich::vcovHC``, ``sandwich::vcovCL``.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ModelError, problem
from .rows import Array

HC: TypeAlias = Literal["HC0", "HC1", "HC2", "HC3", "HC4"]
HCS: tuple[HC, ...] = ("HC0", "HC1", "HC2", "HC3", "HC4")


def hc_cov(root: Array, q: Array, residuals: Array, kind: HC) -> Array:
    """Heteroskedasticity-consistent covariance: root (Q' diag(w) Q) root'."""
    leverage = (q**2).sum(axis=1)
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
    groups, at = np.unique(codes, return_inverse=True)
    g = len(groups)
    sums = np.zeros((g, k))
    np.add.at(sums, at, q * residuals[:, None])
    return np.asarray(g / (g - 1) * (n - 1) / (n - k) * root @ (sums.T @ sums) @ root.T)
