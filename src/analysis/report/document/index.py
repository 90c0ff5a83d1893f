"""The index of all studies that have been run: real data first, simulated data after them, in every language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from ..words import languages, phrase
from .html import page


@dataclass(frozen=True)
class Entry:
    """What the index says of a study."""

    study: str
    title: Mapping[str, str]
    simulated: bool
    languages: tuple[str, ...]
    brief: bool = False  # whether there is a brief for decision makers
    unconfirmed: Mapping[str, str] = field(default_factory=dict)  # by language: what was guessed and not confirmed


def index_pages(studies: Sequence[Entry]) -> dict[str, str]:
    """File name → page: ``index.html`` in the first language, ``index.<lang>.html`` in the others."""
    first, *_ = languages()
    return {("index.html" if lang == first else f"index.{lang}.html"): _index(lang, studies) for lang in languages()}


def _index(lang: str, studies: Sequence[Entry]) -> str:
    first, *_ = languages()
    others = " · ".join(
        f'<a href="{"index.html" if other == first else f"index.{other}.html"}" lang="{other}" hreflang="{other}">'
        f"{escape(phrase('document.language', other))}</a>"
        for other in languages()
        if other != lang
    )
    body = [
        f'<nav class="lang">{others}</nav>',
        f"<header><h1>{escape(phrase('document.index', lang))}</h1></header>",
        f"<p>{escape(phrase('document.index_intro', lang))}</p>",
    ]
    for simulated in (False, True):
        chosen = [each for each in sorted(studies, key=lambda each: each.study) if each.simulated is simulated]
        if chosen:
            heading = phrase("document.simulated_studies" if simulated else "document.real_studies", lang)
            body.append(f'<section><h2>{escape(heading)}</h2><ul class="studies">')
            body.extend(_line(each, lang) for each in chosen)
            body.append("</ul></section>")
    return page(lang, phrase("document.index", lang), "\n".join(body))


def _line(each: Entry, lang: str) -> str:
    shown = lang if lang in each.languages else each.languages[0]
    stamp = f" ({escape(phrase('source.simulated', lang))})" if each.simulated else ""
    brief = (
        f'<a href="{each.study}/{shown}/brief.html">{escape(phrase("brief.title", lang))}</a> · ' if each.brief else ""
    )
    guesses = f"<br><span>{escape(each.unconfirmed[lang])}</span>" if each.unconfirmed.get(lang) else ""
    return (
        f'<li><a href="{each.study}/{shown}/findings.html"><strong>{escape(each.title[lang])}</strong></a>{stamp}<br>'
        f'{brief}<a href="{each.study}/ledger.json">{escape(phrase("document.ledger", lang))}</a>{guesses}</li>'
    )
