"""CSV: codes as they are; a text that a spreadsheet could take for a formula begins with an apostrophe."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from .dataset import Dataset
from .words import FORMULA, visible


def files(data: Dataset) -> Iterator[tuple[str, bytes]]:
    """``<study>.csv``, in UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([guarded(field.name) for field in data.fields])
    columns = [data.columns[field.name] for field in data.fields]
    writer.writerows([guarded(cell) for cell in row] for row in zip(*columns, strict=True))
    yield f"{data.id}.csv", out.getvalue().encode()


def guarded(cell: Any) -> Any:
    """The cell; a text that looks like a formula is marked as text."""
    if not isinstance(cell, str):
        return "" if cell is None else cell
    text = visible(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
