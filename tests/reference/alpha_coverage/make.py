"""Coverage of the 95 % intervals of alpha: simulated surveys of four parallel items, n = 100. Run: python make.py

normal: items of one normal factor, correlations .5. skewed: the exponentials of such items (log-sd 0.8), whose
correlation is (exp(s^2 / 2) - 1) / (exp(s^2) - 1). likert: such items cut into five steps, the lowest of which half the
persons choose; the correlation is that of the bivariate normal's quadrants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import stats

from analysis.stats.reliability import alpha, alphas, feldt

TIMES, BCA_TIMES, SEED, N, K, S = 100_000, 10_000, 20240306, 100, 4, 0.8
CUTS = np.array([0.0, 0.8, 1.4, 2.0])
KINDS = ("normal", "skewed", "likert")


def correlation(kind: str) -> float:
    """That of two answers in the population."""
    if kind == "normal":
        return 0.5
    if kind == "skewed":
        return float(np.expm1(S**2 / 2) / np.expm1(S**2))
    # an answer counts the cuts below it, so its moments are sums over cuts
    above, corr = stats.norm.sf(CUTS), [[1.0, 0.5], [0.5, 1.0]]
    both = np.array([[stats.multivariate_normal.cdf([-a, -b], [0, 0], corr) for a in CUTS] for b in CUTS])
    variance = np.minimum.outer(above, above).sum() - above.sum() ** 2
    return float((both.sum() - above.sum() ** 2) / variance)


def answers(kind: str, rng: np.random.Generator, times: int) -> np.ndarray:
    """Simulated surveys (times, N, K)."""
    latent = np.sqrt(0.5) * (rng.normal(size=(times, N, 1)) + rng.normal(size=(times, N, K)))
    if kind == "skewed":
        return np.exp(S * latent)
    return np.digitize(latent, CUTS) + 1.0 if kind == "likert" else latent


def truth(kind: str) -> float:
    """Alpha of the population: the items are parallel."""
    r = correlation(kind)
    return K * r / (1 + (K - 1) * r)


def feldt_held(kind: str, seed: int, times: int) -> np.ndarray:
    """Whether Feldt's interval of each simulated survey holds the true alpha, all at once; and alpha's error."""
    rng, true, found = np.random.default_rng(seed), truth(kind), []
    for some in np.array_split(np.arange(times), max(1, times // 5_000)):
        x = answers(kind, rng, len(some))
        away = x - x.mean(axis=1, keepdims=True)
        value = alphas(np.swapaxes(away, 1, 2) @ away / (N - 1))
        low, high = feldt(value, N, K, 0.95)
        found.append(np.column_stack([(low <= true) & (true <= high), value - true]))
    return np.concatenate(found)


def bca_runs(kind: str, seed: int) -> Iterator[bool]:
    """Whether the BCa interval of one simulated survey holds the true alpha, survey after survey."""
    rng, true = np.random.default_rng(seed), truth(kind)
    while True:
        found = alpha(answers(kind, rng, 1)[0], ci="bca", rng=rng).alpha
        yield bool(found.low <= true <= found.high)


def main() -> None:
    """Write the share of intervals that hold the truth."""
    table: dict[str, dict[str, float]] = {}
    for kind in KINDS:
        held, errors = feldt_held(kind, SEED, TIMES).T
        bca = [held for _, held in zip(range(BCA_TIMES), bca_runs(kind, SEED), strict=False)]
        table[kind] = {"feldt": float(held.mean()), "feldt_times": TIMES, "bca": float(np.mean(bca)),
                       "bca_times": BCA_TIMES, "true": truth(kind), "bias": float(errors.mean()),
                       "bias_error": float(errors.std(ddof=1) / np.sqrt(TIMES))}  # fmt: skip
    here = Path(__file__).resolve().parent
    (here / "values.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
