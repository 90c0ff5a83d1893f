"""RMSEA and CFI of complete data, where answers are missing.

References
----------
Zhang, X., & Savalei, V. (2023). New computations for RMSEA and CFI following FIML and TS estimation with missing data.
Psychological Methods, 28, 263-283.
"""

from __future__ import annotations

import numpy as np

from ..rows import Array
from .directions import inverted
from .discrepancy import MaximumLikelihood, normal_weight
from .robust import Scaled
from .sample import GroupSample
from .solution import Solution


def complete_chi_square(solution: Solution) -> float:
    """n F of complete data with the moments of EM, at the estimates from all answers."""
    sample, means = solution.sample, solution.table.means
    parts = zip(sample.weights, sample.groups, solution.implied, strict=True)
    return sample.total * float(
        sum(share * MaximumLikelihood(group.mean, group.cov, means).value(there) for share, group, there in parts)
    )


def expected_normal(solution: Solution, df: int) -> Scaled:
    """What `complete_chi_square` is expected to be, over df, where answers are normal.

    c df = tr(Wc M U M): Wc is the information of complete rows, M the inverse of A, that of the answers given, and U =
    A - A D K D' A with K = (D' A D)^-1; so c df = tr(Wc M) - tr(K D' Wc D).
    """
    found = 0.0
    for group in solution.sample.groups:
        found += float((_complete(group) * group.spread).sum())
    bread, complete = _models(solution)
    return Scaled((found - float(np.trace(bread @ complete))) / df)


def expected_any(solution: Solution, df: int) -> Scaled:
    """The same whatever the distribution: c df = tr(U M Wc M U Gamma) with Gamma = M J M from the rows' scores J.

    With R = M - D K D' it is tr(Wc R J R) = tr(Wc M J M) - 2 tr(K D' Wc M J D) + tr(K D' Wc D K D' J D).
    """
    found, size = 0.0, len(solution.theta)
    crossed, squares = np.zeros((size, size)), np.zeros((size, size))
    for share, group, ways in zip(solution.sample.weights, solution.sample.groups, solution.jacobians, strict=True):
        back, complete, own = group.spread, _complete(group), group.squares
        found += float(((back @ complete) * (own @ back)).sum())
        crossed += share * (complete @ ways).T @ back @ (own @ ways)
        squares += share * ways.T @ own @ ways
    bread, complete = _models(solution)
    found += float(np.trace(bread @ complete @ bread @ squares)) - 2 * float(np.trace(bread @ crossed))
    return Scaled(found / df)


def _models(solution: Solution) -> tuple[Array, Array]:
    """K and D' Wc D (free, free), all groups with their shares."""
    size = len(solution.theta)
    given, complete = np.zeros((size, size)), np.zeros((size, size))
    for share, group, ways in zip(solution.sample.weights, solution.sample.groups, solution.jacobians, strict=True):
        given += share * ways.T @ group.information @ ways
        complete += share * ways.T @ _complete(group) @ ways
    return inverted(given), complete


def _complete(group: GroupSample) -> Array:
    """Information (moments, moments) of one complete row at the group's own moments."""
    return normal_weight(inverted(group.cov), means=True)
