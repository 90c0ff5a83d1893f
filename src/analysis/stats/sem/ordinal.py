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
from math import exp, sqrt
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy import special

from ...errors import Caution, ModelError, Place, Problem, problem
from ...grammar import Model
from ..ordinal_moments import OrdinalMoments, ordinal_moments
from ..polychoric import in_order
from ..rows import Array, Labels, Missing, Rows, is_rows, rows
from .discrepancy import MaximumLikelihood, Weighted, normal_weight, vech
from .estimators import Errors, Test
from .fit import Fit, incremental, rmsea, tested
from .information import covariance
from .machine import Machine
from .matrices import Index, Matrices, inverted
from .optimise import minimise
from .parameters import FIXED, Equal, Parameter, ParameterTable, Roles, Specification, parameter_table, roles
from .sample import GroupSample, Sample, divided
from .solution import Solution
from .start import starting_values

_NOTHING = 1e-9  # of a correlation's own variance: a residual that is zero by construction
_SINGULAR = 1.5e-8  # an eigenvalue this small is zero (lavaan)

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


@dataclass(frozen=True, eq=False)
class OrdinalSample:
    """Correlations of each group as a sample of moments, and the thresholds and covariances that go with them."""

    sample: Sample
    moments: tuple[OrdinalMoments, ...]

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

    def residual_errors(self, group: int) -> Array:
        """Standard errors (p, p) of what the model leaves of the correlations of one group; zero where there is none.

        The residuals' covariances are (I - D E^-1 D' W) gamma (I - D E^-1 D' W)' / n.
        """
        slopes = self.jacobians[group][self.data.off]
        slopes = slopes[:, np.abs(slopes).sum(axis=0) > 0]
        weighted = self.data.weight(group, self.estimator.weighting)[:, None] * slopes
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
    wrong = [*_problems(model, has), *_unequal(how.equal)]
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
    """The best parameters with their covariances: of the naive information, or of the sandwich with all of gamma."""
    machine = Machine(table, tuple(_discrepancy(data, each, estimator) for each in _groups(data)), data.sample.weights)
    optimum = minimise(machine, starting_values(table, data.sample))
    information, meat = np.zeros((table.n_free,) * 2), np.zeros((table.n_free,) * 2)
    for group, slopes in enumerate(_slopes(machine, optimum.theta, data)):
        weighted = data.weight(group, estimator.weighting)[:, None] * slopes
        information += data.sample.weights[group] * slopes.T @ weighted
        meat += data.sample.weights[group] * weighted.T @ data.gamma(group) @ weighted
    bread = covariance(information, 1.0, table)
    if estimator.errors == "sandwich_expected":
        bread = bread @ meat @ bread
    return OrdinalSolution(table, data.sample, machine, optimum, bread / data.total, data, estimator)


def ordinal_fit(solution: OrdinalSolution) -> Fit:
    """The test, scaled for the covariances of the correlations, and the indices as lavaan prints them."""
    table, sample, data, estimator = solution.table, solution.sample, solution.data, solution.estimator
    df, baseline_df = correlation_count(table) - table.n_free, correlation_count(table)
    chisq = max(sample.n * solution.optimum.value, 0.0)
    baseline = sum(
        (each.n - 1) * float(data.weight(group, estimator.weighting) @ vech(each.cov)[data.off] ** 2)
        for group, each in enumerate(sample.groups)
    )
    known = estimator.weighting == "diagonal"  # unweighted, not even the expectation of chi-square is df
    found: dict[str, Any] = {
        "npar": table.n_free + data.n_thresholds,
        "fmin": solution.optimum.value / 2,
        "chisq": chisq,
        "df": df,
        "pvalue": tested(chisq, df) if known else None,
        "baseline_chisq": baseline,
        "baseline_df": baseline_df,
        "baseline_pvalue": tested(baseline, baseline_df) if known else None,
        **incremental(chisq, df, baseline, baseline_df),
        **rmsea(chisq, df, data.total, len(sample.groups)),
        **_residuals(solution, data),
        **_absolute(solution, data, estimator, chisq, df),
    }
    if estimator.test != "standard":
        found |= _scaled(solution, data, estimator, (chisq, df), (baseline, baseline_df))
        found |= _robust(solution, data, estimator, df)
    return Fit(**found)


def threshold_errors(data: OrdinalSample) -> Iterator[tuple[str, str, str, float, float]]:
    """Group, item, name, value and standard error of every threshold."""
    for group, each in zip(data.sample.groups, data.moments, strict=True):
        errors = iter(np.sqrt(np.diag(each.gamma) / each.n * (data.sample.n / data.total)))
        for item, cuts in zip(each.names, each.thresholds, strict=True):
            for place, value in enumerate(cuts.tolist(), start=1):
                yield group.label, item, f"t{place}", value, float(next(errors))


def ordinal_cautions(data: OrdinalSample) -> tuple[Caution, ...]:
    """What the tables of the answers say of their correlations."""
    left = ("rows.excluded", "sample.small_n")
    found = (each for m in data.moments for each in m.source.cautions if each.code not in left)
    return tuple(dict.fromkeys(found))


def _problems(model: Model, has: Roles) -> Iterator[Problem]:
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


def _groups(data: OrdinalSample) -> range:
    return range(len(data.moments))


def _discrepancy(data: OrdinalSample, group: int, estimator: OrdinalEstimator) -> Weighted:
    """Least squares of the correlations, times (n - 1) / n as lavaan's."""
    moments = vech(data.moments[group].corr)
    weight = np.zeros(len(moments))
    weight[data.off] = data.weight(group, estimator.weighting) * data.shrunk(group)
    return Weighted(moments, np.diag(weight), means=False)


def _slopes(machine: Machine, theta: Array, data: OrdinalSample) -> Iterator[Array]:
    """Derivatives (pairs, free) of each group's correlations."""
    for each in machine.jacobians(machine.implied(theta)):
        yield each[data.off]


def _scaled(
    solution: Solution,
    data: OrdinalSample,
    estimator: OrdinalEstimator,
    model: tuple[float, int],
    baseline: tuple[float, int],
) -> dict[str, float | None]:
    """Test and indices after the mean, or the mean and the variance, were corrected."""
    slopes = list(_slopes(solution.machine, solution.theta, data))
    first = _corrected(model, _traces(slopes, data, estimator), estimator.test)
    second = _corrected(baseline, _traces(None, data, estimator), estimator.test)
    chisq, df, c = first.chisq, model[1], first.factor
    indices = incremental(chisq, df, second.chisq, baseline[1])
    if estimator.test == "satorra_bentler" and c is not None:
        close = rmsea(model[0], c * df, data.total, len(data.moments))
    else:
        close = rmsea(chisq, df, data.total, len(data.moments))
    return {
        "chisq_scaled": chisq,
        "df_scaled": df,
        "pvalue_scaled": tested(chisq, df),
        "scaling_factor": c,
        "shift": first.shift,
        "baseline_chisq_scaled": second.chisq,
        "baseline_scaling_factor": second.factor,
        "cfi_scaled": indices["cfi"],
        "tli_scaled": indices["tli"],
        "rmsea_scaled": close["rmsea"],
        "rmsea_scaled_low": close["rmsea_low"],
        "rmsea_scaled_high": close["rmsea_high"],
        "rmsea_scaled_pvalue": close["rmsea_pvalue"],
    }


@dataclass(frozen=True)
class _Corrected:
    chisq: float
    factor: float | None
    shift: float | None


def _corrected(test: tuple[float, int], traces: tuple[float, float], kind: Test) -> _Corrected:
    """Satorra and Bentler's T / c, or Asparouhov and Muthén's a T + b with mean df and variance 2 df."""
    (chisq, df), (first, second) = test, traces
    if df == 0:
        return _Corrected(chisq, None, None)
    if kind == "satorra_bentler":
        return _Corrected(chisq * df / first, first / df, None)
    a = sqrt(df / second)
    shift = df - a * first
    return _Corrected(a * chisq + shift, 1 / a, shift)


def _traces(slopes: list[Array] | None, data: OrdinalSample, estimator: OrdinalEstimator) -> tuple[float, float]:
    """tr(U gamma) and tr(U gamma U gamma) with U = W - W D (D' W D)^-1 D' W, all groups together.

    Without slopes the model has no parameters among the correlations, and U = W.
    """
    shares = data.sample.weights
    weights = [data.weight(group, estimator.weighting) for group in _groups(data)]
    products = [weight[:, None] * data.gamma(group) for group, weight in enumerate(weights)]
    plain = sum(float(np.trace(each)) for each in products), sum(float(np.sum(each * each.T)) for each in products)
    if slopes is None:
        return plain
    parts = list(zip(shares, weights, slopes, strict=True))
    inverse = np.linalg.inv(sum(share * d.T @ (w[:, None] * d) for share, w, d in parts))
    meats = [share * (w[:, None] * d).T @ data.gamma(g) @ (w[:, None] * d) for g, (share, w, d) in enumerate(parts)]
    crossed = [
        share * (w[:, None] * d).T @ data.gamma(g) @ products[g] @ (w[:, None] * d)
        for g, (share, w, d) in enumerate(parts)
    ]
    hat = inverse @ sum(meats)
    first = plain[0] - float(np.trace(hat))
    second = plain[1] - 2 * float(np.trace(inverse @ sum(crossed))) + float(np.sum(hat * hat.T))
    return first, second


def _residuals(solution: Solution, data: OrdinalSample) -> dict[str, float]:
    """Root mean square residuals of correlations; rmr and crmr count the thresholds, which leave none, as lavaan."""
    p = len(data.sample.names)
    pairs, shares = len(data.off), data.sample.weights
    found = {"rmr": 0.0, "srmr": 0.0, "crmr": 0.0}
    for group, there in enumerate(solution.implied):
        rest = vech(data.moments[group].corr - there.cov)[data.off]
        squares, cuts = float(rest @ rest), sum(len(each) for each in data.moments[group].thresholds)
        share = float(shares[group])
        found["rmr"] += share * sqrt(squares / (pairs + p + cuts))
        found["srmr"] += share * sqrt(squares / (pairs + p))
        found["crmr"] += share * sqrt(squares / (pairs + cuts))
    return found


def _absolute(
    solution: Solution, data: OrdinalSample, estimator: OrdinalEstimator, chisq: float, df: int
) -> dict[str, float | None]:
    """GFI with the thresholds among the moments, McDonald's index, Hoelter's critical n."""
    gfi = 0.0
    for group, (m, there) in enumerate(zip(data.moments, solution.implied, strict=True)):
        cuts, r, weight = np.concatenate(m.thresholds), vech(m.corr)[data.off], data.weight(group, estimator.weighting)
        own = np.ones(len(cuts)) if estimator.weighting == "equal" else 1 / np.diag(m.gamma)[: len(cuts)]
        rest = r - vech(there.cov)[data.off]
        gfi += float(data.sample.weights[group]) * (1 - float(weight @ rest**2) / float(own @ cuts**2 + weight @ r**2))
    moments = data.n_thresholds + correlation_count(solution.table)
    critical = [
        float(special.chdtri(df, tail)) / (chisq / data.total) + 1 if df and chisq > 0 else None
        for tail in (0.05, 0.01)
    ]
    return {
        "gfi": gfi,
        "agfi": 1 - moments / df * (1 - gfi) if df else 1.0,
        "pgfi": df / moments * gfi,
        "mfi": exp(-(chisq - df) / (2 * data.total)),
        "cn_05": critical[0],
        "cn_01": critical[1],
    }


def _robust(solution: Solution, data: OrdinalSample, estimator: OrdinalEstimator, df: int) -> dict[str, float | None]:
    """Indices of the variables behind the answers: the likelihood at these estimates, corrected for its expectation.

    None where a correlation matrix is not positive definite, or the model leaves no degree of freedom.

    References
    ----------
    Savalei, V. (2021). Improving fit indices in structural equation modeling with categorical data. Multivariate
    Behavioral Research, 56, 390-407.
    """
    if df == 0 or any(float(np.linalg.eigvalsh(m.corr)[0]) < _SINGULAR for m in data.moments):
        return {}
    shares, slopes = data.sample.weights, list(_slopes(solution.machine, solution.theta, data))
    weighted = [data.weight(g, estimator.weighting)[:, None] * slopes[g] for g in _groups(data)]
    curves = [normal_weight(inverted(there.cov), means=False)[np.ix_(data.off, data.off)] for there in solution.implied]
    parts = list(zip(shares, slopes, weighted, curves, map(data.gamma, _groups(data)), strict=True))
    back = np.linalg.inv(sum(share * d.T @ wd for share, d, wd, _, _ in parts))
    meat = sum(share * wd.T @ gamma @ wd for share, _, wd, _, gamma in parts)
    bent = sum(share * d.T @ v @ d for share, d, _, v, _ in parts)
    expected = float(np.trace(bent @ back @ meat @ back))
    for share, d, wd, v, gamma in parts:
        expected += float(np.sum(v * gamma)) - 2 * share * float(np.trace(v @ d @ back @ wd.T @ gamma))
    scale = expected / df
    chisq = sum(
        m.n * MaximumLikelihood(np.zeros(len(m.corr)), m.corr, means=False).value(there)
        for m, there in zip(data.moments, solution.implied, strict=True)
    )
    baseline = -sum(m.n * float(np.linalg.slogdet(m.corr)[1]) for m in data.moments)
    baseline_df = correlation_count(solution.table)
    baseline_scale = sum(float(np.trace(data.gamma(g))) for g in _groups(data)) / baseline_df
    close = rmsea(chisq, df, data.total, len(data.moments), scale)
    beyond, beyond_baseline = chisq - scale * df, baseline - baseline_scale * baseline_df
    ratio = beyond * baseline_df / (beyond_baseline * df) if beyond_baseline > 0 else None
    return {
        "cfi_robust": 1 - max(beyond, 0.0) / max(beyond, beyond_baseline) if max(beyond, beyond_baseline) > 0 else 1.0,
        "tli_robust": None if ratio is None else 1 - ratio,
        "rmsea_robust": close["rmsea"],
        "rmsea_robust_low": close["rmsea_low"],
        "rmsea_robust_high": close["rmsea_high"],
        "rmsea_robust_pvalue": close["rmsea_pvalue"],
    }
