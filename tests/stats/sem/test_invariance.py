"""The ladder of invariance against lavaan, its decisions, and parameters that are released."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.stats.result import from_dict, to_dict
from analysis.stats.sem.invariance import invariance

from .conftest import HS_MODEL


@pytest.fixture(scope="module")
def schools(data):
    return invariance(HS_MODEL, data["HS"], group="school")


def test_steps_match_the_shared_values(shared_values, schools):
    for row, theirs in zip(schools.step_rows, shared_values("invariance")["HS_school_lrt"], strict=True):
        assert row.df == theirs["Df"]
        assert [row.chisq, row.aic, row.bic] == pytest.approx([theirs["Chisq"], theirs["AIC"], theirs["BIC"]], rel=1e-8)
        if theirs["Df diff"] is not None:
            assert row.delta_df == theirs["Df diff"]
            assert [row.delta_chisq, row.p_delta] == pytest.approx(
                [theirs["Chisq diff"], theirs["Pr(>Chisq)"]], rel=1e-5
            )


def test_schools_have_equal_loadings_but_not_intercepts(schools):
    assert [row.holds for row in schools.step_rows] == [None, True, False, True]
    assert schools.reached == "metric"
    assert schools.groups == ("Pasteur", "Grant-White")


def test_the_intercepts_that_stop_the_ladder_are_named_in_order(data, schools):
    assert [row.name for row in schools.costly_rows] == ["x3 ~ 1", "x7 ~ 1", "x2 ~ 1"]
    assert {row.group for row in schools.costly_rows} == {"Grant-White"}
    assert invariance(HS_MODEL, data["HS"], group="school", released=("x3 ~ 1", "x7 ~ 1")).costly_rows == ()


def test_released_intercepts_make_the_rest_hold(data):
    found = invariance(HS_MODEL, data["HS"], group="school", released=("x3 ~ 1", "x7 ~ 1"))
    assert found.step_rows[2].holds
    assert found.step_rows[2].df == 58
    assert found.reached in ("scalar", "strict")


def test_scaled_differences_match_lavaan(reference, data):
    found = invariance(HS_MODEL, data["HS"], group="school", estimator="MLR")
    theirs = reference("sem")["scaled_difference"]
    assert [row.delta_chisq for row in found.step_rows[1:3]] == pytest.approx(theirs["chisq"][1:], rel=1e-4)
    assert [row.p_delta for row in found.step_rows[1:3]] == pytest.approx(theirs["p"][1:], rel=1e-3)


def test_a_study_may_have_its_own_rules(data):
    rules = {"invariance.delta_cfi": 0.2, "invariance.delta_rmsea": 0.2}
    assert invariance(HS_MODEL, data["HS"], group="school", rules=rules).reached == "strict"


def test_groups_in_another_order_fit_the_same(data, schools):
    turned = invariance(HS_MODEL, data["HS"].iloc[::-1], group="school")
    assert turned.groups == schools.groups[::-1]
    for a, b in zip(turned.step_rows, schools.step_rows, strict=True):
        assert a.chisq == pytest.approx(b.chisq, rel=1e-8)


def simulated(shift):
    """Simulated: two groups, one factor, five items; the intercept of q1 differs by `shift`."""
    rng = np.random.default_rng(11)
    group = np.repeat(["a", "b"], 400)
    x = rng.normal(size=(800, 1)) + 0.7 * rng.normal(size=(800, 5))
    x[group == "b", 0] += shift
    return pd.DataFrame({f"q{j + 1}": x[:, j] for j in range(5)}).assign(group=group)


@pytest.mark.parametrize(("shift", "reached"), [(0.0, "strict"), (0.8, "metric")])
def test_known_truth_is_found(shift, reached):
    found = invariance("f =~ q1 + q2 + q3 + q4 + q5", simulated(shift), group="group")
    assert found.reached == reached


def test_the_first_difference_from_a_saturated_structure_is_scaled(data):
    """Three items: the structure has no df and no factor of its own, so the difference is the next step's test."""
    found = invariance("visual =~ x1 + x2 + x3", data["HS"], group="school", estimator="MLR")
    metric = found.step_rows[1]
    assert (found.step_rows[0].df, metric.delta_df) == (0, metric.df)
    assert metric.delta_chisq == pytest.approx(metric.chisq, rel=1e-9)
    assert metric.delta_rmsea is None  # a model without degrees of freedom has no RMSEA to rise from
    assert metric.holds == (metric.delta_cfi >= -found.delta_cfi)


def test_a_result_goes_through_json(schools):
    assert from_dict(json.loads(json.dumps(to_dict(schools)))) == schools
