"""The solution in standard deviations of all variables, observed and latent (lavaan's ``std.all``)."""

from __future__ import annotations

import numpy as np

from ..rows import Array
from .matrices import GroupMatrices, Matrices


def standardised(matrices: Matrices, values: Array) -> Array:
    """Standardised values (rows,) of a table whose rows have these values: each times its scale."""
    with np.errstate(invalid="ignore"):
        found = values * scales(matrices, values)
    return np.asarray(np.where(values == 0, 0.0, found))


def scales(matrices: Matrices, values: Array) -> Array:
    """What multiplies each row (rows,) to standardise it.

    Notes
    -----
    Loadings and regressions are multiplied by the standard deviation of what explains and divided by that of what is
    explained; variances are divided by the variance; covariances by the standard deviations of the two residuals, so
    that those of residuals are correlations; intercepts by the standard deviation. Where a variance is negative its
    absolute value is taken for the root, as lavaan does, and a caution names it.
    """
    found = np.ones(len(values))
    for group in matrices.groups:
        found[group.at] = _group(group, values)
    return found


def _group(group: GroupMatrices, values: Array) -> Array:
    _, s, _ = group.matrices(values)
    sd = np.sqrt(np.abs(np.diag(group.implied(values).total)))
    residual = np.sqrt(np.abs(np.diag(s)))
    i, j = group.i, group.j
    with np.errstate(divide="ignore", invalid="ignore"):
        paths = sd[j] / sd[i]
        variances = 1 / sd[i] ** 2
        covariances = 1 / (residual[i] * residual[j])
        levels = 1 / sd[i]
    own = np.where(i == j, variances, covariances)
    return np.asarray(np.where(group.kind == "A", paths, np.where(group.kind == "S", own, levels)))
