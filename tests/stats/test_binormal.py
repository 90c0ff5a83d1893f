"""Bivariate normal probabilities against mvtnorm, closed forms and their own slopes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import special, stats

from analysis.stats.binormal import below, density_slope, joint_density

cuts = st.floats(-6, 6)
correlations = st.floats(-0.999, 0.999)


def one(function, *values):
    return float(function(*(np.array(value, dtype=float) for value in values)))


def test_probabilities_match_mvtnorm(reference):
    r = reference("polychoric")["probability"]
    found = below(*(np.array(r[name]) for name in ("h", "k", "r")))
    np.testing.assert_allclose(found, r["p"], atol=1e-14, rtol=0)


def test_probabilities_match_scipy():
    for h, k, rho in [(0.3, -1.2, 0.4), (1.5, 1.4, 0.99), (-2.0, 0.5, -0.8)]:
        theirs = stats.multivariate_normal(cov=[[1, rho], [rho, 1]], abseps=1e-12, releps=1e-12).cdf([h, k])
        assert one(below, h, k, rho) == pytest.approx(float(theirs), abs=1e-9)


@given(cuts, cuts, correlations)
def test_quadrants_add_up(h, k, rho):
    quadrants = [one(below, a * h, b * k, a * b * rho) for a in (1, -1) for b in (1, -1)]
    assert sum(quadrants) == pytest.approx(1, abs=1e-14)
    assert quadrants[0] + quadrants[1] == pytest.approx(float(special.ndtr(h)), abs=1e-14)
    assert min(quadrants) > -1e-15
    assert one(below, h, k, rho) == pytest.approx(one(below, k, h, rho), abs=1e-15)


@given(correlations)
def test_the_middle_is_sheppards(rho):
    assert one(below, 0, 0, rho) == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-15)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(-0.9, 0.9))
@example(0.0, 5e-324, 0.0)  # the smallest number there is
def test_slopes_are_those_of_the_functions(h, k, rho):
    step = 1e-5
    for function, slope in ((below, joint_density), (joint_density, density_slope)):
        numeric = (one(function, h, k, rho + step) - one(function, h, k, rho - step)) / (2 * step)
        assert one(slope, h, k, rho) == pytest.approx(numeric, abs=1e-6)


def test_thresholds_beyond_all_answers_leave_the_margin():
    assert one(below, 40, 0.7, 0.5) == pytest.approx(float(special.ndtr(0.7)), abs=1e-15)
    assert one(below, -40, 0.7, 0.5) == pytest.approx(0, abs=1e-15)
