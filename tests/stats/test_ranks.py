"""Mann-Whitney and Dunn against R, exact shares by listing all deals, coverage of the interval of superiority."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.anova import brown_forsythe, ranked
from analysis.stats.groups import Groups
from analysis.stats.ranks import dunn, mann_whitney, superiority_interval


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@pytest.fixture
def r(reference):
    return reference("comparisons")


def test_exact_p_matches_r(r):
    found = mann_whitney("y ~ g", r["small"]["data"])
    assert (found.method, found.statistic) == ("mann_whitney.exact", r["small"]["U"])
    assert found.p == pytest.approx(r["small"]["p"], rel=1e-12)


def test_normal_p_with_ties_and_continuity_matches_r(r):
    found = mann_whitney("len ~ supp", r["tooth"]["data"], method="normal")
    assert (found.statistic, found.p) == pytest.approx(
        (r["tooth"]["normal"]["U"], r["tooth"]["normal"]["p"]), rel=1e-12
    )
    effects = {row.name: row for row in found.effect_rows}
    assert effects["r_rank"].value == pytest.approx(r["tooth"]["z"] / 60**0.5, rel=1e-12)
    assert effects["cliff_delta"].value == 2 * effects["superiority"].value - 1


@pytest.mark.parametrize("adjustment", ["holm", "bh", "bonferroni"])
def test_dunn_matches_r(r, adjustment):
    found = dunn("Ozone ~ Month", r["dunn"]["data"], adjustment=adjustment)
    assert [(row.a, row.b) for row in found.pair_rows] == list(zip(r["dunn"]["a"], r["dunn"]["b"], strict=True))
    np.testing.assert_allclose([row.statistic for row in found.pair_rows], r["dunn"]["z"], rtol=1e-11)
    np.testing.assert_allclose([row.p_unadjusted for row in found.pair_rows], r["dunn"]["p"], rtol=1e-11)
    np.testing.assert_allclose([row.p for row in found.pair_rows], r["dunn"][adjustment], rtol=1e-11)


def test_brown_forsythe_matches_r(r):
    found = brown_forsythe("weight ~ feed", r["chick"])
    expected = r["brown_forsythe"]
    assert (found.statistic, found.df2, found.p) == pytest.approx(
        (expected["F"], expected["df2"], expected["p"]), rel=1e-11
    )


def test_brown_forsythe_allows_a_group_that_all_answered_alike():
    found = brown_forsythe("y ~ g", {"y": [2, 2, 1, 3, 4, 6], "g": list("aabbcc")})
    assert "groups.constant_group" in [each.code for each in found.cautions]


answers = st.lists(st.integers(1, 4), min_size=2, max_size=5)


@settings(deadline=None, max_examples=40)
@given(answers, answers)
def test_exact_p_is_the_share_of_all_deals(a, b):
    if len({*a, *b}) == 1:
        return
    data = {"y": [*a, *b], "g": ["a"] * len(a) + ["b"] * len(b)}
    ranks = [Fraction(rank).limit_denominator(2) for rank in ranked(np.array([*a, *b], dtype=float))[0]]
    middle = Fraction(len(a) * (len(a) + len(b) + 1), 2)
    distances = [abs(sum(chosen) - middle) for chosen in combinations(ranks, len(a))]
    here = abs(sum(ranks[: len(a)]) - middle)
    share = Fraction(sum(each >= here for each in distances), len(distances))
    assert mann_whitney("y ~ g", data).p == pytest.approx(float(share), rel=1e-12)


@settings(deadline=None, max_examples=40)
@given(answers, answers)
def test_turning_the_scale_turns_superiority(a, b):
    if len({*a, *b}) == 1:
        return
    g = ["a"] * len(a) + ["b"] * len(b)
    here = mann_whitney("y ~ g", {"y": [*a, *b], "g": g})
    there = mann_whitney("y ~ g", {"y": [5 - each for each in (*a, *b)], "g": g})
    assert here.p == pytest.approx(there.p, rel=1e-12)
    assert here.effect.value == pytest.approx(1 - there.effect.value)
    assert here.effect.low == pytest.approx(1 - there.effect.high, abs=1e-9)
    assert 0 <= here.effect.low <= here.effect.value <= here.effect.high <= 1


def test_superiority_counts_pairs():
    a, b = [1, 2, 2, 4], [2, 3, 1]
    pairs = [Fraction(x > y) + Fraction(x == y, 2) for x in a for y in b]
    found = mann_whitney("y ~ g", {"y": [*a, *b], "g": list("aaaabbb")})
    assert found.effect.value == pytest.approx(float(sum(pairs) / len(pairs)))


def test_interval_solves_its_equation_and_reaches_the_ends():
    low, high = superiority_interval(1.0, 5, 6, 0.95)
    assert (high, 0.5 < low < 1) == (1.0, True)
    for edge in superiority_interval(0.7, 12, 9, 0.95):
        spread = edge * (1 - edge) * (1 + 9.5 * ((1 - edge) / (2 - edge) + edge / (1 + edge))) / 108
        assert (0.7 - edge) ** 2 == pytest.approx(1.959963984540054**2 * spread, rel=1e-9)


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_interval_of_superiority_covers(request, shift):
    """Normal groups of 15 and 25: P(X > Y) = Phi(shift / sqrt 2); coverage within four Monte-Carlo errors of .95."""
    from scipy.special import ndtr

    repeats = 4000 if request.config.getoption("--slow") else 400
    rng = np.random.default_rng(8)
    true, held = float(ndtr(shift / 2**0.5)), 0
    for _ in range(repeats):
        a, b = rng.normal(shift, 1, 15), rng.normal(0, 1, 25)
        theta = float((a[:, None] > b).mean())
        low, high = superiority_interval(theta, 15, 25, 0.95)
        held += low <= true <= high
    assert abs(held / repeats - 0.95) < 4 * (0.95 * 0.05 / repeats) ** 0.5


# ---- degenerate data -------------------------------------------------------------------------------------------------


def test_what_cannot_be_ranked_is_refused():
    flat = {"y": [2] * 4, "g": list("aabb")}
    assert refusal(lambda: mann_whitney("y ~ g", flat)) == "groups.constant_outcome"
    assert refusal(lambda: dunn("y ~ g", flat)) == "groups.constant_outcome"
    three = {"y": [1, 2, 3, 4, 5, 7], "g": list("aabbcc")}
    assert refusal(lambda: mann_whitney("y ~ g", three)) == "groups.not_two"
    one = {"y": [1, 2, 3], "g": ["a"] * 3}
    for verb in (mann_whitney, dunn, brown_forsythe):
        assert refusal(lambda verb=verb: verb("y ~ g", one)) == "groups.too_few"
    printed = Groups.from_printed(["a", "b"], n=[5, 5], mean=[1, 2], sd=[1, 1], formula="y ~ g")
    assert refusal(lambda: mann_whitney("y ~ g", printed)) == "groups.needs_rows"


def test_singleton_group_is_left_out():
    found = mann_whitney("y ~ g", {"y": [1, 2, 3, 5, 9], "g": list("aabbc")})
    assert (found.n, found.cautions[0].code) == (4, "groups.singleton")


def test_groups_apart_without_spread_can_be_ranked():
    assert mann_whitney("y ~ g", {"y": [1, 1, 2, 2], "g": list("aabb")}).p == pytest.approx(1 / 3)
