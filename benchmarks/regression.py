"""Regression beside statsmodels and plain loops, on the same work in one run: `python benchmarks/regression.py`.

Ratios matter, seconds do not. Each line first checks that both sides give the same numbers, then times them.
"""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd

REPEATS = 3


def median_seconds(work: Callable[[], object]) -> float:
    """Median of several timings after one that warms up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
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


def indirect_refits(frame: pd.DataFrame, resamples: int) -> np.ndarray:
    """Resampled indirect effects by two least-squares fits each."""
    rng = np.random.default_rng(1)
    values = frame[["f1", "f2", "y"]].to_numpy()
    found = np.empty(resamples)
    for at in range(resamples):
        a, m, y = values[rng.integers(0, len(values), len(values))].T
        one = np.ones(len(a))
        first = np.linalg.lstsq(np.column_stack([one, a]), m, rcond=None)[0][1]
        found[at] = first * np.linalg.lstsq(np.column_stack([one, a, m]), y, rcond=None)[0][2]
    return found


def lines() -> list[tuple[str, float, Callable[[], object], Callable[[], object]]]:
    """Each piece of work: its name, how far apart the two answers are, ours, theirs."""
    import statsmodels.api as sm
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    from analysis import lmg, mediate, mixed, ols, ordinal

    frame = answers(2000, 6)
    names = [f"f{j + 1}" for j in range(6)]
    formula = "y ~ " + " + ".join(names)
    x = sm.add_constant(frame[names])
    wide = answers(400, 8)
    many = [f"f{j + 1}" for j in range(8)]
    small = answers(300, 2)
    group, y, o = frame["unit"].to_numpy(), frame["y"], frame["o"].to_numpy()

    def ours(vcov: object) -> np.ndarray:
        return ols(formula, frame, vcov=vcov).coefficients["se"].to_numpy(dtype=float)  # type: ignore[arg-type]

    def theirs(**options: object) -> np.ndarray:
        return np.asarray(sm.OLS(y, x).fit(use_t=True, **options).bse)

    def ordered() -> np.ndarray:
        return np.asarray(OrderedModel(o, frame[names], distr="logit").fit(method="bfgs", disp=0).params)[:6]

    def random() -> np.ndarray:
        return np.asarray(sm.MixedLM(y, x, groups=group).fit().fe_params)

    def apart(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.max(np.abs(a - b)))

    cluster = {"groups": group}
    bca = mediate("y ~ f1 + f2", small, treat="f1", mediators=["f2"], resamples=2000).effect_rows[1]
    refits = indirect_refits(small, 2000)
    shares = np.array([row.lmg for row in lmg("y ~ " + " + ".join(many), wide).term_rows])
    return [
        ("HC3, 2,000 rows, against statsmodels", apart(ours("HC3"), theirs(cov_type="HC3")),
         lambda: ours("HC3"), lambda: theirs(cov_type="HC3")),
        ("clusters (CR1), against statsmodels",
         apart(ours(("cluster", "unit")), theirs(cov_type="cluster", cov_kwds=cluster)),
         lambda: ours(("cluster", "unit")), lambda: theirs(cov_type="cluster", cov_kwds=cluster)),
        ("BCa of an indirect effect, 2,000 resamples, against refits",
         abs(bca.percentile_low - float(np.quantile(refits, 0.025))),
         lambda: mediate("y ~ f1 + f2", small, treat="f1", mediators=["f2"], resamples=2000),
         lambda: indirect_refits(small, 2000)),
        ("LMG of eight factors, against a loop of regressions", apart(shares, lmg_loop(wide, many)),
         lambda: lmg("y ~ " + " + ".join(many), wide), lambda: lmg_loop(wide, many)),
        ("ordered logit, against statsmodels",
         apart(ordinal("o ~ " + " + ".join(names), frame).coefficients["b"].to_numpy(dtype=float), ordered()),
         lambda: ordinal("o ~ " + " + ".join(names), frame), ordered),
        ("random intercepts of 50 units, against statsmodels",
         apart(mixed(formula + " + (1 | unit)", frame).coefficients["b"].to_numpy(dtype=float), random()),
         lambda: mixed(formula + " + (1 | unit)", frame), random),
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
