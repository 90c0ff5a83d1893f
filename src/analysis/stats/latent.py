"""Two normal variables behind a table of two ordinal ones: correlation, errors, influence, for all pairs at once.

Tables are padded to one size with levels that nobody gave, whose thresholds lie far out, so that every step is one
array operation over the pairs (P) and their levels (A).

References
----------
Olsson, U. (1979). Maximum likelihood estimation of the polychoric correlation coefficient. Psychometrika, 44, 443-460.
Muthén, B. (1984). A general structural equation model with dichotomous, ordered categorical, and continuous latent
variable indicators. Psychometrika, 49, 115-132.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from .binormal import below, density, density_slope, joint_density
from .rows import Array

Places: TypeAlias = npt.NDArray[np.intp]

FAR = 40.0  #: a threshold beyond all answers
EDGE = 1 - 1e-6  #: a correlation this large cannot be told from one

_FLOOR = 1e-300  # probability, at least: the logarithm of a cell that cannot occur
_THIN = 1e-9  # probability below which differences lose digits
_NODES, _ZOOMS, _DEEP = 60, 4, 45.0  # nodes of the quadrature; the integrand counts down to exp(-45) of its height
_SAME = 1e-13  # change of a correlation that is none
_STEPS = 100
_LONGEST = 0.75  # step on Fisher's z
_START = 0.9
_NEAR, _FLAT = 0.9, 1e-12  # a likelihood that differs by less for each answer is flat
_LIKELY = 1e-14  # probability below which a cell has no digits
_SMALL = 1e-10  # change of a parameter of the joint estimate that is none


@dataclass(frozen=True, eq=False)
class Pairs:
    """Tables of pairs and the thresholds of both variables."""

    counts: Array  # (P, A, A)
    a: Array  # (P, A - 1) thresholds of the rows
    b: Array  # (P, A - 1) thresholds of the columns

    def take(self, which: Places) -> Pairs:
        """Only these pairs."""
        return Pairs(self.counts[which], self.a[which], self.b[which])


@dataclass(frozen=True, eq=False)
class Joint:
    """Joint estimates: correlations, thresholds of each pair, standard errors of the correlations."""

    rho: Array  # (P,)
    pairs: Pairs
    se: Array  # (P,)
    converged: Array  # (P,)


@dataclass(frozen=True, eq=False)
class Influence:
    """What one answer adds to the estimates; the last level is that of no answer.

    Weights are the influence divided by the number of answers, so that the sum over the rows of their products is the
    covariance matrix of the estimates.
    """

    thresholds: tuple[Array, ...]  # for each variable (levels + 1, levels - 1)
    correlations: Array  # (P, A + 1, A + 1)


def thresholds(margin: Array) -> Array:
    """Where the normal distribution is cut so that its parts are the shares of the levels (..., A)."""
    share = np.cumsum(margin, axis=-1)[..., :-1] / margin.sum(axis=-1, keepdims=True)
    return np.asarray(np.clip(special.ndtri(share), -FAR, FAR))


def cells(pairs: Pairs, rho: Array) -> Array:
    """Probability of every cell (P, A, A); relative precision where an answer lies in an unlikely cell."""
    found = _rectangles(below, pairs, rho, special.ndtr(pairs.a), special.ndtr(pairs.b), 1.0)
    thin = np.nonzero((found < _THIN) & (pairs.counts > 0))
    if len(thin[0]):
        found[thin] = _unlikely(pairs, rho, thin)
    return np.maximum(found, _FLOOR)


def two_step(pairs: Pairs) -> Array:
    """Correlations that maximise the likelihood with the thresholds as they are; beyond `EDGE` they are +-1.

    Newton on Fisher's z inside a bracket of the slope's sign.
    """
    rho = np.clip(_scored(pairs.counts), -_START, _START)
    low, high = np.full_like(rho, -EDGE), np.full_like(rho, EDGE)
    left: Places = np.arange(len(rho), dtype=np.intp)
    for _ in range(_STEPS):
        if not len(left):
            break
        here = rho[left]
        slope, curve = _slopes(pairs.take(left), here)
        low[left] = np.where(slope >= 0, here, low[left])
        high[left] = np.where(slope <= 0, here, high[left])
        moved = _newton(here, slope, curve)
        inside = (moved > low[left]) & (moved < high[left])
        moved = np.where(inside, moved, (low[left] + high[left]) / 2)
        moved = np.where(slope == 0, here, moved)
        rho[left] = moved
        left = left[np.abs(moved - here) > _SAME]
    return np.where(_at_edge(pairs, rho), np.sign(rho), rho)


def influence(pairs: Pairs, rho: Array, margins: tuple[Array, ...], at: tuple[Places, Places]) -> Influence:
    """Influence of every answer on thresholds and, with those taken into account, on the two-step correlations.

    `margins` counts the answers to each variable, `at` says which two variables each pair holds.
    """
    size = pairs.counts.shape[1]
    own = tuple(_threshold_weights(margin) for margin in margins)
    padded = np.zeros((len(own), size + 1, size - 1))
    for place, weights in enumerate(own):
        padded[place, : len(weights) - 1, : weights.shape[1]] = weights[:-1]
    p = cells(pairs, rho)
    held = pairs.counts > 0
    score = _ratio(_rectangles(joint_density, pairs, rho), p, held)
    information = (pairs.counts * score**2).sum(axis=(1, 2))
    weighted = _ratio(pairs.counts * score, p, held)
    down, across = _threshold_slopes(pairs, rho)
    on_a = (down * (weighted[:, :-1, :] - weighted[:, 1:, :])).sum(axis=2)
    on_b = (across * (weighted[:, :, :-1] - weighted[:, :, 1:])).sum(axis=1)
    found = np.zeros((len(rho), size + 1, size + 1))
    found[:, :-1, :-1] = score
    found -= np.einsum("pt,plt->pl", on_a, padded[at[0]])[:, :, None]
    found -= np.einsum("pt,plt->pl", on_b, padded[at[1]])[:, None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        return Influence(own, found / information[:, None, None])


def variances(pairs: Pairs, found: Influence, margins: tuple[Array, ...], at: tuple[Places, Places]) -> Array:
    """Squared standard errors of the correlations, from the tables alone; answers to one of the two count too."""
    counts, size = pairs.counts, pairs.counts.shape[1]
    full = np.zeros((len(margins), size))
    for place, margin in enumerate(margins):
        full[place, : len(margin)] = margin
    whole = np.zeros((len(counts), size + 1, size + 1))
    whole[:, :-1, :-1] = counts
    whole[:, :-1, -1] = np.maximum(full[at[0]] - counts.sum(axis=2), 0.0)
    whole[:, -1, :-1] = np.maximum(full[at[1]] - counts.sum(axis=1), 0.0)
    return np.asarray((whole * found.correlations**2).sum(axis=(1, 2)))


def joint(pairs: Pairs, rho: Array) -> Joint:
    """Maximum likelihood of correlation and thresholds together, from the two-step estimate.

    Fisher scoring with halved steps; every level of every table must hold an answer or be padding.
    """
    values = np.column_stack([pairs.a, pairs.b, np.clip(rho, -EDGE, EDGE)])
    now = _likelihood(pairs.counts, values)
    converged = np.zeros(len(values), dtype=bool)
    for _ in range(_STEPS):
        left = np.flatnonzero(~converged)
        if not len(left):
            break
        slope, information = _joint_slopes(pairs.counts[left], values[left])
        step = (np.linalg.pinv(information, hermitian=True) @ slope[:, :, None])[:, :, 0]
        before = now[left]
        values[left], now[left] = _halved(pairs.counts[left], values[left], step, before)
        still = (np.abs(step).max(axis=1) < _SMALL) | (now[left] - before <= _FLAT * np.abs(before))
        converged[left[still]] = True
    half = pairs.a.shape[1]
    found = Pairs(pairs.counts, values[:, :half], values[:, half:-1])
    edge = _at_edge(found, values[:, -1])
    information = _joint_slopes(pairs.counts, values)[1]
    se = np.sqrt(np.linalg.pinv(information, hermitian=True)[:, -1, -1])
    return Joint(np.where(edge, np.sign(rho), values[:, -1]), found, se, converged | edge)


def _rectangles(
    function: Callable[[Array, Array, Array], Array],
    pairs: Pairs,
    rho: Array,
    edge_a: Array | float = 0.0,
    edge_b: Array | float = 0.0,
    corner: float = 0.0,
) -> Array:
    """Mixed differences of a function of (h, k, rho) between thresholds; `edge_…` is its value at infinity."""
    size = pairs.counts.shape[1]
    grid = np.zeros((len(rho), size + 1, size + 1))
    grid[:, 1:-1, 1:-1] = function(pairs.a[:, :, None], pairs.b[:, None, :], rho[:, None, None])
    grid[:, 1:-1, -1], grid[:, -1, 1:-1], grid[:, -1, -1] = edge_a, edge_b, corner
    return np.asarray(np.diff(np.diff(grid, axis=1), axis=2))


def _at_edge(pairs: Pairs, rho: Array) -> Array:
    """Where the likelihood does not fall on the way to a correlation of one."""
    near: Places = np.flatnonzero(np.abs(rho) > _NEAR)
    found = np.zeros(len(rho), dtype=bool)
    if len(near):
        some, here = pairs.take(near), rho[near]
        there = _log_likelihood(some, np.sign(here) * EDGE)
        # an answer in a cell that a correlation of one forbids keeps the estimate inside
        forbidden = (cells(some, np.sign(here) * EDGE) < _THIN) & (some.counts > 0)
        there = np.where(forbidden.any(axis=(1, 2)), -np.inf, there)
        flat = there >= _log_likelihood(some, here) - _FLAT * some.counts.sum(axis=(1, 2))
        found[near] = flat | ((np.abs(here) >= EDGE) & ~forbidden.any(axis=(1, 2)))
    return found


def _log_likelihood(pairs: Pairs, rho: Array) -> Array:
    return np.asarray((pairs.counts * np.log(cells(pairs, rho))).sum(axis=(1, 2)))


def _unlikely(pairs: Pairs, rho: Array, at: tuple[Places, ...]) -> Array:
    """Probabilities of cells that differences of `below` would lose in rounding, by quadrature of logarithms.

    P = integral of phi(x) (Phi(upper) - Phi(lower)) over the level of x, where the integrand is log-concave: the nodes
    close in on the part that counts.
    """
    pair, i, j = at
    wide_a = np.pad(pairs.a, ((0, 0), (1, 1)), constant_values=(-FAR, FAR))
    wide_b = np.pad(pairs.b, ((0, 0), (1, 1)), constant_values=(-FAR, FAR))
    start, end = wide_a[pair, i], wide_a[pair, i + 1]
    lower, upper, r = wide_b[pair, j][:, None], wide_b[pair, j + 1][:, None], rho[pair][:, None]
    spread = np.sqrt((1 - r) * (1 + r))

    def logarithm(x: Array) -> Array:
        low, high = (lower - r * x) / spread, (upper - r * x) / spread
        flip = low > 0  # the upper tail is as exact as the lower one
        near, far = special.log_ndtr(np.where(flip, -low, high)), special.log_ndtr(np.where(flip, -high, low))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(near + np.log1p(-np.exp(far - near)) - 0.5 * x * x - 0.5 * np.log(2 * np.pi))

    share = np.linspace(0, 1, _NODES)
    for _ in range(_ZOOMS):
        x = start[:, None] + (end - start)[:, None] * share
        height = logarithm(x)
        counts = height > height.max(axis=1, keepdims=True) - _DEEP
        first, last = counts.argmax(axis=1), _NODES - 1 - counts[:, ::-1].argmax(axis=1)
        rows = np.arange(len(x))
        start, end = x[rows, np.maximum(first - 1, 0)], x[rows, np.minimum(last + 1, _NODES - 1)]
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    half = (end - start) / 2
    height = logarithm(start[:, None] + half[:, None] * (nodes + 1))
    return np.asarray(half * (np.exp(height) @ weights))


def _slopes(pairs: Pairs, rho: Array) -> tuple[Array, Array]:
    """First and second derivative of the log likelihood in rho."""
    p, held = cells(pairs, rho), pairs.counts > 0
    first = _ratio(_rectangles(joint_density, pairs, rho), p, held)
    second = _ratio(_rectangles(density_slope, pairs, rho), p, held)
    slope, curve = (pairs.counts * first).sum(axis=(1, 2)), (pairs.counts * (second - first**2)).sum(axis=(1, 2))
    beyond = (held & (p <= 10 * _FLOOR)).any(axis=(1, 2))  # an answer that this correlation forbids: back
    return np.where(beyond, -np.sign(rho), slope), np.where(beyond, 0.0, curve)


def _ratio(above: Array, p: Array, held: npt.NDArray[np.bool_]) -> Array:
    """Quotients where there are answers."""
    return np.divide(above, p, out=np.zeros_like(p), where=held)


def _newton(rho: Array, slope: Array, curve: Array) -> Array:
    """One step on Fisher's z; not a number where the likelihood is not concave."""
    rest = (1 - rho) * (1 + rho)
    slope_z, curve_z = slope * rest, curve * rest**2 - 2 * rho * slope * rest
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(curve_z < 0, -slope_z / curve_z, np.nan)
    return np.asarray(np.tanh(np.arctanh(rho) + np.clip(step, -_LONGEST, _LONGEST)))


def _scored(counts: Array) -> Array:
    """Pearson correlation of the places of the levels: where the search starts."""
    score = np.arange(counts.shape[1], dtype=np.float64)
    n = np.maximum(counts.sum(axis=(1, 2)), 1.0)
    rows, columns = counts.sum(axis=2), counts.sum(axis=1)
    mean_a, mean_b = rows @ score / n, columns @ score / n
    cross = np.einsum("pij,i,j->p", counts, score, score) / n - mean_a * mean_b
    spread = (rows @ score**2 / n - mean_a**2) * (columns @ score**2 / n - mean_b**2)
    return np.asarray(np.divide(cross, np.sqrt(spread), out=np.zeros_like(cross), where=spread > 0))


def _threshold_slopes(pairs: Pairs, rho: Array) -> tuple[Array, Array]:
    """Slope of the probability below each threshold within the levels of the other: (P, A - 1, A), (P, A, A - 1)."""
    spread = np.sqrt((1 - rho) * (1 + rho))[:, None, None]
    a, b, r = pairs.a[:, :, None], pairs.b[:, None, :], rho[:, None, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        given_a = special.ndtr((b - r * a) / spread)
        given_b = special.ndtr((a - r * b) / spread)
    down = density(a) * np.diff(given_a, axis=2, prepend=0.0, append=1.0)
    across = density(b) * np.diff(given_b, axis=1, prepend=0.0, append=1.0)
    return down, across


def _threshold_weights(margin: Array) -> Array:
    """Influence of each level on each threshold, divided by the number of answers; nothing for no answer."""
    n, size = margin.sum(), len(margin)
    cut = thresholds(margin)
    lower = np.arange(size)[:, None] <= np.arange(size - 1)[None, :]
    weights = np.zeros((size + 1, size - 1))
    weights[:-1] = (lower - np.cumsum(margin)[:-1] / n) / (density(cut) * n)
    return weights


def _likelihood(counts: Array, values: Array) -> Array:
    """Log likelihood of joint parameters; none where thresholds are out of order."""
    half = counts.shape[1] - 1
    pairs, rho = Pairs(counts, values[:, :half], values[:, half:-1]), values[:, -1]
    ordered = (np.diff(pairs.a, axis=1) >= 0).all(axis=1) & (np.diff(pairs.b, axis=1) >= 0).all(axis=1)
    possible = ordered & (np.abs(rho) < 1)
    return np.where(possible, _log_likelihood(pairs, np.clip(rho, -EDGE, EDGE)), -np.inf)


def _joint_slopes(counts: Array, values: Array) -> tuple[Array, Array]:
    """Slope (P, 2A - 1) and expected information of thresholds and correlation; padding has information one."""
    half = counts.shape[1] - 1
    pairs, rho = Pairs(counts, values[:, :half], values[:, half:-1]), values[:, -1]
    p = cells(pairs, rho)
    down, across = _threshold_slopes(pairs, rho)
    along = np.zeros((*counts.shape, values.shape[1]))  # slope of each cell in each parameter
    for t in range(half):
        along[:, t, :, t] = down[:, t]
        along[:, t + 1, :, t] = -down[:, t]
        along[:, :, t, half + t] = across[:, :, t]
        along[:, :, t + 1, half + t] = -across[:, :, t]
    along[..., -1] = _rectangles(joint_density, pairs, rho)
    slope = np.einsum("pij,pijt->pt", _ratio(counts, p, counts > 0), along)
    likely = p > _LIKELY  # the others have next to no part in what is expected, and p no digits
    expected = _ratio(np.broadcast_to(counts.sum(axis=(1, 2))[:, None, None], p.shape), p, likely)
    information = np.einsum("pijt,pij,pijs->pts", along, expected, along)
    place = np.arange(values.shape[1])
    padding = information[:, place, place] == 0
    information[:, place, place] += padding
    return slope, information


def _halved(counts: Array, values: Array, step: Array, before: Array) -> tuple[Array, Array]:
    """The step, halved for the pairs whose likelihood it would lower."""
    share = np.ones(len(values))
    for _ in range(30):
        moved = values + share[:, None] * step
        after = _likelihood(counts, moved)
        worse = after < before - 1e-9 * np.abs(before)
        if not worse.any():
            break
        share = np.where(worse, share / 2, share)
    return np.where(worse[:, None], values, moved), np.where(worse, before, after)
