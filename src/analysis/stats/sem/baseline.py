"""The model that fit is compared with: variables that do not covary, each with its own variance and mean."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import nan

from .parameters import FIXED, Parameter, ParameterTable


def baseline_table(table: ParameterTable) -> ParameterTable:
    """Variances (and intercepts) are free in every group; exogenous observed variables keep the sample's moments."""
    rows: list[Parameter] = []
    for group in range(table.groups):
        for name in table.observed:
            rows.append(_row(table, name, "~~", name, group))
        for a, b in combinations(table.exogenous, 2):
            rows.append(_row(table, a, "~~", b, group))
        if table.means:
            rows.extend(_row(table, name, "~1", "", group) for name in table.observed)
    count = 0
    for at, row in enumerate(rows):
        if row.free != FIXED:
            rows[at] = replace(row, free=count)
            count += 1
    return replace(table, latent=(), rows=tuple(rows), definitions=(), measures={})


def _row(table: ParameterTable, lhs: str, op: str, rhs: str, group: int) -> Parameter:
    given = lhs in table.exogenous
    return Parameter(lhs, op, rhs, group, FIXED if given else 0, nan, "", False)
