"""Fisher's exact test of any cross table: by enumeration where that is possible, else by drawing tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
from scipy import optimize, special

from ..errors import Caution, ModelError, Place, problem
from .contingency import contingency, used_counts
from .effects import cramer_v, estimate
from .estimate import Estimate
from .moments import RowRule
from .resample import SEED
from .result import Result
from .rows import Array, check_level

_TIE = 1e-7  # R's fisher.test takes tables within this of each other as equally likely
_MOST_TABLES = 300_000  # more tables than this are drawn, not listed
_MOST_STEPS = 100_000  # ways to fill a column, summed over what is left for it: the time that listing takes
_BATCH = 2_000_000  # labels permuted at once


@dataclass(frozen=True)
class ExactTest(Result):
    """Fisher's exact test of a cross table.

    `method` is ``fisher.exact`` (all `tables` with these margins were listed, `p_se` is empty) or
    ``fisher.monte_carlo`` (`tables` were drawn from `seed`, and `p_se` is the error of p that this leaves).
    `odds_ratio` is the conditional estimate of a 2 x 2 table with its exact interval, empty for larger ones and where
    a zero makes it infinite; `effect` is Cramér's V.
    """

    method: str
    a: str
    b: str
    rows: int
    columns: int
    p: float
    p_se: float | None
    tables: int
    seed: int | None
    effect: Estimate
    odds_ratio: Estimate | None
    n: int
    missing: RowRule
    dropped: int
    level: float
    cautions: tuple[Caution, ...] = ()


def fisher_exact(x: object, a: str, b: str, *, draws: int = 20_000, seed: int = SEED, level: float = 0.95) -> ExactTest:
    """Ask whether two questions are related, without an approximation for small counts (Fisher).

    Parameters
    ----------
    x : rows or Contingency
        Answers or their counts.
    a, b : str
        The columns.
    draws : int
        Tables drawn where there are too many to list; the error of p is in the result.
    seed : int
        Source of chance of those draws.
    level : float
        Confidence level of Cramér's V and the odds ratio.

    Returns
    -------
    ExactTest
        p is the probability of all tables with these margins that are no likelier than the observed one.

    Raises
    ------
    ModelError
        ``chi_square.one_level``; ``fisher.draws`` for fewer than 100 draws.

    Notes
    -----
    A table has the probability prod(row!) prod(column!) / (n! prod(cell!)). Drawn: p = (1 + tables no likelier) /
    (1 + draws), with the error sqrt(p (1 - p) / draws).

    References
    ----------
    Freeman, G. H., & Halton, J. H. (1951). Biometrika, 38, 141-149. R: ``fisher.test(table(a, b))``,
    ``fisher.test(simulate.p.value = TRUE)``.

    Examples
    --------
    >>> answers = {"sex": ["f"] * 5 + ["m"] * 5, "yes": [1, 1, 1, 1, 0, 0, 0, 0, 0, 1]}
    >>> f"{fisher_exact(answers, 'sex', 'yes').p:.3f}"
    '0.206'
    """
    check_level(level)
    if draws < 100:
        raise ModelError(problem("fisher.draws", draws=draws, least=100))
    if a == b:
        raise ModelError(problem("contingency.same_column", Place(column=a), column=a))
    found = contingency(x, (a, b))
    counts, _ = used_counts(found, a, b)
    sums = counts.sum(axis=1), counts.sum(axis=0)
    total = counts.sum()
    expected = np.outer(*sums) / total
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    listed = table_count(counts, _MOST_TABLES)
    if listed is not None:
        p, error, method, tables = _listed(counts), None, "fisher.exact", listed
    else:
        p, method, tables = _drawn(counts, draws, np.random.default_rng(seed)), "fisher.monte_carlo", draws
        error = sqrt(p * (1 - p) / draws)
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return ExactTest(
        method=method,
        a=a,
        b=b,
        rows=counts.shape[0],
        columns=counts.shape[1],
        p=p,
        p_se=error,
        tables=tables,
        seed=None if listed is not None else seed,
        effect=estimate(cramer_v(chi2, df, total, min(counts.shape), level)),
        odds_ratio=_odds_ratio(counts, level) if counts.shape == (2, 2) else None,
        n=int(total),
        missing=found.missing,
        dropped=found.dropped + found.n - int(total),
        level=level,
    )


def table_count(counts: Array, most: int) -> int | None:
    """How many tables have the margins of `counts`; None where there are more than `most` or counting takes long."""
    wide = counts if counts.shape[0] <= counts.shape[1] else counts.T
    states: dict[tuple[int, ...], int] = {tuple(int(each) for each in wide.sum(axis=1)): 1}
    steps = 0
    for column in wide.sum(axis=0)[:-1]:
        following: dict[tuple[int, ...], int] = {}
        for left, ways in states.items():
            for filled in _fillings(left, int(column)):
                rest = tuple(have - put for have, put in zip(left, filled, strict=True))
                following[rest] = following.get(rest, 0) + ways
                steps += 1
                if steps > _MOST_STEPS:
                    return None
        states = following
        if sum(states.values()) > most:
            return None
    return sum(states.values())


def _fillings(left: tuple[int, ...], column: int) -> Iterator[tuple[int, ...]]:
    """Ways to put `column` answers into rows that have room for `left` each."""
    if len(left) == 1:
        if column <= left[0]:
            yield (column,)
        return
    room = sum(left[1:])
    for put in range(max(0, column - room), min(left[0], column) + 1):
        for others in _fillings(left[1:], column - put):
            yield (put, *others)


def _listed(counts: Array) -> float:
    """p over all tables: partial sums of log(1 / cell!) of each state of the rows, column by column."""
    wide = counts if counts.shape[0] <= counts.shape[1] else counts.T
    states = {tuple(int(each) for each in wide.sum(axis=1)): np.zeros(1)}
    for column in wide.sum(axis=0):
        following: dict[tuple[int, ...], list[Array]] = {}
        for left, logs in states.items():
            for filled in _fillings(left, int(column)):
                rest = tuple(have - put for have, put in zip(left, filled, strict=True))
                following.setdefault(rest, []).append(logs + _weight(np.array(filled, dtype=np.float64)))
        states = {rest: np.concatenate(parts) for rest, parts in following.items()}
    logs = states[(0,) * wide.shape[0]]
    weights = np.exp(logs - logs.max())
    return min(float(weights[logs <= _weight(wide.ravel()) + _TIE].sum() / weights.sum()), 1.0)


def _weight(counts: Array) -> float:
    """Logarithm of prod(1 / cell!), which the margins turn into a probability."""
    return -float(special.gammaln(counts + 1).sum())


def _drawn(counts: Array, draws: int, rng: np.random.Generator) -> float:
    """p over tables drawn by dealing the labels of one question anew."""
    sums = counts.sum(axis=1).astype(np.intp), counts.sum(axis=0).astype(np.intp)
    n, cells = int(sums[0].sum()), counts.size
    rows, columns = np.repeat(np.arange(len(sums[0])), sums[0]), np.repeat(np.arange(len(sums[1])), sums[1])
    here, below, left = _weight(counts.ravel()) + _TIE, 0, draws
    while left:
        batch = min(left, max(1, _BATCH // n))
        dealt = rng.permuted(np.tile(columns, (batch, 1)), axis=1)
        place = np.arange(batch)[:, None] * cells + rows * len(sums[1]) + dealt
        tables = np.bincount(place.ravel(), minlength=batch * cells).reshape(batch, cells)
        below += int((-special.gammaln(tables + 1.0).sum(axis=1) <= here).sum())
        left -= batch
    return (1 + below) / (1 + draws)


def _odds_ratio(counts: Array, level: float) -> Estimate | None:
    """Conditional estimate and interval of the odds ratio (as R's fisher.test); none where a cell bounds it."""
    first, second = counts.sum(axis=1)
    column, here = counts[:, 0].sum(), counts[0, 0]
    k = np.arange(max(0.0, column - second), min(first, column) + 1)
    if here in (k[0], k[-1]):
        return None
    logs = -(
        special.gammaln(k + 1) + special.gammaln(first - k + 1) + special.gammaln(column - k + 1)
        + special.gammaln(second - column + k + 1)
    )  # fmt: skip

    def chances(log_odds: float) -> Array:
        weights = logs + log_odds * k
        shares = np.exp(weights - weights.max())
        return np.asarray(shares / shares.sum())

    def solve(target: float, values: Array) -> float:
        """Odds at which the mean of `values`, which grows or falls with them, is `target`."""
        return exp(optimize.brentq(lambda log: float(chances(log) @ values) - target, -60.0, 60.0, xtol=1e-13))

    tail = (1 - level) / 2
    value = solve(float(here), k)
    low, high = solve(tail, (k >= here).astype(np.float64)), solve(tail, (k <= here).astype(np.float64))
    return Estimate(value, None, low, high, level, "fisher")
