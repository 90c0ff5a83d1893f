"""Asymptotic covariances of thresholds and polychorics against lavaan, and as repeated samples show them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.contingency import contingency
from analysis.stats.ordinal_moments import ordinal_moments
from analysis.stats.polychoric import polychoric


@pytest.fixture(scope="module")
def values(reference):
    return reference("polychoric")


@pytest.mark.parametrize(
    ("case", "missing"), [("complete", "listwise"), ("listwise", "listwise"), ("pairwise", "pairwise")]
)
def test_gamma_matches_lavaan(values, case, missing):
    r = values["lavaan"][case]
    x = pd.DataFrame(values["data"] if case == "complete" else values["holes"], dtype=float)
    found = ordinal_moments(x, missing=missing)
    np.testing.assert_allclose(found.gamma, r["gamma"], atol=2e-7)  # entries up to 28; lavaan's correlations to 2e-8
    np.testing.assert_allclose(found.statistics[:-21], r["th"], atol=1e-12)
    assert found.n == r["n"]


def test_its_diagonal_holds_the_errors_that_tables_alone_give(values):
    for missing in ("listwise", "pairwise"):
        found = ordinal_moments(pd.DataFrame(values["holes"], dtype=float), missing=missing)
        errors = np.sqrt(np.diag(found.gamma)[-21:] / found.n)
        np.testing.assert_allclose(errors, found.source.pairs["se"], rtol=1e-12)


def test_batches_are_added(values):
    x = pd.DataFrame(values["holes"], dtype=float)
    for missing in ("listwise", "pairwise"):
        parts = [x.iloc[:3], x.iloc[3:120], x.iloc[120:]]
        whole, summed = ordinal_moments(x, missing=missing), ordinal_moments(parts, missing=missing)
        np.testing.assert_allclose(summed.gamma, whole.gamma, atol=1e-12)
        assert summed.n == whole.n


def test_counts_and_streams_that_end_are_refused(values):
    x = pd.DataFrame(values["data"])
    for source in (contingency(x), iter([x])):
        with pytest.raises(ModelError) as caught:
            ordinal_moments(source)
        assert caught.value.code == "polychoric.read_once"


def test_gamma_is_the_spread_of_repeated_samples(request):
    reps = 1000 if request.config.getoption("--slow") else 120
    rng = np.random.default_rng(11)
    corr = np.array([[1, 0.6, 0.3], [0.6, 1, 0.5], [0.3, 0.5, 1]])

    def sample():
        latent = rng.multivariate_normal(np.zeros(3), corr, size=300)
        return pd.DataFrame({f"q{i}": np.digitize(latent[:, i], cut) for i, cut in enumerate([[0.8], [-1, 0.5], [0]])})

    found = [ordinal_moments(sample()) for _ in range(reps)]
    spread = 300 * np.cov(np.array([each.statistics for each in found]).T)
    mean = np.mean([each.gamma for each in found], axis=0)
    size = np.sqrt(np.outer(np.diag(mean), np.diag(mean)))
    assert np.abs((spread - mean) / size).max() < 5 / np.sqrt(reps)  # a correlation's sampling error is 1 / sqrt(reps)


def test_statistics_are_those_of_polychoric(values):
    x = pd.DataFrame(values["data"])
    found = ordinal_moments(x)
    assert found.source == polychoric(x)
    assert found.gamma.shape == (len(found.statistics),) * 2
