"""Further tables of a study: figures that are not answers, read into typed columns with every mistake at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import pandas as pd

from ..errors import DataError, Place, Problem, nearest, problem
from ..study import ResponsesFile, Source, Study, TableFile
from .raw import taken
from .read import RawTable, read

Kind: TypeAlias = Literal["text", "address", "whole", "number", "choice"]

_NUMBER = re.compile(r"[-+]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a further table: what its cells are, and whether column and cells must be there."""

    name: str
    kind: Kind = "text"
    needed: bool = False  # the column must be there
    filled: bool = False  # each of its cells must hold something
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """A further table: typed cells, and the name and hash of the file that they come from."""

    kind: str
    frame: pd.DataFrame = field(repr=False)  # text as str, numbers as Float64 / Int64; missing where empty
    file: str
    sha256: str
    lines: tuple[int, ...] = field(repr=False)  # line (csv) or row (xlsx) of every row


def _columns(*names: str, needed: str = "") -> tuple[TableColumn, ...]:
    """Columns of text, some of them needed."""
    return tuple(TableColumn(name, needed=name in needed.split(), filled=name == "table_id") for name in names)


def _printed(needed: str, others: str) -> tuple[TableColumn, ...]:
    """Columns of a table printed elsewhere: text as printed, so that a number keeps the digits that it was given."""
    must = f"table_id {needed}"
    return (*_columns(*must.split(), *others.split(), needed=must), TableColumn("source_url", "address"))


_SETTLEMENT = ("phuong", "xa", "thi_tran")
_URL = TableColumn("source_url", "address", needed=True, filled=True)

#: The columns of every kind of table; `docs/study-page.md` lists them.
SCHEMAS: dict[str, tuple[TableColumn, ...]] = {
    "units": (
        TableColumn("unit", needed=True, filled=True),
        TableColumn("kind_2015", "choice", needed=True, filled=True, choices=_SETTLEMENT),
        TableColumn("kind_2022", "choice", needed=True, filled=True, choices=_SETTLEMENT),
        TableColumn("kind_2025", "choice", needed=True, filled=True, choices=_SETTLEMENT),
        TableColumn("unit_2025", needed=True, filled=True),
        TableColumn("code_2025"),
        TableColumn("area_km2_2022", "number", low=0),
        TableColumn("population_2022", "whole", low=0),
        TableColumn("source_2015", "address", needed=True, filled=True),
        TableColumn("source_2022", "address", needed=True, filled=True),
        TableColumn("source_2025", "address", needed=True, filled=True),
    ),
    "indices": (
        TableColumn("index", needed=True, filled=True),
        TableColumn("year", "whole", needed=True, filled=True, low=1900, high=2100),
        TableColumn("place", needed=True, filled=True),
        TableColumn("value", "number", needed=True),
        TableColumn("rank", "whole", needed=True, low=1),
        TableColumn("n_places", "whole", needed=True, low=1),
        TableColumn("era"),
        TableColumn("basis", "choice", choices=("printed", "derived", "counted")),
        _URL,
    ),
    "published.reliability": _printed(
        "scale k_items item scale_var_if_deleted corrected_item_total_r",
        "alpha n_cases item_mean item_sd scale_mean_if_deleted alpha_if_deleted scale_mean scale_var scale_sd note",
    ),
    "published.correlations": _printed("row col r", "p n"),
    "published.coefficients": _printed(
        "dependent term", "model n B SE beta t p tolerance VIF zero_order_r partial_r part_r ci_low ci_high"
    ),
    "published.models": _printed(
        "",
        "what model n k R R2 adj_R2 SEE durbin_watson residual_sd SS_reg df_reg MS_reg F p SS_res df_res MS_res SS_tot "
        "df_tot",
    ),
    "published.groups": _printed(
        "dependent group n mean sd", "factor se_mean ci_low ci_high k_items scale_low scale_high"
    ),
    "published.t_tests": _printed(
        "dependent variant t df p", "levene_F levene_p mean_diff se_diff ci_low ci_high"
    ),
    "published.anova": _printed(
        "dependent factor F p",
        "SS_between df_between MS_between SS_within df_within MS_within SS_total df_total "
        "levene_F levene_df1 levene_df2 levene_p",
    ),
    "published.levene": _printed("dependent levene_F df1 df2 p", ""),
    "published.posthoc": _printed("I J mean_diff", "dependent method df se p ci_low ci_high"),
    "published.eigenvalues": _printed("component eigenvalue", "pct_variance pct_cumulative rotation_ss rotation"),
    "published.loadings": _printed("item loading", "factor_block communality"),
    "published.kmo": _printed("KMO", "bartlett_chi2 df p p_items n n_factors pct_extracted method rotation"),
    "published.profiles": _printed("variable category count", "population n percent pct_cumulative"),
    "published.communalities": _printed("item extraction", "initial"),
    "published.descriptives": _printed(
        "mean", "item variable dependent n sd se_mean min max k_items scale_low scale_high whole_answers"
    ),
    "published.crosstabs": _printed("row col count", "expected percent row_percent col_percent"),
    "published.chi_squares": _printed("value", "test df p cramers_v n"),
    "published.ranks": _printed("group n mean_rank", "dependent sum_ranks"),
    "published.rank_tests": _printed("statistic", "dependent test df p"),
    "published.sampling": _printed("formula", "N e z p_share items per_item k n_computed n"),
    "published.sentences": _printed("sentence", "dependent term note"),
}  # fmt: skip


def load_table(study: Study, kind: str) -> Table:
    """Read one further table of a study.

    Parameters
    ----------
    study : Study
        Its page declares the file.
    kind : str
        ``units``, ``indices``, or a printed table such as ``published.reliability``.

    Returns
    -------
    Table
        Columns of the kind in their fixed order; columns that the file does not have are empty.

    Raises
    ------
    DataError
        ``table.…``: the page declares no such table; every unknown or missing column, every cell of a wrong type, and
        every contradiction between rows, in one go.
    IntegrityError
        ``data.sha256``: not the file that the page declares.

    Examples
    --------
    >>> from analysis.study import load_study
    >>> load_table(load_study("phoyen"), "units").frame["unit"].count()
    np.int64(18)
    """
    declared = study.tables.get(kind)
    if declared is None:
        slots = {"kind": kind, "allowed": tuple(study.tables), "nearest": nearest(kind, study.tables)}
        raise DataError(problem("table.not_declared", Place(file="study.yml"), **slots))
    raw = taken(study, declared.file, declared.sha256 or _hash(study.sources.get(declared.source or "")))
    table = read(raw, _options(declared))
    schema = SCHEMAS[kind]
    found = list(_header(table, schema))
    if found:
        raise DataError(*found)
    cells = _Cells(table, declared.decimal)
    columns = {column.name: cells.column(column) for column in schema}
    found = sorted(cells.problems, key=lambda each: each.place.line or 0)
    found += [] if found else _CHECKS.get(kind, _nothing)(columns, table)
    if found:
        raise DataError(*found)
    typed = {column.name: pd.Series(columns[column.name], dtype=_DTYPES[column.kind]) for column in schema}
    return Table(kind, pd.DataFrame(typed), raw.name, raw.sha256, table.lines)


def load_tables(study: Study) -> dict[str, Table]:
    """Every further table that a study declares, by kind; raises as `load_table` does, with all problems at once."""
    tables: dict[str, Table] = {}
    found: list[Problem] = []
    for kind in study.tables:
        try:
            tables[kind] = load_table(study, kind)
        except DataError as error:
            found.extend(error.problems)
    if found:
        raise DataError(*found)
    return tables


_DTYPES = {"text": "str", "address": "str", "choice": "str", "whole": "Int64", "number": "Float64"}


def _options(declared: TableFile) -> ResponsesFile:
    return ResponsesFile(
        declared.file, sheet=declared.sheet, encoding=declared.encoding, delimiter=declared.delimiter
    )  # fmt: skip


def _hash(source: Source | None) -> str | None:
    return source.sha256 if source else None


def _header(table: RawTable, schema: tuple[TableColumn, ...]) -> Iterator[Problem]:
    known = tuple(column.name for column in schema)
    place = table.header_place()
    headers = [header.strip() for header in table.headers]
    for name in dict.fromkeys(headers):
        if name not in known:
            yield problem("table.unknown_column", place, name=name, nearest=nearest(name, known), allowed=known)
        elif headers.count(name) > 1:
            yield problem("table.column_twice", place, name=name)
    for column in schema:
        if column.needed and column.name not in headers:
            yield problem("table.missing_column", place, name=column.name)


@dataclass
class _Cells:
    """Reads columns one after another and collects what is wrong with their cells."""

    table: RawTable
    decimal: str
    problems: list[Problem] = field(default_factory=list)

    def column(self, column: TableColumn) -> list[Any]:
        headers = [header.strip() for header in self.table.headers]
        if column.name not in headers:
            return [None] * len(self.table.lines)
        at = headers.index(column.name)
        return [self.cell(column, row, at) for row in range(len(self.table.lines))]

    def cell(self, column: TableColumn, row: int, at: int) -> Any:
        value = self.table.cells.iat[row, at]
        if value is None or not str(value).strip():
            if column.filled:
                self.problems.append(problem("table.empty_cell", self.table.place(row, at), name=column.name))
            return None
        text = str(value).strip()
        read_as, found = self.read(column, text, self.pointed(text) if isinstance(value, str) else text)
        if found is not None:
            slots = {"value": text[:80], "allowed": column.choices, "low": column.low, "high": column.high}
            self.problems.append(problem(found, self.table.place(row, at), name=column.name, **slots))
        return read_as

    def pointed(self, text: str) -> str:
        """A written number with a point; nothing where a point would be the sign of thousands."""
        if self.decimal == ".":
            return text
        return "" if "." in text else text.replace(self.decimal, ".")

    def read(self, column: TableColumn, text: str, pointed: str) -> tuple[Any, str | None]:
        """The value of a cell, or the code of what is wrong with it."""
        if column.kind == "text":
            return text, None
        if column.kind == "address":
            fits = text.startswith(("https://", "http://")) and " " not in text and len(text) > len("https://")
            return text, None if fits else "table.not_address"
        if column.kind == "choice":
            return text, None if text in column.choices else "table.not_choice"
        if column.kind == "whole":
            number: float | int | None = int(text) if _WHOLE.fullmatch(text) else None
        else:
            number = float(pointed) if _NUMBER.fullmatch(pointed) else None
        if number is None:
            return None, f"table.not_{column.kind}"
        low, high = column.low, column.high
        outside = (low is not None and number < low) or (high is not None and number > high)
        return number, "table.outside" if outside else None


def _nothing(_columns: dict[str, list[Any]], _table: RawTable) -> list[Problem]:
    return []


def _index_rows(columns: dict[str, list[Any]], table: RawTable) -> list[Problem]:
    """One row for each index, place and year, with a value or a rank; no rank beyond the number of places."""
    found: list[Problem] = []
    seen: dict[tuple[Any, ...], int] = {}
    keys = zip(columns["index"], columns["place"], columns["year"], strict=True)
    for row, key in enumerate(keys):
        place = table.place(row)
        if key in seen:
            found.append(problem("table.row_twice", place, value=" ".join(map(str, key)), first=table.lines[seen[key]]))
        seen.setdefault(key, row)
        rank, places = columns["rank"][row], columns["n_places"][row]
        if columns["value"][row] is None and rank is None:
            found.append(problem("table.no_value", place, value=" ".join(map(str, key))))
        if rank is not None and places is not None and rank > places:
            found.append(problem("table.rank_beyond", place, rank=rank, places=places))
    return found


def _unit_rows(columns: dict[str, list[Any]], table: RawTable) -> list[Problem]:
    found = []
    seen: dict[Any, int] = {}
    for row, unit in enumerate(columns["unit"]):
        if unit in seen:
            found.append(problem("table.row_twice", table.place(row), value=unit, first=table.lines[seen[unit]]))
        seen.setdefault(unit, row)
    return found


_CHECKS: dict[str, Callable[[dict[str, list[Any]], RawTable], list[Problem]]] = {
    "indices": _index_rows,
    "units": _unit_rows,
}
