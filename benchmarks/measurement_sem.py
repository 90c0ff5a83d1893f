"""The same measurement models by this package, lavaan and semopy: CPU seconds, chi-square, CFI, on the same rows.

    python3 bootstrap.py python benchmarks/measurement_sem.py [--semopy PYTHON] [--rows 1000] [--only ML FIML]

lavaan runs where Rscript is found; semopy where the interpreter given has it (an environment of its own: it is no
dependency), and by plain maximum likelihood only. Each program runs in a process of its own on one core and times
itself: the best of several fits, without start-up and reading. ``fit`` is what each does by itself (estimates; with
lavaan errors and test too), ``all`` is with errors, fit measures and the standardised solution with its errors, which
this package always gives. Rows are simulated: five correlated factors of five items, for FIML a tenth of the answers
missing, for WLSMV cut into five levels at n = 2,436. Where R is there, Holzinger and Swineford's tests and the
personality items of ``psych`` as well.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

FIVE = "\n".join(f"f{k} =~ " + " + ".join(f"q{5 * k + j}" for j in range(5)) for k in range(5))
THREE = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
BFI = "\n".join(f"{k} =~ " + " + ".join(f"{k}{j}" for j in range(1, 6)) for k in "ACENO")
ONE_CORE = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "VECLIB_MAXIMUM")}

OURS = """
import sys; import pandas as pd; from analysis import cfa
x, model = pd.read_csv(sys.argv[1]), open(sys.argv[2]).read()
def fit(): return cfa(model, x, estimator=sys.argv[3], missing=sys.argv[4])
def everything(): return fit()
def shown(found): return found.fit.chisq, found.fit.cfi
"""

SEMOPY = """
import sys, warnings; warnings.simplefilter("ignore")
import pandas as pd, semopy
x, model = pd.read_csv(sys.argv[1]), open(sys.argv[2]).read()
def fit():
    m = semopy.Model(model); m.fit(x); return m
def everything():
    m = fit(); m.inspect(std_est=True); return semopy.calc_stats(m)
def shown(stats): return float(stats["chi2"].iloc[0]), float(stats["CFI"].iloc[0])
"""

CLOCK = """
import json, time
def best(job):
    least, spent, runs = float("inf"), 0.0, 0
    while runs < 2 or (spent < 5 and runs < 20):
        begin, cpu = time.perf_counter(), time.process_time()
        found = job()
        least, spent = min(least, time.process_time() - cpu), spent + time.perf_counter() - begin
        runs += 1
        if spent > 30: break
    return least, found
(quick, _), (whole, found) = best(fit), best(everything)
chisq, cfi = shown(found)
print(json.dumps({"fit": quick, "all": whole, "chisq": chisq, "cfi": cfi}))
"""

R = """
args <- commandArgs(TRUE); suppressPackageStartupMessages(library(lavaan))
x <- read.csv(args[1]); model <- readLines(args[2], warn = FALSE)
fit <- function() suppressWarnings(cfa(model, x, estimator = args[3], missing = args[4], ordered = args[3] == "WLSMV"))
everything <- function() { f <- fit(); s <- standardizedSolution(f); suppressWarnings(fitMeasures(f)) }
best <- function(job) {
  least <- Inf; spent <- 0; runs <- 0
  while (runs < 2 || (spent < 5 && runs < 20)) {
    gc(FALSE); begin <- proc.time(); found <- job(); taken <- proc.time() - begin
    least <- min(least, taken[[1]] + taken[[2]]); spent <- spent + taken[[3]]; runs <- runs + 1
    if (spent > 30) break
  }
  list(least, found)
}
quick <- best(fit); whole <- best(everything); m <- whole[[2]]
cat(sprintf('{"fit": %.5f, "all": %.5f, "chisq": %.6f, "cfi": %.6f}', quick[[1]], whole[[1]], m[["chisq"]], m[["cfi"]]))
"""


@dataclass(frozen=True)
class Task:
    """A model and the rows it is fitted to."""

    name: str
    model: str
    x: pd.DataFrame
    estimator: str = "ML"
    missing: str = "listwise"


def simulated(rows: int) -> pd.DataFrame:
    """Five factors that correlate .4, five items each with loadings from .5 to .9."""
    rng = np.random.default_rng(20260101)
    factors = rng.multivariate_normal(np.zeros(5), np.full((5, 5), 0.4) + 0.6 * np.eye(5), size=rows)
    loadings = np.tile([0.9, 0.8, 0.7, 0.6, 0.5], 5)
    x = np.repeat(factors, 5, axis=1) * loadings + rng.normal(size=(rows, 25)) * np.sqrt(1 - loadings**2)
    return pd.DataFrame(x, columns=[f"q{j}" for j in range(25)])


def tasks(rows: int, rscript: str | None) -> Iterator[Task]:
    """Every model, small ones first."""
    if rscript:
        yield Task("HS ML", THREE, from_r(rscript, "lavaan::HolzingerSwineford1939[paste0('x', 1:9)]"))
    complete = simulated(rows)
    for estimator in ("ML", "MLR", "MLM"):
        yield Task(estimator, FIVE, complete, estimator)
    codes = np.digitize(simulated(2436), [-1.2, -0.4, 0.4, 1.2]) + 1
    yield Task("WLSMV", FIVE, pd.DataFrame(codes, columns=complete.columns), "WLSMV")
    if rscript:
        yield Task("bfi FIML", BFI, from_r(rscript, "psych::bfi[, 1:25]"), "ML", "fiml")
    holes = complete.mask(np.random.default_rng(1).random(complete.shape) < 0.1)
    yield Task("FIML", FIVE, holes, "ML", "fiml")


def from_r(rscript: str, expression: str) -> pd.DataFrame:
    """A data frame of one of R's packages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        subprocess.run([rscript, "-e", f"write.csv({expression}, '{path}', row.names = FALSE, na = '')"], check=True)
        return pd.read_csv(path)


def timed(command: list[str], script: str, task: Task) -> dict[str, float] | str:
    """What a program says of a task; its last words where it fails."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("script", "x.csv", "model.txt")]
        paths[0].write_text(script, encoding="utf-8")
        task.x.to_csv(paths[1], index=False)
        paths[2].write_text(task.model, encoding="utf-8")
        done = subprocess.run(
            [*command, *map(str, paths), task.estimator, task.missing],
            capture_output=True, text=True, check=False, env={**os.environ, **ONE_CORE},
        )  # fmt: skip
    try:
        return dict(json.loads(done.stdout))
    except json.JSONDecodeError:
        return (done.stderr.strip().splitlines() or ["no answer"])[-1]


def told(found: dict[str, float] | str, ours: dict[str, float] | str) -> str:
    """Seconds, how many times ours, and the answer."""
    if isinstance(found, str) or isinstance(ours, str):
        return str(found)
    times = "  ".join(f"{part} {found[part]:8.4f} s ({found[part] / ours['all']:5.1f}x)" for part in ("fit", "all"))
    return f"{times}  chisq {found['chisq']:.4f}  cfi {found['cfi']:.4f}"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--semopy", help="a Python interpreter that has semopy")
    options.add_argument("--rows", type=int, default=1000)
    options.add_argument("--only", nargs="+", help="tasks by name")
    chosen, rscript = options.parse_args(), shutil.which("Rscript")
    for task in tasks(chosen.rows, rscript):
        if chosen.only and task.name not in chosen.only:
            continue
        programs = {"ours": ([sys.executable], OURS + CLOCK)}
        if rscript:
            programs["lavaan"] = ([rscript], R)
        if chosen.semopy and (task.estimator, task.missing) == ("ML", "listwise"):
            programs["semopy"] = ([chosen.semopy], SEMOPY + CLOCK)
        ours: dict[str, float] | str = ""
        for name, (command, script) in programs.items():
            found = timed(command, script, task)
            ours = ours or found
            print(f"{task.name:8} n = {len(task.x)}  {name:7} {told(found, ours)}", flush=True)


if __name__ == "__main__":
    main()
