"""Cross tables: they add up, and chi-square agrees with R."""

import json
from operator import add

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.contingency import Contingency, chi_square, contingency
from analysis.stats.effects import corrected_v
from analysis.stats.result import from_dict, to_dict


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def codes(result):
    return [each.code for each in result.cautions]


def printed(r):
    levels = (list(range(len(r["rows"]))), list(range(len(r["cols"]))))
    return Contingency.from_printed(r["counts"], names=("a", "b"), levels=levels)


@pytest.fixture
def answers():
    rng = np.random.default_rng(4)
    return pd.DataFrame({"a": rng.integers(1, 4, 50), "b": rng.integers(1, 6, 50), "c": rng.choice(list("xyz"), 50)})


@pytest.mark.parametrize("case", ["hair", "admissions", "tea", "cars"])
def test_chi_square_matches_r(reference, case):
    r = reference("chisq")[case]
    found = chi_square(printed(r), "a", "b")
    assert [found.statistic, found.df1, found.p] == pytest.approx([r["chi2"], r["df"], r["p"]], rel=1e-10)
    assert [found.effect.value, found.effect.low, found.effect.high] == pytest.approx(
        [r["v"], r["v_low"], r["v_high"]], rel=1e-7, abs=1e-12
    )
    tests = {row.name: row for row in found.test_rows}
    assert [tests["likelihood_ratio"].statistic, tests["likelihood_ratio"].p] == pytest.approx(
        [r["G"], r["Gp"]], rel=1e-9
    )
    assert tests["linear_by_linear"].statistic == pytest.approx(r["linear"], rel=1e-9, abs=1e-20)
    assert found.expected_min == pytest.approx(r["expected_min"], rel=1e-12)
    np.testing.assert_allclose(found.cells["residual"], np.ravel(r["residual"]), rtol=1e-10)
    if "yates" in r:
        assert tests["yates"].statistic == pytest.approx(r["yates"], rel=1e-10)
        assert tests["fisher_exact"].p == pytest.approx(r["fisher"], rel=1e-9)
    else:
        assert set(tests) == {"likelihood_ratio", "linear_by_linear"}


def test_rows_and_counts_give_the_same(answers):
    assert chi_square(answers[["a", "c"]], "a", "c") == chi_square(contingency(answers[["a", "c"]]), "a", "c")
    assert chi_square(answers, "a", "c").statistic == pytest.approx(chi_square(answers, "c", "a").statistic)


def test_parts_add_up_to_the_whole(answers):
    whole = contingency(answers)
    assert add(contingency(answers.iloc[:20]), contingency(answers.iloc[20:])) == whole
    assert contingency(answers.iloc[at : at + 7] for at in range(0, 50, 7)) == whole
    few = contingency(answers[answers["a"] > 1])
    assert add(few, contingency(answers[answers["a"] == 1])) == whole
    assert add(contingency(answers[["c", "a", "b"]].iloc[:9]), contingency(answers.iloc[9:])).n == 50


def test_pairwise_counts_each_pair_on_its_own(answers):
    holes = answers.astype({"a": float})
    holes.loc[:4, "a"] = np.nan
    pairs, whole = contingency(holes, missing="pairwise"), contingency(holes)
    assert (pairs.table("b", "c").sum(), pairs.table("a", "b").sum()) == (50, 45)
    assert (whole.n, whole.dropped, whole.table("b", "c").sum()) == (45, 5, 45)
    assert "rows.excluded" in codes(chi_square(holes, "a", "b"))


def test_tables_turn_and_survive_json(answers):
    found = contingency(answers)
    assert np.array_equal(found.table("a", "b"), found.table("b", "a").T)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    test = chi_square(found, "a", "b")
    assert from_dict(json.loads(json.dumps(to_dict(test)))) == test
    assert found.levels_of("c") == ("x", "y", "z")
    with pytest.raises(ValueError, match="read-only"):
        found.tables[0][0, 0] = 7


def test_labels_are_scored_only_where_they_are_in_order(answers):
    assert [row.name for row in chi_square(answers, "a", "c").test_rows] == ["likelihood_ratio"]
    assert len(chi_square(answers, "a", "c", ordered=["c"]).test_rows) == 2


# ---- degenerate data -------------------------------------------------------------------------------------------------


def test_a_question_with_one_answer_is_refused():
    data = {"a": [1, 1, 1], "b": [1, 2, 3]}
    assert refusal(lambda: chi_square(data, "a", "b")) == ("chi_square.one_level", {"column": "a"})


def test_small_expected_counts_are_said(reference):
    found = chi_square(printed(reference("chisq")["tea"]), "a", "b")
    assert codes(found) == ["chi_square.small_expected"]
    assert found.expected_below == 1


def test_labels_that_look_alike_are_said():
    data = {"a": ["Nam", "nam", "Nữ", "Nữ"] * 10, "b": [1, 2, 2, 1] * 10}
    assert "chi_square.similar_labels" in codes(chi_square(data, "a", "b"))


def test_answers_nobody_gave_are_left_out():
    a = pd.Categorical(["x", "y", "x", "y"], categories=["x", "y", "z"])
    assert chi_square({"a": a, "b": [1, 2, 2, 1]}, "a", "b").df1 == 1


def test_a_measurement_is_no_question():
    data = {"a": np.arange(200.0), "b": np.arange(200) % 2}
    assert refusal(lambda: contingency(data))[0] == "contingency.too_many_levels"


def test_impossible_uses_are_refused(answers):
    found = contingency(answers)
    assert refusal(lambda: chi_square(answers, "a", "a"))[0] == "contingency.same_column"
    assert refusal(lambda: found.table("a", "aa"))[1]["nearest"] == "a"
    assert refusal(lambda: add(found, contingency(answers[["a", "b"]])))[0] == "contingency.different"
    text = answers.astype({"a": str})
    assert refusal(lambda: add(found, contingency(text)))[0] == "contingency.different"
    assert refusal(lambda: Contingency.from_printed([[1.5, 2]], names=("a", "b"), levels=([1], [1, 2])))[0] == (
        "contingency.printed"
    )
    assert refusal(lambda: Contingency(("a", "b"), ((1, 2), (1, 2)), (), (), 4))[0] == "contingency.shape"


def test_corrected_v_matches_bergsma_s_formula():
    """chi2 = 10, n = 101, 3 x 4: phi^2 = 10/101 - .06, r = 3 - .04, c = 4 - .09; V = sqrt(phi^2 / 1.96)."""
    found = corrected_v(10, 101, 3, 4, 0.95)
    assert found.value == pytest.approx(((10 / 101 - 0.06) / 1.96) ** 0.5, rel=1e-12)
    assert corrected_v(5, 101, 3, 4, 0.95).value == 0


def test_corrected_v_is_near_zero_without_association_and_lies_in_its_interval():
    rng = np.random.default_rng(3)
    plain, corrected = [], []
    for _ in range(200):
        x = {"a": rng.integers(0, 10, 250), "b": rng.integers(0, 6, 250)}
        test = chi_square(x, "a", "b")
        v = corrected_v(test.statistic, test.n, 10, 6, 0.95)
        assert v.low <= v.value <= v.high or v.value < 0.05
        plain.append(test.effect.value)
        corrected.append(v.value)
    assert np.mean(plain) > 0.15
    assert np.mean(corrected) < 0.05
