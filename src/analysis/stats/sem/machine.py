"""A model beside its data: discrepancy, gradient and information as functions of the free parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import TypeVar

import numpy as np

from ..rows import Array
from .directions import Directions
from .discrepancy import Discrepancy
from .matrices import GroupMatrices, Implied, Matrices
from .parameters import ParameterTable

_T = TypeVar("_T")


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
        found = np.zeros(len(self.theta))
        for share, group, ways, pull in self._groups(self.pulls):
            found += share * (ways.along(*pull) @ group.chosen)
        return found

    @cached_property
    def information(self) -> Array:
        """Expected information (free, free) of one observation: sum of the groups' D' W D."""
        return self._curved(
            [
                each.expected(there, ways)
                for each, there, ways in zip(self.machine.discrepancies, self.implied, self.directions, strict=True)
            ]
        )

    @cached_property
    def observed(self) -> Array:
        """Half the second derivative of F (free, free): of F by the moments, and of the moments by the parameters."""
        straight = [
            each.observed(there, ways)
            for each, there, ways in zip(self.machine.discrepancies, self.implied, self.directions, strict=True)
        ]
        found = self._curved(straight)
        for share, group, pull, there in zip(
            self.machine.weights, self.machine.matrices.groups, self.pulls, self.implied, strict=True
        ):
            found += share * group.bending(there, *pull) / 2
        return found

    def _groups(self, parts: Sequence[_T]) -> Iterator[tuple[float, GroupMatrices, Directions, _T]]:
        """Share, matrices, directions of each group, and its part."""
        machine = self.machine
        return zip(machine.weights.tolist(), machine.matrices.groups, self.directions, parts, strict=True)

    def _curved(self, parts: Sequence[Array]) -> Array:
        """Sum over the groups of what is (rows, rows) in each, by the free parameters."""
        found = np.zeros((len(self.theta), len(self.theta)))
        for share, group, _, part in self._groups(parts):
            found += share * (group.chosen.T @ part @ group.chosen)
        return found
