"""Side by side with peers, on the same work in one run: `python benchmarks/run.py`. Ratios matter, seconds do not.

Peers are opponents here and never dependencies; those that are not installed are left out and named.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

REPEATS = 7


def median_seconds(work: Callable[[], object]) -> float:
    """Median of several timings after one that warms up."""
    work()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def fresh(code: str) -> Callable[[], object]:
    """The code in a Python of its own, imports and all."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def likert(rows: int, items: int) -> pd.DataFrame:
    """Answers 1-5 of one factor, simulated."""
    rng = np.random.default_rng(20260101)
    latent = rng.standard_normal((rows, 1)) * 0.8 + rng.standard_normal((rows, items)) * 0.6
    return pd.DataFrame(np.clip(np.round(3 + latent), 1, 5), columns=[f"q{i + 1}" for i in range(items)])


def plain_alpha(rows: np.ndarray) -> float:
    """Alpha alone, as short as numpy allows."""
    cov = np.cov(rows.T)
    return float(len(cov) / (len(cov) - 1) * (1 - np.trace(cov) / cov.sum()))


def rivals() -> list[tuple[str, dict[str, Callable[[], object]]]]:
    """Each piece of work with everybody who can do it; ours first."""
    from analysis import alpha, icc, ols, omega

    frame = likert(5000, 10)
    outcome = frame.mean(axis=1) + np.random.default_rng(1).standard_normal(len(frame))
    frame_y = frame.assign(y=outcome)
    formula = "y ~ " + " + ".join(frame.columns)
    small = likert(300, 5)

    def refitted() -> list[float]:
        """The same 2,000 resamples and 300 jackknife samples, one refit after the other."""
        values, chance = small.to_numpy(), np.random.default_rng(1)
        drawn = [values[chance.integers(0, 300, 300)] for _ in range(2000)]
        return [plain_alpha(rows) for rows in (*drawn, *(np.delete(values, at, axis=0) for at in range(300)))]

    long = likert(1000, 10).rename_axis("target").reset_index().melt("target", var_name="rater", value_name="score")
    sparse = long[np.random.default_rng(2).random(len(long)) > 0.1]
    columns = {"target": "target", "rater": "rater", "score": "score"}
    make = "import pandas as pd; d = pd.DataFrame({'a': [1, 2, 4, 5, 3], 'b': [2, 2, 5, 4, 3], 'c': [1, 3, 4, 4, 3]})"
    first = fresh(f"{make}; import analysis; analysis.alpha(d)")
    work: list[tuple[str, dict[str, Callable[[], object]]]] = [
        ("import and alpha of a small frame, fresh process", {"analysis": first}),
        ("alpha with item analysis, 5,000 x 10", {"analysis": lambda: alpha(frame)}),
        ("OLS with ten factors, HC3, 5,000 rows", {"analysis": lambda: ols(formula, frame_y, vcov="HC3")}),
        ("BCa interval of alpha, 300 x 5", {"analysis": lambda: alpha(small, ci="bca"), "a loop of refits": refitted}),
        ("omega of one factor with interval, 300 x 5", {"analysis": lambda: omega(small, n_factors=1)}),
        ("ICC, six forms with intervals, 1,000 x 10", {"analysis": lambda: icc(long, **columns)}),
        ("ICC with a tenth of the ratings missing", {"analysis": lambda: icc(sparse, **columns)}),
    ]
    work[0][1]["import pandas alone"] = fresh("import pandas")
    import statsmodels.formula.api as smf

    work[2][1]["statsmodels"] = lambda: smf.ols(formula, frame_y).fit(cov_type="HC3").summary()
    if importlib.util.find_spec("pingouin"):
        import pingouin

        work[0][1]["pingouin"] = fresh(f"{make}; import pingouin; pingouin.cronbach_alpha(d)")
        work[1][1]["pingouin (alpha only)"] = lambda: pingouin.cronbach_alpha(frame)
        work[2][1]["pingouin (classical)"] = lambda: pingouin.linear_regression(frame, outcome)
        theirs = {"targets": "target", "raters": "rater", "ratings": "score"}
        work[5][1]["pingouin"] = lambda: pingouin.intraclass_corr(long, **theirs)
    return work


def main() -> None:
    """Print each piece of work, the seconds of each rival and its ratio to ours."""
    for title, runners in rivals():
        print(title)
        found = {name: median_seconds(work) for name, work in runners.items()}
        for name, seconds in found.items():
            print(f"  {name:28s} {seconds:9.4f} s   {seconds / found['analysis']:6.2f} x ours")
    if not importlib.util.find_spec("pingouin"):
        print("not installed, left out: pingouin")


if __name__ == "__main__":
    main()
