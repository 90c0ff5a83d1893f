"""The fit of a solution, put together from its test, its baseline and its residuals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .baseline import baseline_table
from .estimators import Estimator, estimate
from .expected import goodness_as_given
from .fit import (
    Fit,
    absolute,
    all_moments,
    goodness,
    incremental,
    likelihoods,
    moment_count,
    residual_indices,
    rmsea,
    robust_incremental,
    saturated_logl,
    tested,
)
from .incomplete import complete_chi_square, expected_any, expected_normal
from .robust import Scaled, residual_chi_square, satorra_bentler, scaled_shifted, yuan_bentler
from .solution import Solution
from .start import with_sample_values

#: The tests that scale chi-square.
SCALED: dict[str, Callable[[Solution, int], Scaled]] = {
    "satorra_bentler": satorra_bentler,
    "scaled_shifted": scaled_shifted,
    "yuan_bentler": yuan_bentler,
}


def fit_measures(solution: Solution, estimator: Estimator) -> Fit:
    """Every index that the estimator allows."""
    table, sample = solution.table, solution.sample
    df, npar = moment_count(table) - table.n_free, table.n_free
    chisq = chi_square(solution, estimator)
    baseline = estimate(with_sample_values(baseline_table(table), sample), sample, estimator)
    baseline_chisq, baseline_df = chi_square(baseline, estimator), moment_count(table) - baseline.table.n_free
    gfi = (
        goodness(table, sample, solution.machine.discrepancies, solution.implied)
        if sample.complete
        else goodness_as_given(solution)
    )
    found: dict[str, Any] = {
        "npar": npar,
        "fmin": solution.optimum.value / 2,
        "chisq": chisq,
        "df": df,
        "pvalue": tested(chisq, df),
        "baseline_chisq": baseline_chisq,
        "baseline_df": baseline_df,
        "baseline_pvalue": tested(baseline_chisq, baseline_df),
        **(incremental(chisq, df, baseline_chisq, baseline_df) if baseline_df else {}),
        **rmsea(chisq, df, sample.total, len(sample.groups)),
        **residual_indices(sample, solution.implied, table.means),
        **absolute(gfi, chisq, df, sample.total, npar, all_moments(table)),
    }
    if estimator.likelihood:
        found |= _likelihoods(solution, npar)
    if estimator.test in SCALED and df > 0 and baseline_df:
        found |= _scaled(solution, baseline, estimator, (chisq, df, baseline_chisq, baseline_df))
    if not sample.complete and df > 0 and baseline_df:
        found |= _of_complete_data(solution, baseline, estimator, (df, baseline_df))
    return Fit(**found)


def _scaled(
    solution: Solution, baseline: Solution, estimator: Estimator, tests: tuple[float, int, float, int]
) -> dict[str, Any]:
    """The scaled test, the indices computed from it, and those that estimate the index of normal data."""
    chisq, df, baseline_chisq, baseline_df = tests
    sample, groups = solution.sample, len(solution.sample.groups)
    own, base = SCALED[estimator.test](solution, df), SCALED[estimator.test](baseline, baseline_df)
    if min(own.scale, base.scale) <= 0:  # a difference of traces: no expectation of a chi-square is negative
        return {"scaling_factor": own.scale, "baseline_scaling_factor": base.scale}
    statistic, baseline_statistic = own.statistic(chisq), base.statistic(baseline_chisq)
    compared = incremental(statistic, df, baseline_statistic, baseline_df)
    found = {
        "chisq_scaled": statistic,
        "df_scaled": float(df),
        "pvalue_scaled": tested(statistic, df),
        "scaling_factor": own.scale,
        "shift": own.shift,
        "baseline_chisq_scaled": baseline_statistic,
        "baseline_scaling_factor": base.scale,
        "cfi_scaled": compared["cfi"],
        "tli_scaled": compared["tli"],
        "scaling_factor_h0": own.h0,
        "scaling_factor_h1": own.h1,
        **_renamed(_of_scaled(own, chisq, df, sample.total, groups), "scaled"),
    }
    if not sample.complete:
        return found
    scales = own.mean_scale(df), base.mean_scale(baseline_df)
    robust = robust_incremental(chisq, df, scales[0], baseline_chisq, baseline_df, scales[1])
    index = rmsea(chisq, df, sample.total, groups, own.scale, statistic)
    index["rmsea"] = rmsea(chisq, df, sample.total, groups, scales[0])["rmsea"]
    return found | robust | _renamed(index, "robust")


def _of_complete_data(
    solution: Solution, baseline: Solution, estimator: Estimator, dfs: tuple[int, int]
) -> dict[str, Any]:
    """CFI, TLI and RMSEA that complete data would have given."""
    expected = expected_normal if estimator.test == "standard" else expected_any
    df, baseline_df = dfs
    own, base = expected(solution, df), expected(baseline, baseline_df)
    if min(own.scale, base.scale) <= 0:
        return {}
    chisq, baseline_chisq = complete_chi_square(solution), complete_chi_square(baseline)
    robust = robust_incremental(chisq, df, own.scale, baseline_chisq, baseline_df, base.scale)
    index = rmsea(chisq, df, solution.sample.total, len(solution.sample.groups), own.scale)
    return robust | _renamed(index, "robust")


def _of_scaled(own: Scaled, chisq: float, df: int, total: float, groups: int) -> dict[str, float | None]:
    """RMSEA of the scaled test; a scale without a shift is taken into the degrees of freedom, as lavaan does."""
    if own.shift:
        return rmsea(own.statistic(chisq), df, total, groups)
    return rmsea(chisq, df * own.scale, total, groups)


def _renamed(found: dict[str, float | None], kind: str) -> dict[str, float | None]:
    """``rmsea_low`` as ``rmsea_robust_low``."""
    return {name.replace("rmsea", f"rmsea_{kind}", 1): value for name, value in found.items()}


def chi_square(solution: Solution, estimator: Estimator) -> float:
    """n F: minus twice the log of the likelihood ratio; what is left by rounding of a perfect fit is none."""
    if estimator.test == "browne_normal":
        return residual_chi_square(solution)
    return max(solution.sample.total * solution.optimum.value, 0.0)


def _likelihoods(solution: Solution, npar: int) -> dict[str, float]:
    """Without the part of exogenous observed variables, which the model does not explain."""
    sample = solution.sample
    given = saturated_logl(sample, solution.table.exogenous)
    unrestricted = saturated_logl(sample, sample.names) - given
    logl = unrestricted - sum(
        group.n / 2 * each.value(there)
        for group, each, there in zip(sample.groups, solution.machine.discrepancies, solution.implied, strict=True)
    )
    return likelihoods(sample, logl, unrestricted, npar)
