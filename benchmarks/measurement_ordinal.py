"""Polychoric correlations and their covariances beside R on the same simulated answers, in one run.

`python benchmarks/measurement_ordinal.py`; R's psych and lavaan are timed when `Rscript` has them, else left out.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analysis.stats.contingency import contingency
from analysis.stats.ordinal_moments import ordinal_moments
from analysis.stats.polychoric import polychoric
from analysis.stats.sem.cfa import cfa

MODEL = "\n".join(f"f{f + 1} =~ " + " + ".join(f"q{5 * f + j}" for j in range(5)) for f in range(5))
ITEMS, LEVELS = 25, [-1.2, -0.3, 0.5, 1.3]

R = """
x <- read.csv(commandArgs(TRUE)[1]); one <- function(e) cat("seconds", system.time(e)[["elapsed"]], "\\n")
quiet <- function(e) suppressMessages(suppressWarnings(e))
if (requireNamespace("psych", quietly = TRUE)) {
  cat("psych::polychoric\\n"); one(quiet(psych::polychoric(x, correct = 0)))
}
if (requireNamespace("lavaan", quietly = TRUE)) {
  d <- x; d[] <- lapply(d, ordered)
  cat("lavaan::lavCor\\n"); one(quiet(lavaan::lavCor(d, ordered = names(d))))
  cat("lavaan with NACOV\\n"); one(quiet(lavaan::lavCor(d, ordered = names(d), output = "fit", se = "standard")))
  items <- sapply(1:5, function(f) paste0("q", 5 * f - 5:1, collapse = " + "))
  model <- paste(sprintf("f%d =~ %s", 1:5, items), collapse = "\\n")
  fit <- function() lavaan::cfa(model, d, ordered = names(d), estimator = "WLSMV")
  cat("lavaan WLSMV\\n"); one(quiet(lavaan::fitMeasures(fit())))
}
"""


def simulated(n: int) -> dict[str, npt.NDArray[np.int64]]:
    """Answers to 25 items of five levels with one trait behind them."""
    rng = np.random.default_rng(1)
    latent = 0.6 * rng.normal(size=(n, 1)) + 0.8 * rng.normal(size=(n, ITEMS))
    return {f"q{j}": np.digitize(latent[:, j], LEVELS) + 1 for j in range(ITEMS)}


def median(work: Callable[[], object], times: int = 7) -> float:
    """Median seconds."""
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    return sorted(spent)[times // 2]


def by_r(x: dict[str, npt.NDArray[np.int64]]) -> dict[str, float]:
    """Seconds of R's packages on the same answers; none where there is no R."""
    if shutil.which("Rscript") is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(x)
            writer.writerows(zip(*(column.tolist() for column in x.values()), strict=True))
        script = Path(folder) / "time.R"
        script.write_text(R, encoding="utf-8", newline="\n")
        command = ["Rscript", str(script), str(path)]
        said = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    return {
        name: float(value) for name, value in re.findall(r"(\S+::\w+|lavaan \w+(?: NACOV)?)\s+seconds ([\d.]+)", said)
    }


def main() -> None:
    """Seconds for 25 items, by rows."""
    print(f"{ITEMS} items of five levels, simulated; seconds")
    for n in (500, 5000, 50_000):
        x = simulated(n)
        counts = contingency(x)
        found = {
            "contingency": median(lambda x=x: contingency(x), 3),
            "polychoric from tables": median(lambda counts=counts: polychoric(counts)),
            "polychoric from rows": median(lambda x=x: polychoric(x), 3),
            "polychoric, ml": median(lambda counts=counts: polychoric(counts, method="ml"), 3),
            "WLSMV, five factors": median(lambda x=x: cfa(MODEL, x, estimator="WLSMV"), 3),
            "with gamma": median(lambda x=x: ordinal_moments(x), 3),
        }
        print(f"n = {n}")
        for name, seconds in (found | (by_r(x) if n <= 5000 else {})).items():
            print(f"  {name:24s} {seconds:8.3f}   x {seconds / found['polychoric from tables']:.0f}")


if __name__ == "__main__":
    main()
