"""How many factors to keep: parallel analysis and Velicer's MAP beside Kaiser's count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, problem
from .contingency import contingency
from .extraction import principal
from .factorability import factor_cautions, factorable
from .latent import two_step
from .manyfactors import extract_many
from .moments import RowRule, moments
from .polychoric import Polychoric, padded
from .result import Result, Row, frame
from .rows import Array, is_rows, literal, rows

if TYPE_CHECKING:
    import pandas as pd

Kind: TypeAlias = Literal["pca", "fa"]
Chance: TypeAlias = Literal["normal", "permutation"]

_NOTHING = 1e-10  # of an item's variance: components explain all of it


@dataclass(frozen=True)
class ParallelRow(Row):
    """One eigenvalue: observed, and mean and quantile of those of uncorrelated items."""

    component: int
    observed: float
    mean: float
    quantile: float


@dataclass(frozen=True)
class ParallelAnalysis(Result):
    """How many components (factors) exceed chance: `n_factors`; beside it Kaiser's count and Velicer's MAP."""

    kind: str
    n_factors: int
    kaiser_count: int
    map_count: int
    reps: int
    quantile: float
    component_rows: tuple[ParallelRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]
    chance: str = "normal"

    @property
    def components(self) -> pd.DataFrame:
        """One line for each eigenvalue."""
        return frame(self.component_rows, ParallelRow)


@dataclass(frozen=True)
class MapRow(Row):
    """Mean squared partial correlation when this many components are held constant."""

    components: int
    squared: float
    fourth: float


@dataclass(frozen=True)
class MapTest(Result):
    """Velicer's minimum average partial test; `n_factors` is where the mean is smallest."""

    n_factors: int
    step_rows: tuple[MapRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def steps(self) -> pd.DataFrame:
        """One line for each number of components."""
        return frame(self.step_rows, MapRow)


def parallel_analysis(
    x: object,
    names: Sequence[str] | None = None,
    *,
    rng: np.random.Generator,
    reps: int = 200,
    kind: Kind = "pca",
    quantile: float = 0.95,
    chance: Chance = "normal",
) -> ParallelAnalysis:
    """Compare the eigenvalues with those of uncorrelated items of the same n (Horn's parallel analysis).

    Parameters
    ----------
    x : rows, Moments, Polychoric, or an iterable of batches
        Answers, their moments, or polychoric correlations.
    names : sequence of str, optional
        The items; all columns when not given.
    rng : numpy.random.Generator
        Source of chance, for instance ``np.random.default_rng(1)``; the same one gives the same numbers.
    reps : int
        Simulated samples.
    kind : {"pca", "fa"}
        Eigenvalues of the correlations, or of those with the communalities of one factor on the diagonal.
    quantile : float
        Which quantile of the simulated eigenvalues an observed one must exceed.
    chance : {"normal", "permutation"}
        Normal answers, or the answers themselves with each item's shuffled among the persons, which keeps their few
        steps and their skew; needs rows.

    Returns
    -------
    ParallelAnalysis
        `n_factors` counts the leading eigenvalues above their quantile.

    Raises
    ------
    ModelError
        ``factors.…`` as in `kmo`; ``factors.parallel_options`` for a quantile outside 0 to 1 or fewer than 20 samples;
        ``factors.permutation_needs_rows`` for moments.

    Notes
    -----
    Of normal answers only n and number matter, so moments suffice (Wishart by Bartlett's root).
    Beside polychoric correlations stand those of ordinal answers with the same shares of each level: they scatter more,
    so that normal ones would keep too many factors.

    References
    ----------
    Horn, J. L. (1965). Psychometrika, 30, 179-185. Buja, A., & Eyuboglu, N. (1992). Remarks on parallel analysis.
    Multivariate Behavioral Research, 27, 509-540. Glorfeld, L. W. (1995). Educational and Psychological
    Measurement, 55, 377-393. R: ``psych::fa.parallel(x)``.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> m = Moments.from_printed([[1], [0.6, 1], [0.1, 0.1, 1], [0.1, 0.1, 0.5, 1]], n=200, names=["a", "b", "c", "d"])
    >>> parallel_analysis(m, rng=np.random.default_rng(1), reps=100).n_factors
    2
    """
    literal("kind", kind, ("pca", "fa"))
    literal("chance", chance, ("normal", "permutation"))
    if not 0 < quantile < 1 or reps < 20:
        raise ModelError(problem("factors.parallel_options", quantile=float(quantile), reps=int(reps), least=20))
    m = moments(x, names)
    corr = factorable(m)
    observed = _eigenvalues(corr[None], kind)[0]
    if isinstance(x, Polychoric):
        drawn = _ordinal_chance(x, reps, rng)
    else:
        drawn = _chance(m.n, len(corr), reps, rng) if chance == "normal" else _shuffled(x, m.names, reps, rng)
    simulated = _eigenvalues(drawn, kind)
    beyond = np.quantile(simulated, quantile, axis=0)
    lines = zip(observed.tolist(), simulated.mean(axis=0).tolist(), beyond.tolist(), strict=True)
    return ParallelAnalysis(
        kind=kind,
        n_factors=_leading(observed > beyond),
        kaiser_count=int((np.linalg.eigvalsh(corr) > 1 + 1e-12).sum()),
        map_count=_smallest(_map(corr)),
        reps=reps,
        quantile=quantile,
        component_rows=tuple(ParallelRow(at + 1, *line) for at, line in enumerate(lines)),
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        cautions=factor_cautions(m),
        chance=chance,
    )


def map_test(x: object, names: Sequence[str] | None = None) -> MapTest:
    """Find the number of components after which only noise is left (Velicer's MAP).

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or their moments.
    names : sequence of str, optional
        The items; all columns when not given.

    Returns
    -------
    MapTest
        `n_factors` may be zero.

    Raises
    ------
    ModelError
        ``factors.…`` as in `kmo`.

    Notes
    -----
    Mean of the squared (and fourth-power) partial correlations of the items, with the first m components held constant.

    References
    ----------
    Velicer, W. F. (1976). Psychometrika, 41, 321-327. R: ``psych::vss(x)$map``.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> m = Moments.from_printed([[1], [0.6, 1], [0.1, 0.1, 1], [0.1, 0.1, 0.5, 1]], n=200, names=["a", "b", "c", "d"])
    >>> [round(row.squared, 3) for row in map_test(m).step_rows]
    [0.108, 0.246, 0.333]
    """
    m = moments(x, names)
    steps = _map(factorable(m))
    return MapTest(_smallest(steps), steps, m.n, m.missing, m.dropped, factor_cautions(m))


def _eigenvalues(corr: Array, kind: str) -> Array:
    """Eigenvalues of each of a stack of correlation matrices, from the largest."""
    if kind == "fa":
        at = np.arange(corr.shape[1])
        reduced = corr.copy()
        reduced[:, at, at] = (extract_many(corr, 1, "minres").loadings ** 2).sum(axis=2)
        corr = reduced
    return np.asarray(np.linalg.eigvalsh(corr)[:, ::-1])


def _chance(n: int, k: int, reps: int, rng: np.random.Generator) -> Array:
    """Correlations of n rows of k independent normal items: L L' with chi on the diagonal and normals below."""
    root = np.tril(rng.standard_normal((reps, k, k)), -1)
    at = np.arange(k)
    root[:, at, at] = np.sqrt(rng.chisquare(n - 1 - at, size=(reps, k)))
    scatter = root @ root.transpose(0, 2, 1)
    sd = np.sqrt(scatter[:, at, at])
    return np.asarray(scatter / (sd[:, :, None] * sd[:, None, :]))


def _shuffled(x: object, names: Sequence[str], reps: int, rng: np.random.Generator) -> Array:
    """Correlations of the answers with each item's shuffled among the complete rows."""
    if not is_rows(x):
        raise ModelError(problem("factors.permutation_needs_rows"))
    values = rows(x, names).numeric()
    whole = values[~np.isnan(values).any(axis=1)]
    z = (whole - whole.mean(axis=0)) / whole.std(axis=0)
    found = np.empty((reps, z.shape[1], z.shape[1]))
    for at in range(reps):
        mixed = rng.permuted(z, axis=0)
        found[at] = mixed.T @ mixed / len(z)
    return found


def _ordinal_chance(found: Polychoric, reps: int, rng: np.random.Generator) -> Array:
    """Polychoric correlations of independent items whose levels have the shares that were observed."""
    k = len(found.names)
    margins = [found.shares(name) for name in found.names]
    n = min(row.n for row in found.pair_rows)
    corr = np.tile(np.eye(k), (reps, 1, 1))
    first, second = np.triu_indices(k, 1)
    for each in corr:
        x = {f"x{j}": rng.choice(len(share), size=n, p=share) for j, share in enumerate(margins)}
        each[first, second] = each[second, first] = two_step(padded(contingency(x))[0])
    return corr


def _leading(above: Array) -> int:
    """How many are true before the first that is not."""
    return len(above) if above.all() else int(np.argmin(above))


def _map(corr: Array) -> tuple[MapRow, ...]:
    """Mean partial correlations after m = 0, 1 … components, up to items - 2 or until nothing is left of an item."""
    items = len(corr)
    loadings = principal(corr, items)
    steps = []
    for m in range(max(items - 1, 1)):
        left = corr - loadings[:, :m] @ loadings[:, :m].T
        if np.diag(left).min() < _NOTHING:
            break
        scale = np.sqrt(np.diag(left))
        partial = (left / np.outer(scale, scale))[np.tril_indices(items, -1)]
        steps.append(MapRow(m, float(np.mean(partial**2)), float(np.mean(partial**4))))
    return tuple(steps)


def _smallest(steps: tuple[MapRow, ...]) -> int:
    return min(steps, key=lambda row: row.squared).components
