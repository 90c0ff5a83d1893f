"""Slopes and curvatures of the discrepancies are the derivatives of their values."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.sem.discrepancy import FullInformation, MaximumLikelihood, generalised, unvech, unweighted, vech
from analysis.stats.sem.matrices import Implied
from analysis.stats.sem.patterns import deviance, patterns, saturated

from .derivative import differences

P = 4


def incomplete():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, P)) + rng.normal(size=(60, 1))
    x[rng.random(x.shape) < 0.2] = np.nan
    return x[~np.isnan(x).all(axis=1)]


FOUND = patterns(incomplete())
MEAN, COV = saturated(FOUND, P)
KINDS = {
    "ml": MaximumLikelihood(MEAN, COV, True),
    "gls": generalised(MEAN, COV, True),
    "uls": unweighted(MEAN, COV, True),
    "fiml": FullInformation(FOUND, MEAN, COV),
}


def implied(moments):
    cov = unvech(moments[P:], P)
    return Implied(cov, moments[:P], cov, moments[:P], np.eye(P))


AWAY = np.concatenate([MEAN + 0.1, vech(COV * 1.2)])


@pytest.mark.parametrize("kind", KINDS)
def test_the_slope_is_that_of_the_value(kind):
    each = KINDS[kind]
    numeric = differences(lambda moments: np.array([each.value(implied(moments))]), AWAY)[0]
    np.testing.assert_allclose(each.slope(implied(AWAY)), numeric, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
def test_the_value_is_zero_at_the_sample_and_nowhere_less(kind):
    here = np.concatenate([MEAN, vech(COV)])
    assert KINDS[kind].value(implied(here)) == pytest.approx(0, abs=1e-12)
    assert KINDS[kind].value(implied(AWAY)) > 0


def test_the_curvature_of_full_information_is_that_of_its_slope():
    each = KINDS["fiml"]
    numeric = differences(lambda moments: each.slope(implied(moments)), AWAY) / 2
    np.testing.assert_allclose(each.curvature(implied(AWAY)), numeric, atol=1e-8)


def test_em_stops_where_the_likelihood_is_greatest():
    slope = KINDS["fiml"].slope(implied(np.concatenate([MEAN, vech(COV)])))
    assert np.abs(slope).max() < 1e-8
    assert deviance(FOUND, MEAN, COV) < deviance(FOUND, MEAN + 0.01, COV)


def test_the_weight_is_half_the_second_derivative_at_the_sample():
    each = KINDS["ml"]
    here = np.concatenate([MEAN, vech(COV)])
    numeric = differences(lambda moments: each.slope(implied(moments)), here) / 2
    np.testing.assert_allclose(each.weight(implied(here)), numeric, atol=1e-7)
