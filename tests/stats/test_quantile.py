"""The linear programme of a quantile: its optimality, shifted answers, and errors under unequal spread."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.quantile import quantile_covariance, quantile_fit


def loss(e, q):
    return float((e * (q - (e < 0))).sum())


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([0.1, 0.25, 0.5, 0.9]), st.integers(1, 3))
def test_no_plane_nearby_or_through_other_rows_loses_less(seed, q, k):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(25), rng.normal(size=(25, k))])
    y = rng.standard_t(2, size=25)
    b = quantile_fit(x, y, q)
    least = loss(y - x @ b, q)
    for _ in range(40):
        rows = rng.choice(25, k + 1, replace=False)
        other = np.linalg.solve(x[rows], y[rows])
        assert least <= loss(y - x @ other, q) + 1e-9
        assert least <= loss(y - x @ (b + 0.01 * rng.normal(size=k + 1)), q) + 1e-9
    moved = quantile_fit(x, 3 * y + x @ np.arange(1, k + 2), q)
    assert moved == pytest.approx(3 * b + np.arange(1, k + 2), rel=1e-9, abs=1e-9)


def test_a_constant_alone_is_a_sample_quantile():
    y = np.array([5.0, 1.0, 9.0, 3.0, 7.0])
    ones = np.ones((5, 1))
    assert [quantile_fit(ones, y, q)[0] for q in (0.1, 0.5, 0.9)] == pytest.approx([1, 5, 9])


def test_intervals_hold_under_unequal_spread():
    """Spread grows forty-fold along x: one density for all rows covered 81 % where 95 % were promised."""
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(300):
        z = rng.uniform(0, 2, 200)
        x = np.column_stack([np.ones(200), z])
        y = 1 + z + rng.normal(size=200) * (0.05 + 2 * z**2)
        b, cov = quantile_fit(x, y, 0.5), quantile_covariance(x, y, 0.5)
        held += abs(b[1] - 1) < 1.96 * np.sqrt(cov[1, 1])
    assert held / 300 > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 300)


def test_answers_without_density_give_no_errors():
    x = np.column_stack([np.ones(6), np.arange(6.0)])
    assert quantile_covariance(x, np.zeros(6), 0.5) is None
