"""A general factor above group factors (Schmid & Leiman), and the parts of a scale's variance that they explain.

References
----------
Schmid, J., & Leiman, J. M. (1957). Psychometrika, 22, 53-61. McDonald, R. P. (1999). Test theory, pp. 89-90.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .manyfactors import Flags, Loadings, extract_many
from .rotation import ordered, rotate
from .rows import Array


@dataclass(frozen=True, eq=False)
class SchmidLeiman:
    """A batch of general and group loadings, what they explain, and the oblique loadings behind them."""

    general: Array  # (b, items)
    group: Array  # (b, items, groups)
    h2: Array  # (b, items)
    pattern: Array  # (b, items, groups)
    ladder: Array  # (b, groups) loadings of the group factors on the general one
    converged: Flags  # (b,)


def factored(corr: Array, groups: int) -> SchmidLeiman:
    """Factors of one matrix (items, items) as R's ``psych::omega`` finds them: a batch of one."""
    raw = extract_many(corr[None], groups, "minres")
    found = ordered(rotate(raw.loadings[0], "oblimin", kaiser=False))
    return schmid_leiman(raw, found.loadings[None], found.phi[None], np.array([found.converged]))


def schmid_leiman(raw: Loadings, pattern: Array, phi: Array, converged: Flags) -> SchmidLeiman:
    """One factor above oblique factors, and what is left of these beside it."""
    ladder, climbed = _ladder(phi)
    general = np.einsum("bif,bf->bi", pattern, ladder)
    sign = np.where(general.sum(axis=1) < 0, -1.0, 1.0)
    group = pattern * np.sqrt(np.maximum(1 - ladder**2, 0.0))[:, None, :]
    h2 = (raw.loadings**2).sum(axis=2)
    return SchmidLeiman(general * sign[:, None], group, h2, pattern, ladder, raw.converged & converged & climbed)


def of_one_factor(raw: Loadings) -> SchmidLeiman:
    """A single factor is the general one."""
    one = np.ones((len(raw.loadings), 1, 1))
    return schmid_leiman(raw, signed(raw.loadings), one, raw.converged)


def _ladder(phi: Array) -> tuple[Array, Flags]:
    """Loadings of factors on the one above them."""
    groups = phi.shape[1]
    fine = np.ones(len(phi), dtype=bool)
    if groups == 1:
        return np.ones((len(phi), 1)), fine
    if groups == 2:
        root = np.sqrt(np.abs(phi[:, 0, 1]))
        return np.column_stack([root, np.sign(phi[:, 0, 1]) * root]), fine
    found = extract_many(phi, 1, "minres")
    return signed(found.loadings)[:, :, 0], found.converged


def signed(loadings: Array) -> Array:
    """Loadings (b, items, factors) with positive sums."""
    return np.asarray(loadings * np.where(loadings.sum(axis=1, keepdims=True) < 0, -1.0, 1.0))


def shares(corr: Array, found: SchmidLeiman) -> dict[str, Array]:
    """Omega total (sum R - sum u2) / sum R and hierarchical (sum g)^2 / sum R of a batch."""
    whole = corr.sum(axis=(1, 2))
    left = (1 - found.h2).sum(axis=1)
    return {"total": (whole - left) / whole, "hierarchical": found.general.sum(axis=1) ** 2 / whole}


def congeneric(cov: Array, found: Loadings) -> Array:
    """(sum l)^2 / ((sum l)^2 + sum t) of a batch, loadings and errors of one factor in the units of the items."""
    variance = np.diagonal(cov, axis1=1, axis2=2)
    loading = found.loadings[:, :, 0]
    shared = (loading * np.sqrt(variance)).sum(axis=1) ** 2
    return np.asarray(shared / (shared + (variance * (1 - loading**2)).sum(axis=1)))
