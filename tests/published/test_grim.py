"""Means, deviations and shares that whole answers can have: against exhaustive search, and published examples."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.published.check import Spot
from analysis.published.grim import Answers, debit, fits, grim, grimmer, share
from analysis.published.printed import printed

SPOT = Spot("T", "x", "mean")


@pytest.mark.parametrize(
    ("mean", "verdict"), [("5.19", "inconsistent"), ("5.18", "consistent"), ("5.21", "consistent")]
)
def test_brown_and_heathers_example(mean, verdict):
    """Brown & Heathers (2017), p. 364: of 28 whole answers a mean of 5.19 is impossible, 5.18 and 5.21 are not."""
    assert grim(SPOT, printed(mean), Answers(28)).verdict == verdict


def test_many_persons_leave_every_mean_possible():
    assert grim(SPOT, printed("3.45"), Answers(100)) is None
    assert grim(SPOT, printed("3.45"), Answers(50, items=2)) is None


def test_a_mean_outside_the_scale_is_impossible():
    assert grim(SPOT, printed("5.50"), Answers(100, low=1, high=5)).verdict == "inconsistent"


def possible(n: int, low: int, high: int) -> set[tuple[str, str]]:
    """Every pair of mean and deviation, printed with two digits, that n answers from low to high can have."""
    every = (np.array(each) for each in combinations_with_replacement(range(low, high + 1), n))
    return {(f"{x.mean():.2f}", f"{x.std(ddof=1):.2f}") for x in every}


@pytest.mark.parametrize("n", [3, 5, 7])
def test_every_possible_pair_passes_and_most_impossible_ones_fail(n):
    real = possible(n, 1, 5)
    of = Answers(n, 1, 1, 5)
    verdicts = {}
    for mean in {mean for mean, _ in real}:
        for sd in range(0, 230, 3):
            found = grimmer(SPOT, printed(mean), printed(f"{sd / 100:.2f}"), of)
            verdicts[mean, f"{sd / 100:.2f}"] = found.verdict
    assert [
        pair for pair in real if grimmer(SPOT, printed(pair[0]), printed(pair[1]), of).verdict != "consistent"
    ] == []
    impossible = [pair for pair in verdicts if pair not in real]
    caught = sum(verdicts[pair] == "inconsistent" for pair in impossible)
    assert caught / len(impossible) > 0.8


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.integers(1, 4), st.integers(0, 2**32 - 1), st.sampled_from([2, 3, 4]))
def test_real_answers_always_pass(n, items, seed, digits):
    x = np.random.default_rng(seed).integers(1, 6, (n, items)).mean(axis=1)
    mean, sd = printed(f"{x.mean():.{digits}f}"), printed(f"{x.std(ddof=1):.{digits}f}")
    of = Answers(n, items, 1, 5)
    for found in (grim(SPOT, mean, of), grimmer(SPOT, mean, sd, of)):
        assert found is None or found.verdict == "consistent"


def test_a_deviation_divided_by_n_is_said_to_be_so():
    x = np.array([1, 2, 3, 3, 4, 5, 5])
    found = grimmer(SPOT, printed(f"{x.mean():.3f}"), printed(f"{x.std():.3f}"), Answers(7, 1, 1, 5))
    assert (found.verdict, found.reason) == ("consistent", "population_sd")


def test_binary_answers_have_the_deviation_of_their_mean():
    [right] = debit(SPOT, printed(".40"), printed(".50"), 30)
    [wrong] = debit(SPOT, printed(".40"), printed(".35"), 30)
    assert (right.verdict, wrong.verdict) == ("consistent", "inconsistent")


def test_shares_of_few_persons():
    assert share(SPOT, printed("33.3"), 12).verdict == "consistent"
    assert share(SPOT, printed("35.0"), 12).verdict == "inconsistent"
    assert share(SPOT, printed("35.0"), 1200) is None


def test_the_sizes_that_fit_some_means():
    assert 28 not in fits([printed("5.19")], 40)
    assert all(28 * at in fits([printed("5.18"), printed("5.21")], 100) for at in (1, 2, 3))
