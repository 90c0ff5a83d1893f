"""Imputed answers are shown in both languages with the same numbers, their n and what is assumed."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import figure, narrate, table
from analysis.report.block import numbers
from analysis.stats.impute import compare_missing, impute, pool_ols


def results():
    rng = np.random.default_rng(6)
    a, g = rng.normal(size=80), np.array(["x", "y"])[rng.integers(2, size=80)]
    x = {"y": a + rng.normal(size=80), "a": np.where(rng.random(80) < 0.3, np.nan, a), "g": g}
    found = impute(x, m=3, iterations=4)
    return {
        "imputed": found,
        "pooled": pool_ols("y ~ a + g", found),
        "numbers": compare_missing("y ~ a", x, found),
        "categories": compare_missing("y ~ a + g", x, found),
    }


RESULTS = results()


@pytest.mark.parametrize("name", RESULTS)
@pytest.mark.parametrize("verb", [table, narrate])
def test_both_languages_hold_the_same_numbers(name, verb):
    vi, en = verb(RESULTS[name], "vi"), verb(RESULTS[name], "en")
    assert str(vi) != str(en)
    for shown in (vi, en):
        assert "nan" not in str(shown)
        assert "imputation." not in str(shown)
    ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
    assert ours == theirs
    assert ours


def test_each_way_shows_its_own_n():
    found = RESULTS["numbers"]
    shown = {each.record.id: each.record.value for each in numbers(table(found, "en").block)}
    for row in found.compared_rows:
        assert shown[f"missing.{row.term}.{row.rule}.n"] == row.n
        assert shown[f"missing.{row.term}.{row.rule}.b"] == row.b


def test_slopes_are_drawn_side_by_side():
    rows = figure(RESULTS["numbers"], "en").block.data["rows"]
    assert [row["value"] for row in rows] == [row.b for row in RESULTS["numbers"].compared_rows if row.term == "a"]


def test_the_assumption_is_said_wherever_imputed_answers_are():
    for name in RESULTS:
        assert "missing at random" in str(narrate(RESULTS[name], "en"))
