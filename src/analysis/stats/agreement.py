"""What every measure of agreement among raters returns: coefficients with intervals, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Caution
from .result import Result, Row, frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class AgreementRow(Row):
    """One coefficient; what its method does not give is `None`. `F` is empty where it is undefined."""

    form: str
    value: float | None
    low: float | None = None
    high: float | None = None
    F: float | None = None
    df1: float | None = None
    df2: float | None = None
    p: float | None = None


@dataclass(frozen=True)
class ComponentRow(Row):
    """One source of variance: ``target``, ``rater``, ``residual``; mean squares only from analysis of variance."""

    source: str
    variance: float
    ms: float | None = None
    df: float | None = None


@dataclass(frozen=True)
class ErrorRow(Row):
    """Standard errors of one coefficient and its test: `se`, `se_null` where nobody agrees but by chance, z or chi2."""

    form: str
    se: float | None
    se_null: float | None
    test: str
    statistic: float | None
    p: float | None


@dataclass(frozen=True)
class IndexRow(Row):
    """A further number that helps to read the coefficient: observed agreement, prevalence, bias, PABAK, …"""

    name: str
    value: float


@dataclass(frozen=True)
class WithinRow(Row):
    """Agreement inside one group.

    `raw` is r_wg before values below 0 are set to 0; `a_wg` is empty where the group's mean is too extreme for it.
    """

    group: str
    n: int
    mean: float
    variance: float
    rwg: float
    raw: float | None
    a_wg: float | None
    ad: float


@dataclass(frozen=True)
class Agreement(Result):
    """Agreement among raters.

    `method` is the key of the route taken (``icc.anova``, ``icc.reml``, ``icc.one_way``, ``icc.groups``,
    ``kappa.cohen.unweighted`` …, ``kappa.fleiss``, ``kappa.light.…``, ``krippendorff.nominal`` …, ``kendall``,
    ``rwg.uniform`` …). `n` targets (for `rwg` groups) were rated by `raters` raters with `ratings` ratings in all;
    `dropped` rows or targets were left out, `ratings` counts what is left.
    """

    method: str
    n: int
    raters: int
    ratings: int
    dropped: int
    level: float
    rows: tuple[AgreementRow, ...]
    component_rows: tuple[ComponentRow, ...] = ()
    error_rows: tuple[ErrorRow, ...] = ()
    index_rows: tuple[IndexRow, ...] = ()
    within_rows: tuple[WithinRow, ...] = ()
    cautions: tuple[Caution, ...] = ()

    def __getitem__(self, form: str) -> AgreementRow:
        """The row of one coefficient, for instance ``result["ICC2"]``."""
        return {row.form: row for row in self.rows}[form]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each coefficient: form value low high F df1 df2 p."""
        return frame(self.rows, AgreementRow)

    @property
    def components(self) -> pd.DataFrame:
        """Variance components."""
        return frame(self.component_rows, ComponentRow)

    @property
    def errors(self) -> pd.DataFrame:
        """Standard errors and tests."""
        return frame(self.error_rows, ErrorRow)

    @property
    def indices(self) -> pd.DataFrame:
        """Numbers that help to read the coefficients."""
        return frame(self.index_rows, IndexRow)

    @property
    def groups(self) -> pd.DataFrame:
        """Agreement inside each group."""
        return frame(self.within_rows, WithinRow)
