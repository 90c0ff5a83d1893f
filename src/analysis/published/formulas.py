"""How the numbers of a printed table follow from each other: a small formula for each number of each kind of table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeAlias

from ..stats.tails import f_upper, t_quantile, t_two_sided
from .check import Check, Spot, check
from .printed import Printed, exact, printed

Cells: TypeAlias = Mapping[str, object]

#: Columns that hold counts: printed whole, nothing was rounded away.
COUNTS = frozenset(
    ("n", "df", "df1", "df2", "df_reg", "df_res", "df_tot", "df_between", "df_within", "df_total", "levene_df1",
     "levene_df2", "count", "p_items", "n_factors")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A printed number, the printed numbers that it follows from, and the formula."""

    what: str
    given: tuple[str, ...]
    formula: Callable[..., float]


MODELS = (
    Rule("R2", ("SS_reg", "SS_tot"), lambda part, whole: part / whole),
    Rule("R", ("R2",), lambda r2: sqrt(r2)),
    Rule("adj_R2", ("SS_res", "df_res", "SS_tot", "df_tot"), lambda s, d, total, all_: 1 - (s / d) / (total / all_)),
    Rule("SEE", ("SS_res", "df_res"), lambda ss, df: sqrt(ss / df)),
    Rule("MS_reg", ("SS_reg", "df_reg"), lambda ss, df: ss / df),
    Rule("MS_res", ("SS_res", "df_res"), lambda ss, df: ss / df),
    Rule("F", ("SS_reg", "df_reg", "SS_res", "df_res"), lambda a, i, b, j: (a / i) / (b / j)),
    Rule("p", ("F", "df_reg", "df_res"), f_upper),
    Rule("SS_tot", ("SS_reg", "SS_res"), lambda a, b: a + b),
    Rule("df_tot", ("n",), lambda n: n - 1),
)
COEFFICIENTS = (
    Rule("t", ("B", "SE"), lambda b, se: b / se),
    Rule("p", ("B", "SE", "df"), lambda b, se, df: t_two_sided(b / se, df)),
    Rule("VIF", ("tolerance",), lambda tolerance: 1 / tolerance),
    Rule("part_r", ("beta", "tolerance"), lambda beta, tolerance: beta * sqrt(tolerance)),
    Rule("partial_r", ("t", "df"), lambda t, df: t / sqrt(t * t + df)),
)
ANOVA = (
    Rule("MS_between", ("SS_between", "df_between"), lambda ss, df: ss / df),
    Rule("MS_within", ("SS_within", "df_within"), lambda ss, df: ss / df),
    Rule("F", ("SS_between", "df_between", "SS_within", "df_within"), lambda a, i, b, j: (a / i) / (b / j)),
    Rule("p", ("F", "df_between", "df_within"), f_upper),
    Rule("SS_total", ("SS_between", "SS_within"), lambda a, b: a + b),
    Rule("df_total", ("df_between", "df_within"), lambda a, b: a + b),
    Rule("levene_p", ("levene_F", "levene_df1", "levene_df2"), f_upper),
)
LEVENE = (Rule("p", ("levene_F", "df1", "df2"), f_upper),)
POSTHOC = (Rule("mean_diff", ("ci_low", "ci_high"), lambda low, high: (low + high) / 2),)
T_TESTS = (
    Rule("t", ("mean_diff", "se_diff"), lambda gap, se: gap / se),
    Rule("p", ("t", "df"), t_two_sided),
    Rule("mean_diff", ("ci_low", "ci_high"), lambda low, high: (low + high) / 2),
    Rule("ci_low", ("mean_diff", "se_diff", "df"), lambda gap, se, df: gap - t_quantile(0.975, df) * se),
    Rule("ci_high", ("mean_diff", "se_diff", "df"), lambda gap, se, df: gap + t_quantile(0.975, df) * se),
    Rule("levene_p", ("levene_F", "df_pooled"), lambda f, df: f_upper(f, 1, df)),
)
EIGENVALUES = (Rule("pct_variance", ("eigenvalue", "p_items"), lambda value, items: 100 * value / items),)
KMO = (Rule("df", ("p_items",), lambda items: items * (items - 1) / 2),)
PROFILES = (Rule("percent", ("count", "n"), lambda count, n: 100 * count / n),)
CORRELATIONS = (Rule("p", ("r", "n"), lambda r, n: t_two_sided(r * sqrt((n - 2) / (1 - r * r)), n - 2)),)


def cell(cells: Cells, name: str) -> Printed | None:
    """A number of a row: counts are exact, everything else is rounded."""
    return exact(cells.get(name)) if name in COUNTS else printed(cells.get(name))


def apply(rules: Sequence[Rule], cells: Cells, table_id: str, where: str) -> Iterator[Check]:
    """Every check of one printed row."""
    for rule in rules:
        inputs = [cell(cells, name) for name in rule.given]
        found = check(Spot(table_id, where, rule.what), cell(cells, rule.what), rule.formula, inputs)
        if found is not None:
            yield found
