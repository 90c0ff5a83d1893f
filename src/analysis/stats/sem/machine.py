"""A model beside its data: discrepancy, gradient and information as functions of the free parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

from ..rows import Array
from .discrepancy import Discrepancy
from .matrices import Implied, Matrices
from .parameters import ParameterTable


@dataclass(frozen=True, eq=False)
class Machine:
    """F = sum of the groups' F, each with its share of the rows."""

    table: ParameterTable
    discrepancies: Sequence[Discrepancy]  # one for each group
    weights: Array  # (groups,)

    @cached_property
    def matrices(self) -> Matrices:
        """Where each parameter stands."""
        return Matrices(self.table)

    def implied(self, theta: Array) -> tuple[Implied, ...]:
        """Moments of each group."""
        return self.matrices.implied(theta)

    def value(self, theta: Array) -> float:
        """F; infinite where the parameters imply no covariance matrix."""
        try:
            implied = self.implied(theta)
        except np.linalg.LinAlgError:
            return inf
        found = [each.value(there) for each, there in zip(self.discrepancies, implied, strict=True)]
        total = float(self.weights @ np.array(found))
        return total if np.isfinite(total) else inf

    def jacobians(self, implied: Sequence[Implied]) -> tuple[Array, ...]:
        """Derivatives (moments, free) of each group's moments."""
        return tuple(group.jacobian(there) for group, there in zip(self.matrices.groups, implied, strict=True))

    def gradient(self, theta: Array) -> Array:
        """dF / d theta (free,)."""
        implied = self.implied(theta)
        parts = zip(self.weights, self.jacobians(implied), self.discrepancies, implied, strict=True)
        return np.asarray(sum(w * d.T @ each.slope(there) for w, d, each, there in parts))

    def slopes(self, theta: Array) -> tuple[Array, Array]:
        """Gradient and expected information at once."""
        implied = self.implied(theta)
        gradient, information = np.zeros(len(theta)), np.zeros((len(theta), len(theta)))
        for w, d, each, there in zip(self.weights, self.jacobians(implied), self.discrepancies, implied, strict=True):
            gradient += w * (d.T @ each.slope(there))
            information += w * (d.T @ (each.weight(there) @ d))
        return gradient, information

    def information(self, theta: Array) -> Array:
        """Expected information (free, free) of one observation: sum of the groups' D' W D."""
        return self.slopes(theta)[1]
