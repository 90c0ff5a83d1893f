"""Columns of whole answers rearranged until covariances are as printed: swaps leave every mean and deviation alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
What: TypeAlias = Literal["r", "var", "alpha", "mean", "sd"]

_EDGE = 1e-9  # by which a statistic may lie outside its interval: the interval's ends are rounded themselves
_TRIED = (30, 400)  # pairs of rows looked at before each swap, at least and at most
_MOVES, _STALLED = 24_000, 5_000  # swaps at most, and at most without a better state
_PATIENCE = 40  # moves without a better state before the search goes back to the best one


@dataclass(frozen=True, slots=True)
class Aim:
    """A statistic of the sums `p` and `q` (columns of the weights) that is to lie between low and high.

    ``r`` correlation of p and q · ``var`` variance of p · ``alpha`` of the sum p of `k` items whose variances add up to
    `constant` · ``mean`` of p where the 0/1 column q is 1 (`constant` rows) · ``sd`` the same, q2 = p squared.
    """

    what: What
    p: int
    q: int
    low: float
    high: float
    constant: float = 0.0
    k: int = 0
    squared: int = 0  # for "sd": the column of squares


@dataclass(frozen=True, slots=True)
class Puzzle:
    """Columns, the sums that statistics are made of, what may be swapped, and what is aimed at."""

    x: Floats  # (n, columns)
    weights: Floats  # (columns, sums)
    blocks: tuple[tuple[int, ...], ...]  # columns whose cells move together
    aims: tuple[Aim, ...]
    strata: tuple[int, ...] = ()  # a number for each row: only rows with the same one are exchanged; none: all may be


def solve(puzzle: Puzzle, rng: np.random.Generator) -> tuple[Floats, float]:
    """Swap cells between rows until every aim is met, or nothing is gained any more.

    Parameters
    ----------
    puzzle : Puzzle
        Where to start and what to reach.
    rng : numpy.random.Generator
        Where chance comes from.

    Returns
    -------
    tuple
        The best columns found, and what they miss: 0 where every aim is met.

    Notes
    -----
    With sums Y = X W, exchanging the cells of a block between rows a and b adds e to row a of Y and takes it from row
    b. Sums of columns stay; cross-products change by e'd + d'e + 2 e'e with d = Y_a - Y_b, so hundreds of swaps are
    judged at once without touching the data. The best of a random number of random swaps is made even where it is a
    step back, so that the search leaves every dead end; after some steps without gain it returns to the best state.

    References
    ----------
    Kirkpatrick, S., Gelatt, C. D., & Vecchi, M. P. (1983). Optimization by simulated annealing. Science, 220, 671-680.
    """
    puzzle = _lean(puzzle)
    gauge = _Gauge(puzzle)
    x = puzzle.x.copy()
    y = x @ puzzle.weights
    products = gauge.products(y)
    loss = float(gauge.losses(products[None, :])[0])
    best, best_loss, since, gained = x.copy(), loss, 0, 0
    columns = [list(block) for block in puzzle.blocks]
    draw = _pairs(puzzle, rng)
    for move in range(_MOVES):
        if best_loss == 0.0 or move - gained > _STALLED:
            break
        block = columns[int(rng.integers(len(columns)))]
        a, b = draw(int(rng.integers(*_TRIED)))
        moved = x[b][:, block] - x[a][:, block]
        e = moved @ puzzle.weights[block]
        change = gauge.change(e, y[a] - y[b])
        real = change.any(axis=1)  # a swap that no aim notices would be the best one for ever
        if not real.any():
            continue
        losses = np.where(real, gauge.losses(products + change), np.inf)
        at = int(losses.argmin())
        x[a[at], block] += moved[at]
        x[b[at], block] -= moved[at]
        y[a[at]] += e[at]
        y[b[at]] -= e[at]
        products = products + change[at]
        loss = float(losses[at])
        since += 1
        if loss < best_loss:
            best, best_loss, since, gained = x.copy(), loss, 0, move
        elif since > _PATIENCE:
            x, since = best.copy(), 0
            y = x @ puzzle.weights
            products = gauge.products(y)
            loss = best_loss
    return best, best_loss


def _pairs(puzzle: Puzzle, rng: np.random.Generator) -> Callable[[int], tuple[Ints, Ints]]:
    """A function that draws so many pairs of rows of one stratum each."""
    strata = np.array(puzzle.strata or [0] * len(puzzle.x), dtype=np.int64)
    order = strata.argsort(kind="stable")
    sizes = np.bincount(strata)
    first = (np.cumsum(sizes) - sizes)[strata]
    size = sizes[strata]

    def draw(count: int) -> tuple[Ints, Ints]:
        a = rng.integers(len(strata), size=count)
        return a, order[first[a] + (rng.random(count) * size[a]).astype(np.int64)]

    return draw


def _lean(puzzle: Puzzle) -> Puzzle:
    """The same puzzle with only those sums that some aim needs."""
    used = sorted({sum_ for aim in puzzle.aims for sum_ in (aim.p, aim.q, aim.squared)})
    place = {sum_: at for at, sum_ in enumerate(used)}
    aims = (replace(aim, p=place[aim.p], q=place[aim.q], squared=place[aim.squared]) for aim in puzzle.aims)
    return replace(puzzle, weights=puzzle.weights[:, used], aims=tuple(aims))


class _Gauge:
    """The aims as arrays: cross-products in, how far each aim is missed out."""

    def __init__(self, puzzle: Puzzle) -> None:
        n = len(puzzle.x)
        sums = (puzzle.x @ puzzle.weights).sum(axis=0)
        pairs: dict[tuple[int, int], int] = {}

        def at(p: int, q: int) -> int:
            return pairs.setdefault((min(p, q), max(p, q)), len(pairs))

        by: dict[str, list[Aim]] = {}
        for aim in puzzle.aims:
            by.setdefault(aim.what, []).append(aim)
        self._r = np.array([(at(a.p, a.q), at(a.p, a.p), at(a.q, a.q)) for a in by.get("r", [])], dtype=np.int64)
        self._r = self._r.reshape(-1, 3)
        self._var = np.array([at(a.p, a.p) for a in by.get("var", [])], dtype=np.int64)
        alphas = by.get("alpha", [])
        self._alpha = np.array([at(a.p, a.p) for a in alphas], dtype=np.int64)
        self._alpha_k = np.array([a.k / (a.k - 1) for a in alphas])
        self._alpha_sum = np.array([a.constant * (n - 1) for a in alphas])
        self._mean = np.array([at(a.p, a.q) for a in by.get("mean", [])], dtype=np.int64)
        self._mean_n = np.array([a.constant for a in by.get("mean", [])])
        self._sd = np.array([(at(a.squared, a.q), at(a.p, a.q)) for a in by.get("sd", [])], dtype=np.int64)
        self._sd = self._sd.reshape(-1, 2)
        self._sd_n = np.array([a.constant for a in by.get("sd", [])])
        ordered = [aim for what in ("r", "var", "alpha", "mean", "sd") for aim in by.get(what, [])]
        self._centre = np.array([(aim.low + aim.high) / 2 for aim in ordered])
        self._half = np.array([(aim.high - aim.low) / 2 + _EDGE for aim in ordered])
        self._p = np.array([p for p, _ in pairs], dtype=np.int64)
        self._q = np.array([q for _, q in pairs], dtype=np.int64)
        self._means = sums[self._p] * sums[self._q] / n
        self._n = n

    def products(self, y: Floats) -> Floats:
        """Cross-products of the needed pairs of sums."""
        found: Floats = np.einsum("ij,ij->j", y[:, self._p], y[:, self._q])
        return found

    def change(self, e: Floats, d: Floats) -> Floats:
        """What swaps that add e to one row and take it from another change in the cross-products."""
        ep, eq = e[:, self._p], e[:, self._q]
        return ep * (d[:, self._q] + eq) + eq * (d[:, self._p] + ep)

    def values(self, products: Floats) -> Floats:
        """The statistics, one column an aim."""
        centred = products - self._means
        cross, first, second = (centred[:, self._r[:, at]] for at in range(3))
        squares, inside = products[:, self._sd[:, 0]], products[:, self._sd[:, 1]]
        left = squares - inside * inside / self._sd_n
        return np.concatenate(
            [
                cross / np.sqrt(np.maximum(first * second, 1e-12)),
                centred[:, self._var] / (self._n - 1),
                self._alpha_k * (1 - self._alpha_sum / np.maximum(centred[:, self._alpha], 1e-12)),
                products[:, self._mean] / self._mean_n,
                np.sqrt(np.maximum(left, 0.0) / np.maximum(self._sd_n - 1, 1)),
            ],
            axis=1,
        )

    def losses(self, products: Floats) -> Floats:
        """How far the aims are missed, in half intervals; 0 where all are met."""
        apart = np.abs(self.values(products) - self._centre) / self._half - 1
        missed = np.maximum(apart, 0.0)
        found: Floats = (missed * missed / (1 + missed)).sum(axis=1)
        return found
