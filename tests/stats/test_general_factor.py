"""Schmid and Leiman's transformation: a true hierarchy comes back, and each share is that of its formula."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.stats.general_factor import congeneric, factored, of_one_factor, shares, signed
from analysis.stats.manyfactors import Loadings, extract_many

OBLIQUE = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6]]))
LADDER = np.array([0.7, 0.6, 0.5])


def true_correlations():
    phi = np.outer(LADDER, LADDER)
    np.fill_diagonal(phi, 1)
    corr = OBLIQUE @ phi @ OBLIQUE.T
    np.fill_diagonal(corr, 1)
    return corr


def test_a_true_hierarchy_comes_back():
    corr = true_correlations()
    found = factored(corr, 3)
    np.testing.assert_allclose(found.general[0], OBLIQUE @ LADDER, atol=1e-5)
    np.testing.assert_allclose(found.h2[0], (OBLIQUE**2).sum(axis=1), atol=1e-7)
    np.testing.assert_allclose(found.general[0] ** 2 + (found.group[0] ** 2).sum(axis=1), found.h2[0], atol=1e-5)
    assert found.converged.all()


def test_shares_of_variance_are_their_formulae():
    corr = true_correlations()
    found = shares(corr[None], factored(corr, 3))
    unique = 1 - (OBLIQUE**2).sum(axis=1)
    assert found["total"][0] == pytest.approx((corr.sum() - unique.sum()) / corr.sum(), abs=1e-8)
    assert found["hierarchical"][0] == pytest.approx((OBLIQUE @ LADDER).sum() ** 2 / corr.sum(), abs=1e-5)


def test_with_one_factor_the_general_factor_is_all():
    loadings = np.array([0.8, 0.7, 0.6, 0.5])
    corr = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    found = of_one_factor(extract_many(corr[None], 1, "minres"))
    both = shares(corr[None], found)
    assert both["total"] == pytest.approx(both["hierarchical"], abs=1e-8)
    sd = np.array([1.0, 2.0, 0.5, 3.0])
    single = Loadings(loadings[None, :, None], np.array([True]))
    by_hand = (loadings * sd).sum() ** 2 / ((loadings * sd).sum() ** 2 + (sd**2 * (1 - loadings**2)).sum())
    assert congeneric((corr * np.outer(sd, sd))[None], single)[0] == pytest.approx(by_hand, abs=1e-12)


def test_two_factors_share_their_correlation():
    pattern = np.kron(np.eye(2), np.array([[0.8], [0.7], [0.6]]))
    for r in (0.36, -0.36):
        corr = pattern @ np.array([[1, r], [r, 1]]) @ pattern.T
        np.fill_diagonal(corr, 1)
        assert np.abs(factored(corr, 2).ladder[0]) == pytest.approx(0.6, abs=1e-5)


def test_signed_turns_whole_factors():
    loadings = np.array([[[-0.8, 0.5], [-0.6, -0.1]]])
    np.testing.assert_array_equal(signed(loadings), [[[0.8, 0.5], [0.6, -0.1]]])
