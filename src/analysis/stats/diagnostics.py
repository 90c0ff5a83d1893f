"""Whether a regression's assumptions hold: equal spread, normal residuals, rows that decide the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .comparison import FurtherTest
from .distributions import chi2_upper
from .regression import Regression
from .result import Result, Row, frame
from .rows import Array

if TYPE_CHECKING:
    import pandas as pd

_SHAPIRO_MOST = 5000  # Royston's approximation of p was fitted up to here


@dataclass(frozen=True)
class InfluenceRow(Row):
    """One measure of influence over all rows: its largest value, the cut-off, and how many rows lie beyond it.

    Measures are ``leverage``, ``studentized`` (absolute, each row judged by a fit without it) and ``cooks_distance``.
    """

    measure: str
    largest: float
    cutoff: float
    beyond: int


@dataclass(frozen=True)
class RegressionDiagnostics(Result):
    """Tests of a regression's residuals and summaries of influence; single rows are never named."""

    formula: str
    test_rows: tuple[FurtherTest, ...]
    influence_rows: tuple[InfluenceRow, ...]
    skewness: float
    excess_kurtosis: float
    n: int
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def tests(self) -> pd.DataFrame:
        """One line for each test."""
        return frame(self.test_rows, FurtherTest)

    @property
    def influence(self) -> pd.DataFrame:
        """One line for each measure of influence."""
        return frame(self.influence_rows, InfluenceRow)


def diagnose(fitted: Regression) -> RegressionDiagnostics:
    """Check a regression: equal spread, normality of its residuals, influence of single rows.

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    RegressionDiagnostics
        `tests` (``breusch_pagan``, ``shapiro``, ``jarque_bera``) and `influence`.

    Raises
    ------
    ModelError
        ``regression.needs_rows`` for a regression from moments; ``diagnostics.perfect_fit`` where nothing is left over.

    Notes
    -----
    See `breusch_pagan`, `normality` and `influence`. With many rows the tests reject for deviations that do no harm.

    References
    ----------
    R: ``lmtest::bptest``, ``shapiro.test``, ``influence.measures``.

    Examples
    --------
    >>> from analysis.stats.regression import ols
    >>> answers = {"y": [1, 2, 4, 3, 6, 5, 9], "a": [1, 2, 3, 4, 5, 6, 7]}
    >>> [f"{row.name} {row.p:.2f}" for row in diagnose(ols("y ~ a", answers)).test_rows]
    ['breusch_pagan 0.04', 'shapiro 0.46', 'jarque_bera 0.72']
    """
    e = _residuals(fitted)
    tests = (*breusch_pagan(fitted), *normality(fitted))
    measures = influence(fitted)
    return RegressionDiagnostics(
        formula=fitted.formula,
        test_rows=tests,
        influence_rows=measures,
        skewness=_moment(e, 3),
        excess_kurtosis=_moment(e, 4) - 3,
        n=fitted.n,
        dropped=fitted.dropped,
        cautions=tuple(_cautions(tests, measures, fitted.n)),
    )


def breusch_pagan(fitted: Regression) -> tuple[FurtherTest, ...]:
    """Test equal spread: n R^2 of the squared residuals on the predictors (Koenker's studentised form).

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    tuple of FurtherTest
        One test, ``breusch_pagan``; none for a regression without predictors.

    References
    ----------
    Koenker, R. (1981). Journal of Econometrics, 17, 107-112. R: ``lmtest::bptest(fit)``.
    """
    e, q = _residuals(fitted), _basis(fitted)
    df = fitted.fit.df1
    if not df:
        return ()
    squares = e**2 / float(e @ e)
    apart = squares - squares.mean()
    explained = q @ (q.T @ squares)
    left = squares - explained
    statistic = fitted.n * (1 - float(left @ left) / float(apart @ apart)) if apart.any() else 0.0
    return (FurtherTest("breusch_pagan", statistic, df, chi2_upper(statistic, df)),)


def normality(fitted: Regression) -> tuple[FurtherTest, ...]:
    """Test whether residuals are normal: Shapiro and Wilk's W, Jarque and Bera's chi-square.

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    tuple of FurtherTest
        ``shapiro`` (for 3 to 5000 rows) and ``jarque_bera``.

    References
    ----------
    Royston, P. (1995). Applied Statistics, 44, 547-551. Jarque, C. M., & Bera, A. K. (1987). International Statistical
    Review, 55, 163-172. R: ``shapiro.test(residuals(fit))``, ``tseries::jarque.bera.test``.
    """
    e = _residuals(fitted)
    found = []
    if 3 <= len(e) <= _SHAPIRO_MOST:
        from scipy.stats import shapiro

        w, p = shapiro(e)
        found.append(FurtherTest("shapiro", float(w), None, float(p)))
    statistic = len(e) / 6 * (_moment(e, 3) ** 2 + (_moment(e, 4) - 3) ** 2 / 4)
    return (*found, FurtherTest("jarque_bera", statistic, 2, chi2_upper(statistic, 2)))


def influence(fitted: Regression) -> tuple[InfluenceRow, ...]:
    """Summarise how much single rows decide the result: leverage, studentised residuals, Cook's distance.

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    tuple of InfluenceRow
        The largest value of each measure and how many rows lie beyond the cut-off; no row is named. Rows that alone
        decide a coefficient (leverage 1) count for leverage only.

    References
    ----------
    Cook, R. D., & Weisberg, S. (1982). Residuals and influence in regression. R: ``hatvalues``, ``rstudent``,
    ``cooks.distance``.
    """
    leverage, studentized, cooks = measures(fitted)
    k = len(fitted.coefficient_rows)
    limits = (
        ("leverage", leverage, cutoff("diagnostics.leverage") * k / fitted.n),
        ("studentized", np.abs(studentized), cutoff("diagnostics.studentized")),
        ("cooks_distance", cooks, cutoff("diagnostics.cooks")),
    )
    return tuple(
        InfluenceRow(name, float(values.max(initial=0.0)), limit, int((values > limit).sum()))
        for name, values, limit in limits
    )


def measures(fitted: Regression) -> tuple[Array, Array, Array]:
    """Leverage, externally studentised residuals and Cook's distance of each row, for figures; never published."""
    e, q = _residuals(fitted), _basis(fitted)
    n, k = q.shape
    leverage = (q**2).sum(axis=1)
    free = leverage < 1 - 1e-10
    h, r = leverage[free], e[free]
    ss = float(e @ e)
    ms = ss / (n - k)
    without = np.maximum(ss - r**2 / (1 - h), 0.0) / max(n - k - 1, 1)
    studentized = r / np.sqrt(without * (1 - h), where=without > 0, out=np.full_like(r, np.inf))
    return leverage, studentized, r**2 * h / (k * ms * (1 - h) ** 2)


def _residuals(fitted: Regression) -> Array:
    e = fitted.residuals()
    if fitted.fit.loglik is None:
        raise ModelError(problem("diagnostics.perfect_fit", formula=fitted.formula))
    return e


def _basis(fitted: Regression) -> Array:
    """Orthonormal columns that span the design."""
    design, _ = fitted._rows()
    scale = np.abs(design.x).max(axis=0)
    return np.asarray(np.linalg.qr(design.x / scale)[0])


def _moment(e: Array, power: int) -> float:
    """Standardised central moment with divisor n: 3 is skewness, 4 kurtosis."""
    apart = e - e.mean()
    return float(np.mean(apart**power) / np.mean(apart**2) ** (power / 2))


def _cautions(tests: tuple[FurtherTest, ...], found: tuple[InfluenceRow, ...], n: int) -> Iterator[Caution]:
    alpha = cutoff("significance")
    for test in tests:
        if test.p < alpha and test.name == "breusch_pagan":
            yield caution("diagnostics.unequal_spread", p=test.p)
    rejected = tuple(test.name for test in tests if test.p < alpha and test.name != "breusch_pagan")
    if rejected:
        yield caution("diagnostics.not_normal", "note", tests=rejected, n=n)
    if n > _SHAPIRO_MOST:
        yield caution("diagnostics.no_shapiro", "note", n=n, most=_SHAPIRO_MOST)
    cooks = found[-1]
    if cooks.beyond:
        yield caution("diagnostics.influential_rows", rows=cooks.beyond, largest=cooks.largest, cutoff=cooks.cutoff)
