"""Models of ordinal answers: thresholds and polychoric correlations by diagonally weighted or unweighted least squares.

Behind each answer stands a normal variable of mean 0 and variance 1 (lavaan's delta parameterisation): its residual
variance is what the model leaves of 1, and its thresholds are the sample's.

References
----------
Muthén, B., du Toit, S. H. C., & Spisic, D. (1997). Robust inference using weighted least squares and quadratic
estimating equations in latent variable modeling with categorical and continuous outcomes. Asparouhov, T., & Muthén, B.
(2010). Simple second order chi-square correction. R: ``lavaan::cfa(model, x, ordered = TRUE, estimator = "WLSMV")``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from ...errors import Caution, ModelError, Place, Problem, problem
from ...grammar import Model
from ..ordinal_moments import OrdinalMoments, ordinal_moments
from ..polychoric import in_order
from ..rows import Array, Labels, Missing, Rows, is_rows, rows
from .directions import Index, vech
from .discrepancy import Weighted
from .estimators import Errors, Test
from .information import covariance
from .machine import Machine
from .matrices import Matrices
from .optimise import minimise
from .parameters import FIXED, Equal, Parameter, ParameterTable, Roles, Specification, parameter_table, roles
from .sample import GroupSample, Sample, divided
from .solution import Solution
from .start import starting_values

_NOTHING = 1e-9  # of a correlation's own variance: a residual that is zero by construction

Weighting: TypeAlias = Literal["diagonal", "equal"]

#: What may be equal across groups: thresholds are each group's own, and so is the scale of the variables behind.
EQUAL_ORDINAL: tuple[Equal, ...] = (
    "loadings", "regressions", "residual_covariances", "lv_variances", "lv_covariances",
)  # fmt: skip


@dataclass(frozen=True)
class OrdinalEstimator:
    """A name, how the correlations are weighted, and which errors and test go with it."""

    name: str
    weighting: Weighting
    errors: Errors
    test: Test


ORDINAL = {
    each.name: each
    for each in (
        OrdinalEstimator("WLSMV", "diagonal", "sandwich_expected", "scaled_shifted"),
        OrdinalEstimator("WLSM", "diagonal", "sandwich_expected", "satorra_bentler"),
        OrdinalEstimator("DWLS", "diagonal", "expected", "standard"),
        OrdinalEstimator("ULSMV", "equal", "sandwich_expected", "scaled_shifted"),
    )
}


@dataclass(frozen=True)
class OrdinalTable(ParameterTable):
    """Parameters of a model whose observed variables have variance 1: residual variances follow from the others."""

    @cached_property
    def _matrices(self) -> Matrices:
        return Matrices(self)

    @cached_property
    def _residuals(self) -> tuple[tuple[int, int, int], ...]:
        """Row, group and place of each residual variance."""
        return tuple(
            (at, row.group, self.observed.index(row.lhs)) for at, row in enumerate(self.rows) if _is_residual(row, self)
        )

    def values(self, theta: Array) -> Array:
        """Value of each row, residual variances filled up to a variance of 1."""
        found = super().values(theta)
        common = [np.diag(group.implied(found).cov) for group in self._matrices.groups]
        for at, group, place in self._residuals:
            found[at] = 1 - common[group][place]
        return found

    def value_slopes(self, theta: Array) -> Array:
        """Derivatives (rows, free): a residual variance falls as the others bring variance."""
        found, values = super().value_slopes(theta), super().values(theta)
        common = [group.variance_slopes(group.implied(values)) @ found[group.at] for group in self._matrices.groups]
        for at, group, place in self._residuals:
            found[at] = -common[group][place]
        return found


@dataclass(frozen=True, eq=False)
class OrdinalSample:
    """Correlations of each group as a sample of moments, and the thresholds and covariances that go with them."""

    sample: Sample
    moments: tuple[OrdinalMoments, ...]

    @property
    def groups(self) -> range:
        """Places of the groups."""
        return range(len(self.moments))

    @cached_property
    def off(self) -> Index:
        """Places of the correlations in a vech, which holds the diagonal too."""
        p = len(self.sample.names)
        a, b = np.triu_indices(p)
        return np.flatnonzero(a != b).astype(np.intp)

    def gamma(self, group: int) -> Array:
        """Covariances of the correlations, times n."""
        pairs = len(self.off)
        return np.asarray(self.moments[group].gamma[-pairs:, -pairs:])

    def weight(self, group: int, weighting: Weighting) -> Array:
        """Weight of each correlation (pairs,)."""
        if weighting == "equal":
            return np.ones(len(self.off))
        return np.asarray(1 / np.diag(self.gamma(group)))

    def shrunk(self, group: int) -> float:
        """(n - 1) / n of a group: the factor of lavaan's least squares."""
        return 1 - 1 / self.moments[group].n

    @property
    def n_thresholds(self) -> int:
        """Thresholds of all groups."""
        return sum(len(cuts) for each in self.moments for cuts in each.thresholds)

    @property
    def total(self) -> float:
        """Rows less one for each group: the size of errors and of RMSEA where the likelihood is not normal (lavaan)."""
        return float(self.sample.n - len(self.moments))


@dataclass(frozen=True, eq=False)
class OrdinalSolution(Solution):
    """The optimum of a model of ordinal answers, with what its errors are made of."""

    data: OrdinalSample
    estimator: OrdinalEstimator

    @cached_property
    def slopes(self) -> tuple[Array, ...]:
        """Derivatives (pairs, free) of each group's correlations."""
        return tuple(each[self.data.off] for each in self.jacobians)

    @cached_property
    def weighted(self) -> tuple[Array, ...]:
        """The same, each correlation with its weight."""
        return tuple(
            self.data.weight(group, self.estimator.weighting)[:, None] * each for group, each in enumerate(self.slopes)
        )

    def residual_errors(self, group: int) -> Array:
        """Standard errors (p, p) of what the model leaves of the correlations of one group; zero where there is none.

        The residuals' covariances are (I - D E^-1 D' W) gamma (I - D E^-1 D' W)' / n.
        """
        used = np.abs(self.slopes[group]).sum(axis=0) > 0
        slopes, weighted = self.slopes[group][:, used], self.weighted[group][:, used]
        rest = np.eye(len(slopes)) - slopes @ np.linalg.solve(slopes.T @ weighted, weighted.T)
        gamma, n = self.data.gamma(group), self.data.moments[group].n
        spread = np.diag(rest @ gamma @ rest.T)
        kept = np.where(spread > _NOTHING * np.diag(gamma), np.sqrt(np.maximum(spread, 0.0) / n), 0.0)
        found = np.zeros((len(self.data.sample.names),) * 2)
        found[np.triu_indices(len(found), 1)] = kept
        return np.asarray(found + found.T)


def ordinal_sample(model: Model, x: object, missing: Missing, group: str | None) -> OrdinalSample:
    """Thresholds, correlations and their covariances in each group.

    Raises
    ------
    ModelError
        ``sem.rows_needed`` for anything but rows; ``sem.ordinal_perfect`` for correlations of one; ``polychoric.…``.
    """
    names = roles(model).observed
    if not is_rows(x):
        raise ModelError(problem("sem.rows_needed", what="WLSMV"))
    answers = rows(x)
    answers.require(names)
    values = _numbers(in_order(answers.select(names)))
    found = []
    for label, where in divided(answers, group):
        own = values if where is None else values[where.astype(bool)]
        found.append((label, ordinal_moments(rows(own, names), missing=missing)))
    wrong = [each for label, m in found for each in _perfect(m, label)]
    if wrong:
        raise ModelError(*wrong)
    groups = tuple(GroupSample(label, m.n, np.zeros(len(names)), m.corr) for label, m in found)
    used = sum(m.n for _, m in found)
    sample = Sample(names, groups, group, missing, answers.n - used)
    return OrdinalSample(sample, tuple(m for _, m in found))


def ordinal_table(model: Model, how: Specification) -> OrdinalTable:
    """Parameters of the model; what ordinal answers cannot tell is refused by name.

    Raises
    ------
    ModelError
        ``sem.ordinal_…``: an observed variable that explains others, an intercept, a stated residual variance, an
        equality across groups that needs thresholds to be equal; ``sem.negative_df``.
    """
    has = roles(model)
    wrong = [*ordinal_problems(model, has), *_unequal(how.equal)]
    if wrong:
        raise ModelError(*wrong)
    plain = parameter_table(model, how)
    table = OrdinalTable(**{name: getattr(plain, name) for name in plain.__dataclass_fields__})
    fixed = [replace(row, free=FIXED, value=0.0) if _is_residual(row, table) else row for row in table.rows]
    kept = sorted({row.free for row in fixed if row.free != FIXED})
    place = {old: new for new, old in enumerate(kept)} | {FIXED: FIXED}
    table = replace(table, rows=tuple(replace(row, free=place[row.free]) for row in fixed))
    df = correlation_count(table) - table.n_free
    if df < 0:
        raise ModelError(problem("sem.negative_df", df=df, moments=correlation_count(table), parameters=table.n_free))
    return table


def correlation_count(table: ParameterTable) -> int:
    """Correlations of the observed variables in all groups."""
    p = len(table.observed)
    return table.groups * p * (p - 1) // 2


def ordinal_solution(table: OrdinalTable, data: OrdinalSample, estimator: OrdinalEstimator) -> OrdinalSolution:
    """The best parameters."""
    machine = Machine(table, tuple(_discrepancy(data, each, estimator) for each in data.groups), data.sample.weights)
    optimum = minimise(machine, starting_values(table, data.sample))
    return OrdinalSolution(table, data.sample, machine, optimum, _errors, data, estimator)


def _errors(solution: Solution) -> Array:
    """Covariances of the estimates: of the naive information, or of the sandwich with all of gamma."""
    if not isinstance(solution, OrdinalSolution):
        raise TypeError(type(solution).__name__)
    return spread(*bread_and_meat(solution), solution.table, solution.data.total, solution.estimator)


def spread(information: Array, meat: Array, table: ParameterTable, total: float, estimator: OrdinalEstimator) -> Array:
    """Covariances of estimates (free, free): of the information of one observation, or its sandwich with the meat."""
    bread = covariance(information, 1.0, table)
    if estimator.errors == "sandwich_expected":
        bread = bread @ meat @ bread
    return np.asarray(bread / total)


def bread_and_meat(solution: OrdinalSolution) -> tuple[Array, Array]:
    """D' W D and D' W gamma W D (free, free), summed over the groups with their shares."""
    parts = zip(solution.sample.weights, solution.slopes, solution.weighted, strict=True)
    information, meat = np.zeros((solution.table.n_free,) * 2), np.zeros((solution.table.n_free,) * 2)
    for group, (share, slopes, weighted) in enumerate(parts):
        information += share * slopes.T @ weighted
        meat += share * weighted.T @ solution.data.gamma(group) @ weighted
    return information, meat


@dataclass(frozen=True, slots=True)
class Cut:
    """One threshold of an item in a group; `std` in deviations of the variable behind the answers."""

    group: str
    item: str
    name: str
    value: float
    se: float | None
    std: float


def threshold_errors(data: OrdinalSample) -> Iterator[Cut]:
    """Every threshold of the sample with its standard error."""
    for group, each in zip(data.sample.groups, data.moments, strict=True):
        errors = iter(np.sqrt(np.diag(each.gamma) / each.n * (data.sample.n / data.total)))
        for item, cuts in zip(each.names, each.thresholds, strict=True):
            for place, value in enumerate(cuts.tolist(), start=1):
                yield Cut(group.label, item, f"t{place}", value, float(next(errors)), value)


def ordinal_cautions(data: OrdinalSample) -> tuple[Caution, ...]:
    """What the tables of the answers say of their correlations."""
    left = ("rows.excluded", "sample.small_n")
    found = (each for m in data.moments for each in m.source.cautions if each.code not in left)
    return tuple(dict.fromkeys(found))


def ordinal_problems(model: Model, has: Roles) -> Iterator[Problem]:
    """What a model says that ordinal answers cannot tell."""
    observed = set(has.observed)
    for name in sorted(has.explaining & observed):
        yield problem("sem.ordinal_explains", Place(column=name), variable=name)
    for each in model.statements:
        if each.op == "~1":
            yield problem("sem.ordinal_intercept", Place(line=each.line), variable=each.lhs)
        if each.op == "~~" and each.lhs == each.rhs and each.lhs in observed:
            yield problem("sem.ordinal_variance", Place(line=each.line), variable=each.lhs)


def _unequal(equal: Sequence[str]) -> Iterator[Problem]:
    for each in equal:
        if each not in EQUAL_ORDINAL:
            yield problem("sem.ordinal_equal", what=each, allowed=EQUAL_ORDINAL)


def _numbers(answers: Rows) -> Array:
    """Answers (n, items) as numbers; labels by their place."""
    columns = [answers.column(name) for name in answers.names]
    return np.column_stack(
        [np.where(each.codes < 0, np.nan, each.codes) if isinstance(each, Labels) else each for each in columns]
    )


def _perfect(m: OrdinalMoments, label: str) -> Iterator[Problem]:
    for row in m.source.pair_rows:
        if row.se is None:
            yield problem("sem.ordinal_perfect", Place(column=row.b), a=row.a, b=row.b, r=row.r, group=label)


def _is_residual(row: Parameter, table: ParameterTable) -> bool:
    return row.op == "~~" and row.lhs == row.rhs and row.lhs in table.observed


def _discrepancy(data: OrdinalSample, group: int, estimator: OrdinalEstimator) -> Weighted:
    """Least squares of the correlations, times (n - 1) / n as lavaan's."""
    moments = vech(data.moments[group].corr)
    weight = np.zeros(len(moments))
    weight[data.off] = data.weight(group, estimator.weighting) * data.shrunk(group)
    return Weighted(moments, weight, means=False)
