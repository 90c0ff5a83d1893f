"""Coverage of the 95 % intervals of omega in simulated surveys. Run: python make.py [kind ...]

normal, skewed: n = 100, five items of one factor, loadings .8 .7 .6 .5 .4, so that alpha is not omega; normal answers,
or the exponentials of such answers (log-sd 0.8), whose correlations are (exp(s^2 r) - 1) / (exp(s^2) - 1). The truth is
the omega of the one-factor model that fits the population's correlations best. bundles: n = 200, nine normal items in
three bundles below a general factor; the truth is omega hierarchical and total of the population.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from analysis.stats.general_factor import congeneric, factored, shares
from analysis.stats.manyfactors import extract_many
from analysis.stats.omega_intervals import Centre, coefficients, resampled
from analysis.stats.reliability import alpha

SEED, S, RESAMPLES = 20240309, 0.8, 500
TIMES = {"normal": 10_000, "skewed": 10_000, "bundles": 150}
ROWS = {"normal": 100, "skewed": 100, "bundles": 200}
LOADINGS = np.array([0.8, 0.7, 0.6, 0.5, 0.4])
OBLIQUE, LADDER = np.kron(np.eye(3), np.array([[0.8], [0.7], [0.6]])), np.array([0.8, 0.7, 0.6])


def normal_correlations(kind: str) -> np.ndarray:
    """Those of the normal variables that answers are made of."""
    if kind != "bundles":
        corr = np.outer(LOADINGS, LOADINGS)
    else:
        phi = np.outer(LADDER, LADDER)
        np.fill_diagonal(phi, 1.0)
        corr = OBLIQUE @ phi @ OBLIQUE.T
    np.fill_diagonal(corr, 1.0)
    return corr


def correlations(kind: str) -> np.ndarray:
    """Those of the answers in the population."""
    corr = normal_correlations(kind)
    return np.expm1(S**2 * corr) / np.expm1(S**2) if kind == "skewed" else corr


def centre(cov: np.ndarray, groups: int) -> Centre:
    """Factors of one sample or of the population."""
    sd = np.sqrt(np.diag(cov))
    corr = cov / np.outer(sd, sd)
    return Centre(factored(corr, groups), extract_many(corr[None], 1, "ml"))


def truth(kind: str) -> dict[str, float]:
    """What an interval ought to hold."""
    corr = correlations(kind)
    found = coefficients(corr[None], centre(corr, 3 if kind == "bundles" else 1))
    if kind == "bundles":
        return {name: float(found[name][0]) for name in ("total", "hierarchical")}
    return {"omega": float(found["congeneric"][0]), "alpha": float(5 / 4 * (1 - 5 / corr.sum()))}


def runs(kind: str, seed: int) -> Iterator[dict[str, bool]]:
    """Whether each interval of one simulated survey holds the true value, survey after survey."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(normal_correlations(kind))
    true = truth(kind)
    asked = {"omega": "congeneric"} if kind != "bundles" else {"total": "total", "hierarchical": "hierarchical"}
    while True:
        x = rng.normal(size=(ROWS[kind], len(root))) @ root.T
        x = np.exp(S * x) if kind == "skewed" else x
        cov = np.cov(x.T)
        middle = centre(cov, 3 if kind == "bundles" else 1)
        corr = cov / np.sqrt(np.outer(np.diag(cov), np.diag(cov)))
        point = shares(corr[None], middle.factors) | {"congeneric": congeneric(cov[None], middle.single)}
        drawn = resampled(x, middle, RESAMPLES, "bca", rng)
        held = {}
        for key, name in asked.items():
            for label, found in ((key, replace(drawn, interval="percentile")), (f"{key}_bca", drawn)):
                held[label] = inside(found.estimate(name, float(point[name][0]), 0.95), true[key])
        if kind != "bundles":
            held["alpha_for_omega"] = inside(alpha(x).alpha, true["omega"])
        yield held


def inside(found: object, true: float) -> bool:
    """Whether an interval holds the truth; where there is none it does not."""
    low, high = found.low, found.high  # type: ignore[attr-defined]
    return low is not None and bool(low <= true <= high)


def main() -> None:
    """Write the share of intervals that hold the truth."""
    file = Path(__file__).resolve().parent / "values.json"
    table = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for kind in sys.argv[1:] or TIMES:
        found = [held for _, held in zip(range(TIMES[kind]), runs(kind, SEED), strict=False)]
        table[kind] = {name: float(np.mean([held[name] for held in found])) for name in found[0]}
        table[kind] |= {"times": TIMES[kind], "resamples": RESAMPLES}
        table[kind] |= {f"true_{name}": value for name, value in truth(kind).items()}
        file.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
