"""Measurement invariance: whether a scale measures the same in every group, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ...errors import Caution, ModelError, caution, problem
from ...grammar import Model, parse_model
from ...rules import cutoff
from ..distributions import chi2_upper
from ..result import Result, Row, frame
from ..rows import Missing
from .cfa import cfa
from .fit import Fit
from .ordinal import ORDINAL
from .ordinal_steps import Step, ordinal_cautions, ordinal_steps
from .parameters import Equal
from .result import MeasurementModel
from .sample import Likelihood, MissingRule
from .score import ScoreRow, score_tests
from .threshold_fit import nested_test
from .threshold_model import ThresholdSolution

if TYPE_CHECKING:
    import pandas as pd

#: What each step holds equal, beside all that the steps before it do.
STEPS: dict[Step, tuple[Equal, ...]] = {
    "configural": (),
    "metric": ("loadings",),
    "scalar": ("loadings", "intercepts"),
    "strict": ("loadings", "intercepts", "residuals"),
}

#: The kind of parameter that each step holds equal.
_ADDED: dict[Step, str] = {"thresholds": "|", "metric": "=~", "scalar": "~1", "strict": "~~"}
_COSTLY = 3  # equalities that are named where a step fails


@dataclass(frozen=True)
class StepRow(Row):
    """One step: its fit, and what it loses against the step before; `holds` is None for the first.

    ``delta_`` are differences from the step before; `p_delta` tests the one of chi-square.
    """

    step: str
    chisq: float
    df: int
    pvalue: float | None
    cfi: float | None
    rmsea: float | None
    srmr: float | None
    aic: float | None
    bic: float | None
    delta_chisq: float | None
    delta_df: int | None
    p_delta: float | None
    delta_cfi: float | None
    delta_rmsea: float | None
    holds: bool | None


@dataclass(frozen=True)
class Invariance(Result):
    """The steps of a comparison of groups; `reached` is the last step that holds, and all before it.

    `delta_cfi` and `delta_rmsea` are the rules that decided; `released` the parameters left free on purpose. Where a
    step does not hold, `costly_rows` are the equalities that cost it most by their score tests, the greatest first.
    """

    step_rows: tuple[StepRow, ...]
    reached: str
    estimator: str
    group: str
    groups: tuple[str, ...]
    released: tuple[str, ...]
    delta_cfi: float
    delta_rmsea: float
    n: int
    missing: str
    dropped: int
    cautions: tuple[Caution, ...]
    costly_rows: tuple[ScoreRow, ...] = ()
    _models: Mapping[Step, MeasurementModel] = field(default_factory=dict, repr=False, compare=False)

    @property
    def table(self) -> pd.DataFrame:
        """One line for each step."""
        return frame(self.step_rows, StepRow)

    def model(self, step: Step) -> MeasurementModel:
        """The model of one step."""
        if step not in self._models:
            raise ModelError(problem("sem.no_solution"))
        return self._models[step]


def invariance(
    model: str | Model,
    x: object,
    *,
    group: str,
    estimator: str = "ML",
    missing: MissingRule | Missing = "listwise",
    released: Sequence[str] = (),
    likelihood: Likelihood = "normal",
    rules: Mapping[str, float] | None = None,
) -> Invariance:
    """Ask whether a scale measures the same in every group: structure, (thresholds,) loadings, intercepts, residuals.

    Parameters
    ----------
    model : str
        The measurement model, as for `cfa`.
    x : rows or mapping of label to Moments
        Answers with the column `group`, or printed matrices of each group.
    group : str
        The column that divides the rows.
    estimator : {"ML", "MLR", "MLM", "WLSMV", "WLSM", "DWLS", "ULSMV"}
        With MLR and MLM differences of chi-square are scaled (Satorra and Bentler, 2001). The last four are for ordinal
        answers; their differences are corrected as their tests are (Satorra, 2000).
    missing, likelihood
        As for `cfa`.
    released : sequence of str
        Parameters that stay free (partial invariance): ``"visual =~ x2"``, ``"x3 ~ 1"``, ``"x3 | t2"``.
    rules : mapping, optional
        A study's own ``"invariance.delta_cfi"`` and ``"invariance.delta_rmsea"``.

    Returns
    -------
    Invariance
        One line for each step; `reached` names the last that holds: CFI falls by no more than .01 and RMSEA rises by no
        more than .015 from the step before (CFI alone decides after a step without degrees of freedom).

    Raises
    ------
    ModelError
        As from `cfa`.

    Notes
    -----
    Loadings equal: relations can be compared (metric, weak). Intercepts too: means can (scalar, strong); means of the
    latent variables are then free but in the first group. Residual variances too: scores as they stand (strict).

    Ordinal answers have thresholds first, because loadings and intercepts are in units that equal thresholds set (Wu
    and Estabrook, 2016; see `threshold_table`). A step that restricts nothing is left out, with a caution: equal
    thresholds of items with two or three categories are a choice of units, and of binary items equal loadings too; what
    they say is first tested with the intercepts. CFI and RMSEA are then those of the corrected test.

    References
    ----------
    Meredith, W. (1993). Psychometrika, 58, 525-543. Cheung, G. W., & Rensvold, R. B. (2002). Structural Equation
    Modeling, 9, 233-255. Chen, F. F. (2007). Structural Equation Modeling, 14, 464-504. Satorra, A., & Bentler, P. M.
    (2001). Psychometrika, 66, 507-514. Wu, H., & Estabrook, R. (2016). Psychometrika, 81, 1014-1045. Satorra, A.
    (2000). In Heijmans, Pollock & Satorra (Eds.), Innovations in multivariate statistical analysis (pp. 233-247). R:
    ``lavaan::cfa(model, x, group, group.equal)``, ``lavTestLRT``, ``semTools::measEq.syntax`` with ``ID.cat =
    "Wu.Estabrook.2016"``.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> corr = [[1], [0.5, 1], [0.5, 0.5, 1], [0.5, 0.5, 0.5, 1]]
    >>> both = {g: Moments.from_printed(corr, n=200, names=["a", "b", "c", "d"]) for g in ("north", "south")}
    >>> invariance("f =~ a + b + c + d", both, group="region").reached
    'strict'
    """
    parsed = model if isinstance(model, Model) else parse_model(model)
    if estimator in ORDINAL:
        fitted = dict(ordinal_steps(parsed, x, estimator, missing, group, released))
    else:
        fitted = {
            step: cfa(
                parsed, x, estimator=estimator, missing=missing, group=group, equal=equal, released=released,
                likelihood=likelihood,
            )
            for step, equal in STEPS.items()
        }  # fmt: skip
    limits = cutoff("invariance.delta_cfi", rules), cutoff("invariance.delta_rmsea", rules)
    lines = tuple(_lines(fitted, limits))
    first = fitted["configural"]
    return Invariance(
        step_rows=lines,
        reached=_reached(lines),
        estimator=estimator,
        group=group,
        groups=tuple(row.group for row in first.group_rows),
        released=tuple(released),
        delta_cfi=limits[0],
        delta_rmsea=limits[1],
        n=first.n,
        missing=first.missing,
        dropped=first.dropped,
        cautions=tuple(_cautions(fitted)),
        costly_rows=_costly(fitted, lines),
        _models=fitted,
    )


def _lines(fitted: Mapping[Step, MeasurementModel], limits: tuple[float, float]) -> Iterator[StepRow]:
    before: MeasurementModel | None = None
    for step, model in fitted.items():
        yield _line(step, model, before, limits)
        before = model


def _line(step: str, model: MeasurementModel, before: MeasurementModel | None, limits: tuple[float, float]) -> StepRow:
    fit = model.fit
    chisq, cfi, rmsea = _judged(fit)
    pvalue = fit.pvalue if fit.pvalue_scaled is None else fit.pvalue_scaled
    shown = (step, chisq, fit.df, pvalue, cfi, rmsea, fit.srmr, fit.aic, fit.bic)
    if before is None:
        return StepRow(*shown, None, None, None, None, None, None)
    difference, df = difference_test(before, model)
    _, cfi_before, rmsea_before = _judged(before.fit)
    fall = cfi - cfi_before
    rise = rmsea - rmsea_before if before.fit.df else None  # without degrees of freedom there is no RMSEA to rise from
    p = chi2_upper(max(difference, 0.0), df) if difference is not None and df else None
    holds = -fall <= limits[0] and (rise is None or rise <= limits[1])
    return StepRow(*shown, difference, df, p, fall, rise, holds)


def _judged(fit: Fit) -> tuple[float, float, float]:
    """Chi-square, CFI and RMSEA that are compared: the scaled test; robust, else scaled, else plain indices."""
    chisq = fit.chisq if fit.chisq_scaled is None else fit.chisq_scaled
    cfi = next((each for each in (fit.cfi_robust, fit.cfi_scaled, fit.cfi) if each is not None), 1.0)
    rmsea = next((each for each in (fit.rmsea_robust, fit.rmsea_scaled, fit.rmsea) if each is not None), 0.0)
    return float(chisq or 0.0), float(cfi), float(rmsea)


def difference_test(larger: MeasurementModel, smaller: MeasurementModel) -> tuple[float | None, int]:
    """Chi-square that a model loses by its restrictions, scaled where both tests are; None where none can be had.

    Notes
    -----
    Satorra and Bentler (2001): (T0 - T1) / c with c = (df0 c0 - df1 c1) / (df0 - df1), from the unscaled T and the
    scaling factors of both. Their c may be negative, and then there is no test. Ordinal answers: see `nested_test`
    (WLSM: these, as lavaan).
    """
    free, held = larger._solution, smaller._solution
    if isinstance(free, ThresholdSolution) and isinstance(held, ThresholdSolution) and smaller.estimator != "WLSM":
        return nested_test(free, held)
    one, other = smaller.fit, larger.fit
    df = one.df - other.df
    plain = float(one.chisq or 0.0) - float(other.chisq or 0.0)
    if one.scaling_factor is None or (other.scaling_factor is None and other.df > 0):
        return plain, df
    if df == 0 or one.shift:
        return None, df
    scale = (one.df * one.scaling_factor - other.df * (other.scaling_factor or 0.0)) / df  # a saturated model has none
    return (plain / scale, df) if scale > 0 else (None, df)


def _reached(lines: Sequence[StepRow]) -> str:
    """The last step before one that does not hold."""
    reached = lines[0].step
    for row in lines[1:]:
        if not row.holds:
            break
        reached = row.step
    return reached


def _costly(fitted: Mapping[Step, MeasurementModel], lines: Sequence[StepRow]) -> tuple[ScoreRow, ...]:
    """The first equalities that the first failing step adds and that score tests reject, at most `_COSTLY`."""
    failing = next((row.step for row in lines[1:] if not row.holds), None)
    step = next((each for each in fitted if each == failing), None)
    if step is None:
        return ()
    added = {_ADDED[step]} if step == "thresholds" or "metric" in fitted else set(_ADDED.values())
    level = cutoff("significance")
    rows = (row for row in score_tests(fitted[step]).score_rows if row.op in added and row.p < level)
    return tuple(islice(rows, _COSTLY))


def _cautions(fitted: Mapping[Step, MeasurementModel]) -> Iterator[Caution]:
    """What the steps say of themselves, once; and a structure that fits no group well."""
    seen: dict[Caution, None] = {}
    for model in fitted.values():
        seen.update(dict.fromkeys(model.cautions))
    yield from seen
    first = fitted["configural"]
    if isinstance(first._solution, ThresholdSolution):
        yield from ordinal_cautions(first, first._solution.data)
    _, cfi, _ = _judged(first.fit)
    least = cutoff("sem.cfi.acceptable")
    if cfi < least:
        yield caution("invariance.structure", cfi=cfi, least=least)
