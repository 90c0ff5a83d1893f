"""The deviance of random intercepts in one variable: its derivatives and its minimum."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.intercepts import GroupSums, best_ratio, profiled, satterthwaite


def sums(seed, ratio, *, reml=True, groups=15, rows=90):
    """Sums of a sample whose groups differ by `ratio` of the residual's variance."""
    rng = np.random.default_rng(seed)
    unit = rng.integers(0, groups, rows)
    unit[:groups] = np.arange(groups)
    x = np.column_stack([np.ones(rows), rng.normal(size=rows) + rng.normal(size=groups)[unit]])
    y = x @ [0.2, 0.5] + ratio**0.5 * rng.normal(size=groups)[unit] + rng.normal(size=rows)
    known = np.column_stack([x, y])
    totals = np.array([known[unit == each].sum(axis=0) for each in range(groups)])
    return GroupSums(np.bincount(unit).astype(float), totals, known.T @ known, rows, reml)


def dense(phi, x, y, unit, reml):
    """The same deviance from the rows' own covariance matrix."""
    v = np.eye(len(y)) + phi * (unit[:, None] == unit)
    inverse = np.linalg.inv(v)
    r = x.T @ inverse @ x
    left = y - x @ np.linalg.solve(r, x.T @ inverse @ y)
    free = len(y) - x.shape[1] if reml else len(y)
    found = np.linalg.slogdet(v)[1] + free * (1 + np.log(2 * np.pi * (left @ inverse @ left) / free))
    return found + (np.linalg.slogdet(r)[1] if reml else 0.0)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("phi", [0.0, 0.3, 4.0])
def test_value_is_that_of_the_whole_covariance_matrix(phi, reml):
    rng = np.random.default_rng(3)
    unit = np.repeat(np.arange(6), [2, 3, 5, 7, 4, 3])
    x = np.column_stack([np.ones(24), rng.normal(size=24)])
    y = rng.normal(size=6)[unit] + rng.normal(size=24)
    known = np.column_stack([x, y])
    totals = np.array([known[unit == each].sum(axis=0) for each in range(6)])
    of = GroupSums(np.bincount(unit).astype(float), totals, known.T @ known, 24, reml)
    assert profiled(phi, of).value == pytest.approx(dense(phi, x, y, unit, reml), rel=1e-11)


@pytest.mark.parametrize("reml", [True, False])
def test_slope_and_curvature_are_those_of_the_deviance(reml):
    of, h = sums(1, 0.5, reml=reml), 1e-4
    for phi in (0.05, 0.5, 3.0):
        below, at, above = (profiled(phi + step, of) for step in (-h * phi, 0.0, h * phi))
        assert at.slope == pytest.approx((above.value - below.value) / (2 * h * phi), rel=1e-5, abs=1e-6)
        assert at.curve == pytest.approx((above.slope - below.slope) / (2 * h * phi), rel=1e-5, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.0, 1e-3, 0.05, 0.5, 5.0, 500.0, 1e5]), st.booleans())
def test_no_share_has_a_smaller_deviance(seed, ratio, reml):
    of = sums(seed, ratio, reml=reml)
    phi, converged = best_ratio(of)
    assert converged
    lowest = min(profiled(each, of).value for each in (0.0, *np.geomspace(1e-5, 1e6, 300)))
    assert profiled(phi, of).value <= lowest + 1e-9 * abs(lowest)
    if phi > 0:
        assert abs(profiled(phi, of).slope * phi) < 1e-7


def test_balanced_groups_have_the_degrees_of_freedom_of_their_means():
    rng = np.random.default_rng(1)
    unit = np.repeat(np.arange(12), 5)
    known = np.column_stack(
        [np.ones(60), rng.normal(size=12)[unit], 2 * rng.normal(size=12)[unit] + rng.normal(size=60)]
    )
    totals = known.reshape(12, 5, 3).sum(axis=1)
    of = GroupSums(np.full(12, 5.0), totals, known.T @ known, 60, True)
    np.testing.assert_allclose(satterthwaite(best_ratio(of)[0], of, np.eye(2)), [10, 10], rtol=1e-9)


def test_a_variance_at_its_bound_leaves_the_rows_degrees_of_freedom():
    unit = np.repeat(np.arange(4), 6)
    y = np.tile([-2.0, -1.0, 0.0, 0.0, 1.0, 2.0], 4)
    known = np.column_stack([np.ones(24), y])
    totals = np.array([known[unit == each].sum(axis=0) for each in range(4)])
    of = GroupSums(np.full(4, 6.0), totals, known.T @ known, 24, True)
    assert best_ratio(of) == (0.0, True)
    np.testing.assert_allclose(satterthwaite(0.0, of, np.eye(1)), [23])
