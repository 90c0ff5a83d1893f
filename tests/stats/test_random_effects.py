"""The general search for random effects beside that in one variable; what has no solution is in `test_multilevel`."""

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats import random_effects
from analysis.stats.multilevel import mixed


def test_the_general_way_finds_the_same(monkeypatch):
    rng = np.random.default_rng(5)
    unit = rng.integers(0, 20, 200)
    x = {"u": unit, "a": rng.normal(size=200), "y": 0.8 * rng.normal(size=20)[unit] + rng.normal(size=200)}
    found = mixed("y ~ a + (1 | u)", x)
    monkeypatch.setattr(random_effects, "GroupSums", lambda *_: None)
    general = mixed("y ~ a + (1 | u)", x)
    for name, tolerance in (("b", 1e-7), ("se", 1e-7), ("df", 1e-4)):
        np.testing.assert_allclose(
            found.coefficients[name].astype(float), general.coefficients[name].astype(float), rtol=tolerance
        )
    assert found.fit.deviance == pytest.approx(general.fit.deviance, rel=1e-11)
    assert found.fit.icc == pytest.approx(general.fit.icc, rel=1e-5)


@pytest.mark.parametrize("formula", ["y ~ a + b + (1 | u)", "y ~ a + b + (1 + a | u)"])
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_years_and_their_squares_lose_no_digits(formula, method):
    rng = np.random.default_rng(0)
    unit, year = rng.integers(0, 12, 240), rng.integers(2000, 2024, 240).astype(float)
    y = 0.1 * (year - 2010) + 0.6 * rng.normal(size=12)[unit] + rng.normal(size=240)
    if "a |" in formula:
        year = year - 2000  # a slope at year 0 would have nothing to do with the constant
    near = {"y": y, "a": year - year.mean(), "b": (year - year.mean()) ** 2, "u": unit}
    far = {"y": y, "a": year, "b": year**2, "u": unit}
    if "a |" in formula:
        near = {**far, "b": 1e6 * year**2}
    first, again = mixed(formula, near, method=method), mixed(formula, far, method=method)
    ratio = 1e6 if "a |" in formula else 1.0
    b, same = first.coefficient_rows[2], again.coefficient_rows[2]
    assert (b.b * ratio, b.se * ratio) == pytest.approx((same.b, same.se), rel=1e-6)
    assert b.df == pytest.approx(same.df, rel=1e-3)
    shift = 2 * np.log(ratio) if method == "reml" else 0.0  # the restricted likelihood knows the columns' units
    assert first.fit.deviance - shift == pytest.approx(again.fit.deviance, rel=1e-7)


def test_an_outcome_without_residual_is_refused_not_divided():
    rng = np.random.default_rng(1)
    unit, a = np.repeat(np.arange(10), 8), rng.normal(size=80)
    for y in (2 * a + 1, a + unit):
        with pytest.raises(ModelError) as caught:
            mixed("y ~ a + (1 | u)", {"y": y, "a": a, "u": unit})
        assert caught.value.code == "mixed.no_residual"
