"""Ordered answers against polr, Brant's test against its formula, and what is refused."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.binary import logit
from analysis.stats.ordinal import ordinal
from analysis.stats.result import from_dict, to_dict

FORMULA = "o ~ a + b + g"


@pytest.fixture
def r(reference):
    return reference("likelihood")


@pytest.mark.parametrize(("link", "case"), [("logit", "polr_logit"), ("probit", "polr_probit")])
def test_slopes_and_thresholds_match_polr(r, link, case):
    found = ordinal(FORMULA, r["data"], link=link)
    ours = np.concatenate([found.coefficients["b"], found.thresholds["b"]])
    np.testing.assert_allclose(ours, r[case]["b"], rtol=1e-4, atol=1e-6)  # optim stops early
    errors = np.concatenate([found.coefficients["se"], found.thresholds["se"]])
    np.testing.assert_allclose(errors, r[case]["se"], rtol=1e-4)  # polr's curvature is numerical
    assert found.fit.loglik == pytest.approx(r[case]["loglik"], rel=1e-10)
    assert found.fit.loglik >= r[case]["loglik"] - 1e-9
    assert [row.threshold for row in found.threshold_rows] == ["1|2", "2|3", "3|4", "4|5"]


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("case", ["wine", "simulated", "infert"])
def test_models_are_those_of_clm(reference, case, link):
    """The package ordinal, unrounded: estimates to its convergence, intervals by Wald."""
    r = reference("clm")[case]
    theirs = r[link]
    found = ordinal(r["formula"], r["data"], link=link)
    ours = found.coefficients[["b", "se", "statistic", "p", "low", "high"]].T
    expected = [theirs[name] for name in ("b", "se", "z", "p", "low", "high")]
    np.testing.assert_allclose(ours, expected, rtol=1e-7, atol=1e-10)
    np.testing.assert_allclose(
        found.thresholds[["b", "se"]].T, [theirs["thresholds"], theirs["threshold_se"]], rtol=1e-7
    )
    assert [found.fit.loglik, found.fit.aic] == pytest.approx([theirs["loglik"], theirs["aic"]], rel=1e-10)


def test_education_matches_the_shared_values_of_polr(shared, shared_dir):
    """polr's optimiser stops early: ours is at least as likely, and closer than a thousandth of each error."""
    r = shared("ordinal")["bfi_polr"]
    bfi = pd.read_csv(shared_dir / "data" / "psychometrics_core" / "csv" / "bfi.csv").dropna()
    found = ordinal("education ~ age + gender + A2 + C1 + N1", bfi)
    b, se, _ = np.array(r["coef"]["values"]).T
    assert found.n == r["n"]
    assert 0 <= r["deviance"] + 2 * found.fit.loglik < 1e-4
    ours = np.concatenate([found.coefficients["b"], found.thresholds["b"]])
    assert np.abs((ours - b) / se).max() < 1e-3
    errors = np.concatenate([found.coefficients["se"], found.thresholds["se"]])
    np.testing.assert_allclose(errors, se, rtol=1e-4)


def test_lines_that_are_not_parallel_are_named():
    rng = np.random.default_rng(1)
    a = rng.normal(size=600)
    y = 1 + (2 * a + rng.logistic(size=600) > 0) * (1 + (rng.logistic(size=600) > 0.5))
    assert "ordinal.lines_not_parallel" in [each.code for each in ordinal("y ~ a", {"y": y, "a": a}).cautions]


def test_two_answers_would_be_the_logit(r):
    with pytest.raises(ModelError) as caught:
        ordinal("y ~ a", r["data"])
    assert caught.value.code == "ordinal.three_answers"
    merged = {**r["data"], "o": np.minimum(r["data"]["o"], 3)}
    slope = ordinal("o ~ a", merged).coefficient_rows[0].b
    cut = logit("z ~ a", {"z": (merged["o"] > 1).astype(int), "a": merged["a"]}).coefficient_rows[1].b
    assert slope == pytest.approx(cut, abs=0.3)


def test_declared_order_is_used_and_words_are_not_guessed(r):
    words = pd.Series(r["data"]["o"]).map({1: "e", 2: "d", 3: "c", 4: "b", 5: "a"})
    x = pd.DataFrame(r["data"]).assign(o=pd.Categorical(words, categories=list("edcba")))
    found = ordinal(FORMULA, x)
    np.testing.assert_allclose(found.coefficients["b"], ordinal(FORMULA, r["data"]).coefficients["b"], rtol=1e-9)
    assert found.threshold_rows[0].threshold == "e|d"
    with pytest.raises(ModelError) as caught:
        ordinal(FORMULA, x.assign(o=list(words)))
    assert caught.value.code == "ordinal.order"


def test_what_has_no_solution_is_refused(r):
    apart = {"y": [1, 1, 2, 2, 3, 3, 1, 3], "a": [1, 2, 5, 6, 9, 10, 1, 11]}
    for formula, data, code in (
        ("y ~ a", apart, "ordinal.no_solution"),
        ("o ~ 0 + a", r["data"], "ordinal.formula"),
        ("a ~ b", r["data"], "ordinal.many_answers"),
    ):
        with pytest.raises(ModelError) as caught:
            ordinal(formula, data)
        assert caught.value.code == code


def test_statsmodels_agrees_and_json_returns(r):
    found = ordinal(FORMULA, r["data"])
    np.testing.assert_allclose(found.as_statsmodels().params.iloc[:4], found.coefficients["b"], rtol=1e-3, atol=1e-4)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
