"""Standard errors and tests that do not rest on normal answers: sandwiches and scaled chi-squares.

Everything is in units of one observation; groups enter with their shares.

References
----------
Satorra, A., & Bentler, P. M. (1994). In von Eye & Clogg (Eds.), Latent variables analysis (pp. 399-419). Yuan, K.-H., &
Bentler, P. M. (2000). Sociological Methodology, 30, 165-200. Asparouhov, T., & Muthén, B. (2010). Simple second order
chi-square correction. Mplus technical appendix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from ..rows import Array
from .casewise import fourth_order
from .directions import inverted, vech
from .discrepancy import normal_weight
from .matrices import Implied
from .sample import GroupSample
from .solution import Solution


@dataclass(frozen=True)
class Scaled:
    """A test statistic brought to the mean (and variance) of its chi-square: chisq / scale + shift."""

    scale: float
    shift: float = 0.0
    h0: float | None = None  # scaling of the model's own likelihood, where the test is Yuan and Bentler's
    h1: float | None = None

    def mean_scale(self, df: int) -> float:
        """What chi-square is expected to be under the model, over df: c with a shift of s is c (1 - s / df)."""
        return self.scale * (1 - self.shift / df)

    def statistic(self, chisq: float) -> float:
        """The scaled test."""
        return chisq / self.scale + self.shift


def stacked(parts: list[Array]) -> Array:
    """Groups below one another, in one block matrix."""
    return np.asarray(linalg.block_diag(*parts))


def meat_of_rows(solution: Solution) -> Array:
    """D' W Gamma W D (free, free) with Gamma from the rows: covariances of their scores in the model's directions.

    Browne, M. W. (1984). British Journal of Mathematical and Statistical Psychology, 37, 62-83.
    """
    found = np.zeros((len(solution.theta),) * 2)
    parts = zip(
        solution.sample.weights, solution.sample.groups, solution.machine.matrices.groups, solution.implied,
        solution.point.directions, strict=True,
    )  # fmt: skip
    for share, group, matrices, there, ways in parts:
        scaled = _away(group) @ there.precision
        scores = (scaled @ ways.left) * (ways.level + scaled @ ways.right)
        scores -= scores.mean(axis=0)
        found += share * (matrices.chosen.T @ (scores.T @ scores / len(scores)) @ matrices.chosen)
    return found


def meat_of_normal(solution: Solution) -> Array:
    """The same with the Gamma of normal answers at the model's moments."""
    found = np.zeros((len(solution.theta),) * 2)
    parts = zip(
        solution.sample.weights, solution.machine.discrepancies, solution.implied, solution.jacobians, strict=True
    )
    for share, each, there, jacobian in parts:
        weighted = each.weight(there) @ jacobian
        gamma = inverted(normal_weight(there.precision, solution.table.means))
        found += share * weighted.T @ gamma @ weighted
    return found


def _away(group: GroupSample) -> Array:
    if group.rows is None:
        raise ValueError("rows")
    return np.asarray(group.rows - group.rows.mean(axis=0))


def residual_operator(solution: Solution) -> Array:
    """U = W - W D (D' W D)^-1 D' W over all groups (moments, moments)."""
    parts = zip(solution.sample.weights, solution.machine.discrepancies, solution.implied, strict=True)
    weight = stacked([share * each.weight(there) for share, each, there in parts])
    jacobian = np.vstack(solution.jacobians)
    return projected(weight, jacobian)


def projected(weight: Array, jacobian: Array) -> Array:
    """W - W D (D' W D)^-1 D' W."""
    if not jacobian.shape[1]:
        return weight
    weighted = weight @ jacobian
    return np.asarray(weight - weighted @ np.linalg.solve(jacobian.T @ weighted, weighted.T))


def satorra_bentler(solution: Solution, df: int) -> Scaled:
    """Scale c = tr(U Gamma) / df with tr(U Gamma) = tr(W Gamma) - tr((D' W D)^-1 D' W Gamma W D).

    tr(W Gamma) is half of what the squared distances d'P d of the rows vary, tr(P S P S) less than their mean square,
    and their mean where means are modelled.
    """
    found = 0.0
    for group, there in zip(solution.sample.groups, solution.implied, strict=True):
        away, precision = _away(group), there.precision
        distances, spread = ((away @ precision) * away).sum(axis=1), precision @ (away.T @ away / len(away))
        found += (float(np.mean(distances**2)) - float((spread * spread.T).sum())) / 2
        found += float(np.trace(spread)) if solution.table.means else 0.0
    if len(solution.theta):
        found -= float(np.trace(np.linalg.solve(solution.point.information, meat_of_rows(solution))))
    return Scaled(found / df)


def scaled_shifted(solution: Solution, df: int) -> Scaled:
    """Mean and variance of chi-square: a = sqrt(df / tr(UG UG)), statistic a chisq + df - a tr(UG)."""
    product = _u_gamma(solution)
    a = float(np.sqrt(df / np.sum(product * product.T)))
    return Scaled(1 / a, df - a * float(np.trace(product)))


def _u_gamma(solution: Solution) -> Array:
    sample, means = solution.sample, solution.table.means
    gamma = stacked(
        [fourth_order(_away(group), means) / share for group, share in zip(sample.groups, sample.weights, strict=True)]
    )
    return residual_operator(solution) @ gamma


def yuan_bentler(solution: Solution, df: int) -> Scaled:
    """Scale c = (tr(A1^-1 B1) - tr(A0^-1 B0)) / df, as Mplus computes it: saturated less model.

    A is the observed information and B the mean square of the scores, at the saturated and at the model's moments.
    """
    h1 = sum(_saturated_trace(group, solution.table.means) for group in solution.sample.groups)
    h0 = 0.0
    if len(solution.theta):
        h0 = float(np.trace(np.linalg.solve(solution.point.observed, solution.squares)))
    moments = sum(len(each) for each in solution.jacobians)
    return Scaled((h1 - h0) / df, 0.0, h0 / max(len(solution.theta), 1), h1 / moments)


def residual_chi_square(solution: Solution) -> float:
    """Browne's test of the residuals e for normal answers: n e' U e, where U projects with the sample's own weight.

    It holds for every consistent estimator, also where n F is no chi-square (Browne, 1984, equation 2.20).
    """
    sample, means = solution.sample, solution.table.means
    parts = [*zip(sample.weights, sample.groups, strict=True)]
    weight = stacked([share * normal_weight(inverted(group.cov), means) for share, group in parts])
    away = np.concatenate(
        [_residual(group, there, means) for (_, group), there in zip(parts, solution.implied, strict=True)]
    )
    return sample.total * float(away @ projected(weight, np.vstack(solution.jacobians)) @ away)


def _residual(group: GroupSample, implied: Implied, means: bool) -> Array:
    """Sample less implied moments."""
    found = vech(group.cov - implied.cov)
    return np.concatenate([group.mean - implied.mean, found]) if means else found


def _saturated_trace(group: GroupSample, means: bool) -> float:
    """tr(A1^-1 B1); of complete rows by their squared distances m: half the mean of m^2 - 2 m + p, and that of m."""
    if not group.complete:
        return float((group.spread * group.squares).sum())
    away = _away(group)
    distances = ((away @ inverted(group.cov)) * away).sum(axis=1)
    spread = float(np.mean(distances**2 - 2 * distances)) + len(group.mean)
    return spread / 2 + (float(np.mean(distances)) if means else 0.0)
