"""SPSS: one file for each language, for a variable or a value has one label there."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from ..words import languages, phrase
from .dataset import Dataset, Field
from .words import visible

#: Where the header keeps day and time of its making, and what stands there instead: no clock in a file.
_CLOCK = slice(92, 109)
_DAY = b"01 Jan 8000:00:00"
#: Words of the language of SPSS, which no variable may be called.
_RESERVED = ("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with")
_MEASURES = {"ordered": "ordinal", "item": "ordinal", "number": "scale", "score": "scale"}


def files(data: Dataset) -> Iterator[tuple[str, bytes]]:
    """``<study>.sav`` in the first language, ``<study>.<lang>.sav`` in the others."""
    first, *_ = languages()
    for lang in languages():
        yield f"{data.id}.sav" if lang == first else f"{data.id}.{lang}.sav", _written(data, lang)


def _written(data: Dataset, lang: str) -> bytes:
    import pyreadstat

    names = names_of(field.name for field in data.fields)
    frame = pd.DataFrame({names[field.name]: _column(data.columns[field.name], field) for field in data.fields})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.sav"
        pyreadstat.write_sav(
            frame,
            str(path),
            file_label=_stamp(data, lang),
            column_labels={names[field.name]: _short(field.label[lang], 255) for field in data.fields},
            variable_value_labels={names[field.name]: _labels(field, lang) for field in data.fields if field.levels},
            variable_measure={names[field.name]: _MEASURES.get(field.kind, "nominal") for field in data.fields},
            variable_format={names[field.name]: "F8.0" for field in data.fields if field.type == "integer"},
        )
        content = bytearray(path.read_bytes())
    content[_CLOCK] = _DAY
    return bytes(content)


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Names that SPSS allows: a word of its language gets a line behind it, and capitals do not tell two names apart.

    Examples
    --------
    >>> names_of(["GT", "gt_", "DT1", "dt1"])
    {'GT': 'GT_', 'gt_': 'gt__', 'DT1': 'DT1', 'dt1': 'dt1_'}
    """
    taken = set(_RESERVED)
    found: dict[str, str] = {}
    for code in codes:
        name = code
        while name.casefold() in taken:
            name += "_"
        taken.add(name.casefold())
        found[code] = name
    return found


def _stamp(data: Dataset, lang: str) -> str:
    return _short(phrase("source.simulated", lang) if data.simulated else data.title[lang], 64)


def _column(cells: list[Any], field: Field) -> pd.Series[Any]:
    if field.type == "string":
        return pd.Series(["" if cell is None else visible(cell) for cell in cells], dtype=object)
    return pd.Series(cells, dtype="float64")


def _labels(field: Field, lang: str) -> dict[Any, str]:
    number = field.type == "integer"
    return {float(each.code) if number else str(each.code): _short(each.label[lang], 120) for each in field.levels}


def _short(text: str, most: int) -> str:
    """A text in at most so many bytes, which the format counts, cut between letters."""
    content = visible(text).encode()
    return text if len(content) <= most else content[: most - 3].decode(errors="ignore") + "…"
