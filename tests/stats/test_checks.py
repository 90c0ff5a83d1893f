"""White, RESET, added squares, DFFITS, DFBETAS and condition indices against R."""

import json

import numpy as np
import pytest

from analysis.report.block import numbers
from analysis.report.verbs import narrate, table
from analysis.stats.diagnostics import conditions, diagnose, influence, linearity, reset, white
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict


@pytest.fixture
def r(reference):
    return reference("checks")


@pytest.fixture
def fitted(r):
    return ols("rating ~ complaints + learning + advance", r["data"])


def test_white_and_reset_match_lmtest(r, fitted):
    for [row], name in ((white(fitted), "white"), (reset(fitted), "reset")):
        assert [row.statistic, row.df, row.p] == pytest.approx(r[name], rel=1e-8)


def test_added_squares_match_anova(r, fitted):
    found = linearity(fitted)
    np.testing.assert_allclose([[row.statistic, row.p] for row in found], r["squares"], rtol=1e-8)
    assert [row.name for row in found] == ["linearity:complaints", "linearity:learning", "linearity:advance"]


def test_dffits_and_dfbetas_match_base_r(r, fitted):
    found = {row.measure: row for row in influence(fitted)}
    assert found["dffits"].largest == pytest.approx(r["dffits"], rel=1e-9)
    assert found["dfbetas"].largest == pytest.approx(r["dfbetas"], rel=1e-9)
    assert found["dfbetas"].beyond == r["dfbetas_beyond"]


def test_condition_indices_and_shares_match_svd(r, fitted):
    found = conditions(fitted)
    np.testing.assert_allclose([row.index for row in found], r["index"], rtol=1e-9)
    terms = [row.term for row in fitted.coefficient_rows]
    for row, shares in zip(found, r["shares"], strict=True):
        expected = {term: share for term, share in zip(terms, shares, strict=True) if share > 0.5}
        assert dict(zip(row.terms, row.shares, strict=True)) == pytest.approx(expected, rel=1e-8)


def test_a_bend_is_named_and_categories_are_not_squared():
    rng = np.random.default_rng(1)
    a = rng.normal(size=200)
    x = {"a": a, "g": list("uv" * 100), "y": a**2 + a + rng.normal(size=200)}
    found = diagnose(ols("y ~ a + g", x))
    assert {"diagnostics.not_linear", "diagnostics.curved"} <= {each.code for each in found.cautions}
    assert [row.name for row in found.test_rows if row.name.startswith("linearity")] == ["linearity:a"]
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_both_languages_hold_the_same_numbers(fitted):
    found = diagnose(fitted)
    for shown in [[table(found, lang, view) for lang in ("vi", "en")] for view in ("", "conditions")] + [
        [narrate(found, lang) for lang in ("vi", "en")]
    ]:
        ids = [[(n.record.id, n.record.value) for n in numbers(each.block)] for each in shown]
        assert ids[0] == ids[1]
        assert "inference." not in str(shown[0]) + str(shown[1])
