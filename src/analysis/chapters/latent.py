"""The regression of the factors themselves beside that of their scale scores: what errors of measurement take away."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..errors import Caution, ModelError, problem
from ..grammar import Formula, parse_formula
from ..rules import cutoff
from ..stats.constructs import composite_reliability
from ..stats.moments import Moments, moments
from ..stats.regression import ols
from ..stats.result import Row
from ..stats.rows import Array
from ..stats.sem.cfa import sem
from ..stats.sem.fit import Fit
from ..stats.tails import normal_quantile
from ..survey.responses import Responses

_FEWEST = 2  # items of a scale in a model


@dataclass(frozen=True)
class LatentRow(Row):
    """One factor, all coefficients per standard deviation: of the scores, corrected for their errors, of the model.

    `corrected` is empty where the corrected correlations are none that variables can have.
    """

    term: str
    beta: float
    low: float
    high: float
    p: float
    corrected: float | None
    path: float
    path_low: float
    path_high: float
    path_p: float
    reliability: float  # composite reliability of the factor's scale


@dataclass(frozen=True)
class LatentFindings:
    """Scale scores and latent variables on the same persons: those who answered every item (`missing` listwise).

    Where only a handful left something out, all persons with every answer that they gave (`missing` fiml): what the
    others' answers give would tell theirs.
    """

    model: str
    outcome: str
    level: float
    rows: tuple[LatentRow, ...]
    reliability: float  # composite reliability of the outcome's scale
    r2: float  # of the scores
    latent_r2: float | None
    fit: Fit
    n: int
    missing: str
    cautions: tuple[Caution, ...]


def latent(responses: Responses, formula: str, *, model: str = "main", level: float = 0.95) -> LatentFindings:
    """Fit a regression among the constructs as a structural model of their items, and as one of their scores.

    Parameters
    ----------
    responses : Responses
        What `prepare` returned.
    formula : str
        ``outcome ~ a + b`` of constructs with two items or more.
    model : str
        Code under which the page knows the formula.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    LatentFindings
        Paths of the structural model (MLR) with lavaan's ``std.all``, its errors by the delta method and Wald's p of
        the unstandardised path; OLS on the standardised scores of the same persons; and OLS on the scores'
        correlations divided by the square root of the product of both composite reliabilities.

    Raises
    ------
    ModelError
        ``latent.scales``: a term is no scale, has a single item, or is a product; ``sem.…`` as in `sem`.

    Notes
    -----
    With one factor, the coefficient of the scores is the path times the square root of both reliabilities. With several
    that overlap, a factor measured with error leaves a part of its relation to the others, so that a coefficient may
    also be too large.

    References
    ----------
    Spearman, C. (1904). American Journal of Psychology, 15, 72-101. Bollen, K. A. (1989). Structural equations with
    latent variables, ch. 5. R: ``lavaan::sem(model, x, estimator = "MLR")``, ``standardizedSolution``.
    """
    parsed = parse_formula(formula)
    names = _scales(responses, parsed)
    items = [item for name in names for item in responses.members[name]]
    text = f"{_measured(responses, names)}\n{parsed.outcome} ~ {' + '.join(names[1:])}"
    complete = responses.frame[items].notna().all(axis=1)
    few = 0 < int((~complete).sum()) < cutoff("disclosure.min_cell", responses.study.thresholds)
    fitted = sem(text, responses, estimator="MLR", missing="fiml" if few else "listwise")
    whole = responses.frame if few else responses.frame[complete]
    scores = moments(whole, names)
    unit = Moments(scores.names, scores.n, np.zeros(len(names)), scores.corr)
    plain = ols(str(parsed), unit, level=level)
    reliabilities = {row.construct: row.value for row in composite_reliability(fitted).construct_rows}
    corrected = _corrected(str(parsed), unit, np.array([reliabilities[name] for name in names]))
    paths = {row.rhs: row for row in fitted.parameter_rows if row.op == "~"}
    half = normal_quantile((1 + level) / 2)
    rows = []
    for row in plain.coefficient_rows:
        if row.term in paths:
            path = paths[row.term]
            std, se, p = path.std or 0.0, path.std_se or 0.0, 1.0 if path.p is None else path.p
            rows.append(
                LatentRow(
                    row.term, row.b, row.low, row.high, row.p, corrected.get(row.term), std, std - half * se,
                    std + half * se, p, reliabilities[row.term],
                )
            )  # fmt: skip
    r2 = next((row.r2 for row in fitted.r2_rows if row.variable == parsed.outcome), None)
    return LatentFindings(
        model, parsed.outcome, level, tuple(rows), reliabilities[parsed.outcome], plain.fit.r2, r2, fitted.fit,
        fitted.n, fitted.missing, fitted.cautions,
    )  # fmt: skip


def _scales(responses: Responses, parsed: Formula) -> tuple[str, ...]:
    """The outcome and the factors, all of them scales of several items."""
    names = (parsed.outcome, *(":".join(term) for term in parsed.terms))
    unfit = tuple(name for name in names if len(responses.members.get(name, ())) < _FEWEST)
    if unfit or parsed.groups or not parsed.intercept:
        raise ModelError(problem("latent.scales", terms=unfit or names))
    return names


def _measured(responses: Responses, names: tuple[str, ...]) -> str:
    return "\n".join(f"{name} =~ {' + '.join(responses.members[name])}" for name in names)


def _corrected(formula: str, unit: Moments, reliability: Array) -> dict[str, float]:
    """OLS on correlations as they would be without errors of measurement (Spearman)."""
    corr = unit.cov / np.sqrt(np.outer(reliability, reliability))
    np.fill_diagonal(corr, 1.0)
    if float(np.linalg.eigvalsh(corr)[0]) <= 0:
        return {}
    return {row.term: row.b for row in ols(formula, replace(unit, cov=corr)).coefficient_rows}
