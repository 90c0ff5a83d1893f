"""Every result of structural models is a table, sentences and a diagram in both languages, with the same numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import figure, narrate, table
from analysis.report.block import numbers
from analysis.report.drawing import _paths, png
from analysis.stats.sem.bootstrap import bootstrap
from analysis.stats.sem.cfa import cfa, sem
from analysis.stats.sem.common_factor import common_factor
from analysis.stats.sem.invariance import invariance
from analysis.stats.sem.modification import modification_indices
from analysis.stats.sem.residuals import residuals
from analysis.stats.sem.score import score_tests

TWO = "f =~ q1 + q2 + q3 + q4\ng =~ q5 + q6 + q7 + q8"
PATHS = TWO + "\ng ~ b*f + a*x\nx ~~ x\nq1 ~~ q5\nq2 ~~ q4\nboth := a*b"

SCALAR = ("loadings", "intercepts")


def answers():
    """Simulated: two correlated factors of four items each, one outside variable, two groups."""
    rng = np.random.default_rng(1)
    f = rng.normal(size=400)
    g = 0.5 * f + rng.normal(size=400)
    items = np.column_stack([f] * 4 + [g] * 4) + rng.normal(size=(400, 8))
    columns = {f"q{j + 1}": items[:, j] for j in range(8)}
    return pd.DataFrame({**columns, "x": rng.normal(size=400), "group": np.tile(["north", "south"], 200)})


DATA = answers()
SHIFTED = DATA.assign(q2=DATA["q2"] + 0.9 * (DATA["group"] == "south"))


def results():
    model = cfa(TWO, DATA)
    return {
        "cfa": model,
        "robust": cfa(TWO, DATA, estimator="MLR"),
        "sem": sem(PATHS, DATA),
        "groups": cfa(TWO, DATA, group="group", equal=("loadings",)),
        "exact": cfa("f =~ q1 + q2 + q3", DATA),
        "poor": cfa("f =~ " + " + ".join(f"q{j}" for j in range(1, 9)), DATA),
        "second": cfa(TWO + "\nh =~ x + q1\nk =~ 1*f + 1*g", DATA),
        "path": sem("q1 ~ x + q2\nq5 ~ q1", DATA),
        "invariance": invariance(TWO, DATA, group="group", released=("f =~ q2",)),
        "modifications": modification_indices(model),
        "score": score_tests(invariance(TWO, SHIFTED, group="group").model("scalar")),
        "score_robust": score_tests(
            cfa(TWO, SHIFTED, group="group", equal=("loadings", "intercepts"), estimator="MLR")
        ),
        "score_none": score_tests(model),
        "stopped": invariance(TWO, SHIFTED, group="group"),
        "residuals": residuals(model),
        "bootstrap": bootstrap(sem(PATHS, DATA), resamples=20),
        "common": common_factor(TWO, DATA),
    }


RESULTS = results()
MODELS = ("cfa", "robust", "sem", "groups", "exact", "poor", "second", "path")
VIEWS = [(name, verb, "") for name in RESULTS for verb in (table, narrate)] + [(name, table, "fit") for name in MODELS]


@pytest.mark.parametrize(("name", "verb", "view"), VIEWS)
def test_both_languages_hold_the_same_numbers(name, verb, view):
    vi, en = verb(RESULTS[name], "vi", view), verb(RESULTS[name], "en", view)
    assert str(vi) != str(en)
    assert "nan" not in str(vi)
    assert "sem." not in str(vi) + str(en)
    ours, theirs = ([(each.record.id, each.record.value) for each in numbers(shown.block)] for shown in (vi, en))
    assert ours == theirs
    assert ours


@pytest.mark.parametrize("name", MODELS)
def test_one_id_is_one_number(name):
    for view in ("", "fit"):
        found = {}
        for each in numbers(table(RESULTS[name], "vi", view).block):
            assert found.setdefault(each.record.id, each.record.value) == each.record.value


def test_the_equality_that_costs_most_is_named():
    assert "“q2, intercept” (group south" in str(narrate(RESULTS["stopped"], "en"))
    assert "“q2, hệ số chặn” (nhóm south" in str(narrate(RESULTS["stopped"], "vi"))
    assert "q2, intercept (south)" in str(table(RESULTS["score"], "en"))
    assert "Boos" in str(table(RESULTS["score_robust"], "en"))
    assert "Boos" not in str(table(RESULTS["score"], "en"))
    assert "no parameters equal" in str(narrate(RESULTS["score_none"], "en"))


def test_verdicts_follow_the_rules():
    assert "phù hợp tốt" in str(narrate(RESULTS["cfa"], "vi"))
    assert "does not fit" in str(narrate(RESULTS["poor"], "en"))
    assert "cannot be tested" in str(narrate(RESULTS["exact"], "en"))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_diagram_is_drawn_without_overlap(name, lang):
    """No two texts of the picture overlap, and no node lies on another."""
    block = figure(RESULTS[name], lang).block
    assert len(png(block)) > 5000
    canvas = _paths(block.data)
    canvas.canvas.draw()
    axes = canvas.axes[0]
    boxes = [text.get_window_extent() for text in axes.texts]
    overlapping = [
        (axes.texts[i].get_text(), axes.texts[j].get_text())
        for i in range(len(boxes))
        for j in range(i)
        if boxes[i].shrunk(0.9, 0.9).overlaps(boxes[j].shrunk(0.9, 0.9))
    ]
    assert overlapping == []


def test_the_diagram_shows_the_standardised_values():
    data = figure(RESULTS["cfa"], "en").block.data
    shown = {(edge["start"], edge["end"]): edge["text"] for edge in data["edges"]}
    row = next(row for row in RESULTS["cfa"].parameter_rows if (row.lhs, row.rhs) == ("f", "q2"))
    assert shown["f", "q2"] == f"{row.std:.2f}"
    assert {edge["kind"] for edge in figure(RESULTS["sem"], "en").block.data["edges"]} == {
        "loading", "regression", "covariance",
    }  # fmt: skip
