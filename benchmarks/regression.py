"""Regression beside statsmodels and plain loops, on the same work in one run: `python benchmarks/regression.py`.

Ratios matter, seconds do not. Each line first checks that both sides give the same numbers, then times them, by the
processor's time and on one thread. Both sides start from a formula and a data frame and end with the whole table; "from
a matrix" spares statsmodels the formula, which costs it more than the fit.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded

import statistics
import time
import warnings
from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

REPEATS = 7
LEAST = 0.05  # seconds of one timing: shorter work is repeated


def median_seconds(work: Callable[[], object]) -> float:
    """Median of several timings of the processor after one that warms up."""
    start = time.process_time()
    work()
    times, rounds = [], max(1, int(LEAST / max(time.process_time() - start, 1e-6)))
    for _ in range(REPEATS):
        start = time.process_time()
        for _ in range(rounds):
            work()
        times.append((time.process_time() - start) / rounds)
    return statistics.median(times)


def answers(rows: int, factors: int, units: int = 50) -> pd.DataFrame:
    """Factors that go together, an outcome with a unit's part, the same in five ordered groups: simulated."""
    rng = np.random.default_rng(20260101)
    shared = rng.standard_normal((rows, 1))
    x = 0.6 * shared + 0.8 * rng.standard_normal((rows, factors))
    unit = rng.integers(0, units, rows)
    y = x @ np.linspace(0.4, 0.05, factors) + 0.5 * rng.standard_normal(units)[unit] + rng.standard_normal(rows)
    frame = pd.DataFrame(x, columns=[f"f{j + 1}" for j in range(factors)])
    cuts = np.quantile(y, [0.1, 0.35, 0.65, 0.9])
    return frame.assign(y=y, unit=unit, o=np.searchsorted(cuts, y) + 1)


def lmg_loop(frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    """LMG by one regression for each subset, as a loop over pandas columns does it."""
    y = frame["y"].to_numpy()
    total = float(((y - y.mean()) ** 2).sum())

    def r2(subset: tuple[str, ...]) -> float:
        x = np.column_stack([np.ones(len(y)), frame[list(subset)].to_numpy()])
        left = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
        return 1 - float(left @ left) / total

    known = {subset: r2(subset) for size in range(len(names) + 1) for subset in combinations(names, size)}
    k = len(names)
    found = []
    for name in names:
        rest = [other for other in names if other != name]
        value = 0.0
        for size in range(k):
            weight = factorial(size) * factorial(k - 1 - size) / factorial(k)
            for subset in combinations(rest, size):
                larger = tuple(sorted((*subset, name), key=names.index))
                value += weight * (known[larger] - known[subset])
        found.append(value)
    return np.array(found)


def indirect(values: np.ndarray) -> float:
    """The effect of f1 on y through f2: two least-squares fits."""
    a, m, y = values.T
    one = np.ones(len(a))
    first = np.linalg.lstsq(np.column_stack([one, a]), m, rcond=None)[0][1]
    return float(first * np.linalg.lstsq(np.column_stack([one, a, m]), y, rcond=None)[0][2])


def bca_refits(frame: pd.DataFrame, resamples: int) -> tuple[float, float]:
    """BCa limits of that effect by refits: resamples, then each row left out."""
    from scipy.special import ndtr, ndtri

    rng = np.random.default_rng(1)
    values = frame[["f1", "f2", "y"]].to_numpy()
    n = len(values)
    found = np.array([indirect(values[rng.integers(0, n, n)]) for _ in range(resamples)])
    without = np.array([indirect(np.delete(values, at, axis=0)) for at in range(n)])
    bias, apart = ndtri(np.mean(found < indirect(values))), without.mean() - without
    growth = (apart**3).sum() / (6 * (apart**2).sum() ** 1.5)
    tails = bias + ndtri(np.array([0.025, 0.975]))
    low, high = np.quantile(found, ndtr(bias + tails / (1 - growth * tails)))
    return float(low), float(high)


def lines() -> list[tuple[str, float, Callable[[], object], Callable[[], object]]]:
    """Each piece of work: its name, how far apart the two answers are, ours, theirs."""
    import statsmodels.api as sm
    import statsmodels.formula.api as smf
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    from analysis import lmg, mediate, mixed, ols, ordinal

    frame = answers(2000, 6)
    names = [f"f{j + 1}" for j in range(6)]
    formula = "y ~ " + " + ".join(names)
    x, y, group = sm.add_constant(frame[names]), frame["y"], frame["unit"]
    wide, many = answers(400, 10), [f"f{j + 1}" for j in range(10)]
    small = answers(300, 2)
    clusters = {"cov_type": "cluster", "cov_kwds": {"groups": group}, "use_t": True}
    hc3 = {"cov_type": "HC3", "use_t": True}

    def ours(vcov: object) -> np.ndarray:
        return np.array([row.se for row in ols(formula, frame, vcov=vcov).coefficient_rows])  # type: ignore[arg-type]

    def by_formula(options: dict[str, object]) -> object:
        return smf.ols(formula, frame).fit(**options).summary()

    def by_matrix(options: dict[str, object]) -> object:
        return sm.OLS(y, x).fit(**options).summary()

    def ordered() -> object:
        return OrderedModel(frame["o"], frame[names], distr="logit").fit(method="bfgs", disp=0)

    def mediated() -> object:
        return mediate("y ~ f1 + f2", small, treat="f1", mediators=["f2"], resamples=2000)

    def apart(a: object, b: object) -> float:
        return float(np.max(np.abs(np.asarray(a, dtype=float) - np.asarray(b, dtype=float))))

    def slopes(rows: object) -> list[float]:
        return [row.b for row in rows]  # type: ignore[attr-defined]

    path, refits = mediated().effect_rows[1], bca_refits(small, 2000)  # type: ignore[attr-defined]
    shares = [row.lmg for row in lmg("y ~ " + " + ".join(many), wide).term_rows]
    hc3_apart = apart(ours("HC3"), sm.OLS(y, x).fit(**hc3).bse)
    clusters_apart = apart(ours(("cluster", "unit")), sm.OLS(y, x).fit(**clusters).bse)
    o_formula, mixed_formula = "o ~ " + " + ".join(names), formula + " + (1 | unit)"
    return [
        ("HC3, 2,000 rows by 6 factors, against statsmodels", hc3_apart, lambda: ours("HC3"), lambda: by_formula(hc3)),
        ("    the same, statsmodels from a matrix", hc3_apart, lambda: ours("HC3"), lambda: by_matrix(hc3)),
        ("clusters (CR1) of 50 units, against statsmodels", clusters_apart,
         lambda: ours(("cluster", "unit")), lambda: by_formula(clusters)),
        ("    the same, statsmodels from a matrix", clusters_apart,
         lambda: ours(("cluster", "unit")), lambda: by_matrix(clusters)),
        ("BCa of an indirect effect, 2,000 resamples, against refits", apart((path.low, path.high), refits),
         mediated, lambda: bca_refits(small, 2000)),
        ("LMG of ten factors, against a loop of regressions", apart(shares, lmg_loop(wide, many)),
         lambda: lmg("y ~ " + " + ".join(many), wide), lambda: lmg_loop(wide, many)),
        ("ordered logit, against statsmodels",
         apart(slopes(ordinal(o_formula, frame).coefficient_rows), ordered().params[:6]),  # type: ignore[attr-defined]
         lambda: ordinal(o_formula, frame), lambda: ordered().summary()),  # type: ignore[attr-defined]
        ("random intercepts of 50 units, against statsmodels",
         apart(slopes(mixed(mixed_formula, frame).coefficient_rows), sm.MixedLM(y, x, groups=group).fit().fe_params),
         lambda: mixed(mixed_formula, frame), lambda: smf.mixedlm(formula, frame, groups=group).fit().summary()),
        ("    the same, statsmodels from a matrix",
         apart(slopes(mixed(mixed_formula, frame).coefficient_rows), sm.MixedLM(y, x, groups=group).fit().fe_params),
         lambda: mixed(mixed_formula, frame), lambda: sm.MixedLM(y, x, groups=group).fit().summary()),
    ]  # fmt: skip


def main() -> None:
    """Print one line for each piece of work."""
    warnings.simplefilter("ignore")
    print(f"{'work':<62}{'apart':>10}{'ours, s':>10}{'theirs, s':>11}{'ratio':>8}")
    for name, apart, ours, theirs in lines():
        mine, other = median_seconds(ours), median_seconds(theirs)
        print(f"{name:<62}{apart:>10.1e}{mine:>10.4f}{other:>11.4f}{other / mine:>8.1f}")


if __name__ == "__main__":
    main()
