"""What every comparison returns: of groups, of two measurements, of two questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Caution
from .estimate import Estimate
from .moments import RowRule
from .result import Result, Row, frame

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class GroupRow(Row):
    """One group: n, mean with its own interval, spread; `mean_rank` only where ranks are compared."""

    group: str
    n: int
    mean: float
    sd: float
    se: float
    low: float
    high: float
    mean_rank: float | None = None


@dataclass(frozen=True)
class VarianceRow(Row):
    """One line of an analysis of variance: ``between``, ``within``, ``total``."""

    source: str
    ss: float
    df: float
    ms: float | None
    F: float | None
    p: float | None


@dataclass(frozen=True)
class FurtherTest(Row):
    """One test beside the main one; Fisher's exact test has neither statistic nor df."""

    name: str
    statistic: float | None
    df: float | None
    p: float


@dataclass(frozen=True)
class EffectRow(Row):
    """One effect size with its interval."""

    name: str
    value: float
    low: float | None
    high: float | None
    level: float | None


@dataclass(frozen=True)
class CellRow(Row):
    """One cell of a cross table; `residual` is the adjusted standardised one, about normal without association."""

    a: str
    b: str
    count: int
    expected: float
    percent_of_a: float
    percent_of_b: float
    residual: float | None


@dataclass(frozen=True)
class Comparison(Result):
    """A comparison with its test, effect sizes and what was compared.

    `method` is the key of the test (``t.pooled``, ``t.welch``, ``t.paired``, ``t.one_sample``, ``anova``,
    ``anova.welch``, ``anova.brown_forsythe``, ``levene.mean``, ``levene.median``, ``kruskal``, ``mann_whitney.exact``,
    ``mann_whitney.normal``, ``chi_square``). `statistic` is t, F, H, U (which has no degrees of freedom, `df1` is zero)
    or chi-square; `df2` is empty unless it is F. `effect` is the first of `effect_rows`; `difference` (first minus
    second) exists for two groups. `n` rows were used, `dropped` were left out by the row rule `missing`.
    """

    method: str
    outcome: str
    factor: str | None
    statistic: float
    df1: float
    df2: float | None
    p: float
    n: int
    missing: RowRule
    dropped: int
    level: float
    effect: Estimate | None = None
    difference: Estimate | None = None
    effect_rows: tuple[EffectRow, ...] = ()
    group_rows: tuple[GroupRow, ...] = ()
    variance_rows: tuple[VarianceRow, ...] = ()
    test_rows: tuple[FurtherTest, ...] = ()
    cell_rows: tuple[CellRow, ...] = ()
    expected_min: float | None = None
    expected_below: float | None = None
    cautions: tuple[Caution, ...] = ()

    @property
    def groups(self) -> pd.DataFrame:
        """One line for each group."""
        return frame(self.group_rows, GroupRow)

    @property
    def effects(self) -> pd.DataFrame:
        """One line for each effect size."""
        return frame(self.effect_rows, EffectRow)

    @property
    def variance(self) -> pd.DataFrame:
        """The table of an analysis of variance."""
        return frame(self.variance_rows, VarianceRow)

    @property
    def tests(self) -> pd.DataFrame:
        """One line for each further test."""
        return frame(self.test_rows, FurtherTest)

    @property
    def cells(self) -> pd.DataFrame:
        """One line for each cell of a cross table."""
        return frame(self.cell_rows, CellRow)
