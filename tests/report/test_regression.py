"""A regression outside its chapter, with each kind of errors, in both languages with the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import figure, moments, narrate, ols, table, wild_bootstrap
from analysis.report.block import numbers

VCOVS = ["classical", "HC0", "HC1", "HC2", "HC3", "HC4", ("cluster", "u"), ("CR2", "u"), ("cluster", "u", "v")]


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(1)
    found = {"a": rng.normal(size=90), "b": rng.normal(size=90), "u": np.arange(90) % 10, "v": np.arange(90) // 9}
    return {**found, "y": found["a"] + rng.normal(size=90)}


def same_in_both(result, verb, view=""):
    shown = [verb(result, lang, view) for lang in ("vi", "en")]
    ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in shown]
    assert ids[0] == ids[1]
    for each in shown:
        assert not {"nan", "inf", "None"} & set(str(each).split())
        assert "inference." not in str(each)
    return str(shown[1])


@pytest.mark.parametrize("vcov", VCOVS)
def test_every_kind_of_errors_is_named(x, vcov):
    result = ols("y ~ a + b", x, vcov=vcov)
    for verb, view in ((table, ""), (table, "fit"), (figure, ""), (narrate, "")):
        said = same_in_both(result, verb, view)
        if view == "" and vcov != "classical":
            assert any(word in said for word in ("robust", "clusters", "clustered"))


def test_from_moments_it_says_so(x):
    said = same_in_both(ols("y ~ a + b", moments(x, ["y", "a", "b"])), narrate)
    assert "from means and covariances" in said
    assert "“a” is related to the outcome" in said
    assert "For “b” the data hold too little evidence" in said


@pytest.mark.parametrize("weights", ["webb", "rademacher"])
def test_the_bootstrap_says_how_many_draws(x, weights):
    result = wild_bootstrap("y ~ a + b", x, cluster="u", weights=weights, resamples=1999)
    assert same_in_both(result, table)
    assert ("1,999 draws" in same_in_both(result, narrate)) == (weights == "webb")
