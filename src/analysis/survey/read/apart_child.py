"""Reads one sheet of a workbook in a process of its own, within limits of memory and time; run as a script.

It stands alone, so that nothing but the reader itself fills the memory that it is allowed. The workbook comes in by
standard input; out go two lines of JSON, what was found and the different values, then for each cell the place of its
value: a survey repeats few of them in many cells.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import sys
from array import array
from collections.abc import Iterable
from typing import Any


def limited(megabytes: int, seconds: int) -> None:
    """Have the system stop this process beyond its limits; where it cannot, the parent's clock alone does."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(value: Any) -> Any:
    """A date or time as its kind and its text."""
    if isinstance(value, datetime.timedelta):
        return {"timedelta": value.total_seconds()}
    return {type(value).__name__: value.isoformat()}


class Numbers(dict[Any, int]):
    """A place for each different value; -1 for blank text."""

    def __init__(self, values: list[Any]) -> None:
        super().__init__()
        self.values_of_all = values

    def __missing__(self, value: Any) -> int:
        if isinstance(value, str) and not value.strip():
            self[value] = -1
        else:
            self[value] = len(self.values_of_all)
            self.values_of_all.append(value)
        return self[value]


class ByKind(dict[type, Numbers]):
    """Values of different types are different, even where Python calls them equal: 1 and True."""

    def __init__(self, values: list[Any]) -> None:
        super().__init__()
        self.values_of_all = values

    def __missing__(self, kind: type) -> Numbers:
        self[kind] = found = Numbers(self.values_of_all)
        return found


def coded(rows: Iterable[list[Any]]) -> tuple[array[int], list[Any], int]:
    """Places of all cells row by row, the different values, and the cells of a row."""
    places, values, width = array("i"), list[Any](), 0
    known = ByKind(values)
    for row in rows:
        kinds = set(map(type, row))
        alike = known[kinds.pop()] if len(kinds) == 1 else None
        places.extend(map(alike.__getitem__, row) if alike is not None else [known[type(cell)][cell] for cell in row])
        width = len(row)
    return places, values, width


def first_filled(book: Any, names: list[str]) -> Any:
    """The first sheet to be seen that has a header and a row; the first of all where none has."""
    visible = [each.name for each in book.sheets_metadata if str(each.visible).endswith("Visible")] or names
    first = None
    for name in visible:
        sheet = book.get_sheet_by_name(name)
        if sheet.height > 1:
            return sheet
        first = first or sheet
    return first


def main() -> None:
    """Read the sheet named by the third argument, or tell the names of all when there is none."""
    megabytes, seconds = int(sys.argv[1]), int(sys.argv[2])
    content = sys.stdin.buffer.read()
    limited(megabytes, seconds)
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = list(book.sheet_names)
    wanted = sys.argv[3] if len(sys.argv) > 3 else None
    sheet = first_filled(book, names) if wanted is None else book.get_sheet_by_name(wanted) if wanted in names else None
    about: dict[str, Any] = {"names": names, "chosen": wanted}
    places, values, width = array("i"), list[Any](), 0
    if sheet is not None:
        about |= {"chosen": sheet.name, "height": sheet.total_height, "width": sheet.total_width}
        places, values, width = coded(sheet.iter_rows())
    out = sys.stdout.buffer
    out.write(
        json.dumps({**about, "cells": width}).encode() + b"\n" + json.dumps(values, default=plain).encode() + b"\n"
    )
    out.write(places)
    out.flush()


if __name__ == "__main__":
    main()
