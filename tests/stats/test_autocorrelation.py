"""Durbin and Watson's p against lmtest, exact and normal."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.autocorrelation import durbin_watson
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict

FORMULA = "rating ~ complaints + privileges + learning + raises + critical + advance"


@pytest.mark.parametrize(
    ("case", "data", "formula"), [("dw_exact", "attitude", FORMULA), ("dw_cars", "cars", "dist ~ speed")]
)
def test_exact_p_matches_pan(reference, case, data, formula):
    r = reference("thesis")
    found = durbin_watson(ols(formula, r[data]))
    expected = [r[case][name] for name in ("d", "positive", "negative", "both")]
    assert [found.d, found.p_positive, found.p_negative, found.p] == pytest.approx(expected, rel=1e-7)
    assert found.method == "durbin_watson.exact"


def test_many_rows_take_the_normal_approximation(reference):
    r = reference("thesis")
    found = durbin_watson(ols("y ~ a", r["long"]))
    expected = [r["dw_long"][name] for name in ("d", "positive", "negative", "both")]
    assert [found.d, found.p_positive, found.p_negative, found.p] == pytest.approx(expected, rel=1e-9)
    assert found.method == "durbin_watson.normal"


def test_it_depends_on_the_order_of_rows_and_says_so():
    rng = np.random.default_rng(2)
    e = np.cumsum(rng.normal(size=60))
    x = {"y": e, "a": rng.normal(size=60)}
    order = rng.permutation(60)
    there, mixed = (durbin_watson(ols("y ~ a", each)) for each in (x, {k: v[order] for k, v in x.items()}))
    assert there.p < 0.001 < mixed.p
    assert [each.code for each in there.cautions] == ["regression.durbin_watson_order"]
    assert from_dict(json.loads(json.dumps(to_dict(there)))) == there


def test_exact_p_is_uniform_without_autocorrelation():
    rng = np.random.default_rng(5)
    found = [durbin_watson(ols("x1 ~ x2", rng.normal(size=(25, 2)))).p_positive for _ in range(200)]
    assert abs(np.mean(np.array(found) < 0.1) - 0.1) < 0.06


def test_a_perfect_fit_is_refused():
    with pytest.raises(ModelError) as caught:
        durbin_watson(ols("y ~ a", {"y": [1, 2, 3], "a": [2, 4, 6]}))
    assert caught.value.code == "diagnostics.perfect_fit"
