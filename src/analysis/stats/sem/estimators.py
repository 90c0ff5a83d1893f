"""The estimators by name: which discrepancy, which standard errors, which test; and the fit itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..rows import Array
from .discrepancy import Discrepancy, FullInformation, MaximumLikelihood, generalised, unweighted
from .information import covariance
from .machine import Machine
from .optimise import minimise
from .parameters import ParameterTable
from .robust import meat_of_normal, meat_of_rows
from .sample import GroupSample, Sample
from .solution import Solution
from .start import starting_values

Errors: TypeAlias = Literal["expected", "observed", "sandwich_expected", "sandwich_observed", "sandwich_normal"]
Test: TypeAlias = Literal["standard", "satorra_bentler", "yuan_bentler", "scaled_shifted", "browne_normal"]


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
    likelihood: bool = True  # has one; without, covariances are divided by n - 1
    rows: bool = False  # asks for the rows: moments are not enough


def _maximum_likelihood(group: GroupSample, means: bool) -> Discrepancy:
    if not group.complete:
        return FullInformation(group.by_pattern, group.mean, group.cov)
    return MaximumLikelihood(group.mean, group.cov, means)


def _generalised(group: GroupSample, means: bool) -> Discrepancy:
    return generalised(group.mean, group.cov, means)


def _unweighted(group: GroupSample, means: bool) -> Discrepancy:
    return unweighted(group.mean, group.cov, means)


_HUBER: Errors = "sandwich_observed"

ESTIMATORS = {
    each.name: each
    for each in (
        Estimator("ML", _maximum_likelihood, "expected", "standard", incomplete=True),
        Estimator(
            "MLR", _maximum_likelihood, "sandwich_observed", "yuan_bentler", True, "sandwich_observed", rows=True
        ),
        Estimator("MLM", _maximum_likelihood, "sandwich_expected", "satorra_bentler", rows=True),
        Estimator("MLMV", _maximum_likelihood, "sandwich_expected", "scaled_shifted", rows=True),
        Estimator("GLS", _generalised, "expected", "standard", likelihood=False),
        Estimator("ULS", _unweighted, "sandwich_normal", "browne_normal", likelihood=False),
    )
}


def machine_of(table: ParameterTable, sample: Sample, estimator: Estimator) -> Machine:
    """The model beside the data as this estimator compares them."""
    found = tuple(estimator.discrepancy(group, table.means) for group in sample.groups)
    return Machine(table, found, sample.weights)


def estimate(table: ParameterTable, sample: Sample, estimator: Estimator) -> Solution:
    """The best parameters; their covariances are computed when they are asked for."""
    machine = machine_of(table, sample, estimator)
    return Solution(
        table, sample, machine, minimise(machine, starting_values(table, sample)), _ERRORS[estimator.errors]
    )


def _expected(found: Solution) -> Array:
    return covariance(found.point.information, found.sample.total, found.table)


def _observed(found: Solution) -> Array:
    return covariance(found.point.observed, found.sample.total, found.table)


def _sandwich_observed(found: Solution) -> Array:
    """Huber and White's A^-1 B A^-1 with the observed information A."""
    bread = covariance(found.point.observed, 1.0, found.table)
    return bread @ found.squares @ bread / found.sample.total


def _sandwich_expected(found: Solution) -> Array:
    bread = covariance(found.point.information, 1.0, found.table)
    return bread @ meat_of_rows(found) @ bread / found.sample.total


def _sandwich_normal(found: Solution) -> Array:
    bread = covariance(found.point.information, 1.0, found.table)
    return bread @ meat_of_normal(found) @ bread / found.sample.total


_ERRORS: dict[Errors, Callable[[Solution], Array]] = {
    "expected": _expected,
    "observed": _observed,
    "sandwich_observed": _sandwich_observed,
    "sandwich_expected": _sandwich_expected,
    "sandwich_normal": _sandwich_normal,
}
