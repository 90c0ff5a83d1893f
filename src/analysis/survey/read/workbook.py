"""What all workbooks share: the sheet, titles, headers of one or two rows, hidden rows and columns, kept values."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...errors import Caution, DataError, Place, caution, nearest, problem
from ...study import ResponsesFile
from ..column import EMPTY, objects
from ..raw import RawFile
from .apart import Grid, Sheet, grid_of, heavy, sheet_apart
from .apart_child import coded
from .archive import bounded
from .table import RawTable, column_letters

MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 10_000_000  # rows times columns of a sheet
_NAMED = 20  # so many hidden rows or columns are named


@dataclass(frozen=True)
class Layout:
    """What a sheet shows besides values. Rows and columns are counted from 0."""

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[tuple[int, int], tuple[int, int]], ...] = ()  # (row, column) of the first and the last cell
    fonts: tuple[str, ...] = ()


def read_workbook(raw: RawFile, options: ResponsesFile, layout: Callable[[str], Layout]) -> RawTable:
    """Read one sheet of a workbook by the values that its program has kept.

    Parameters
    ----------
    raw : RawFile
        Within the limits of its format.
    options : ResponsesFile
        Which sheet.
    layout : callable
        Gives the layout of a sheet by its name.

    Returns
    -------
    RawTable
        The first sheet with a header and a row unless the page names one. Rows of one cell above the header are titles;
        a header whose cells are merged across columns has a second row: ``"Training [A1. Question]"``.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    place = Place(file=raw.name)
    if heavy(raw.content) and (found := sheet_apart(raw.content, options.sheet, raw.name)):
        return _read_apart(raw, found, options, layout)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw.content))
        name = _sheet(book, options.sheet, raw.name)
        sheet = book.get_sheet_by_name(name)
        bounded("rows", sheet.total_height, MAX_ROWS, place)
        bounded("columns", sheet.total_width, MAX_COLUMNS, place)
        bounded("cells", sheet.total_height * sheet.total_width, MAX_CELLS, place)
        grid = grid_of(*coded(sheet.to_python(skip_empty_area=False)))
    except PasswordError:
        raise DataError(problem("data.password", place)) from None
    except (CalamineError, ValueError, OSError):
        raise DataError(problem("data.unreadable", place)) from None
    return _table(raw.name, name, grid, layout(name), _others(book, name))


def _read_apart(raw: RawFile, found: Sheet, options: ResponsesFile, layout: Callable[[str], Layout]) -> RawTable:
    place = Place(file=raw.name)
    _known(options.sheet, found.names, raw.name)
    bounded("rows", found.height, MAX_ROWS, place)
    bounded("columns", found.width, MAX_COLUMNS, place)
    bounded("cells", found.height * found.width, MAX_CELLS, place)
    others = tuple(name for name in found.names if name != found.name)
    notes = (caution("read.sheet", "note", sheet=found.name, others=others),) if others else ()
    return _table(raw.name, found.name, found.grid, layout(found.name), notes)


def _known(wanted: str | None, names: Sequence[str], file: str) -> None:
    if wanted is not None and wanted not in names:
        slots = {"value": wanted, "allowed": tuple(names), "nearest": nearest(wanted, names)}
        raise DataError(problem("data.unknown_sheet", Place(file=file), **slots))


def _sheet(book: Any, wanted: str | None, file: str) -> str:
    names = list(book.sheet_names)
    if not names:
        raise DataError(problem("data.file_empty", Place(file=file)))
    if wanted is not None:
        _known(wanted, names, file)
        return wanted
    if len(names) == 1:
        return str(names[0])
    visible = [each.name for each in book.sheets_metadata if str(each.visible).endswith("Visible")] or names
    return str(next((name for name in visible if book.get_sheet_by_name(name).height > 1), visible[0]))


def _others(book: Any, used: str) -> tuple[Caution, ...]:
    others = tuple(name for name in book.sheet_names if name != used)
    return (caution("read.sheet", "note", sheet=used, others=others),) if others else ()


def _table(file: str, sheet: str, grid: Grid, layout: Layout, notes: tuple[Caution, ...]) -> RawTable:
    first = _header_row(grid, layout)
    if first is None:
        raise DataError(problem("data.file_empty", Place(file=file, sheet=sheet)))
    titles = tuple(str(cell) for at in range(first) for cell in grid.row(at) if cell is not None)
    deep = 2 if _two_rows(grid, first, layout) else 1
    headers = _headers(grid, first, deep, layout)
    filled = np.flatnonzero((grid.places[first + deep :] != EMPTY).any(axis=1))
    last = first + deep + (int(filled[-1]) + 1 if len(filled) else 0)  # empty rows at the end are no responses
    lines = tuple(range(first + deep + 1, last + 1))
    values = objects((*grid.values, None))
    columns = enumerate(grid.places[first + deep : last].T)
    frame = pd.DataFrame({at: pd.Series(values[places], dtype=object) for at, places in columns})
    notes += (caution("read.titles", "note", titles=titles),) if titles else ()
    notes += (caution("read.two_rows", "note", rows=(str(first + 1), str(first + 2))),) if deep == 2 else ()
    notes += _hidden(layout, first + deep, len(lines), len(headers))
    return RawTable(file, sheet, headers, frame, lines, first + 1, fonts=layout.fonts, notes=notes)


def _header_row(grid: Grid, layout: Layout) -> int | None:
    """The first row that holds anything and is no title: one cell at the left or across half of the sheet."""
    filled = grid.places != EMPTY
    counts = filled.sum(axis=1)
    rows, wide = np.flatnonzero(counts).tolist(), int(counts.max(initial=0))
    for at in rows:
        if counts[at] > 1 or wide < 3 or not _title(at, int(filled[at].argmax()), wide, layout):
            return int(at)
    return rows[0] if rows else None


def _title(row: int, column: int, wide: int, layout: Layout) -> bool:
    across = next((last[1] - first[1] + 1 for first, last in layout.merged if first == (row, column)), 1)
    return column == 0 or across * 2 > wide


def _two_rows(grid: Grid, first: int, layout: Layout) -> bool:
    """A header cell is merged across columns, and below it stand headers, no answers."""
    across = [at for at in layout.merged if at[0][0] == at[1][0] == first and at[0][1] < at[1][1]]
    below = grid.row(first + 1) if first + 1 < len(grid.places) else []
    under = [cell for start, end in across for cell in below[start[1] : end[1] + 1] if cell is not None]
    return bool(under) and all(isinstance(cell, str) for cell in under)


def _headers(grid: Grid, first: int, deep: int, layout: Layout) -> tuple[str, ...]:
    top = ["" if cell is None else str(cell) for cell in grid.row(first)]
    if deep == 1:
        return tuple(top)
    for start, end in layout.merged:
        if start[0] == end[0] == first:
            top[start[1] : end[1] + 1] = [top[start[1]]] * (end[1] - start[1] + 1)
    below = ["" if cell is None else str(cell) for cell in grid.row(first + 1)]
    return tuple(f"{group} [{own}]" if group and own else group or own for group, own in zip(top, below, strict=True))


def _hidden(layout: Layout, first: int, count: int, width: int) -> tuple[Caution, ...]:
    """Hidden rows and columns are read like any other, and named."""
    rows = [row for row in layout.hidden_rows if first <= row < first + count]
    columns = [column for column in layout.hidden_columns if column < width]
    found: tuple[Caution, ...] = ()
    if rows:
        named = tuple(str(row + 1) for row in rows[:_NAMED])
        found += (caution("read.hidden_rows", count=len(rows), rows=named),)
    if columns:
        named = tuple(column_letters(column) for column in columns[:_NAMED])
        found += (caution("read.hidden_columns", count=len(columns), columns=named),)
    return found
