"""Headline results with and without the flagged: both are what the statistics give for those rows."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from analysis import alpha, narrate, ols, table
from analysis.chapters.careless import careless_answers
from analysis.report.block import numbers, plain
from analysis.stats.result import from_dict, to_dict
from analysis.survey.careless import careless
from analysis.survey.responses import prepare


@pytest.fixture
def spoiled(study, table_of):
    """Two hundred attentive respondents, thirty whose answers were drawn at random (simulated)."""
    rng = np.random.default_rng(5)
    random = pd.DataFrame(rng.integers(1, 6, (30, 9)), columns=table_of().columns[:-1]).assign(team="a")
    return study(pd.concat([table_of(), random], ignore_index=True))


def test_random_answers_are_flagged_and_alphas_rise_without_them(spoiled):
    found = careless_answers(spoiled)
    flags = found.careless.flags
    assert flags[200:].mean() > 4 * flags[:200].mean()
    assert found.careless.flagged == int((flags >= 2).sum()) > 5
    assert sum(found.careless.by_flags) == found.careless.n == 230
    for row in found.alphas:
        assert row.n == 230
        assert row.n_without == 230 - found.careless.flagged
        assert row.alpha_without > row.alpha
    assert (found.n, found.n_without) == (230, 230 - found.careless.flagged)


def test_both_columns_are_the_statistics_of_those_rows(spoiled):
    found = careless_answers(spoiled)
    rows = spoiled.frame[found.careless.attentive]
    for each in found.alphas:
        items = list(spoiled.study.constructs[each.construct].items)
        assert each.alpha == alpha(spoiled.frame[items]).alpha.value
        assert each.alpha_without == pytest.approx(alpha(rows[items]).alpha.value, rel=1e-14)
    after = {row.term: row for row in ols("Y ~ A + B", rows).coefficient_rows}
    for each in found.coefficients:
        assert each.b_without == pytest.approx(after[each.term].b, rel=1e-12)
        assert each.p_without == pytest.approx(after[each.term].p, rel=1e-9)


def test_indices_without_their_needs_say_why(spoiled):
    refused = {row.index: row.refused.code for row in careless(spoiled).indices if row.refused}
    assert refused == {
        "synonyms": "careless.few_pairs",
        "antonyms": "careless.few_pairs",
        "seconds": "careless.no_time",
    }


def test_the_study_may_set_its_own_cut_offs_and_nobody_need_be_flagged(spoiled):
    own = dataclasses.replace(spoiled.study, thresholds={"careless.flags": 9.0, "careless.longstring": 0.2})
    found = careless_answers(dataclasses.replace(spoiled, study=own))
    assert found.careless.flagged == 0
    assert [(row.alpha, row.n) for row in found.alphas] == [(row.alpha_without, row.n_without) for row in found.alphas]
    assert found.turned == ()
    assert found.crossing(0.05) == ()
    assert found.careless.indices[0].cutoff == 1.0  # the whole part of 9 items times 0.2
    assert len(narrate(found, "en").block.paragraphs) == 1


def test_seconds_are_held_against_the_page_or_against_the_items(spoiled):
    timed = dataclasses.replace(spoiled, seconds=(17.9, 18.0, None, *[300.0] * 227))
    row = careless(timed).indices[-1]
    assert (row.index, row.cutoff, row.n, row.flagged) == ("seconds", 18.0, 229, 1)


def test_persons_never_leave_by_the_results_door(spoiled):
    found = careless(spoiled)
    again = from_dict(json.loads(json.dumps(to_dict(found))))
    assert again == found
    assert "_values" not in to_dict(found)
    assert list(found.persons["flags"]) == found.flags.tolist()
    assert len(found.table) == 8


def test_a_page_without_a_model_shows_the_alphas(spoiled):
    found = careless_answers(spoiled, model="other")
    assert (found.model, found.coefficients, len(found.alphas)) == (None, (), 3)


@pytest.mark.parametrize("view", ["", "headline"])
def test_tables_in_both_languages_hold_the_same_numbers(spoiled, view):
    found = careless_answers(spoiled)
    vi, en = (table(found, lang, view) for lang in ("vi", "en"))
    ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
    assert ours == theirs
    assert len(ours) > 10
    assert "nan" not in str(vi)
    assert "careless." not in str(vi) + str(en)


def test_the_story_of_the_demo_study_reads_in_both_languages():
    found = careless_answers(prepare("demo"))
    for lang in ("vi", "en"):
        paragraphs = narrate(found, lang).block.paragraphs
        assert len(paragraphs) >= 3
        assert all("careless." not in plain(each.text) and "{" not in plain(each.text) for each in paragraphs)


def test_few_flagged_persons_are_never_told_apart(spoiled):
    own = dataclasses.replace(spoiled.study, thresholds={"disclosure.min_cell": 100.0})
    found = careless_answers(dataclasses.replace(spoiled, study=own))
    assert (found.hidden, found.alphas, found.coefficients) == (True, (), ())
    assert [each.code for each in found.refused] == ["careless.few_flagged"]
    for lang in ("vi", "en"):
        assert not list(numbers(narrate(found, lang).block))
        assert not table(found, lang, "headline").block.rows[1:]
        shown = [plain(row.cells[3]) for row in table(found, lang).block.rows]
        few = [row.flagged for row in found.careless.indices if row.flagged]
        assert shown.count("< 5*") == len(few) > 0
