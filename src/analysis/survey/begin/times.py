"""Columns of a survey tool that say how long a response took: seconds, or the times of start and end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from ..clean.speeders import moment, seconds
from .known import plain
from .seen import Seen

#: Headers as the tools write them: Qualtrics, LimeSurvey, Alchemer.
_SECONDS = ("duration in seconds", "interviewtime", "total time", "time taken to complete seconds")
#: Start and end: KoboToolbox, Qualtrics and SurveyMonkey, LimeSurvey, Microsoft Forms in English and Vietnamese.
_PAIRS = (
    ("start", "end"),
    ("startdate", "enddate"),
    ("start date", "end date"),
    ("startdate", "submitdate"),
    ("date started", "date submitted"),
    ("start time", "completion time"),
    ("thời gian bắt đầu", "thời gian hoàn thành"),
)


def times(columns: Sequence[Seen], cells: pd.DataFrame) -> dict[str, str]:
    """The columns by which the time of a response is known.

    Parameters
    ----------
    columns : sequence of Seen
        In the order of the file.
    cells : DataFrame
        Cells of the file.

    Returns
    -------
    dict
        ``{"seconds": header}`` or ``{"start": header, "end": header}``; empty where the tool says nothing of it, or a
        cell could not be read.
    """
    known: dict[str, Seen] = {}
    for each in columns:
        for text in (each.header, each.words.en):
            known.setdefault(plain(text), each)
    for name in _SECONDS:
        if name in known and _read(known[name], cells, seconds):
            return {"seconds": known[name].header}
    for pair in _PAIRS:
        if all(name in known and _read(known[name], cells, moment) for name in pair):
            return dict(zip(("start", "end"), (known[name].header for name in pair), strict=True))
    return {}


def _read(each: Seen, cells: pd.DataFrame, reader: Callable[[Any], object]) -> bool:
    filled = [cell for cell in cells[each.at].unique() if cell is not None and str(cell).strip()]
    return bool(filled) and all(reader(cell) is not None for cell in filled)
