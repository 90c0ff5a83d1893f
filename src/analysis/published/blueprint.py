"""What printed tables say of a survey, as one noun: items, scales, correlations, groups, each number as printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ModelError, Problem, problem
from ..stats.result import Result, Row, unique
from .printed import printed, whole

if TYPE_CHECKING:
    import pandas as pd

Cells: TypeAlias = Mapping[str, object]

#: Kinds of printed tables that are read here.
KINDS = ("reliability", "correlations", "profiles", "groups", "coefficients")
LOW, HIGH = 1, 5
FEWEST, MOST = 3, 5000  # persons


@dataclass(frozen=True)
class PrintedItem(Row):
    """One item as printed; an empty text where the table has no such number."""

    code: str
    scale: str
    name: str = ""  # as printed
    mean: str = ""
    sd: str = ""
    mean_if_deleted: str = ""  # of the sum of the scale's other items
    var_if_deleted: str = ""
    r_drop: str = ""
    alpha_if_deleted: str = ""


@dataclass(frozen=True)
class PrintedScale(Row):
    """One scale as printed; `name` is what the table calls it."""

    code: str
    name: str = ""
    alpha: str = ""


@dataclass(frozen=True)
class PrintedCorrelation(Row):
    """A correlation of two items or of two scale scores, by their codes."""

    a: str
    b: str
    r: str


@dataclass(frozen=True)
class PrintedGroup(Row):
    """A level of a variable of the respondents and how many chose it."""

    variable: str
    level: str
    n: int


@dataclass(frozen=True)
class PrintedGroupMean(Row):
    """Mean and standard deviation of a scale's score (the mean of its items) in one group."""

    variable: str
    level: str
    scale: str
    mean: str = ""
    sd: str = ""


@dataclass(frozen=True)
class Blueprint(Result):
    """What is known of a survey from its printed tables, ready for `reconstruct`.

    Numbers are texts as printed, because their digits say how exactly they are known. `outcome` names the scale that is
    explained by the scales `factors`, where the tables print such a regression.
    """

    n: int
    scales: tuple[PrintedScale, ...]
    items: tuple[PrintedItem, ...]
    correlations: tuple[PrintedCorrelation, ...] = ()
    groups: tuple[PrintedGroup, ...] = ()
    group_means: tuple[PrintedGroupMean, ...] = ()
    low: int = LOW
    high: int = HIGH
    outcome: str = ""
    factors: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # addresses of the printed tables
    table_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        found = list(_problems(self))
        if found:
            raise ModelError(*found)

    def members(self, scale: str) -> tuple[PrintedItem, ...]:
        """Items of a scale."""
        return tuple(item for item in self.items if item.scale == scale)

    @property
    def variables(self) -> dict[str, tuple[PrintedGroup, ...]]:
        """Levels of every variable of the respondents."""
        names = unique(group.variable for group in self.groups)
        return {name: tuple(group for group in self.groups if group.variable == name) for name in names}


def _problems(plan: Blueprint) -> list[Problem]:
    """Everything that makes a blueprint impossible to build from, before any search."""
    found = []
    if not FEWEST <= plan.n <= MOST:
        found.append(problem("reconstruct.persons", n=plan.n, least=FEWEST, most=MOST))
    if not (plan.low < plan.high <= plan.low + 20):
        found.append(problem("reconstruct.range", low=plan.low, high=plan.high))
    if not plan.items:
        found.append(problem("reconstruct.no_items"))
    codes = [item.code for item in plan.items] + [scale.code for scale in plan.scales] + list(plan.variables)
    found += [problem("reconstruct.code_twice", code=code) for code in unique(codes) if codes.count(code) > 1]
    for row in (*plan.items, *plan.scales, *plan.correlations, *plan.group_means):
        found += _unreadable(row)
    known = set(codes)
    for pair in plan.correlations:
        found += [problem("reconstruct.unknown_code", code=code) for code in (pair.a, pair.b) if code not in known]
    for name, levels in plan.variables.items():
        total = sum(level.n for level in levels)
        if total > plan.n or min(level.n for level in levels) < 0:
            found.append(problem("reconstruct.group_sizes", variable=name, total=total, n=plan.n))
    return found


_WORDS = frozenset({"code", "scale", "name", "a", "b", "variable", "level"})


def _unreadable(row: Row) -> list[Problem]:
    """A cell that holds something, but no number."""
    cells = {field.name: getattr(row, field.name) for field in fields(row) if field.name not in _WORDS}
    return [
        problem("reconstruct.no_number", column=name, value=str(text))
        for name, text in cells.items()
        if text and printed(text) is None
    ]


def blueprint(
    tables: Mapping[str, pd.DataFrame | Sequence[Cells]],
    *,
    n: int | None = None,
    low: int = LOW,
    high: int = HIGH,
    only: Sequence[str] = (),
    outcome: str = "",
) -> Blueprint:
    """Gather the printed tables of one survey.

    Parameters
    ----------
    tables : mapping of kind to frame or rows
        ``reliability`` (needed), ``correlations``, ``profiles``, ``groups``, ``coefficients``, as for `audit`.
    n : int, optional
        Persons; where it is left out the tables must print it.
    low, high : int
        Least and greatest answer.
    only : sequence of str
        Which ``table_id`` to take; needed where the reliability tables come from several sources.
    outcome : str
        The scale that is explained, where no regression is printed.

    Returns
    -------
    Blueprint
        Correlations, group means and terms that name no scale and no item of the reliability tables are left out: there
        is nothing to attach them to.

    Raises
    ------
    ModelError
        ``reconstruct.…``: several sources and none chosen, no items, no or contradicting n, cells that are no numbers.
    """
    rows = {kind: _chosen(_rows(tables[kind]), only) for kind in KINDS if kind in tables}
    items = rows.get("reliability", [])
    ids = unique(str(row["table_id"]) for row in _rows(tables.get("reliability", ())))
    if not items:
        raise ModelError(problem("reconstruct.no_items") if not only else problem("reconstruct.no_table", ids=ids))
    if len({str(row["table_id"]) for row in items}) > 1 and not only:
        raise ModelError(problem("reconstruct.several_tables", ids=ids))
    if not only:
        wanted = {str(items[0]["table_id"])}
        rows = {kind: [row for row in found if str(row["table_id"]) in wanted] for kind, found in rows.items()}
    names = _Names(items)
    groups, means = _groups(rows.get("profiles", []), rows.get("groups", []), names)
    explained, factors = _model(rows.get("coefficients", []), names, names.code(outcome) or outcome)
    if explained and explained not in names.scales.values():
        raise ModelError(problem("reconstruct.unknown_code", code=outcome))
    return Blueprint(
        _persons(rows, n),
        tuple(
            PrintedScale(code, name, _text(next((row.get("alpha") for row in items if str(row["scale"]) == name), "")))
            for name, code in names.scales.items()
        ),
        tuple(_item(row, names) for row in items),
        _correlations(rows.get("correlations", []), names),
        groups,
        means,
        low,
        high,
        explained,
        factors,
        unique(str(row["source_url"]) for found in rows.values() for row in found if row.get("source_url")),
        unique(str(row["table_id"]) for found in rows.values() for row in found),
    )


class _Names:
    """Codes for what is printed: single words that a page allows, each once."""

    def __init__(self, items: Sequence[Cells]) -> None:
        self._used: set[str] = set()
        self.scales = {name: self.new(name) for name in unique(str(row["scale"]) for row in items)}
        self.items = {
            (str(row["scale"]), str(row["item"])): self.new(str(row["item"])) for row in items
        }  # fmt: skip

    def new(self, name: str) -> str:
        """A code not used before: the first word of the name, or all of its words."""
        words = [word for word in re.split(r"\W+", name) if word]
        tried = [words[0] if words else "x", "_".join(words) or "x"]
        tried = [code if code[0].isalpha() else f"x_{code}" for code in tried]
        if len(tried[0]) < 2 or (any(sign.isdigit() for sign in tried[0]) and len(words) > 1):
            tried = tried[1:]
        numbered = (f"{tried[-1]}_{number}" for number in range(2, len(self._used) + 3))
        code = next(each for each in (*tried, *numbered) if each not in self._used)
        self._used.add(code)
        return code

    def code(self, name: str) -> str | None:
        """The code of a scale or of an item by its printed name or by its code."""
        if name in self.scales:
            return self.scales[name]
        found = [code for (_, item), code in self.items.items() if item == name]
        if len(found) == 1:
            return found[0]
        return name if name in self._used else None


def _rows(table: Any) -> list[Cells]:
    """Rows of a frame (empty cells as None), or the rows that are given."""
    if not hasattr(table, "to_dict"):
        return list(table)
    return [
        {str(name): cell for name, cell in row.items()}
        for row in table.astype(object).where(table.notna(), None).to_dict("records")
    ]


def _chosen(rows: Sequence[Cells], only: Sequence[str]) -> list[Cells]:
    return [row for row in rows if not only or str(row["table_id"]) in only]


def _text(cell: object) -> str:
    """A cell as printed; nothing for what is no number (an empty cell, SPSS's point)."""
    text = "" if cell is None else str(cell).strip()
    return "" if text in ("", ".") else text


def _item(row: Cells, names: _Names) -> PrintedItem:
    scale, item = str(row["scale"]), str(row["item"])
    printed_columns = (
        "item_mean", "item_sd", "scale_mean_if_deleted", "scale_var_if_deleted", "corrected_item_total_r",
        "alpha_if_deleted",
    )  # fmt: skip
    return PrintedItem(
        names.items[scale, item], names.scales[scale], item, *(_text(row.get(column)) for column in printed_columns)
    )


def _persons(rows: Mapping[str, Sequence[Cells]], given: int | None) -> int:
    """n as given, else the one that the tables print."""
    if given is not None:
        return given
    cells = [row.get("n_cases") for row in rows.get("reliability", ())]
    cells += [row.get("n") for kind in ("correlations", "profiles") for row in rows.get(kind, ())]
    found = sorted({each for cell in cells if (each := whole(cell)) is not None})
    if len(found) != 1:
        code = "reconstruct.n_not_printed" if not found else "reconstruct.several_n"
        raise ModelError(problem(code, **({"found": tuple(map(str, found))} if found else {})))
    return found[0]


def _correlations(rows: Sequence[Cells], names: _Names) -> tuple[PrintedCorrelation, ...]:
    """Each pair once, both of whose names are known."""
    found: dict[frozenset[str], PrintedCorrelation] = {}
    for row in rows:
        a, b, r = names.code(str(row["row"])), names.code(str(row["col"])), _text(row.get("r"))
        if a and b and a != b and r:
            found.setdefault(frozenset((a, b)), PrintedCorrelation(a, b, r))
    return tuple(found.values())


def _groups(
    profiles: Sequence[Cells], statistics: Sequence[Cells], names: _Names
) -> tuple[tuple[PrintedGroup, ...], tuple[PrintedGroupMean, ...]]:
    """Levels of the variables, from profiles or else from the group statistics, and means of scales in them."""
    variables = {name: names.new(name) for name in unique(str(row["variable"]) for row in profiles)}
    groups = [
        PrintedGroup(variables[str(row["variable"])], str(row["category"]), whole(row.get("count")) or 0)
        for row in profiles
    ]
    means = []
    for dependent in unique(str(row["dependent"]) for row in statistics):
        members = [row for row in statistics if str(row["dependent"]) == dependent]
        scale = names.code(dependent)
        levels = {str(row["group"]) for row in members}
        if scale not in names.scales.values():
            continue
        of = {name: {group.level for group in groups if group.variable == name} for name in variables.values()}
        variable = next((name for name, own in of.items() if levels <= own), None)
        if variable is None:
            variable = names.new("group")
            variables[variable] = variable
            groups += [PrintedGroup(variable, str(row["group"]), whole(row.get("n")) or 0) for row in members]
        means += [
            PrintedGroupMean(variable, str(row["group"]), str(scale), _text(row.get("mean")), _text(row.get("sd")))
            for row in members
        ]
    return tuple(groups), tuple(means)


def _model(rows: Sequence[Cells], names: _Names, outcome: str) -> tuple[str, tuple[str, ...]]:
    """The printed regression of one scale on others; else all other scales explain the named outcome."""
    scales = tuple(names.scales.values())
    for dependent in unique(str(row["dependent"]) for row in rows):
        terms = [names.code(str(row["term"])) for row in rows if str(row["dependent"]) == dependent]
        factors = tuple(term for term in terms if term in scales)
        explained = names.code(dependent)
        if explained in scales and factors:
            return str(explained), factors
    return outcome, tuple(code for code in scales if outcome and code != outcome)
