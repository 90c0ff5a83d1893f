"""How often 95 % intervals hold the truth, and 5 % tests find what is not there. Run: python make.py [case ...]

survey: a population of 40 communes in two strata (offices of 10 to 40 persons who resemble their office), 8 communes of
each stratum drawn, everybody asked; the mean, with and without the finite-population correction.
mediated, faint: n = 150, a*b of .4 * .4 and of 0 * 0, BCa and percentile of 1,000 resamples.
importance: n = 150, three factors that correlate .4, slopes .5, .25 and 0; a fourth apart from all, slope 0: its share
is zero, which no interval of a share can hold. 500 resamples.
equal_slopes: eighteen communes of 4 to 25 answers and a factor of the commune without effect: how often p < .05.
spread: groups of 15 and 45 with the same mean, the small one three times as spread: how often p < .05.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from analysis.stats.compare import Variances, ttest
from analysis.stats.complex_sample import survey_mean
from analysis.stats.importance import dominance, lmg
from analysis.stats.mediation import mediate
from analysis.stats.moments import Moments
from analysis.stats.regression import Vcov, ols
from analysis.stats.sample_design import survey_design

SEED = 20261129
TIMES = 10_000
ERRORS: dict[str, Vcov] = {"classical": "classical", "HC3": "HC3", "cluster": ("cluster", "u"), "CR2": ("CR2", "u")}
VARIANCES: tuple[Variances, ...] = ("pooled", "welch")
Hits = Iterator[tuple[str, bool]]

_SLOPES = np.array([0.5, 0.25, 0.0, 0.0])
_CORR = np.array([[1, 0.4, 0.4, 0], [0.4, 1, 0.4, 0], [0.4, 0.4, 1, 0], [0, 0, 0, 1.0]])
NAMES = ("a", "b", "null", "apart")


def _population() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(SEED)
    sizes = rng.integers(10, 41, size=40)
    commune = np.repeat(np.arange(40), sizes)
    y = 3 + 0.4 * rng.normal(size=40)[commune] + 0.3 * (commune < 20) + 0.7 * rng.normal(size=len(commune))
    return {"y": y, "commune": commune, "stratum": (commune >= 20).astype(int)}


POPULATION = _population()


def survey(rng: np.random.Generator) -> Hits:
    """One sample of the communes."""
    drawn = np.concatenate([rng.choice(20, 8, replace=False), 20 + rng.choice(20, 8, replace=False)])
    kept = np.isin(POPULATION["commune"], drawn)
    x = {name: values[kept] for name, values in POPULATION.items()} | {"w": np.full(int(kept.sum()), 2.5)}
    x["offices"] = np.full(int(kept.sum()), 20)
    truth = POPULATION["y"].mean()
    for label, size in (("corrected", "offices"), ("as_if_endless", None)):
        design = survey_design(x, weights="w", strata="stratum", cluster="commune", population=size)
        row = survey_mean(design, ["y"]).estimate_rows[0]
        yield label, row.low <= truth <= row.high


def _mediation(rng: np.random.Generator, a: float, b: float) -> Hits:
    x = rng.normal(size=150)
    m = a * x + rng.normal(size=150)
    y = b * m + 0.2 * x + rng.normal(size=150)
    found = mediate("y ~ x + m", {"x": x, "m": m, "y": y}, treat="x", mediators=["m"], resamples=1000, rng=rng)
    row = next(row for row in found.effect_rows if row.through == ("m",))
    yield "bca", row.low <= a * b <= row.high
    yield "percentile", row.percentile_low <= a * b <= row.percentile_high
    yield "cautioned", any(each.code == "mediation.near_zero" for each in found.cautions)


def mediated(rng: np.random.Generator) -> Hits:
    """A path that is there."""
    return _mediation(rng, 0.4, 0.4)


def faint(rng: np.random.Generator) -> Hits:
    """No path."""
    return _mediation(rng, 0.0, 0.0)


def shares() -> dict[str, float]:
    """LMG in the population."""
    full = np.eye(5)
    full[:4, :4] = _CORR
    full[4, :4] = full[:4, 4] = _CORR @ _SLOPES / np.sqrt(_SLOPES @ _CORR @ _SLOPES + 1)
    m = Moments.from_printed([row[: at + 1] for at, row in enumerate(full.tolist())], n=10**6, names=[*NAMES, "y"])
    return {row.term: row.lmg for row in lmg(f"y ~ {' + '.join(NAMES)}", m).term_rows}


def importance(rng: np.random.Generator) -> Hits:
    """One sample of four factors."""
    x = rng.multivariate_normal(np.zeros(4), _CORR, size=150)
    y = x @ _SLOPES + rng.normal(size=150)
    table = dict(zip(NAMES, x.T, strict=True)) | {"y": y}
    truth = shares()
    for row in dominance(f"y ~ {' + '.join(NAMES)}", table, resamples=500, rng=rng).term_rows:
        yield row.term, row.low <= truth[row.term] <= row.high


def equal_slopes(rng: np.random.Generator) -> Hits:
    """A factor of the commune without effect."""
    u = np.repeat(np.arange(18), rng.integers(4, 26, size=18))
    x = {"y": 0.7 * rng.normal(size=18)[u] + rng.normal(size=len(u)), "a": rng.normal(size=18)[u], "u": u}
    for label, vcov in ERRORS.items():
        yield label, ols("y ~ a", x, vcov=vcov).coefficient_rows[1].p < 0.05


def spread(rng: np.random.Generator) -> Hits:
    """Two groups with one mean."""
    g = np.repeat(["small", "large"], [15, 45])
    x = {"y": rng.normal(size=60) * np.where(g == "small", 3.0, 1.0), "g": g}
    for variances in VARIANCES:
        yield variances, ttest("y ~ g", x, variances=variances).p < 0.05


CASES: dict[str, Callable[[np.random.Generator], Hits]] = {
    each.__name__: each for each in (survey, mediated, faint, importance, equal_slopes, spread)
}


def rates(case: str, times: int, seed: int = SEED) -> dict[str, float]:
    """Share of the samples in which each interval holds the truth, or each test finds something."""
    rng, counts = np.random.default_rng(seed), dict[str, int]()
    for _ in range(times):
        for name, hit in CASES[case](rng):
            counts[name] = counts.get(name, 0) + bool(hit)
    return {name: count / times for name, count in counts.items()}


if __name__ == "__main__":
    file = Path(__file__).with_name("values.json")
    known = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"seed": SEED, "cases": {}}
    for case in sys.argv[1:] or CASES:
        known["cases"][case] = {"samples": TIMES, "rates": rates(case, TIMES)}
        file.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8", newline="\n")
