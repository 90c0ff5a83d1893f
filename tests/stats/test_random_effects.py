"""The general search for random effects beside that in one variable; what has no solution is in `test_multilevel`."""

import numpy as np
import pytest

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
