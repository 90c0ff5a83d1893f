"""Extracting factors from correlations: components, minres, principal axes, maximum likelihood.

References
----------
Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals. Psychometrika, 31, 351-368. Jöreskog,
K. G. (1967). Psychometrika, 32, 443-482. R: ``psych::principal``, ``psych::fa(fm = "minres")``,
``factanal``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize

from .factorability import squared_multiple
from .rows import Array

_LEAST = 0.005  # uniqueness, at least: the bound of psych and factanal
_PAF_CHANGE, _PAF_STEPS = 1e-9, 10_000  # SPSS and psych stop at .001, short of the solution


@dataclass(frozen=True, eq=False)
class Extraction:
    """Unrotated loadings, in the order of their eigenvalues."""

    loadings: Array  # (items, factors)
    converged: bool


def extract(corr: Array, k: int, method: str) -> Extraction:
    """Unrotated loadings of `k` factors."""
    return _METHODS[method](corr, k)


def principal(corr: Array, k: int) -> Array:
    """Loadings of the first `k` components: eigenvectors times roots of their eigenvalues."""
    values, vectors = np.linalg.eigh(corr)
    return np.asarray(vectors[:, ::-1][:, :k] * np.sqrt(np.maximum(values[::-1][:k], 0.0)))


def _pca(corr: Array, k: int) -> Extraction:
    return Extraction(principal(corr, k), True)


def _paf(corr: Array, k: int) -> Extraction:
    """Principal axes, iterated from squared multiple correlations; communalities of 1 and more have no solution."""
    reduced = corr.copy()
    communality = squared_multiple(corr)
    loadings = np.zeros((len(corr), k))
    for _ in range(_PAF_STEPS):
        np.fill_diagonal(reduced, communality)
        loadings = principal(reduced, k)
        before, communality = communality, (loadings**2).sum(axis=1)
        if np.abs(communality - before).max() < _PAF_CHANGE:
            return Extraction(loadings, bool(communality.max() < 1))
    return Extraction(loadings, False)


def _minres(corr: Array, k: int) -> Extraction:
    """Least squares of the residual correlations: half the sum of squares of the eigenvalues left over."""

    def value(psi: Array) -> tuple[float, Array]:
        values, vectors = np.linalg.eigh(corr - np.diag(psi))
        left, axes = values[:-k], vectors[:, :-k]
        return 0.5 * float(left @ left), -(axes**2) @ left

    psi, converged = _minimised(value, corr, k)
    return Extraction(principal(corr - np.diag(psi), k), converged)


def _ml(corr: Array, k: int) -> Extraction:
    """Maximum likelihood, concentrated on the uniquenesses (Jöreskog)."""

    def value(psi: Array) -> tuple[float, Array]:
        root = np.sqrt(psi)
        values, vectors = np.linalg.eigh(corr / np.outer(root, root))
        left, axes = np.maximum(values[:-k], 1e-300), vectors[:, :-k]
        return float(np.sum(left - np.log(left) - 1)), ((axes**2) @ (1 - left)) / psi

    psi, converged = _minimised(value, corr, k)
    root = np.sqrt(psi)
    values, vectors = np.linalg.eigh(corr / np.outer(root, root))
    strength = np.sqrt(np.maximum(values[::-1][:k] - 1, 0.0))
    return Extraction(root[:, None] * vectors[:, ::-1][:, :k] * strength, converged)


def _minimised(value: Callable[[Array], tuple[float, Array]], corr: Array, k: int) -> tuple[Array, bool]:
    """Uniquenesses between .005 and 1 at the minimum, from the start of factanal."""
    start = np.clip((1 - 0.5 * k / len(corr)) * (1 - squared_multiple(corr)), _LEAST, 1.0)
    options = {"ftol": 1e-16, "gtol": 1e-9, "maxiter": 2000, "maxcor": 30}
    bounds = [(_LEAST, 1.0)] * len(corr)
    found: Any = optimize.minimize(  # type: ignore[call-overload]
        value, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options
    )
    psi = np.asarray(found.x, dtype=np.float64)
    slope = value(psi)[1]
    free = ~(((psi <= _LEAST) & (slope > 0)) | ((psi >= 1) & (slope < 0)))
    return psi, bool(np.abs(slope[free]).max(initial=0.0) < 1e-4)


_METHODS: dict[str, Callable[[Array, int], Extraction]] = {"pca": _pca, "minres": _minres, "paf": _paf, "ml": _ml}
METHODS = tuple(_METHODS)
