"""How many factors: MAP and parallel analysis against psych, the same chance twice."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.moments import Moments
from analysis.stats.polychoric import polychoric
from analysis.stats.retention import map_test, parallel_analysis

SETS = ("harman", "attitude")


@pytest.mark.parametrize("case", SETS)
def test_map_matches_psych(reference, printed, case):
    r = reference("factors")[case]
    steps = map_test(printed(r)).steps["squared"][1:]
    common = min(len(steps), len(r["map"]))
    np.testing.assert_allclose(steps[:common], r["map"][:common], rtol=1e-9)


def test_parallel_analysis_of_real_answers(shared, answers):
    r = shared("parallel")["bfi25"]
    found = parallel_analysis(answers["bfi25"], rng=np.random.default_rng(1))
    assert (found.n_factors, found.kaiser_count, found.map_count) == (r["psych_ncomp"], 6, 5)
    np.testing.assert_allclose(found.components["mean"], r["normal_mean"], atol=0.006)  # three Monte-Carlo errors
    np.testing.assert_allclose(found.components["quantile"], r["normal_q95"], atol=0.012)
    nine = shared("parallel")["HS9"]
    factors = parallel_analysis(answers["HS9"], rng=np.random.default_rng(1), kind="fa", reps=100)
    assert factors.n_factors == nine["psych_nfact"]
    np.testing.assert_allclose(factors.components["observed"], nine["psych_fa_values"], atol=2e-5)


def test_same_chance_same_parallel_analysis(items):
    first, second = (parallel_analysis(items, rng=np.random.default_rng(5), reps=50) for _ in range(2))
    assert first == second
    assert first.n_factors == 2


def test_components_that_leave_nothing_of_an_item_end_the_steps():
    """Three clean bundles: after some components an item is explained whole, and 0 / 0 is no partial correlation."""
    corr = np.kron(np.eye(3), np.full((4, 4), 0.5)) + np.diag(np.full(12, 0.5))
    found = map_test(Moments(tuple(f"q{j}" for j in range(12)), 500, np.zeros(12), corr))
    assert found.n_factors == 3
    assert len(found.step_rows) < 11


def test_polychoric_correlations_stand_beside_those_of_independent_ordinal_answers():
    rng = np.random.default_rng(8)
    trait = rng.normal(size=(200, 1))
    x = np.where(rng.normal(size=(200, 6)) + [[2, 2, 2, 2, 0, 0]] * trait > 1.2, 1, 0)
    found = polychoric(x)
    beside = parallel_analysis(found, rng=np.random.default_rng(1), reps=40)
    normal = parallel_analysis(found.as_moments(), rng=np.random.default_rng(1), reps=40)
    assert beside.n_factors == 1
    assert beside.component_rows[0].mean > normal.component_rows[0].mean + 0.1  # they scatter more
    assert beside.component_rows[0].observed == normal.component_rows[0].observed
    assert "moments.polychoric" in [each.code for each in beside.cautions]


def test_independent_answers_have_the_shares_that_were_observed():
    x = np.random.default_rng(9).choice(4, size=(300, 3), p=[0.6, 0.2, 0.15, 0.05])
    found = polychoric(x)
    np.testing.assert_allclose(found.shares("x1"), np.bincount(x[:, 0]) / 300, atol=1e-12)
