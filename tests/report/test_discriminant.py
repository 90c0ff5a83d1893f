"""Discriminant validity and method bias read in both languages, with the same numbers; thresholds and verdicts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import narrate, table
from analysis.report.block import numbers
from analysis.stats.discriminant import fornell_larcker, htmt
from analysis.stats.method_bias import common_method
from analysis.stats.moments import moments

THREE = {"A": ["q0", "q1", "q2"], "B": ["q3", "q4", "q5"], "C": ["q6", "q7", "q8"]}


def results():
    rng = np.random.default_rng(2)
    traits = rng.normal(size=(150, 3))
    traits[:, 1] = traits[:, 0] + 0.25 * traits[:, 1]  # A and B are nearly one
    x = pd.DataFrame({f"q{j}": traits[:, j // 3] + 0.8 * rng.normal(size=150) for j in range(10 - 1)})
    x["m"] = rng.normal(size=150)
    apart = {"A": THREE["A"], "C": THREE["C"]}
    return {
        "htmt": htmt(x, THREE, resamples=100),
        "htmt_moments": htmt(moments(x), THREE),
        "apart": htmt(x, apart, resamples=50),
        "fornell": fornell_larcker(x, THREE),
        "fornell_apart": fornell_larcker(x, apart),
        "method": common_method(x, THREE, marker="m"),
        "no_marker": common_method(x, THREE),
    }


RESULTS = results()


def values(shown):
    return {each.record.id: each.record.value for each in numbers(shown.block)}


@pytest.mark.parametrize("name", RESULTS)
def test_both_languages_hold_the_same_numbers(name):
    for verb in (table, narrate):
        vi, en = verb(RESULTS[name], "vi"), verb(RESULTS[name], "en")
        assert str(vi) != str(en)
        assert "nan" not in str(vi)
        assert values(vi) == values(en)
        assert values(vi)


def test_constructs_that_are_one_are_named_and_those_apart_are_not():
    assert "A and B" in str(narrate(RESULTS["htmt"], "en"))
    assert "A and C" not in str(narrate(RESULTS["htmt"], "en"))
    assert "below 0.90" in str(narrate(RESULTS["apart"], "en"))
    assert "do not meet" in str(narrate(RESULTS["fornell"], "en"))
    assert "Every construct meets" in str(narrate(RESULTS["fornell_apart"], "en"))


def test_the_marker_table_is_empty_without_a_marker():
    assert len(table(RESULTS["method"], "vi", "marker").block.rows) == 3
    assert table(RESULTS["no_marker"], "vi", "marker").block.rows == ()


def test_what_it_cannot_show_stands_beside_the_numbers():
    said = str(table(RESULTS["method"], "vi"))
    assert "không chứng minh rằng không có sai lệch" in said
    assert "chỉ đúng khi biến đó thật sự không liên quan" in said
