"""RMSEA and CFI of complete data, where answers are missing.

References
----------
Zhang, X., & Savalei, V. (2023). New computations for RMSEA and CFI following FIML and TS estimation with missing data.
Psychological Methods, 28, 263-283.
"""

from __future__ import annotations

import numpy as np

from ..rows import Array
from .casewise import first_order
from .discrepancy import MaximumLikelihood, normal_weight
from .matrices import inverted
from .robust import Scaled, projected, saturated_observed, stacked
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

    c df = tr(Wc M U M): Wc is the information of complete rows, M the inverse of that of the answers given, U the
    residual operator of the latter.
    """
    complete, given, back = _informations(solution)
    product = complete @ back @ projected(given, np.vstack(solution.jacobians)) @ back
    return Scaled(float(np.trace(product)) / df)


def expected_any(solution: Solution, df: int) -> Scaled:
    """The same whatever the distribution: c df = tr(U M Wc M U Gamma) with Gamma = M J M from the rows' scores J."""
    complete, given, back = _informations(solution)
    sample, means = solution.sample, solution.table.means
    squares = stacked(
        [
            share * first_order(group, group.mean, group.cov, means)
            for share, group in zip(sample.weights, sample.groups, strict=True)
        ]
    )
    u = projected(given, np.vstack(solution.jacobians))
    product = u @ back @ complete @ back @ u @ back @ squares @ back
    return Scaled(float(np.trace(product)) / df)


def _informations(solution: Solution) -> tuple[Array, Array, Array]:
    """Saturated information of complete rows, of the answers given, and the inverse of the latter, all groups."""
    sample, means = solution.sample, solution.table.means
    parts = [*zip(sample.weights, sample.groups, strict=True)]
    complete = stacked([share * normal_weight(inverted(group.cov), means) for share, group in parts])
    given = stacked([share * saturated_observed(group, means) for share, group in parts])
    return complete, given, inverted(given)
