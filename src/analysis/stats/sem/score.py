"""Score tests: which equality of a fitted model costs it most, so that it may be released (partial invariance)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from ...errors import Caution, caution
from ..distributions import chi2_upper
from ..result import Result, Row, frame
from ..rows import Array
from .expected import expected_information
from .modification import solved
from .ordinal import OrdinalSolution
from .parameters import FIXED, Parameter, ParameterTable
from .result import MeasurementModel
from .robust import meat_of_rows
from .solution import Solution
from .threshold_model import ThresholdMachine
from .threshold_table import ThresholdTable

if TYPE_CHECKING:
    import pandas as pd

_NOTHING = 1e-7  # of its own information: a parameter that the free ones already say, whose equality restricts nothing

Released: TypeAlias = tuple[Parameter, int, int]  # a parameter, its own place, and that of what it is held equal to


@dataclass(frozen=True)
class ScoreRow(Row):
    """One equality: the fall of chi-square if this parameter of this group were released, and its expected `change`.

    `chisq` is lavaan's; `chisq_scaled` is corrected as the estimator's errors are, None where these are not robust. `p`
    belongs to the corrected one where there is one.
    """

    lhs: str
    op: str
    rhs: str
    group: str
    chisq: float
    chisq_scaled: float | None
    p: float
    change: float

    @property
    def judged(self) -> float:
        """The statistic that `p` belongs to."""
        return self.chisq if self.chisq_scaled is None else self.chisq_scaled

    @property
    def name(self) -> str:
        """As `released` takes it: ``f =~ q2``, ``q2 | t3``, ``q2 ~ 1``."""
        return f"{self.lhs} ~ 1" if self.op == "~1" else f"{self.lhs} {self.op} {self.rhs}"


@dataclass(frozen=True)
class ScoreTests(Result):
    """Score tests of all equalities, the greatest first; `chisq`, `df`, `p` test all of them at once, uncorrected."""

    score_rows: tuple[ScoreRow, ...]
    chisq: float
    df: int
    p: float | None
    n: int
    missing: str
    cautions: tuple[Caution, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each equality that can be released."""
        return frame(self.score_rows, ScoreRow)


def score_tests(fitted: MeasurementModel) -> ScoreTests:
    """Which equality of a model costs it most: across groups, or by a label that parameters share.

    Parameters
    ----------
    fitted : MeasurementModel
        What `cfa` or `sem` gave, or ``invariance(…).model("scalar")``.

    Returns
    -------
    ScoreTests
        One line for each parameter that is held equal to an earlier one; of ordinal answers also for the intercepts and
        residual variances that stay at 0 and 1 in the later groups. An equality that restricts nothing has no line.

    Raises
    ------
    ModelError
        ``sem.no_solution`` for a result that was read from a file.

    Notes
    -----
    With the slope g of the log-likelihood by the released parameter and its information V given the free ones, the
    statistic is n g^2 / V (Lagrange multiplier) and the expected change g / V. Where the estimator's errors are robust,
    g has the variance v' B v instead, with v the direction of g that the free parameters leave and B the meat of the
    sandwich: n g^2 / v' B v is the generalised score test. The information is the expected one, with missing answers
    that of the patterns. lavaan counts every equality in the df of the test of all; where latent means (or variances)
    are free because of them, fewer are tested, and only these count here. Releasing after the tests is exploration.

    References
    ----------
    Bentler, P. M., & Chou, C.-P. (1992). Some new covariance structure model improvement statistics. Sociological
    Methods & Research, 21, 259-282. Boos, D. D. (1992). On generalized score tests. The American Statistician, 46,
    327-333. R: ``lavaan::lavTestScore(fit)``.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> from analysis.stats.sem.cfa import cfa
    >>> r = [[1], [0.6, 1], [0.5, 0.4, 1], [0.4, 0.3, 0.5, 1]]
    >>> found = cfa("f =~ 1*a + x*b + x*c + d", Moments.from_printed(r, n=200, names=["a", "b", "c", "d"]))
    >>> [row.name for row in score_tests(found).score_rows]
    ['f =~ c']
    """
    solution = solved(fitted)
    extended, released, theta = _released(solution)
    machine = replace(solution.machine, table=extended)
    moved = replace(solution, table=extended, machine=machine, optimum=replace(solution.optimum, theta=theta))
    sample = solution.sample
    information = machine.information(theta) if sample.complete else expected_information(machine, sample, theta)
    slope = -machine.gradient(theta) / 2
    base = _base(solution.table.n_free, released)
    free, own = base.T @ information @ base, information @ base
    at = np.array([place for _, place, _ in released], dtype=np.intp)
    known = np.linalg.solve(free, own[at].T) if len(at) else np.zeros((len(free), 0))
    rest = information[np.ix_(at, at)] - own[at] @ known
    meat = _meat(moved, fitted.errors)
    away = np.eye(len(theta))[at] - (base @ known).T  # (released, all): what is left of each after the free ones
    lines = [
        _line(row, solution, float(slope[place]), float(rest[k, k]), None if meat is None else away[k] @ meat @ away[k])
        for k, (row, place, _) in enumerate(released)
        if rest[k, k] > _NOTHING * information[place, place]
    ]
    total, df = _all(slope[at], rest, np.diag(information)[at])
    chisq = solution.sample.total * total
    ordered = tuple(sorted(lines, key=lambda row: -row.judged))
    said = (caution("sem.modification_explores", "note"),)
    p = chi2_upper(chisq, df) if df else None
    return ScoreTests(ordered, chisq, df, p, fitted.n, fitted.missing, said)


def _line(row: Parameter, solution: Solution, slope: float, rest: float, spread: float | None) -> ScoreRow:
    total, label = solution.sample.total, solution.sample.groups[row.group].label
    chisq = total * slope**2 / rest
    scaled = None if spread is None else total * slope**2 / float(spread)
    p = chi2_upper(chisq if scaled is None else scaled, 1)
    return ScoreRow(row.lhs, row.op, row.rhs, label, chisq, scaled, p, slope / rest)


def _all(slope: Array, rest: Array, own: Array) -> tuple[float, int]:
    """g' V^- g and its rank: releases that say the same count once."""
    if not len(slope):
        return 0.0, 0
    scale = np.sqrt(own)
    values, vectors = np.linalg.eigh(rest / np.outer(scale, scale))
    kept = values > _NOTHING
    along = vectors[:, kept].T @ (slope / scale)
    return float(np.sum(along**2 / values[kept])), int(kept.sum())


def _base(free: int, released: Sequence[Released]) -> Array:
    """How all parameters (all, free) move with the free ones while the equalities hold."""
    found = np.eye(free + len(released), free)
    for _, place, held in released:
        if held != FIXED:
            found[place, held] = 1.0
    return found


def _released(solution: Solution) -> tuple[ParameterTable, list[Released], Array]:
    """The table with a place for each parameter that is held equal, these parameters, and the values of all."""
    table, found, seen = solution.table, list[Released](), set[int]()

    def split(rows: Sequence[Parameter]) -> Iterator[Parameter]:
        for row in rows:
            if row.free in seen or _at_its_unit(row, table):
                found.append((row, table.n_free + len(found), row.free))
                yield replace(row, free=found[-1][1])
            else:
                yield row
            seen.update({row.free} - {FIXED})

    extended = replace(table, rows=tuple(split(table.rows)))
    if isinstance(table, ThresholdTable) and isinstance(extended, ThresholdTable):
        extended = replace(extended, cuts=tuple(split(table.cuts)))
    values = [row.value if held == FIXED else float(solution.theta[held]) for row, _, held in found]
    return extended, found, np.concatenate([solution.theta, np.array(values)])


def _at_its_unit(row: Parameter, table: ParameterTable) -> bool:
    """An intercept of 0 or a residual variance of 1 that ordinal answers have in a later group as in the first."""
    if not isinstance(table, ThresholdTable) or row.group == 0 or row.free != FIXED or row.lhs not in table.observed:
        return False
    return row.op == "~1" or (row.op == "~~" and row.lhs == row.rhs)


def _meat(solution: Solution, errors: str) -> Array | None:
    """Covariances (all, all) of the slopes of one observation, where the estimator's errors are a sandwich."""
    if not errors.startswith("sandwich"):
        return None
    if errors == "sandwich_observed":
        return solution.squares
    machine, sample = solution.machine, solution.sample
    if isinstance(machine, ThresholdMachine):
        jacobians = machine.slopes_of(solution.theta, solution.implied)
        weighted = [weight[:, None] * each for weight, each in zip(machine.fixed_weights, jacobians, strict=True)]
        gammas = [each.gamma for each in machine.data.moments]
    elif isinstance(solution, OrdinalSolution):
        weighted, gammas = [*solution.weighted], [solution.data.gamma(group) for group in solution.data.groups]
    else:
        return meat_of_rows(solution) if errors == "sandwich_expected" else None
    parts = zip(sample.weights.tolist(), weighted, gammas, strict=True)
    found = np.zeros((len(solution.theta),) * 2)
    for share, each, gamma in parts:
        found += share * each.T @ gamma @ each
    return found
