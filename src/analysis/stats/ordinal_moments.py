"""Thresholds and polychoric correlations with their asymptotic covariance matrix: what WLSMV starts from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError, problem
from .contingency import Codes, Contingency, Level, coded
from .latent import EDGE, Influence, Places, influence, thresholds
from .moments import RowRule
from .polychoric import Polychoric, ordered_counts, padded, polychoric
from .result import Result
from .rows import MISSING, Array, Missing, Rows, is_rows, literal, rows

_CELLS = 4_000_000  # influences held at once


@dataclass(frozen=True, eq=False)
class OrdinalMoments(Result):
    """Thresholds and polychoric correlations of items, and n times the covariance matrix of these estimates.

    `gamma` is in the order of the thresholds, item by item, and then of the correlations, ``combinations(names, 2)``.
    """

    names: tuple[str, ...]
    levels: tuple[tuple[Level, ...], ...]
    n: int
    thresholds: tuple[Array, ...]  # for each item (levels - 1,)
    corr: Array  # (k, k)
    gamma: Array  # (q, q)
    missing: RowRule
    dropped: int
    source: Polychoric

    @property
    def statistics(self) -> Array:
        """Thresholds and correlations in the order of `gamma` (q,)."""
        return np.concatenate([*self.thresholds, self.corr[np.triu_indices(len(self.names), 1)]])


def ordinal_moments(x: object, names: Sequence[str] | None = None, *, missing: Missing = "listwise") -> OrdinalMoments:
    """Thresholds, polychoric correlations and how they vary together from sample to sample.

    Parameters
    ----------
    x : rows or a sequence of batches
        Answers, numbers or labels in a declared order; batches are read twice.
    names : sequence of str, optional
        The items; all columns when not given.
    missing : {"listwise", "pairwise"}
        Rows that answer every item, or for each statistic the rows that answer its items.

    Returns
    -------
    OrdinalMoments
        `n` counts the rows used: complete ones, or with ``"pairwise"`` those with any answer.

    Raises
    ------
    ModelError
        ``polychoric.…`` as for `polychoric`; ``polychoric.read_once`` for counts and for batches that cannot be read
        again: the covariances of different pairs need the rows.

    Notes
    -----
    With A = [[A11, 0], [A21, A22]] the sums of outer products of the scores of both steps (for each item, for each
    pair) and B the sum of outer products of all scores, gamma = n A^-1 B A^-T. Each answer's influence A^-1 s is looked
    up in a table for each pair, so the cost is that of one matrix product, linear in n.

    References
    ----------
    Muthén, B. (1984). Psychometrika, 49, 115-132. Jöreskog, K. G. (1994). Psychometrika, 59, 381-389. R:
    ``lavTech(fit, "gamma")`` (NACOV).

    Examples
    --------
    >>> answers = {"a": [0, 0, 0, 1, 1, 1, 0, 1], "b": [0, 0, 0, 1, 1, 1, 1, 0]}
    >>> ordinal_moments(answers).gamma.shape
    (3, 3)
    """
    literal("missing", missing, MISSING)
    if isinstance(x, Contingency) or (not is_rows(x) and (not isinstance(x, Iterable) or iter(x) is x)):
        raise ModelError(problem("polychoric.read_once"))
    counted = ordered_counts(x, names, missing)
    source = polychoric(counted)
    pairs, at = padded(counted)
    found = influence(pairs, np.clip(source.corr[at], -EDGE, EDGE), counted.margins, at)
    size = sum(len(levels) - 1 for levels in counted.levels) + len(pairs.counts)
    products = np.zeros((size, size))
    for codes in _codes(x, counted):
        answered = _influences(codes, found, at)
        products += answered.T @ answered
    return OrdinalMoments(
        names=counted.names,
        levels=counted.levels,
        n=counted.n,
        thresholds=tuple(thresholds(margin) for margin in counted.margins),
        corr=source.corr,
        gamma=products * counted.n,
        missing=counted.missing,
        dropped=counted.dropped,
        source=source,
    )


def _codes(x: object, counted: Contingency) -> Iterator[Codes]:
    """Places of the answers along the levels of each item (k, rows), a part at a time; -1 for no answer."""
    part = max(1, _CELLS // (len(counted.tables) + sum(len(levels) for levels in counted.levels)))
    for batch in [x] if is_rows(x) else _batches(x):
        taken = rows(batch, counted.names)
        places = np.array([_placed(taken, name, counted.levels_of(name)) for name in counted.names])
        missing = places < 0
        kept = ~missing.any(axis=0) if counted.missing == "listwise" else ~missing.all(axis=0)
        places = places[:, kept]
        for start in range(0, places.shape[1], part):
            yield places[:, start : start + part]


def _batches(x: object) -> Iterable[object]:
    return x if isinstance(x, Iterable) else ()


def _placed(taken: Rows, name: str, levels: Sequence[Level]) -> Codes:
    """Codes of a column along the levels of all rows, -1 for no answer."""
    codes, own = coded(taken, name)
    place = np.array([levels.index(level) if level in levels else -1 for level in own] + [-1], dtype=np.intp)
    return place[codes]


def _influences(codes: Codes, found: Influence, at: tuple[Places, Places]) -> Array:
    """What each row adds to every statistic (rows, q)."""
    cuts = [weights[row] for weights, row in zip(found.thresholds, codes, strict=True)]
    size = found.correlations.shape[1]
    ends = np.where(codes < 0, size - 1, codes)
    flat = found.correlations.reshape(len(found.correlations), size * size)
    cells = ends[at[0]] * size + ends[at[1]]
    return np.column_stack([*cuts, np.take_along_axis(flat, cells, axis=1).T])
