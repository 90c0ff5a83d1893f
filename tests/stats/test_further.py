"""Models through statsmodels against R: several answers, counts, outliers, quantiles."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.further import multinomial, negative_binomial, poisson, quantile_regression, robust_regression
from analysis.stats.result import from_dict, to_dict


@pytest.fixture
def r(reference):
    return reference("likelihood")


def test_multinomial_matches_nnet(r):
    found = multinomial("m ~ a + b", r["data"])
    np.testing.assert_allclose(found.coefficients["b"], np.ravel(r["multinom"]["b"]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.coefficients["se"], np.ravel(r["multinom"]["se"]), rtol=1e-4)
    assert found.fit.loglik == pytest.approx(r["multinom"]["loglik"], rel=1e-9)


def test_poisson_matches_glm_and_says_that_counts_spread_more(r):
    found = poisson("c ~ a + b", r["data"])
    np.testing.assert_allclose(found.coefficients["b"], r["poisson"]["b"], rtol=1e-8)
    np.testing.assert_allclose(found.coefficients["se"], r["poisson"]["se"], rtol=1e-8)
    assert found.fit.aic == pytest.approx(r["poisson"]["aic"], rel=1e-10)
    assert [each.code for each in found.cautions][-1] == "further.overdispersed"


def test_negative_binomial_matches_mass(r):
    found = negative_binomial("c ~ a + b", r["data"])
    np.testing.assert_allclose(found.coefficients["b"][:3], r["nb"]["b"], rtol=1e-4, atol=1e-6)
    assert found.coefficient_rows[3].b == pytest.approx(1 / r["nb"]["theta"], rel=1e-4)
    assert found.fit.loglik == pytest.approx(r["nb"]["loglik"], rel=1e-8)


def test_huber_matches_mass(r):
    found = robust_regression("l ~ a + b", r["data"])
    np.testing.assert_allclose(found.coefficients["b"], r["rlm"]["b"], rtol=5e-3)  # k 1.345, scale's centre differs


def test_median_matches_quantreg(r):
    found = quantile_regression("l ~ a + b", r["data"])
    np.testing.assert_allclose(found.coefficients["b"], r["rq"], rtol=1e-9)


@pytest.mark.parametrize("case", ["stackloss", "stars", "coleman"])
def test_huber_is_that_of_rlm_but_for_its_rounded_constants(reference, case):
    """MASS divides the MAD by 0.6745 (rounded) and takes var(psi') over n - 1 in Huber's factor."""
    r = reference("robust")[case]
    found = robust_regression(r["formula"], r["data"])
    np.testing.assert_allclose(found.coefficients["b"], r["rlm"]["b"], rtol=1e-5)
    kept = found.as_statsmodels()
    assert kept.scale * 0.6744897501960817 / 0.6745 == pytest.approx(r["rlm"]["scale"], rel=1e-5)
    inside = np.abs(np.asarray(kept.resid)) <= 1.345 * kept.scale
    n, k = len(inside), len(r["rlm"]["b"])
    factor = [1 + k / n * inside.var(ddof=ddof) / inside.mean() ** 2 for ddof in (0, 1)]
    np.testing.assert_allclose(found.coefficients["se"] * factor[1] / factor[0], r["rlm"]["se"], rtol=1e-4)


@pytest.mark.parametrize("case", ["stackloss", "stars", "coleman"])
@pytest.mark.parametrize(("quantile", "name"), [(0.25, "q25"), (0.5, "q50"), (0.75, "q75")])
def test_quantiles_are_those_of_quantreg(reference, case, quantile, name):
    r = reference("robust")[case]
    theirs = r["quantiles"][name]
    found = quantile_regression(r["formula"], r["data"], quantile=quantile)
    np.testing.assert_allclose(found.coefficients["b"], theirs["b"], rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(found.coefficients["se"], theirs["se"], rtol=1e-9)
    kept = found.as_statsmodels()
    np.testing.assert_allclose(kept.params, theirs["b"], rtol=1e-4, atol=1e-4)  # iterated, not solved


def test_refusals_and_json(r):
    for function, code in (
        (lambda: poisson("l ~ a", r["data"]), "further.counts"),
        (lambda: quantile_regression("l ~ a", r["data"], quantile=1.2), "further.quantile"),
        (lambda: multinomial("y ~ a", r["data"]), "further.three_answers"),
        (lambda: robust_regression("l ~ a + (1 | g)", r["data"]), "regression.groups_need_mixed"),
    ):
        with pytest.raises(ModelError) as caught:
            function()
        assert caught.value.code == code
    found = poisson("c ~ a", r["data"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
