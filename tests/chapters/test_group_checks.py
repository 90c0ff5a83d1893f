"""What stands behind the comparison of groups: ranks agree or not, equivalence, sensitivity, related traits."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import figure, narrate, table
from analysis.chapters.group_checks import group_checks
from analysis.chapters.group_differences import group_differences
from analysis.report.block import numbers
from analysis.stats.anova import anova
from analysis.stats.power import power_anova


def with_teams(answers, effect: float):
    rng = np.random.default_rng(5)
    answers = answers.iloc[:180].copy()
    answers["team"] = np.repeat(["a", "b", "c"], 60)
    last = (answers["team"] == "c").to_numpy()
    for column in ("Y1", "Y2", "Y3"):
        moved = answers[column].to_numpy(dtype=float) + effect * last + 0.3 * rng.normal(size=180)
        answers[column] = np.clip(np.round(moved), 1, 5).astype(int)
    return answers


@pytest.fixture
def checked(study, table_of):
    responses = study(with_teams(table_of(), 1.2))
    return responses, group_checks(responses, group_differences(responses))


def test_means_and_ranks_stand_side_by_side(checked):
    responses, found = checked
    [check] = found.checks
    assert (check.test.n, check.ranks.n, check.ranks.method) == (180, 180, "kruskal")
    assert check.agree(0.05)
    assert check.share.value == pytest.approx(anova(f"{check.outcome} ~ team", responses.frame).effect.value, rel=0.05)
    assert check.equivalence is None


def test_the_smallest_share_is_what_this_size_finds(checked):
    _, found = checked
    [check] = found.checks
    f = (check.smallest / (1 - check.smallest)) ** 0.5
    assert power_anova(3, n=60, f=f).power == pytest.approx(0.8, abs=1e-6)


def test_two_groups_have_equivalence_and_the_same_share_as_their_f(study, table_of):
    answers = with_teams(table_of(), 0.0)
    answers["team"] = np.tile(["a", "b"], 90)
    responses = study(answers)
    [check] = group_checks(responses, group_differences(responses)).checks
    assert check.ranks.method.startswith("mann_whitney")
    assert check.equivalence.margin_sd is not None
    assert check.share.value == pytest.approx(check.test.statistic**2 / (check.test.statistic**2 + check.test.df1))


@pytest.mark.parametrize("view", ["", "associations"])
def test_tables_hold_the_same_numbers_in_both_languages(checked, view):
    shown = [numbers(table(checked[1], lang, view).block) for lang in ("vi", "en")]
    vi, en = ({each.record.id: each.record.value for each in held} for held in shown)
    assert vi == en


def test_sentences_say_what_could_be_found_and_never_observed_power(checked):
    said = str(narrate(checked[1], "en"))
    assert "finds, in 80% of cases" in said
    assert "not computed from the effect that was found" in said
    assert figure(checked[1], "vi").block.data["rows"][0]["value"] == checked[1].checks[0].share.value


def test_only_pairs_with_evidence_are_printed_and_the_others_counted(study, table_of):
    responses = study(with_teams(table_of(), 0.0))
    found = group_checks(responses, group_differences(responses))
    block = table(found, "en", "associations").block
    assert len(block.rows) == sum(pair.p < 0.05 for pair in found.associations)
