"""BCa and percentile intervals of omega: against R on the same resamples, and against refits one by one."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.general_factor import factored
from analysis.stats.manyfactors import extract_many
from analysis.stats.omega import omega
from analysis.stats.omega_intervals import Centre, Resampled, coefficients, resampled
from analysis.stats.resample import left_out, units

MODULUS = 2**31 - 1


def park_miller(seed, n, resamples):
    """Rows of resamples as `make.R` draws them: whole numbers, the same in every language."""
    state, drawn = seed, np.empty(resamples * n, dtype=int)
    for at in range(len(drawn)):
        state = 16807 * state % MODULUS
        drawn[at] = state % n
    return drawn.reshape(resamples, n)


def centre_of(x, groups):
    corr = np.corrcoef(x.T)
    return Centre(factored(corr, groups), extract_many(corr[None], 1, "ml"))


def from_r(r, groups):
    """Values of R's resamples, of the jackknife, and the intervals that follow."""
    x = np.array(r["x"])
    centre = centre_of(x, groups)
    drawn = coefficients(np.array([np.cov(x[at].T) for at in park_miller(r["seed"], len(x), r["resamples"])]), centre)
    of = units(x)
    without = coefficients(np.concatenate([of.covariances(each) for each in left_out(of)]), centre)
    return omega(x, n_factors=groups, resamples=0), Resampled(drawn, without, of.times, r["resamples"], "bca"), of


@pytest.mark.parametrize("name", ["total", "congeneric"])
def test_every_refit_and_the_limits_are_those_of_r(reference, name):
    r = reference("omega_bca")["one_factor"]
    full, found, of = from_r(r, 1)
    theirs = r[name]
    value = getattr(full, name).value
    assert value == pytest.approx(theirs["value"], abs=1e-8)
    np.testing.assert_allclose(found.values[name], theirs["drawn"], atol=1e-7)  # optim stops at 1e-16 of f
    np.testing.assert_allclose(np.sort(np.repeat(found.without[name], of.times.astype(int))),
                               np.sort(theirs["without"]), atol=1e-7)  # fmt: skip
    estimate = found.estimate(name, value, 0.95)
    assert [estimate.low, estimate.high] == pytest.approx(theirs["bca"], abs=1e-6)
    assert estimate.method == "bca"


@pytest.mark.parametrize("name", ["total", "hierarchical"])
def test_three_group_factors_are_those_of_psych(reference, name):
    r = reference("omega_bca")["three_groups"]
    full, found, _ = from_r(r, 3)
    theirs = r[name]
    assert getattr(full, name).value == pytest.approx(theirs["value"], abs=5e-5)
    away = np.abs(found.values[name] - theirs["drawn"])
    assert np.sum(away > 5e-5) <= 2  # resamples whose general factor is a Heywood case: psych's optimiser stops early
    assert away.max() < 1e-3
    estimate = found.estimate(name, getattr(full, name).value, 0.95)
    assert [estimate.low, estimate.high] == pytest.approx(theirs["bca"], abs=5e-5)


@pytest.mark.parametrize("items", [4, 6, 7])
def test_a_resample_of_every_row_once_is_the_estimate(items):
    rng = np.random.default_rng(11)
    trait = rng.normal(size=(200, 1))
    bundles = rng.normal(size=(200, 3))[:, np.arange(items) % 3]
    x = trait + bundles + rng.normal(size=(200, items))
    found = omega(x, resamples=0)
    drawn = coefficients(np.cov(x.T)[None], centre_of(x, found.n_factors))
    for name in ("total", "hierarchical", "congeneric"):
        assert drawn[name][0] == pytest.approx(getattr(found, name).value, abs=2e-5), name


def test_bca_is_that_of_refits_one_by_one(scale):
    """The whole word, resamples and rows left out, against `omega` of each by itself and Efron's formula."""
    from scipy import stats

    from analysis.stats.resample import SEED, draws

    x = scale.to_numpy(dtype=float)
    found = omega(x, ci="bca", resamples=60).congeneric
    of = units(x)
    distinct = np.unique(x, axis=0)
    weights = next(iter(draws(of, 60, np.random.default_rng(SEED)))).astype(int)
    alone = [omega(np.repeat(distinct, line, axis=0), resamples=0).congeneric.value for line in weights]
    without = np.array([omega(np.delete(x, i, axis=0), resamples=0).congeneric.value for i in range(len(x))])
    away = without.mean() - without
    growth = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    bias = stats.norm.ppf(np.mean(np.array(alone) < found.value))
    z = bias + stats.norm.ppf([0.025, 0.975])
    bounds = np.quantile(alone, stats.norm.cdf(bias + z / (1 - growth * z)))
    assert [found.low, found.high] == pytest.approx(bounds.tolist(), abs=1e-8)


def test_resamples_without_a_solution_are_left_out_and_said():
    rng = np.random.default_rng(3)
    x = np.round(rng.normal(size=(60, 1)) + rng.normal(size=(60, 4)))
    centre = centre_of(x, 1)
    flat = np.cov(x.T)
    flat[:, 0] = flat[0] = 0.0
    copied = np.cov(np.column_stack([x[:, :3], x[:, 0]]).T)
    found = coefficients(np.array([np.cov(x.T), flat, copied]), centre)
    assert np.isnan(found["total"]).tolist() == [False, True, True]
    none = resampled(x[:5], centre, 40, "bca")  # five rows of four items: what is drawn has no inverse
    assert none.kept == 0
    assert [each.code for each in none.cautions()] == ["resample.too_few"]
    estimate = none.estimate("total", 0.5, 0.95)
    assert (estimate.low, estimate.method) == (None, "none")


def test_more_resamples_do_not_need_more_rows_left_out(scale):
    x = scale.to_numpy(dtype=float)
    centre = centre_of(x, 1)
    found = resampled(x, centre, 50, "bca")
    assert found.times.sum() == len(x)
    assert len(resampled(x, centre, 50, "percentile").times) == 0
