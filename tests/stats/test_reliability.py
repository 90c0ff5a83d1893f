"""Cronbach's alpha against psych, on real answers, and where it must be refused or doubted."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import Moments, moments
from analysis.stats.reliability import alpha


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def codes(result):
    return [each.code for each in result.cautions]


@pytest.mark.parametrize("case", ["attitude", "likert", "listwise", "pairwise"])
def test_alpha_matches_psych(reference, case):
    r = reference("alpha")[case]
    found = alpha(r["data"], level=r["level"], missing="pairwise" if case == "pairwise" else "listwise")
    assert found.n == r["n"]
    assert found.alpha.value == pytest.approx(r["raw_alpha"], rel=1e-12)
    assert [found.alpha.low, found.alpha.high] == pytest.approx(r["feldt"], rel=1e-11)
    assert found.alpha.se == pytest.approx(r["ase"], rel=1e-11)
    assert (found.scale_mean, found.scale_sd) == pytest.approx((r["mean"], r["sd"]), rel=1e-12)
    np.testing.assert_allclose(found.items["r_drop"], r["r_drop"], rtol=1e-11)
    np.testing.assert_allclose(found.items["alpha_if_deleted"], r["alpha_drop"], rtol=1e-11)
    if case != "pairwise":  # older psych standardises the pairwise covariances
        assert found.standardized.value == pytest.approx(r["std_alpha"], rel=1e-12)
        assert found.mean_r == pytest.approx(r["average_r"], rel=1e-12)


SHARED = {
    "bfi_A_pairwise": (["A1", "A2", "A3", "A4", "A5"], ["A1"]),
    "bfi_A_listwise": (["A1", "A2", "A3", "A4", "A5"], ["A1"]),
    "bfi_C_listwise": (["C1", "C2", "C3", "C4", "C5"], ["C4", "C5"]),
    "bfi_N_listwise": (["N1", "N2", "N3", "N4", "N5"], []),
    "HS_visual": (["x1", "x2", "x3"], []),
    "HS_9": ([f"x{i}" for i in range(1, 10)], []),
}


@pytest.mark.parametrize("case", SHARED)
def test_alpha_matches_the_shared_reference(shared_dir, case):
    items, turned = SHARED[case]
    file = "bfi" if case.startswith("bfi") else "HolzingerSwineford1939"
    data = pd.read_csv(shared_dir / "data" / "psychometrics_core" / "csv" / f"{file}.csv")[items]
    data[turned] = 7 - data[turned]
    r = json.loads((shared_dir / "reference" / "alpha.json").read_text(encoding="utf-8"))[case]
    found = alpha(data, missing="pairwise" if "pairwise" in case else "listwise")
    total, interval = r["total"], r["feldt_alpha.ci"]
    assert found.n == r["n"]
    ours = [found.alpha.value, found.standardized.value, found.mean_r, found.alpha.se, found.scale_mean, found.scale_sd]
    assert ours == pytest.approx(
        [total[name] for name in ("raw_alpha", "std.alpha", "average_r", "ase", "mean", "sd")], rel=1e-9
    )
    assert [found.alpha.low, found.alpha.high] == pytest.approx([interval["lower.ci"], interval["upper.ci"]], rel=1e-9)
    np.testing.assert_allclose(found.items["r_drop"], [row["r.drop"] for row in r["item_stats"]], rtol=1e-9)
    np.testing.assert_allclose(found.items["mean"], [row["mean"] for row in r["item_stats"]], rtol=1e-9)
    np.testing.assert_allclose(found.items["sd"], [row["sd"] for row in r["item_stats"]], rtol=1e-9)
    np.testing.assert_allclose(
        found.items["alpha_if_deleted"], [row["raw_alpha"] for row in r["alpha_drop"]], rtol=1e-9
    )


def test_alpha_of_the_student_survey(shared_dir):
    file = shared_dir / "data" / "vn_tiktokshop_students" / "raw_data.xlsx"
    data = pd.read_excel(file, sheet_name="Dataset", engine="calamine")
    printed = {"SC": 0.8577, "SI": 0.8514, "TR": 0.8620, "HM": 0.7857, "SL": 0.8554, "PP": 0.8237, "OIB": 0.7765}
    for scale, value in printed.items():
        items = [name for name in data if name.rstrip("0123456789") == scale]
        found = alpha(data, items)
        assert (round(found.alpha.value, 4), found.n) == (value, 361), scale


def test_moments_give_the_same_as_rows(scale):
    assert alpha(moments(scale)) == alpha(scale)
    m = moments(scale)
    printed = alpha(Moments.from_printed(m.corr, sd=list(m.sd), mean=list(m.mean), n=m.n, names=m.names))
    assert printed.alpha.value == pytest.approx(alpha(scale).alpha.value, rel=1e-12)
    assert alpha(scale.iloc[at : at + 9] for at in range(0, 40, 9)).alpha.value == pytest.approx(printed.alpha.value)


def test_items_as_spss_prints_them(scale):
    found = alpha(scale)
    rest = scale[["q2", "q3", "q4"]].sum(axis=1)
    row = found.item_rows[0]
    assert row.mean_if_deleted == pytest.approx(rest.mean(), rel=1e-12)
    assert row.var_if_deleted == pytest.approx(rest.var(), rel=1e-12)
    assert row.r_drop == pytest.approx(np.corrcoef(scale["q1"], rest)[0, 1], rel=1e-12)
    columns = ["item", "mean", "sd", "mean_if_deleted", "var_if_deleted", "r_drop", "alpha_if_deleted"]
    assert list(found.items.columns) == columns


def test_interval_uses_rows_left_after_deletion(scale):
    holes = scale.copy()
    holes.iloc[:5, 0] = np.nan
    found = alpha(holes)
    assert found.alpha == alpha(holes.dropna()).alpha
    assert (found.n, found.dropped) == (35, 5)
    excluded = next(each for each in found.cautions if each.code == "rows.excluded")
    assert dict(excluded.slots) == {"dropped": 5, "n": 35, "total": 40}


def test_names_choose_and_order_the_items(scale):
    assert [row.item for row in alpha(scale, ["q3", "q1"]).item_rows] == ["q3", "q1"]
    assert alpha(moments(scale), ["q3", "q1"]).k == 2


def test_zero_variance_item_is_named_with_alpha_without_it(scale):
    found = alpha(scale.assign(flat=3))
    caution = next(each for each in found.cautions if each.code == "reliability.zero_variance")
    assert caution.get("item") == "flat"
    assert caution.get("alpha_without") == pytest.approx(alpha(scale).alpha.value, rel=1e-12)
    assert found.alpha.value == pytest.approx(5 / 4 * 3 / 4 * alpha(scale).alpha.value, rel=1e-12)
    assert found.standardized == alpha(scale).standardized
    assert found.item_rows[-1].r_drop is None


def test_all_constant_is_refused_by_name():
    assert refusal(lambda: alpha({"a": [3] * 5, "b": [2] * 5})) == ("reliability.no_variance", {"items": ("a", "b")})
    assert refusal(lambda: alpha({"a": [3] * 5, "b": [2, 3, 2, 3, 1]}))[0] == "reliability.one_item_varies"


def test_unreversed_item_is_named(scale):
    found = alpha(scale.assign(q4=6 - scale["q4"]))
    caution = next(each for each in found.cautions if each.code == "reliability.unreversed_item")
    assert (caution.get("items"), caution.severity) == (("q4",), "warning")


def test_negative_alpha_is_said():
    found = alpha({"a": [1, 2, 3, 4, 5, 5], "b": [5, 4, 3, 2, 2, 1]})
    assert found.alpha.value < 0
    assert "reliability.negative_alpha" in codes(found)


def test_items_that_cancel_out_are_refused():
    assert refusal(lambda: alpha({"a": [1, 2, 3], "b": [3, 2, 1]}))[0] == "reliability.no_total_variance"


def test_two_persons_are_refused():
    assert refusal(lambda: alpha({"a": [1, 2], "b": [2, 3]})) == ("reliability.too_few_rows", {"n": 2, "least": 3})


def test_one_item_is_refused(scale):
    assert refusal(lambda: alpha(scale, ["q1"]))[0] == "reliability.too_few_items"
    assert refusal(lambda: alpha(moments(scale, ["q1"])))[0] == "reliability.too_few_items"


def test_duplicate_item_names_the_pair(scale):
    found = alpha(scale.assign(copy=scale["q2"]))
    caution = next(each for each in found.cautions if each.code == "reliability.duplicate_items")
    assert (caution.get("a"), caution.get("b")) == ("q2", "copy")


def test_a_scale_of_copies_is_refused(scale):
    copies = {"a": scale["q1"], "b": scale["q1"]}
    assert refusal(lambda: alpha(copies)) == ("reliability.only_duplicates", {"items": ("a", "b")})


def test_two_items_and_small_samples_are_said(scale):
    assert codes(alpha(scale, ["q1", "q2"])) == ["reliability.two_items"]
    assert codes(alpha(scale.iloc[:20])) == ["sample.small_n"]
    assert codes(alpha(scale)) == []


def test_missing_answers_show_both_values_when_they_differ(scale):
    holes = scale.mask(np.random.default_rng(3).random(scale.shape) < 0.3)
    for rule in ("listwise", "pairwise"):
        found = alpha(holes, missing=rule)
        caution = next(each for each in found.cautions if each.code == "reliability.row_rule_matters")
        assert caution.get(rule) == pytest.approx(found.alpha.value)
        assert caution.get("n") == len(holes.dropna())


def test_pairwise_of_complete_rows_is_listwise(scale):
    a, b = alpha(scale, missing="pairwise"), alpha(scale)
    assert a.alpha.value == pytest.approx(b.alpha.value, rel=1e-13)
    assert a.standardized.value == pytest.approx(b.standardized.value, rel=1e-13)


def test_text_items_are_refused_by_name(scale):
    texts = scale.assign(q2=scale["q2"].astype(int).astype(str))
    assert refusal(lambda: alpha(texts)) == ("rows.text", {"columns": ("q2",)})


def test_wrong_options(scale):
    assert refusal(lambda: alpha(scale, missing="fiml"))[0] == "option.unknown"
    assert refusal(lambda: alpha(scale, level=95))[0] == "option.level"


def test_standardised_items_that_cancel_out_have_no_standardised_alpha():
    rows = {"a": [None, 1, 1], "b": [None, 1, 2], "c": [1, 4, 1]}
    assert alpha(rows, missing="pairwise").standardized is None
