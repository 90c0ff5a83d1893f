"""What scale a column is answered on: by the labels of its answers or by its numbers, never by order of appearance."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...study import Scale, Words
from ...study.dictionaries import dictionaries, resolved
from ..likert import Labels, labels_of
from ..text import clean_text, fold, shown
from .known import plain, silent
from .seen import Seen

_NUMBER_FIRST = re.compile(r"\(?(\d{1,2})\)?\s*[.:)=–—-]\s*(\D.*)", re.ASCII)
#: Codes of answers that LimeSurvey gives when nothing else is written.
_TOOL_CODE = re.compile(r"(A|AO)(\d{1,2})", re.ASCII)
_ENOUGH = 0.8  # share of the different answers that a dictionary must know
_LEAST = 3  # levels of a scale of numbers
_HIGHEST = 11
_TOPS = (5, 7, 10)  # the steps at which scales of numbers usually end
#: Numbers beyond the levels that questionnaires use for "don't know" and "no answer".
_NOTHING = (-99, -98, -97, -9, -8, -7, -1, 0, 7, 8, 9, 66, 77, 88, 97, 98, 99, 888, 998, 999)
_NAMES = {"agree4": "agree5", "agree7": "agree5"}


@dataclass(frozen=True)
class Guess:
    """The scale of a family of columns: its levels, and what means "no answer" in them."""

    name: str
    scale: Scale
    shared: bool = False  # known by its labels, so that columns belong together whatever they are called


def by_labels(columns: Sequence[Seen]) -> dict[int, Guess]:
    """Scales of columns whose answers or declared labels say how much.

    Parameters
    ----------
    columns : sequence of Seen
        All columns that may hold answers to items.

    Returns
    -------
    dict
        Column -> scale; columns of one dictionary share one.
    """
    families: dict[str, list[Seen]] = {}
    own: dict[int, Guess] = {}
    for each in columns:
        texts = _texts(each)
        if len(texts) < 2:
            continue
        if name := _dictionary(texts):
            families.setdefault(_NAMES.get(name, name), []).append(each)
        elif levels := _numbered(texts):
            own[each.at] = Guess(f"scale{len(levels)}", Scale(levels, no_answer=_nothing([each])))
    found = dict(_same(own)) | _by_codes([each for each in columns if each.at not in own])
    for name, members in families.items():
        found |= _family(name, members)
    return found


def _by_codes(columns: Sequence[Seen]) -> dict[int, Guess]:
    """Scales of columns that hold codes of the survey tool: "A1" … "A5", "AO01" … "AO05"; the step is their number."""
    families: dict[tuple[str, int], list[Seen]] = {}
    for each in columns:
        codes = [_TOOL_CODE.fullmatch(value) if isinstance(value, str) else None for value in each.counts]
        kinds = {(code[1], len(code[2])) for code in codes if code}
        if codes and all(codes) and len(kinds) == 1 and not each.labels and (each.grid or each.code):
            families.setdefault(kinds.pop(), []).append(each)
    found: dict[int, Guess] = {}
    for (beginning, width), members in families.items():
        seen = {int(value.removeprefix(beginning)) for each in members for value in each.counts}
        top = max(seen)
        if len(members) < 2 or len(seen) < _LEAST or min(seen) < 1 or top > _HIGHEST:
            continue
        said = {step: f"{beginning}{step:0{width}}" for step in range(1, top + 1)}
        scale = Scale({step: Words(text, text) for step, text in said.items()}, no_answer=_nothing(members))
        found |= {each.at: Guess(f"scale{top}_{beginning.lower()}", scale, shared=True) for each in members}
    return found


def _texts(each: Seen) -> tuple[Words, ...]:
    """The different labels of a column: those declared and those that occur; numbers alone are none."""
    declared = [words for value, words in each.labels.items() if not (value in each.nothing or silent(words))]
    listed = [words for words in declared if not plain(words.en).isdecimal()]
    if listed and (each.labels or not each.counts):
        return tuple(listed)
    return tuple(each.label(value) for value in each.counts if isinstance(value, str) and not value.isdecimal())


def _dictionary(texts: Iterable[Words]) -> str | None:
    """The ready scale that knows (nearly) all labels: most labels, no level twice, fewest levels."""
    different = {fold(words.en): words for words in texts}.values()
    best: tuple[int, int, int] = (0, 0, 0)
    chosen = None
    for name, scale in dictionaries().items():
        labels = labels_of(scale)
        codes = [code for words in different if (code := _code(labels, words)) is not None]
        if len(codes) < 2 or len(codes) < _ENOUGH * len(different):
            continue
        wordings = {_wording(labels, words) for words in different if _code(labels, words) is not None}
        if len(set(codes)) < len(wordings) <= len(scale.levels):
            continue  # two words of one level where a step of its own would be free: another scale
        rank = (len(codes), len(set(codes)), -len(scale.levels))
        if rank > best:
            best, chosen = rank, name
    return chosen


def _wording(labels: Labels, words: Words) -> str:
    """What a label says, without its number, with its accents."""
    text = _label(words.vi)
    return labels.unaccented(text) or plain(text)


def _code(labels: Labels, words: Words) -> int | None:
    for text in (words.vi, words.en):
        code = labels.read(text)
        if code is not None and not _only_number(text):
            return int(code)
    return None


def _only_number(text: str) -> bool:
    return plain(text).replace(" ", "").lstrip("-").isdecimal()


def _family(name: str, members: list[Seen]) -> dict[int, Guess]:
    """One scale for all columns of a dictionary; the members together tell how many steps it has."""
    members = [each for each in members if len(_texts(each)) > 2 or each.code or each.grid]
    together = [words for each in members for words in _texts(each)]
    if len({plain(words.en) for words in together}) < _LEAST:
        return {}
    chosen = _dictionary(together) or name
    if chosen == "agree5" and _reads_all("agree4", together) and sum(each.answered for each in members) >= 100:
        chosen = "agree4"
    ready = resolved(Scale(dictionary=chosen))
    labels = labels_of(ready)
    accented = [words for words in together if labels.unaccented(words.vi) is None]
    levels = {
        code: _said([words for words in accented if _code(labels, words) == code], ready.levels[code])
        for code in ready.levels
    }
    also = {code: spellings for code in levels if (spellings := _also(code, labels, accented, levels))}
    beyond = {
        value
        for each in members
        for value in each.counts
        if _integer(value) in _NOTHING and _integer(value) not in levels
    }
    scale = Scale(levels, also=also, no_answer=(*sorted({int(str(value)) for value in beyond}), *_nothing(members)))
    return {each.at: Guess(chosen, scale, shared=True) for each in members}


def _reads_all(name: str, texts: Iterable[Words]) -> bool:
    labels = labels_of(dictionaries()[name])
    return all(_code(labels, words) is not None for words in texts)


def _said(found: Sequence[Words], ready: Words) -> Words:
    """A level in the file's own words, in the language in which it has them."""
    if not found:
        return ready
    # of the spellings of the most frequent wording, one that begins with a capital
    own = max(found, key=lambda words: (sum(fold(words.vi) == fold(each.vi) for each in found), words.vi[:1].isupper()))
    vi, en = (ready.vi if fold(text) == fold(ready.vi) else text for text in (_label(own.vi), _label(own.en)))
    if vi != en:
        return Words(vi, en)
    return Words(vi, ready.en) if _vietnamese(vi, ready) else Words(ready.vi, en)


def _vietnamese(text: str, ready: Words) -> bool:
    if fold(text) in (fold(ready.vi), fold(ready.en)):
        return fold(text) == fold(ready.vi)
    return not text.isascii()


def _label(text: str) -> str:
    """A label without the number that stands in front of it; capitals that shout are lowered."""
    match = _NUMBER_FIRST.fullmatch(text)
    found = clean_text(match[2] if match else text)
    return found.capitalize() if found.isupper() and len(found) > 3 else found


def _also(code: int, labels: Labels, together: Iterable[Words], levels: Mapping[int, Words]) -> tuple[str, ...]:
    """Further spellings of a level that the file holds."""
    known = {plain(levels[code].vi), plain(levels[code].en)}
    found: dict[str, str] = {}
    for words in together:
        if _code(labels, words) == code:
            found |= {plain(text): text for text in (_label(words.vi), _label(words.en)) if plain(text) not in known}
    return tuple(found.values())


def _numbered(texts: Sequence[Words]) -> dict[int, Words]:
    """Levels of labels that carry their number: "1 - Thấp", "2 - Vừa", "3 - Cao"."""
    levels: dict[int, Words] = {}
    for words in texts:
        vi, en = _NUMBER_FIRST.fullmatch(words.vi), _NUMBER_FIRST.fullmatch(words.en)
        if not vi or not en or vi[1] != en[1]:
            return {}
        levels[int(vi[1])] = Words(clean_text(vi[2]), clean_text(en[2]))
    codes = sorted(levels)
    return levels if len(codes) >= _LEAST and codes == list(range(codes[0], codes[-1] + 1)) else {}


def declared(columns: Sequence[Seen]) -> dict[int, Guess]:
    """Scales of columns whose file gives every number a label in other words than the dictionaries know.

    Only labels that several columns share count: a label set of one column is a characteristic.
    """
    own: dict[int, Guess] = {}
    for each in columns:
        levels = {
            int(number): words
            for value, words in each.labels.items()
            if value not in each.nothing and (number := _integer(value)) is not None and number not in _NOTHING[-8:]
        }
        codes = sorted(levels)
        if len(codes) >= _LEAST + 1 and codes == list(range(codes[0], codes[-1] + 1)) and each.numbers:
            own[each.at] = Guess(f"scale{len(codes)}", Scale(dict(sorted(levels.items())), no_answer=_nothing([each])))
    counted = [guess.scale.levels for guess in own.values()]
    return _same({at: guess for at, guess in own.items() if counted.count(guess.scale.levels) > 1})


def _integer(value: Any) -> int | None:
    text = shown(value)
    return int(text) if re.fullmatch(r"-?\d{1,3}", text, re.ASCII) else None


def by_numbers(families: Iterable[Sequence[Seen]]) -> dict[int, Guess]:
    """Scales of columns of whole numbers that belong together by their headers.

    Parameters
    ----------
    families : iterable of sequences of Seen
        Columns with one beginning of their codes, or under one question.

    Returns
    -------
    dict
        Column -> scale from the least to the greatest level; a number far above the levels is "no answer".
    """
    guesses: dict[tuple[int, int], list[Seen]] = {}
    for members in families:
        fitting = [each for each in members if each.whole]
        together: dict[int, int] = {}
        for each in fitting:
            for number, count in each.whole.items():
                together[number] = together.get(number, 0) + count
        limits = _limits(together)
        if limits and len(fitting) > 1:
            guesses.setdefault(limits, []).extend(fitting)
    found: dict[int, Guess] = {}
    for (low, high), chosen in guesses.items():
        beyond = sorted(
            {number for each in chosen for number in each.whole if number in _NOTHING and not low <= number <= high}
        )
        scale = _with_ends(Scale(min=low, max=high, no_answer=(*beyond, *_nothing(chosen))), chosen)
        found |= {each.at: Guess(f"scale{low}_{high}", scale) for each in chosen}
    return found


def _with_ends(scale: Scale, chosen: Sequence[Seen]) -> Scale:
    """The labels that a file gives to some of the steps, where its columns agree on them."""
    said: dict[int, set[Words]] = {}
    for each in chosen:
        for value, words in each.labels.items():
            if (code := _integer(value)) is not None and value not in each.nothing:
                said.setdefault(code, set()).add(words)
    steps = range(scale.min or 0, (scale.max or 0) + 1)
    if not said.keys() & set(steps) or any(len(words) > 1 for words in said.values()):
        return scale
    levels = {code: next(iter(said.get(code, {Words(str(code), str(code))}))) for code in steps}
    return Scale(levels, no_answer=scale.no_answer)


def _limits(counts: Mapping[int, int]) -> tuple[int, int] | None:
    """The run of numbers from 0 or 1 that (nearly) all answers lie in; a tenth step that nobody chose is one."""
    total = sum(counts.values())
    low = 0 if counts.get(0, 0) * 50 > total else 1
    high = low
    while high + 1 in counts:
        high += 1
    if high not in _TOPS and high - 1 in _TOPS and counts[high] * 200 < total:
        high -= 1  # a slip of the finger is no step
    high += high == _HIGHEST - 2
    inside = sum(count for number, count in counts.items() if low <= number <= high)
    beyond = sum(count for number, count in counts.items() if number in _NOTHING and not low <= number <= high)
    rest = total - inside - beyond
    if not _LEAST <= high - low + 1 <= _HIGHEST or inside * 2 < total or rest * 50 > total:
        return None
    return low, high


def _nothing(members: Iterable[Seen]) -> tuple[int | str, ...]:
    found = dict.fromkeys(value for each in members for value in each.nothing)
    return tuple(value if isinstance(value, (int, str)) else shown(value) for value in found)


def _same(own: Mapping[int, Guess]) -> dict[int, Guess]:
    """Columns with the same levels share one scale; other levels of the same number get another name."""
    names: list[tuple[dict[int, Words], str]] = []
    found: dict[int, Guess] = {}
    for at, guess in own.items():
        levels = guess.scale.levels
        name = next((known for other, known in names if other == levels), None)
        if name is None:
            taken = sum(known.split("_")[0] == guess.name for _, known in names)
            name = guess.name + (f"_{'abcdefghijklmnopqrstuvwxyz'[taken % 26]}" if taken else "")
            names.append((levels, name))
        nothing = tuple(
            dict.fromkeys(
                value for other in own.values() if other.scale.levels == levels for value in other.scale.no_answer
            )
        )
        found[at] = Guess(name, Scale(levels, no_answer=nothing), shared=True)
    return found
