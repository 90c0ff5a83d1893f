"""Intraclass correlations against psych, lme4 and R's multilevel, exact fractions, and where they are refused."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.components import crossed, design
from analysis.stats.icc import icc, icc_groups
from analysis.stats.moments import moments
from analysis.stats.ratings import read_ratings
from analysis.stats.result import from_dict, to_dict

FORMS = ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
COLUMNS = ["form", "value", "low", "high", "F", "df1", "df2", "p"]


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def codes(result):
    return [each.code for each in result.cautions]


def long(wide):
    """One row for each rating."""
    frame = pd.DataFrame(wide)
    who, by = np.indices(frame.shape)
    return pd.DataFrame(
        {"who": who.ravel(), "by": [frame.columns[at] for at in by.ravel()], "y": frame.to_numpy().ravel()}
    )


def of_long(frame):
    return icc(frame, target="who", rater="by", score="y")


def agree(found, forms, rtol):
    for row in found.rows:
        ours = [row.value, row.F, row.df1, row.df2, row.p, row.low, row.high]
        np.testing.assert_allclose(ours, forms[row.form], rtol=rtol)


@pytest.mark.parametrize(("case", "forms", "level"), [
    ("shrout_fleiss", "forms", 0.95), ("shrout_fleiss", "forms90", 0.9), ("built", "forms", 0.95),
])  # fmt: skip
def test_icc_matches_psych(reference, case, forms, level):
    r = reference("icc")[case]
    found = icc(r["data"], level=level)
    assert list(found.table.columns) == COLUMNS
    assert list(found.table["form"]) == FORMS
    agree(found, r[forms], 1e-10)


def test_shrout_and_fleiss_printed_these(reference):
    r = reference("icc")["shrout_fleiss"]
    found = icc(r["data"])
    assert [round(row.value, 2) for row in found.rows] == r["printed"]
    assert (found.n, found.raters, found.ratings, found.method) == (6, 4, 24, "icc.anova")
    components = {row.source: row for row in found.component_rows}
    printed = [(56.21, 11.24), (97.46, 32.49), (15.29, 1.02)]  # their table 3
    for row, (ss, ms) in zip(components.values(), printed, strict=True):
        assert (round(row.ms * row.df, 2), round(row.ms, 2)) == (ss, ms)


@pytest.mark.parametrize("case", ["shrout", "anxiety"])
def test_icc_matches_the_shared_reference(shared_dir, shared, case):
    folder = {"shrout": "reference/data/shrout_fleiss.csv", "anxiety": "data/raters_core/csv/anxiety.csv"}
    found = icc(pd.read_csv(shared_dir / folder[case]))
    keys = ("ICC", "F", "df1", "df2", "p", "lower bound", "upper bound")
    forms = {row["type"]: [row[key] for key in keys] for row in shared("raters")[f"ICC_{case}"]["results"]}
    agree(found, forms, 1e-9)


def test_long_wide_and_moments_are_one(reference):
    data = reference("icc")["built"]["data"]
    wide = icc(data)
    assert of_long(long(data)).rows == wide.rows
    for a, b in zip(icc(moments(data)).rows, wide.rows, strict=True):
        np.testing.assert_allclose([a.value, a.low, a.high, a.F, a.p], [b.value, b.low, b.high, b.F, b.p], rtol=1e-9)


# ---- holes ---------------------------------------------------------------------------------------------------------


def test_holes_match_lme4_and_psych(reference):
    r = reference("icc")["holes"]
    found = icc(r["data"])
    assert found.method == "icc.reml"
    variances = {row.source: row.variance for row in found.component_rows}
    for ours, theirs in (("target", "target"), ("rater", "rater"), ("residual", "Residual")):
        assert variances[ours] == pytest.approx(r["components"][theirs], rel=2e-5)
    values = [row.value for row in found.rows]
    np.testing.assert_allclose(values, r["values"], rtol=2e-5)
    np.testing.assert_allclose(values, r["psych"], rtol=1e-3)  # psych leaves lme4 at its loose default
    assert pytest.approx((r["F1"], r["F3"]), rel=1e-9) == (found["ICC1"].F, found["ICC3"].F)
    assert [found["ICC1"].df1, found["ICC1"].df2, found["ICC3"].df1, found["ICC3"].df2] == [*r["df1"], *r["df3"]]
    assert [found["ICC1"].low, found["ICC1"].high] == pytest.approx(r["low_high1"], rel=1e-8)
    assert [found["ICC3"].low, found["ICC3"].high] == pytest.approx(r["low_high3"], rel=1e-8)


def test_reml_is_no_worse_than_lme4_and_flat_at_its_end(reference):
    r = reference("icc")["holes"]
    ratings = read_ratings(r["data"], None, None, None)
    fit = crossed(design(ratings.target, ratings.score, ratings.rater))
    n = len(ratings.score)
    deviance = fit.deviance + (n - 1) * (1 + np.log(2 * np.pi))
    assert deviance == pytest.approx(r["deviance"], rel=1e-10)
    assert deviance <= r["deviance"] + 1e-9
    assert np.abs(fit.gradient).max() < 1e-6


def test_nothing_missing_is_the_same_by_both_routes(reference):
    """REML's components of a balanced table are those of the analysis of variance, its pivots Shrout and Fleiss's."""
    from analysis.stats.icc import _incomplete

    data = reference("icc")["built"]["data"]
    for a, b in zip(_incomplete(read_ratings(data, None, None, None), 0.95, ()).rows, icc(data).rows, strict=True):
        np.testing.assert_allclose([a.value, a.low, a.high], [b.value, b.low, b.high], rtol=1e-6)
        np.testing.assert_allclose([a.F, a.df1, a.df2, a.p], [b.F, b.df1, b.df2, b.p], rtol=1e-8)


def test_holes_are_said_with_their_numbers(reference):
    found = icc(reference("icc")["holes"]["data"])
    said = {each.code: dict(each.slots) for each in found.cautions}
    assert said["icc.holes"] == {"ratings": found.ratings, "pairs": found.n * found.raters, "raters": 5}


def test_raters_of_one_target_each_leave_icc1_only():
    rows = {"who": ["a", "a", "b", "b", "c", "c"], "by": [f"r{i}" for i in range(6)], "y": [1, 2, 4, 4, 2, 3]}
    found = of_long(rows)
    groups = icc_groups(rows, group="who", score="y")
    assert found.method == "icc.one_way"
    assert [row.value for row in found.rows] == [groups["ICC1"].value, None, None, groups["ICC2"].value, None, None]
    assert "icc.own_raters" in codes(found)
    two = icc({"J1": [1, 4, 2], "J2": [2, 4, 3]})
    assert found["ICC1"].value == pytest.approx(two["ICC1"].value, rel=1e-12)
    assert found["ICC1"].low == pytest.approx(two["ICC1"].low, rel=1e-8)


def test_a_design_without_error_left_is_refused():
    rows = {"who": ["a", "a", "b", "c"], "by": ["x", "y", "y", "x"], "y": [1, 2, 3, 5]}
    assert refusal(lambda: of_long(rows))[0] == "icc.too_sparse"


# ---- groups --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["HRS", "LEAD", "WBEING", "COHES"])
def test_groups_match_multilevel(shared_dir, shared, name):
    data = pd.read_csv(shared_dir / "data" / "multilevel_army" / "csv" / "bh1996.csv")
    found = icc_groups(data, group="GRP", score=name)
    r = shared("raters")["icc12_bh"][name]
    assert [found["ICC1"].value, found["ICC2"].value] == pytest.approx([r["ICC1"], r["ICC2"]], rel=1e-9)
    assert (found.n, found.ratings) == (99, 7382)
    for row in found.rows:
        assert row.low < row.value < row.high
    if name == "WBEING":
        null = shared("mixed")["bh_null"]
        variances = [row.variance for row in found.component_rows]
        np.testing.assert_allclose(variances, [row["vcov"] for row in null["vc"]], rtol=2e-5)
        assert found["ICC1_reml"].value == pytest.approx(null["ICC"], rel=2e-5)


def test_one_way_reml_matches_lme4(reference):
    r = reference("icc")["holes"]
    rows = long(r["data"]).dropna()
    found = icc_groups(rows, group="who", score="y")
    variances = [row.variance for row in found.component_rows]
    np.testing.assert_allclose(variances, [r["one_way"]["target"], r["one_way"]["Residual"]], rtol=2e-5)
    assert [found["ICC1"].low, found["ICC1"].high] == pytest.approx(r["low_high1"], rel=1e-8)


def test_groups_of_one_or_a_single_group_are_refused():
    assert refusal(lambda: icc_groups({"g": ["a", "b"], "y": [1, 2]}, group="g", score="y"))[0] == "icc.no_replication"
    assert (
        refusal(lambda: icc_groups({"g": ["a", "a"], "y": [1, 2]}, group="g", score="y"))[0]
        == "ratings.too_few_targets"
    )


# ---- degenerate tables ---------------------------------------------------------------------------------------------


def test_perfect_agreement_is_one_without_f():
    found = icc({"a": [1, 2, 3, 5], "b": [1, 2, 3, 5]})
    assert [row.value for row in found.rows] == [1.0] * 6
    assert [(row.F, row.p, row.low, row.high) for row in found.rows] == [(None, None, None, None)] * 6
    assert "icc.perfect_agreement" in codes(found)
    assert from_dict(to_dict(found)) == found


@pytest.mark.parametrize("scale", [0.1, 1 / 3, 1e6])
def test_perfect_agreement_survives_rounding(scale):
    values = [scale * v for v in (1, 2, 3, 5, 7)]
    assert icc({"a": values, "b": values, "c": values})["ICC2"].value == 1.0


def test_raters_a_constant_apart_have_icc3_of_one():
    found = icc({"a": [1, 2, 3, 5], "b": [2, 3, 4, 6]})
    assert (found["ICC3"].value, found["ICC3"].F, found["ICC3"].p) == (1.0, None, None)
    assert 0 < found["ICC2"].value < 1
    assert found["ICC1"].F is not None


def test_perfect_agreement_with_holes():
    found = icc({"a": [1, 2, 3, 5, 4], "b": [1, 2, None, 5, 4], "c": [1, None, 3, 5, 4]})
    assert [row.value for row in found.rows] == [1.0] * 6
    assert "icc.perfect_agreement" in codes(found)


def test_no_variance_is_refused():
    assert refusal(lambda: icc({"a": [3, 3, 3], "b": [3, 3, 3]})) == ("icc.no_variance", {"n": 6})
    assert refusal(lambda: icc({"a": [3, 3, 3], "b": [4, 4, 4]}))[0] == "icc.no_target_variance"
    assert refusal(lambda: icc(moments({"a": [3, 3, 3], "b": [3, 3, 3]})))[0] == "icc.no_variance"


def test_duplicates_one_rater_one_target_are_refused():
    twice = {"who": ["a", "a", "b", "b", "b"], "by": ["x", "y", "x", "y", "y"], "y": [1, 2, 3, 4, 4]}
    assert refusal(lambda: of_long(twice)) == ("ratings.duplicate", {"target": "b", "rater": "y", "pairs": 1})
    assert refusal(lambda: icc({"a": [1, 2, 3]}))[0] == "ratings.too_few_raters"
    assert refusal(lambda: icc({"a": [1], "b": [2]}))[0] == "ratings.too_few_targets"
    assert refusal(lambda: icc({"a": [1, 2], "b": [2, 1]}, level=95))[0] == "option.level"


def test_negative_and_small_are_said():
    found = icc({"a": [1, 2, 3, 4], "b": [4, 3, 2, 1.5]})
    assert found["ICC2"].value < 0
    assert {"icc.negative", "icc.few_raters", "agreement.few_targets"} <= set(codes(found))


def test_targets_without_difference_stand_on_the_boundary():
    rng = np.random.default_rng(5)
    wide = pd.DataFrame(rng.normal(size=(8, 4)), columns=list("abcd"))
    wide = wide.sub(wide.mean(axis=1), axis=0)
    wide.iloc[0, 0] = np.nan
    found = icc(wide)
    assert next(row for row in found.component_rows if row.source == "target").variance == 0
    assert "icc.boundary" in codes(found)
    assert all(row.F is None or np.isfinite(row.F) for row in found.rows)


# ---- exact fractions and laws --------------------------------------------------------------------------------------


@st.composite
def tables(draw):
    """Scores 1 to 5 of several raters."""
    n, k = draw(st.integers(2, 12)), draw(st.integers(2, 6))
    return [draw(st.lists(st.integers(1, 5), min_size=k, max_size=k)) for _ in range(n)]


def exact(table):
    n, k = len(table), len(table[0])
    grand = Fraction(sum(map(sum, table)), n * k)
    rows = [Fraction(sum(row), k) for row in table]
    columns = [Fraction(sum(row[j] for row in table), n) for j in range(k)]
    b = k * sum((m - grand) ** 2 for m in rows) / (n - 1)
    j = n * sum((m - grand) ** 2 for m in columns) / (k - 1)
    e = sum((table[i][c] - rows[i] - columns[c] + grand) ** 2 for i in range(n) for c in range(k)) / ((n - 1) * (k - 1))
    w = (j * (k - 1) + e * (n - 1) * (k - 1)) / (n * (k - 1))
    return b, j, e, w


@settings(max_examples=200, deadline=None)
@given(tables())
def test_forms_are_exact_fractions(table):
    n, k = len(table), len(table[0])
    b, j, e, w = exact(table)
    wide = {f"r{c}": [row[c] for row in table] for c in range(k)}
    if (b == 0 and e == 0) or len({v for row in table for v in row}) == 1:
        with pytest.raises(ModelError):
            icc(wide)
        return
    found = icc(wide)
    wanted = {
        "ICC1": (b - w, b + (k - 1) * w), "ICC2": (b - e, b + (k - 1) * e + k * (j - e) / n),
        "ICC3": (b - e, b + (k - 1) * e), "ICC1k": (b - w, b), "ICC2k": (b - e, b + (j - e) / n), "ICC3k": (b - e, b),
    }  # fmt: skip
    for form, (above, below) in wanted.items():
        value = found[form].value
        if below <= 0:
            assert value is None
            continue
        assert abs(Fraction(value) - above / below) <= Fraction(1, 10**12) * max(abs(above / below), 1)


@settings(max_examples=60, deadline=None)
@given(tables(), st.randoms(use_true_random=False), st.integers(-3, 7))
def test_order_of_raters_and_targets_and_a_constant_change_nothing(table, chance, shift):
    frame = pd.DataFrame(table, columns=[f"r{c}" for c in range(len(table[0]))], dtype=float)
    try:
        found = icc(frame)
    except ModelError:
        assume(False)
    columns = list(frame.columns)
    chance.shuffle(columns)
    mixed = icc(frame.sample(frac=1, random_state=1)[columns] + shift)
    lenient = icc(frame + np.arange(len(columns)) * shift)
    for row in found.rows:
        if row.value is None:
            assert mixed[row.form].value is None
        else:
            assert mixed[row.form].value == pytest.approx(row.value, rel=1e-9, abs=1e-12)
    if found["ICC3"].value is not None:
        assert lenient["ICC3"].value == pytest.approx(found["ICC3"].value, rel=1e-9, abs=1e-12)


@settings(max_examples=60, deadline=None)
@given(tables())
def test_intervals_hold_the_estimate_and_widen_with_the_level(table):
    frame = pd.DataFrame(table, columns=[f"r{c}" for c in range(len(table[0]))])
    try:
        found, wide = icc(frame), icc(frame, level=0.99)
    except ModelError:
        assume(False)
    for row, wider in zip(found.rows, wide.rows, strict=True):
        if row.low is not None and row.high is not None and row.form in ("ICC1", "ICC3"):
            assert row.low <= row.value + 1e-12
            assert row.value <= row.high + 1e-12
            assert wider.low <= row.low <= row.high <= wider.high
        assert row.p is None or 0 <= row.p <= 1


def test_an_interval_below_the_usual_bound_still_holds_the_estimate():
    """Unequal groups with equal means: the lower bound lies beyond -1 over the largest group less one."""
    rows = {"g": ["a"] * 6 + ["b"] * 4, "y": [1, 2, 3, 1, 2, 3.1, 1, 3, 1, 3]}
    row = icc_groups(rows, group="g", score="y")["ICC1"]
    assert row.value < 0
    assert row.low <= row.value <= row.high
