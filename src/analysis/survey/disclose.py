"""What may be shown about small groups of persons."""

from __future__ import annotations

from collections.abc import Sequence


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
