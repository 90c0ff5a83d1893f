"""Every printed table checked against itself: which numbers follow from the others, and which do not."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from ..stats.result import Result, Row
from .check import Check
from .formulas import Cells
from .regression import Replication
from .reliability import ItemTotal
from .sheet import Auditor, Explanation, Inverted, Sheet, grouped
from .slips import slips

if TYPE_CHECKING:
    import pandas as pd

Tables: TypeAlias = Mapping[str, "pd.DataFrame | Sequence[Cells]"]

_COLUMNS = {"what": "check"}  # names of the public table where a field has another


@dataclass(frozen=True)
class AuditedTable(Row):
    """One printed table: its kind, its name and address, and its checks."""

    kind: str
    table_id: str
    source: str
    rows: int
    checks: tuple[Check, ...]

    def count(self, verdict: str) -> int:
        """Checks with a verdict."""
        return sum(each.verdict == verdict for each in self.checks)


@dataclass(frozen=True)
class Audit(Result):
    """All printed tables with their checks, and what was recovered on the way.

    `scales` and `regressions` are replicated analyses, `inverted` the numbers that tables give away without printing
    them, `explanations` the smallest changes that would make a contradicting table agree.
    """

    tables: tuple[AuditedTable, ...]
    scales: tuple[ItemTotal, ...]
    regressions: tuple[Replication, ...]
    inverted: tuple[Inverted, ...] = ()
    explanations: tuple[Explanation, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check of every table."""
        return tuple(each for table in self.tables for each in table.checks)

    @property
    def table(self) -> pd.DataFrame:
        """One row a check: kind, table_id, where, check, printed, value, recomputed, low, high, digits, verdict …"""
        import pandas as pd

        names = [field.name for field in fields(Check)]
        rows = [
            (table.kind, *(getattr(each, name) for name in names)) for table in self.tables for each in table.checks
        ]
        return pd.DataFrame(rows, columns=["kind", *(_COLUMNS.get(name, name) for name in names)])


def audit(tables: Tables) -> Audit:
    """Check printed tables: recompute each number that follows from others and compare.

    Parameters
    ----------
    tables : mapping of kind to frame or rows
        ``reliability``, ``correlations``, ``coefficients``, ``models``, ``groups``, ``t_tests``, ``anova``,
        ``levene``, ``posthoc``, ``eigenvalues``, ``loadings``, ``kmo``, ``profiles`` …, with the columns of a study's
        published tables, numbers as printed. `kinds` lists them all.

    Returns
    -------
    Audit
        ``consistent``, ``inconsistent`` or ``cannot check`` (with the reason) for each printed number that some formula
        gives. An inconsistency says that the printed numbers do not fit together, not why: rounding by hand, a copying
        slip and other rows for one of the numbers look the same.

    References
    ----------
    Brown, N. J. L., & Heathers, J. A. J. (2017). The GRIM test. Social Psychological and Personality Science, 8,
    363-369 (the idea of holding printed numbers against their own digits).

    Examples
    --------
    >>> row = {"table_id": "L", "dependent": "y", "levene_F": "2.063", "df1": "3", "df2": "272", "p": ".105"}
    >>> audit({"levene": [row]}).table[["check", "printed", "verdict"]].values.tolist()
    [['p', '.105', 'consistent']]
    """
    rows = {kind: _rows(table) for kind, table in tables.items()}
    sheets = _sheets(rows)
    auditors = _gathered("AUDITORS")
    found = [
        AuditedTable(kind, name, _source(sheets[name].rows(kind)), len(sheets[name].rows(kind)), _unique(checker, each))
        for kind, checker in auditors.items()
        for name in grouped(rows.get(kind, ()), "table_id")
        for each in (sheets[name],)
    ]
    replicas = [each for sheet in sheets.values() for family in families() for each in _replicas(family, sheet)]
    return Audit(
        tuple(found),
        tuple(each for each in replicas if isinstance(each, ItemTotal)),
        tuple(each for each in replicas if isinstance(each, Replication)),
        tuple(each for sheet in sheets.values() for find in _listed("INVERTERS") for each in find(sheet)),
        tuple(each for sheet in sheets.values() for each in _explained(sheet, found)),
    )


@cache
def families() -> tuple[ModuleType, ...]:
    """The modules beside this one that know some kinds of table: those that declare ``AUDITORS``."""
    package = importlib.import_module(__package__ or "")
    modules = (importlib.import_module(f"{__package__}.{each.name}") for each in pkgutil.iter_modules(package.__path__))
    return tuple(sorted((each for each in modules if hasattr(each, "AUDITORS")), key=lambda each: each.ORDER))


def kinds() -> tuple[str, ...]:
    """Every kind of table that can be checked."""
    return tuple(_gathered("AUDITORS"))


def _gathered(name: str) -> dict[str, Auditor]:
    return {kind: each for family in families() for kind, each in getattr(family, name).items()}


def _listed(name: str) -> list[Any]:
    return [each for family in families() for each in getattr(family, name, ())]


def _replicas(family: ModuleType, sheet: Sheet) -> Sequence[Any]:
    return [each for replicate in getattr(family, "REPLICATORS", ()) for each in replicate(sheet)]


def _unique(checker: Auditor, sheet: Sheet) -> tuple[Check, ...]:
    """Each check once; a number that some formula could check needs no line for the ones that could not."""
    found = tuple(dict.fromkeys(checker(sheet)))
    made = {(each.where, each.what) for each in found if each.verdict != "cannot check"}
    return tuple(each for each in found if each.reason != "missing_input" or (each.where, each.what) not in made)


def _explained(sheet: Sheet, found: Sequence[AuditedTable]) -> list[Explanation]:
    """What the families say of a table that disagrees; where they say nothing, slips of the pen that would do."""
    checks = [each for table in found if table.table_id == sheet.name for each in table.checks]
    wrong = [each for each in checks if each.verdict == "inconsistent"]
    if not wrong:
        return []
    told = [each for explain in _listed("EXPLAINERS") for each in explain(sheet, checks)]
    return told or list(slips(wrong))


def _rows(table: Any) -> list[Cells]:
    """Rows of a frame (empty cells as None), or the rows that are given."""
    if not hasattr(table, "to_dict"):
        return list(table)
    return [
        {str(name): cell for name, cell in row.items()}
        for row in table.astype(object).where(table.notna(), None).to_dict("records")
    ]


def _sheets(rows: Mapping[str, Sequence[Cells]]) -> dict[str, Sheet]:
    """Every kind's rows under the name of their table."""
    parts: dict[str, dict[str, list[Cells]]] = {}
    for kind, members in rows.items():
        for name, own in grouped(members, "table_id").items():
            parts.setdefault(name, {})[kind] = own
    return {name: Sheet(name, own) for name, own in parts.items()}


def _source(rows: Sequence[Cells]) -> str:
    return next((str(row["source_url"]) for row in rows if row.get("source_url")), "")
