"""A factor common to all items: found where one method was at work, refused where there is nothing to share."""

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.sem.common_factor import common_factor


def test_a_common_factor_of_items_that_share_their_method():
    """Simulated: two factors of four items; half of each item's error is the same for all."""
    rng = np.random.default_rng(8)
    traits, method = rng.normal(size=(1000, 2)), rng.normal(size=(1000, 1))
    x = np.repeat(traits, 4, axis=1) + 0.7 * method + 0.7 * rng.normal(size=(1000, 8))
    model = "f =~ x1 + x2 + x3 + x4\ng =~ x5 + x6 + x7 + x8\nf ~~ 0*g"
    found = common_factor(model, x)
    assert found.delta_df == 1
    assert found.p_delta < 1e-6
    assert found.shared == pytest.approx(0.49 / 1.98, abs=0.05)
    assert all(row.difference > 0 for row in found.loading_rows)


def test_a_model_without_factors_has_no_common_one(data):
    with pytest.raises(ModelError) as caught:
        common_factor("x1 ~ x2", data["HS"])
    assert caught.value.code == "sem.no_factors"
