"""SPSS files: values with their labels; what the file declares as missing stays visible until cleaning says so."""

from __future__ import annotations

import io
import math
from typing import Any

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .table import RawTable, table_of

SUFFIXES = (".sav", ".zsav")


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read an SPSS file; a case is a row."""
    import pyreadstat

    if not raw.content.startswith((b"$FL2", b"$FL3")):
        raise DataError(problem("data.unreadable", Place(file=raw.name)))
    stream = io.BytesIO(raw.content)
    try:
        columns, meta = pyreadstat.read_sav(stream, user_missing=True, output_format="dict", encoding=options.encoding)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError, OverflowError):
        raise DataError(problem("data.unreadable", Place(file=raw.name))) from None
    names = list(meta.column_names)
    cells = [[_cell(value) for value in columns[name]] for name in names]
    rows = [list(row) for row in zip(*cells, strict=True)]
    frame, lines = table_of(rows, list(range(1, len(rows) + 1)), len(names))
    labels = {at: _labels(meta.variable_value_labels.get(name, {})) for at, name in enumerate(names)}
    missing = {
        at: tuple(_range(each) for each in meta.missing_ranges[name])
        for at, name in enumerate(names)
        if name in meta.missing_ranges
    }
    texts = tuple(meta.column_names_to_labels.get(name) or "" for name in names)
    labelled = {at: found for at, found in labels.items() if found}
    return RawTable(raw.name, None, tuple(names), frame, lines, None, texts, labelled, missing)


def _range(declared: Any) -> tuple[Any, Any]:
    """Low and high of what a variable declares as missing."""
    return (declared["lo"], declared["hi"]) if isinstance(declared, dict) else (declared, declared)


def _labels(declared: dict[Any, str]) -> dict[Any, str]:
    return {_cell(value): label for value, label in declared.items()}


def _cell(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    if isinstance(value, str):
        return value if value.strip() else None
    return value
