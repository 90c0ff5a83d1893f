"""Kendall's W: how far raters put the same targets into the same order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from math import factorial

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .agreement import Agreement, AgreementRow, ErrorRow, IndexRow
from .distributions import chi2_upper
from .ratings import read_ratings
from .rows import Array, check_level

_EXACT = 50_000  # orders that are worth listing
_LEAST_REPS = 100
_TIE = 1e-9


def kendall_w(
    ratings: object,
    *,
    target: str | None = None,
    rater: str | None = None,
    score: str | None = None,
    rng: np.random.Generator | None = None,
    reps: int = 9999,
    level: float = 0.95,
) -> Agreement:
    """Measure how far raters rank the targets alike (Kendall's coefficient of concordance).

    Parameters
    ----------
    ratings : rows
        One row for each rating, with the three names; or one row for each target and one column for each rater.
    target, rater, score : str, optional
        Columns: who was rated, by whom, and the score or rank.
    rng : numpy.random.Generator, optional
        Source of chance for the permutation p where there are too many orders to list.
    reps : int
        Random orders.
    level : float
        Kept beside the result; W has no interval here.

    Returns
    -------
    Agreement
        Form ``W`` with the p of chi-square; `errors` adds the p of permutations (exact where at most 50,000 orders of
        the raters' scores exist, random with `rng` otherwise). `n` counts the targets that all raters rated.

    Raises
    ------
    ModelError
        ``kendall.too_few_targets``; ``kendall.constant_rater`` naming a rater who gave everybody the same score.

    Notes
    -----
    W = (12 S) / (m^2 (n^3 - n) - m T), S the squared deviations of the targets' rank sums, T the sum of t^3 - t over
    every rater's ties. chi2 = m (n - 1) W with n - 1 degrees of freedom, rough for fewer than eight targets. Random
    permutations give p = (1 + count of W as large) / (1 + reps).

    References
    ----------
    Kendall, M. G., & Babington Smith, B. (1939). Annals of Mathematical Statistics, 10, 275-287. Legendre, P. (2005).
    Journal of Agricultural, Biological, and Environmental Statistics, 10, 226-245. R: ``irr::kendall(x, TRUE)``.

    Examples
    --------
    >>> found = kendall_w({"a": [1, 2, 3, 4], "b": [1, 3, 2, 4], "c": [2, 1, 3, 4]})
    >>> f"{found['W'].value:.3f}"
    '0.778'
    """
    check_level(level)
    if reps < _LEAST_REPS:
        raise ModelError(problem("krippendorff.reps", reps=int(reps), least=_LEAST_REPS))
    found = read_ratings(ratings, target, rater, score)
    table = found.table()
    whole = table[~np.isnan(table).any(axis=1)]
    n, m = whole.shape
    if n < 2:
        raise ModelError(problem("kendall.too_few_targets", n=n, least=2))
    flat = tuple(name for name, column in zip(found.raters, whole.T, strict=True) if np.ptp(column) == 0)
    if flat:
        raise ModelError(problem("kendall.constant_rater", raters=flat))
    ranks, ties = mid_ranks(whole)
    largest = (m**2 * (n**3 - n) - m * ties) / 12
    spread = _spread(ranks.sum(axis=1)[None, :], m)[0]
    w = float(spread / largest)
    chi2 = m * (n - 1) * w
    p = chi2_upper(chi2, n - 1)
    tests = [ErrorRow("W", None, None, "chi2", chi2, p)]
    tests.extend(_permuted(ranks, float(spread), rng, reps))
    return Agreement(
        method="kendall",
        n=n,
        raters=m,
        ratings=n * m,
        dropped=len(table) - n + found.dropped,
        level=level,
        rows=(AgreementRow("W", w, df1=n - 1, p=p),),
        error_rows=tuple(tests),
        index_rows=(IndexRow("mean_spearman", (m * w - 1) / (m - 1)),) if ties == 0 else (),
        cautions=(*_cautions(len(table) - n, n, len(tests) > 1), *found.cautions()),
    )


def mid_ranks(values: Array) -> tuple[Array, float]:
    """Ranks down each column, ties at their middle; and the sum of t^3 - t over all ties."""
    ranks, ties = np.empty_like(values, dtype=np.float64), 0.0
    for at, column in enumerate(values.T):
        _, place, count = np.unique(column, return_inverse=True, return_counts=True)
        ranks[:, at] = (np.cumsum(count) - (count - 1) / 2)[place]
        ties += float((count.astype(np.float64) ** 3 - count).sum())
    return ranks, ties


def _spread(sums: Array, m: int) -> Array:
    """(reps,) squared deviations of rank sums (reps, n) from their mean."""
    return np.asarray(((sums - m * (sums.shape[1] + 1) / 2) ** 2).sum(axis=1))


def _permuted(ranks: Array, spread: float, rng: np.random.Generator | None, reps: int) -> Iterator[ErrorRow]:
    """p of orders drawn at random within raters; all orders where they can be listed (the first rater's is fixed)."""
    n, m = ranks.shape
    limit = spread * (1 - _TIE)
    if factorial(n) ** (m - 1) <= _EXACT:
        orders = np.array(list(permutations(range(n))))
        sums = np.array([
            ranks[:, 0] + sum(ranks[order, at + 1] for at, order in enumerate(choice))
            for choice in product(orders, repeat=m - 1)
        ])  # fmt: skip
        yield ErrorRow("W", None, None, "permutation_exact", None, float((_spread(sums, m) >= limit).mean()))
    elif rng is not None:
        sums = np.zeros((reps, n))
        for at in range(m):
            sums += rng.permuted(np.tile(ranks[:, at], (reps, 1)), axis=1)
        reached = int((_spread(sums, m) >= limit).sum())
        yield ErrorRow("W", None, None, "permutation", None, (1 + reached) / (1 + reps))


def _cautions(dropped: int, n: int, permuted: bool) -> Iterator[Caution]:
    if dropped:
        yield caution("agreement.targets_left_out", "note", dropped=dropped, n=n)
    least = int(cutoff("agreement.kendall_targets"))
    if n < least and not permuted:
        yield caution("kendall.few_targets", n=n, least=least)
    elif n < least:
        yield caution("kendall.few_targets_permuted", "note", n=n, least=least)
