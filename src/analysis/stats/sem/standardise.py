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


def standardised_slopes(matrices: Matrices, values: Array, slopes: Array) -> Array:
    """Derivatives (rows, k) of `standardised` where those of the values are `slopes` (rows, k).

    With d log sd = d variance / (2 variance) each standardised value moves by its scale times its value's own change,
    and by itself times the change of the logarithm of its scale.
    """
    found = np.empty_like(slopes)
    with np.errstate(divide="ignore", invalid="ignore"):
        for group in matrices.groups:
            found[group.at] = _group_slopes(group, values, slopes)
        times = scales(matrices, values)[:, None]
        moved = times * slopes + times * np.where(values == 0, 0.0, values)[:, None] * found
    return np.asarray(np.where((slopes.any(axis=1) | (values != 0)).reshape(-1, 1), moved, 0.0))


def _group_slopes(group: GroupMatrices, values: Array, slopes: Array) -> Array:
    """Derivatives (rows, k) of the logarithms of the scales."""
    own = slopes[group.at]
    implied, s = group.implied(values), group.matrices(values)[1]
    residual = np.zeros((group.v, slopes.shape[1]))
    variances = group.cells["S"].at[group.cells["S"].i == group.cells["S"].j]
    residual[group.i[variances]] = own[variances]
    by_sd = group.variance_slopes(implied) @ own / (2 * np.diag(implied.total)[:, None])
    by_residual = np.where(residual == 0, 0.0, residual / (2 * np.diag(s)[:, None]))
    found = np.zeros_like(own)
    paths, spreads, levels = (group.cells[kind] for kind in "ASm")
    found[paths.at] = by_sd[paths.j] - by_sd[paths.i]
    alone = (spreads.i == spreads.j)[:, None]
    found[spreads.at] = np.where(alone, -2 * by_sd[spreads.i], -by_residual[spreads.i] - by_residual[spreads.j])
    found[levels.at] = -by_sd[levels.i]
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
    found = np.where(i == j, variances, covariances)
    found[group.cells["A"].at] = paths[group.cells["A"].at]
    found[group.cells["m"].at] = levels[group.cells["m"].at]
    return np.asarray(found)
