"""A csv file in pieces of whole records, read from disk one after the other."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TypeVar

import pandas as pd

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..column import Column, column_of, objects
from ..encodings.choice import canonical, decoded
from .csv_columns import Records, records
from .csv_text import DELIMITERS, Cut, Head, even, evident, head_of, lines_of
from .table import RawTable
from .text_of import decimal_sign

_MARK = b"\xef\xbb\xbf"
_WORKERS = 4  # a block for each is held in memory

T = TypeVar("T")


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
    with path.open("rb") as stream:
        blocks = _unicode(_blocks(stream, size, seen), encoding, options.file)
        content = next(blocks, None)
        if content is None:
            return
        text = _text(content, "utf-8", options.file, 1)
        cut = Cut(DELIMITERS[options.delimiter]) if options.delimiter else evident(text, options.file)
        head = _head(text, cut, options.file)
        decimal, line = None, head.lines + 1
        parse = partial(_parsed, cut=cut, width=len(head.cells))
        for content, found in ahead(parse, chain([text[head.end :].encode()], blocks)):
            cells, lines = _records(found, content, cut, len(head.cells), line, options.file)
            if line == head.lines + 1:
                decimal = decimal_sign(column.values for column in cells.values())
            table = RawTable(options.file, None, head.cells, pd.DataFrame(), lines, head.line, decimal=decimal)
            line += content.count(b"\n") if found is None else found.ends
            yield Piece(table, cells)


def ahead(work: Callable[[bytes], T], each: Iterable[bytes]) -> Iterator[T]:
    """Work on the next blocks, one for every processor (four at most), while the last is made use of.

    All goes in order: a block that cannot be read is told of when those before it have been.
    """
    workers = min(os.cpu_count() or 1, _WORKERS)
    waiting: deque[Future[T]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for block in each:
                waiting.append(pool.submit(work, block))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
        except DataError:
            yield from (found.result() for found in waiting)
            raise
        yield from (found.result() for found in waiting)


def _parsed(content: bytes, cut: Cut, width: int) -> tuple[bytes, Records | None]:
    return content, records(content, cut.delimiter, cut.quote, width, threads=False)


def _unicode(blocks: Iterator[bytes], encoding: str, file: str) -> Iterator[bytes]:
    """Blocks as UTF-8."""
    line = 1
    for content in blocks:
        yield content if encoding == "utf-8" else _text(content, encoding, file, line).encode()
        line += content.count(b"\n") if encoding != "utf-8" else 0


def _blocks(stream: BinaryIO, size: int, seen: Callable[[bytes], None] | None) -> Iterator[bytes]:
    """Bytes up to the end of a line outside quotes."""
    rest = b""
    while content := stream.read(size):
        content = b"".join((rest, content, stream.readline()))
        if seen:
            seen(content[len(rest) :])
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
    found: Records | None, content: bytes, cut: Cut, width: int, line: int, file: str
) -> tuple[dict[int, Column], tuple[int, ...]]:  # fmt: skip
    """Cells and lines: those that were cut at once, or else read one by one."""
    if found is not None:
        return dict(enumerate(found.columns)), tuple((found.lines + line).tolist())
    rows = lines_of(_text(content, "utf-8", file, line), cut, file, line)
    cells = zip(*even(rows, width, file), strict=True) if rows else [()] * width
    columns = {at: column_of(pd.Series(objects(each), dtype=object)) for at, each in enumerate(cells)}
    return columns, tuple(number for number, _ in rows)
