"""Alpha, ICC and factor analysis beside pingouin and factor_analyzer.

    python3 bootstrap.py python benchmarks/measurement_peers.py --peers PYTHON

PYTHON is an interpreter of an environment of its own that has the peers (pingouin is GPL-3, factor_analyzer asks for
scikit-learn below 1.6): they are opponents and never dependencies. Those that it lacks are left out and named. Each
side runs the same answers in a process of its own with one thread; times are of the processor, so that a busy machine
counts little. Read the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

COMMON = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd

def answers(n, items, factors):
    rng = np.random.default_rng(20260102)
    traits, own = rng.standard_normal((n, factors)), np.arange(items) * factors // items
    x = np.clip(np.round(3 + 0.8 * traits[:, own] + 0.6 * rng.standard_normal((n, items))), 1, 5)
    return pd.DataFrame(x, columns=[f"q{i + 1}" for i in range(items)])

def long(x):
    return x.rename_axis("target").reset_index().melt("target", var_name="rater", value_name="score")

def seconds(work, times=15):
    work()
    spent = []
    for _ in range(times):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return sorted(spent)[len(spent) // 2]

scale, many, rated = answers(3000, 10, 1), answers(3000, 25, 5), long(answers(300, 5, 1))
works = {}
"""

OURS = """
from analysis import alpha, efa, icc
from analysis.stats.moments import moments
found = moments(scale)
oblimin = {"method": "minres", "rotation": "oblimin"}
works["alpha with interval, 3,000 x 10"] = lambda: alpha(scale)
works["the same from moments"] = lambda: alpha(found)
works["ICC, six forms, 300 x 5, long"] = lambda: icc(rated, target="target", rater="rater", score="score")
works["minres, oblimin, one start, 3,000 x 25"] = lambda: efa(many, 5, starts=0, **oblimin)
works["minres, oblimin, twelve starts, 3,000 x 25"] = lambda: efa(many, 5, **oblimin)
works["maximum likelihood, varimax, 3,000 x 25"] = lambda: efa(many, 5, method="ml", rotation="varimax")
"""

PINGOUIN = """
import pingouin
works["alpha with interval, 3,000 x 10"] = lambda: pingouin.cronbach_alpha(scale)
works["the same from moments"] = works["alpha with interval, 3,000 x 10"]
names = {"targets": "target", "raters": "rater", "ratings": "score"}
works["ICC, six forms, 300 x 5, long"] = lambda: pingouin.intraclass_corr(rated, **names)
"""

FACTOR_ANALYZER = """
from factor_analyzer import FactorAnalyzer
minres = lambda: FactorAnalyzer(5, rotation="oblimin", method="minres").fit(many)
works["minres, oblimin, one start, 3,000 x 25"] = minres
works["minres, oblimin, twelve starts, 3,000 x 25"] = minres
works["maximum likelihood, varimax, 3,000 x 25"] = lambda: FactorAnalyzer(5, rotation="varimax", method="ml").fit(many)
"""

LAST = """
print(json.dumps({name: seconds(work) for name, work in works.items()}))
"""


def timed(python: str, script: str) -> dict[str, float]:
    """Seconds of each piece of work in a process of its own; none where its imports fail."""
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(
        [python, "-c", COMMON + script + LAST], capture_output=True, text=True, check=False, env=os.environ | one
    )
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}


def main() -> None:
    """Print each piece of work with the milliseconds of both sides."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--peers", default=sys.executable, help="a Python interpreter that has the peers")
    peers = options.parse_args().peers
    ours = timed(sys.executable, OURS)
    theirs = {"pingouin": timed(peers, PINGOUIN), "factor_analyzer": timed(peers, FACTOR_ANALYZER)}
    print(f"{'work':46s}  {'analysis':>9s}  {'peer':>9s}  ratio")
    for work, own in ours.items():
        for name, found in theirs.items():
            if work in found:
                print(
                    f"{work:46s}  {1000 * own:6.2f} ms  {1000 * found[work]:6.2f} ms  {found[work] / own:6.1f}  {name}"
                )
    missing = [name for name, found in theirs.items() if not found]
    if missing:
        print("not there, left out: " + ", ".join(missing))


if __name__ == "__main__":
    main()
