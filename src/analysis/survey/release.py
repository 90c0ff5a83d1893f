"""Answers made fit for the public: k persons alike in what others may know, two answers in what they may not.

References
----------
Sweeney, L. (2002). k-anonymity: a model for protecting privacy. International Journal of Uncertainty, Fuzziness and
Knowledge-Based Systems, 10(5), 557-570.
Machanavajjhala, A., Kifer, D., Gehrke, J., & Venkitasubramaniam, M. (2007). l-diversity: privacy beyond k-anonymity.
ACM Transactions on Knowledge Discovery from Data, 1(1), article 3.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from ..errors import DataError, Place, problem
from ..study import Release

Cells: TypeAlias = list[Any]

#: Every set of columns that may be suppressed is tried: more columns than this are too many sets.
MAX_QUASI = 12


@dataclass(frozen=True, eq=False)
class Alike:
    """Columns in which every row is like at least k - 1 others, an empty cell being a value like any other."""

    columns: dict[str, Cells]
    kept: tuple[int, ...]  # rows that are still there
    suppressed: dict[str, int]  # cells emptied, by column


def banded(values: Sequence[float | None], bands: Sequence[float]) -> Cells:
    """The band of every number, counted from 1 as text; None where there is no number.

    Examples
    --------
    >>> banded([22, 30, 39.5, None, 61], [30, 40])
    ['1', '2', '2', None, '3']
    """
    return [None if value is None else str(1 + sum(value >= band for band in bands)) for value in values]


def grouped(values: Sequence[str | None], release: Release) -> Cells:
    """The group of every level; a level in no group stays as it is."""
    of = {str(level): name for name, group in release.groups.items() for level in group.levels}
    return [None if value is None else of.get(value, value) for value in values]


def k_anonymous(columns: Mapping[str, Sequence[Any]], k: int) -> Alike:
    """Empty as few cells as needed, so that every row is like at least k - 1 others.

    Parameters
    ----------
    columns : mapping
        What others may know of a person, the most useful column first; cells are None where nothing is known.
    k : int
        Rows that must be alike.

    Returns
    -------
    Alike
        Rows that are like too few others even without any of the columns are left out.

    Raises
    ------
    DataError
        ``export.too_many_quasi``: more columns than can be tried.

    Notes
    -----
    Sets of columns are tried from the smallest on, the least useful columns first: rows that are still like too few
    others and become like k when the set is emptied (or like rows that were emptied before) are emptied so. An empty
    cell counts as a value of its own: nobody gains by knowing that it was emptied.
    """
    names = tuple(columns)
    if len(names) > MAX_QUASI:
        raise DataError(problem("export.too_many_quasi", Place(file="study.yml"), found=len(names), limit=MAX_QUASI))
    rows = list(zip(*columns.values(), strict=True))
    counts = Counter(rows)
    open_ = [at for at, row in enumerate(rows) if counts[row] < k]
    done = {at: row for at, row in enumerate(rows) if counts[row] >= k}
    sizes = Counter(done.values())
    for emptied in _sets(len(names)):
        masked = {at: _without(rows[at], emptied) for at in open_}
        found = Counter(masked.values())
        fits = {row for row, count in found.items() if count + sizes[row] >= k}
        done.update({at: masked[at] for at in open_ if masked[at] in fits})
        sizes.update(row for row in masked.values() if row in fits)
        open_ = [at for at in open_ if masked[at] not in fits]
    kept = tuple(sorted(done))
    suppressed = {
        name: sum(rows[at][place] is not None and done[at][place] is None for at in kept)
        for place, name in enumerate(names)
    }
    return Alike({name: [done[at][place] for at in kept] for place, name in enumerate(names)}, kept, suppressed)


def _sets(width: int) -> list[tuple[int, ...]]:
    """Places of columns to be emptied: small sets first, among equal ones those of the last columns first."""
    places = range(width - 1, -1, -1)
    return [chosen for size in range(1, width + 1) for chosen in combinations(places, size)]


def _without(row: tuple[Any, ...], emptied: tuple[int, ...]) -> tuple[Any, ...]:
    return tuple(None if place in emptied else cell for place, cell in enumerate(row))


def l_diverse(
    groups: Sequence[Hashable], columns: Mapping[str, Sequence[Any]], different: int
) -> dict[str, Cells]:  # fmt: skip
    """Empty a column within a group whose members all answered alike.

    Parameters
    ----------
    groups : sequence
        The group of every row: rows of one group are alike in all that others may know.
    columns : mapping
        What nobody may learn of a person.
    different : int
        Different answers that a group must have; a group without any answer tells nothing.
    """
    members: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    made = {}
    for name, cells in columns.items():
        new = list(cells)
        for rows in members.values():
            answers = {cells[row] for row in rows} - {None}
            if 0 < len(answers) < different:
                for row in rows:
                    new[row] = None
        made[name] = new
    return made


def keyed(key: bytes, purpose: str, value: str) -> str:
    """A digest that nobody can make, or undo by trying, without the key (HMAC-SHA256, 64 hexadecimal digits).

    Parameters
    ----------
    key : bytes
        At least 32 random bytes.
    purpose : str
        Digests of one value for different purposes cannot be linked.
    value : str
        What stands for a person.
    """
    return hmac.new(key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()
