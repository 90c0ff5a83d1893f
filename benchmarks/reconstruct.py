"""How long a reconstruction takes, and how much of the print it meets: `python benchmarks/reconstruct.py`."""

from __future__ import annotations

import importlib.util
import time
from pathlib import Path

from analysis.published.blueprint import blueprint
from analysis.published.reconstruct import reconstruct

PRINTS = Path(__file__).resolve().parents[1] / "tests" / "published" / "prints.py"
MEANS = ("item_mean", "item_sd")
TABLE = ("scale_mean_if_deleted", "scale_var_if_deleted", "corrected_item_total_r", "alpha_if_deleted")
SEEDS = range(1, 11)


def main() -> None:
    """Ten simulated studies of 25 items and 200 persons, by what is printed and with how many digits."""
    spec = importlib.util.spec_from_file_location("prints", PRINTS)
    if spec is None or spec.loader is None:
        raise SystemExit(f"not found: {PRINTS.name}")
    prints = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(prints)
    print("printed of each item      digits  numbers  all met  seconds: median, longest")
    for label, columns in (("mean, sd", MEANS), ("item-total table", TABLE), ("both", (*MEANS, *TABLE))):
        for digits in (2, 3, 4):
            times, met, numbers = [], 0, 0
            for seed in SEEDS:
                plan = blueprint(prints.Survey(seed).print(digits, columns))
                start = time.perf_counter()
                found = reconstruct(plan)
                times.append(time.perf_counter() - start)
                met += not found.missed
                numbers = len(found.matched)
            middle = sorted(times)[len(times) // 2]
            shares = f"{met:3d}/{len(times)}"
            print(f"{label:24s}  {digits:6d}  {numbers:7d}  {shares:>7s}  {middle:8.2f}, {max(times):.2f}")


if __name__ == "__main__":
    main()
