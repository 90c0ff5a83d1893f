"""A cleaning log as csv, for any program that reads tables, and back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from .column import Column, Places, objects
from .log_rows import ACTIONS, NO_IDS, Ids, Kind, LogRow, LogRows
from .read.csv_columns import records

NAMES = [field.name for field in fields(LogRow)]


def line_of(cells: Iterable[object]) -> str:
    """A line of csv with its end."""
    return ",".join(_cell(cell) for cell in cells) + "\n"


def _cell(value: object) -> str:
    """A cell of csv, in quotes where a reader would take it apart otherwise (the csv module forgets a lone CR)."""
    text = "" if value is None else str(_guarded(value))
    return '"' + text.replace('"', '""') + '"' if _TORN.search(text) else text


_TORN = re.compile('[,"\r\n]')


def lines_of(rows: LogRows) -> Iterator[str]:
    """Lines of csv: what a kind's lines share is written once."""
    shared = [_around(kind) for kind in rows.kinds]
    ids = Ids(np.array([_cell(each) for each in rows.ids.of], dtype=object), rows.ids.first)
    for which, row, line in zip(rows.which.tolist(), rows.row.tolist(), rows.line.tolist(), strict=True):
        first, middle, last, letters = shared[which]
        cell = "" if letters is None else f"{letters}{line}"
        who, sheet = ids[row] or "", last[1]
        yield f"{first}{row}{middle}{line}{last[0]}{who}{sheet}{cell}\n"


def _around(kind: Kind) -> tuple[str, str, tuple[str, str], str | None]:
    """What stands before and after the number of the response, before and after its id, and the column's letters."""
    place = _cell(f"{kind.prefix}0")  # quoted, if so, with any line
    before, after = (place[:-2], '"') if place.endswith('"') else (place[:-1], "")
    told = (kind.before, kind.after, kind.action, kind.reason)
    first = f"{_cell(kind.rule)},{_cell(kind.variable)},"
    return first, f",{before}", (f"{after},{','.join(map(_cell, told))},", f",{_cell(kind.sheet)},"), kind.letters


def rows_from_csv(text: str) -> LogRows:
    """The rows that `CleaningLog.to_csv` wrote.

    Parameters
    ----------
    text : str
        With its header line.

    Returns
    -------
    LogRows
        Equal to the rows that were written.

    Raises
    ------
    ValueError
        No cleaning log, or lines of other lengths.
    """
    columns = dict(zip(NAMES, _columns(text), strict=True))
    if not len(columns["row"].places):
        none = np.empty(0, dtype=np.int64)
        return LogRows((), none.astype(np.int32), none, none)
    row, place = columns["row"], columns["place"]
    prefix, prefixes = _without_number(place)
    letters, cells = _without_number(columns["cell"])
    lines = [int(text[len(prefixes[at]) :]) for text, at in zip(place.values, prefix.tolist(), strict=True)]
    columns["place"] = Column(prefix[place.places], prefixes)
    columns["cell"] = Column(letters[columns["cell"].places], cells)
    rows = np.array([int(number) for number in row.values], dtype=np.int64)[row.places]
    which, first = _numbered([columns[name] for name in _SHARED])
    kinds = tuple(
        _kind(*(cell.removeprefix("'") for cell in cells))
        for cells in zip(*(columns[name].cells[first] for name in _SHARED), strict=True)
    )
    return LogRows(kinds, which, rows, np.array(lines, dtype=np.int64)[place.places], _ids(columns["respondent"], rows))


_DIGITS = "0123456789"
_SHARED = ("rule", "variable", "place", "before", "after", "action", "reason", "sheet", "cell")  # by lines of one kind


def _columns(text: str) -> tuple[Column, ...]:
    """The cells below the header, column by column: at once where quotes and lines are plain."""
    head = line_of(NAMES)
    plain = text.startswith(head) and len(text) > len(head)
    found = records(text[len(head) :].encode(), ",", '"', len(NAMES), blanks=True) if plain else None
    if found is not None:
        return found.columns
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names, lines = next(reader, None), list(reader)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if names != NAMES:
        raise ValueError("not a cleaning log")
    return tuple(_column(cells) for cells in zip(*([names, *lines]), strict=True))


def _column(cells: tuple[str, ...]) -> Column:
    """Without the header."""
    places, values = pd.factorize(objects(cells[1:]))
    return Column(places.astype(np.int32), tuple(values))


def _without_number(column: Column) -> tuple[Places, tuple[str, ...]]:
    """The values without the digits at their end: for each its place among those that are different."""
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import compute

    short = compute.ascii_rtrim(pa.array(column.values, pa.string()), characters=_DIGITS).dictionary_encode()
    return short.indices.to_numpy(), tuple(short.dictionary.to_pylist())


def _numbered(columns: Sequence[Column]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Which lines say the same in all columns: a number of each, counted as they come, and the first line of each."""
    which = np.zeros(len(columns[0].places), dtype=np.int64)
    for column in columns:
        which = pd.factorize(which * len(column.values) + column.places)[0].astype(np.int64)
    return which.astype(np.int32), np.unique(which, return_index=True)[1]


def _ids(respondents: Column, rows: npt.NDArray[np.int64]) -> Ids:
    told = objects([text.removeprefix("'") or None for text in respondents.values])[respondents.places]
    if not any(respondents.values):
        return NO_IDS
    first = int(rows.min())
    found = np.full(int(rows.max()) - first + 1, None, dtype=object)
    known = told != None  # noqa: E711
    found[rows[known] - first] = told[known]
    return Ids(found, first)


def _kind(
    rule: str, variable: str, prefix: str, before: str, after: str, action: str, reason: str, sheet: str, letters: str
) -> Kind:
    done = next(each for each in ACTIONS if each == action)
    return Kind(rule, variable, prefix, before or None, after or None, done, reason, sheet or None, letters or None)


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def _guarded(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
