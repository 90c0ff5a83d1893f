"""Text that is Unicode by its file but was typed in an older encoding: found by its language, and converted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import UNKNOWN, encodings
from .choice import LEAD
from .language import NOTHING, evidence

#: Text as it stands.
UNICODE = "unicode"
#: UTF-8 that was read as Windows-1252 and saved again: "Ä‘á»“ng Ã½".
TWICE = "utf-8 twice"
_WORDS = re.compile(r"[A-Za-z]*[^\x00-\x7f](?:[A-Za-z]|[^\x00-\x7f])*")
_FONTS = (("tcvn3", re.compile(r"\.vn", re.IGNORECASE)), ("vni", re.compile(r"vni[- ]", re.IGNORECASE)))
_DISTINCT = 50_000


@dataclass(frozen=True, slots=True)
class Weighed:
    """How well each way to read the texts explains their words."""

    scores: dict[str, float]
    words: int
    font: str | None = None  # a font of the file that belongs to an old encoding

    @property
    def best(self) -> str:
        """The best way; as it stands where nothing is better."""
        return max(self.scores, key=lambda kind: (self.scores[kind], kind == UNICODE))

    @property
    def lead(self) -> float:
        """By how much the best is better than the text as it stands."""
        return self.scores[self.best] - self.scores[UNICODE]

    @property
    def clear(self) -> bool:
        """Whether nothing is to be asked: text is left as it stands unless an old encoding leads by far."""
        rivals = [score for kind, score in self.scores.items() if kind not in (self.best, UNICODE)]
        if self.lead <= LEAD:
            return True
        return self.lead >= 2 * LEAD and self.scores[self.best] - max(rivals) >= LEAD

    @property
    def kind(self) -> str:
        """What the text is taken for."""
        return self.best if self.lead > LEAD else UNICODE

    def better(self, kind: str) -> bool:
        """Whether the words alone, without the font, are better in this encoding than as they stand."""
        return self.scores[kind] - (LEAD if self.font else 0.0) > self.scores[UNICODE]


def weigh_texts(texts: Iterable[str], fonts: Sequence[str] = ()) -> Weighed:
    """Weigh the ways in which texts may be meant.

    Parameters
    ----------
    texts : iterable of str
        Cells and headers.
    fonts : sequence of str
        Fonts of the file; .VnTime and VNI-Times speak for their encodings.

    Returns
    -------
    Weighed
        Sums over distinct words that may come from bytes.
    """
    found = {word for text in set(texts) if not text.isascii() for word in _WORDS.findall(text)}
    words = {word for word in found if len(_bytes(word)) == len(word)}  # others are Unicode whatever stands beside them
    scores = {kind: sum(_weight(word, kind) for word in words) for kind in (UNICODE, TWICE, "tcvn3", "vni")}
    font = None
    for kind, pattern in _FONTS:
        used = next((name for name in fonts if pattern.match(name)), None)
        if used and words:
            scores[kind] += LEAD
            font = font or used
    return Weighed(scores, len(words), font)


def meant(text: str, kind: str) -> str:
    """The text as it was meant; a cell that is better as it stands stays so.

    Parameters
    ----------
    text : str
        A cell.
    kind : str
        `UNICODE`, `TWICE`, ``"tcvn3"`` or ``"vni"``.

    Examples
    --------
    >>> meant("§ång ý", "tcvn3"), meant("Ä‘á»“ng Ã½", TWICE), meant("Đồng ý", "tcvn3")
    ('Đồng ý', 'đồng ý', 'Đồng ý')
    """
    if kind == UNICODE or text.isascii():
        return text
    words = _WORDS.findall(text)
    if sum(_weight(word, kind) for word in words) < sum(_weight(word, UNICODE) for word in words):
        return text
    return _converted(text, kind) or text


@lru_cache(maxsize=_DISTINCT)
def _weight(word: str, kind: str) -> float:
    converted = word if kind == UNICODE else _converted(word, kind)
    return NOTHING if converted is None else evidence(converted)


def _converted(text: str, kind: str) -> str | None:
    """The text's Windows-1252 bytes read again; None where it cannot have come from such bytes."""
    content = _bytes(text)
    if len(content) != len(text):
        return None
    if kind == TWICE:
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            return None
    found = encodings()[kind].decode(content)
    return None if UNKNOWN in found else found


def _bytes(text: str) -> bytes:
    """Windows-1252 bytes of a text; fewer than it has signs where some sign is not of that code page."""
    return b"".join(map(_byte, text))


def _byte(sign: str) -> bytes:
    try:
        return sign.encode("windows-1252")
    except UnicodeEncodeError:
        return sign.encode("latin-1", errors="ignore")
