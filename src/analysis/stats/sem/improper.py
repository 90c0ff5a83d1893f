"""What a solution shows that cannot be: negative variances, correlations beyond one, impossible covariances."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...errors import Caution, caution
from ..rows import Array
from .matrices import Matrices
from .parameters import ParameterTable

_BELOW = -1e-10  # of a variance in units of the largest
_BEYOND = 1 + 1e-8


def improper(
    table: ParameterTable, matrices: Matrices, values: Array, std: Array, labels: tuple[str, ...]
) -> Iterator[Caution]:
    """Cautions that name the variables, with their group in brackets where there are several."""
    for group in range(table.groups):
        where = f" ({labels[group]})" if table.groups > 1 else ""
        rows = [(row, float(values[at]), float(std[at])) for at, row in enumerate(table.rows) if row.group == group]
        for latent in (False, True):
            negative = tuple(
                row.lhs + where
                for row, value, _ in rows
                if row.op == "~~" and row.lhs == row.rhs and value < _BELOW and (row.lhs in table.latent) == latent
            )
            if negative:
                code = "sem.negative_latent_variance" if latent else "sem.negative_variance"
                yield caution(code, variables=negative)
        beyond = tuple(
            row.name + where
            for row, _, std_value in rows
            if row.op == "~~" and row.lhs != row.rhs and abs(std_value) > _BEYOND
        )
        if beyond:
            yield caution("sem.correlation_beyond_one", parameters=beyond)
        if not (beyond or any(row.op == "~~" and row.lhs == row.rhs and value < _BELOW for row, value, _ in rows)):
            yield from _impossible(table, matrices, values, group, where)


def _impossible(table: ParameterTable, matrices: Matrices, values: Array, group: int, where: str) -> Iterator[Caution]:
    """A covariance matrix of latent variables that no variables can have."""
    p = len(table.observed)
    latent = matrices.groups[group].implied(values).total[p:, p:]
    if not len(latent):
        return
    smallest = float(np.linalg.eigvalsh(latent)[0])
    if smallest < _BELOW * float(np.trace(np.abs(latent))):
        variables = tuple(name + where for name in table.latent)
        yield caution("sem.latent_not_positive_definite", variables=variables, eigenvalue=smallest)
