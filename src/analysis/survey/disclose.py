"""What may be shown about small groups of persons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pandas as pd

#: What is published of several cells: their sum with these coefficients (a total; parts of a whole less the whole).
Margin: TypeAlias = Mapping[int, int]


def hidden_cells(counts: Sequence[int], minimum: int) -> frozenset[int]:
    """Positions of a one-way table that must not be shown when its total is.

    Parameters
    ----------
    counts : sequence of int
        Persons per category.
    minimum : int
        The smallest count that may be shown; empty categories may.

    Returns
    -------
    frozenset of int
        The cells below `minimum` and, where the total would give one away, the smallest cells beside them (secondary
        suppression).

    Notes
    -----
    The total is printed, so the sum of the hidden cells is known. With one hidden cell that sum is its count; so it is
    where each of them must be 1. A further hidden cell makes it a range.

    Examples
    --------
    >>> sorted(hidden_cells([40, 3, 12], 5)), sorted(hidden_cells([40, 30, 0], 5)), sorted(hidden_cells([9, 1, 1], 5))
    ([1, 2], [], [0, 1, 2])
    """
    return hidden_linked(counts, [dict.fromkeys(range(len(counts)), 1)], minimum)


def hidden_linked(counts: Sequence[int], margins: Sequence[Margin], minimum: int) -> frozenset[int]:
    """Cells of linked tables that must not be shown.

    Parameters
    ----------
    counts : sequence of int
        Persons per cell, of all tables together.
    margins : sequence of mapping
        What is published of the cells: the sum of cells times coefficients.
    minimum : int
        The smallest count that may be shown; empty cells may.

    Returns
    -------
    frozenset of int
        The cells below `minimum`, and the smallest further ones without which the margins would give one away.

    Notes
    -----
    The margins are linear equations of the hidden cells. A cell is given away when the unit vector of its place is a
    combination of their rows, which is decided in exact fractions; or when a margin says that each of its hidden cells
    is 1, for an empty cell would be shown.
    """
    hidden = {cell for cell, count in enumerate(counts) if 0 < count < minimum}
    while given := given_away(counts, margins, hidden):
        beside = {cell for margin in margins if margin.keys() & given for cell in margin}
        further = sorted((counts[cell], cell) for cell in beside - hidden if counts[cell] > 0)
        if not further:
            break
        hidden.add(further[0][1])
    return frozenset(hidden)


def given_away(counts: Sequence[int], margins: Sequence[Margin], hidden: set[int]) -> set[int]:
    """Hidden cells whose count follows from the margins."""
    places = sorted(hidden)
    found: set[int] = set()
    rows = []
    for margin in margins:
        inside = {cell: margin[cell] for cell in places if margin.get(cell)}
        if not inside:
            continue
        rows.append([Fraction(inside.get(cell, 0)) for cell in places])
        if set(inside.values()) == {1} and all(counts[cell] == 1 for cell in inside):
            found.update(inside)
    pivots = _reduced(rows)
    # in reduced form a place is determined when the row of its pivot has no other entry
    alone = {place for place, row in pivots.items() if sum(map(bool, row)) == 1}
    return found | {places[place] for place in alone}


def _reduced(rows: list[list[Fraction]]) -> dict[int, list[Fraction]]:
    """Reduced row echelon form: place of each pivot and its row."""
    pivots: dict[int, list[Fraction]] = {}
    for row in rows:
        for place, other in pivots.items():
            row = _less(row, other, row[place])
        lead = next((place for place, value in enumerate(row) if value), None)
        if lead is None:
            continue
        row = [value / row[lead] for value in row]
        pivots = {place: _less(other, row, other[lead]) for place, other in pivots.items()}
        pivots[lead] = row
    return pivots


def _less(row: list[Fraction], other: list[Fraction], times: Fraction) -> list[Fraction]:
    return [value - times * further for value, further in zip(row, other, strict=True)] if times else row


def hidden_levels(frame: pd.DataFrame, variable: str, minimum: int) -> frozenset[str]:
    """Categories of a variable whose count must not be shown anywhere in a report.

    Parameters
    ----------
    frame : DataFrame
        The respondents that are counted; of all its categorical variables the report shows frequencies.
    variable : str
        One of them; missing answers do not count.
    minimum : int
        The smallest count that may be shown.

    Returns
    -------
    frozenset of str
        Small categories and those beside them that keep them from being worked out, from the total or from a variable
        that puts the categories together (the kind of a unit, a group of positions); a table that shows the others'
        counts, whatever else it is about, gives nothing away.
    """
    import pandas as pd

    names = [name for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)]
    cells = [(name, str(level)) for name in names for level in frame[name].cat.categories]
    at = {cell: place for place, cell in enumerate(cells)}
    counted = {name: frame[name].value_counts(sort=False) for name in names}
    counts = [int(count) for name in names for count in counted[name].reindex(frame[name].cat.categories)]
    margins: list[Margin] = [{at[cell]: 1 for cell in cells if cell[0] == name} for name in names]
    for part, whole in ((part, whole) for part in names for whole in names if part != whole):
        of = _whole_of(frame[part], frame[whole])
        for level in dict.fromkeys(of.values()):
            inside = {at[part, each]: 1 for each, its in of.items() if its == level}
            margins.append({**inside, at[whole, level]: -1})
    hidden = hidden_linked(counts, margins, minimum)
    return frozenset(level for place, (name, level) in enumerate(cells) if name == variable and place in hidden)


def _whole_of(part: pd.Series, whole: pd.Series) -> dict[str, str]:
    """The level of `whole` to which each level of `part` belongs; none where a level belongs to several."""
    pairs: dict[str, set[str]] = {}
    for one, other in _pairs(part, whole):
        pairs.setdefault(one, set()).add(other)
    several = len({other for each in pairs.values() for other in each}) > 1
    if not several or any(len(each) > 1 for each in pairs.values()):
        return {}
    return {one: next(iter(each)) for one, each in pairs.items()}


def _pairs(part: pd.Series, whole: pd.Series) -> Iterator[tuple[str, str]]:
    both = part.notna() & whole.notna()
    yield from set(zip(part[both].astype(str), whole[both].astype(str), strict=True))
