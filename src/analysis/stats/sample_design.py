"""How a sample was drawn: strata, clusters, weights, finite populations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, Problem, caution, problem
from .design import codes_of
from .resample import SEED
from .rows import Array, Labels, Rows, rows

#: Levels of a category by row (n,), and their counts in the population (levels,).
Margin: TypeAlias = tuple[npt.NDArray[np.intp], Array]


@dataclass(frozen=True, eq=False)
class Calibration:
    """One step that brought weights to known counts: the weights before it, and its margins."""

    before: Array  # (n,)
    margins: tuple[Margin, ...]


@dataclass(frozen=True, eq=False)
class SampleDesign:
    """Rows and how they were drawn; what `survey_design` returns."""

    rows: Rows
    weights: Array  # (n,)
    strata: npt.NDArray[np.intp]  # (n,)
    clusters: npt.NDArray[np.intp]  # (n,) counted over all strata
    sampled: Array  # (strata,) clusters drawn in each stratum
    fraction: Array  # (strata,) share of the stratum's clusters that was drawn
    calibrations: tuple[Calibration, ...] = ()  # how the weights came about, first step first
    seed: int = SEED
    cautions: tuple[Caution, ...] = ()

    @property
    def df(self) -> int:
        """Clusters minus strata."""
        return int(self.sampled.sum()) - len(self.sampled)

    @property
    def kish(self) -> float:
        """n sum w^2 / (sum w)^2: what unequal weights alone cost."""
        return float(len(self.weights) * (self.weights**2).sum() / self.weights.sum() ** 2)


def survey_design(
    x: object, *, weights: str | None = None, strata: str | None = None, cluster: str | None = None,
    population: str | None = None, seed: int = SEED,
) -> SampleDesign:  # fmt: skip
    """Declare how a sample was drawn.

    Parameters
    ----------
    x : rows
        Answers, with the columns of the design.
    weights, strata, cluster : str, optional
        Columns: how many of the population a row stands for, strata, first-stage clusters.
    population : str, optional
        Column with the number of clusters (of rows, without clusters) in the stratum's population.
    seed : int
        Source of chance of bootstrap errors.

    Returns
    -------
    SampleDesign
        For `survey_mean` and its kin.

    Raises
    ------
    ModelError
        ``survey.…``: a design column with holes, weights that are not positive, a stratum with a single cluster
        (named), a population smaller than its sample or not the same over a stratum.

    References
    ----------
    Lumley, T. (2010). Complex surveys. R: ``survey::svydesign(ids, strata, weights, fpc, nest = TRUE)``.

    Examples
    --------
    >>> x = {"y": [1, 3, 2, 6, 4, 8], "h": list("aaabbb"), "N": [9, 9, 9, 30, 30, 30], "w": [3, 3, 3, 10, 10, 10]}
    >>> survey_design(x, weights="w", strata="h", population="N").df
    4
    """
    taken = rows(x)
    named = [name for name in (weights, strata, cluster, population) if name is not None]
    taken.require(named)
    empty = [problem("survey.holes", Place(column=name), column=name) for name in named if holes(taken.column(name))]
    if empty:
        raise ModelError(*empty)
    n = taken.n
    w = np.ones(n) if weights is None else taken.numeric([weights])[:, 0]
    if n < 2 or (w <= 0).any():
        raise ModelError(problem("survey.weights", Place(column=weights), column=weights))
    h = (
        np.zeros(n, dtype=np.intp)
        if strata is None
        else np.unique(codes_of(taken.column(strata)), return_inverse=True)[1]
    )
    inside = np.arange(n) if cluster is None else codes_of(taken.column(cluster))
    c = np.unique(np.column_stack([h, inside]), axis=0, return_inverse=True)[1].reshape(-1)
    first = np.unique(c, return_index=True)[1]
    sampled = np.bincount(h[first]).astype(np.float64)
    single = _names(taken, strata, np.flatnonzero(sampled == 1), h)
    if single:
        raise ModelError(problem("survey.single_cluster", Place(column=strata), strata=single))
    fraction = _fraction(taken, population, strata, h, sampled)
    notes = () if weights is not None else (caution("survey.no_weights", "note"),)
    return SampleDesign(taken, w, h, c, sampled, fraction, seed=seed, cautions=notes)


def holes(column: Array | Labels) -> bool:
    """Whether a column lacks an answer."""
    return bool((column.codes < 0).any() if isinstance(column, Labels) else np.isnan(column).any())


def _names(taken: Rows, strata: str | None, at: npt.NDArray[np.intp], h: npt.NDArray[np.intp]) -> tuple[str, ...]:
    """Strata by their names."""
    if strata is None:
        return ("",) if len(at) else ()
    column = taken.column(strata)
    firsts = [int(np.flatnonzero(h == each)[0]) for each in at]
    if isinstance(column, Labels):
        return tuple(column.levels[column.codes[each]] for each in firsts)
    return tuple(f"{column[each]:g}" for each in firsts)


def _fraction(
    taken: Rows, population: str | None, strata: str | None, h: npt.NDArray[np.intp], sampled: Array
) -> Array:
    if population is None:
        return np.zeros(len(sampled))
    size = taken.numeric([population])[:, 0]
    found: list[Problem] = []
    whole = np.zeros(len(sampled))
    for each in range(len(sampled)):
        part = size[h == each]
        name = "".join(_names(taken, strata, np.array([each]), h))
        if np.ptp(part) > 0:
            found.append(problem("survey.population_varies", Place(column=population), stratum=name))
        elif part[0] < sampled[each]:
            found.append(
                problem(
                    "survey.population_small", Place(column=population), stratum=name, size=float(part[0]),
                    sampled=int(sampled[each]),
                )
            )  # fmt: skip
        whole[each] = part[0]
    if found:
        raise ModelError(*found)
    return np.asarray(sampled / whole)
