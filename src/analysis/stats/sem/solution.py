"""A model that was fitted, with all that further questions need: residuals, modification indices, bootstrap."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ..rows import Array
from .machine import Machine
from .matrices import Implied
from .optimise import Optimum
from .parameters import ParameterTable
from .sample import Sample


@dataclass(frozen=True, eq=False)
class Solution:
    """The optimum of a machine and the covariances of its estimates."""

    table: ParameterTable
    sample: Sample
    machine: Machine
    optimum: Optimum
    vcov: Array  # (free, free)

    @property
    def theta(self) -> Array:
        """Estimates (free,)."""
        return self.optimum.theta

    @cached_property
    def values(self) -> Array:
        """Value of every row of the table (rows,)."""
        return self.table.values(self.theta)

    @cached_property
    def implied(self) -> tuple[Implied, ...]:
        """Moments of each group."""
        return self.machine.implied(self.theta)

    @cached_property
    def jacobians(self) -> tuple[Array, ...]:
        """Derivatives (moments, free) of each group's moments."""
        return self.machine.jacobians(self.implied)
