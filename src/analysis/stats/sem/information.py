"""Standard errors: the inverse of the expected or the observed information, or a sandwich; and what is identified."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...errors import ModelError, problem
from ..rows import Array
from .derivative import differences
from .discrepancy import FullInformation
from .machine import Machine
from .parameters import ParameterTable

_SINGULAR = 1e-10  # smallest eigenvalue of an information in units of its diagonal
_PART = 0.05  # of the direction that is not identified: a parameter that takes part


def observed_information(machine: Machine, theta: Array) -> Array:
    """Half the second derivative of F (free, free), by differences of the analytic gradient.

    Where answers are missing the patterns' part is analytic, D' C D, and only the bending of the moments is taken by
    differences: the gradient would go through all patterns many times.
    """
    if all(isinstance(each, FullInformation) for each in machine.discrepancies):
        return _by_patterns(machine, theta)
    found = differences(machine.gradient, theta) / 2
    return np.asarray((found + found.T) / 2)


def _by_patterns(machine: Machine, theta: Array) -> Array:
    implied = machine.implied(theta)
    parts = [*zip(machine.weights, machine.discrepancies, implied, machine.jacobians(implied), strict=True)]
    slopes = [w * each.slope(there) for w, each, there, _ in parts]
    straight = sum(
        w * d.T @ each.curvature(there) @ d for w, each, there, d in parts if isinstance(each, FullInformation)
    )

    def pulled(at: Array) -> Array:
        jacobians = machine.jacobians(machine.implied(at))
        return np.asarray(sum(d.T @ slope for d, slope in zip(jacobians, slopes, strict=True)))

    bent = differences(pulled, theta) / 2
    return np.asarray(straight + (bent + bent.T) / 2)


def covariance(information: Array, total: float, table: ParameterTable) -> Array:
    """Covariances (free, free) of the estimates: inverse information over the rows that it counts.

    Raises
    ------
    ModelError
        ``sem.not_identified`` naming the parameters that could change together without changing the fit.
    """
    if not len(information):
        return np.zeros((0, 0))
    together = not_identified(information, table)
    if together:
        raise ModelError(problem("sem.not_identified", parameters=together))
    return np.asarray(np.linalg.inv(information) / total)


def not_identified(information: Array, table: ParameterTable) -> tuple[str, ...]:
    """Parameters that the data cannot tell apart: those of the eigenvectors without information."""
    scale = np.sqrt(np.diag(information))
    flat = tuple(_names(table, np.flatnonzero(~(scale > 0)).tolist()))
    if flat:
        return flat
    values, vectors = np.linalg.eigh(information / np.outer(scale, scale))
    empty = vectors[:, values < _SINGULAR] / scale[:, None]
    if not empty.size:
        return ()
    sizes = np.abs(empty * scale[:, None]).max(axis=1)
    return tuple(_names(table, np.flatnonzero(sizes > _PART).tolist()))


def _names(table: ParameterTable, places: list[int]) -> Iterator[str]:
    for place in places:
        yield table.first(place).name
