"""Lower bounds of reliability: Guttman's six coefficients, and every way to split a scale into two halves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, caution, problem
from .estimate import Estimate
from .moments import Moments, RowRule, moments, moments_cautions
from .reliability import alpha_of, refuse, scale_cautions
from .resample import SEED
from .result import Result, Row
from .rows import MISSING, Array, Missing, literal, unknown_column

Metric: TypeAlias = Literal["covariances", "correlations"]
Half: TypeAlias = npt.NDArray[np.bool_]  # (k,) items of the first half
METRICS: tuple[Metric, ...] = ("covariances", "correlations")

_ALL = 16  # items up to which every split is tried: 6,435 of them
_STARTS = 60  # of the search beyond
_SINGULAR = 1e-12


@dataclass(frozen=True)
class Guttman(Result):
    """Guttman's lower bounds of reliability.

    `lambda3` is Cronbach's alpha, `lambda4` the best split half; `half` holds the items of its first half, the others
    make the second. `lambda6` is None where an item is a sum of others.
    """

    lambda1: Estimate
    lambda2: Estimate
    lambda3: Estimate
    lambda4: Estimate
    lambda5: Estimate
    lambda6: Estimate | None
    half: tuple[str, ...]
    exact: bool
    of: Metric
    k: int
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def lambdas(self) -> tuple[Estimate | None, ...]:
        """The six of them, in order."""
        return (self.lambda1, self.lambda2, self.lambda3, self.lambda4, self.lambda5, self.lambda6)


@dataclass(frozen=True)
class Split(Row):
    """Two halves of a scale: correlation of their sums, stepped up to the whole, and Guttman's coefficient.

    `r` and `spearman_brown` are None where a half does not vary.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    r: float | None
    spearman_brown: float | None
    guttman: float


@dataclass(frozen=True)
class SplitHalf(Result):
    """Reliability from halves of a scale.

    `best` and `worst` are by Guttman's coefficient over all splits into halves, `mean` is over the same splits;
    `spearman_brown_best` … are those of the stepped-up correlation. `given` is the split that was asked for.
    """

    best: Split
    worst: Split
    mean: float
    spearman_brown_best: float | None
    spearman_brown_worst: float | None
    spearman_brown_mean: float | None
    odd_even: Split
    given: Split | None
    splits: int
    exact: bool
    of: Metric
    k: int
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]


def guttman(
    x: object, names: Sequence[str] | None = None, *, of: Metric = "covariances", missing: Missing = "listwise"
) -> Guttman:
    """Bound the reliability of a scale from below (Guttman's lambda 1 to 6).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers, one column for each item, reversed items already recoded; or their moments.
    names : sequence of str, optional
        The items; all columns when not given.
    of : {"covariances", "correlations"}
        Items as they are, or standardised (as R's psych does).
    missing : {"listwise", "pairwise"}
        Rows that answer every item, or each covariance over the rows that answer both items.

    Returns
    -------
    Guttman
        Lower bounds: the largest is the best guess, but `lambda4` capitalises on chance in small samples.

    Raises
    ------
    ModelError
        ``reliability.…`` as for `alpha`.

    Notes
    -----
    With covariances C of sum V and trace T: l1 = 1 - T / V; l2 = l1 + sqrt(k / (k - 1) sum of squared covariances) / V;
    l3 = k / (k - 1) l1; l4 = 4 C_AB / V for the best halves A and B; l5 = l1 + 2 sqrt(largest row sum of squared
    covariances) / V; l6 = 1 - sum of error variances on all other items / V. Up to 16 items every split into halves is
    tried; beyond, exchanges of two items from 60 starts, and a caution says so.

    References
    ----------
    Guttman, L. (1945). A basis for analyzing test-retest reliability. Psychometrika, 10, 255-282. R:
    ``psych::guttman(r)`` (of correlations), ``psych::splitHalf``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.5, 0.5, 1], [0.5, 0.5, 0.5, 1]], n=100, names=["a", "b", "c", "d"])
    >>> found = guttman(m)
    >>> round(found.lambda3.value, 6), round(found.lambda4.value, 6), round(found.lambda1.value, 6)
    (0.8, 0.8, 0.6)
    """
    m, c = _source(x, names, of, missing)
    k, whole = len(c), float(c.sum())
    squares = c**2 - np.diag(np.diag(c) ** 2)
    one = 1 - float(np.trace(c)) / whole
    best, _, exact = _extremes(c)
    six = _six(c)
    values = {
        "lambda1": one,
        "lambda2": one + float(np.sqrt(k / (k - 1) * squares.sum())) / whole,
        "lambda3": alpha_of(c),
        "lambda4": _guttman(c, best),
        "lambda5": one + 2 * float(np.sqrt(squares.sum(axis=1).max())) / whole,
    }
    return Guttman(
        **{name: Estimate(value, method="guttman") for name, value in values.items()},
        lambda6=None if six is None else Estimate(six, method="guttman"),
        half=tuple(np.array(m.names)[best].tolist()),
        exact=exact,
        of=of,
        k=k,
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        cautions=(*_search_cautions(k, exact), *scale_cautions(m), *moments_cautions(m)),
    )


def split_half(
    x: object,
    names: Sequence[str] | None = None,
    *,
    halves: tuple[Sequence[str], Sequence[str]] | None = None,
    of: Metric = "covariances",
    missing: Missing = "listwise",
) -> SplitHalf:
    """Split a scale into halves: the best, the worst, the mean, odd against even items, and halves of your own.

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers, one column for each item, reversed items already recoded; or their moments.
    names : sequence of str, optional
        The items; all columns when not given.
    halves : pair of sequences of str, optional
        Two sets of items that make up the scale, for `given`.
    of : {"covariances", "correlations"}
        Items as they are, or standardised (as R's psych does).
    missing : {"listwise", "pairwise"}
        Rows that answer every item, or each covariance over the rows that answer both items.

    Returns
    -------
    SplitHalf
        Halves of an odd number of items differ by one.

    Raises
    ------
    ModelError
        ``reliability.…`` as for `alpha`; ``split.…`` for halves that are empty, overlap, leave out an item or name an
        unknown one.

    Notes
    -----
    Spearman-Brown: 2 r / (1 + r). Guttman's coefficient, which Rulon and Flanagan write otherwise:
    4 cov(A, B) / var(A + B) = 2 (1 - (var A + var B) / var(A + B)). Its mean over all splits of an even number of items
    is Cronbach's alpha.

    References
    ----------
    Spearman, C. (1910); Brown, W. (1910). British Journal of Psychology, 3. Rulon, P. J. (1939). Harvard Educational
    Review, 9, 99-103. R: ``psych::splitHalf(r)``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.5, 0.5, 1], [0.5, 0.5, 0.5, 1]], n=100, names=["a", "b", "c", "d"])
    >>> round(split_half(m).odd_even.spearman_brown, 6)
    0.8
    """
    m, c = _source(x, names, of, missing)
    k, size = len(c), len(c) // 2
    best, worst, exact = _extremes(c)
    stepped = _stepped_up(c) if exact else None
    pairs = size * (k - size)
    return SplitHalf(
        best=_split(m, c, best),
        worst=_split(m, c, worst),
        mean=4 * pairs / (k * (k - 1)) * float(c.sum() - np.trace(c)) / float(c.sum()),
        spearman_brown_best=None if stepped is None else float(stepped.max()),
        spearman_brown_worst=None if stepped is None else float(stepped.min()),
        spearman_brown_mean=None if stepped is None else float(stepped.mean()),
        odd_even=_split(m, c, np.arange(k) % 2 == 0),
        given=None if halves is None else _split(m, c, _given(m.names, halves)),
        splits=comb(k, size) // (2 if k == 2 * size else 1),
        exact=exact,
        of=of,
        k=k,
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        cautions=(*_search_cautions(k, exact), *scale_cautions(m), *moments_cautions(m)),
    )


def _source(x: object, names: Sequence[str] | None, of: Metric, missing: Missing) -> tuple[Moments, Array]:
    """Moments and the matrix that the coefficients are of."""
    literal("of", of, METRICS)
    literal("missing", missing, MISSING)
    m = moments(x, names, missing=missing)
    refuse(m)
    return m, m.corr if of == "correlations" else m.cov


def _six(c: Array) -> float | None:
    """1 - sum of what regressions on all other items leave / sum; none where nothing is left of an item."""
    sd = np.sqrt(np.diag(c))
    if (sd == 0).any() or np.linalg.eigvalsh(c / np.outer(sd, sd))[0] < _SINGULAR:
        return None
    return 1 - float((1 / np.diag(np.linalg.inv(c))).sum() / c.sum())


def _extremes(c: Array) -> tuple[Half, Half, bool]:
    """First halves (as masks) of the best and the worst split, and whether every split was tried."""
    if len(c) <= _ALL:
        halves = _halves(len(c))
        between = _between(c, halves)
        return halves[int(between.argmax())] > 0, halves[int(between.argmin())] > 0, True
    return _search(c, 1.0), _search(c, -1.0), False


def _halves(k: int) -> Array:
    """Every first half (splits, k) as zeros and ones; of an even number of items each split once."""
    size = k // 2
    picked = np.array(list(combinations(range(k), size)))
    if k == 2 * size:
        picked = picked[picked[:, 0] == 0]
    found = np.zeros((len(picked), k))
    np.put_along_axis(found, picked, 1.0, axis=1)
    return found


def _between(c: Array, halves: Array) -> Array:
    """Covariance of the sums of both halves of each split."""
    return np.asarray(((halves @ c) * (1 - halves)).sum(axis=1))


def _search(c: Array, sign: float) -> Half:
    """The best of many exchanges: two items change sides as long as that helps, from random halves."""
    k = len(c)
    rng = np.random.default_rng(SEED)
    best, best_value = np.zeros(k, dtype=bool), -np.inf
    for _ in range(_STARTS):
        side = np.where(rng.permutation(k) < k // 2, 1.0, -1.0)
        while True:
            pull = c @ side - np.diag(c) * side
            a, b = np.flatnonzero(side > 0), np.flatnonzero(side < 0)
            # s'Cs falls by this much when i and j change sides; the halves then covary more
            gain = sign * (4 * (pull[a][:, None] - pull[b][None, :]) + 8 * c[np.ix_(a, b)])
            i, j = np.unravel_index(int(gain.argmax()), gain.shape)
            if gain[i, j] <= 1e-12 * abs(float(c.sum())):
                break
            side[a[i]], side[b[j]] = -1.0, 1.0
        value = -sign * float(side @ c @ side)
        if value > best_value:
            best, best_value = side > 0, value
    return np.asarray(best)


def _guttman(c: Array, half: Half) -> float:
    return 4 * float(c[np.ix_(half, ~half)].sum()) / float(c.sum())


def _stepped_up(c: Array) -> Array | None:
    """Spearman-Brown of every split; none if a half does not vary."""
    halves = _halves(len(c))
    within = ((halves @ c) * halves).sum(axis=1) * (((1 - halves) @ c) * (1 - halves)).sum(axis=1)
    if (within <= 0).any():
        return None
    r = _between(c, halves) / np.sqrt(within)
    return np.asarray(2 * r / (1 + r)) if (r > -1).all() else None


def _split(m: Moments, c: Array, half: Half) -> Split:
    a, b = np.array(m.names)[half].tolist(), np.array(m.names)[~half].tolist()
    within = float(c[np.ix_(half, half)].sum()) * float(c[np.ix_(~half, ~half)].sum())
    r = float(c[np.ix_(half, ~half)].sum()) / within**0.5 if within > 0 else None
    return Split(
        a=tuple(a),
        b=tuple(b),
        r=r,
        spearman_brown=None if r is None or r <= -1 else 2 * r / (1 + r),
        guttman=_guttman(c, half),
    )


def _given(names: Sequence[str], halves: tuple[Sequence[str], Sequence[str]]) -> Half:
    """The first half as a mask, if both make up the scale."""
    a, b = (tuple(half) for half in halves)
    unknown = [unknown_column(name, names) for name in (*a, *b) if name not in names]
    if unknown:
        raise ModelError(*unknown)
    if not a or not b:
        raise ModelError(problem("split.empty_half"))
    both = tuple(name for name in names if (*a, *b).count(name) > 1)
    if both:
        raise ModelError(problem("split.overlap", Place(column=both[0]), items=both))
    left = tuple(name for name in names if name not in (*a, *b))
    if left:
        raise ModelError(problem("split.left_out", Place(column=left[0]), items=left))
    return np.array([name in a for name in names])


def _search_cautions(k: int, exact: bool) -> Iterator[Caution]:
    if not exact:
        yield caution("split.search", "note", k=k, most=_ALL, starts=_STARTS)
