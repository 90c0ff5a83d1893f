"""What is known of respondents: categories, ordered ones and numbers, proposed from the columns that are no items."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from ...study import Variable, Words
from ..text import bare, clean_text, fold, shown
from .bands import ordered_bands
from .constructs import free
from .known import KnownVariable, known_variable, no_answer, orders, plain, says, words
from .seen import Seen

_MOST_LEVELS = 25
_MANY = 8  # more levels than these stand in the order of their labels
_QUESTION = 10  # words of a question that asks for one thing
_LEAST_GROUP = 0.8  # share of the answers that repeat, so that a column is a characteristic and no free text
_MOST_CHOICES = 12
_LEAST_CHOICES = 3
_JOINTS = (", ", "; ", ";")
_LEAST_WORD = 2  # letters of an answer that means something by itself
_BOTH = {
    "male": Words("Nam", "Male"),
    "female": Words("Nữ", "Female"),
    "yes": Words("Có", "Yes"),
    "no": Words("Không", "No"),
}
_BEFORE_OTHER = re.compile(r"(khác|other|mục khác|ý kiến khác)\b", re.IGNORECASE)


@dataclass(frozen=True)
class GuessedVariable:
    """A characteristic of respondents as the page would declare it."""

    code: str
    at: int
    variable: Variable
    known: bool  # whether its header is one that questionnaires usually ask for


def guessed(columns: Sequence[Seen], taken: set[str]) -> tuple[GuessedVariable, ...]:
    """Characteristics, those that are usually asked for first marked as known.

    Parameters
    ----------
    columns : sequence of Seen
        Columns that are neither items nor the tool's own.
    taken : set of str
        Codes that may not be used again; new ones are added.

    Returns
    -------
    tuple of GuessedVariable
        In the order of the file; a column of several answers gives one for each choice.
    """
    found: list[GuessedVariable] = []
    for each in columns:
        made = _variable(each)
        if made is not None:
            found.append(GuessedVariable(_code(each, taken), each.at, made, _known(each) is not None))
            continue
        found += _choices(each, taken)
    return tuple(found)


def _known(each: Seen) -> KnownVariable | None:
    """The characteristic that a short question asks for; a question of yes or no asks for none of them."""
    answers = {plain(each.label(value).en) for value in each.counts} | {plain(value) for value in each.counts}
    if answers & words("yes") and answers & words("no"):
        return None
    short = [text for text in (each.header, each.words.vi, each.words.en) if len(plain(text).split()) <= _QUESTION]
    return next((known for text in short if (known := known_variable(text))), None)


def _code(each: Seen, taken: set[str]) -> str:
    plain_code = each.header if re.fullmatch(r"[^\W\d]\w{0,40}", each.header) else ""
    known = _known(each)
    base = plain_code or (re.sub(r"\W+", "_", known.name.en.lower()) if known else "") or f"b{each.at + 1}"
    return free(base, taken)


def _variable(each: Seen) -> Variable | None:
    """The characteristic that a column holds; None for free text, dates and several answers at once."""
    if not each.counts or each.dates or each.kind in ("text", "note", "geopoint", "select_multiple", "image", "audio"):
        return None
    name = _name(each)
    known = _known(each)
    nothing = tuple(value if isinstance(value, (int, str)) else shown(value) for value in each.nothing)
    base = Variable(name, "category", column=each.header, no_answer=nothing, part=known.part if known else None)
    if each.labels and set(each.counts) <= set(each.labels) | {_integer(value) for value in each.labels}:
        return _of_levels(replace(base, levels=_declared(each)), each)
    if each.numbers:
        whole = each.whole
        if 2 <= len(whole) <= 8 and set(whole) <= set(range(0, 21)) and not _counts_something(each):
            return replace(base, levels={str(code): Words(str(code), str(code)) for code in whole} | _yes_no(each))
        return replace(base, kind="number", part=None) if len(each.counts) > 1 else None
    different = len(each.counts)
    if different < 2 or _joined(each) or _yields_free_text(each):
        return None
    levels = {clean_text(shown(value)): _both(each, value) for value in _spelled_once(each)}
    return _of_levels(replace(base, levels=_once(levels)), each)


def _spelled_once(each: Seen) -> list[Any]:
    """Of answers that differ in capitals, spaces or missing accents alone, the one that stands there most often."""
    spellings: dict[str, list[Any]] = {}
    for value in each.counts:
        spellings.setdefault(fold(shown(value)), []).append(value)
    chosen = {
        folded: max(values, key=lambda value: (each.counts[value], shown(value)[:1].isupper()))
        for folded, values in spellings.items()
    }
    marked = Counter(bare(folded) for folded in chosen if not folded.isascii())
    return [value for folded, value in chosen.items() if not (folded.isascii() and marked[folded] == 1)]


def _integer(value: Any) -> Any:
    text = shown(value)
    return int(text) if text.isdecimal() else value


def _name(each: Seen) -> Words:
    """The question in both languages; a short well-known one in our own words where only one language is there."""
    known = _known(each)
    if each.words.vi != each.words.en:
        return each.words
    text = re.sub(r"^[\d.\s]+", "", each.words.vi) or each.words.vi
    if known and len(plain(text).split()) <= 4:
        return Words(known.name.vi, known.name.en)
    return Words(text, known.name.en) if known and not text.isascii() else Words(text, text)


def _counts_something(each: Seen) -> bool:
    """Whether a header asks how many or how old: then even few different numbers are numbers."""
    return says(each.words.en, "numbers") or says(each.words.vi, "numbers") or each.kind in ("integer", "decimal")


def _declared(each: Seen) -> dict[str, Words]:
    """Levels that the file or its form declares, without those that mean "no answer"."""
    found: dict[str, Words] = {}
    for value, label in each.labels.items():
        if not no_answer(label.en) and not no_answer(label.vi) and not no_answer(value):
            found.setdefault(clean_text(shown(value)), _translated(label))
    return _once(found)


def _translated(label: Words) -> Words:
    """A label in both languages where it is one that is known in both."""
    said = plain(label.vi)
    if label.vi != label.en or len(said) < _LEAST_WORD:
        return label
    known = next((both for key, both in _BOTH.items() if said in words(key)), None)
    if known is None:
        return label
    return Words(label.vi, known.en) if fold(label.vi) == fold(known.vi) else Words(known.vi, label.en)


def _once(levels: dict[str, Words]) -> dict[str, Words]:
    """Two levels never share a label: a second one gets its code behind it."""
    seen: set[str] = set()
    found: dict[str, Words] = {}
    for code, label in levels.items():
        spellings = {label.vi.strip().casefold(), label.en.strip().casefold()}
        if spellings & seen:
            label = Words(f"{label.vi} ({code})", f"{label.en} ({code})")
        seen |= {label.vi.strip().casefold(), label.en.strip().casefold()}
        found[code] = label
    return found


def _both(each: Seen, value: Any) -> Words:
    """A level in both languages where the answer is one that is known in both."""
    text = clean_text(shown(value))
    for key, both in _BOTH.items():
        if plain(text) in words(key) and _pair(each, key):
            return Words(text, both.en) if fold(text) == fold(both.vi) else Words(both.vi, text)
    return each.label(value)


def _pair(each: Seen, key: str) -> bool:
    """One-letter answers mean something only beside their counterpart."""
    other = {"male": "female", "female": "male", "yes": "no", "no": "yes"}[key]
    answers = {plain(value) for value in each.counts}
    return bool(answers & words(other)) or any(len(answer) > 2 and answer in words(key) for answer in answers)


def _yes_no(each: Seen) -> dict[str, Words]:
    """0 and 1 of a column that asks yes or no."""
    if set(each.whole) != {0, 1} or _known(each) is not None:
        return {}
    return {"0": Words("Không", "No"), "1": Words("Có", "Yes")}


def _of_levels(made: Variable, each: Seen) -> Variable | None:
    """Levels in the order that they say themselves; few enough of them, and at least two."""
    if not 2 <= len(made.levels) <= _MOST_LEVELS:
        return None
    order = ordered_bands({code: label.vi for code, label in made.levels.items()})
    order = order or ordered_bands({code: label.en for code, label in made.levels.items()}) or _listed(made.levels)
    if order:
        return replace(made, kind="ordered", levels={code: made.levels[code] for code in order})
    counts = Counter({clean_text(shown(value)): count for value, count in each.counts.items()})
    declared = each.labels and all(code.isdecimal() for code in made.levels)
    if len(made.levels) > _MANY and not declared:
        return replace(made, levels=dict(sorted(made.levels.items(), key=lambda level: level[1].vi)))
    ranked = list(made.levels) if declared else sorted(made.levels, key=lambda code: (-counts[code], code))
    return replace(made, levels={code: made.levels[code] for code in ranked})


def _listed(levels: dict[str, Words]) -> list[str]:
    """Codes in the order of a list of ordered answers that knows every one of them."""
    for order in orders():
        ranks = {
            code: rank
            for code, label in levels.items()
            if (rank := order.get(plain(label.vi), order.get(plain(label.en)))) is not None
        }
        if len(ranks) == len(levels) and len(set(ranks.values())) == len(ranks):
            return sorted(ranks, key=lambda code: ranks[code])
    return []


def _yields_free_text(each: Seen) -> bool:
    """Answers that hardly repeat, or whole sentences."""
    repeated = sum(count for count in each.counts.values() if count > 1)
    return len(each.counts) > _MOST_LEVELS or repeated < _LEAST_GROUP * each.answered


# ---- several answers at once ---------------------------------------------------------------------------------------


def _joined(each: Seen) -> dict[str, int]:
    """Choices of a column of check boxes and how often each was ticked; empty where it is none."""
    if each.kind.startswith("select_multiple"):
        return _ticked(each, " ")
    if each.kind or each.numbers or each.dates:
        return {}
    for joint in _JOINTS:
        joined = [value for value in each.counts if isinstance(value, str) and joint in value]
        if len(joined) < 2:
            continue
        ticked = _whole_choices(_ticked(each, joint), joined, joint)
        often = {choice: count for choice, count in ticked.items() if count > 1 and len(choice) <= 80}
        alone = sum(count for choice, count in ticked.items() if count == 1)
        several = [value for value in joined if _chosen_of(value, often, joint) > 1]
        some = several and _LEAST_CHOICES <= len(often) <= min(_MOST_CHOICES * 2, len(each.counts) - 1)
        if some and alone * 5 <= sum(ticked.values()):
            return often
    return {}


def _chosen_of(value: str, often: Mapping[str, int], joint: str) -> int:
    """How many of the choices a cell holds."""
    alone = sum(part in often for part in _parts(value, joint))
    return alone + sum(joint in choice and choice in value for choice in often)


def _whole_choices(ticked: dict[str, int], joined: Sequence[str], joint: str) -> dict[str, int]:
    """Choices that hold the joint themselves ("Hội nghị, tập huấn"): two parts that never stand apart are one."""
    found = dict(ticked)
    for second in ticked:
        before = {first for value in joined for first, part in pairwise(_parts(value, joint)) if part == second}
        begins = any(_parts(value, joint)[:1] == [second] for value in joined)
        first = next(iter(before)) if len(before) == 1 and not begins else ""
        if first in found and second in found and second[:1].islower() and ticked[first] == ticked[second]:
            count = found.pop(second)
            found = {f"{first}{joint}{second}" if each == first else each: n for each, n in found.items()}
            ticked = {**ticked, f"{first}{joint}{second}": count}
    return found


def _ticked(each: Seen, joint: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for value, count in each.counts.items():
        found.update(dict.fromkeys(_parts(str(value), joint), count))
    return dict(found)


def _parts(text: str, joint: str) -> list[str]:
    """Choices of one cell; what a respondent wrote behind "Other:" is no choice, whatever signs stand in it."""
    found = []
    for part in map(clean_text, text.split(joint)):
        other = _BEFORE_OTHER.match(part) and ":" in part
        found.append(part.split(":")[0].strip() if other else part)
        if other:
            break
    return [part for part in found if part]


def _choices(each: Seen, taken: set[str]) -> list[GuessedVariable]:
    """A yes-or-no characteristic for each choice of a column of check boxes."""
    ticked = _joined(each)
    if len(ticked) < 2:
        return []
    chosen = sorted(ticked, key=lambda choice: -ticked[choice])[:_MOST_CHOICES]
    chosen = [
        choice for choice in ticked if choice in chosen and not no_answer(choice) and ticked[choice] < each.answered
    ]
    base = each.header if re.fullmatch(r"[^\W\d]\w{0,40}", each.header) else f"b{each.at + 1}"
    yes_no = {"no": Words("Không", "No"), "yes": Words("Có", "Yes")}
    found = []
    for place, choice in enumerate(chosen, start=1):
        label = each.labels.get(choice, Words(choice, choice))
        name = Words(f"{each.words.vi}: {label.vi}", f"{each.words.en}: {label.en}")
        made = Variable(name, "category", column=each.header, levels=yes_no, choice=choice)
        found.append(GuessedVariable(free(f"{base}_{place}", taken), each.at, made, known=False))
    return found
