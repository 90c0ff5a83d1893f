"""Large workbooks are read in a process of their own, with limits of memory and time; small ones where they are."""

from __future__ import annotations

import datetime
import importlib.util
import json
import subprocess
import sys
import zipfile
from array import array
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import DataError, Place, Problem, problem
from ..column import EMPTY, Places
from .archive import is_archive

#: Unpacked size from which a workbook is read apart: far beyond a survey of thousands of persons.
HEAVY = 25_000_000
MEGABYTES = 600
SECONDS = 5  # of the processor
MOST_CELLS = 4_000_000  # that are read in so many seconds
PATIENCE = 6  # times as long by the clock: other work may hold the processor
LIMITED = importlib.util.find_spec("resource") is not None  # else the clock alone stops it
_KINDS = {kind.__name__: kind.fromisoformat for kind in (datetime.datetime, datetime.date, datetime.time)}


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The cells of a sheet, each different value once."""

    places: Places  # (rows, columns) place in `values`, -1 where the cell is empty
    values: tuple[Any, ...]

    def row(self, at: int) -> list[Any]:
        """The cells of a row; None where they are empty."""
        return [None if place == EMPTY else self.values[place] for place in self.places[at].tolist()]


def grid_of(places: bytes | array[int], values: list[Any], width: int) -> Grid:
    """Cells as Python says them, whole numbers as int, from what `apart_child.coded` gives."""
    table = np.frombuffer(places, dtype=np.int32)
    whole = (int(each) if isinstance(each, float) and each.is_integer() else each for each in values)
    return Grid(table.reshape(-1, width) if width else table.reshape(0, 0), tuple(whole))


@dataclass(frozen=True)
class Sheet:
    """A sheet as its cells, and the names of all sheets of its workbook."""

    name: str
    names: tuple[str, ...]
    height: int
    width: int
    grid: Grid


def heavy(content: bytes) -> bool:
    """Whether a workbook unpacks to so much that it is read apart; a look at its table of contents decides."""
    if not is_archive(content):
        return len(content) > HEAVY
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return sum(part.file_size for part in archive.infolist()) > HEAVY
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def sheet_apart(content: bytes, wanted: str | None, file: str) -> Sheet | None:
    """Read a sheet in a process of its own.

    Parameters
    ----------
    content : bytes
        The workbook.
    wanted : str or None
        Which sheet; the first one with a header and a row where it is None.
    file : str
        Its name, for the place of a problem.

    Returns
    -------
    Sheet or None
        None where the system starts no such process; the grid is empty for a sheet that is not there.

    Raises
    ------
    DataError
        ``data.too_heavy``: more memory or time than a workbook may take, or a damaged file.
    """
    script = Path(__file__).with_name("apart_child.py")
    command = [sys.executable, "-I", str(script), str(MEGABYTES), str(SECONDS), *([wanted] if wanted else [])]
    patience = SECONDS * PATIENCE if LIMITED else SECONDS + 2
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        raise DataError(too_heavy(file)) from None
    except OSError:
        return None
    if done.returncode:
        raise DataError(too_heavy(file))
    first, second, places = done.stdout.split(b"\n", 2)
    about = json.loads(first)
    grid = grid_of(places, [_cell(value) for value in json.loads(second)], about["cells"])
    return Sheet(about["chosen"], tuple(about["names"]), about.get("height", 0), about.get("width", 0), grid)


def too_heavy(file: str) -> Problem:
    """More memory or time than a workbook may take."""
    return problem("data.too_heavy", Place(file=file), seconds=SECONDS, megabytes=MEGABYTES)


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, text)] = value.items()
    return datetime.timedelta(seconds=text) if kind == "timedelta" else _KINDS[kind](text)
