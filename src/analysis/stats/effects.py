"""Effect sizes of comparisons, with intervals from noncentral distributions.

References
----------
Steiger, J. H. (2004). Beyond the F test. Psychological Methods, 9, 164-182. Hedges, L. V. (1981). Journal of
Educational Statistics, 6, 107-128.
R: ``effectsize::cohens_d``, ``hedges_g``, ``eta_squared(alternative = "two.sided")``.
"""

from __future__ import annotations

from math import sqrt

from .comparison import EffectRow
from .distributions import chi2_noncentrality, f_noncentrality, t_noncentrality, unbiased_factor
from .estimate import Estimate


def standardized_difference(t: float, df: float, unit: float, level: float) -> tuple[EffectRow, EffectRow]:
    """Hedges' g and Cohen's d = t * unit, where `unit` is the standard error over the standardiser."""
    low, high = t_noncentrality(t, df, level)
    d = EffectRow("cohen_d", t * unit, low * unit, high * unit, level)
    j = unbiased_factor(df)
    return EffectRow("hedges_g", j * t * unit, j * low * unit, j * high * unit, level), d


def explained_variance(f: float, df1: float, df2: float, level: float) -> tuple[EffectRow, EffectRow]:
    """eta^2 and omega^2 of a one-way layout of n = df1 + df2 + 1 rows.

    The interval of the noncentrality L becomes L / (L + df2) for eta^2, which so lies on the scale of the sample's
    eta^2 (as in effectsize), and L / (L + n) for omega^2, which estimates the population's share (Steiger).
    """
    low, high = f_noncentrality(f, df1, df2, level)
    eta = EffectRow("eta_squared", f * df1 / (f * df1 + df2), low / (low + df2), high / (high + df2), level)
    return eta, omega_squared(f, df1, df2, df1 + df2 + 1, level)


def omega_squared(f: float, df1: float, df2: float, n: float, level: float) -> EffectRow:
    """omega^2 = df1 (F - 1) / (df1 (F - 1) + n), with the interval L / (L + n)."""
    low, high = (bound / (bound + n) for bound in f_noncentrality(f, df1, df2, level))
    return EffectRow("omega_squared", df1 * (f - 1) / (df1 * (f - 1) + n), low, high, level)


def cramer_v(chi2: float, df: float, n: float, least: int, level: float) -> EffectRow:
    """Cramér's V = sqrt(chi2 / (n (min(rows, columns) - 1)))."""
    scale = n * (least - 1)
    low, high = (min(sqrt(bound / scale), 1.0) for bound in chi2_noncentrality(chi2, df, level))
    return EffectRow("cramer_v", min(sqrt(chi2 / scale), 1.0), low, high, level)


def corrected_v(chi2: float, n: float, rows: int, columns: int, level: float) -> EffectRow:
    """Cramér's V without the bias that many cells bring (Bergsma, 2013), with the interval of the noncentrality.

    phi^2 = max(0, chi2 / n - df / (n - 1)); V = sqrt(phi^2 / (min(r, c) - 1)) with r = rows - (rows - 1)^2 / (n - 1)
    and c likewise. Without association its mean is near zero, where the plain V of a large table is not.

    References
    ----------
    Bergsma, W. (2013). Journal of the Korean Statistical Society, 42, 323-328.
    R: ``effectsize::cramers_v(adjust = TRUE)``.
    """
    df = (rows - 1) * (columns - 1)
    phi2 = max(chi2 / n - df / (n - 1), 0.0)
    least = min(size - (size - 1) ** 2 / (n - 1) for size in (rows, columns))
    plain = cramer_v(chi2, df, n, min(rows, columns), level)
    return EffectRow("cramer_v_corrected", min(sqrt(phi2 / (least - 1)), 1.0), plain.low, plain.high, level)


def estimate(row: EffectRow) -> Estimate:
    """The effect as an `Estimate`; its method is the effect's name."""
    return Estimate(row.value, None, row.low, row.high, row.level, row.name)
