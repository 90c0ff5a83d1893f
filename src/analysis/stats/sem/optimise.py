"""The free parameters where the discrepancy is least: damped Fisher scoring, with BFGS behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize
from scipy.linalg import lapack

from ..rows import Array
from .machine import Machine, Point

_STEPS = 300
_DECREMENT = 1e-20  # of F: less is left to gain by another step
_CLOSE = 1e-3  # of F: less is left to gain where steps are Newton's
_ROUNDING = 1e-12  # a gain that F's own rounding hides
_LAST = 12  # steps at most from there
_DAMPED, _UNDAMPED, _GROWTH, _STUCK = 1e-3, 1e-6, 10.0, 1e6
_FLAT = 1e-7  # largest slope at which a point still counts as found
_HALVINGS = 40


@dataclass(frozen=True, eq=False)
class Optimum:
    """Where the search ended; `slope` is the largest derivative, each in the parameter's own scale."""

    theta: Array
    value: float
    slope: float
    steps: int
    converged: bool


def minimise(machine: Machine, start: Array, enough: float = _DECREMENT) -> Optimum:
    """The least discrepancy from these starting values; the search ends where a step would gain less than `enough`.

    Notes
    -----
    Each step solves (I + c diag I) d = -gradient / 2 with the expected information I, and is halved until F falls;
    c grows where steps fail and shrinks where they succeed (Levenberg and Marquardt). Close to the optimum c is zero
    and the step is Fisher's, or Newton's where answers are complete. Where that ends on a slope, BFGS goes on, and
    scoring polishes.
    """
    if not len(start):
        return Optimum(start, machine.value(start), 0.0, 0, True)
    found = _scoring(machine, start, enough)
    if not found.converged and np.isfinite(found.value) and enough == _DECREMENT:
        further = optimize.minimize(
            machine.value, found.theta, jac=machine.gradient, method="BFGS", options={"maxiter": 2000, "gtol": 1e-10}
        )
        polished = _scoring(machine, np.asarray(further.x, dtype=np.float64), enough)
        if polished.value <= found.value:
            return polished
    return found


def refit(machine: Machine, start: Array, back: Array, enough: float) -> Optimum:
    """The least discrepancy close to `start`, with one inverse information `back` for all steps.

    Good for data that are nearly those of `start` (a resample): steps need the gradient alone. Where they do not lead
    down, `minimise` goes on.
    """
    theta, before = start, np.inf
    for step in range(_STEPS):
        here = machine.at(theta)
        gradient = here.gradient
        gain = float(gradient @ back @ gradient) / 4
        if gain < enough:
            return Optimum(theta, here.value, float(np.abs(gradient).max()), step, True)
        if not gain < before:
            break
        theta, before = theta - back @ gradient / 2, gain
    return minimise(machine, start, enough)


def _scoring(machine: Machine, start: Array, enough: float) -> Optimum:
    here, damping, last = machine.at(start), _DAMPED, 0
    for step in range(_STEPS):
        gain = _gain(here.information, here.gradient)
        if gain < enough or damping > _STUCK or last == _LAST:
            return _ended(here, step)
        direction = _direction(here, gain, damping)
        if gain < _ROUNDING:  # F cannot tell the two points apart any more: the slope leads on
            here, last = machine.at(here.theta + direction), last + 1
            continue
        moved = _move(here, direction)
        if moved is None:
            damping = max(_GROWTH * damping, _DAMPED)
            continue
        here, size = moved
        damping = damping / _GROWTH if size == 1.0 else damping
        damping = 0.0 if damping < _UNDAMPED else damping
    return _ended(here, _STEPS)


def _direction(here: Point, gain: float, damping: float) -> Array:
    """Newton's step close to the optimum, where it costs little and leads down; else Fisher's, damped."""
    if gain < _CLOSE and damping < _DAMPED and here.machine.quick:
        found = _by_cholesky(here.observed, here.gradient)
        if found is not None:
            return -found / 2
    information = here.information
    if damping and gain >= _ROUNDING:
        information = information + damping * np.diag(np.maximum(information.diagonal(), 1e-12))
    return -_solve(information, here.gradient) / 2


def _move(here: Point, direction: Array) -> tuple[Point, float] | None:
    """A point that is lower and the part of the step that leads there; None where none is."""
    size = 1.0
    for _ in range(_HALVINGS):
        there = here.machine.at(here.theta + size * direction)
        if there.value < here.value:
            return there, size
        size /= 2
    return None


def _by_cholesky(matrix: Array, values: Array) -> Array | None:
    """The solution with a positive definite matrix, None with another."""
    _, found, wrong = lapack.dposv(matrix, values, lower=1)
    return None if wrong else np.asarray(found)


def _solve(information: Array, gradient: Array) -> Array:
    found = _by_cholesky(information, gradient)
    if found is not None:
        return found
    try:
        return np.asarray(np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, gradient, rcond=None)[0])


def _gain(information: Array, gradient: Array) -> float:
    """What Fisher's step promises: g' I^-1 g / 4."""
    return abs(float(gradient @ _solve(information, gradient))) / 4


def _ended(here: Point, steps: int) -> Optimum:
    scale = np.sqrt(np.maximum(here.information.diagonal(), 1e-12))
    slope = float(np.max(np.abs(here.gradient) / scale))
    return Optimum(here.theta, here.value, slope, steps, slope < _FLAT)
