"""Which items measure one thing: by the codes and questions of their headers, else by how their answers go together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...errors import ModelError
from ...stats.factors import efa
from ...stats.retention import parallel_analysis
from ...study import Words
from ..likert import labels_of
from ..text import fold
from .answers import Guess
from .known import group_name, holds, plain, words
from .seen import Seen

#: Beginnings of codes that say "question" and nothing of what it measures.
_GENERAL = frozenset(
    {"q", "c", "cau", "câu", "item", "v", "var", "x", "ch", "question", "i", "b", "bien", "biến", "m", "sq"}
)
_NUMBERED = re.compile(r"(.*?)[_.\s-]*(\d{1,3})[a-z]?")
_FEW = 5  # more items than this under a general beginning are taken apart by their answers
_LONG = 70  # letters of a construct's name
_SEED = 20260101
_PER_ITEM = 5  # respondents that an item needs before its answers may take a family apart
_MOST_FACTORS = 12
_AGAINST = 0.2  # loading on the first component from which an item counts as running against the others


@dataclass(frozen=True)
class GuessedItem:
    """An item: its code, column, question, and whether its answers run against those of its construct."""

    code: str
    at: int
    header: str
    words: Words
    own_code: bool  # whether the header itself gives the code
    scale: str
    against: bool = False


@dataclass(frozen=True)
class GuessedConstruct:
    """Items that seem to measure one thing."""

    code: str
    name: Words
    items: tuple[GuessedItem, ...]
    by: str  # what it was seen by: code, question, group, answers

    @property
    def scale(self) -> str:
        """The scale of most of its items."""
        names = [item.scale for item in self.items]
        return max(dict.fromkeys(names), key=names.count)


def families(columns: Sequence[Seen]) -> dict[tuple[str, str], list[Seen]]:
    """Columns by what their headers share: the grid's question and the beginning of their code.

    Parameters
    ----------
    columns : sequence of Seen
        In the order of the file.

    Returns
    -------
    dict
        (kind of sign, sign) -> columns; a column whose header shares nothing stands under its own.
    """
    codes: dict[str, set[tuple[str, str]]] = {}  # of every grid
    for each in columns:
        if each.grid and (family := _family(each))[0] == "code":
            codes.setdefault(fold(each.grid), set()).add(family)
    found: dict[tuple[str, str], list[Seen]] = {}
    for each in columns:
        family = _family(each)
        of_grid = codes.get(fold(each.grid), set()) if family[0] == "question" else set()
        found.setdefault(next(iter(of_grid)) if len(of_grid) == 1 else family, []).append(each)
    return found


def _family(each: Seen) -> tuple[str, str]:
    if each.kind.startswith("select"):
        return "group", f"{each.group} {each.listed}"
    code = each.code or (each.header if " " not in each.header else "")
    numbered = _NUMBERED.fullmatch(code)
    beginning = numbered[1].strip(" _.-").lower() if numbered else ""
    if beginning and not (each.grid and beginning in _GENERAL):
        return "code", beginning
    return ("question", fold(each.grid)) if each.grid else ("none", "")


def constructs(
    columns: Sequence[Seen], guesses: Mapping[int, Guess], cells: pd.DataFrame, taken: set[str]
) -> tuple[GuessedConstruct, ...]:
    """Put the items of a file into constructs.

    Parameters
    ----------
    columns : sequence of Seen
        Those that hold answers to items.
    guesses : mapping
        Column -> scale.
    cells : DataFrame
        Cells of the file.
    taken : set of str
        Codes that may not be used again; new ones are added.

    Returns
    -------
    tuple of GuessedConstruct
        In the order of their first item.
    """
    found: list[tuple[str, str, list[Seen]]] = []
    loose: dict[str, list[Seen]] = {}
    alone = sum(kind == "code" for kind, _ in families(columns)) == 1
    for (kind, sign), members in families(columns).items():
        general = kind == "none" or (kind == "code" and sign in _GENERAL and alone)
        for scale, chosen in _by_scale(members, guesses).items():
            if general and len(chosen) > _FEW:
                loose.setdefault(scale, []).extend(chosen)
            else:
                found.append((kind, sign, chosen))
    numbers = {at: _values(cells[at], guesses[at]) for at in (each.at for each in columns)}
    for chosen in loose.values():
        found += [("answers", "", group) for group in _taken_apart(sorted(chosen, key=lambda each: each.at), numbers)]
    found.sort(key=lambda each: each[2][0].at)
    own = [code.casefold() for each in columns if (code := _word(_header_code(each)))]
    taken |= set(own)
    twice = {code for code in own if own.count(code) > 1}
    made = [
        _construct(kind, sign, chosen, guesses, columns, (place, taken, twice))
        for place, (kind, sign, chosen) in enumerate(found, start=1)
    ]
    return tuple(_against(each, numbers) for each in made)


def _by_scale(members: Sequence[Seen], guesses: Mapping[int, Guess]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = {}
    for each in members:
        found.setdefault(guesses[each.at].name, []).append(each)
    return found


def _values(cells: pd.Series[Any], guess: Guess) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Answers as numbers; anything else is missing."""
    labels = labels_of(guess.scale)
    nothing = set(guess.scale.no_answer)
    low, high = _ends(guess)
    read = [None if cell is None or cell in nothing else labels.read(cell) for cell in cells]
    return np.array([np.nan if value is None or not low <= value <= high else float(value) for value in read])


def _ends(guess: Guess) -> tuple[int, int]:
    scale = guess.scale
    if scale.levels:
        return min(scale.levels), max(scale.levels)
    return scale.min or 0, scale.max or 0


def _taken_apart(members: list[Seen], numbers: Mapping[int, Any]) -> list[list[Seen]]:
    """Groups of items by their largest loading; one group where too few answered or nothing can be computed."""
    frame = pd.DataFrame({str(each.at): numbers[each.at] for each in members}).dropna()
    frame = frame.loc[:, frame.nunique() > 1]
    if len(frame) < _PER_ITEM * frame.shape[1] or frame.shape[1] < 2 * 3:
        return [members]
    try:
        k = parallel_analysis(frame, rng=np.random.default_rng(_SEED)).n_factors
        k = max(2, min(k, frame.shape[1] // 2, _MOST_FACTORS))
        loadings = efa(frame, k, method="minres", rotation="oblimin").loadings
    except ModelError:
        return [members]
    factors = [name for name in loadings.columns if name != "item"]
    best = {
        str(item): int(np.argmax(np.abs(row)))
        for item, row in zip(loadings.index, loadings[factors].to_numpy(), strict=True)
    }
    groups: dict[int, list[Seen]] = {}
    for each in members:
        if str(each.at) in best:
            groups.setdefault(best[str(each.at)], []).append(each)
    return sorted(groups.values(), key=lambda group: group[0].at)


def _construct(
    kind: str, sign: str, members: Sequence[Seen], guesses: Mapping[int, Guess], columns: Sequence[Seen],
    codes: tuple[int, set[str], set[str]],
) -> GuessedConstruct:  # fmt: skip
    """A construct with its code and name.

    `codes` are its place among the constructs, the codes that are taken, and those that several columns would have.
    """
    place, taken, twice = codes
    grid = members[0].grid
    grids = [fold(each.grid) for each in columns]
    whole = grid and {fold(each.grid) for each in members} == {fold(grid)} and grids.count(fold(grid)) == len(members)
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_]+", grid))[:4].upper() if whole else ""
    initials = grid if whole and re.fullmatch(r"\w+", grid) and any(map(str.isdigit, grid)) else initials
    code = free(sign.upper() if kind == "code" else initials or f"K{place}", taken)
    if whole:
        name = Words(shortened(grid), shortened(grid))
    elif kind == "group":
        name = _of_group(members, columns)
    elif kind == "code":
        name = Words(code, code)
    else:
        name = Words(f"{group_name().vi} {place}", f"{group_name().en} {place}")
    joint = "_" if code[-1:].isdigit() else ""
    items = tuple(
        _item(each, f"{code}{joint}{at}", guesses[each.at].name, taken, twice)
        for at, each in enumerate(members, start=1)
    )
    return GuessedConstruct(code, name, items, kind)


def _of_group(members: Sequence[Seen], columns: Sequence[Seen]) -> Words:
    """The form's name of a group that holds no other construct; else that of the list of choices."""
    group = members[0].group_words
    if group and group.en and all(each in members or each.group != members[0].group for each in columns):
        return Words(shortened(group.vi), shortened(group.en))
    listed = members[0].listed.replace("_", " ").capitalize()
    return Words(listed, listed)


def _item(each: Seen, otherwise: str, scale: str, taken: set[str], twice: set[str]) -> GuessedItem:
    own = _word(_header_code(each))
    own = "" if own.casefold() in twice else own
    code = own or free(otherwise, taken)
    return GuessedItem(code, each.at, each.header, each.words, own == _header_code(each) != "", scale)


def _header_code(each: Seen) -> str:
    return each.code or (each.header if " " not in each.header and "[" not in each.header else "")


def shortened(text: str) -> str:
    """A long question as a name: as many whole words as fit."""
    if len(text) <= _LONG:
        return text
    return text[: text.rindex(" ", 0, _LONG) if " " in text[:_LONG] else _LONG].rstrip(" ,;:") + " …"


def _word(text: str) -> str:
    """A code that a formula may name: letters, digits and _."""
    found = re.sub(r"\W+", "_", text).strip("_")
    return found if found and not found[0].isdigit() else (f"x{found}" if found else "")


def free(wanted: str, taken: set[str]) -> str:
    """A code that nobody has yet, and from now on somebody has."""
    base = _word(wanted) or "x"
    code, number = base, 2
    while code.casefold() in taken:
        code, number = f"{base}_{number}", number + 1
    taken.add(code.casefold())
    return code


def _against(construct: GuessedConstruct, numbers: Mapping[int, Any]) -> GuessedConstruct:
    """Mark the items whose correlation with the rest of their construct is negative: candidates, never applied."""
    if len(construct.items) < 3:
        return construct
    frame = pd.DataFrame({item.code: numbers[item.at] for item in construct.items})
    frame = frame.loc[:, frame.nunique() > 1]
    corr = frame.corr(min_periods=30).to_numpy()
    if corr.shape[0] < 3 or np.isnan(corr).any():
        return construct
    values, vectors = np.linalg.eigh(corr)
    loading = vectors[:, -1] * np.sqrt(values[-1])
    loading = loading if loading.sum() >= 0 else -loading
    against = {code for code, each in zip(frame.columns, loading, strict=True) if each < -_AGAINST}
    return replace(construct, items=tuple(replace(item, against=item.code in against) for item in construct.items))


def outcome(found: Sequence[GuessedConstruct]) -> str | None:
    """The construct to be explained: by its name or code, else the last one; None with fewer than two."""
    if len(found) < 2:
        return None
    for each in reversed(found):
        if holds(each.name.vi, words("outcome", "words")) or holds(each.name.en, words("outcome", "words")):
            return each.code
    for each in reversed(found):
        if plain(each.code) in words("outcome", "codes"):
            return each.code
    return found[-1].code
