"""Raking and post-stratification against R's package `survey`, and margins that cannot be met."""

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.calibration import raked
from analysis.stats.complex_sample import survey_mean, survey_ols
from analysis.stats.sample_design import survey_design

FORMULA = "api00 ~ ell + meals + awards"
SAMPLES = {"strat": {"strata": "stype"}, "clus": {"cluster": "dnum"}}


@pytest.fixture
def r(reference):
    return reference("survey")


@pytest.fixture
def package(reference):
    return reference("survey_package")


def design(package, case):
    return survey_design(package[case]["data"], weights="pw", population="fpc", **SAMPLES[case])


def margins(package, *names):
    return {name: package["strat"]["margins"][name] for name in names}


@pytest.mark.parametrize("case", SAMPLES)
@pytest.mark.parametrize(("kind", "names"), [("post", ("awards",)), ("raked", ("awards", "wide"))])
def test_errors_after_calibration_are_those_of_the_package_survey(package, case, kind, names):
    found, theirs = raked(design(package, case), margins(package, *names)), package[case][kind]
    np.testing.assert_allclose(found.weights, theirs["weights"], rtol=1e-9)
    row = survey_mean(found, ["api00"]).estimate_rows[0]
    assert [row.value, row.se] == pytest.approx([theirs["mean"]["value"], *np.ravel(theirs["mean"]["se"])], rel=1e-8)
    model = survey_ols(FORMULA, found).estimates
    np.testing.assert_allclose(model["value"], theirs["ols"]["b"], rtol=1e-8)
    np.testing.assert_allclose(model["se"], theirs["ols"]["se"], rtol=1e-7)


def test_each_jackknife_replicate_is_calibrated_again_as_in_r(package):
    found, theirs = raked(design(package, "strat"), margins(package, "awards")), package["strat"]["post_JKn"]
    row = survey_mean(found, ["api00"], errors="jackknife").estimate_rows[0]
    assert row.se == pytest.approx(np.ravel(theirs["mean"])[0], rel=1e-8)
    model = survey_ols(FORMULA, found, errors="jackknife").estimates
    np.testing.assert_allclose(model["se"], theirs["ols"], rtol=1e-7)


def test_iterated_weights_are_those_of_rake(package):
    found = raked(design(package, "strat"), margins(package, "awards", "wide"))
    np.testing.assert_allclose(found.weights, package["strat"]["rake_weights"], rtol=1e-8)


def test_what_the_margins_explain_does_not_vary(package):
    """The share of a margin is known afterwards: its error is zero, by every method."""
    x = {**package["strat"]["data"], "known": [float(each == "Yes") for each in package["strat"]["data"]["awards"]]}
    plain = survey_design(x, weights="pw", strata="stype", population="fpc")
    found = raked(plain, margins(package, "awards"))
    for errors in ("linear", "jackknife"):
        assert survey_mean(plain, ["known"], errors=errors).estimate_rows[0].se > 0.02
        assert survey_mean(found, ["known"], errors=errors).estimate_rows[0].se == pytest.approx(0, abs=1e-8)


def test_raking_meets_its_margins(r):
    x = {**r["data"], "h": [str(h) for h in r["data"]["h"]]}
    x = pd.DataFrame(x).astype({"h": "category"})
    plain = survey_design(x, weights="w", strata="h", cluster="c")
    found = raked(plain, {"g": {"p": 300, "q": 500}, "h": {"1": 100, "2": 250, "3": 50, "4": 400}})
    np.testing.assert_allclose(found.weights, r["raked"], rtol=1e-8)
    assert found.weights[np.array(x["g"]) == "p"].sum() == pytest.approx(300)
    assert [each.code for each in found.cautions] == ["survey.calibrated"]


def test_margins_that_cannot_be_met_are_refused(package):
    x = {"y": [1, 2, 3, 4], "h": list("aabb"), "g": list("ppqq")}
    for counts, code in (
        ({"h": {"a": 3, "c": 4}}, "survey.margin"),
        ({"h": {"a": 3, "b": 4}, "g": {"p": 4, "q": 3}}, "survey.rake_stuck"),
    ):
        with pytest.raises(ModelError) as caught:
            raked(survey_design(x), counts)
        assert caught.value.code == code
    found = raked(survey_design({"y": [1, 2, 3, 5], "g": list("ppqp")}), {"g": {"p": 10, "q": 5}})
    with pytest.raises(ModelError) as caught:
        survey_mean(found, ["y"], errors="jackknife")
    assert caught.value.code == "survey.replicate_stuck"
