"""Wild cluster bootstrap: tests and intervals that hold with few clusters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import INTERCEPT, parse_formula
from .design import build, codes_of
from .leastsquares import solve_rows
from .resample import SEED
from .result import Result, Row, frame
from .rows import Array, check_level, literal, rows

if TYPE_CHECKING:
    import pandas as pd

Weights: TypeAlias = Literal["rademacher", "webb"]
_WEIGHTS: tuple[Weights, ...] = ("rademacher", "webb")
_WEBB = np.array([-np.sqrt(1.5), -1.0, -np.sqrt(0.5), np.sqrt(0.5), 1.0, np.sqrt(1.5)])
_FEW_SIGNS = 1024  # different signs below which Rademacher's p is too coarse


@dataclass(frozen=True)
class WildRow(Row):
    """One coefficient: its CR1 t, the bootstrap p, and the interval of values that the test does not reject."""

    term: str
    b: float
    se: float
    statistic: float
    p: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class WildBootstrap(Result):
    """Bootstrap tests of the coefficients of a regression; `draws` weights were drawn, or all that there are."""

    formula: str
    cluster: str
    clusters: int
    weights: Weights
    draws: int
    enumerated: bool
    coefficient_rows: tuple[WildRow, ...]
    n: int
    dropped: int
    level: float
    cautions: tuple[Caution, ...]

    @property
    def coefficients(self) -> pd.DataFrame:
        """One line for each coefficient."""
        return frame(self.coefficient_rows, WildRow)


@dataclass(frozen=True, eq=False)
class _Sums:
    """What one coefficient's test needs, cluster by cluster, so that no row is touched again."""

    inverse: Array  # (k, k) of X'X
    cross: Array  # (g, k, k) X_g'X_g
    at: int
    of_y: Array  # (g, k) X_g'u with u the residuals of y on the other columns
    of_x: Array  # (g, k) the same of the column itself
    b: float
    se: float


def wild_bootstrap(
    formula: str, x: object, *, cluster: str, weights: Weights = "webb", resamples: int = 9999, level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> WildBootstrap:  # fmt: skip
    """Test each coefficient by drawing signs for whole clusters, with the null hypothesis imposed.

    Parameters
    ----------
    formula : str
        As in `ols`.
    x : rows
        Answers, with the column of the clusters.
    cluster : str
        Column of the clusters.
    weights : {"webb", "rademacher"}
        Six-point weights, or signs; all signs are taken in turn where there are no more than `resamples`.
    resamples : int
        Draws.
    level : float
        Confidence level of the intervals, which are those values that the test does not reject.
    rng : numpy.random.Generator, optional
        Source of chance; a fixed one where not given, so that a rerun gives the same.

    Returns
    -------
    WildBootstrap
        `p` is the share of draws whose absolute t is at least the observed one.

    Raises
    ------
    ModelError
        ``regression.…`` as in `ols` with clusters; ``wild.resamples`` under 99.

    Notes
    -----
    y* = X b0 + v_g u with u the residuals under H0: b_j = 0 and v_g one weight a cluster; t* is CR1's. (WCR of Cameron,
    Gelbach and Miller.) p has a resolution of 1 / draws.

    References
    ----------
    Cameron, A. C., Gelbach, J. B., & Miller, D. L. (2008). Review of Economics and Statistics, 90, 414-427. Webb, M. D.
    (2023). Canadian Journal of Economics, 56, 839-858. R: ``fwildclusterboot::boottest``.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x = {"u": np.repeat(np.arange(8), 5), "a": rng.normal(size=40)}
    >>> x["y"] = x["a"] + rng.normal(size=40)
    >>> found = wild_bootstrap("y ~ a", x, cluster="u", weights="rademacher")
    >>> (found.draws, found.enumerated)
    (256, True)
    """
    literal("weights", weights, _WEIGHTS)
    check_level(level)
    if resamples < 99:
        raise ModelError(problem("wild.resamples", resamples=resamples, least=99))
    parsed = parse_formula(formula)
    if parsed.groups:
        raise ModelError(problem("regression.groups_need_mixed", groups=parsed.groups))
    design = build(parsed, rows(x), None, (cluster,))
    n, k = design.x.shape
    if n <= k:
        raise ModelError(problem("regression.too_few_rows", n=n, k=k))
    solution = solve_rows(design.x, design.y, design.terms, design.intercept)
    if solution.perfect:
        raise ModelError(problem("diagnostics.perfect_fit", formula=str(parsed)))
    codes = np.unique(codes_of(design.beside[cluster]), return_inverse=True)[1]
    g = int(codes.max()) + 1
    if g == 1:
        raise ModelError(problem("regression.single_cluster", Place(column=cluster), column=cluster))
    v, enumerated = _weights(g, weights, resamples, np.random.default_rng(SEED) if rng is None else rng)
    lines = []
    for at, term in enumerate(design.terms):
        sums = _sums(design.x, design.y, codes, at, solution.b, solution.root)
        lines.append(_tested(term, sums, v, n, level, interval=term != INTERCEPT))
    few = weights == "rademacher" and 2**g < _FEW_SIGNS
    notes = (caution("wild.few_signs", clusters=g, signs=2**g),) if few else ()
    left = caution("rows.excluded", "note", dropped=design.dropped, n=n, total=n + design.dropped)
    return WildBootstrap(
        str(parsed), cluster, g, weights, len(v), enumerated, tuple(lines), n, design.dropped, level,
        (*design.cautions, *((left,) if design.dropped else ()), *notes),
    )  # fmt: skip


def _weights(g: int, weights: Weights, resamples: int, rng: np.random.Generator) -> tuple[Array, bool]:
    """Weights (draws, g): every combination of signs where these are few enough, draws otherwise."""
    if weights == "rademacher" and 2**g <= resamples:
        return np.array(list(product((-1.0, 1.0), repeat=g))), True
    points = np.array([-1.0, 1.0]) if weights == "rademacher" else _WEBB
    return rng.choice(points, size=(resamples, g)), False


def _sums(x: Array, y: Array, codes: npt.NDArray[np.intp], at: int, b: Array, root: Array) -> _Sums:
    others = np.delete(x, at, axis=1)
    both = np.column_stack([y, x[:, at]])
    if others.shape[1]:
        q = np.linalg.qr(others)[0]
        both = both - q @ (q.T @ both)
    g, k = int(codes.max()) + 1, x.shape[1]
    cross = np.zeros((g, k, k))
    of_y, of_x, scores = np.zeros((g, k)), np.zeros((g, k)), np.zeros((g, k))
    np.add.at(cross, codes, x[:, :, None] * x[:, None, :])
    np.add.at(of_y, codes, x * both[:, :1])
    np.add.at(of_x, codes, x * both[:, 1:])
    np.add.at(scores, codes, x * (y - x @ b)[:, None])
    inverse = root @ root.T
    se = float(_error((scores @ inverse[at])[None], len(x), k)[0])
    return _Sums(inverse, cross, at, of_y, of_x, float(b[at]), se)


def _error(scores: Array, n: int, k: int) -> Array:
    """CR1's standard error from each cluster's part (draws, g) of one coefficient."""
    g = scores.shape[1]
    return np.asarray(np.sqrt(g / (g - 1) * (n - 1) / (n - k) * (scores**2).sum(axis=1)))


def _tested(term: str, s: _Sums, v: Array, n: int, level: float, *, interval: bool) -> WildRow:
    def p_of(value: float) -> float:
        return _p(s, v, n, value)

    low, high = _interval(p_of, s.b, s.se, 1 - level) if interval else (None, None)
    return WildRow(term, s.b, s.se, s.b / s.se, p_of(0.0), low, high)


def _p(s: _Sums, v: Array, n: int, value: float) -> float:
    """Share of draws that are as far from the null value, in standard errors, as the estimate is."""
    restricted = s.of_y - value * s.of_x  # (g, k) scores of the residuals under H0
    k = restricted.shape[1]
    moved = v @ restricted @ s.inverse.T  # (draws, k): b* - b0
    line = s.inverse[s.at]
    scores = v * (restricted @ line) - moved @ (line @ s.cross).T  # (draws, g)
    error = _error(scores, n, k)
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = np.abs(moved[:, s.at] / error)
    observed = abs(s.b - value) / s.se
    return float(np.mean(~(drawn < observed * (1 - 1e-10))))


def _interval(p_of: Callable[[float], float], b: float, se: float, alpha: float) -> tuple[float | None, float | None]:
    """Ends of the values that the test does not reject; none where it rejects nothing within forty standard errors."""
    return _end(p_of, b, -se, alpha), _end(p_of, b, se, alpha)


def _end(p_of: Callable[[float], float], b: float, step: float, alpha: float) -> float | None:
    inside, outside = 0.0, 3.0
    while p_of(b + outside * step) > alpha:
        inside, outside = outside, 2 * outside
        if outside > 40:
            return None
    for _ in range(14):
        middle = (inside + outside) / 2
        if p_of(b + middle * step) > alpha:
            inside = middle
        else:
            outside = middle
    return float(b + (inside + outside) / 2 * step)
