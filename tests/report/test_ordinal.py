"""Correlations of ordinal answers in both languages: the same numbers, and both halves of the heat map."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import cfa, figure, narrate, ordinal_alpha, polychoric, table, tetrachoric
from analysis.report.block import numbers
from analysis.report.drawing import svg


def results():
    rng = np.random.default_rng(1)
    trait = rng.normal(size=(150, 1))
    x = pd.DataFrame(trait + rng.normal(size=(150, 4)), columns=["a", "b", "c", "d"])
    five = x.apply(lambda column: np.digitize(column, [-1, 0, 0.7, 2]))
    return {
        "five": polychoric(five),
        "ml": polychoric(five, method="ml"),
        "two": tetrachoric((x > 0.5).astype(int)),
        "perfect": polychoric({"a": [0, 1] * 20, "b": [0, 1] * 20}),
        "thin": polychoric(five.iloc[:30]),
    }


def scales():
    rng = np.random.default_rng(2)
    x = pd.DataFrame(rng.normal(size=(150, 1)) + rng.normal(size=(150, 4)), columns=["a", "b", "c", "d"])
    five = x.apply(lambda column: np.digitize(column, [-1, 0, 0.7, 2]))
    return {
        "rows": ordinal_alpha(five),
        "pairs": ordinal_alpha(polychoric(five)),
        "two": ordinal_alpha(five, ["a", "b"]),
    }


RESULTS = results()
SCALES = scales()


@pytest.mark.parametrize("name", SCALES)
def test_reliability_holds_the_same_numbers_in_both_languages(name):
    for show in (table, narrate, lambda result, lang: table(result, lang, "items")):
        vi, en = show(SCALES[name], "vi"), show(SCALES[name], "en")
        assert str(vi) != str(en)
        assert "nan" not in str(vi)
        ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
        assert ours == theirs
        assert ours


@pytest.mark.parametrize("name", RESULTS)
def test_both_languages_hold_the_same_numbers(name):
    for show in (table, narrate, lambda result, lang: table(result, lang, "thresholds")):
        vi, en = show(RESULTS[name], "vi"), show(RESULTS[name], "en")
        assert str(vi) != str(en)
        assert "nan" not in str(vi)
        ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
        assert ours == theirs
        assert ours


def test_heat_map_holds_both_kinds():
    result = RESULTS["five"]
    block = figure(result, "vi").block
    matrix = np.array(block.data["matrix"])
    upper = np.triu_indices(4, 1)
    np.testing.assert_array_equal(matrix[upper], [row.r for row in result.pair_rows])
    np.testing.assert_array_equal(matrix.T[upper], [row.pearson for row in result.pair_rows])
    assert svg(block).startswith(b"<?xml")


def test_thresholds_of_a_model_in_groups():
    rng = np.random.default_rng(4)
    x = pd.DataFrame(rng.normal(size=(300, 1)) + rng.normal(size=(300, 4)), columns=["a", "b", "c", "d"])
    five = x.apply(lambda column: np.digitize(column, [-0.7, 0.7])).assign(place=["east", "west"] * 150)
    found = cfa("f =~ a + b + c + d", five, estimator="WLSMV", group="place")
    ours, theirs = (
        {each.record.id: each.record.value for each in numbers(table(found, lang, "thresholds").block)}
        for lang in ("vi", "en")
    )
    assert ours == theirs
    assert ours["cfa.f.west.d.threshold.t2.est"] == next(
        row.est for row in found.parameter_rows if (row.lhs, row.rhs, row.group) == ("d", "t2", "west")
    )
    assert str(narrate(found, "vi")) != str(narrate(found, "en"))
