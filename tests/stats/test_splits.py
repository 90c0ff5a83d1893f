"""Guttman's lambdas and split halves against psych, exact fractions, and laws."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import isqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.moments import Moments, moments
from analysis.stats.reliability import alpha
from analysis.stats.result import from_dict, to_dict
from analysis.stats.splits import guttman, split_half

laws = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def answers(seed, n=60, k=5):
    rng = np.random.default_rng(seed)
    values = np.clip(np.round(3 + 0.8 * rng.normal(size=(n, 1)) + rng.normal(size=(n, k))), 1, 5)
    assume((values.std(axis=0) > 0).all())
    assume(np.linalg.matrix_rank(np.cov(values.T)) == k)
    return pd.DataFrame(values, columns=[f"q{j}" for j in range(k)])


def values(found):
    return np.array([each.value for each in found.lambdas])


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@pytest.mark.parametrize("of", ["covariances", "correlations"])
@pytest.mark.parametrize("case", ["attitude", "ability", "harman12"])
def test_lambdas_and_splits_match_psych(reference, case, of):
    r = reference("guttman")[case]
    m = Moments(tuple(r["names"]), r["n"], np.zeros(len(r["names"])), np.array(r["C"]))
    found, halves, splits = guttman(m, of=of), split_half(m, of=of), r[f"of_{of}"]
    np.testing.assert_allclose(values(found)[[0, 1, 2, 4, 5]], r[of], rtol=1e-11)
    assert found.lambda4.value == pytest.approx(splits["best"], rel=1e-12)
    assert halves.splits == splits["n"]
    ours = [halves.best.guttman, halves.worst.guttman, halves.mean]
    assert ours == pytest.approx([splits["best"], splits["worst"], splits["mean"]], rel=1e-12)
    stepped = [halves.spearman_brown_best, halves.spearman_brown_worst, halves.spearman_brown_mean]
    assert stepped == pytest.approx(splits["sb"], rel=1e-12)


@pytest.mark.parametrize("case", ["bfi_A", "bfi_C", "attitude"])
def test_lambdas_match_the_shared_reference(shared, shared_dir, case):
    r, split = shared("guttman")[case], shared("extra")["splits"][case]
    if case == "attitude":
        data = pd.read_csv(shared_dir / "reference" / "data" / "attitude.csv").iloc[:, -7:]
    else:
        turned = {"bfi_A": ["A1"], "bfi_C": ["C4", "C5"]}[case]
        items = [f"{case[-1]}{j}" for j in range(1, 6)]
        data = pd.read_csv(shared_dir / "data" / "psychometrics_core" / "csv" / "bfi.csv")[items]
        data[turned] = 7 - data[turned]
    found, halves, raw = guttman(data, of="correlations"), split_half(data, of="correlations"), split_half(data)
    np.testing.assert_allclose(values(found), [r[f"lambda{j}"] for j in range(1, 7)], rtol=1e-9)
    theirs = [r["splitHalf"][name] for name in ("maxrb", "minrb", "meanr")]
    assert [halves.best.guttman, halves.worst.guttman, halves.mean] == pytest.approx(theirs, rel=1e-9)
    names = ("lambda4_cov_max", "lambda4_cov_min", "lambda4_cov_mean", "sb_max", "sb_min", "sb_mean", "n")
    stepped = [halves.spearman_brown_best, halves.spearman_brown_worst, halves.spearman_brown_mean]
    assert [raw.best.guttman, raw.worst.guttman, raw.mean, *stepped, raw.splits] == pytest.approx(
        [split[name] for name in names], rel=1e-9
    )


def root(value, digits=40):
    """Square root of a fraction to so many digits."""
    scale = 10**digits
    return Fraction(isqrt(value.numerator * scale**2 // value.denominator), scale)


def inverse_diagonal(matrix):
    """Diagonal of the inverse, by Gauss-Jordan on fractions."""
    k = len(matrix)
    lines = [[*line, *(Fraction(int(i == j)) for j in range(k))] for i, line in enumerate(matrix)]
    for i in range(k):
        pivot = next((at for at in range(i, k) if lines[at][i]), None)
        if pivot is None:
            return None
        lines[i], lines[pivot] = lines[pivot], lines[i]
        lines[i] = [value / lines[i][i] for value in lines[i]]
        for at in range(k):
            if at != i:
                lines[at] = [a - lines[at][i] * b for a, b in zip(lines[at], lines[i], strict=True)]
    return [lines[i][k + i] for i in range(k)]


def exact_cov(columns):
    n = len(columns[0])
    means = [Fraction(sum(column), n) for column in columns]
    return [
        [
            sum((x - means[i]) * (y - means[j]) for x, y in zip(a, b, strict=True)) / (n - 1)
            for j, b in enumerate(columns)
        ]
        for i, a in enumerate(columns)
    ]


@settings(max_examples=30, deadline=None)
@given(
    st.integers(12, 40).flatmap(
        lambda n: st.lists(st.lists(st.integers(1, 5), min_size=n, max_size=n), min_size=5, max_size=5)
    )
)
def test_lambdas_are_those_of_exact_fractions(columns):
    k, c = len(columns), exact_cov(columns)
    whole = sum(map(sum, c))
    left = inverse_diagonal(c)
    assume(whole > sum(c[i][i] for i in range(k)) / 10 and left is not None and max(left) * max(map(max, c)) < 100)
    off = [[c[i][j] ** 2 for j in range(k) if j != i] for i in range(k)]
    one = 1 - sum(c[i][i] for i in range(k)) / whole
    between = [sum(c[i][j] for i in half for j in range(k) if j not in half) for half in combinations(range(k), k // 2)]
    expected = [
        one,
        one + root(Fraction(k, k - 1) * sum(map(sum, off))) / whole,
        Fraction(k, k - 1) * one,
        4 * max(between) / whole,
        one + 2 * root(max(map(sum, off))) / whole,
        1 - sum(1 / value for value in left) / whole,
    ]
    data = {f"q{j}": column for j, column in enumerate(columns)}
    for ours, exact in zip(values(guttman(data)), expected, strict=True):
        assert abs(Fraction(ours) - exact) <= Fraction(1, 10**12) * max(1, abs(exact))
    found = split_half(data)
    assert abs(Fraction(found.worst.guttman) - 4 * min(between) / whole) <= Fraction(1, 10**12) * 10
    assert abs(Fraction(found.mean) - 4 * sum(between) / len(between) / whole) <= Fraction(1, 10**12) * 10


@laws
@given(seeds, st.sampled_from([4, 6, 8]))
def test_the_bounds_stand_in_their_order(seed, k):
    """l1 < l3 <= l2, and the mean of an even number of items' halves is alpha, so l4 >= l3 >= the worst half."""
    data = answers(seed, k=k)
    found, halves = guttman(data), split_half(data)
    value = alpha(data).alpha.value
    assert found.lambda3.value == pytest.approx(value, abs=1e-12)
    assert halves.mean == pytest.approx(value, abs=1e-12)
    assert found.lambda2.value >= value - 1e-12
    assert found.lambda4.value >= value - 1e-12 >= halves.worst.guttman - 2e-12
    assert found.lambda2.value > found.lambda1.value


@laws
@given(seeds, st.floats(0.1, 50), st.floats(-20, 20))
def test_order_reversal_of_all_and_a_common_scale_change_nothing(seed, scale, shift):
    data = answers(seed)
    before = values(guttman(data))
    for other in (data[data.columns[::-1]], 6 - data, data * scale + shift):
        np.testing.assert_allclose(values(guttman(other)), before, atol=1e-9)
        assert split_half(other).worst.guttman == pytest.approx(split_half(data).worst.guttman, abs=1e-9)


@laws
@given(seeds)
def test_guttman_of_given_halves_is_rulons(seed):
    data = answers(seed)
    a, b = ["q0", "q3"], ["q1", "q2", "q4"]
    found = split_half(data, halves=(a, b)).given
    first, second = data[a].sum(axis=1), data[b].sum(axis=1)
    rulon = 1 - (first - second).var() / (first + second).var()
    assert found.guttman == pytest.approx(rulon, abs=1e-10)
    assert found.r == pytest.approx(np.corrcoef(first, second)[0, 1], abs=1e-10)


def test_odd_items_stand_against_even_ones(scale):
    found = split_half(scale).odd_even
    assert (found.a, found.b) == (("q1", "q3"), ("q2", "q4"))
    assert found.spearman_brown == pytest.approx(2 * found.r / (1 + found.r), rel=1e-14)
    assert from_dict(to_dict(split_half(scale))) == split_half(scale)


def test_many_items_are_searched_and_it_is_said():
    rng = np.random.default_rng(2)
    data = pd.DataFrame(rng.normal(size=(200, 1)) + rng.normal(size=(200, 18)) * rng.uniform(0.5, 2, 18))
    found, halves = guttman(data), split_half(data)
    assert [each.code for each in found.cautions] == ["split.search"]
    assert not halves.exact
    assert halves.spearman_brown_mean is None
    assert found.lambda4.value > alpha(data).alpha.value > halves.worst.guttman
    assert halves.mean == pytest.approx(alpha(data).alpha.value, rel=1e-12)


@settings(max_examples=8, deadline=None)
@given(seeds)
def test_the_search_finds_what_enumeration_finds(seed):
    from analysis.stats.splits import _extremes, _guttman, _search

    c = moments(answers(seed, k=10)).cov
    best, worst, _ = _extremes(c)
    assert _guttman(c, _search(c, 1.0)) == pytest.approx(_guttman(c, best), rel=1e-12)
    assert _guttman(c, _search(c, -1.0)) == pytest.approx(_guttman(c, worst), rel=1e-12)


def test_an_item_that_is_a_sum_of_others_leaves_lambda6_open(scale):
    assert guttman(scale.assign(total=scale.sum(axis=1))).lambda6 is None


def test_bad_halves_are_refused_by_name(scale):
    assert refusal(lambda: split_half(scale, halves=(["q1"], ["q2", "q3"]))) == "split.left_out"
    assert refusal(lambda: split_half(scale, halves=(["q1", "q2"], ["q2", "q3", "q4"]))) == "split.overlap"
    assert refusal(lambda: split_half(scale, halves=([], ["q1", "q2", "q3", "q4"]))) == "split.empty_half"
    assert refusal(lambda: split_half(scale, halves=(["q1", "q9"], ["q2", "q3", "q4"]))) == "rows.unknown_column"


def test_degenerate_scales_are_refused_or_doubted(scale):
    assert refusal(lambda: guttman({"a": [3] * 5, "b": [2] * 5})) == "reliability.no_variance"
    assert refusal(lambda: guttman(scale.iloc[:2])) == "reliability.too_few_rows"
    assert refusal(lambda: guttman(scale, ["q1"])) == "reliability.too_few_items"
    assert refusal(lambda: guttman(scale, of="both")) == "option.unknown"
    turned = guttman(scale.assign(q4=6 - scale["q4"]))
    assert next(each for each in turned.cautions if each.code == "reliability.unreversed_item").get("items") == ("q4",)
    flat = guttman(scale.assign(q5=3))
    assert flat.lambda6 is None
    assert np.isfinite([flat.lambda4.value, flat.lambda5.value]).all()
