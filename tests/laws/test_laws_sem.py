"""Laws of measurement models, on covariance matrices that hypothesis makes; recovery of a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.stats.moments import Moments, moments
from analysis.stats.sem.cfa import cfa, sem

MODEL = "f =~ q1 + q2 + q3\ng =~ q4 + q5 + q6"
NAMES = tuple(f"q{j}" for j in range(1, 7))

#: Loadings, the factors' correlation and a seed: simulated rows that a model of two factors nearly fits.
truths = st.tuples(st.lists(st.floats(0.5, 0.9), min_size=6, max_size=6), st.floats(-0.6, 0.6), st.integers(0, 10_000))
quick = settings(max_examples=12, deadline=None)


def sampled(truth, n=300):
    loadings, r, seed = truth
    rng = np.random.default_rng(seed)
    factors = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], size=n)
    own = np.sqrt(1 - np.array(loadings) ** 2)
    return np.repeat(factors, 3, axis=1) * loadings + rng.normal(size=(n, 6)) * own


def standardised(found):
    rows = [row for row in found.parameter_rows if row.op != "~1"]
    return {(frozenset((row.lhs, row.rhs)), row.op, row.group): row.std for row in rows}


@quick
@given(truths, st.permutations(NAMES))
def test_the_order_of_columns_and_of_items_does_not_matter(truth, order):
    m = moments(sampled(truth), NAMES)
    first = cfa(MODEL, m)
    turned = cfa("g =~ q6 + q5 + q4\nf =~ q2 + q1 + q3", m.subset(order))
    assert turned.fit.chisq == pytest.approx(first.fit.chisq, rel=1e-6, abs=1e-7)
    a, b = standardised(first), standardised(turned)
    assert a.keys() == b.keys()
    assert [a[key] for key in a] == pytest.approx([b[key] for key in a], abs=1e-5)


@quick
@given(truths, st.lists(st.floats(0.2, 5), min_size=6, max_size=6))
def test_units_of_measurement_do_not_matter(truth, factors):
    x = sampled(truth)
    first, scaled = cfa(MODEL, moments(x, NAMES)), cfa(MODEL, moments(x * factors + 3, NAMES))
    assert scaled.fit.chisq == pytest.approx(first.fit.chisq, rel=1e-6, abs=1e-7)
    assert list(standardised(scaled).values()) == pytest.approx(list(standardised(first).values()), abs=1e-5)


@quick
@given(truths)
def test_both_ways_of_identifying_are_one_model(truth):
    m = moments(sampled(truth), NAMES)
    marker, variance = cfa(MODEL, m), cfa(MODEL, m, identify="variance")
    assert marker.fit.chisq == pytest.approx(variance.fit.chisq, rel=1e-6, abs=1e-7)
    assert list(standardised(marker).values()) == pytest.approx(list(standardised(variance).values()), abs=1e-5)


@quick
@given(truths)
def test_rows_twice_double_chi_square(truth):
    x = sampled(truth)
    once, twice = cfa(MODEL, moments(x, NAMES)), cfa(MODEL, moments(np.vstack([x, x]), NAMES))
    assert twice.fit.chisq == pytest.approx(2 * once.fit.chisq, rel=1e-6, abs=1e-7)
    assert [row.est for row in twice.parameter_rows] == pytest.approx(
        [row.est for row in once.parameter_rows], abs=1e-6
    )


@quick
@given(truths)
def test_turning_an_item_turns_its_loading(truth):
    x = sampled(truth)
    turned = x.copy()
    turned[:, 1] *= -1
    first, second = cfa(MODEL, moments(x, NAMES)), cfa(MODEL, moments(turned, NAMES))
    assert second.fit.chisq == pytest.approx(first.fit.chisq, rel=1e-6, abs=1e-7)
    assert second.loadings()["f"]["q2"] == pytest.approx(-first.loadings()["f"]["q2"], abs=1e-5)


@quick
@given(truths)
def test_groups_in_any_order_fit_the_same(truth):
    x = sampled(truth)
    parts = {"a": moments(x[:150], NAMES), "b": moments(x[150:], NAMES)}
    there, back = cfa(MODEL, parts, equal=("loadings",)), cfa(MODEL, dict(reversed(parts.items())), equal=("loadings",))
    assert there.fit.chisq == pytest.approx(back.fit.chisq, rel=1e-6)


@quick
@given(truths)
def test_fewer_parameters_fit_no_better(truth):
    m = moments(sampled(truth), NAMES)
    free, bound = cfa(MODEL, m), cfa(MODEL + "\nf ~~ 0*g", m)
    assert bound.fit.chisq >= free.fit.chisq - 1e-8
    assert 0 <= free.fit.pvalue <= 1
    assert free.fit.rmsea_low <= free.fit.rmsea <= free.fit.rmsea_high


def test_a_known_truth_is_recovered_exactly_from_its_covariances():
    loadings, r = np.array([0.9, 0.7, 0.5, 0.8, 0.6, 0.4]), 0.3
    phi = np.array([[1, r], [r, 1]])
    measured = np.zeros((6, 2))
    measured[:3, 0], measured[3:, 1] = loadings[:3], loadings[3:]
    corr = measured @ phi @ measured.T
    np.fill_diagonal(corr, 1.0)
    found = cfa(MODEL, Moments.from_printed(corr, n=200, names=NAMES))
    assert found.fit.chisq == pytest.approx(0, abs=1e-9)
    assert [*found.loadings()["f"].values(), *found.loadings()["g"].values()] == pytest.approx(list(loadings), abs=1e-7)
    assert next(row.std for row in found.parameter_rows if (row.lhs, row.rhs) == ("f", "g")) == pytest.approx(r)


def test_regressions_of_observed_variables_are_least_squares():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(80, 3))
    y = x @ [0.5, -0.2, 0.1] + rng.normal(size=80)
    found = sem("y ~ a + b + c", {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y})
    beta = np.linalg.lstsq(np.column_stack([np.ones(80), x]), y, rcond=None)[0][1:]
    assert [row.est for row in found.parameter_rows if row.op == "~"] == pytest.approx(list(beta), rel=1e-8)


@pytest.mark.parametrize("estimator", ["ML", "MLR", "GLS"])
def test_intervals_cover_a_known_loading(estimator, request):
    """Simulated: 95 % intervals of a loading hold the truth in 95 % of samples, within three Monte-Carlo errors."""
    times = 1000 if request.config.getoption("--slow") else 150
    rng = np.random.default_rng(9)
    held = 0
    for _ in range(times):
        f = rng.normal(size=(300, 1))
        x = f * [1.0, 0.8, 0.7, 0.9] + 0.7 * rng.normal(size=(300, 4))
        row = cfa("f =~ x1 + x2 + x3 + x4", x, estimator=estimator).parameter_rows[1]
        held += row.low <= 0.8 <= row.high
    assert held / times == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / times))
