"""The same measurement models by this package, lavaan and semopy: seconds, chi-square, CFI, on the same simulated rows.

    python3 bootstrap.py python benchmarks/measurement_sem.py [--semopy PYTHON] [--rows 1000]

lavaan runs where Rscript is found; semopy where the interpreter given has it (an environment of its own: it is no
dependency). Rows are simulated: five correlated factors of five items; in the second task a tenth of the answers is
missing.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from analysis import cfa

MODEL = "\n".join(f"f{k} =~ " + " + ".join(f"q{5 * k + j}" for j in range(5)) for k in range(5))
TASKS = {"ML": ("ML", "listwise"), "FIML": ("ML", "fiml"), "MLR": ("MLR", "listwise")}

R = """
args <- commandArgs(TRUE); suppressPackageStartupMessages(library(lavaan))
x <- read.csv(args[1]); model <- readLines(args[2]); t <- proc.time()[["elapsed"]]
f <- cfa(model, x, estimator = args[3], missing = args[4]); m <- fitMeasures(f, c("chisq", "cfi"))
cat(sprintf('{"seconds": %.4f, "chisq": %.6f, "cfi": %.6f}', proc.time()[["elapsed"]] - t, m[["chisq"]], m[["cfi"]]))
"""

SEMOPY = """
import json, sys, time, warnings; warnings.simplefilter("ignore")
import pandas as pd, semopy
x, model = pd.read_csv(sys.argv[1]), open(sys.argv[2]).read(); start = time.perf_counter()
m = semopy.Model(model); m.fit(x, obj="FIML" if sys.argv[4] == "fiml" else "MLW"); s = semopy.calc_stats(m)
found = {"seconds": time.perf_counter() - start, "chisq": float(s["chi2"].iloc[0]), "cfi": float(s["CFI"].iloc[0])}
print(json.dumps(found))
"""


def simulated(rows: int) -> pd.DataFrame:
    """Five factors that correlate .4, five items each with loadings from .5 to .9."""
    rng = np.random.default_rng(20260101)
    factors = rng.multivariate_normal(np.zeros(5), np.full((5, 5), 0.4) + 0.6 * np.eye(5), size=rows)
    loadings = np.tile([0.9, 0.8, 0.7, 0.6, 0.5], 5)
    x = np.repeat(factors, 5, axis=1) * loadings + rng.normal(size=(rows, 25)) * np.sqrt(1 - loadings**2)
    return pd.DataFrame(x, columns=[f"q{j}" for j in range(25)])


def ours(x: pd.DataFrame, estimator: str, missing: str) -> dict[str, float]:
    start = time.perf_counter()
    fit = cfa(MODEL, x, estimator=estimator, missing=missing).fit
    return {"seconds": time.perf_counter() - start, "chisq": fit.chisq, "cfi": fit.cfi}


def theirs(command: list[str], script: str, x: pd.DataFrame, estimator: str, missing: str) -> dict[str, float] | str:
    """What another program says; its last words where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("script", "x.csv", "model.txt")]
        paths[0].write_text(script, encoding="utf-8")
        x.to_csv(paths[1], index=False)
        paths[2].write_text(MODEL, encoding="utf-8")
        done = subprocess.run(
            [*command, *map(str, paths), estimator, missing], capture_output=True, text=True, check=False
        )
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        return (done.stderr.strip().splitlines() or ["no answer"])[-1]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--semopy", help="a Python interpreter that has semopy")
    options.add_argument("--rows", type=int, default=1000)
    chosen = options.parse_args()
    complete = simulated(chosen.rows)
    holes = complete.mask(np.random.default_rng(1).random(complete.shape) < 0.1)
    peers = {"lavaan": ([shutil.which("Rscript")], R), "semopy": ([chosen.semopy], SEMOPY)}
    for task, (estimator, missing) in TASKS.items():
        x = holes if missing == "fiml" else complete
        found = {"ours": ours(x, estimator, missing)}
        for name, (command, script) in peers.items():
            if command[0] is None:
                found[name] = "not here"
            elif name == "semopy" and estimator != "ML":
                found[name] = "has no " + estimator
            else:
                found[name] = theirs(command, script, x, estimator, missing)
        for name, each in found.items():
            shown = each if isinstance(each, str) else "  ".join(f"{key} {value:.4f}" for key, value in each.items())
            print(f"{task:5} n = {len(x)}  {name:7} {shown}")


if __name__ == "__main__":
    main()
