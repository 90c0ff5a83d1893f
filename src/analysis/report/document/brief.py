"""The brief: two pages for an official, from the chapters' findings."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from ..block import from_json, to_json
from ..pen import Pen
from ..verbs import narrate, table
from .findings import language_switch
from .html import Ids, element_html, page
from .model import Element, Heading, Numbered, Section

if TYPE_CHECKING:
    from ...chapters.brief import BriefFindings

#: The questions of an official, in order, and the views that answer each.
_PARTS = (
    ("found", (narrate,)),
    ("sure", (narrate,)),
    ("first", (narrate, table)),
    ("limits", (narrate,)),
)


def brief_section(findings: BriefFindings, lang: str) -> Section:
    """The brief's blocks in reading order, for the page and for the ledger."""
    pen = Pen(lang, findings.study)

    def elements() -> Iterator[Element]:
        for part, verbs in _PARTS:
            yield Heading(pen.word(f"brief.part.{part}"), 1)
            for show in verbs:
                yield from_json(to_json(show(findings, lang, part).block))  # with the digits of a notebook's blocks

    return Section("brief", tuple(elements()))


def brief_page(findings: BriefFindings, lang: str, section: Section, langs: tuple[str, ...]) -> str:
    """The brief in one language as an HTML page that prints on two sheets.

    Parameters
    ----------
    findings : BriefFindings
        What `analysis.chapters.brief.brief` gathered.
    lang : str
        Language of the page.
    section : Section
        From `brief_section`.
    langs : tuple of str
        All languages of the run, for the language switch.

    Returns
    -------
    str
        A whole page that fetches nothing.
    """
    study, pen, ids = findings.study, Pen(lang, findings.study), Ids()
    place = "".join(str(part) for part in pen.say("brief.about"))
    period = f", {study.period[lang]}" if study.period else ""
    body = [
        language_switch(pen, langs, "brief"),
        f"<header>\n<h1>{escape(pen.word('brief.title'))}</h1>",
        f'<p class="subtitle">{escape(study.title[lang])}</p>\n<p>{escape(place + period)}</p>\n</header>',
        f'<p class="stamp">{escape(pen.word("document.stamp"))}</p>' if study.simulated else "",
    ]
    for number, element in enumerate(section.elements):
        if isinstance(element, Heading):
            body.append(f'<h2 id="b-{number}">{escape(element.text)}</h2>')
        else:
            body.append(element_html(Numbered(element), lang, ids))
    body.append(f'<footer><p><a href="findings.html">{escape(pen.word("brief.more"))}</a></p></footer>')
    stamp = pen.word("source.simulated") if study.simulated else ""
    return page(lang, f"{study.title[lang]} – {pen.word('brief.title')}", "\n".join(filter(None, body)), stamp)
