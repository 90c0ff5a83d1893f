"""From an executed notebook to a section: prose of one language, our blocks, and what an edited cell printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..block import MIME, Narrative, Paragraph, from_json
from .model import Element, Heading, Printout, Prose, Section

_HEADING = re.compile(r"^(#{1,3})\s+(.*)$")


def section_of(name: str, notebook: Mapping[str, Any], lang: str, *, edited: bool = False) -> Section:
    """Read the section of the findings that a notebook holds.

    Parameters
    ----------
    name : str
        Name of the notebook, without ending.
    notebook : mapping
        The executed notebook (nbformat 4).
    lang : str
        Prose tagged with another language is left out, and so are students' notes; a heading tagged ``page`` begins a
        page on paper.
    edited : bool
        Whether its code differs from the package's own.
    """
    elements: list[Element] = []
    for cell in notebook["cells"]:
        tags = set(cell["metadata"].get("tags", ()))
        if "note" in tags:
            continue
        if cell["cell_type"] == "markdown" and lang in tags:
            elements.extend(_prose(cell["source"], page="page" in tags))
        elif cell["cell_type"] == "code":
            for output in cell.get("outputs", ()):
                elements.extend(_output(output))
    return Section(name, tuple(_once(elements)), edited)


def _once(elements: list[Element]) -> Iterator[Element]:
    """A caution that several results of a section share is said where it first stands."""
    said: set[Paragraph] = set()
    for element in elements:
        if not isinstance(element, Narrative):
            yield element
            continue
        kept = tuple(each for each in element.paragraphs if each.kind != "caution" or each not in said)
        said.update(each for each in kept if each.kind == "caution")
        if kept or not element.paragraphs:
            yield replace(element, paragraphs=kept)


def _prose(source: str, *, page: bool) -> Iterator[Element]:
    lines: list[str] = []
    for line in source.splitlines():
        match = _HEADING.match(line)
        if match is None:
            lines.append(line)
            continue
        if "".join(lines).strip():
            yield Prose("\n".join(lines).strip())
        lines = []
        yield Heading(match[2].strip(), len(match[1]), page)
    if "".join(lines).strip():
        yield Prose("\n".join(lines).strip())


def _output(output: Mapping[str, Any]) -> Iterator[Element]:
    data = output.get("data", {})
    if MIME in data:
        yield from_json(data[MIME])
    elif "text/plain" in data:
        yield Printout(data["text/plain"])
    elif output.get("output_type") == "stream" and output.get("name") == "stdout":
        yield Printout(output["text"])
