"""What would overturn the findings: each effect under every defensible choice of rows, scores, errors and model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import ModelError, problem
from ..grammar import Formula, parse_formula
from ..rules import cutoff
from ..stats.calibration import raked
from ..stats.complex_sample import survey_ols
from ..stats.diagnostics import measures
from ..stats.factors import efa
from ..stats.further import quantile_regression, robust_regression
from ..stats.likelihood import EffectRow
from ..stats.moments import moments
from ..stats.multilevel import mixed
from ..stats.ordinal import ordinal
from ..stats.regression import CoefficientRow, Vcov, ols
from ..stats.result import Row
from ..stats.sample_design import survey_design
from ..study import Study
from ..survey.careless import careless
from ..survey.responses import Responses
from .imputed import imputed_regression
from .latent import LatentFindings, latent
from .performance_factors import controls

_GROUPS = 5  # ordered groups of the outcome for the ordinal model
_LATENT = float(np.pi**2 / 3)  # variance of the logistic distribution


@dataclass(frozen=True)
class Way(Row):
    """One effect under one choice, per standard deviation of factor and outcome; `same` as the main analysis says."""

    choice: str
    term: str
    beta: float
    low: float
    high: float
    p: float
    n: int
    same: bool


@dataclass(frozen=True)
class RobustnessFindings:
    """Effects of the main model under all choices; `left_out` names those that this study does not allow."""

    study: Study
    model: str
    level: float
    terms: tuple[str, ...]
    ways: tuple[Way, ...]
    left_out: tuple[str, ...]
    n: int
    latent: LatentFindings | None = None  # None where the model is not one of scales, or cannot be fitted

    def of(self, term: str) -> tuple[Way, ...]:
        """One effect under every choice, the main analysis first."""
        return tuple(way for way in self.ways if way.term == term)


#: Term, standardised coefficient, its limits, p.
Effect = tuple[str, float, float, float, float]


@dataclass(frozen=True, eq=False)
class _Case:
    """What every choice starts from: the model, its columns standardised, and the page's units."""

    responses: Responses
    formula: Formula
    terms: tuple[str, ...]
    frame: pd.DataFrame  # outcome and factors with mean 0 and standard deviation 1; other columns as they are
    unit: str | None
    held: tuple[str, ...]
    level: float
    latent: LatentFindings | None = None


def robustness(responses: Responses, *, model: str = "main", level: float = 0.95) -> RobustnessFindings:
    """Examine each effect of a model under every defensible choice.

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
    RobustnessFindings
        The first way of each effect is the main analysis (least squares, classical errors).

    Raises
    ------
    ModelError
        ``robustness.no_terms`` where the model has no numeric factor of its own.

    Notes
    -----
    A choice agrees where its conclusion is that of the main analysis: told from zero with the same sign, or not told
    from zero. Coefficients are per standard deviation; those of the ordinal model are divided by the standard deviation
    of the latent outcome, those of the structural model are of the latent variables, so that all are on one scale.

    References
    ----------
    Steegen, S., Tuerlinckx, F., Gelman, A., & Vanpaemel, W. (2016). Increasing transparency through a multiverse
    analysis. Perspectives on Psychological Science, 11, 702-712.
    """
    formula = parse_formula(responses.study.models[model].formula)
    case = _case(responses, formula, level)
    case = replace(case, latent=_latent(responses, case.formula, model, level))
    significance = cutoff("significance", responses.study.thresholds)
    main = {effect[0]: effect for effect in _ols(case, case.frame)}
    ways, left_out = [], []
    for choice, compute in _CHOICES.items():
        try:
            found, n = compute(case)
        except (ModelError, np.linalg.LinAlgError):
            left_out.append(choice)
            continue
        for term, beta, low, high, p in found:
            told = main[term][4] < significance
            same = (p < significance) == told and (not told or (beta > 0) == (main[term][1] > 0))
            ways.append(Way(choice, term, beta, low, high, p, n, same))
    n = next(way.n for way in ways if way.choice == "main")
    return RobustnessFindings(responses.study, model, level, case.terms, tuple(ways), tuple(left_out), n, case.latent)


def _latent(responses: Responses, formula: Formula, model: str, level: float) -> LatentFindings | None:
    try:
        return latent(responses, str(formula), model=model, level=level)
    except (ModelError, np.linalg.LinAlgError):
        return None


def _case(responses: Responses, formula: Formula, level: float) -> _Case:
    crossed = {name for term in formula.terms if len(term) > 1 for name in term}
    numeric = [
        term[0] for term in formula.terms
        if len(term) == 1 and term[0] not in crossed and str(responses.frame[term[0]].dtype) != "category"
    ]  # fmt: skip
    if not numeric:
        raise ModelError(problem("robustness.no_terms", formula=str(formula)))
    unit = next((code for code, each in responses.study.variables.items() if each.part == "unit"), None)
    unit = unit if unit in responses.frame.columns else None
    plain = Formula(formula.outcome, formula.terms)
    return _Case(
        responses, plain, tuple(numeric), _standardised(responses.frame, (formula.outcome, *numeric)), unit,
        controls(responses, str(plain)), level,
    )  # fmt: skip


def _standardised(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    whole = frame.copy()
    for name in names:
        whole[name] = (whole[name] - whole[name].mean()) / whole[name].std(ddof=1)
    return whole


def _ols(case: _Case, frame: pd.DataFrame, vcov: Vcov = "classical", more: tuple[str, ...] = ()) -> list[Effect]:
    formula = " + ".join((str(case.formula), *more))
    return _picked(case, ols(formula, frame, vcov=vcov, level=case.level).coefficient_rows)


def _picked(case: _Case, found: Sequence[CoefficientRow | EffectRow]) -> list[Effect]:
    """The effects that are examined, among all coefficients."""
    return [(row.term, row.b, row.low, row.high, row.p) for row in found if row.term in case.terms]


def _complete(case: _Case, frame: pd.DataFrame, more: tuple[str, ...] = ()) -> int:
    return int(frame[[*case.formula.names, *more]].notna().all(axis=1).sum())


Answer = tuple[list[Effect], int]


def _main(case: _Case) -> Answer:
    return _ols(case, case.frame), _complete(case, case.frame)


def _hc3(case: _Case) -> Answer:
    return _ols(case, case.frame, "HC3"), _complete(case, case.frame)


def _unit_of(case: _Case) -> str:
    if case.unit is None:
        raise ModelError(problem("robustness.not_here"))
    return case.unit


def _clustered(case: _Case) -> Answer:
    unit = _unit_of(case)
    return _ols(case, case.frame, ("CR2", unit)), _complete(case, case.frame, (unit,))


def _multilevel(case: _Case) -> Answer:
    unit = _unit_of(case)
    found = mixed(f"{case.formula} + (1 | {unit})", case.frame, level=case.level)
    return _picked(case, found.coefficient_rows), found.n


def _within_units(case: _Case) -> Answer:
    unit = _unit_of(case)
    return _ols(case, case.frame, "HC3", (unit,)), _complete(case, case.frame, (unit,))


def _controlled(case: _Case) -> Answer:
    if not case.held:
        raise ModelError(problem("robustness.not_here"))
    return _ols(case, case.frame, "HC3", case.held), _complete(case, case.frame, case.held)


def _weighted(case: _Case) -> Answer:
    strata = case.responses.study.strata
    if strata is None:
        raise ModelError(problem("robustness.not_here"))
    code = strata.variable
    whole = case.frame[case.frame[code].notna()]
    used = set(whole[code].astype(str))
    sizes = {level: float(size) for level, size in strata.sizes.items() if level in used}
    design = raked(survey_design(whole), {code: sizes})
    found = survey_ols(str(case.formula), design, level=case.level).estimate_rows
    effects = [(row.name, row.value, row.low, row.high, row.p or 0.0) for row in found if row.name in case.terms]
    return effects, found[0].n


def _huber(case: _Case) -> Answer:
    found = robust_regression(str(case.formula), case.frame, level=case.level)
    return _picked(case, found.coefficient_rows), found.n


def _median(case: _Case) -> Answer:
    found = quantile_regression(str(case.formula), case.frame, level=case.level)
    return _picked(case, found.coefficient_rows), found.n


def _ranks(case: _Case) -> Answer:
    names = [case.formula.outcome, *case.terms]
    whole = case.frame.dropna(subset=list(case.formula.names))
    ranked = whole.assign(**{name: whole[name].rank() for name in names})
    return _ols(case, _standardised(ranked, tuple(names)), "HC3"), len(whole)


def _ordered(case: _Case) -> Answer:
    """The outcome in five ordered groups of about equal size."""
    whole = case.frame.dropna(subset=list(case.formula.names))
    cuts = np.unique(np.quantile(whole[case.formula.outcome], np.arange(1, _GROUPS) / _GROUPS))
    grouped = whole.assign(**{case.formula.outcome: np.searchsorted(cuts, whole[case.formula.outcome]).astype(float)})
    found = ordinal(str(case.formula), grouped, level=case.level)
    b = np.array([row.b for row in found.coefficient_rows if row.term in case.terms])
    spread = float(np.sqrt(np.var(whole[list(case.terms)].to_numpy() @ b) + _LATENT))
    rows = [row for row in found.coefficient_rows if row.term in case.terms]
    return [(row.term, row.b / spread, row.low / spread, row.high / spread, row.p) for row in rows], found.n


def _without_influential(case: _Case) -> Answer:
    fitted = ols(str(case.formula), case.frame)
    leverage, _, cooks = measures(fitted)
    whole = case.frame.dropna(subset=list(case.formula.names))
    if len(cooks) != len(whole) or len(leverage) != len(whole):
        raise ModelError(problem("robustness.not_here"))
    return _among(case, whole, cooks <= 4 / len(whole))


def _items(case: _Case) -> pd.DataFrame:
    """Answers to the items behind the model's scores."""
    members = case.responses.members
    names = [item for name in (case.formula.outcome, *case.terms) for item in members.get(name, ())]
    if not names:
        raise ModelError(problem("robustness.not_here"))
    return case.responses.frame[names]


def _without_straight_lines(case: _Case) -> Answer:
    """Without persons who gave all items of the model the same answer."""
    items = _items(case)
    return _among(case, case.frame, (items.max(axis=1) > items.min(axis=1)).to_numpy())


def _without_careless(case: _Case) -> Answer:
    """Without persons who carry several signs of careless answering."""
    return _among(case, case.frame, careless(case.responses).attentive)


def _complete_items(case: _Case) -> Answer:
    """Only persons who answered every item."""
    return _among(case, case.frame, _items(case).notna().all(axis=1).to_numpy())


def _among(case: _Case, frame: pd.DataFrame, stays: npt.NDArray[np.bool_]) -> Answer:
    """Only some of the persons. Where a handful would go, the difference would tell what they answered."""
    if int((~stays).sum()) < cutoff("disclosure.min_cell", case.responses.study.thresholds):
        raise ModelError(problem("robustness.not_here"))
    kept = frame[stays]
    return _ols(case, _standardised(kept, (case.formula.outcome, *case.terms))), _complete(case, kept)


def _pairwise(case: _Case) -> Answer:
    if len(case.terms) != len(case.formula.terms):
        raise ModelError(problem("robustness.not_here"))
    m = moments(case.frame, case.formula.names, missing="pairwise")
    found = ols(str(case.formula), m, level=case.level)
    return _picked(case, found.coefficient_rows), found.n


def _factor_scores(case: _Case) -> Answer:
    """Scores of one factor for each scale (regression method) instead of means of items."""
    items = _items(case)
    whole = case.frame[items.notna().all(axis=1)].copy()
    for name in (case.formula.outcome, *case.terms):
        members = list(case.responses.members.get(name, ()))
        if len(members) < 3:
            continue
        answers = items.loc[whole.index, members]
        found = efa(answers, 1, method="minres", rotation="none").loadings.to_numpy(dtype=float)[:, -1]
        z = ((answers - answers.mean()) / answers.std(ddof=1)).to_numpy(dtype=float)
        score = z @ np.linalg.solve(np.corrcoef(z.T), found)
        whole[name] = score * (1.0 if float(found.sum()) > 0 else -1.0)
    return _ols(case, _standardised(whole, (case.formula.outcome, *case.terms))), _complete(case, whole)


def _imputed(case: _Case) -> Answer:
    """Missing answers drawn several times from what was answered."""
    found = imputed_regression(case.responses, case.formula, case.terms, level=case.level)
    effects = [(row.term, row.b, row.low, row.high, row.p) for row in found.coefficient_rows if row.term in case.terms]
    return effects, found.n


def _latent_paths(case: _Case) -> Answer:
    """The factors themselves instead of their scores."""
    if case.latent is None:
        raise ModelError(problem("robustness.not_here"))
    return [(row.term, row.path, row.path_low, row.path_high, row.path_p) for row in case.latent.rows], case.latent.n


#: Every choice by its key, the main analysis first; words are in `robustness.choice`.
_CHOICES: dict[str, Callable[[_Case], Answer]] = {
    "main": _main,
    "hc3": _hc3,
    "clustered": _clustered,
    "multilevel": _multilevel,
    "within_units": _within_units,
    "controlled": _controlled,
    "weighted": _weighted,
    "huber": _huber,
    "median": _median,
    "ranks": _ranks,
    "ordered": _ordered,
    "without_influential": _without_influential,
    "without_straight_lines": _without_straight_lines,
    "without_careless": _without_careless,
    "complete_items": _complete_items,
    "pairwise": _pairwise,
    "imputed": _imputed,
    "factor_scores": _factor_scores,
    "latent": _latent_paths,
}
