"""Responses that the page's screening questions leave out: no consent, not of the population."""

from __future__ import annotations

from ...study import Screening
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
        keep_only(work, ID, code, question)


def keep_only(work: Work, rule: str, code: str, question: Screening) -> None:
    """Leave out all responses but those with a declared answer.

    Parameters
    ----------
    work : Work
        Takes the change.
    rule : str
        In whose name.
    code : str
        Column of the question.
    question : Screening
        The answers with which a response stays.
    """
    keep = {fold_value(answer) for answer in question.keep}
    wanted = [place for place, value in work.values(code).items() if fold_value(value) in keep]
    out = set(work.kept.tolist()).difference(work.rows(code, wanted))
    work.exclude(rule, out, code, dict.fromkeys(out, " / ".join(map(str, question.keep))))
