"""Excel workbooks. Limits come before parsing: a small file can unpack to more than a machine holds."""

from __future__ import annotations

import re
import zipfile
from functools import partial
from posixpath import join, normpath
from xml.etree import ElementTree

from ...errors import DataError, Place, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .apart import HEAVY, MOST_CELLS, heavy, too_heavy
from .archive import bounded, names_in, opened, unpacked
from .table import RawTable
from .workbook import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, Layout, read_workbook

SUFFIXES = (".xlsx",)

_SHEETS = "xl/worksheets/"
_MANY_BYTES = 100_000_000  # of a sheet: fewer are read about as fast as they are counted
# A cell or row beyond the limits, by its address: columns after ALL, rows with more digits than the limit.
_FAR_COLUMN = re.compile(rb'\sr="(?:A(?:L[M-Z]|[M-Z][A-Z])|[B-Z][A-Z]{2}|[A-Z]{4,})\d', re.ASCII)
_ROW = re.compile(rb'<(?:\w+:)?(?:row|c)\b[^>]*?\sr="[A-Z]*(\d{6,})"', re.ASCII)
_MANY_COLUMNS = re.compile(rb'\sr="[A-Z]{2,3}\d{5,}"', re.ASCII)  # only such sheets can have too many cells
_ADDRESS = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"', re.ASCII)
# What the expensive patterns above cannot match without: these begin with letters and are found many times faster.
_FAR_FROM_LEFT = re.compile(rb'r="[A-Z]{3}', re.ASCII)
_FAR_DOWN = re.compile(rb'r="[A-Z]*\d{5,}"', re.ASCII)
_HIDDEN_ROW = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\shidden="(?:1|true)")[^>]*?\sr="(\d+)"', re.ASCII)
_HIDDEN_COLUMN = re.compile(rb'<(?:\w+:)?col\b(?=[^>]*\shidden="(?:1|true)")[^>]*>', re.ASCII)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\sref="([A-Z]+)(\d+):([A-Z]+)(\d+)"', re.ASCII)
_FONT = re.compile(rb'<(?:\w+:)?(?:name|rFont)\b[^>]*?\sval="([^"]{1,80})"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def recognises(content: bytes) -> bool:
    """Whether the content is an Excel workbook."""
    return "[Content_Types].xml" in (names := names_in(content)) and not any(name.endswith(".bin") for name in names)


def read(raw: RawFile, options: ResponsesFile) -> RawTable:
    """Read one sheet of a workbook; macros in it are not looked at."""
    with opened(raw.content, raw.name) as archive:
        for part in archive.infolist():
            if part.filename.endswith((".xml", ".rels")):
                check = _plain_head if heavy(raw.content) else _plain_part  # a heavy one is bounded where it is read
                check(archive, part, Place(file=raw.name))
        if heavy(raw.content):
            _countable(archive, options.sheet, raw.name)
    return read_workbook(raw, options, partial(_layout, raw))


def _countable(archive: zipfile.ZipFile, sheet: str | None, file: str) -> None:
    """Refuse a sheet of more cells than can be read in time, or than its rows can hold, before it is parsed."""
    part = _part_of(archive, sheet)
    if part is None or part.file_size < _MANY_BYTES:
        return
    cells = rows = 0
    with archive.open(part) as stream:
        rest = b""
        while content := stream.read(HEAVY // 10):
            whole = rest + content
            cells, rows = cells + whole.count(b"<c "), rows + whole.count(b"<row")
            begun = content.rfind(b"<", len(content) - 3)
            rest = content[begun:] if begun >= 0 and content[begun:] != b"<c " else b""  # counted with what follows
            if cells > MOST_CELLS:
                bounded("cells", cells, MOST_CELLS, Place(file=file))
    if rows and cells > rows * MAX_COLUMNS:
        raise DataError(too_heavy(file))


def _plain_head(archive: zipfile.ZipFile, part: zipfile.ZipInfo, place: Place) -> None:
    """Refuse a document type."""
    with archive.open(part) as stream:
        head = stream.read(4096)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise DataError(problem("data.unreadable", place))


def _plain_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, place: Place) -> None:
    """Refuse a document type (entities can grow without limit) and a sheet larger than the limits."""
    content = unpacked(archive, part)
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:4096]:
        raise DataError(problem("data.unreadable", place))
    if part.filename.startswith(_SHEETS):
        if _FAR_FROM_LEFT.search(content) and _FAR_COLUMN.search(content):
            bounded("columns", MAX_COLUMNS + 1, MAX_COLUMNS, place)
        far_down = _FAR_DOWN.search(content)
        if far_down:
            bounded("rows", max((int(row[1]) for row in _ROW.finditer(content)), default=0), MAX_ROWS + 1, place)
        bounded("rows", content.count(b"<row"), MAX_ROWS + 1, place)
        if far_down and _MANY_COLUMNS.search(content):
            bounded("cells", _cells(content), MAX_CELLS, place)


def _cells(content: bytes) -> int:
    """Rows times columns of a sheet by the addresses of its cells."""
    row = column = 0
    for address in _ADDRESS.finditer(content):
        row, column = max(row, int(address[2])), max(column, _number(address[1]))
    return row * (column + 1)


def _number(letters: bytes) -> int:
    """A column's place, counted from 0."""
    found = 0
    for letter in letters:
        found = found * 26 + letter - 64
    return found - 1


def _layout(raw: RawFile, sheet: str) -> Layout:
    with opened(raw.content, raw.name) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return Layout()
        content = unpacked(archive, part)
        if len(content) > HEAVY:  # columns stand at the beginning, merged cells at the end
            content = content[: HEAVY // 10] + content[-HEAVY // 10 :]
        styles = b"".join(
            unpacked(archive, each) for each in archive.infolist() if each.filename == "xl/styles.xml"
        )  # fmt: skip
    merged = tuple(
        ((int(row) - 1, _number(column)), (int(last_row) - 1, _number(last)))
        for column, row, last, last_row in (_MERGED.findall(content) if b"mergeCell" in content else ())
    )
    hidden = b"hidden" in content
    columns = tuple(at for match in _HIDDEN_COLUMN.findall(content) for at in _span(match)) if hidden else ()
    rows = tuple(int(row) - 1 for row in _HIDDEN_ROW.findall(content)) if hidden else ()
    fonts = {font.decode("utf-8", errors="replace") for font in _FONT.findall(styles)}
    return Layout(rows, columns, merged, tuple(sorted(fonts)))


def _span(column: bytes) -> range:
    first, last = (re.search(rb'\s%s="(\d{1,6})"' % name, column) for name in (b"min", b"max"))
    return range(int(first[1]) - 1, min(int(last[1]), MAX_COLUMNS)) if first and last else range(0)


def _part_of(archive: zipfile.ZipFile, sheet: str | None) -> zipfile.ZipInfo | None:
    """The part that holds a sheet (the first where none is named), by the workbook's own list."""
    parts = {part.filename: part for part in archive.infolist()}
    book, relations = parts.get("xl/workbook.xml"), parts.get("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return None
    try:
        sheets = [each for each in ElementTree.fromstring(unpacked(archive, book)).iter() if each.get(_RELATION)]
        listed = ElementTree.fromstring(unpacked(archive, relations))
    except ElementTree.ParseError:
        return None
    wanted = next((each.get(_RELATION) for each in sheets if sheet in (None, each.get("name"))), None)
    target = next((each.get("Target", "") for each in listed if each.get("Id") == wanted), "")
    return parts.get(target.lstrip("/") if target.startswith("/") else normpath(join("xl", target)))
