"""Survey estimates against their formulas in R, textbook sums by hand, and designs that are refused."""

import json
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.complex_sample import (
    raked,
    survey_design,
    survey_logit,
    survey_mean,
    survey_ols,
    survey_ratio,
    survey_share,
    survey_total,
)
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict


@pytest.fixture
def r(reference):
    return reference("survey")


@pytest.fixture
def design(r):
    return survey_design(r["data"], weights="w", strata="h", cluster="c", population="N")


def pair(found, at=0):
    row = found.estimate_rows[at]
    return [row.value, row.se]


def test_linearised_errors_match_their_formulas(r, design):
    assert pair(survey_mean(design, ["y"])) == pytest.approx(r["mean"], rel=1e-10)
    assert survey_mean(design, ["y"]).estimate_rows[0].deff == pytest.approx(r["deff"], rel=1e-10)
    assert survey_mean(design, ["y"]).kish == pytest.approx(r["kish"], rel=1e-12)
    by = survey_mean(design, ["y"], by="g")
    assert (pair(by, 0), pair(by, 1)) == (pytest.approx(r["by_p"], rel=1e-10), pytest.approx(r["by_q"], rel=1e-10))
    assert pair(survey_total(design, ["y"])) == pytest.approx(r["total"], rel=1e-10)
    assert pair(survey_ratio(design, "y", "z")) == pytest.approx(r["ratio"], rel=1e-10)
    assert pair(survey_share(design, "g")) == pytest.approx(r["share_p"], rel=1e-10)
    assert (design.df, survey_mean(design, ["y"]).clusters) == (18, 22)


def test_jackknife_errors_match_their_formulas(r, design):
    assert survey_mean(design, ["y"], errors="jackknife").estimate_rows[0].se == pytest.approx(r["jk_mean"], rel=1e-10)
    assert survey_ratio(design, "y", "z", errors="jackknife").estimate_rows[0].se == pytest.approx(r["jk_ratio"])
    found = survey_ols("y ~ a + g", design, errors="jackknife").estimates["se"]
    np.testing.assert_allclose(found, r["jk_ols"], rtol=1e-9)


def test_regressions_match_their_formulas(r, design):
    for verb, formula, case in ((survey_ols, "y ~ a + g", "ols"), (survey_logit, "b ~ a", "logit")):
        found = verb(formula, design).estimates
        np.testing.assert_allclose(found["value"], r[case]["b"], rtol=1e-8)
        np.testing.assert_allclose(found["se"], r[case]["se"], rtol=1e-7)


def test_raking_meets_its_margins(r):
    x = {**r["data"], "h": [str(h) for h in r["data"]["h"]]}
    x = pd.DataFrame(x).astype({"h": "category"})
    plain = survey_design(x, weights="w", strata="h", cluster="c")
    found = raked(plain, {"g": {"p": 300, "q": 500}, "h": {"1": 100, "2": 250, "3": 50, "4": 400}})
    np.testing.assert_allclose(found.weights, r["raked"], rtol=1e-8)
    assert found.weights[np.array(x["g"]) == "p"].sum() == pytest.approx(300)
    assert [each.code for each in found.cautions] == ["survey.calibrated"]


def test_a_stratified_sample_by_hand():
    """V of the stratified mean in exact fractions: sum W^2 (1 - f) s^2 / n (Cochran 1977, eq. 5.13)."""
    a, b, sizes = [1, 3, 2], [6, 4, 8], (9, 30)
    exact = Fraction(0)
    for values, size in ((a, sizes[0]), (b, sizes[1])):
        mean = Fraction(sum(values), 3)
        s2 = sum((value - mean) ** 2 for value in values) / 2
        exact += Fraction(size, 39) ** 2 * (1 - Fraction(3, size)) * s2 / 3
    x = {"y": a + b, "h": list("aaabbb"), "N": [9] * 3 + [30] * 3, "w": [3] * 3 + [10] * 3}
    row = survey_mean(survey_design(x, weights="w", strata="h", population="N"), ["y"]).estimate_rows[0]
    assert row.value == pytest.approx(float(Fraction(9 * 2 + 30 * 6, 39)))
    assert row.se**2 == pytest.approx(float(exact), rel=1e-12)


def test_without_a_design_it_is_the_usual_mean_and_hc_regression():
    rng = np.random.default_rng(1)
    x = {"y": rng.normal(size=40), "a": rng.normal(size=40)}
    design = survey_design(x)
    row = survey_mean(design, ["y"]).estimate_rows[0]
    assert (row.value, row.se) == pytest.approx((x["y"].mean(), x["y"].std(ddof=1) / np.sqrt(40)))
    assert row.deff == pytest.approx(1)
    hc0 = ols("y ~ a", x, vcov="HC0").coefficients["se"]
    np.testing.assert_allclose(survey_ols("y ~ a", design).estimates["se"], hc0 * np.sqrt(40 / 39), rtol=1e-9)


def test_rows_without_an_answer_are_another_part(r):
    y = np.array(r["data"]["y"])
    y[:7] = np.nan
    found = survey_mean(survey_design({**r["data"], "y": y}, weights="w", strata="h", cluster="c"), ["y"])
    assert (found.n, found.clusters) == (len(y) - 7, 22)


def test_designs_that_cannot_be_are_refused(r):
    x = {
        "y": [1, 2, 3, 4],
        "h": list("aabb"),
        "c": [1, 2, 3, 3],
        "N": [5, 5, 1, 1],
        "w": [1, 1, 0, 1],
        "V": [2, 3, 4, 4],
    }
    for arguments, code in (
        ({"strata": "h", "cluster": "c"}, "survey.single_cluster"), ({"weights": "w"}, "survey.weights"),
        ({"strata": "h", "population": "N"}, "survey.population_small"),
        ({"strata": "h", "population": "V"}, "survey.population_varies"),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            survey_design(x, **arguments)
        assert caught.value.code == code
    with pytest.raises(ModelError) as caught:
        survey_design({"y": [1, 2], "h": ["a", None]}, strata="h")
    assert caught.value.code == "survey.holes"
    with pytest.raises(ModelError) as caught:
        raked(survey_design(x), {"h": {"a": 3, "c": 4}})
    assert caught.value.code == "survey.margin"
    with pytest.raises(ModelError) as caught:
        survey_logit("b ~ a", survey_design({"b": [0, 0, 1, 1], "a": [1, 2, 3, 4]}))
    assert caught.value.code == "survey.no_solution"


def test_result_survives_json(design):
    found = survey_mean(design, ["y"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
