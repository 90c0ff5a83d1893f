"""Text in one form (NFC, plain single spaces, no hidden signs): what looks the same is the same."""

from __future__ import annotations

from ..text import clean_text
from .work import Change, Work

ORDER = 10
ID = "text"


def apply(work: Work) -> None:
    """Bring every text cell that is used to one form."""
    for code in work.cells:
        changes = {
            place: Change(ID, after or None, "NFC")
            for place, value in work.values(code).items()
            if isinstance(value, str) and (after := clean_text(value)) != value
        }
        work.recode(code, changes)
