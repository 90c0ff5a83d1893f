"""The stepwise path, and the warning that always goes with it."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import moments
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict
from analysis.stats.stepwise import stepwise


def test_steps_of_attitude(reference):
    x = reference("thesis")["attitude"]
    found = stepwise("rating ~ complaints + privileges + learning + raises + critical + advance", x)
    assert [(row.action, row.term) for row in found.step_rows] == [("in", "complaints")]
    assert found.last == ols("rating ~ complaints", x)
    assert found.step_rows[0]["F"] == pytest.approx(found.last.fit["F"])
    loose = stepwise("rating ~ complaints + privileges + learning + raises", x, enter=0.2, remove=0.3)
    assert [row.term for row in loose.step_rows] == ["complaints", "learning"]


def test_a_term_that_others_replace_goes_out():
    rng = np.random.default_rng(8)
    a, b = rng.normal(size=(2, 400))
    both = a + b + 0.6 * rng.normal(size=400)
    x = {"a": a, "b": b, "both": both, "y": a + b + 0.5 * rng.normal(size=400)}
    found = stepwise("y ~ both + a + b", x)
    assert [(row.action, row.term) for row in found.step_rows][:1] == [("in", "both")]
    assert ("out", "both") in [(row.action, row.term) for row in found.step_rows]


def test_the_warning_is_always_there_and_right():
    """Of twenty factors without any effect the search finds some far more often than 5 times in 100."""
    rng = np.random.default_rng(3)
    formula = "x1 ~ " + " + ".join(f"x{j}" for j in range(2, 22))
    found = [stepwise(formula, moments(rng.normal(size=(80, 21)))) for _ in range(12)]
    assert all(each.cautions[0].code == "stepwise.not_to_be_trusted" for each in found)
    assert sum(each.last is not None for each in found) >= 4


def test_limits_are_checked_and_json_returns():
    x = {"y": [1, 2, 4, 3, 5], "a": [1, 2, 3, 5, 4]}
    with pytest.raises(ModelError) as caught:
        stepwise("y ~ a", x, enter=0.2, remove=0.1)
    assert caught.value.code == "stepwise.limits"
    found = stepwise("y ~ a", x)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
