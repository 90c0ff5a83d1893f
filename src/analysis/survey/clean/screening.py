"""Responses that the page's screening questions leave out: no consent, not of the population."""

from __future__ import annotations

from ..columns import SCREENING
from ..text import fold_value
from .work import Work

ORDER = 20
ID = "screening"


def apply(work: Work) -> None:
    """Keep the responses whose answer to every screening question is one of those declared; empty is none."""
    for at, question in enumerate(work.study.cleaning.screening):
        code = f"{SCREENING}{at}"
        if code not in work.cells:
            continue
        keep = {fold_value(answer) for answer in question.keep}
        told = work.values(code)
        wanted = [place for place, value in told.items() if fold_value(value) in keep]
        work.exclude(ID, set(work.kept.tolist()).difference(work.rows(code, wanted)), code)
