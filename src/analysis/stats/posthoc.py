"""Which groups differ: all pairs compared, with errors held for the whole family of comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import sqrt
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..errors import Caution, ModelError, Place, problem
from .distributions import range_quantile, range_upper
from .groups import Cells, Groups, comparable, constant, group_cautions, groups
from .moments import RowRule
from .result import Result, Row, frame
from .rows import check_level, literal
from .tails import t_quantile, t_two_sided

if TYPE_CHECKING:
    import pandas as pd

PosthocMethod: TypeAlias = Literal["tukey", "games_howell", "bonferroni"]


@dataclass(frozen=True)
class PosthocRow(Row):
    """One pair: mean of `a` minus mean of `b`; `p_unadjusted` is that of the pair's own test.

    Dunn's test compares mean ranks: its `df`, `low` and `high` are empty.
    """

    a: str
    b: str
    difference: float
    se: float
    statistic: float
    df: float | None
    low: float | None
    high: float | None
    p: float
    p_unadjusted: float


@dataclass(frozen=True)
class Posthoc(Result):
    """All pairs of groups; `p` and the intervals hold for the family of comparisons together."""

    method: str
    outcome: str
    factor: str
    pair_rows: tuple[PosthocRow, ...]
    n: int
    missing: RowRule
    dropped: int
    level: float
    cautions: tuple[Caution, ...]

    @property
    def pairs(self) -> pd.DataFrame:
        """One line for each pair."""
        return frame(self.pair_rows, PosthocRow)


def posthoc(formula: str, x: object, *, method: PosthocMethod = "tukey", level: float = 0.95) -> Posthoc:
    """Compare every pair of groups.

    Parameters
    ----------
    formula : str
        ``outcome ~ group``.
    x : rows or Groups
        Answers, or n, mean and standard deviation of each group.
    method : {"tukey", "games_howell", "bonferroni"}
        Tukey and Kramer's honest difference, Games and Howell's for unequal variances, or t tests with p times the
        number of pairs.
    level : float
        Confidence level of the whole family.

    Returns
    -------
    Posthoc
        `difference` is the earlier group's mean minus the later's, as SPSS's (I - J).

    Raises
    ------
    ModelError
        ``groups.…`` as in `anova`; ``groups.constant_group`` where Games-Howell meets two groups without spread.

    Notes
    -----
    `se` is that of the difference; q = sqrt(2) |t| has the studentized range distribution. Tukey and Bonferroni take
    the mean square within all groups, Games-Howell each pair's own variances with Satterthwaite's degrees of freedom.

    References
    ----------
    Kramer, C. Y. (1956). Biometrics, 12, 307-310. Games, P. A., & Howell, J. F. (1976). Journal of Educational
    Statistics, 1, 113-125. R: ``TukeyHSD(aov(y ~ g))``, ``rstatix::games_howell_test``, ``pairwise.t.test``.

    Examples
    --------
    >>> printed = Groups.from_printed("ABC", n=[20, 25, 30], mean=[3.1, 3.6, 3.7], sd=[0.5, 0.6, 0.7])
    >>> [f"{row.a}-{row.b}: p = {row.p:.3f}" for row in posthoc("outcome ~ group", printed).pair_rows]
    ['A-B: p = 0.024', 'A-C: p = 0.004', 'B-C: p = 0.822']
    """
    literal("method", method, ("tukey", "games_howell", "bonferroni"))
    check_level(level)
    found = comparable(groups(formula, x))
    flat = constant(found)
    if method == "games_howell" and len(flat) > 1:
        raise ModelError(problem("groups.constant_group", Place(column=found.outcome), groups=flat))
    return Posthoc(
        method=method,
        outcome=found.outcome,
        factor=found.factor,
        pair_rows=tuple(_pairs(found, method, level)),
        n=found.total,
        missing=found.missing,
        dropped=found.dropped,
        level=level,
        cautions=group_cautions(found),
    )


def _pairs(found: Groups, method: str, level: float) -> Iterator[PosthocRow]:
    cells, k = found.cells(), len(found.labels)
    error = _own_error if method == "games_howell" else _common_error
    reach = _bonferroni if method == "bonferroni" else _studentized
    for i, j in combinations(range(k), 2):
        se, df = error(cells, i, j)
        gap = float(cells.mean[i] - cells.mean[j])
        t = gap / se
        p, half = reach(t, df, k, level)
        yield PosthocRow(
            a=found.labels[i],
            b=found.labels[j],
            difference=gap,
            se=se,
            statistic=t,
            df=df,
            low=gap - half * se,
            high=gap + half * se,
            p=p,
            p_unadjusted=t_two_sided(t, df),
        )


def _studentized(t: float, df: float, k: int, level: float) -> tuple[float, float]:
    """p of q = sqrt(2) |t|, and how many standard errors the interval reaches."""
    return range_upper(sqrt(2) * abs(t), k, df), range_quantile(level, k, df) / sqrt(2)


def _bonferroni(t: float, df: float, k: int, level: float) -> tuple[float, float]:
    """p times the number of pairs, at most one; the interval at 1 - (1 - level) / pairs."""
    pairs = k * (k - 1) // 2
    return min(pairs * t_two_sided(t, df), 1.0), t_quantile(1 - (1 - level) / (2 * pairs), df)


def _common_error(cells: Cells, i: int, j: int) -> tuple[float, float]:
    """Standard error and degrees of freedom from the mean square within all groups."""
    df = float(cells.n.sum()) - len(cells.n)
    return sqrt(float(cells.ss.sum()) / df * (1 / cells.n[i] + 1 / cells.n[j])), df


def _own_error(cells: Cells, i: int, j: int) -> tuple[float, float]:
    """The same from the two groups alone (Satterthwaite)."""
    parts = [float(cells.var[at] / cells.n[at]) for at in (i, j)]
    df = sum(parts) ** 2 / sum(part**2 / (cells.n[at] - 1) for part, at in zip(parts, (i, j), strict=True))
    return sqrt(sum(parts)), float(df)
