"""How well a word is explained as Vietnamese or as a Western language: by the shapes of syllables and of words.

A Vietnamese syllable is an onset, a rhyme and a tone; of the thousands of ways to put letters with marks together only
few are syllables, so a wrong decoding betrays itself within a few words.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

#: Evidence of one distinct word. The unit is arbitrary; what counts are differences between readings of one file.
SYLLABLE = 2.0  # a Vietnamese syllable with its marks
WESTERN = 1.0  # letters of Western Europe in a usual order
SIGN = 0.5  # quotation marks, dashes, currency: what Western code pages have besides letters
STRANGE = -2.0  # letters that no syllable and no Western word puts together
INSIDE = -3.0  # a sign in the middle of a word
NOTHING = -6.0  # bytes without a meaning, or control characters

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_CLOSED = ("c", "ch", "p", "t")  # a syllable that ends so carries an acute or a dot
_FRONT = ("i", "e", "ê", "y")

#: Letters of Western European languages, and those among them that are rare enough to be suspicious.
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžðþ")
_RARE = frozenset("ýÿðþ")
_SIGNS = frozenset("“”‘’„‚‹›«»–—…•·€£¥§©®™°±²³½¼¾¿¡\u00a0´¨ªº×÷")


def evidence(word: str) -> float:
    """How well a word that is not plain ASCII is explained.

    Parameters
    ----------
    word : str
        Letters and signs without ASCII signs or spaces, as decoded.

    Returns
    -------
    float
        Above 0: a syllable or a word as people write them; below 0: hardly.

    Examples
    --------
    >>> evidence("trình"), evidence("Führung"), evidence("tr×nh"), evidence("®µo")
    (2.0, 1.0, -3.0, -3.0)
    """
    composed = unicodedata.normalize("NFC", word)
    bad = sum(sign == "\ufffd" or "\x7f" <= sign < "\xa0" for sign in composed)
    if bad:
        return NOTHING * bad
    core = composed.strip("".join(_SIGNS))
    if core.isascii():
        return SIGN if core != composed else 0.0
    pieces = [piece for piece in core.replace("’", " ").replace("\u00a0", " ").split() if not piece.isascii()]
    return min((_word(piece) for piece in pieces), default=0.0)


def syllable(word: str) -> bool:
    """Whether a word is one Vietnamese syllable: onset, rhyme and a tone that the ending allows.

    Parameters
    ----------
    word : str
        Composed or not; small letters, capitals, or a capital first.

    Examples
    --------
    >>> syllable("nghiệp"), syllable("nghiêp"), syllable("ngiệp"), syllable("QUYẾT")
    (True, False, False, True)
    """
    if not _usual_case(word):
        return False
    apart = unicodedata.normalize("NFD", word.lower())
    tones = [mark for mark in apart if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in _TONES))
    if len(tones) > 1 or bare not in _syllables():
        return False
    return not bare.endswith(_CLOSED) or tones in (["\u0301"], ["\u0323"])


@lru_cache(maxsize=50_000)
def _word(word: str) -> float:
    if syllable(word):
        return SYLLABLE
    if any(not sign.isalpha() or sign in "ªºµ" for sign in word):
        return INSIDE
    small = word.lower()
    if not all(sign.isascii() or sign in _WESTERN for sign in small):
        return STRANGE
    rare = sum(sign in _RARE for sign in small)
    together = sum(map(_clash, small, small[1:]))
    return WESTERN - 1.5 * rare - 1.5 * together - (0.0 if _usual_case(word) else 2.0)


def _clash(one: str, other: str) -> bool:
    """Two letters with marks side by side, or a vowel before itself with a mark: rare in Western words."""
    if other.isascii() or "ß" in (one, other):
        return False
    return not one.isascii() or unicodedata.normalize("NFD", other)[0] == one


def _usual_case(word: str) -> bool:
    return word.islower() or word.isupper() or (word[:1].isupper() and word[1:].islower())


@cache
def _syllables() -> frozenset[str]:
    """Every onset with every rhyme that spelling allows, without tones."""
    text = (files(__package__) / "syllables.txt").read_text(encoding="utf-8")
    onsets, rhymes = (part.split()[1:] for part in text.split("\n\n"))
    return frozenset([*rhymes, *(onset + rhyme for onset in onsets for rhyme in rhymes if _spelled(onset, rhyme))])


def _spelled(onset: str, rhyme: str) -> bool:
    """k, gh and ngh stand before i, e, ê and y only, c and ng never, g before i alone."""
    front = rhyme.startswith(_FRONT)
    if onset in ("k", "gh", "ngh"):
        return front
    return not front or onset not in ("c", "ng", "g") or (onset == "g" and rhyme.startswith("i"))
