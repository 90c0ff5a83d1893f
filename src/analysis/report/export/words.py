"""Words of the page in a form that files keep."""

from __future__ import annotations

import re

from ...study import Words
from ..words import languages

#: What a spreadsheet takes for the beginning of a formula, also in full width.
FORMULA = tuple("=+-@\t\r\n'＝＋－＠")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def both(words: Words) -> dict[str, str]:
    """A text in every language, by its code."""
    return {lang: words[lang] for lang in languages()}


def visible(text: str) -> str:
    """A text without the signs that no format may hold."""
    return _CONTROL.sub("", text)
