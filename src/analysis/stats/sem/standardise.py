"""The solution in standard deviations of all variables, observed and latent (lavaan's ``std.all``)."""

from __future__ import annotations

import numpy as np

from ..rows import Array
from .matrices import GroupMatrices, Matrices


def standardised(matrices: Matrices, values: Array) -> Array:
    """Standardised values (rows,) of a table whose rows have these values.

    Notes
    -----
    Loadings and regressions are multiplied by the standard deviation of what explains and divided by that of what is
    explained; variances are divided by the variance; covariances by the standard deviations of the two residuals, so
    that those of residuals are correlations; intercepts by the standard deviation. Where a variance is negative its
    absolute value is taken for the root, as lavaan does, and a caution names it.
    """
    found = np.array(values)
    for group in matrices.groups:
        found[group.at] = _group(group, values)
    return found


def _group(group: GroupMatrices, values: Array) -> Array:
    _, s, _ = group.matrices(values)
    sd = np.sqrt(np.abs(np.diag(group.implied(values).total)))
    residual = np.sqrt(np.abs(np.diag(s)))
    i, j, mine = group.i, group.j, values[group.at]
    with np.errstate(divide="ignore", invalid="ignore"):
        paths = mine * sd[j] / sd[i]
        variances = mine / sd[i] ** 2
        covariances = mine / (residual[i] * residual[j])
        levels = mine / sd[i]
    own = np.where(i == j, variances, covariances)
    found = np.where(group.kind == "A", paths, np.where(group.kind == "S", own, levels))
    return np.asarray(np.where(mine == 0, 0.0, found))
