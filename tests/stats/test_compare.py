"""t tests against R, on rows and on printed tables, and where they must be refused."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.compare import ttest, ttest_one, ttest_paired
from analysis.stats.groups import Groups, groups
from analysis.stats.moments import moments
from analysis.stats.result import from_dict, to_dict


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def codes(result):
    return [each.code for each in result.cautions]


def t_test(found):
    return [found.statistic, found.df1, found.p, found.difference.low, found.difference.high]


def values(r):
    return [r["t"], r["df"], r["p"], r["low"], r["high"]]


@pytest.fixture
def two():
    return {"y": [1.0, 2.0, 4.0, 3.0, 5.0, 5.0], "g": ["a", "a", "a", "b", "b", "b"]}


@pytest.mark.parametrize("variances", ["pooled", "welch"])
def test_ttest_matches_r(reference, variances):
    r = reference("groups")["tooth"]
    found = ttest("len ~ supp", r["data"], variances=variances)
    assert t_test(found) == pytest.approx(values(r[variances]), rel=1e-10)
    for row, name in zip(found.effect_rows, ("g", "d"), strict=True):
        assert [row.value, row.low, row.high] == pytest.approx(r[f"{variances}_d"][name], rel=1e-9)
    assert (found.effect.value, found.effect.method) == (found.effect_rows[0].value, "hedges_g")


def test_paired_and_one_sample_match_r(reference):
    r = reference("groups")
    paired = ttest_paired(r["sleep"]["data"], "a", "b")
    assert t_test(paired) == pytest.approx(values(r["sleep"]["paired"]), rel=1e-10)
    effect = paired.effect
    assert [effect.value, effect.low, effect.high] == pytest.approx(r["sleep"]["d"]["g"], rel=1e-9)
    one = ttest_one(r["one"]["data"], "rating", r["one"]["mu"])
    mean = [one.statistic, one.df1, one.p, one.difference.low + 60, one.difference.high + 60]
    assert mean == pytest.approx(values(r["one"]["t"]), rel=1e-10)


def test_ttest_matches_the_shared_reference(shared_dir):
    """Wages of 245 women and 289 men; both variances follow from the two statistics, the rest is compared."""
    r = json.loads((shared_dir / "reference" / "groups.json").read_text(encoding="utf-8"))
    means = [r["t_student"]["est"]["mean in group female"], r["t_student"]["est"]["mean in group male"]]
    gap, n = means[0] - means[1], np.array([245, 289])
    spread = (gap / r["cohens_d"]["Cohens_d"]) ** 2
    var = np.linalg.solve([(n - 1) / 532, 1 / n], [spread, (gap / r["t_welch"]["stat"]) ** 2])
    wages = Groups.from_printed(["female", "male"], n=n, mean=means, sd=np.sqrt(var), formula="wage ~ sex")
    for variances, name in (("pooled", "t_student"), ("welch", "t_welch")):
        found = ttest("wage ~ sex", wages, variances=variances)
        theirs = [r[name]["stat"], r[name]["df"], r[name]["p"], *r[name]["ci"]]
        assert t_test(found) == pytest.approx(theirs, rel=1e-9)
    g, d = ttest("wage ~ sex", wages).effect_rows
    assert [d.value, d.low, d.high] == pytest.approx(
        [r["cohens_d"][name] for name in ("Cohens_d", "CI_low", "CI_high")], rel=1e-5
    )
    assert [g.value, g.low, g.high] == pytest.approx(
        [r["hedges_g"][name] for name in ("Hedges_g", "CI_low", "CI_high")], rel=1e-5
    )


def test_moments_are_enough_for_one_and_for_pairs():
    x = pd.DataFrame({"a": [1.0, 3, 4, 6, 5], "b": [2.0, 2, 5, 7, 9]})
    for rows, stored in ((ttest_paired(x, "a", "b"), ttest_paired(moments(x), "a", "b")),):
        assert t_test(stored) == pytest.approx(t_test(rows), rel=1e-12)
    assert t_test(ttest_one(moments(x), "a", 2)) == pytest.approx(t_test(ttest_one(x, "a", 2)), rel=1e-12)


def test_printed_table_gives_the_same_as_rows(two):
    found = groups("y ~ g", two)
    printed = Groups.from_printed(found.labels, n=found.n, mean=found.mean, sd=found.sd, formula="y ~ g")
    for variances in ("pooled", "welch"):
        ours, theirs = ttest("y ~ g", printed, variances=variances), ttest("y ~ g", two, variances=variances)
        assert t_test(ours) == pytest.approx(t_test(theirs), rel=1e-10)
        assert (ours.missing, theirs.missing) == ("printed", "listwise")


def test_result_survives_json(two):
    found = ttest("y ~ g", two)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    table = groups("y ~ g", two)
    assert from_dict(json.loads(json.dumps(to_dict(table)))) == table
    assert list(found.groups["group"]) == ["a", "b"]
    assert list(found.groups.columns) == ["group", "n", "mean", "sd", "se", "low", "high", "mean_rank"]
    assert found.variance.empty
    assert found.tests.empty


# ---- degenerate data -------------------------------------------------------------------------------------------------


def test_two_constant_unequal_groups_are_refused():
    data = {"y": [1, 1, 2, 2], "g": ["a", "a", "b", "b"]}
    assert refusal(lambda: ttest("y ~ g", data))[0] == "groups.no_spread"
    printed = Groups.from_printed(["a", "b"], n=[5, 5], mean=[1, 2], sd=[0, 0], formula="y ~ g")
    assert refusal(lambda: ttest("y ~ g", printed))[0] == "groups.no_spread"


def test_constant_outcome_is_refused():
    data = {"y": [2, 2, 2, 2], "g": ["a", "a", "b", "b"]}
    assert refusal(lambda: ttest("y ~ g", data)) == ("groups.constant_outcome", {"outcome": "y", "factor": "g"})
    assert refusal(lambda: ttest_one(data, "y", 3))[0] == "groups.constant_outcome"


def test_one_group_is_refused_by_name():
    data = {"y": [1, 2, 3], "g": ["a", "a", "a"]}
    assert refusal(lambda: ttest("y ~ g", data)) == ("groups.too_few", {"factor": "g", "k": 1, "only": "a"})


def test_three_groups_are_no_ttest():
    data = {"y": [1, 2, 3, 4, 5, 7], "g": ["a", "a", "b", "b", "c", "c"]}
    assert refusal(lambda: ttest("y ~ g", data))[0] == "groups.not_two"


def test_singleton_group_is_left_out_and_named():
    data = {"y": [1, 2, 3, 4, 9], "g": ["a", "a", "b", "b", "c"]}
    found = ttest("y ~ g", data)
    assert (found.n, found.dropped) == (4, 1)
    alone = next(each for each in found.cautions if each.code == "groups.singleton")
    assert alone.get("groups") == ("c",)
    pair = {"y": [1, 2, 3], "g": ["a", "a", "b"]}
    assert refusal(lambda: ttest("y ~ g", pair))[0] == "groups.too_few"


def test_case_and_space_variants_are_one_group_with_a_caution():
    data = {"y": [1, 2, 3, 4, 5, 7], "g": ["Nam", "nam ", "Nam", "Nữ", "NỮ", "Nữ"]}
    found = ttest("y ~ g", data)
    assert sorted(row.n for row in found.group_rows) == [3, 3]
    assert codes(found).count("groups.merged_labels") == 2


def test_declared_categories_are_taken_as_they_are():
    g = pd.Categorical(["a", "a", "A", "A"], categories=["A", "a"])
    found = ttest("y ~ g", {"y": [1, 2, 3, 5], "g": g})
    assert [row.group for row in found.group_rows] == ["A", "a"]


def test_interval_of_a_huge_effect_in_a_tiny_sample():
    """scipy's noncentral t is NaN on the way; beyond 37.6 R approximates. Checked by integrating over the variance."""
    printed = Groups.from_printed(["a", "b"], n=[3, 3], mean=[3, 0], sd=[0.125, 0.125])
    d = ttest("outcome ~ group", printed).effect_rows[1]
    assert [d.value, d.low, d.high] == pytest.approx([24, 8.251892860, 40.125532572], rel=1e-9)


def test_one_constant_group_of_two_is_said():
    data = {"y": [2, 2, 2, 3, 4, 5], "g": ["a", "a", "a", "b", "b", "b"]}
    assert "groups.constant_group" in codes(ttest("y ~ g", data, variances="welch"))


def test_rows_without_an_answer_are_counted():
    data = {"y": [1, 2, None, 3, 4, 6], "g": ["a", "a", "a", "b", "b", None]}
    found = ttest("y ~ g", data)
    assert (found.n, found.dropped, "rows.excluded" in codes(found)) == (4, 2, True)


def test_number_codes_are_groups():
    found = ttest("y ~ g", {"y": [1, 2, 3, 4.5], "g": [1, 1, 2, 2]})
    assert [row.group for row in found.group_rows] == ["1", "2"]


def test_text_outcome_is_refused():
    assert refusal(lambda: ttest("y ~ g", {"y": ["1", "2"], "g": ["a", "b"]}))[0] == "rows.text"


def test_everyone_changed_by_the_same():
    data = {"a": [1.0, 2.0, 3.0], "b": [2.0, 3.0, 4.0]}
    assert refusal(lambda: ttest_paired(data, "a", "b"))[0] == "compare.constant_difference"
    assert refusal(lambda: ttest_paired(moments(data), "a", "b"))[0] == "compare.constant_difference"


@pytest.mark.parametrize("formula", ["y ~ g + h", "y ~ g:h", "y ~ 0 + g", "y ~ 1", "y ~ (1 | g)"])
def test_only_one_factor_is_taken(formula):
    assert refusal(lambda: groups(formula, {}))[0] == "groups.one_factor"


def test_printed_groups_of_another_question_are_refused(two):
    printed = Groups.from_printed(["a", "b"], n=[5, 5], mean=[1, 2], sd=[1, 1], formula="y ~ g")
    assert refusal(lambda: ttest("y ~ unit", printed)) == (
        "groups.other_formula",
        {"formula": "y ~ unit", "own": "y ~ g"},
    )


@pytest.mark.parametrize(
    ("n", "mean", "sd", "code"),
    [
        ([5], [1, 2], [1, 1], "groups.printed"),
        ([5, 5], [1, float("nan")], [1, 1], "groups.printed"),
        ([5, 0], [1, 2], [1, 1], "groups.printed_row"),
        ([5, 5], [1, 2], [1, -1], "groups.printed_row"),
    ],
)
def test_impossible_printed_groups_are_refused(n, mean, sd, code):
    assert refusal(lambda: Groups.from_printed(["a", "b"], n=n, mean=mean, sd=sd))[0] == code


def test_unknown_option_names_the_nearest(two):
    assert refusal(lambda: ttest("y ~ g", two, variances="pool"))[1]["nearest"] == "pooled"
