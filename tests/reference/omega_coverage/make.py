"""Coverage of the 95 % intervals of omega: simulated surveys of five items of one factor, n = 100. Run: python make.py

Loadings .8 .7 .6 .5 .4, so that alpha is not omega. normal: normal answers. skewed: the exponentials of such answers
(log-sd 0.8), whose correlations are (exp(s^2 r) - 1) / (exp(s^2) - 1); the truth is then the omega of the one-factor
model that fits those correlations best.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analysis.stats.moments import Moments
from analysis.stats.omega import omega
from analysis.stats.reliability import alpha

TIMES, SEED, N, S, RESAMPLES = 500, 20240309, 100, 0.8, 300
LOADINGS = np.array([0.8, 0.7, 0.6, 0.5, 0.4])


def correlations(kind: str) -> np.ndarray:
    """Those of the answers in the population."""
    corr = np.outer(LOADINGS, LOADINGS)
    np.fill_diagonal(corr, 1.0)
    return corr if kind == "normal" else np.expm1(S**2 * corr) / np.expm1(S**2)


def truth(kind: str) -> dict[str, float]:
    """Omega and alpha of the population."""
    corr = correlations(kind)
    found = omega(Moments(tuple("abcde"), 1000, np.zeros(5), corr), n_factors=1, resamples=0).congeneric.value
    return {"omega": found, "alpha": float(5 / 4 * (1 - 5 / corr.sum()))}


def runs(kind: str, seed: int) -> Iterator[dict[str, bool]]:
    """Whether each interval of one simulated survey holds the true value, survey after survey."""
    rng = np.random.default_rng(seed)
    root = np.linalg.cholesky(correlations("normal"))
    true = truth(kind)
    while True:
        x = rng.normal(size=(N, 5)) @ root.T
        x = x if kind == "normal" else np.exp(S * x)
        of_omega = omega(x, n_factors=1, resamples=RESAMPLES, rng=rng).congeneric
        of_alpha = alpha(x).alpha
        yield {
            "omega": bool(of_omega.low <= true["omega"] <= of_omega.high),
            "alpha_for_omega": bool(of_alpha.low <= true["omega"] <= of_alpha.high),
        }


def main() -> None:
    """Write the share of intervals that hold the truth."""
    table: dict[str, dict[str, float]] = {}
    for kind in ("normal", "skewed"):
        found = [held for _, held in zip(range(TIMES), runs(kind, SEED), strict=False)]
        table[kind] = {name: float(np.mean([held[name] for held in found])) for name in found[0]}
        table[kind] |= {"times": TIMES, **{f"true_{name}": value for name, value in truth(kind).items()}}
    here = Path(__file__).resolve().parent
    (here / "values.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
