"""Coverage of the 95 % intervals of alpha: simulated surveys of four parallel items, n = 100. Run: python make.py

normal: items of one normal factor, correlations .5. skewed: the exponentials of such items (log-sd 0.8), whose
correlation is (exp(s^2 / 2) - 1) / (exp(s^2) - 1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from analysis.stats.reliability import alpha

TIMES, SEED, N, K, S = 2000, 20240306, 100, 4, 0.8


def runs(kind: str, seed: int) -> Iterator[dict[str, bool]]:
    """Whether each interval of one simulated survey holds the true alpha, survey after survey."""
    rng = np.random.default_rng(seed)
    r = 0.5 if kind == "normal" else float(np.expm1(S**2 / 2) / np.expm1(S**2))
    true = K * r / (1 + (K - 1) * r)
    while True:
        latent = np.sqrt(0.5) * (rng.normal(size=(N, 1)) + rng.normal(size=(N, K)))
        x = latent if kind == "normal" else np.exp(S * latent)
        by = {"feldt": alpha(x).alpha, "bca": alpha(x, ci="bca", rng=rng).alpha}
        yield {name: bool(found.low <= true <= found.high) for name, found in by.items()}


def main() -> None:
    """Write the share of intervals that hold the truth."""
    table: dict[str, dict[str, float]] = {}
    for kind in ("normal", "skewed"):
        found = [held for _, held in zip(range(TIMES), runs(kind, SEED), strict=False)]
        table[kind] = {name: float(np.mean([held[name] for held in found])) for name in ("feldt", "bca")}
        table[kind]["times"] = TIMES
    here = Path(__file__).resolve().parent
    (here / "values.json").write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
