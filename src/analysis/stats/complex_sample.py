"""Samples with a design: strata, clusters, weights, finite populations; linearised or jackknife errors, raking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import Caution, ModelError, Place, Problem, caution, problem
from ..grammar import Formula, parse_formula
from .binary import coded_outcome
from .design import build, codes_of
from .result import Result, Row, frame
from .rows import Array, Labels, Rows, check_level, literal, rows
from .tails import t_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd

Errors: TypeAlias = Literal["linear", "jackknife"]
_ERRORS: tuple[Errors, ...] = ("linear", "jackknife")
_CALIBRATED = 1e-10
_ROUNDS = 2000

#: Estimates of a set of weights: the heart of the jackknife.
Statistic: TypeAlias = Callable[[Array], Array]


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

    @property
    def estimates(self) -> pd.DataFrame:
        """One line for each estimate."""
        return frame(self.estimate_rows, SurveyRow)


@dataclass(frozen=True, eq=False)
class SampleDesign:
    """Rows and how they were drawn; what `survey_design` returns."""

    rows: Rows
    weights: Array  # (n,)
    strata: npt.NDArray[np.intp]  # (n,)
    clusters: npt.NDArray[np.intp]  # (n,) counted over all strata
    sampled: Array  # (strata,) clusters drawn in each stratum
    fraction: Array  # (strata,) share of the stratum's clusters that was drawn
    cautions: tuple[Caution, ...] = ()

    @property
    def df(self) -> int:
        """Clusters minus strata."""
        return int(self.sampled.sum()) - len(self.sampled)

    @property
    def kish(self) -> float:
        """n sum w^2 / (sum w)^2: what unequal weights alone cost."""
        return float(len(self.weights) * (self.weights**2).sum() / self.weights.sum() ** 2)


def survey_design(
    x: object, *, weights: str | None = None, strata: str | None = None, cluster: str | None = None,
    population: str | None = None,
) -> SampleDesign:  # fmt: skip
    """Declare how a sample was drawn.

    Parameters
    ----------
    x : rows
        Answers, with the columns of the design.
    weights, strata, cluster : str, optional
        Columns: how many of the population a row stands for, strata, first-stage clusters.
    population : str, optional
        Column with the number of clusters (of rows, without clusters) in the stratum's population.

    Returns
    -------
    SampleDesign
        For `survey_mean` and its kin.

    Raises
    ------
    ModelError
        ``survey.…``: a design column with holes, weights that are not positive, a stratum with a single cluster
        (named), a population smaller than its sample or not the same over a stratum.

    References
    ----------
    Lumley, T. (2010). Complex surveys. R: ``survey::svydesign(ids, strata, weights, fpc, nest = TRUE)``.

    Examples
    --------
    >>> x = {"y": [1, 3, 2, 6, 4, 8], "h": list("aaabbb"), "N": [9, 9, 9, 30, 30, 30], "w": [3, 3, 3, 10, 10, 10]}
    >>> survey_design(x, weights="w", strata="h", population="N").df
    4
    """
    taken = rows(x)
    named = [name for name in (weights, strata, cluster, population) if name is not None]
    taken.require(named)
    holes = [problem("survey.holes", Place(column=name), column=name) for name in named if _holes(taken.column(name))]
    if holes:
        raise ModelError(*holes)
    n = taken.n
    w = np.ones(n) if weights is None else taken.numeric([weights])[:, 0]
    if n < 2 or (w <= 0).any():
        raise ModelError(problem("survey.weights", Place(column=weights), column=weights))
    h = (
        np.zeros(n, dtype=np.intp)
        if strata is None
        else np.unique(codes_of(taken.column(strata)), return_inverse=True)[1]
    )
    inside = np.arange(n) if cluster is None else codes_of(taken.column(cluster))
    c = np.unique(np.column_stack([h, inside]), axis=0, return_inverse=True)[1].reshape(-1)
    first = np.unique(c, return_index=True)[1]
    sampled = np.bincount(h[first]).astype(np.float64)
    single = _names(taken, strata, np.flatnonzero(sampled == 1), h)
    if single:
        raise ModelError(problem("survey.single_cluster", Place(column=strata), strata=single))
    fraction = _fraction(taken, population, strata, h, sampled)
    found = SampleDesign(taken, w, h, c, sampled, fraction)
    notes = [] if weights is not None else [caution("survey.no_weights", "note")]
    return replace(found, cautions=tuple(notes))


def _holes(column: Array | Labels) -> bool:
    return bool((column.codes < 0).any() if isinstance(column, Labels) else np.isnan(column).any())


def _names(taken: Rows, strata: str | None, at: npt.NDArray[np.intp], h: npt.NDArray[np.intp]) -> tuple[str, ...]:
    """Strata by their names."""
    if strata is None:
        return ("",) if len(at) else ()
    column = taken.column(strata)
    firsts = [int(np.flatnonzero(h == each)[0]) for each in at]
    if isinstance(column, Labels):
        return tuple(column.levels[column.codes[each]] for each in firsts)
    return tuple(f"{column[each]:g}" for each in firsts)


def _fraction(
    taken: Rows, population: str | None, strata: str | None, h: npt.NDArray[np.intp], sampled: Array
) -> Array:
    if population is None:
        return np.zeros(len(sampled))
    size = taken.numeric([population])[:, 0]
    found: list[Problem] = []
    whole = np.zeros(len(sampled))
    for each in range(len(sampled)):
        part = size[h == each]
        name = "".join(_names(taken, strata, np.array([each]), h))
        if np.ptp(part) > 0:
            found.append(problem("survey.population_varies", Place(column=population), stratum=name))
        elif part[0] < sampled[each]:
            found.append(
                problem(
                    "survey.population_small", Place(column=population), stratum=name, size=float(part[0]),
                    sampled=int(sampled[each]),
                )
            )  # fmt: skip
        whole[each] = part[0]
    if found:
        raise ModelError(*found)
    return np.asarray(sampled / whole)


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
    errors : {"linear", "jackknife"}
        Taylor's linearisation, or JKn: each cluster left out in turn.
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
    errors : {"linear", "jackknife"}
        As in `survey_mean`.
    level : float
        Confidence level.

    Returns
    -------
    SurveyEstimates
        One row for each coefficient.

    Raises
    ------
    ModelError
        As in `ols`.

    References
    ----------
    Binder, D. A. (1983). International Statistical Review, 51, 279-292. R: ``survey::svyglm``.

    Examples
    --------
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
    solve = _weighted if method == "survey.ols" else _weighted_logit

    def statistic(w: Array) -> Array:
        return solve(x, y, w[at])[0]

    b, inverse, left = solve(x, y, design.weights[at])
    scores = np.zeros((taken.n, len(b)))
    scores[at] = (x * (design.weights[at] * left)[:, None]) @ inverse
    cov = _variance(design, scores) if errors == "linear" else _jackknife(design, statistic)
    lines = []
    for term, value, se in zip(built.terms, b.tolist(), np.sqrt(np.diag(cov)).tolist(), strict=True):
        lines.append(_line(design, term, value, se, None, len(y), level, test=True))
    return _collected(design, method, errors, lines, level, built.cautions)


def _weighted(x: Array, y: Array, w: Array) -> tuple[Array, Array, Array]:
    inverse = np.asarray(np.linalg.inv((x * w[:, None]).T @ x), dtype=np.float64)
    b = inverse @ (x.T @ (w * y))
    return b, inverse, y - x @ b


def _weighted_logit(x: Array, y: Array, w: Array) -> tuple[Array, Array, Array]:
    b = np.zeros(x.shape[1])
    for _ in range(60):
        p = special.expit(x @ b)
        information = (x * (w * p * (1 - p))[:, None]).T @ x
        if np.linalg.cond(information) > 1e13:
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
        design, name, scores, lambda v: np.array([float((v * inside) @ y) / float((v * inside) @ z)]), n, errors, level
    )
    return replace(row, value=value, deff=row.se**2 / deff if deff else None)


def _estimated(
    design: SampleDesign, name: str, scores: Array, statistic: Statistic, n: int, errors: Errors, level: float
) -> SurveyRow:
    literal("errors", errors, _ERRORS)
    check_level(level)
    cov = _variance(design, scores) if errors == "linear" else _jackknife(design, statistic)
    value = float(np.ravel(statistic(design.weights))[0])
    return _line(design, name, value, float(cov[0, 0]) ** 0.5, None, n, level, test=False)


def _line(
    design: SampleDesign, name: str, value: float, se: float, deff: float | None, n: int, level: float, *, test: bool
) -> SurveyRow:
    t = t_quantile((1 + level) / 2, design.df)
    ratio = value / se if test and se > 0 else None
    p = None if ratio is None else t_two_sided(ratio, design.df)
    return SurveyRow(name, value, se, design.df, ratio, p, value - t * se, value + t * se, deff, n)


def _variance(design: SampleDesign, scores: Array) -> Array:
    """Variance of a total of scores (n, k) under the design."""
    totals = np.zeros((int(design.sampled.sum()), scores.shape[1]))
    np.add.at(totals, design.clusters, scores)
    stratum = np.zeros(len(totals), dtype=np.intp)
    stratum[design.clusters] = design.strata
    means = np.zeros((len(design.sampled), scores.shape[1]))
    np.add.at(means, stratum, totals)
    apart = totals - (means / design.sampled[:, None])[stratum]
    weight = ((1 - design.fraction) * design.sampled / (design.sampled - 1))[stratum]
    return np.asarray((apart * weight[:, None]).T @ apart)


def _jackknife(design: SampleDesign, statistic: Statistic) -> Array:
    """JKn: each cluster left out, the others of its stratum weighing n / (n - 1)."""
    whole = np.ravel(statistic(design.weights))
    found = np.zeros((len(whole), len(whole)))
    for cluster in range(int(design.sampled.sum())):
        out = design.clusters == cluster
        h = int(design.strata[out][0])
        n = design.sampled[h]
        w = design.weights * np.where(design.strata == h, n / (n - 1), 1.0) * ~out
        apart = np.ravel(statistic(w)) - whole
        found += (1 - design.fraction[h]) * (n - 1) / n * np.outer(apart, apart)
    return found


def _collected(
    design: SampleDesign, method: str, errors: Errors, found: list[SurveyRow], level: float,
    more: tuple[Caution, ...] = (),
) -> SurveyEstimates:  # fmt: skip
    return SurveyEstimates(
        method=method, errors=errors, estimate_rows=tuple(found), n=max(row.n for row in found),
        population=float(design.weights.sum()), strata=len(design.sampled), clusters=int(design.sampled.sum()),
        kish=design.kish, level=level, cautions=(*design.cautions, *more),
    )  # fmt: skip


def raked(design: SampleDesign, margins: Mapping[str, Mapping[str, float]]) -> SampleDesign:
    """Weights whose totals meet known population counts (raking; with one margin post-stratification).

    Parameters
    ----------
    design : SampleDesign
        From `survey_design`.
    margins : mapping
        For each category its counts in the population: ``{"sex": {"f": 400, "m": 600}}``. Different totals are brought
        to that of the first margin.

    Returns
    -------
    SampleDesign
        The same design with new weights; a caution says that its errors take them as given, which makes intervals a
        little too wide where the margins explain the outcome.

    Raises
    ------
    ModelError
        ``survey.margin``: a level that nobody has, or one without a count; ``survey.rake_stuck`` without a solution.

    References
    ----------
    Deming, W. E., & Stephan, F. F. (1940). Annals of Mathematical Statistics, 11, 427-444. R: ``survey::rake``.

    Examples
    --------
    >>> design = survey_design({"y": [1, 2, 3, 4], "s": list("ffmf")})
    >>> raked(design, {"s": {"f": 40, "m": 60}}).weights.round(2).tolist()
    [13.33, 13.33, 60.0, 13.33]
    """
    tables = [_margin(design, name, counts) for name, counts in margins.items()]
    total = float(tables[0][1].sum())
    w = design.weights.copy()
    for _ in range(_ROUNDS):
        worst = 0.0
        for codes, counts in tables:
            wanted = counts * total / counts.sum()
            factor = wanted / np.bincount(codes, w, minlength=len(counts))
            worst = max(worst, float(np.abs(factor - 1).max()))
            w = w * factor[codes]
        if worst < _CALIBRATED:
            notes = (*design.cautions, caution("survey.calibrated", "note", margins=tuple(margins)))
            return replace(
                design, weights=w, cautions=tuple(each for each in notes if each.code != "survey.no_weights")
            )
    raise ModelError(problem("survey.rake_stuck", margins=tuple(margins)))


def _margin(design: SampleDesign, name: str, counts: Mapping[str, float]) -> tuple[npt.NDArray[np.intp], Array]:
    column = design.rows.column(name)
    place = Place(column=name)
    if not isinstance(column, Labels) or _holes(column):
        raise ModelError(problem("survey.margin_kind", place, column=name))
    used = {column.levels[code] for code in np.unique(column.codes)}
    missing, empty = sorted(used - set(counts)), sorted(set(counts) - used)
    wrong = sorted(level for level, count in counts.items() if not count > 0)
    if missing or empty or wrong:
        raise ModelError(problem("survey.margin", place, column=name, levels=tuple(missing + empty + wrong)))
    order = [level for level in column.levels if level in used]
    place_of = {column.levels.index(level): at for at, level in enumerate(order)}
    codes = np.array([place_of[int(code)] for code in column.codes], dtype=np.intp)
    return codes, np.array([float(counts[level]) for level in order])
