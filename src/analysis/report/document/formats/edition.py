"""What every format is written from: the documents of one language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...block import Figure
from ..model import Document, Numbered, shown_as


@dataclass(frozen=True)
class Edition:
    """All documents of a study in one language; `langs` are the languages that stand beside it."""

    lang: str
    langs: tuple[str, ...]
    documents: tuple[Document, ...]

    def figures(self) -> Iterator[tuple[Numbered, Figure]]:
        """Every figure that is drawn, with its number, in reading order."""
        for document in self.documents:
            for each in document.elements:
                if isinstance(each.element, Figure) and shown_as(each.element):
                    yield each, each.element
