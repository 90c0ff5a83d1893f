"""Delimited text, as survey tools export it: encoding, delimiter, quotes and decimal sign are declared or evident."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from ...errors import Caution, DataError, Place, caution, problem
from ...study import ResponsesFile
from ..encodings.choice import Choice, choose, decoded
from ..raw import RawFile
from .csv_columns import records, trimmed
from .table import RawTable, table_of

SUFFIXES = (".csv", ".tsv", ".tab", ".txt")

DELIMITERS = {",": ",", ";": ";", "tab": "\t"}
_SAMPLE = 20
_HEAD = 1_000_000  # letters in which the header and a sample of lines are looked for first
_ENOUGH = 3  # lines that must agree before a comma is taken for a decimal sign
_PLAIN = ("utf-8",)  # an encoding of which nothing need be said


@dataclass(frozen=True, slots=True)
class Cut:
    """How lines are cut into cells."""

    delimiter: str
    quote: str = '"'

    def reader(self, text: str) -> Any:
        return self.reader_of(io.StringIO(text, newline=""))

    def reader_of(self, lines: Iterable[str]) -> Any:
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, strict=True)


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read delimited text; blank cells are None, everything else is text as it stands."""
    text, notes = _decoded(raw, options.encoding)
    cut = Cut(DELIMITERS[options.delimiter]) if options.delimiter else evident(text, raw.name)
    whole = _by_columns(text, cut, raw)
    if whole is None:
        whole = _by_lines(text, cut, raw)
    return replace(whole, notes=notes)


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a delimited text and where it ends."""

    cells: tuple[str, ...]
    line: int  # on which it begins, counted from 1
    lines: int  # of the text up to its end
    end: int  # letters up to its end


def head_of(text: str, cut: Cut) -> Head | None:
    """The header, where it is plain and something follows it.

    Parameters
    ----------
    text : str
        From the first letter of the file on; its lines may end in any way.
    cut : Cut
        How lines are cut into cells.
    """
    start = text[:_HEAD]
    stream = io.StringIO(start, newline="")
    reader = cut.reader_of(stream)
    cells: list[str] = []
    line = 1
    try:
        while not cells and stream.tell() < len(start):
            line = reader.line_num + 1
            cells = next(reader, [])
    except csv.Error:
        return None
    if not cells or stream.tell() == len(start) or "\r" in start[: stream.tell()].replace("\r\n", ""):
        return None
    return Head(tuple(cell if cell.strip() else "" for cell in cells), line, reader.line_num, stream.tell())


def _by_columns(text: str, cut: Cut, raw: RawFile) -> RawTable | None:
    """The table where its lines are plain, read column by column; None where they must be read one by one."""
    head = head_of(text, cut)
    found = records(text[head.end :].encode(), cut.delimiter, cut.quote, len(head.cells)) if head else None
    if head is None or found is None:
        return None
    found = trimmed(found)
    cells = pd.DataFrame({at: pd.Series(column.cells, dtype=object) for at, column in enumerate(found.columns)})
    lines = tuple((found.lines + head.lines + 1).tolist())
    return RawTable(raw.name, None, head.cells, cells, lines, head.line)


def _by_lines(text: str, cut: Cut, raw: RawFile) -> RawTable:
    lines = lines_of(text, cut, raw.name)
    headers, rows = (tuple(cell or "" for cell in lines[0][1]), lines[1:]) if lines else ((), [])
    cells = even(rows, len(headers), raw.name)
    frame, numbers = table_of(cells, [line for line, _ in rows], len(headers))
    return RawTable(raw.name, None, headers, frame, numbers, lines[0][0] if lines else 1)


def even(rows: list[tuple[int, list[str | None]]], width: int, file: str) -> list[list[Any]]:
    """Rows of one width; an empty line is a response without answers, any other width is refused."""
    ragged = [
        problem("data.ragged_row", Place(file=file, line=line), expected=width, found=len(row))
        for line, row in rows
        if row and len(row) != width
    ]
    if ragged:
        raise DataError(*ragged)
    return [row or [None] * width for _, row in rows]


def _decoded(raw: RawFile, declared: str | None) -> tuple[str, tuple[Caution, ...]]:
    choice = None if declared else choose(raw.content)
    if choice and not choice.clear:
        raise DataError(_unclear(raw, choice))
    encoding = declared or (choice.encoding if choice else "utf-8")
    try:
        text = decoded(raw.content, encoding)
    except UnicodeDecodeError as error:
        place = Place(file=raw.name, line=raw.content[: error.start].count(b"\n") + 1)
        raise DataError(problem("data.not_decodable", place, encoding=encoding)) from None
    if "\0" in text:
        place = Place(file=raw.name, line=text[: text.index("\0")].count("\n") + 1)
        raise DataError(problem("data.null_character", place))
    return text.removeprefix("\ufeff"), _said(choice)


def _said(choice: Choice | None) -> tuple[Caution, ...]:
    """The evidence for an encoding that was found; UTF-8 needs none."""
    if choice is None or choice.encoding in _PLAIN:
        return ()
    if choice.basis != "words":
        return (caution("read.encoding_marked", "note", encoding=choice.encoding),)
    best, *others = choice.readings
    weighed = tuple(f"{each.encoding} {each.score:g}" for each in others)
    return (
        caution(
            "read.encoding", "note", encoding=best.encoding, score=best.score, words=best.words, others=weighed
        ),
    )  # fmt: skip


def _unclear(raw: RawFile, choice: Choice) -> Any:
    first = next((at for at, byte in enumerate(raw.content) if byte > 0x7F), 0)
    place = Place(file=raw.name, line=raw.content[:first].count(b"\n") + 1)
    weighed = tuple(f"{each.encoding} {each.score:g}" for each in choice.readings)
    return problem("data.encoding_unclear", place, words=choice.readings[0].words, weighed=weighed)


def evident(text: str, file: str) -> Cut:
    """The one way that cuts the first lines into the same number (two or more) of cells."""
    cuts = [Cut(delimiter) for delimiter in DELIMITERS.values()]
    if text.startswith("'"):
        cuts += [Cut(delimiter, "'") for delimiter in DELIMITERS.values()]
    fitting = {cut: found for cut in cuts if (found := _fits(text, cut))}
    if len(fitting) > 1:
        fitting = {cut: found for cut, found in fitting.items() if not _decimal_commas(text, cut, fitting)}
    if len(fitting) > 1 and text.startswith("'"):
        fitting = {cut: found for cut, found in fitting.items() if cut.quote == "'"}
    if not fitting:
        _torn(text, cuts, file)
    if len(fitting) != 1:
        raise DataError(problem("data.delimiter_unclear", Place(file=file, line=1), allowed=tuple(DELIMITERS)))
    return next(iter(fitting))


def _torn(text: str, cuts: list[Cut], file: str) -> None:
    """Where the sign that cuts the first line most often is stopped by a quotation mark, name the line of the mark."""
    first = text.lstrip("\n").split("\n", 1)[0]
    best = max(cuts, key=lambda cut: first.count(cut.delimiter))
    if best.delimiter in first and _sizes(text, best) is None:
        lines_of(text, best, file)


def _fits(text: str, cut: Cut) -> int:
    """Cells in a line where (nearly) all lines of a sample have the same number of two or more; else 0."""
    sample = _sizes(text[:_HEAD], cut)
    if len(text) > _HEAD and (sample is None or len(sample) < _SAMPLE):  # a sample that the cut may have torn
        sample = _sizes(text, cut)
    if sample is None:
        return 0
    sample = [size for size in sample if size]
    fits = bool(sample) and sample[0] > 1 and max(sample, key=sample.count) == sample[0]
    return sample[0] if fits else 0


def _sizes(text: str, cut: Cut) -> list[int] | None:
    """Cells in each line of a sample; None where the quotes do not fit."""
    try:
        return [len(row) for row, _ in zip(cut.reader(text), range(_SAMPLE), strict=False)]
    except csv.Error:
        return None


_BETWEEN_DIGITS = re.compile(r"\d,\d", re.ASCII)


def _decimal_commas(text: str, cut: Cut, fitting: dict[Cut, int]) -> bool:
    """Whether a comma that seems to cut cells is the decimal sign of a file that another sign cuts."""
    if cut.delimiter != "," or not any(other.delimiter != "," for other in fitting):
        return False
    lines = [line for line in text.splitlines()[1:_SAMPLE] if line]
    return len(lines) >= _ENOUGH and all(len(_BETWEEN_DIGITS.findall(line)) == line.count(",") for line in lines)


class _Kept(dict[str, "str | None"]):
    """One object for each distinct text, None where it is blank: a survey repeats few texts in many cells."""

    def __missing__(self, cell: str) -> str | None:
        self[cell] = found = cell if cell.strip() else None
        return found


def lines_of(text: str, cut: Cut, file: str, first: int = 1) -> list[tuple[int, list[str | None]]]:
    """Every record with the line on which it begins; empty lines before the first are left out.

    Parameters
    ----------
    text : str
        A file, or its part from the line `first` on.
    cut : Cut
        How lines are cut into cells.
    file : str
        For the place of a problem.
    first : int
        Line of the file on which the text begins.
    """
    reader = cut.reader(text)
    found: list[tuple[int, list[str | None]]] = []
    kept = _Kept()
    line = first
    try:
        for row in reader:
            found.append((line, list(map(kept.__getitem__, row))))
            line = reader.line_num + first
    except csv.Error:
        raise DataError(problem("data.csv_quotes", Place(file=file, line=line))) from None
    while found and not found[0][1]:
        found = found[1:]
    return found
