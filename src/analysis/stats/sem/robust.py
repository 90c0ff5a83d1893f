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
from .casewise import first_order, fourth_order
from .discrepancy import FullInformation, normal_weight, vech
from .information import observed_information
from .machine import Machine
from .matrices import Implied, inverted
from .sample import GroupSample, Sample
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


def cross_products(machine: Machine, sample: Sample, theta: Array) -> Array:
    """B (free, free): mean of the squared scores of the rows at the model's moments."""
    implied = machine.implied(theta)
    found = np.zeros((len(theta), len(theta)))
    for share, group, there, jacobian in zip(
        sample.weights, sample.groups, implied, machine.jacobians(implied), strict=True
    ):
        found += share * jacobian.T @ first_order(group, there.mean, there.cov, machine.table.means) @ jacobian
    return found


def huber_white(machine: Machine, sample: Sample, theta: Array, bread: Array) -> Array:
    """A^-1 B A^-1 (free, free) with the observed information A."""
    return np.asarray(bread @ cross_products(machine, sample, theta) @ bread)


def browne(machine: Machine, sample: Sample, theta: Array, bread: Array, gammas: list[Array]) -> Array:
    """E^-1 D' W Gamma W D E^-1 (free, free): errors of an estimator whose weight W is not that of the data.

    Browne, M. W. (1984). British Journal of Mathematical and Statistical Psychology, 37, 62-83.
    """
    implied = machine.implied(theta)
    meat = np.zeros((len(theta), len(theta)))
    parts = zip(sample.weights, machine.discrepancies, implied, machine.jacobians(implied), gammas, strict=True)
    for share, each, there, jacobian, gamma in parts:
        weighted = each.weight(there) @ jacobian
        meat += share * weighted.T @ gamma @ weighted
    return np.asarray(bread @ meat @ bread)


def gammas_of(sample: Sample, means: bool) -> list[Array]:
    """Gamma of each group, from its rows."""
    return [fourth_order(group, means) for group in sample.groups]


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
    """Scale c = tr(U Gamma) / df."""
    product = _u_gamma(solution)
    return Scaled(float(np.trace(product)) / df)


def scaled_shifted(solution: Solution, df: int) -> Scaled:
    """Mean and variance of chi-square: a = sqrt(df / tr(UG UG)), statistic a chisq + df - a tr(UG)."""
    product = _u_gamma(solution)
    a = float(np.sqrt(df / np.sum(product * product.T)))
    return Scaled(1 / a, df - a * float(np.trace(product)))


def _u_gamma(solution: Solution) -> Array:
    sample = solution.sample
    gammas = gammas_of(sample, solution.table.means)
    gamma = stacked([each / share for each, share in zip(gammas, sample.weights, strict=True)])
    return residual_operator(solution) @ gamma


def yuan_bentler(solution: Solution, df: int) -> Scaled:
    """Scale c = (tr(A1^-1 B1) - tr(A0^-1 B0)) / df, as Mplus computes it: saturated less model.

    A is the observed information and B the mean square of the scores, at the saturated and at the model's moments.
    """
    sample, machine, theta = solution.sample, solution.machine, solution.theta
    h1 = sum(_saturated_trace(group, solution.table.means) for group in sample.groups)
    a0 = observed_information(machine, theta)
    h0 = float(np.trace(np.linalg.solve(a0, cross_products(machine, sample, theta))))
    moments = sum(len(each) for each in solution.jacobians)
    return Scaled((h1 - h0) / df, 0.0, h0 / len(theta), h1 / moments)


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
    b1 = first_order(group, group.mean, group.cov, means)
    return float(np.trace(np.linalg.solve(saturated_observed(group, means), b1)))


def saturated_observed(group: GroupSample, means: bool) -> Array:
    """Observed information (moments, moments) of the saturated model at its own optimum."""
    if group.complete:
        return normal_weight(inverted(group.cov), means)
    found = FullInformation(group.by_pattern, group.mean, group.cov)
    p = len(group.mean)
    return found.curvature(Implied(group.cov, group.mean, group.cov, group.mean, np.eye(p)))
