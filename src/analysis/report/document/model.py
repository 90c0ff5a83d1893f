"""A document before it has a format: sections of headings, prose and blocks, with numbered tables and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ..block import Block, Figure, Table


@dataclass(frozen=True)
class Heading:
    """A heading inside a section; `depth` 1 is the section's own title."""

    text: str
    depth: int


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
class Numbered:
    """An element with the number that readers cite: ``4.2.1`` for headings, ``4.3`` for tables and figures."""

    element: Element
    number: str = ""

    @property
    def anchor(self) -> str:
        """A link target that is unique in the document."""
        kind = {Heading: "s", Table: "t", Figure: "f"}.get(type(self.element), "p")
        return f"{kind}-{self.number.replace('.', '-')}"


def numbered(sections: tuple[Section, ...], chapter: int) -> Iterator[tuple[Section, tuple[Numbered, ...]]]:
    """Number headings within their section and tables and figures through the chapter."""
    tables = figures = 0
    for index, section in enumerate(sections, start=1):
        part = 0
        found: list[Numbered] = []
        for element in section.elements:
            if isinstance(element, Heading):
                part = part + 1 if element.depth > 1 else 0
                found.append(Numbered(element, f"{chapter}.{index}" + (f".{part}" if part else "")))
            elif isinstance(element, Table) and element.rows:
                tables += 1
                found.append(Numbered(element, f"{chapter}.{tables}"))
            elif isinstance(element, Figure) and not element.empty:
                figures += 1
                found.append(Numbered(element, f"{chapter}.{figures}"))
            else:
                found.append(Numbered(element))
        yield section, tuple(found)
