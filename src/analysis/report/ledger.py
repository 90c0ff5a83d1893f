"""The ledger: every number that a reader sees, once, unrounded, with where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ..errors import IntegrityError, problem
from .block import Figure, Narrative, Record, Table, numbers
from .document.model import Section


@dataclass(frozen=True)
class Entry:
    """A record, the notebook and table where it first appears, and how it is printed there."""

    record: Record
    notebook: str
    table: str
    text: str = ""


def entries(sections: Iterable[Section]) -> dict[str, Entry]:
    """All records of a document by id, in reading order.

    Raises
    ------
    IntegrityError
        When one id stands for two different values: a reader could not trace it.
    """
    found: dict[str, Entry] = {}
    for section in sections:
        for block in section.elements:
            if not isinstance(block, (Table, Figure, Narrative)):
                continue
            for each in numbers(block):
                where = "" if isinstance(block, Narrative) else block.key
                known = found.setdefault(each.record.id, Entry(each.record, section.notebook, where, each.text))
                if known.record.value != each.record.value:
                    raise IntegrityError(problem("ledger.two_values", id=each.record.id))
    return found


def ledger(found: Mapping[str, Mapping[str, Entry]], common: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ledger as it is written: one flat record per number, sorted by id.

    Parameters
    ----------
    found : mapping of str to mapping of str to Entry
        What `entries` collected, by language; the languages hold the same numbers (`same_values`).
    common : mapping
        What all numbers of the run share: study, simulated or not, hashes of the inputs, versions.
    """
    first = next(iter(found.values()))

    def printed(key: str) -> dict[str, str]:
        return {lang: each[key].text for lang, each in found.items()}

    return [
        {**asdict(entry.record), "printed": printed(key), "notebook": entry.notebook, "table": entry.table, **common}
        for key, entry in sorted(first.items())
    ]


def same_values(first: Mapping[str, Entry], second: Mapping[str, Entry]) -> None:
    """Hold the numbers of two languages together.

    Raises
    ------
    IntegrityError
        With every id that only one of them has, or that differs.
    """
    differing = sorted(
        key
        for key in first.keys() | second.keys()
        if key not in first or key not in second or first[key].record.value != second[key].record.value
    )
    if differing:
        raise IntegrityError(*(problem("ledger.languages_differ", id=key) for key in differing))
