"""Reverse-keyed items are turned round, so that a high value always means more of the construct."""

from __future__ import annotations

from ...study import Scale
from .work import Change, Work

ORDER = 90
ID = "reverse"


def apply(work: Work) -> None:
    """Turn round the items that the page declares as reverse-keyed; a guess is not applied."""
    for code in work.items:
        if not work.study.items[code].reverse:
            continue
        scale = work.study.scale_of(code)
        reason = f"{scale.low + scale.high} - x"
        work.recode(code, {at: Change(ID, turned(value, scale), reason) for at, value in work.values(code).items()})


def turned(value: int, scale: Scale) -> int:
    """The value as seen from the other end of its scale.

    Notes
    -----
    low + high - value: applied twice it gives the value again.

    Examples
    --------
    >>> from analysis.study.dictionaries import dictionaries
    >>> turned(2, dictionaries()["agree5"])
    4
    """
    return scale.low + scale.high - value
