"""What stands behind the comparison of groups: ranks agree or not, equivalence, sensitivity, related traits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis import adjust, figure, narrate, prepare, table
from analysis.chapters.group_checks import Association, group_checks
from analysis.chapters.group_differences import group_differences
from analysis.report.block import numbers, plain
from analysis.stats.anova import anova
from analysis.stats.contingency import chi_square
from analysis.stats.effects import corrected_v
from analysis.stats.fisher import fisher_exact
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


def test_the_table_holds_the_same_numbers_in_both_languages(checked):
    shown = [numbers(table(checked[1], lang).block) for lang in ("vi", "en")]
    vi, en = ({each.record.id: each.record.value for each in held} for held in shown)
    assert vi == en
    assert checked[1].checks[0].smallest in vi.values()


def test_sentences_say_what_could_be_found_and_never_observed_power(checked):
    said = str(narrate(checked[1], "en"))
    assert "finds, in 80% of cases" in said
    assert "not computed from the effect that was found" in said
    assert figure(checked[1], "vi").block.data["rows"][0]["value"] == checked[1].checks[0].share.value


def test_one_characteristic_has_no_pairs_and_says_so(checked):
    block = table(checked[1], "en", "associations").block
    assert block.rows == ()
    assert "no two characteristics" in plain(block.notes[0].text)
    assert "()" not in plain(block.caption)


def two_traits(checked):
    """Checks of a study with three pairs of characteristics, one of them related, one too thin for chi-square."""
    rng = np.random.default_rng(7)
    a = rng.integers(0, 3, 120)
    x = {
        "a": list(np.array(["a1", "a2", "a3"])[a]),
        "b": list(np.array(["b1", "b2"])[(a + rng.integers(0, 2, 120)) % 2]),
        "c": list(np.array(["c1", "c2"])[(a == 2).astype(int)]),
        "d": ["d1"] * 3 + ["d2"] * 117,
    }
    tests = [chi_square(x, *pair) for pair in (("a", "b"), ("a", "c"), ("a", "d"))]
    exact = [None, None, fisher_exact(x, "a", "d")]
    p = [each.p if each else test.p for test, each in zip(tests, exact, strict=True)]
    rows = tuple(
        Association(test.outcome, test.factor, test, each, corrected_v(test.statistic, 120, 3, 2, 0.95), own, holm)
        for test, each, own, holm in zip(tests, exact, p, adjust(p), strict=True)
    )
    return replace(checked[1], associations=rows)


def test_only_pairs_with_evidence_are_printed_and_the_others_counted(checked):
    found = two_traits(checked)
    blocks = [table(found, lang, "associations").block for lang in ("vi", "en")]
    vi, en = ({each.record.id: each.record.value for each in numbers(block)} for block in blocks)
    assert vi == en
    related = [pair for pair in found.associations if pair.p < 0.05]
    assert ("a", "c") in [(pair.a, pair.b) for pair in related]
    assert 0 < len(blocks[0].rows) == len(related) < 3
    assert (vi["groups.association.shown"], vi["groups.association.total"]) == (len(related), 3)
    assert "a × c" in str(narrate(found, "en"))


def test_characteristics_of_real_pages_are_paired_and_thin_tables_tested_exactly():
    """Every pair of the demonstration study: n as answered, exact where expected counts are small, p adjusted."""
    responses = prepare("demo")
    found = group_checks(responses, group_differences(responses))
    k = sum(1 for variable in responses.study.variables.values() if variable.levels)
    assert len(found.associations) == k * (k - 1) // 2
    for pair in found.associations:
        rough = any(each.code == "chi_square.small_expected" for each in pair.test.cautions)
        assert (pair.exact is not None) == rough
        assert pair.p == (pair.exact.p if pair.exact else pair.test.p)
    assert [pair.p_holm for pair in found.associations] == list(adjust([pair.p for pair in found.associations]))


def test_a_number_has_one_value_wherever_the_chapter_shows_it():
    """The ledger refuses an id with two values; tables over different rows share no id but that of the level."""
    responses = prepare("demo")
    found = group_differences(responses)
    checks = group_checks(responses, found)
    shown = [
        table(found, "en"), table(found, "en", "means"), table(found, "en", "pairs"), narrate(found, "en"),
        figure(found, "en"), table(checks, "en"), table(checks, "en", "associations"), narrate(checks, "en"),
        figure(checks, "en"),
    ]  # fmt: skip
    values: dict[str, set[float]] = {}
    for each in shown:
        for number in numbers(each.block):
            values.setdefault(number.record.id, set()).add(number.record.value)
    assert {key: held for key, held in values.items() if len(held) > 1} == {}
