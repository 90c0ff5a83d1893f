"""The chapter on validity: the statistics' numbers, items that stray are named, a refusal says why."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analysis import narrate, prepare, table
from analysis.chapters.validity import validity, weak_items
from analysis.report.block import numbers, plain
from analysis.stats.factorability import bartlett, kmo
from analysis.stats.factors import efa

ITEMS = ("A1", "A2", "A3", "B1", "B2", "B3")


def test_analyses_are_those_of_the_statistics(study, table_of):
    responses = study(table_of())
    factors, outcome = validity(responses).analyses
    assert (factors.items, outcome.items) == (ITEMS, ("Y1", "Y2", "Y3"))
    assert factors.kmo == kmo(responses, ITEMS)
    assert factors.bartlett == bartlett(responses, ITEMS)
    assert factors.solution == efa(responses, names=ITEMS)
    assert factors.solution.n_factors == 2


def test_every_item_goes_with_its_scale(study, table_of):
    responses = study(table_of())
    factors = validity(responses).analyses[0]
    assert {place.construct: place.factor for place in factors.places}.keys() == {"A", "B"}
    assert all(place.with_scale for place in factors.places)
    assert weak_items(factors, responses.study) == ()


def test_an_item_that_strays_is_named(study, table_of):
    answers = table_of()
    answers["A1"] = answers["B2"].sample(frac=1, random_state=3).to_numpy() // 2 + answers["B1"] // 2
    answers["A1"] = answers["A1"].clip(1, 5)
    found = validity(study(answers))
    assert "A1" in [place.item for place in weak_items(found.analyses[0], found.study)]
    assert "A1" in str(narrate(found, "vi")).split("xem lại trước khi dùng")[1]


@pytest.mark.parametrize(("lang", "words"), [("vi", "Không phân tích được"), ("en", "No factor analysis")])
def test_copied_items_are_refused_with_their_names_and_the_outcome_stands(study, table_of, lang, words):
    answers = table_of()
    answers["A2"] = answers["A1"]
    found = validity(study(answers))
    assert [each.solution is None for each in found.analyses] == [True, False]
    said = str(narrate(found, lang))
    assert words in said
    assert "A1" in said


def test_a_second_run_draws_the_same_random_answers(study, table_of):
    responses = study(table_of())
    assert validity(responses).parallel == validity(responses).parallel


def test_real_survey_gives_the_published_factorability(shared_dir):
    responses = prepare("impulse_buying", data=shared_dir / "data" / "vn_tiktokshop_students", cache=False)
    found = validity(responses).analyses[0]
    assert found.kmo.overall == pytest.approx(0.83081, abs=5e-6)
    assert (found.bartlett.chi2, found.bartlett.df) == (pytest.approx(3869.8, abs=0.05), 300)
    assert [round(value, 3) for value in found.solution.eigenvalues[:7]] == [
        4.897,
        3.331,
        2.738,
        2.333,
        2.076,
        1.502,
        0.662,
    ]
    assert weak_items(found, responses.study) == ()


def test_tables_and_sentences_agree(study, table_of):
    found = validity(study(table_of()))
    views = [table(found, "en", view).block for view in ("", "variance", "loadings", "oblique", "number")]
    printed = {number.record.id: number.record.value for view in views for number in numbers(view)}
    for number in numbers(narrate(found, "en").block):
        assert printed.get(number.record.id, number.record.value) == number.record.value
    assert isinstance(pd.Series(printed), pd.Series)
    assert not any(pd.isna(list(printed.values())))


@pytest.mark.parametrize(("lang", "mark"), [("vi", "đã đảo điểm"), ("en", "reverse-keyed, reversed")])
@pytest.mark.parametrize("view", ["loadings", "oblique"])
def test_a_reversed_item_is_marked_wherever_its_wording_stands(study, table_of, view, lang, mark):
    found = validity(study(table_of()))
    item = replace(found.study.items["A2"], reverse=True)
    found = replace(found, study=replace(found.study, items={**found.study.items, "A2": item}))
    first = [plain(row.cells[0]) for row in table(found, lang, view).block.rows]
    assert [label[:2] for label in first if mark in label] == ["A2"]


def test_a_single_component_is_not_printed_as_rotated(study, table_of):
    found = validity(study(table_of()))
    assert found.analyses[1].solution.n_factors == 1
    block = table(found, "en", "variance").block
    at = next(place for place, row in enumerate(block.rows) if plain(row.cells[0]) == "Items of the outcome")
    assert all(row.cells[7:] == ((), (), ()) for row in block.rows[at + 1 :])
    assert all(row.cells[7] for row in block.rows[1:3])
    assert "cannot be rotated" in plain(block.notes[0].text)
