"""What a portable file says in words: names, labels, texts, declared codes; and the file without these declarations.

The reader of values empties declared codes as it meets them. Taken out of the dictionary, they stay visible like those
of every other format, and cleaning makes them missing on record. That reader also loses every letter that is not ASCII:
texts are read here as bytes, whose encoding is found by evidence.

References
----------
PSPP Developers Guide, "Portable File Format", https://www.gnu.org/software/pspp/pspp-dev/html_node/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Range: TypeAlias = tuple[Any, Any]

_LINE = 80
_HEAD = 464  # splash strings, table of characters, signature
_WHEN = 1  # the tag of the version, before the texts of day and time
_NUMBER = re.compile(r" *(?:(\*.)|(-?)([0-9A-T]*)(?:\.([0-9A-T]*))?(?:([+-])([0-9A-T]+))?/)")
_STRINGS = "123"  # product, author, subproduct
_DATA = "F"


@dataclass
class _Reading:
    text: str
    at: int = _HEAD
    names: list[str] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    missing: dict[str, list[Range]] = field(default_factory=dict)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    described: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[Any, str]] = field(default_factory=dict)

    def tag(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def number(self) -> float:
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise ValueError
        self.at = found.end()
        if found[1]:
            return math.nan
        digits = (found[3] or "") + (found[4] or "")
        power = int(found[5] + found[6], 30) if found[6] else 0
        size = power - len(found[4] or "")
        if not digits or abs(size) > _LINE * 10:
            raise ValueError
        try:
            value = float(int(digits, 30) * 30**size) if size >= 0 else int(digits, 30) / 30**-size
        except OverflowError:  # the highest number, rounded to the digits that the file keeps
            value = math.inf
        return -value if found[2] else value

    def whole(self) -> int:
        value = self.number()
        if not value.is_integer():
            raise ValueError
        return int(value)

    def string(self) -> str:
        length = self.whole()
        start, self.at = self.at, self.at + length
        if length < 0 or self.at > len(self.text):
            raise ValueError
        return self.text[start : self.at]

    def value(self, name: str) -> Any:
        return self.string() if self.widths[self.names.index(name)] else self.number()


@dataclass(frozen=True)
class Words:
    """What the dictionary and the cases say, by the place of the variable; texts are characters of latin-1."""

    content: bytes  # the file without the records of missing values
    missing: dict[int, tuple[Range, ...]]
    described: dict[int, str]
    labels: dict[int, dict[Any, str]]
    texts: dict[int, list[str]]  # cells of the variables that hold texts


def words_of(content: bytes) -> Words:
    """A portable file whose declared codes stay visible, what they are, and its texts as bytes.

    Parameters
    ----------
    content : bytes
        The file; its characters are those of ASCII.

    Returns
    -------
    Words
        For each variable with declared codes the low and high of every range, infinite where one is open.

    Raises
    ------
    ValueError
        The dictionary is not one.
    """
    reading = _Reading(_unwrapped(content))
    try:
        reading.at += _WHEN
        reading.string(), reading.string()
        while (tag := reading.tag()) != _DATA:
            _record(reading, tag)
        texts = _texts(reading)
    except IndexError:
        raise ValueError from None
    kept, last = [], 0
    for start, end in reading.cuts:
        kept.append(reading.text[last:start])
        last = end
    made = "".join((*kept, reading.text[last:]))
    place = {name: at for at, name in enumerate(reading.names)}
    return Words(
        _wrapped(made),
        {place[name]: tuple(found) for name, found in reading.missing.items()},
        {place[name]: text for name, text in reading.described.items()},
        {place[name]: found for name, found in reading.labels.items()},
        texts,
    )


def _texts(reading: _Reading) -> dict[int, list[str]]:
    """The cells of the variables that hold texts; the end of the cases is a Z."""
    found: dict[int, list[str]] = {at: [] for at, width in enumerate(reading.widths) if width}
    if not found:
        return found
    while reading.at < len(reading.text) and reading.text[reading.at] != "Z":
        for at, width in enumerate(reading.widths):
            if width:
                found[at].append(reading.string())
            else:
                reading.number()
    return found


def _record(reading: _Reading, tag: str) -> None:
    start = reading.at - 1
    if tag in _STRINGS or tag == "6":
        reading.string()
    elif tag == "C":
        reading.described[reading.names[-1]] = reading.string()
    elif tag in "45":
        reading.whole()
    elif tag == "7":
        width, name = reading.whole(), reading.string()
        reading.names.append(name)
        reading.widths.append(width)
        for _ in range(6):  # type, width and decimals, for printing and for writing
            reading.whole()
    elif tag in _RANGES and reading.names:
        name = reading.names[-1]
        reading.missing.setdefault(name, []).append(_RANGES[tag](lambda: reading.value(name)))
        reading.cuts.append((start, reading.at))
    elif tag == "D":
        names = [reading.string() for _ in range(_count(reading))]
        labels = {reading.value(names[0]): reading.string() for _ in range(_count(reading))}
        reading.labels |= dict.fromkeys(names, labels)
    elif tag == "E":
        for _ in range(_count(reading)):
            reading.string()
    else:
        raise ValueError


def _one(value: Callable[[], Any]) -> Range:
    found = value()
    return found, found


#: Records of missing values by their tag; the fields follow.
_RANGES: dict[str, Callable[[Callable[[], Any]], Range]] = {
    "8": _one,
    "9": lambda value: (-math.inf, value()),
    "A": lambda value: (value(), math.inf),
    "B": lambda value: (value(), value()),
}


def _count(reading: _Reading) -> int:
    count = reading.whole()
    if not 0 <= count <= len(reading.text):
        raise ValueError
    return count


def _unwrapped(content: bytes) -> str:
    """One line: spaces at the end of a line may have been lost on the way."""
    return "".join(_padded(content.decode("latin-1")))


def _padded(text: str) -> Iterator[str]:
    lines = text.replace("\r\n", "\n").split("\n")
    last = max((at for at, line in enumerate(lines) if line), default=0)
    for at, line in enumerate(lines[: last + 1]):
        yield line if at == last else line.ljust(_LINE)


def _wrapped(text: str) -> bytes:
    whole = text.ljust(-(-len(text) // _LINE) * _LINE, "Z")
    return "".join(f"{whole[at : at + _LINE]}\r\n" for at in range(0, len(whole), _LINE)).encode("latin-1")
