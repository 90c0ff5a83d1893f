"""Careless answering: each index against base R, its laws, and simulated random answers found among attentive ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.errors import ModelError
from analysis.rules import cutoff
from analysis.survey.careless import (
    even_odd,
    guttman_errors,
    irv,
    longstring,
    mahalanobis,
    pairs_of,
    psychsyn,
)

Reference = Callable[[str], Any]

RTOL = 1e-12  # R writes 15 digits


@pytest.fixture
def values(reference: Reference) -> dict[str, Any]:
    return reference("careless")


@pytest.fixture
def x(values: dict[str, Any]) -> np.ndarray:
    return np.array(values["x"], dtype=np.float64)


def as_array(cells: list[float | None]) -> np.ndarray:
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)


def test_runs_spread_and_distance_match_base_r(x: np.ndarray, values: dict[str, Any]) -> None:
    np.testing.assert_array_equal(longstring(x), values["longstring"])
    np.testing.assert_allclose(irv(x), values["irv"], rtol=RTOL)
    np.testing.assert_allclose(mahalanobis(x), as_array(values["mahalanobis"]), rtol=1e-10)  # condition of S


@pytest.mark.parametrize(("name", "above"), [("synonyms", 0.6), ("antonyms", -0.6)])
def test_synonyms_and_antonyms_match_base_r(x: np.ndarray, values: dict[str, Any], name: str, above: float) -> None:
    pairs = pairs_of(x, above)
    assert [list(pair) for pair in pairs] == values[name]["pairs"]
    assert len(pairs) >= 3
    np.testing.assert_allclose(psychsyn(x, pairs), as_array(values[name]["value"]), rtol=1e-10, atol=1e-12)


def test_even_odd_and_guttman_errors_match_base_r(x: np.ndarray, values: dict[str, Any]) -> None:
    keyed = x.copy()
    keyed[:, [3, 7, 11]] = 6 - keyed[:, [3, 7, 11]]
    scales = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    np.testing.assert_allclose(even_odd(keyed, scales), as_array(values["even_odd"]), rtol=1e-9, atol=1e-12)
    errors, most = guttman_errors(keyed[:, :4], [1] * 4, [5] * 4)
    np.testing.assert_array_equal(errors, as_array(values["guttman"]["errors"]))
    np.testing.assert_array_equal(most, as_array(values["guttman"]["most"]))


ANSWERS = arrays(np.float64, st.tuples(st.integers(6, 15), st.integers(4, 8)), elements=st.integers(1, 5).map(float))


@given(ANSWERS, st.randoms(use_true_random=False))
def test_no_index_depends_on_the_order_of_persons(table: np.ndarray, random: Any) -> None:
    order = list(range(len(table)))
    random.shuffle(order)
    scales = [[0, 1], [2, 3], [0, 2], [1, 3]]
    for index in (longstring, irv, lambda t: even_odd(t, scales), lambda t: psychsyn(t, [(0, 1), (2, 3), (1, 2)])):
        np.testing.assert_allclose(index(table)[order], index(table[order]), rtol=1e-9, atol=1e-9)
    k = table.shape[1]
    here, there = (guttman_errors(each, [1] * k, [5] * k) for each in (table, table[order]))
    for one, other in zip(here, there, strict=True):
        np.testing.assert_array_equal(one[order], other)


@given(ANSWERS)
def test_guttman_errors_lie_between_none_and_the_most_possible(table: np.ndarray) -> None:
    k = table.shape[1]
    errors, most = guttman_errors(table, [1] * k, [5] * k)
    assert (errors >= 0).all()
    assert (errors <= most).all()
    assert (most[(table == table[:, :1]).all(axis=1) & np.isin(table[:, 0], [1, 5])] == 0).all()


@given(ANSWERS)
def test_spread_is_the_same_from_either_end_of_the_scale(table: np.ndarray) -> None:
    np.testing.assert_allclose(irv(table), irv(6 - table), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(longstring(table), longstring(6 - table))


def test_distances_of_all_persons_add_to_items_times_n_less_one() -> None:
    table = np.random.default_rng(1).integers(1, 6, (50, 7)).astype(float)
    distances = mahalanobis(table)
    assert distances.sum() == pytest.approx(49 * 7, rel=1e-12)
    np.testing.assert_allclose(mahalanobis(table @ np.triu(np.ones((7, 7))) - 3), distances, rtol=1e-9)


def test_a_perfect_pattern_has_no_error_and_its_opposite_the_most() -> None:
    easy, hard = [1] * 8 + [0] * 2, [1] * 3 + [0] * 7
    table = np.array([easy, hard], dtype=float).T
    table = np.vstack([table, [[0, 1]]])
    errors, most = guttman_errors(table, [0, 0], [1, 1])
    assert errors.tolist() == [0.0] * 10 + [1.0]
    assert most.tolist() == [0.0] * 3 + [1.0] * 5 + [0.0] * 2 + [1.0]


def test_what_cannot_be_computed_is_refused_or_left_empty() -> None:
    table = np.random.default_rng(2).normal(size=(30, 4))
    with pytest.raises(ModelError) as caught:
        mahalanobis(np.column_stack([table, table.sum(axis=1)]))
    assert caught.value.code == "careless.singular"
    with pytest.raises(ModelError) as caught:
        mahalanobis(table[:5])
    assert caught.value.code == "careless.few_rows"
    assert np.isnan(psychsyn(table, [(0, 1), (2, 3)])).all()
    assert np.isnan(irv(np.full((2, 3), np.nan))).all()
    assert longstring(np.full((2, 3), np.nan)).tolist() == [0, 0]


def attentive(rng: np.random.Generator, n: int, scales: int = 8, items: int = 5) -> np.ndarray:
    factors = 0.8 * rng.standard_normal((n, scales)) + 0.6 * rng.standard_normal((n, 1))
    noise = 0.6 * rng.standard_normal((n, scales, items))
    return np.clip(np.round(3.3 + 0.9 * factors[:, :, None] + noise), 1, 5).reshape(n, scales * items)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_answers_and_straight_lines_are_found_among_attentive_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = np.vstack([
        attentive(rng, 250), rng.integers(1, 6, (25, 40)).astype(float), np.tile(rng.integers(1, 6, (15, 1)), 40) * 1.0,
    ])  # fmt: skip
    careful, random, straight = slice(0, 250), slice(250, 275), slice(275, 290)
    scales = [list(range(start, start + 5)) for start in range(0, 40, 5)]
    sums = np.sum([guttman_errors(table[:, scale], [1] * 5, [5] * 5) for scale in scales], axis=0)
    normed = np.divide(sums[0], sums[1], out=np.zeros(290), where=sums[1] > 0)
    far = normed > cutoff("careless.guttman")
    assert far[random].mean() >= 0.8
    assert far[careful].mean() <= 0.02
    flat = irv(table) < 4 * cutoff("careless.irv")
    long = longstring(table) > 40 * cutoff("careless.longstring")
    for flags in (flat, long):
        assert flags[straight].all()
        assert flags[careful].mean() <= 0.02
    split = even_odd(table, scales) < cutoff("careless.even_odd")
    assert split[random].mean() >= 0.4
    assert split[careful].mean() <= 0.1
