"""Parquet files: columns with their types and, in this package's own exports, their labels; a category is its label."""

from __future__ import annotations

import json
from typing import Any

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .archive import bounded
from .table import RawTable, table_of

SUFFIXES = (".parquet",)

MAX_CELLS = 50_000_000
MAX_BYTES = 1_000_000_000  # unpacked, by the file's own account


def recognises(content: bytes) -> bool:
    """Whether the content is a Parquet file."""
    return content.startswith(b"PAR1") and content.endswith(b"PAR1")


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read a Parquet file; nested columns are refused by name."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    place = Place(file=raw.name)
    if not recognises(raw.content):
        raise DataError(problem("data.unreadable", place))
    try:
        file = pq.ParquetFile(pa.BufferReader(raw.content))
        about = file.metadata
        bounded("cells", about.num_rows * about.num_columns, MAX_CELLS, place)
        sizes = (about.row_group(at).total_byte_size for at in range(about.num_row_groups))
        bounded("bytes", sum(sizes), MAX_BYTES, place)
        nested = [each.name for each in file.schema_arrow if pa.types.is_nested(each.type)]
        if nested:
            raise DataError(*(problem("data.nested_column", Place(file=raw.name, column=name)) for name in nested))
        table = file.read()
        columns = [[_cell(value) for value in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError):
        raise DataError(problem("data.unreadable", place)) from None
    rows = [list(row) for row in zip(*columns, strict=True)]
    frame, lines = table_of(rows, list(range(1, len(rows) + 1)), len(columns))
    about = [_about(field) for field in table.schema]
    descriptions = tuple(str(each.get("label", {}).get("vi", "")) for each in about)
    labels = {at: found for at, each in enumerate(about) if (found := _labels(each))}
    return RawTable(
        raw.name, None, tuple(table.column_names), frame, lines,
        descriptions=descriptions if any(descriptions) else (), labels=labels,
    )  # fmt: skip


def _about(field: Any) -> dict[str, Any]:
    """What an export of this package says of a column."""
    try:
        found = json.loads((field.metadata or {}).get(b"analysis", b"{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("label", {}), dict) else {}


def _labels(about: dict[str, Any]) -> dict[Any, str]:
    levels = about.get("levels", ())
    try:
        return {each["value"]: str(each["label"]["vi"]) for each in levels}
    except (KeyError, TypeError):
        return {}


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float):
        return None if value != value else int(value) if value.is_integer() else value
    return value
