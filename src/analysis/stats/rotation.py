"""Rotating loadings: varimax, oblimin (gamma 0) and promax, with or without Kaiser's normalisation.

References
----------
Kaiser, H. F. (1958). Psychometrika, 23, 187-200. Jennrich, R. I. (2002). A simple general method for oblique rotation.
Psychometrika, 67, 7-20. Hendrickson, A. E., & White, P. O. (1964). British Journal of Statistical Psychology, 17,
65-70. R: ``stats::varimax``, ``GPArotation::oblimin``, ``psych::Promax``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import atan2, cos, sin

import numpy as np

from .rows import Array

_STEPS = 5000
_OBLIMIN = 1e-5  # length of the projected gradient at which GPArotation stops
_VARIMAX = 1e-5  # growth of the criterion at which R's varimax stops
_BETTER = 1e-3  # relative gain beyond what stopping early costs: another solution altogether
_SWEEPS, _STILL = 500, 1e-10
_POWER = 4  # promax's target: loadings to this power


@dataclass(frozen=True, eq=False)
class Rotated:
    """Rotated loadings and the correlations of the factors."""

    loadings: Array  # (items, factors)
    phi: Array  # (factors, factors)
    converged: bool


def rotate(loadings: Array, kind: str, kaiser: bool) -> Rotated:
    """Rotate; with Kaiser's normalisation every item has the same weight."""
    if kind == "none" or loadings.shape[1] == 1:
        return Rotated(loadings, np.eye(loadings.shape[1]), True)
    length = np.sqrt((loadings**2).sum(axis=1)) if kaiser else np.ones(len(loadings))
    length = np.where(length > 0, length, 1.0)
    found = _KINDS[kind](loadings / length[:, None])
    return Rotated(found.loadings * length[:, None], found.phi, found.converged)


def ordered(found: Rotated) -> Rotated:
    """Factors by the variance that they carry, each with a positive sum of loadings."""
    carried = np.diag(found.phi @ found.loadings.T @ found.loadings)
    by = np.argsort(-carried, kind="stable")
    sign = np.where(found.loadings[:, by].sum(axis=0) < 0, -1.0, 1.0)
    phi = found.phi[np.ix_(by, by)] * np.outer(sign, sign)
    return Rotated(found.loadings[:, by] * sign, phi, found.converged)


def _varimax(a: Array) -> Rotated:
    """Orthogonal rotation with the largest variance of squared loadings.

    R's path by singular values; it can rest on a saddle (two equal bundles of items), where plane rotations go on.
    """
    turn, converged = _singular_turn(a)
    planes = _plane_turn(a)
    if _spread(a @ planes) > _spread(a @ turn) * (1 + _BETTER) + _BETTER**2:
        turn, converged = planes, True
    return Rotated(a @ turn, np.eye(a.shape[1]), converged)


def _spread(z: Array) -> float:
    """Kaiser's criterion: variance of the squared loadings within each factor, summed."""
    return float((z**2).var(axis=0).sum())


def _singular_turn(a: Array) -> tuple[Array, bool]:
    """Rotation as in `stats::varimax`, and whether it settled."""
    items, k = a.shape
    turn = np.eye(k)
    before = 0.0
    for _ in range(_STEPS):
        z = a @ turn
        u, s, v = np.linalg.svd(a.T @ (z**3 - z * (z**2).sum(axis=0) / items))
        turn = u @ v
        if s.sum() < before * (1 + _VARIMAX):
            return turn, True
        before = float(s.sum())
    return turn, False


def _plane_turn(a: Array) -> Array:
    """Rotation by Kaiser's planes: each pair of factors to its best angle, until none moves."""
    items, k = a.shape
    turn = np.eye(k)
    for _ in range(_SWEEPS):
        largest = 0.0
        for i, j in combinations(range(k), 2):
            x, y = (a @ turn[:, [i, j]]).T
            u, v = x**2 - y**2, 2 * x * y
            across = 2 * float(u @ v) - 2 * float(u.sum() * v.sum()) / items
            along = float(u @ u - v @ v) - float(u.sum() ** 2 - v.sum() ** 2) / items
            angle = atan2(across, along) / 4
            largest = max(largest, abs(angle))
            c, s = cos(angle), sin(angle)
            turn[:, [i, j]] = turn[:, [i, j]] @ np.array([[c, -s], [s, c]])
        if largest < _STILL:
            break
    return turn


def _oblimin(a: Array) -> Rotated:
    """Quartimin (gamma 0): small products of squared loadings; from no rotation as R's, or from varimax if better."""
    f, found = _descent(a, np.eye(a.shape[1]))
    other, elsewhere = _descent(a, _plane_turn(a))
    return elsewhere if other < f * (1 - _BETTER) - _BETTER**2 else found


def _descent(a: Array, turn: Array) -> tuple[float, Rotated]:
    """Gradient projection over oblique rotations (Jennrich), and the criterion where it ends."""
    step = 1.0
    f, loadings, slope = _quartimin(a, turn)
    for _ in range(_STEPS):
        gradient = -(loadings.T @ slope @ np.linalg.inv(turn)).T
        projected = gradient - turn * (turn * gradient).sum(axis=0)
        size = float(np.sqrt((projected**2).sum()))
        if size < _OBLIMIN:
            return f, Rotated(loadings, turn.T @ turn, True)
        step *= 2
        for _ in range(11):
            moved = turn - step * projected
            moved = moved / np.sqrt((moved**2).sum(axis=0))
            new, new_loadings, new_slope = _quartimin(a, moved)
            if new < f - 0.5 * size**2 * step:
                break
            step /= 2
        if not new < f:
            return f, Rotated(loadings, turn.T @ turn, size < 10 * _OBLIMIN)  # no lower value within rounding
        turn, f, loadings, slope = moved, new, new_loadings, new_slope
    return f, Rotated(loadings, turn.T @ turn, False)


def _quartimin(a: Array, turn: Array) -> tuple[float, Array, Array]:
    """Criterion, loadings and its slope in the loadings."""
    loadings = a @ np.linalg.inv(turn).T
    squares = loadings**2
    crossed = squares.sum(axis=1, keepdims=True) - squares
    return float(np.sum(squares * crossed)) / 4, loadings, loadings * crossed


def _promax(a: Array) -> Rotated:
    """Varimax, then the oblique rotation nearest to its loadings to the fourth power."""
    start = _varimax(a)
    z = start.loadings
    target = z * np.abs(z) ** (_POWER - 1)
    turn = np.linalg.lstsq(z, target, rcond=None)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    inverse = np.linalg.inv(turn)
    return Rotated(z @ turn, inverse @ inverse.T, start.converged)


_KINDS: dict[str, Callable[[Array], Rotated]] = {"varimax": _varimax, "oblimin": _oblimin, "promax": _promax}
ROTATIONS = ("none", *_KINDS)
