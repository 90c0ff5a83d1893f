"""Responses whose respondent did not agree to take part are left out before anything of them is read."""

from __future__ import annotations

from ..columns import CONSENT
from .screening import keep_only
from .work import Work

ORDER = 19
ID = "consent"


def apply(work: Work) -> None:
    """Keep the responses that say one of the declared words of consent; no answer is none."""
    if work.study.cleaning.consent is not None and CONSENT in work.cells:
        keep_only(work, ID, CONSENT, work.study.cleaning.consent)
