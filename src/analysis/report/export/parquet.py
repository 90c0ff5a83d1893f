"""Parquet: codes with their types; words and labels of both languages as metadata of every column."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from .dataset import Dataset, Field
from .words import both

_TYPES = {"integer": "int32", "number": "float64", "string": "string"}


def files(data: Dataset) -> Iterator[tuple[str, bytes]]:
    """``<study>.parquet``."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    about = {"study": data.id, "title": both(data.title), "simulated": data.simulated, "personal": data.personal}
    about |= {"remarks": [both(said) for said in data.remarks]}
    schema = pa.schema(
        [pa.field(field.name, _TYPES[field.type], metadata=_packed(_words(field))) for field in data.fields],
        metadata=_packed(about),
    )
    columns = [pa.array(data.columns[field.name], type=schema.field(field.name).type) for field in data.fields]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), sink, compression="zstd", write_page_checksum=True)
    yield f"{data.id}.parquet", sink.getvalue()


def _words(field: Field) -> dict[str, Any]:
    levels = [{"value": level.code, "label": both(level.label)} for level in field.levels]
    return {"label": both(field.label), "kind": field.kind, "levels": levels}


def _packed(content: dict[str, Any]) -> dict[bytes, bytes]:
    return {b"analysis": json.dumps(content, ensure_ascii=False).encode()}
