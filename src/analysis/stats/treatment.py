"""What happens when it is treated: a regression fitted again for every sign that an assumption does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError, problem
from ..grammar import INTERCEPT
from ..rules import cutoff
from .diagnostics import RegressionDiagnostics, diagnose, measures
from .further import robust_regression
from .likelihood import EffectRow
from .regression import CoefficientRow, Regression, ols
from .resample import SEED, bca, draws, left_out, units
from .result import Result, Row
from .rows import Array

#: What is looked for, in this order.
PROBLEMS = ("unequal_spread", "influence", "not_normal", "curved", "collinear")

_RESAMPLES = 2000


@dataclass(frozen=True)
class TreatedRow(Row):
    """One treatment of one problem: the coefficient of the headline term, and the terms whose conclusion changes.

    `signs` names the tests and measures that tell of the problem; `about` the terms that were squared or left out. The
    bootstrap gives no `p`: its interval decides.
    """

    problem: str
    signs: tuple[str, ...]
    treatment: str
    about: tuple[str, ...]
    b: float
    se: float
    low: float
    high: float
    p: float | None
    n: int
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Treatment(Result):
    """The regression's strongest term (`term`: largest standardised coefficient) under every treatment called for.

    `absent` names the problems of which there is no sign, `untold` the treatments that could not be computed or would
    leave out so few rows that the difference would tell their answers.
    """

    formula: str
    term: str
    treated_rows: tuple[TreatedRow, ...]
    absent: tuple[str, ...]
    untold: tuple[str, ...]
    n: int
    level: float
    resamples: int


@dataclass(frozen=True, eq=False)
class _Case:
    """Columns of the design under names of their own: categories are dummies, so every refit takes them."""

    fitted: Regression
    found: RegressionDiagnostics
    names: Mapping[str, str]  # from the column's name here to the term
    x: Mapping[str, Array]  # with the outcome under "y"
    term: str
    least: int  # rows that are left out, at least

    @property
    def formula(self) -> str:
        return f"y ~ {' + '.join(self.names)}"


#: b, se, limits and p of every term, rows, and the terms that the treatment is about.
_Refit = tuple[dict[str, tuple[float, float, float, float, float | None]], int, tuple[str, ...]]


def treat(fitted: Regression, *, least: int = 1) -> Treatment:
    """Fit a regression again in the way that each of its problems calls for.

    Parameters
    ----------
    fitted : Regression
        A regression on rows, with a constant.
    least : int
        Fewer rows than these are not left out: the difference would tell what they answered.

    Returns
    -------
    Treatment
        For unequal spread (Breusch-Pagan or White) errors HC3; for influential rows a fit without those whose Cook's
        distance is above 4 / n, and Huber's; for residuals that are not normal (Shapiro-Wilk or Jarque-Bera) BCa
        intervals of a bootstrap of rows; for bends (RESET, or a column's own test) squares of the centred columns, so
        that a coefficient is the slope at the mean; for collinearity (VIF, or a condition index that two terms share)
        a fit without the other term with the largest VIF.

    Raises
    ------
    ModelError
        ``treatment.constant`` without a constant or without terms; as `diagnose`; ``regression.needs_rows`` for a
        regression from moments.

    References
    ----------
    Fox, J. (2016). Applied regression analysis, ch. 11-13. Efron, B. (1987). Journal of the American Statistical
    Association, 82, 171-185 (BCa).

    Examples
    --------
    >>> a = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    >>> y = [1, 4, 10, 15, 26, 35, 50, 63, 82, 99, 122, 143]
    >>> [(row.problem, row.treatment) for row in treat(ols("y ~ a", {"y": y, "a": a})).treated_rows if row.about]
    [('curved', 'squares')]
    """
    design, _ = fitted._rows()
    if not design.intercept or len(design.terms) < 2:
        raise ModelError(problem("treatment.constant", formula=fitted.formula))
    found = diagnose(fitted)
    inside = [(f"c{at}", term) for at, term in enumerate(design.terms) if term != INTERCEPT]
    x = {name: design.x[:, design.terms.index(term)] for name, term in inside}
    strongest = max(_own(fitted), key=lambda row: abs(row.beta or 0.0)).term
    case = _Case(fitted, found, dict(inside), {**x, "y": design.y}, strongest, least)
    rows: list[TreatedRow] = []
    absent, untold = [], []
    for kind in PROBLEMS:
        signs = _SIGNS[kind](case)
        if not signs:
            absent.append(kind)
            continue
        for treatment, refit in _TREATMENTS[kind].items():
            try:
                rows.append(_row(case, kind, signs, treatment, refit(case)))
            except (ModelError, np.linalg.LinAlgError):
                untold.append(treatment)
    return Treatment(
        fitted.formula, strongest, tuple(rows), tuple(absent), tuple(untold), fitted.n, fitted.level, _RESAMPLES
    )


def _own(fitted: Regression) -> list[CoefficientRow]:
    return [row for row in fitted.coefficient_rows if row.term != INTERCEPT]


def _row(case: _Case, kind: str, signs: tuple[str, ...], treatment: str, refit: _Refit) -> TreatedRow:
    found, n, about = refit
    changed = tuple(row.term for row in _own(case.fitted) if row.term in found and _differs(row, found[row.term]))
    b, se, low, high, p = found[case.term]
    return TreatedRow(kind, signs, treatment, about, b, se, low, high, p, n, changed)


def _differs(row: CoefficientRow, other: tuple[float, float, float, float, float | None]) -> bool:
    """Told from zero here and not there, or with the other sign."""
    alpha = cutoff("significance")
    b, _, low, high, p = other
    told, told_there = row.p < alpha, (low > 0 or high < 0) if p is None else p < alpha
    return told != told_there or (told and (row.b > 0) != (b > 0))


# Signs: the names of the tests and measures beyond their limit.


def _rejected(case: _Case, *names: str) -> tuple[str, ...]:
    alpha = cutoff("significance")
    return tuple(test.name for test in case.found.test_rows if test.name in names and test.p < alpha)


def _spread(case: _Case) -> tuple[str, ...]:
    return _rejected(case, "breusch_pagan", "white")


def _influence(case: _Case) -> tuple[str, ...]:
    """Leverage alone does no harm."""
    return tuple(row.measure for row in case.found.influence_rows if row.beyond and row.measure != "leverage")


def _not_normal(case: _Case) -> tuple[str, ...]:
    return _rejected(case, "shapiro", "jarque_bera")


def _bent_terms(case: _Case) -> tuple[str, ...]:
    """Columns whose own square adds something, by Bonferroni: one of many is curved by chance."""
    curved = [test for test in case.found.test_rows if test.name.startswith("linearity:")]
    most = cutoff("significance") / max(len(curved), 1)
    return tuple(test.name.partition(":")[2] for test in curved if test.p < most)


def _curved(case: _Case) -> tuple[str, ...]:
    return (*_rejected(case, "reset"), *(f"linearity:{term}" for term in _bent_terms(case)))


def _collinear(case: _Case) -> tuple[str, ...]:
    high = ("vif",) if any((row.vif or 0.0) >= cutoff("regression.vif") for row in _own(case.fitted)) else ()
    return (*high, *(("condition_index",) if _shared(case) else ()))


def _shared(case: _Case) -> tuple[str, ...]:
    """Terms that share their variance in a dimension with too large an index; the constant does not count."""
    most = cutoff("diagnostics.condition_index")
    for row in reversed(case.found.condition_rows):
        terms = tuple(term for term in row.terms if term != INTERCEPT)
        if row.index > most and len(terms) > 1:
            return terms
    return ()


# Treatments.


def _told(case: _Case, rows: Sequence[CoefficientRow | EffectRow], n: int, about: tuple[str, ...] = ()) -> _Refit:
    named = {case.names[row.term]: row for row in rows if row.term in case.names}
    return {term: (row.b, row.se, row.low, row.high, row.p) for term, row in named.items()}, n, about


def _hc3(case: _Case) -> _Refit:
    fit = ols(case.formula, case.x, vcov="HC3", level=case.fitted.level)
    return _told(case, fit.coefficient_rows, fit.n)


def _without_influential(case: _Case) -> _Refit:
    leverage, _, cooks = measures(case.fitted)
    if len(cooks) != len(leverage):
        raise _cannot()
    stays = cooks <= 4 / len(cooks)
    if int((~stays).sum()) < case.least:
        raise _cannot()
    fit = ols(case.formula, {name: values[stays] for name, values in case.x.items()}, level=case.fitted.level)
    return _told(case, fit.coefficient_rows, fit.n)


def _huber(case: _Case) -> _Refit:
    fit = robust_regression(case.formula, case.x, level=case.fitted.level)
    return _told(case, fit.coefficient_rows, fit.n)


def _bootstrap(case: _Case) -> _Refit:
    """Rows drawn again; the coefficients of each resample come from its covariances."""
    drawn = units(np.column_stack([*(case.x[name] for name in case.names), case.x["y"]]))
    rng = np.random.default_rng(SEED)
    found = np.vstack([_slopes(drawn.covariances(weights)) for weights in draws(drawn, _RESAMPLES, rng)])
    without = np.vstack([_slopes(drawn.covariances(weights)) for weights in left_out(drawn)])
    values = {row.term: row.b for row in case.fitted.coefficient_rows}
    told: dict[str, tuple[float, float, float, float, float | None]] = {}
    for at, term in enumerate(case.names.values()):
        low, high = bca(values[term], found[:, at], without[:, at], drawn.times, case.fitted.level)
        told[term] = (values[term], float(found[:, at].std(ddof=1)), low, high, None)
    return told, case.fitted.n, ()


def _slopes(cov: Array) -> Array:
    """Coefficients (b, k) from covariances (b, k + 1, k + 1), the outcome last."""
    return np.asarray(np.linalg.solve(cov[:, :-1, :-1], cov[:, :-1, -1:])[:, :, 0])


def _squares(case: _Case) -> _Refit:
    """Squares of the bent columns; of all with more than two values where RESET alone tells of a bend."""
    bent = _bent_terms(case)
    names = [
        name for name, term in case.names.items()
        if term in bent or (not bent and ":" not in term and len(np.unique(case.x[name])) > 2)
    ]  # fmt: skip
    if not names:
        raise _cannot()
    centred = {name: case.x[name] - case.x[name].mean() for name in names}
    columns = {**case.x, **centred, **{f"{name}_2": values**2 for name, values in centred.items()}}
    formula = " + ".join([case.formula, *(f"{name}_2" for name in names)])
    fit = ols(formula, columns, level=case.fitted.level)
    return _told(case, fit.coefficient_rows, fit.n, tuple(case.names[name] for name in names))


def _without_other(case: _Case) -> _Refit:
    """Without the other term with the largest VIF, among those that share a dimension where there is one."""
    shared = _shared(case)
    others = [row for row in _own(case.fitted) if row.term != case.term and (not shared or row.term in shared)]
    if not others:
        raise _cannot()
    worst = max(others, key=lambda row: row.vif or 0.0).term
    kept = [name for name, term in case.names.items() if term != worst]
    fit = ols(f"y ~ {' + '.join(kept)}", case.x, level=case.fitted.level)
    return _told(case, fit.coefficient_rows, fit.n, (worst,))


def _cannot() -> ModelError:
    return ModelError(problem("treatment.cannot"))


_SIGNS: dict[str, Callable[[_Case], tuple[str, ...]]] = {
    "unequal_spread": _spread,
    "influence": _influence,
    "not_normal": _not_normal,
    "curved": _curved,
    "collinear": _collinear,
}

_TREATMENTS: dict[str, dict[str, Callable[[_Case], _Refit]]] = {
    "unequal_spread": {"hc3": _hc3},
    "influence": {"without_influential": _without_influential, "huber": _huber},
    "not_normal": {"bootstrap": _bootstrap},
    "curved": {"squares": _squares},
    "collinear": {"without_other": _without_other},
}
