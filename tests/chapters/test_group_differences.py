"""The chapter on groups: Levene leads to Welch, many questions are corrected for, small groups stay unseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import narrate, table
from analysis.chapters.group_differences import group_differences
from analysis.report.block import numbers, plain


def with_teams(answers, effect: float, spread: bool = False):
    """Three teams of 60; team c differs by `effect`, or in spread."""
    rng = np.random.default_rng(5)
    answers = answers.iloc[:180].copy()
    answers["team"] = np.repeat(["a", "b", "c"], 60)
    last = (answers["team"] == "c").to_numpy()
    for column in ("Y1", "Y2", "Y3"):
        values = answers[column].to_numpy(dtype=float)
        values[last] += effect
        if spread:
            values[~last] = rng.choice([3, 4], (~last).sum())
        answers[column] = np.clip(np.round(values), 1, 5).astype(int)
    return answers


def test_a_difference_is_found_and_its_pairs_are_tukeys(study, table_of):
    [question] = group_differences(study(with_teams(table_of(), 1.2))).questions
    assert (question.test.method, question.conclusion, question.pairs.method) == ("anova", "differs", "tukey")
    different = {(pair.a, pair.b) for pair in question.pairs.pair_rows if pair.p < 0.05}
    assert different == {("a", "c"), ("b", "c")}


def test_a_failed_levene_leads_to_welch_and_games_howell(study, table_of):
    [question] = group_differences(study(with_teams(table_of(), 1.0, spread=True))).questions
    assert question.levene.p < 0.05
    assert question.test.method == "anova.welch"
    assert question.pairs is None or question.pairs.method == "games_howell"


def test_no_evidence_is_never_called_a_difference(study, table_of):
    found = group_differences(study(with_teams(table_of(), 0.0)))
    assert [question.conclusion for question in found.questions] == ["no_evidence"]
    assert "khác nhau giữa các nhóm" not in str(narrate(found, "vi"))
    assert "differs between" not in str(narrate(found, "en"))
    assert "too little evidence" in str(narrate(found, "en"))


def test_groups_that_must_not_be_shown_are_not_compared_and_give_nothing_away(study, table_of):
    answers = with_teams(table_of(), 0.0)
    answers.loc[answers.index[-3:], "team"] = "d"
    found = group_differences(study(answers))
    [question] = found.questions
    assert question.left_out == ("c", "d")  # d is small; with c beside it d cannot be worked out
    assert question.test.method.startswith("t.")
    for view in ("", "means", "pairs"):
        ids = [number.record.id for number in numbers(table(found, "en", view).block)]
        assert not [key for key in ids if {"c", "d"} & set(key.split("."))]


def test_one_group_alone_is_refused_with_a_sentence(study, table_of):
    answers = table_of().assign(team="a")
    found = group_differences(study(answers))
    assert found.questions[0].test is None
    assert "could not be compared" in str(narrate(found, "en"))


def test_several_questions_without_evidence_make_one_sentence(study, table_of):
    found = group_differences(study(with_teams(table_of(), 0.0)))
    [question] = found.questions
    twice = replace(found, questions=(question, question))
    said = [line for line in str(narrate(twice, "en")).splitlines() if "too little evidence that" in line]
    assert len(said) == 1
    assert said[0].count("one-way ANOVA, n") == 2


def many_pairs(study, table_of):
    """One question whose 28 pairs are more than a reader looks through; three of them differ."""
    found = group_differences(study(with_teams(table_of(), 1.2)))
    [question] = found.questions
    pair = question.pairs.pair_rows[0]
    rows = tuple(replace(pair, a="a", b=f"g{k}", p=0.01 if k < 3 else 0.5) for k in range(28))
    pairs = replace(question.pairs, pair_rows=rows)
    return replace(found, questions=(replace(question, pairs=pairs),))


@pytest.mark.parametrize(("lang", "counted"), [("vi", "gồm 3 trong 28 cặp"), ("en", "3 of 28")])
def test_of_many_pairs_those_that_differ_are_printed_and_the_others_counted(study, table_of, lang, counted):
    block = table(many_pairs(study, table_of), lang, "pairs").block
    assert len([row for row in block.rows if not row.section]) == 3
    assert counted in plain(block.notes[0].text)


def test_few_pairs_are_all_printed(study, table_of):
    block = table(group_differences(study(with_teams(table_of(), 1.2))), "en", "pairs").block
    assert len([row for row in block.rows if not row.section]) == 3
    assert block.notes == ()


@pytest.mark.parametrize("view", ["means", "pairs"])
def test_ends_of_intervals_stand_under_the_heading_that_names_them(study, table_of, view):
    block = table(group_differences(study(with_teams(table_of(), 1.2))), "en", view).block
    over = {column.name: column.group for column in block.columns}
    assert over["low"] == over["high"] == "95% confidence interval"
