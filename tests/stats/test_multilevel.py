"""Mixed models against lme4 and lmerTest, variances at their bound, contextual effects."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.grammar import parse_formula
from analysis.stats.multilevel import contextual, mixed
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict

CASES = {
    "sleep_1": ("Reaction ~ Days + (1 | Subject)", "sleep"),
    "sleep_2": ("Reaction ~ Days + (1 + Days | Subject)", "sleep"),
    "data_1": ("y ~ a + g + (1 | u)", "data"), "data_2": ("y ~ a + g + (1 + a | u)", "data"),
    "crossed": ("diameter ~ 1 + (1 | plate) + (1 | sample)", "penicillin"),
}  # fmt: skip


@pytest.fixture
def r(reference):
    return reference("mixed")


def variances(found):
    """In lme4's order: variances of a group, then its covariance."""
    ordered = sorted(found.variance_rows[:-1], key=lambda row: row.other is not None)
    return [row.variance for row in (*ordered, found.variance_rows[-1])]


@pytest.mark.parametrize("case", CASES)
def test_models_match_lmer(r, case):
    formula, data = CASES[case]
    found, theirs = mixed(formula, r[data]), r[case]
    np.testing.assert_allclose(found.coefficients["b"], np.atleast_1d(theirs["b"]), rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["se"], np.atleast_1d(theirs["se"]), rtol=1e-5)
    np.testing.assert_allclose(found.coefficients["df"], np.atleast_1d(theirs["df"]), rtol=2e-3)
    np.testing.assert_allclose(found.coefficients["p"], np.atleast_1d(theirs["p"]), rtol=1e-2)
    np.testing.assert_allclose(variances(found), theirs["variances"], rtol=2e-4)
    assert found.fit.deviance == pytest.approx(theirs["deviance"], rel=1e-9)
    assert found.fit.deviance <= theirs["deviance"] + 1e-6
    assert (found.fit.aic, found.fit.bic) == pytest.approx((theirs["aic"], theirs["bic"]), rel=1e-9)


def test_maximum_likelihood_matches_lmer(r):
    found, theirs = mixed(CASES["sleep_1"][0], r["sleep"], method="ml"), r["sleep_1_ml"]
    np.testing.assert_allclose(found.coefficients["se"], theirs["se"], rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["df"], theirs["df"], rtol=2e-3)
    assert found.fit.deviance == pytest.approx(theirs["deviance"], rel=1e-10)
    assert found.method == "mixed.ml"


@pytest.mark.parametrize(
    ("case", "formula", "method"),
    [("bh_null", "WBEING ~ 1 + (1 | GRP)", "reml"), ("bh_full", "WBEING ~ HRS + LEAD + COHES + (1 | GRP)", "reml"),
     ("bh_full_ML", "WBEING ~ HRS + LEAD + COHES + (1 | GRP)", "ml")],
)  # fmt: skip
def test_army_groups_match_the_shared_reference(shared, shared_dir, case, formula, method):
    r = shared("mixed")[case]
    data = pd.read_csv(shared_dir / "data" / "multilevel_army" / "csv" / "bh1996.csv")
    found = mixed(formula, data, method=method)
    np.testing.assert_allclose(
        found.coefficients[["b", "se", "statistic"]].to_numpy(dtype=float),
        np.atleast_2d(r["fixed"]["values"]),
        rtol=1e-6,
    )
    assert found.fit.loglik == pytest.approx(r["logLik"], rel=1e-10)
    assert found.fit.icc == pytest.approx(r["ICC"], rel=1e-5)
    assert variances(found) == pytest.approx([row["vcov"] for row in r["vc"]], rel=1e-5)


def test_a_variance_of_zero_is_named_and_gives_least_squares(r):
    found = mixed("flat ~ a + (1 | u)", r["data"])
    assert "mixed.singular" in [each.code for each in found.cautions]
    plain = ols("flat ~ a", r["data"])
    np.testing.assert_allclose(found.coefficients["se"], plain.coefficients["se"], rtol=1e-6)
    np.testing.assert_allclose(found.coefficients["df"], [138, 138], rtol=1e-4)
    assert found.fit.icc == pytest.approx(0, abs=1e-6)


def test_balanced_groups_give_the_exact_degrees_of_freedom():
    rng = np.random.default_rng(1)
    u = np.repeat(np.arange(12), 5)
    x = {"u": u, "z": rng.normal(size=12)[u], "y": rng.normal(size=12)[u] + rng.normal(size=60)}
    assert mixed("y ~ z + (1 | u)", x).coefficient_rows[1].df == pytest.approx(10, rel=1e-4)


def test_contextual_effects_are_recovered():
    rng = np.random.default_rng(2)
    u = np.repeat(np.arange(80), 12)
    level = rng.normal(size=80)
    a = level[u] + rng.normal(size=960)
    mean = (np.bincount(u, a) / 12)[u]
    x = {"u": u, "a": a, "y": 0.3 * a + 0.6 * mean + 0.4 * rng.normal(size=80)[u] + rng.normal(size=960)}
    rows = {row.term: row for row in contextual("y ~ a + (1 | u)", x, ("a",)).coefficient_rows}
    assert rows["a"].low < 0.3 < rows["a"].high
    assert rows["a.mean"].low < 0.6 < rows["a.mean"].high
    within = ols("y ~ a", {"y": x["y"] - (np.bincount(u, x["y"]) / 12)[u], "a": a - mean}).coefficient_rows[1].b
    assert rows["a"].b == pytest.approx(within, rel=1e-6)


def test_what_is_no_mixed_model_is_refused(r):
    data = {**r["data"], "one": np.ones(len(r["data"]["y"])), "id": np.arange(len(r["data"]["y"]))}
    for formula, code in (
        ("y ~ a", "mixed.no_group"), ("y ~ a + (1 | one)", "mixed.single_group"),
        ("y ~ a + (1 | id)", "mixed.groups_of_one"), ("y ~ a + (1 + g | u)", "mixed.slope_of_category"),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            mixed(formula, data)
        assert caught.value.code == code
    with pytest.raises(ModelError) as caught:
        contextual("y ~ a + (1 | u)", data, ("g",))
    assert caught.value.code == "mixed.context"


def test_formulas_with_slopes_round_trip():
    parsed = parse_formula("y ~ a + (1 + a + b | unit) + (1 | year)")
    assert (parsed.groups, parsed.slopes) == (("unit", "year"), (("a", "b"), ()))
    assert str(parsed) == "y ~ a + (1 + a + b | unit) + (1 | year)"
    assert parse_formula(str(parsed)) == parsed
    assert parse_formula("y ~ a + (1 | unit)").slopes == ()


def test_statsmodels_agrees_and_json_returns(r):
    found = mixed("y ~ a + g + (1 | u)", r["data"])
    theirs = found.as_statsmodels()
    np.testing.assert_allclose(theirs.fe_params, found.coefficients["b"], rtol=1e-3)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
