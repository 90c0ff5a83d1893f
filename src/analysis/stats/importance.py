"""How much each factor contributes to what a regression explains: Lindeman, Merenda and Gold's averages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, caution, problem
from ..grammar import Formula, parse_formula
from .moments import Moments, RowRule, moments
from .regression import Regression, ols
from .resample import SEED, draws, percentile, units
from .result import Result, Row, frame
from .rows import Array, check_level, is_rows, rows

if TYPE_CHECKING:
    import pandas as pd

_MOST = 18  # terms: 2^18 regressions
_KEPT = 0.5  # of the resamples: with fewer there is no interval
_SINGULAR = 1e-10  # smallest eigenvalue of correlations that determine each other
_RESAMPLED = 12  # terms up to which all subsets are computed again for every resample
_CELLS = 1_000_000  # subsets times resamples held at once


@dataclass(frozen=True)
class ImportanceRow(Row):
    """One term: its average contribution `lmg`, that as a share of R^2, and what it adds as the first and the last."""

    term: str
    lmg: float
    share: float
    first: float
    last: float


@dataclass(frozen=True)
class Importance(Result):
    """R^2 divided among the terms; the contributions are never negative and add up to it."""

    formula: str
    r2: float
    term_rows: tuple[ImportanceRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def terms(self) -> pd.DataFrame:
        """One line for each term."""
        return frame(self.term_rows, ImportanceRow)


def lmg(formula: str, x: object) -> Importance:
    """Divide R^2 among the factors of a regression (Lindeman, Merenda, Gold; Shapley's value).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; a category is one term with all its levels.
    x : rows, Moments, or an iterable of batches
        Rows, or moments of numeric columns.

    Returns
    -------
    Importance
        `n` counts the rows that answer every variable of the formula.

    Raises
    ------
    ModelError
        ``importance.…``: no term, interactions, no intercept, more than 18 terms; ``regression.…`` as in `ols`.

    Notes
    -----
    The mean, over all orders in which the terms can enter, of what a term adds to R^2. Contributions describe shared
    variance, not causes; a term without an effect of its own may have one.

    References
    ----------
    Grömping, U. (2006). Relative importance for linear regression in R. Journal of Statistical Software, 17(1).
    R: ``relaimpo::calc.relimp(fit, type = "lmg")``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.4, 0.3, 1]], n=100, names=["y", "a", "b"])
    >>> [f"{row.term} {row.lmg:.4f}" for row in lmg("y ~ a + b", m).term_rows]
    ['a 0.2043', 'b 0.1143']
    """
    return _divided(_ground(formula, x))


@dataclass(frozen=True, eq=False)
class _Ground:
    """What all measures start from: the regression, correlations of its columns with the outcome last, their terms."""

    terms: tuple[str, ...]
    fitted: Regression
    corr: Array
    owner: npt.NDArray[np.intp]  # the term of each column
    r2: Array  # (2^terms,) of every subset
    values: Array | None  # (n, columns + 1) where there are rows


def _ground(formula: str, x: object) -> _Ground:
    parsed = parse_formula(formula)
    _refuse(parsed)
    source = rows(x) if is_rows(x) else moments(x)
    fitted = ols(str(parsed), source)  # refuses what no regression can take
    terms = tuple(term[0] for term in parsed.terms)
    if isinstance(source, Moments):
        values, corr, owner = None, source.subset((*terms, parsed.outcome)).corr, np.arange(len(terms))
    else:
        design = fitted.design()
        values = np.column_stack([design.x[:, 1:], design.y])
        corr = np.corrcoef(values, rowvar=False)
        owner = np.array([terms.index(column.split("[")[0]) for column in design.terms[1:]])
    return _Ground(terms, fitted, corr, owner, r2_of_subsets(corr[None], owner, len(terms))[0], values)


def _divided(of: _Ground) -> Importance:
    fitted = of.fitted
    cautions = tuple(each for each in fitted.cautions if each.code != "regression.durbin_watson_order")
    lines = tuple(_rows(of.r2, of.terms))
    return Importance(fitted.formula, float(of.r2[-1]), lines, fitted.n, fitted.missing, fitted.dropped, cautions)


def _refuse(formula: Formula) -> None:
    if formula.groups or not formula.intercept or not formula.terms:
        raise ModelError(problem("importance.formula", formula=str(formula)))
    crossed = tuple(":".join(term) for term in formula.terms if len(term) > 1)
    if crossed:
        raise ModelError(problem("importance.interactions", terms=crossed))
    if len(formula.terms) > _MOST:
        raise ModelError(problem("importance.too_many_terms", k=len(formula.terms), most=_MOST))


def r2_of_subsets(corr: Array, owner: npt.NDArray[np.intp], terms: int) -> Array:
    """R^2 (b, 2^terms) of every subset of the terms, for a batch of correlation matrices with the outcome last.

    Bit j of the place in the answer says whether term j is in. Term after term, the matrices of all subsets so far are
    kept as they are and with the term's columns swept out; either way these columns leave, so that matrices become
    smaller while their number grows.
    """
    left = corr[:, None]  # (b, subsets so far, columns left, columns left)
    for term in range(terms):
        swept = left
        width = int((owner == term).sum())
        for _ in range(width):
            first = swept[:, :, 1:, :1]
            swept = swept[:, :, 1:, 1:] - first * (swept[:, :, :1, 1:] / swept[:, :, :1, :1])
        left = np.concatenate([left[:, :, width:, width:], swept], axis=1)
    return np.asarray(1 - left[:, :, -1, -1])


def _sizes(terms: int) -> npt.NDArray[np.intp]:
    """How many terms each subset holds."""
    found = np.zeros(1, dtype=np.intp)
    for _ in range(terms):
        found = np.concatenate([found, found + 1])
    return found


def _rows(r2: Array, terms: tuple[str, ...]) -> Iterator[ImportanceRow]:
    """Average gain of each term: gains with s others before it weigh s! (k - 1 - s)! / k!."""
    k = len(terms)
    masks = np.arange(len(r2))
    before = _sizes(k)
    weight = np.array([factorial(s) * factorial(k - 1 - s) / factorial(k) for s in range(k)])
    for j, term in enumerate(terms):
        without = masks[(masks >> j) & 1 == 0]
        gain = r2[without | (1 << j)] - r2[without]
        value = float(weight[before[without]] @ gain)
        yield ImportanceRow(term, value, value / float(r2[-1]), float(gain[0]), float(gain[-1]))


@dataclass(frozen=True)
class DominanceRow(Row):
    """One pair of terms: in how many of the models with neither of them `a` adds more than `b`.

    `conclusion` is ``complete`` (in all), ``conditional`` (on average at every size), ``general`` (on average over
    sizes) or ``none``; `better` names the term that dominates.
    """

    a: str
    b: str
    share: float
    better: str
    conclusion: str


@dataclass(frozen=True)
class WeightRow(Row):
    """One term: general dominance (the same as LMG) and Johnson's relative weight, with bootstrap limits where asked.

    `share` is LMG over R^2. `rank` is the place by LMG; `first_place` the share of resamples in which the term is
    first, `same_rank` of those in which it has this rank.
    """

    term: str
    lmg: float
    relative_weight: float | None
    low: float | None
    high: float | None
    rank: int
    first_place: float | None
    share: float
    share_low: float | None
    share_high: float | None
    same_rank: float | None


@dataclass(frozen=True)
class Dominance(Result):
    """Importance by more than one measure, with intervals and the certainty of the ranks.

    `same_order` is the share of resamples in which the terms have the same order as here.
    """

    formula: str
    r2: float
    term_rows: tuple[WeightRow, ...]
    pair_rows: tuple[DominanceRow, ...]
    same_order: float | None
    n: int
    missing: RowRule
    dropped: int
    resamples: int
    level: float
    cautions: tuple[Caution, ...]

    @property
    def terms(self) -> pd.DataFrame:
        """One line for each term."""
        return frame(self.term_rows, WeightRow)

    @property
    def pairs(self) -> pd.DataFrame:
        """One line for each pair of terms."""
        return frame(self.pair_rows, DominanceRow)


def dominance(
    formula: str, x: object, *, level: float = 0.95, resamples: int = 1000, rng: np.random.Generator | None = None
) -> Dominance:
    """Hold the factors of a regression against each other: dominance, relative weights, and how sure their order is.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; a category is one term with all its levels.
    x : rows, Moments, or an iterable of batches
        Rows; moments give no intervals.
    level : float
        Confidence level of the percentile intervals of LMG.
    resamples : int
        Bootstrap samples; 0 for none.
    rng : numpy.random.Generator, optional
        Source of chance; a fixed one where not given.

    Returns
    -------
    Dominance
        `terms` in the formula's order and `pairs`. Relative weights exist where every term is one column.

    Raises
    ------
    ModelError
        ``importance.…`` as in `lmg`.

    Notes
    -----
    General dominance is LMG. Relative weights regress the outcome on the orthogonal columns nearest to the factors:
    with R = VLV', W = V sqrt(L) V', weights W^2 (W^-1 r)^2; they add up to R^2. Resamples are weights on rows, so that
    one matrix product gives the covariances of all of them.

    References
    ----------
    Azen, R., & Budescu, D. V. (2003). Psychological Methods, 8, 129-148. Johnson, J. W. (2000). Multivariate Behavioral
    Research, 35, 1-19. R: ``domir::domir``, ``yhat::rlw``, ``relaimpo::boot.relimp``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.4, 0.3, 1]], n=100, names=["y", "a", "b"])
    >>> [f"{row.term} {row.relative_weight:.4f}" for row in dominance("y ~ a + b", m).term_rows]
    ['a 0.2043', 'b 0.1143']
    """
    check_level(level)
    of = _ground(formula, x)
    base, terms, corr = _divided(of), of.terms, of.corr
    point = np.array([row.lmg for row in base.term_rows])
    boot = None
    if of.values is not None and resamples and len(terms) <= _RESAMPLED:
        chance = np.random.default_rng(SEED) if rng is None else rng
        boot = _resampled(of.values, of.owner, len(terms), resamples, chance)
        boot = boot if len(boot) >= _KEPT * resamples else None  # what is left would not be the same question
    single = len(terms) == len(of.owner)
    weights = relative_weights(corr[:-1, :-1], corr[:-1, -1]) if single else None
    rank = np.argsort(np.argsort(-point, kind="stable"), kind="stable") + 1
    lines = []
    for at, term in enumerate(terms):
        weight = None if weights is None else float(weights[at])
        found = _sure(boot, at, int(rank[at]), level) if boot is not None else _UNKNOWN
        own, parts = found.lmg, found.share
        lines.append(
            WeightRow(
                term, float(point[at]), weight, *own, int(rank[at]), found.first, base.term_rows[at].share, *parts,
                found.rank,
            )
        )  # fmt: skip
    same = None if boot is None else float((np.argsort(-boot, axis=1) == np.argsort(-point)).all(axis=1).mean())
    unsure = same is not None and same < 0.5
    # a share is never negative, nor is a limit: the interval of a factor without effect holds its zero never
    more: tuple[Caution, ...] = () if boot is None else (caution("importance.above_zero", "note"),)
    more += (caution("importance.order_unsure", "note", share=same),) if unsure and same is not None else ()
    if len(terms) > _RESAMPLED and resamples:
        more = (caution("importance.no_intervals", "note", k=len(terms), most=_RESAMPLED),)
    elif of.values is not None and resamples and boot is None:
        more = (caution("resample.too_few", least=int(100 * _KEPT), resamples=resamples),)
    drawn = 0 if boot is None else len(boot)
    return Dominance(
        base.formula, base.r2, tuple(lines), tuple(_dominated(of.r2, terms)), same, base.n, base.missing, base.dropped,
        drawn, level, (*base.cautions, *more),
    )  # fmt: skip


@dataclass(frozen=True)
class _Sure:
    """What the resamples say of one term: limits of LMG and of its share of R^2, how often first and in its rank."""

    lmg: tuple[float | None, float | None] = (None, None)
    share: tuple[float | None, float | None] = (None, None)
    first: float | None = None
    rank: float | None = None


_UNKNOWN = _Sure()


def _sure(boot: Array, at: int, rank: int, level: float) -> _Sure:
    own = boot[:, [at]]
    ahead = (boot > own).sum(axis=1)
    return _Sure(
        percentile(boot[:, at], level),
        percentile(boot[:, at] / boot.sum(axis=1), level),
        float(np.mean(boot.argmax(axis=1) == at)),
        float(np.mean(ahead == rank - 1)),
    )


def relative_weights(corr: Array, effects: Array) -> Array:
    """Johnson's weights from the correlations of the factors and those with the outcome."""
    values, vectors = np.linalg.eigh(corr)
    root = (vectors * np.sqrt(values)) @ vectors.T
    return np.asarray(root**2 @ np.linalg.solve(root, effects) ** 2)


def _resampled(
    values: Array, owner: npt.NDArray[np.intp], terms: int, resamples: int, rng: np.random.Generator
) -> Array:
    """LMG of every resample (b, terms); one whose columns do not vary or determine each other is left out."""
    drawn = units(values)
    shares = _shares(terms)
    found = []
    for weights in draws(drawn, resamples, rng):
        cov = drawn.covariances(weights)
        sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
        whole = (sd > 0).all(axis=1)
        corr = cov[whole] / (sd[whole, :, None] * sd[whole, None, :])
        corr = corr[np.linalg.eigvalsh(corr[:, :-1, :-1])[:, 0] > _SINGULAR]
        for part in np.array_split(corr, max(1, len(corr) * 2**terms // _CELLS)):
            found.append(r2_of_subsets(part, owner, terms) @ shares.T)
    return np.vstack(found)


def _shares(terms: int) -> Array:
    """Matrix (terms, subsets) that turns R^2 of all subsets into LMG."""
    masks, size = np.arange(2**terms), _sizes(terms)
    gain = np.array([factorial(s) * factorial(terms - 1 - s) / factorial(terms) for s in range(terms)])
    out = np.zeros((terms, len(masks)))
    for j in range(terms):
        inside = (masks >> j) & 1 == 1
        out[j, inside] = gain[size[inside] - 1]
        out[j, ~inside] = -gain[size[~inside]]
    return out


def _dominated(r2: Array, terms: tuple[str, ...]) -> Iterator[DominanceRow]:
    """Azen and Budescu's three degrees of dominance for each pair."""
    masks, size = np.arange(len(r2)), _sizes(len(terms))
    for i in range(len(terms)):
        for j in range(i + 1, len(terms)):
            neither = masks[((masks >> i) & 1 == 0) & ((masks >> j) & 1 == 0)]
            apart = r2[neither | (1 << i)] - r2[neither | (1 << j)]
            means = np.array([apart[size[neither] == s].mean() for s in np.unique(size[neither])])
            signs = (apart, means, np.array([means.mean()]))
            kinds = ("complete", "conditional", "general")
            found = next((k for k, values in zip(kinds, signs, strict=True) if _one_sided(values)), "none")
            better = "" if found == "none" else terms[i] if float(means.mean()) > 0 else terms[j]
            yield DominanceRow(terms[i], terms[j], float(np.mean(apart > 0)), better, found)


def _one_sided(values: Array) -> bool:
    return bool((values > 1e-12).all() or (values < -1e-12).all())
