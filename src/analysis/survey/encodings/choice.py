"""Which encoding explains the bytes of a text best; where two explain them equally well, none is chosen."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import encodings
from .language import evidence

#: Marks at the start of a file that say how it is encoded.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Western code pages; the first wins where both give the same text.
_WESTERN = ("windows-1252", "iso-8859-1")
#: By how much the best reading must lead; one clear word decides, a word that is a word either way does not.
LEAD = 1.5
_SAMPLE = 5_000_000  # bytes in which words are looked for
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_SAME = {"cp1258": "windows-1258", "cp1252": "windows-1252", "latin-1": "iso-8859-1", "abc": "tcvn3", "vni-win": "vni"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a text and how well it explains it."""

    encoding: str
    score: float  # sum of `language.evidence` over distinct words
    words: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Every reading that was weighed, the best first."""

    readings: tuple[Reading, ...]
    clear: bool  # the best leads, or those beside it give the same text
    basis: str  # mark (byte-order mark), valid (bytes that only UTF-8 or UTF-16 has), words (language)

    @property
    def encoding(self) -> str:
        """The best."""
        return self.readings[0].encoding


def choose(content: bytes) -> Choice:
    """Weigh the encodings in which a file of answers may come.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    Choice
        UTF-8 and UTF-16 are known by their bytes; Western and Vietnamese code pages by the words that they give.

    Notes
    -----
    Bytes that are no UTF-8 are cut into words (runs of letters and high bytes); each distinct word counts once, so that
    a label repeated in every row has one voice.
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return _sure(name, "mark")
    if wide := _wide(content):
        return _sure(wide, "valid")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return weigh(set(_WORDS.findall(content[:_SAMPLE])))
    return _sure("utf-8", "valid")


def weigh(words: Iterable[bytes]) -> Choice:
    """Weigh the code pages for words as bytes."""
    distinct = sorted(set(words))
    texts = {name: [read(word) for word in distinct] for name, read in _readers().items()}
    order = list(texts)
    found = [Reading(name, sum(map(evidence, texts[name])), len(distinct)) for name in order]
    found.sort(key=lambda reading: (-reading.score, order.index(reading.encoding)))
    return Choice(tuple(found), _clear(found, texts), "words")


def _clear(found: list[Reading], texts: dict[str, list[str]]) -> bool:
    best = found[0]
    rivals = [each for each in found[1:] if texts[each.encoding] != texts[best.encoding]]
    leads = all(best.score - each.score >= LEAD for each in rivals)
    return leads and best.score > -3.0 * max(best.words - 1, 1)  # where nothing fits, the best is no answer either


def decoded(content: bytes, encoding: str) -> str:
    """Text of bytes in a named encoding.

    Parameters
    ----------
    content : bytes
        As received.
    encoding : str
        One of this package's tables or of Python's codecs.

    Raises
    ------
    UnicodeDecodeError
        With the place of the first byte that has no meaning.
    LookupError
        No such encoding.
    """
    name = canonical(encoding)
    table = encodings().get(name)
    if table is None:
        return content.decode("utf-8-sig" if name == "utf-8" else name)
    at = table.unknown(content)
    if at is not None:
        raise UnicodeDecodeError(name, content, at, at + 1, "not in the table")
    return table.decode(content)


def canonical(name: str) -> str:
    """The name under which an encoding is known here: ``"CP1258"`` is ``"windows-1258"``."""
    small = name.strip().lower().replace("_", "-")
    return _SAME.get(small, small)


def known(name: str) -> bool:
    """Whether an encoding of this name can be read."""
    try:
        codecs.lookup(canonical(name))
    except LookupError:
        return canonical(name) in encodings()
    return True


def _readers() -> dict[str, Callable[[bytes], str]]:
    western: dict[str, Callable[[bytes], str]] = {name: _western(name) for name in _WESTERN}
    return {**western, **{name: table.decode for name, table in encodings().items()}}


def _western(name: str) -> Callable[[bytes], str]:
    return lambda word: word.decode(name, errors="replace")


def _sure(name: str, basis: str) -> Choice:
    return Choice((Reading(name, 0.0, 0),), True, basis)


def _wide(content: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of its ASCII signs is zero."""
    if b"\0" not in content[:4096] or len(content) % 2:
        return None
    sample = content[:4096]
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    if max(low, high) < len(sample) // 5 or min(low, high) * 10 > max(low, high):
        return None
    name = "utf-16-le" if low > high else "utf-16-be"
    try:
        text = content.decode(name)
    except UnicodeDecodeError:
        return None
    return name if "\0" not in text else None
