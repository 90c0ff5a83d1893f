"""A csv file in pieces of whole records, read from disk one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pandas as pd

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..column import Column, column_of, objects
from ..encodings.choice import canonical, decoded
from .csv_columns import records
from .csv_text import DELIMITERS, Cut, Head, even, evident, head_of, lines_of
from .table import RawTable
from .text_of import decimal_sign

_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Piece:
    """Headers and lines of some records, and their cells by column."""

    table: RawTable  # its frame of cells is empty
    cells: dict[int, Column]


def pieces(path: Path, options: ResponsesFile, size: int, seen: Callable[[bytes], None] | None) -> Iterator[Piece]:
    """Cut a file into pieces.

    Parameters
    ----------
    path : Path
        A csv file.
    options : ResponsesFile
        What the page says of it.
    size : int
        Bytes that are read at once; a piece has at least one record.
    seen : callable, optional
        Is given all bytes of the file, in order.

    Yields
    ------
    Piece
        Consecutive records. Delimiter and decimal sign are found in the first one where they are not declared.

    Raises
    ------
    DataError
        What `csv_text.read` raises for the same records; ``data.not_in_parts``: a header that is not plain.
    """
    encoding = canonical(options.encoding or "utf-8")
    head, cut, decimal, line = None, None, None, 1
    with path.open("rb") as stream:
        for content in _blocks(stream, size, seen):
            if encoding != "utf-8":
                content = _text(content, encoding, options.file, line).encode()
            if head is None or cut is None:
                text = _text(content, "utf-8", options.file, line)
                cut = Cut(DELIMITERS[options.delimiter]) if options.delimiter else evident(text, options.file)
                head = _head(text, cut, options.file)
                content, line = text[head.end :].encode(), head.lines + 1
            cells, lines = _records(content, cut, len(head.cells), line, options.file)
            if line == head.lines + 1:
                decimal = decimal_sign(column.values for column in cells.values())
            table = RawTable(options.file, None, head.cells, pd.DataFrame(), lines, head.line, decimal=decimal)
            line += content.count(b"\n")
            yield Piece(table, cells)


def _blocks(stream: BinaryIO, size: int, seen: Callable[[bytes], None] | None) -> Iterator[bytes]:
    """Bytes up to the end of a line outside quotes."""
    rest = b""
    while content := stream.read(size):
        if seen:
            seen(content)
        content = rest + content
        end = _last_line(content)
        rest = content[end:]
        if end:
            yield content[:end]
    if rest:
        yield rest


def _last_line(content: bytes) -> int:
    """Where the last line ends before which all quotes are closed."""
    if b'"' not in content:
        return content.rfind(b"\n") + 1
    inside = content.count(b'"') % 2
    end = len(content)
    while (found := content.rfind(b"\n", 0, end)) >= 0:
        inside = (inside + content.count(b'"', found, end)) % 2
        if not inside:
            return found + 1
        end = found
    return 0


def _text(content: bytes, encoding: str, file: str, line: int) -> str:
    try:
        return decoded(content.removeprefix(_MARK) if line == 1 else content, encoding)
    except UnicodeDecodeError as error:
        place = Place(file=file, line=line + content[: error.start].count(b"\n"))
        raise DataError(problem("data.not_decodable", place, encoding=encoding)) from None


def _head(text: str, cut: Cut, file: str) -> Head:
    head = head_of(text, cut)
    if head is None:
        raise DataError(problem("data.not_in_parts", Place(file=file)))
    return head


def _records(
    content: bytes, cut: Cut, width: int, line: int, file: str
) -> tuple[dict[int, Column], tuple[int, ...]]:  # fmt: skip
    found = records(content, cut.delimiter, cut.quote, width)
    if found is not None:
        return dict(enumerate(found.columns)), tuple((found.lines + line).tolist())
    rows = lines_of(_text(content, "utf-8", file, line), cut, file, line)
    cells = zip(*even(rows, width, file), strict=True) if rows else [()] * width
    columns = {at: column_of(pd.Series(objects(each), dtype=object)) for at, each in enumerate(cells)}
    return columns, tuple(number for number, _ in rows)
