"""Coverage of 95 % intervals of ICC2 and ICC3 in simulated tables of targets by raters. Run: python make.py

Variances of target, rater and residual; 10,000 tables a line, all sums of squares at once. ICC3 holds its level as
theory promises; ICC2 does not with few raters whose leniency differs.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from analysis.stats.icc import _of_table, _two_way_bounds, _values

TIMES, SEED = 10_000, 79
TARGETS, RATERS = (10, 30, 100), (3, 5, 10, 20)
VARIANCES = ((0.4, 0.1, 0.5), (0.4, 0.3, 0.3), (0.4, 0.5, 0.1))


def table(rng: np.random.Generator, n: int, k: int, variances: tuple[float, float, float]) -> np.ndarray:
    """Ratings (n, k)."""
    target, rater, residual = np.sqrt(variances)
    return rng.normal(size=(n, 1)) * target + rng.normal(size=(1, k)) * rater + rng.normal(size=(n, k)) * residual


def truth(variances: tuple[float, float, float]) -> dict[str, float]:
    """What the intervals ought to hold."""
    target, rater, residual = variances
    return {"ICC2": target / (target + rater + residual), "ICC3": target / (target + residual)}


def held(
    rng: np.random.Generator, n: int, k: int, variances: tuple[float, float, float], times: int
) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Shares of intervals that hold ICC2 and ICC3, and the estimates."""
    true = truth(variances)
    inside, values = dict.fromkeys(true, 0), {form: [] for form in true}
    for _ in range(times):
        ms = _of_table(table(rng, n, k, variances))
        value = _values(ms)
        bounds = _two_way_bounds(ms, value["ICC2"], 0.95)
        for form in true:
            low, high = bounds[form]
            inside[form] += low is not None and low <= true[form] <= high
            values[form].append(value[form])
    return {form: count / times for form, count in inside.items()}, values


def main() -> None:
    """Write the share of intervals that hold the truth, and the mean error of the estimates."""
    lines = []
    for n in TARGETS:
        for k in RATERS:
            for at, variances in enumerate(VARIANCES):
                inside, values = held(np.random.default_rng([SEED, n, k, at]), n, k, variances, TIMES)
                bias = {f"bias_{form}": float(np.mean(values[form]) - true) for form, true in truth(variances).items()}
                lines.append({"targets": n, "raters": k, "variances": variances, **inside, **bias})
    found = {"times": TIMES, "level": 0.95, "rows": lines}
    here = Path(__file__).resolve().parent
    (here / "values.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
