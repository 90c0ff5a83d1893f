"""Rotating loadings: varimax, quartimax, oblimin (gamma 0), geomin and promax, with or without Kaiser's normalisation.

References
----------
Kaiser, H. F. (1958). Psychometrika, 23, 187-200. Jennrich, R. I. (2002). A simple general method for oblique rotation.
Psychometrika, 67, 7-20. Browne, M. W. (2001). An overview of analytic rotation in exploratory factor analysis.
Multivariate Behavioral Research, 36, 111-150. Hendrickson, A. E., & White, P. O. (1964). British Journal of Statistical
Psychology, 17, 65-70. R: ``stats::varimax``, ``GPArotation::quartimax``, ``GPArotation::oblimin``,
``GPArotation::geominQ``, ``psych::Promax``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from math import atan2, cos, sin
from typing import TypeAlias

import numpy as np

from .rows import Array

#: Value of a criterion at some loadings, and its slope in them.
Criterion: TypeAlias = Callable[[Array], tuple[float, Array]]

_STEPS = 5000
_OBLIMIN = 1e-5  # length of the projected gradient at which GPArotation stops
_VARIMAX = 1e-5  # growth of the criterion at which R's varimax stops
_BETTER = 1e-3  # relative gain beyond what stopping early costs: another solution altogether
_SWEEPS, _STILL = 500, 1e-10
_POWER = 4  # promax's target: loadings to this power
_EPSILON = 0.01  # geomin's, as in GPArotation: added to squared loadings so that one of zero is no pit
_SEED = 20020301  # random starts are the same at every run


@dataclass(frozen=True, eq=False)
class Rotated:
    """Rotated loadings and the correlations of the factors; how many starts were tried and how many ended here."""

    loadings: Array  # (items, factors)
    phi: Array  # (factors, factors)
    converged: bool
    starts: int = 1
    agreed: int = 1


def rotate(loadings: Array, kind: str, kaiser: bool, starts: int = 0) -> Rotated:
    """Rotate; with Kaiser's normalisation every item has the same weight.

    `starts` counts the random ones that oblimin and geomin try beside no rotation and varimax.
    """
    if kind == "none" or loadings.shape[1] == 1:
        return Rotated(loadings, np.eye(loadings.shape[1]), True)
    length = np.sqrt((loadings**2).sum(axis=1)) if kaiser else np.ones(len(loadings))
    length = np.where(length > 0, length, 1.0)
    found = _turned(loadings / length[:, None], kind, starts)
    return replace(found, loadings=found.loadings * length[:, None])


def _turned(a: Array, kind: str, starts: int) -> Rotated:
    return _oblique(a, _CRITERIA[kind], starts) if kind in _CRITERIA else _CLOSED[kind](a)


def ordered(found: Rotated) -> Rotated:
    """Factors by the variance that they carry, each with a positive sum of loadings."""
    carried = np.diag(found.phi @ found.loadings.T @ found.loadings)
    by = np.argsort(-carried, kind="stable")
    sign = np.where(found.loadings[:, by].sum(axis=0) < 0, -1.0, 1.0)
    phi = found.phi[np.ix_(by, by)] * np.outer(sign, sign)
    return replace(found, loadings=found.loadings[:, by] * sign, phi=phi)


def _varimax(a: Array) -> Rotated:
    """Orthogonal rotation with the largest variance of squared loadings.

    R's path by singular values; it can rest on a saddle (two equal bundles of items), where plane rotations go on.
    """
    turn, converged = _singular_turn(a)
    planes, _ = _plane_turn(a)
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


def _quartimax(a: Array) -> Rotated:
    """Orthogonal rotation with the largest sum of fourth powers: items on as few factors as may be."""
    turn, settled = _plane_turn(a, 0.0)
    return Rotated(a @ turn, np.eye(a.shape[1]), settled)


def _plane_turn(a: Array, gamma: float = 1.0) -> tuple[Array, bool]:
    """Rotation by Kaiser's planes: each pair of factors to its best angle, until none moves.

    `gamma` is the orthomax weight of the factors' means: 1 for varimax, 0 for quartimax.
    """
    items, k = a.shape
    turn = np.eye(k)
    for _ in range(_SWEEPS):
        largest = 0.0
        for i, j in combinations(range(k), 2):
            x, y = (a @ turn[:, [i, j]]).T
            u, v = x**2 - y**2, 2 * x * y
            across = 2 * float(u @ v) - 2 * gamma * float(u.sum() * v.sum()) / items
            along = float(u @ u - v @ v) - gamma * float(u.sum() ** 2 - v.sum() ** 2) / items
            angle = atan2(across, along) / 4
            largest = max(largest, abs(angle))
            c, s = cos(angle), sin(angle)
            turn[:, [i, j]] = turn[:, [i, j]] @ np.array([[c, -s], [s, c]])
        if largest < _STILL:
            return turn, True
    return turn, False


def _oblique(a: Array, criterion: Criterion, starts: int) -> Rotated:
    """The lowest of several descents; from no rotation as R's unless another start ends clearly lower."""
    ends = [_descent(a, turn, criterion) for turn in _starts(a, starts)]
    lowest, found = ends[0]
    for value, other in ends[1:]:
        if value < lowest * (1 - _BETTER) - _BETTER**2:
            lowest, found = value, other
    agreed = sum(value <= lowest * (1 + _BETTER) + _BETTER**2 for value, _ in ends)
    return replace(found, starts=len(ends), agreed=agreed)


def _starts(a: Array, random: int) -> Iterator[Array]:
    """No rotation, varimax, and random orthogonal ones."""
    k = a.shape[1]
    yield np.eye(k)
    yield _plane_turn(a)[0]
    rng = np.random.default_rng(_SEED)
    for _ in range(random):
        yield np.linalg.qr(rng.standard_normal((k, k)))[0]


def _descent(a: Array, turn: Array, criterion: Criterion) -> tuple[float, Rotated]:
    """Gradient projection over oblique rotations (Jennrich), and the criterion where it ends."""
    step = 1.0
    loadings = a @ np.linalg.inv(turn).T
    f, slope = criterion(loadings)
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
            new_loadings = a @ np.linalg.inv(moved).T
            new, new_slope = criterion(new_loadings)
            if new < f - 0.5 * size**2 * step:
                break
            step /= 2
        if not new < f:
            return f, Rotated(loadings, turn.T @ turn, size < 10 * _OBLIMIN)  # no lower value within rounding
        turn, f, loadings, slope = moved, new, new_loadings, new_slope
    return f, Rotated(loadings, turn.T @ turn, False)


def _quartimin(loadings: Array) -> tuple[float, Array]:
    """Oblimin with gamma 0: products of the squared loadings of an item."""
    squares = loadings**2
    crossed = squares.sum(axis=1, keepdims=True) - squares
    return float(np.sum(squares * crossed)) / 4, loadings * crossed


def _geomin(loadings: Array) -> tuple[float, Array]:
    """Geometric mean of the squared loadings of each item, summed."""
    squares = loadings**2 + _EPSILON
    mean = np.exp(np.log(squares).mean(axis=1, keepdims=True))
    return float(mean.sum()), 2 / loadings.shape[1] * loadings / squares * mean


def _promax(a: Array) -> Rotated:
    """Varimax, then the oblique rotation nearest to its loadings to the fourth power."""
    start = _varimax(a)
    z = start.loadings
    target = z * np.abs(z) ** (_POWER - 1)
    turn = np.linalg.lstsq(z, target, rcond=None)[0]
    turn = turn * np.sqrt(np.diag(np.linalg.inv(turn.T @ turn)))
    inverse = np.linalg.inv(turn)
    return Rotated(z @ turn, inverse @ inverse.T, start.converged)


_CRITERIA: dict[str, Criterion] = {"oblimin": _quartimin, "geomin": _geomin}
_CLOSED: dict[str, Callable[[Array], Rotated]] = {"varimax": _varimax, "quartimax": _quartimax, "promax": _promax}
ROTATIONS = ("none", *_CLOSED, *_CRITERIA)
ORTHOGONAL = ("none", "varimax", "quartimax")
