"""Sliced products against exact rational arithmetic: twice the working precision."""

from fractions import Fraction

import numpy as np
import pytest

from analysis.stats.exact import minus_product, products, sliced


@pytest.fixture(params=[7, 300, 4000])
def made(request):
    """Columns of very unequal size, a vector nearly orthogonal to them."""
    rng = np.random.default_rng(request.param)
    a = np.asfortranarray(rng.normal(size=(request.param, 4)) * [1.0, 1e-3, 1e-9, 0.3])
    return a, rng.normal(size=request.param)


def test_slices_add_up_without_rounding(made):
    for x in made:
        _, high, middle, rest = sliced(x)
        for parts in zip(x.ravel(), high.ravel(), middle.ravel(), rest.ravel(), strict=True):
            whole, *others = map(Fraction, map(float, parts))
            assert whole == sum(others)


def test_products_are_rounded_once(made):
    a, b = made
    found = products(sliced(a), b)
    for column, value in zip(a.T, found.tolist(), strict=True):
        true = sum(Fraction(x) * Fraction(y) for x, y in zip(column.tolist(), b.tolist(), strict=True))
        scale = len(b) * float(np.abs(a).max() * np.abs(b).max())
        assert abs(Fraction(value) - true) <= max(abs(true) * Fraction(2) ** -52, Fraction(scale) * Fraction(2) ** -90)


def test_what_is_left_keeps_twice_the_digits(made):
    a, _ = made
    c, c_low = np.array([0.7, -1.3, 1e5, 2.0]) / 3, np.array([1e-18, 0.0, -1e-13, 1e-17])
    y = a @ c  # all that is left is rounding, of which plain double precision knows no digit
    high, low = minus_product(y, sliced(a), c, c_low)
    for at in range(0, len(y), max(1, len(y) // 50)):
        fitted = sum(
            Fraction(x) * (Fraction(u) + Fraction(v))
            for x, u, v in zip(a[at].tolist(), c.tolist(), c_low.tolist(), strict=True)
        )
        true = Fraction(float(y[at])) - fitted
        assert abs(Fraction(float(high[at])) + Fraction(float(low[at])) - true) <= Fraction(2) ** -85 * 10**5


def test_zeros_and_nothing_stay_so():
    assert all((part == 0).all() for part in sliced(np.zeros((3, 2))))
    assert products(sliced(np.empty((3, 0))), np.ones(3)).shape == (0,)
