"""The free parameters where the discrepancy is least: damped Fisher scoring, with BFGS behind it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from ..rows import Array
from .machine import Machine

_STEPS = 300
_DECREMENT = 1e-20  # of F: less is left to gain by another step
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
    and the step is Fisher's. Where that ends on a slope, BFGS goes on, and scoring polishes.
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
        gradient = machine.gradient(theta)
        gain = float(gradient @ back @ gradient) / 4
        if gain < enough:
            return Optimum(theta, machine.value(theta), float(np.abs(gradient).max()), step, True)
        if not gain < before:
            break
        theta, before = theta - back @ gradient / 2, gain
    return minimise(machine, start, enough)


def _scoring(machine: Machine, start: Array, enough: float) -> Optimum:
    theta, value, damping, last = start, machine.value(start), _DAMPED, 0
    for step in range(_STEPS):
        gradient, information = machine.slopes(theta)
        gain = _gain(information, gradient)
        if gain < enough or damping > _STUCK or last == _LAST:
            return _ended(theta, value, gradient, information, step)
        if gain < _ROUNDING:  # F cannot tell the two points apart any more: the slope leads on
            theta = theta - _solve(information, gradient / 2)
            value, last = machine.value(theta), last + 1
            continue
        moved = _move(machine, theta, value, gradient, information, damping)
        if moved is None:
            damping = max(_GROWTH * damping, _DAMPED)
            continue
        theta, value, size = moved
        damping = damping / _GROWTH if size == 1.0 else damping
        damping = 0.0 if damping < _UNDAMPED else damping
    return _ended(theta, value, *machine.slopes(theta), _STEPS)


def _move(
    machine: Machine, theta: Array, value: float, gradient: Array, information: Array, damping: float
) -> tuple[Array, float, float] | None:
    """A point that is lower, its value and the part of the step that leads there; None where none is."""
    curved = information + damping * np.diag(np.maximum(np.diag(information), 1e-12))
    direction = -_solve(curved, gradient / 2)
    size = 1.0
    for _ in range(_HALVINGS):
        there = theta + size * direction
        found = machine.value(there)
        if found < value:
            return there, found, size
        size /= 2
    return None


def _solve(information: Array, gradient: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(information, gradient, rcond=None)[0])


def _gain(information: Array, gradient: Array) -> float:
    """What Fisher's step promises: g' I^-1 g / 4."""
    return abs(float(gradient @ _solve(information, gradient))) / 4


def _ended(theta: Array, value: float, gradient: Array, information: Array, steps: int) -> Optimum:
    scale = np.sqrt(np.maximum(np.diag(information), 1e-12))
    slope = float(np.max(np.abs(gradient) / scale))
    return Optimum(theta, value, slope, steps, slope < _FLAT)
