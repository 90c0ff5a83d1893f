"""Pearson correlations of all pairs of columns, with tests and intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import atanh, sqrt, tanh
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from .moments import Moments, RowRule, moments, moments_cautions, pair_correlations, pairwise
from .result import Result, Row, frame
from .rows import MISSING, Array, Missing, check_level, literal
from .tails import normal_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd

PERFECT = 1e-14  #: 1 - |r| below which r is 1 but for rounding


@dataclass(frozen=True)
class PairRow(Row):
    """One correlation; a perfect one has no t."""

    a: str
    b: str
    r: float
    n: int
    t: float | None
    df: int
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Correlations(Result):
    """Correlations of all pairs; `n` counts the rows used by the row rule `missing`, each pair carries its own.

    `method` is ``pearson``, ``spearman`` or ``partial`` (all other columns held equal).
    """

    names: tuple[str, ...]
    n: int
    missing: RowRule
    dropped: int
    level: float
    pair_rows: tuple[PairRow, ...]
    cautions: tuple[Caution, ...]
    method: str = "pearson"

    @property
    def pairs(self) -> pd.DataFrame:
        """One line for each pair."""
        return frame(self.pair_rows, PairRow)

    @property
    def matrix(self) -> pd.DataFrame:
        """The whole matrix, ones on its diagonal."""
        import pandas as pd

        square = np.eye(len(self.names))
        for row in self.pair_rows:
            i, j = self.names.index(row.a), self.names.index(row.b)
            square[i, j] = square[j, i] = row.r
        return pd.DataFrame(square, index=list(self.names), columns=list(self.names))


def correlate(
    x: object, names: Sequence[str] | None = None, *, level: float = 0.95, missing: Missing = "listwise"
) -> Correlations:
    """Correlate every pair of columns (Pearson's r).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or scores, one column each; or their moments.
    names : sequence of str, optional
        The columns; all when not given.
    level : float
        Confidence level of the intervals.
    missing : {"listwise", "pairwise"}
        Rows complete on all columns, or for each pair the rows that answer both.

    Returns
    -------
    Correlations
        `n` of each pair is the number of rows behind it.

    Raises
    ------
    ModelError
        ``correlation.…``: fewer than two columns or four rows, a column that is constant; ``moments.…``.

    Notes
    -----
    t = r sqrt((n - 2) / (1 - r^2)) with n - 2 degrees of freedom; the interval is Fisher's,
    tanh(atanh r +- z / sqrt(n - 3)). Both assume that the pairs are independent and normal.

    References
    ----------
    Fisher, R. A. (1921). Metron, 1, 3-32. R: ``cor.test(a, b)``.

    Examples
    --------
    >>> row = correlate({"a": [1, 2, 3, 4, 5], "b": [2, 1, 4, 3, 5]}).pair_rows[0]
    >>> f"r = {row.r:.2f}, p = {row.p:.3f}"
    'r = 0.80, p = 0.104'
    """
    literal("missing", missing, MISSING)
    check_level(level)
    m, corr, counts = _source(x, names, missing)
    if len(m.names) < 2:
        raise ModelError(problem("correlation.too_few_columns", k=len(m.names), least=2))
    found = tuple(_pairs(m.names, corr, counts, level))
    perfect = (caution("correlation.perfect", a=row.a, b=row.b) for row in found if row.t is None)
    excluded = (
        (caution("rows.excluded", "note", dropped=m.dropped, n=m.n, total=m.n + m.dropped),)
        if m.dropped and m.missing == "listwise"
        else ()
    )
    return Correlations(m.names, m.n, m.missing, m.dropped, level, found, (*perfect, *excluded, *moments_cautions(m)))


def _source(x: object, names: Sequence[str] | None, missing: Missing) -> tuple[Moments, Array, Array]:
    """Moments, correlations and the rows behind each pair."""
    if missing == "pairwise" and not isinstance(x, Moments):
        m, block = pairwise(x, names)
        counts = block.count
        _refuse(m, np.diag(block.square), int(counts.min(initial=m.n)))
        return m, pair_correlations(m.names, block), counts
    m = moments(x, names)
    if m.missing == "pairwise":
        raise ModelError(problem("correlation.needs_rows"))
    _refuse(m, np.diag(m.cov), m.n)
    return m, m.corr, np.full_like(m.cov, m.n)


def _refuse(m: Moments, spread: Array, n: int) -> None:
    if n < 4:
        raise ModelError(problem("correlation.too_few_rows", n=n, least=4))
    flat = tuple(name for name, square in zip(m.names, spread, strict=True) if square <= 0)
    if flat:
        raise ModelError(problem("moments.no_variance", Place(column=flat[0]), columns=flat))


def _pairs(names: Sequence[str], corr: Array, counts: Array, level: float) -> Iterator[PairRow]:
    z = normal_quantile((1 + level) / 2)
    for i, j in combinations(range(len(names)), 2):
        r, n = float(min(max(corr[i, j], -1.0), 1.0)), int(counts[i, j])
        if 1 - abs(r) < PERFECT:
            yield PairRow(names[i], names[j], r, n, None, n - 2, 0.0, r, r)
            continue
        t = r * sqrt((n - 2) / ((1 - r) * (1 + r)))
        low, high = _fisher(r, n, z)
        yield PairRow(names[i], names[j], r, n, t, n - 2, t_two_sided(t, n - 2), low, high)


def _fisher(r: float, n: int, z: float) -> tuple[float, float]:
    """tanh(atanh r +- z / sqrt(n - 3))."""
    return tanh(atanh(r) - z / sqrt(n - 3)), tanh(atanh(r) + z / sqrt(n - 3))
