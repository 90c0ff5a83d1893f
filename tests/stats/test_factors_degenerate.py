"""Degenerate answers that other programs factor in silence: here each is refused or cautioned, by name.

KMO, Bartlett's test, EFA and the rules for the number of factors; every case also has its sentence in both languages.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis import errors
from analysis.errors import ModelError
from analysis.report.words import sentence
from analysis.stats.discriminant import fornell_larcker, htmt
from analysis.stats.factor_number import retention
from analysis.stats.factor_scores import factor_scores
from analysis.stats.factorability import anti_image, bartlett, kmo
from analysis.stats.factors import efa
from analysis.stats.method_bias import common_method
from analysis.stats.moments import Moments, moments
from analysis.stats.retention import map_test, parallel_analysis

TWO = {"A": ["q0", "q1", "q2"], "B": ["q3", "q4", "q5"]}


def shuffled(x):
    return parallel_analysis(x, rng=np.random.default_rng(1), reps=20, chance="permutation")


VERBS = (kmo, anti_image, bartlett, efa, map_test, shuffled, lambda x: retention(x, reps=20))


def refused(function):
    with pytest.raises(ModelError) as caught:
        function()
    found = caught.value.problems[0]
    for lang in ("vi", "en"):
        said = sentence(found, lang)
        assert found.code not in said
        assert "{" not in said
    return found.code, dict(found.slots)


def test_a_heywood_case_is_flagged_with_its_item_by_every_method_of_common_factors():
    """Communality of the unrotated loadings, as of .995; five factors of eight items gave others 1.2 and 1.3."""
    rng = np.random.default_rng(4)
    x = pd.DataFrame(rng.normal(size=(60, 8)), columns=[f"q{j}" for j in range(8)])
    x["q1"] = 0.995 * x["q0"] + 0.1 * x["q1"]
    for method in ("minres", "ml", "paf"):
        found = efa(x, 3, method=method, rotation="none")
        over = [row.item for row in found.communality_rows if row.extraction >= 0.995 - 1e-9]
        said = [each for each in found.cautions if each.code == "factors.heywood"]
        assert over
        assert said[0].get("items") == tuple(over)
        assert said[0].severity == "warning"
    assert refused(lambda: efa(x, 5, method="minres"))[0] == "factors.count"


@pytest.mark.parametrize("verb", VERBS)
def test_fewer_rows_than_items_is_refused_with_the_rule(items, verb):
    assert refused(lambda: verb(items.iloc[:4])) == ("factors.too_few_rows", {"n": 4, "k": 6})


def test_few_rows_for_the_items_is_a_caution_with_the_number_advised(items):
    for verb in (kmo, bartlett, efa, map_test, anti_image):
        said = next(each for each in verb(items.iloc[:20]).cautions if each.code == "factors.small_n")
        assert (said.get("n"), said.get("least")) == (20, 30)


@pytest.mark.parametrize("verb", VERBS)
def test_rows_with_a_gap_are_left_out_and_counted_never_filled(items, verb):
    items.iloc[[3, 9], [0, 4]] = np.nan
    found = verb(items)
    assert (found.n, found.dropped) == (58, 2)
    said = next(each for each in found.cautions if each.code == "rows.excluded")
    assert (said.get("dropped"), said.get("n"), said.get("total")) == (2, 58, 60)
    alone = verb(items.dropna())
    for name in ("overall", "chi2", "eigenvalues"):
        if hasattr(found, name):
            assert getattr(found, name) == getattr(alone, name)


def test_pairwise_correlations_that_no_data_can_have_are_refused_with_the_eigenvalue():
    x = pd.DataFrame({"a": [1.0, 2, 3, 4] * 4, "b": [1.0, 2, 3, 4] * 2 + [np.nan] * 8, "c": [np.nan] * 16})
    x["c"] = [np.nan] * 4 + [4.0, 3, 2, 1] + [1.0, 2, 3, 4] * 2
    x.loc[:3, "b"] = [1, 3, 2, 4]
    m = moments(x, missing="pairwise")
    assert np.linalg.eigvalsh(m.corr)[0] < 0
    for verb in VERBS[:5]:
        code, slots = refused(lambda verb=verb: verb(m))
        assert code == "factors.not_positive_definite"
        assert slots["eigenvalue"] < 0


@pytest.mark.parametrize("verb", VERBS)
def test_a_duplicate_item_is_refused_with_both_names(items, verb):
    items["q6"] = 3 * items["q2"] - 1
    assert refused(lambda: verb(items)) == ("factors.duplicate_items", {"a": "q2", "b": "q6"})


@pytest.mark.parametrize("verb", VERBS)
def test_a_constant_item_and_a_sum_score_are_refused_by_name(items, verb):
    assert refused(lambda: verb(items.assign(flat=4))) == ("moments.no_variance", {"columns": ("flat",)})
    summed = items.assign(total=items.sum(axis=1))
    assert refused(lambda: verb(summed)) == ("factors.linear_relation", {"items": (*items, "total")})


def test_bartlett_never_says_zero_of_what_cannot_be_tested(items):
    """Others return chi-square = inf and p = 0 with n < p or a duplicate."""
    for bad in (items.iloc[:6], items.assign(q6=items["q0"])):
        assert refused(lambda bad=bad: bartlett(bad))[0] in ("factors.too_few_rows", "factors.duplicate_items")
    assert 0 < bartlett(items).p < 1


def test_all_constant_and_impossible_answers(items):
    constant = items * 0 + 3
    for verb in VERBS:
        assert refused(lambda verb=verb: verb(constant))[1]["columns"] == tuple(items)
    assert refused(lambda: efa(items.assign(q0=["3"] * 60)))[0] == "rows.text"
    assert refused(lambda: efa(items.assign(q0=np.inf)))[0] == "rows.infinite"


def test_constructs_refuse_what_factors_refuse(items):
    copied = items.assign(q4=items["q3"])
    assert refused(lambda: fornell_larcker(copied, TWO))[0] == "factors.duplicate_items"
    assert refused(lambda: common_method(copied, TWO))[0] == "factors.duplicate_items"
    assert refused(lambda: htmt(items.assign(q4=1), TWO)) == ("moments.no_variance", {"columns": ("q4",)})
    assert refused(lambda: htmt(items.iloc[:1], TWO))[0] == "moments.too_few_rows"


def test_scores_refuse_answers_of_other_items(items):
    solution = efa(items, 2, method="ml")
    assert refused(lambda: factor_scores(solution, items.drop(columns="q5")))[0] == "rows.unknown_column"
    with pytest.raises(errors.ModelError):
        factor_scores(solution, Moments(("q0", "q1"), 60, np.zeros(2), np.eye(2)))
