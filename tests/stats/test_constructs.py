"""Composite reliability and average variance extracted: from loadings, factors and answers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.constructs import ave, composite_reliability
from analysis.stats.factors import efa
from analysis.stats.moments import Moments
from analysis.stats.omega import omega
from analysis.stats.result import from_dict, to_dict


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code


@settings(deadline=None)
@given(st.lists(st.integers(100, 1000), min_size=1, max_size=12))
def test_both_are_their_exact_formulas(thousandths):
    loadings = [Fraction(each, 1000) for each in thousandths]
    shared = sum(loadings) ** 2
    cr = shared / (shared + sum(1 - each**2 for each in loadings))
    share = sum(each**2 for each in loadings) / len(loadings)
    ours = [float(each) for each in loadings]
    assert abs(Fraction(composite_reliability(ours).of("F1").value) - cr) < Fraction(1, 10**12)
    assert abs(Fraction(ave(ours).of("F1").value) - share) < Fraction(1, 10**12)


def test_of_answers_they_are_those_of_one_factor(reference):
    r = reference("omega")["likert"]
    data = pd.DataFrame(r["data"])
    constructs = {"A": ["q1", "q2", "q3"], "B": ["q4", "q5", "q6", "q7"]}
    found = composite_reliability(data, constructs)
    standardised = (data - data.mean()) / data.std()
    for row in found.construct_rows:
        expected = omega(standardised, constructs[row.construct], resamples=0).congeneric.value
        assert row.value == pytest.approx(expected, rel=1e-9)
    assert found.n == r["n"]
    whole = composite_reliability(data, {"all": list(data)}).construct_rows[0]
    np.testing.assert_allclose(whole.loadings, r["congeneric"]["loadings"], atol=1e-5)


def test_of_a_factor_solution_each_item_counts_where_it_weighs_most(items):
    solution = efa(items, 2, method="ml", rotation="varimax")
    found = ave(solution)
    assert sorted(row.k for row in found.construct_rows) == [3, 3]
    loadings = solution.loadings.to_numpy()
    own = np.abs(loadings).max(axis=1)
    assert sum(row.value * row.k for row in found.construct_rows) == pytest.approx((own**2).sum(), rel=1e-12)
    assert from_dict(to_dict(found)) == found


def test_printed_loadings_by_name():
    found = composite_reliability({"TR": [0.8, 0.7, 0.6], "PU": [0.9, -0.9, 0.9]})
    assert [row.construct for row in found.construct_rows] == ["TR", "PU"]
    assert [each.code for each in found.cautions] == ["constructs.mixed_signs"]
    assert list(found.table.columns) == ["construct", "k", "loadings", "value"]


def test_what_has_no_loadings_is_refused(scale):
    assert refusal(lambda: ave({"A": []})) == "constructs.empty"
    assert refusal(lambda: ave([0.5, 1.2])) == "constructs.loadings"
    assert refusal(lambda: ave([0.5, float("nan")])) == "constructs.loadings"
    assert refusal(lambda: ave({})) == "constructs.none"
    assert refusal(lambda: ave(3)) == "constructs.none"
    assert refusal(lambda: ave("loadings")) == "constructs.none"
    assert refusal(lambda: ave(scale)) == "constructs.none"
    assert refusal(lambda: ave(scale, {"A": ["q1", "q2"]})) == "omega.not_identified"
    assert refusal(lambda: ave(Moments.from_printed([[1]], n=5, names=["a"]))) == "constructs.none"
