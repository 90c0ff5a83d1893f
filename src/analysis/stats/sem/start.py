"""Where the search begins: values of the free parameters from the sample, close enough to converge."""

from __future__ import annotations

from dataclasses import replace
from math import isnan, sqrt

import numpy as np

from ..rows import Array
from .parameters import FIXED, Parameter, ParameterTable
from .sample import GroupSample, Sample

_STEEPEST = 10.0  # ratio of two loadings in standard deviations, at most


def with_sample_values(table: ParameterTable, sample: Sample) -> ParameterTable:
    """The table with the moments of exogenous observed variables filled in from the sample."""
    rows = (
        replace(row, value=_moment(row, sample)) if row.free == FIXED and isnan(row.value) else row
        for row in table.rows
    )
    return replace(table, rows=tuple(rows))


def starting_values(table: ParameterTable, sample: Sample) -> Array:
    """One value (free,) for each free parameter; those that the model states come first.

    Notes
    -----
    Loadings are ratios of covariances (Hägglund's instrumental variables, without their weights): the covariance of an
    indicator with the other indicators over that of the marker with them. Residual variances are half of the variance
    and latent ones half of the marker's; intercepts are means; the rest is zero.

    References
    ----------
    Hägglund, G. (1982). Factor analysis by instrumental variables methods. Psychometrika, 47, 209-222.
    """
    theta = np.full(table.n_free, np.nan)
    in_sd = {(row.lhs, row.group) for row in table.rows if row.op == "~~" and row.lhs == row.rhs and row.free == FIXED}
    for row in table.rows:
        if row.free == FIXED:
            continue
        if not isnan(row.value):
            theta[row.free] = row.value
        elif isnan(theta[row.free]):
            theta[row.free] = _start(row, table, sample, (row.lhs, row.group) in in_sd)
    return theta


def _moment(row: Parameter, sample: Sample) -> float:
    group = sample.groups[row.group]
    if row.op == "~1":
        return float(group.mean[sample.names.index(row.lhs)])
    return float(group.cov[sample.names.index(row.lhs), sample.names.index(row.rhs)])


def _start(row: Parameter, table: ParameterTable, sample: Sample, in_sd: bool) -> float:
    """Of one row; `in_sd`: the variance of its left side is fixed."""
    group = sample.groups[row.group]
    if row.op == "~1":
        return _moment(row, sample) if row.lhs in sample.names else 0.0
    if row.op == "=~":
        return _loading(row, table, sample, in_sd)
    if row.op == "~~" and row.lhs == row.rhs:
        explained = table.latent and row.lhs in sample.names
        return _variance(row.lhs, table, sample, group) / (2 if explained else 1)
    return 0.0


def _variance(name: str, table: ParameterTable, sample: Sample, group: GroupSample, depth: int = 0) -> float:
    """Variance of an observed variable, or of what the first indicator of a latent one suggests."""
    if name in sample.names:
        at = sample.names.index(name)
        return float(group.cov[at, at])
    items = table.measures.get(name, ())
    if not items or depth > len(table.latent):
        return 1.0
    return _variance(items[0], table, sample, group, depth + 1) / 2


def _loading(row: Parameter, table: ParameterTable, sample: Sample, in_sd: bool) -> float:
    """Relative to the marker; with a fixed variance, relative to the square root of half the marker's variance."""
    group, marker = sample.groups[row.group], table.measures[row.lhs][0]
    items = [name for name in table.measures[row.lhs] if name in sample.names]
    scale = (_variance(marker, table, sample, group) / 2) ** 0.5 if in_sd else 1.0
    if row.rhs not in sample.names or marker not in sample.names:
        return scale
    return scale * _ratio(group.cov, sample.names, row.rhs, marker, items)


def _ratio(cov: Array, names: tuple[str, ...], item: str, marker: str, items: list[str]) -> float:
    """Sum of the item's covariances with the others, each signed as the marker's, over that of the marker."""
    j, m = names.index(item), names.index(marker)
    if item == marker:
        return 1.0
    wide = sqrt(cov[j, j] / cov[m, m])
    others = [names.index(name) for name in items if name not in (item, marker)]
    signs = np.sign(cov[m, others])
    below = float(cov[m, others] @ signs)
    if not below > 0:
        return wide * (1.0 if cov[j, m] >= 0 else -1.0)
    found = float(cov[j, others] @ signs) / below
    return min(max(found, -_STEEPEST * wide), _STEEPEST * wide)
