"""What a fitted model returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...errors import Caution
from ..result import Result, Row, frame
from .fit import Fit
from .solution import Solution

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ParameterRow(Row):
    """One parameter; `se` of a fixed one is 0 and its `z` and `p` are None, as in lavaan. `op` ``~1``: intercept."""

    lhs: str
    op: str
    rhs: str
    group: str
    label: str
    est: float
    se: float | None
    z: float | None
    p: float | None
    low: float | None
    high: float | None
    std: float | None
    std_se: float | None
    free: bool


@dataclass(frozen=True)
class GroupRow(Row):
    """A group and its rows."""

    group: str
    n: int


@dataclass(frozen=True)
class R2Row(Row):
    """Share of a variable's variance that the model explains."""

    variable: str
    group: str
    r2: float


@dataclass(frozen=True)
class MeasurementModel(Result):
    """A confirmatory factor analysis or a structural equation model that was fitted.

    `missing` is the row rule (``"fiml"``: every answer is used), `dropped` the rows that it left out. `errors` and
    `test` name how standard errors and the test were computed.
    """

    model: str
    estimator: str
    errors: str
    test: str
    likelihood: str
    parameter_rows: tuple[ParameterRow, ...]
    fit: Fit
    converged: bool
    n: int
    missing: str
    dropped: int
    group: str | None
    group_rows: tuple[GroupRow, ...]
    r2_rows: tuple[R2Row, ...]
    observed: tuple[str, ...]
    latent: tuple[str, ...]
    cautions: tuple[Caution, ...]
    _solution: Solution | None = field(default=None, repr=False, compare=False)

    @property
    def parameters(self) -> pd.DataFrame:
        """One line for each parameter: lhs op rhs group label est se z p low high std std_se free."""
        return frame(self.parameter_rows, ParameterRow)

    @property
    def r2(self) -> pd.DataFrame:
        """One line for each variable that is explained, in each group."""
        return frame(self.r2_rows, R2Row)

    @property
    def groups(self) -> pd.DataFrame:
        """One line for each group."""
        return frame(self.group_rows, GroupRow)

    def loadings(self, group: str | None = None) -> dict[str, dict[str, float]]:
        """Standardised loadings of each latent variable's indicators; those of one group where there are several."""
        which = self.group_rows[0].group if group is None else group
        found: dict[str, dict[str, float]] = {}
        for row in self.parameter_rows:
            if row.op == "=~" and row.group == which and row.std is not None:
                found.setdefault(row.lhs, {})[row.rhs] = row.std
        return found
