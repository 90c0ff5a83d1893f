"""What files of statistics programs share: names, labels of values, what counts as missing, sets of responses."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..encodings import encodings
from ..encodings.choice import canonical
from ..raw import RawFile
from .table import RawTable, ResponseSet, table_of


def read_statistics(raw: RawFile, reader: Callable[..., Any]) -> RawTable:
    """Read a file by one of pyreadstat's readers; a case is a row.

    Parameters
    ----------
    raw : RawFile
        Its bytes.
    reader : callable
        ``read_sav``, ``read_por`` or ``read_dta``, with the options of its own.

    Returns
    -------
    RawTable
        Values as they stand; what the file declares as missing stays visible until cleaning says so. Stata's missing
        values .a to .z are the texts ``".a"`` … ``".z"``.
    """
    import pyreadstat

    try:
        columns, meta = reader(io.BytesIO(raw.content), output_format="dict")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError, OverflowError):
        raise DataError(problem("data.unreadable", Place(file=raw.name))) from None
    names = list(meta.column_names)
    texts = {name for name in names if meta.readstat_variable_types.get(name) == "string"}
    cells = [[_cell(value, name in texts) for value in columns[name]] for name in names]
    rows = [list(row) for row in zip(*cells, strict=True)]
    frame, lines = table_of(rows, list(range(1, len(rows) + 1)), len(names))
    labels = {
        at: {_cell(value, name in texts): label for value, label in meta.variable_value_labels[name].items()}
        for at, name in enumerate(names)
        if meta.variable_value_labels.get(name)
    }
    missing = {at: found for at, name in enumerate(names) if (found := _missing(meta, name))}
    described = tuple(meta.column_names_to_labels.get(name) or "" for name in names)
    declared = getattr(meta, "mr_sets", None) or {}
    sets = {
        name: ResponseSet(tuple(each["variable_list"]), each["counted_value"], each["label"] or "")
        for name, each in declared.items()
    }
    return RawTable(raw.name, None, tuple(names), frame, lines, None, described, labels, missing, sets=sets)


def program_encoding(options: ResponsesFile) -> str | None:
    """The declared encoding where the reader of these files knows it; the older ones are converted afterwards."""
    return options.encoding if options.encoding and canonical(options.encoding) not in encodings() else None


def _missing(meta: Any, name: str) -> tuple[tuple[Any, Any], ...]:
    """Low and high of what a variable declares as missing."""
    ranges = (meta.missing_ranges or {}).get(name, ())
    found = tuple((each["lo"], each["hi"]) if isinstance(each, dict) else (each, each) for each in ranges)
    letters = (meta.missing_user_values or {}).get(name, ())
    return found + tuple((f".{letter}", f".{letter}") for letter in letters if isinstance(letter, str))


def _cell(value: Any, text: bool) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    if isinstance(value, str):
        if not text and len(value) == 1:
            return f".{value}"
        return value if value.strip() else None
    return value
