"""Confirmatory factor analysis and structural equation models: the verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from math import isnan
from typing import Any

import numpy as np

from ...errors import Caution, ModelError, caution, problem
from ...grammar import Model, parse_model
from ...rules import cutoff
from ..moments import HasMoments, Moments, moments_cautions
from ..result import unique
from ..rows import MISSING, Array, Missing, literal
from ..tails import normal_quantile, normal_two_sided
from .defined import defined
from .derivative import differences
from .estimators import ESTIMATORS, Estimator, estimate
from .fit import Fit, moment_count
from .improper import improper
from .measures import fit_measures
from .ordinal import (
    EQUAL_ORDINAL,
    ORDINAL,
    Cut,
    OrdinalSample,
    ordinal_cautions,
    ordinal_sample,
    ordinal_solution,
    ordinal_table,
    threshold_errors,
)
from .ordinal_fit import ordinal_fit
from .parameters import (
    EQUAL,
    FIXED,
    IDENTIFY,
    Equal,
    Identify,
    ParameterTable,
    Specification,
    parameter_table,
    released_keys,
    roles,
)
from .result import GroupRow, MeasurementModel, ParameterRow, R2Row
from .sample import LIKELIHOOD, MISSING_RULES, Likelihood, MissingRule, Sample, complete_sample, incomplete_sample
from .solution import Solution
from .standardise import standardised
from .start import with_sample_values
from .threshold_fit import threshold_fit
from .threshold_model import same_levels, threshold_solution
from .threshold_table import threshold_table

LEVEL = 0.95  # of the parameters' intervals


def cfa(
    model: str | Model,
    x: object,
    *,
    estimator: str = "ML",
    missing: MissingRule | Missing = "listwise",
    group: str | None = None,
    equal: Sequence[Equal] = (),
    released: Sequence[str] = (),
    likelihood: Likelihood = "normal",
    identify: Identify = "marker",
) -> MeasurementModel:
    """Ask whether the answers have the structure that a model says (confirmatory factor analysis).

    Parameters
    ----------
    model : str
        lavaan's notation: ``"skill =~ q1 + q2 + q3"``, one statement a line (see `parse_model`).
    x : rows, Moments, mapping of label to Moments, or an iterable of batches
        Answers, or their moments: a printed correlation matrix with standard deviations will do.
    estimator : {"ML", "MLR", "MLM", "MLMV", "GLS", "ULS", "WLSMV", "WLSM", "DWLS", "ULSMV"}
        Maximum likelihood; with robust errors and test (MLR also with missing answers); least squares; for ordinal
        answers, from thresholds and polychoric correlations, diagonally weighted (or unweighted) least squares, all
        but DWLS with robust errors and a test corrected for its mean (and variance).
    missing : {"listwise", "fiml", "pairwise"}
        Complete rows; every answer that was given (full information maximum likelihood); for ordinal answers, for each
        correlation the rows that answer both.
    group : str, optional
        The column that divides the rows; every group has its own parameters.
    equal : sequence of str
        What is equal across groups: ``"loadings"``, ``"intercepts"``, ``"residuals"`` …; of ordinal answers also
        ``"thresholds"``, before loadings, intercepts and residuals in this order.
    released : sequence of str
        Parameters that stay free in spite of it: ``"x3 ~ 1"``, ``"visual =~ x2"``, ``"x3 | t2"``.
    likelihood : {"normal", "wishart"}
        Covariances divided by n (lavaan, Mplus) or by n - 1 (AMOS, EQS, LISREL).
    identify : {"marker", "variance"}
        First loading of each latent variable 1, or its variance.

    Returns
    -------
    MeasurementModel
        `parameters`, `fit`, `r2`, `converged`, `cautions`; `n` counts the rows used.

    Raises
    ------
    ModelError
        ``model.…`` where the model cannot be read; ``sem.…`` where it is not identified (with df or the parameters);
        ``factors.…`` for no more rows than variables, copies and sums of variables (named), no variance.

    Notes
    -----
    F = log|Sigma| + tr(S Sigma^-1) - log|S| - p is least; chi-square is n F with as many degrees of freedom as there
    are moments more than parameters; standard errors come from the expected information, with missing answers from the
    observed one. `std` is lavaan's ``std.all``. For ordinal answers F is the weighted sum of squares of what the model
    leaves of the polychoric correlations; thresholds (op ``|``) are the sample's, each variable behind an answer has
    variance 1 (lavaan's delta parameterisation), and a group has its own thresholds. Equal thresholds are parameters;
    residual variances are then 1 in the first group and free in the others (theta; see `threshold_table`).

    References
    ----------
    Jöreskog, K. G. (1969). Psychometrika, 34, 183-202. Rosseel, Y. (2012). Journal of Statistical Software, 48(2).
    Muthén, B. (1984). Psychometrika, 49, 115-132 (ordinal). R: ``lavaan::cfa(model, x)``, with ``ordered = TRUE``.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> r = [[1], [0.6, 1], [0.5, 0.4, 1], [0.4, 0.3, 0.5, 1]]
    >>> found = cfa("f =~ a + b + c + d", Moments.from_printed(r, n=200, names=["a", "b", "c", "d"]))
    >>> found.fit.df, round(found.fit.chisq, 2), round(found.loadings()["f"]["a"], 3)
    (2, 17.77, 0.813)
    """
    parsed = model if isinstance(model, Model) else parse_model(model)
    literal("estimator", estimator, (*ESTIMATORS, *ORDINAL))
    if estimator in ORDINAL:
        literal("missing", missing, MISSING)
        literal("identify", identify, IDENTIFY)
        pairs: Missing = "pairwise" if missing == "pairwise" else "listwise"
        data = ordinal_sample(parsed, x, pairs, group)
        how = Specification(len(data.moments), False, identify, tuple(equal), released_keys(released))
        if how.groups > 1 and not set(equal) <= set(EQUAL_ORDINAL):
            return fitted_thresholds(parsed, data, estimator, how)
        return fitted_ordinal(parsed, data, estimator, how)
    literal("missing", missing, MISSING_RULES)
    full: MissingRule = "fiml" if missing == "fiml" else "listwise"
    found = _estimator(estimator, full, likelihood)
    literal("likelihood", likelihood, LIKELIHOOD)
    literal("identify", identify, IDENTIFY)
    for each in equal:
        literal("equal", each, EQUAL)
    sample = _sample(parsed, x, full, group, likelihood if found.likelihood else "wishart")
    if found.rows and any(each.rows is None for each in sample.groups):
        raise ModelError(problem("sem.rows_needed", what=estimator))
    how = Specification(
        groups=len(sample.groups),
        means=sample.group is not None or missing == "fiml" or any(each.op == "~1" for each in parsed.statements),
        identify=identify,
        equal=tuple(equal),
        released=released_keys(released),
    )
    return _told(fitted(parsed, sample, found, how), x)


def sem(
    model: str | Model,
    x: object,
    *,
    estimator: str = "ML",
    missing: MissingRule | Missing = "listwise",
    group: str | None = None,
    equal: Sequence[Equal] = (),
    released: Sequence[str] = (),
    likelihood: Likelihood = "normal",
    identify: Identify = "marker",
) -> MeasurementModel:
    """Fit a structural equation model: measurement, regressions among latent and observed variables, both.

    Parameters
    ----------
    model : str
        lavaan's notation, with ``y ~ x`` for regressions and ``ab := a*b`` for defined parameters.
    x, estimator, missing, group, equal, released, likelihood, identify
        As in `cfa`, which fits the same models: two words, so that a study's page can say what it means.

    Returns
    -------
    MeasurementModel
        As from `cfa`. Moments of observed variables that only explain are the sample's (lavaan's ``fixed.x``).

    References
    ----------
    Bollen, K. A. (1989). Structural equations with latent variables. R: ``lavaan::sem(model, x)``.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.3, 0.5, 1]], n=100, names=["x", "m", "y"])
    >>> found = sem("m ~ a*x; y ~ b*m; indirect := a*b", m)
    >>> round(found.parameter_rows[-1].est, 3)
    0.25
    """
    return cfa(
        model, x, estimator=estimator, missing=missing, group=group, equal=equal, released=released,
        likelihood=likelihood, identify=identify,
    )  # fmt: skip


def fitted(model: Model, sample: Sample, estimator: Estimator, how: Specification) -> MeasurementModel:
    """The model fitted to a sample that was taken."""
    table = with_sample_values(parameter_table(model, how), sample)
    _check_freedom(table)
    solution = estimate(table, sample, estimator)
    measures = fit_measures(solution, estimator)
    return MeasurementModel(
        model=model.text,
        estimator=estimator.name,
        errors=estimator.errors,
        test=estimator.test,
        likelihood=sample.likelihood,
        parameter_rows=tuple(_parameters(solution)),
        fit=measures,
        converged=solution.optimum.converged,
        n=sample.n,
        missing=sample.missing,
        dropped=sample.dropped,
        group=sample.group,
        group_rows=tuple(GroupRow(each.label, each.n) for each in sample.groups),
        r2_rows=tuple(_r2(solution)),
        observed=table.observed,
        latent=table.latent,
        cautions=tuple(_cautions(solution)),
        _solution=solution,
    )


def fitted_ordinal(model: Model, data: OrdinalSample, name: str, how: Specification) -> MeasurementModel:
    """The model fitted to thresholds and polychoric correlations that were taken."""
    solution = ordinal_solution(ordinal_table(model, how), data, ORDINAL[name])
    return _ordinal_model(model, solution, data, name, lambda: ordinal_fit(solution), threshold_errors(data))


def fitted_thresholds(model: Model, data: OrdinalSample, name: str, how: Specification) -> MeasurementModel:
    """The model of thresholds and correlations, thresholds equal or each group's own, in theta parameterisation."""
    table = threshold_table(model, how, same_levels(data))
    solution = threshold_solution(table, data, ORDINAL[name])
    return _ordinal_model(model, solution, solution.data, name, lambda: threshold_fit(solution), solution.cuts())


def _ordinal_model(
    model: Model, solution: Solution, data: OrdinalSample, name: str, fit: Callable[[], Fit], cuts: Iterable[Cut]
) -> MeasurementModel:
    estimator, lines, sample = ORDINAL[name], tuple(_parameters(solution)), data.sample
    return MeasurementModel(
        model=model.text,
        estimator=name,
        errors=estimator.errors,
        test=estimator.test,
        likelihood=sample.likelihood,
        parameter_rows=(
            *(row for row in lines if row.op != ":="),
            *_thresholds(cuts),
            *(row for row in lines if row.op == ":="),
        ),
        fit=fit(),  # after the errors, which refuse what is not identified
        converged=solution.optimum.converged,
        n=sample.n,
        missing=sample.missing,
        dropped=sample.dropped,
        group=sample.group,
        group_rows=tuple(GroupRow(each.label, each.n) for each in sample.groups),
        r2_rows=tuple(_r2(solution)),
        observed=solution.table.observed,
        latent=solution.table.latent,
        cautions=(*_cautions(solution), *ordinal_cautions(data)),
        _solution=solution,
    )


def _told(found: MeasurementModel, x: object) -> MeasurementModel:
    """With what must be known of moments that were not observed."""
    m = x.as_moments() if isinstance(x, HasMoments) else x
    if isinstance(m, Moments) and m.basis == "polychoric":
        return replace(found, cautions=(*found.cautions, *moments_cautions(m)))
    return found


def _thresholds(found: Iterable[Cut]) -> Iterator[ParameterRow]:
    for each in found:
        yield _line((each.item, "|", each.name, each.group, ""), each.value, each.se, each.std, None, True)


def _estimator(name: str, missing: str, likelihood: str) -> Estimator:
    found = ESTIMATORS[name]
    if missing == "fiml":
        if not found.incomplete:
            raise ModelError(problem("sem.estimator_missing", estimator=name, missing=missing))
        if likelihood == "wishart":
            raise ModelError(problem("sem.wishart_missing"))
        return replace(found, errors=found.errors_incomplete)
    return found


def _sample(model: Model, x: Any, missing: str, group: str | None, likelihood: Likelihood) -> Sample:
    names = roles(model).observed
    if missing == "fiml":
        return incomplete_sample(x, names, group, roles(model).exogenous)
    return complete_sample(x, names, group, likelihood)


def _check_freedom(table: ParameterTable) -> None:
    """More parameters than moments are never identified."""
    df = moment_count(table) - table.n_free
    if df < 0:
        raise ModelError(problem("sem.negative_df", df=df, moments=moment_count(table), parameters=table.n_free))


def _parameters(solution: Solution) -> Iterator[ParameterRow]:
    """The table with errors; standardised values with errors of the delta method; definitions last."""
    table, sample = solution.table, solution.sample
    std = standardised(solution.machine.matrices, solution.values)
    slopes = differences(lambda theta: standardised(solution.machine.matrices, table.values(theta)), solution.theta)
    std_var = np.einsum("ij,jk,ik->i", slopes, solution.vcov, slopes)
    for at, row in enumerate(table.rows):
        free = row.free != FIXED
        se = _root(solution.vcov[row.free, row.free]) if free else 0.0
        yield _line(
            (row.lhs, row.op, row.rhs, sample.groups[row.group].label, row.label),
            float(solution.values[at]), se, float(std[at]), _root(std_var[at]), free,
        )  # fmt: skip
    yield from _definitions(solution, std)


def _definitions(solution: Solution, std: Array) -> Iterator[ParameterRow]:
    table = solution.table
    if not table.definitions:
        return
    in_sd = defined(table, std)
    for each, own, standard in zip(table.definitions, defined(table, solution.values), in_sd, strict=True):
        se = _root(float(own.slope @ solution.vcov @ own.slope))
        yield _line((each.name, ":=", each.text, "", each.name), own.value, se, standard.value, None, True)


def _root(variance: float) -> float | None:
    return float(np.sqrt(variance)) if variance >= 0 else None


def _line(
    names: tuple[str, str, str, str, str], est: float, se: float | None, std: float, std_se: float | None, free: bool
) -> ParameterRow:
    z = est / se if se else None
    reach = normal_quantile((1 + LEVEL) / 2) * se if se is not None else None
    return ParameterRow(
        *names, est, se, z, None if z is None else normal_two_sided(z), None if reach is None else est - reach,
        None if reach is None else est + reach, None if isnan(std) or np.isinf(std) else std, std_se, free,
    )  # fmt: skip


def _r2(solution: Solution) -> Iterator[R2Row]:
    """1 - residual variance / variance, of variables that the model explains."""
    table = solution.table
    names = (*table.observed, *table.latent)
    explained = unique(row.rhs if row.op == "=~" else row.lhs for row in table.rows if row.op in ("=~", "~"))
    for group, implied in enumerate(solution.implied):
        _, s, _ = solution.machine.matrices.groups[group].matrices(solution.values)
        for name in names:
            if name in explained:
                at = names.index(name)
                value = 1 - float(s[at, at]) / float(implied.total[at, at])
                yield R2Row(name, solution.sample.groups[group].label, value)


def _turned(table: ParameterTable, std: Array) -> Iterator[Caution]:
    """Items whose loading has the other sign than most of their factor's: often not recoded."""
    for latent in table.latent:
        loadings = {
            row.rhs: float(std[at]) for at, row in enumerate(table.rows) if row.op == "=~" and row.lhs == latent
        }
        negative = tuple(name for name, value in loadings.items() if value < 0)
        fewer = negative if 2 * len(negative) <= len(loadings) else tuple(set(loadings) - set(negative))
        if negative and len(negative) < len(loadings):
            yield caution("sem.mixed_signs", factor=latent, items=tuple(sorted(fewer)))


def _cautions(solution: Solution) -> Iterator[Caution]:
    sample, table = solution.sample, solution.table
    if not solution.optimum.converged:
        yield caution("sem.not_converged", steps=solution.optimum.steps)
    std = standardised(solution.machine.matrices, solution.values)
    labels = tuple(group.label for group in sample.groups)
    yield from improper(table, solution.machine.matrices, solution.values, std, labels)
    yield from _turned(table, std)
    least = int(cutoff("sem.n"))
    if sample.n < least:
        yield caution("sem.small_n", n=sample.n, least=least)
    if sample.dropped:
        yield caution("rows.excluded", "note", dropped=sample.dropped, n=sample.n, total=sample.n + sample.dropped)
