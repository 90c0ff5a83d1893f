"""Recovery of known loadings by simulation. Run: python make.py

Two correlated factors (.3) with four items each, loadings .8 .7 .6 .5, n = 200. normal: multivariate normal answers.
likert: the same cut into five steps at -1.5, -.5, .5, 1.5, whose loadings in the population are smaller than those of
the attitudes behind them. For every method: mean error of the own loadings against the attitudes', and the share of
95 % percentile bootstrap intervals (minres, oblimin) that hold the attitudes' loading.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analysis.stats.factors import efa
from analysis.stats.manyfactors import extract_many, oblimin_many
from analysis.stats.moments import moments
from analysis.stats.resample import draws, units

TIMES, SEED, N, RESAMPLES = 300, 20240308, 200, 200
OWN = np.array([0.8, 0.7, 0.6, 0.5])
PATTERN = np.kron(np.eye(2), OWN[:, None])
PHI = np.array([[1.0, 0.3], [0.3, 1.0]])
METHODS = ("pca", "minres", "paf", "ml")


def answers(kind: str, rng: np.random.Generator) -> np.ndarray:
    """One simulated survey."""
    corr = PATTERN @ PHI @ PATTERN.T
    np.fill_diagonal(corr, 1.0)
    x = rng.normal(size=(N, 8)) @ np.linalg.cholesky(corr).T
    return x if kind == "normal" else np.digitize(x, [-1.5, -0.5, 0.5, 1.5]) + 1.0


def own(loadings: np.ndarray) -> np.ndarray:
    """Loadings of the items on their own factor, whatever the order and sign of the factors."""
    blocks = np.array([[np.abs(loadings[4 * i : 4 * i + 4, j]).sum() for j in range(2)] for i in range(2)])
    order = (0, 1) if blocks[0, 0] + blocks[1, 1] >= blocks[0, 1] + blocks[1, 0] else (1, 0)
    found = np.concatenate([loadings[4 * i : 4 * i + 4, j] * np.sign(loadings[4 * i : 4 * i + 4, j].sum())
                            for i, j in enumerate(order)])  # fmt: skip
    return np.asarray(found)


def runs(kind: str, seed: int) -> Iterator[dict[str, np.ndarray]]:
    """Survey after survey: each method's own loadings, and whether each bootstrap interval holds the truth."""
    rng = np.random.default_rng(seed)
    while True:
        x = answers(kind, rng)
        m = moments(x)
        found = {name: own(efa(m, 2, method=name, rotation="oblimin", kaiser=False, starts=0).loadings.to_numpy())
                 for name in METHODS}  # fmt: skip
        of = units(x)
        weights = np.concatenate(list(draws(of, RESAMPLES, rng)))
        cov = of.covariances(weights)
        sd = np.sqrt(np.diagonal(cov, axis1=1, axis2=2))
        raw = extract_many(cov / (sd[:, :, None] * sd[:, None, :]), 2, "minres")
        turned = oblimin_many(raw.loadings, PATTERN).loadings
        drawn = np.column_stack([turned[:, :4, 0], turned[:, 4:, 1]])
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        truth = np.tile(OWN, 2)
        yield {**found, "held": (low <= truth) & (truth <= high)}


def main() -> None:
    """Write mean errors, their simulation errors, and coverage."""
    table: dict[str, dict[str, float]] = {}
    for kind in ("normal", "likert"):
        found = [each for _, each in zip(range(TIMES), runs(kind, SEED), strict=False)]
        truth = np.tile(OWN, 2)
        table[kind] = {"times": TIMES}
        for name in METHODS:
            errors = np.array([(each[name] - truth).mean() for each in found])
            table[kind][name] = float(errors.mean())
            table[kind][f"{name}_error"] = float(errors.std(ddof=1) / np.sqrt(TIMES))
        table[kind]["coverage"] = float(np.mean([each["held"].mean() for each in found]))
    here = Path(__file__).resolve().parent
    (here / "values.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
