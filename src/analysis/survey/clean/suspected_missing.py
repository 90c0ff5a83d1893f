"""Numbers that look like codes for "no answer" and that nobody declared: 99 on a five-point scale."""

from __future__ import annotations

import numpy as np

from ...errors import caution
from ..column import EMPTY
from ..text import shown
from .work import Change, Work

ORDER = 65
ID = "suspected_missing"
#: Codes that questionnaires use for "no answer", "don't know", "not applicable".
CODES = frozenset((-9, -8, -7, -1, -99, -98, -97, -999, 7, 8, 9, 77, 88, 97, 98, 99, 777, 888, 997, 998, 999, 9999))
_ROWS = 10  # fewer other numbers do not tell what is far
_FAR = 3  # interquartile ranges beyond the quartiles: "far out" of Tukey (1977)


def apply(work: Work) -> None:
    """Empty such answers to items where the page says so; of numbers of respondents only tell."""
    if work.study.cleaning.suspected_missing == "missing":
        for code in work.items:
            levels = work.study.scale_of(code).levels
            suspects = {
                place: value for place, value in work.values(code).items() if value not in levels and value in CODES
            }
            work.recode(code, {place: Change(ID, None, shown(value)) for place, value in suspects.items()})
    for code in work.variables:
        if work.study.variables[code].kind == "number":
            _tell(work, code)


def _tell(work: Work, code: str) -> None:
    """Say that a number of a respondent is such a code and lies far from all others."""
    read = {place: _number(value) for place, value in work.values(code).items()}
    if not CODES & set(read.values()):
        return
    numbers = [read[place] for place in work.cells[code].places[work.kept].tolist() if place != EMPTY]
    known = [number for number in numbers if number is not None]
    rest = [number for number in known if number not in CODES]
    if len(rest) < max(_ROWS, len(known) / 2):
        return
    for suspect in sorted(CODES & set(known)):
        low, high = np.quantile(rest, [0.25, 0.75])
        if not low - _FAR * (high - low) <= suspect <= high + _FAR * (high - low):
            work.notes.append(caution("clean.suspected_missing", name=code, value=suspect, count=known.count(suspect)))


def _number(value: object) -> float | None:
    try:
        return float(shown(value).replace(",", "."))
    except ValueError:
        return None
