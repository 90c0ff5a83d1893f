"""Whole answers behind a printed mean and deviation: found where there are any, refused only where there are none."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.published.histogram import Sums, counts, exists, histogram, squares
from analysis.published.printed import printed


@pytest.mark.parametrize(("n", "low", "high"), [(2, 1, 5), (3, 1, 7), (5, 1, 5), (6, 0, 2), (4, -1, 1), (5, 1, 2)])
def test_every_pair_of_sums_is_judged_as_by_trying_all_answers(n, low, high):
    """Exhaustive: all answers of n persons against all whole sums and sums of squares."""
    possible = {(sum(x), sum(v * v for v in x)) for x in combinations_with_replacement(range(low, high + 1), n)}
    most = n * max(low * low, high * high)
    found = {
        (total, squared)
        for total in range(n * low - 1, n * high + 2)
        for squared in range(most + 2)
        if counts(Sums(n, total, squared), low=low, high=high) is not None
    }
    assert found == possible


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(2, 600), st.sampled_from([(1, 5), (1, 7), (0, 10)]), st.integers(1, 4),
    st.floats(0.1, 1.5),
)  # fmt: skip
def test_what_answers_print_has_answers(seed, n, levels, digits, width):
    low, high = levels
    rng = np.random.default_rng(seed)
    x = np.clip(np.rint(rng.normal(rng.uniform(low, high), width * (high - low) / 4, n)), low, high)
    mean, sd = f"{x.mean():.{digits}f}", f"{x.std(ddof=1):.{digits}f}"
    found = histogram(printed(mean), printed(sd), n=n, low=low, high=high)
    assert found is not None
    again = np.repeat(np.arange(low, high + 1), found)
    assert len(again) == n
    assert abs(again.mean() - float(mean)) <= 0.5 * 10**-digits + 1e-9
    assert abs(again.std(ddof=1) - float(sd)) <= 0.5 * 10**-digits + 1e-9


@pytest.mark.parametrize(
    ("mean", "sd", "n", "possible"),
    [
        ("5.19", None, 28, False),  # Brown & Heathers (2017): 28 x 5.19 = 145.32 is near no whole sum
        ("5.18", None, 28, True),  # 145 / 28 = 5.1786
        ("3.44", "2.47", 18, False),  # Anaya (2016) style: sum 62, no sum of squares of its parity gives 2.47
        ("3.44", "2.20", 18, True),
        ("4.50", "0.10", 10, False),  # half of them 4, half 5: the deviation is .53 at least
        ("3.00", "2.11", 10, True),  # at both ends
        ("3.00", "2.20", 10, False),  # more than at both ends
        ("6.00", None, 10, False),
    ],
)
def test_known_prints(mean, sd, n, possible):
    high = 7 if n == 28 or n == 18 else 5
    assert exists(printed(mean), sd and printed(sd), n=n, low=1, high=high) is possible


def test_sums_of_squares_have_the_parity_of_the_sum():
    assert {q % 2 for q in squares(143, 0.5, 0.6, n=40)} == {1}
    assert all(0.5 <= Sums(40, 143, q).variance <= 0.6 for q in squares(143, 0.5, 0.6, n=40))


def test_counts_are_near_to_a_normal_distribution_cut_into_levels():
    found = histogram(printed("3.60"), printed("0.90"), n=200, low=1, high=5)
    assert found[3] == max(found)
    assert list(found[:4]) == sorted(found[:4])
    assert min(found) >= 0


def test_nothing_printed_leaves_everything_open():
    assert sum(histogram(None, None, n=50, low=1, high=5)) == 50
