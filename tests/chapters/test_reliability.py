"""The chapter on reliability: verdicts by the rules, refusals that hold nobody up."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis import alpha, narrate, omega, table
from analysis.chapters.reliability import reliability
from analysis.report.block import numbers, plain


def test_every_scale_has_the_alpha_of_the_statistic(study, table_of):
    responses = study(table_of())
    found = reliability(responses, level=0.9)
    assert [scale.construct for scale in found.scales] == ["A", "B", "Y"]
    for scale in found.scales:
        assert scale.result == alpha(responses, [f"{scale.construct}{item}" for item in (1, 2, 3)], level=0.9)


def test_an_unreversed_item_gives_a_poor_scale_and_is_named(study, table_of):
    answers = table_of()
    answers["A1"] = 6 - answers["A1"]
    found = reliability(study(answers)).scales[0]
    assert found.verdict == "poor"
    assert "A1" in found.weak_items
    assert found.result is not None
    assert any(
        each.code == "reliability.unreversed_item" and "A1" in each.get("items") for each in found.result.cautions
    )


@pytest.mark.parametrize(("lang", "reason"), [("vi", "không tính được"), ("en", "no coefficient")])
def test_a_scale_without_variance_is_refused_with_the_reason_and_the_others_stand(study, table_of, lang, reason):
    answers = table_of()
    answers[["B1", "B2", "B3"]] = 4
    found = reliability(study(answers))
    assert [scale.result is None for scale in found.scales] == [False, True, False]
    assert reason in str(narrate(found, lang))
    assert len(table(found, lang).block.rows) == 3


def test_the_sentence_says_what_the_table_says(study, table_of):
    found = reliability(study(table_of()))
    in_table = {each.record.id: each.text for each in numbers(table(found, "vi").block)}
    in_words = {each.record.id: each.text for each in numbers(narrate(found, "vi").block)}
    shared = in_table.keys() & in_words.keys()
    assert len(shared) >= 9
    assert all(in_table[key] == in_words[key] for key in shared)


@pytest.mark.parametrize(("alpha_", "verdict"), [(0.6, "acceptable"), (0.5999, "poor"), (0.7, "usable"), (0.8, "good")])
def test_verdicts_follow_the_cut_offs(study, table_of, alpha_, verdict):
    from analysis.chapters.reliability import _verdict

    assert _verdict(alpha_, study(table_of()).study) == verdict


@pytest.mark.parametrize(("missing", "said"), [(("A1",), "Factor A: "), (("A1", "B1"), "Questionnaires that lack")])
def test_incomplete_answers_are_said_once_not_under_every_scale(study, table_of, missing, said):
    answers = table_of().astype(dict.fromkeys(missing, "Int64"))
    for item in missing:
        answers.loc[:4, item] = pd.NA
    notes = [plain(note.text) for note in table(reliability(study(answers)), "en").block.notes[1:]]
    assert len(notes) == 1
    assert notes[0].startswith(said)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_scales_of_one_verdict_share_a_sentence(study, table_of, lang):
    found = reliability(study(table_of()))
    verdicts = {scale.verdict for scale in found.scales}
    said = str(narrate(found, lang)).splitlines()
    assert len(said) == 2 + len(verdicts)  # overall, one a verdict, what alpha does not prove


def test_omega_of_one_factor_stands_beside_alpha(study, table_of):
    responses = study(table_of())
    for scale in reliability(responses, level=0.9).scales:
        items = responses.study.constructs[scale.construct].items
        assert scale.omega == omega(responses, items, n_factors=1, level=0.9)
    shown = {each.record.id: each.record for each in numbers(table(reliability(responses), "vi").block)}
    record, value = shown["reliability.A.omega"], omega(responses, ["A1", "A2", "A3"], n_factors=1).congeneric
    assert (record.value, record.low, record.high) == (value.value, value.low, value.high)


def test_a_scale_of_two_items_or_of_copies_has_no_omega_and_the_table_stands(study, table_of):
    answers = table_of()
    answers["B2"] = answers["B1"]
    found = reliability(study(answers))
    assert [scale.omega is None for scale in found.scales] == [False, True, False]
    assert found.scales[1].result is not None
    assert len(table(found, "vi").block.rows) == 3
