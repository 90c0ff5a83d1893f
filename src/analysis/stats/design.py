"""From a formula and rows to a design matrix: which columns, in which coding, and which rows are left.

Categories are treatment-coded on their first level. A category keeps all its levels where the term without it is not in
the model (R's rule), so that ``0 + unit`` gives one column for each unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import product

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, Problem, caution, problem
from ..grammar import INTERCEPT, Formula, Term
from .result import unique
from .rows import Array, Labels, Rows


@dataclass(frozen=True, eq=False)
class Design:
    """Numbers of one regression; `terms` names the columns of `x`, the intercept first where there is one.

    `beside` holds further columns over the same rows: groups, weights, strata.
    """

    terms: tuple[str, ...]
    x: Array  # (n, k)
    y: Array  # (n,)
    intercept: bool
    dropped: int
    clusters: npt.NDArray[np.intp] | None  # (n,) codes
    cautions: tuple[Caution, ...]
    beside: Mapping[str, Array | Labels] = field(default_factory=dict)


def build(formula: Formula, rows: Rows, cluster: str | None, beside: Sequence[str] = ()) -> Design:
    """Design of the rows that answer every variable of the formula, of the cluster and of what stands beside them."""
    wanted = unique((*formula.names, *(() if cluster is None else (cluster,)), *beside))
    rows.require(wanted)
    columns = {name: rows.column(name) for name in wanted}
    problems = list(_kinds(formula, columns))
    if problems:
        raise ModelError(*problems)
    whole = np.logical_and.reduce([_answered(column) for column in columns.values()])
    columns = {name: _taken(column, whole) for name, column in columns.items()}
    _refuse_constants(formula, columns)
    outcome = columns[formula.outcome]
    named = list(_columns(formula, columns))
    n = int(whole.sum())
    # transposed, so that each column lies in one piece of memory
    x = np.array([values for _, values in named]).T if named else np.empty((n, 0))
    sorted_levels = tuple(name for name in formula.names if _undeclared(columns[name]))
    notes = [caution("regression.levels_sorted", "note", columns=sorted_levels)] if sorted_levels else []
    codes = None if cluster is None else codes_of(columns[cluster])
    terms = tuple(name for name, _ in named)
    held = {name: columns[name] for name in beside}
    return Design(terms, x, np.asarray(outcome), formula.intercept, rows.n - n, codes, tuple(notes), held)


def _kinds(formula: Formula, columns: dict[str, Array | Labels]) -> Iterator[Problem]:
    """Text as outcome, and text that looks like numbers anywhere in the formula."""
    for name in unique((formula.outcome, *(name for term in formula.terms for name in term))):
        column = columns[name]
        if isinstance(column, Labels) and column.looks_numeric:
            yield problem("regression.numbers_as_text", Place(column=name), column=name)
        elif isinstance(column, Labels) and name == formula.outcome:
            yield problem("regression.text_outcome", Place(column=name), column=name)


def _answered(column: Array | Labels) -> npt.NDArray[np.bool_]:
    return column.codes >= 0 if isinstance(column, Labels) else ~np.isnan(column)


def _taken(column: Array | Labels, whole: npt.NDArray[np.bool_]) -> Array | Labels:
    """The column over the rows that stay; levels that nobody has any more go."""
    if not isinstance(column, Labels):
        return column if whole.all() else column[whole]
    codes = column.codes[whole]
    used = np.unique(codes)
    levels = tuple(column.levels[code] for code in used)
    return Labels(np.searchsorted(used, codes), levels, column.declared)


def _refuse_constants(formula: Formula, columns: dict[str, Array | Labels]) -> None:
    """Refuse what does not vary over the rows that stay, all of it at once."""
    outcome = columns[formula.outcome]
    if len(np.asarray(outcome)) < 2:
        raise ModelError(problem("regression.too_few_rows", n=len(np.asarray(outcome)), k=len(formula.terms) + 1))
    found = []
    if np.ptp(np.asarray(outcome)) == 0:
        found.append(problem("regression.constant_outcome", Place(column=formula.outcome), column=formula.outcome))
    for name in unique(name for term in formula.terms for name in term):
        column = columns[name]
        if isinstance(column, Labels) and len(column.levels) < 2:
            level = column.levels[0] if column.levels else None
            found.append(problem("regression.single_level", Place(column=name), column=name, level=level))
        elif not isinstance(column, Labels) and np.ptp(column) == 0 and formula.intercept:
            found.append(problem("regression.constant_predictor", Place(column=name), column=name))
    if found:
        raise ModelError(*found)


def _columns(formula: Formula, columns: dict[str, Array | Labels]) -> Iterator[tuple[str, Array]]:
    """Named columns of the design."""
    if formula.intercept:
        yield INTERCEPT, np.ones(len(np.asarray(columns[formula.outcome])))
    present: set[frozenset[str]] = {frozenset(term) for term in formula.terms} | {frozenset()}
    whole = None if formula.intercept else next((t for t in formula.terms if _is_category(t, columns)), None)
    for term in formula.terms:
        parts = []
        for name in term:
            full = frozenset(term) - {name} not in present or term == whole
            parts.append(_coded(name, columns[name], full))
        for chosen in product(*parts):
            yield ":".join(label for label, _ in chosen), reduce(np.multiply, (values for _, values in chosen))


def _coded(name: str, column: Array | Labels, full: bool) -> list[tuple[str, Array]]:
    """One column of numbers, or one of zeros and ones for each level but the first (for each, where `full`)."""
    if not isinstance(column, Labels):
        return [(name, column)]
    levels = list(enumerate(column.levels))[0 if full else 1 :]
    return [(f"{name}[{level}]", (column.codes == code).astype(np.float64)) for code, level in levels]


def _is_category(term: Term, columns: dict[str, Array | Labels]) -> bool:
    return len(term) == 1 and isinstance(columns[term[0]], Labels)


def _undeclared(column: Array | Labels) -> bool:
    return isinstance(column, Labels) and not column.declared


def codes_of(column: Array | Labels) -> npt.NDArray[np.intp]:
    """Whole numbers from 0 that are equal where the column is, in its order."""
    if isinstance(column, Labels):
        return column.codes
    low = column.min(initial=0.0)
    if column.max(initial=0.0) - low < 4 * len(column):  # few enough to be counted, without sorting
        at = (column - low).astype(np.intp)
        if (at == column - low).all():
            present = np.bincount(at) > 0
            return np.asarray((np.cumsum(present) - 1)[at])
    return np.unique(column, return_inverse=True)[1]


def count_codes(codes: npt.NDArray[np.intp]) -> int:
    """How many different codes there are."""
    return int(np.count_nonzero(np.bincount(codes)))


def code_sums(codes: npt.NDArray[np.intp], values: Array) -> Array:
    """Sums (g, m) of the rows of `values` (n, m) that have each code; zeros for a code that no row has."""
    return np.array([np.bincount(codes, column) for column in values.T]).T
