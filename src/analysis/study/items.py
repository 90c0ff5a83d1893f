"""items.csv: the questions of the questionnaire, one a line."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass

from ..errors import Place, Problem, nearest, problem
from .page import ItemEntry, Words

COLUMNS = ("code", "construct", "reverse", "text_vi", "text_en", "column", "scale")
REQUIRED = ("code", "construct", "text_vi", "text_en")
_REVERSE: dict[str, bool | str] = {
    **dict.fromkeys(("", "0", "no", "false"), False),
    **dict.fromkeys(("1", "x", "r", "yes", "true"), True),
    "guess": "guess",
}


@dataclass(frozen=True, slots=True)
class PlacedItem:
    """An item and where it is declared."""

    code: str
    entry: ItemEntry
    place: Place


@dataclass(frozen=True, slots=True)
class ItemList:
    """The items of a file and what is wrong with it."""

    items: tuple[PlacedItem, ...]
    problems: tuple[Problem, ...]


def read_items(raw: bytes, file: str) -> ItemList:
    """Read items.csv.

    Parameters
    ----------
    raw : bytes
        The file as it is: UTF-8, cells separated by comma, semicolon or tab.
    file : str
        Its name, for places.

    Returns
    -------
    ItemList
        All items and all problems; codes are compared by the caller, who knows the page.
    """
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        return ItemList((), (problem("study.not_utf8", Place(file=file, line=line)),))
    header = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error:
        return ItemList((), (problem("data.csv_quotes", Place(file=file, line=reader.line_num)),))
    return _items([(line, row) for line, row in lines if any(row)], file)


def _items(lines: list[tuple[int, list[str]]], file: str) -> ItemList:
    header = lines[0][1] if lines else []
    found = [
        problem(
            "study.unknown_column", Place(file=file, line=1), name=name, nearest=nearest(name, COLUMNS), allowed=COLUMNS
        )
        for name in header
        if name not in COLUMNS
    ]
    found += [
        problem("study.missing_column", Place(file=file, line=1), name=name) for name in REQUIRED if name not in header
    ]
    if found:
        return ItemList((), tuple(found))
    items = []
    for line, row in lines[1:]:
        place = Place(file=file, line=line)
        if len(row) != len(header):
            found.append(problem("data.ragged_row", place, expected=len(header), found=len(row)))
            continue
        cells = dict(zip(header, row, strict=True))
        found += _wrong_cells(cells, place)
        items.append(PlacedItem(cells["code"], _entry(cells), place))
    return ItemList(tuple(items), tuple(found))


def _wrong_cells(cells: dict[str, str], place: Place) -> list[Problem]:
    found = []
    if not cells["code"]:
        found.append(problem("study.missing_code", place))
    for lang in ("vi", "en"):
        if not cells[f"text_{lang}"]:
            found.append(problem("study.missing_language", place, key=lang, within=cells["code"]))
    reverse = cells.get("reverse", "")
    if reverse.lower() not in _REVERSE:
        allowed = ("true", "false", "guess")
        near = nearest(reverse.lower(), allowed)
        found.append(problem("study.not_one_of", place, key="reverse", value=reverse, allowed=allowed, nearest=near))
    return found


def _entry(cells: dict[str, str]) -> ItemEntry:
    reverse = _REVERSE.get(cells.get("reverse", "").lower(), False)
    return ItemEntry(
        construct=cells["construct"],
        text=Words(cells["text_vi"], cells["text_en"]),
        reverse="guess" if reverse == "guess" else bool(reverse),
        column=cells.get("column") or None,
        scale=cells.get("scale") or None,
    )
