"""One factor by Newton's steps against the general search, slopes against differences, and cases at the bounds."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats import onefactor
from analysis.stats.manyfactors import extract_many
from analysis.stats.onefactor import one_factor_many


def resampled(n, items, times, seed=1):
    """Correlations of resamples of simulated answers, and the correlations of all rows."""
    rng = np.random.default_rng(seed)
    loadings = np.linspace(0.9, 0.5, items)
    x = rng.normal(size=(n, 1)) * loadings + rng.normal(size=(n, items)) * np.sqrt(1 - loadings**2)
    return np.array([np.corrcoef(x[rng.integers(0, n, n)].T) for _ in range(times)]), np.corrcoef(x.T)


@pytest.mark.parametrize("method", ["minres", "ml"])
@pytest.mark.parametrize(("n", "items"), [(300, 6), (60, 4), (200, 12)])
def test_the_minima_are_those_of_the_general_search(method, n, items):
    drawn, whole = resampled(n, items, 60)
    near = one_factor_many(drawn, extract_many(whole[None], 1, "minres").loadings[0, :, 0], "minres").loadings[:, :, 0]
    found, general = one_factor_many(drawn, near, method), extract_many(drawn, 1, method)
    assert found.converged.all()
    np.testing.assert_allclose(np.abs(found.loadings), np.abs(general.loadings), atol=1e-7)


@pytest.mark.parametrize("method", ["minres", "ml"])
def test_heywood_cases_are_left_to_the_search_that_keeps_bounds(method):
    """An item that its factor explains more than completely: r_12 r_13 > r_23."""
    corr = np.array([[1, 0.8, 0.7, 0.5], [0.8, 1, 0.4, 0.3], [0.7, 0.4, 1, 0.35], [0.5, 0.3, 0.35, 1]])[None]
    found, general = one_factor_many(corr, np.full(4, 0.7), method), extract_many(corr, 1, method)
    np.testing.assert_allclose(np.abs(found.loadings), np.abs(general.loadings), atol=1e-12)
    assert (1 - found.loadings[0, 0, 0] ** 2) < 0.01


def test_a_start_that_leads_nowhere_still_ends_at_the_minimum():
    drawn, _ = resampled(100, 5, 10)
    for near in (np.zeros(5), np.array([5.0, -3.0, 0.1, 9.0, 0.0])):
        for method in ("minres", "ml"):
            found = one_factor_many(drawn, near, method)
            np.testing.assert_allclose(
                np.abs(found.loadings), np.abs(extract_many(drawn, 1, method).loadings), atol=1e-7
            )


@pytest.mark.parametrize("method", ["minres", "ml"])
def test_slopes_and_curvatures_are_those_of_the_objective(method):
    rng = np.random.default_rng(2)
    corr = resampled(100, 5, 1)[0]
    x = np.full(5, 0.6) + 0.1 * rng.normal(size=5)
    slopes = onefactor._least_squares if method == "minres" else onefactor._likelihood
    x = x if method == "minres" else np.concatenate([x, rng.uniform(0.4, 0.8, 5)])

    def objective(p):
        loading = p[:5]
        if method == "minres":
            residual = (corr[0] - np.outer(loading, loading))[np.tril_indices(5, -1)]
            return (residual**2).sum() / 2
        implied = np.outer(loading, loading) + np.diag(p[5:])
        return np.linalg.slogdet(implied)[1] + np.trace(corr[0] @ np.linalg.inv(implied))

    slope, curvature = (each[0] for each in slopes(corr, x[None]))
    step, one = 1e-4, np.eye(len(x))
    np.testing.assert_allclose(
        slope, [(objective(x + step * e) - objective(x - step * e)) / (2 * step) for e in one], atol=1e-6
    )
    beside = [
        (slopes(corr, (x + step * e)[None])[0][0] - slopes(corr, (x - step * e)[None])[0][0]) / (2 * step) for e in one
    ]
    np.testing.assert_allclose(curvature, beside, atol=1e-5)
    np.testing.assert_allclose(curvature, curvature.T, atol=1e-12)
