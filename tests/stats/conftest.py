"""Answers and helpers that the tests of factors share."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analysis.stats.moments import Moments, moments


@pytest.fixture
def items():
    """Sixty rows of two bundles of three items."""
    rng = np.random.default_rng(3)
    traits = rng.normal(size=(60, 2))
    return pd.DataFrame({f"q{j}": traits[:, j // 3] + 0.7 * rng.normal(size=60) for j in range(6)})


@pytest.fixture(scope="module")
def answers(shared_dir):
    folder = shared_dir / "data" / "psychometrics_core" / "csv"
    nine = [f"x{j}" for j in range(1, 10)]
    return {
        "bfi25": moments(pd.read_csv(folder / "bfi.csv").iloc[:, :25]),
        "HS9": moments(pd.read_csv(folder / "HolzingerSwineford1939.csv")[nine]),
    }


@pytest.fixture
def shared(shared_dir):
    """R's values beside the project."""
    return lambda name: json.loads((shared_dir / "reference" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def printed():
    """Moments of a reference set's printed correlations."""
    return lambda r: Moments.from_printed(r["R"], n=r["n"], names=r["names"])


@pytest.fixture
def scale():
    """Forty rows, four items, one trait."""
    rng = np.random.default_rng(7)
    trait = rng.normal(size=40)
    return pd.DataFrame({f"q{i}": np.clip(np.round(3 + trait + rng.normal(size=40)), 1, 5) for i in range(1, 5)})
