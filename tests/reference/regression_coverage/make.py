"""How often 95 % intervals of a slope of 0.4 hold it, over 10,000 simulated samples. Run: python make.py

`communes`: eighteen communes of 4 to 25 answers, a factor that belongs to the commune, a third of the residual variance
between communes. `funnel`: sixty answers whose spread grows with the square of a skewed factor.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from analysis.stats.regression import Vcov, ols

TRUE, SAMPLES, SEED = 0.4, 10_000, 20240301
CASES: tuple[tuple[str, Vcov], ...] = (
    ("communes", "classical"),
    ("communes", ("cluster", "u")),
    ("communes", ("CR2", "u")),
    ("funnel", "classical"),
    ("funnel", "HC1"),
    ("funnel", "HC3"),
)


def communes(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """One sample of eighteen communes."""
    u = np.repeat(np.arange(18), rng.integers(4, 26, size=18))
    a = rng.normal(size=18)[u]
    return {"y": TRUE * a + 0.7 * rng.normal(size=18)[u] + rng.normal(size=len(u)), "a": a, "u": u}


def funnel(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """One sample with unequal spread."""
    a = rng.exponential(size=60)
    return {"y": TRUE * a + (0.3 + a**2) * rng.normal(size=60), "a": a}


def coverage(case: str, vcov: Vcov, samples: int, seed: int) -> float:
    """Share of samples whose interval holds the true slope."""
    rng = np.random.default_rng(seed)
    make = {"communes": communes, "funnel": funnel}[case]
    rows = [ols("y ~ a", make(rng), vcov=vcov).coefficient_rows[1] for _ in range(samples)]
    return sum(row.low <= TRUE <= row.high for row in rows) / samples


def name(vcov: Vcov) -> str:
    """How the table calls the errors."""
    return vcov if isinstance(vcov, str) else vcov[0]


if __name__ == "__main__":
    found = [
        {"case": case, "vcov": name(vcov), "coverage": coverage(case, vcov, SAMPLES, SEED)} for case, vcov in CASES
    ]
    text = json.dumps({"samples": SAMPLES, "seed": SEED, "rows": found}, indent=1) + "\n"
    (Path(__file__).parent / "values.json").write_text(text, encoding="utf-8", newline="\n")
