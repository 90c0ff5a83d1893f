"""Text in one form (NFC, plain single spaces, no hidden signs): what looks the same is the same."""

from __future__ import annotations

from ..text import clean_text
from .work import Work

ORDER = 10
ID = "text"


def apply(work: Work) -> None:
    """Bring every text cell that is used to one form."""
    for code in work.cells:
        for row, value in work.answers(code):
            if isinstance(value, str) and (after := clean_text(value)) != value:
                work.change(ID, code, row, after or None, "NFC")
