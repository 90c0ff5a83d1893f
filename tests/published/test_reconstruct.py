"""Answers built from printed tables give these tables, number by number, and never pretend to more."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.published.blueprint import (
    Blueprint,
    PrintedCorrelation,
    PrintedGroup,
    PrintedGroupMean,
    PrintedItem,
    PrintedScale,
    blueprint,
)
from analysis.published.margins import sizes
from analysis.published.reconstruct import reconstruct
from analysis.stats.reliability import alpha
from analysis.stats.result import from_dict, to_dict

MEANS = ("item_mean", "item_sd")
TABLE = ("scale_mean_if_deleted", "scale_var_if_deleted", "corrected_item_total_r", "alpha_if_deleted")


@pytest.fixture(scope="module")
def survey(prints):
    return prints.Survey(3)


@pytest.fixture(scope="module")
def found(survey):
    """The study that reconstruction is made for: 25 items, n = 200, three digits."""
    return reconstruct(blueprint(survey.print(3, MEANS)))


class TestKnownTruth:
    @pytest.mark.parametrize("columns", [MEANS, TABLE, (*MEANS, *TABLE)], ids=["means", "item-total", "both"])
    def test_every_printed_number_is_met(self, survey, columns):
        result = reconstruct(blueprint(survey.print(3, columns)), seed=2)
        assert [(match.where, match.what) for match in result.missed] == []
        assert len(result.matched) == 25 * len(columns) + 5 + 10 + 6 + 20

    @pytest.mark.parametrize(("digits", "n", "items"), [(2, 120, 4), (4, 90, 3)])
    def test_other_sizes_and_digits(self, prints, digits, n, items):
        result = reconstruct(blueprint(prints.Survey(8, n, 3, items).print(digits, (*MEANS, *TABLE))))
        assert result.missed == ()

    def test_the_statistics_of_the_package_agree(self, found, survey):
        """`matched` is computed here; alpha, means and correlations come from other code."""
        data, printed = found.data, {row["scale"]: row["alpha"] for row in survey.print(3)["reliability"]}
        for scale, text in printed.items():
            own = data[[f"{scale}_{at}" for at in range(1, 6)]]
            assert f"{alpha(own).alpha.value:.3f}" == text
        for row in survey.print(3)["correlations"]:
            first, second = (data.filter(regex=f"^{row[side]}_").mean(axis=1) for side in ("row", "col"))
            assert f"{first.corr(second):.3f}" == row["r"]
        for row in survey.print(3)["groups"]:
            score = data[data["gender"] == row["group"]].filter(regex=f"^{row['dependent']}_").mean(axis=1)
            assert (f"{score.mean():.3f}", f"{score.std():.3f}", str(len(score))) == (row["mean"], row["sd"], row["n"])

    def test_answers_are_whole_and_on_the_scale(self, found):
        values = np.array(found.answers)
        assert values.shape == (25, 200)
        assert set(np.unique(values)) <= {1, 2, 3, 4, 5}

    def test_they_are_not_the_answers_that_were_printed(self, found, survey):
        true = np.hstack(list(survey.answers.values()))
        assert (true != np.array(found.answers).T).mean() > 0.3

    def test_the_regression_is_taken_from_the_printed_terms(self, found):
        assert (found.blueprint.outcome, found.blueprint.factors) == ("S5", ("S1", "S2", "S3", "S4"))


class TestResult:
    def test_the_same_seed_gives_the_same_answers_and_another_one_others(self, survey, found):
        plan = blueprint(survey.print(3, MEANS))
        assert reconstruct(plan) == found
        assert reconstruct(plan, seed=5).answers != found.answers

    def test_it_comes_back_from_json(self, found):
        assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
        assert found.simulated

    def test_tables_have_fixed_columns(self, found):
        assert list(found.table.columns) == ["where", "what", "printed", "reached", "low", "high", "within"]
        assert list(found.data.columns[-2:]) == ["gender", "age"]

    def test_what_is_free_is_said(self, survey, found):
        assert found.free == ("items", "groups", "shape", "rows")
        tables = survey.print(3, ("item_mean",))
        for row in tables["reliability"]:
            row["alpha"] = ""
        less = reconstruct(blueprint({"reliability": tables["reliability"]}))
        assert less.free == ("sd", "within_scales", "between_scales", "items", "shape", "rows")

    def test_a_number_that_is_not_met_is_not_called_met(self):
        items = tuple(PrintedItem(f"{s}{i}", s, mean="3.00", sd="1.000") for s in "ab" for i in range(3))
        plan = Blueprint(
            61, (PrintedScale("a", alpha=".900"), PrintedScale("b", alpha=".900")), items,
            (PrintedCorrelation("a", "b", "1.000"), PrintedCorrelation("a0", "b0", "-1.000")),
        )  # fmt: skip
        result = reconstruct(plan)
        assert {match.what for match in result.missed} == {"r"}
        assert all(not match.low <= match.reached <= match.high for match in result.missed)


class TestItemCorrelations:
    def test_a_whole_matrix_within_a_scale_is_met(self):
        x = np.random.default_rng(4).normal(size=(150, 1)) + np.random.default_rng(5).normal(size=(150, 6))
        x = np.clip(np.rint(3.4 + 0.7 * x), 1, 5)
        r = np.corrcoef(x.T)
        items = tuple(
            PrintedItem(f"q{i}", "S", mean=f"{x[:, i].mean():.3f}", sd=f"{x[:, i].std(ddof=1):.3f}") for i in range(6)
        )
        pairs = tuple(PrintedCorrelation(f"q{i}", f"q{j}", f"{r[i, j]:.3f}") for i in range(6) for j in range(i))
        assert reconstruct(Blueprint(150, (PrintedScale("S"),), items, pairs)).missed == ()


class TestRealPrints:
    def test_a_complete_one_is_met_to_its_four_digits(self, published):
        result = reconstruct(blueprint({"reliability": published("reliability")}, only=("R1",)))
        assert (result.blueprint.n, len(result.matched), result.missed) == (144, 55, ())

    @pytest.mark.parametrize(("table", "n", "smallest"), [("R4", 152, 152), ("R8", 218, 218), ("TT", 235, 235)])
    def test_those_without_n_are_met_at_the_smallest_n_that_their_digits_allow(self, published, table, n, smallest):
        plan = blueprint({"reliability": published("reliability")}, only=(table,), n=n)
        assert sizes(plan, most=300) == (smallest,)
        assert reconstruct(plan).missed == ()

    def test_a_copied_row_is_refused(self, published):
        rows = [row for row in published("reliability") if row["table_id"] == "R10"]
        with pytest.raises(ModelError) as caught:
            reconstruct(blueprint({"reliability": rows}, n=198))
        assert [(each.code, each.get("scale")) for each in caught.value.problems] == [("reconstruct.no_totals", "OP")]
        rest = [row for row in rows if not str(row["scale"]).startswith("OP")]
        assert reconstruct(blueprint({"reliability": rest}, n=198)).missed == ()


def test_the_true_n_is_among_those_that_the_digits_allow(prints):
    plan = blueprint(prints.Survey(21, 167, 2, 4).print(3, TABLE))
    assert 167 in sizes(replace(plan, n=99, groups=(), group_means=()), most=400)


ITEM = {"table_id": "T", "scale": "S", "item": "q1", "n_cases": "50", "item_mean": "3.50", "item_sd": "1.02"}


class TestRefusals:
    @pytest.mark.parametrize(
        ("rows", "options", "code"),
        [
            ([], {}, "reconstruct.no_items"),
            ([ITEM, {**ITEM, "table_id": "U"}], {}, "reconstruct.several_tables"),
            ([ITEM], {"only": ("V",)}, "reconstruct.no_table"),
            ([{**ITEM, "n_cases": "198?"}], {}, "reconstruct.n_not_printed"),
            ([ITEM, {**ITEM, "item": "q2", "n_cases": "51"}], {}, "reconstruct.several_n"),
            ([ITEM], {"n": 2}, "reconstruct.persons"),
            ([ITEM], {"low": 5, "high": 1}, "reconstruct.range"),
            ([{**ITEM, "item_sd": "=1+1"}], {}, "reconstruct.no_number"),
            ([ITEM], {"outcome": "Q"}, "reconstruct.unknown_code"),
        ],
    )
    def test_tables_that_do_not_do_are_refused_with_the_reason(self, rows, options, code):
        with pytest.raises(ModelError) as caught:
            blueprint({"reliability": rows}, **options)
        assert caught.value.code == code

    def test_items_that_no_answers_give_are_all_named(self):
        rows = [{**ITEM, "item_mean": "3.51"}, {**ITEM, "item": "q2"}, {**ITEM, "item": "q3", "item_sd": "2.50"}]
        with pytest.raises(ModelError) as caught:
            reconstruct(blueprint({"reliability": rows}))
        assert [each.get("item") for each in caught.value.problems] == ["q1", "q3"]
        assert {each.code for each in caught.value.problems} == {"reconstruct.no_answers"}

    def test_groups_larger_than_the_sample_are_refused(self):
        item = PrintedItem("q", "S", mean="3.50")
        groups = (PrintedGroup("sex", "a", 30), PrintedGroup("sex", "b", 30))
        with pytest.raises(ModelError) as caught:
            Blueprint(50, (PrintedScale("S"),), (item,), (), groups)
        assert caught.value.code == "reconstruct.group_sizes"
        partly = Blueprint(70, (PrintedScale("S"),), (item,), (), groups, (PrintedGroupMean("sex", "a", "S", "3.60"),))
        result = reconstruct(partly)
        assert int(result.data["sex"].isna().sum()) == 10
        assert result.missed == ()
