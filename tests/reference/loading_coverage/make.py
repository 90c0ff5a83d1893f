"""Coverage of 95 % intervals of loadings in a confirmatory model, simulated surveys. Run: python make.py

Five items of one factor, loadings .8 .7 .6 .5 .4 with the factor's variance fixed at 1, n = 200. normal: normal
answers. skewed: the same factor with errors and factor of shifted log-normal law (log-sd 0.8), scaled to variance 1, so
that covariances and loadings stay as they are. Wald intervals by ML and by MLR (robust).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analysis.errors import ModelError
from analysis.stats.sem.cfa import cfa

TIMES, SEED, N, S = 10_000, 20240401, 200, 0.8
LOADINGS = np.array([0.8, 0.7, 0.6, 0.5, 0.4])
MODEL = "f =~ NA*q1 + q2 + q3 + q4 + q5\nf ~~ 1*f"
ESTIMATORS = ("ML", "MLR")


def drawn(kind: str, rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Independent numbers of mean 0 and variance 1."""
    z = rng.normal(size=shape)
    if kind == "normal":
        return z
    mean, variance = np.exp(S**2 / 2), np.expm1(S**2) * np.exp(S**2)
    return (np.exp(S * z) - mean) / np.sqrt(variance)


def answers(kind: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """One simulated survey."""
    x = drawn(kind, rng, (N, 1)) * LOADINGS + drawn(kind, rng, (N, 5)) * np.sqrt(1 - LOADINGS**2)
    return {f"q{j + 1}": x[:, j] for j in range(5)}


def runs(kind: str, seed: int) -> Iterator[dict[str, np.ndarray]]:
    """Survey after survey: errors of the loadings, and which intervals hold the truth (NaN without an interval)."""
    rng = np.random.default_rng(seed)
    while True:
        x, found = answers(kind, rng), {}
        for estimator in ESTIMATORS:
            found[estimator] = held(x, estimator)
        yield found


def held(x: dict[str, np.ndarray], estimator: str) -> np.ndarray:
    """Errors (5,) and whether each interval holds (5,): (2, 5)."""
    try:
        lines = [row for row in cfa(MODEL, x, estimator=estimator).parameter_rows if row.op == "=~"]
    except ModelError:
        return np.full((2, 5), np.nan)
    if any(row.low is None for row in lines):
        return np.full((2, 5), np.nan)
    sign = np.sign(sum(row.est for row in lines))
    bounds = np.array([sorted((sign * row.low, sign * row.high)) for row in lines])
    inside = (bounds[:, 0] <= LOADINGS) & (bounds[:, 1] >= LOADINGS)
    return np.array([sign * np.array([row.est for row in lines]) - LOADINGS, inside])


def main() -> None:
    """Write coverage by loading, mean errors and their simulation errors."""
    table: dict[str, dict[str, object]] = {}
    for kind in ("normal", "skewed"):
        found = [each for _, each in zip(range(TIMES), runs(kind, SEED), strict=False)]
        table[kind] = {"times": TIMES, "n": N, "loadings": LOADINGS.tolist()}
        for name in ESTIMATORS:
            each = np.array([one[name] for one in found])
            table[kind][name] = np.nanmean(each[:, 1], axis=0).tolist()
            table[kind][f"{name}_left_out"] = int(np.isnan(each[:, 1, 0]).sum())
        errors = np.array([one["ML"][0] for one in found])
        table[kind]["bias"] = np.nanmean(errors, axis=0).tolist()
        table[kind]["bias_error"] = (np.nanstd(errors, axis=0, ddof=1) / np.sqrt(TIMES)).tolist()
    here = Path(__file__).resolve().parent
    (here / "values.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
