"""The fit of a solution, put together from its test, its baseline and its residuals."""

from __future__ import annotations

from typing import Any

from .baseline import baseline_table
from .estimators import Estimator, estimate
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
    saturated_logl,
    tested,
)
from .solution import Solution
from .start import with_sample_values


def fit_measures(solution: Solution, estimator: Estimator) -> Fit:
    """Every index that the estimator allows."""
    table, sample = solution.table, solution.sample
    df, npar = moment_count(table) - table.n_free, table.n_free
    chisq = chi_square(solution)
    baseline = estimate(with_sample_values(baseline_table(table), sample), sample, estimator)
    baseline_chisq, baseline_df = chi_square(baseline), moment_count(table) - baseline.table.n_free
    weights = [each.weight(there) for each, there in zip(solution.machine.discrepancies, solution.implied, strict=True)]
    gfi = goodness(table, sample, solution.implied, weights)
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
    return Fit(**found)


def chi_square(solution: Solution) -> float:
    """n F: minus twice the log of the likelihood ratio; what is left by rounding of a perfect fit is none."""
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
