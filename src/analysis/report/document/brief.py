"""The brief as a document: two pages for an official, from the chapters' findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..block import Table, from_json, to_json
from ..pen import Pen
from ..verbs import narrate, table
from .model import Document, Element, Heading, Numbered, Part, Section
from .unconfirmed import running, unconfirmed

if TYPE_CHECKING:
    from ...chapters.brief import BriefFindings

#: The questions of an official, in order, and the views that answer each.
_PARTS = (
    ("found", (narrate,)),
    ("sure", (narrate,)),
    ("first", (narrate, table)),
    ("limits", (narrate,)),
)


def brief_section(findings: BriefFindings, lang: str, answer: Table | None = None) -> Section:
    """The brief's blocks in reading order, for the document and for the ledger.

    `answer` is the table of the same name of the findings, as it was printed there: nothing is computed twice.
    """
    pen = Pen(lang, findings.study)

    def elements() -> Iterator[Element]:
        for part, verbs in _PARTS:
            yield Heading(pen.word(f"brief.part.{part}"), 1)
            for show in verbs:
                yield from_json(to_json(show(findings, lang, part).block))  # with the digits of a notebook's blocks
            if part == "first" and answer is not None:
                yield Heading(pen.word("brief.part.answer"), 1)
                yield answer

    return Section("brief", tuple(elements()))


def brief_document(findings: BriefFindings, lang: str, section: Section) -> Document:
    """The brief in one language; it prints on two sheets.

    Parameters
    ----------
    findings : BriefFindings
        What `analysis.chapters.brief.brief` gathered.
    lang : str
        Language of the document.
    section : Section
        From `brief_section`.
    """
    study, pen = findings.study, Pen(lang, findings.study)
    period = f", {study.period[lang]}" if study.period else ""
    return Document(
        name="brief",
        lang=lang,
        house="office",
        title=pen.word("brief.title"),
        subtitle=study.title[lang],
        opening=((*pen.say("brief.about"), period), *unconfirmed(study, pen)),
        stamp=pen.word("document.stamp") if study.simulated else "",
        running=running(study, pen),
        parts=(Part("brief", tuple(Numbered(each) for each in section.elements)),),
    )
