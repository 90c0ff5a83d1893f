"""Scores of persons on factors, and how well items determine them at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from .factorability import factor_cautions, factorable
from .factors import FactorSolution
from .moments import Moments, RowRule, moments
from .result import Result, Row, frame
from .rows import Array, is_rows, literal, rows

if TYPE_CHECKING:
    import pandas as pd

Scoring: TypeAlias = Literal["regression", "bartlett", "tenberge"]


@dataclass(frozen=True)
class WeightRow(Row):
    """Weight of one standardised item in the score of one factor."""

    item: str
    factor: str
    weight: float


@dataclass(frozen=True)
class DeterminacyRow(Row):
    """How far the items fix one factor.

    `r2` is the squared multiple correlation of factor and items, `validity` the correlation of factor and score, and
    `minimum` the correlation that two scores at least have which fit the model equally well, 2 r2 - 1.
    """

    factor: str
    r2: float
    validity: float
    minimum: float


@dataclass(frozen=True)
class FactorScores(Result):
    """Weights of the items and, from rows, the scores (`scores`): one line for each row, empty where an item is."""

    method: str
    names: tuple[str, ...]
    factors: tuple[str, ...]
    weight_rows: tuple[WeightRow, ...]
    factor_rows: tuple[DeterminacyRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]
    _values: Array | None = field(default=None, compare=False, repr=False)  # (rows, factors)

    @property
    def weights(self) -> pd.DataFrame:
        """Items by factors."""
        import pandas as pd

        values = np.array([row.weight for row in self.weight_rows]).reshape(len(self.names), len(self.factors))
        return pd.DataFrame(values, index=list(self.names), columns=list(self.factors))

    @property
    def determinacy(self) -> pd.DataFrame:
        """One line for each factor."""
        return frame(self.factor_rows, DeterminacyRow)

    @property
    def scores(self) -> pd.DataFrame:
        """One line for each row of the answers, in units of the factors."""
        import pandas as pd

        if self._values is None:
            raise ModelError(problem("factors.scores_need_rows"))
        return pd.DataFrame(self._values, columns=list(self.factors))


def factor_scores(solution: FactorSolution, x: object, *, method: Scoring = "regression") -> FactorScores:
    """Estimate where each person stands on the factors.

    Parameters
    ----------
    solution : FactorSolution
        What `efa` returned.
    x : rows or Moments
        The answers that the solution came from (or others on the same items); from moments there are weights only.
    method : {"regression", "bartlett", "tenberge"}
        Least error of the score (Thurstone), unbiased for each person (Bartlett), or scores that correlate exactly as
        the factors do (ten Berge).

    Returns
    -------
    FactorScores
        `weights`, `determinacy`, `scores`. Rows that leave an item open have no score.

    Raises
    ------
    ModelError
        ``factors.component_scores``: components have no uniqueness for Bartlett's method; ``factors.no_uniqueness``: an
        item of a Heywood case; ``factors.…`` as in `kmo`.

    Notes
    -----
    With R the correlations, L the pattern, S = L Phi, U the uniquenesses: regression R^-1 S, Bartlett
    U^-1 L (L' U^-1 L)^-1, ten Berge R^-1/2 C Phi^1/2 with C = R^-1/2 A (A' R^-1 A)^-1/2 and A = L Phi^1/2. The factors
    are not fixed by the items: `minimum` says how far two equally good scores may lie apart.

    References
    ----------
    Thurstone, L. L. (1935). The vectors of mind. Bartlett, M. S. (1937). British Journal of Psychology, 28, 97-104. ten
    Berge, J. M. F., Krijnen, W. P., Wansbeek, T., & Shapiro, A. (1999). Linear Algebra and its Applications, 289,
    311-318. Grice, J. W. (2001). Psychological Methods, 6, 430-450. R: ``psych::factor.scores(x, f)``.

    Examples
    --------
    >>> from analysis.stats.factors import efa
    >>> m = Moments.from_printed([[1], [0.6, 1], [0.6, 0.6, 1]], n=200, names=["a", "b", "c"])
    >>> factor_scores(efa(m, 1, method="ml"), m).weights["F1"].round(4).tolist()
    [0.3521, 0.3521, 0.3521]
    """
    literal("method", method, tuple(_WEIGHTS))
    m = moments(x, solution.names)
    corr = factorable(m)
    loadings, phi = _matrices(solution)
    if method == "bartlett":
        _require_uniqueness(solution)
    weights = _WEIGHTS[method](corr, loadings, phi)
    found = tuple(_determinacy(solution.factors, corr, loadings @ phi, weights))
    open_ = tuple(row.factor for row in found if row.minimum <= 0)
    return FactorScores(
        method=method,
        names=solution.names,
        factors=solution.factors,
        weight_rows=tuple(
            WeightRow(item, factor, float(weights[i, j]))
            for i, item in enumerate(solution.names)
            for j, factor in enumerate(solution.factors)
        ),
        factor_rows=found,
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        cautions=(*((caution("factors.indeterminate", items=open_),) if open_ else ()), *factor_cautions(m)),
        _values=_scores(x, m, weights) if is_rows(x) else None,
    )


def _matrices(solution: FactorSolution) -> tuple[Array, Array]:
    """Pattern and factor correlations."""
    shape = (len(solution.names), solution.n_factors)
    loadings = np.array([row.loading for row in solution.loading_rows]).reshape(shape)
    at = {name: place for place, name in enumerate(solution.factors)}
    phi = np.eye(solution.n_factors)
    for row in solution.phi_rows:
        phi[at[row.a], at[row.b]] = phi[at[row.b], at[row.a]] = row.r
    return loadings, phi


def _require_uniqueness(solution: FactorSolution) -> None:
    """Bartlett's method divides by uniquenesses: components have none, improper solutions a negative one."""
    if solution.method == "pca":
        raise ModelError(problem("factors.component_scores"))
    items = tuple(row.item for row in solution.communality_rows if row.uniqueness <= 0)
    if items:
        raise ModelError(problem("factors.no_uniqueness", Place(column=items[0]), items=items))


def _regression(corr: Array, loadings: Array, phi: Array) -> Array:
    return np.asarray(np.linalg.solve(corr, loadings @ phi))


def _bartlett(corr: Array, loadings: Array, phi: Array) -> Array:
    unique = 1 - np.einsum("if,fg,ig->i", loadings, phi, loadings)
    scaled = loadings / unique[:, None]
    return np.asarray(scaled @ np.linalg.inv(loadings.T @ scaled))


def _ten_berge(corr: Array, loadings: Array, phi: Array) -> Array:
    root_phi, back = _power(phi, 0.5), _power(corr, -0.5)
    turned = back @ loadings @ root_phi
    return back @ turned @ _power(turned.T @ turned, -0.5) @ root_phi


def _power(matrix: Array, power: float) -> Array:
    """A power of a symmetric positive definite matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * values**power) @ vectors.T)


def _determinacy(factors: tuple[str, ...], corr: Array, structure: Array, weights: Array) -> Iterator[DeterminacyRow]:
    r2 = np.einsum("if,if->f", structure, np.linalg.solve(corr, structure))
    validity = np.diag(weights.T @ structure) / np.sqrt(np.diag(weights.T @ corr @ weights))
    for factor, share, r in zip(factors, r2.tolist(), validity.tolist(), strict=True):
        yield DeterminacyRow(factor, share, r, 2 * share - 1)


def _scores(x: object, m: Moments, weights: Array) -> Array:
    values = rows(x, m.names).numeric()
    return np.asarray((values - m.mean) / m.sd @ weights)


_WEIGHTS: dict[str, Callable[[Array, Array, Array], Array]] = {
    "regression": _regression,
    "bartlett": _bartlett,
    "tenberge": _ten_berge,
}
