"""Partial, part and rank correlations against R."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.association import mean_ranks, part_correlations, partial_correlations, spearman
from analysis.stats.moments import moments
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict

FORMULA = "rating ~ complaints + privileges + learning + raises + critical + advance"


@pytest.fixture
def r(reference):
    return reference("thesis")


def code(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


def test_part_correlations_match_r(r):
    for source in (r["attitude"], moments(r["attitude"])):
        found = {row.term: row for row in part_correlations(FORMULA, source).term_rows}
        for row in r["parts"]:
            ours = found[row["term"]]
            theirs = (row["zero"], row["partial"], row["part"])
            assert (ours.zero_order, ours.partial, ours.part) == pytest.approx(theirs, rel=1e-10)


def test_the_square_of_a_part_correlation_is_what_r2_loses(r):
    found = {row.term: row.part for row in part_correlations(FORMULA, r["attitude"]).term_rows}
    whole = ols(FORMULA, r["attitude"]).fit.r2
    without = ols(FORMULA.replace(" + learning", ""), r["attitude"]).fit.r2
    assert found["learning"] ** 2 == pytest.approx(whole - without, rel=1e-10)


def test_part_correlations_of_categories_and_products():
    x = {"y": [1, 3, 2, 5, 4, 7, 5, 6], "a": [1, 2, 3, 4, 5, 6, 8, 7], "g": list("ababbaab")}
    found = part_correlations("y ~ a * g", x)
    assert [row.term for row in found.term_rows] == ["a", "g[b]", "a:g[b]"]


def test_partial_correlations_match_r(r):
    found = partial_correlations(r["attitude"], ["rating", "complaints", "privileges", "learning"])
    for ours, theirs in zip(found.pair_rows, r["partial"], strict=True):
        assert (ours.a, ours.b) == (theirs["a"], theirs["b"])
        assert (ours.r, ours.t, ours.p) == pytest.approx((theirs["r"], theirs["t"], theirs["p"]), rel=1e-9)
    assert found.method == "partial"


def test_spearman_matches_r_with_ties_and_holes(r):
    found = spearman(r["air"], missing="pairwise")
    for ours, theirs in zip(found.pair_rows, r["spearman"], strict=True):
        assert (ours.r, ours.p, ours.n) == pytest.approx((theirs["r"], theirs["p"], theirs["n"]), rel=1e-10)
        assert ours.low < ours.r < ours.high
    assert spearman(r["air"]).n == 111


def test_ranks_share_ties():
    assert mean_ranks(np.array([3.0, 1.0, 3.0, 2.0])).tolist() == [3.5, 1.0, 3.5, 2.0]


def test_spearman_is_unchanged_by_any_rising_function(r):
    x = np.random.default_rng(1).normal(size=(50, 2))
    bent = np.column_stack([np.exp(x[:, 0]), x[:, 1] ** 3])
    assert spearman(bent).pair_rows[0].r == spearman(x).pair_rows[0].r


def test_what_cannot_be_correlated_is_refused():
    assert code(lambda: part_correlations("y ~ 0 + a", {"y": [1, 2], "a": [1, 3]})) == "association.no_constant"
    assert code(lambda: spearman({"a": [1, 1, 1, 1], "b": [1, 2, 3, 4]})) == "moments.no_variance"
    assert code(lambda: spearman({"a": [1, 2, 3], "b": [1, 2, 3]})) == "correlation.too_few_rows"
    same = {"a": [1, 2, 3, 4, 6], "b": [2, 4, 6, 8, 12], "c": [1, 3, 2, 5, 4]}
    assert code(lambda: partial_correlations(same)) == "association.collinear"


def test_results_survive_json(r):
    for found in (part_correlations(FORMULA, r["attitude"]), spearman(r["air"]), partial_correlations(r["attitude"])):
        assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
