"""What every rotation must keep."""

import numpy as np
import pytest

from analysis.stats.rotation import ORTHOGONAL, ROTATIONS, ordered, rotate

ROTATED = 2e-5  # both stop where the projected gradient is short
KAISER = {True: "_kaiser", False: ""}


@pytest.fixture
def loadings():
    return np.random.default_rng(2).uniform(-1, 1, size=(8, 3)) * 0.6


@pytest.mark.parametrize("kaiser", [True, False])
@pytest.mark.parametrize("kind", ROTATIONS)
def test_rotation_keeps_the_reproduced_correlations(loadings, kind, kaiser):
    found = rotate(loadings, kind, kaiser)
    np.testing.assert_allclose(found.loadings @ found.phi @ found.loadings.T, loadings @ loadings.T, atol=1e-12)
    np.testing.assert_allclose(np.diag(found.phi), 1, atol=1e-12)


@pytest.mark.parametrize("kaiser", [True, False])
@pytest.mark.parametrize("kind", ["quartimax", "oblimin", "geomin"])
@pytest.mark.parametrize("case", ["harman", "ability"])
def test_rotation_matches_gparotation(reference, case, kind, kaiser):
    r = reference("rotation")[case]
    theirs = r[kind + KAISER[kaiser]]
    found = ordered(rotate(np.array(r["unrotated"]), kind, kaiser, starts=10))
    assert found.converged
    np.testing.assert_allclose(found.loadings, theirs["loadings"], atol=ROTATED)
    np.testing.assert_allclose(found.phi, theirs["phi"], atol=ROTATED)
    if kind in ORTHOGONAL:
        np.testing.assert_allclose(found.phi, np.eye(r["k"]), atol=1e-15)


def test_more_starts_never_end_higher_and_the_same_ones_end_alike(loadings):
    def height(found):
        return np.exp(np.log(found.loadings**2 + 0.01).mean(axis=1)).sum()

    few, many, again = (rotate(loadings, "geomin", False, starts) for starts in (0, 20, 20))
    assert height(many) <= height(few) + 1e-9
    assert (many.starts, few.starts) == (22, 2)
    assert 1 <= many.agreed <= 22
    np.testing.assert_array_equal(many.loadings, again.loadings)


def test_clean_bundles_are_found_from_any_position():
    """Two bundles, turned by chance beforehand: every rotation finds them again."""
    clean = np.kron(np.eye(2), np.full((4, 1), 0.7))
    turn = np.linalg.qr(np.random.default_rng(5).standard_normal((2, 2)))[0]
    for kind in set(ROTATIONS) - {"none"}:
        found = ordered(rotate(clean @ turn, kind, True, starts=5))
        np.testing.assert_allclose(np.sort(np.abs(found.loadings), axis=1), np.sort(clean, axis=1), atol=2e-4)


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
