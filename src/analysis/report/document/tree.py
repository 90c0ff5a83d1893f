"""A document as a tree of pandoc's model: what PDF and Word have in common.

A medium says what only it can: how a table stands on the page, what a caption's number is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol, TypeAlias

from ..block import Citation, Code, Column, Emphasis, Figure, Link, Narrative, Number, Paragraph, Segment, Table, Text
from ..words import phrase
from .layout import Layout, layout
from .markdown import markdown_blocks
from .model import Document, Heading, Numbered, Printout, Prose, shown_as
from .references import referring

#: Blocks and inlines of pandoc are JSON objects ``{"t": kind, "c": content}``.
Node: TypeAlias = dict[str, Any]


class Medium(Protocol):
    """What PDF and Word do each in their own way."""

    def heading(self, heading: Heading, each: Numbered) -> list[Node]:
        """A heading with its number."""

    def styled(self, style: str, inlines: list[Node]) -> list[Node]:
        """A paragraph in a style of the house: ``Caution``, ``Note``, ``Source``, ``Stamp`` …"""

    def below(self, style: str, inlines: list[Node]) -> list[Node]:
        """A note under a table."""

    def table(self, each: Numbered, caption: list[Node], body: Node, below: list[Node], lay: Layout) -> list[Node]:
        """A table with its caption above and its notes and source below."""

    def figure(self, figure: Figure, each: Numbered, caption: list[Node], below: list[Node]) -> list[Node]:
        """A figure with its caption and source below."""

    def cell(self, inlines: list[Node], lay: Layout, *, apart: bool) -> tuple[list[Any], list[Node]]:
        """Attributes and content of a cell of a table; `apart` from the numbers before it."""

    def number(self, words: str) -> Node:
        """A number that the ledger knows."""

    def reference(self, link: Link) -> Node:
        """A link to a numbered table or figure."""


class Tree:
    """Writes a document's elements for a medium."""

    def __init__(self, document: Document, medium: Medium) -> None:
        self.lang, self.medium, self.document = document.lang, medium, document

    def blocks(self) -> Iterator[Node]:
        """The document below its title."""
        for text in self.document.opening:
            yield para(self.inlines(text))
        for each in self.document.elements:
            yield from self.element(each)
        if self.document.colophon:
            yield from self.medium.styled("Source", words(self.document.colophon))

    def element(self, each: Numbered) -> list[Node]:
        """One element."""
        element = each.element
        if isinstance(element, Heading):
            return self.medium.heading(element, each)
        if isinstance(element, Prose):
            return markdown_blocks(element.markdown)
        if isinstance(element, Printout):
            return [{"t": "CodeBlock", "c": [attr(), element.text]}]
        if isinstance(element, Narrative):
            return self._narrative(referring(element, each.refers, self.lang))
        if shown_as(element) == "figure" and isinstance(element, Figure):
            return self.medium.figure(element, each, self.inlines(element.caption), self._source(element.source))
        return self._table(each, element) if isinstance(element, Table) else []

    def _narrative(self, narrative: Narrative) -> list[Node]:
        return [block for paragraph in narrative.paragraphs for block in self._paragraph(paragraph)]

    def _paragraph(self, paragraph: Paragraph) -> list[Node]:
        if paragraph.kind == "finding":
            return [para(self.inlines(paragraph.text))]
        return self.medium.styled(paragraph.kind.capitalize(), self._marked(paragraph))

    def _marked(self, paragraph: Paragraph) -> list[Node]:
        """Cautions and notes begin by saying that they are."""
        inlines = self.inlines(paragraph.text)
        if paragraph.kind == "finding":
            return inlines
        mark = "Strong" if paragraph.kind == "caution" else "Emph"
        return [{"t": mark, "c": words(phrase(f"label.{paragraph.kind}", self.lang))}, SPACE, *inlines]

    def _source(self, source: str) -> list[Node]:
        return self.medium.styled("Source", words(f"({source})")) if source else []

    def _table(self, each: Numbered, table: Table) -> list[Node]:
        if not table.rows:  # nothing to tabulate: the notes say why
            return [block for note in table.notes for block in self._paragraph(note)]
        lay = layout(table)
        notes = (self.medium.below(note.kind.capitalize(), self._marked(note)) for note in table.notes)
        below = [*(block for note in notes for block in note), *self._source(table.source)]
        return self.medium.table(each, self.inlines(table.caption), self._grid(table, lay), below, lay)

    def _grid(self, table: Table, lay: Layout) -> Node:
        columns = [
            [{"t": f"Align{column.align.capitalize()}"}, {"t": "ColWidth", "c": width}]
            for column, width in zip(table.columns, lay.widths, strict=True)
        ]
        body = [attr(), 0, [], [self._row(row.cells, row.section, table.columns, lay) for row in table.rows]]
        head = [attr(), [[attr(), cells] for cells in self._head(table.columns, lay)]]
        return {"t": "Table", "c": [lay.attributes, [None, []], columns, head, [body], [attr(), []]]}

    def _head(self, columns: Sequence[Column], lay: Layout) -> list[list[Any]]:
        """One row of titles, or two where groups span some of them."""
        if not any(column.group for column in columns):
            return [[self._title(column, lay, at) for at, column in enumerate(columns)]]
        top: list[Any] = []
        bottom: list[Any] = []
        for group, members in groupby(enumerate(columns), key=lambda pair: pair[1].group):
            under = list(members)
            if group:
                inside = self.medium.cell(_strong(words(group)), lay, apart=False)
                top.append(cell(inside, "center", columns=len(under)))
                bottom += [self._title(column, lay, at) for at, column in under]
            else:
                top += [self._title(column, lay, at, rows=2) for at, column in under]
        return [top, bottom]

    def _title(self, column: Column, lay: Layout, at: int, rows: int = 1) -> list[Any]:
        inside = self.medium.cell(_strong(words(column.title)), lay, apart=lay.apart[at])
        return cell(inside, column.align, rows)

    def _row(self, cells: Sequence[Text], section: bool, columns: Sequence[Column], lay: Layout) -> list[Any]:
        if section:
            inside = self.medium.cell(_strong(self.inlines(cells[0])), lay, apart=False)
            return [attr(), [cell(inside, "left", columns=len(columns))]]
        printed = [
            cell(self.medium.cell(self.inlines(text), lay, apart=apart), column.align)
            for text, column, apart in zip(cells, columns, lay.apart, strict=True)
        ]
        return [attr(), printed]

    def inlines(self, text: Text) -> list[Node]:
        """A text as inlines."""
        return [inline for part in text for inline in self._segment(part)]

    def _segment(self, part: Segment) -> list[Node]:
        if isinstance(part, str):
            return words(part)
        if isinstance(part, Number):
            return [self.medium.number(part.text)]
        if isinstance(part, Code):
            return [{"t": "Code", "c": [attr(), _BREAKS.sub("\\g<0>\N{ZERO WIDTH SPACE}", part.text)]}]
        if isinstance(part, Emphasis):
            return [{"t": "Emph", "c": words(part.text)}]
        if isinstance(part, Citation):
            return words(part.text)
        return self._link(part)

    def _link(self, link: Link) -> list[Node]:
        """Links lead within the document or to the web; a file beside the page has no place on paper."""
        if link.href.startswith("#"):
            return [self.medium.reference(link)]
        if not link.href.startswith(("http://", "https://")):
            return self._segment(Code(link.text))
        return [{"t": "Link", "c": [attr(), words(link.text), [link.href, ""]]}]


#: Where a long name may go on in the next line.
_BREAKS = re.compile(r"[./_](?=\w)")

SPACE: Node = {"t": "Space"}


def attr(name: str = "", classes: Sequence[str] = (), **pairs: str) -> list[Any]:
    """Identifier, classes and key–value pairs of a node."""
    return [name, list(classes), [[key.replace("_", "-"), value] for key, value in pairs.items()]]


def words(text: str) -> list[Node]:
    """Plain words; line breaks stay."""
    found: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            found.append({"t": "LineBreak"})
        for place, word in enumerate(line.split(" ")):
            if place:
                found.append(SPACE)
            if word:
                found.append({"t": "Str", "c": word})
    return found


def para(inlines: list[Node]) -> Node:
    """A paragraph."""
    return {"t": "Para", "c": inlines}


def cell(inside: tuple[list[Any], list[Node]], align: str, rows: int = 1, columns: int = 1) -> list[Any]:
    """A cell of a table, from its attributes and its content."""
    attributes, blocks = inside
    return [attributes, {"t": f"Align{align.capitalize()}"}, rows, columns, blocks]


def _strong(inlines: list[Node]) -> list[Node]:
    return [{"t": "Strong", "c": inlines}]


def raw(text: str, form: str) -> Node:
    """A block in the words of one format."""
    return {"t": "RawBlock", "c": [form, text]}
