"""What every format shares once it is read: text in Unicode, and the decimal sign of numbers written as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from ...errors import Caution, DataError, Problem, caution, problem
from ..encodings.cells import UNICODE, Weighed, meant, weigh_texts
from ..encodings.choice import canonical
from .table import RawTable

_COMMA = re.compile(r"[-+]?\d+,(?:\d{1,2}|\d{4,})", re.ASCII)
_PAIR = re.compile(r"\d,\d", re.ASCII)
_WAYS = 3  # different pairs from which on their order is no chance
_POINT = re.compile(r"[-+]?\d+\.(?:\d{1,2}|\d{4,})", re.ASCII)


def in_unicode(table: RawTable, declared: str | None) -> RawTable:
    """Convert what was typed in an encoding older than Unicode.

    Parameters
    ----------
    table : RawTable
        As read.
    declared : str or None
        The page's encoding; for text that is Unicode by its file, ``tcvn3`` or ``vni`` says how it was typed.

    Returns
    -------
    RawTable
        With one note for each column that was converted.

    Raises
    ------
    DataError
        ``data.encoding_unclear``: the words fit more than one encoding.
    """
    weighed = {at: weigh_texts(_texts(table, at), table.fonts) for at in range(len(table.headers))}
    if declared is not None:
        kind = canonical(declared)
        old = (table.sheet is not None or table.header_line is None) and any(
            kind in each.scores for each in weighed.values()
        )
        return _with(table, {at: kind for at, each in weighed.items() if each.words}, weighed) if old else table
    sure = {each.kind for each in weighed.values() if each.clear} - {UNICODE}
    kinds: dict[int, str] = {}
    unclear: list[Problem] = []
    for at, each in weighed.items():
        if each.clear and each.kind != UNICODE:
            kinds[at] = each.kind
        elif each.words and len(sure) == 1 and each.better(*sure):  # a weak column beside a clear one
            kinds[at] = next(iter(sure))
        elif not each.clear:
            scores = tuple(f"{kind} {score:g}" for kind, score in each.scores.items())
            place = table.header_place(at)
            unclear.append(problem("data.encoding_unclear", place, words=each.words, weighed=scores))
    if unclear:
        raise DataError(*unclear)
    return _with(table, kinds, weighed) if kinds else table


def _texts(table: RawTable, at: int) -> set[str]:
    described = table.descriptions[at : at + 1]
    found = {table.headers[at], *described, *(cell for cell in distinct(table.cells[at]) if isinstance(cell, str))}
    return {text for text in found if not text.isascii()}


def distinct(cells: pd.Series[Any]) -> set[Any]:
    """The different values of a column: a survey repeats few of them in many cells."""
    return set(cells.tolist())


def _with(table: RawTable, kinds: dict[int, str], weighed: dict[int, Weighed]) -> RawTable:
    def of(at: int, text: Any) -> Any:
        return meant(text, kinds[at]) if at in kinds and isinstance(text, str) else text

    headers = tuple(of(at, header) for at, header in enumerate(table.headers))
    cells = {
        at: pd.Series([of(at, cell) for cell in table.cells[at]], dtype=object) if at in kinds else table.cells[at]
        for at in table.cells
    }
    descriptions = tuple(of(at, text) for at, text in enumerate(table.descriptions))
    notes = tuple(_note(headers[at], weighed[at], kind) for at, kind in kinds.items())
    return replace(
        table, headers=headers, cells=pd.DataFrame(cells), descriptions=descriptions, notes=(*table.notes, *notes)
    )


def _note(header: str, weighed: Weighed, kind: str) -> Caution:
    return caution(
        "read.converted", "note", column=header, encoding=kind, words=weighed.words, font=weighed.font,
        score=weighed.scores[kind], as_is=weighed.scores[UNICODE],
    )  # fmt: skip


def with_decimal(table: RawTable) -> RawTable:
    """Find the decimal sign of numbers written as text.

    Parameters
    ----------
    table : RawTable
        As read.

    Returns
    -------
    RawTable
        A column of numbers in which only commas occur shows a comma; a group of three digits ("1,234") shows nothing;
        columns that contradict each other show nothing either, and cleaning then says which cells are no numbers.
    """
    if decimal_sign(distinct(table.cells[at]) for at in table.cells) is None:
        return table
    return replace(table, decimal=",", notes=(*table.notes, caution("read.decimal_comma", "note")))


def decimal_sign(columns: Iterable[Iterable[Any]]) -> str | None:
    """A comma, where numbers written as text show it and none shows a point.

    Parameters
    ----------
    columns : iterable
        The different values of each column.
    """
    return "," if {sign for values in columns if (sign := _sign(values))} == {","} else None


def _sign(values: Iterable[Any]) -> str | None:
    texts = {cell.strip() for cell in values if isinstance(cell, str)}
    texts -= _choices(texts)
    commas, points = (sum(map(bool, map(sign.fullmatch, texts))) for sign in (_COMMA, _POINT))
    return None if bool(commas) == bool(points) else "," if commas else "."


def _choices(texts: set[str]) -> set[str]:
    """Numbers of choices that one cell holds ("1,3", "2,3"): always rising, in several ways; no numbers at all."""
    pairs = {text: text.split(",") for text in texts if _PAIR.fullmatch(text)}
    rising = all(first < second for first, second in pairs.values())
    several = len(pairs) >= _WAYS and len({second for _, second in pairs.values()}) > 1
    commas = {text for text in texts if _COMMA.fullmatch(text)}
    return commas if rising and several and commas == set(pairs) else set()
