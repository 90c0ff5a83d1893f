"""Relations beside Pearson's: of ranks, with the other columns held equal, and of each term with the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import atanh, sqrt, tanh
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import INTERCEPT, parse_formula
from .correlation import PERFECT, Correlations, PairRow
from .design import build
from .moments import Moments, RowRule, moments, moments_cautions
from .regression import ols
from .result import Result, Row, frame
from .rows import MISSING, Array, Missing, Rows, check_level, is_rows, literal, rows
from .tails import normal_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PartRow(Row):
    """One column of a regression and the outcome: alone, with the others held equal in both, in the column only."""

    term: str
    zero_order: float
    partial: float
    part: float


@dataclass(frozen=True)
class PartCorrelations(Result):
    """Zero-order, partial and part (semipartial) correlations of the columns of a regression with its outcome."""

    formula: str
    term_rows: tuple[PartRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def terms(self) -> pd.DataFrame:
        """One line for each column."""
        return frame(self.term_rows, PartRow)


def part_correlations(formula: str, x: object) -> PartCorrelations:
    """Correlate each factor with the outcome: alone, partially, and in part (SPSS: zero-order, partial, part).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``, with the constant.
    x : rows, Moments, or an iterable of batches
        Rows, or moments of numeric columns.

    Returns
    -------
    PartCorrelations
        `n` counts the rows that answer every variable of the formula.

    Raises
    ------
    ModelError
        ``association.no_constant``; ``regression.…`` as in `ols`.

    Notes
    -----
    part = beta sqrt(tolerance): its square is what R^2 loses without the column.
    partial = part / sqrt(1 - R^2 + part^2).

    References
    ----------
    Cohen, J., & Cohen, P. (1983). Applied multiple regression/correlation analysis, 2nd ed., p. 101. R:
    ``ppcor::pcor``, ``ppcor::spcor``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.4, 0.3, 1]], n=100, names=["y", "a", "b"])
    >>> row = part_correlations("y ~ a + b", m).term_rows[0]
    >>> f"{row.zero_order:.2f} {row.partial:.2f} {row.part:.2f}"
    '0.50 0.43 0.40'
    """
    parsed = parse_formula(formula)
    if not parsed.intercept or not parsed.terms:
        raise ModelError(problem("association.no_constant", formula=str(parsed)))
    source: Rows | Moments = rows(x) if is_rows(x) else moments(x)
    fitted = ols(str(parsed), source)
    found = [row for row in fitted.coefficient_rows if row.term != INTERCEPT]
    alone = _with_outcome(str(parsed), source, tuple(row.term for row in found))
    left = 1 - fitted.fit.r2
    lines = []
    for row, zero in zip(found, alone, strict=True):
        part = (row.beta or 0.0) * sqrt(row.tolerance or 0.0)
        whole = left + part**2
        lines.append(PartRow(row.term, float(zero), part / sqrt(whole) if whole > 0 else 0.0, part))
    cautions = tuple(each for each in fitted.cautions if each.code != "regression.durbin_watson_order")
    return PartCorrelations(str(parsed), tuple(lines), fitted.n, fitted.missing, fitted.dropped, cautions)


def _with_outcome(formula: str, source: Rows | Moments, terms: tuple[str, ...]) -> Array:
    """Correlation of every column of the design with the outcome."""
    parsed = parse_formula(formula)
    if isinstance(source, Moments):
        return np.asarray(source.subset((*terms, parsed.outcome)).corr[:-1, -1])
    design = build(parsed, source, None)
    return np.asarray(moments(np.column_stack([design.x[:, 1:], design.y])).corr[:-1, -1])


def spearman(
    x: object, names: Sequence[str] | None = None, *, level: float = 0.95, missing: Missing = "listwise"
) -> Correlations:
    """Correlate the ranks of every pair of columns (Spearman's rho); ties share their mean rank.

    Parameters
    ----------
    x : rows
        Answers or scores, one column each.
    names : sequence of str, optional
        The columns; all when not given.
    level : float
        Confidence level of the intervals.
    missing : {"listwise", "pairwise"}
        Rows complete on all columns, or for each pair the rows that answer both.

    Returns
    -------
    Correlations
        ``method == "spearman"``; each pair carries its own n.

    Raises
    ------
    ModelError
        ``correlation.…``: fewer than two columns or four rows; ``moments.no_variance``.

    Notes
    -----
    The test is t with n - 2 degrees of freedom, as R computes it with ties; the interval is Fisher's with the variance
    (1 + rho^2 / 2) / (n - 3).

    References
    ----------
    Bonett, D. G., & Wright, T. A. (2000). Psychometrika, 65, 23-28. R: ``cor.test(a, b, method = "spearman", exact =
    FALSE)``.

    Examples
    --------
    >>> f"{spearman({'a': [1, 2, 3, 4, 9], 'b': [2, 1, 4, 3, 5]}).pair_rows[0].r:.2f}"
    '0.80'
    """
    literal("missing", missing, MISSING)
    check_level(level)
    taken = rows(x, names)
    values = taken.numeric()
    if len(taken.names) < 2:
        raise ModelError(problem("correlation.too_few_columns", k=len(taken.names), least=2))
    whole = ~np.isnan(values).any(axis=1)
    if missing == "listwise":
        values = values[whole]
    z = normal_quantile((1 + level) / 2)
    found = [
        _ranked(taken.names[i], taken.names[j], values[:, [i, j]], z)
        for i, j in combinations(range(len(taken.names)), 2)
    ]
    answered = int((~np.isnan(values)).any(axis=1).sum())
    dropped = taken.n - answered
    notes = (caution("rows.excluded", "note", dropped=dropped, n=answered, total=taken.n),) if dropped else ()
    return Correlations(taken.names, answered, missing, dropped, level, tuple(found), notes, "spearman")


def _ranked(a: str, b: str, pair: Array, z: float) -> PairRow:
    pair = pair[~np.isnan(pair).any(axis=1)]
    n = len(pair)
    if n < 4:
        raise ModelError(problem("correlation.too_few_rows", n=n, least=4))
    flat = tuple(name for name, spread in zip((a, b), np.ptp(pair, axis=0), strict=True) if spread == 0)
    if flat:
        raise ModelError(problem("moments.no_variance", Place(column=flat[0]), columns=flat))
    ranks = np.column_stack([mean_ranks(pair[:, 0]), mean_ranks(pair[:, 1])])
    r = float(np.clip(moments(ranks).corr[0, 1], -1, 1))
    return pair_row(a, b, r, n, n - 2, z * sqrt((1 + r * r / 2) / (n - 3)))


def pair_row(a: str, b: str, r: float, n: int, df: int, half: float) -> PairRow:
    """A pair with t on `df` degrees of freedom and the interval tanh(atanh r +- half)."""
    if 1 - abs(r) < PERFECT:
        return PairRow(a, b, r, n, None, df, 0.0, r, r)
    t = r * sqrt(df / ((1 - r) * (1 + r)))
    return PairRow(a, b, r, n, t, df, t_two_sided(t, df), tanh(atanh(r) - half), tanh(atanh(r) + half))


def mean_ranks(values: Array) -> Array:
    """Ranks from 1; ties share the mean of theirs."""
    _, at, times = np.unique(values, return_inverse=True, return_counts=True)
    last: npt.NDArray[np.intp] = np.cumsum(times)
    return np.asarray((last - (times - 1) / 2)[at])


def partial_correlations(x: object, names: Sequence[str] | None = None, *, level: float = 0.95) -> Correlations:
    """Correlate every pair of columns with all the other columns held equal.

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or scores, one column each; or their moments.
    names : sequence of str, optional
        The columns; all when not given.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Correlations
        ``method == "partial"``, over the rows complete on all columns.

    Raises
    ------
    ModelError
        ``correlation.…``; ``association.collinear`` where columns determine one another.

    Notes
    -----
    r = -P_ij / sqrt(P_ii P_jj) with P the inverse of the correlation matrix; t has n - k degrees of freedom for k
    columns, and Fisher's interval the variance 1 / (n - k - 1).

    References
    ----------
    Whittaker, J. (1990). Graphical models in applied multivariate statistics. R: ``ppcor::pcor``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.4, 0.3, 1]], n=100, names=["y", "a", "b"])
    >>> f"{partial_correlations(m).pair_rows[0].r:.2f}"
    '0.43'
    """
    check_level(level)
    m = moments(x, names)
    k = len(m.names)
    if k < 2:
        raise ModelError(problem("correlation.too_few_columns", k=k, least=2))
    if m.n < k + 2:
        raise ModelError(problem("correlation.too_few_rows", n=m.n, least=k + 2))
    corr = m.corr
    values, vectors = np.linalg.eigh(corr)
    if values[0] < 1e-10:
        part = np.abs(vectors[:, values < 1e-10]).max(axis=1) > 1e-3
        columns = tuple(name for name, inside in zip(m.names, part, strict=True) if inside)
        raise ModelError(problem("association.collinear", columns=columns))
    inverse = np.linalg.inv(corr)
    scale = np.sqrt(np.diag(inverse))
    r = np.clip(-inverse / np.outer(scale, scale), -1, 1)
    half = normal_quantile((1 + level) / 2) / sqrt(m.n - k - 1)
    pairs = tuple(
        pair_row(m.names[i], m.names[j], float(r[i, j]), m.n, m.n - k, half) for i, j in combinations(range(k), 2)
    )
    left = caution("rows.excluded", "note", dropped=m.dropped, n=m.n, total=m.n + m.dropped)
    cautions = ((left,) if m.dropped else ()) + moments_cautions(m)
    return Correlations(m.names, m.n, m.missing, m.dropped, level, pairs, cautions, "partial")
