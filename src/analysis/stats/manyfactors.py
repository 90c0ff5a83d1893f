"""Factors of many correlation matrices at once, for resampling: minres and maximum likelihood by Newton's steps.

The minima are those of `extraction`; exact second derivatives make a step cheap enough for thousands of matrices, each
step one batch of eigenvalues.

References
----------
Clarke, M. R. B. (1970). A rapidly convergent method for maximum-likelihood factor analysis. British Journal of
Mathematical and Statistical Psychology, 23, 43-52. Jennrich, R. I. (2002). A simple general method for oblique
rotation. Psychometrika, 67, 7-20.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from .rows import Array

LEAST = 0.005  #: uniqueness, at least: the bound of psych and factanal
_STEPS, _FLAT = 200, 1e-9  # length of the gradient over the free uniquenesses
_TURNS, _STILL = 2000, 1e-5  # length of the projected gradient at which GPArotation stops
_HALVINGS = 25
_TIED = 1e-10  # distance of two eigenvalues that are equal

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Loadings:
    """Unrotated loadings of a batch, in the order of their eigenvalues, and whether each reached its minimum."""

    loadings: Array  # (b, items, factors)
    converged: Flags  # (b,)


@dataclass(frozen=True, eq=False)
class Turned:
    """Oblique loadings and factor correlations of a batch."""

    loadings: Array  # (b, items, factors)
    phi: Array  # (b, factors, factors)
    converged: Flags  # (b,)


@dataclass(frozen=True, eq=False)
class _Point:
    """Objective, slope and curvature in the parameters; `safe` is a curvature that is never negative."""

    value: Array  # (b,)
    slope: Array  # (b, items)
    curvature: Array  # (b, items, items)
    safe: Array  # (b, items, items)


def extract_many(corr: Array, k: int, method: Literal["minres", "ml"]) -> Loadings:
    """Unrotated loadings of `k` factors of every matrix of a batch (b, items, items), all positive definite."""
    items = corr.shape[-1]
    smc = 1 - 1 / np.diagonal(np.linalg.inv(corr), axis1=1, axis2=2)
    start = np.clip((1 - 0.5 * k / items) * (1 - smc), LEAST, 1.0)
    if method == "ml":  # over log uniquenesses
        found, converged = _newton(
            lambda t, s: _likelihood(s, np.exp(t), k),
            lambda t, s: _discrepancy(s, np.exp(t), k),
            np.log(start),
            corr,
            (float(np.log(LEAST)), 0.0),
        )
        psi = np.exp(found)
        root = np.sqrt(psi)
        values, vectors = np.linalg.eigh(corr / (root[:, :, None] * root[:, None, :]))
        strength = np.sqrt(np.maximum(values[:, ::-1][:, :k] - 1, 0.0))
        return Loadings(root[:, :, None] * vectors[:, :, ::-1][:, :, :k] * strength[:, None, :], converged)
    psi, converged = _newton(lambda p, s: _squares(s, p, k), lambda p, s: _leftover(s, p, k), start, corr, (LEAST, 1.0))
    values, vectors = np.linalg.eigh(corr - _diagonal(psi))
    strength = np.sqrt(np.maximum(values[:, ::-1][:, :k], 0.0))
    return Loadings(vectors[:, :, ::-1][:, :, :k] * strength[:, None, :], converged)


def oblimin_many(loadings: Array, target: Array) -> Turned:
    """Quartimin from the rotation of each that comes nearest to `target` (items, factors)."""
    turn = np.swapaxes(np.linalg.inv(np.linalg.pinv(loadings) @ target), 1, 2)
    turn = turn / np.sqrt((turn**2).sum(axis=1, keepdims=True))
    step, settled = np.ones(len(turn)), np.zeros(len(turn), dtype=bool)
    value, pattern, slope = _quartimin(loadings, turn)
    for _ in range(_TURNS):
        at = np.flatnonzero(~settled)
        gradient = -np.swapaxes(np.swapaxes(pattern[at], 1, 2) @ slope[at] @ np.linalg.inv(turn[at]), 1, 2)
        projected = gradient - turn[at] * (turn[at] * gradient).sum(axis=1, keepdims=True)
        size = np.sqrt((projected**2).sum(axis=(1, 2)))
        settled[at] = size < _STILL
        going = ~settled[at]
        if not going.any():
            break
        at, projected, size = at[going], projected[going], size[going]
        moved = turn[at] - step[at, None, None] * projected
        moved = moved / np.sqrt((moved**2).sum(axis=1, keepdims=True))
        new, new_pattern, new_slope = _quartimin(loadings[at], moved)
        better = new < value[at] - 0.5 * size**2 * step[at]
        step[at] = np.where(better, 2 * step[at], step[at] / 2)
        up = at[better]
        turn[up], value[up], pattern[up], slope[up] = moved[better], new[better], new_pattern[better], new_slope[better]
    return Turned(pattern, np.swapaxes(turn, 1, 2) @ turn, settled)


def _quartimin(a: Array, turn: Array) -> tuple[Array, Array, Array]:
    pattern = a @ np.swapaxes(np.linalg.inv(turn), 1, 2)
    squares = pattern**2
    crossed = squares.sum(axis=2, keepdims=True) - squares
    return (squares * crossed).sum(axis=(1, 2)) / 4, pattern, pattern * crossed


def _newton(
    at: Callable[[Array, Array], _Point],
    height: Callable[[Array, Array], Array],
    start: Array,
    corr: Array,
    bounds: tuple[float, float],
) -> tuple[Array, Flags]:
    """Minima between two bounds; each member of the batch goes on until its own slope is flat."""
    least, most = bounds
    x, done = start.copy(), np.zeros(len(start), dtype=bool)
    for _ in range(_STEPS):
        going = np.flatnonzero(~done)
        if not len(going):
            break
        here = at(x[going], corr[going])
        held = ((x[going] <= least) & (here.slope > 0)) | ((x[going] >= most) & (here.slope < 0))
        slope = np.where(held, 0.0, here.slope)
        done[going] = np.abs(slope).max(axis=1) < _FLAT
        step = _direction(here, slope, held)
        moved, failed = _searched(height, x[going], corr[going], here.value, step, bounds)
        x[going] = np.where(done[going, None], x[going], moved)
        done[going] |= failed
    last = at(x, corr)
    free = ~(((x <= least) & (last.slope > 0)) | ((x >= most) & (last.slope < 0)))
    return x, np.abs(np.where(free, last.slope, 0.0)).max(axis=1) < 1e-5


def _direction(here: _Point, slope: Array, held: Flags) -> Array:
    """Newton's step over the free parameters; by the safe curvature where the exact one is not positive."""
    free = ~held
    both = free[:, :, None] & free[:, None, :]
    one = np.eye(slope.shape[1])
    exact = np.where(both, here.curvature, one)
    safe = np.where(both, here.safe, one) + 1e-10 * one
    floor = 1e-6 * np.abs(np.diagonal(safe, axis1=1, axis2=2)).max(axis=1)
    positive = np.linalg.eigvalsh(exact)[:, 0] > floor
    chosen = np.where(positive[:, None, None], exact, safe + floor[:, None, None] * one)
    return np.asarray(np.linalg.solve(chosen, slope[:, :, None])[:, :, 0])


def _searched(
    height: Callable[[Array, Array], Array],
    x: Array,
    corr: Array,
    value: Array,
    step: Array,
    bounds: tuple[float, float],
) -> tuple[Array, Flags]:
    """The step, halved until the objective is no larger; those that find nothing stay where they are."""
    moved, length = x.copy(), np.ones(len(x))
    waiting = np.ones(len(x), dtype=bool)
    for _ in range(_HALVINGS):
        some = np.flatnonzero(waiting)
        if not len(some):
            break
        tried = np.clip(x[some] - length[some, None] * step[some], *bounds)
        good = height(tried, corr[some]) <= value[some] + 1e-15 * (1 + np.abs(value[some]))
        moved[some[good]] = tried[good]
        waiting[some[good]] = False
        length[some] /= 2
    return moved, waiting


def _likelihood(corr: Array, psi: Array, k: int) -> _Point:
    """Maximum likelihood, concentrated on log uniquenesses."""
    root = np.sqrt(psi)
    values, axes = np.linalg.eigh(corr / (root[:, :, None] * root[:, None, :]))
    values = np.maximum(values, 1e-300)
    left, used = values[:, :-k], values[:, -k:]
    safe = 0.5 * (left[:, :, None] + left[:, None, :])
    across = (left - 1)[:, :, None] * (left[:, :, None] + used[:, None, :]) * _apart(left, used)
    slope = np.einsum("bim,bm->bi", axes[:, :, :-k] ** 2, 1 - left)
    return _point((left - np.log(left) - 1).sum(axis=1), slope, axes, safe, across)


def _discrepancy(corr: Array, psi: Array, k: int) -> Array:
    """The likelihood's objective alone."""
    root = np.sqrt(psi)
    left = np.maximum(np.linalg.eigvalsh(corr / (root[:, :, None] * root[:, None, :]))[:, :-k], 1e-300)
    return np.asarray((left - np.log(left) - 1).sum(axis=1))


def _squares(corr: Array, psi: Array, k: int) -> _Point:
    """Minimum residual: half the sum of squares of the eigenvalues left over."""
    values, axes = np.linalg.eigh(corr - _diagonal(psi))
    left, used = values[:, :-k], values[:, -k:]
    across = 2 * left[:, :, None] * _apart(left, used)
    slope = -np.einsum("bim,bm->bi", axes[:, :, :-k] ** 2, left)
    safe = np.ones((len(psi), left.shape[1], left.shape[1]))
    return _point(0.5 * (left**2).sum(axis=1), slope, axes, safe, across)


def _leftover(corr: Array, psi: Array, k: int) -> Array:
    """The objective of minres alone."""
    return np.asarray(0.5 * (np.linalg.eigvalsh(corr - _diagonal(psi))[:, :-k] ** 2).sum(axis=1))


def _point(value: Array, slope: Array, axes: Array, safe: Array, across: Array) -> _Point:
    """Curvature: sum over pairs of axes m (left) and n of weight times w_im w_jm w_in w_jn."""
    rest = axes.shape[2] - across.shape[2]
    pairs = axes[:, :, None, :] * axes[:, None, :, :]
    left, used = pairs[..., :rest], pairs[..., rest:]
    among = np.einsum("bijm,bijm->bij", np.matmul(left, safe[:, None]), left)
    beside = np.einsum("bijn,bijn->bij", np.matmul(left, across[:, None]), used)
    return _Point(value, slope, among + beside, among)


def _apart(left: Array, used: Array) -> Array:
    """One over the distance of eigenvalues; 0 for equal ones, whose axes may turn freely."""
    gap = left[:, :, None] - used[:, None, :]
    return np.asarray(np.divide(1.0, gap, out=np.zeros_like(gap), where=np.abs(gap) > _TIED))


def _diagonal(values: Array) -> Array:
    return np.asarray(values[:, :, None] * np.eye(values.shape[1]))
