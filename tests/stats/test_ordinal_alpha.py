"""Ordinal alpha and categorical omega against psych and lavaan, their meaning, and where they are doubted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.contingency import contingency
from analysis.stats.ordinal_alpha import ordinal_alpha
from analysis.stats.polychoric import polychoric
from analysis.stats.reliability import alpha
from analysis.stats.result import from_dict, to_dict

CUTS = [[-1, 0.2, 1], [0.4, 1.1], [-1.5, -0.8, -0.2, 2], [0.1], [0.3, 0.8, 1.4]]
LOADINGS = np.array([0.8, 0.7, 0.6, 0.75, 0.5])


def codes(result):
    return [each.code for each in result.cautions]


def simulated(n, rng, trait=None):
    trait = rng.normal(size=n) if trait is None else trait
    latent = trait[:, None] * LOADINGS + np.sqrt(1 - LOADINGS**2) * rng.normal(size=(n, 5))
    return pd.DataFrame({f"q{j}": np.digitize(latent[:, j], CUTS[j]) for j in range(5)})


@pytest.fixture(scope="module")
def values(reference):
    return reference("ordinal_alpha")


@pytest.fixture(scope="module")
def answers(values):
    return pd.DataFrame(values["data"])


def test_coefficients_match_psych_and_lavaan(values, answers):
    found = ordinal_alpha(answers)
    assert found.alpha.value == pytest.approx(values["alpha_psych"], abs=5e-5)
    assert found.alpha.value == pytest.approx(values["alpha"]["value"], abs=1e-7)
    assert found.omega.value == pytest.approx(values["omega"]["value"], abs=1e-7)
    np.testing.assert_allclose([row.loading for row in found.item_rows], values["loadings"], atol=1e-6)
    assert found.categorical.value == pytest.approx(values["categorical"], abs=1e-8)


def test_errors_match_lavaan(values, answers):
    found, n = ordinal_alpha(answers), values["n"]
    lavaans = np.sqrt(n / (n - 1))  # lavaan divides by n - 1
    assert found.alpha.se * lavaans == pytest.approx(values["alpha"]["se"], rel=1e-5)
    assert found.omega.se * lavaans == pytest.approx(values["omega"]["se"], rel=1e-5)


TURNED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]


def test_real_scales_match_psych(shared_dir, shared):
    bfi = pd.read_csv(shared_dir / "data" / "psychometrics_core" / "csv" / "bfi.csv").iloc[:, :25]
    bfi[TURNED] = 7 - bfi[TURNED]
    for scale, theirs in shared("polychoric")["ordinal_alpha"].items():
        found = ordinal_alpha(polychoric(bfi, [f"{scale}{j}" for j in range(1, 6)]))
        assert found.alpha.value == pytest.approx(theirs, abs=5e-5)


def test_categorical_omega_is_the_correlation_of_parallel_sums():
    rng = np.random.default_rng(5)
    trait = rng.normal(size=60_000)
    one, other = simulated(60_000, rng, trait), simulated(60_000, rng, trait)
    found = ordinal_alpha(one)
    assert found.categorical.value == pytest.approx(np.corrcoef(one.sum(axis=1), other.sum(axis=1))[0, 1], abs=0.006)
    assert found.observed == pytest.approx(alpha(one).alpha.value, abs=0.003)
    assert found.observed < found.categorical.value + 0.003 < found.alpha.value


def test_observed_alpha_is_cronbachs_where_the_model_holds(answers):
    assert ordinal_alpha(answers).observed == pytest.approx(alpha(answers).alpha.value, abs=0.01)


def test_errors_are_those_of_repeated_samples(request):
    reps = 1000 if request.config.getoption("--slow") else 100
    rng = np.random.default_rng(6)
    found = [ordinal_alpha(simulated(400, rng)) for _ in range(reps)]
    for name in ("alpha", "omega", "categorical"):
        each = [getattr(result, name) for result in found]
        spread = np.std([one.value for one in each], ddof=1)
        assert np.sqrt(np.mean([one.se**2 for one in each])) == pytest.approx(spread, rel=4 / np.sqrt(2 * reps))
        centre = np.mean([one.value for one in each])
        held = np.mean([one.low <= centre <= one.high for one in each])
        assert abs(held - 0.95) < 3 * np.sqrt(0.95 * 0.05 / reps) + 0.01


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(5)))
def test_order_of_items_does_not_matter(order):
    x = simulated(200, np.random.default_rng(7))
    moved, found = ordinal_alpha(x.iloc[:, order]), ordinal_alpha(x)
    for name in ("alpha", "omega", "categorical"):
        ours, theirs = getattr(moved, name), getattr(found, name)
        assert (ours.value, ours.se) == pytest.approx((theirs.value, theirs.se), rel=1e-7)


def test_counts_and_correlations_give_the_values_without_intervals(answers):
    whole = ordinal_alpha(answers)
    for source in (contingency(answers), polychoric(answers)):
        found = ordinal_alpha(source)
        assert found.categorical.value == pytest.approx(whole.categorical.value, abs=1e-12)
        assert found.alpha.low is None
        assert "ordinal.interval_needs_rows" in codes(found)
    assert ordinal_alpha([answers.iloc[:90], answers.iloc[90:]]).alpha.se == pytest.approx(whole.alpha.se, rel=1e-10)
    assert from_dict(to_dict(whole)) == whole


def test_two_items_have_alpha_alone(answers):
    found = ordinal_alpha(answers, ["q1", "q2"])
    r = polychoric(answers, ["q1", "q2"]).corr[0, 1]
    assert found.alpha.value == pytest.approx(2 * r / (1 + r))
    assert found.omega is None
    assert found.categorical is None
    assert "reliability.two_items" in codes(found)


def test_heywood_cases_have_no_omega():
    corr = {("a", "b"): 0.9, ("a", "c"): 0.8, ("b", "c"): 0.5}
    n = 100
    share = {pair: 0.25 + np.arcsin(r) / (2 * np.pi) for pair, r in corr.items()}
    tables = tuple(n * np.array([[p, 0.5 - p], [0.5 - p, p]]) for p in share.values())
    source = type(contingency({"a": [0, 1], "b": [0, 1]}))(
        ("a", "b", "c"), ((0, 1),) * 3, tables, (np.array([50.0, 50]),) * 3, n
    )
    found = ordinal_alpha(source)
    assert found.omega is None
    assert "factors.heywood" in codes(found)
    assert found.item_rows[0].loading == pytest.approx(1.2)


def test_reversed_items_are_named_and_sums_that_vanish_refused(answers):
    turned = answers.assign(q3=-answers["q3"])
    found = ordinal_alpha(turned)
    assert dict(found.cautions[0].slots) == {"items": ("q3",)}
    with pytest.raises(ModelError) as caught:
        ordinal_alpha({"a": [0, 0, 1, 1, 0, 1], "b": [1, 1, 0, 0, 1, 0]})
    assert caught.value.code == "reliability.no_total_variance"
