"""Delimited text cut into columns at once, each different text kept once: for files whose quotes and lines are plain.

What this module takes it reads as Python's csv module does; anything else it leaves to that module, which also says
what is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..column import EMPTY, Column, Places

Offsets: TypeAlias = npt.NDArray[np.int64]

_STEP = 1 << 24  # bytes that are looked through at once
_BLOCK = 1 << 20  # bytes that are parsed at once: they stay near the processor
_LONGEST = 131_072  # letters of a cell: Python's csv module refuses more
_NEWLINE, _RETURN = 10, 13


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Columns, and the line on which every record begins, counted from 0 at the start of the bytes."""

    columns: tuple[Column, ...]  # texts; blank ones are empty
    lines: Offsets  # (rows,)
    ends: int  # lines that end in the bytes


def records(
    content: bytes, delimiter: str, quote: str, width: int, threads: bool = True, blanks: bool = False
) -> Records | None:  # fmt: skip
    """Cut the lines below a header into columns.

    Parameters
    ----------
    content : bytes
        Meant to be UTF-8, from the first record on.
    delimiter, quote : str
        One ASCII sign each.
    width : int
        Cells of the header: every record must have as many.
    threads : bool
        Whether blocks are parsed beside each other; no use where whole parts of a file are.
    blanks : bool
        Whether texts without a visible sign are texts like any other, and not empty cells.

    Returns
    -------
    Records or None
        None where Python's csv module must decide: stray quotes, lone carriage returns, empty lines, too few or too
        many cells, no UTF-8.
    """
    if even := _even(content, quote):
        table = _parsed(content, delimiter, quote, width, False, threads)
        starts = np.arange(0 if table is None else table.num_rows)
        ends = len(starts) - (not content.endswith(b"\n"))
    else:
        lines = _lines(content, ord(delimiter), ord(quote))
        if lines is None:
            return None
        starts, end, broken, ends = lines
        table = _parsed(memoryview(content)[:end], delimiter, quote, width, broken, threads)
    if table is None or table.num_rows != len(starts) or (even and _empty_line(content, table)):
        return None
    try:
        columns = tuple(_column(each, blanks) for each in table.columns)
    except UnicodeDecodeError:
        return None
    if any(max(map(len, column.values), default=0) > _LONGEST for column in columns):
        return None
    return Records(columns, starts, ends)


def _even(content: bytes, quote: str) -> bool:
    """Whether every line is a record, unless it is empty: there are neither quotes nor carriage returns."""
    if not content or quote.encode() in content or b"\r" in content:
        return False
    return not content.startswith(b"\n") and not content.endswith(b"\n\n")


def _empty_line(content: bytes, table: Any) -> bool:
    """Whether there is a line without a sign; it is looked for only where a line begins with an empty cell."""
    column = table.column(0)
    first = column.chunk(0).dictionary if column.num_chunks else ()
    return any(not len(text.as_buffer()) for text in first) and b"\n\n" in content


def _lines(content: bytes, delimiter: int, quote: int) -> tuple[Offsets, int, bool, int] | None:
    """The line on which every record begins, where the last ends, whether one goes over several lines, their ends."""
    signs = np.frombuffer(content, dtype=np.uint8)
    quotes, newlines = _places(signs, quote), _places(signs, _NEWLINE)
    returns = _places(signs, _RETURN)
    if len(quotes) % 2 or not _plain(signs, quotes, delimiter) or not _before_newline(signs, returns):
        return None
    ending = np.searchsorted(quotes, newlines) % 2 == 0  # outside quotes: here a record ends
    ends = newlines[ending]
    if not len(ends) or ends[-1] != len(signs) - 1:
        ends = np.append(ends, len(signs))
    starts = np.append(0, ends[:-1] + 1)
    sizes = ends - starts - (signs[np.maximum(ends - 1, 0)] == _RETURN)
    filled = np.flatnonzero(sizes > 0)
    if not len(filled) or filled[-1] + 1 != len(filled):
        return None  # an empty line between records is a response without answers
    used = len(filled)
    last = int(min(ends[used - 1] + 1, len(signs)))
    return np.searchsorted(newlines, starts[:used]), last, not ending.all(), len(newlines)


def _places(signs: npt.NDArray[np.uint8], sign: int) -> Offsets:
    steps = range(0, len(signs), _STEP)
    found = [np.flatnonzero(signs[at : at + _STEP] == sign) + at for at in steps]
    return np.concatenate([np.empty(0, dtype=np.int64), *found])


def _plain(signs: npt.NDArray[np.uint8], quotes: Offsets, delimiter: int) -> bool:
    """Every quoted cell begins and ends beside a delimiter or at a line's end; quotes inside are doubled."""
    opens, closes = quotes[0::2], quotes[1::2]
    quote = signs[quotes[0]] if len(quotes) else 0
    before = signs[opens[opens > 0] - 1]
    after = signs[closes[closes < len(signs) - 1] + 1]
    return bool(
        np.isin(before, [delimiter, _NEWLINE, quote]).all()
        and np.isin(after, [delimiter, _NEWLINE, _RETURN, quote]).all()
    )


def _before_newline(signs: npt.NDArray[np.uint8], returns: Offsets) -> bool:
    if not len(returns):
        return True
    return bool(returns[-1] + 1 < len(signs) and (signs[returns + 1] == _NEWLINE).all())


def _parsed(
    content: bytes | memoryview, delimiter: str, quote: str, width: int, broken: bool, threads: bool
) -> Any:  # fmt: skip
    """Each different text of a block once: no text is copied for every cell."""
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import csv

    names = [str(at) for at in range(width)]
    kept_once = pa.dictionary(pa.int32(), pa.string())
    try:
        table = csv.read_csv(
            pa.BufferReader(content),
            read_options=csv.ReadOptions(column_names=names, use_threads=threads, block_size=_BLOCK),
            parse_options=csv.ParseOptions(
                delimiter=delimiter, quote_char=quote, newlines_in_values=broken, ignore_empty_lines=False
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, kept_once), strings_can_be_null=False, null_values=[],
                check_utf8=False,  # the different texts are checked
            ),
        )  # fmt: skip
    except pa.ArrowException:
        return None
    return table.unify_dictionaries()


def _column(texts: Any, blanks: bool) -> Column:
    """The texts of a column, numbered alike in all its blocks."""
    if not texts.num_chunks:
        return Column(np.empty(0, dtype=np.int32), ())
    places = np.concatenate([each.indices.to_numpy() for each in texts.chunks])
    values = texts.chunk(0).dictionary.to_pylist()
    return Column(places, tuple(values)) if blanks else _without_blanks(places, values)


def _without_blanks(places: Places, texts: list[str]) -> Column:
    """A column in which texts without a visible sign are empty cells."""
    filled = [text for text in texts if text.strip()]
    if len(filled) == len(texts):
        return Column(places, tuple(texts))
    becomes = np.full(len(texts), EMPTY, dtype=np.int32)
    becomes[[at for at, text in enumerate(texts) if text.strip()]] = np.arange(len(filled), dtype=np.int32)
    return Column(becomes[places], tuple(filled))


def trimmed(found: Records) -> Records:
    """Without the rows at the end in which nothing stands, which are no responses."""
    filled = np.flatnonzero(np.logical_or.reduce([column.places != EMPTY for column in found.columns]))
    last = int(filled[-1]) + 1 if len(filled) else 0
    columns = tuple(Column(column.places[:last], column.values) for column in found.columns)
    return Records(columns, found.lines[:last], found.ends)
