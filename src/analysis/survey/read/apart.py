"""Large workbooks are read in a process of their own, with limits of memory and time; small ones where they are."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from ...errors import DataError, Place, problem
from .archive import is_archive

#: Unpacked size from which a workbook is read apart: far beyond a survey of thousands of persons.
HEAVY = 25_000_000
MEGABYTES = 600
SECONDS = 8
_KINDS = {kind.__name__: kind.fromisoformat for kind in (datetime.datetime, datetime.date, datetime.time)}


@dataclass(frozen=True)
class Sheet:
    """A sheet as its cells, and the names of all sheets of its workbook."""

    name: str
    names: tuple[str, ...]
    height: int
    width: int
    rows: list[list[Any]]


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
        None where the system starts no such process; `rows` are empty for a sheet that is not there.

    Raises
    ------
    DataError
        ``data.too_heavy``: more memory or time than a workbook may take, or a damaged file.
    """
    script = Path(__file__).with_name("apart_child.py")
    command = [sys.executable, "-I", str(script), str(MEGABYTES), str(SECONDS), *([wanted] if wanted else [])]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise DataError(_too_heavy(file)) from None
    except OSError:
        return None
    if done.returncode:
        raise DataError(_too_heavy(file))
    first, *lines = done.stdout.splitlines()
    about = json.loads(first)
    rows = [[_cell(cell) for cell in json.loads(line)] for line in lines]
    return Sheet(about["chosen"], tuple(about["names"]), about.get("height", 0), about.get("width", 0), rows)


def _too_heavy(file: str) -> Any:
    return problem("data.too_heavy", Place(file=file), seconds=SECONDS, megabytes=MEGABYTES)


def _cell(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    [(kind, text)] = value.items()
    return datetime.timedelta(seconds=text) if kind == "timedelta" else _KINDS[kind](text)
