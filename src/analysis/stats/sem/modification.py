"""Modification indices: which parameter that a model leaves out would improve it most, and what it would be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ...errors import Caution, ModelError, caution, problem
from ..distributions import chi2_upper
from ..result import Result, Row, frame
from .parameters import Parameter, ParameterTable
from .result import MeasurementModel
from .solution import Solution
from .standardise import scales

if TYPE_CHECKING:
    import pandas as pd

_DIGITS = 9  # of an index, beyond which rounding decides
_NOTHING = 1e-8  # of its own information: a parameter that the others already say


@dataclass(frozen=True)
class ModificationRow(Row):
    """A parameter that is fixed: the fall of chi-square (`mi`) if it were free, its expected value, standardised."""

    lhs: str
    op: str
    rhs: str
    group: str
    mi: float
    p: float
    epc: float
    epc_std: float | None


@dataclass(frozen=True)
class Modifications(Result):
    """Modification indices, the greatest first."""

    modification_rows: tuple[ModificationRow, ...]
    n: int
    missing: str
    cautions: tuple[Caution, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each parameter that could be free."""
        return frame(self.modification_rows, ModificationRow)


def modification_indices(fitted: MeasurementModel) -> Modifications:
    """Which parameters that a model leaves out would improve it most.

    Parameters
    ----------
    fitted : MeasurementModel
        What `cfa` or `sem` gave.

    Returns
    -------
    Modifications
        Cross-loadings, covariances and, where the model has regressions, further regressions, one line each.

    Raises
    ------
    ModelError
        ``sem.no_solution`` for a result that was read from a file.

    Notes
    -----
    With the slope g of the log-likelihood by the new parameter and its information given the free ones, V, the index is
    n g^2 / V and the expected change g / V. Changing a model after its indices is exploration: the changed one needs
    new data.

    References
    ----------
    Sörbom, D. (1989). Psychometrika, 54, 371-384. R: ``lavaan::modificationIndices(fit)``.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> from analysis.stats.sem.cfa import cfa
    >>> r = [[1], [0.6, 1], [0.5, 0.4, 1], [0.4, 0.3, 0.5, 1]]
    >>> found = cfa("f =~ a + b + c + d", Moments.from_printed(r, n=200, names=["a", "b", "c", "d"]))
    >>> row = modification_indices(found).modification_rows[0]
    >>> row.lhs, row.op, row.rhs
    ('a', '~~', 'b')
    """
    solution = solved(fitted)
    candidates = [*_candidates(solution.table)]
    extended = replace(solution.table, rows=(*solution.table.rows, *candidates))
    machine = replace(solution.machine, table=extended)
    theta = np.concatenate([solution.theta, np.zeros(len(candidates))])
    here = machine.at(theta)
    information = here.information if solution.sample.complete else here.observed
    slope = -here.gradient / 2
    free = solution.table.n_free
    known = np.linalg.solve(information[:free, :free], information[:free, free:])
    own = np.diag(information)[free:]
    rest = own - np.einsum("ij,ij->j", information[:free, free:], known)
    by_sd = scales(machine.matrices, extended.values(theta))[len(solution.table.rows) :]
    lines = [
        _line(row, solution, float(slope[free + at]), float(rest[at]), float(by_sd[at]))
        for at, row in enumerate(candidates)
        if rest[at] > _NOTHING * own[at]
    ]
    # indices that differ by rounding alone keep the order of the parameters, on every machine
    ordered = tuple(sorted(lines, key=lambda row: -float(f"{row.mi:.{_DIGITS}g}")))
    said = (caution("sem.modification_explores", "note"),)
    return Modifications(ordered, fitted.n, fitted.missing, said)


def solved(fitted: MeasurementModel) -> Solution:
    """The solution behind a result, which a file does not keep."""
    if fitted._solution is None:
        raise ModelError(problem("sem.no_solution"))
    return fitted._solution


def _line(row: Parameter, solution: Solution, slope: float, rest: float, scale: float) -> ModificationRow:
    epc = slope / rest
    mi = solution.sample.total * slope**2 / rest
    std = epc * scale
    label = solution.sample.groups[row.group].label
    return ModificationRow(
        row.lhs, row.op, row.rhs, label, mi, chi2_upper(mi, 1), epc, std if np.isfinite(std) else None
    )


def _candidates(table: ParameterTable) -> Iterator[Parameter]:
    """Loadings, covariances and regressions that the model has not; those it fixes at zero as well."""
    count = table.n_free
    for group in range(table.groups):
        said = {row.key for row in table.rows if row.group == group}
        for lhs, op, rhs in _possible(table):
            row = Parameter(lhs, op, rhs, group, count, 0.0, "", False)
            if row.key not in said and not (op in ("=~", "~") and _reverses(table, row, said)):
                yield row
                count += 1


def _possible(table: ParameterTable) -> Iterator[tuple[str, str, str]]:
    indicators = [name for items in table.measures.values() for name in items if name in table.observed]
    for latent in table.latent:
        for name in dict.fromkeys(indicators):
            yield latent, "=~", name
    free = [name for name in table.observed if name not in table.exogenous]
    for a, b in (*combinations(free, 2), *combinations(table.latent, 2)):
        yield a, "~~", b
    structural = dict.fromkeys(name for row in table.rows if row.op == "~" for name in (row.lhs, row.rhs))
    for a in structural:
        for b in structural:
            if a != b and a not in table.exogenous:
                yield a, "~", b


def _reverses(table: ParameterTable, row: Parameter, said: set[tuple[str, str, str]]) -> bool:
    """A path against one that the model has, which would close a circle of two."""
    return row.op == "~" and ((row.rhs, "~", row.lhs) in said or (row.lhs, "=~", row.rhs) in said)
