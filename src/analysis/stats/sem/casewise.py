"""What each row says: derivatives of its log-likelihood by the moments, for robust errors and tests."""

from __future__ import annotations

import numpy as np

from ..rows import Array
from .discrepancy import twice, vech
from .matrices import inverted, pairs
from .patterns import Pattern
from .sample import GroupSample


def scores(group: GroupSample, mean: Array, cov: Array, means: bool) -> Array:
    """Scores (n, moments) of a group's rows at these moments: of the mean where it is modelled, then of vech(cov).

    Without means rows are taken from the sample's own mean. Their mean square is the first-order information of one
    observation.
    """
    return np.vstack([_of_pattern(each, mean if means else group.mean, cov, means) for each in group.by_pattern])


def first_order(group: GroupSample, mean: Array, cov: Array, means: bool) -> Array:
    """Mean of the scores' squares and products (moments, moments)."""
    found = scores(group, mean, cov, means)
    return np.asarray(found.T @ found / len(found))


def _of_pattern(pattern: Pattern, mean: Array, cov: Array, means: bool) -> Array:
    """s_mu = P d and s_sigma = W (vech(dd') - vech(Sigma)), zero for what the pattern does not answer."""
    p, at = len(mean), pattern.at
    precision = inverted(cov[np.ix_(at, at)])
    away = pattern.rows - mean[at]
    scaled = away @ precision
    a, b = pairs(p)
    whole = np.zeros((len(away), p))
    whole[:, at] = scaled
    embedded = np.zeros((p, p))
    embedded[np.ix_(at, at)] = precision
    spread = (whole[:, a] * whole[:, b] - vech(embedded)) * twice(p) / 2
    return np.hstack([whole, spread]) if means else spread


def fourth_order(group: GroupSample, means: bool) -> Array:
    """Gamma: n times the covariances of the sample's moments (moments, moments), whatever the distribution."""
    if group.rows is None:
        raise ValueError("rows")
    away = group.rows - group.rows.mean(axis=0)
    a, b = pairs(away.shape[1])
    products = away[:, a] * away[:, b]
    found = np.hstack([away, products]) if means else products
    found = found - found.mean(axis=0)
    return np.asarray(found.T @ found / len(found))
