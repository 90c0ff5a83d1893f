"""From a csv file of Vietnamese answers to codes: `python benchmarks/intake.py` (`--full`: a million rows by forty).

Beside it stand pyarrow's own parse of the same bytes, which reads text and understands nothing, and pandas, which reads
the file and maps every cell of text by itself. The answers are simulated.
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from analysis.study import ResponsesFile
from analysis.study.dictionaries import dictionaries
from analysis.survey.likert import labels_of
from analysis.survey.raw import RawFile
from analysis.survey.read import read
from analysis.survey.text import clean_text

ROWS, FULL, COLUMNS = 20_000, 1_000_000, 40


def answers(rows: int) -> bytes:
    """Labels of five levels, some in other spellings."""
    spellings = np.array(
        [
            "Rất không đồng ý",
            "Không đồng ý",
            "Bình thường",
            "Đồng ý",
            "Rất đồng ý",
            "ĐỒNG Ý",
            "Phân vân",
            "5. Rất đồng ý",
        ]
    )
    drawn = spellings[np.random.default_rng(20260101).integers(0, len(spellings), (rows, COLUMNS))]
    lines = (",".join(line) for line in drawn)
    return "\n".join([",".join(f"A{at + 1}" for at in range(COLUMNS)), *lines, ""]).encode()


def ours(content: bytes) -> int:
    """Read as any file of answers is, with every check, and turn labels into codes."""
    labels = labels_of(dictionaries()["agree5"])
    table = read(RawFile("answers.csv", content, ""), ResponsesFile("answers.csv"))
    return sum(len(labels.take(table.cells[at].tolist(), {})) for at in table.cells)


def arrow(content: bytes) -> int:
    """Pyarrow's parse: text columns, nothing understood."""
    from pyarrow import csv

    return int(csv.read_csv(io.BytesIO(content)).num_rows) * COLUMNS


def per_cell(content: bytes) -> int:
    """Pandas: read, then one call for each cell."""
    labels = labels_of(dictionaries()["agree5"])
    frame = pd.read_csv(io.BytesIO(content), dtype=object)
    return sum(len(frame[name].map(lambda text: labels.read(clean_text(text)))) for name in frame)


def main() -> None:
    """Print seconds, cells a second and the ratio to ours."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--full", action="store_true", help="a million rows")
    rows = FULL if asked.parse_args().full else ROWS
    content = answers(rows)
    print(f"{rows:,} rows x {COLUMNS} columns, {len(content):,} bytes, simulated")
    work: dict[str, Callable[[bytes], int]] = {
        "analysis (read and code)": ours,
        "pyarrow (parse alone)": arrow,
        "pandas (read, map each cell)": per_cell,
    }
    first = 0.0
    for name, run in work.items():
        start = time.perf_counter()
        cells = run(content)
        seconds = time.perf_counter() - start
        first = first or seconds
        print(f"  {name:30s} {seconds:8.2f} s  {cells / seconds:14,.0f} cells/s  {seconds / first:6.2f} x ours")


if __name__ == "__main__":
    main()
