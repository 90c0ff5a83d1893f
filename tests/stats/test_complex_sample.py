"""Survey estimates against R's package `survey`, their formulas, and textbook sums by hand."""

import json
from fractions import Fraction

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.complex_sample import (
    survey_logit,
    survey_mean,
    survey_ols,
    survey_ratio,
    survey_share,
    survey_total,
)
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict
from analysis.stats.sample_design import survey_design


@pytest.fixture
def r(reference):
    return reference("survey")


@pytest.fixture
def design(r):
    return survey_design(r["data"], weights="w", strata="h", cluster="c", population="N")


def pair(found, at=0):
    row = found.estimate_rows[at]
    return [row.value, row.se]


SETS = {
    "strat": ("y", "z", "g", "b", {"weights": "pw", "strata": "stype", "population": "fpc"}),
    "clus": ("y", "z", "g", "b", {"weights": "pw", "cluster": "dnum", "population": "fpc"}),
    "free": ("y", "z", "g", "b", {"weights": "pw", "cluster": "dnum"}),
    "communes": ("y", "z", "g", "b", {"weights": "w", "strata": "h", "cluster": "c", "population": "N"}),
}


@pytest.fixture
def package(reference):
    """Values of the package `survey`, design and formulas of a case."""
    values = reference("survey_package")

    def of(case):
        theirs = values["clus"]["free"] if case == "free" else values[case]
        data = values["clus" if case == "free" else case]["data"]
        if case == "communes":
            return theirs, survey_design(data, **SETS[case][4]), ("y", "z", "kind", "y ~ a + kind", "b ~ a")
        data = {**data, "b": [float(each == "Yes") for each in data["wide"]]}
        formulas = ("api00", "api99", "awards", "api00 ~ ell + meals + awards", "b ~ ell + meals")
        return theirs, survey_design(data, **SETS[case][4]), formulas

    return of


@pytest.mark.parametrize("case", SETS)
def test_estimates_are_those_of_the_package_survey(package, case):
    r, design, (y, z, g, _, _) = package(case)
    row = survey_mean(design, [y]).estimate_rows[0]
    theirs = [r["mean"][name] for name in ("value", "se", "low", "high", "deff")]
    assert [row.value, row.se, row.low, row.high, row.deff] == pytest.approx(theirs, rel=1e-9)
    assert row.df == r["df"]
    shares = survey_share(design, g).estimates
    for ours, name in (("value", "value"), ("se", "se"), ("low", "low"), ("high", "high")):
        np.testing.assert_allclose(shares[ours], r["share"][name], rtol=1e-9)
    assert pair(survey_total(design, [y])) == pytest.approx([r["total"]["value"], r["total"]["se"]], rel=1e-9)
    assert pair(survey_ratio(design, y, z)) == pytest.approx([r["ratio"]["value"], r["ratio"]["se"]], rel=1e-9)
    by = survey_mean(design, [y], by=g).estimates
    np.testing.assert_allclose(by[["value", "se"]].T, [r["by"]["value"], r["by"]["se"]], rtol=1e-9)


@pytest.mark.parametrize("case", SETS)
def test_regressions_are_those_of_the_package_survey(package, case):
    r, design, (*_, linear, logistic) = package(case)
    for verb, formula, theirs in ((survey_ols, linear, r["ols"]), (survey_logit, logistic, r["logit"])):
        found = verb(formula, design).estimates
        for ours, name in (
            ("value", "b"),
            ("se", "se"),
            ("statistic", "t"),
            ("p", "p"),
            ("low", "low"),
            ("high", "high"),
        ):
            np.testing.assert_allclose(found[ours], theirs[name], rtol=1e-7, atol=1e-13, err_msg=f"{formula} {ours}")
        assert set(found["df"]) == {theirs["df"]}


@pytest.mark.parametrize(("case", "kind"), [("strat", "JKn"), ("clus", "JK1"), ("communes", "JKn")])
def test_jackknife_errors_are_those_of_the_package_survey(package, case, kind):
    r, design, (y, z, _, linear, logistic) = package(case)
    verbs = {
        "mean": survey_mean(design, [y], errors="jackknife"),
        "ratio": survey_ratio(design, y, z, errors="jackknife"),
        "ols": survey_ols(linear, design, errors="jackknife"),
        "logit": survey_logit(logistic, design, errors="jackknife"),
    }
    for name, found in verbs.items():
        np.testing.assert_allclose(found.estimates["se"], np.ravel(r[kind][name]), rtol=1e-7, err_msg=name)


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


def test_a_population_without_a_solution_is_refused():
    for formula, x, code in (
        ("b ~ a", {"b": [0, 0, 1, 1], "a": [1, 2, 3, 4]}, "survey.no_solution"),
        ("y ~ a", {"y": [1, 2, 4, 5], "a": [1, 2, 3, 5], "c": [1, 1, 2, 2]}, "survey.too_few_clusters"),
        ("y ~ a + b", {"y": [1, 2, 4, 5, 7], "a": [1, 2, 3, 5, 4], "b": [2, 4, 6, 10, 8]}, "regression.rank_deficient"),
    ):
        verb = survey_logit if code == "survey.no_solution" else survey_ols
        with pytest.raises(ModelError) as caught:
            verb(formula, survey_design(x, cluster="c" if "c" in x else None))
        assert caught.value.code == code


def test_result_survives_json(design):
    found = survey_mean(design, ["y"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
