"""Figures as pictures: what several formats print is drawn once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from ..block import Figure, from_json, to_json
from ..drawing import svg
from .raster import raster

#: Width and height of a drawing, in points, as matplotlib writes them first.
_SIZE = re.compile(r'(?:width|height)="([\d.]+)pt"')


@dataclass(frozen=True)
class Picture:
    """A figure drawn once: lines for pages and paper, dots for Word."""

    svg: bytes
    source: str

    @property
    def png(self) -> bytes:
        """The same in dots, 300 an inch."""
        return _dots(self)

    def width(self, line: float, tallest: float) -> float:
        """How wide it is printed: as wide as the line, unless it were taller than `tallest` then (same unit)."""
        wide, high = (float(side) for side in _SIZE.findall(self.svg[:2000].decode("utf-8", "ignore"))[:2])
        return min(line, tallest * wide / high)


def picture(figure: Figure) -> Picture:
    """The figure as a picture."""
    return _drawn(json.dumps(to_json(figure), sort_keys=True))


@lru_cache(maxsize=64)
def _drawn(block: str) -> Picture:
    figure = from_json(json.loads(block))
    if not isinstance(figure, Figure):
        raise TypeError(type(figure).__name__)
    return Picture(svg(figure), figure.source)


@lru_cache(maxsize=64)
def _dots(drawn: Picture) -> bytes:
    return raster(drawn.svg, drawn.source)
