"""How long each response took; those that are too fast are left out where the page says so."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Any

from ...errors import problem
from ...study import Speed
from ..columns import TIMES
from ..text import shown
from .work import Work

ORDER = 105
ID = "speeders"
_FORMS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y/%m/%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")


def apply(work: Work) -> None:
    """Read the seconds of every response still in; a time that cannot be read is refused."""
    speed = work.study.cleaning.speed
    columns = [code for code in TIMES.values() if code in work.cells]
    if speed is None or len(columns) != (1 if speed.seconds is not None else 2):
        return
    for row in work.kept.tolist():
        took = _seconds(work, row, columns)
        if took is not None:
            work.seconds[row] = took
    limit = too_fast(speed, [work.seconds[row] for row in work.kept.tolist() if row in work.seconds])
    if speed.then == "leave_out" and limit is not None:
        fast = {
            row: f"{shown(work.seconds[row])} < {shown(limit)}" for row in work.kept.tolist() if _fast(work, row, limit)
        }
        work.exclude(ID, fast, columns[-1], fast)


def too_fast(speed: Speed, seconds: list[float]) -> float | None:
    """The seconds below which a response is too fast: the larger of the two limits of the page.

    Parameters
    ----------
    speed : Speed
        A number of seconds, a share of the median, or both.
    seconds : list of float
        Of all responses that are still in.

    Returns
    -------
    float or None
        None where there is nothing to compare.

    Examples
    --------
    >>> too_fast(Speed(seconds="t", least=60, share=0.5), [100, 200, 300])
    100.0
    """
    limits = [] if speed.least is None else [float(speed.least)]
    if speed.share is not None and seconds:
        limits.append(speed.share * median(seconds))
    return max(limits, default=None)


def _fast(work: Work, row: int, limit: float) -> bool:
    return row in work.seconds and work.seconds[row] < limit


def _seconds(work: Work, row: int, columns: list[str]) -> float | None:
    cells = [work.cells[code][row] for code in columns]
    if any(cell is None for cell in cells):
        return None
    read: list[Any] = [seconds(cells[0])] if len(cells) == 1 else [moment(cell) for cell in cells]
    for code, cell, found in zip(columns, cells, read, strict=True):
        if found is None:
            work.problems.append(problem("data.not_a_time", work.place(row, code), value=shown(cell)))
    if any(each is None for each in read):
        return None
    return float(read[0]) if len(read) == 1 else _between(*read)


def seconds(cell: Any) -> float | None:
    """The seconds that a cell says; None where it says none."""
    try:
        found = float(shown(cell).replace(",", "."))
    except ValueError:
        return None
    return found if 0 <= found < float("inf") else None


def moment(cell: Any) -> datetime | None:
    """The time that a cell says; None where it says none."""
    if isinstance(cell, datetime):
        return cell
    text = shown(cell)
    for read in (datetime.fromisoformat, *(lambda said, form=form: datetime.strptime(said, form) for form in _FORMS)):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _between(start: Any, end: Any) -> float:
    if (start.tzinfo is None) != (end.tzinfo is None):
        start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    return float((end - start).total_seconds())
