"""Every printed table checked against itself: which numbers follow from the others, and which do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from ..stats.result import Result, Row
from . import formulas
from .check import Check, Spot, check, unchecked
from .groups import replicate_welch
from .printed import Printed, exact, printed, whole
from .regression import Replication, replicate_regression
from .reliability import ItemTotal, reliability_from_item_total

if TYPE_CHECKING:
    import pandas as pd

Cells: TypeAlias = Mapping[str, object]
Tables: TypeAlias = Mapping[str, Sequence[Cells]]
#: Rows of one printed table, all tables, the table's name: its checks.
Auditor: TypeAlias = Callable[[Sequence[Cells], Tables, str], Iterator[Check]]


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
    """All printed tables with their checks; `scales` and `regressions` hold what was recovered on the way."""

    tables: tuple[AuditedTable, ...]
    scales: tuple[ItemTotal, ...]
    regressions: tuple[Replication, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check of every table."""
        return tuple(each for table in self.tables for each in table.checks)

    @property
    def table(self) -> pd.DataFrame:
        """One row a check: kind, table_id, where, what, printed, recomputed, verdict …"""
        import pandas as pd

        names = [field.name for field in fields(Check)]
        rows = [
            (table.kind, *(getattr(each, name) for name in names)) for table in self.tables for each in table.checks
        ]
        return pd.DataFrame(rows, columns=["kind", *names])


def audit(tables: Mapping[str, pd.DataFrame | Sequence[Cells]]) -> Audit:
    """Check printed tables: recompute each number that follows from others and compare.

    Parameters
    ----------
    tables : mapping of kind to frame or rows
        ``reliability``, ``correlations``, ``coefficients``, ``models``, ``groups``, ``t_tests``, ``anova``,
        ``levene``, ``posthoc``, ``eigenvalues``, ``loadings``, ``kmo``, ``profiles``, with the columns of a study's
        published tables, numbers as printed.

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
    >>> audit({"levene": [row]}).table[["what", "printed", "verdict"]].values.tolist()
    [['p', '.105', 'consistent']]
    """
    rows = {kind: _rows(table) for kind, table in tables.items()}
    found = [
        AuditedTable(kind, name, _source(members), len(members), tuple(_AUDITORS[kind](members, rows, name)))
        for kind in _AUDITORS
        for name, members in _by_table(rows.get(kind, ())).items()
    ]
    scales = [
        reliability_from_item_total(members)
        for table in _by_table(rows.get("reliability", ())).values()
        for members in _by(table, "scale").values()
    ]
    regressions = [
        each
        for name, members in _by_table(rows.get("correlations", ())).items()
        if (each := _regression(members, rows, name)) is not None
    ]
    return Audit(tuple(found), tuple(scales), tuple(regressions))


def _rows(table: Any) -> list[Cells]:
    """Rows of a frame (empty cells as None), or the rows that are given."""
    if not hasattr(table, "to_dict"):
        return list(table)
    return [
        {str(name): cell for name, cell in row.items()}
        for row in table.astype(object).where(table.notna(), None).to_dict("records")
    ]


def _by(rows: Sequence[Cells], name: str) -> dict[str, list[Cells]]:
    found: dict[str, list[Cells]] = {}
    for row in rows:
        found.setdefault(str(row.get(name)), []).append(row)
    return found


def _by_table(rows: Sequence[Cells]) -> dict[str, list[Cells]]:
    return _by(rows, "table_id")


def _source(rows: Sequence[Cells]) -> str:
    return next((str(row["source_url"]) for row in rows if row.get("source_url")), "")


def _reliability(rows: Sequence[Cells], _tables: Tables, name: str) -> Iterator[Check]:
    for scale, members in _by(rows, "scale").items():
        found = reliability_from_item_total(members)
        if found.reason:
            yield unchecked(Spot(name, scale, "alpha"), printed(members[0].get("alpha")), found.reason)
        yield from found.checks


def _correlations(rows: Sequence[Cells], tables: Tables, name: str) -> Iterator[Check]:
    cells = {(str(row["row"]), str(row["col"])): row for row in rows}
    for (row, column), found in cells.items():
        where = f"{row} / {column}"
        other = cells.get((column, row))
        if row == column:
            continue
        if other is not None and row < column:
            mirrored = check(Spot(name, where, "r"), printed(found.get("r")), lambda r: r, (printed(other.get("r")),))
            yield from () if mirrored is None else (mirrored,)
        if other is None or row < column:
            yield from formulas.apply(formulas.CORRELATIONS, found, name, where)
    regression = _regression(rows, tables, name)
    if regression is not None:
        yield from regression.checks


def _regression(rows: Sequence[Cells], tables: Tables, name: str) -> Replication | None:
    """The regression of a whole printed matrix: as printed beside it, else of its first variable on the others."""
    cells = {(str(row["row"]), str(row["col"])): row.get("r") for row in rows}
    names = list(dict.fromkeys(row for row, _ in cells))
    if len(names) < 3 or any((a, b) not in cells and (b, a) not in cells for a in names for b in names if a != b):
        return None
    beside = {
        str(row["term"]): row for row in _by_table(tables.get("coefficients", ())).get(name, ()) if row["term"] in names
    }
    outcome = next((str(row["dependent"]) for row in beside.values()), names[0])
    n = next((found for row in rows if (found := whole(row.get("n"))) is not None), None)
    if outcome not in names or (n is None and not beside):
        return None
    factors = list(beside) or [each for each in names if each != outcome]
    model = next(iter(_by_table(tables.get("models", ())).get(name, ())), None)
    formula = f"{outcome} ~ {' + '.join(factors)}"
    return replicate_regression(formula, cells, n=n, coefficients=beside, model=model, table_id=name)


def _coefficients(rows: Sequence[Cells], tables: Tables, name: str) -> Iterator[Check]:
    model: Cells = next(iter(_by_table(tables.get("models", ())).get(name, ())), {})
    n, terms = whole(model.get("n")), len(rows)
    df = model.get("df_res") or (None if n is None else str(n - terms))
    for row in rows:
        yield from formulas.apply(formulas.COEFFICIENTS, {**row, "df": df}, name, str(row["term"]))


def _t_tests(rows: Sequence[Cells], tables: Tables, name: str) -> Iterator[Check]:
    pooled = next((row.get("df") for row in rows if row.get("variant") == "equal"), None)
    seen: set[object] = set()
    for row in rows:
        first = row.get("dependent") not in seen
        seen.add(row.get("dependent"))
        cells = {**row, "df_pooled": pooled, **({} if first else {"levene_p": None})}
        yield from formulas.apply(formulas.T_TESTS, cells, name, str(row.get("variant", "")))
    groups = _by_table(tables.get("groups", ())).get(name, ())
    found = replicate_welch(groups, rows, table_id=name)
    yield from (_renamed(each) for each in found if each.what != "se_mean")


def _renamed(each: Check) -> Check:
    """A number recomputed from the groups, told apart from the same one recomputed within the table of tests."""
    return Check(
        **{**{field.name: getattr(each, field.name) for field in fields(Check)}, "where": f"{each.where}, n M SD"}
    )


def _groups(rows: Sequence[Cells], _tables: Tables, name: str) -> Iterator[Check]:
    for row in rows:
        given = (printed(row.get("sd")), exact(row.get("n")))
        spot = Spot(name, str(row["group"]), "se_mean")
        found = check(spot, printed(row.get("se_mean")), lambda sd, n: sd / n**0.5, given)
        yield from () if found is None else (found,)


def _eigenvalues(rows: Sequence[Cells], tables: Tables, name: str) -> Iterator[Check]:
    items = _kmo_of(tables, name).get("p_items")
    for row in rows:
        yield from formulas.apply(formulas.EIGENVALUES, {**row, "p_items": items}, name, str(row["component"]))


def _kmo(rows: Sequence[Cells], tables: Tables, name: str) -> Iterator[Check]:
    values = [printed(row.get("eigenvalue")) for row in _by_table(tables.get("eigenvalues", ())).get(name, ())]
    for row in rows:
        where = "KMO"
        yield from formulas.apply(formulas.KMO, row, name, where)
        kept, items = whole(row.get("n_factors")), exact(row.get("p_items"))
        inputs: list[Printed | None] = [items, *values[: kept or 0]]
        given = inputs if kept and len(values) >= kept else [None]
        claim = printed(row.get("pct_extracted"))
        found = check(Spot(name, where, "pct_extracted"), claim, lambda p, *of: 100 * sum(of) / p, given)
        yield from () if found is None else (found,)


def _kmo_of(tables: Tables, name: str) -> Cells:
    return next(iter(_by_table(tables.get("kmo", ())).get(name, ())), {})


def _profiles(rows: Sequence[Cells], _tables: Tables, name: str) -> Iterator[Check]:
    for variable, members in _by(rows, "variable").items():
        for row in members:
            where = f"{variable} / {row['category']}"
            yield from formulas.apply(formulas.PROFILES, row, name, where)
        counts = [exact(row.get("count")) for row in members]
        spot = Spot(name, variable, "n")
        found = check(spot, exact(members[0].get("n")), lambda *each: float(sum(each)), counts)
        yield from () if found is None else (found,)


def _by_rules(rules: Sequence[formulas.Rule], label: str) -> Auditor:
    """An auditor of tables whose rows stand by themselves."""

    def each_row(rows: Sequence[Cells], _tables: Tables, name: str) -> Iterator[Check]:
        for row in rows:
            yield from formulas.apply(rules, row, name, str(row.get(label) or name))

    return each_row


def _pairs(rows: Sequence[Cells], _tables: Tables, name: str) -> Iterator[Check]:
    for row in rows:
        yield from formulas.apply(formulas.POSTHOC, row, name, f"{row['I']} – {row['J']}")


def _unchecked(_rows: Sequence[Cells], _tables: Tables, _name: str) -> Iterator[Check]:
    """Loadings alone determine nothing: the small ones are not printed."""
    yield from ()


_AUDITORS: dict[str, Auditor] = {
    "reliability": _reliability,
    "correlations": _correlations,
    "coefficients": _coefficients,
    "models": _by_rules(formulas.MODELS, "table_id"),
    "groups": _groups,
    "t_tests": _t_tests,
    "anova": _by_rules(formulas.ANOVA, "factor"),
    "levene": _by_rules(formulas.LEVENE, "dependent"),
    "posthoc": _pairs,
    "eigenvalues": _eigenvalues,
    "loadings": _unchecked,
    "kmo": _kmo,
    "profiles": _profiles,
}
