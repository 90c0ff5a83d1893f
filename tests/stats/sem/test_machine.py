"""Gradient, information and scores of a model are the derivatives that they say they are."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.grammar import parse_model
from analysis.stats.sem import casewise
from analysis.stats.sem.casewise import fourth_order
from analysis.stats.sem.estimators import ESTIMATORS, machine_of
from analysis.stats.sem.matrices import Matrices
from analysis.stats.sem.optimise import Optimum
from analysis.stats.sem.ordinal import ordinal_table
from analysis.stats.sem.parameters import Specification, parameter_table, roles
from analysis.stats.sem.sample import complete_sample, incomplete_sample
from analysis.stats.sem.solution import Solution
from analysis.stats.sem.standardise import standardised, standardised_slopes
from analysis.stats.sem.start import starting_values, with_sample_values

from .derivative import differences

#: Loadings, a second order, regressions with an equality, a covariance of residuals, an observed predictor.
MODEL = "f =~ a + b + c; g =~ d + k*e + k*h; f ~~ g; g ~ p*f + q*z; a ~~ b; w ~ p*f + a"
SECOND = "f =~ a + b + c; g =~ d + e + h; k =~ 1*f + 1*g; k ~~ k"
NAMES = ("a", "b", "c", "d", "e", "h", "z", "w")


def answers(missing: float = 0.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    x = rng.gamma(2.0, size=(150, 8)) + 0.8 * rng.normal(size=(150, 1))
    hidden = rng.random(x.shape) < missing
    hidden[:, 6] = False  # z, whose moments are given
    x[hidden] = np.nan
    return dict(zip(NAMES, x.T, strict=True))


def made(text: str, kind: str, means: bool, missing: float = 0.0) -> Solution:
    """The model away from its optimum, where nothing cancels."""
    model = parse_model(text)
    has, x = roles(model), answers(missing)
    sample = (
        incomplete_sample(x, has.observed, None, has.exogenous)
        if missing
        else complete_sample(x, has.observed, None, "normal")
    )
    table = with_sample_values(parameter_table(model, Specification(means=means)), sample)
    theta = starting_values(table, sample)
    theta = theta + 0.05 * np.cos(np.arange(len(theta)))
    machine = machine_of(table, sample, ESTIMATORS[kind])
    return Solution(table, sample, machine, Optimum(theta, 0.0, 0.0, 0, True), lambda _: np.eye(len(theta)))


CASES = [
    (text, *how)
    for text in (MODEL, SECOND)
    for how in (("ML", False, 0.0), ("ML", True, 0.0), ("ML", True, 0.2), ("GLS", False, 0.0), ("ULS", True, 0.0))
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_gradient_is_that_of_the_value(case):
    found = made(*case)
    numeric = differences(lambda theta: np.array([found.machine.value(theta)]), found.theta)[0]
    np.testing.assert_allclose(found.point.gradient, numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_observed_information_is_half_the_slope_of_the_gradient(case):
    found = made(*case)
    numeric = differences(found.machine.gradient, found.theta) / 2
    np.testing.assert_allclose(found.point.observed, numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_expected_information_is_that_of_the_weight(case):
    found = made(*case)
    slow = sum(
        share * d.T @ each.weight(there) @ d
        for share, each, there, d in zip(
            found.sample.weights, found.machine.discrepancies, found.implied, found.jacobians, strict=True
        )
    )
    np.testing.assert_allclose(found.point.information, slow, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("means", "missing"), [(False, 0.0), (True, 0.0), (True, 0.2)])
def test_scores_of_the_rows_add_up_to_the_gradient(means, missing):
    found = made(MODEL, "ML", means, missing)
    scores = next(found.scores()) @ found.machine.matrices.groups[0].chosen
    np.testing.assert_allclose(-2 * scores.mean(axis=0), found.point.gradient, rtol=1e-8, atol=1e-10)


def test_scores_along_the_parameters_are_those_of_the_moments():
    found = made(MODEL, "ML", True, 0.2)
    group = found.sample.groups[0]
    ways = found.point.directions[0]
    moments = np.vstack([*group.casewise.scores(means=True)])
    np.testing.assert_allclose(group.casewise.along(ways), moments @ ways.columns(True), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("text", [MODEL, SECOND])
def test_the_slopes_of_standardised_values_are_theirs(text):
    found = made(text, "ML", True)
    matrices, table = found.machine.matrices, found.table
    slopes = standardised_slopes(matrices, found.values, table.value_slopes(found.theta))
    numeric = differences(lambda theta: standardised(matrices, table.values(theta)), found.theta)
    np.testing.assert_allclose(slopes, numeric, rtol=1e-7, atol=1e-8)


def test_the_slopes_of_standardised_values_hold_where_residuals_fill_up_to_one():
    table = ordinal_table(parse_model(SECOND), Specification())
    matrices, theta = Matrices(table), np.linspace(0.3, 0.6, table.n_free)
    slopes = standardised_slopes(matrices, table.values(theta), table.value_slopes(theta))
    numeric = differences(lambda there: standardised(matrices, table.values(there)), theta)
    np.testing.assert_allclose(slopes, numeric, rtol=1e-7, atol=1e-8)


def test_rows_taken_by_parts_are_the_rows_together(monkeypatch):
    found = made(MODEL, "ML", True, 0.2)
    together = found.sample.groups[0].casewise.squares(means=True)
    gamma = fourth_order(found.sample.groups[0].by_pattern.values, means=True)
    monkeypatch.setattr(casewise, "_PART", 7)
    np.testing.assert_allclose(found.sample.groups[0].casewise.squares(means=True), together, rtol=1e-12)
    np.testing.assert_allclose(fourth_order(found.sample.groups[0].by_pattern.values, means=True), gamma, rtol=1e-11)


def test_gamma_is_the_covariance_of_the_products():
    x = np.column_stack(list(answers().values()))[:, :3]
    away = x - x.mean(axis=0)
    products = np.column_stack([away, *(away[:, i] * away[:, j] for i in range(3) for j in range(i, 3))])
    np.testing.assert_allclose(fourth_order(x, means=True), np.cov(products.T, bias=True), rtol=1e-12, atol=1e-12)
