"""What every format is written from: the documents of one language and the pictures in them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ...block import Figure, from_json, to_json
from ...drawing import svg
from ..model import Document, Numbered, shown_as
from ..raster import raster


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


#: Width and height of a drawing, in points, as matplotlib writes them first.
_SIZE = re.compile(r'(?:width|height)="([\d.]+)pt"')


@dataclass(frozen=True)
class Picture:
    """A figure drawn once: lines for pages and paper, dots for Word."""

    svg: bytes
    png: bytes  # 300 dots per inch

    def width(self, line: float, tallest: float) -> float:
        """How wide it is printed: as wide as the line, unless it were taller than `tallest` then (same unit)."""
        wide, high = (float(side) for side in _SIZE.findall(self.svg[:2000].decode("utf-8", "ignore"))[:2])
        return min(line, tallest * wide / high)


def picture(figure: Figure) -> Picture:
    """The figure as a picture; one that several formats print is drawn once."""
    return _drawn(json.dumps(to_json(figure), sort_keys=True))


@lru_cache(maxsize=64)
def _drawn(block: str) -> Picture:
    figure = from_json(json.loads(block))
    if not isinstance(figure, Figure):
        raise TypeError(type(figure).__name__)
    drawn = svg(figure)
    return Picture(drawn, raster(drawn, figure.source))
