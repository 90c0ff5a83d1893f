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
from .tails import f_upper

if TYPE_CHECKING:
    import pandas as pd

_SHAPIRO_MOST = 5000  # Royston's approximation of p was fitted up to here


@dataclass(frozen=True)
class InfluenceRow(Row):
    """One measure of influence over all rows: its largest value, the cut-off, and how many rows lie beyond it.

    Measures are ``leverage``, ``studentized`` (absolute, each row judged by a fit without it), ``cooks_distance``,
    ``dffits`` (absolute) and ``dfbetas`` (the largest over the coefficients).
    """

    measure: str
    largest: float
    cutoff: float
    beyond: int


@dataclass(frozen=True)
class ConditionRow(Row):
    """One dimension of the scaled columns, and its condition index.

    `terms` names the coefficients with more than the cut-off's share of their variance in this dimension, and `shares`
    gives it.
    """

    dimension: int
    index: float
    terms: tuple[str, ...]
    shares: tuple[float, ...]


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
    condition_rows: tuple[ConditionRow, ...] = ()

    @property
    def conditions(self) -> pd.DataFrame:
        """One line for each dimension of the columns."""
        return frame(self.condition_rows, ConditionRow)

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
        `tests` (``breusch_pagan``, ``white``, ``shapiro``, ``jarque_bera``, ``reset``, and ``linearity:a`` for each
        number), `influence` and `conditions`.

    Raises
    ------
    ModelError
        ``regression.needs_rows`` for a regression from moments; ``diagnostics.perfect_fit`` where nothing is left over.

    Notes
    -----
    See `breusch_pagan`, `white`, `normality`, `reset`, `linearity`, `influence` and `conditions`. With many rows the
    tests reject for deviations that do no harm.

    References
    ----------
    R: ``lmtest::bptest``, ``shapiro.test``, ``influence.measures``.

    Examples
    --------
    >>> from analysis.stats.regression import ols
    >>> answers = {"y": [1, 2, 4, 3, 6, 5, 9], "a": [1, 2, 3, 4, 5, 6, 7]}
    >>> [f"{row.name} {row.p:.2f}" for row in diagnose(ols("y ~ a", answers)).test_rows][:3]
    ['breusch_pagan 0.04', 'white 0.13', 'shapiro 0.46']
    """
    e = _residuals(fitted)
    tests = (*breusch_pagan(fitted), *white(fitted), *normality(fitted), *reset(fitted), *linearity(fitted))
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
        condition_rows=conditions(fitted),
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
    return (_spread("breusch_pagan", e, q, df),)


def white(fitted: Regression) -> tuple[FurtherTest, ...]:
    """Test equal spread against any dependence on the predictors, their squares and products.

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    tuple of FurtherTest
        One test, ``white``; none without predictors, or where there are too few rows for so many products.

    References
    ----------
    White, H. (1980). Econometrica, 48, 817-838. R: ``lmtest::bptest(fit, ~ a * b + I(a^2) + I(b^2))``.
    """
    e, x = _residuals(fitted), _centred(fitted)
    if not x.shape[1]:
        return ()
    rows_at, columns_at = np.triu_indices(x.shape[1])
    basis = _independent(np.column_stack([np.ones(len(e)), x, x[:, rows_at] * x[:, columns_at]]))
    df = basis.shape[1] - 1
    return () if df >= fitted.n - 1 else (_spread("white", e, basis, df),)


def _spread(name: str, residuals: Array, basis: Array, df: int) -> FurtherTest:
    """n times the R squared of squared residuals on the columns of an orthonormal basis, against chi-square."""
    squares = residuals**2 / float(residuals @ residuals)
    apart = squares - squares.mean()
    left = squares - basis @ (basis.T @ squares)
    statistic = len(squares) * (1 - float(left @ left) / float(apart @ apart)) if apart.any() else 0.0
    return FurtherTest(name, statistic, df, chi2_upper(statistic, df))


def reset(fitted: Regression) -> tuple[FurtherTest, ...]:
    """Test whether the straight line is enough: do squares and cubes of what is expected add anything (Ramsey)?

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    tuple of FurtherTest
        One F test, ``reset``, its `df` the number of added powers; none where they add no column or leave no rows.

    References
    ----------
    Ramsey, J. B. (1969). Journal of the Royal Statistical Society B, 31, 350-371. R: ``lmtest::resettest(fit, 2:3)``.
    """
    e, q = _residuals(fitted), _basis(fitted)
    z = fitted.fitted()
    spread = float(np.std(z))
    z = (z - z.mean()) / spread if spread > 0 else z * 0.0
    return _added("reset", e, q, np.column_stack([z**2, z**3]))


def linearity(fitted: Regression) -> tuple[FurtherTest, ...]:
    """Test for each number whether its square adds anything: is the relation straight?

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    tuple of FurtherTest
        ``linearity:a`` for each column of more than two values that is no product.

    References
    ----------
    Cohen, J., & Cohen, P. (1983), ch. 6. R: ``anova(fit, update(fit, . ~ . + I(a^2)))``.
    """
    e, q = _residuals(fitted), _basis(fitted)
    design, _ = fitted._rows()
    found: list[FurtherTest] = []
    for term, column in zip(design.terms, design.x.T, strict=True):
        if ":" not in term and len(np.unique(column)) > 2:
            apart = (column - column.mean()) / column.std()
            found.extend(_added(f"linearity:{term}", e, q, (apart**2)[:, None]))
    return tuple(found)


def _added(name: str, e: Array, q: Array, columns: Array) -> tuple[FurtherTest, ...]:
    """F test of columns beside those that q spans."""
    whole = _independent(np.column_stack([q, columns]))
    df1, df2 = whole.shape[1] - q.shape[1], len(e) - whole.shape[1]
    if df1 < 1 or df2 < 1:
        return ()
    left = e - whole @ (whole.T @ e)
    before, after = float(e @ e), float(left @ left)
    if after <= 0:
        return ()
    f = (before - after) / df1 / (after / df2)
    return (FurtherTest(name, f, df1, f_upper(f, df1, df2)),)


def _centred(fitted: Regression) -> Array:
    """Columns of the design but the constant, standardised."""
    design, _ = fitted._rows()
    x = design.x[:, int(design.intercept) :]
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _independent(x: Array) -> Array:
    """Orthonormal columns that span x, without those that others give (squares of dummies, products of categories)."""
    u, s, _ = np.linalg.svd(x / np.maximum(np.linalg.norm(x, axis=0), 1e-300), full_matrices=False)
    return np.asarray(u[:, s > 1e-9 * s[0]])


def conditions(fitted: Regression) -> tuple[ConditionRow, ...]:
    """Belsley's condition indices, and which coefficients share their variance in each dimension.

    Parameters
    ----------
    fitted : Regression
        A regression on rows.

    Returns
    -------
    tuple of ConditionRow
        From the smallest index to the largest.

    Notes
    -----
    Columns, the constant among them, are brought to length one; the index is the largest singular value over each.

    References
    ----------
    Belsley, D. A., Kuh, E., & Welsch, R. E. (1980). Regression diagnostics, ch. 3. SPSS: COLLIN.
    """
    design, _ = fitted._rows()
    x = design.x / np.linalg.norm(design.x, axis=0)
    _, s, vt = np.linalg.svd(x, full_matrices=False)
    phi = (vt / s[:, None]) ** 2
    shares = phi / phi.sum(axis=0)
    most = cutoff("diagnostics.variance_share")
    found = []
    for at in range(len(s)):
        inside = np.flatnonzero(shares[at] > most)
        names = tuple(design.terms[j] for j in inside)
        found.append(ConditionRow(at + 1, float(s[0] / s[at]), names, tuple(float(shares[at, j]) for j in inside)))
    return tuple(found)


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
    dffits, dfbetas = _moved(fitted)
    limits = (
        ("leverage", leverage, cutoff("diagnostics.leverage") * k / fitted.n),
        ("studentized", np.abs(studentized), cutoff("diagnostics.studentized")),
        ("cooks_distance", cooks, cutoff("diagnostics.cooks")),
        ("dffits", dffits, cutoff("diagnostics.dffits") * (k / fitted.n) ** 0.5),
        ("dfbetas", dfbetas, cutoff("diagnostics.dfbetas") / fitted.n**0.5),
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


def _moved(fitted: Regression) -> tuple[Array, Array]:
    """How far each row moves its own fitted value, and its most moved coefficient, in standard errors."""
    q = _basis(fitted)
    design, _ = fitted._rows()
    leverage, studentized, _ = measures(fitted)
    free = leverage < 1 - 1e-10
    h = leverage[free]
    dffits = np.abs(studentized) * np.sqrt(h / (1 - h))
    scaled = design.x / np.abs(design.x).max(axis=0)
    root = np.linalg.inv(np.linalg.qr(scaled)[1])
    way = (q[free] @ root.T) / np.linalg.norm(root, axis=1)  # (n, k) what one residual does to each coefficient
    dfbetas = np.abs(way * (studentized / np.sqrt(1 - h))[:, None]).max(axis=1, initial=0.0)
    return dffits, dfbetas


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
    rejected = tuple(test.name for test in tests if test.p < alpha and test.name in ("shapiro", "jarque_bera"))
    if rejected:
        yield caution("diagnostics.not_normal", "note", tests=rejected, n=n)
    if n > _SHAPIRO_MOST:
        yield caution("diagnostics.no_shapiro", "note", n=n, most=_SHAPIRO_MOST)
    bent = next((test for test in tests if test.name == "reset" and test.p < alpha), None)
    if bent is not None:
        yield caution("diagnostics.not_linear", p=bent.p)
    curved = [test for test in tests if test.name.startswith("linearity:")]
    most = alpha / max(len(curved), 1)  # Bonferroni: one of many columns is curved by chance
    named = tuple(test.name.partition(":")[2] for test in curved if test.p < most)
    if named:
        yield caution("diagnostics.curved", terms=named)
    cooks = next(row for row in found if row.measure == "cooks_distance")
    if cooks.beyond:
        yield caution("diagnostics.influential_rows", rows=cooks.beyond, largest=cooks.largest, cutoff=cooks.cutoff)
