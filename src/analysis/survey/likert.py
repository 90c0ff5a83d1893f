"""From an answer as written to the code of a scale's level: by explicit labels, never by order of appearance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..study import Scale
from .text import bare, fold

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?", re.ASCII)
#: "1 - Rất không đồng ý", "5. Rất đồng ý", "(4) Đồng ý", "3: Bình thường".
_NUMBER_FIRST = re.compile(r"\(?(\d{1,3})\)?\s*[.:)=–—-]?\s*(\D.*)", re.ASCII)
#: "Rất đồng ý (5)".
_NUMBER_LAST = re.compile(r"(.*\D)\s*\(\s*(\d{1,3})\s*\)", re.ASCII)
_ENDING = " .:;!*"


@dataclass(frozen=True, slots=True)
class Labels:
    """Every way in which the levels of one scale may be written, folded."""

    codes: dict[str, int]
    marks: dict[str, tuple[str, ...]] = field(default_factory=dict)  # without accents -> what may be meant

    def read(self, value: object) -> int | float | None:
        """The number that an answer stands for; None when it is no answer of this scale.

        Parameters
        ----------
        value : object
            A cell: a number, digits as text, a label, or both ("5. Rất đồng ý").

        Returns
        -------
        int, float or None
            A number is returned as it is, even outside the scale: that is another rule's matter. A label beside a
            number must be the label of that number. A label without any accent is read where it can mean one level
            only.
        """
        if isinstance(value, bool) or value is None:
            return None
        if isinstance(value, (int, float)):
            return value
        text = _plain(str(value))
        if text in self.codes:
            return self.codes[text]
        if _NUMBER.fullmatch(text):
            return _number(text)
        return self._code(text) if (number := self._both(text)) is None else number

    def unaccented(self, value: object) -> str | None:
        """The label that an answer typed without accents stands for; None where it has accents, or means no one level.

        Examples
        --------
        >>> from analysis.study.dictionaries import dictionaries
        >>> agree = labels_of(dictionaries()["agree5"])
        >>> agree.unaccented("Khong dong y"), agree.unaccented("Không đồng ý"), agree.unaccented("Khong y kien gi")
        ('không đồng ý', None, None)
        """
        if not isinstance(value, str) or (text := _plain(value)) in self.codes:
            return None
        meant = self.marks.get(text, ())
        return meant[0] if len({self.codes[label] for label in meant}) == 1 else None

    def _code(self, text: str) -> int | None:
        meant = self.unaccented(text)
        return None if meant is None else self.codes[meant]

    def take(self, values: Sequence[Any], own: Mapping[Any, str]) -> list[int | float | None]:
        """The numbers that many answers stand for: each distinct spelling is read once.

        Parameters
        ----------
        values : sequence
            Cells that hold something.
        own : mapping
            Codes of the survey tool and the labels that its questionnaire gives them.

        Returns
        -------
        list
            For each value what `read` gives; a code of the tool is read by its label.
        """
        if bool in set(map(type, values)):  # True equals 1 and is not the answer 1
            return [self.read(value) for value in values]
        meant: dict[Any, int | float | None] = {}
        for value in set(values):
            found = self.read(value)
            meant[value] = self.read(own[value]) if found is None and value in own else found
        return list(map(meant.__getitem__, values))

    def _both(self, text: str) -> int | None:
        if first := _NUMBER_FIRST.fullmatch(text):
            code, label = int(first[1]), first[2]
        elif last := _NUMBER_LAST.fullmatch(text):
            code, label = int(last[2]), last[1]
        else:
            return None
        label = _plain(label.strip().removeprefix("(").removesuffix(")"))
        return code if code in (self.codes.get(label), self._code(label)) else None


def labels_of(scale: Scale) -> Labels:
    """All spellings of a scale's levels.

    Parameters
    ----------
    scale : Scale
        Its levels in both languages and the further spellings of the page or of its dictionary.

    Returns
    -------
    Labels
        Where a further spelling is itself the label of another level, the level's label wins.

    Examples
    --------
    >>> from analysis.study.dictionaries import dictionaries
    >>> agree = labels_of(dictionaries()["agree5"])
    >>> agree.read("ĐỒNG Ý"), agree.read("1 - Rất không đồng ý"), agree.read("Phân vân"), agree.read("5. Đồng ý")
    (4, 1, 3, None)
    """
    further = {_plain(label): code for code, labels in scale.also.items() for label in labels}
    own = {_plain(label): code for code, words in scale.levels.items() for label in (words.vi, words.en)}
    codes = {**further, **own}
    marks: dict[str, tuple[str, ...]] = {}
    for label in codes:
        if not label.isascii():
            marks[bare(label)] = (*marks.get(bare(label), ()), label)
    return Labels(codes, marks)


def _plain(text: str) -> str:
    return fold(text).rstrip(_ENDING)


def _number(text: str) -> int | float:
    value = float(text.replace(",", "."))
    return int(value) if value.is_integer() else value
