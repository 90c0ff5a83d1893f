"""All rules for the number of factors: the single statistics' numbers, agreement said, disagreement with its span."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.factor_number import retention
from analysis.stats.moments import Moments, moments
from analysis.stats.result import from_dict, to_dict
from analysis.stats.retention import map_test, parallel_analysis


def test_each_rule_is_its_own_statistic(items):
    found = retention(items, rng=np.random.default_rng(4), reps=60)
    rng = np.random.default_rng(4)
    for kind in ("pca", "fa"):
        for chance in ("normal", "permutation"):
            alone = parallel_analysis(items, rng=rng, reps=60, kind=kind, chance=chance)
            assert found.of(f"parallel_{kind}_{chance}") == alone.n_factors
    assert found.of("map") == map_test(items).n_factors
    assert found.of("kaiser") == 2
    counted = found.rules[found.rules["rule"] != "scree"]["n_factors"]
    assert (found.least, found.most) == (min(counted), max(counted))
    assert found.agree == (found.least == found.most)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_rules_agree_on_clean_bundles_without_a_caution():
    corr = np.kron(np.eye(3), np.full((4, 4), 0.5)) + np.diag(np.full(12, 0.5))
    found = retention(Moments(tuple(f"q{j}" for j in range(12)), 500, np.zeros(12), corr), reps=40)
    assert (found.agree, found.least, found.cautions) == (True, 3, ())
    assert found.of("parallel_pca_permutation") is None
    assert found.component_rows[0].permuted is None


def test_disagreement_is_a_caution_with_its_span(answers, shared):
    found = retention(answers["bfi25"], reps=40)
    theirs = shared("parallel")["bfi25"]
    assert (found.of("parallel_fa_normal"), found.of("parallel_pca_normal")) == (
        theirs["psych_nfact"],
        theirs["psych_ncomp"],
    )
    assert not found.agree
    assert found.cautions[0].code == "factors.rules_differ"
    assert (found.cautions[0].get("least"), found.cautions[0].get("most")) == (found.least, found.most)


def test_the_bend_is_where_the_second_difference_is_largest():
    corr = np.kron(np.eye(2), np.full((3, 3), 0.6)) + np.diag(np.full(6, 0.4))
    m = Moments(tuple("abcdef"), 200, np.zeros(6), corr)
    assert retention(m, reps=20).of("scree") == 2  # eigenvalues 2.2 2.2 .4 .4 .4 .4: differences 0 -1.8 0 0 0
    assert retention(m, ["a", "b"], reps=20).of("scree") is None


def test_shuffled_answers_give_the_published_quantiles(shared, shared_dir):
    file = shared_dir / "data" / "psychometrics_core" / "csv" / "HolzingerSwineford1939.csv"
    x = pd.read_csv(file)[[f"x{j}" for j in range(1, 10)]]
    r = shared("parallel")["HS9"]
    found = parallel_analysis(x, rng=np.random.default_rng(1), chance="permutation", reps=400)
    np.testing.assert_allclose(found.components["mean"], r["perm_mean"], atol=0.012)  # three Monte-Carlo errors
    np.testing.assert_allclose(found.components["quantile"], r["perm_q95"], atol=0.03)
    assert found.n_factors == 3


def test_shuffling_keeps_each_item_and_needs_rows(items):
    with pytest.raises(ModelError) as caught:
        parallel_analysis(moments(items), rng=np.random.default_rng(1), chance="permutation")
    assert caught.value.code == "factors.permutation_needs_rows"
    items.iloc[0, 0] = np.nan
    found = parallel_analysis(items, rng=np.random.default_rng(1), chance="permutation", reps=20)
    assert (found.n, found.chance) == (59, "permutation")
    with pytest.raises(ModelError):
        parallel_analysis(items, rng=np.random.default_rng(1), chance="shuffle")
