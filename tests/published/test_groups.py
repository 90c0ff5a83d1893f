"""Printed t tests against the groups printed above them."""

from __future__ import annotations

import pytest

from analysis.published.groups import replicate_welch

A = {"group": "A", "n": "100", "mean": "5.4500", "sd": ".55732", "se_mean": ".05573"}
B = {"group": "B", "n": "140", "mean": "5.4429", "sd": ".57865", "se_mean": ".04891"}
POOLED = {"variant": "equal", "t": ".096", "df": "238", "p": ".924", "mean_diff": ".00714", "se_diff": ".07461"}
WELCH = {"variant": "welch", "t": ".096", "df": "218.071", "p": ".923", "mean_diff": ".00714", "se_diff": ".07415"}


def test_a_real_table_comes_back():
    found = replicate_welch([A, B], [POOLED, WELCH], table_id="T1")
    assert len(found) == 12
    assert {each.verdict for each in found} == {"consistent"}


def test_degrees_of_freedom_are_welch_s(published):
    rows = [row for row in published("groups") if row["table_id"] == "T1"]
    tests = [row for row in published("t_tests") if row["table_id"] == "T1"]
    [df] = [each for each in replicate_welch(rows, tests) if (each.where, each.what) == ("welch", "df")]
    assert df.recomputed == pytest.approx(218.071, abs=2e-3)


def test_a_wrong_row_of_the_table_is_found():
    found = replicate_welch([A, B], [{**WELCH, "df": "238"}])
    assert [(each.where, each.what) for each in found if each.verdict == "inconsistent"] == [("welch", "df")]


@pytest.mark.parametrize("groups", [[], [A], [A, B, A]])
def test_other_than_two_groups_are_not_tested(groups):
    assert replicate_welch(groups, [POOLED]) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"sd": ""}, "missing_input"), ({"n": "1"}, "outside_domain")],
)
def test_what_cannot_be_computed_is_said(change, reason):
    found = replicate_welch([{**A, **change}, {**B, **change}], [POOLED])
    assert {each.reason for each in found if each.where == "equal"} == {reason}
