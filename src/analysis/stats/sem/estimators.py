"""The estimators by name: which discrepancy, which standard errors, which test; and the fit itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..rows import Array
from .discrepancy import Discrepancy, MaximumLikelihood, generalised, unweighted
from .information import covariance, observed_information
from .machine import Machine
from .optimise import minimise
from .parameters import ParameterTable
from .sample import GroupSample, Sample
from .solution import Solution
from .start import starting_values

Errors: TypeAlias = Literal["expected", "observed", "sandwich_expected", "sandwich_observed"]
Test: TypeAlias = Literal["standard", "satorra_bentler", "yuan_bentler", "scaled_shifted"]


@dataclass(frozen=True)
class Estimator:
    """A name and what it stands for; another estimator is another line of `ESTIMATORS`.

    `discrepancy` compares one group's moments with the implied ones.
    """

    name: str
    discrepancy: Callable[[GroupSample, bool], Discrepancy]
    errors: Errors
    test: Test
    incomplete: bool = False  # works with missing answers
    errors_incomplete: Errors = "observed"
    likelihood: bool = True  # has one


def _maximum_likelihood(group: GroupSample, means: bool) -> Discrepancy:
    return MaximumLikelihood(group.mean, group.cov, means)


def _generalised(group: GroupSample, means: bool) -> Discrepancy:
    return generalised(group.mean, group.cov, means)


def _unweighted(group: GroupSample, means: bool) -> Discrepancy:
    return unweighted(group.mean, group.cov, means)


ESTIMATORS = {
    each.name: each for each in (Estimator("ML", _maximum_likelihood, "expected", "standard", incomplete=True),)
}


def machine_of(table: ParameterTable, sample: Sample, estimator: Estimator) -> Machine:
    """The model beside the data as this estimator compares them."""
    found = tuple(estimator.discrepancy(group, table.means) for group in sample.groups)
    return Machine(table, found, sample.weights)


def estimate(table: ParameterTable, sample: Sample, estimator: Estimator) -> Solution:
    """The best parameters with their covariances."""
    machine = machine_of(table, sample, estimator)
    optimum = minimise(machine, starting_values(table, sample))
    return Solution(table, sample, machine, optimum, _covariance(machine, optimum.theta, sample, estimator))


def _covariance(machine: Machine, theta: Array, sample: Sample, estimator: Estimator) -> Array:
    if estimator.errors == "observed":
        return covariance(observed_information(machine, theta), sample.total, machine.table)
    return covariance(machine.information(theta), sample.total, machine.table)
