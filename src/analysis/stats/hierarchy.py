"""Blocks of factors that enter one after another: what each adds to R^2, tested on the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, problem
from ..grammar import Formula, parse_formula
from .moments import RowRule, moments
from .regression import Regression, ols
from .result import Result, Row, frame, unique
from .rows import Labels, Rows, is_rows, rows
from .tails import f_upper

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class BlockRow(Row):
    """One model and what it adds to the one before; the first is held against the constant alone."""

    formula: str
    added: tuple[str, ...]
    r2: float
    adj_r2: float
    delta_r2: float
    F_change: float | None
    df1: int
    df2: int
    p_change: float | None
    aic: float | None
    bic: float | None


@dataclass(frozen=True)
class Blocks(Result):
    """Nested models on the rows that answer the largest one; `last` is that model's regression."""

    outcome: str
    block_rows: tuple[BlockRow, ...]
    last: Regression
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def blocks(self) -> pd.DataFrame:
        """One line for each model."""
        return frame(self.block_rows, BlockRow)


def blocks(formulas: Sequence[str], x: object, *, level: float = 0.95) -> Blocks:
    """Let blocks of factors enter one after another (hierarchical regression): Delta R^2 and its F.

    Parameters
    ----------
    formulas : sequence of str
        ``["y ~ a", "y ~ a + b"]``: each holds all terms of the one before.
    x : rows, Moments, or an iterable of batches
        Rows, or moments of numeric columns.
    level : float
        Confidence level of the last model's intervals.

    Returns
    -------
    Blocks
        `n` is the same for all models: rows that answer every variable of the last one.

    Raises
    ------
    ModelError
        ``blocks.not_nested`` with the formula that drops a term; ``regression.…`` as in `ols`.

    Notes
    -----
    F = ((R^2_2 - R^2_1) / df1) / ((1 - R^2_2) / df2) with the residual degrees of freedom of the larger model, as SPSS.
    R's ``anova(m1, m2, m3)`` divides by the largest model's variance instead; for the last step the two are the same.

    References
    ----------
    Cohen, J., & Cohen, P. (1983), ch. 4. R: ``anova(m1, m2)``. SPSS: REGRESSION /METHOD=ENTER … /METHOD=ENTER.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.4, 0.3, 1]], n=100, names=["y", "a", "b"])
    >>> [f"{row.delta_r2:.3f}" for row in blocks(["y ~ a", "y ~ a + b"], m).block_rows]
    ['0.250', '0.069']
    """
    parsed = [parse_formula(each) for each in formulas]
    _refuse(parsed)
    source = common(parsed[-1], rows(x)) if is_rows(x) else moments(x)
    fitted = [ols(str(each), source, level=level) for each in parsed]
    last = fitted[-1]
    lines = []
    before_r2, before_df, before = 0.0, 0, frozenset[frozenset[str]]()
    for formula, model in zip(parsed, fitted, strict=True):
        gain, df1 = model.fit.r2 - before_r2, model.fit.df1 - before_df
        left = (1 - model.fit.r2) / model.fit.df2
        f = gain / df1 / left if df1 and model.fit.F is not None else None
        added = tuple(":".join(term) for term in formula.terms if frozenset(term) not in before)
        p = None if f is None else f_upper(f, df1, model.fit.df2)
        fit = model.fit
        lines.append(BlockRow(str(formula), added, fit.r2, fit.adj_r2, gain, f, df1, fit.df2, p, fit.aic, fit.bic))
        before_r2, before_df = model.fit.r2, model.fit.df1
        before = frozenset(frozenset(term) for term in formula.terms)
    dropped = rows(x).n - last.n if is_rows(x) else last.dropped
    cautions = tuple(each for each in last.cautions if each.code != "regression.durbin_watson_order")
    return Blocks(parsed[-1].outcome, tuple(lines), last, last.n, last.missing, dropped, cautions)


def _refuse(parsed: Sequence[Formula]) -> None:
    if not parsed:
        raise ModelError(problem("blocks.none"))
    for small, large in pairwise(parsed):
        inside = {frozenset(term) for term in small.terms} < {frozenset(term) for term in large.terms}
        if not inside or small.outcome != large.outcome or not large.intercept or not small.intercept:
            raise ModelError(problem("blocks.not_nested", small=str(small), large=str(large)))


def common(formula: Formula, taken: Rows) -> Rows:
    """Only rows that answer every variable of the largest model."""
    wanted = unique(formula.names)
    taken.require(wanted)
    columns = {name: taken.column(name) for name in wanted}
    whole = np.logical_and.reduce(
        [column.codes >= 0 if isinstance(column, Labels) else ~np.isnan(column) for column in columns.values()]
    )
    return taken.only(whole)
