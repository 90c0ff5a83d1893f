"""Formulas between the numbers of one printed row: what is printed, what it follows from, how."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from .check import Check, Spot, check, outside
from .printed import Printed, exact, printed

Cells: TypeAlias = Mapping[str, object]

#: Columns that hold counts: printed whole, nothing was rounded away.
COUNTS = frozenset(
    ("n", "df", "df1", "df2", "df_reg", "df_res", "df_tot", "df_between", "df_within", "df_total", "levene_df1",
     "levene_df2", "count", "p_items", "n_factors", "n_cases", "k_items", "population_size", "items", "low", "high")
)  # fmt: skip
#: What a column can hold at all: no digit of it means anything outside.
RANGES = {
    **dict.fromkeys(("p", "levene_p", "KMO", "R", "R2", "tolerance", "extraction"), (0.0, 1.0)),
    **dict.fromkeys(("r", "corrected_item_total_r", "zero_order_r", "partial_r", "part_r"), (-1.0, 1.0)),
    **dict.fromkeys(
        ("SE", "se", "sd", "se_mean", "se_diff", "item_sd", "SS_between", "SS_within", "SS_total", "SS_reg", "SS_res",
         "SS_tot", "MS_between", "MS_within", "MS_reg", "MS_res", "F", "levene_F", "eigenvalue", "rotation_ss", "SEE",
         "bartlett_chi2", "scale_var_if_deleted", "expected", "mean_rank", "statistic"),
        (0.0, inf),
    ),
    "durbin_watson": (0.0, 4.0), "VIF": (1.0, inf), "alpha": (-inf, 1.0), "alpha_if_deleted": (-inf, 1.0),
    "adj_R2": (-inf, 1.0), "percent": (0.0, 100.0), "pct_variance": (0.0, 100.0), "pct_extracted": (0.0, 100.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """A printed number, the printed numbers that it follows from, and the formula."""

    what: str
    given: tuple[str, ...]
    formula: Callable[..., float]


def cell(cells: Cells, name: str) -> Printed | None:
    """A number of a row: counts are exact, everything else is rounded, and nothing lies where it cannot."""
    found = exact(cells.get(name)) if name in COUNTS else printed(cells.get(name))
    return found.within(*RANGES[name]) if found is not None and name in RANGES else found


def apply(rules: Sequence[Rule], cells: Cells, table_id: str, where: str) -> Iterator[Check]:
    """Every check of one printed row."""
    for rule in rules:
        inputs = [cell(cells, name) for name in rule.given]
        found = check(Spot(table_id, where, rule.what), cell(cells, rule.what), rule.formula, inputs)
        if found is not None:
            yield found


def possible(cells: Cells, table_id: str, where: str) -> Iterator[Check]:
    """Numbers of a row that what they measure can never be: a tolerance of 1.4, a p below zero."""
    for name in cells:
        if name in RANGES:
            yield from outside(Spot(table_id, where, name), cell(cells, name), *RANGES[name])
