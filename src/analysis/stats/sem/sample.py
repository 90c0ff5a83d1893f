"""What the data give to a model: moments of each group, its rows where they are needed, its patterns of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from ...errors import ModelError, Place, problem
from ..factorability import factorable
from ..moments import Moments, RowRule, complete_moments, moments
from ..rows import Array, Labels, Rows, is_rows, rows
from .casewise import Casewise
from .directions import inverted
from .patterns import Patterns, patterns, saturated

Likelihood: TypeAlias = Literal["normal", "wishart"]
LIKELIHOOD: tuple[Likelihood, ...] = ("normal", "wishart")
MissingRule: TypeAlias = Literal["listwise", "fiml"]
MISSING_RULES: tuple[MissingRule, ...] = ("listwise", "fiml")

_TWO = 2  # rows that show a covariance


@dataclass(frozen=True, eq=False)
class GroupSample:
    """One group: `cov` is divided by n (normal likelihood) or by n - 1 (Wishart); `rows` are None for moments."""

    label: str
    n: int
    mean: Array  # (p,)
    cov: Array  # (p, p)
    rows: Array | None = None  # (n, p), with NaN where an answer is missing (full information only)

    @cached_property
    def by_pattern(self) -> Patterns:
        """The rows by what they answer; complete rows are one pattern."""
        return patterns(np.empty((0, len(self.mean))) if self.rows is None else self.rows)

    @cached_property
    def complete(self) -> bool:
        """Whether no answer is missing."""
        return self.rows is None or not bool(np.isnan(self.rows).any())

    @property
    def casewise(self) -> Casewise:
        """The rows at the group's own moments."""
        return Casewise(self.by_pattern, self.mean, inverted(self.cov))

    @cached_property
    def information(self) -> Array:
        """Observed information (moments, moments) of one row at the group's own moments, means first."""
        return self.casewise.curvature()

    @cached_property
    def spread(self) -> Array:
        """Covariances (moments, moments) of the group's own moments, times n, were the answers normal."""
        return inverted(self.information)

    @cached_property
    def squares(self) -> Array:
        """First-order information (moments, moments) of one row at the group's own moments, means first."""
        return self.casewise.squares(means=True)


@dataclass(frozen=True, eq=False)
class Sample:
    """All groups of a data set, in order of first appearance."""

    names: tuple[str, ...]
    groups: tuple[GroupSample, ...]
    group: str | None
    missing: RowRule | Literal["fiml"]
    dropped: int
    likelihood: Likelihood = "normal"

    @property
    def n(self) -> int:
        """Rows used."""
        return sum(group.n for group in self.groups)

    @property
    def weights(self) -> Array:
        """Share (groups,) of each group in the discrepancy."""
        counts = np.array([self.count(group) for group in self.groups], dtype=np.float64)
        return np.asarray(counts / counts.sum())

    @property
    def total(self) -> float:
        """What multiplies the discrepancy: n, or n less one for each group (Wishart)."""
        return float(sum(self.count(group) for group in self.groups))

    @property
    def complete(self) -> bool:
        """Whether no answer of any group is missing."""
        return all(group.complete for group in self.groups)

    def count(self, group: GroupSample) -> int:
        """n of a group, or n - 1 where covariances are divided by it."""
        return group.n - (self.likelihood == "wishart")

    def of(self, groups: Sequence[GroupSample]) -> Sample:
        """The same sample with other groups (their moments estimated, rows drawn again)."""
        return replace(self, groups=tuple(groups))


def complete_sample(x: object, names: Sequence[str], group: str | None, likelihood: Likelihood) -> Sample:
    """Moments of complete rows of each group.

    Parameters
    ----------
    x : rows, Moments, mapping of label to Moments, or an iterable of batches
        Answers, or moments; a mapping gives the printed matrices of several groups.
    names : sequence of str
        The observed variables.
    group : str, optional
        The column that divides the rows.
    likelihood : {"normal", "wishart"}
        Whether covariances are divided by n or by n - 1.

    Returns
    -------
    Sample
        With the rows, where there are any.
    """
    if isinstance(x, Mapping) and x and all(isinstance(each, Moments) for each in x.values()):
        found = [(str(label), each.subset(names), None) for label, each in x.items()]
        return _sample(found, names, group or "group", likelihood)
    if isinstance(x, Moments) or not is_rows(x):
        if group is not None:
            raise ModelError(problem("sem.group_needs_rows", Place(column=group), group=group))
        return _sample([("", moments(x, names), None)], names, None, likelihood)
    answers = rows(x)
    answers.require(names)
    split = []
    for label, where in divided(answers, group):
        values = _taken(answers, names, where)
        split.append((label, complete_moments(values, names), values[~np.isnan(values).any(axis=1)]))
    return _sample(split, names, group, likelihood, len_all=answers.n)


def incomplete_sample(x: object, names: Sequence[str], group: str | None, given: Sequence[str] = ()) -> Sample:
    """Rows of each group with their missing answers, and the moments that these make most likely.

    Rows without any answer are left out, and rows without an answer to a variable of `given`: its moments are not
    modelled.
    """
    if not is_rows(x):
        raise ModelError(problem("sem.rows_needed", what="fiml"))
    answers = rows(x)
    answers.require(names)
    groups = []
    used = 0
    for label, where in divided(answers, group):
        values = _taken(answers, names, where)
        asked = np.isnan(values[:, [names.index(name) for name in given]])
        values = values[~np.isnan(values).all(axis=1) & ~asked.any(axis=1)]
        empty = tuple(name for name, column in zip(names, values.T, strict=True) if not _varies(column))
        if empty:
            raise ModelError(problem("moments.no_variance", Place(column=empty[0]), columns=empty))
        used += len(values)
        apart = _never_together(values, names)
        if apart:
            raise ModelError(problem("sem.never_together", Place(column=apart[0]), a=apart[0], b=apart[1], group=label))
        if len(values) <= len(names):
            raise ModelError(problem("factors.too_few_rows", n=len(values), k=len(names)))
        mean, cov = saturated(patterns(values), len(names))
        if len(names) > 1:
            factorable(Moments(tuple(names), len(values), mean, cov))
        groups.append(GroupSample(label, len(values), mean, cov, values))
    return Sample(tuple(names), tuple(groups), group, "fiml", answers.n - used)


def _sample(
    found: Sequence[tuple[str, Moments, Array | None]],
    names: Sequence[str],
    group: str | None,
    likelihood: Likelihood,
    len_all: int | None = None,
) -> Sample:
    groups = []
    for label, m, values in found:
        if len(names) > 1:
            factorable(m)  # refuses what has no inverse, with the names of its items
        elif m.n < 3 or not m.sd[0] > 0:
            raise ModelError(problem("moments.no_variance", Place(column=names[0]), columns=tuple(names)))
        groups.append(GroupSample(label, m.n, m.mean, m.cov if likelihood == "wishart" else m.cov_n, values))
    used = sum(each.n for each in groups)
    dropped = sum(m.dropped for _, m, _ in found) if len_all is None else len_all - used
    return Sample(tuple(names), tuple(groups), group, found[0][1].missing, dropped, likelihood)


def _never_together(values: Array, names: Sequence[str]) -> tuple[str, str] | None:
    """The first two variables that fewer than two rows answer both: nothing tells their covariance."""
    answered = (~np.isnan(values)).astype(np.float64)
    first = np.argwhere(np.triu(answered.T @ answered < _TWO, 1))
    return (names[first[0, 0]], names[first[0, 1]]) if len(first) else None


def _varies(column: Array) -> bool:
    present = column[~np.isnan(column)]
    return len(present) > 1 and bool((present != present[0]).any())


def _taken(answers: Rows, names: Sequence[str], where: Array | None) -> Array:
    """Numbers (n, p) of all rows or of some."""
    values = answers.numeric(tuple(names))
    return values if where is None else values[where.astype(bool)]


def divided(answers: Rows, group: str | None) -> Iterator[tuple[str, Array | None]]:
    """Label and rows of each group, in order of first appearance; rows without a group are left out."""
    if group is None:
        yield "", None
        return
    column: Any = answers.column(group)
    codes = column.codes if isinstance(column, Labels) else column
    present = codes[codes >= 0] if isinstance(column, Labels) else codes[~np.isnan(codes)]
    order = list(dict.fromkeys(present.tolist()))
    if len(order) < 2:
        raise ModelError(problem("sem.one_group", Place(column=group), group=group))
    for each in order:
        label = column.levels[each] if isinstance(column, Labels) else f"{each:g}"
        yield label, codes == each
