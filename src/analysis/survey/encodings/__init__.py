"""Encodings of Vietnamese before Unicode: one table each (`<name>.csv`, bytes and the text that they stand for)."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

#: What stands where bytes mean nothing.
UNKNOWN = "\ufffd"


@dataclass(frozen=True)
class Encoding:
    """A table of bytes and text; ASCII stands for itself, text comes out composed (NFC)."""

    name: str
    singles: dict[int, str] = field(repr=False)  # one byte, as a character of Latin-1 -> text
    pairs: dict[str, str] = field(repr=False)  # two bytes (a letter and its mark), as Latin-1 -> text

    def decode(self, content: bytes) -> str:
        """Text of the bytes; U+FFFD where the table has nothing.

        Parameters
        ----------
        content : bytes
            In this encoding.

        Returns
        -------
        str
            Letters with their marks composed (NFC).

        Examples
        --------
        >>> encodings()["tcvn3"].decode(bytes.fromhex("AE B5 6F 20 74 B9 6F"))
        'đào tạo'
        >>> encodings()["vni"].decode(bytes.fromhex("F1 61 F8 6F 20 74 61 EF 6F"))
        'đào tạo'
        """
        text = content.decode("latin-1")
        found = (self.pairs[part] if pair else part.translate(self.singles) for part, pair in self._parts(text))
        return unicodedata.normalize("NFC", "".join(found))

    def unknown(self, content: bytes) -> int | None:
        """Where the first byte stands that means nothing in this encoding; None where every byte does."""
        place = 0
        for part, pair in self._parts(content.decode("latin-1")):
            for at, sign in enumerate("" if pair else part):
                if self.singles.get(ord(sign)) == UNKNOWN:
                    return place + at
            place += len(part)
        return None

    def _parts(self, text: str) -> Iterator[tuple[str, bool]]:
        """The text cut into pairs and what lies between them."""
        if not self.pairs:
            return iter([(text, False)])
        return ((part, bool(at % 2)) for at, part in enumerate(self._pattern.split(text)))

    def encode(self, text: str) -> bytes:
        """Bytes of a text.

        Parameters
        ----------
        text : str
            In any form of Unicode.

        Returns
        -------
        bytes
            `decode` gives the composed text back.

        Raises
        ------
        UnicodeEncodeError
            A sign that the table does not have.
        """
        composed = unicodedata.normalize("NFC", text)
        return b"".join(self._bytes(sign, at, composed) for at, sign in enumerate(composed))

    def _bytes(self, sign: str, at: int, text: str) -> bytes:
        if sign.isascii():
            return sign.encode("ascii")
        for form in (sign, _tone_apart(sign)):
            if all(part.isascii() or part in self._back for part in form):
                return b"".join(part.encode("ascii") if part.isascii() else self._back[part] for part in form)
        raise UnicodeEncodeError(self.name, text, at, at + 1, "not in the table")

    @property
    def _pattern(self) -> re.Pattern[str]:
        return _pattern(tuple(self.pairs))

    @property
    def _back(self) -> dict[str, bytes]:
        return _back(self.name)


@cache
def encodings() -> dict[str, Encoding]:
    """Every table by its name."""
    tables = (each for each in files(__package__).iterdir() if each.name.endswith(".csv"))
    return {
        name: _encoding(name, table.read_text(encoding="utf-8"))
        for name, table in sorted((each.name.removesuffix(".csv"), each) for each in tables)
    }


def _encoding(name: str, table: str) -> Encoding:
    rows = csv.DictReader(io.StringIO(table))
    lines = [(bytes.fromhex(row["bytes"]).decode("latin-1"), row["text"]) for row in rows]
    singles = dict.fromkeys(range(0x80, 0x100), UNKNOWN)
    singles.update({ord(raw): text for raw, text in lines if len(raw) == 1})
    return Encoding(name, singles, {raw: text for raw, text in lines if len(raw) == 2})


@cache
def _pattern(pairs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("(" + "|".join(map(re.escape, pairs)) + ")")


@cache
def _back(name: str) -> dict[str, bytes]:
    """The first bytes of the table that stand for a text."""
    table = encodings()[name]
    found: dict[str, bytes] = {}
    for raw, text in [*table.pairs.items(), *((chr(code), text) for code, text in table.singles.items())]:
        if text != UNKNOWN:
            found.setdefault(text, raw.encode("latin-1"))
    return found


#: Marks that a code page may write as signs of their own, after the letter.
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def _tone_apart(sign: str) -> str:
    """A letter and, after it, its tone mark: ế as ê and an acute."""
    apart = unicodedata.normalize("NFD", sign)
    tones = "".join(mark for mark in apart if mark in _TONES)
    letter = "".join(mark for mark in apart if mark not in _TONES)
    return unicodedata.normalize("NFC", letter) + tones
