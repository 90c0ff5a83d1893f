"""A column as a first look sees it: its header taken apart, its different answers, what its cells are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...study import Words
from ..clean.total_row import is_mean, is_total
from ..columns import BRACKETS
from ..exports.form import Form, Question, question_of
from ..read import RawTable
from ..text import clean_text, fold, shown
from .known import no_answer

_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[T ].*)?|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}(?:[T, ].*)?|\d{4}/\d{1,2}/\d{1,2}(?:[T ].*)?",
    re.ASCII,
)
#: ``DT1. Text``, ``(DT1) Text``, ``DT1: Text``, ``DT1 - Text``, ``Câu 3 Text`` is text.
_CODED = re.compile(
    r"[\s(\[]*([^\W\d_]{1,6}(?:[_.]?[^\W\d_]{1,6})?[_.]?\d{1,3}[a-z]?)(?:\s*[.:)\]–—-]+\s*|\s+|$)(.*)", re.DOTALL
)
_MEANS = 2  # rows of means that a file may end with; a name that stands there more often is an answer
_MOST = 200  # different answers that are kept of a column


@dataclass(frozen=True)
class Seen:
    """A column: its place, its header in parts, and how often each different answer stands in it."""

    at: int
    header: str
    grid: str  # the question above a grid, before the brackets; empty where there are none
    code: str  # what the header gives as code; empty where there is none
    words: Words  # the question in both languages, the same where only one is known
    counts: Mapping[Any, int] = field(repr=False)  # answer -> how often; no-answer labels of the file left out
    labels: Mapping[Any, Words] = field(repr=False)  # value -> label, as the file or its form declares
    further: int = 0  # answers beyond those in `counts`
    nothing: tuple[Any, ...] = ()  # answers that say "no answer"
    kind: str = ""  # type of the question in its form
    listed: str = ""  # list of choices or group of the form
    group: str = ""
    group_words: Words | None = None  # what the form calls the group

    @property
    def answered(self) -> int:
        """Cells that hold an answer."""
        return sum(self.counts.values()) + self.further

    @property
    def numbers(self) -> bool:
        """Whether every answer is a number, as a number or as text."""
        return bool(self.counts) and all(is_number(value) for value in self.counts)

    @property
    def whole(self) -> dict[int, int]:
        """Whole numbers and how often; empty where an answer is anything else."""
        found: Counter[int] = Counter()
        for value, count in self.counts.items():
            number = as_number(value)
            if number is None or not number.is_integer() or abs(number) > 10**9:
                return {}
            found[int(number)] += count
        return dict(sorted(found.items()))

    @property
    def dates(self) -> bool:
        """Whether (nearly) every answer is a date or a time."""
        dated = sum(count for value, count in self.counts.items() if is_date(value))
        return bool(self.counts) and dated * 20 >= sum(self.counts.values()) * 19

    def label(self, value: Any) -> Words:
        """What the file or its form calls an answer; the answer itself where it says nothing."""
        text = clean_text(shown(value))
        return self.labels.get(value, Words(text, text))


def is_number(value: Any) -> bool:
    """Whether a cell is a number, or a number as text."""
    return as_number(value) is not None


def as_number(value: Any) -> float | None:
    """The number that a cell stands for."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value)
    text = str(value).strip()
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None


def is_date(value: Any) -> bool:
    """Whether a cell is a date: of a workbook, or as text (year first, or day/month/year)."""
    return hasattr(value, "year") or (isinstance(value, str) and bool(_DATE.fullmatch(value.strip())))


def seen(table: RawTable, form: Form | None) -> tuple[Seen, ...]:
    """Every column of a table.

    Parameters
    ----------
    table : RawTable
        As its tool's export is understood.
    form : Form, optional
        The questionnaire as the tool keeps it.

    Returns
    -------
    tuple of Seen
        In the order of the file.
    """
    known = {question.name: question for question in form.questions} if form else {}
    table = _answers(table)
    return tuple(_seen(at, table, form, known) for at in range(len(table.headers)))


def _answers(table: RawTable) -> RawTable:
    """The rows that are answers: not a header said again, nor a total; cleaning reports these with their places."""
    headers = [fold(header) for header in table.headers]
    rows: set[int] = set()  # that may be one
    for at, header in enumerate(headers):
        column = table.cells[at]
        texts = [each for each in column.unique() if isinstance(each, str) and _looks(each, header)]
        texts = [each for each in texts if not is_mean(each) or (column == each).sum() <= _MEANS]
        rows.update(column.index[column.isin(texts)].tolist() if texts else ())
    said = {row for row in rows if _said_again(list(table.cells.loc[row]), headers)}
    if not said:
        return table
    kept = [at for at in range(len(table.cells)) if at not in said]
    return replace(table, cells=table.cells.iloc[kept], lines=tuple(table.lines[at] for at in kept))


def _looks(text: str, header: str) -> bool:
    return fold(text) == header or is_total(text) or is_mean(text)


def _said_again(row: Sequence[Any], headers: Sequence[str]) -> bool:
    texts = [(cell, header) for cell, header in zip(row, headers, strict=True) if cell is not None and cell != ""]
    if not texts or is_total(texts[0][0]):
        return bool(texts)
    if is_mean(texts[0][0]):  # "Trung bình" may be an answer
        return len(texts) > 1 and all(is_number(cell) for cell, _ in texts[1:])
    same = sum(isinstance(cell, str) and fold(cell) == header for cell, header in texts)
    return same > 1 and 2 * same >= len(texts)


def _seen(at: int, table: RawTable, form: Form | None, known: dict[str, Question]) -> Seen:
    header = clean_text(table.headers[at])
    question, _ = question_of(header, known)
    listed = form.choices.get(question.choices or "", {}) if form and question else {}
    labels = {value: Words(label, label) for value, label in table.labels.get(at, {}).items()}
    if form and listed:
        labels |= {value: both(texts) for value, texts in listed.items()}
        labels |= {int(value): words for value, words in labels.items() if isinstance(value, str) and value.isdecimal()}
    counts, further, nothing = _counted(table, at, labels)
    grid, code, text = parts(header)
    described = clean_text(table.descriptions[at]) if table.descriptions else ""
    words = both(question.texts) if question and question.texts else None
    text = described or text or code or header
    return Seen(
        at, header, grid, code, words or Words(text, text), counts, labels, further, nothing,
        question.kind if question else "", (question.choices or "") if question else "",
        question.group if question else "",
        both(form.groups[question.group]) if form and question and form.groups.get(question.group) else None,
    )  # fmt: skip


def both(texts: Mapping[str, str]) -> Words:
    """A text in the page's two languages; one stands for the other where it is alone.

    Examples
    --------
    >>> both({"vi": "Có", "en": "Yes"}), both({"ar": "x", "en": "Yes"}).vi
    (Words(vi='Có', en='Yes'), 'Yes')
    """
    clean = {lang: clean_text(text) for lang, text in texts.items() if text.strip()}
    any_ = next(iter(clean.values()), "")
    vi, en = clean.get("vi"), clean.get("en")
    return Words(vi or en or any_, en or vi or any_)


def _counted(table: RawTable, at: int, labels: Mapping[Any, Words]) -> tuple[dict[Any, int], int, tuple[Any, ...]]:
    """Different answers by how often they stand there, the declared missing ones and "don't know" apart."""
    ranges = table.missing.get(at, ())
    counts: Counter[Any] = Counter()
    nothing: Counter[Any] = Counter()
    further = 0
    for cell in table.cells[at]:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        value = clean_text(cell) if isinstance(cell, str) else cell
        label = labels.get(value)
        if any(_within(value, low, high) for low, high in ranges):
            continue  # reading knows these by itself
        if no_answer(value) or (label and (no_answer(label.en) or no_answer(label.vi))):
            nothing[value] += 1
        elif len(counts) < _MOST or value in counts:
            counts[value] += 1
        else:
            further += 1
    return dict(counts), further, tuple(nothing)


def _within(value: Any, low: Any, high: Any) -> bool:
    if isinstance(value, (int, float)) and isinstance(low, (int, float)):
        return bool(low <= value <= high)
    return bool(value == low)


def parts(header: str) -> tuple[str, str, str]:
    """A header as grid, code and text.

    Examples
    --------
    >>> parts("Đào tạo [DT1. Sát với công việc]"), parts("DT2: Hiệu quả"), parts("SC1")
    (('Đào tạo', 'DT1', 'Sát với công việc'), ('', 'DT2', 'Hiệu quả'), ('', 'SC1', ''))
    """
    brackets = BRACKETS.search(header)
    grid = header[: brackets.start()].strip(" .:;-–") if brackets else ""
    inside = brackets[1].strip() if brackets else header
    coded = _CODED.fullmatch(inside) or (_CODED.fullmatch(grid) if not brackets else None)
    if coded and not (coded[2] and coded[1].isdecimal()):
        return grid, coded[1].replace(".", "_"), coded[2].strip()
    return grid, "", inside if brackets else header
