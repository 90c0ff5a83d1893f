"""The table of parameters that a model stands for, with lavaan's defaults: what is free, fixed or equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from math import nan
from typing import Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from ...errors import ModelError, Place, problem
from ...grammar import Definition, Model, Statement, parse_model
from ..rows import Array

Equal: TypeAlias = Literal[
    "loadings", "intercepts", "means", "regressions", "residuals", "residual_covariances",
    "lv_variances", "lv_covariances", "thresholds",
]  # fmt: skip
Identify: TypeAlias = Literal["marker", "variance"]
EQUAL: tuple[Equal, ...] = (
    "loadings", "intercepts", "means", "regressions", "residuals", "residual_covariances",
    "lv_variances", "lv_covariances",
)  # fmt: skip
IDENTIFY: tuple[Identify, ...] = ("marker", "variance")

_T = TypeVar("_T")

FIXED = -1  # a parameter's place among the free ones, where it has none


@dataclass(frozen=True, slots=True)
class Parameter:
    """One line of the table: ``lhs op rhs`` in a group.

    `free` is its place in the vector of free parameters (equal parameters share one) or `FIXED`; `value` is then the
    fixed value (NaN: the sample's own moment, of an exogenous observed variable) or the start that the model gives.
    """

    lhs: str
    op: str
    rhs: str
    group: int
    free: int
    value: float
    label: str
    stated: bool  # in the model, not a default

    @property
    def name(self) -> str:
        """``x1 ~~ x2`` as in the model's notation."""
        return f"{self.lhs} ~ 1" if self.op == "~1" else f"{self.lhs} {self.op} {self.rhs}"

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for both directions of a covariance."""
        if self.op == "~~" and self.rhs < self.lhs:
            return self.rhs, self.op, self.lhs
        return self.lhs, self.op, self.rhs


@dataclass(frozen=True)
class ParameterTable:
    """All parameters of a model in all groups."""

    observed: tuple[str, ...]
    latent: tuple[str, ...]
    exogenous: tuple[str, ...]  # observed, whose moments are taken from the sample and not modelled
    groups: int
    means: bool
    rows: tuple[Parameter, ...]
    definitions: tuple[Definition, ...] = ()
    measures: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def n_free(self) -> int:
        """Free parameters, equal ones counted once."""
        return max((row.free for row in self.rows), default=FIXED) + 1

    @cached_property
    def places(self) -> npt.NDArray[np.intp]:
        """Place of each row among the free ones (rows,)."""
        return np.array([row.free for row in self.rows], dtype=np.intp)

    def values(self, theta: Array) -> Array:
        """Value of each row (rows,) where the free ones have the values `theta`."""
        found, free = self._given.copy(), self._free
        found[free] = theta[self.places[free]]
        return found

    def value_slopes(self, theta: Array) -> Array:
        """Derivatives (rows, free) of `values`: ones where a row is that free parameter."""
        found = np.zeros((len(self.rows), len(theta)))
        found[self._free, self.places[self._free]] = 1.0
        return found

    @cached_property
    def _given(self) -> Array:
        return np.array([row.value for row in self.rows])

    @cached_property
    def _free(self) -> npt.NDArray[np.intp]:
        """Rows that are free."""
        return np.flatnonzero(self.places >= 0)

    def first(self, place: int) -> Parameter:
        """The first row that has this place."""
        return next(row for row in self.rows if row.free == place)

    def labelled(self) -> dict[str, Parameter]:
        """The first parameter of each label."""
        found: dict[str, Parameter] = {}
        for row in self.rows:
            if row.label:
                found.setdefault(row.label, row)
        return found


@dataclass(frozen=True, slots=True)
class Roles:
    """What each variable of a model is."""

    observed: tuple[str, ...]
    latent: tuple[str, ...]
    indicators: frozenset[str]
    outcomes: frozenset[str]
    explaining: frozenset[str]
    exogenous: tuple[str, ...]


def roles(model: Model) -> Roles:
    """Who measures, who is explained, who explains."""
    latent = model.latent
    indicators = frozenset(each.rhs for each in model.statements if each.op == "=~")
    outcomes = frozenset(each.lhs for each in model.statements if each.op == "~")
    explaining = frozenset(each.rhs for each in model.statements if each.op == "~")
    modelled = {name for each in model.statements if each.op in ("~~", "~1") for name in (each.lhs, each.rhs)}
    observed = sorted(model.observed, key=lambda name: (name not in indicators, name not in outcomes))
    outside = (name for name in observed if name in explaining and name not in indicators | outcomes)
    exogenous = tuple(name for name in outside if name not in modelled)
    return Roles(tuple(observed), latent, indicators, outcomes, explaining, exogenous)


@dataclass(frozen=True, slots=True)
class Specification:
    """How a model is to be read: what the syntax leaves open."""

    groups: int = 1
    means: bool = False
    identify: Identify = "marker"
    equal: tuple[Equal, ...] = ()
    released: tuple[tuple[str, str, str], ...] = ()  # keys of parameters that are not held equal
    exogenous_fixed: bool = True


def released_keys(parameters: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    """Keys of parameters written in the model's notation, thresholds as ``q1 | t2``."""
    return tuple(key for text in parameters for key in _keys(text))


def _keys(text: str) -> Iterator[tuple[str, str, str]]:
    item, sign, cut = (part.strip() for part in text.partition("|"))
    if sign:
        yield item, sign, cut
    else:
        yield from (each.key for each in parse_model(text).statements)


def parameter_table(model: Model, specification: Specification) -> ParameterTable:
    """Rows of every group with lavaan's defaults.

    Notes
    -----
    The first loading of each latent variable is 1 (or its variance, with ``identify="variance"``), unless the model
    says otherwise; residual variances are free, exogenous latent variables covary freely, so do the residuals of
    outcomes that explain nothing; a single observed indicator has no residual; means of latent variables are 0. Moments
    of exogenous observed variables are the sample's.

    References
    ----------
    Rosseel, Y. (2012). lavaan: An R package for structural equation modeling. Journal of Statistical Software, 48(2).
    """
    has = roles(model)
    if not specification.exogenous_fixed:
        has = replace(has, exogenous=())
    _check_groups(model, specification.groups)
    lines = [*_stated(model, has, specification), *_defaults(model, has, specification)]
    made = [_one(line, group, specification) for group in range(specification.groups) for line in lines]
    rows = _numbered(_equal(made, has, specification))
    return ParameterTable(
        has.observed, has.latent, has.exogenous, specification.groups, specification.means, tuple(rows),
        model.definitions, model.measures(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Line:
    """A statement or a default, with the value at which a default fixes it."""

    statement: Statement
    fixed: float | None  # None: free unless the statement says otherwise
    stated: bool


def _check_groups(model: Model, groups: int) -> None:
    wrong = [
        problem(
            "model.groups", Place(line=each.line), parameter=f"{each.lhs} {each.op} {each.rhs}", given=len(values),
            groups=groups, position=each.position,
        )
        for each in model.statements
        for values in (each.fixed, each.labels, each.start)
        if len(values) > 1 and len(values) != groups
    ]  # fmt: skip
    if wrong:
        raise ModelError(*wrong)


def _stated(model: Model, has: Roles, how: Specification) -> Iterator[_Line]:
    """Statements of the model; the first loading of each latent variable is the marker."""
    measured: set[str] = set()
    for each in model.statements:
        marker = each.op == "=~" and each.lhs not in measured and how.identify == "marker"
        if each.op == "=~":
            measured.add(each.lhs)
        yield _Line(each, 1.0 if marker else None, True)


def _defaults(model: Model, has: Roles, how: Specification) -> Iterator[_Line]:
    """What the model leaves unsaid."""
    said = {each.key for each in model.statements}
    for line in (*_variances(model, has, how), *_covariances(has), *(_intercepts(has) if how.means else ())):
        if line.statement.key not in said:
            yield line


def _variances(model: Model, has: Roles, how: Specification) -> Iterator[_Line]:
    alone = {items[0] for items in model.measures().values() if len(items) == 1 and items[0] not in has.latent}
    for name in has.observed:
        yield _Line(Statement(name, "~~", name), _sampled(has, name, 0.0 if name in alone else None), False)
    for name in has.latent:
        yield _Line(Statement(name, "~~", name), 1.0 if how.identify == "variance" else None, False)


def _covariances(has: Roles) -> Iterator[_Line]:
    explained = has.indicators | has.outcomes
    for a, b in combinations([name for name in has.latent if name not in explained], 2):
        yield _Line(Statement(a, "~~", b), None, False)
    last = [
        name
        for name in (*has.latent, *has.observed)
        if name in has.outcomes and name not in has.explaining | has.indicators
    ]
    for a, b in combinations(last, 2):
        yield _Line(Statement(a, "~~", b), None, False)
    outside = [name for name in has.observed if name in has.explaining and name not in has.indicators | has.outcomes]
    for a, b in combinations(outside, 2):
        both = a in has.exogenous and b in has.exogenous
        yield _Line(Statement(a, "~~", b), nan if both else None, False)


def _intercepts(has: Roles) -> Iterator[_Line]:
    for name in has.observed:
        yield _Line(Statement(name, "~1", ""), _sampled(has, name, None), False)
    for name in has.latent:
        yield _Line(Statement(name, "~1", ""), 0.0, False)


def _sampled(has: Roles, name: str, otherwise: float | None) -> float | None:
    return nan if name in has.exogenous else otherwise


def _one(line: _Line, group: int, how: Specification) -> Parameter:
    """The row of one group, before equal parameters are brought together."""
    said = line.statement
    fixed = _of_group(said.fixed, group, line.fixed)
    start = _of_group(said.start, group, None)
    label = _of_group(said.labels, group, None)
    if said.start and not said.fixed:
        fixed = None
    free = 0 if fixed is None else FIXED
    value = fixed if fixed is not None else (nan if start is None else start)
    return Parameter(said.lhs, said.op, said.rhs, group, free, value, label or "", line.stated)


def _of_group(values: Sequence[_T | None], group: int, default: _T | None) -> _T | None:
    """What is said for a group: one value is for all; nothing said is the default."""
    if not values:
        return default
    return values[0] if len(values) == 1 else values[group]


def _kind(row: Parameter, latent: Sequence[str]) -> Equal:
    """To which family of equalities across groups a parameter belongs."""
    if row.op == "=~":
        return "loadings"
    if row.op == "~":
        return "regressions"
    if row.op == "~1":
        return "means" if row.lhs in latent else "intercepts"
    if row.lhs in latent and row.rhs in latent:
        return "lv_variances" if row.lhs == row.rhs else "lv_covariances"
    return "residuals" if row.lhs == row.rhs else "residual_covariances"


def _equal(rows: list[Parameter], has: Roles, how: Specification) -> list[Parameter]:
    """Labels for parameters that are equal across groups, and what their equality sets free in the other groups."""
    held: list[Parameter] = []
    for row in rows:
        kind = _kind(row, has.latent)
        if kind in how.equal and row.key not in how.released and not row.label and row.free != FIXED:
            row = replace(row, label=_across(row))
        freed = row.group > 0 and not row.stated and _freed(kind, how)
        held.append(replace(row, free=0, value=nan) if freed else row)
    return held


def _freed(kind: Equal, how: Specification) -> bool:
    """Means (variances) of latent variables are free in the later groups where intercepts (loadings) are equal."""
    if kind == "means":
        return "intercepts" in how.equal and "means" not in how.equal
    return kind == "lv_variances" and how.identify == "variance" and "loadings" in how.equal


def _across(row: Parameter) -> str:
    """A label that no model can write: equal across groups."""
    return "=" + " ".join(row.key)


def _numbered(rows: list[Parameter]) -> list[Parameter]:
    """Places of the free parameters: one for each label, one for each row without; labels of a fixed one are fixed."""
    known: dict[str, float] = {row.label: row.value for row in rows if row.label and row.free == FIXED}
    places: dict[str, int] = {}
    numbered: list[Parameter] = []
    count = 0
    for row in rows:
        shown = "" if row.label.startswith("=") else row.label
        if row.free == FIXED:
            numbered.append(replace(row, label=shown))
        elif row.label in known:
            numbered.append(replace(row, free=FIXED, value=known[row.label], label=shown))
        elif row.label and row.label in places:
            numbered.append(replace(row, free=places[row.label], label=shown))
        else:
            if row.label:
                places[row.label] = count
            numbered.append(replace(row, free=count, label=shown))
            count += 1
    return numbered
