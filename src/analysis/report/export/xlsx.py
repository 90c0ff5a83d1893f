"""Excel: the codes on one sheet, on another what every column and value means in both languages."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from ..document.package import canonical
from ..words import languages
from .dataset import Dataset, Field
from .words import FORMULA, visible

DATA, CODEBOOK = "data", "codebook"


def files(data: Dataset) -> Iterator[tuple[str, bytes]]:
    """``<study>.xlsx``."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        first, *_ = languages()
        stamp = " ".join(said[first] for said in data.remarks)
        book.set_properties({"title": data.title[first], "comments": stamp, "created": datetime(1980, 1, 1)})
        style = book.add_format({"bold": True, "bottom": 1})
        marked = book.add_format({"quote_prefix": True})
        for name, rows in ((DATA, _cells(data)), (CODEBOOK, _codebook(data))):
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                _row(sheet, at, row, marked, None if at else style)
            sheet.freeze_panes(1, 0)
    yield f"{data.id}.xlsx", canonical(out.getvalue(), {})


def _cells(data: Dataset) -> Iterator[Sequence[Any]]:
    yield [field.name for field in data.fields]
    yield from zip(*(data.columns[field.name] for field in data.fields), strict=True)


def _codebook(data: Dataset) -> Iterator[Sequence[Any]]:
    """A line for each column and, below it, one for each of its values."""
    yield ["name", "value", *(f"label_{lang}" for lang in languages()), "kind"]
    for field in data.fields:
        yield [field.name, None, *_texts(field), field.kind]
        for level in field.levels:
            yield [field.name, level.code, *(level.label[lang] for lang in languages()), None]


def _texts(field: Field) -> list[str]:
    return [field.label[lang] for lang in languages()]


def _row(sheet: Any, at: int, row: Sequence[Any], marked: Any, style: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            text = visible(cell)
            sheet.write_string(at, column, text, marked if text.startswith(FORMULA) else style)
        elif cell is not None:
            sheet.write_number(at, column, cell, style)
