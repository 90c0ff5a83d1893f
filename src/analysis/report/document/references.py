"""How a sentence points at the tables and figures that it speaks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from ..block import Link, Narrative, Paragraph, Segment, Text
from ..words import phrase
from .model import Target


def referring(narrative: Narrative, targets: Sequence[Target], lang: str) -> Narrative:
    """The narrative whose first finding ends by naming what it speaks about: "… (Table 4.1, Figures 4.1 and 4.2)".

    Parameters
    ----------
    narrative : Narrative
        Paragraphs; one without a finding is left as it is.
    targets : sequence of Target
        The tables and figures shown before it.
    lang : str
        Language of the words "Table" and "Figure".
    """
    place = next((i for i, each in enumerate(narrative.paragraphs) if each.kind == "finding"), None)
    if place is None or not targets:
        return narrative
    said = list(narrative.paragraphs)
    said[place] = replace(said[place], text=_pointing(said[place], targets, lang))
    return Narrative(tuple(said))


def _pointing(paragraph: Paragraph, targets: Sequence[Target], lang: str) -> Text:
    *before, last = paragraph.text
    stop = isinstance(last, str) and last.endswith(".")
    kept = last[:-1] if isinstance(last, str) and stop else last
    return (*before, kept, " (", *_links(targets, lang), ")." if stop else ")")


def _links(targets: Sequence[Target], lang: str) -> list[Segment]:
    links: list[Segment] = []
    for kind, group in groupby(sorted(targets, key=lambda target: target.kind, reverse=True), lambda each: each.kind):
        for target in group:
            links += [
                ", ",
                Link(f"{phrase(f'label.{kind}', lang)}\N{NO-BREAK SPACE}{target.number}", f"#{target.anchor}"),
            ]
    return links[1:]
