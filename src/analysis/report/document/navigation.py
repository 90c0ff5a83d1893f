"""Ways from one page of a report to the others; on paper there are none."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ..words import languages, phrase


def language_switch(lang: str, langs: Sequence[str], name: str) -> str:
    """Links to the index and to the same page in the other languages of the run."""
    names = {other: escape(phrase("document.language", other)) for other in langs if other != lang}
    links = [
        f'<a href="../{other}/{name}.html" lang="{other}" hreflang="{other}">{words}</a>'
        for other, words in names.items()
    ]
    home = "../../index.html" if lang == languages()[0] else f"../../index.{lang}.html"
    links.insert(0, f'<a href="{home}">{escape(phrase("document.index", lang))}</a>')
    return f'<nav class="lang">{" · ".join(links)}</nav>'


def related(lang: str, files: Sequence[tuple[str, str]]) -> str:
    """Links to the other documents of the study: (file, key of its words)."""
    links = [f'<a href="{escape(file)}">{escape(phrase(key, lang))}</a>' for file, key in files]
    return f'<nav class="related"><p>{" · ".join(links)}</p></nav>' if links else ""
