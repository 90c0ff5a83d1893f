"""Tests of parallel lines against R: Brant's by its formula, likelihood ratios by the package ordinal."""

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.ordinal import ordinal
from analysis.stats.parallel_lines import cumulative

FORMULA = "o ~ a + b + g"


@pytest.fixture
def r(reference):
    return reference("likelihood")


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("free", [False, True])
def test_slope_and_curvature_are_those_of_the_likelihood(link, free):
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(60, 2)), rng.integers(0, 4, 60)
    z = rng.normal(size=(60, 1)) if free else None
    at = np.array([-0.9, 0.1, 1.2, 0.3, -0.4, *([0.1, 0.05, 0.2] if free else [])])
    _, slope, curve = cumulative(at, x, y, link, z)
    step = 1e-5 * np.eye(len(at))
    values = [(cumulative(at + h, x, y, link, z), cumulative(at - h, x, y, link, z)) for h in step]
    np.testing.assert_allclose(slope, [(up[0] - down[0]) / 2e-5 for up, down in values], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(curve, [-(up[1] - down[1]) / 2e-5 for up, down in values], rtol=1e-6, atol=1e-6)


def test_brant_matches_its_formula(r):
    tests = {row.name: row for row in ordinal(FORMULA, r["data"]).test_rows}
    whole = tests["brant"]
    expected = (r["brant"]["X2"], r["brant"]["df"], r["brant"]["p"])
    assert (whole.statistic, whole.df, whole.p) == pytest.approx(expected, rel=1e-7)
    each = [tests[f"brant:{term}"].statistic for term in ("a", "b", "g[v]", "g[w]")]
    assert each == pytest.approx(r["brant"]["each"], rel=1e-7)


@pytest.mark.parametrize("link", ["logit", "probit"])
@pytest.mark.parametrize("case", ["wine", "simulated", "infert"])
def test_likelihood_ratios_are_those_of_clm(reference, case, link):
    """A factor of two levels in `wine` runs to infinity at one threshold: the ratio has a limit all the same."""
    r = reference("clm")[case]
    theirs = r[link]["nominal"]
    found = ordinal(r["formula"], r["data"], link=link, lines="likelihood").test_rows
    assert [row.name for row in found] == [f"parallel:{term}" for term in theirs["term"]]
    assert [row.df for row in found] == theirs["df"]
    assert [row.statistic for row in found] == pytest.approx(theirs["lr"], rel=1e-6, abs=1e-7)
    assert [row.p for row in found] == pytest.approx(theirs["p"], rel=1e-6)


def test_a_factor_whose_lines_are_not_parallel_is_named(reference):
    r = reference("clm")["infert"]
    found = ordinal(r["formula"], r["data"], link="probit")
    (note,) = [each for each in found.cautions if each.code == "ordinal.factor_not_parallel"]
    assert note.get("term") == "parity"


def test_brant_is_not_a_test_of_probits(r):
    with pytest.raises(ModelError) as caught:
        ordinal(FORMULA, r["data"], link="probit", lines="brant")
    assert caught.value.code == "ordinal.brant_of_logits"
