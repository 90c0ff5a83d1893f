"""Rubin's rules against exact arithmetic and mice, their limits, and what cannot be pooled."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.pool import pool, rubin
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict

numbers = st.lists(st.integers(-50, 50), min_size=2, max_size=8)


def refusal(function):
    try:
        function()
    except ModelError as error:
        return error.code
    return None


@settings(deadline=None, max_examples=60)
@given(numbers, st.integers(1, 20), st.integers(3, 500))
def test_rules_hold_in_rational_arithmetic(estimates, error, df):
    m = len(estimates)
    mean = Fraction(sum(estimates), m)
    between = sum((Fraction(each) - mean) ** 2 for each in estimates) / (m - 1)
    within = Fraction(error**2)
    total = within + (1 + Fraction(1, m)) * between
    share = (1 + Fraction(1, m)) * between / total
    observed = Fraction(df + 1, df + 3) * df * (1 - share)
    freedom = observed if not share else 1 / (share**2 / (m - 1) + 1 / observed)
    riv = (1 + Fraction(1, m)) * between / within
    fmi = (riv + 2 / (freedom + 3)) / (1 + riv)
    if freedom < 0.01 and refusal(lambda: rubin("x", estimates, [error] * m, df)) == "pool.no_information":
        return
    row = rubin("x", estimates, [error] * m, df)
    ours = [row.b, row.se**2, row.within, row.between, row.df, row.riv, row.fmi]
    exact = [mean, total, within, between, freedom, riv, fmi]
    assert ours == pytest.approx([float(each) for each in exact], rel=1e-10, abs=1e-12)


@pytest.mark.parametrize(("case", "formula"), [("three", "Ozone ~ Solar.R + Wind + Temp"), ("one", "Temp ~ Ozone")])
def test_pooled_regressions_are_those_of_mice(reference, case, formula):
    r = reference("pool")
    theirs = r[case]
    sets = [{name.replace(".", "_"): column for name, column in each.items()} for each in r["sets"]]
    found = pool([ols(formula.replace(".", "_"), each) for each in sets])
    names = ("b", "se", "t", "df", "p", "low", "high", "within", "between", "riv", "fmi")
    ours = found.coefficients[["statistic" if name == "t" else name for name in names]].T
    np.testing.assert_allclose(ours, [theirs[name] for name in names], rtol=1e-9, atol=1e-14)
    assert found.r2 == pytest.approx(theirs["r2"], rel=1e-9)


@pytest.mark.parametrize("at", [0, 1, 2])
def test_bare_numbers_are_pooled_as_by_pool_scalar(reference, at):
    r = reference("pool")["scalar"][at]
    row = rubin("x", r["Q"], r["se"], r["n"] - r["k"])
    ours = [row.b, row.se**2, row.within, row.between, row.df, row.riv, row.fmi]
    theirs = [r[name] for name in ("b", "total", "within", "between", "df", "riv", "fmi")]
    assert ours == pytest.approx(theirs, rel=1e-10)


def test_nothing_missing_gives_the_estimate_itself():
    x = {"y": [1.0, 3.0, 2.0, 5.0, 4.0, 7.0], "a": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
    one = ols("y ~ a", x)
    found = pool([one, one, one])
    for ours, theirs in zip(found.coefficient_rows, one.coefficient_rows, strict=True):
        assert (ours.b, ours.se, ours.between) == pytest.approx((theirs.b, theirs.se, 0.0))
        assert ours.df == pytest.approx((theirs.df + 1) / (theirs.df + 3) * theirs.df)
    assert found.r2 == pytest.approx(one.fit.r2)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_what_does_not_belong_together_is_refused():
    x = {"y": [1.0, 3.0, 2.0, 5.0], "a": [1.0, 2.0, 3.0, 4.0], "b": [2.0, 1.0, 1.0, 3.0]}
    assert refusal(lambda: pool([ols("y ~ a", x)])) == "pool.too_few"
    assert refusal(lambda: pool([ols("y ~ a", x), ols("y ~ b", x)])) == "pool.different"
    assert refusal(lambda: rubin("a", [1, 2], [0, 0], 5)) == "pool.no_error"
    assert refusal(lambda: rubin("a", [1], [1], 5)) == "pool.too_few"
    assert refusal(lambda: rubin("a", [1e4, -1e4], [1e-2, 1e-2], 3)) == "pool.no_information"


def test_too_few_imputations_for_what_is_missing_are_said():
    x = {"y": [1.0, 3.0, 2.0, 5.0, 4.0], "a": [1.0, 2.0, 3.0, 4.0, 5.0]}
    other = {**x, "a": [5.0, 2.0, 3.0, 4.0, 1.0]}
    assert [each.code for each in pool([ols("y ~ a", x), ols("y ~ a", other)]).cautions] == ["pool.few_imputations"]
