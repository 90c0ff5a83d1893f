"""Laws of the statistics floor: what must hold for any data."""

import contextlib
import json
from operator import add

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.correlation import correlate
from analysis.stats.moments import Moments, moments
from analysis.stats.omega import omega
from analysis.stats.regression import ols
from analysis.stats.reliability import alpha
from analysis.stats.result import from_dict, to_dict

seeds = st.integers(0, 2**32 - 1)
laws = settings(max_examples=60, deadline=None)


def answers(seed, n=40, k=4):
    """Likert answers of one trait; every item varies."""
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=(n, 1))
    values = np.clip(np.round(3 + 0.8 * trait + rng.normal(size=(n, k))), 1, 5)
    assume((values.std(axis=0) > 0).all())
    return pd.DataFrame(values, columns=[f"q{j}" for j in range(k)])


def measured(seed, n=40):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n, 3)) * [1, 10, 0.1] + [5, 100, 0], columns=["a", "b", "c"])
    frame["y"] = frame["a"] + 0.1 * frame["b"] + rng.normal(size=n)
    return frame


def slopes(result):
    return np.array([row.b for row in result.coefficient_rows])


def same(a, b, rtol=1e-12):
    scale = np.abs(np.concatenate([a.cov.ravel(), a.mean])).max()
    np.testing.assert_allclose(a.mean, b.mean, rtol=rtol, atol=rtol * scale)
    np.testing.assert_allclose(a.cov, b.cov, rtol=rtol, atol=rtol * scale)
    assert (a.n, a.names, a.dropped) == (b.n, b.names, b.dropped)


@laws
@given(seeds, st.integers(2, 38))
def test_moments_of_parts_add_up_to_the_whole(seed, cut):
    data = measured(seed)
    same(add(moments(data.iloc[:cut]), moments(data.iloc[cut:])), moments(data))


@laws
@given(seeds)
def test_pooling_is_commutative_and_associative(seed):
    data = measured(seed)
    a, b, c = (moments(part) for part in (data[:10], data[10:25], data[25:]))
    same(a + b, b + a)
    same((a + b) + c, a + (b + c))


@laws
@given(seeds)
def test_taking_away_and_adding_again_changes_nothing(seed):
    data = measured(seed)
    t, b = moments(data), moments(data.iloc[:12])
    same(t - b + b, t)
    same(t - b, moments(data.iloc[12:]), 1e-11)


@laws
@given(seeds, st.floats(-100, 100), st.floats(0.01, 100))
def test_alpha_is_unchanged_by_shift_common_scale_and_item_order(seed, shift, scale):
    data = answers(seed)
    value = alpha(data).alpha.value
    assert alpha(data * scale + shift).alpha.value == pytest.approx(value, abs=1e-9)
    assert alpha(data[data.columns[::-1]]).alpha.value == pytest.approx(value, abs=1e-13)


@laws
@given(seeds)
def test_reversing_every_item_leaves_alpha(seed):
    data = answers(seed)
    turned = alpha(6 - data)
    assert turned.alpha.value == pytest.approx(alpha(data).alpha.value, abs=1e-12)
    assert [row.r_drop for row in turned.item_rows] == pytest.approx(
        [row.r_drop for row in alpha(data).item_rows], abs=1e-12
    )


@laws
@given(seeds)
def test_reversing_one_item_turns_its_correlations(seed):
    data = answers(seed)
    before, after = correlate(data), correlate(data.assign(q0=6 - data["q0"]))
    for a, b in zip(before.pair_rows, after.pair_rows, strict=True):
        assert b.r == pytest.approx(-a.r if a.a == "q0" else a.r, abs=1e-13)


@laws
@given(seeds)
def test_alpha_if_deleted_is_alpha_of_the_others(seed):
    data = answers(seed)
    for row in alpha(data).item_rows:
        assert row.alpha_if_deleted == pytest.approx(alpha(data.drop(columns=row.item)).alpha.value, abs=1e-12)


@laws
@given(seeds)
def test_alpha_is_at_most_one_inside_its_interval_and_rows_may_come_in_any_order(seed):
    data = answers(seed)
    found, shuffled = alpha(data), alpha(data.sample(frac=1, random_state=1))
    assert found.alpha.low < found.alpha.value < found.alpha.high <= 1
    assert found.alpha.value == pytest.approx(shuffled.alpha.value, abs=1e-13)


@laws
@given(seeds)
def test_every_row_twice_leaves_alpha(seed):
    data = answers(seed)
    assert alpha(pd.concat([data, data])).alpha.value == pytest.approx(alpha(data).alpha.value, abs=1e-12)


@laws
@given(seeds, st.floats(0.01, 100), st.floats(-100, 100))
def test_regression_follows_the_scale_of_the_outcome(seed, scale, shift):
    data = measured(seed)
    base, moved = ols("y ~ a + b + c", data), ols("y ~ a + b + c", data.assign(y=scale * data["y"] + shift))
    expected = scale * slopes(base) + np.array([shift, 0, 0, 0])
    np.testing.assert_allclose(slopes(moved), expected, rtol=1e-8, atol=1e-8 * (abs(shift) + scale))
    assert moved.fit.r2 == pytest.approx(base.fit.r2, rel=1e-9)


@laws
@given(seeds)
def test_regression_follows_a_change_of_factors(seed):
    data = measured(seed)
    turn = np.array([[1.0, 0.5, 0], [0, 1, -2], [0.3, 0, 1]])
    moved = data.copy()
    moved[["a", "b", "c"]] = data[["a", "b", "c"]].to_numpy() @ turn
    base, other = ols("y ~ a + b + c", data), ols("y ~ a + b + c", moved)
    np.testing.assert_allclose(turn @ slopes(other)[1:], slopes(base)[1:], rtol=1e-8, atol=1e-9)
    assert other.fit.ss_res == pytest.approx(base.fit.ss_res, rel=1e-10)


@laws
@given(seeds, st.sampled_from(["classical", "HC0", "HC3", ("cluster", "g")]))
def test_intervals_hold_the_estimate_and_p_is_a_probability(seed, vcov):
    data = measured(seed).assign(g=np.arange(40) % 10)
    result = ols("y ~ a * b + c", data, vcov=vcov)
    for row in result.coefficient_rows:
        assert row.low <= row.b <= row.high
        assert 0 <= row.p <= 1
        assert row.tolerance is None or 0 < row.tolerance <= 1
    assert 0 <= result.fit.p <= 1
    assert 0 <= result.fit.r2 <= 1
    for row in correlate(data[["y", "a", "b"]]).pair_rows:
        assert row.low <= row.r <= row.high
        assert 0 <= row.p <= 1


@laws
@given(seeds)
def test_regression_does_not_see_the_order_of_rows(seed):
    data = measured(seed)
    a, b = ols("y ~ a + b", data), ols("y ~ a + b", data.sample(frac=1, random_state=2))
    np.testing.assert_allclose(slopes(a), slopes(b), rtol=1e-11)
    assert pytest.approx(b.fit.F, rel=1e-11) == a.fit.F


@laws
@given(seeds)
def test_names_of_groups_do_not_matter(seed):
    data = measured(seed)
    group = np.arange(40) % 3
    one = data.assign(g=pd.Categorical.from_codes(group, ["x", "y", "z"]))
    two = data.assign(g=pd.Categorical.from_codes(group, ["Đơn vị 1", "Đơn vị 2", "Đơn vị 3"]))
    np.testing.assert_array_equal(slopes(ols("y ~ a * g", one)), slopes(ols("y ~ a * g", two)))


@laws
@given(seeds)
def test_moments_are_as_good_as_rows(seed):
    data = measured(seed)
    np.testing.assert_allclose(
        slopes(ols("y ~ a + b + c", moments(data))), slopes(ols("y ~ a + b + c", data)), rtol=1e-9
    )
    assert alpha(moments(data)).alpha == alpha(data).alpha


@laws
@given(seeds)
def test_results_survive_json(seed):
    data = measured(seed)
    for result in (moments(data), alpha(data), correlate(data), ols("y ~ a + b", data)):
        assert from_dict(json.loads(json.dumps(to_dict(result), allow_nan=False))) == result


@laws
@given(st.lists(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=3, max_size=3), min_size=0, max_size=12))
def test_any_answers_give_finite_numbers_or_a_refusal(rows):
    """No NaN and no infinity, whatever the holes and ties."""
    data = {f"q{j}": [row[j] for row in rows] for j in range(3)}
    for compute in VERBS:
        with contextlib.suppress(ModelError):
            json.dumps(to_dict(compute(data)), allow_nan=False)


VERBS = (
    alpha,
    correlate,
    lambda x: alpha(x, missing="pairwise"),
    lambda x: correlate(x, missing="pairwise"),
    lambda x: ols("q0 ~ q1 + q2", x),
    lambda x: ols("q0 ~ q1", x, vcov="HC3"),
)


REPLICATIONS = {False: 400, True: 10_000}


def coverage(request, simulate):
    """Share of intervals that hold the truth, and three Monte-Carlo standard errors of a share of .95."""
    times = REPLICATIONS[bool(request.config.getoption("--slow"))]
    rng = np.random.default_rng(20240501)
    return np.mean([simulate(rng) for _ in range(times)]), 3 * np.sqrt(0.95 * 0.05 / times)


def test_feldt_interval_covers_as_it_should(request):
    """Generator: k = 5 parallel normal items, x = trait + error with variances 1 and 2, n = 60; alpha = 5/7."""

    def simulate(rng):
        data = rng.normal(size=(60, 1)) + np.sqrt(2) * rng.normal(size=(60, 5))
        found = alpha(data).alpha
        return found.low <= 5 / 7 <= found.high

    share, limit = coverage(request, simulate)
    assert abs(share - 0.95) <= limit


def test_t_interval_covers_as_it_should(request):
    """Generator: y = 1 + 0.5 a + e, a and e standard normal, n = 25; the slope is 0.5."""

    def simulate(rng):
        a = rng.normal(size=25)
        row = ols("y ~ a", {"a": a, "y": 1 + 0.5 * a + rng.normal(size=25)}).coefficient_rows[1]
        return row.low <= 0.5 <= row.high

    share, limit = coverage(request, simulate)
    assert abs(share - 0.95) <= limit


@laws
@given(seeds, st.floats(0.1, 50), st.floats(-20, 20))
def test_omega_is_unchanged_by_item_order_reversal_of_all_and_a_common_scale(seed, scale, shift):
    data = answers(seed, n=80, k=5)
    assume(np.linalg.matrix_rank(data.to_numpy() - data.to_numpy().mean(axis=0)) == 5)
    base = omega(data, resamples=0)
    assume(not base.cautions or {each.code for each in base.cautions} <= {"omega.one_group", "omega.negative_loading"})
    for other in (data[data.columns[::-1]], 6 - data, data * scale + shift):
        found = omega(other, resamples=0)
        assert found.congeneric.value == pytest.approx(base.congeneric.value, abs=1e-6)
        assert found.total.value == pytest.approx(base.total.value, abs=1e-6)


@laws
@given(st.lists(st.floats(0.3, 0.95), min_size=3, max_size=8), st.floats(0.2, 5))
def test_omega_of_one_true_factor_is_its_closed_form_and_at_least_alpha(loadings, scale):
    weights = scale * np.array(loadings)
    errors = scale**2 * (1 - np.array(loadings) ** 2)
    names = tuple(f"q{j}" for j in range(len(loadings)))
    m = Moments(names, 500, np.zeros(len(loadings)), np.outer(weights, weights) + np.diag(errors))
    found = omega(m)
    assert found.congeneric.value == pytest.approx(weights.sum() ** 2 / (weights.sum() ** 2 + errors.sum()), abs=1e-8)
    assert found.congeneric.value >= alpha(m).alpha.value - 1e-9
