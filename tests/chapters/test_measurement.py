"""The chapter on the measurement model: the statistics' numbers, in both languages; a refusal says why."""

from __future__ import annotations

import pytest

from analysis import figure, narrate, table
from analysis.chapters.measurement import declared_model, measurement
from analysis.report.block import numbers
from analysis.stats.constructs import composite_reliability
from analysis.stats.sem.cfa import cfa

MODEL = "A =~ A1 + A2 + A3\nB =~ B1 + B2 + B3\nY =~ Y1 + Y2 + Y3"


def test_the_model_is_the_page(study, table_of):
    responses = study(table_of())
    assert declared_model(responses.study) == MODEL
    found = measurement(responses)
    assert found.model == cfa(MODEL, responses, estimator="MLR")
    assert found.reliability == composite_reliability(found.model)
    assert found.common is None or found.common.delta_df == 1


@pytest.mark.parametrize("view", ["", "loadings", "modifications", "common"])
def test_tables_hold_the_same_numbers_in_both_languages(study, table_of, view):
    found = measurement(study(table_of()))
    vi, en = table(found, "vi", view), table(found, "en", view)
    assert str(vi) != str(en)
    ours, theirs = ([(each.record.id, each.record.value) for each in numbers(shown.block)] for shown in (vi, en))
    assert ours == theirs
    assert len(str(figure(found, "vi"))) > 20


def test_labels_are_those_of_the_page(study, table_of):
    found = measurement(study(table_of()))
    assert "Nhân tố A" in str(table(found, "vi", "loadings"))
    assert "Factor A" in str(table(found, "en", "loadings"))
    assert "CFI" in str(narrate(found, "vi"))


@pytest.mark.parametrize(("lang", "words"), [("vi", "Không kiểm định được"), ("en", "could not be fitted")])
def test_copied_items_are_refused_with_their_names(study, table_of, lang, words):
    answers = table_of()
    answers["A2"] = answers["A1"]
    found = measurement(study(answers))
    said = str(narrate(found, lang))
    assert words in said
    assert "A1" in said
    assert table(found, lang).block.rows == ()
    assert figure(found, lang).block.empty
