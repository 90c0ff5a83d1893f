"""Resamples as weights: both ways of drawing them are one multinomial, and covariances are those of the rows drawn."""

import numpy as np
import pytest

from analysis.stats.resample import Units, _counts, _multinomial, draws, left_out, units


def alike():
    """Seven distinct rows, some of them many times."""
    rng = np.random.default_rng(1)
    return np.repeat(rng.normal(size=(7, 2)), [1, 4, 2, 9, 1, 3, 5], axis=0)


@pytest.mark.parametrize("drawn", [_counts, _multinomial])
def test_weights_are_multinomial(drawn):
    of = units(alike())
    weights = drawn(of, 20_000, np.random.default_rng(2))
    n, share = of.drawn, of.times / of.times.sum()
    assert (weights.sum(axis=1) == n).all()
    assert weights.min() >= 0
    cov = n * (np.diag(share) - np.outer(share, share))
    np.testing.assert_allclose(weights.mean(axis=0), n * share, atol=4 * (cov.max() / 20_000) ** 0.5)
    np.testing.assert_allclose(np.cov(weights.T), cov, atol=0.15)
    assert np.mean(weights[:, 0] == 0) == pytest.approx((1 - share[0]) ** n, abs=0.015)


def test_the_cheaper_way_is_taken_and_says_the_same_twice():
    few, many = units(np.repeat(alike(), 20, axis=0)), units(alike())
    for of, drawn in ((few, _multinomial), (many, _counts)):
        first, again = (np.vstack(list(draws(of, 50, np.random.default_rng(3)))) for _ in range(2))
        np.testing.assert_array_equal(first, again)
        np.testing.assert_array_equal(first, drawn(of, 50, np.random.default_rng(3)))


def test_batches_do_not_change_what_is_drawn(monkeypatch):
    of = units(np.random.default_rng(4).normal(size=(60, 3)))
    whole = np.vstack(list(draws(of, 100, np.random.default_rng(5))))
    monkeypatch.setattr("analysis.stats.resample._CELLS", 60 * 7)
    monkeypatch.setattr("analysis.stats.resample._COUNTED", 60 * 3)
    np.testing.assert_array_equal(np.vstack(list(draws(of, 100, np.random.default_rng(5)))), whole)


def test_covariances_are_those_of_the_rows_drawn():
    x = np.random.default_rng(6).normal(size=(25, 3)) + np.array([1e6, 0.0, -5.0])
    of = units(x)
    ordered = np.unique(x, axis=0)
    weights = next(draws(of, 10, np.random.default_rng(7)))
    for found, times in zip(of.covariances(weights), weights.astype(int), strict=True):
        np.testing.assert_allclose(found, np.cov(np.repeat(ordered, times, axis=0).T), rtol=1e-9)


def test_each_unit_is_left_out_once():
    of = Units(np.ones((3, 3)), np.array([1.0, 4.0, 2.0]), 1)
    np.testing.assert_array_equal(np.vstack(list(left_out(of))), [[0, 4, 2], [1, 3, 2], [1, 4, 1]])
