"""Two runs side by side: which numbers are the same, which print the same, which changed and by how much."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ..errors import DataError, Place, problem

Verdict: TypeAlias = Literal["same", "rounding", "changed", "only_first", "only_second"]


@dataclass(frozen=True)
class NumberChange:
    """A number in two runs; `difference` is second minus first, `relative` its share of the first."""

    id: str
    verdict: Verdict
    first: float | None
    second: float | None
    printed_first: str
    printed_second: str

    @property
    def difference(self) -> float | None:
        """Second minus first."""
        return None if self.first is None or self.second is None else self.second - self.first

    @property
    def relative(self) -> float | None:
        """The difference as a share of the first value; None where that is zero."""
        return self.difference / abs(self.first) if self.difference is not None and self.first else None


@dataclass(frozen=True)
class Difference:
    """All numbers of two runs; a number that prints alike in every common language is the same to rounding."""

    numbers: tuple[NumberChange, ...]

    def count(self, verdict: Verdict) -> int:
        """How many numbers there are of a kind."""
        return sum(each.verdict == verdict for each in self.numbers)

    @property
    def same(self) -> bool:
        """Whether a reader of the pages would see the same numbers."""
        return all(each.verdict in {"same", "rounding"} for each in self.numbers)


def diff(first: str | Path, second: str | Path) -> Difference:
    """Compare the ledgers of two runs.

    Parameters
    ----------
    first, second : str or Path
        Folders of reports (`reports/<study>`), or their `ledger.json`.

    Raises
    ------
    DataError
        When there is no ledger, or it cannot be read.
    """
    one, two = read_ledger(first), read_ledger(second)
    return Difference(tuple(_change(key, one.get(key), two.get(key)) for key in sorted(one.keys() | two.keys())))


def read_ledger(report: str | Path) -> dict[str, Mapping[str, Any]]:
    """The records of a report by id.

    Raises
    ------
    DataError
        When there is no ledger, or it cannot be read.
    """
    path = Path(report)
    file = path / "ledger.json" if path.is_dir() else path
    try:
        return {each["id"]: each for each in json.loads(file.read_text(encoding="utf-8"))}
    except FileNotFoundError as error:
        raise DataError(problem("run.no_ledger", Place(file=file.name), folder=path.name)) from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(problem("run.bad_ledger", Place(file=file.name), folder=path.name)) from error


def _change(key: str, first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> NumberChange:
    one, two = (None if each is None else each["value"] for each in (first, second))
    lang, *_ = [*_languages(first, second), ""]
    texts = ("" if each is None else each.get("printed", {}).get(lang, "") for each in (first, second))
    return NumberChange(key, _verdict(first, second), one, two, *texts)


def _languages(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> list[str]:
    """Languages in which both runs print the number, or the one that has it."""
    known = [list(each.get("printed", {})) for each in (first, second) if each is not None]
    return [lang for lang in known[0] if all(lang in each for each in known)]


def _verdict(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> Verdict:
    if first is None or second is None:
        return "only_second" if first is None else "only_first"
    if first["value"] == second["value"]:
        return "same"
    langs = _languages(first, second)
    alike = bool(langs) and all(first["printed"][lang] == second["printed"][lang] for lang in langs)
    return "rounding" if alike else "changed"
