"""What may be shown about small groups of persons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


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
        The cells below `minimum` and, where the total would give a single one away, the smallest cell beside it
        (secondary suppression).

    Notes
    -----
    The total is printed, so the sum of the hidden cells is known. With one hidden cell that sum is its count;
    a second hidden cell makes it a range.

    Examples
    --------
    >>> sorted(hidden_cells([40, 3, 12], 5)), sorted(hidden_cells([40, 30, 0], 5))
    ([1, 2], [])
    """
    hidden = {cell for cell, count in enumerate(counts) if 0 < count < minimum}
    shown = sorted((count, cell) for cell, count in enumerate(counts) if count >= minimum)
    if len(hidden) == 1 and shown:
        hidden.add(shown[0][1])
    return frozenset(hidden)


def hidden_levels(answers: pd.Series[Any], minimum: int) -> frozenset[str]:
    """Categories of a variable whose count must not be shown anywhere in a report.

    Parameters
    ----------
    answers : Series of categories
        One for each respondent; missing answers do not count.
    minimum : int
        The smallest count that may be shown.

    Returns
    -------
    frozenset of str
        Small categories and the one beside them that keeps a single small one from being worked out; a table that
        shows the others' counts, whatever else it is about, gives nothing away.
    """
    counts = answers.value_counts(sort=False)
    hidden = hidden_cells([int(count) for count in counts], minimum)
    return frozenset(str(level) for place, level in enumerate(counts.index) if place in hidden)
