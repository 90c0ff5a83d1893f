"""How wide the columns of a table are on paper, and how small its letters: from the words that stand in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ..block import Table, plain

#: Characters that a line of text holds at 11 points, and the sizes that a table may be set in.
_LINE, _SIZES = 88.0, (11.0, 10.0, 9.0, 8.0)

#: Between two columns, in characters.
_GAP = 1.9

#: Words that follow a column of numbers stand so much further from it.
_APART = 1.4

#: Characters of a line of words that still reads with ease; narrower columns make the letters smaller first.
_EASY = 24.0

#: Bold letters are so much wider.
_HEAVY = 1.1

#: Tables of at most this many lines stay on one page, if with their notes they have at most so many.
_SHORT, _PAGE = 24, 48


@dataclass(frozen=True)
class Layout:
    """Widths of the columns as shares of the line, size of the letters in points, whether it may be torn.

    `apart` marks columns of words that follow a column of numbers: without room between them they read as one.
    """

    widths: tuple[float, ...]
    apart: tuple[bool, ...]
    size: float
    short: bool
    attributes: list[Any]  # of pandoc's table


def layout(table: Table) -> Layout:
    """Lay a table out.

    A column takes at least its longest word. What is left of the line goes to numbers that would be torn and to words
    in very short lines, then to columns with long texts. Where that does not fit, the letters become smaller.
    """
    alone, easy, wanted = zip(*(_needs(table, place) for place in range(len(table.columns))), strict=True)
    apart = tuple(_follows_numbers(table, place) for place in range(len(table.columns)))
    least = _for_groups(table, alone)
    ease = sum(max(pair) for pair in zip(least, easy, strict=True))
    size = next((size for size in _SIZES if ease <= _LINE * _SIZES[0] / size), _SIZES[-1])
    line = max(_LINE * _SIZES[0] / size, sum(least))
    given = _small_first(line - sum(least), _beyond(easy, least))
    filled = [need + more for need, more in zip(least, given, strict=True)]
    beyond = _beyond(wanted, filled)
    share = min(1.0, (line - sum(filled)) / sum(beyond)) if sum(beyond) else 0.0
    widths = [width + share * more for width, more in zip(filled, beyond, strict=True)]
    total = sum(widths)
    lines = sum(_lines(row.cells, widths) for row in table.rows)
    below = sum(-(-ink(plain(note.text)) // _LINE) for note in table.notes)
    short = lines <= _SHORT and lines + below <= _PAGE
    return Layout(tuple(round(width / total, 4) for width in widths), apart, size, short, ["", [], []])


def _beyond(wanted: Sequence[float], given: Sequence[float]) -> list[float]:
    return [max(want - width, 0.0) for want, width in zip(wanted, given, strict=True)]


def _small_first(spare: float, wishes: Sequence[float]) -> list[float]:
    """What each column gets of the room that is left: small wishes are met, the large ones share the rest evenly."""
    given = [0.0] * len(wishes)
    for rank, place in enumerate(sorted(range(len(wishes)), key=lambda place: wishes[place])):
        given[place] = min(wishes[place], spare / (len(wishes) - rank))
        spare -= given[place]
    return given


def _follows_numbers(table: Table, place: int) -> bool:
    return place > 0 and table.columns[place].align == "left" and table.columns[place - 1].align == "right"


def _for_groups(table: Table, least: Sequence[float]) -> tuple[float, ...]:
    """Columns under one heading are together as wide as its longest word."""
    found: list[float] = []
    for group, members in groupby(zip(table.columns, least, strict=True), key=lambda pair: pair[0].group):
        widths = [width for _, width in members]
        lacking = _HEAVY * max(_words([group])) + _GAP - sum(widths) if group else 0.0
        found += [width + max(lacking, 0.0) / len(widths) for width in widths]
    return tuple(found)


def _needs(table: Table, place: int) -> tuple[float, float, float]:
    """The longest word of a column, what reads with ease, and its longest text, in characters with the gap."""
    column = table.columns[place]
    texts = [_text(row.cells, place) for row in table.rows if not row.section]
    gap = _GAP + _APART * _follows_numbers(table, place)
    # bold titles are wider, and may take several lines
    heading = _HEAVY * max(_words([column.title]), default=0)
    least = max(max(_words(texts), default=0), heading, 3) + gap
    longest = max(map(_width, texts), default=0) + gap
    easy = longest if column.align == "right" else min(longest, _EASY)
    return least, easy, max(longest, 0.5 * ink(column.title) + gap)


def _text(cells: tuple[Any, ...], place: int) -> str:
    return plain(cells[place]) if place < len(cells) else ""


def _words(texts: list[str]) -> Iterator[float]:
    """Lengths of what must not be torn."""
    for text in texts:
        yield from (ink(word) for word in re.split(r"[ \n]|(?<=[/._])(?=[^\W\d])", text))


def _width(text: str) -> float:
    return max(map(ink, text.split("\n")))


def ink(text: str) -> float:
    """The width of a text in usual letters: capitals and m are wide, i and l are narrow."""
    bare = unicodedata.normalize("NFD", text)
    return sum(
        _INK.get(letter, 1.35 if letter.isupper() else 1.0) for letter in bare if not unicodedata.combining(letter)
    )


_INK = {
    **dict.fromkeys("mwMW", 1.65),
    **dict.fromkeys("iljtfI.,;:'’()[]|-", 0.65),
    **dict.fromkeys("0123456789npuhkbdgo−–<", 1.12),  # half as wide as high in Times, whose letters are 0.45 on average
    "%": 1.85,
    " ": 0.55,
    "\N{NO-BREAK SPACE}": 0.55,
}


def _lines(cells: tuple[Any, ...], widths: list[float]) -> int:
    """Lines that a row takes."""
    if len(cells) < len(widths):
        return 1
    return max(
        sum(-(-len(line) // max(int(width - _GAP), 1)) or 1 for line in plain(cell).split("\n"))
        for cell, width in zip(cells, widths, strict=True)
    )
