"""A document before it has a format: title, opening, parts of headings, prose and blocks with their numbers.

HTML, PDF, Word and the workbook are written from one `Document`, so that they cannot differ in what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..block import Block, Citation, Figure, Narrative, Number, Table, Text, citations, numbers


@dataclass(frozen=True)
class Heading:
    """A heading inside a section; `depth` 1 is the section's own title, `page` asks for a page of its own on paper."""

    text: str
    depth: int
    page: bool = False


@dataclass(frozen=True)
class Prose:
    """Markdown as a notebook's author wrote it; raw HTML in it is shown, never interpreted."""

    markdown: str


@dataclass(frozen=True)
class Printout:
    """What a cell of an edited notebook printed beside our blocks: plain text, shown as it is."""

    text: str


Element: TypeAlias = "Heading | Prose | Printout | Block"


@dataclass(frozen=True)
class Section:
    """One notebook's part of the findings."""

    notebook: str
    elements: tuple[Element, ...]
    edited: bool = False

    @property
    def title(self) -> str:
        """The text of its first heading."""
        return next((each.text for each in self.elements if isinstance(each, Heading)), self.notebook)


@dataclass(frozen=True)
class Target:
    """A numbered table or figure that a sentence refers to."""

    kind: Literal["table", "figure"]
    number: str

    @property
    def anchor(self) -> str:
        """Its link target in the document."""
        return f"{self.kind[0]}-{self.number.replace('.', '-')}"


@dataclass(frozen=True)
class Numbered:
    """An element with the number that readers cite: ``4.2.1`` for headings, ``4.3`` for tables and figures.

    `refers` names the tables and figures that a narrative speaks about; `name` is the target of a heading that has no
    number.
    """

    element: Element
    number: str = ""
    refers: tuple[Target, ...] = ()
    name: str = ""

    @property
    def anchor(self) -> str:
        """A link target that is unique in the document; empty for what nobody refers to."""
        kind = {Heading: "s", Table: "t", Figure: "f"}.get(type(self.element), "p")
        return f"{kind}-{self.number.replace('.', '-')}" if self.number else self.name


@dataclass(frozen=True)
class Part:
    """A stretch of a document under one heading."""

    name: str
    elements: tuple[Numbered, ...]

    @property
    def headings(self) -> tuple[Numbered, ...]:
        """Its headings, the part's own first."""
        return tuple(each for each in self.elements if isinstance(each.element, Heading))


@dataclass(frozen=True)
class Document:
    """A whole document in one language; what is navigation in one format only is not in it.

    `name` is its file name without ending. `chapter` numbers the title where the document is a chapter.
    `house` names the layout on paper: of a thesis, or of an office's letter. `contents` asks for tables of contents.
    """

    name: str
    lang: str
    house: Literal["thesis", "office"]
    title: str
    subtitle: str
    parts: tuple[Part, ...]
    opening: tuple[Text, ...] = ()
    chapter: int | None = None
    stamp: str = ""  # said on the first page when the data are simulated
    running: str = ""  # on every sheet and in the file's metadata: simulated data, guesses that nobody has confirmed
    contents: bool = False
    colophon: str = ""

    @property
    def elements(self) -> Iterator[Numbered]:
        """All elements in reading order."""
        for part in self.parts:
            yield from part.elements


def numbered(sections: Sequence[Section], chapter: int) -> Iterator[tuple[Section, tuple[Numbered, ...]]]:
    """Number headings within their section, tables and figures through the chapter; narratives know what is shown.

    A narrative refers to the tables and figures that its section has shown since the narrative before.
    """
    counts = {"table": 0, "figure": 0}
    for index, section in enumerate(sections, start=1):
        part = 0
        found: list[Numbered] = []
        shown: list[Target] = []
        for element in section.elements:
            kind = shown_as(element)
            if isinstance(element, Heading):
                part = part + 1 if element.depth > 1 else 0
                found.append(Numbered(element, f"{chapter}.{index}" + (f".{part}" if part else "")))
            elif kind:
                counts[kind] += 1
                found.append(Numbered(element, f"{chapter}.{counts[kind]}"))
                shown.append(Target(kind, found[-1].number))
            elif isinstance(element, Narrative):
                found.append(Numbered(element, refers=tuple(shown)))
                shown = []
            else:
                found.append(Numbered(element))
        yield section, tuple(found)


def shown_as(element: Element) -> Literal["table", "figure"] | None:
    """Whether an element is a table with rows or a figure with something to draw."""
    if isinstance(element, Table) and element.rows:
        return "table"
    if isinstance(element, Figure) and not element.empty:
        return "figure"
    return None


def printed_numbers(document: Document) -> Iterator[Number]:
    """Every number of a document in reading order, once for each time it is printed."""
    for text in document.opening:
        yield from (part for part in text if isinstance(part, Number))
    for each in document.elements:
        if isinstance(each.element, (Narrative, Table, Figure)) and not unseen(each.element):
            yield from numbers(each.element)


def cited(elements: Sequence[Numbered]) -> tuple[Citation, ...]:
    """Every citation of some elements, in reading order."""
    blocks = (each.element for each in elements if isinstance(each.element, (Narrative, Table, Figure)))
    return tuple(citation for block in blocks if not unseen(block) for citation in citations(block))


def unseen(block: Block) -> bool:
    """Whether a block prints nothing: a figure without anything to draw."""
    return isinstance(block, Figure) and block.empty
