"""The chapter on cleaning: counts, never persons."""

from __future__ import annotations

import dataclasses
import re

import pytest

from analysis import figure, narrate, table
from analysis.chapters.cleaning import RECODING, FlowStep, cleaning
from analysis.report.block import numbers, plain
from analysis.survey.responses import prepare


def test_counts_what_was_received_and_how_answers_are_spread(study, table_of):
    answers = table_of()
    found = cleaning(study(answers))
    assert (found.received, found.kept, found.excluded, found.recoded, found.corrected) == (200, 200, 0, 0, 0)
    for share in found.answers:
        values = answers[[f"{share.construct}{item}" for item in (1, 2, 3)]].to_numpy()
        assert share.counts == tuple(int((values == level).sum()) for level in range(1, 6))
        assert share.answered + share.missing == 600
        assert sum(each or 0 for each in share.percent) == pytest.approx(100)


def test_empty_cells_are_counted_as_missing(study, table_of):
    answers = table_of().astype({"A1": object})
    answers.loc[:9, "A1"] = None
    assert {share.construct: share.missing for share in cleaning(study(answers)).answers} == {"A": 10, "B": 0, "Y": 0}


def test_the_flow_adds_up_from_what_was_received_to_what_is_analysed():
    found = cleaning(prepare("demo"))
    left = found.received
    for step in found.flow:
        left -= step.excluded
        assert step.left == left
    assert left == found.kept
    assert sum(step.excluded for step in found.flow) == found.excluded > 0


def test_changes_are_counted_by_rule_and_variable():
    found = cleaning(prepare("demo"))
    assert sum(row.cells for row in found.variables) == found.corrected > 0
    assert {row.rule for row in found.variables} & RECODING == set()
    for rule in found.rules:
        if rule.action == "changed" and rule.rule not in RECODING:
            assert sum(row.cells for row in found.variables if row.rule == rule.rule) == rule.cells


def test_missing_answers_and_the_test_of_them(study, table_of):
    answers = table_of().astype({"A1": object, "B2": object})
    answers.loc[:19, "A1"] = None
    answers.loc[40:59, "B2"] = None
    found = cleaning(study(answers))
    assert (found.missing.cells, found.missing.complete) == (40, 160)
    assert found.little is not None
    assert (found.little.patterns, found.little.n, found.little_refused) == (3, 200, ())
    whole = cleaning(study(table_of()))
    assert (whole.missing.cells, whole.little, whole.little_refused) == (0, None, ())


@pytest.mark.parametrize("view", ["", "flow", "variables", "missing", "patterns"])
def test_tables_in_both_languages_hold_the_same_numbers(view):
    found = cleaning(prepare("demo"))
    vi, en = (table(found, lang, view) for lang in ("vi", "en"))
    ours, theirs = ({each.record.id: each.record.value for each in numbers(shown.block)} for shown in (vi, en))
    assert ours == theirs
    assert ours
    assert not re.search(r"\b(cleaning|missing)\.", str(vi) + str(en))


def test_patterns_of_few_persons_are_one_line(study, table_of):
    answers = table_of().astype({f"{code}1": object for code in "ABY"})
    answers.loc[:9, "A1"] = None
    answers.loc[10:12, "B1"] = None
    answers.loc[13:14, "Y1"] = None
    rows = table(cleaning(study(answers)), "en", "patterns").block.rows
    assert [tuple(plain(cell) for cell in row.cells) for row in rows] == [
        ("None", "185"), ("A1", "10"), ("Other patterns (2), each of fewer than 5 questionnaires", "5")
    ]  # fmt: skip


def test_the_diagram_lists_many_reasons_in_one_box():
    found = cleaning(prepare("demo"))
    few = figure(found, "vi", "flow").block
    assert [row["left"] for row in few.data["steps"]] == ["Số phiếu còn lại\nn = 266", few.data["end"]]
    rules = ("consent", "screening", "test_row", "duplicate_id", "incomplete")
    many = dataclasses.replace(found, flow=tuple(FlowStep(rule, 2, 0) for rule in rules))
    [step] = figure(many, "en", "flow").block.data["steps"]
    assert step["out"].splitlines()[0] == "Left out: n = 11"
    assert len(step["out"].splitlines()) == 6
    none = dataclasses.replace(found, flow=())
    assert figure(none, "en", "flow").block.data["steps"] == []


def test_what_cleaning_found_is_told_with_its_numbers(study, table_of):
    answers = table_of()
    answers["A2"] = 6 - answers["A2"]
    found = cleaning(study(answers))
    [note] = found.notes
    assert (note.code, note.get("item")) == ("clean.keying_suspected", "A2")
    for lang, word in (("vi", "ngược chiều"), ("en", "runs against")):
        [said] = [each for each in narrate(found, lang).block.paragraphs if word in plain(each.text)]
        assert said.kind == "caution"
