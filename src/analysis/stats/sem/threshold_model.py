"""Models of thresholds and polychoric correlations together, in several groups: implied statistics, fit, errors.

In each group the variables behind the answers have means mu and covariances Sigma; what the answers can show of them is
(tau - mu) / sd for every threshold and the correlations. These are compared with the sample's by diagonally weighted or
unweighted least squares, as in `ordinal`, where thresholds are free and need no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import numpy as np

from ...errors import ModelError, Place, Problem, problem
from ..rows import Array
from .directions import Index
from .machine import Machine, Point
from .matrices import Implied, Matrices
from .optimise import minimise
from .ordinal import Cut, OrdinalEstimator, OrdinalSample, Weighting, spread
from .parameters import FIXED
from .solution import Solution
from .start import starting_values
from .threshold_table import ThresholdTable

_NOTHING = 1e-9  # of a correlation's own variance: a residual that is zero by construction


@dataclass(frozen=True, eq=False)
class ThresholdMachine(Machine):
    """The model beside thresholds and correlations; F is the sum of the groups' F, each with its share of the rows."""

    table: ThresholdTable
    data: OrdinalSample
    weighting: Weighting

    @cached_property
    def observed(self) -> tuple[Array, ...]:
        """Thresholds and correlations (statistics,) of each group's sample."""
        return tuple(each.statistics for each in self.data.moments)

    @cached_property
    def fixed_weights(self) -> tuple[Array, ...]:
        """Weight (statistics,) of each of them."""
        if self.weighting == "equal":
            return tuple(np.ones(len(each)) for each in self.observed)
        return tuple(np.asarray(1 / np.diag(each.gamma)) for each in self.data.moments)

    @cached_property
    def items(self) -> Index:
        """Item of each threshold, the same in every group."""
        counts = [len(each) for each in self.data.moments[0].thresholds]
        return np.repeat(np.arange(len(counts)), counts).astype(np.intp)

    @cached_property
    def _cuts(self) -> tuple[Index, ...]:
        """Place among the free parameters of each threshold of each group."""
        return tuple(
            np.array([row.free for row in self.table.cuts if row.group == group], dtype=np.intp)
            for group in self.data.groups
        )

    def statistics(self, theta: Array, implied: Sequence[Implied]) -> tuple[Array, ...]:
        """What the model says of each group's thresholds and correlations (statistics,)."""
        return tuple(self._statistics(theta, group, there) for group, there in enumerate(implied))

    def slopes_of(self, theta: Array, implied: Sequence[Implied]) -> tuple[Array, ...]:
        """Derivatives (statistics, free) of each group's.

        With v = sd^2: dz / dtau = -dz / dmu = 1 / sd, dz / dv = -z / 2v; dr / dSigma_ab = 1 / (sd_a sd_b), dr / dv_a =
        -r / 2v_a.
        """
        return tuple(self._slopes(theta, group, there) for group, there in enumerate(implied))

    @property
    def quick(self) -> bool:
        """There is no other information than the expected one."""
        return False

    def at(self, theta: Array) -> ThresholdPoint:
        """The model at these parameters."""
        return ThresholdPoint(self, theta)

    @cached_property
    def scale(self) -> Array:
        """Share of each group, times (n - 1) / n as lavaan's least squares (groups,)."""
        return np.asarray([share * self.data.shrunk(group) for group, share in enumerate(self.weights)])

    def _statistics(self, theta: Array, group: int, there: Implied) -> Array:
        sd = np.sqrt(np.diag(there.cov))
        cuts = (theta[self._cuts[group]] - there.mean[self.items]) / sd[self.items]
        a, b = np.triu_indices(len(sd), 1)
        return np.concatenate([cuts, there.cov[a, b] / (sd[a] * sd[b])])

    def _slopes(self, theta: Array, group: int, there: Implied) -> Array:
        p, items, found = len(there.cov), self.items, self._statistics(theta, group, there)
        by_all = self.matrices.groups[group].jacobian(there)
        by_mean, by_cov = by_all[:p], by_all[p:]
        rows, columns = np.triu_indices(p)
        by_variance = by_cov[rows == columns] / (2 * np.diag(there.cov))[:, None]
        sd = np.sqrt(np.diag(there.cov))
        by_cut = np.zeros((len(items), len(theta)))
        by_cut[np.arange(len(items)), self._cuts[group]] = 1.0
        cuts = (by_cut - by_mean[items]) / sd[items][:, None] - found[: len(items), None] * by_variance[items]
        a, b = np.triu_indices(p, 1)
        straight = by_cov[rows != columns] / (sd[a] * sd[b])[:, None]
        return np.vstack([cuts, straight - found[len(items) :, None] * (by_variance[a] + by_variance[b])])


@dataclass(frozen=True, eq=False)
class ThresholdPoint(Point):
    """The machine at some parameters; what is asked for is computed once."""

    machine: ThresholdMachine

    @cached_property
    def value(self) -> float:
        """F; infinite where the parameters imply no variances."""
        try:
            implied = self.implied
        except np.linalg.LinAlgError:
            return inf
        if any(float(np.diag(there.cov).min()) <= 0 for there in implied):
            return inf
        machine = self.machine
        parts = zip(machine.scale, machine.fixed_weights, self.rests, strict=True)
        found = sum(scale * float(weight @ rest**2) for scale, weight, rest in parts)
        return float(found) if np.isfinite(found) else inf

    @cached_property
    def rests(self) -> tuple[Array, ...]:
        """What the model leaves of each group's statistics (statistics,)."""
        found = self.machine.statistics(self.theta, self.implied)
        return tuple(own - there for own, there in zip(self.machine.observed, found, strict=True))

    @cached_property
    def gradient(self) -> Array:
        """dF / d theta (free,)."""
        return self._sloped[0]

    @cached_property
    def information(self) -> Array:
        """D' W D (free, free), summed over the groups with their shares."""
        return self._sloped[1]

    @property
    def observed(self) -> Array:
        """The same: W does not move."""
        return self.information

    @cached_property
    def _sloped(self) -> tuple[Array, Array]:
        machine, size = self.machine, len(self.theta)
        gradient, information = np.zeros(size), np.zeros((size, size))
        slopes = machine.slopes_of(self.theta, self.implied)
        for scale, weight, rest, slope in zip(machine.scale, machine.fixed_weights, self.rests, slopes, strict=True):
            weighted = scale * weight[:, None] * slope
            gradient -= 2 * weighted.T @ rest
            information += slope.T @ weighted
        return gradient, information


@dataclass(frozen=True, eq=False)
class ThresholdSolution(Solution):
    """The optimum, with what its errors and tests are made of."""

    table: ThresholdTable
    machine: ThresholdMachine
    data: OrdinalSample
    estimator: OrdinalEstimator

    @cached_property
    def statistics(self) -> tuple[Array, ...]:
        """Implied thresholds and correlations (statistics,) of each group."""
        return self.machine.statistics(self.theta, self.implied)

    @cached_property
    def slopes(self) -> tuple[Array, ...]:
        """Their derivatives (statistics, free)."""
        return self.machine.slopes_of(self.theta, self.implied)

    def cuts(self) -> Iterator[Cut]:
        """Every threshold as the model has it."""
        for row in self.table.cuts:
            est, variance = float(self.theta[row.free]), float(self.vcov[row.free, row.free])
            at = self.table.observed.index(row.lhs)
            sd = float(np.sqrt(self.implied[row.group].cov[at, at]))
            se = float(np.sqrt(variance)) if variance >= 0 else None
            yield Cut(self.sample.groups[row.group].label, row.lhs, row.rhs, est, se, est / sd)

    def correlations(self, group: int) -> Array:
        """Implied correlations (p, p) of the variables behind the answers."""
        cov = self.implied[group].cov
        sd = np.sqrt(np.diag(cov))
        return np.asarray(cov / np.outer(sd, sd))

    def residual_errors(self, group: int) -> Array:
        """Standard errors (p, p) of what the model leaves of the correlations of one group; zero where there is none.

        The statistics' residuals are (I - D E^-1 D' W) of all groups' deviations, whose covariances are gamma / n.
        """
        pull = np.linalg.solve(bread_and_meat(self)[0], self.slopes[group].T).T
        pairs, rest = len(self.data.off), 0.0
        parts = zip(self.sample.weights, self.data.moments, self.machine.fixed_weights, self.slopes, strict=True)
        for other, (share, each, weight, slopes) in enumerate(parts):
            own = np.eye(len(weight))[-pairs:] if other == group else 0.0
            moved = own - share * pull[-pairs:] @ (weight[:, None] * slopes).T
            rest = rest + np.einsum("ij,jk,ik->i", moved, each.gamma, moved) / each.n
        own_spread = np.diag(self.data.gamma(group)) / self.data.moments[group].n
        kept = np.where(rest > _NOTHING * own_spread, np.sqrt(np.maximum(rest, 0.0)), 0.0)
        found = np.zeros((len(self.sample.names),) * 2)
        found[np.triu_indices(len(found), 1)] = kept
        return np.asarray(found + found.T)


def threshold_solution(table: ThresholdTable, data: OrdinalSample, estimator: OrdinalEstimator) -> ThresholdSolution:
    """The best parameters with their covariances.

    Raises
    ------
    ModelError
        ``sem.negative_df``; ``sem.not_identified`` naming the parameters.
    """
    moments = sum(len(each.statistics) for each in data.moments)
    if moments < table.n_free:
        raise ModelError(
            problem("sem.negative_df", df=moments - table.n_free, moments=moments, parameters=table.n_free)
        )
    machine = ThresholdMachine(table, (), data.sample.weights, data, estimator.weighting)
    optimum = minimise(machine, _start(table, data))
    return ThresholdSolution(table, data.sample, machine, optimum, _errors, data, estimator)


def _errors(solution: Solution) -> Array:
    """Covariances of the estimates: of the naive information, or of the sandwich with all of gamma."""
    if not isinstance(solution, ThresholdSolution):
        raise TypeError(type(solution).__name__)
    return spread(*bread_and_meat(solution), solution.table, solution.data.total, solution.estimator)


def bread_and_meat(solution: ThresholdSolution) -> tuple[Array, Array]:
    """D' W D and D' W gamma W D (free, free), summed over the groups with their shares."""
    size = (solution.table.n_free,) * 2
    information, meat = np.zeros(size), np.zeros(size)
    parts = zip(
        solution.sample.weights, solution.data.moments, solution.machine.fixed_weights, solution.slopes, strict=True
    )
    for share, each, weight, slopes in parts:
        weighted = weight[:, None] * slopes
        information += share * slopes.T @ weighted
        meat += share * weighted.T @ each.gamma @ weighted
    return information, meat


def same_levels(data: OrdinalSample) -> tuple[int, ...]:
    """Thresholds of each item, the same in every group.

    Raises
    ------
    ModelError
        ``sem.ordinal_levels`` for each item some of whose answers nobody gave in a group: there is no threshold there
        that could be equal.
    """
    wrong = [*_lacking(data)]
    if wrong:
        raise ModelError(*wrong)
    return tuple(len(each) for each in data.moments[0].thresholds)


def _lacking(data: OrdinalSample) -> Iterator[Problem]:
    for at, name in enumerate(data.sample.names):
        given = [set(each.levels[at]) for each in data.moments]
        everything = set().union(*given)
        for group, own in zip(data.sample.groups, given, strict=True):
            if own != everything:
                lacking = tuple(f"{level:g}" for level in sorted(map(float, everything - own)))
                where = Place(column=name)
                yield problem("sem.ordinal_levels", where, variable=name, group=group.label, lacking=lacking)


def _start(table: ThresholdTable, data: OrdinalSample) -> Array:
    """Loadings as for correlations, all variances 1, thresholds as the first group that has them, in these units."""
    theta = np.zeros(table.n_free)
    plain = starting_values(replace(table, cuts=()), data.sample)
    theta[: len(plain)] = plain
    for row in table.rows:
        if row.free != FIXED and row.op == "~~" and row.lhs == row.rhs:
            theta[row.free] = 1.0
    values = [[*np.concatenate(each.thresholds)] for each in data.moments]
    size = len(values[0])
    spread = np.sqrt(np.maximum(np.diag(Matrices(table).implied(theta)[0].cov), 1.0))
    items = np.repeat(np.arange(len(data.moments[0].thresholds)), [len(each) for each in data.moments[0].thresholds])
    for at, row in reversed([*enumerate(table.cuts)]):
        theta[row.free] = values[row.group][at % size] * float(spread[items[at % size]])
    return theta
