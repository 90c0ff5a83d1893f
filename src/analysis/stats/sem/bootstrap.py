"""Intervals of a model's parameters from resampled rows: indirect effects above all, whose law is not normal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from ...errors import Caution, ModelError, caution, problem
from ..resample import SEED, bca, percentile
from ..result import Result, Row, frame
from ..rows import Array, check_level, literal
from .defined import defined
from .directions import inverted
from .estimators import ESTIMATORS, machine_of
from .modification import solved
from .optimise import refit
from .parameters import FIXED
from .result import MeasurementModel
from .sample import GroupSample, Sample
from .solution import Solution

if TYPE_CHECKING:
    import pandas as pd

Interval: TypeAlias = Literal["percentile", "bca"]
INTERVALS: tuple[Interval, ...] = ("percentile", "bca")

_ENOUGH = 1e-12  # of F: resampled estimates need no more digits
_KEPT = 0.9  # of the resamples must have a solution


@dataclass(frozen=True)
class BootstrapRow(Row):
    """A parameter with the spread of its resampled values and its interval."""

    lhs: str
    op: str
    rhs: str
    group: str
    label: str
    est: float
    se: float
    low: float
    high: float


@dataclass(frozen=True)
class Bootstrap(Result):
    """Intervals from resamples; `kept` is how many of them had a solution."""

    bootstrap_rows: tuple[BootstrapRow, ...]
    interval: str
    level: float
    resamples: int
    kept: int
    n: int
    cautions: tuple[Caution, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each free or defined parameter."""
        return frame(self.bootstrap_rows, BootstrapRow)


def bootstrap(
    fitted: MeasurementModel,
    *,
    resamples: int = 1000,
    interval: Interval = "percentile",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Bootstrap:
    """Intervals of parameters and defined parameters (indirect effects) from resampled rows.

    Parameters
    ----------
    fitted : MeasurementModel
        Fitted to rows; with ``missing="fiml"`` the resamples keep their missing answers and are fitted the same way.
    resamples : int
        How many.
    interval : {"percentile", "bca"}
        The middle of the resampled values, or Efron's corrected interval.
    level : float
        Confidence.
    rng : numpy.random.Generator, optional
        The source of chance; the same at every run when not given.

    Returns
    -------
    Bootstrap
        One line for each free parameter and each definition.

    Raises
    ------
    ModelError
        ``sem.rows_needed`` for moments; ``sem.bootstrap_failed`` where fewer than nine of ten resamples have a
        solution.

    Notes
    -----
    Rows are drawn with replacement inside each group, missing answers and all; a resample in which a variable has no
    two different answers has no solution. BCa's acceleration takes the empirical influence of each row, I^-1 times its
    score, in place of as many refits as there are rows; I is the observed information where answers are missing.

    References
    ----------
    Shrout, P. E., & Bolger, N. (2002). Psychological Methods, 7, 422-445. Efron, B. (1987). Journal of the American
    Statistical Association, 82, 171-185. R: ``lavaan::sem(model, x, se = "bootstrap")``, ``parameterEstimates``.
    """
    solution = solved(fitted)
    literal("interval", interval, INTERVALS)
    check_level(level)
    if any(group.rows is None for group in solution.sample.groups):
        raise ModelError(problem("sem.rows_needed", what="bootstrap"))
    chance = np.random.default_rng(SEED) if rng is None else rng
    drawn = [found for found in _refits(solution, fitted.estimator, resamples, chance) if found is not None]
    if len(drawn) < _KEPT * resamples:
        raise ModelError(problem("sem.bootstrap_failed", kept=len(drawn), resamples=resamples))
    values = np.array([_asked(solution, theta) for theta in drawn])
    bounds = _bounds(solution, values, interval, level)
    said = () if len(drawn) == resamples else (caution("sem.bootstrap_left", kept=len(drawn), resamples=resamples),)
    lines = tuple(_rows(solution, values, bounds))
    return Bootstrap(lines, interval, level, resamples, len(drawn), fitted.n, said)


def _refits(solution: Solution, estimator: str, resamples: int, rng: np.random.Generator) -> Iterator[Array | None]:
    """Estimates of each resample, starting at those of all rows; None where there is no solution."""
    how = ESTIMATORS[estimator]
    back = inverted(solution.point.observed)
    for _ in range(resamples):
        sample = solution.sample.of([_drawn(group, solution.sample, rng) for group in solution.sample.groups])
        if not all(_varied(group) for group in sample.groups):
            yield None
            continue
        table = replace(
            solution.table,
            rows=tuple(
                replace(row, value=_given(row.lhs, row.op, row.rhs, sample, row.group))
                if row.free == FIXED and row.lhs in solution.table.exogenous and row.op in ("~~", "~1")
                else row
                for row in solution.table.rows
            ),
        )
        try:
            found = refit(machine_of(table, sample, how), solution.theta, back, _ENOUGH)
        except np.linalg.LinAlgError:
            yield None
            continue
        yield found.theta if np.isfinite(found.value) and found.slope < 1e-3 else None


def _drawn(group: GroupSample, sample: Sample, rng: np.random.Generator) -> GroupSample:
    rows = np.asarray(group.rows)[rng.integers(0, group.n, size=group.n)]
    if np.isnan(rows).any():  # the saturated moments are a constant of F: those of all rows serve
        return replace(group, rows=rows)
    mean = rows.mean(axis=0)
    away = rows - mean
    return GroupSample(group.label, group.n, mean, away.T @ away / sample.count(group), rows)


def _varied(group: GroupSample) -> bool:
    """Whether every variable has two different answers: where there are none, its parameters stay where they start."""
    values = np.asarray(group.rows)
    known = ~np.isnan(values)
    low, high = np.where(known, values, np.inf).min(axis=0), np.where(known, values, -np.inf).max(axis=0)
    return bool((low < high).all())


def _given(lhs: str, op: str, rhs: str, sample: Sample, group: int) -> float:
    """The resample's own moment of exogenous observed variables, which every row answers."""
    here = sample.groups[group]
    pair = np.asarray(here.rows)[:, [sample.names.index(name) for name in (lhs, rhs or lhs)]]
    if op == "~1":
        return float(pair[:, 0].mean())
    away = pair - pair.mean(axis=0)
    return float(away[:, 0] @ away[:, 1] / sample.count(here))


def _asked(solution: Solution, theta: Array) -> Array:
    """Free parameters and definitions."""
    more = [each.value for each in defined(solution.table, solution.table.values(theta))]
    return np.concatenate([theta, more])


def _bounds(solution: Solution, values: Array, interval: Interval, level: float) -> list[tuple[float, float]]:
    point = _asked(solution, solution.theta)
    if interval == "percentile":
        return [percentile(column, level) for column in values.T]
    left_out = np.array([_asked(solution, solution.theta - influence) for influence in _influences(solution)])
    times = np.ones(len(left_out))
    return [
        bca(float(value), column, without, times, level)
        for value, column, without in zip(point, values.T, left_out.T, strict=True)
    ]


def _influences(solution: Solution) -> Array:
    """What each row adds to the estimates (n, free): E^-1 D' s / n."""
    here = solution.point
    bread = np.linalg.inv(here.information if solution.sample.complete else here.observed)
    parts = zip(solution.scores(), solution.machine.matrices.groups, strict=True)
    return np.vstack([scores @ group.chosen @ bread / solution.sample.n for scores, group in parts])


def _rows(solution: Solution, values: Array, bounds: list[tuple[float, float]]) -> Iterator[BootstrapRow]:
    point = _asked(solution, solution.theta)
    names = [
        (row.lhs, row.op, row.rhs, solution.sample.groups[row.group].label, row.label)
        for row in map(solution.table.first, range(solution.table.n_free))
    ]
    names += [(each.name, ":=", each.text, "", each.name) for each in solution.table.definitions]
    for at, name in enumerate(names):
        yield BootstrapRow(*name, float(point[at]), float(values[:, at].std(ddof=1)), *bounds[at])
