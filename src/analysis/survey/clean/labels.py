"""Answers to items become the codes of their scale, by explicit labels in either language."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from ...errors import Slot, caution, nearest, problem
from ...study import Scale
from ..likert import Labels, labels_of
from ..text import fold, shown
from .work import Change, Work

ORDER = 60
ID = "labels"
UNKNOWN = "unknown_label"
_RARE = 20  # one answer of so many is a slip of words, no step of a scale
#: Typed without accents: its reason is the label that it can only mean.
BARE = "unaccented"


def apply(work: Work) -> None:
    """Turn labels into codes; what is no label of the scale is refused, or made missing where the page says so."""
    known = {name: labels_of(scale) for name, scale in work.study.scales.items()}
    doubtful: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for code in work.items:
        scale = work.study.scale_of(code)
        labels = known[work.study.items[code].scale]
        _contradictions(work, code, labels)
        own = work.table.labels.get(work.columns[code], {})
        found = work.values(code)
        meant = dict(zip(found, labels.take(list(found.values()), own), strict=True))
        changes = {
            place: Change(ID, after, work.study.items[code].scale)
            if (label := labels.unaccented(found[place])) is None
            else Change(BARE, after, label)
            for place, after in meant.items()
            if after is not None
        }
        doubted = any(_one_step(scale, labels, found, meant))
        for step in _one_step(scale, labels, _often(work, code, found), meant) if doubted else ():
            doubtful.setdefault(step, []).append(code)
        replaced(work, code, changes, [place for place in found if place not in changes], _spellings(scale))
    for (level, words), codes in doubtful.items():
        work.notes.append(caution("clean.one_step", items=tuple(codes), words=words, level=level))


def _often(work: Work, code: str, found: Mapping[int, object]) -> dict[int, object]:
    """Values that are no slip of words."""
    return {place: value for place, value in found.items() if len(work.rows(code, [place])) * _RARE >= len(work.kept)}


def _one_step(
    scale: Scale, labels: Labels, found: Mapping[int, object], meant: Mapping[int, int | float | None]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Levels that two words of one column stand for while another level stands free: perhaps another scale."""
    wordings: dict[int, dict[str, str]] = {}
    for place, value in found.items():
        code = meant[place]
        if isinstance(value, str) and isinstance(code, int) and code in scale.levels and fold(value) in labels.codes:
            wordings.setdefault(code, {})[fold(value)] = value
    said = sum(map(len, wordings.values()))
    if not len(wordings) < said <= len(scale.levels):
        return
    for code, words in sorted(wordings.items()):
        own = {fold(scale.levels[code].vi), fold(scale.levels[code].en)}
        if len(words) > 1 and set(words) != own:
            yield code, tuple(words[each] for each in sorted(words))


def replaced(
    work: Work, code: str, changes: Mapping[int, Change], strange: Collection[int], allowed: tuple[str, ...]
) -> None:
    """Replace what was understood, and deal with what is none of the `allowed` values as the page says.

    Parameters
    ----------
    work : Work
        Takes the changes and the problems.
    code : str
        The column.
    changes : mapping
        Places of values that were understood.
    strange : collection of int
        Places of values that were not.
    allowed : tuple of str
        What may stand there.
    """
    if work.study.cleaning.unknown_label == "missing":
        work.recode(code, {**changes, **{place: Change(UNKNOWN, None, " / ".join(allowed)) for place in strange}})
        return
    folded = {fold(label): label for label in reversed(allowed)}
    near: dict[str, str | None] = {}
    for row in work.rows(code, strange):
        value = shown(work.cells[code][row])
        if value not in near:
            hit = nearest(fold(value), folded)
            near[value] = folded[hit] if hit else None
        slots: dict[str, Slot] = {"code": code, "value": value, "allowed": allowed, "nearest": near[value]}
        work.problems.append(problem("data.unknown_label", work.place(row, code), **slots))
    # said once; later rules have nothing more to say of it
    work.recode(code, {**changes, **{place: Change(None, None) for place in strange}})


def _spellings(scale: Scale) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for words in scale.levels.values() for label in (words.vi, words.en)))


def _contradictions(work: Work, code: str, labels: Labels) -> None:
    """The file's own value labels (SPSS) must not say the opposite of the page."""
    column = work.columns[code]
    for value, label in work.table.labels.get(column, {}).items():
        meant = labels.codes.get(fold(label))
        if meant is not None and labels.read(value) not in (None, meant):
            slots: dict[str, Slot] = {"code": code, "value": shown(value), "label": label, "expected": meant}
            work.problems.append(problem("data.label_contradicts", work.table.header_place(column), **slots))
