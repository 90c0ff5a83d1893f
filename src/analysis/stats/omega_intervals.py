"""Intervals of omega: every resample factored in one batch, and every row left out once for the correction of BCa."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from ..errors import Caution, caution
from .estimate import Estimate
from .general_factor import SchmidLeiman, congeneric, of_one_factor, schmid_leiman, shares
from .manyfactors import Loadings, extract_many, oblimin_many
from .onefactor import one_factor_many
from .resample import SEED, Units, bca, draws, left_out, percentile, units
from .rows import Array

Interval: TypeAlias = Literal["percentile", "bca"]
INTERVALS: tuple[Interval, ...] = ("percentile", "bca")
COEFFICIENTS = ("total", "hierarchical", "congeneric")

_CELLS = 4_000_000  # products of loadings held at once
_KEPT = 0.5  # of the resamples: with fewer there is no interval

Coefficients: TypeAlias = dict[str, Array]  # each (b,)


@dataclass(frozen=True, eq=False)
class Centre:
    """The solution of all rows, near which those of the resamples lie."""

    factors: SchmidLeiman  # a batch of one
    single: Loadings  # one factor by maximum likelihood, a batch of one

    @property
    def groups(self) -> int:
        """Factors below the general one."""
        return int(self.factors.group.shape[2])


@dataclass(frozen=True, eq=False)
class Resampled:
    """Coefficients of resamples and of the rows less one unit each; those that have none are left out."""

    values: Coefficients
    without: Coefficients
    times: Array  # how often each unit of `without` occurs
    asked: int
    interval: Interval

    @property
    def kept(self) -> int:
        """Resamples behind the intervals; 0 where they are too few for any."""
        found = len(self.values["total"])
        enough = found > 0 and found >= _KEPT * self.asked and (self.interval != "bca" or len(self.times) > 0)
        return found if enough else 0

    def estimate(self, name: str, value: float, level: float) -> Estimate:
        """The value of one coefficient with its interval, where there is one."""
        if not self.kept:
            return Estimate(value, method="none")
        drawn = self.values[name]
        se = float(drawn.std(ddof=1))
        if self.interval == "bca":
            low, high = bca(value, drawn, self.without[name], self.times, level)
            return Estimate(value, se, low, high, level, "bca")
        low, high = percentile(drawn, level)
        return Estimate(value, se, low, high, level, "bootstrap_percentile")

    def cautions(self) -> Iterator[Caution]:
        """Why there is no interval, or how many resamples lie behind it."""
        if self.asked and not self.kept:
            yield caution("resample.too_few", least=int(100 * _KEPT), resamples=self.asked)
        elif self.kept < self.asked:
            yield caution("resample.left_out", "note", kept=self.kept, resamples=self.asked)


def resampled(
    complete: Array, centre: Centre, resamples: int, interval: Interval, rng: np.random.Generator | None = None
) -> Resampled:
    """Coefficients of bootstrap resamples of complete rows (n, items), and for BCa of the rows less each one."""
    of = units(complete)
    chance = np.random.default_rng(SEED) if rng is None else rng
    values, _ = _gathered(of, draws(of, resamples, chance), centre)
    without, good = _gathered(of, left_out(of) if interval == "bca" else (), centre)
    return Resampled(values, without, of.times[good] if len(good) else of.times[:0], resamples, interval)


def _gathered(of: Units, batches: Iterable[Array], centre: Centre) -> tuple[Coefficients, Array]:
    """Coefficients of all weights that have them, and which these are."""
    size = max(1, _CELLS // of.k**3)
    found = [
        coefficients(of.covariances(weights[start : start + size]), centre)
        for weights in batches
        for start in range(0, len(weights), size)
    ]
    joined = {name: np.concatenate([np.empty(0), *(each[name] for each in found)]) for name in COEFFICIENTS}
    good = ~np.isnan(joined["total"])
    return {name: value[good] for name, value in joined.items()}, good


def coefficients(cov: Array, centre: Centre) -> Coefficients:
    """Omega total, hierarchical and congeneric of every covariance matrix (b, items, items).

    Each matrix is factored anew, from a start at the solution of all rows; NaN where an item does not vary, items are
    copies or sums of others, or no minimum is found.
    """
    out = {name: np.full(len(cov), np.nan) for name in COEFFICIENTS}
    variance = np.diagonal(cov, axis1=1, axis2=2)
    at = np.flatnonzero((variance > 1e-12 * variance.max(initial=0.0)).all(axis=1))
    sd = np.sqrt(variance[at])
    corr = cov[at] / (sd[:, :, None] * sd[:, None, :])
    sound = np.linalg.eigvalsh(corr)[:, 0] > 1e-8
    at, corr = at[sound], corr[sound]
    if not len(at):
        return out
    first = one_factor_many(corr, centre.single.loadings[0, :, 0], "minres")
    single = one_factor_many(corr, first.loadings[:, :, 0], "ml")
    found = of_one_factor(first) if centre.groups == 1 else _several(corr, centre)
    good = found.converged & single.converged
    for name, value in (shares(corr, found) | {"congeneric": congeneric(cov[at], single)}).items():
        out[name][at] = np.where(good, value, np.nan)
    return out


def _several(corr: Array, centre: Centre) -> SchmidLeiman:
    raw = extract_many(corr, centre.groups, "minres")
    turned = oblimin_many(raw.loadings, centre.factors.pattern[0])
    return schmid_leiman(raw, turned.loadings, turned.phi, turned.converged)
