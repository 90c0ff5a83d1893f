"""Two one-sided tests against R's t.test, and what they say together with the ordinary one."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.equivalence import equivalence, equivalence_paired
from analysis.stats.groups import Groups
from analysis.stats.result import from_dict, to_dict


@pytest.mark.parametrize("variances", ["welch", "pooled"])
def test_independent_groups_match_r(reference, variances):
    r, data = reference("comparisons")["tost"][variances], reference("comparisons")["tooth"]["data"]
    found = equivalence("len ~ supp", data, margin=6, variances=variances)
    ours = [found.p_low, found.p_high, found.difference.low, found.difference.high]
    assert ours == pytest.approx([r["low"], r["high"], *r["ci"]], rel=1e-10)
    assert found.difference.level == pytest.approx(0.9)


def test_margin_in_standard_deviations_matches_r(reference):
    r, data = reference("comparisons")["tost"]["sd"], reference("comparisons")["tooth"]["data"]
    found = equivalence("len ~ supp", data, margin=1, unit="sd", variances="pooled")
    assert (found.high, found.p_low, found.p_high) == pytest.approx((r["margin"], r["low"], r["high"]), rel=1e-10)


def test_paired_matches_r(reference):
    r = reference("comparisons")["tost"]
    found = equivalence_paired(r["sleep"], "a", "b", margin=2.5)
    ours = [found.p_low, found.p_high, found.difference.low, found.difference.high]
    assert ours == pytest.approx([r["paired"]["low"], r["paired"]["high"], *r["paired"]["ci"]], rel=1e-10)


@settings(deadline=None, max_examples=40)
@given(st.floats(-1, 1), st.floats(0.1, 2), st.integers(3, 60), st.floats(0.05, 2))
def test_p_is_small_exactly_when_the_interval_lies_inside(gap, sd, n, margin):
    groups = Groups.from_printed(["a", "b"], n=[n, n + 1], mean=[gap, 0], sd=[sd, 1])
    found = equivalence("outcome ~ group", groups, margin=margin)
    inside = -margin < found.difference.low and found.difference.high < margin
    assert inside == (found.p < 0.05)
    assert found.p == max(found.p_low, found.p_high)


@pytest.mark.parametrize(
    ("gap", "n", "said"),
    [(0.02, 200, "equivalent"), (1.0, 200, "different"), (0.2, 2000, "negligible"), (0.2, 8, "undecided")],
)
def test_four_conclusions(gap, n, said):
    groups = Groups.from_printed(["a", "b"], n=[n, n], mean=[gap, 0], sd=[1, 1])
    assert equivalence("outcome ~ group", groups, margin=0.4).conclusion == said


def test_result_survives_json():
    groups = Groups.from_printed(["a", "b"], n=[9, 9], mean=[1, 0], sd=[1, 1])
    found = equivalence("outcome ~ group", groups, margin=0.4)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


@pytest.mark.parametrize("margin", [0, -1, float("nan"), float("inf")])
def test_a_margin_that_is_none_is_refused(margin):
    groups = Groups.from_printed(["a", "b"], n=[9, 9], mean=[1, 0], sd=[1, 1])
    with pytest.raises(ModelError) as caught:
        equivalence("outcome ~ group", groups, margin=margin)
    assert caught.value.code == "equivalence.margin"


def test_data_without_spread_are_refused():
    with pytest.raises(ModelError) as caught:
        equivalence("y ~ g", {"y": [1, 1, 2, 2], "g": list("aabb")}, margin=1)
    assert caught.value.code == "groups.no_spread"
    with pytest.raises(ModelError) as caught:
        equivalence_paired({"a": [1, 2, 3], "b": [2, 3, 4]}, "a", "b", margin=1)
    assert caught.value.code == "compare.constant_difference"
    groups = Groups.from_printed(["a", "b"], n=[9, 9], mean=[1, 0], sd=[1, 1])
    with pytest.raises(ModelError) as caught:
        equivalence("outcome ~ group", groups, margin=1, alpha=0.7)
    assert caught.value.code == "equivalence.alpha"
