"""Standard errors: the inverse of the expected or the observed information, or a sandwich; and what is identified."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...errors import ModelError, problem
from ..rows import Array
from .directions import inverse, inverted
from .parameters import ParameterTable

_SINGULAR = 1e-10  # smallest eigenvalue of an information in units of its diagonal
_PART = 0.05  # of the direction that is not identified: a parameter that takes part


def covariance(information: Array, total: float, table: ParameterTable) -> Array:
    """Covariances (free, free) of the estimates: inverse information over the rows that it counts.

    Raises
    ------
    ModelError
        ``sem.not_identified`` naming the parameters that could change together without changing the fit.
    """
    if not len(information):
        return np.zeros((0, 0))
    found = _inverse(information)
    if found is None:
        together = not_identified(information, table)
        if together:
            raise ModelError(problem("sem.not_identified", parameters=together))
        found = inverted(information)
    return found / total


def _inverse(information: Array) -> Array | None:
    """The inverse, or None where an eigenvalue may be too small; the smallest is over 1 / trace of the inverse."""
    own = information.diagonal()
    if not (own > 0).all():
        return None
    scales = np.sqrt(np.outer(own, own))
    found = inverse(information / scales)
    if found is None or not found[0].trace() < 1 / _SINGULAR:
        return None
    return np.asarray(found[0] / scales)


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
