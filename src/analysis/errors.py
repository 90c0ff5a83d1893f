"""What went wrong, as data: where, which rule, with which values.

Floor 0 knows no language. A problem carries the *key* of its sentence and the values that fill it; `report.words` turns
it into Vietnamese or English. `wording` is set by the package's door so that a notebook shows the sentence too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

Slot: TypeAlias = str | int | float | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is: a file (relative to its study, never absolute), a sheet, a cell, a line, a column."""

    file: str | None = None
    sheet: str | None = None
    cell: str | None = None
    line: int | None = None
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stops the work: the key of its sentence, its place and the values that the sentence needs."""

    code: str
    place: Place = Place()
    slots: tuple[tuple[str, Slot], ...] = ()

    def get(self, name: str) -> Slot:
        """Value of the slot `name`, or None."""
        return dict(self.slots).get(name)


@dataclass(frozen=True, slots=True)
class Caution:
    """One thing a reader of a number must know: shown beside it, kept in the ledger, never a printed warning."""

    code: str
    severity: Literal["note", "warning"] = "warning"
    slots: tuple[tuple[str, Slot], ...] = ()

    def get(self, name: str) -> Slot:
        """Value of the slot `name`, or None."""
        return dict(self.slots).get(name)


def problem(code: str, place: Place = Place(), /, **slots: Slot) -> Problem:
    """Build a `Problem` with its slots as keywords."""
    return Problem(code, place, tuple(slots.items()))


def caution(code: str, severity: Literal["note", "warning"] = "warning", /, **slots: Slot) -> Caution:
    """Build a `Caution` with its slots as keywords."""
    return Caution(code, severity, tuple(slots.items()))


def nearest(word: str, allowed: Iterable[object]) -> str | None:
    """The allowed word that looks most like `word`, or None when none is close."""
    close = get_close_matches(word, [str(each) for each in allowed], n=1, cutoff=0.6)
    return close[0] if close else None


def _plain(found: Problem) -> str:
    """The problem without a language: its key, place and slots."""
    place = found.place
    parts = (place.file, place.sheet, place.cell, place.line, place.column)
    where = [str(part) for part in parts if part is not None]
    values = ", ".join(f"{name}={value}" for name, value in found.slots)
    return " ".join([found.code, *(["at " + ":".join(where)] if where else []), *([f"({values})"] if values else [])])


#: Puts a problem into words. The package's door points it at `report.words`; without that floor keys are shown.
wording: Callable[[Problem], str] = _plain


class AnalysisError(Exception):
    """Something is wrong with the page, the data or the question; holds every problem found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    @property
    def code(self) -> str:
        """Key of the first problem."""
        return self.problems[0].code

    def __str__(self) -> str:
        return "\n".join(wording(found) for found in self.problems)

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the sentences alone."""
        return str(self).splitlines()


class StudyError(AnalysisError):
    """The study page (study.yml, items.csv) is wrong."""


class DataError(AnalysisError):
    """A file or a value in it is wrong."""


class ModelError(AnalysisError):
    """A statistic is refused, with the reason."""


class IntegrityError(AnalysisError):
    """Something changed that must not change: a raw file, a declared hash, a number between two languages."""


class RunError(AnalysisError):
    """The run could not be carried out: a notebook, a parameter, a folder, a kernel."""
