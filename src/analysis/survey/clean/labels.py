"""Answers to items become the codes of their scale, by explicit labels in either language."""

from __future__ import annotations

from ...errors import Slot, nearest, problem
from ...study import Scale
from ..likert import Labels, labels_of
from ..text import fold, fold_value, shown
from .work import Work

ORDER = 60
ID = "labels"
UNKNOWN = "unknown_label"


def apply(work: Work) -> None:
    """Turn labels into codes; what is no label of the scale is refused, or made missing where the page says so."""
    for code in work.items:
        scale = work.study.scale_of(code)
        labels = labels_of(scale)
        _contradictions(work, code, labels)
        own = work.table.labels.get(work.columns[code], {})
        rows = [row for row, _ in work.answers(code)]
        cells = work.cells[code]
        for row, after in zip(rows, labels.take([cells[row] for row in rows], own), strict=True):
            if after is not None:
                work.change(ID, code, row, after, work.study.items[code].scale)
            else:
                unknown(work, code, row, _spellings(scale))


def unknown(work: Work, code: str, row: int, allowed: tuple[str, ...]) -> None:
    """Deal with a value that is none of the `allowed` ones, as the page says.

    Parameters
    ----------
    work : Work
        Takes the change or the problem.
    code, row : str, int
        The cell.
    allowed : tuple of str
        What may stand there.
    """
    value = shown(work.cells[code][row])
    if work.study.cleaning.unknown_label == "missing":
        work.change(UNKNOWN, code, row, None, " / ".join(allowed))
        return
    folded = {fold(label): label for label in reversed(allowed)}
    near = nearest(fold(value), folded)
    place = work.place(row, code)
    slots: dict[str, Slot] = {
        "code": code,
        "value": value,
        "allowed": allowed,
        "nearest": folded[near] if near else None,
    }
    work.problems.append(problem("data.unknown_label", place, **slots))
    work.cells[code][row] = None  # said once; later rules have nothing more to say of it


def _spellings(scale: Scale) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for words in scale.levels.values() for label in (words.vi, words.en)))


def _contradictions(work: Work, code: str, labels: Labels) -> None:
    """The file's own value labels (SPSS) must not say the opposite of the page."""
    column = work.columns[code]
    for value, label in work.table.labels.get(column, {}).items():
        meant = labels.codes.get(fold(label))
        if meant is not None and fold_value(meant) != fold_value(value) and labels.read(value) is not None:
            slots: dict[str, Slot] = {"code": code, "value": shown(value), "label": label, "expected": meant}
            work.problems.append(problem("data.label_contradicts", work.table.header_place(column), **slots))
