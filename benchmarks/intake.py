"""From a file of Vietnamese answers to codes: `python benchmarks/intake.py` (`--full`: a million rows by forty).

Beside it stand pyarrow's own parse of the same file, which reads text and understands nothing, and pandas in three
ways: a dictionary of the eight spellings that occur, known beforehand and looked up as they stand (the least that can
be done); this package's own reading of a label called for each cell, which remembers the spellings that it has
normalised; and the methods of `Series.str` (NFC, spaces, small letters, a number before the label) with a dictionary
after them. For a workbook it is openpyxl, where it is installed. Every reader works in a process of its own, so that
its memory is seen. Seconds are those of the clock, and of the processor for the reader and the processes that it
starts. The answers are simulated.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROWS, FULL, COLUMNS, STEP = 20_000, 1_000_000, 40, 10_000
SHEET = 20_000  # rows of the workbook
CODES = tuple(f"A{at + 1}" for at in range(COLUMNS))
SPELLINGS = (
    "Rất không đồng ý",
    "Không đồng ý",
    "Bình thường",
    "Đồng ý",
    "Rất đồng ý",
    "ĐỒNG Ý",
    "Phân vân",
    "5. Rất đồng ý",
)

PAGE = """\
study: intake
title: {vi: Đọc tệp, en: Intake}
simulated: true
responses: {file: FILE}
scales: {agree5: {dictionary: agree5}}
constructs:
  A: {role: factor, scale: agree5, name: {vi: Đào tạo, en: Training}}
"""


def drawn(rows: int) -> Iterator[list[list[str]]]:
    """Labels of five levels, some in other spellings, some thousands of rows at a time."""
    rng, labels = np.random.default_rng(20260101), np.array(SPELLINGS)
    for start in range(0, rows, STEP):
        yield labels[rng.integers(0, len(labels), (min(STEP, rows - start), COLUMNS))].tolist()


def write_study(folder: Path, name: str) -> Path:
    """The page and the items of a study whose answers are in `name`."""
    folder.mkdir()
    (folder / "study.yml").write_text(PAGE.replace("FILE", name), encoding="utf-8")
    items = (f"{code},A,,Câu hỏi {code}.,Question {code}.\n" for code in CODES)
    (folder / "items.csv").write_text("code,construct,reverse,text_vi,text_en\n" + "".join(items), encoding="utf-8")
    return folder / name


def write_csv(file: Path, rows: int) -> None:
    """The answers as a csv file."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(CODES) + "\n")
        for lines in drawn(rows):
            stream.writelines(",".join(line) + "\n" for line in lines)


def write_xlsx(file: Path, rows: int) -> None:
    """The answers as a workbook."""
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, CODES)
    for at, line in enumerate(line for lines in drawn(rows) for line in lines):
        sheet.write_row(at + 1, 0, line)
    book.close()


def in_parts(file: Path) -> int:
    """Read, check, clean, log and code part by part."""
    from analysis.survey.parts import parts

    return sum(part.frame[list(CODES)].size for part in parts(file.parent))


def whole(file: Path) -> int:
    """Read, check, clean, log and code at once."""
    from analysis.survey import prepare

    return int(prepare(file.parent, cache=False).frame[list(CODES)].size)


def arrow(file: Path) -> int:
    """Parse to text columns, nothing understood."""
    from pyarrow import csv

    return int(csv.read_csv(file).num_rows) * COLUMNS


def per_cell(file: Path) -> int:
    """Read, then one call of `Series.map` for each cell."""
    import pandas as pd

    from analysis.study.dictionaries import dictionaries
    from analysis.survey.likert import labels_of
    from analysis.survey.text import clean_text

    labels = labels_of(dictionaries()["agree5"])
    frame = pd.read_csv(file, dtype=object)
    return sum(len(frame[name].map(lambda text: labels.read(clean_text(text)))) for name in frame)


def methods(file: Path) -> int:
    """Read, then the methods of text and a dictionary, column by column."""
    import pandas as pd

    from analysis.study.dictionaries import dictionaries
    from analysis.survey.likert import labels_of

    codes = labels_of(dictionaries()["agree5"]).codes
    frame = pd.read_csv(file)
    before = r"^\d+\.\s*"
    plain = (frame[name].str.normalize("NFC").str.strip().str.lower() for name in frame)
    return sum(len(each.str.replace(before, "", regex=True).map(codes)) for each in plain)


def spellings(file: Path) -> int:
    """Read, then a dictionary of the spellings as they stand: nothing is normalised, nothing found."""
    import pandas as pd

    from analysis.study.dictionaries import dictionaries
    from analysis.survey.likert import labels_of

    labels = labels_of(dictionaries()["agree5"])
    codes = {text: labels.read(text) for text in SPELLINGS}
    frame = pd.read_csv(file)
    return sum(len(frame[name].map(codes)) for name in frame)


def again(file: Path) -> int:
    """Take clean answers and their log from the cache."""
    from analysis.survey import prepare

    found = prepare(file.parent)
    return int(found.frame[list(CODES)].size) if len(found.log.rows) else 0


def cells(file: Path) -> int:
    """Read cells, headers and layout of a workbook, nothing understood."""
    from analysis.study import ResponsesFile
    from analysis.survey.raw import whole_file
    from analysis.survey.read import read

    return int(read(whole_file(file), ResponsesFile(file.name)).cells.size)


def openpyxl(file: Path) -> int:
    """Read cells, nothing understood."""
    from openpyxl import load_workbook

    rows = load_workbook(file, read_only=True, data_only=True)["Data"].iter_rows(min_row=2, values_only=True)
    return sum(map(len, rows))


READERS: dict[str, Callable[[Path], int]] = {
    each.__name__: each for each in (in_parts, whole, again, cells, arrow, per_cell, methods, spellings, openpyxl)
}
NAMES = {
    "in_parts": "analysis, in parts",
    "whole": "analysis, prepare",
    "arrow": "pyarrow, parse alone",
    "again": "analysis, from the cache",
    "cells": "analysis, cells alone",
    "per_cell": "pandas, map each cell",
    "methods": "pandas, str and map",
    "spellings": "pandas, known spellings",
    "openpyxl": "openpyxl, cells alone",
}


def measured(reader: str, file: Path) -> tuple[int, float, float, float]:
    """Cells, seconds by clock and processor, and the most memory (MB) of one reader in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--one", reader, str(file)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    found, seconds, processor, memory = done.stdout.split()
    return int(found), float(seconds), float(processor), float(memory)


def one(reader: str, file: Path) -> None:
    """Time one reader; what it imports is imported before, on a small file of the same kind."""
    with tempfile.TemporaryDirectory() as folder:
        small = write_study(Path(folder) / "small", file.name)
        (write_csv if file.suffix == ".csv" else write_xlsx)(small, 50)
        READERS[reader](small)
    if reader == "again":
        again(file)  # what is timed finds it
    start, used = time.perf_counter(), processor()
    found = READERS[reader](file)
    print(found, time.perf_counter() - start, processor() - used, peak())


def processor() -> float:
    """Seconds of the processor of this process and of those that it started and that have ended."""
    told = os.times()
    return told.user + told.system + told.children_user + told.children_system


def peak() -> float:
    """Most memory of this process in MB; 0 where the system does not tell (a child's `getrusage` counts its parent)."""
    told = Path("/proc/self/status")
    lines = told.read_text(encoding="utf-8").splitlines() if told.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def compare(file: Path, readers: tuple[str, ...]) -> None:
    """Print seconds by the clock and of the processor, each with its ratio to the first reader, and memory."""
    first: tuple[float, float] | None = None
    for reader in readers:
        _, seconds, used, memory = measured(reader, file)
        first = first or (seconds, used)
        print(
            f"  {NAMES[reader]:24s} {seconds:8.2f} s {seconds / first[0]:7.2f} x by the clock"
            f" {used:8.2f} s {used / first[1]:7.2f} x of the processor {memory:8,.0f} MB",
            flush=True,
        )


def main() -> None:
    """A csv file and a workbook, each by every reader."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--full", action="store_true", help="a million rows")
    asked.add_argument("--one", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        one(given.one[0], Path(given.one[1]))
        return
    rows = FULL if given.full else ROWS
    with tempfile.TemporaryDirectory() as folder:
        file = write_study(Path(folder) / "csv", "answers.csv")
        write_csv(file, rows)
        print(f"csv: {rows:,} rows x {COLUMNS} columns, {file.stat().st_size:,} bytes, simulated")
        peers = ("in_parts", "arrow", "per_cell", "methods", "spellings")
        compare(file, peers if given.full else (*peers, "whole", "again"))
        file = write_study(Path(folder) / "xlsx", "answers.xlsx")
        write_xlsx(file, SHEET)
        print(f"xlsx: {SHEET:,} rows x {COLUMNS} columns, {file.stat().st_size:,} bytes, simulated")
        peers = ("openpyxl",) if importlib.util.find_spec("openpyxl") else ()
        compare(file, ("cells", "whole", *peers))
        if not peers:
            print("  openpyxl is not installed here")


if __name__ == "__main__":
    main()
