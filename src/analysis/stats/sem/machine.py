"""A model beside its data: discrepancy, gradient and information as functions of the free parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

from ..rows import Array
from .directions import Directions
from .discrepancy import Discrepancy
from .matrices import GroupMatrices, Implied, Matrices
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

    @property
    def quick(self) -> bool:
        """Whether the observed information costs no more than the expected one."""
        return all(each.quick for each in self.discrepancies)

    def implied(self, theta: Array) -> tuple[Implied, ...]:
        """Moments of each group."""
        return self.matrices.implied(theta)

    def at(self, theta: Array) -> Point:
        """The model at these parameters."""
        return Point(self, theta)

    def value(self, theta: Array) -> float:
        """F; infinite where the parameters imply no covariance matrix."""
        return self.at(theta).value

    def jacobians(self, implied: Sequence[Implied]) -> tuple[Array, ...]:
        """Derivatives (moments, free) of each group's moments."""
        return tuple(group.jacobian(there) for group, there in zip(self.matrices.groups, implied, strict=True))

    def gradient(self, theta: Array) -> Array:
        """dF / d theta (free,)."""
        return self.at(theta).gradient

    def information(self, theta: Array) -> Array:
        """Expected information (free, free) of one observation: sum of the groups' D' W D."""
        return self.at(theta).information


@dataclass(frozen=True, eq=False)
class Point:
    """A model at some parameters; what is asked for is computed once."""

    machine: Machine
    theta: Array

    @cached_property
    def implied(self) -> tuple[Implied, ...]:
        """Moments of each group."""
        return self.machine.implied(self.theta)

    @cached_property
    def value(self) -> float:
        """F; infinite where the parameters imply no covariance matrix."""
        try:
            implied = self.implied
        except np.linalg.LinAlgError:
            return inf
        found = [each.value(there) for each, there in zip(self.machine.discrepancies, implied, strict=True)]
        total = float(self.machine.weights @ np.array(found))
        return total if np.isfinite(total) else inf

    @cached_property
    def directions(self) -> tuple[Directions, ...]:
        """How each group's moments move with its rows."""
        return tuple(
            group.directions(there) for group, there in zip(self.machine.matrices.groups, self.implied, strict=True)
        )

    @cached_property
    def pulls(self) -> list[tuple[Array, Array]]:
        """Slope of each group's F by its means and covariances."""
        return [each.pull(there) for each, there in zip(self.machine.discrepancies, self.implied, strict=True)]

    @cached_property
    def gradient(self) -> Array:
        """dF / d theta (free,)."""
        rows = [ways.along(*pull) for ways, pull in zip(self.directions, self.pulls, strict=True)]
        return np.asarray(sum(share * (each @ group.chosen) for share, group, each in self._shared(rows)))

    @cached_property
    def information(self) -> Array:
        """Expected information (free, free) of one observation: sum of the groups' D' W D."""
        return self._curved([each.expected(there, ways) for each, there, ways in self._compared()])

    @cached_property
    def observed(self) -> Array:
        """Half the second derivative of F (free, free): of F by the moments, and of the moments by the parameters."""
        straight = self._curved([each.observed(there, ways) for each, there, ways in self._compared()])
        bent = [
            group.bending(there, *pull)
            for group, there, pull in zip(self.machine.matrices.groups, self.implied, self.pulls, strict=True)
        ]
        return np.asarray(straight + sum(share * each for share, _, each in self._shared(bent)) / 2)

    def _compared(self) -> Iterator[tuple[Discrepancy, Implied, Directions]]:
        return zip(self.machine.discrepancies, self.implied, self.directions, strict=True)

    def _shared(self, parts: Sequence[Array]) -> Iterator[tuple[float, GroupMatrices, Array]]:
        """Share and matrices of each group, with its part."""
        return zip(self.machine.weights.tolist(), self.machine.matrices.groups, parts, strict=True)

    def _curved(self, parts: Sequence[Array]) -> Array:
        """Sum over the groups of what is (rows, rows) in each, by the free parameters."""
        return np.asarray(
            sum(share * (group.chosen.T @ part @ group.chosen) for share, group, part in self._shared(parts))
        )
