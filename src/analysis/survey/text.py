"""Text as people and programs write it, brought to one form: Unicode's composed form, plain spaces, no hidden signs."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Signs that cannot be seen: zero-width spaces and joiners, soft hyphen, direction and byte-order marks.
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
_WHOLE = re.compile(r"([-+]?\d+)[.,]0+", re.ASCII)
#: Letters that look like đ: Icelandic eth (both cases) and the African D. Typing tools for Vietnamese mix them up.
_LOOK_ALIKES = str.maketrans({"ð": "đ", "Ð": "Đ", "Ɖ": "Đ", "ɖ": "đ"})
_TONES = "\u0300\u0301\u0303\u0309\u0323"
#: Old and new spelling of the tone mark: hoà = hòa, thuý = thúy. The mark is moved to the first vowel.
_LATE_TONE = re.compile(rf"(o)([ae])([{_TONES}])(?![\w\u0300-\u036f])|(u)(y)([{_TONES}])(?![\w\u0300-\u036f])")

#: A survey repeats few distinct texts in many cells; so many of them are remembered.
_DISTINCT = 10_000


@lru_cache(maxsize=_DISTINCT)
def clean_text(text: str) -> str:
    """A cell's text in one form: NFC, single plain spaces, no hidden signs.

    Examples
    --------
    >>> clean_text("  Đồng\u00a0 ý\u200b ")
    'Đồng ý'
    """
    return _SPACES.sub(" ", _HIDDEN.sub("", unicodedata.normalize("NFC", text))).strip()


@lru_cache(maxsize=_DISTINCT)
def fold(text: str) -> str:
    """The form in which two texts are compared: `clean_text`, small letters, one đ, one place of the tone mark.

    Examples
    --------
    >>> fold("HOÀ BÌNH") == fold("Hòa  Bình"), fold("Ðồng ý") == fold("đồng ý")
    (True, True)
    """
    small = clean_text(text).translate(_LOOK_ALIKES).casefold().translate(_LOOK_ALIKES)
    apart = unicodedata.normalize("NFD", small)
    moved = _LATE_TONE.sub(lambda m: f"{m[1]}{m[3]}{m[2]}" if m[1] else f"{m[4]}{m[6]}{m[5]}", apart)
    return unicodedata.normalize("NFC", moved)


def bare(text: str) -> str:
    """`fold` without any mark: what remains when Vietnamese is typed without accents.

    Examples
    --------
    >>> bare("Hoàn toàn không đồng ý"), bare("Thuý")
    ('hoan toan khong dong y', 'thuy')
    """
    apart = unicodedata.normalize("NFD", fold(text).replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def fold_value(value: object) -> str:
    """`fold` of any cell: 1, 1.0, "1", "1.0" and "1,0" are the same code.

    Examples
    --------
    >>> fold_value("1.0"), fold_value(1.0), fold_value(" Nữ ")
    ('1', '1', 'nữ')
    """
    folded = fold(shown(value))
    match = _WHOLE.fullmatch(folded)
    return match[1] if match else folded


def shown(value: object) -> str:
    """A value as a person would type it: 5 for 5.0, text as it is, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
