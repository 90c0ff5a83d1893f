"""The wild cluster bootstrap against its definition in R, and as a test whose p is fair."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.result import from_dict, to_dict
from analysis.stats.wild import wild_bootstrap


@pytest.fixture
def few(reference):
    data = {name: np.array(values) for name, values in reference("cluster")["data"].items()}
    return {name: values[data["unit"] <= 8] for name, values in data.items() if name != "g"}


@pytest.mark.parametrize("term", ["a", "z"])
def test_all_signs_match_refits_in_r(reference, few, term):
    r = reference("cluster")[f"wild_{term}"]
    found = wild_bootstrap("y ~ a + z", few, cluster="unit", weights="rademacher")
    row = next(row for row in found.coefficient_rows if row.term == term)
    assert (row.statistic, row.p) == pytest.approx((r["t"], r["p"]), rel=1e-10)
    assert (found.draws, found.enumerated, found.clusters) == (256, True, 8)
    assert [each.code for each in found.cautions] == ["wild.few_signs"]


def test_the_interval_holds_what_the_test_does_not_reject(few):
    found = wild_bootstrap("y ~ a + z", few, cluster="unit", resamples=999)
    row = found.coefficient_rows[1]
    for value, rejected in ((row.low - 0.02, True), (row.low + 0.02, False), (row.high - 0.02, False)):
        shifted = {**few, "y": few["y"] - value * few["a"]}
        p = wild_bootstrap("y ~ a + z", shifted, cluster="unit", resamples=999).coefficient_rows[1].p
        assert (p <= 0.05) == rejected
    assert row.low < row.b < row.high
    assert found.coefficient_rows[0].low is None


def test_webb_weights_have_mean_zero_and_variance_one():
    from analysis.stats.wild import _WEBB

    assert _WEBB.mean() == pytest.approx(0, abs=1e-15)
    assert (_WEBB**2).mean() == pytest.approx(1)


def test_without_an_effect_five_in_a_hundred_are_below_five_hundredths():
    rng = np.random.default_rng(4)
    found = []
    for _ in range(120):
        u = np.repeat(np.arange(10), 8)
        x = {"u": u, "a": rng.normal(size=10)[u], "y": rng.normal(size=10)[u] + rng.normal(size=80)}
        found.append(wild_bootstrap("y ~ a", x, cluster="u", resamples=199, rng=rng).coefficient_rows[1].p)
    assert np.mean(np.array(found) <= 0.05) < 0.12


def test_refusals_and_json(few):
    for arguments, code in (({"resamples": 50}, "wild.resamples"), ({"weights": "web"}, "option.unknown")):
        with pytest.raises(ModelError) as caught:
            wild_bootstrap("y ~ a", few, cluster="unit", **arguments)
        assert caught.value.code == code
    found = wild_bootstrap("y ~ a", few, cluster="unit", resamples=199)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert found == wild_bootstrap("y ~ a", few, cluster="unit", resamples=199)
