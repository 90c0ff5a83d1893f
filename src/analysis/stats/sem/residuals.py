"""Residuals: where the implied covariances miss the sample's, raw, as correlations, and in standard errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..result import Result, Row, frame
from ..rows import Array
from .casewise import fourth_order
from .directions import inverted, unvech
from .discrepancy import normal_weight
from .modification import solved
from .ordinal import OrdinalSolution
from .result import MeasurementModel
from .solution import Solution
from .threshold_model import ThresholdSolution

if TYPE_CHECKING:
    import pandas as pd

_NOTHING = 1e-9  # of a moment's own variance: a residual that is zero by construction


@dataclass(frozen=True)
class ResidualRow(Row):
    """A pair of observed variables: covariance less implied, the same as correlation, and over its standard error."""

    a: str
    b: str
    group: str
    raw: float
    correlation: float
    z: float | None


@dataclass(frozen=True)
class Residuals(Result):
    """Residuals of all pairs, variances included."""

    residual_rows: tuple[ResidualRow, ...]
    n: int
    missing: str

    @property
    def table(self) -> pd.DataFrame:
        """One line for each pair."""
        return frame(self.residual_rows, ResidualRow)


def residuals(fitted: MeasurementModel) -> Residuals:
    """Where a model misses the sample.

    Parameters
    ----------
    fitted : MeasurementModel
        What `cfa` or `sem` gave.

    Returns
    -------
    Residuals
        `raw` is S - Sigma, `correlation` its element over the sample's standard deviations, `z` the raw one over its
        standard error; None where the model reproduces the moment whatever the data.

    Raises
    ------
    ModelError
        ``sem.no_solution`` for a result that was read from a file.

    Notes
    -----
    The residuals' covariances are (I - D E^-1 D' W) Gamma (I - D E^-1 D' W)' / n, with the Gamma of normal variables
    that have the sample's covariances, or that of the rows where the estimator is robust.

    References
    ----------
    Ogasawara, H. (2001). Standard errors of fit indices using residuals in structural equation modeling. Psychometrika,
    66, 421-436. R: ``lavaan::lavResiduals(fit, type = "raw")``.
    """
    solution = solved(fitted)
    found: list[ResidualRow] = []
    for at, group in enumerate(solution.sample.groups):
        implied = solution.correlations(at) if isinstance(solution, ThresholdSolution) else solution.implied[at].cov
        raw, error = group.cov - implied, _errors(solution, at, fitted.errors.startswith("sandwich"))
        sd = np.sqrt(np.diag(group.cov))
        found.extend(_rows(solution.sample.names, group.label, raw, raw / np.outer(sd, sd), error))
    return Residuals(tuple(found), fitted.n, fitted.missing)


def _rows(names: tuple[str, ...], group: str, raw: Array, corr: Array, error: Array) -> Iterator[ResidualRow]:
    for i in range(len(names)):
        for j in range(i + 1):
            se = float(error[i, j])
            z = float(raw[i, j]) / se if se > 0 else None
            yield ResidualRow(names[j], names[i], group, float(raw[i, j]), float(corr[i, j]), z)


def _errors(solution: Solution, group: int, robust: bool) -> Array:
    """Standard errors (p, p) of the covariances' residuals in one group; zero where there is none to make."""
    if isinstance(solution, OrdinalSolution | ThresholdSolution):
        return solution.residual_errors(group)
    means, here, there = solution.table.means, solution.sample.groups[group], solution.implied[group]
    weight = normal_weight(inverted(there.cov), means)
    own = solution.jacobians[group]
    use = np.flatnonzero(np.abs(own).sum(axis=0) > 0)
    own = own[:, use]
    normal = inverted(normal_weight(inverted(here.cov), means))
    gamma = fourth_order(np.asarray(here.rows), means) if robust and here.complete else normal
    pull = own @ np.linalg.solve(own.T @ weight @ own, own.T @ weight)
    rest = np.eye(len(pull)) - pull
    spread = np.diag(rest @ gamma @ rest.T) / solution.sample.count(here)
    least = _NOTHING * np.diag(gamma) / here.n
    kept = np.where(spread > least, np.sqrt(np.maximum(spread, 0.0)), 0.0)
    p = len(there.cov)
    return unvech(kept[p:] if means else kept, p)
