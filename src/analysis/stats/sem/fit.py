"""Fit: the test of the model, its comparison with uncorrelated variables, residuals, likelihoods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, log, pi, sqrt

import numpy as np
from scipy import special

from ..distributions import chi2_noncentrality, chi2_upper
from ..result import Row
from ..rows import Array
from .directions import vech
from .discrepancy import Discrepancy
from .matrices import Implied
from .parameters import ParameterTable
from .patterns import deviance
from .sample import Sample

RMSEA_LEVEL = 0.90
CLOSE = 0.05  # Browne and Cudeck's close fit, which rmsea_pvalue tests
_SMALLEST = 1e-300


@dataclass(frozen=True)
class Fit(Row):
    """Fit of a model, under lavaan's names with ``_`` for its dots; None where the estimator gives none.

    ``_scaled`` are computed from the scaled test, ``_robust`` estimate the index of normal complete data. `rmsea_low`
    and `rmsea_high` bound 90 %.
    """

    npar: int
    fmin: float
    chisq: float | None
    df: int
    pvalue: float | None
    chisq_scaled: float | None = None
    df_scaled: float | None = None
    pvalue_scaled: float | None = None
    scaling_factor: float | None = None
    shift: float | None = None
    baseline_chisq: float | None = None
    baseline_df: int | None = None
    baseline_pvalue: float | None = None
    baseline_chisq_scaled: float | None = None
    baseline_scaling_factor: float | None = None
    cfi: float | None = None
    tli: float | None = None
    cfi_scaled: float | None = None
    tli_scaled: float | None = None
    cfi_robust: float | None = None
    tli_robust: float | None = None
    rfi: float | None = None
    nfi: float | None = None
    pnfi: float | None = None
    ifi: float | None = None
    rni: float | None = None
    logl: float | None = None
    unrestricted_logl: float | None = None
    aic: float | None = None
    bic: float | None = None
    bic2: float | None = None
    scaling_factor_h0: float | None = None
    scaling_factor_h1: float | None = None
    rmsea: float | None = None
    rmsea_low: float | None = None
    rmsea_high: float | None = None
    rmsea_pvalue: float | None = None
    rmsea_scaled: float | None = None
    rmsea_scaled_low: float | None = None
    rmsea_scaled_high: float | None = None
    rmsea_scaled_pvalue: float | None = None
    rmsea_robust: float | None = None
    rmsea_robust_low: float | None = None
    rmsea_robust_high: float | None = None
    rmsea_robust_pvalue: float | None = None
    rmr: float | None = None
    srmr: float | None = None
    crmr: float | None = None
    srmr_mplus: float | None = None
    gfi: float | None = None
    agfi: float | None = None
    pgfi: float | None = None
    mfi: float | None = None
    ecvi: float | None = None
    cn_05: float | None = None
    cn_01: float | None = None


def all_moments(table: ParameterTable) -> int:
    """Variances, covariances and means of all observed variables in all groups."""
    p = len(table.observed)
    return table.groups * (p * (p + 1) // 2 + (p if table.means else 0))


def moment_count(table: ParameterTable) -> int:
    """Moments that a model explains: those of exogenous observed variables are given, not explained."""

    def of(k: int) -> int:
        return k * (k + 1) // 2 + (k if table.means else 0)

    return table.groups * (of(len(table.observed)) - of(len(table.exogenous)))


def incremental(chisq: float, df: float, baseline: float, baseline_df: float) -> dict[str, float]:
    """Indices that compare the model with uncorrelated variables.

    References
    ----------
    Bentler, P. M. (1990). Psychological Bulletin, 107, 238-246 (CFI). Tucker, L. R., & Lewis, C. (1973). Psychometrika,
    38, 1-10 (TLI). Bollen, K. A. (1989). Structural equations with latent variables (IFI, RFI).
    """
    beyond, baseline_beyond = chisq - df, baseline - baseline_df
    found = {"cfi": 1 - max(beyond, 0.0) / max(baseline_beyond, beyond, _SMALLEST)}
    if beyond <= 0:
        found["cfi"] = 1.0
    found["nfi"] = (baseline - chisq) / baseline
    found["pnfi"] = df / baseline_df * found["nfi"]
    found["ifi"] = (baseline - chisq) / (baseline - df)
    found["rni"] = 1 - beyond / baseline_beyond if baseline_beyond else 1.0
    if df > 0:
        ratio, baseline_ratio = chisq / df, baseline / baseline_df
        found["tli"] = (baseline_ratio - ratio) / (baseline_ratio - 1)
        found["rfi"] = (baseline_ratio - ratio) / baseline_ratio
    else:
        found["tli"] = found["rfi"] = 1.0
    return found


def robust_incremental(
    chisq: float, df: float, scale: float, baseline: float, baseline_df: float, baseline_scale: float
) -> dict[str, float]:
    """CFI and TLI of normal complete data: each chi-square less what it expects, its scale times df.

    References
    ----------
    Brosseau-Liard, P. E., & Savalei, V. (2014). Multivariate Behavioral Research, 49, 460-470.
    """
    beyond, baseline_beyond = chisq - scale * df, baseline - baseline_scale * baseline_df
    cfi = 1.0 if beyond <= 0 else 1 - beyond / max(baseline_beyond, beyond, _SMALLEST)
    if df <= 0:
        return {"cfi_robust": cfi, "tli_robust": 1.0}
    ratio, baseline_ratio = beyond / df, baseline_beyond / baseline_df
    return {"cfi_robust": cfi, "tli_robust": (baseline_ratio - ratio) / baseline_ratio}


def rmsea(
    chisq: float, df: float, total: float, groups: int, scale: float = 1.0, reference: float | None = None
) -> dict[str, float | None]:
    """Root mean square error of approximation, its 90 % interval and the p of close fit.

    With `scale` c the expectation of `chisq` under the model is c df: the index of data that are not normal. Interval
    and p take `reference` for a chi-square with df degrees of freedom, `chisq` / c when not given.

    References
    ----------
    Steiger, J. H. (1990). Multivariate Behavioral Research, 25, 173-180. Steiger, J. H. (1998). Structural Equation
    Modeling, 5, 411-419 (groups). Brosseau-Liard, P. E., Savalei, V., & Li, L. (2012). Multivariate Behavioral
    Research, 47, 904-930 (robust).
    """
    if df <= 0:
        return {"rmsea": 0.0, "rmsea_low": 0.0, "rmsea_high": 0.0, "rmsea_pvalue": None}
    point = sqrt(max(chisq / (total * df) - scale / total, 0.0) * groups)
    reference = chisq / scale if reference is None else reference
    low, high = chi2_noncentrality(reference, df, RMSEA_LEVEL)
    bounds = [sqrt(scale * bound * groups / (total * df)) for bound in (low, high)]
    beyond = total * df * CLOSE**2 / (groups * scale)
    close = 1 - float(special.chndtr(reference, df, beyond))
    return {"rmsea": point, "rmsea_low": bounds[0], "rmsea_high": bounds[1], "rmsea_pvalue": close}


def likelihoods(sample: Sample, logl: float, unrestricted: float, npar: int) -> dict[str, float]:
    """Log-likelihoods and the criteria of Akaike and Schwarz (bic2: adjusted for the sample's size)."""
    deviance = -2 * logl
    return {
        "logl": logl,
        "unrestricted_logl": unrestricted,
        "aic": deviance + 2 * npar,
        "bic": deviance + npar * log(sample.n),
        "bic2": deviance + npar * log((sample.n + 2) / 24),
    }


def saturated_logl(sample: Sample, names: Sequence[str]) -> float:
    """Log-likelihood of these variables' own moments: -n / 2 (p log 2 pi + log|S| + p) in each group."""
    at = [sample.names.index(name) for name in names]
    found = 0.0
    for group in sample.groups:
        if len(at) == len(sample.names) and not group.complete:
            found -= deviance(group.by_pattern, group.mean, group.cov) / 2
            continue
        log_det = float(np.linalg.slogdet(group.cov[np.ix_(at, at)])[1]) if at else 0.0
        found -= group.n / 2 * (len(at) * log(2 * pi) + log_det + len(at))
    return found


def residual_indices(sample: Sample, implied: Sequence[Implied], means: bool) -> dict[str, float]:
    """Root mean square residuals: raw (rmr), in the sample's standard deviations (srmr), of correlations (crmr).

    References
    ----------
    Bentler, P. M. (1995). EQS structural equations program manual. Bollen, K. A. (1989). Structural equations with
    latent variables, p. 258 (crmr). Groups are averaged with their shares.
    """
    shares = np.array([group.n for group in sample.groups]) / sample.n
    kinds: dict[str, Callable[[Array, Array, Array, Array], Array]] = {
        "rmr": _raw, "srmr": _by_sample, "crmr": _of_correlations, "srmr_mplus": _by_each,
    }  # fmt: skip
    found = {}
    for name, kind in kinds.items():
        each = [
            sqrt(float(np.mean(_with_means(kind, group.cov, there.cov, group.mean, there.mean, means) ** 2)))
            for group, there in zip(sample.groups, implied, strict=True)
        ]
        found[name] = float(shares @ np.array(each))
    return found


def _with_means(
    kind: Callable[[Array, Array, Array, Array], Array], s: Array, sigma: Array, m: Array, mu: Array, means: bool
) -> Array:
    found = kind(s, sigma, m, mu)
    found = found if means else found[len(m) :]
    return found if len(found) else np.zeros(1)


def _raw(s: Array, sigma: Array, m: Array, mu: Array) -> Array:
    return np.concatenate([m - mu, vech(s - sigma)])


def _by_sample(s: Array, sigma: Array, m: Array, mu: Array) -> Array:
    sd = np.sqrt(np.diag(s))
    return np.concatenate([(m - mu) / sd, vech((s - sigma) / np.outer(sd, sd))])


def _of_correlations(s: Array, sigma: Array, m: Array, mu: Array) -> Array:
    off = np.triu_indices(len(m), 1)
    return np.concatenate([(m - mu) / np.sqrt(np.diag(s)), _corr_residual(s, sigma)[off]])


def _by_each(s: Array, sigma: Array, m: Array, mu: Array) -> Array:
    rest = _corr_residual(s, sigma)
    np.fill_diagonal(rest, (np.diag(s) - np.diag(sigma)) / np.diag(s))
    return np.concatenate([_levels(s, sigma, m, mu), vech(rest)])


def _levels(s: Array, sigma: Array, m: Array, mu: Array) -> Array:
    return np.asarray(m / np.sqrt(np.diag(s)) - mu / np.sqrt(np.abs(np.diag(sigma))))


def _corr_residual(s: Array, sigma: Array) -> Array:
    sd, implied = np.sqrt(np.diag(s)), np.sqrt(np.abs(np.diag(sigma)))
    return np.asarray(s / np.outer(sd, sd) - sigma / np.outer(implied, implied))


def absolute(
    gfi: float | None, chisq: float, df: int, total: float, npar: int, moments: int
) -> dict[str, float | None]:
    """GFI and its relatives, McDonald's index, Browne and Cudeck's cross-validation index, Hoelter's critical n.

    References
    ----------
    Jöreskog, K. G., & Sörbom, D. (1984). LISREL VI (GFI, AGFI). McDonald, R. P. (1989). Journal of Classification, 6,
    97-103. Browne, M. W., & Cudeck, R. (1989). Multivariate Behavioral Research, 24, 445-455. Hoelter, J. W. (1983).
    Sociological Methods & Research, 11, 325-344.
    """
    critical = [
        float(special.chdtri(df, tail)) / (chisq / total) + 1 if df and chisq > 0 else None for tail in (0.05, 0.01)
    ]
    return {
        "gfi": gfi,
        "agfi": None if gfi is None else 1 - moments / df * (1 - gfi) if df else 1.0,
        "pgfi": None if gfi is None else df / moments * gfi,
        "mfi": exp(-(chisq - df) / (2 * total)),
        "ecvi": chisq / total + 2 * npar / total,
        "cn_05": critical[0],
        "cn_01": critical[1],
    }


def goodness(
    table: ParameterTable, sample: Sample, discrepancies: Sequence[Discrepancy], implied: Sequence[Implied]
) -> float:
    """GFI = 1 - (s - sigma)' W (s - sigma) / s' W s in each group, averaged with the groups' shares.

    Moments of exogenous observed variables, which the model does not explain, weigh nothing.
    """
    given = np.array([name in table.exogenous for name in table.observed])
    explained = ~np.outer(given, given)
    found = 0.0
    for group, each, there in zip(sample.groups, discrepancies, implied, strict=True):
        own = group.mean * ~given, group.cov * explained
        rest = (group.mean - there.mean) * ~given, (group.cov - there.cov) * explained
        found += group.n / sample.n * (1 - each.distance(there, *rest) / each.distance(there, *own))
    return found


def tested(chisq: float, df: float) -> float | None:
    """p of a chi-square; None without degrees of freedom."""
    return chi2_upper(chisq, df) if df > 0 else None
