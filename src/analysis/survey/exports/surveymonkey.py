"""SurveyMonkey: a second row holds the parts of a question; a question's text stands above its first part only."""

from __future__ import annotations

from ..read import RawTable
from ..text import fold
from .second_header import without_rows

NAME = "SurveyMonkey"

_IDS = ("respondentid", "respondent id")
_ALONE = ("response", "open-ended response", "câu trả lời", "phản hồi")  # the one part of a question without parts


def signs(table: RawTable) -> tuple[str, ...]:
    """An id of respondents in the header, without a value in the row below, where parts of questions stand."""
    first = [str(cell) if cell is not None else "" for cell in table.cells.iloc[0]] if len(table.cells) else []
    if not first or fold(table.headers[0]) not in _IDS or first[0]:
        return ()
    alone = next((text for text in first if fold(text) in _ALONE), None)
    blank = any(not header.strip() and part for header, part in zip(table.headers, first, strict=True))
    return (table.headers[0], *((alone,) if alone else ()), *(("…",) if blank else ()))


def apply(table: RawTable) -> RawTable:
    """Join question and part: ``"Question [part]"``."""
    parts = ["" if cell is None else str(cell) for cell in table.cells.iloc[0]]
    headers, question = [], ""
    for header, part in zip(table.headers, parts, strict=True):
        question = header if header.strip() else question
        headers.append(question if not part or fold(part) in _ALONE else f"{question} [{part}]")
    return without_rows(table, 1, tuple(headers), ())
