"""Bootstrap and jackknife as weights: one matrix product gives the covariances of a whole batch of resamples.

Rows that are alike share one weight, so a scale of five items with five levels costs the same for a thousand rows and
for a million; many different rows are gathered into blocks, and blocks are drawn.

References
----------
Efron, B. (1987). Better bootstrap confidence intervals. Journal of the American Statistical Association, 82, 171-185.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from .rows import Array

_UNITS = 20_000  # different rows drawn one by one; beyond, blocks of rows
_CELLS = 2_000_000  # weights held at once
_COUNTED = 60_000  # drawn rows counted at once: few enough to stay near the processor
_ALIKE = 5  # rows to a unit from which drawing counts is cheaper than drawing rows

SEED = 20240301  #: the source of chance where none is given: a rerun draws the same


@dataclass(frozen=True, eq=False)
class Units:
    """What is drawn: distinct rows or blocks of rows, as sums that a resample adds up."""

    totals: Array  # (units, 1 + k + k (k + 1) / 2): rows, sums, sums of products, centred on the mean of all
    times: Array  # (units,) how often each occurs
    k: int

    @property
    def drawn(self) -> int:
        """How many units one resample holds."""
        return int(self.times.sum())

    def covariances(self, weights: Array) -> Array:
        """Covariances (b, k, k) of resamples from the weights (b, units) of their units."""
        found = weights @ self.totals
        n, sums = found[:, :1], found[:, 1 : self.k + 1]
        upper = np.triu_indices(self.k)
        cov = np.empty((len(weights), self.k, self.k))
        cov[:, upper[0], upper[1]] = found[:, self.k + 1 :]
        cov[:, upper[1], upper[0]] = found[:, self.k + 1 :]
        cov -= sums[:, :, None] * sums[:, None, :] / n[:, :, None]
        return np.asarray(cov / (n[:, :, None] - 1))


def units(x: Array) -> Units:
    """Units of the rows of `x` (n, k), none of them missing."""
    distinct, times = np.unique(x, axis=0, return_counts=True)
    centred = distinct - x.mean(axis=0)
    upper = np.triu_indices(x.shape[1])
    products = centred[:, upper[0]] * centred[:, upper[1]]
    totals = np.column_stack([np.ones(len(centred)), centred, products])
    if len(totals) <= _UNITS:
        return Units(totals, times.astype(np.float64), x.shape[1])
    # sorted rows would make blocks of like with like: deal them out instead
    blocks = np.arange(len(totals)) % _UNITS
    dealt = np.zeros((_UNITS, totals.shape[1]))
    np.add.at(dealt, blocks, totals * times[:, None])
    return Units(dealt, np.ones(_UNITS), x.shape[1])


def draws(of: Units, resamples: int, rng: np.random.Generator) -> Iterator[Array]:
    """Weights of resamples, a batch (b, units) at a time.

    Rows are drawn and counted one by one, or, where many are alike, counts are drawn by themselves: both are the same
    multinomial draw, and the cheaper one is taken.
    """
    batch = max(1, min(resamples, _CELLS // len(of.times)))
    drawn = _counts if of.drawn <= _ALIKE * len(of.times) else _multinomial
    for start in range(0, resamples, batch):
        yield drawn(of, min(batch, resamples - start), rng)


def _multinomial(of: Units, resamples: int, rng: np.random.Generator) -> Array:
    return rng.multinomial(of.drawn, of.times / of.times.sum(), size=resamples).astype(np.float64)


def _counts(of: Units, resamples: int, rng: np.random.Generator) -> Array:
    """How often each unit is among as many rows drawn with replacement as there are."""
    n, k = of.drawn, len(of.times)
    unit = np.repeat(np.arange(k), of.times.astype(np.intp))  # of each row
    weights = np.empty((resamples, k))
    some = max(1, _COUNTED // n)
    for start in range(0, resamples, some):
        part = weights[start : start + some]
        places = rng.integers(0, n, (len(part), n))
        if k < n:
            places = unit[places]
        places += k * np.arange(len(part))[:, None]
        part[:] = np.bincount(places.ravel(), minlength=part.size).reshape(part.shape)
    return weights


def left_out(of: Units) -> Iterator[Array]:
    """Weights (b, units) that leave out one unit each, in the order of the units."""
    batch = max(1, _CELLS // len(of.times))
    for start in range(0, len(of.times), batch):
        some = np.arange(start, min(start + batch, len(of.times)))
        weights = np.repeat(of.times[None, :], len(some), axis=0)
        weights[np.arange(len(some)), some] -= 1
        yield weights


def percentile(found: Array, level: float) -> tuple[float, float]:
    """The middle `level` of the resampled values."""
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bca(value: float, found: Array, jackknife: Array, times: Array, level: float) -> tuple[float, float]:
    """Efron's interval, corrected for bias and for a standard error that changes with the value.

    `jackknife` holds the value without each unit, which occurs `times` times.
    """
    below = (np.sum(found < value) + 0.5 * np.sum(found == value)) / len(found)
    bias = special.ndtri(np.clip(below, 0.5 / len(found), 1 - 0.5 / len(found)))
    distance = np.average(jackknife, weights=times) - jackknife
    spread = float(times @ distance**2)
    growth = float(times @ distance**3) / (6 * spread**1.5) if spread > 0 else 0.0
    tails = bias + special.ndtri(np.array([(1 - level) / 2, (1 + level) / 2]))
    low, high = np.quantile(found, special.ndtr(bias + tails / (1 - growth * tails)))
    return float(low), float(high)
