"""What every model fitted by likelihood returns, and the Newton steps that fit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Caution, ModelError, caution, problem
from ..rules import cutoff
from .comparison import FurtherTest
from .distributions import chi2_upper
from .moments import RowRule
from .result import Result, Row, frame
from .rows import Array
from .tails import normal_quantile, normal_two_sided

if TYPE_CHECKING:
    import pandas as pd

_STEPS = 100
_NEAR = 1e-7  # half of Newton's decrement, how much the likelihood could still rise: below, full steps are safe
_FLAT = 1e-22  # where nothing but rounding is left


@dataclass(frozen=True)
class EffectRow(Row):
    """One coefficient; `ratio` is exp(b) with its interval (odds or rates), empty for a probit or a straight line.

    `df` is empty where the test is normal; `category` names the outcome's category in a multinomial model. `beta`,
    `tolerance` and `vif` belong to least squares and stay empty.
    """

    term: str
    b: float
    se: float
    statistic: float | None
    df: float | None
    p: float
    low: float
    high: float
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None
    category: str | None = None
    beta: float | None = None
    tolerance: float | None = None
    vif: float | None = None


@dataclass(frozen=True)
class ThresholdRow(Row):
    """Where one answer passes into the next on the latent scale: ``2|3``."""

    threshold: str
    b: float
    se: float
    statistic: float
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class VarianceComponent(Row):
    """One variance or covariance of random effects; `correlation` for a pair; the residual's group is ``residual``."""

    group: str
    term: str
    other: str | None
    variance: float
    sd: float | None
    correlation: float | None


@dataclass(frozen=True)
class LikelihoodFit(Row):
    """Likelihood of the model and of the model with constants alone, their test, and shares explained."""

    loglik: float
    null_loglik: float | None
    chisq: float | None
    df: int | None
    p: float | None
    deviance: float
    aic: float
    bic: float
    mcfadden: float | None
    cox_snell: float | None
    nagelkerke: float | None
    icc: float | None = None
    # what only least squares have: all regressions are asked for the same names
    r2: None = None
    adj_r2: None = None
    see: None = None
    F: None = None
    df1: None = None
    df2: None = None


@dataclass(frozen=True)
class LikelihoodModel(Result):
    """A model fitted by likelihood. `method` names it: ``logit``, ``probit``, ``logit.firth``, ``ordinal.logit``, …

    `event` is the answer whose probability a logit or probit models. `n` rows were used, `dropped` left out.
    """

    formula: str
    method: str
    event: str | None
    coefficient_rows: tuple[EffectRow, ...]
    threshold_rows: tuple[ThresholdRow, ...]
    variance_rows: tuple[VarianceComponent, ...]
    test_rows: tuple[FurtherTest, ...]
    fit: LikelihoodFit
    n: int
    groups: int | None
    missing: RowRule
    dropped: int
    level: float
    converged: bool
    cautions: tuple[Caution, ...]
    _kept: Any = field(default=None, compare=False, repr=False)

    @property
    def coefficients(self) -> pd.DataFrame:
        """One line for each coefficient."""
        return frame(self.coefficient_rows, EffectRow)

    @property
    def thresholds(self) -> pd.DataFrame:
        """One line for each threshold of an ordinal model."""
        return frame(self.threshold_rows, ThresholdRow)

    @property
    def variances(self) -> pd.DataFrame:
        """One line for each variance or covariance of a mixed model."""
        return frame(self.variance_rows, VarianceComponent)

    @property
    def tests(self) -> pd.DataFrame:
        """One line for each further test."""
        return frame(self.test_rows, FurtherTest)

    def as_statsmodels(self) -> Any:
        """The same model fitted by statsmodels on the same rows, as its own results object."""
        if self._kept is None:
            raise ModelError(problem("regression.needs_rows", what="rows"))
        return self._kept()


#: Gives the log-likelihood, its slope and minus its curvature at a point.
Likelihood = Callable[[Array], tuple[float, Array, Array]]


def maximise(start: Array, likelihood: Likelihood) -> tuple[Array, Array, float, bool]:
    """Newton's steps, halved until the likelihood rises: point, its information, likelihood, and whether it is flat."""
    at = start
    value, slope, curve = likelihood(at)
    before = np.inf
    for _ in range(_STEPS):
        try:
            step = np.linalg.solve(curve, slope)
        except np.linalg.LinAlgError:
            return at, curve, value, False
        rise = float(slope @ step) / 2
        if rise < _FLAT or (rise < _NEAR and rise >= before):
            return at, curve, value, True
        size = 1.0
        found = likelihood(at + step)
        while rise >= _NEAR and not (np.isfinite(found[0]) and found[0] > value):
            size /= 2
            if size < 1e-8:
                return at, curve, value, False
            found = likelihood(at + size * step)
        at = at + size * step
        value, slope, curve = found
        before = rise
    return at, curve, value, False


def effects(
    terms: tuple[str, ...], b: Array, cov: Array, level: float, *, ratios: bool, category: str | None = None
) -> Iterator[EffectRow]:
    """Rows of coefficients with Wald's normal tests."""
    z = normal_quantile((1 + level) / 2)
    for term, value, se in zip(terms, b.tolist(), np.sqrt(np.diag(cov)).tolist(), strict=True):
        low, high = value - z * se, value + z * se
        ratio, ratio_low, ratio_high = (_exp(value), _exp(low), _exp(high)) if ratios else (None, None, None)
        p = normal_two_sided(value / se)
        yield EffectRow(term, value, se, value / se, None, p, low, high, ratio, ratio_low, ratio_high, category)


def _exp(value: float) -> float:
    return exp(min(value, 700.0))


def fitted_by(loglik: float, null: float | None, k: int, free: int, n: int) -> LikelihoodFit:
    """Fit of a model with `k` parameters, `free` of them beyond those of the constant model."""
    chisq = p = mcfadden = cox = nagelkerke = None
    if null is not None and free:
        chisq = 2 * (loglik - null)
        p = chi2_upper(chisq, free)
        mcfadden, cox = 1 - loglik / null, 1 - exp(2 * (null - loglik) / n)
        nagelkerke = cox / (1 - exp(2 * null / n))
    df = None if chisq is None else free
    return LikelihoodFit(
        loglik, null, chisq, df, p, -2 * loglik, 2 * k - 2 * loglik, log(n) * k - 2 * loglik, mcfadden, cox, nagelkerke
    )


def usual_cautions(n: int, dropped: int, converged: bool) -> tuple[Caution, ...]:
    """What may be said of any of these models."""
    found = [caution("rows.excluded", "note", dropped=dropped, n=n, total=n + dropped)] if dropped else []
    if not converged:
        found.append(caution("likelihood.not_converged"))
    return tuple(found)


def few_events(events: int, k: int) -> tuple[Caution, ...]:
    """The rarer answer against what each coefficient wants."""
    least = int(cutoff("likelihood.events"))
    return (caution("likelihood.few_events", events=events, k=k, least=least),) if events < least * k else ()
