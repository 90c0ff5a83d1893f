"""A model that was fitted, with all that further questions need: residuals, modification indices, bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..rows import Array
from .casewise import Casewise
from .machine import Machine, Point
from .matrices import Implied
from .optimise import Optimum
from .parameters import ParameterTable
from .sample import Sample
from .standardise import standardised


@dataclass(frozen=True, eq=False)
class Solution:
    """The optimum of a machine; what further questions need is computed when it is asked for."""

    table: ParameterTable
    sample: Sample
    machine: Machine
    optimum: Optimum
    errors: Callable[[Solution], Array]

    @property
    def theta(self) -> Array:
        """Estimates (free,)."""
        return self.optimum.theta

    @cached_property
    def values(self) -> Array:
        """Value of every row of the table (rows,)."""
        return self.table.values(self.theta)

    @cached_property
    def standard(self) -> Array:
        """Standardised value of every row of the table (rows,)."""
        return standardised(self.machine.matrices, self.values)

    @cached_property
    def point(self) -> Point:
        """The machine at the estimates."""
        return self.machine.at(self.theta)

    @property
    def implied(self) -> tuple[Implied, ...]:
        """Moments of each group."""
        return self.point.implied

    @cached_property
    def jacobians(self) -> tuple[Array, ...]:
        """Derivatives (moments, free) of each group's moments."""
        return self.machine.jacobians(self.implied)

    @cached_property
    def vcov(self) -> Array:
        """Covariances (free, free) of the estimates."""
        return self.errors(self)

    @cached_property
    def squares(self) -> Array:
        """B (free, free): mean of the squared scores of the rows at the model's moments."""
        found = np.zeros((len(self.theta), len(self.theta)))
        parts = zip(self.sample.weights, self.machine.matrices.groups, self.scores(), strict=True)
        for share, group, scores in parts:
            found += share * (group.chosen.T @ (scores.T @ scores / len(scores)) @ group.chosen)
        return found

    def scores(self) -> Iterator[Array]:
        """Scores (n, rows of the table) of each group's rows; without means rows are taken from the sample's."""
        parts = zip(self.sample.groups, self.implied, self.point.directions, strict=True)
        for group, there, ways in parts:
            mean = there.mean if self.table.means else group.mean
            yield Casewise(group.by_pattern, mean, there.precision).along(ways)
