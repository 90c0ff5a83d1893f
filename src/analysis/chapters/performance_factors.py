"""Which factors go with the outcome, how strongly, how surely: description, correlation, regression, hypotheses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from ..errors import ModelError
from ..grammar import parse_formula
from ..rules import cutoff
from ..simulate import Truth, truth_of
from ..stats.association import PartCorrelations, part_correlations, partial_correlations, spearman
from ..stats.autocorrelation import DurbinWatson, durbin_watson
from ..stats.correlation import Correlations, correlate
from ..stats.describe import Description, describe
from ..stats.diagnostics import RegressionDiagnostics, diagnose
from ..stats.hierarchy import Blocks, blocks
from ..stats.importance import Dominance, Importance, dominance, lmg
from ..stats.regression import Regression, ols
from ..stats.result import Row
from ..stats.treatment import Treatment, treat
from ..study import Study
from ..survey.responses import Responses

_BANDS = 10  # groups of fitted values in the scatter of the residuals
_BAND_LEAST = 10  # persons in each of them, at least
_CONTROL_LEVELS = 6  # a respondent's variable with more categories is no control but a grouping

Conclusion: TypeAlias = Literal["supported", "not_supported", "opposite"]


@dataclass(frozen=True)
class HypothesisTest(Row):
    """One hypothesis and what the data say about it."""

    code: str
    term: str
    sign: str
    b: float
    beta: float | None
    p: float
    conclusion: Conclusion


@dataclass(frozen=True)
class ResidualShape:
    """Standardised residuals as shares, never as persons: histogram and P–P points at fixed probabilities."""

    edges: tuple[float, ...]
    density: tuple[float, ...]
    expected: tuple[float, ...]
    observed: tuple[float, ...]
    mean: float
    sd: float


@dataclass(frozen=True)
class ResidualBand:
    """Persons with like fitted values: the mean of those, and mean, spread and tenths of their residuals."""

    fitted: float
    mean: float
    sd: float
    low: float  # a tenth of the residuals lie below
    high: float  # a tenth lie above
    n: int


@dataclass(frozen=True)
class FactorFindings:
    """The regression of the outcome on its factors and what belongs to it."""

    study: Study
    model: str
    level: float
    description: Description
    correlations: Correlations
    regression: Regression
    robust: Regression
    agreement: int  # significant digits in which our coefficients and those of statsmodels agree, 12 at most
    residuals: ResidualShape
    diagnosis: RegressionDiagnostics | None  # None where the model fits perfectly
    dominance: Dominance | None  # None where `importance` is
    importance: Importance | None  # None where R² cannot be divided (interactions, too many terms)
    hypotheses: tuple[HypothesisTest, ...]
    parts: PartCorrelations
    ranks: Correlations
    partial: Correlations | None  # None where columns determine one another
    autocorrelation: DurbinWatson | None  # None where the model fits perfectly
    bands: tuple[ResidualBand, ...]  # empty under two groups of ten
    blocks: Blocks | None  # None where the page declares no respondents' variables to hold equal
    truth: Truth | None = None  # of a simulated study
    treatment: Treatment | None = None  # None where there is nothing to diagnose


def performance_factors(responses: Responses, *, model: str = "main", level: float = 0.95) -> FactorFindings:
    """Regress the outcome on its factors as the page's model says.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    model : str
        Code of a model of the study page.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    FactorFindings
        Description and correlations of the model's variables, OLS with classical and with HC3 errors, the shape of
        the residuals, and the hypotheses of the page.

    Notes
    -----
    A hypothesis is supported when its coefficient has the declared sign and p is below the significance level of
    the rules; a coefficient with the other sign and p below it is reported as opposite. A p-value at or above the level
    supports nothing, in either direction.
    """
    formula = responses.study.models[model].formula
    names = [name for name in parse_formula(formula).names if name in responses.members]
    regression = ols(formula, responses, level=level)
    return FactorFindings(
        study=responses.study,
        model=model,
        level=level,
        description=describe(responses, names),
        correlations=correlate(responses, names, level=level),
        regression=regression,
        robust=ols(formula, responses, vcov="HC3", level=level),
        agreement=_agreement(regression),
        residuals=_shape(regression),
        diagnosis=diagnose(regression) if regression.fit.p is not None else None,
        dominance=_dominance(formula, responses, level),
        importance=_importance(formula, responses),
        hypotheses=_hypotheses(responses.study, model, regression),
        parts=part_correlations(formula, responses),
        ranks=spearman(responses, names, level=level),
        partial=_partial(responses, names, level),
        autocorrelation=durbin_watson(regression) if regression.fit.p is not None else None,
        bands=_bands(regression),
        blocks=_blocks(formula, responses, level),
        truth=truth_of(responses.study),
        treatment=_treatment(regression, responses.study),
    )


def _treatment(regression: Regression, study: Study) -> Treatment | None:
    try:
        return treat(regression, least=int(cutoff("disclosure.min_cell", study.thresholds)))
    except ModelError:
        return None


def _importance(formula: str, responses: Responses) -> Importance | None:
    try:
        return lmg(formula, responses)
    except ModelError:
        return None


def _partial(responses: Responses, names: list[str], level: float) -> Correlations | None:
    try:
        return partial_correlations(responses, names, level=level)
    except ModelError:
        return None


def controls(responses: Responses, formula: str) -> tuple[str, ...]:
    """Respondents' categories that a model may hold equal: few levels, no unit, not already in the formula."""
    inside = parse_formula(formula).names
    found = []
    for code, variable in responses.study.variables.items():
        column = responses.frame.get(code)
        if code in inside or column is None or variable.part is not None or str(column.dtype) != "category":
            continue
        if 2 <= column.nunique() <= _CONTROL_LEVELS:
            found.append(code)
    return tuple(found)


def _blocks(formula: str, responses: Responses, level: float) -> Blocks | None:
    """Who answers first, then the factors: do they explain more than the composition of the staff?"""
    parsed, held = parse_formula(formula), controls(responses, formula)
    if not held or not parsed.intercept:
        return None
    first = f"{parsed.outcome} ~ {' + '.join(held)}"
    terms = " + ".join(":".join(term) for term in parsed.terms)
    try:
        return blocks([first, f"{first} + {terms}"], responses, level=level)
    except ModelError:
        return None


def _bands(regression: Regression) -> tuple[ResidualBand, ...]:
    """Residuals by tenths of the fitted values; no group is small enough to show a person."""
    fitted, residuals = regression.fitted(), regression.residuals() / max(regression.fit.see, 1e-300)
    groups = min(_BANDS, len(fitted) // _BAND_LEAST)
    if groups < 2 or regression.fit.p is None:
        return ()
    found = []
    for at in np.array_split(np.argsort(fitted, kind="stable"), groups):
        part = residuals[at]
        low, high = np.quantile(part, [0.1, 0.9])
        mean, sd = float(part.mean()), float(part.std(ddof=1))
        found.append(ResidualBand(float(fitted[at].mean()), mean, sd, float(low), float(high), len(at)))
    return tuple(found)


def _dominance(formula: str, responses: Responses, level: float) -> Dominance | None:
    try:
        return dominance(formula, responses, level=level)
    except ModelError:
        return None


def _agreement(regression: Regression) -> int:
    """Whole digits only, and no more than results are written with: the last bits differ from machine to machine."""
    ours = np.array([row.b for row in regression.coefficient_rows])
    theirs = np.asarray(regression.as_statsmodels().params)
    difference = float(np.max(np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-300)))
    return 12 if difference < 1e-12 else max(0, int(-np.log10(difference)))


def _shape(regression: Regression) -> ResidualShape:
    from scipy.stats import norm

    standardised = regression.residuals() / regression.fit.see
    limit = float(np.ceil(2 * np.max(np.abs(standardised))) / 2)
    density, edges = np.histogram(standardised, bins=np.arange(-limit, limit + 0.5, 0.5), density=True)
    probabilities = np.arange(0.05, 0.951, 0.05)
    expected = norm.cdf(np.quantile(standardised, probabilities))
    return ResidualShape(
        tuple(edges.tolist()), tuple(density.tolist()), tuple(expected.tolist()), tuple(probabilities.tolist()),
        float(standardised.mean()), float(standardised.std(ddof=1)),
    )  # fmt: skip


def _hypotheses(study: Study, model: str, regression: Regression) -> tuple[HypothesisTest, ...]:
    rows = {row.term: row for row in regression.coefficient_rows}
    significance = cutoff("significance", study.thresholds)
    found = []
    for code, hypothesis in study.hypotheses.items():
        if hypothesis.model != model:
            continue
        row = rows[hypothesis.term]
        as_said = (row.b > 0) == (hypothesis.sign == "+")
        conclusion: Conclusion = "not_supported" if row.p >= significance else "supported" if as_said else "opposite"
        found.append(HypothesisTest(code, hypothesis.term, hypothesis.sign, row.b, row.beta, row.p, conclusion))
    return tuple(found)
