"""Agreement inside groups against its formulas in R, multilevel's value, exact fractions; refusals."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.within_group import rwg


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@pytest.mark.parametrize(
    ("case", "items", "null"),
    [("one", "q1", "uniform"), ("scale", ["q1", "q2", "q3"], "uniform"), ("skew", ["q1", "q2", "q3"], "slight_skew")],
)
def test_every_group_matches_r(reference, case, items, null):
    r = reference("within_group")
    found = rwg(r["data"], items, group="g", null=null)
    assert [row.group for row in found.within_rows] == list(r[case])
    for row in found.within_rows:
        wanted = r[case][row.group]
        for name in ("n", "mean", "variance", "raw", "rwg", "a_wg", "ad"):
            assert row[name] == (None if wanted[name] is None else pytest.approx(wanted[name], rel=1e-11, abs=1e-13)), (
                name
            )


def test_cohesion_of_the_army(shared_dir):
    data = pd.read_csv(shared_dir / "data" / "multilevel_army" / "csv" / "cohesion.csv")
    found = rwg(data, "COH01", group="UNIT")
    assert [(row.group, row.n, round(row.rwg, 5)) for row in found.within_rows] == [
        ("1044B", 6, 0.71667),
        ("1044C", 5, 0.6),
    ]
    assert {row.form: row.value for row in found.rows} == pytest.approx(
        {"rwg_mean": 0.658333333333, "rwg_median": 0.658333333333, "rwg_share": 0.5}
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(1, 5), min_size=2, max_size=2), min_size=2, max_size=12))
def test_coefficients_are_exact_fractions(rows):
    found = rwg({"g": ["x"] * len(rows), "a": [r[0] for r in rows], "b": [r[1] for r in rows]}, ["a", "b"], group="g")
    n, [row] = len(rows), found.within_rows
    variances, distances, awg = [], [], []
    for column in zip(*rows, strict=True):
        m = Fraction(sum(column), n)
        s2 = sum((v - m) ** 2 for v in column) / (n - 1)
        variances.append(s2)
        distances.append(sum(abs(v - m) for v in column) / n)
        inside = Fraction(n - 1 + 5, n) <= m <= Fraction(5 * (n - 1) + 1, n)
        awg.append(1 - 2 * s2 / ((6 * m - m**2 - 5) * Fraction(n, n - 1)) if inside else None)
    share = sum(variances) / 2 / 2
    wanted = {
        "rwg": Fraction(0) if share >= 1 else 2 * (1 - share) / (2 * (1 - share) + share),
        "raw": 1 - share,
        "ad": sum(distances) / 2,
        "a_wg": None if None in awg else sum(awg) / 2,
    }
    for name, value in wanted.items():
        if value is None:
            assert row[name] is None
        else:
            assert abs(Fraction(row[name]) - value) <= Fraction(1, 10**12) * max(abs(value), 1), name


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_reversing_the_scale_and_the_order_of_members_change_nothing(seed):
    rng = np.random.default_rng(seed)
    data = pd.DataFrame({"g": rng.integers(0, 5, 40), "q": rng.integers(1, 6, 40), "r": rng.integers(1, 6, 40)})
    found = {row.group: row for row in rwg(data, ["q", "r"], group="g").within_rows}
    turned = data.assign(q=6 - data["q"], r=6 - data["r"]).sample(frac=1, random_state=1)
    for row in rwg(turned, ["r", "q"], group="g").within_rows:
        same = found[row.group]
        assert (row.rwg, row.ad, row.variance) == pytest.approx(
            (same.rwg, same.ad, same.variance), rel=1e-11, abs=1e-12
        )
        assert (row.a_wg is None) == (same.a_wg is None)


def test_values_below_zero_are_set_to_zero_and_said():
    found = rwg({"g": ["a", "a", "b", "b"], "q": [1, 5, 3, 3]}, "q", group="g")
    assert [(row.rwg, row.raw) for row in found.within_rows] == [(0.0, -3.0), (1.0, 1.0)]
    said = next(each for each in found.cautions if each.code == "rwg.set_to_zero")
    assert dict(said.slots) == {"groups": 1, "total": 2}


def test_groups_of_one_and_missing_answers_are_left_out_and_said():
    found = rwg({"g": ["a", "a", "b", "c", "c"], "q": [3, 4, 5, 2, None]}, "q", group="g")
    assert (found.n, found.ratings, found.dropped) == (1, 2, 3)
    assert [each.code for each in found.cautions] == ["rows.excluded", "groups.singleton", "rwg.no_awg"]


def test_a_variance_may_be_given():
    data = {"g": ["a"] * 4, "q": [2, 3, 4, 3]}
    assert rwg(data, "q", group="g", null=2.0).within_rows == rwg(data, "q", group="g").within_rows
    assert rwg(data, "q", group="g", null=2.0).method == "rwg.variance"


def test_what_is_refused():
    data = {"g": ["a", "a"], "q": [2, 7]}
    assert refusal(lambda: rwg(data, "q", group="g")) == "rwg.outside_options"
    assert refusal(lambda: rwg(data, "q", group="g", options=(1, 7), null="slight_skew")) == "rwg.no_skew"
    assert refusal(lambda: rwg(data, "q", group="g", options=(5, 1))) == "rwg.options"
    assert refusal(lambda: rwg(data, "q", group="g", options=(1, 7), null=0.0)) == "rwg.null"
    assert refusal(lambda: rwg(data, "q", group="g", options=(1, 7), null="normal")) == "option.unknown"
    assert refusal(lambda: rwg({"g": ["a", "b"], "q": [2, 3]}, "q", group="g")) == "rwg.no_groups"
