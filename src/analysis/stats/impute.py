"""Multiple imputation by chained equations: each column with holes is drawn again and again from all the others.

Answers are assumed to be missing at random: given what was answered, whether an answer is missing does not depend on
the answer itself. No analysis of the data alone can show that.

References
----------
van Buuren, S. (2018). Flexible imputation of missing data. White, I. R., Royston, P., & Wood, A. M. (2011). Statistics
in Medicine, 30, 377-399. R: ``mice::mice``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import Caution, ModelError, Place, Problem, caution, problem
from ..grammar import parse_formula
from ..rules import cutoff
from .moments import Moments, pairwise
from .pool import Pooled, pool
from .regression import Regression, ols
from .resample import SEED
from .result import Result, Row, frame
from .rows import Array, Labels, Rows, literal, rows

if TYPE_CHECKING:
    import pandas as pd

ImputationModel: TypeAlias = Literal["pmm", "normal", "logistic", "ordinal"]
MODELS: tuple[ImputationModel, ...] = ("pmm", "normal", "logistic", "ordinal")

_DONORS = 5
_RIDGE = 1e-5  # share added to the diagonal of X'X, as in mice: collinear columns then do no harm
_PRIOR = 1 / 2.5**2  # precision of a weak normal prior of logits on standardised columns: separation does no harm
_STEPS = 50


@dataclass(frozen=True)
class ImputedRow(Row):
    """One column: how many answers were there and missing, by which model they were drawn, and whether chains mix.

    `model` is empty for a complete column; `rhat` is Gelman and Rubin's, of the mean of what was drawn, over the second
    half of the chains; empty for complete columns and where it cannot be had.
    """

    name: str
    observed: int
    missing: int
    model: str | None
    rhat: float | None


@dataclass(frozen=True)
class Imputed(Result):
    """`m` completed data sets of `n` rows; `dropped` rows held no answer at all."""

    method: str
    variable_rows: tuple[ImputedRow, ...]
    n: int
    dropped: int
    complete: int
    m: int
    iterations: int
    seed: int
    cautions: tuple[Caution, ...]
    _kept: tuple[Rows, ...] = field(default=(), compare=False, repr=False)

    @property
    def variables(self) -> pd.DataFrame:
        """One line for each column."""
        return frame(self.variable_rows, ImputedRow)

    def completed(self) -> tuple[Rows, ...]:
        """The completed data sets, which every statistic accepts as rows."""
        if not self._kept:
            raise ModelError(problem("impute.not_kept"))
        return self._kept


@dataclass(frozen=True)
class ComparedRow(Row):
    """One coefficient under one way to treat missing answers (``listwise``, ``pairwise``, ``imputed``)."""

    term: str
    rule: str
    n: int
    b: float
    se: float
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class MissingCompared(Result):
    """The same regression with complete rows, with pairwise moments, and with imputed answers.

    `refused` says why a way is not among the rows (pairwise moments know no categories).
    """

    formula: str
    compared_rows: tuple[ComparedRow, ...]
    n: int
    m: int
    level: float
    refused: tuple[Caution, ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def compared(self) -> pd.DataFrame:
        """One line for each coefficient and way."""
        return frame(self.compared_rows, ComparedRow)


def impute(
    x: object,
    names: Sequence[str] | None = None,
    *,
    m: int = 20,
    iterations: int = 10,
    models: Mapping[str, ImputationModel] | None = None,
    seed: int = SEED,
) -> Imputed:
    """Draw the missing answers from what was answered, several times (chained equations).

    Parameters
    ----------
    x : rows
        Answers.
    names : sequence of str, optional
        The columns that explain one another: those of the later analysis, its outcome among them, and what explains
        why answers are missing.
    m : int
        How many completed data sets.
    iterations : int
        Rounds of each chain.
    models : mapping of str to {"pmm", "normal", "logistic", "ordinal"}, optional
        Model of a column; by default "pmm" for numbers, "ordinal" for declared levels, "logistic" for two labels or for
        labels without order.
    seed : int
        Source of chance; the same seed gives the same data sets.

    Returns
    -------
    Imputed
        `completed()` holds the data sets.

    Raises
    ------
    ModelError
        ``impute.…``: a column without answers, or whose answers are all alike, or with too few of them for its model; a
        model that does not fit the kind of column; fewer than two data sets.

    Notes
    -----
    "normal": coefficients and variance drawn from their posterior, then values. "pmm": of the five answers whose
    prediction is nearest to the drawn prediction, one is taken, so that only answers occur that somebody gave. It
    cannot reach beyond them: where many missing answers would lie there, intervals are too narrow ("normal" serves).
    "logistic" (softmax for more than two labels) and "ordinal" (proportional odds): coefficients drawn from the normal
    approximation at the mode under a weak prior, then labels.

    Examples
    --------
    >>> x = {"a": [1, 2, 3, 4, 5, 6, 7, 8], "b": [2, 1, 4, None, 6, 5, 8, None]}
    >>> found = impute(x, m=3, iterations=2)
    >>> [(row.name, row.missing, row.model) for row in found.variable_rows]
    [('a', 0, None), ('b', 2, 'pmm')]
    """
    taken = rows(x, names)
    if m < 2 or iterations < 1:
        raise ModelError(problem("impute.options", m=m, iterations=iterations))
    columns, dropped = _typed(taken)
    chosen = _models(columns, models or {})
    _refuse(columns, chosen)
    streams = np.random.default_rng(seed).spawn(m)
    chains = [_chain(columns, chosen, iterations, rng) for rng in streams]
    n = len(next(iter(columns.values())).holes)
    complete = int((~np.logical_or.reduce([column.holes for column in columns.values()])).sum())
    lines = tuple(_lines(columns, chosen, [means for _, means in chains]))
    sets = tuple(
        Rows(taken.names, n, taken.members, {name: columns[name].shown(values[name]) for name in columns})
        for values, _ in chains
    )
    return Imputed(
        "fcs", lines, n, dropped, complete, m, iterations, seed, tuple(_cautions(lines, dropped, n)), sets
    )  # fmt: skip


def pool_ols(formula: str, imputed: Imputed, *, level: float = 0.95) -> Pooled:
    """Fit a regression to every completed data set and pool it by Rubin's rules.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``, of imputed columns.
    imputed : Imputed
        What `impute` gave.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Pooled
        `n` is that of each data set.

    Raises
    ------
    ModelError
        As `ols` and `pool`.
    """
    return pool([ols(formula, each, level=level) for each in imputed.completed()], level=level)


def compare_missing(formula: str, x: object, imputed: Imputed, *, level: float = 0.95) -> MissingCompared:
    """Hold complete rows, pairwise moments and imputed answers side by side in one regression.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``.
    x : rows
        The answers with their holes.
    imputed : Imputed
        What `impute` gave for them.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    MissingCompared
        One row for each coefficient and way, each with its n (pairwise: the smallest of any pair).

    Raises
    ------
    ModelError
        As `ols`, for complete rows or the imputed ones.
    """
    whole, pooled = ols(formula, x, level=level), pool_ols(formula, imputed, level=level)
    found = list(_compared("listwise", whole.n, whole))
    refused: tuple[Caution, ...] = ()
    try:
        pairs = ols(formula, _pairwise(x, parse_formula(formula).names), level=level)
        found += _compared("pairwise", pairs.n, pairs)
    except ModelError:
        refused = (caution("impute.no_pairwise", "note"),)
    found += _compared("imputed", pooled.n, pooled)
    return MissingCompared(whole.formula, tuple(found), imputed.n, imputed.m, level, refused, pooled.cautions)


def _pairwise(x: object, names: Sequence[str]) -> Moments:
    """Pairwise moments with the n of the smallest pair: more would make the errors too small."""
    found, block = pairwise(x, names)
    return replace(found, n=max(int(block.count.min()), 2))


def _compared(rule: str, n: int, fitted: Regression | Pooled) -> Iterator[ComparedRow]:
    for row in fitted.coefficient_rows:
        yield ComparedRow(row.term, rule, n, row.b, row.se, row.p, row.low, row.high)


# ---- columns ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Column:
    """Numbers or codes of one column, where it has holes, and its labels."""

    values: Array  # (n,) codes of labels as numbers; NaN in holes
    holes: npt.NDArray[np.bool_]
    labels: Labels | None

    @property
    def levels(self) -> int:
        return 0 if self.labels is None else len(self.labels.levels)

    def shown(self, values: Array) -> Any:
        """The completed column as `rows` takes it."""
        if self.labels is None:
            return values
        codes = values.astype(np.intp)
        if self.labels.declared:
            import pandas as pd

            return pd.Categorical.from_codes(codes, categories=pd.Index(self.labels.levels))
        return np.array(self.labels.levels, dtype=object)[codes]

    def predictors(self, values: Array) -> Array:
        """Columns (n, p) by which this one explains others: numbers, or one indicator for each label but the first."""
        if self.labels is None:
            return values[:, None]
        return np.asarray(values[:, None] == np.arange(1, max(self.levels, 1)), dtype=np.float64)


def _typed(taken: Rows) -> tuple[dict[str, _Column], int]:
    """Columns of the rows that hold any answer, and how many rows held none."""
    found: dict[str, _Column] = {}
    for name in taken.names:
        column = taken.column(name)
        labels = column if isinstance(column, Labels) else None
        values = np.where(column.codes >= 0, column.codes, np.nan) if isinstance(column, Labels) else column
        found[name] = _Column(np.asarray(values, dtype=np.float64), np.isnan(values), labels)
    any_answer = ~np.logical_and.reduce([column.holes for column in found.values()])
    kept = {name: _Column(c.values[any_answer], c.holes[any_answer], c.labels) for name, c in found.items()}
    return kept, int((~any_answer).sum())


def _models(columns: Mapping[str, _Column], wanted: Mapping[str, ImputationModel]) -> dict[str, ImputationModel]:
    """Model of every column with holes, those with the fewest holes first."""
    for name, model in wanted.items():
        literal("models", model, MODELS)
        if name not in columns:
            raise ModelError(problem("impute.unknown_column", Place(column=name), column=name))
    holed = sorted((name for name in columns if columns[name].holes.any()), key=lambda name: columns[name].holes.sum())
    return {name: wanted.get(name, _default(columns[name])) for name in holed}


def _default(column: _Column) -> ImputationModel:
    if column.labels is None:
        return "pmm"
    return "ordinal" if column.labels.declared and column.levels > 2 else "logistic"


def _refuse(columns: Mapping[str, _Column], chosen: Mapping[str, ImputationModel]) -> None:
    """Every column that cannot be drawn, in one pass."""
    found: list[Problem] = []
    for name, model in chosen.items():
        column, place = columns[name], Place(column=name)
        answers = column.values[~column.holes]
        others = sum(1 if each.labels is None else max(each.levels - 1, 1) for each in columns.values()) - 1
        if (column.labels is None) != (model in ("pmm", "normal")):
            found.append(problem("impute.model", place, column=name, model=model))
        elif not len(answers):
            found.append(problem("impute.no_answers", place, column=name))
        elif np.ptp(answers) == 0:
            found.append(problem("impute.constant", place, column=name))
        elif len(answers) < others + 2:
            found.append(problem("impute.too_few", place, column=name, n=len(answers), k=others + 2))
    if len(columns) < 2:
        found.append(problem("impute.one_column", column=next(iter(columns), None)))
    if found:
        raise ModelError(*found)


def _chain(
    columns: Mapping[str, _Column], chosen: Mapping[str, ImputationModel], iterations: int, rng: np.random.Generator
) -> tuple[dict[str, Array], Array]:
    """One completed data set, and the mean of what was drawn in each round (iterations, columns with holes)."""
    values = {name: column.values.copy() for name, column in columns.items()}
    for name in chosen:
        holes = columns[name].holes
        values[name][holes] = rng.choice(values[name][~holes], holes.sum())
    means = np.empty((iterations, len(chosen)))
    for round_ in range(iterations):
        for at, (name, model) in enumerate(chosen.items()):
            holes = columns[name].holes
            others = [columns[other].predictors(values[other]) for other in columns if other != name]
            design = _standardised(np.column_stack(others))
            values[name][holes] = _DRAWS[model](design, values[name], holes, rng)
            means[round_, at] = values[name][holes].mean()
    return values, means


def _standardised(x: Array) -> Array:
    """An intercept and the columns about their means in units of their spread; constant ones become zero."""
    apart = x - x.mean(axis=0)
    spread = apart.std(axis=0)
    return np.column_stack([np.ones(len(x)), apart / np.where(spread > 0, spread, 1.0)])


# ---- draws -----------------------------------------------------------------------------------------------------------

Draw: TypeAlias = Callable[[Array, Array, npt.NDArray[np.bool_], np.random.Generator], Array]


def _linear(x: Array, y: Array, rng: np.random.Generator) -> tuple[Array, Array, float]:
    """Least-squares coefficients, coefficients drawn from their posterior, and the drawn standard deviation."""
    cross = x.T @ x
    inverse = np.linalg.inv(cross + np.diag(_RIDGE * np.maximum(np.diag(cross), 1.0)))
    b = inverse @ (x.T @ y)
    left = y - x @ b
    sigma = float(np.sqrt(left @ left / rng.chisquare(max(len(y) - x.shape[1], 1))))
    drawn = b + sigma * (np.linalg.cholesky((inverse + inverse.T) / 2) @ rng.normal(size=len(b)))
    return b, drawn, sigma


def _normal(x: Array, y: Array, holes: npt.NDArray[np.bool_], rng: np.random.Generator) -> Array:
    _, drawn, sigma = _linear(x[~holes], y[~holes], rng)
    return np.asarray(x[holes] @ drawn + sigma * rng.normal(size=int(holes.sum())))


def _pmm(x: Array, y: Array, holes: npt.NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """Answers of the nearest donors: fitted predictions of those who answered, drawn ones of those who did not."""
    b, drawn, _ = _linear(x[~holes], y[~holes], rng)
    fitted, wanted = x[~holes] @ b, x[holes] @ drawn
    order = np.argsort(fitted + 1e-12 * rng.normal(size=len(fitted)) * (np.ptp(fitted) + 1), kind="stable")
    fitted, answers = fitted[order], y[~holes][order]
    donors = min(_DONORS, len(fitted))
    start = np.clip(np.searchsorted(fitted, wanted) - donors, 0, max(len(fitted) - 2 * donors, 0))
    window = np.minimum(start[:, None] + np.arange(min(2 * donors, len(fitted))), len(fitted) - 1)
    nearest = np.argsort(np.abs(fitted[window] - wanted[:, None]), axis=1, kind="stable")[:, :donors]
    pick = nearest[np.arange(len(wanted)), rng.integers(donors, size=len(wanted))]
    return np.asarray(answers[window[np.arange(len(wanted)), pick]])


def _posterior(gradient: Callable[[Array], tuple[Array, Array]], start: Array, rng: np.random.Generator) -> Array:
    """A draw from the normal approximation at the mode, which Newton's steps find; steps are kept short."""
    theta = start
    for _ in range(_STEPS):
        slope, curvature = gradient(theta)
        step = np.linalg.solve(curvature, slope)
        theta = theta + step / max(1.0, float(np.abs(step).max()) / 2)
        if np.abs(step).max() < 1e-8:
            break
    _, curvature = gradient(theta)
    return np.asarray(theta + np.linalg.solve(np.linalg.cholesky(curvature).T, rng.normal(size=len(theta))))


def _logistic(x: Array, y: Array, holes: npt.NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """Softmax on the labels that occur; for two of them it is the logistic model."""
    used, codes = np.unique(y[~holes], return_inverse=True)
    seen, k, p = x[~holes], len(used), x.shape[1]
    chosen = (codes[:, None] == np.arange(1, k)).astype(np.float64)

    def shares(theta: Array, design: Array) -> Array:
        logits = np.column_stack([np.zeros(len(design)), design @ theta.reshape(k - 1, p).T])
        return np.asarray(special.softmax(logits, axis=1))

    def gradient(theta: Array) -> tuple[Array, Array]:
        chance = shares(theta, seen)[:, 1:]
        slope = ((chosen - chance).T @ seen).ravel() - _PRIOR * theta
        weights = chance[:, :, None] * (np.eye(k - 1) - chance[:, None, :])
        curvature = np.einsum("ni,nab,nj->aibj", seen, weights, seen).reshape(len(theta), len(theta))
        return slope, curvature + _PRIOR * np.eye(len(theta))

    theta = _posterior(gradient, np.zeros((k - 1) * p), rng)
    return used[_picked(shares(theta, x[holes]), rng)]


def _ordinal(x: Array, y: Array, holes: npt.NDArray[np.bool_], rng: np.random.Generator) -> Array:
    """Proportional odds on the levels that occur: P(Y <= j) = logit^-1(cut_j - x b).

    Cuts are the first one and the logarithms of the steps between them, so that a draw keeps their order.
    """
    used, codes = np.unique(y[~holes], return_inverse=True)
    seen, k = x[~holes, 1:], len(used)

    def cuts(theta: Array) -> Array:
        return np.concatenate([theta[:1], theta[0] + np.cumsum(np.exp(theta[1 : k - 1]))])

    def shares(theta: Array, design: Array) -> Array:
        below = special.expit(cuts(theta) - (design @ theta[k - 1 :])[:, None])
        return np.diff(np.column_stack([np.zeros(len(design)), below, np.ones(len(design))]), axis=1)

    def gradient(theta: Array) -> tuple[Array, Array]:
        slopes = _ordinal_scores(theta, cuts(theta), seen, codes)
        slope = slopes.sum(axis=0) - _PRIOR * theta * (np.arange(len(theta)) >= k - 1)
        # the outer product of the scores stands for the curvature (Berndt, Hall, Hall & Hausman): it is always positive
        return slope, slopes.T @ slopes + _PRIOR * np.eye(len(theta))

    counts = np.bincount(codes, minlength=k)
    first = special.logit(np.clip(np.cumsum(counts)[:-1] / counts.sum(), 1e-6, 1 - 1e-6))
    start = np.concatenate([first[:1], np.log(np.maximum(np.diff(first), 1e-6)), np.zeros(seen.shape[1])])
    theta = _posterior(gradient, start, rng)
    return used[_picked(shares(theta, x[holes, 1:]), rng)]


def _ordinal_scores(theta: Array, cuts: Array, x: Array, codes: npt.NDArray[np.intp]) -> Array:
    """Gradient (n, parameters) of each row's log chance by first cut, log steps and coefficients."""
    k = len(cuts) + 1
    edges = np.concatenate([[-np.inf], cuts, [np.inf]])
    line = x @ theta[k - 1 :]
    upper, lower = special.expit(edges[codes + 1] - line), special.expit(edges[codes] - line)
    chance = np.maximum(upper - lower, 1e-300)
    up, down = upper * (1 - upper) / chance, lower * (1 - lower) / chance
    of_cuts = np.zeros((len(x), k - 1))
    top, bottom = codes < k - 1, codes > 0
    of_cuts[np.flatnonzero(top), codes[top]] += up[top]
    of_cuts[np.flatnonzero(bottom), codes[bottom] - 1] -= down[bottom]
    steps = np.exp(theta[1 : k - 1])
    later = np.cumsum(of_cuts[:, ::-1], axis=1)[:, ::-1]  # a step moves its cut and all above it
    return np.column_stack([later[:, :1], later[:, 1:] * steps, -(up - down)[:, None] * x])


def _picked(shares: Array, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """One label for each row, by its shares."""
    heights = np.cumsum(shares, axis=1)
    above = (rng.random(len(shares))[:, None] > heights).sum(axis=1)
    return np.asarray(np.minimum(above, shares.shape[1] - 1), dtype=np.intp)


_DRAWS: dict[str, Draw] = {"pmm": _pmm, "normal": _normal, "logistic": _logistic, "ordinal": _ordinal}


# ---- what is said ----------------------------------------------------------------------------------------------------


def _lines(
    columns: Mapping[str, _Column], chosen: Mapping[str, ImputationModel], means: list[Array]
) -> Iterator[ImputedRow]:
    place = {name: at for at, name in enumerate(chosen)}
    for name, column in columns.items():
        missing = int(column.holes.sum())
        chains = None if name not in place else np.array([each[:, place[name]] for each in means])
        rhat = None if chains is None else _rhat(chains[:, chains.shape[1] // 2 :])
        yield ImputedRow(name, len(column.holes) - missing, missing, chosen.get(name), rhat)


def _rhat(chains: Array) -> float | None:
    """Gelman and Rubin's ratio over chains (m, rounds); none for fewer than three rounds or chains that stand still."""
    rounds = chains.shape[1]
    within = float(chains.var(axis=1, ddof=1).mean()) if rounds > 2 else 0.0
    if not within > 0:
        return None
    return float(np.sqrt((rounds - 1) / rounds + chains.mean(axis=1).var(ddof=1) / within))


def _cautions(lines: Sequence[ImputedRow], dropped: int, n: int) -> Iterator[Caution]:
    if dropped:
        yield caution("rows.excluded", "note", dropped=dropped, n=n, total=n + dropped)
    if not any(row.missing for row in lines):
        yield caution("impute.nothing_missing", "note")
    most = cutoff("impute.missing")
    many = tuple(row.name for row in lines if row.missing > most * n)
    if many:
        yield caution("impute.many_missing", columns=many, percent=100 * most)
