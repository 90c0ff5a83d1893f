"""Samples with a design: strata, clusters, weights, finite populations; linearised errors and those of replicates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import Caution, ModelError, problem
from ..grammar import Formula, parse_formula
from .binary import coded_outcome
from .design import build
from .leastsquares import refuse_dependence
from .result import Result, Row, frame
from .rows import Array, Labels, Rows, check_level
from .sample_design import SampleDesign
from .sampling_errors import DRAWS, Errors, Statistic, covariance
from .tails import t_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd

_SINGULAR = 1e13


@dataclass(frozen=True)
class SurveyRow(Row):
    """One estimate; `deff` is its variance over that of a simple random sample of the same n."""

    name: str
    value: float
    se: float
    df: int
    statistic: float | None
    p: float | None
    low: float
    high: float
    deff: float | None
    n: int


@dataclass(frozen=True)
class SurveyEstimates(Result):
    """Estimates of a population. `method` is ``survey.mean``, ``.total``, ``.ratio``, ``.share``, ``.ols``, ``.logit``.

    `population` is the sum of the weights; `kish` what unequal weights alone cost.
    """

    method: str
    errors: Errors
    estimate_rows: tuple[SurveyRow, ...]
    n: int
    population: float
    strata: int
    clusters: int
    kish: float
    level: float
    cautions: tuple[Caution, ...]
    draws: int | None = None
    seed: int | None = None

    @property
    def estimates(self) -> pd.DataFrame:
        """One line for each estimate."""
        return frame(self.estimate_rows, SurveyRow)


def survey_mean(
    design: SampleDesign, names: Sequence[str], *, by: str | None = None, errors: Errors = "linear", level: float = 0.95
) -> SurveyEstimates:
    """Estimate population means, also of parts of the population.

    Parameters
    ----------
    design : SampleDesign
        From `survey_design`.
    names : sequence of str
        Columns of numbers.
    by : str, optional
        A category: one mean for each of its levels.
    errors : {"linear", "jackknife", "bootstrap"}
        Taylor's linearisation; JKn, each cluster left out in turn (JK1 without strata); or Rao and Wu's rescaled
        bootstrap of clusters. Replicates are held against the estimate of all rows, not against their own mean.
    level : float
        Confidence level; t with clusters minus strata degrees of freedom.

    Returns
    -------
    SurveyEstimates
        Rows without an answer are another part of the population: the design keeps them.

    Raises
    ------
    ModelError
        ``survey.no_answers``; ``rows.…``.

    Notes
    -----
    V = sum over strata of (1 - f) n / (n - 1) sum (z - mean z)^2, z the clusters' totals of w (y - mean) / sum w.

    References
    ----------
    Wolter, K. M. (2007). Introduction to variance estimation, 2nd ed. R: ``survey::svymean``, ``survey::svyby``.

    Examples
    --------
    >>> from analysis.stats.sample_design import survey_design
    >>> x = {"y": [1, 3, 2, 6, 4, 8], "h": list("aaabbb"), "w": [3, 3, 3, 10, 10, 10]}
    >>> f"{survey_mean(survey_design(x, weights='w', strata='h'), ['y']).estimate_rows[0].value:.3f}"
    '5.077'
    """
    found = []
    for name, part in _parts(design, by):
        for each in names:
            y = design.rows.numeric([each])[:, 0]
            inside = part & ~np.isnan(y)
            label = each if by is None else f"{each}:{by}[{name}]"
            found.append(_ratio(design, label, np.nan_to_num(y), np.ones(len(y)), inside, errors, level))
    return _collected(design, "survey.mean", errors, found, level)


def survey_total(
    design: SampleDesign, names: Sequence[str], *, errors: Errors = "linear", level: float = 0.95
) -> SurveyEstimates:
    """Estimate population totals; parameters as for `survey_mean`. R: ``survey::svytotal``."""
    found = []
    for each in names:
        y = design.rows.numeric([each])[:, 0]
        inside = ~np.isnan(y)
        value = np.where(inside, np.nan_to_num(y), 0.0)[:, None]
        scores = value * design.weights[:, None]
        found.append(_estimated(design, each, scores, partial(_total, value), int(inside.sum()), errors, level))
    return _collected(design, "survey.total", errors, found, level)


def _total(value: Array, w: Array) -> Array:
    return np.asarray(w @ value)


def survey_ratio(
    design: SampleDesign, over: str, under: str, *, errors: Errors = "linear", level: float = 0.95
) -> SurveyEstimates:
    """Estimate the ratio of two totals; parameters as for `survey_mean`. R: ``survey::svyratio``."""
    y, z = design.rows.numeric([over, under]).T
    inside = ~np.isnan(y) & ~np.isnan(z)
    row = _ratio(design, f"{over}/{under}", np.nan_to_num(y), np.nan_to_num(z), inside, errors, level)
    return _collected(design, "survey.ratio", errors, [row], level)


def survey_share(design: SampleDesign, name: str, *, errors: Errors = "linear", level: float = 0.95) -> SurveyEstimates:
    """Estimate the share of each answer; parameters as for `survey_mean`. R: ``survey::svymean(~factor(x))``."""
    column = design.rows.column(name)
    if isinstance(column, Labels):
        levels, codes = column.levels, column.codes
    else:
        values = np.unique(column[~np.isnan(column)])
        levels = tuple(f"{value:g}" for value in values.tolist())
        codes = np.where(np.isnan(column), -1, np.searchsorted(values, column))
    answered = codes >= 0
    ones = np.ones(len(codes))
    found = [
        _ratio(design, f"{name}[{level_}]", (codes == at).astype(float), ones, answered, errors, level)
        for at, level_ in enumerate(levels)
        if (codes == at).any()
    ]
    return _collected(design, "survey.share", errors, found, level)


def survey_ols(
    formula: str, design: SampleDesign, *, errors: Errors = "linear", level: float = 0.95
) -> SurveyEstimates:
    """Regress an outcome in the population by weighted least squares with the design's errors.

    Parameters
    ----------
    formula : str
        As in `ols`.
    design : SampleDesign
        From `survey_design`.
    errors : {"linear", "jackknife", "bootstrap"}
        As in `survey_mean`.
    level : float
        Confidence level.

    Returns
    -------
    SurveyEstimates
        One row for each coefficient; t with clusters minus strata plus one minus coefficients degrees of freedom.

    Raises
    ------
    ModelError
        As in `ols`; ``survey.too_few_clusters`` where no degree of freedom is left.

    Notes
    -----
    The degrees of freedom are those of R. Stata and SPSS do not subtract the coefficients, which promises more than few
    clusters hold.

    References
    ----------
    Binder, D. A. (1983). International Statistical Review, 51, 279-292. R: ``survey::svyglm``.

    Examples
    --------
    >>> from analysis.stats.sample_design import survey_design
    >>> x = {"y": [1, 3, 2, 6, 4, 8], "a": [1, 2, 3, 4, 5, 6], "w": [3, 3, 3, 10, 10, 10]}
    >>> f"{survey_ols('y ~ a', survey_design(x, weights='w')).estimate_rows[1].value:.3f}"
    '1.201'
    """
    return _regression(parse_formula(formula), design, design.rows, "survey.ols", errors, level)


def survey_logit(
    formula: str, design: SampleDesign, *, event: str | float | None = None, errors: Errors = "linear",
    level: float = 0.95,
) -> SurveyEstimates:  # fmt: skip
    """Explain a yes-or-no outcome in the population by weighted logistic regression with the design's errors.

    Parameters
    ----------
    formula, event
        As in `logit`.
    design, errors, level
        As in `survey_ols`.

    Returns
    -------
    SurveyEstimates
        One row for each coefficient (log odds).

    Raises
    ------
    ModelError
        As in `logit`; ``survey.no_solution`` where factors tell the answers apart.

    References
    ----------
    R: ``survey::svyglm(formula, design, family = quasibinomial)``.

    Examples
    --------
    >>> from analysis.stats.sample_design import survey_design
    >>> x = {"y": [0, 1, 0, 0, 1, 1], "a": [1, 2, 3, 4, 5, 6], "w": [3, 3, 3, 10, 10, 10]}
    >>> f"{survey_logit('y ~ a', survey_design(x, weights='w')).estimate_rows[1].value:.3f}"
    '1.106'
    """
    parsed = parse_formula(formula)
    taken, _ = coded_outcome(parsed, design.rows, event)
    return _regression(parsed, design, taken, "survey.logit", errors, level)


def _regression(
    formula: Formula, design: SampleDesign, taken: Rows, method: str, errors: Errors, level: float
) -> SurveyEstimates:
    if formula.groups:
        raise ModelError(problem("regression.groups_need_mixed", groups=formula.groups))
    place = "(row)"
    built = build(formula, taken.replaced(place, np.arange(taken.n, dtype=np.float64)), None, (place,))
    at = np.asarray(built.beside[place], dtype=np.intp)
    x, y = built.x, built.y
    if len(y) <= x.shape[1]:
        raise ModelError(problem("regression.too_few_rows", n=len(y), k=x.shape[1]))
    refuse_dependence(np.linalg.qr(x)[1], built.terms, np.linalg.norm(x, axis=0))
    df = design.df + 1 - x.shape[1]
    if df < 1:
        raise ModelError(problem("survey.too_few_clusters", clusters=int(design.sampled.sum()), k=x.shape[1]))
    solve = _weighted if method == "survey.ols" else _weighted_logit

    def statistic(w: Array) -> Array:
        return solve(x, y, w[at])[0]

    b, inverse, left = solve(x, y, design.weights[at])
    scores = np.zeros((taken.n, len(b)))
    scores[at] = (x * (design.weights[at] * left)[:, None]) @ inverse
    cov = covariance(design, scores, statistic, errors)
    lines = []
    for term, value, se in zip(built.terms, b.tolist(), np.sqrt(np.diag(cov)).tolist(), strict=True):
        lines.append(_line(term, value, se, df, len(y), level, test=True))
    return _collected(design, method, errors, lines, level, built.cautions)


def _weighted(x: Array, y: Array, w: Array) -> tuple[Array, Array, Array]:
    information = (x * w[:, None]).T @ x
    if np.linalg.cond(information) > _SINGULAR:
        raise ModelError(problem("survey.replicate_stuck"))
    inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    b = inverse @ (x.T @ (w * y))
    return b, inverse, y - x @ b


def _weighted_logit(x: Array, y: Array, w: Array) -> tuple[Array, Array, Array]:
    b = np.zeros(x.shape[1])
    for _ in range(60):
        p = special.expit(x @ b)
        information = (x * (w * p * (1 - p))[:, None]).T @ x
        if np.linalg.cond(information) > _SINGULAR:
            break
        step = np.linalg.solve(information, x.T @ (w * (y - p)))
        b = b + step
        if float(np.abs(step).max()) < 1e-12:
            return b, np.asarray(np.linalg.inv(information), dtype=np.float64), y - special.expit(x @ b)
    raise ModelError(problem("survey.no_solution"))


def _parts(design: SampleDesign, by: str | None) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """The whole, or each level of a category."""
    if by is None:
        yield "", np.ones(design.rows.n, dtype=bool)
        return
    column = design.rows.column(by)
    if isinstance(column, Labels):
        for at, name in enumerate(column.levels):
            if (column.codes == at).any():
                yield name, column.codes == at
        return
    for value in np.unique(column[~np.isnan(column)]).tolist():
        yield f"{value:g}", column == value


def _ratio(
    design: SampleDesign, name: str, y: Array, z: Array, inside: npt.NDArray[np.bool_], errors: Errors, level: float
) -> SurveyRow:
    """sum w y / sum w z over a part; a mean where z is one."""
    if not inside.any():
        raise ModelError(problem("survey.no_answers", name=name))
    w = design.weights * inside
    value = float(w @ y) / float(w @ z)
    scores = (w * (y - value * z) / float(w @ z))[:, None]
    n = int(inside.sum())
    deff = None
    if n > 1 and (z == 1).all():
        simple = n / (n - 1) * float(w @ (y - value) ** 2) / float(w.sum()) / n
        deff = simple
    row = _estimated(
        design, name, scores, lambda v: np.ravel(((v * inside) @ y) / ((v * inside) @ z)), n, errors, level
    )
    return replace(row, value=value, deff=row.se**2 / deff if deff else None)


def _estimated(
    design: SampleDesign, name: str, scores: Array, statistic: Statistic, n: int, errors: Errors, level: float
) -> SurveyRow:
    check_level(level)
    cov = covariance(design, scores, statistic, errors)
    value = float(np.ravel(statistic(design.weights))[0])
    return _line(name, value, float(cov[0, 0]) ** 0.5, design.df, n, level, test=False)


def _line(name: str, value: float, se: float, df: int, n: int, level: float, *, test: bool) -> SurveyRow:
    t = t_quantile((1 + level) / 2, df)
    ratio = value / se if test and se > 0 else None
    p = None if ratio is None else t_two_sided(ratio, df)
    return SurveyRow(name, value, se, df, ratio, p, value - t * se, value + t * se, None, n)


def _collected(
    design: SampleDesign, method: str, errors: Errors, found: list[SurveyRow], level: float,
    more: tuple[Caution, ...] = (),
) -> SurveyEstimates:  # fmt: skip
    return SurveyEstimates(
        method=method, errors=errors, estimate_rows=tuple(found), n=max(row.n for row in found),
        population=float(design.weights.sum()), strata=len(design.sampled), clusters=int(design.sampled.sum()),
        kish=design.kish, level=level, cautions=(*design.cautions, *more),
        draws=DRAWS if errors == "bootstrap" else None, seed=design.seed if errors == "bootstrap" else None,
    )  # fmt: skip
