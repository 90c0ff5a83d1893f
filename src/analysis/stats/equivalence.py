"""Equivalence: is a difference too small to matter? Two one-sided tests against a margin set beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal, TypeAlias

from ..errors import Caution, ModelError, Place, problem
from ..rules import cutoff
from .compare import Variances, ttest, ttest_paired
from .comparison import Comparison, GroupRow
from .estimate import Estimate
from .moments import RowRule
from .result import Result
from .rows import literal
from .tails import t_quantile, t_upper

#: ``equivalent``: inside the margins; ``different``: from zero, not inside; ``negligible``: both; ``undecided``: none.
EquivalenceConclusion: TypeAlias = Literal["equivalent", "different", "negligible", "undecided"]
MarginUnit: TypeAlias = Literal["raw", "sd"]


@dataclass(frozen=True)
class Equivalence(Result):
    """Two one-sided t tests of a difference against the margins `low` and `high`.

    `p` is the larger of `p_low` (that the difference is below `low`) and `p_high` (that it is above `high`); the
    interval of `difference` has the level 1 - 2 alpha, so that it lies inside the margins exactly when p < alpha.
    `p_difference` is that of the ordinary test of no difference. `margin_sd` is what margins in standard deviations
    were multiplied with, empty for raw ones.
    """

    method: str
    outcome: str
    factor: str | None
    low: float
    high: float
    margin_sd: float | None
    difference: Estimate
    t_low: float
    t_high: float
    df: float
    p_low: float
    p_high: float
    p: float
    p_difference: float
    alpha: float
    conclusion: EquivalenceConclusion
    n: int
    missing: RowRule
    dropped: int
    group_rows: tuple[GroupRow, ...]
    cautions: tuple[Caution, ...] = ()


def equivalence(
    formula: str,
    x: object,
    *,
    margin: float,
    unit: MarginUnit = "raw",
    variances: Variances = "welch",
    alpha: float | None = None,
) -> Equivalence:
    """Ask whether two groups are alike, within a margin (two one-sided tests).

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows or Groups
        Answers, or n, mean and standard deviation of each group.
    margin : float
        The largest difference, either way, that does not matter; to be set before the data are seen.
    unit : {"raw", "sd"}
        The margin in points of the outcome, or in pooled standard deviations (Welch: root of the mean variance).
    variances : {"welch", "pooled"}
        One variance for each group, or a common one.
    alpha : float, optional
        Error allowed in each of the two tests; the rule ``significance`` where none is given.

    Returns
    -------
    Equivalence
        `conclusion` names what both tests and the ordinary one say together.

    Raises
    ------
    ModelError
        ``equivalence.margin`` for a margin that is not above zero; ``groups.…`` as in `ttest`.

    Notes
    -----
    t_low = (difference + margin) / se, t_high = (difference - margin) / se. A margin in standard deviations of the
    sample is treated as known.

    References
    ----------
    Schuirmann, D. J. (1987). Journal of Pharmacokinetics and Biopharmaceutics, 15, 657-680. Lakens, D. (2017). Social
    Psychological and Personality Science, 8, 355-362. R: ``TOSTER::t_TOST``, two calls of
    ``t.test(alternative = "greater"/"less", mu = )``.

    Examples
    --------
    >>> from analysis.stats.groups import Groups
    >>> printed = Groups.from_printed(["A", "B"], n=[80, 90], mean=[3.52, 3.55], sd=[0.5, 0.6])
    >>> equivalence("outcome ~ group", printed, margin=0.3).conclusion
    'equivalent'
    """
    literal("unit", unit, ("raw", "sd"))
    test = ttest(formula, x, variances=variances)
    first, second = test.group_rows
    if variances == "pooled":
        spread = sqrt(((first.n - 1) * first.sd**2 + (second.n - 1) * second.sd**2) / (first.n + second.n - 2))
    else:
        spread = sqrt((first.sd**2 + second.sd**2) / 2)
    return _tost(test, f"tost.{variances}", margin, spread if unit == "sd" else None, alpha)


def equivalence_paired(
    x: object, a: str, b: str, *, margin: float, unit: MarginUnit = "raw", alpha: float | None = None
) -> Equivalence:
    """Ask whether two measurements of the same persons are alike, within a margin.

    Parameters
    ----------
    x : rows or Moments
        Both measurements in each row.
    a, b : str
        The columns; the difference is `a` minus `b`.
    margin : float
        The largest difference, either way, that does not matter.
    unit : {"raw", "sd"}
        The margin in points, or in standard deviations of the differences.
    alpha : float, optional
        Error allowed in each of the two tests; the rule ``significance`` where none is given.

    Returns
    -------
    Equivalence
        As `equivalence`.

    Raises
    ------
    ModelError
        ``equivalence.margin``; ``compare.…`` as in `ttest_paired`.

    References
    ----------
    R: ``t.test(a, b, paired = TRUE, mu = , alternative = )`` twice.

    Examples
    --------
    >>> x = {"before": [3, 4, 2, 5, 4, 3], "after": [3, 4, 3, 5, 4, 3]}
    >>> f"{equivalence_paired(x, 'after', 'before', margin=0.6).p:.3f}"
    '0.024'
    """
    literal("unit", unit, ("raw", "sd"))
    test = ttest_paired(x, a, b)
    spread = _difference(test)[1] * sqrt(test.n)
    return _tost(test, "tost.paired", margin, spread if unit == "sd" else None, alpha)


def _difference(test: Comparison) -> tuple[float, float]:
    """The difference and its standard error, which every t test has."""
    found = test.difference
    if found is None or found.se is None:
        raise ModelError(problem("equivalence.no_difference", method=test.method))
    return found.value, found.se


def _tost(test: Comparison, method: str, margin: float, unit: float | None, alpha: float | None) -> Equivalence:
    alpha = cutoff("significance") if alpha is None else alpha
    if not 0 < alpha < 0.5:
        raise ModelError(problem("equivalence.alpha", value=alpha))
    if not 0 < margin < float("inf"):
        raise ModelError(problem("equivalence.margin", Place(column=test.outcome), margin=margin))
    edge = margin * (1.0 if unit is None else unit)
    gap, se = _difference(test)
    t_low, t_high, df = (gap + edge) / se, (gap - edge) / se, test.df1
    p_low, p_high = t_upper(t_low, df), t_upper(-t_high, df)
    half = t_quantile(1 - alpha, df) * se
    p = max(p_low, p_high)
    return Equivalence(
        method=method,
        outcome=test.outcome,
        factor=test.factor,
        low=-edge,
        high=edge,
        margin_sd=unit,
        difference=Estimate(gap, se, gap - half, gap + half, 1 - 2 * alpha, method),
        t_low=t_low,
        t_high=t_high,
        df=df,
        p_low=p_low,
        p_high=p_high,
        p=p,
        p_difference=test.p,
        alpha=alpha,
        conclusion=_conclusion(p < alpha, test.p < alpha),
        n=test.n,
        missing=test.missing,
        dropped=test.dropped,
        group_rows=test.group_rows,
        cautions=test.cautions,
    )


def _conclusion(inside: bool, differs: bool) -> EquivalenceConclusion:
    if inside:
        return "negligible" if differs else "equivalent"
    return "different" if differs else "undecided"
