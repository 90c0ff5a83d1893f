"""Fit of models of ordinal answers: the test corrected for gamma, indices naive, scaled and robust."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt
from typing import Any

import numpy as np
from scipy import special

from ..rows import Array
from .directions import inverted, vech
from .discrepancy import MaximumLikelihood, normal_weight
from .estimators import Test
from .fit import Fit, incremental, rmsea, tested
from .ordinal import OrdinalSample, OrdinalSolution, Weighting, bread_and_meat, correlation_count

_SINGULAR = 1.5e-8  # an eigenvalue this small is zero (lavaan)


def ordinal_fit(solution: OrdinalSolution) -> Fit:
    """The test, scaled for the covariances of the correlations, and the indices as lavaan prints them."""
    table, sample, data, estimator = solution.table, solution.sample, solution.data, solution.estimator
    df, baseline_df = correlation_count(table) - table.n_free, correlation_count(table)
    chisq = max(sample.n * solution.optimum.value, 0.0)
    baseline = sum(
        (each.n - 1) * float(data.weight(group, estimator.weighting) @ vech(each.cov)[data.off] ** 2)
        for group, each in enumerate(sample.groups)
    )
    known = estimator.weighting == "diagonal"  # unweighted, not even the expectation of chi-square is df
    found: dict[str, Any] = {
        "npar": table.n_free + data.n_thresholds,
        "fmin": solution.optimum.value / 2,
        "chisq": chisq,
        "df": df,
        "pvalue": tested(chisq, df) if known else None,
        "baseline_chisq": baseline,
        "baseline_df": baseline_df,
        "baseline_pvalue": tested(baseline, baseline_df) if known else None,
        **incremental(chisq, df, baseline, baseline_df),
        **rmsea(chisq, df, data.total, len(sample.groups)),
        **_residuals(solution),
        **_absolute(solution, chisq, df),
    }
    if estimator.test != "standard":
        found |= _scaled(solution, (chisq, df), (baseline, baseline_df))
        found |= _robust(solution, df, baseline_df)
    return Fit(**found)


def _scaled(
    solution: OrdinalSolution, model: tuple[float, int], baseline: tuple[float, int]
) -> dict[str, float | None]:
    """Test and indices after the mean, or the mean and the variance, were corrected."""
    data, kind = solution.data, solution.estimator.test
    first = corrected(model, _traces(solution), kind)
    second = corrected(baseline, _baseline_traces(solution), kind)
    chisq, df, c = first.chisq, model[1], first.factor
    indices = incremental(chisq, df, second.chisq, baseline[1])
    if kind == "satorra_bentler" and c is not None:
        close = rmsea(model[0], c * df, data.total, len(data.moments))
    else:
        close = rmsea(chisq, df, data.total, len(data.moments))
    return {
        "chisq_scaled": chisq,
        "df_scaled": df,
        "pvalue_scaled": tested(chisq, df),
        "scaling_factor": c,
        "shift": first.shift,
        "baseline_chisq_scaled": second.chisq,
        "baseline_scaling_factor": second.factor,
        "cfi_scaled": indices["cfi"],
        "tli_scaled": indices["tli"],
        "rmsea_scaled": close["rmsea"],
        "rmsea_scaled_low": close["rmsea_low"],
        "rmsea_scaled_high": close["rmsea_high"],
        "rmsea_scaled_pvalue": close["rmsea_pvalue"],
    }


@dataclass(frozen=True)
class Corrected:
    """A test brought to the mean, or the mean and the variance, of its chi-square."""

    chisq: float
    factor: float | None
    shift: float | None


def corrected(test: tuple[float, int], traces: tuple[float, float], kind: Test) -> Corrected:
    """Satorra and Bentler's T / c, or Asparouhov and Muthén's a T + b with mean df and variance 2 df."""
    (chisq, df), (first, second) = test, traces
    if df == 0:
        return Corrected(chisq, None, None)
    if kind == "satorra_bentler":
        return Corrected(chisq * df / first, first / df, None)
    a = sqrt(df / second)
    shift = df - a * first
    return Corrected(a * chisq + shift, 1 / a, shift)


def _traces(solution: OrdinalSolution) -> tuple[float, float]:
    """tr(U gamma) and tr(U gamma U gamma) with U = W - W D (D' W D)^-1 D' W, all groups together."""
    information, meat = bread_and_meat(solution)
    back = np.linalg.inv(information)
    hat, crossed = back @ meat, np.zeros_like(meat)
    products = _products(solution.data, solution.estimator.weighting)
    parts = zip(solution.sample.weights, solution.weighted, products, strict=True)
    for group, (share, weighted, product) in enumerate(parts):
        crossed += share * weighted.T @ solution.data.gamma(group) @ product @ weighted
    first, second = _baseline_traces(solution)
    first -= float(np.trace(hat))
    second += float(np.sum(hat * hat.T)) - 2 * float(np.trace(back @ crossed))
    return first, second


def _baseline_traces(solution: OrdinalSolution) -> tuple[float, float]:
    return correlation_traces(solution.data, solution.estimator.weighting)


def correlation_traces(data: OrdinalSample, weighting: Weighting) -> tuple[float, float]:
    """The same where the model has no parameters among the correlations, and U = W."""
    products = _products(data, weighting)
    return sum(float(np.trace(each)) for each in products), sum(float(np.sum(each * each.T)) for each in products)


def _products(data: OrdinalSample, weighting: Weighting) -> list[Array]:
    """W gamma (pairs, pairs) of each group."""
    return [data.weight(group, weighting)[:, None] * data.gamma(group) for group in data.groups]


def _residuals(solution: OrdinalSolution) -> dict[str, float]:
    """Root mean square residuals of correlations; rmr and crmr count the thresholds, which leave none, as lavaan."""
    data, p = solution.data, len(solution.sample.names)
    pairs, shares = len(data.off), data.sample.weights
    found = {"rmr": 0.0, "srmr": 0.0, "crmr": 0.0}
    for group, there in enumerate(solution.implied):
        rest = vech(data.moments[group].corr - there.cov)[data.off]
        squares, cuts = float(rest @ rest), sum(len(each) for each in data.moments[group].thresholds)
        share = float(shares[group])
        found["rmr"] += share * sqrt(squares / (pairs + p + cuts))
        found["srmr"] += share * sqrt(squares / (pairs + p))
        found["crmr"] += share * sqrt(squares / (pairs + cuts))
    return found


def _absolute(solution: OrdinalSolution, chisq: float, df: int) -> dict[str, float | None]:
    """GFI with the thresholds among the moments, McDonald's index, Hoelter's critical n."""
    data, weighting, gfi = solution.data, solution.estimator.weighting, 0.0
    for group, (m, there) in enumerate(zip(data.moments, solution.implied, strict=True)):
        cuts, r, weight = np.concatenate(m.thresholds), vech(m.corr)[data.off], data.weight(group, weighting)
        own = np.ones(len(cuts)) if weighting == "equal" else 1 / np.diag(m.gamma)[: len(cuts)]
        rest = r - vech(there.cov)[data.off]
        gfi += float(data.sample.weights[group]) * (1 - float(weight @ rest**2) / float(own @ cuts**2 + weight @ r**2))
    moments = data.n_thresholds + correlation_count(solution.table)
    critical = [
        float(special.chdtri(df, tail)) / (chisq / data.total) + 1 if df and chisq > 0 else None
        for tail in (0.05, 0.01)
    ]
    return {
        "gfi": gfi,
        "agfi": 1 - moments / df * (1 - gfi) if df else 1.0,
        "pgfi": df / moments * gfi,
        "mfi": exp(-(chisq - df) / (2 * data.total)),
        "cn_05": critical[0],
        "cn_01": critical[1],
    }


def _robust(solution: OrdinalSolution, df: int, baseline_df: int) -> dict[str, float | None]:
    """Indices of the variables behind the answers: the likelihood at these estimates, corrected for its expectation.

    None where a sample's or the model's correlations are not positive definite, or no degree of freedom is left.

    References
    ----------
    Savalei, V. (2021). Improving fit indices in structural equation modeling with categorical data. Multivariate
    Behavioral Research, 56, 390-407.
    """
    data = solution.data
    matrices = (*(m.corr for m in data.moments), *(each.cov for each in solution.implied))
    if df == 0 or any(float(np.linalg.eigvalsh(each)[0]) < _SINGULAR for each in matrices):
        return {}
    scale = _expected(solution) / df
    chisq = sum(
        m.n * MaximumLikelihood(np.zeros(len(m.corr)), m.corr, means=False).value(there)
        for m, there in zip(data.moments, solution.implied, strict=True)
    )
    baseline = -sum(m.n * float(np.linalg.slogdet(m.corr)[1]) for m in data.moments)
    baseline_scale = sum(float(np.trace(data.gamma(group))) for group in data.groups) / baseline_df
    close = rmsea(chisq, df, data.total, len(data.moments), scale)
    beyond, beyond_baseline = chisq - scale * df, baseline - baseline_scale * baseline_df
    most = max(beyond, beyond_baseline)
    ratio = beyond * baseline_df / (beyond_baseline * df) if beyond_baseline > 0 else None
    return {
        "cfi_robust": 1 - max(beyond, 0.0) / most if most > 0 else 1.0,
        "tli_robust": None if ratio is None else 1 - ratio,
        "rmsea_robust": close["rmsea"],
        "rmsea_robust_low": close["rmsea_low"],
        "rmsea_robust_high": close["rmsea_high"],
        "rmsea_robust_pvalue": close["rmsea_pvalue"],
    }


def _expected(solution: OrdinalSolution) -> float:
    """What the likelihood ratio is expected to be under the model: tr((I - H)' V (I - H) gamma), H = D E^-1 D' W.

    V is the normal information of the correlations at the implied ones.
    """
    off = np.ix_(solution.data.off, solution.data.off)
    information, meat = bread_and_meat(solution)
    back, bent, found = np.linalg.inv(information), np.zeros_like(meat), 0.0
    parts = zip(solution.sample.weights, solution.slopes, solution.weighted, solution.implied, strict=True)
    for group, (share, slopes, weighted, there) in enumerate(parts):
        v, gamma = normal_weight(inverted(there.cov), means=False)[off], solution.data.gamma(group)
        bent += share * slopes.T @ v @ slopes
        found += float(np.sum(v * gamma)) - 2 * share * float(np.trace(v @ slopes @ back @ weighted.T @ gamma))
    return found + float(np.trace(bent @ back @ meat @ back))
