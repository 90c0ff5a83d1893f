"""Linear regression by least squares, on rows or on moments, with classical and robust errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import log, pi, sqrt
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import INTERCEPT, Formula, parse_formula
from ..rules import cutoff
from .design import Design, build, codes_of, count_codes
from .leastsquares import Solution, solve_moments, solve_rows
from .moments import Moments, RowRule, moments, moments_cautions
from .result import Result, Row, frame
from .rows import Array, Rows, check_level, is_rows, literal, rows
from .sandwich import HCS, coefficient_cov, wald_f
from .tails import f_upper, t_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd

Vcov: TypeAlias = (
    Literal["classical", "HC0", "HC1", "HC2", "HC3", "HC4"]
    | tuple[Literal["cluster", "CR1", "CR2"], str]
    | tuple[Literal["cluster"], str, str]
)

_CLUSTERED = ("cluster", "CR1", "CR2")
_KINDS = ("classical", *HCS, *_CLUSTERED)
_FEW = int(cutoff("regression.few_clusters"))
_DIGITS = 1e3  # condition number from which moments lose six of sixteen digits and more


@dataclass(frozen=True)
class CoefficientRow(Row):
    """One coefficient; `beta`, `tolerance`, `vif` are empty for the intercept, `statistic` where the error is zero."""

    term: str
    b: float
    se: float
    statistic: float | None
    df: float
    p: float
    low: float
    high: float
    beta: float | None
    tolerance: float | None
    vif: float | None


@dataclass(frozen=True)
class Fit(Row):
    """How well the model fits; `F` and `p` are empty without predictors or where no row is left over to test."""

    r: float
    r2: float
    adj_r2: float
    see: float
    F: float | None
    df1: int
    df2: int
    p: float | None
    loglik: float | None
    aic: float | None
    bic: float | None
    ss_reg: float
    ss_res: float
    ss_total: float
    ms_reg: float | None
    ms_res: float


@dataclass(frozen=True)
class Diagnostics(Row):
    """`durbin_watson` depends on the order of the rows; `condition_number` is of the scaled, centred design."""

    durbin_watson: float | None
    condition_number: float


@dataclass(frozen=True)
class Regression(Result):
    """A fitted linear model.

    `n` rows were used by the row rule `missing`, `dropped` were left out; `method` names how errors and F were computed
    (``ols.classical``, ``ols.robust``, ``ols.cluster`` and ``ols.two_way`` with a Wald F; ``ols.CR2`` without F).
    """

    formula: str
    coefficient_rows: tuple[CoefficientRow, ...]
    fit: Fit
    diagnostics: Diagnostics
    n: int
    missing: RowRule
    dropped: int
    method: str
    vcov: str
    cluster: str | None
    clusters: int | None
    level: float
    cautions: tuple[Caution, ...]
    _kept: tuple[Design, Array] | None = field(default=None, compare=False, repr=False)

    @property
    def coefficients(self) -> pd.DataFrame:
        """One line for each coefficient."""
        return frame(self.coefficient_rows, CoefficientRow)

    def residuals(self) -> Array:
        """Outcome minus fitted, one for each row used."""
        return self._rows()[1].copy()

    def fitted(self) -> Array:
        """What the model expects, one for each row used."""
        design, residuals = self._rows()
        return design.y - residuals

    def design(self) -> Design:
        """Columns and outcome over the rows used."""
        return self._rows()[0]

    def covariance(self) -> Array:
        """Covariance of the coefficients, by the errors that were asked for."""
        design, _ = self._rows()
        second = next(iter(design.beside), None) if self.method == "ols.two_way" else None
        solution = solve_rows(design.x, design.y, design.terms, design.intercept)
        return coefficient_cov(design, solution, self.vcov, second, 1)[0]

    def as_statsmodels(self) -> Any:
        """The same model fitted by statsmodels on the same rows, as its own results object."""
        design, _ = self._rows()
        if self.vcov in ("HC4", "CR2") or self.method == "ols.two_way":
            raise ModelError(problem("regression.no_counterpart", vcov=self.vcov))
        import pandas as pd
        import statsmodels.api as sm

        model = sm.OLS(pd.Series(design.y, name="outcome"), pd.DataFrame(design.x, columns=list(design.terms)))
        if self.vcov == "classical":
            return model.fit()
        if self.method == "ols.cluster":
            return model.fit(cov_type="cluster", cov_kwds={"groups": design.clusters}, use_t=True)
        return model.fit(cov_type=self.vcov, use_t=True)

    def _rows(self) -> tuple[Design, Array]:
        if self._kept is None:
            raise ModelError(problem("regression.needs_rows", what="rows"))
        return self._kept


def ols(formula: str, x: object, *, vcov: Vcov = "classical", level: float = 0.95) -> Regression:
    """Explain an outcome by factors with the straight line (plane) of least squares.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b + a:b``; see `parse_formula`. Categories are compared with their first level.
    x : rows, Moments, or an iterable of batches
        Rows, or moments of numeric columns (batches are read into moments).
    vcov : {"classical", "HC0", …, "HC4"}, ("cluster", name), ("CR2", name) or ("cluster", name, other)
        How standard errors are computed: equal spread, unequal spread, or rows that belong together: CR1 (also spelt
        ``"CR1"``), CR2 for few clusters, or clusters of two kinds at once.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Regression
        `n` counts the rows that answer every variable of the formula.

    Raises
    ------
    ModelError
        ``regression.…``: no more rows than coefficients, constant or collinear predictors (named), text as numbers.

    Notes
    -----
    b minimises the sum of squared residuals. Tests use t with n - k degrees of freedom, with clusters G - 1 (CR1, as
    Stata and ``sandwich::vcovCL``), with two kinds of clusters the smaller G - 1, with CR2 Satterthwaite's own for each
    coefficient (``clubSandwich``). With robust errors F is Wald's; CR2 has none. `beta` is b times the column's
    standard deviation over the outcome's. AIC and BIC count the error variance, as R does. Without an intercept R^2,
    beta and VIF are about zero.

    References
    ----------
    R: ``summary(lm(formula, x))``, ``lmtest::coeftest``, ``car::vif``, ``lmtest::dwtest``.

    Examples
    --------
    >>> result = ols("y ~ a", {"y": [2.0, 4.0, 3.0, 6.0], "a": [1, 2, 3, 4]})
    >>> [f"{row.term} {row.b:.2f}" for row in result.coefficient_rows]
    ['(Intercept) 1.00', 'a 1.10']
    """
    parsed = parse_formula(formula)
    if parsed.groups:
        raise ModelError(problem("regression.groups_need_mixed", groups=parsed.groups))
    kind, *named = vcov if isinstance(vcov, tuple) else (vcov,)
    literal("vcov", kind, _KINDS)
    if (kind in _CLUSTERED) != bool(named) or len(named) > (2 if kind == "cluster" else 1):
        raise ModelError(problem("regression.cluster_needs_name"))
    check_level(level)
    if is_rows(x):
        return _from_rows(parsed, rows(x), kind, tuple(named), level)
    m = moments(x)
    if kind != "classical":
        raise ModelError(problem("regression.needs_rows", what=kind))
    return _from_moments(parsed, m, level)


def _from_rows(formula: Formula, taken: Rows, kind: str, named: tuple[str, ...], level: float) -> Regression:
    cluster, second = (*named, None, None)[:2]
    design = build(formula, taken, cluster, named[1:])
    n, k = design.x.shape
    if n <= k or not k:
        raise ModelError(problem("regression.too_few_rows", n=n, k=k))
    groups = _clusters(design, cluster, second)
    solution = solve_rows(design.x, design.y, design.terms, design.intercept)
    cov, df = coefficient_cov(design, solution, kind, second, n - k if groups is None else groups - 1)
    fit = _fit(solution, n, k, formula.intercept)
    if kind != "classical":
        last = n - k if groups is None else groups - 1
        f, p = (None, None) if fit.F is None or kind == "CR2" else wald_f(solution.b, cov, int(formula.intercept), last)
        fit = replace(fit, F=f, p=p, df2=last)
    coefficients = tuple(_coefficients(design.terms, solution, cov, df, level))
    cautions = (*design.cautions, *_shared_items(formula, taken), *_cautions(fit, coefficients, n, design.dropped))
    few = (
        ()
        if groups is None or groups >= _FEW or kind == "CR2"
        else (caution("regression.few_clusters", clusters=groups, least=_FEW),)
    )
    return Regression(
        formula=str(formula),
        coefficient_rows=coefficients,
        fit=fit,
        diagnostics=Diagnostics(_durbin_watson(solution.residuals, fit), solution.condition),
        n=n,
        missing="listwise",
        dropped=design.dropped,
        method=_method(kind, second),
        vcov=kind,
        cluster=cluster,
        clusters=groups,
        level=level,
        cautions=(*cautions, *few, caution("regression.durbin_watson_order", "note")),
        _kept=(design, solution.residuals),
    )


def _method(kind: str, second: str | None) -> str:
    if second is not None:
        return "ols.two_way"
    known = {"classical": "ols.classical", "cluster": "ols.cluster", "CR1": "ols.cluster", "CR2": "ols.CR2"}
    return known.get(kind, "ols.robust")


def _clusters(design: Design, cluster: str | None, second: str | None) -> int | None:
    """How many clusters there are, the fewer of two kinds; a single one is refused."""
    if design.clusters is None:
        return None
    counts = {cluster: count_codes(design.clusters)}
    if second is not None:
        counts[second] = count_codes(codes_of(design.beside[second]))
    single = [name for name, count in counts.items() if count == 1]
    if single:
        raise ModelError(problem("regression.single_cluster", Place(column=single[0]), column=single[0]))
    return min(counts.values())


def _from_moments(formula: Formula, m: Moments, level: float) -> Regression:
    mixed = tuple(":".join(term) for term in formula.terms if len(term) > 1)
    if mixed:
        raise ModelError(problem("regression.needs_rows", what=mixed[0]))
    names = tuple(term[0] for term in formula.terms)
    flat = [name for name, sd in zip(names, m.subset(names).sd, strict=True) if sd == 0 and formula.intercept]
    if flat:
        raise ModelError(*(problem("regression.constant_predictor", Place(column=name), column=name) for name in flat))
    if m.subset([formula.outcome]).sd[0] == 0:
        raise ModelError(problem("regression.constant_outcome", Place(column=formula.outcome), column=formula.outcome))
    terms = (*((INTERCEPT,) if formula.intercept else ()), *names)
    n, k = m.n, len(terms)
    if n <= k:
        raise ModelError(problem("regression.too_few_rows", n=n, k=k))
    solution = solve_moments(m, formula.outcome, names, formula.intercept)
    fit = _fit(solution, n, k, formula.intercept)
    cov = solution.root @ solution.root.T * fit.ms_res
    coefficients = tuple(_coefficients(terms, solution, cov, np.full(k, float(n - k)), level))
    costly = solution.condition > _DIGITS
    digits = (caution("regression.moments_condition", condition=solution.condition),) if costly else ()
    pairs = (caution("regression.pairwise_n", n=n),) if m.missing == "pairwise" else ()
    return Regression(
        formula=str(formula),
        coefficient_rows=coefficients,
        fit=fit,
        diagnostics=Diagnostics(None, solution.condition),
        n=n,
        missing=m.missing,
        dropped=m.dropped,
        method="ols.moments",
        vcov="classical",
        cluster=None,
        clusters=None,
        level=level,
        cautions=(*_cautions(fit, coefficients, n, m.dropped), *digits, *pairs, *moments_cautions(m)),
    )


def _fit(s: Solution, n: int, k: int, intercept: bool) -> Fit:
    """Sums of squares and what follows from them, as R's `summary.lm`."""
    df1, df2 = k - int(intercept), n - k
    ms_res, ms_reg = s.ss_res / df2, s.ss_reg / df1 if df1 else None
    r2 = s.ss_reg / (s.ss_reg + s.ss_res) if df1 else 0.0
    f = None if s.perfect or ms_reg is None else ms_reg / ms_res
    loglik = None if s.perfect else -n / 2 * (log(2 * pi) + log(s.ss_res / n) + 1)
    return Fit(
        r=sqrt(r2),
        r2=r2,
        adj_r2=1 - (1 - r2) * (n - int(intercept)) / df2,
        see=sqrt(ms_res),
        F=f,
        df1=df1,
        df2=df2,
        p=None if f is None else f_upper(f, df1, df2),
        loglik=loglik,
        aic=None if loglik is None else 2 * (k + 1) - 2 * loglik,
        bic=None if loglik is None else log(n) * (k + 1) - 2 * loglik,
        ss_reg=s.ss_reg,
        ss_res=s.ss_res,
        ss_total=s.ss_total,
        ms_reg=ms_reg,
        ms_res=ms_res,
    )


def _coefficients(
    terms: tuple[str, ...], s: Solution, cov: Array, dfs: Array, level: float
) -> Iterator[CoefficientRow]:
    errors, tolerance = np.sqrt(np.diag(cov)), s.tolerance
    quantiles = {df: t_quantile((1 + level) / 2, df) for df in set(dfs.tolist())}
    for j, term in enumerate(terms):
        t = quantiles[float(dfs[j])]
        df = int(dfs[j]) if float(dfs[j]).is_integer() else float(dfs[j])
        b, se, constant = float(s.b[j]), float(errors[j]), term == INTERCEPT
        statistic = None if s.perfect or not se else b / se
        free = None if constant else min(float(tolerance[j]), 1.0)
        yield CoefficientRow(
            term=term,
            b=b,
            se=se,
            statistic=statistic,
            df=df,
            p=0.0 if statistic is None else t_two_sided(statistic, df),
            low=b - t * se,
            high=b + t * se,
            beta=None if constant else b * float(s.spread_x[j]) / s.spread_y,
            tolerance=free,
            vif=None if free is None else 1 / free,
        )


def _durbin_watson(e: Array, fit: Fit) -> float | None:
    """Sum of squared steps of the residuals over the sum of their squares."""
    return None if fit.loglik is None else float(np.sum(np.diff(e) ** 2) / np.sum(e**2))


def _cautions(fit: Fit, coefficients: tuple[CoefficientRow, ...], n: int, dropped: int) -> Iterator[Caution]:
    least = cutoff("regression.tolerance")
    near = tuple(row.term for row in coefficients if row.tolerance is not None and row.tolerance < least)
    if near:
        yield caution("regression.low_tolerance", terms=near, least=least)
    wanted = int(cutoff("regression.n_base") + cutoff("regression.n_per_predictor") * fit.df1)
    if n < wanted:
        yield caution("regression.small_n", n=n, least=wanted, predictors=fit.df1)
    if dropped:
        yield caution("rows.excluded", "note", dropped=dropped, n=n, total=n + dropped)
    if fit.loglik is None:
        yield caution("regression.perfect_fit")


def _shared_items(formula: Formula, taken: Rows) -> Iterator[Caution]:
    """Factors built from items of the outcome explain it by construction."""
    of_outcome = taken.members.get(formula.outcome, (formula.outcome,))
    for name in formula.names[1:]:
        shared = tuple(item for item in taken.members.get(name, (name,)) if item in of_outcome)
        if shared:
            yield caution("regression.shared_items", outcome=formula.outcome, factor=name, items=shared)
