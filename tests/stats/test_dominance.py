"""Relative weights and dominance against R, resamples against refits."""

import json

import numpy as np
import pytest

from analysis.report.block import numbers
from analysis.report.verbs import narrate, table
from analysis.stats.importance import dominance, lmg, r2_of_subsets
from analysis.stats.moments import moments
from analysis.stats.resample import draws, units
from analysis.stats.result import from_dict, to_dict

FORMULA = "rating ~ complaints + privileges + learning + raises"


@pytest.fixture
def r(reference):
    return reference("dominance")


def test_relative_weights_match_their_formula(r):
    found = dominance(FORMULA, moments(r["data"]))
    assert [row.relative_weight for row in found.term_rows] == pytest.approx(r["weights"], rel=1e-10)
    assert sum(row.relative_weight for row in found.term_rows) == pytest.approx(found.r2, rel=1e-12)
    first = found.term_rows[0]
    assert (found.same_order, first.low, first.share_low, first.same_rank) == (None, None, None, None)


def test_dominance_matches_all_subsets(r):
    found = dominance(FORMULA, r["data"], resamples=0)
    for ours, theirs in zip(found.pair_rows, r["pairs"], strict=True):
        assert (ours.a, ours.b, ours.share) == (theirs["a"], theirs["b"], theirs["share"])
        sizes = np.array(theirs["by_size"])
        if theirs["share"] in (0, 1):
            assert ours.conclusion == "complete"
        elif (sizes > 0).all() or (sizes < 0).all():
            assert ours.conclusion == "conditional"
        assert ours.better == (ours.a if sizes.mean() > 0 else ours.b)


def test_sweeps_give_every_subset():
    rng = np.random.default_rng(1)
    corr = np.array([np.corrcoef(rng.normal(size=(40, 6)).T) for _ in range(3)])
    owner = np.array([0, 1, 1, 2, 3])
    found = r2_of_subsets(corr, owner, 4)
    for values, whole in zip(found, corr, strict=True):
        for mask, value in enumerate(values):
            at = np.flatnonzero(mask >> owner & 1)
            right = whole[at, -1]
            assert value == pytest.approx(right @ np.linalg.solve(whole[np.ix_(at, at)], right), abs=1e-12)


def test_limits_are_those_of_refits(r):
    x = {name: np.array(values, dtype=float) for name, values in r["data"].items()}
    found = dominance("rating ~ complaints + learning", x, resamples=2000)
    rng = np.random.default_rng(3)
    refits = []
    for _ in range(300):
        at = rng.integers(0, 30, 30)
        refits.append(lmg("rating ~ complaints + learning", {n: v[at] for n, v in x.items()}).term_rows[0].lmg)
    low, high = np.quantile(refits, [0.025, 0.975])
    assert (found.term_rows[0].low, found.term_rows[0].high) == pytest.approx((low, high), abs=0.06)
    assert found.term_rows[0].first_place == pytest.approx(1, abs=0.1)


def test_shares_and_ranks_are_those_of_the_same_resamples_refitted(r):
    """Every resample drawn again by itself, its rows repeated, and R² divided anew."""
    x = {name: np.array(values, dtype=float) for name, values in r["data"].items()}
    formula = "rating ~ complaints + privileges + learning"
    names = ("complaints", "privileges", "learning", "rating")
    found = dominance(formula, x, resamples=150, rng=np.random.default_rng(11))
    columns = np.column_stack([x[name] for name in names])
    distinct = np.unique(columns, axis=0)
    drawn = np.vstack(list(draws(units(columns), 150, np.random.default_rng(11)))).astype(int)
    parts = []
    for weights in drawn:
        again = np.repeat(distinct, weights, axis=0)
        parts.append([row.share for row in lmg(formula, dict(zip(names, again.T, strict=True))).term_rows])
    parts = np.array(parts)
    ranks = (-parts).argsort(axis=1).argsort(axis=1) + 1
    for at, row in enumerate(found.term_rows):
        limits = np.quantile(parts[:, at], [0.025, 0.975])
        assert (row.share_low, row.share_high) == pytest.approx(tuple(limits), rel=1e-9)
        assert row.same_rank == pytest.approx(np.mean(ranks[:, at] == row.rank), abs=1e-12)
        assert row.first_place == pytest.approx(np.mean(ranks[:, at] == 1), abs=1e-12)
        assert row.share == pytest.approx(row.lmg / found.r2, rel=1e-12)
    assert found.same_order == pytest.approx(np.mean((ranks == [row.rank for row in found.term_rows]).all(axis=1)))


def test_an_unsure_order_is_named_and_both_languages_agree(r):
    x = np.random.default_rng(5).normal(size=(60, 5))
    found = dominance("x1 ~ x2 + x3 + x4 + x5", x, resamples=200)
    assert "importance.order_unsure" in [each.code for each in found.cautions]
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    for result, views in ((found, ("", "pairs")), (lmg(FORMULA, r["data"]), ("",))):
        for shown in [[table(result, lang, view) for lang in ("vi", "en")] for view in views] + [
            [narrate(result, lang) for lang in ("vi", "en")]
        ]:
            ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in shown]
            assert ids[0] == ids[1]
            assert "inference." not in str(shown[0]) + str(shown[1])


def test_a_category_is_one_term():
    rng = np.random.default_rng(1)
    x = {"y": rng.normal(size=60), "a": rng.normal(size=60), "g": list("uvw" * 20)}
    found = dominance("y ~ a + g", x, resamples=100)
    assert [row.term for row in found.term_rows] == ["a", "g"]
    assert found.term_rows[0].relative_weight is None


def test_many_terms_have_no_intervals_and_say_so():
    x = np.random.default_rng(1).normal(size=(60, 14))
    found = dominance("x14 ~ " + " + ".join(f"x{j}" for j in range(1, 14)), x)
    assert (found.resamples, found.term_rows[0].low) == (0, None)
    assert "importance.no_intervals" in [each.code for each in found.cautions]
