"""The chapter on levels: every mean in one band, certainty by its interval, units shrunken, small groups unseen."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import narrate, table
from analysis.chapters.capability import band, capability, shrunken_means
from analysis.report.block import numbers
from analysis.stats.proportion import mean_interval

CUTS = (1.8, 2.6, 3.4, 4.2)


@given(st.floats(1, 5))
def test_every_mean_has_exactly_one_band(mean):
    edges = (1.0, *CUTS, 5.0 + 1e-9)
    assert sum(low <= mean < high for low, high in pairwise(edges)) == 1
    found = band(mean, CUTS)
    assert edges[found - 1] <= mean < edges[found]


def test_means_are_those_of_the_statistic_and_certainty_follows_the_interval(study, table_of):
    responses = study(table_of())
    for row in capability(responses).scales:
        assert row.mean == mean_interval(responses, row.code)
        crossed = any(row.mean.low < cut <= row.mean.high for cut in CUTS)
        assert row.certain is not crossed


def test_units_are_drawn_towards_the_middle_and_small_ones_unseen(study, table_of):
    answers = table_of().iloc[:100].assign(team=["a"] * 40 + ["b"] * 40 + ["c"] * 17 + ["d"] * 3)
    found = capability(study(answers))
    assert [row.unit for row in found.units] == ["a", "b"]  # d is small, c would give it away
    means, drawn = ([getattr(row, name) for row in found.units] for name in ("mean", "shrunken"))
    assert max(drawn) - min(drawn) <= max(means) - min(means)
    ids = [number.record.id for number in numbers(table(found, "en", "units").block)]
    assert not [key for key in ids if {"c", "d"} & set(key.split("."))]


def test_shrinkage_equals_the_formula_in_exact_arithmetic():
    n, mean, variance = (
        [10, 20, 30],
        [Fraction(3), Fraction(7, 2), Fraction(4)],
        [Fraction(1, 2), Fraction(1), Fraction(3, 4)],
    )
    total = sum(n)
    within = sum((k - 1) * v for k, v in zip(n, variance, strict=True)) / (total - 3)
    grand = sum(k * m for k, m in zip(n, mean, strict=True)) / total
    between = sum(k * (m - grand) ** 2 for k, m in zip(n, mean, strict=True)) / 2
    spread = (between - within) / ((total - Fraction(sum(k * k for k in n), total)) / 2)
    weights = [spread / (spread + within / k) for k in n]
    precision = [k / (k * spread + within) for k in n]
    centre = sum(p * m for p, m in zip(precision, mean, strict=True)) / sum(precision)
    exact = [float(w * m + (1 - w) * centre) for w, m in zip(weights, mean, strict=True)]
    arrays = [np.array([float(each) for each in values]) for values in (n, mean, variance)]
    assert shrunken_means(*arrays) == pytest.approx(exact, rel=1e-12)


def test_units_that_do_not_differ_get_one_mean():
    assert shrunken_means(np.array([5.0, 5.0]), np.array([3.0, 3.1]), np.array([2.0, 2.0])) == pytest.approx(
        [3.05, 3.05]
    )


def test_shrunken_means_are_closer_to_the_truth():
    rng = np.random.default_rng(8)
    errors = np.zeros(2)
    for _ in range(300):
        truth = 3.5 + 0.2 * rng.standard_normal(18)
        n = rng.integers(5, 20, 18)
        samples = [t + 0.7 * rng.standard_normal(k) for t, k in zip(truth, n, strict=True)]
        raw = np.array([each.mean() for each in samples])
        drawn = shrunken_means(n.astype(float), raw, np.array([each.var(ddof=1) for each in samples]))
        errors += [((raw - truth) ** 2).sum(), ((drawn - truth) ** 2).sum()]
    assert errors[1] < 0.9 * errors[0]


@pytest.mark.parametrize(("lang", "words"), [("vi", "không có bảng theo vị trí"), ("en", "no table by position")])
def test_a_page_without_positions_says_so(study, table_of, lang, words):
    assert words in str(table(capability(study(table_of())), lang, "positions"))


@pytest.mark.parametrize(("lang", "words"), [("vi", "tự đánh giá"), ("en", "own ratings")])
def test_says_that_ratings_are_not_a_test(study, table_of, lang, words):
    assert words in str(narrate(capability(study(table_of())), lang))
