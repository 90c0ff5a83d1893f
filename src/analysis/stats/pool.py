"""Rubin's rules: one answer from several imputed data sets, with the uncertainty that the missing answers leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from .regression import Regression
from .result import Result, Row, frame
from .rows import check_level
from .tails import t_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PooledRow(Row):
    """One coefficient over all imputations.

    `within` is the mean of the squared errors, `between` the variance of the estimates; `riv` is the relative increase
    of variance by the missing answers, `fmi` the fraction of information that is missing.
    """

    term: str
    b: float
    se: float
    statistic: float | None
    df: float
    p: float
    low: float
    high: float
    within: float
    between: float
    riv: float
    fmi: float


@dataclass(frozen=True)
class Pooled(Result):
    """A regression over `m` imputed data sets of `n` rows each; `r2` is pooled as a correlation (Fisher's z)."""

    method: str
    formula: str
    coefficient_rows: tuple[PooledRow, ...]
    r2: float
    m: int
    n: int
    level: float
    cautions: tuple[Caution, ...] = ()

    @property
    def coefficients(self) -> pd.DataFrame:
        """One line for each coefficient."""
        return frame(self.coefficient_rows, PooledRow)


def rubin(
    term: str, estimates: Sequence[float], errors: Sequence[float], df_complete: float, level: float = 0.95
) -> PooledRow:
    """Pool one estimate by Rubin's rules, with Barnard and Rubin's degrees of freedom.

    Parameters
    ----------
    term : str
        What was estimated.
    estimates, errors : sequence of float
        The estimate and its standard error in each imputed data set.
    df_complete : float
        Degrees of freedom if no answer were missing.
    level : float
        Confidence level of the interval.

    Returns
    -------
    PooledRow
        With the fraction of missing information.

    Raises
    ------
    ModelError
        ``pool.too_few`` for fewer than two imputations, ``pool.no_error`` where no estimate has an error,
        ``pool.no_information`` where so little is left that there is no interval.

    Notes
    -----
    T = W + (1 + 1/m) B; lambda = (1 + 1/m) B / T; riv = (1 + 1/m) B / W; nu_m = (m - 1) / lambda^2;
    nu_obs = (nu + 1) / (nu + 3) nu (1 - lambda); df = 1 / (1 / nu_m + 1 / nu_obs);
    fmi = (riv + 2 / (df + 3)) / (1 + riv).

    References
    ----------
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys. Barnard, J., & Rubin, D. B. (1999). Biometrika,
    86, 948-955. R: ``mice::pool.scalar(Q, U, n, k)``.

    Examples
    --------
    >>> row = rubin("a", [1.0, 1.2, 0.9], [0.2, 0.2, 0.2], 97)
    >>> f"{row.b:.3f} {row.se:.3f} {row.df:.1f} {row.fmi:.3f}"
    '1.033 0.267 8.7 0.533'
    """
    check_level(level)
    m = len(estimates)
    if m < 2 or len(errors) != m:
        raise ModelError(problem("pool.too_few", m=m))
    q = np.array(estimates, dtype=np.float64)
    within = float(np.mean(np.square(errors)))
    if not within > 0:
        raise ModelError(problem("pool.no_error", term=term))
    between = float(q.var(ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    df, riv = _barnard_rubin(extra / total, m, df_complete), extra / within
    b, se = float(q.mean()), sqrt(total)
    half = t_quantile((1 + level) / 2, df) * se
    if not isfinite(half):
        raise ModelError(problem("pool.no_information", term=term, m=m))
    fmi = (riv + 2 / (df + 3)) / (1 + riv)
    return PooledRow(term, b, se, b / se, df, t_two_sided(b / se, df), b - half, b + half, within, between, riv, fmi)


def pool(results: Sequence[Regression], *, level: float | None = None) -> Pooled:
    """Pool the same regression fitted to each imputed data set.

    Parameters
    ----------
    results : sequence of Regression
        What `ols` gave for each of them.
    level : float, optional
        Confidence level of the intervals; that of the results where none is given.

    Returns
    -------
    Pooled
        Coefficients by Rubin's rules.

    Raises
    ------
    ModelError
        ``pool.…``: fewer than two results, other formulas or terms, other numbers of rows.

    References
    ----------
    Rubin, D. B. (1987). R: ``summary(mice::pool(fit), conf.int = TRUE)``. Harel, O. (2009) for R^2. Journal of Applied
    Statistics, 36, 1109-1118.

    Examples
    --------
    >>> from analysis.stats.regression import ols
    >>> x = {"y": [1.0, 3.0, 2.0, 5.0, 4.0, 6.0], "a": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
    >>> other = {**x, "a": [1.0, 2.5, 3.0, 4.0, 5.0, 6.0]}
    >>> pool([ols("y ~ a", x), ols("y ~ a", other)]).m
    2
    """
    if len(results) < 2:
        raise ModelError(problem("pool.too_few", m=len(results)))
    first = results[0]
    terms = tuple(row.term for row in first.coefficient_rows)
    for other in results[1:]:
        same = (other.formula, other.n, tuple(row.term for row in other.coefficient_rows))
        if same != (first.formula, first.n, terms):
            raise ModelError(problem("pool.different", formula=first.formula, other=other.formula))
    level = first.level if level is None else level
    rows = tuple(
        rubin(
            term,
            [each.coefficient_rows[at].b for each in results],
            [each.coefficient_rows[at].se for each in results],
            first.coefficient_rows[at].df,
            level,
        )
        for at, term in enumerate(terms)
    )
    most = max(row.fmi for row in rows)
    few = (caution("pool.few_imputations", m=len(results), percent=100 * most),) if len(results) < 100 * most else ()
    z = float(np.mean([np.arctanh(min(each.fit.r, 1 - 1e-15)) for each in results]))
    return Pooled(
        method=f"rubin.{first.method}",
        formula=first.formula,
        coefficient_rows=rows,
        r2=float(np.tanh(z) ** 2),
        m=len(results),
        n=first.n,
        level=level,
        cautions=few,
    )


def _barnard_rubin(share: float, m: int, df_complete: float) -> float:
    """Degrees of freedom from the share of variance that the missing answers add."""
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    if share == 0:
        return observed
    large = (m - 1) / share**2
    return large * observed / (large + observed)
