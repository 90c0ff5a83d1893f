"""Derivatives by differences: what analytic ones are held to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.stats.rows import Array

_STEP = 1e-3


def differences(function: Callable[[Array], Array], at: Array) -> Array:
    """Jacobian (outputs, inputs) by central differences with one step of Richardson's extrapolation.

    Errors are of the fourth order in the step, about 1e-11 relative for smooth functions.
    """
    columns = []
    for k in range(len(at)):
        step = _STEP * max(abs(float(at[k])), 0.1)
        wide, narrow = (_central(function, at, k, size) for size in (step, step / 2))
        columns.append((4 * narrow - wide) / 3)
    return np.array(columns).T if columns else np.zeros((len(function(at)), 0))


def _central(function: Callable[[Array], Array], at: Array, k: int, step: float) -> Array:
    move = np.zeros(len(at))
    move[k] = step
    return np.asarray((function(at + move) - function(at - move)) / (2 * step))
