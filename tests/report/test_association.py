"""Correlations, Durbin–Watson, blocks and stepwise searches in both languages, with the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import (
    blocks,
    correlate,
    durbin_watson,
    narrate,
    ols,
    part_correlations,
    partial_correlations,
    spearman,
    stepwise,
    table,
)
from analysis.report.block import numbers


def results():
    rng = np.random.default_rng(1)
    x = {"a": rng.normal(size=90), "b": rng.normal(size=90), "g": list("uvw" * 30)}
    x["y"] = x["a"] + rng.normal(size=90)
    names = ["y", "a", "b"]
    yield correlate(x, names)
    yield spearman(x, names, missing="pairwise")
    yield partial_correlations(x, names)
    yield part_correlations("y ~ a + b + g", x)
    yield durbin_watson(ols("y ~ a", x))
    yield durbin_watson(ols("y ~ a", {"y": np.cumsum(x["y"]), "a": x["a"]}))
    yield blocks(["y ~ g", "y ~ g + a", "y ~ g + a + b"], x)
    yield stepwise("y ~ a + b", x)
    yield stepwise("y ~ b", x)


@pytest.mark.parametrize("at", range(9))
def test_every_result_reads_in_both_languages(at):
    result = list(results())[at]
    for verb in (table, narrate):
        shown = [verb(result, lang) for lang in ("vi", "en")]
        ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in shown]
        assert ids[0] == ids[1]
        assert len(set(ids[0])) == len({name for name, _ in ids[0]})
        for each in shown:
            assert not {"nan", "inf", "None"} & set(str(each).split())
            assert "inference." not in str(each)


def test_the_stepwise_warning_comes_first():
    assert str(narrate(list(results())[7], "en")).startswith("Stepwise choice is shown only because")
    assert "the same data choose and test" in str(table(list(results())[8], "en"))


def test_durbin_watson_says_how_p_was_found_and_that_order_matters():
    said = str(narrate(list(results())[5], "en"))
    assert "numerical inversion" in said
    assert "order of the questionnaires" in said
