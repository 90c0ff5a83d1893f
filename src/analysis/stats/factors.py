"""Exploratory factor analysis: loadings, communalities, variance explained and fit, from rows or moments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .distributions import chi2_noncentrality, chi2_upper
from .extraction import METHODS, extract
from .factorability import factor_cautions, factorable, squared_multiple
from .moments import Moments, RowRule, moments
from .result import Result, Row, frame, unique
from .rotation import ROTATIONS, Rotated, ordered, rotate
from .rows import Array, literal

if TYPE_CHECKING:
    import pandas as pd

Extracting: TypeAlias = Literal["pca", "minres", "paf", "ml"]
Rotation: TypeAlias = Literal["none", "varimax", "quartimax", "oblimin", "geomin", "promax"]

_ABOVE_ONE = 1e-12  # an eigenvalue of 1 but for rounding does not exceed 1
_RMSEA_LEVEL = 0.90
_CLOSE = 0.05  # residual correlations beyond are counted, as SPSS does
_STARTS = 10  # random ones of an oblique rotation


@dataclass(frozen=True)
class LoadingRow(Row):
    """Weight of one factor in one item (pattern) and their correlation (structure); equal for orthogonal factors."""

    item: str
    factor: str
    loading: float
    structure: float


@dataclass(frozen=True)
class CommunalityRow(Row):
    """Variance of one item: expected before extraction, explained, left; and how many factors it needs."""

    item: str
    initial: float
    extraction: float
    uniqueness: float
    complexity: float


@dataclass(frozen=True)
class VarianceRow(Row):
    """One line of "total variance explained"; what lies beyond the extracted factors is empty.

    `structure` is the sum of squared structure loadings, which SPSS prints after an oblique rotation; for factors that
    do not correlate it equals `rotated`.
    """

    component: int
    eigenvalue: float
    percent: float
    cumulative: float
    extracted: float | None
    extracted_percent: float | None
    extracted_cumulative: float | None
    rotated: float | None
    rotated_percent: float | None
    rotated_cumulative: float | None
    structure: float | None = None


@dataclass(frozen=True)
class PhiRow(Row):
    """Correlation of two factors."""

    a: str
    b: str
    r: float


@dataclass(frozen=True)
class FactorFit(Row):
    """How well the factors reproduce the correlations; components have no test."""

    rms: float
    off_diagonal: float
    residuals_beyond: int
    objective: float | None
    chisq: float | None
    df: int | None
    p: float | None
    tli: float | None
    cfi: float | None
    rmsea: float | None
    rmsea_low: float | None
    rmsea_high: float | None
    bic: float | None


@dataclass(frozen=True)
class FactorSolution(Result):
    """Factors of items.

    Factors are called F1, F2 … by the variance that they carry after rotation; each has a positive sum of loadings.
    `kaiser_count` is the number of eigenvalues above 1; of the `starts` of the rotation `agreed` ended here.
    """

    names: tuple[str, ...]
    n_factors: int
    kaiser_count: int
    method: str
    rotation: str
    kaiser: bool
    loading_rows: tuple[LoadingRow, ...]
    communality_rows: tuple[CommunalityRow, ...]
    variance_rows: tuple[VarianceRow, ...]
    phi_rows: tuple[PhiRow, ...]
    fit: FactorFit
    converged: bool
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]
    starts: int = 1
    agreed: int = 1

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors."""
        return unique(row.factor for row in self.loading_rows)

    @property
    def eigenvalues(self) -> tuple[float, ...]:
        """Eigenvalues of the correlations, from the largest."""
        return tuple(row.eigenvalue for row in self.variance_rows)

    @property
    def loadings(self) -> pd.DataFrame:
        """Items by factors (the pattern)."""
        return self._matrix("loading")

    @property
    def structure(self) -> pd.DataFrame:
        """Items by factors: their correlations."""
        return self._matrix("structure")

    @property
    def phi(self) -> pd.DataFrame:
        """Correlations of the factors."""
        import pandas as pd

        found = pd.DataFrame(np.eye(self.n_factors), index=list(self.factors), columns=list(self.factors))
        for row in self.phi_rows:
            found.loc[row.a, row.b] = found.loc[row.b, row.a] = row.r
        return found

    @property
    def communalities(self) -> pd.DataFrame:
        """One line for each item."""
        return frame(self.communality_rows, CommunalityRow)

    @property
    def variance(self) -> pd.DataFrame:
        """One line for each component: total variance explained."""
        return frame(self.variance_rows, VarianceRow)

    def _matrix(self, what: str) -> pd.DataFrame:
        import pandas as pd

        values = np.array([row[what] for row in self.loading_rows]).reshape(len(self.names), self.n_factors)
        return pd.DataFrame(values, index=list(self.names), columns=list(self.factors))


def efa(
    x: object,
    n_factors: int | None = None,
    *,
    names: Sequence[str] | None = None,
    method: Extracting = "pca",
    rotation: Rotation = "varimax",
    kaiser: bool = True,
    starts: int = _STARTS,
) -> FactorSolution:
    """Find the factors behind a set of items (exploratory factor analysis).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or their moments (``moments(x, missing="pairwise")`` for another row rule).
    n_factors : int, optional
        How many; the number of eigenvalues above 1 (Kaiser) when not given.
    names : sequence of str, optional
        The items; all columns when not given.
    method : {"pca", "minres", "paf", "ml"}
        Principal components (SPSS's default), minimum residual, principal axis factoring, maximum likelihood.
    rotation : {"varimax", "quartimax", "oblimin", "geomin", "promax", "none"}
        Uncorrelated factors (varimax, quartimax) or correlated ones (oblimin with gamma 0, geomin with epsilon .01,
        promax with power 4).
    kaiser : bool
        Whether items are brought to equal length for the rotation, as SPSS does; psych does not but for varimax.
    starts : int
        Random starts of oblimin and geomin beside no rotation and varimax; the same ones at every run.

    Returns
    -------
    FactorSolution
        `loadings`, `phi`, `communalities`, `variance`, `fit`, `eigenvalues`.

    Raises
    ------
    ModelError
        ``factors.…``: no more rows than items, copies or sums of items (named), more factors than the items allow,
        fewer than no starts.

    Notes
    -----
    Rotated sums of squares of oblique factors are the diagonal of Phi L'L, which add up to the variance explained (SPSS
    prints those of the structure, which do not: `structure` in `variance`). An oblique criterion can have several
    minima: the lowest is kept, and a note says so where most starts ended elsewhere. Varimax stops as R's, when its
    criterion grows by less than 1e-5 of itself; going on moves loadings by less than .001. `chisq` is Bartlett's with
    n - 1 - (2k + 5) / 6 - 2 f / 3, `rmsea` psych's.

    References
    ----------
    Gorsuch, R. L. (1983). Factor analysis. R: ``psych::principal(x, k, rotate = "varimax")``,
    ``psych::fa(x, k, fm = "minres", rotate = "oblimin")``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.6, 1], [0.1, 0.1, 1], [0.1, 0.1, 0.5, 1]], n=200, names=["a", "b", "c", "d"])
    >>> efa(m, 2).loadings.round(2)["F1"].tolist()
    [0.89, 0.89, 0.06, 0.06]
    """
    literal("method", method, METHODS)
    literal("rotation", rotation, ROTATIONS)
    if starts < 0:
        raise ModelError(problem("factors.starts", value=int(starts)))
    m = moments(x, names)
    corr = factorable(m)
    eigenvalues = np.asarray(np.linalg.eigvalsh(corr)[::-1], dtype=np.float64)
    kaiser_count = int((eigenvalues > 1 + _ABOVE_ONE).sum())
    k = _count(kaiser_count if n_factors is None else n_factors, len(corr), method)
    raw = extract(corr, k, method)
    found = ordered(rotate(raw.loadings, rotation, kaiser, starts))
    communality = (raw.loadings**2).sum(axis=1)
    initial = np.ones(len(corr)) if method == "pca" else squared_multiple(corr)
    fit = _fit(corr, found, m.n, None if method == "pca" else k)
    return FactorSolution(
        names=m.names,
        n_factors=k,
        kaiser_count=kaiser_count,
        method=method,
        rotation=rotation,
        kaiser=kaiser,
        loading_rows=tuple(_loadings(m.names, found)),
        communality_rows=tuple(_communalities(m.names, initial, communality, found.loadings)),
        variance_rows=tuple(_variance(eigenvalues, raw.loadings, found)),
        phi_rows=tuple(_phi(found.phi)),
        fit=fit,
        converged=raw.converged and found.converged,
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        cautions=(*_cautions(m, communality, raw.converged, found), *factor_cautions(m)),
        starts=found.starts,
        agreed=found.agreed,
    )


def _count(k: int, items: int, method: str) -> int:
    """The number of factors, if the items allow so many: components up to the items, factors while df >= 0."""
    most = items if method == "pca" else max(f for f in range(items) if _df(items, f) >= 0)
    if not 1 <= k <= most:
        raise ModelError(problem("factors.count", wanted=int(k), most=most, k=items))
    return k


def _df(items: int, k: int) -> int:
    return ((items - k) ** 2 - items - k) // 2


def _loadings(names: Sequence[str], found: Rotated) -> Iterator[LoadingRow]:
    structure = found.loadings @ found.phi
    for i, item in enumerate(names):
        for j in range(found.loadings.shape[1]):
            yield LoadingRow(item, f"F{j + 1}", float(found.loadings[i, j]), float(structure[i, j]))


def _communalities(names: Sequence[str], initial: Array, found: Array, loadings: Array) -> Iterator[CommunalityRow]:
    """Hofmann's complexity is (sum of squares)^2 over the sum of fourth powers."""
    complexity = (loadings**2).sum(axis=1) ** 2 / (loadings**4).sum(axis=1)
    for name, before, after, needs in zip(names, initial, found, complexity, strict=True):
        yield CommunalityRow(name, float(before), float(after), float(1 - after), float(needs))


def _variance(eigenvalues: Array, raw: Array, found: Rotated) -> Iterator[VarianceRow]:
    items, k = raw.shape
    extracted = (raw**2).sum(axis=0)
    rotated = np.diag(found.phi @ found.loadings.T @ found.loadings)
    structure = ((found.loadings @ found.phi) ** 2).sum(axis=0)
    columns = [_shares(eigenvalues, items), _shares(extracted, items), _shares(rotated, items)]
    for j in range(items):
        first, *others = columns
        eigenvalue, percent, cumulative = first[j]
        after: list[tuple[float | None, ...]] = [column[j] if j < k else (None, None, None) for column in others]
        kept, turned = after
        yield VarianceRow(
            j + 1, eigenvalue, percent, cumulative, kept[0], kept[1], kept[2], turned[0], turned[1], turned[2],
            structure=float(structure[j]) if j < k else None,
        )  # fmt: skip


def _shares(squares: Array, items: int) -> list[tuple[float, float, float]]:
    """Sum of squares, percent of all variance, cumulated."""
    percent = 100 * squares / items
    return list(zip(squares.tolist(), percent.tolist(), np.cumsum(percent).tolist(), strict=True))


def _phi(phi: Array) -> Iterator[PhiRow]:
    for i in range(len(phi)):
        for j in range(i):
            yield PhiRow(f"F{j + 1}", f"F{i + 1}", float(phi[i, j]))


def _fit(corr: Array, found: Rotated, n: int, k: int | None) -> FactorFit:
    """Residuals and, for common factors, the tests of `psych::fa`."""
    items = len(corr)
    model = found.loadings @ found.phi @ found.loadings.T
    np.fill_diagonal(model, 1.0)
    off = np.tril_indices(items, -1)
    residual = (corr - model)[off]
    squares = float(residual @ residual)
    rms, explained = sqrt(squares / len(residual)), 1 - squares / float(corr[off] @ corr[off])
    beyond = int((np.abs(residual) > _CLOSE).sum())
    if k is None:
        return FactorFit(rms, explained, beyond, *(None,) * 10)
    return _tested((rms, explained, beyond), corr, model, n, k)


def _tested(residuals: tuple[float, float, int], corr: Array, model: Array, n: int, k: int) -> FactorFit:
    """Likelihood of the model beside that of uncorrelated items, and what follows from both."""
    items = len(corr)
    ratio = np.linalg.solve(model, corr)
    sign, log_det = np.linalg.slogdet(ratio)
    objective = float(np.trace(ratio) - log_det - items)
    df, df0 = _df(items, k), items * (items - 1) // 2
    scale = n - 1 - (2 * items + 5) / 6
    scale_k = scale - 2 * k / 3
    if df == 0 or sign <= 0 or scale_k <= 0:
        return FactorFit(*residuals, objective, *(None, df), *(None,) * 7)
    none, chisq = -float(np.linalg.slogdet(corr)[1]), max(objective * scale_k, 0.0)
    low, high = (sqrt(bound / ((n - 1) * df)) for bound in chi2_noncentrality(chisq, df, _RMSEA_LEVEL))
    return FactorFit(
        *residuals,
        objective=objective,
        chisq=chisq,
        df=df,
        p=chi2_upper(chisq, df),
        tli=(none / df0 - objective / df) / (none / df0 - 1 / scale_k),
        cfi=1 - max(chisq - df, 0.0) / max(none * scale - df0, chisq - df, 1e-300),
        rmsea=sqrt(max(chisq / (df * n) - 1 / (n - 1), 0.0)),
        rmsea_low=low,
        rmsea_high=high,
        bic=chisq - df * log(n),
    )


def _cautions(m: Moments, communality: Array, extracted: bool, rotated: Rotated) -> Iterator[Caution]:
    """Heywood cases by the communality of unrotated loadings; solutions that are none."""
    least = cutoff("factors.heywood")
    heywood = tuple(name for name, value in zip(m.names, communality, strict=True) if value >= least - 1e-9)
    if heywood and not np.allclose(communality, 1.0):
        yield caution("factors.heywood", items=heywood, least=least)
    if not extracted:
        yield caution("factors.extraction_not_converged")
    if not rotated.converged:
        yield caution("factors.rotation_not_converged")
    if 2 * rotated.agreed < rotated.starts:
        yield caution("factors.rotation_minima", "note", agreed=rotated.agreed, starts=rotated.starts)
