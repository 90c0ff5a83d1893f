"""Composite reliability and average variance extracted, from loadings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from .estimate import Estimate
from .factors import FactorSolution
from .moments import Moments
from .omega import one_factor_loadings
from .result import Result, Row, frame
from .rows import Array
from .sem.result import MeasurementModel

if TYPE_CHECKING:
    import pandas as pd

_ONE = "F1"  # name of the construct whose loadings come without a name


@dataclass(frozen=True)
class ConstructRow(Row):
    """One construct: its items' standardised loadings and the coefficient."""

    construct: str
    k: int
    loadings: tuple[float, ...]
    value: float


@dataclass(frozen=True)
class Constructs(Result):
    """A coefficient of each construct; `n` is None where loadings were printed."""

    coefficient: Literal["composite_reliability", "ave"]
    construct_rows: tuple[ConstructRow, ...]
    n: int | None
    cautions: tuple[Caution, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each construct."""
        return frame(self.construct_rows, ConstructRow)

    def of(self, construct: str) -> Estimate:
        """The coefficient of one construct; loadings alone give no interval."""
        found = next(row.value for row in self.construct_rows if row.construct == construct)
        return Estimate(found, method=self.coefficient)


def composite_reliability(x: object, constructs: Mapping[str, Sequence[str]] | None = None) -> Constructs:
    """Reliability of the sum of each construct's items, from their loadings (CR, McDonald's omega of one factor).

    Parameters
    ----------
    x : loadings, FactorSolution, MeasurementModel, rows or Moments
        Standardised loadings: a sequence of one construct, or a mapping of construct to sequence. In a factor solution
        each item belongs to the factor that weighs most in it; a model of `cfa` says where each belongs. With
        `constructs`, answers or their moments.
    constructs : mapping of str to sequence of str, optional
        Items of each construct, whose loadings are then those of one factor by maximum likelihood.

    Returns
    -------
    Constructs
        One line for each construct.

    Raises
    ------
    ModelError
        ``constructs.…``: no constructs, none of its loadings, a loading outside -1 to 1; ``omega.not_identified`` for a
        construct of two items.

    Notes
    -----
    CR = (sum l)^2 / ((sum l)^2 + sum (1 - l^2)).

    References
    ----------
    Fornell, C., & Larcker, D. F. (1981). Journal of Marketing Research, 18, 39-50. Jöreskog, K. G. (1971).
    Psychometrika, 36, 109-133. R: ``semTools::compRelSEM`` of standardised items.

    Examples
    --------
    >>> round(composite_reliability([0.7, 0.8, 0.9]).construct_rows[0].value, 4)
    0.8446
    """
    return _constructs("composite_reliability", x, constructs)


def ave(x: object, constructs: Mapping[str, Sequence[str]] | None = None) -> Constructs:
    """Share of the items' variance that their construct explains, on average (average variance extracted).

    Parameters
    ----------
    x : loadings, FactorSolution, MeasurementModel, rows or Moments
        As for `composite_reliability`.
    constructs : mapping of str to sequence of str, optional
        Items of each construct.

    Returns
    -------
    Constructs
        One line for each construct.

    Raises
    ------
    ModelError
        As for `composite_reliability`.

    Notes
    -----
    AVE = sum l^2 / k.

    References
    ----------
    Fornell, C., & Larcker, D. F. (1981). Journal of Marketing Research, 18, 39-50. R: ``semTools::AVE``.

    Examples
    --------
    >>> round(ave([0.7, 0.8, 0.9]).construct_rows[0].value, 4)
    0.6467
    """
    return _constructs("ave", x, constructs)


def _constructs(
    coefficient: Literal["composite_reliability", "ave"], x: object, constructs: Mapping[str, Sequence[str]] | None
) -> Constructs:
    kernel = _composite if coefficient == "composite_reliability" else _extracted
    found, n = _loadings(x, constructs)
    lines = tuple(
        ConstructRow(name, len(loadings), tuple(loadings.tolist()), kernel(loadings))
        for name, loadings in found.items()
    )
    mixed = (caution("constructs.mixed_signs", construct=name) for name, each in found.items() if _mixed(each))
    return Constructs(coefficient, lines, n, tuple(mixed))


def _loadings(x: Any, constructs: Mapping[str, Sequence[str]] | None) -> tuple[dict[str, Array], int | None]:
    """Loadings of each construct, and the rows behind them."""
    if constructs is not None:
        found = {name: one_factor_loadings(x, items) for name, items in constructs.items()}
        if not found:
            raise ModelError(problem("constructs.none"))
        return {name: loadings for name, (loadings, _) in found.items()}, min(n for _, n in found.values())
    if isinstance(x, MeasurementModel):
        return {name: np.array([*items.values()]) for name, items in x.loadings().items()}, x.n
    if isinstance(x, FactorSolution):
        return dict(_by_factor(x)), x.n
    if isinstance(x, Moments) or hasattr(x, "iloc"):
        raise ModelError(problem("constructs.none"))
    named = dict(x) if isinstance(x, Mapping) else {_ONE: x}
    if not named:
        raise ModelError(problem("constructs.none"))
    return {str(name): _checked(str(name), each) for name, each in named.items()}, None


def _by_factor(solution: FactorSolution) -> Iterator[tuple[str, Array]]:
    """Each item with the factor that weighs most in it."""
    values = np.array([row.loading for row in solution.loading_rows]).reshape(len(solution.names), solution.n_factors)
    own = np.abs(values).argmax(axis=1)
    for j, factor in enumerate(solution.factors):
        if (own == j).any():
            yield factor, values[own == j, j]


def _checked(name: str, loadings: Any) -> Array:
    if isinstance(loadings, str) or not hasattr(loadings, "__len__"):
        raise ModelError(problem("constructs.none"))
    each = list(loadings)
    if not each:
        raise ModelError(problem("constructs.empty", Place(column=name), construct=name))
    for value in each:
        if not isinstance(value, Real) or not abs(float(value)) <= 1:
            raise ModelError(problem("constructs.loadings", Place(column=name), construct=name, value=str(value)))
    return np.array(each, dtype=np.float64)


def _mixed(loadings: Array) -> bool:
    return bool((loadings < 0).any() and (loadings > 0).any())


def _composite(loadings: Array) -> float:
    """(sum l)^2 / ((sum l)^2 + sum (1 - l^2))."""
    shared = float(loadings.sum() ** 2)
    return shared / (shared + float((1 - loadings**2).sum()))


def _extracted(loadings: Array) -> float:
    """Sum l^2 / k."""
    return float((loadings**2).mean())
