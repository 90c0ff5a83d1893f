"""Error of a score, longer scales, the same persons twice, items dropped in turn."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.correlation import correlate
from analysis.stats.moments import moments
from analysis.stats.reliability import alpha
from analysis.stats.result import from_dict, to_dict
from analysis.stats.scales import length_needed, measurement_error, purify, retest, spearman_brown


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@settings(deadline=None)
@given(st.integers(1, 99), st.integers(1, 100))
def test_the_prophecy_is_its_exact_formula_and_turns_around(percent, tenths):
    r, m = Fraction(percent, 100), Fraction(tenths, 10)
    exact = m * r / (1 + (m - 1) * r)
    found = spearman_brown(float(r), float(m))
    assert found == pytest.approx(float(exact), rel=1e-12)
    assert length_needed(float(r), found) == pytest.approx(float(m), rel=1e-9)


def test_doubling_parallel_items_is_what_alpha_says():
    corr = np.full((8, 8), 0.4) + 0.6 * np.eye(8)
    half, whole = alpha(_of(corr[:4, :4])).alpha.value, alpha(_of(corr)).alpha.value
    assert spearman_brown(half) == pytest.approx(whole, rel=1e-12)


def _of(cov):
    from analysis.stats.moments import Moments

    return Moments(tuple(f"q{j}" for j in range(len(cov))), 100, np.zeros(len(cov)), cov)


def test_impossible_reliabilities_are_refused():
    assert refusal(lambda: spearman_brown(1.2)) == "reliability.out_of_range"
    assert refusal(lambda: spearman_brown(0.5, 0)) == "reliability.length"
    assert refusal(lambda: length_needed(0.5, 1.0)) == "reliability.out_of_range"
    assert refusal(lambda: measurement_error(1, -0.1)) == "reliability.out_of_range"
    assert refusal(lambda: measurement_error(-1, 0.5)) == "reliability.sd"
    assert refusal(lambda: measurement_error(float("nan"), 0.5)) == "reliability.sd"


def test_retest_is_the_correlation_of_those_asked_twice(scale):
    twice = scale.assign(q2=scale["q2"].where(scale.index > 4))
    found, pair = retest(twice, "q1", "q2", level=0.9), correlate(twice, ["q1", "q2"], level=0.9).pair_rows[0]
    assert (found.r.value, found.r.low, found.r.high) == (pair.r, pair.low, pair.high)
    assert (found.n, found.dropped) == (35, 5)
    assert refusal(lambda: retest(scale.assign(q2=3), "q1", "q2")) == "moments.no_variance"


def test_weak_items_are_dropped_one_at_a_time(scale):
    spoiled = scale.assign(noise=np.tile([1.0, 5.0, 3.0, 2.0], 10), q5=6 - scale["q1"])
    found = purify(spoiled)
    assert set(found.dropped) == {"noise", "q5"}
    assert found.kept == tuple(scale.columns)
    for before, after in zip(found.run_rows, found.run_rows[1:], strict=False):
        left = [item for item in before.items if item != before.dropped]
        assert before.alpha_after == after.alpha == pytest.approx(alpha(spoiled, left).alpha.value, rel=1e-12)
        assert before.rule == "reliability.r_drop"
    assert found.run_rows[-1].dropped is None
    assert from_dict(to_dict(found)) == found
    assert purify(moments(spoiled)) == found


def test_a_scale_keeps_the_items_that_it_needs(scale):
    rng = np.random.default_rng(3)
    noise = {f"n{j}": rng.integers(1, 6, 80).astype(float) for j in range(5)}
    assert len(purify(noise).kept) >= 3
    assert purify(scale).dropped == ()
    assert purify(scale, thresholds={"reliability.r_drop": 0.99, "reliability.min_items": 2}).run_rows[-1].items
