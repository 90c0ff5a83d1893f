"""How often intervals of means, paths and shares hold the truth, and tests find nothing where there is nothing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

#: Samples of the short run of each case.
FEW = {"survey": 200, "mediated": 80, "faint": 80, "importance": 40, "equal_slopes": 100, "spread": 300}


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    file = Path(__file__).resolve().parents[1] / "reference" / "effects_coverage" / "make.py"
    spec = importlib.util.spec_from_file_location("effects_coverage", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def table(reference):
    return {case: found["rates"] for case, found in reference("effects_coverage")["cases"].items()}


def near(rate, level):
    """Within three Monte-Carlo errors of 10,000 samples."""
    return abs(rate - level) < 3 * np.sqrt(level * (1 - level) / 10_000)


@pytest.mark.parametrize("case", FEW)
def test_a_short_run_agrees_with_the_table(reference, table, simulation, request, case):
    whole = reference("effects_coverage")
    assert (whole["seed"], whole["cases"][case]["samples"]) == (simulation.SEED, 10_000)
    if request.config.getoption("--slow"):
        assert simulation.rates(case, simulation.TIMES) == table[case]
    found = simulation.rates(case, FEW[case], seed=11)
    assert set(found) == set(table[case])
    for name, rate in table[case].items():
        error = np.sqrt(max(rate * (1 - rate), 0.01) / FEW[case])
        assert abs(found[name] - rate) < 4 * error, name


def test_means_of_a_sample_of_offices_need_the_correction_for_what_was_drawn(table):
    assert 0.93 < table["survey"]["corrected"] < 0.96  # sixteen offices: t on 14 degrees of freedom
    assert table["survey"]["as_if_endless"] > table["survey"]["corrected"] + 0.02


def test_paths_are_held_where_they_are_there_and_cautioned_where_not(table):
    assert 0.93 < table["mediated"]["bca"] < 0.96
    assert table["mediated"]["cautioned"] < 0.1
    assert table["faint"]["bca"] > 0.97  # wider than it says
    assert table["faint"]["cautioned"] > 0.85


def test_shares_are_held_but_never_a_share_of_zero(table):
    assert min(table["importance"][name] for name in ("a", "b", "null")) > 0.9
    assert table["importance"]["apart"] == 0  # the caution `importance.above_zero` says so


def test_few_communes_need_cr2_and_unequal_groups_need_welch(table):
    errors = table["equal_slopes"]
    assert errors["classical"] > 0.25
    assert errors["HC3"] > 0.25
    assert errors["CR2"] < errors["cluster"]
    assert 0.03 < errors["CR2"] < 0.06
    assert table["spread"]["pooled"] > 0.12
    assert near(table["spread"]["welch"], 0.05)
