"""What every rotation must keep."""

import numpy as np
import pytest

from analysis.stats.rotation import ordered, rotate


@pytest.fixture
def loadings():
    return np.random.default_rng(2).uniform(-1, 1, size=(8, 3)) * 0.6


@pytest.mark.parametrize("kaiser", [True, False])
@pytest.mark.parametrize("kind", ["none", "varimax", "oblimin", "promax"])
def test_rotation_keeps_the_reproduced_correlations(loadings, kind, kaiser):
    found = rotate(loadings, kind, kaiser)
    np.testing.assert_allclose(found.loadings @ found.phi @ found.loadings.T, loadings @ loadings.T, atol=1e-12)
    np.testing.assert_allclose(np.diag(found.phi), 1, atol=1e-12)


def test_varimax_does_not_lower_its_criterion(loadings):
    before = (loadings**2).var(axis=0).sum()
    assert (rotate(loadings, "varimax", False).loadings ** 2).var(axis=0).sum() >= before


def test_an_item_without_loadings_does_no_harm(loadings):
    loadings[3] = 0
    assert np.isfinite(rotate(loadings, "varimax", True).loadings).all()


def test_order_and_signs(loadings):
    found = ordered(rotate(loadings, "oblimin", True))
    carried = np.diag(found.phi @ found.loadings.T @ found.loadings)
    assert (np.diff(carried) <= 0).all()
    assert (found.loadings.sum(axis=0) >= 0).all()
