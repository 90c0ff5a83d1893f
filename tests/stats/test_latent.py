"""The kernel of polychoric correlations: stationary, invariant to padding, exact where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from analysis.stats.latent import FAR, Pairs, cells, joint, thresholds, two_step

tables = st.lists(st.integers(1, 60), min_size=12, max_size=12).map(lambda each: np.reshape(each, (3, 4)).astype(float))


def pairs(table, size):
    counts = np.zeros((1, size, size))
    counts[0, : len(table), : table.shape[1]] = table
    a, b = np.full((1, size - 1), FAR), np.full((1, size - 1), FAR)
    a[0, : len(table) - 1], b[0, : table.shape[1] - 1] = thresholds(table.sum(axis=1)), thresholds(table.sum(axis=0))
    return Pairs(counts, a, b)


def log_likelihood(held, rho):
    return float((held.counts * np.log(cells(held, np.array([rho])))).sum())


@settings(max_examples=25, deadline=None)
@given(tables)
def test_no_correlation_is_likelier(table):
    held = pairs(table, 4)
    rho = float(two_step(held)[0])
    best = log_likelihood(held, rho)
    assert all(log_likelihood(held, other) <= best + 1e-9 for other in np.linspace(-0.99, 0.99, 67))


@settings(max_examples=25, deadline=None)
@given(tables)
def test_padding_changes_nothing(table):
    assert two_step(pairs(table, 4))[0] == pytest.approx(two_step(pairs(table, 9))[0], abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(tables)
def test_joint_estimate_is_at_least_as_likely_and_stationary(table):
    held = pairs(table, 4)
    rho = two_step(held)
    found = joint(held, rho)
    assert found.converged.all()
    best = log_likelihood(found.pairs, float(found.rho[0]))
    assert best >= log_likelihood(held, float(rho[0])) - 1e-9
    for step in (1e-3, -1e-3):
        assert log_likelihood(found.pairs, float(found.rho[0]) + step) < best
        moved = Pairs(found.pairs.counts, found.pairs.a + step * (found.pairs.a < FAR), found.pairs.b)
        assert log_likelihood(moved, float(found.rho[0])) < best


def test_expected_counts_give_back_correlation_thresholds_and_error(reference):
    r = reference("polychoric")["exact"]
    held = pairs(np.array(r["counts"]), 4)
    assert two_step(held)[0] == pytest.approx(r["rho"], abs=1e-12)
    found = joint(held, np.array([0.3]))
    assert found.rho[0] == pytest.approx(r["rho"], abs=1e-9)
    np.testing.assert_allclose(found.pairs.a[0, :2], r["rows"], atol=1e-9)
    np.testing.assert_allclose(found.pairs.b[0], r["columns"], atol=1e-9)
    assert found.se[0] == pytest.approx(r["se"], rel=1e-4)  # polycor differentiates numerically


def test_a_likelihood_that_rises_to_the_end_gives_one():
    assert two_step(pairs(np.diag([50.0, 60.0, 40.0]), 3))[0] == 1
    assert two_step(pairs(np.diag([50.0, 60.0, 40.0])[::-1], 3))[0] == -1
    assert joint(pairs(np.diag([50.0, 60.0, 40.0]), 3), np.array([0.999])).rho[0] == 1


def test_one_contrary_answer_keeps_the_estimate_inside():
    table = np.array([[50.0, 0, 0], [0, 60, 0], [1, 0, 40]])
    held = pairs(table, 3)
    rho = float(two_step(held)[0])
    assert 0.95 < rho < 0.99
    assert all(log_likelihood(held, other) < log_likelihood(held, rho) for other in (0.9, 0.95, 0.99, 0.999))


@pytest.mark.parametrize(("rho", "low", "high"), [(0.9, -1.5, 1.2), (0.98, -1.0, 0.8), (0.995, -1.0, 0.8)])
def test_unlikely_cells_keep_their_digits(rho, low, high):
    """An answer far off the diagonal: differences of cumulative probabilities would leave rounding alone."""
    counts = np.array([[[50.0, 5, 1], [5, 60, 5], [1, 5, 40]]])
    held = Pairs(counts, np.array([[low, high]]), np.array([[low, high]]))
    spread = np.sqrt(1 - rho**2)

    def density(x):
        return np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * special.ndtr((rho * x - high) / spread)

    parts = [integrate.quad(density, low - b, low - a, epsabs=0, epsrel=1e-12)[0] for a, b in ((0, 0.1), (0.1, 1))]
    assert sum(parts) < 1e-9
    assert cells(held, np.array([rho]))[0, 0, 2] == pytest.approx(sum(parts), rel=1e-8)
    assert cells(held, np.array([rho]))[0, 2, 0] > 0


def test_few_contrary_answers_among_thousands_keep_the_estimate_below_one():
    table = np.diag([500.0, 600, 400, 300, 900])
    table[0, 4] = table[4, 0] = 1
    held = pairs(table, 5)
    rho = float(two_step(held)[0])
    assert 0.99 < rho < 0.999  # lavaan's search ends at its bound of .999
    best = log_likelihood(held, rho)
    assert all(log_likelihood(held, rho + step) < best for step in (-1e-3, -1e-5, 1e-5, 1e-3))
