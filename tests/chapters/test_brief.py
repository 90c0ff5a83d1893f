"""The brief: the chapters' own numbers, an order that follows its rule, limits that are always said."""

from __future__ import annotations

import pytest

from analysis import narrate, table
from analysis.chapters.answer import answer
from analysis.chapters.brief import brief
from analysis.chapters.capability import capability
from analysis.chapters.performance_factors import performance_factors
from analysis.chapters.robustness import robustness
from analysis.report.block import from_json, numbers, to_json
from analysis.report.document.brief import brief_document, brief_section
from analysis.report.document.html import document_html
from analysis.report.document.model import Section
from analysis.report.ledger import entries


def test_priorities_are_positive_relations_by_b_times_room(study, table_of):
    responses = study(table_of(b_effect=0.4))
    found = brief(responses)
    means = {row.code: row.mean.value for row in capability(responses).scales}
    assert {each.term for each in found.priorities} == {"A", "B"}
    for each in found.priorities:
        assert each.gain == pytest.approx(each.b * (5 - means[each.term]))
    assert [each.gain for each in found.priorities] == sorted((each.gain for each in found.priorities), reverse=True)


def test_a_factor_without_evidence_or_with_a_negative_relation_is_never_a_priority(study, table_of):
    assert [each.term for each in brief(study(table_of())).priorities] == ["A"]
    assert [each.term for each in brief(study(table_of(b_effect=-0.5))).priorities] == ["A"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_its_numbers_are_those_of_the_chapters(study, table_of, lang):
    responses = study(table_of())
    here = {key: entry.record.value for key, entry in entries([brief_section(brief(responses), lang)]).items()}
    blocks = [
        table(performance_factors(responses), lang, "coefficients").block,
        table(capability(responses), lang).block,
    ]
    there = {number.record.id: number.record.value for block in blocks for number in numbers(block)}
    shared = here.keys() & there.keys()
    assert len(shared) >= 3
    assert all(here[key] == pytest.approx(there[key], rel=1e-11) for key in shared)


@pytest.mark.parametrize(("lang", "words"), [("vi", ("nguyên nhân", "mô phỏng")), ("en", ("causes", "simulated"))])
def test_limits_are_always_said(study, table_of, lang, words):
    found = brief(study(table_of()))
    assert all(word in str(narrate(found, lang, "limits")) for word in words)
    text = document_html(brief_document(found, lang, brief_section(found, lang)))
    assert "<script" not in text
    assert text.count("<h2") == 4


def test_without_evidence_nothing_is_put_first(study, table_of):
    answers = table_of()
    for column in ("Y1", "Y2", "Y3"):
        answers[column] = answers[column].sample(frac=1, random_state=len(column) + ord(column[1])).to_numpy()
    found = brief(study(answers))
    assert found.priorities == ()
    assert "do not suffice" in str(narrate(found, "en", "first"))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_put_first_is_said_with_the_numbers_that_put_it_there(study, table_of, lang):
    found = brief(study(table_of(b_effect=0.4)))
    top = found.priorities[0]
    said = {number.record.statistic: number.record.value for number in numbers(narrate(found, lang, "first").block)}
    assert (said["b"], said["room"]) == (top.b, top.room)
    assert top.b * top.room == max(each.gain for each in found.priorities)
    printed = {each.record.id: each.record.value for each in numbers(table(found, lang, "first").block)}
    assert [value for key, value in printed.items() if key.endswith(".room")] == [p.room for p in found.priorities]


def test_groups_are_said_to_differ_with_significance_never_firmly(study, table_of):
    answers = table_of()
    late = answers.index[100:185]
    answers["team"] = ["b" if row in late else "a" for row in answers.index]
    answers.loc[late, ["Y1", "Y2", "Y3"]] += 1
    answers[["Y1", "Y2", "Y3"]] = answers[["Y1", "Y2", "Y3"]].clip(1, 5)
    said = str(narrate(brief(study(answers)), "en", "found"))
    assert "differs significantly, with the number of comparisons allowed for" in said


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_it_carries_the_answer_as_the_findings_print_it(study, table_of, lang):
    responses = study(table_of(b_effect=0.4))
    shown = from_json(to_json(table(answer(robustness(responses), responses), lang).block))
    section = brief_section(brief(responses), lang, shown)
    assert shown in section.elements
    numbers_twice = entries([Section("08_robustness", (shown,)), section])  # one id, one value
    assert "regression.main.A.b" in numbers_twice
    assert shown not in brief_section(brief(responses), lang).elements
