"""Whether items share enough to be factored: KMO and Bartlett's test, and correlations that can be factored at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, Place, Problem, caution, problem
from ..rules import cutoff
from .distributions import chi2_upper
from .moments import Moments, RowRule, moments, moments_cautions
from .result import Result, Row, frame
from .rows import Array

if TYPE_CHECKING:
    import pandas as pd

_SAME = 1e-10  # 1 - |r| of two items that are copies of one another
_SINGULAR = 1e-10  # an eigenvalue this small is zero
_PART = 1e-6


@dataclass(frozen=True)
class KmoRow(Row):
    """Measure of sampling adequacy of one item."""

    item: str
    msa: float


@dataclass(frozen=True)
class Kmo(Result):
    """Kaiser-Meyer-Olkin measure of sampling adequacy: of all items together and of each."""

    overall: float
    item_rows: tuple[KmoRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def items(self) -> pd.DataFrame:
        """One line for each item."""
        return frame(self.item_rows, KmoRow)


@dataclass(frozen=True)
class AntiImageRow(Row):
    """Two items: what their anti-images share, as a covariance and as a correlation (a partial one, sign turned).

    Of an item with itself: the variance that no other item explains, and its measure of sampling adequacy, as SPSS
    prints them on the two diagonals.
    """

    a: str
    b: str
    covariance: float
    correlation: float


@dataclass(frozen=True)
class AntiImage(Result):
    """Anti-image matrices; rows hold the lower triangle with the diagonal."""

    names: tuple[str, ...]
    pair_rows: tuple[AntiImageRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def covariance(self) -> pd.DataFrame:
        """Items by items; 1 - R² of each item on the others along the diagonal."""
        return self._matrix("covariance")

    @property
    def correlation(self) -> pd.DataFrame:
        """Items by items; the measure of sampling adequacy of each along the diagonal."""
        return self._matrix("correlation")

    def _matrix(self, what: str) -> pd.DataFrame:
        import pandas as pd

        found = pd.DataFrame(np.zeros((len(self.names),) * 2), index=list(self.names), columns=list(self.names))
        for row in self.pair_rows:
            found.loc[row.a, row.b] = found.loc[row.b, row.a] = row[what]
        return found


@dataclass(frozen=True)
class Bartlett(Result):
    """Bartlett's test that the items are uncorrelated; `log_determinant` is that of their correlations."""

    chi2: float
    df: int
    p: float
    log_determinant: float
    k: int
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]


def kmo(x: object, names: Sequence[str] | None = None) -> Kmo:
    """Measure whether the items share enough variance to be factored (Kaiser, Meyer, Olkin).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or their moments (``moments(x, missing="pairwise")`` for another row rule).
    names : sequence of str, optional
        The items; all columns when not given.

    Returns
    -------
    Kmo
        Between 0 and 1, for all items (`overall`) and each (`items`).

    Raises
    ------
    ModelError
        ``factors.…``: no more rows than items, items that are copies or sums of others (named), no variance.

    Notes
    -----
    Sum of squared correlations over the sum of squared correlations and squared partial correlations, off the diagonal.

    References
    ----------
    Kaiser, H. F., & Rice, J. (1974). Little Jiffy, Mark IV. Educational and Psychological Measurement, 34, 111-117.
    R: ``psych::KMO(x)``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.5, 0.5, 1]], n=100, names=["q1", "q2", "q3"])
    >>> round(kmo(m).overall, 4)
    0.6923
    """
    m = moments(x, names)
    corr = factorable(m)
    each, overall = _adequacy(corr)
    lines = tuple(KmoRow(name, float(value)) for name, value in zip(m.names, each, strict=True))
    return Kmo(overall, lines, m.n, m.missing, m.dropped, (*_kmo_cautions(overall, lines), *factor_cautions(m)))


def anti_image(x: object, names: Sequence[str] | None = None) -> AntiImage:
    """Show what items share with one another alone, once the others are held constant (anti-image matrices).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or their moments.
    names : sequence of str, optional
        The items; all columns when not given.

    Returns
    -------
    AntiImage
        Off the diagonal small numbers are good; on the diagonal of `correlation` stands each item's MSA.

    Raises
    ------
    ModelError
        ``factors.…`` as in `kmo`.

    Notes
    -----
    With D = diag(R^-1)^-1: covariances D R^-1 D, correlations D^1/2 R^-1 D^1/2.

    References
    ----------
    Guttman, L. (1953). Image theory for the structure of quantitative variates. Psychometrika, 18, 277-296. Kaiser, H.
    F., & Rice, J. (1974). R: ``psych::KMO(x)$Image``, ``$ImCov``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.5, 0.5, 1]], n=100, names=["q1", "q2", "q3"])
    >>> anti_image(m).covariance.round(4)["q1"].tolist()
    [0.6667, -0.2222, -0.2222]
    """
    m = moments(x, names)
    corr = factorable(m)
    each, _ = _adequacy(corr)
    left = 1 - squared_multiple(corr)
    correlation = -_partial(corr)
    covariance = correlation * np.sqrt(np.outer(left, left))
    np.fill_diagonal(correlation, each)
    np.fill_diagonal(covariance, left)
    lines = tuple(
        AntiImageRow(m.names[i], m.names[j], float(covariance[i, j]), float(correlation[i, j]))
        for i in range(len(corr))
        for j in range(i + 1)
    )
    adequacy = [KmoRow(name, float(value)) for name, value in zip(m.names, each, strict=True)]
    return AntiImage(m.names, lines, m.n, m.missing, m.dropped, (*_msa_cautions(adequacy), *factor_cautions(m)))


def bartlett(x: object, names: Sequence[str] | None = None) -> Bartlett:
    """Ask whether the items are correlated at all (Bartlett's test of sphericity).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or their moments.
    names : sequence of str, optional
        The items; all columns when not given.

    Returns
    -------
    Bartlett
        chi-square, its degrees of freedom and p.

    Raises
    ------
    ModelError
        ``factors.…`` as in `kmo`: with n <= k or a singular matrix the test would say p = 0 of anything.

    Notes
    -----
    chi2 = -(n - 1 - (2k + 5) / 6) log det R with k (k - 1) / 2 degrees of freedom.

    References
    ----------
    Bartlett, M. S. (1951). Biometrika, 38, 337-344. R: ``psych::cortest.bartlett(R, n)``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.5, 0.5, 1]], n=100, names=["q1", "q2", "q3"])
    >>> f"{bartlett(m).chi2:.2f}, df = {bartlett(m).df}"
    '67.35, df = 3'
    """
    m = moments(x, names)
    corr = factorable(m)
    k = len(corr)
    log_det = float(np.linalg.slogdet(corr)[1])
    chi2, df = -(m.n - 1 - (2 * k + 5) / 6) * log_det, k * (k - 1) // 2
    return Bartlett(chi2, df, chi2_upper(chi2, df), log_det, k, m.n, m.missing, m.dropped, factor_cautions(m))


def factorable(m: Moments) -> Array:
    """Correlations of items that can be factored; everything else is refused with the names of the items."""
    k = len(m.names)
    if k < 2:
        raise ModelError(problem("factors.too_few_items", k=k, least=2))
    if m.n <= k:
        raise ModelError(problem("factors.too_few_rows", n=m.n, k=k))
    corr = m.corr
    values = np.linalg.eigvalsh(corr)
    if values[0] < -_SINGULAR:
        raise ModelError(problem("factors.not_positive_definite", eigenvalue=float(values[0])))
    copies = [(a, b) for a, b in combinations(range(k), 2) if abs(corr[a, b]) > 1 - _SAME]
    if copies:
        raise ModelError(*(_copy(m.names[a], m.names[b]) for a, b in copies))
    if values[0] < _SINGULAR:
        items = _dependent(corr, m.names)
        raise ModelError(problem("factors.linear_relation", Place(column=items[-1]), items=items))
    return corr


def factor_cautions(m: Moments) -> tuple[Caution, ...]:
    """Few rows for so many items, rows left out, pairwise matrices."""
    found: list[Caution] = []
    least = int(cutoff("factors.n_per_item")) * len(m.names)
    if m.n < least:
        found.append(caution("factors.small_n", n=m.n, least=least, k=len(m.names)))
    if m.dropped and m.missing == "listwise":
        found.append(caution("rows.excluded", "note", dropped=m.dropped, n=m.n, total=m.n + m.dropped))
    return (*found, *moments_cautions(m))


def squared_multiple(corr: Array) -> Array:
    """R^2 of each item on all others: 1 - 1 / diagonal of the inverse."""
    return np.asarray(1 - 1 / np.diag(np.linalg.inv(corr)))


def _copy(a: str, b: str) -> Problem:
    return problem("factors.duplicate_items", Place(column=b), a=a, b=b)


def _dependent(corr: Array, names: Sequence[str]) -> tuple[str, ...]:
    """The first item that is a linear combination of those before it, with the items it is made of.

    The columns of a root of the matrix have its correlations; the last diagonal of R is the distance to those before.
    """
    values, vectors = np.linalg.eigh(corr)
    root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    for j in range(1, len(names)):
        weights, *_ = np.linalg.lstsq(root[:, :j], root[:, j], rcond=None)
        if float(np.sum((root[:, j] - root[:, :j] @ weights) ** 2)) < 10 * _SINGULAR:
            return (*(names[i] for i in range(j) if abs(weights[i]) > _PART), names[j])
    return tuple(names)


def _adequacy(corr: Array) -> tuple[Array, float]:
    """Measure of sampling adequacy of each item and of all."""
    r2, p2 = _off_diagonal(corr) ** 2, _off_diagonal(_partial(corr)) ** 2
    each = r2.sum(axis=1) / (r2.sum(axis=1) + p2.sum(axis=1))
    return each, float(r2.sum() / (r2.sum() + p2.sum()))


def _partial(corr: Array) -> Array:
    """Correlation of each pair when all other items are held constant."""
    inverse = np.linalg.inv(corr)
    scale = np.sqrt(np.diag(inverse))
    return np.asarray(-inverse / np.outer(scale, scale))


def _off_diagonal(matrix: Array) -> Array:
    return matrix - np.diag(np.diag(matrix))


def _kmo_cautions(overall: float, lines: Sequence[KmoRow]) -> Iterator[Caution]:
    least = cutoff("factors.kmo")
    if overall < least:
        yield caution("factors.low_kmo", kmo=overall, least=least)
    yield from _msa_cautions(lines)


def _msa_cautions(lines: Sequence[KmoRow]) -> Iterator[Caution]:
    least = cutoff("factors.kmo")
    low = tuple(row.item for row in lines if row.msa < least)
    if low:
        yield caution("factors.low_msa", items=low, least=least)
