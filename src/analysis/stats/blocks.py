"""Centred blocks: what a batch of rows leaves behind, and how two batches merge.

Never sums of squares: each block is centred on its own mean, and the merge adds the distance of the means (Chan,
Golub & LeVeque). That keeps the digits of data far from zero.

References
----------
Chan, T. F., Golub, G. H., & LeVeque, R. J. (1983). Algorithms for computing the sample variance. The American
Statistician, 37, 242-247.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import exact
from .rows import Array

_FLAT = 1e-12  # share of a column's squares that is nothing but rounding


@dataclass(frozen=True, eq=False)
class Block:
    """Complete rows of one batch."""

    n: int
    dropped: int  # rows with a missing value
    mean: Array  # (k,)
    scatter: Array  # (k, k) centred cross-products

    def __add__(self, other: Block) -> Block:
        n, dropped = self.n + other.n, self.dropped + other.dropped
        if not self.n or not other.n:
            kept = other if not self.n else self
            return Block(n, dropped, kept.mean, kept.scatter)
        step = other.mean - self.mean
        mean = self.mean + step * (other.n / n)
        scatter = self.scatter + other.scatter + np.outer(step, step) * (self.n * other.n / n)
        return Block(n, dropped, mean, scatter)

    def __sub__(self, other: Block) -> Block:
        n, dropped = self.n - other.n, self.dropped - other.dropped
        step = other.mean - self.mean
        mean = self.mean - step * (other.n / n)
        scatter = self.scatter - other.scatter - np.outer(step, step) * (self.n * other.n / n)
        left = np.diag(scatter) > _FLAT * np.diag(self.scatter)  # what is less is rounding: the rest is constant
        return Block(n, dropped, mean, scatter * np.outer(left, left))


@dataclass(frozen=True, eq=False)
class PairBlock:
    """Every pair of columns over the rows that answer both; entry (i, j) speaks of column i where j is answered."""

    n: int  # rows with any answer
    dropped: int  # rows without any
    count: Array  # (k, k) rows that answer both
    mean: Array  # (k, k) mean of i where j is answered
    square: Array  # (k, k) centred squares of i where j is answered
    scatter: Array  # (k, k) centred cross-products of i and j

    def __add__(self, other: PairBlock) -> PairBlock:
        count = self.count + other.count
        weight = np.divide(self.count * other.count, count, out=np.zeros_like(count), where=count > 0)
        share = np.divide(other.count, count, out=np.zeros_like(count), where=count > 0)
        step = other.mean - self.mean
        return PairBlock(
            n=self.n + other.n,
            dropped=self.dropped + other.dropped,
            count=count,
            mean=self.mean + step * share,
            square=self.square + other.square + step**2 * weight,
            scatter=self.scatter + other.scatter + step * step.T * weight,
        )

    @property
    def cov(self) -> Array:
        """Pairwise covariances: R's ``cov(x, use = "pairwise")``."""
        return self.scatter / (self.count - 1)

    @property
    def corr(self) -> Array:
        """Pairwise correlations, each with the deviations of its own rows: R's ``cor(x, use = "pairwise")``.

        Zero where a column is constant; `flat` tells.
        """
        spread = np.sqrt(np.maximum(self.square * self.square.T, 0.0))
        return np.divide(self.scatter, spread, out=np.zeros_like(spread), where=spread > 0)

    @property
    def flat(self) -> npt.NDArray[np.bool_]:
        """Whether column i, which varies as a whole, does not where j is answered."""
        whole = np.diag(self.square)
        varies = whole > 0
        return np.asarray((self.square <= _FLAT * whole[:, None]) & varies[:, None] & varies)


def complete_block(x: Array) -> Block:
    """Block of the rows of `x` without a missing value."""
    complete = ~np.isnan(x).any(axis=1)
    whole = x if complete.all() else x[complete]
    if not len(whole):
        return Block(0, len(x), np.zeros(x.shape[1]), np.zeros((x.shape[1],) * 2))
    rough = whole.mean(axis=0)
    mean = rough + (whole - rough).mean(axis=0)
    centred = whole - mean
    rest = centred.mean(axis=0)  # what rounding left in the mean
    scatter = centred.T @ centred - len(whole) * np.outer(rest, rest)
    return Block(len(whole), len(x) - len(whole), mean, (scatter + scatter.T) / 2)


def pair_block(x: Array) -> PairBlock:
    """Block of all pairs of columns of `x`."""
    seen = ~np.isnan(x)
    answered = seen.astype(np.float64)
    per_column = answered.sum(axis=0)
    zeros = np.where(seen, x, 0.0)
    high, low = exact.total(zeros)
    centre = np.divide(high + low, per_column, out=np.zeros(x.shape[1]), where=per_column > 0)
    centred = np.where(seen, x - centre, 0.0)
    count = answered.T @ answered
    sums = centred.T @ answered
    mean = np.divide(sums, count, out=np.zeros_like(sums), where=count > 0)
    n = int(seen.any(axis=1).sum())
    return PairBlock(
        n=n,
        dropped=len(x) - n,
        count=count,
        mean=centre[:, None] + mean,
        square=(centred**2).T @ answered - count * mean**2,
        scatter=centred.T @ centred - count * mean * mean.T,
    )
