"""Kendall's W against R's Friedman test and all orders listed; laws; refusals."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.concordance import kendall_w


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@pytest.mark.parametrize("case", ["ties", "plain", "small"])
def test_w_matches_friedman(reference, case):
    r = reference("kendall")[case]
    found = kendall_w(r["data"])
    assert found["W"].value == pytest.approx(r["W"], rel=1e-12)
    assert (found.error_rows[0].statistic, found["W"].p) == pytest.approx((r["chi2"], r["p"]), rel=1e-11)
    if case == "small":
        assert found.error_rows[1].test == "permutation_exact"
        assert found.error_rows[1].p == pytest.approx(r["exact"], rel=1e-12)


def test_w_matches_the_shared_reference(shared_dir, shared):
    found = kendall_w(pd.read_csv(shared_dir / "data" / "raters_core" / "csv" / "anxiety.csv"))
    r = shared("raters")["kendall_anxiety"]
    assert (found["W"].value, found.error_rows[0].statistic, found["W"].p) == pytest.approx(
        (r["W"], r["chisq"], r["p"]), rel=1e-9
    )


def test_random_permutations_are_near_all_of_them(reference):
    """Three Monte-Carlo errors of the exact p, which another route lists."""
    from analysis.stats import concordance

    data = reference("kendall")["small"]["data"]
    ranks, _ = concordance.mid_ranks(np.column_stack(list(data.values())).astype(float))
    spread = float(((ranks.sum(axis=1) - ranks.sum(axis=1).mean()) ** 2).sum())
    exact = next(concordance._permuted(ranks, spread, None, 0)).p
    limit, concordance._EXACT = concordance._EXACT, 0
    try:
        drawn = next(concordance._permuted(ranks, spread, np.random.default_rng(3), 20_000)).p
    finally:
        concordance._EXACT = limit
    assert abs(drawn - exact) <= 3 * (exact * (1 - exact) / 20_000) ** 0.5


@st.composite
def scores(draw):
    n, m = draw(st.integers(2, 9)), draw(st.integers(2, 5))
    return [draw(st.lists(st.integers(1, 5), min_size=m, max_size=m)) for _ in range(n)]


def wide(table):
    return {f"r{j}": [row[j] for row in table] for j in range(len(table[0]))}


@settings(max_examples=200, deadline=None)
@given(scores())
def test_w_is_an_exact_fraction(table):
    n, m = len(table), len(table[0])
    columns = list(zip(*table, strict=True))
    if any(len(set(column)) == 1 for column in columns):
        assert refusal(lambda: kendall_w(wide(table))) == "kendall.constant_rater"
        return
    ranks = [[Fraction(2 * sum(w < v for w in c) + c.count(v) + 1, 2) for v in c] for c in columns]
    sums = [sum(rank[i] for rank in ranks) for i in range(n)]
    ties = sum(c.count(v) ** 3 - c.count(v) for c in columns for v in set(c))
    s = sum((each - Fraction(m * (n + 1), 2)) ** 2 for each in sums)
    wanted = 12 * s / (m**2 * (n**3 - n) - m * ties)
    found = kendall_w(wide(table))["W"].value
    assert abs(Fraction(found) - wanted) <= Fraction(1, 10**12)
    assert -1e-12 <= found <= 1 + 1e-12


@settings(max_examples=60, deadline=None)
@given(scores(), st.permutations(range(5)))
def test_monotone_scores_and_order_change_nothing(table, seats):
    try:
        found = kendall_w(wide(table))["W"].value
    except ModelError:
        assume(False)
    seats = [seat for seat in seats if seat < len(table[0])]
    other = wide([[row[seat] ** 3 + seat for seat in seats] for row in table[::-1]])
    assert kendall_w(other)["W"].value == pytest.approx(found, rel=1e-11, abs=1e-12)
    turned = wide([[-v for v in row] for row in table])
    assert kendall_w(turned)["W"].value == pytest.approx(found, rel=1e-11, abs=1e-12)


def test_same_order_is_one():
    assert kendall_w({"a": [1, 2, 3], "b": [10, 20, 30]})["W"].value == 1


def test_few_targets_are_said_and_missing_ones_left_out():
    rng = np.random.default_rng(2)
    few = pd.DataFrame(rng.normal(size=(7, 6)), columns=list("abcdef"))
    assert [each.code for each in kendall_w(few).cautions] == ["kendall.few_targets"]
    permuted = kendall_w(few, rng=rng)
    assert [each.code for each in permuted.cautions] == ["kendall.few_targets_permuted"]
    assert permuted.error_rows[1].test == "permutation"
    few.iloc[0, 0] = np.nan
    assert (kendall_w(few).n, kendall_w(few).dropped) == (6, 1)


def test_what_is_refused():
    assert refusal(lambda: kendall_w({"a": [1, 1, 1], "b": [1, 2, 3]})) == "kendall.constant_rater"
    assert refusal(lambda: kendall_w({"a": [1, None], "b": [1, 2]})) == "kendall.too_few_targets"
