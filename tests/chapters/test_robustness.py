"""What would overturn the findings: the same question under every choice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import figure, narrate, table
from analysis.chapters.imputed import imputed_regression
from analysis.chapters.latent import latent
from analysis.chapters.performance_factors import performance_factors
from analysis.chapters.robustness import robustness
from analysis.errors import ModelError
from analysis.grammar import parse_formula
from analysis.report.block import numbers


@pytest.fixture
def findings(study, table_of):
    answers = table_of(b_effect=0.0, n=200).assign(team=["a", "b", "c", "d"] * 50)
    answers.loc[:4, "A1"] = np.nan
    return robustness(study(answers))


def test_the_first_way_is_the_main_analysis(study, table_of, findings):
    for term in ("A", "B"):
        assert findings.of(term)[0].choice == "main"
        assert findings.of(term)[0].same
    responses = study(table_of(n=200).assign(team=["a", "b", "c", "d"] * 50))
    found, main = robustness(responses), performance_factors(responses).regression
    betas = {row.term: row.beta for row in main.coefficient_rows}
    for term in ("A", "B"):
        assert found.of(term)[0].beta == pytest.approx(betas[term], rel=1e-9)
        assert found.of(term)[0].p == pytest.approx(next(r.p for r in main.coefficient_rows if r.term == term))


def test_choices_that_the_study_does_not_allow_are_named(findings):
    assert set(findings.left_out) >= {"controlled", "weighted"}
    assert {"hc3", "clustered", "multilevel", "within_units", "huber", "ranks", "ordered", "factor_scores"} <= {
        way.choice for way in findings.ways
    }


def test_a_strong_effect_holds_in_every_way_and_none_is_never_told_in_all(findings):
    assert all(way.same for way in findings.of("A"))
    assert all(way.beta > 0.3 for way in findings.of("A"))
    assert sum(way.p < 0.05 for way in findings.of("B")) <= 3


def test_errors_alone_move_no_coefficient(findings):
    found = {way.choice: way for way in findings.of("A")}
    assert found["hc3"].beta == found["main"].beta == found["clustered"].beta
    assert found["hc3"].low != found["main"].low


def test_incomplete_answers_are_left_out_where_the_choice_says_so(findings):
    found = {way.choice: way.n for way in findings.of("A")}
    assert (found["main"], found["complete_items"]) == (200, 195)


@pytest.mark.parametrize(("few", "told"), [(4, False), (5, True)])
def test_a_handful_of_persons_is_never_told_from_the_difference(study, table_of, few, told):
    answers = table_of(n=200).assign(team=["a", "b", "c", "d"] * 50)
    items = [name for name in answers if name[0] in "ABY" and name[1:].isdigit()]
    straight = answers[items].nunique(axis=1) == 1  # by chance
    answers.loc[straight, items[0]] = answers.loc[straight, items[0]] % 5 + 1
    answers.loc[: few - 1, items] = 3
    answers.loc[200 - few :, items[0]] = np.nan
    found = robustness(study(answers))
    sizes = {way.choice: way.n for way in found.ways}
    assert ("complete_items" in sizes) is told
    assert ("without_straight_lines" in sizes) is told
    assert ("without_straight_lines" in found.left_out) is not told
    if told:
        assert sizes["without_straight_lines"] == 200 - few


def test_latent_variables_and_imputed_answers_are_choices(study, table_of):
    answers = table_of(n=200).assign(team=["a", "b", "c", "d"] * 50)
    answers.loc[:9, "A1"] = np.nan
    responses = study(answers)
    found = robustness(responses)
    ways = {way.choice: way for way in found.of("A")}
    paths = {row.term: row for row in latent(responses, "Y ~ A + B").rows}
    assert (ways["latent"].beta, ways["latent"].p, ways["latent"].n) == (paths["A"].path, paths["A"].path_p, 190)
    pooled = imputed_regression(responses, parse_formula("Y ~ A + B"), ("A", "B"))
    assert ways["imputed"].beta == next(row.b for row in pooled.coefficient_rows if row.term == "A")
    assert ways["imputed"].n == 200
    assert ways["latent"].beta > ways["main"].beta  # errors of measurement are gone


def test_scores_and_latent_variables_stand_side_by_side(findings):
    for lang in ("vi", "en"):
        block = table(findings, lang, "latent").block
        assert len(block.rows) == 2
        records = {n.record.id: n.record for n in numbers(block)}
        for row in findings.latent.rows:
            assert records[f"latent.main.{row.term}.path"].value == row.path
            assert records[f"latent.main.{row.term}.path"].function == "analysis.chapters.latent.latent"
            assert records[f"latent.main.{row.term}.p"].n == findings.latent.n
    for verb in (table, narrate):
        vi, en = (
            [(n.record.id, n.record.value) for n in numbers(verb(findings, x, "latent").block)] for x in ("vi", "en")
        )
        assert vi == en
    changed = replace(findings, latent=replace(findings.latent, rows=(replace(findings.latent.rows[0], path_p=0.5),)))
    assert "another conclusion than scale scores for: Factor A" in str(narrate(changed, "en", "latent"))


def test_without_a_structural_model_a_sentence_says_why(findings):
    bare = replace(findings, latent=None)
    shown = table(bare, "en", "latent")
    assert shown.block.rows == ()
    assert "scale of two items or more" in str(shown)
    assert narrate(bare, "en", "latent").block.paragraphs == ()


def test_both_languages_hold_the_same_numbers(findings):
    for verb in (table, narrate, figure):
        vi, en = (verb(findings, lang) for lang in ("vi", "en"))
        ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in (vi, en)]
        assert ids[0] == ids[1]
        assert "robustness." not in str(vi) + str(en)
        assert not {"nan", "inf", "None"} & set(str(en).split())
    said = str(narrate(findings, "en"))
    ways = len(findings.of("A"))
    assert f"holds in {ways} of {ways} ways" in said.replace("\N{NO-BREAK SPACE}", " ")


def test_a_model_without_numbers_is_refused(study, table_of, monkeypatch):
    from analysis.chapters import robustness as chapter

    responses = study(table_of(n=200))
    with pytest.raises(ModelError) as caught:
        chapter._case(responses, parse_formula("Y ~ team"), 0.95)
    assert caught.value.code == "robustness.no_terms"
