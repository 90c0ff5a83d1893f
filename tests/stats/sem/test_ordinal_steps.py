"""The ladder of ordinal items: its steps, what is left out, what it finds, partial invariance, what is shown."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis import narrate, table
from analysis.errors import ModelError
from analysis.report.block import numbers
from analysis.stats.result import from_dict, to_dict
from analysis.stats.sem.invariance import invariance

FIVE = "f =~ q1 + q2 + q3 + q4 + q5"
EIGHT = "f =~ q1 + q2 + q3 + q4\nh =~ q5 + q6 + q7 + q8"
SIX = FIVE + " + q6"


@pytest.fixture(scope="module")
def values(reference):
    return reference("ordinal_invariance")


@pytest.fixture(scope="module")
def ladders(values):
    models = {"two": EIGHT, "mixed": SIX, "binary": FIVE}
    return {
        name: invariance(model, pd.DataFrame(values[name]), group="g", estimator="WLSMV")
        for name, model in models.items()
    }


@pytest.mark.parametrize(("name", "case"), [("two", "wlsmv"), ("mixed", "mixed"), ("binary", "binary")])
def test_the_table_holds_what_lavaan_prints(values, ladders, name, case):
    found, theirs = ladders[name], values["cases"][case]
    assert [row.step for row in found.step_rows] == [*theirs["steps"]]
    for row, step in zip(found.step_rows, theirs["steps"].values(), strict=True):
        fit = step["fit"]
        assert row.df == fit["df"]
        assert [row.chisq, row.pvalue, row.cfi, row.rmsea, row.srmr] == pytest.approx(
            [fit[k] for k in ("chisq.scaled", "pvalue.scaled", "cfi.scaled", "rmsea.scaled", "srmr")],
            rel=2e-5, abs=2e-5,
        )  # fmt: skip
    for row, test in zip(found.step_rows[1:], theirs["tests"], strict=True):
        assert row.delta_df == test["df"]
        assert [row.delta_chisq, row.p_delta] == pytest.approx([test["chisq"], test["p"]], rel=1e-4, abs=1e-5)


def test_the_answers_of_pupils_match_lavaan(values, data):
    x = data["bfi"]
    model = "A =~ A1 + A2 + A3 + A4 + A5\nC =~ C1 + C2 + C3 + C4 + C5"
    found = invariance(model, x, group="gender", estimator="WLSMV")
    theirs = values["cases"]["bfi"]
    assert [row.delta_chisq for row in found.step_rows[1:]] == pytest.approx(
        [each["chisq"] for each in theirs["tests"]], rel=1e-4
    )
    assert found.reached == "strict"


def test_what_restricts_nothing_is_left_out_and_said(ladders):
    assert [row.step for row in ladders["binary"].step_rows] == ["configural", "scalar", "strict"]
    codes = {name: [each.code for each in found.cautions] for name, found in ladders.items()}
    assert "invariance.binary" in codes["binary"]
    assert {"invariance.binary", "invariance.three_categories"} <= {*codes["mixed"]}
    assert "invariance.binary" not in codes["two"]
    with pytest.raises(ModelError):
        ladders["binary"].model("metric")


def simulated(shift=0.0, item=0.0, n=700, seed=3):
    """Simulated: six items of four categories; `shift` moves the third threshold of q2, `item` all answers to q4."""
    rng = np.random.default_rng(seed)
    g = np.repeat(["a", "b"], n)
    b = g == "b"
    f = np.where(b, 0.3 + 1.2 * rng.normal(size=2 * n), rng.normal(size=2 * n))
    loadings = np.array([1.0, 1.1, 0.9, 1.2, 0.8, 1.0])
    latent = f[:, None] * loadings + rng.normal(size=(2 * n, 6))
    latent[b, 3] += item
    cuts = np.array([-1.2, 0.1, 1.0])
    x = {f"q{j + 1}": np.digitize(latent[:, j], cuts) for j in range(6)}
    moved = np.digitize(latent[:, 1], cuts + np.array([0, 0, shift]))
    x["q2"] = np.where(b, moved, x["q2"])
    return pd.DataFrame(x).assign(g=g)


def test_invariance_that_holds_is_found():
    found = invariance(SIX, simulated(), group="g", estimator="WLSMV")
    assert found.reached == "strict"
    assert all(row.holds for row in found.step_rows[1:])
    assert min(row.p_delta for row in found.step_rows[1:]) > 0.01


def test_a_threshold_that_is_not_invariant_stops_the_ladder_and_is_released():
    x = simulated(shift=1.2)
    found = invariance(SIX, x, group="g", estimator="WLSMV")
    row = found.step_rows[1]
    assert (found.reached, row.step, row.holds) == ("configural", "thresholds", False)
    assert row.p_delta < 1e-6
    partial = invariance(SIX, x, group="g", estimator="WLSMV", released=("q2 | t3",))
    assert partial.reached == "strict"
    assert partial.step_rows[1].delta_df == row.delta_df - 1


def test_an_item_that_one_group_finds_easier_stops_at_the_intercepts():
    found = invariance(SIX, simulated(item=0.9), group="g", estimator="WLSMV")
    assert found.reached == "metric"
    assert invariance(SIX, simulated(item=0.9), group="g", estimator="WLSMV", released=("q4 ~ 1",)).reached == "strict"


@pytest.mark.parametrize("name", ["two", "mixed", "binary"])
def test_both_languages_show_the_same_numbers(ladders, name):
    for verb in (table, narrate):
        vi, en = verb(ladders[name], "vi"), verb(ladders[name], "en")
        assert "sem." not in str(vi) + str(en)
        ours, theirs = ([(each.record.id, each.record.value) for each in numbers(shown.block)] for shown in (vi, en))
        assert ours == theirs
    assert "Wu & Estabrook" in str(table(ladders[name], "en"))


def test_the_story_names_the_step_that_failed():
    stopped = invariance(SIX, simulated(shift=1.2), group="g", estimator="WLSMV")
    assert "but not the thresholds" in str(narrate(stopped, "en"))
    assert "ngưỡng trả lời khác nhau" in str(narrate(stopped, "vi"))


def test_a_result_goes_through_json(ladders):
    assert from_dict(json.loads(json.dumps(to_dict(ladders["two"])))) == ladders["two"]
