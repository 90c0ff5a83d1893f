"""Blocks of factors against R's anova of nested models."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.hierarchy import blocks
from analysis.stats.moments import moments
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict

MODELS = [
    "rating ~ complaints", "rating ~ complaints + learning",
    "rating ~ complaints + learning + privileges + raises + critical + advance",
]  # fmt: skip


def test_blocks_match_anova(reference):
    r = reference("thesis")
    for source in (r["attitude"], moments(r["attitude"])):
        found = blocks(MODELS, source)
        assert [row.r2 for row in found.block_rows] == pytest.approx(r["blocks"]["r2"], rel=1e-11)
        assert [row.F_change for row in found.block_rows] == pytest.approx(r["blocks"]["F"], rel=1e-9)
        assert [row.p_change for row in found.block_rows] == pytest.approx(r["blocks"]["p"], rel=1e-8)
        assert sum(row.delta_r2 for row in found.block_rows) == pytest.approx(found.last.fit.r2)


def test_blocks_match_the_shared_reference(shared, reference):
    r = shared("ols")
    found = blocks(MODELS[:2], reference("thesis")["attitude"])
    assert [row.r2 for row in found.block_rows] == pytest.approx(r["hier_attitude_r2"][:2], rel=1e-11)


def test_all_models_rest_on_the_rows_of_the_largest():
    rng = np.random.default_rng(1)
    x = {name: rng.normal(size=50) for name in "yab"}
    x["b"][:10] = np.nan
    found = blocks(["y ~ a", "y ~ a + b"], x)
    kept = {name: values[10:] for name, values in x.items()}
    assert found.block_rows[0].r2 == ols("y ~ a", kept).fit.r2
    assert (found.n, found.dropped, found.last.n) == (40, 10, 40)
    assert found.block_rows[1].added == ("b",)


def test_a_category_is_one_step_of_several_degrees():
    x = {"y": [1, 3, 2, 5, 4, 7, 5, 6, 3], "a": [1, 2, 3, 4, 5, 6, 8, 7, 3], "g": list("abcbbacab")}
    row = blocks(["y ~ a", "y ~ a + g"], x).block_rows[1]
    assert (row.df1, row.df2) == (2, 5)


def test_models_that_are_not_nested_are_refused():
    x = {"y": [1, 2, 4, 3], "a": [1, 2, 3, 5], "b": [2, 1, 4, 4]}
    for pair in (["y ~ a", "y ~ b"], ["y ~ a", "y ~ a"], ["a ~ y", "b ~ y + a"]):
        with pytest.raises(ModelError) as caught:
            blocks(pair, x)
        assert caught.value.code == "blocks.not_nested"
    with pytest.raises(ModelError) as caught:
        blocks([], x)
    assert caught.value.code == "blocks.none"


def test_result_survives_json(reference):
    found = blocks(MODELS, reference("thesis")["attitude"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert list(found.blocks.columns)[:3] == ["formula", "added", "r2"]
