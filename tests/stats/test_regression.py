"""Regression against R, on real answers, and where it must be refused or doubted."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import moments
from analysis.stats.regression import ols

MODELS = ["numeric", "factor", "interaction", "factors", "products", "origin", "cells", "slopes"]
FORMULAS = {
    "numeric": "mpg ~ wt + hp + qsec", "factor": "mpg ~ wt + cyl", "interaction": "mpg ~ wt * am",
    "factors": "mpg ~ wt + cyl + am + wt:cyl", "products": "mpg ~ wt * hp", "origin": "mpg ~ 0 + wt + hp",
    "cells": "mpg ~ 0 + cyl + wt", "slopes": "mpg ~ wt:am",
}  # fmt: skip


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def codes(result):
    return [each.code for each in result.cautions]


@pytest.fixture
def cars(reference):
    return pd.DataFrame(reference("ols")["data"]).astype({"cyl": "category", "am": "category"})


@pytest.fixture
def made():
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(rng.normal(size=(80, 3)), columns=["a", "b", "c"])
    frame["y"] = 1 + frame["a"] - 0.5 * frame["b"] + rng.normal(size=80)
    frame["unit"] = [f"u{i % 8}" for i in range(80)]
    return frame


def term_of_r(term, named=("cyl", "am")):
    """R's ``wt:cyl6`` in our words: ``wt:cyl[6]``."""
    parts = []
    for part in term.split(":"):
        name = next((each for each in named if part.startswith(each)), None)
        parts.append(f"{name}[{part.removeprefix(name)}]" if name else part)
    return ":".join(parts)


def compare(found, expected, rel=1e-10):
    for ours, theirs in {"se": "se", "statistic": "t", "p": "p", "low": "low", "high": "high"}.items():
        np.testing.assert_allclose(
            found.coefficients[ours].to_numpy(dtype=float), expected[theirs], rtol=rel, atol=1e-13
        )


@pytest.mark.parametrize("model", MODELS)
def test_ols_matches_lm(reference, cars, model):
    r = reference("ols")["models"][model]
    found = ols(FORMULAS[model], cars)
    assert found.coefficients["term"].tolist() == [term_of_r(term) for term in r["terms"]]
    np.testing.assert_allclose(found.coefficients["b"], r["b"], rtol=1e-11)
    compare(found, r["classical"])
    fit = found.fit
    for ours, theirs in {"see": "sigma", "F": "F", "df1": "df1", "df2": "df2", "p": "p", "r2": "r2", "adj_r2": "adj_r2",
                         "loglik": "loglik", "aic": "aic", "bic": "bic", "ss_res": "ss_res"}.items():  # fmt: skip
        assert fit[ours] == pytest.approx(r[theirs], rel=1e-11), ours
    assert found.diagnostics.durbin_watson == pytest.approx(r["dw"], rel=1e-11)
    np.testing.assert_allclose(found.residuals(), r["residuals"], rtol=1e-8, atol=1e-11)
    if r.get("vif"):
        np.testing.assert_allclose(found.coefficients["vif"][1:].to_numpy(dtype=float), r["vif"], rtol=1e-10)


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3", "HC4"])
@pytest.mark.parametrize("model", MODELS)
def test_robust_errors_match_sandwich(reference, cars, model, kind):
    r = reference("ols")["models"][model]["robust"][kind]
    found = ols(FORMULAS[model], cars, vcov=kind)
    compare(found, r)
    assert (found.fit.F, found.fit.p, found.fit.df2) == pytest.approx((r["F"], r["F_p"], r["df2"]), rel=1e-9)
    assert found.method == "ols.robust"


@pytest.mark.parametrize("model", MODELS)
def test_clustered_errors_match_vcov_cl(reference, cars, model):
    r = reference("ols")["models"][model]["cluster"]
    found = ols(FORMULAS[model], cars, vcov=("cluster", "carb"))
    compare(found, r)
    assert (found.clusters, found.cluster, found.coefficient_rows[0].df) == (r["G"], "carb", r["G"] - 1)
    assert "regression.few_clusters" in codes(found)


def test_vif_matches_car(reference, cars):
    found = ols(FORMULAS["numeric"], cars)
    for row in found.coefficient_rows[1:]:
        assert row.vif == pytest.approx(reference("ols")["vif_car"][row.term], rel=1e-11)
        assert row.tolerance == pytest.approx(1 / row.vif)
    assert found.coefficient_rows[0].vif is None


def test_intercept_of_shifted_factors_is_what_predict_gives(reference, cars):
    predict = reference("ols")["predict"]
    shifted = cars.assign(**{name: cars[name] - value for name, value in predict["at"].items()})
    row = ols(FORMULAS["numeric"], shifted).coefficient_rows[0]
    assert [row.b, row.low, row.high] == pytest.approx(predict["interval"], rel=1e-11)


def test_attitude_matches_the_shared_reference(shared_dir):
    r = json.loads((shared_dir / "reference" / "ols.json").read_text(encoding="utf-8"))["attitude"]
    data = pd.read_csv(shared_dir / "reference" / "data" / "attitude.csv")
    formula = "rating ~ complaints + privileges + learning + raises + critical + advance"
    for kind in ("classical", "HC0", "HC1", "HC2", "HC3", "HC4"):
        found = ols(formula, data, vcov=kind).coefficients[["b", "se", "statistic", "p"]].to_numpy(dtype=float)
        np.testing.assert_allclose(found, r["coef" if kind == "classical" else kind]["values"], rtol=1e-9)
    found = ols(formula, data)
    np.testing.assert_allclose(found.coefficients[["low", "high"]], r["ci"]["values"], rtol=1e-9)
    fit = found.fit
    ours = [fit.r2, fit.adj_r2, fit.see, fit.loglik, fit.aic, fit.bic, fit.F]
    theirs = [r[name] for name in ("r2", "adj_r2", "sigma", "loglik", "AIC", "BIC")]
    assert ours == pytest.approx([*theirs, r["F"]["value"]], rel=1e-9)
    assert {row.term: row.beta for row in found.coefficient_rows[1:]} == pytest.approx(r["std_beta"], rel=1e-9)
    assert {row.term: row.vif for row in found.coefficient_rows[1:]} == pytest.approx(r["vif"], rel=1e-9)
    assert found.diagnostics.durbin_watson == pytest.approx(r["dw"]["stat"], rel=1e-9)


def test_regression_of_the_student_survey(shared_dir):
    file = shared_dir / "data" / "vn_tiktokshop_students" / "raw_data.xlsx"
    data = pd.read_excel(file, sheet_name="Dataset", engine="calamine")
    printed = {"SC": 0.14304, "SI": 0.11289, "TR": 0.17966, "HM": 0.17230, "SL": 0.23906, "PP": 0.09229}
    scales = [*printed, "OIB"]
    means = {s: data[[c for c in data if c.rstrip("0123456789") == s]].mean(axis=1) for s in scales}
    found = ols("OIB ~ " + " + ".join(printed), means)
    assert {row.term: round(row.b, 5) for row in found.coefficient_rows[1:]} == printed
    assert (round(found.fit.r2, 5), found.n) == (0.47746, 361)


def test_moments_give_the_same_as_rows(made):
    for formula in ("y ~ a + b + c", "y ~ 0 + a + b"):
        rows, m = ols(formula, made), ols(formula, moments(made, ["y", "a", "b", "c"]))
        numbers = rows.coefficients.select_dtypes("number").columns
        np.testing.assert_allclose(m.coefficients[numbers], rows.coefficients[numbers], rtol=1e-11)
        for name in ("r", "r2", "adj_r2", "see", "F", "p", "loglik", "aic", "bic", "ss_res"):
            assert m.fit[name] == pytest.approx(rows.fit[name], rel=1e-11), name
        assert (m.method, m.diagnostics.durbin_watson) == ("ols.moments", None)
    batches = ols("y ~ a + b", (made[["y", "a", "b"]].iloc[at : at + 20] for at in range(0, 80, 20)))
    assert batches.coefficient_rows[1].b == pytest.approx(ols("y ~ a + b", made).coefficient_rows[1].b)


def test_agrees_with_statsmodels(made):
    for vcov in ("classical", "HC0", "HC1", "HC2", "HC3", ("cluster", "unit")):
        found = ols("y ~ a + b + unit", made, vcov=vcov) if vcov == "classical" else ols("y ~ a + b", made, vcov=vcov)
        theirs = found.as_statsmodels()
        np.testing.assert_allclose(found.coefficients["b"], theirs.params, rtol=1e-10)
        np.testing.assert_allclose(found.coefficients["se"], theirs.bse, rtol=1e-10)
        np.testing.assert_allclose(found.coefficients["p"], theirs.pvalues, rtol=1e-8)
    np.testing.assert_allclose(found.fitted(), theirs.fittedvalues, rtol=1e-10)
    assert refusal(ols("y ~ a", made, vcov="HC4").as_statsmodels)[0] == "regression.no_counterpart"


def test_rows_are_needed_for_what_moments_do_not_hold(made):
    m = moments(made, ["y", "a", "b"])
    assert refusal(lambda: ols("y ~ a", m, vcov="HC3"))[0] == "regression.needs_rows"
    assert refusal(lambda: ols("y ~ a:b", m)) == ("regression.needs_rows", {"what": "a:b"})
    assert refusal(ols("y ~ a", m).as_statsmodels)[0] == "regression.needs_rows"
    assert refusal(ols("y ~ a", m).residuals)[0] == "regression.needs_rows"


def test_intercept_alone_is_the_mean(made):
    found = ols("y ~ 1", made)
    assert found.coefficient_rows[0].b == pytest.approx(made["y"].mean(), rel=1e-13)
    assert (found.fit.r2, found.fit.F, found.fit.p) == (0.0, None, None)
    assert ols("y ~ 1", moments(made, ["y"])).fit.see == pytest.approx(made["y"].std(), rel=1e-12)


def test_table_columns_never_change(made):
    expected = ["term", "b", "se", "statistic", "df", "p", "low", "high", "beta", "tolerance", "vif"]
    for formula in ("y ~ 1", "y ~ a", "y ~ unit"):
        assert list(ols(formula, made).coefficients.columns) == expected


def test_missing_rows_are_counted(made):
    holes = made.copy()
    holes.loc[:4, "a"] = np.nan
    holes.loc[5, "unit"] = None
    found = ols("y ~ a", holes)
    assert (found.n, found.dropped) == (75, 5)
    assert "rows.excluded" in codes(found)
    assert ols("y ~ a", holes, vcov=("cluster", "unit")).n == 74
    assert len(found.residuals()) == 75


def test_n_not_above_p_is_refused():
    assert refusal(lambda: ols("y ~ a + b", {"y": [1, 2, 4], "a": [1, 3, 2], "b": [5, 2, 1]})) == (
        "regression.too_few_rows", {"n": 3, "k": 3},
    )  # fmt: skip
    assert refusal(lambda: ols("y ~ a", {"y": [1, None], "a": [None, 2]}))[0] == "regression.too_few_rows"


def test_constant_predictor_is_refused_by_name(made):
    found = refusal(lambda: ols("y ~ a + k", made.assign(k=1)))
    assert found == ("regression.constant_predictor", {"column": "k"})
    assert refusal(lambda: ols("y ~ k", moments(made[["y"]].assign(k=1))))[0] == "regression.constant_predictor"


def test_constant_outcome_is_refused_by_name(made):
    assert refusal(lambda: ols("k ~ a", made.assign(k=1))) == ("regression.constant_outcome", {"column": "k"})
    assert refusal(lambda: ols("k ~ a", moments(made[["a"]].assign(k=1))))[0] == "regression.constant_outcome"


def test_all_constants_are_reported_together(made):
    with pytest.raises(ModelError) as caught:
        ols("k ~ a + j + i", made.assign(k=1, j=2, i=3))
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize("path", ["rows", "moments"])
def test_perfect_collinearity_names_the_set(made, path):
    data = made.assign(total=made["a"] + made["b"])
    x = data if path == "rows" else moments(data, ["y", "a", "b", "c", "total"])
    found = refusal(lambda: ols("y ~ a + b + c + total", x))
    assert found == ("regression.rank_deficient", {"columns": ("a", "b", "total")})


def test_two_dependent_sets_are_both_named(made):
    data = made.assign(copy=2 * made["a"] + 1, other=made["b"] - made["c"])
    with pytest.raises(ModelError) as caught:
        ols("y ~ a + b + c + copy + other", data)
    assert [each.get("columns") for each in caught.value.problems] == [("a", "copy"), ("b", "c", "other")]


def test_an_empty_cell_of_an_interaction_is_refused(made):
    data = made.assign(g=["x", "z"] * 40, h=["p"] * 40 + ["q", "p"] * 20)
    assert (
        refusal(lambda: ols("y ~ g * h", data.query("not (g == 'z' and h == 'q')")))[0] == "regression.rank_deficient"
    )


def test_numbers_as_text_are_not_made_a_factor(made):
    found = refusal(lambda: ols("y ~ a + d", made.assign(d=["1", "2"] * 40)))
    assert found == ("regression.numbers_as_text", {"column": "d"})
    declared = made.assign(d=pd.Categorical(["1", "2"] * 40))
    assert ols("y ~ d", declared).coefficient_rows[1].term == "d[2]"


def test_text_outcome_is_refused(made):
    assert refusal(lambda: ols("unit ~ a", made))[0] == "regression.text_outcome"


def test_single_level_is_refused_by_name(made):
    assert refusal(lambda: ols("y ~ g", made.assign(g="only"))) == (
        "regression.single_level",
        {"column": "g", "level": "only"},
    )


def test_unknown_names_and_options(made):
    assert refusal(lambda: ols("y ~ aa", made)) == ("rows.unknown_column", {"column": "aa", "nearest": "a"})
    assert refusal(lambda: ols("y ~ a", made, vcov="HC5"))[1]["nearest"] in ("HC4", "HC3", "HC2", "HC1", "HC0")
    assert refusal(lambda: ols("y ~ a", made, vcov="cluster"))[0] == "regression.cluster_needs_name"
    assert refusal(lambda: ols("y ~ a + (1 | unit)", made))[0] == "regression.groups_need_mixed"
    assert refusal(lambda: ols("y ~ a + y", made))[0] == "formula.outcome_explains_itself"
    assert refusal(lambda: ols("y ~ a", made, vcov=("cluster", "none")))[0] == "rows.unknown_column"
    assert refusal(lambda: ols("y ~ a", made.assign(u="x"), vcov=("cluster", "u")))[0] == "regression.single_cluster"


def test_reference_level_is_the_first_declared(made):
    declared = made.assign(g=pd.Categorical(["low", "high"] * 40, categories=["low", "high"]))
    assert [row.term for row in ols("y ~ g", declared).coefficient_rows] == ["(Intercept)", "g[high]"]
    sorted_ = ols("y ~ g", made.assign(g=["low", "high"] * 40))
    assert sorted_.coefficient_rows[1].term == "g[low]"
    assert "regression.levels_sorted" in codes(sorted_)
    assert "regression.levels_sorted" not in codes(ols("y ~ g", declared))


def test_a_group_of_one_has_no_hc3(made):
    data = made.assign(g=["x"] * 79 + ["z"])
    assert refusal(lambda: ols("y ~ a + g", data, vcov="HC3")) == (
        "regression.leverage_one",
        {"vcov": "HC3", "rows": 1},
    )
    assert ols("y ~ a + g", data, vcov="HC1").n == 80


def test_near_collinearity_is_said(made):
    near = made.assign(d=made["a"] + 0.01 * made["c"])
    caution = next(each for each in ols("y ~ a + d", near).cautions if each.code == "regression.low_tolerance")
    assert caution.get("terms") == ("a", "d")


def test_small_samples_are_said(made):
    caution = next(each for each in ols("y ~ a + b", made.iloc[:40]).cautions if each.code == "regression.small_n")
    assert dict(caution.slots) == {"n": 40, "least": 66, "predictors": 2}
    assert codes(ols("y ~ a + b", made)) == ["regression.durbin_watson_order"]


def test_perfect_fit_prints_no_infinite_test():
    x = np.arange(20.0)
    found = ols("y ~ a", {"y": 3 * x + 1, "a": x})
    assert "regression.perfect_fit" in codes(found)
    assert (found.fit.F, found.fit.loglik, found.coefficient_rows[1].statistic) == (None, None, None)
    assert found.coefficient_rows[1].b == 3


def test_shared_items_are_named(made):
    x = SimpleNamespace(frame=made, members={"y": ("q1", "q2"), "a": ("q2", "q3"), "b": ("q4",)})
    caution = next(each for each in ols("y ~ a + b", x).cautions if each.code == "regression.shared_items")
    assert dict(caution.slots) == {"outcome": "y", "factor": "a", "items": ("q2",)}


def test_pairwise_moments_are_doubted(made):
    holes = made[["y", "a"]].copy()
    holes.loc[:9, "a"] = np.nan
    assert "regression.pairwise_n" in codes(ols("y ~ a", moments(holes, missing="pairwise")))


def test_moments_that_cost_digits_are_said(made):
    near = made.assign(d=made["a"] + 1e-4 * made["c"])
    assert "regression.moments_condition" in codes(ols("y ~ a + d", moments(near, ["y", "a", "d"])))


def test_equal_results_ignore_the_kept_rows(made):
    assert ols("y ~ a", made) == ols("y ~ a", made.copy())
    assert ols("y ~ a", made) != ols("y ~ b", made)
