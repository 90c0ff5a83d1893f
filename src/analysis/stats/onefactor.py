"""One factor of many correlation matrices that lie near one another, as resamples do: a few steps of Newton each.

The minima are those of `manyfactors.extract_many`; with one factor slope and curvature in the loadings need no
eigenvalues, which makes a step many times cheaper.

References
----------
Harman, H. H., & Jones, W. H. (1966). Factor analysis by minimizing residuals (minres). Psychometrika, 31, 351-368.
Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika, 32, 443-482.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from .manyfactors import LEAST, Flags, Loadings, extract_many
from .rows import Array

_STEPS, _FLAT = 12, 1e-9  # Newton doubles its digits: who needs more steps than these started too far away

Method: TypeAlias = Literal["minres", "ml"]
_Slopes: TypeAlias = Callable[[Array, Array], tuple[Array, Array]]


def one_factor_many(corr: Array, near: Array, method: Method) -> Loadings:
    """Loadings on one factor of every matrix of a batch, each sought from a solution that lies near.

    Parameters
    ----------
    corr : array (b, items, items)
        Correlations, positive definite.
    near : array (items,) or (b, items)
        Loadings to start from: those of the sample that the batch was drawn from.
    method : {"minres", "ml"}
        Least squares of the correlations, or maximum likelihood.

    Returns
    -------
    Loadings
        (b, items, 1). A member whose steps do not end at a minimum between the bounds of the uniquenesses is left to
        `extract_many`, which keeps to them.

    Notes
    -----
    minres: f = sum of (r_ij - l_i l_j)^2 over i < j. ml: f = log|C| + tr(R C^-1) with C = l l' + diag(psi).
    """
    slopes, items = (_least_squares, corr.shape[1]) if method == "minres" else (_likelihood, corr.shape[1])
    start = np.broadcast_to(near, corr.shape[:2])
    if method == "ml":
        start = np.concatenate([start, np.maximum(1 - start**2, LEAST)], axis=1)
    found, good = _newton(slopes, corr, np.array(start))
    loadings = found[:, :items]
    left = 1 - loadings**2 if method == "minres" else found[:, items:]
    good &= (left > LEAST).all(axis=1) & (left < 1).all(axis=1)
    out, converged = loadings[:, :, None].copy(), good.copy()
    if not good.all():
        rest = extract_many(corr[~good], 1, method)
        out[~good], converged[~good] = rest.loadings, rest.converged
    return Loadings(out, converged)


def _newton(slopes: _Slopes, corr: Array, x: Array) -> tuple[Array, Flags]:
    """Where the slopes vanish, and whether the curvature there is that of a minimum."""
    flat = np.zeros(len(x), dtype=bool)
    going = np.arange(len(x))
    for _ in range(_STEPS):
        slope, curvature = slopes(corr[going], x[going])
        size = np.abs(slope).max(axis=1)
        still = size < _FLAT
        flat[going[still]] = _positive(curvature[still])
        on = ~still & (size < 1e3)
        going = going[on]
        if not len(going):
            break
        x[going] -= _solved(curvature[on], slope[on])
    return x, flat


def _solved(curvature: Array, slope: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(curvature, slope[:, :, None])[:, :, 0])
    except np.linalg.LinAlgError:  # one singular member: no step for any, and the bounds decide
        return np.full_like(slope, np.inf)


def _positive(curvature: Array) -> Flags:
    """Which of a batch are positive definite."""
    try:
        np.linalg.cholesky(curvature)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.eigvalsh(curvature)[:, 0] > 0)
    return np.ones(len(curvature), dtype=bool)


def _least_squares(corr: Array, loading: Array) -> tuple[Array, Array]:
    """Slope and curvature of minres: the residuals e_ij = r_ij - l_i l_j beside the diagonal do it all."""
    product = loading[:, :, None] * loading[:, None, :]
    residual, at = corr - product, np.arange(corr.shape[1])
    residual[:, at, at] = 0.0
    slope = -(residual @ loading[:, :, None])[:, :, 0]
    curvature = product - residual
    curvature[:, at, at] = (loading**2).sum(axis=1, keepdims=True) - loading**2
    return slope, curvature


def _likelihood(corr: Array, x: Array) -> tuple[Array, Array]:
    """Slope and curvature of the likelihood in loadings and uniquenesses.

    With A = C^-1, G = A - A R A and B = A - 2 G (second derivatives of tr(R C^-1)): slopes 2 G l and diag(G).
    """
    items = corr.shape[1]
    loading, psi = x[:, :items], x[:, items:]
    scaled = loading / psi
    a = -scaled[:, :, None] * scaled[:, None, :] / (1 + (loading * scaled).sum(axis=1))[:, None, None]
    at = np.arange(items)
    a[:, at, at] += 1 / psi
    g = a - a @ corr @ a
    b = a - 2 * g
    al, bl, gl = ((each @ loading[:, :, None])[:, :, 0] for each in (a, b, g))
    beside = al[:, :, None] * bl[:, None, :]
    curvature = np.empty((len(x), 2 * items, 2 * items))
    lal, lbl = (loading * al).sum(axis=1)[:, None, None], (loading * bl).sum(axis=1)[:, None, None]
    curvature[:, :items, :items] = beside + np.swapaxes(beside, 1, 2) + lal * b + lbl * a + 2 * g
    mixed = a * bl[:, :, None] + b * al[:, :, None]  # uniquenesses by loadings
    curvature[:, items:, :items] = mixed
    curvature[:, :items, items:] = np.swapaxes(mixed, 1, 2)
    curvature[:, items:, items:] = a * b
    return np.concatenate([2 * gl, g[:, at, at]], axis=1), curvature
