"""Figures by themselves: SVG, and PNG with 300 dots per inch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..picture import picture

if TYPE_CHECKING:
    from .edition import Edition


def files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """``figures/<lang>/<number>_<key>.svg`` and ``.png``."""
    for each, figure in edition.figures():
        drawn = picture(figure)
        stem = f"figures/{edition.lang}/{'_'.join(filter(None, (each.number, figure.key)))}"
        yield f"{stem}.svg", drawn.svg
        yield f"{stem}.png", drawn.png
