"""Logit and probit against R, Firth's penalty, and answers that cannot be explained."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.binary import logit, probit
from analysis.stats.result import from_dict, to_dict

FORMULA = "y ~ a + b + g"


@pytest.fixture
def r(reference):
    return reference("likelihood")


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


@pytest.mark.parametrize(("verb", "case"), [(logit, "logit"), (probit, "probit")])
def test_coefficients_match_glm(r, verb, case):
    found = verb(FORMULA, r["data"])
    for ours, theirs in (("b", "b"), ("se", "se"), ("p", "p")):
        np.testing.assert_allclose(found.coefficients[ours].to_numpy(dtype=float), r[case][theirs], rtol=1e-7)
    fit = (found.fit.loglik, found.fit.aic, found.fit.bic, found.fit.null_loglik)
    assert fit == pytest.approx((*(r[case][name] for name in ("loglik", "aic", "bic")), r["null"]), rel=1e-11)
    assert (found.fit.df, found.converged, found.event, found.method) == (4, True, "1", case)


def test_odds_ratios_are_exponentials_and_probits_have_none(r):
    row = logit(FORMULA, r["data"]).coefficient_rows[1]
    assert (row.ratio, row.ratio_low) == pytest.approx((np.exp(row.b), np.exp(row.low)))
    assert probit(FORMULA, r["data"]).coefficient_rows[1].ratio is None


def test_firth_matches_its_penalised_likelihood(r):
    for case, formula, data in (("firth", FORMULA, r["data"]), ("firth_sep", "y ~ a + b", r["sep"])):
        found = logit(formula, data, penalty="firth")
        np.testing.assert_allclose(found.coefficients["b"].to_numpy(dtype=float), r[case]["b"], rtol=2e-5, atol=2e-6)
        np.testing.assert_allclose(found.coefficients["se"].to_numpy(dtype=float), r[case]["se"], rtol=2e-5)
        assert found.fit.loglik == pytest.approx(r[case]["loglik"], rel=1e-9)


def test_firth_of_one_proportion_adds_half_to_each_answer():
    found = logit("y ~ 1", {"y": [1] * 7 + [0] * 3}, penalty="firth")
    assert found.coefficient_rows[0].b == pytest.approx(np.log(7.5 / 3.5), rel=1e-10)


def test_a_table_of_two_by_two_gives_its_odds_ratio():
    x = {"y": [1] * 12 + [0] * 8 + [1] * 5 + [0] * 15, "a": [1] * 20 + [0] * 20}
    row = logit("y ~ a", x).coefficient_rows[1]
    assert row.ratio == pytest.approx(12 * 15 / (8 * 5), rel=1e-10)
    assert row.se == pytest.approx(np.sqrt(1 / 12 + 1 / 8 + 1 / 5 + 1 / 15), rel=1e-10)


def test_separation_is_refused_with_the_factor(r):
    code, slots = refusal(lambda: logit("y ~ a + b", r["sep"]))
    assert (code, "a" in slots["factors"]) == ("binary.separation", True)
    quasi = {"y": [0, 0, 0, 1, 0, 1, 1, 1], "a": [1, 1, 1, 2, 2, 2, 2, 2], "c": [3, 1, 2, 5, 2, 4, 1, 3]}
    assert refusal(lambda: logit("y ~ a + c", quasi))[1]["factors"] == ("a",)
    assert refusal(lambda: probit("y ~ a + c", quasi))[0] == "binary.separation"


def test_the_event_is_named_unless_it_is_one(r):
    x = pd.DataFrame(r["data"]).assign(w=lambda d: np.where(d["y"] == 1, "yes", "no"), t=lambda d: d["y"] + 1)
    assert refusal(lambda: logit("w ~ a", x))[0] == "binary.event"
    assert refusal(lambda: logit("t ~ a", x))[0] == "binary.event"
    assert refusal(lambda: logit("w ~ a", x, event="maybe"))[0] == "binary.event"
    assert refusal(lambda: logit("o ~ a", x))[0] == "binary.two_answers"
    base = logit("y ~ a", x).coefficients["b"].to_numpy()
    for outcome, event, sign in (("w", "yes", 1), ("t", 2, 1), ("w", "no", -1), ("y", 0, -1)):
        found = logit(f"{outcome} ~ a", x, event=event).coefficients["b"].to_numpy()
        np.testing.assert_allclose(found, sign * base, rtol=1e-8)


def test_few_events_and_json(r):
    found = logit("y ~ a + b", {name: values[:40] for name, values in r["data"].items()})
    assert "likelihood.few_events" in [each.code for each in found.cautions]
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_statsmodels_agrees(r):
    for verb in (logit, probit):
        found = verb(FORMULA, r["data"])
        np.testing.assert_allclose(found.as_statsmodels().params, found.coefficients["b"], rtol=1e-6)
