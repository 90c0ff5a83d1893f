"""Cronbach's alpha against psych, on real answers, and where it must be refused or doubted."""

import json
import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import Moments, moments
from analysis.stats.reliability import alpha, kr20


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


# ---- the bootstrap interval ------------------------------------------------------------------------------------------


def refits(data, resamples, rng):
    """Alpha of drawn rows, one refit after the other."""
    n = len(data)
    return np.array([alpha(data[rng.integers(0, n, n)]).alpha.value for _ in range(resamples)])


def test_bca_is_that_of_a_loop_of_refits(scale):
    """The formula of Efron on refitted alphas; two bootstraps differ by chance alone."""
    from scipy import stats

    values = scale.to_numpy()
    found = alpha(scale, ci="bca").alpha
    drawn = refits(values, 1500, np.random.default_rng(1))
    without = np.array([alpha(np.delete(values, i, axis=0)).alpha.value for i in range(len(values))])
    away = without.mean() - without
    growth = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    bias = stats.norm.ppf((drawn < found.value).mean())
    z = stats.norm.ppf([0.025, 0.975])
    low, high = np.quantile(drawn, stats.norm.cdf(bias + (bias + z) / (1 - growth * (bias + z))))
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.03)
    assert found.se == pytest.approx(drawn.std(ddof=1), rel=0.1)


def test_bca_matches_boot(reference):
    r = reference("alpha_bca")
    found = alpha(r["data"], ci="bca").alpha
    assert found.value == pytest.approx(r["alpha"], rel=1e-12)
    assert [found.low, found.high] == pytest.approx(r["bca"], abs=3 * r["monte_carlo_se"])


def test_bca_needs_rows_and_is_the_same_each_time(scale):
    assert refusal(lambda: alpha(moments(scale), ci="bca"))[0] == "reliability.bca_needs_rows"
    assert refusal(lambda: alpha(scale, ci="bca", missing="pairwise"))[0] == "reliability.bca_needs_rows"
    assert refusal(lambda: alpha(scale, ci="student"))[0] == "option.unknown"
    assert alpha(scale, ci="bca") == alpha(scale, ci="bca")
    assert alpha(scale, ci="bca").alpha.method == "bca"


def test_blocks_of_many_rows_give_nearly_the_same_interval(monkeypatch):
    from analysis.stats import resample

    rng = np.random.default_rng(4)
    x = rng.normal(size=(3000, 1)) + rng.normal(size=(3000, 4))
    rows = alpha(x, ci="bca").alpha
    monkeypatch.setattr(resample, "_UNITS", 500)
    blocks = alpha(x, ci="bca").alpha
    assert (blocks.low, blocks.high) == pytest.approx((rows.low, rows.high), abs=0.15 * (rows.high - rows.low))


def test_skewed_items_say_that_feldts_level_is_not_held():
    rng = np.random.default_rng(6)
    latent = rng.normal(size=(150, 1))
    x = pd.DataFrame(np.exp(latent + 0.5 * rng.normal(size=(150, 3))), columns=["a", "b", "c"])
    caution = next(each for each in alpha(x).cautions if each.code == "reliability.skewed_items")
    assert "a" in caution.get("items")
    assert "reliability.skewed_items" not in codes(alpha(x, ci="bca"))


FELDT_RUNS, BCA_RUNS = {False: 5_000, True: 50_000}, {False: 40, True: 2000}
KINDS = ("normal", "skewed", "likert")


@pytest.fixture(scope="module")
def coverage():
    """The script of the committed table: four parallel items, n = 100."""
    return runpy.run_path(str(Path(__file__).resolve().parents[1] / "reference" / "alpha_coverage" / "make.py"))


def chance(share, times, table_times):
    """Three and a half simulation errors of the difference of two shares."""
    return 3.5 * np.sqrt(share * (1 - share) * (1 / times + 1 / table_times))


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_cover_the_truth_as_often_as_the_table_says(request, reference, coverage, kind):
    slow = bool(request.config.getoption("--slow"))
    table = reference("alpha_coverage")[kind]
    times = FELDT_RUNS[slow]
    held, errors = coverage["feldt_held"](kind, 20240304, times).T
    assert held.mean() == pytest.approx(table["feldt"], abs=chance(table["feldt"], times, table["feldt_times"]))
    assert errors.mean() == pytest.approx(table["bias"], abs=4 * errors.std() / np.sqrt(times))
    times = BCA_RUNS[slow]
    share = np.mean([held for _, held in zip(range(times), coverage["bca_runs"](kind, 20240304), strict=False)])
    assert share == pytest.approx(table["bca"], abs=chance(table["bca"], times, table["bca_times"]))


def test_the_table_of_coverage_says_what_the_docstring_says(reference):
    """Feldt holds its level for normal items and loses it for skewed ones, where BCa comes nearer."""
    table = reference("alpha_coverage")
    for kind in KINDS:
        assert table[kind]["feldt_times"] >= 10_000
    three = 3 * np.sqrt(0.95 * 0.05 / table["normal"]["feldt_times"])
    assert table["normal"]["feldt"] == pytest.approx(0.95, abs=three)
    for kind in ("skewed", "likert"):
        assert table[kind]["feldt"] < 0.95 - three
        assert table[kind]["bca"] > table[kind]["feldt"]


def test_many_surveys_at_once_have_the_alphas_and_limits_of_each(coverage):
    """The table's shortcut is the word itself."""
    from analysis.stats.reliability import alphas, feldt

    x = coverage["answers"]("likert", np.random.default_rng(1), 3)
    values = alphas(np.array([np.cov(each.T) for each in x]))
    for at, each in enumerate(x):
        found = alpha(each).alpha
        low, high = feldt(values, 100, 4, 0.95)
        assert [values[at], low[at], high[at]] == pytest.approx([found.value, found.low, found.high], abs=1e-12)
    assert coverage["feldt_held"]("likert", 1, 3)[:, 1] == pytest.approx(
        values - coverage["truth"]("likert"), abs=1e-12
    )


def test_every_kind_of_the_table_that_loses_its_level_is_doubted_in_the_result(coverage):
    for kind, said in (("normal", False), ("skewed", True), ("likert", True)):
        x = coverage["answers"](kind, np.random.default_rng(2), 1)[0]
        assert ("reliability.skewed_items" in codes(alpha(x))) is said, kind


# ---- right and wrong answers -----------------------------------------------------------------------------------------


def test_kr20_is_its_exact_formula():
    from fractions import Fraction

    rng = np.random.default_rng(8)
    data = (rng.normal(size=(50, 1)) + rng.normal(size=(50, 6)) > 0.2).astype(int)
    found = kr20(pd.DataFrame(data, columns=list("abcdef")))
    n, totals = len(data), [int(row.sum()) for row in data]
    shares = [Fraction(int(column.sum()), n) for column in data.T]
    mean = Fraction(sum(totals), n)
    variance = sum((total - mean) ** 2 for total in totals) / n
    exact = Fraction(6, 5) * (1 - sum(p * (1 - p) for p in shares) / variance)
    assert abs(Fraction(found.alpha.value) - exact) < Fraction(1, 10**12)
    assert found.coefficient == "kr20"


def test_kr20_refuses_other_values_by_name():
    with pytest.raises(ModelError) as caught:
        kr20({"a": [0, 1, 1, 0], "b": [0, 2, 1, 1], "c": [1, 3, 0, 1]})
    assert [each.place.column for each in caught.value.problems] == ["b", "c"]


def test_standard_error_of_measurement(scale):
    found = alpha(scale)
    assert found.sem == pytest.approx(scale.mean(axis=1).std() * np.sqrt(1 - found.alpha.value), rel=1e-12)
    assert alpha({"a": [1, 2, 3, 4, 5, 5], "b": [5, 4, 3, 2, 2, 1]}).sem is None
