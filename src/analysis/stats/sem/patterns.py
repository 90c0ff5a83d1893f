"""Missing answers: rows gathered by what they lack, and the moments that all answers make most likely (EM).

With P the inverse of the covariances, what a row lacks has given its answers the covariances P_mm^-1 and the
expectation -P_mm^-1 (P x)_m, both from its mean and with x zero where an answer is missing. So each pattern costs as
much as it lacks answers, and patterns that lack equally many are one array operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log, pi

import numpy as np
import numpy.typing as npt

from ..rows import Array
from .directions import Index, inverted

_STEPS = 5000
_CHANGE = 1e-10  # of the largest moment, in the variables' standard deviations


@dataclass(frozen=True, eq=False)
class Lacking:
    """Patterns that lack the same number of answers."""

    places: Index  # (k, m) which answers each pattern lacks
    counts: Array  # (k,) rows of each
    patterns: Index  # (k,) which patterns these are
    rows: Index  # (r,) their rows
    which: Index  # (r,) place of each row's pattern among these

    @property
    def cells(self) -> tuple[Index, Index]:
        """Row and missing variables of each of these rows."""
        return self.rows[:, None], self.places[self.which]

    def blocks(self, matrix: Array) -> Array:
        """The part (k, m, m) of a matrix that belongs to what each pattern lacks."""
        return matrix[self.places[:, :, None], self.places[:, None, :]]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Rows and what each of them answers."""

    values: Array  # (n, p), zero where an answer is missing
    answered: npt.NDArray[np.bool_]  # (n, p)
    kinds: npt.NDArray[np.bool_]  # (patterns, p) what each pattern answers
    which: Index  # (n,) pattern of each row

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.values)

    @cached_property
    def counts(self) -> Array:
        """Rows of each pattern (patterns,)."""
        return np.bincount(self.which, minlength=len(self.kinds)).astype(np.float64)

    @cached_property
    def lacking(self) -> tuple[Lacking, ...]:
        """The patterns with missing answers, by how many they lack."""
        missing = (~self.kinds).sum(axis=1)
        return tuple(self._lacking(np.flatnonzero(missing == m)) for m in np.unique(missing[missing > 0]))

    def _lacking(self, patterns: Index) -> Lacking:
        place = np.full(len(self.kinds), -1, dtype=np.intp)
        place[patterns] = np.arange(len(patterns))
        rows = np.flatnonzero(place[self.which] >= 0)
        places = np.nonzero(~self.kinds[patterns])[1].reshape(len(patterns), -1)
        return Lacking(places, self.counts[patterns], patterns, rows, place[self.which[rows]])

    def products(self, values: Array) -> Array:
        """Sums (patterns, p, p) of the squares and products of rows (n, p) in each pattern."""
        order = np.argsort(self.which, kind="stable")
        ends = np.cumsum(self.counts).astype(np.intp)[:-1]
        return np.array([rows.T @ rows for rows in np.split(values[order], ends)])

    def means(self, values: Array) -> Array:
        """Means (patterns, p) of rows (n, p) in each pattern."""
        found = np.zeros((len(self.kinds), values.shape[1]))
        np.add.at(found, self.which, values)
        return found / self.counts[:, None]


@dataclass(frozen=True, eq=False)
class Expected:
    """What the answers let expect of complete rows, at some moments."""

    away: Array  # (n, p) rows less mean, missing answers by their expectation
    spreads: tuple[Array, ...]  # for each of `lacking` (k, m, m): covariances of missing answers given the others
    mean: Array  # (p,) of `away`
    products: Array  # (p, p) mean square and product of `away`, with the spreads
    deviance: float  # -2 log-likelihood of one row, without its constant


def patterns(values: Array) -> Patterns:
    """Rows (n, p) with missing answers, by pattern; each row answers at least one variable."""
    answered = ~np.isnan(values)
    if answered.all():
        return Patterns(values, answered, answered[:1], np.zeros(len(values), dtype=np.intp))
    # rows of bits are sorted faster than rows of truth values
    _, first, which = np.unique(np.packbits(answered, axis=1), axis=0, return_index=True, return_inverse=True)
    return Patterns(np.where(answered, values, 0.0), answered, answered[first], which.reshape(-1).astype(np.intp))


def expected(found: Patterns, mean: Array, precision: Array, log_det: float) -> Expected:
    """Completed rows at these moments, and how likely the answers are (the E step)."""
    away = np.where(found.answered, found.values - mean, 0.0)
    pulled = away @ precision
    spread, spreads = np.zeros(precision.size), []
    p, given = len(mean), 0.0
    for each in found.lacking:
        blocks = each.blocks(precision)
        back = inverted(blocks)
        cells = each.cells
        away[cells] = -(back[each.which] @ pulled[cells][:, :, None])[:, :, 0]
        flat = each.places[:, :, None] * p + each.places[:, None, :]
        weighted = each.counts[:, None, None] * back
        spread += np.bincount(flat.ravel(), weighted.ravel(), minlength=p * p)
        given += float(each.counts @ np.linalg.slogdet(blocks)[1])
        spreads.append(back)
    squares = away.T @ away
    deviance = log_det + (given + float((precision * squares).sum())) / found.n
    products = (squares + spread.reshape(p, p)) / found.n
    return Expected(away, tuple(spreads), away.mean(axis=0), products, deviance)


def saturated(found: Patterns, p: int) -> tuple[Array, Array]:
    """Mean (p,) and covariances (p, p) of greatest likelihood, by the EM algorithm.

    Notes
    -----
    E: missing answers are replaced by their expectation given the row's answers, and their conditional covariances are
    kept; M: moments of the completed rows. Likelihood never falls.

    References
    ----------
    Dempster, A. P., Laird, N. M., & Rubin, D. B. (1977). Journal of the Royal Statistical Society B, 39, 1-38.
    """
    mean, cov = _first(found)
    for _ in range(_STEPS):
        step = expected(found, mean, inverted(cov), 0.0)
        new = step.products - np.outer(step.mean, step.mean)
        sd = np.sqrt(np.diag(new))
        change = max(np.abs(step.mean / sd).max(), np.abs((new - cov) / np.outer(sd, sd)).max())
        mean, cov = mean + step.mean, new
        if change < _CHANGE:
            break
    return mean, cov


def _first(found: Patterns) -> tuple[Array, Array]:
    """Means and variances of the answers given, no covariances."""
    count = found.answered.sum(axis=0)
    mean = found.values.sum(axis=0) / count
    away = np.where(found.answered, found.values - mean, 0.0)
    return mean, np.diag((away**2).sum(axis=0) / count)


def deviance(found: Patterns, mean: Array, cov: Array) -> float:
    """-2 log-likelihood of all rows at these moments."""
    log_det = float(np.linalg.slogdet(cov)[1])
    each = expected(found, mean, inverted(cov), log_det).deviance
    return found.n * each + float(found.answered.sum()) * log(2 * pi)
