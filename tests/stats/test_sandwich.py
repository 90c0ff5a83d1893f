"""Clusters that are few, and clusters of two kinds, against clubSandwich and sandwich; how often the intervals hold."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.regression import ols
from analysis.stats.result import from_dict, to_dict


@pytest.fixture
def r(reference):
    return reference("cluster")


def matches(found, expected):
    for ours, theirs in {
        "b": "b",
        "se": "se",
        "statistic": "t",
        "df": "df",
        "p": "p",
        "low": "low",
        "high": "high",
    }.items():
        np.testing.assert_allclose(found.coefficients[ours].to_numpy(dtype=float), expected[theirs], rtol=1e-8)


def test_cr2_and_its_degrees_of_freedom_match_club_sandwich(r):
    found = ols("y ~ a + z + g", r["data"], vcov=("CR2", "unit"))
    matches(found, r["cr2"])
    assert (found.method, found.clusters, found.fit.F) == ("ols.CR2", 18, None)
    cars = pd.DataFrame({**r["cars"], "cyl": r["cyl"]}).astype({"cyl": "category"})
    matches(ols("mpg ~ wt + hp + cyl", cars, vcov=("CR2", "carb")), r["cr2_cars"])


def test_clusters_of_single_rows_give_hc2():
    rng = np.random.default_rng(1)
    x = {"y": rng.normal(size=30), "a": rng.normal(size=30), "id": np.arange(30)}
    pairs = [ols("y ~ a", x, vcov=vcov).coefficients["se"] for vcov in (("CR2", "id"), "HC2")]
    np.testing.assert_allclose(*pairs, rtol=1e-12)


def test_two_kinds_of_clusters_match_vcov_cl(r):
    found = ols("y ~ a + z + g", r["data"], vcov=("cluster", "unit", "month"))
    np.testing.assert_allclose(found.coefficients["se"], r["two"]["se"], rtol=1e-9)
    assert (found.method, found.clusters, found.coefficient_rows[0].df) == ("ols.two_way", 6, 5)
    swapped = ols("y ~ a + z + g", r["data"], vcov=("cluster", "month", "unit"))
    np.testing.assert_allclose(found.coefficients["se"], swapped.coefficients["se"], rtol=1e-12)


def test_cr1_is_another_word_for_cluster(r):
    both = [ols("y ~ a", r["data"], vcov=(word, "unit")).coefficients for word in ("cluster", "CR1")]
    pd.testing.assert_frame_equal(*both)


def test_what_has_no_clusters_or_too_many_is_refused(r):
    for vcov in ("CR2", ("CR2", "unit", "month"), ("CR2",)):
        with pytest.raises(ModelError) as caught:
            ols("y ~ a", r["data"], vcov=vcov)
        assert caught.value.code == "regression.cluster_needs_name"
    with pytest.raises(ModelError) as caught:
        ols("y ~ a", {**r["data"], "one": np.ones(len(r["data"]["y"]))}, vcov=("cluster", "unit", "one"))
    assert caught.value.code == "regression.single_cluster"
    with pytest.raises(ModelError) as caught:
        ols("y ~ a", r["data"], vcov=("CR2", "unit")).as_statsmodels()
    assert caught.value.code == "regression.no_counterpart"


def test_result_survives_json(r):
    found = ols("y ~ a", r["data"], vcov=("CR2", "unit"))
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


CASES = [("communes", "classical"), ("communes", "cluster"), ("communes", "CR2"), ("funnel", "classical"),
         ("funnel", "HC1"), ("funnel", "HC3")]  # fmt: skip


@pytest.fixture(scope="module")
def simulation():
    file = Path(__file__).resolve().parents[1] / "reference" / "regression_coverage" / "make.py"
    spec = importlib.util.spec_from_file_location("regression_coverage", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("case", "kind"), CASES)
def test_coverage_is_that_of_the_table(reference, request, simulation, case, kind):
    """A short run agrees with the table of 2,000 samples within its own error; `--slow` repeats the table."""
    table = reference("regression_coverage")
    printed = next(row["coverage"] for row in table["rows"] if (row["case"], row["vcov"]) == (case, kind))
    vcov = next(vcov for where, vcov in simulation.CASES if (where, simulation.name(vcov)) == (case, kind))
    if request.config.getoption("--slow"):
        assert simulation.coverage(case, vcov, table["samples"], table["seed"]) == printed
    found = simulation.coverage(case, vcov, 60, 7)
    assert abs(found - printed) < 4 * np.sqrt(max(printed * (1 - printed), 0.03) / 60)


def test_robust_intervals_hold_nearer_to_95(reference):
    found = {(row["case"], row["vcov"]): row["coverage"] for row in reference("regression_coverage")["rows"]}
    assert found["communes", "CR2"] > found["communes", "cluster"] > found["communes", "classical"]
    assert found["funnel", "HC3"] > found["funnel", "HC1"] > found["funnel", "classical"]
    assert 0.93 < found["communes", "CR2"] < 0.97
