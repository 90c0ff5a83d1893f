"""Factors, their number and resampled intervals beside the least they must compute: `python benchmarks/measurement.py`.

Ratios matter, seconds do not. "eigenvalues alone" is one batch of the eigenvalues that a parallel analysis cannot do
without; "a loop of refits" computes the same resamples one after the other, "of the coefficients alone" with no more
than factors and formula. Times are of the processor; peers stand in `measurement_peers.py`.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np

from analysis.stats.discriminant import htmt
from analysis.stats.factors import efa
from analysis.stats.general_factor import congeneric, of_one_factor, shares
from analysis.stats.manyfactors import extract_many
from analysis.stats.moments import moments
from analysis.stats.omega import omega
from analysis.stats.reliability import alpha
from analysis.stats.retention import parallel_analysis

REPEATS = 3
N, ITEMS, FACTORS, REPS, RESAMPLES = 500, 25, 5, 200, 500

Work = Callable[[], object]


def median_seconds(work: Work) -> float:
    """Median of several timings after one that warms up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.process_time()  # of the processor: a busy machine counts little
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def answers(n: int, items: int, factors: int) -> np.ndarray:
    """Answers 1-5 of some factors, simulated."""
    rng = np.random.default_rng(20260102)
    traits = rng.standard_normal((n, factors))
    own = np.arange(items) * factors // items
    return np.clip(np.round(3 + 0.8 * traits[:, own] + 0.6 * rng.standard_normal((n, items))), 1, 5)


def eigenvalues_alone(n: int, items: int) -> Work:
    """Random correlation matrices, as many as the parallel analysis, and their eigenvalues."""
    rng = np.random.default_rng(1)
    stack = np.array([np.corrcoef(rng.standard_normal((n, items)).T) for _ in range(REPS)])
    return lambda: np.linalg.eigvalsh(stack)


def refits(x: np.ndarray, statistic: Callable[[np.ndarray], object], resamples: int = RESAMPLES) -> Work:
    """The statistic of each resample, one after the other."""
    rng = np.random.default_rng(1)
    drawn = [x[rng.integers(0, len(x), len(x))] for _ in range(resamples)]
    return lambda: [statistic(each) for each in drawn]


def with_each_left_out(x: np.ndarray, statistic: Callable[[np.ndarray], object]) -> Work:
    """The statistic of each resample and of the rows less each one."""
    resampled, left = refits(x, statistic), [np.delete(x, at, axis=0) for at in range(len(x))]
    return lambda: (resampled(), [statistic(each) for each in left])


def one_factor(x: np.ndarray) -> tuple[float, float]:
    """Omega total and congeneric of one factor, and nothing else."""
    cov = np.cov(x.T)
    sd = np.sqrt(np.diag(cov))
    corr = (cov / np.outer(sd, sd))[None]
    total = shares(corr, of_one_factor(extract_many(corr, 1, "minres")))["total"]
    return float(total[0]), float(congeneric(cov[None], extract_many(corr, 1, "ml"))[0])


def works() -> list[tuple[str, dict[str, Work]]]:
    """Each piece of work: this package first, then what it is held against."""
    x = answers(N, ITEMS, FACTORS)
    m, corr = moments(x), np.corrcoef(x.T)
    small = answers(300, 6, 1)
    rng = np.random.default_rng
    pairs = {f"C{j}": [f"x{5 * j + i + 1}" for i in range(5)] for j in range(FACTORS)}
    return [
        (f"PCA, varimax, {ITEMS} items", {
            "analysis": lambda: efa(m, FACTORS), "eigenvectors": lambda: np.linalg.eigh(corr),
        }),
        (f"minres, oblimin, 12 starts, {ITEMS} items", {
            "analysis": lambda: efa(m, FACTORS, method="minres", rotation="oblimin"),
            "one start": lambda: efa(m, FACTORS, method="minres", rotation="oblimin", starts=0),
        }),
        (f"maximum likelihood, geomin, {ITEMS} items", {
            "analysis": lambda: efa(m, FACTORS, method="ml", rotation="geomin"),
        }),
        (f"parallel analysis, {REPS} samples", {
            "analysis": lambda: parallel_analysis(m, rng=rng(1), reps=REPS),
            "eigenvalues alone": eigenvalues_alone(N, ITEMS),
        }),
        (f"parallel analysis by shuffling, {REPS} samples of {N}", {
            "analysis": lambda: parallel_analysis(x, rng=rng(1), reps=REPS, chance="permutation"),
            "eigenvalues alone": eigenvalues_alone(N, ITEMS),
        }),
        (f"parallel analysis of common factors, {REPS} samples", {
            "analysis": lambda: parallel_analysis(m, rng=rng(1), reps=REPS, kind="fa"),
            "eigenvalues alone": eigenvalues_alone(N, ITEMS),
        }),
        ("BCa interval of alpha, 300 x 6", {
            "analysis": lambda: alpha(small, ci="bca"), "a loop of refits": refits(small, alpha, 2000),
        }),
        (f"BCa interval of omega, {RESAMPLES} resamples, 300 x 6", {
            "analysis": lambda: omega(small, n_factors=1, ci="bca", resamples=RESAMPLES),
            "a loop of refits": with_each_left_out(small, lambda each: omega(each, n_factors=1, resamples=0)),
            "of the coefficients alone": with_each_left_out(small, one_factor),
        }),
        (f"HTMT with intervals, {RESAMPLES} resamples, {FACTORS} constructs", {
            "analysis": lambda: htmt(x, pairs, resamples=RESAMPLES),
            "a loop of refits": refits(x, lambda each: htmt(each, pairs, resamples=0)),
        }),
    ]  # fmt: skip


def main() -> None:
    """Print the table."""
    print(f"{'work':62s}  {'who':26s}  {'ms':>9s}  ratio")
    for label, rivals in works():
        own = None
        for who, work in rivals.items():
            seconds = median_seconds(work)
            own = seconds if own is None else own
            print(f"{label if who == 'analysis' else '':62s}  {who:26s}  {1000 * seconds:9.2f}  {seconds / own:5.2f}")


if __name__ == "__main__":
    main()
