"""Fit of models of thresholds and correlations, and the test of one such model within another."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, sqrt
from typing import Any

import numpy as np
from scipy import linalg, special

from ..rows import Array
from .fit import Fit, incremental, rmsea, tested
from .ordinal_fit import corrected, correlation_traces
from .threshold_model import ThresholdSolution, bread_and_meat


def threshold_fit(solution: ThresholdSolution) -> Fit:
    """The test, scaled for the covariances of thresholds and correlations, and the indices as lavaan prints them.

    Robust indices estimate what the variables behind the answers would give; they are defined where thresholds are
    free (Savalei, 2021), and None here, as in lavaan.
    """
    table, sample, data, estimator = solution.table, solution.sample, solution.data, solution.estimator
    moments = sum(len(each.statistics) for each in data.moments)
    df, baseline_df = moments - table.n_free, len(data.off) * len(data.moments)
    chisq = max(float(sample.n * solution.optimum.value), 0.0)
    baseline = sum(
        (each.n - 1) * float(weight[-len(data.off) :] @ own[-len(data.off) :] ** 2)
        for each, weight, own in zip(data.moments, *_sides(solution), strict=True)
    )
    known = estimator.weighting == "diagonal"
    found: dict[str, Any] = {
        "npar": table.n_free,
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
        **_absolute(solution, chisq, df, moments),
    }
    if estimator.test != "standard":
        found |= _scaled(solution, (chisq, df), (baseline, baseline_df))
    return Fit(**found)


def nested_test(larger: ThresholdSolution, smaller: ThresholdSolution) -> tuple[float | None, int]:
    """What a model loses by its restrictions: the corrected difference of chi-square, and its df.

    Parameters
    ----------
    larger, smaller : ThresholdSolution
        The model with more free parameters, and the one within it.

    Returns
    -------
    tuple
        None for the statistic where the models have the same df.

    Notes
    -----
    T = n (F0 - F1) is distributed as a sum of m chi-squares weighted by the eigenvalues of U gamma, with U = W D P^-1
    A' (A P^-1 A')^-1 A P^-1 D' W, D and P = D' W D of the larger model, and A the directions of its parameters that the
    smaller one gives up: those orthogonal to (D' D)^-1 D' D0. With the scaled and shifted test of the estimator a T + b
    has mean m and variance 2 m; with the mean-adjusted one, T m / tr(U gamma); without, T itself.

    References
    ----------
    Satorra, A. (2000). Scaled and adjusted restricted tests in multi-sample analysis of moment structures. In Heijmans,
    Pollock & Satorra (Eds.), Innovations in multivariate statistical analysis (pp. 233-247). R:
    ``lavTestLRT(larger, smaller)``, whose default this is for WLSMV.
    """
    m = larger.table.n_free - smaller.table.n_free
    if m <= 0:
        return None, m
    plain = larger.sample.n * float(smaller.optimum.value - larger.optimum.value)
    kind = larger.estimator.test
    if kind == "standard":
        return plain, m
    return corrected((plain, m), _restriction_traces(larger, smaller), kind).chisq, m


def _restriction_traces(larger: ThresholdSolution, smaller: ThresholdSolution) -> tuple[float, float]:
    """tr(U gamma) and tr(U gamma U gamma) of the restrictions: both are traces of (free, free) products."""
    slopes, restricted = np.vstack(larger.slopes), np.vstack(smaller.slopes)
    kept = np.linalg.lstsq(slopes, restricted, rcond=None)[0]
    given_up = linalg.null_space(kept.T).T
    information, meat = bread_and_meat(larger)
    back = np.linalg.inv(information)
    middle = given_up.T @ np.linalg.solve(given_up @ back @ given_up.T, given_up)
    product = back @ middle @ back @ meat
    return float(np.trace(product)), float(np.sum(product * product.T))


def _sides(solution: ThresholdSolution) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Weights and sample statistics of each group."""
    return solution.machine.fixed_weights, solution.machine.observed


def _rests(solution: ThresholdSolution) -> Iterator[Array]:
    """What the model leaves of each group's statistics."""
    for own, there in zip(solution.machine.observed, solution.statistics, strict=True):
        yield own - there


def _scaled(
    solution: ThresholdSolution, model: tuple[float, int], baseline: tuple[float, int]
) -> dict[str, float | None]:
    """Test and indices after the mean, or the mean and the variance, were corrected."""
    data, kind = solution.data, solution.estimator.test
    first = corrected(model, _traces(solution), kind)
    second = corrected(baseline, correlation_traces(data, solution.estimator.weighting), kind)
    chisq, df, c = first.chisq, model[1], first.factor
    indices = incremental(chisq, df, second.chisq, baseline[1])
    if kind == "satorra_bentler" and c is not None:
        close = rmsea(model[0], c * df, data.total, len(data.moments))
    else:
        close = rmsea(chisq, df, data.total, len(data.moments))
    return {
        "chisq_scaled": chisq,
        "df_scaled": float(df),
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


def _traces(solution: ThresholdSolution) -> tuple[float, float]:
    """tr(U gamma) and tr(U gamma U gamma) with U = W - W D (D' W D)^-1 D' W, all groups together."""
    information, meat = bread_and_meat(solution)
    back = np.linalg.inv(information)
    hat, crossed, first, second = back @ meat, np.zeros_like(meat), 0.0, 0.0
    parts = zip(
        solution.sample.weights, solution.data.moments, solution.machine.fixed_weights, solution.slopes, strict=True
    )
    for share, each, weight, slopes in parts:
        product, weighted = weight[:, None] * each.gamma, weight[:, None] * slopes
        first += float(np.trace(product))
        second += float(np.sum(product * product.T))
        crossed += share * weighted.T @ each.gamma @ product @ weighted
    first -= float(np.trace(hat))
    second += float(np.sum(hat * hat.T)) - 2 * float(np.trace(back @ crossed))
    return first, second


def _residuals(solution: ThresholdSolution) -> dict[str, float]:
    """Root mean square residuals of correlations; rmr and crmr count thresholds too, as lavaan."""
    data, p = solution.data, len(solution.sample.names)
    pairs, shares = len(data.off), data.sample.weights
    found = {"rmr": 0.0, "srmr": 0.0, "crmr": 0.0}
    for group, rest in enumerate(_rests(solution)):
        between, cuts = float(rest[-pairs:] @ rest[-pairs:]), rest[:-pairs]
        share = float(shares[group])
        found["srmr"] += share * sqrt(between / (pairs + p))
        found["rmr"] += share * sqrt((between + float(cuts @ cuts)) / (pairs + p + len(cuts)))
        found["crmr"] += share * sqrt((between + float(cuts @ cuts)) / (pairs + len(cuts)))
    return found


def _absolute(solution: ThresholdSolution, chisq: float, df: int, moments: int) -> dict[str, float | None]:
    """GFI with the thresholds among the moments, McDonald's index, Hoelter's critical n."""
    gfi = 0.0
    for share, rest, weight, own in zip(solution.data.sample.weights, _rests(solution), *_sides(solution), strict=True):
        gfi += float(share) * (1 - float(weight @ rest**2) / float(weight @ own**2))
    total = solution.data.total
    critical = [
        float(special.chdtri(df, tail)) / (chisq / total) + 1 if df and chisq > 0 else None for tail in (0.05, 0.01)
    ]
    return {
        "gfi": gfi,
        "agfi": 1 - moments / df * (1 - gfi) if df else 1.0,
        "pgfi": df / moments * gfi,
        "mfi": exp(-(chisq - df) / (2 * total)),
        "cn_05": critical[0],
        "cn_01": critical[1],
    }
