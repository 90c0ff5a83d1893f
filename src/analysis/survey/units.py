"""Names of units resolved through a dated crosswalk: spellings and mergers, each with its evidence; never a guess."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .tables import Table
from .text import clean_text, fold

#: From when each column of a crosswalk holds. Resolution 932/NQ-UBTVQH13 (15 May 2015); 469/NQ-UBTVQH15, in force on
#: 10 April 2022; two-level local government from 1 July 2025 (1683/NQ-UBTVQH15 for Thái Nguyên).
ERAS = (("2015", date(2015, 5, 15)), ("2022", date(2022, 4, 10)), ("2025", date(2025, 7, 1)))
_LAST = ERAS[-1][0]
_PREFIX = re.compile(
    r"^(?:(?:ubnd|ủy ban nhân dân|uy ban nhan dan|đảng ủy|hđnd)\s+)?"
    r"(?:(?:xã|phường|thị trấn|xa|phuong|thi tran)\s+|(?:tt|p|x)(?:\.\s*|\s+))"
)
_OFFICE = re.compile(r"^(?:ubnd|ủy ban nhân dân|uy ban nhan dan)\s+")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The unit that a name stands for on a date; `evidence` is the address that proves a merger, empty without one."""

    unit: str
    kind: str  # phuong, xa or thi_tran
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Units that a name may stand for."""

    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    name: str
    kinds: dict[str, str]  # era -> kind
    later: str  # the unit that it is part of in the last era
    evidence: str


@dataclass(frozen=True)
class Crosswalk:
    """Units and what became of them."""

    units: tuple[_Unit, ...]

    @classmethod
    def of(cls, table: Table) -> Crosswalk:
        """The crosswalk that a table of kind ``units`` holds."""
        rows = table.frame.to_dict("records")
        return cls(
            tuple(
                _Unit(
                    str(row["unit"]),
                    {era: str(row[f"kind_{era}"]) for era, _ in ERAS},
                    str(row["unit_2025"]),
                    str(row["source_2025"]),
                )
                for row in rows
            )
        )

    def valid(self, on: date) -> tuple[str, ...]:
        """Names of the units that exist on a date."""
        names = (each.later if _era(on) == _LAST else each.name for each in self.units)
        return tuple(dict.fromkeys(names))

    def resolve(self, text: str, on: date) -> Resolved | Ambiguous | None:
        """The unit that a name stands for on a date.

        Parameters
        ----------
        text : str
            As written: with or without xã, phường, thị trấn; composed or not; old or new place of the tone mark; Đ or
            Ð; a text without any accent is read by its letters alone.
        on : date
            When the answers were given.

        Returns
        -------
        Resolved, Ambiguous or None
            Ambiguous where two units answer to the name, or where it is the name of a later unit, of which
            the date's units named became part. None for a name that no unit has.
        """
        for form in (spelling, letters) if text.isascii() else (spelling,):
            found = self._named(form(text), form, _era(on))
            became = tuple(each.name for each in self.units if form(each.later) == form(text))
            if not found and became:
                return Ambiguous(became)  # a unit that came later may have been made of others too
            if found:
                units = tuple(dict.fromkeys(each.unit for each in found))
                return found[0] if len(units) == 1 else Ambiguous(units)
        return None

    def _named(self, wanted: str, form: Callable[[str], str], era: str) -> list[Resolved]:
        """Every unit of an era that answers to a name in one form; in the last era, what the earlier ones became."""
        own = [each for each in self.units if form(each.name) == wanted]
        later = [each for each in self.units if form(each.later) == wanted]
        if era != _LAST:
            return [Resolved(each.name, each.kinds[era]) for each in own]
        kept = {each.later: Resolved(each.later, each.kinds[era]) for each in later}
        merged = {each.later: Resolved(each.later, each.kinds[era], each.evidence) for each in own}
        return list({**merged, **kept}.values())


def _era(on: date) -> str:
    """The column of a crosswalk that holds on a date; the first one for earlier dates."""
    return [ERAS[0][0], *(era for era, since in ERAS if since <= on)][-1]


def spelling(text: str) -> str:
    """A unit's name in one form, without xã, phường, thị trấn.

    Examples
    --------
    >>> spelling("Phường Đắc Sơn") == spelling("P. ĐẮC SƠN") == spelling("Ðắc Sơn")
    True
    """
    folded = fold(clean_text(text)).strip(" .,;")
    return _OFFICE.sub("", _PREFIX.sub("", folded)).strip()


def letters(text: str) -> str:
    """A unit's name by its letters alone.

    Examples
    --------
    >>> letters("xa Dac Son") == letters("Đắc Sơn")
    True
    """
    apart = unicodedata.normalize("NFD", spelling(text).replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
