"""Excel workbooks. Limits come before parsing: a small file can unpack to more than a machine holds."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

from ...errors import DataError, Place, nearest, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .table import RawTable, table_of

SUFFIXES = (".xlsx",)

MAX_UNPACKED = 200_000_000
MAX_RATIO = 200
MAX_PARTS = 2_000
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
_SMALL = 100_000  # a part this small cannot hurt, however well it packs

# A cell or row beyond the limits, by its address: columns after ALL, rows with more digits than the limit.
_FAR_COLUMN = re.compile(rb'\sr="(?:A(?:L[M-Z]|[M-Z][A-Z])|[B-Z][A-Z]{2}|[A-Z]{4,})\d', re.ASCII)
_ROW = re.compile(rb'<(?:\w+:)?(?:row|c)\b[^>]*?\sr="[A-Z]*(\d{6,})"', re.ASCII)


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read one sheet of a workbook; the first row that holds anything is the header."""
    from python_calamine import CalamineError, CalamineWorkbook

    _within_limits(raw)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw.content))
        name = _sheet(book.sheet_names, options.sheet, raw.name)
        grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError):
        raise DataError(problem("data.unreadable", Place(file=raw.name))) from None
    rows = [[_cell(cell) for cell in row] for row in grid]
    first = next((at for at, row in enumerate(rows) if any(cell is not None for cell in row)), None)
    if first is None:
        raise DataError(problem("data.file_empty", Place(file=raw.name, sheet=name)))
    headers = tuple("" if cell is None else str(cell) for cell in rows[first])
    frame, lines = table_of(rows[first + 1 :], list(range(first + 2, len(rows) + 1)), len(headers))
    return RawTable(raw.name, name, headers, frame, lines, first + 1)


def _sheet(names: list[str], wanted: str | None, file: str) -> str:
    if not names:
        raise DataError(problem("data.file_empty", Place(file=file)))
    if wanted is None:
        return names[0]
    if wanted not in names:
        slots = {"value": wanted, "allowed": tuple(names), "nearest": nearest(wanted, names)}
        raise DataError(problem("data.unknown_sheet", Place(file=file), **slots))
    return wanted


def _cell(value: Any) -> Any:
    """A cell as Python says it: whole numbers as int, blank text as nothing."""
    if isinstance(value, str):
        return value if value.strip() else None
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _within_limits(raw: RawFile) -> None:
    """Refuse what is no workbook, and what would unpack to too much."""
    place = Place(file=raw.name)
    try:
        with zipfile.ZipFile(io.BytesIO(raw.content)) as archive:
            parts = archive.infolist()
            _bounded("parts", len(parts), MAX_PARTS, place)
            _bounded("bytes", sum(part.file_size for part in parts), MAX_UNPACKED, place)
            for part in parts:
                if part.file_size > _SMALL:
                    _bounded("ratio", part.file_size // max(part.compress_size, 1), MAX_RATIO, place)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _plain_part(archive, part, place)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise DataError(problem("data.unreadable", place)) from None


def _plain_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, place: Place) -> None:
    """Refuse a document type (entities can grow without limit) and a sheet larger than the limits."""
    with archive.open(part) as stream:
        content = stream.read(part.file_size + 1)
    if b"<!DOCTYPE" in content[:4096]:
        raise DataError(problem("data.unreadable", place))
    if part.filename.startswith("xl/worksheets/"):
        if _FAR_COLUMN.search(content):
            _bounded("columns", MAX_COLUMNS + 1, MAX_COLUMNS, place)
        _bounded("rows", max((int(row) for row in _ROW.findall(content)), default=0), MAX_ROWS + 1, place)


def _bounded(what: str, found: int, limit: int, place: Place) -> None:
    if found > limit:
        raise DataError(problem(f"data.too_many_{what}", place, limit=limit, found=found))
