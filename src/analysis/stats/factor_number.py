"""All rules for the number of factors side by side, for readers who meet one of them at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, caution
from .factorability import factor_cautions
from .moments import RowRule, moments
from .resample import SEED
from .result import Result, Row, frame
from .retention import Chance, Kind, ParallelAnalysis, map_test, parallel_analysis
from .rows import Array, is_rows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class RuleRow(Row):
    """One rule and how many factors it keeps; empty where the rule needs the rows and only moments were given."""

    rule: str
    n_factors: int | None


@dataclass(frozen=True)
class ScreeRow(Row):
    """One eigenvalue, of components and of common factors, beside the quantiles of chance that it must exceed."""

    component: int
    observed: float
    normal: float
    permuted: float | None
    factor_observed: float
    factor_normal: float
    factor_permuted: float | None


@dataclass(frozen=True)
class Retention(Result):
    """How many factors by each rule, and whether they agree; the scree's bend does not count for that."""

    rule_rows: tuple[RuleRow, ...]
    component_rows: tuple[ScreeRow, ...]
    agree: bool
    least: int
    most: int
    reps: int
    quantile: float
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def rules(self) -> pd.DataFrame:
        """One line for each rule."""
        return frame(self.rule_rows, RuleRow)

    @property
    def components(self) -> pd.DataFrame:
        """One line for each eigenvalue."""
        return frame(self.component_rows, ScreeRow)

    def of(self, rule: str) -> int | None:
        """How many factors one rule keeps."""
        return next(row.n_factors for row in self.rule_rows if row.rule == rule)


def retention(
    x: object,
    names: Sequence[str] | None = None,
    *,
    rng: np.random.Generator | None = None,
    reps: int = 200,
    quantile: float = 0.95,
) -> Retention:
    """Ask every usual rule how many factors to keep, and say whether they agree.

    Parameters
    ----------
    x : rows, Moments, or an iterable of batches
        Answers or their moments; the shuffled form of parallel analysis needs rows and is empty without them.
    names : sequence of str, optional
        The items; all columns when not given.
    rng : numpy.random.Generator, optional
        Source of chance of the parallel analyses; a fixed one when not given.
    reps : int
        Simulated samples of each parallel analysis.
    quantile : float
        Which quantile of the simulated eigenvalues an observed one must exceed.

    Returns
    -------
    Retention
        `rules`: Kaiser; parallel analysis of components and of common factors against normal and against shuffled
        answers; MAP with squared and with fourth-power partial correlations; the scree's sharpest bend. `agree` tells
        whether all that were computed, but for the bend, keep the same number.

    Raises
    ------
    ModelError
        ``factors.…`` as in `parallel_analysis`.

    Notes
    -----
    The bend is the acceleration factor: the eigenvalue before the largest second difference is the last that is kept.
    It follows the eye, often sees the first factor alone, and is left out of `agree`, `least` and `most`. A caution
    names the span where the rules disagree: the number is then a choice, to be argued by meaning and by how the
    solutions read, and not found by a program.

    References
    ----------
    Horn, J. L. (1965). Psychometrika, 30, 179-185. Velicer, W. F., Eaton, C. A., & Fava, J. L. (2000). Construct
    explication through factor or component analysis. Raîche, G., Walls, T. A., Magis, D., Riopel, M., & Blais, J.-G.
    (2013). Non-graphical solutions for Cattell's scree test. Methodology, 9, 23-29.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> m = Moments.from_printed([[1], [0.6, 1], [0.1, 0.1, 1], [0.1, 0.1, 0.5, 1]], n=200, names=["a", "b", "c", "d"])
    >>> retention(m).of("kaiser"), retention(m).of("parallel_pca_normal")
    (2, 2)
    """
    chance = np.random.default_rng(SEED) if rng is None else rng
    m = moments(x, names)
    found: dict[tuple[Kind, Chance], ParallelAnalysis] = {}
    for form in _forms(is_rows(x)):
        kind, drawn = form
        source = x if drawn == "permutation" else m
        found[form] = parallel_analysis(
            source, m.names, rng=chance, reps=reps, kind=kind, quantile=quantile, chance=drawn
        )
    steps = map_test(m).step_rows
    lines = (
        *_rules(found),
        RuleRow("map", min(steps, key=lambda row: row.squared).components),
        RuleRow("map_fourth", min(steps, key=lambda row: row.fourth).components),
        RuleRow("scree", _bend(np.asarray(np.linalg.eigvalsh(m.corr)[::-1], dtype=np.float64))),
    )
    counts = [row.n_factors for row in lines if row.n_factors is not None and row.rule != "scree"]
    differ = caution("factors.rules_differ", "note", least=min(counts), most=max(counts))
    return Retention(
        rule_rows=lines,
        component_rows=tuple(_scree(found)),
        agree=min(counts) == max(counts),
        least=min(counts),
        most=max(counts),
        reps=reps,
        quantile=quantile,
        n=m.n,
        missing=m.missing,
        dropped=m.dropped,
        cautions=(*((differ,) if min(counts) < max(counts) else ()), *factor_cautions(m)),
    )


def _forms(with_rows: bool) -> Iterator[tuple[Kind, Chance]]:
    kinds: tuple[Kind, ...] = ("pca", "fa")
    for kind in kinds:
        yield kind, "normal"
        if with_rows:
            yield kind, "permutation"


def _rules(found: dict[tuple[Kind, Chance], ParallelAnalysis]) -> Iterator[RuleRow]:
    yield RuleRow("kaiser", found["pca", "normal"].kaiser_count)
    for kind, drawn in _forms(with_rows=True):
        each = found.get((kind, drawn))
        yield RuleRow(f"parallel_{kind}_{drawn}", each.n_factors if each else None)


def _scree(found: dict[tuple[Kind, Chance], ParallelAnalysis]) -> Iterator[ScreeRow]:
    normal, factors = found["pca", "normal"].component_rows, found["fa", "normal"].component_rows
    for at, (row, other) in enumerate(zip(normal, factors, strict=True)):
        mixed = [found[form].component_rows[at].quantile if form in found else None for form in _PERMUTED]
        yield ScreeRow(row.component, row.observed, row.quantile, mixed[0], other.observed, other.quantile, mixed[1])


_PERMUTED: tuple[tuple[Kind, Chance], ...] = (("pca", "permutation"), ("fa", "permutation"))


def _bend(eigenvalues: Array) -> int | None:
    """Eigenvalues before the sharpest bend; two of them have none."""
    if len(eigenvalues) < 3:
        return None
    return int(np.argmax(np.diff(eigenvalues, 2))) + 1
