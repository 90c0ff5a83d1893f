"""Indirect effects and simple slopes against R; limits against boot within its Monte-Carlo error."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.report.block import numbers
from analysis.report.verbs import narrate, table
from analysis.stats.mediation import mediate
from analysis.stats.moderation import moderate
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict

FORMULA = "y ~ a + m + w + c"


@pytest.fixture(scope="module")
def r(reference):
    return reference("mediation")


@pytest.fixture(scope="module")
def parallel(r):
    return mediate(FORMULA, r["data"], treat="a", mediators=["m", "w"])


def test_effects_match_lm(r, parallel):
    assert [row.value for row in parallel.effect_rows] == pytest.approx(r["parallel"], rel=1e-10)
    serial = mediate(FORMULA, r["data"], treat="a", mediators=["m", "w"], kind="serial", resamples=1000)
    assert [row.value for row in serial.effect_rows] == pytest.approx(r["serial"], rel=1e-10)
    assert [row.through for row in serial.effect_rows[3:]] == [("m",), ("w",), ("m", "w")]


def test_limits_match_boot(r, parallel):
    row = parallel.effect_rows[3]
    found = (row.low, row.high, row.percentile_low, row.percentile_high)
    np.testing.assert_allclose(found, r["bca"], atol=4 * r["monte_carlo_se"])


def test_total_is_the_regression_without_mediators(r, parallel):
    total = ols("y ~ a + c", r["data"]).coefficient_rows[1].b
    assert parallel.effect_rows[2].value == pytest.approx(total, rel=1e-10)
    assert parallel.share == pytest.approx(parallel.effect_rows[1].value / total)


def test_near_zero_is_named_and_no_share_is_given():
    x = dict(zip("amy", np.random.default_rng(2).normal(size=(3, 150)), strict=True))
    found = mediate("y ~ a + m", x, treat="a", mediators=["m"], resamples=1000)
    assert {"mediation.near_zero", "mediation.total_near_zero"} <= {each.code for each in found.cautions}
    assert found.share is None


def test_slopes_and_bounds_match_r(r):
    found = moderate("y ~ a * c", r["data"], focal="a", moderator="c")
    for ours, theirs in (("at", "at"), ("b", "b"), ("se", "se"), ("p", "p")):
        np.testing.assert_allclose(found.slopes[ours], r["slopes"][theirs], rtol=1e-8)
    np.testing.assert_allclose(found.bounds, r["bounds"], rtol=1e-7)
    assert found.inside


def test_slopes_are_those_of_a_shifted_moderator(r):
    found = moderate("y ~ a * c", r["data"], focal="a", moderator="c", vcov="HC3").slope_rows[2]
    shifted = {**r["data"], "c": np.array(r["data"]["c"]) - found.at}
    row = ols("y ~ a * c", shifted, vcov="HC3").coefficient_rows[1]
    assert (found.b, found.se, found.p) == pytest.approx((row.b, row.se, row.p), rel=1e-8)


def test_refusals_and_json(r, parallel):
    words = {**r["data"], "g": list("uv" * 60)}
    for function, code in (
        (lambda: mediate(FORMULA, r["data"], treat="a", mediators=["z"]), "mediation.terms"),
        (lambda: mediate(FORMULA, r["data"], treat="a", mediators=["m"], resamples=50), "mediation.resamples"),
        (lambda: moderate("y ~ a + c", r["data"], focal="a", moderator="c"), "moderation.product"),
        (lambda: moderate("y ~ a * g", words, focal="a", moderator="g"), "moderation.category"),
    ):  # fmt: skip
        with pytest.raises(ModelError) as caught:
            function()
        assert caught.value.code == code
    for found in (parallel, moderate("y ~ a * c", r["data"], focal="a", moderator="c")):
        assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_both_languages_hold_the_same_numbers(r, parallel):
    two = {**r["data"], "c": (np.array(r["data"]["c"]) > 0).astype(int)}
    made = [moderate("y ~ a * c", x, focal="a", moderator="c") for x in (r["data"], two)]
    for found in (parallel, *made):
        for verb in (table, narrate):
            vi, en = (verb(found, lang) for lang in ("vi", "en"))
            ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in (vi, en)]
            assert ids[0] == ids[1]
            assert "inference." not in str(en) + str(vi)
            assert not {"nan", "inf", "None"} & set(str(en).split())
