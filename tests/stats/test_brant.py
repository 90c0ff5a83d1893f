"""The logits of Brant's test: together, one by one, and where one of them has no solution. R's values: test_ordinal."""

import numpy as np
import pytest

from analysis.stats.binary import logit
from analysis.stats.brant import _one_by_one, _Products, _together, brant
from analysis.stats.distributions import chi2_upper


@pytest.fixture
def made():
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(300), rng.normal(size=(300, 2))])
    y = np.searchsorted([-1.0, 0.0, 1.2], x @ [0.0, 0.8, -0.5] + rng.logistic(size=300))
    return x, y, (y[:, None] > np.arange(3)).astype(float)


def test_together_is_one_by_one(made):
    x, _, above = made
    found, failed = _one_by_one(x, above)
    assert failed is None
    for start in (np.zeros((3, 3)), found + 0.5):
        np.testing.assert_allclose(_together(_Products(x), above, start), found, rtol=1e-10)


def test_each_is_the_logit_of_its_cut(made):
    x, _, above = made
    found = _together(_Products(x), above, np.zeros((3, 3)))
    for b, z in zip(found, above.T, strict=True):
        one = logit("z ~ a + b", {"z": z, "a": x[:, 1], "b": x[:, 2]})
        np.testing.assert_allclose(b, [row.b for row in one.coefficient_rows], rtol=1e-8)


def test_sums_are_weighted_cross_products(made):
    x = made[0]
    weights = np.random.default_rng(2).random((300, 2))
    for found, w in zip(_Products(x).weighted(weights), weights.T, strict=True):
        np.testing.assert_allclose(found, x.T @ np.diag(w) @ x, rtol=1e-12)


def test_it_is_fair_where_lines_are_parallel():
    rng = np.random.default_rng(3)
    p = []
    for _ in range(150):
        x = np.column_stack([np.ones(400), rng.normal(size=400)])
        y = np.searchsorted([-1.0, 0.3, 1.5], 0.7 * x[:, 1] + rng.logistic(size=400))
        tests, _ = brant(x, ("(Intercept)", "a"), y, np.array([-1.0, 0.3, 1.5, 0.7]))
        assert tests[0].p == pytest.approx(chi2_upper(tests[0].statistic, 2), rel=1e-12)
        p.append(tests[0].p)
    assert np.mean(np.array(p) < 0.05) < 0.12
    assert np.mean(p) == pytest.approx(0.5, abs=0.1)


def test_a_cut_that_a_factor_decides_has_no_test():
    rng = np.random.default_rng(4)
    a = rng.normal(size=60)
    y = np.where(a > 0.8, 2, rng.integers(0, 2, 60))  # above 1: exactly where a is large
    found, notes = brant(np.column_stack([np.ones(60), a]), ("(Intercept)", "a"), y, np.array([-0.5, 1.0, 1.0]))
    assert found == ()
    assert [(note.code, dict(note.slots)["cut"]) for note in notes] == [("ordinal.no_brant", 2)]
