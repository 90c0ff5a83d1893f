"""Groups: n, mean and spread of an outcome in each group, from rows or from a printed table."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import parse_formula
from ..rules import cutoff
from . import exact
from .comparison import GroupRow
from .moments import RowRule
from .result import Result, unique
from .rows import Array, Labels, Rows, rows
from .tails import t_quantile

Codes: TypeAlias = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Cells:
    """What tests compute with: means apart from a common `centre`, so that far-off data keep their digits."""

    n: Array  # (k,)
    mean: Array  # (k,) minus centre
    ss: Array  # (k,) squares about each mean
    centre: float

    @property
    def var(self) -> Array:
        """Variances; a group of one has none (zero squares over zero)."""
        return np.divide(self.ss, self.n - 1, out=np.zeros_like(self.ss), where=self.n > 1)


@dataclass(frozen=True)
class Groups(Result):
    """An outcome in each group of a factor.

    Rows and a printed table become the same thing. `dropped` rows had no answer or stood alone in their group. Groups
    of one are left out, with a caution.
    """

    outcome: str
    factor: str
    labels: tuple[str, ...]
    n: tuple[int, ...]
    mean: tuple[float, ...]
    sd: tuple[float, ...]
    missing: RowRule = "printed"
    dropped: int = 0
    cautions: tuple[Caution, ...] = ()
    _cells: Cells | None = field(default=None, compare=False, repr=False)
    _kept: tuple[Array, Codes] | None = field(default=None, compare=False, repr=False)

    @property
    def total(self) -> int:
        """Rows of all groups."""
        return sum(self.n)

    def cells(self) -> Cells:
        """n, centred means and sums of squares."""
        if self._cells is not None:
            return self._cells
        n, mean = np.array(self.n, dtype=np.float64), np.array(self.mean)
        centre = float(n @ mean / n.sum())
        return Cells(n, mean - centre, (n - 1) * np.array(self.sd) ** 2, centre)

    def values(self, what: str) -> tuple[Array, Codes]:
        """Outcome and group of each row, for what a printed table cannot give."""
        if self._kept is None:
            raise ModelError(problem("groups.needs_rows", what=what))
        return self._kept

    @staticmethod
    def from_printed(
        labels: Sequence[str],
        *,
        n: Sequence[int],
        mean: Sequence[float],
        sd: Sequence[float],
        formula: str = "outcome ~ group",
    ) -> Groups:
        """Groups from a printed table of n, mean and standard deviation.

        Parameters
        ----------
        labels : sequence of str
            Names of the groups.
        n, mean, sd : sequence
            One for each group.
        formula : str
            ``outcome ~ group``: what was measured and what the groups are.

        Returns
        -------
        Groups
            With ``missing == "printed"``; accepted wherever rows are, but for tests that need every answer.

        Raises
        ------
        ModelError
            ``groups.printed``: unequal lengths, a name that comes twice, n below 1, a negative or missing number.

        Examples
        --------
        >>> Groups.from_printed(["A", "B"], n=[10, 12], mean=[3.1, 3.6], sd=[0.5, 0.6]).total
        22
        """
        outcome, factor = one_factor(formula)
        names = tuple(map(str, labels))
        numbers = np.array([each for column in (n, mean, sd) for each in column], dtype=np.float64)
        even = len(names) == len(n) == len(mean) == len(sd)
        if not even or len(set(names)) < len(names) or not np.isfinite(numbers).all():
            raise ModelError(problem("groups.printed", labels=len(names), n=len(n), mean=len(mean), sd=len(sd)))
        bad = [name for name, count, spread in zip(names, n, sd, strict=True) if count < 1 or count % 1 or spread < 0]
        if bad:
            raise ModelError(*(problem("groups.printed_row", group=name) for name in bad))
        kept = [at for at, count in enumerate(n) if count > 1]
        return Groups(
            outcome,
            factor,
            tuple(names[at] for at in kept),
            tuple(int(n[at]) for at in kept),
            tuple(float(mean[at]) for at in kept),
            tuple(float(sd[at]) for at in kept),
            dropped=len(names) - len(kept),
            cautions=tuple(_alone([name for at, name in enumerate(names) if at not in kept])),
        )


def groups(formula: str, x: object) -> Groups:
    """Count, mean and spread of an outcome in each group.

    Parameters
    ----------
    formula : str
        ``outcome ~ group`` with one factor: a column of labels or of number codes.
    x : rows or Groups
        Answers; groups are returned as they are when they are of this formula.

    Returns
    -------
    Groups
        Labels that differ only in case, spaces or Unicode form are one group, with a caution; groups of one row are
        left out, with a caution; groups without rows are not listed.

    Raises
    ------
    ModelError
        ``groups.…``: no such formula, an outcome of text, or another formula than that of the groups.

    Examples
    --------
    >>> groups("y ~ unit", {"y": [1, 2, 3, 5], "unit": ["A", "A", "B", "B"]}).mean
    (1.5, 4.0)
    """
    outcome, factor = one_factor(formula)
    if isinstance(x, Groups):
        if (x.outcome, x.factor) != (outcome, factor):
            raise ModelError(problem("groups.other_formula", formula=formula, own=f"{x.outcome} ~ {x.factor}"))
        return x
    taken = rows(x, (outcome, factor))
    y = taken.numeric([outcome])[:, 0]
    codes, labels, merged = factor_codes(taken, factor)
    whole = ~np.isnan(y) & (codes >= 0)
    counts = np.bincount(codes[whole], minlength=len(labels))
    alone = [label for label, count in zip(labels, counts, strict=True) if count == 1]
    kept = np.flatnonzero(counts > 1)
    whole &= np.isin(codes, kept)
    y, codes = y[whole], np.searchsorted(kept, codes[whole])
    cells = cells_of(y, codes, len(kept))
    dropped = taken.n - len(y)
    excluded = (caution("rows.excluded", "note", dropped=dropped, n=len(y), total=taken.n),) if dropped else ()
    return Groups(
        outcome,
        factor,
        tuple(labels[at] for at in kept),
        tuple(int(count) for count in cells.n),
        tuple(float(mean) for mean in cells.mean + cells.centre),
        tuple(float(sd) for sd in np.sqrt(cells.var)),
        "listwise",
        dropped,
        (*merged, *_alone(alone), *excluded),
        cells,
        (y, codes),
    )


def one_factor(formula: str) -> tuple[str, str]:
    """Outcome and factor of ``outcome ~ factor``; any other formula is refused."""
    parsed = parse_formula(formula)
    if len(parsed.terms) != 1 or len(parsed.terms[0]) != 1 or parsed.groups or not parsed.intercept:
        raise ModelError(problem("groups.one_factor", formula=str(parsed)))
    return parsed.outcome, parsed.terms[0][0]


def comparable(found: Groups, least: int = 2) -> Groups:
    """The groups, unless there is nothing to compare: too few groups, or an outcome that does not vary."""
    if len(found.labels) < least:
        level = found.labels[0] if found.labels else None
        raise ModelError(
            problem("groups.too_few", Place(column=found.factor), factor=found.factor, k=len(found.labels), only=level)
        )
    cells = found.cells()
    if not cells.ss.any():
        code = "groups.no_spread" if np.ptp(cells.mean) > 0 else "groups.constant_outcome"
        raise ModelError(problem(code, Place(column=found.outcome), outcome=found.outcome, factor=found.factor))
    return found


def constant(found: Groups) -> tuple[str, ...]:
    """Groups whose members all gave the same answer."""
    return tuple(label for label, ss in zip(found.labels, found.cells().ss, strict=True) if ss == 0)


def group_rows(found: Groups, level: float, ranks: Array | None = None) -> tuple[GroupRow, ...]:
    """One line for each group, with the t interval of its own mean."""
    named = zip(found.labels, found.n, found.mean, found.sd, strict=True)
    lines = tuple(group_row(*each, level) for each in named)
    if ranks is None:
        return lines
    return tuple(replace(line, mean_rank=float(rank)) for line, rank in zip(lines, ranks, strict=True))


def group_row(label: str, n: int, mean: float, sd: float, level: float) -> GroupRow:
    """n, mean and spread of one group with its t interval."""
    se = sd / n**0.5
    half = t_quantile((1 + level) / 2, n - 1) * se
    return GroupRow(label, n, mean, sd, se, mean - half, mean + half)


def group_cautions(found: Groups) -> tuple[Caution, ...]:
    """What was left out or merged, groups that all answered alike, small groups."""
    flat = constant(found)
    alike = (caution("groups.constant_group", groups=flat),) if flat else ()
    least = int(cutoff("sample.small_n"))
    few = tuple(label for label, count in zip(found.labels, found.n, strict=True) if count < least)
    small = (caution("groups.small", "note", groups=few, least=least),) if few else ()
    return (*found.cautions, *alike, *small)


def cells_of(y: Array, codes: Codes, k: int) -> Cells:
    """Centred means and squares; subtracting one nearby value from all is exact, which far-off data need."""
    centre = float(exact.mean(y)) if len(y) else 0.0
    apart = y - centre
    n, mean, ss = np.zeros(k), np.zeros(k), np.zeros(k)
    for code in range(k):
        part = apart[codes == code]
        n[code], mean[code] = len(part), float(exact.mean(part))
        ss[code] = 0.0 if np.ptp(part) == 0 else float(exact.total_product(part - mean[code], part - mean[code]))
    return Cells(n, mean, ss, centre)


def factor_codes(taken: Rows, name: str) -> tuple[Codes, tuple[str, ...], tuple[Caution, ...]]:
    """Codes and labels of the factor; undeclared labels that look alike are one."""
    column = taken.column(name)
    if not isinstance(column, Labels):
        levels, codes = np.unique(column, return_inverse=True)
        labels = tuple(f"{value:.15g}" for value in levels if not np.isnan(value))
        return np.where(np.isnan(column), -1, codes).astype(np.intp), labels, ()
    if column.declared:
        return column.codes, column.levels, ()
    first: dict[str, str] = {}
    for level in column.levels:
        first.setdefault(plain_label(level), level)
    labels = tuple(first.values())
    place = np.array([labels.index(first[plain_label(level)]) for level in column.levels] + [-1], dtype=np.intp)
    return place[column.codes], labels, tuple(_merged(name, column.levels))


def plain_label(label: str) -> str:
    """The label without regard to case, spaces and Unicode form."""
    return " ".join(unicodedata.normalize("NFC", label).casefold().split())


def _merged(name: str, levels: Sequence[str]) -> Iterator[Caution]:
    """Say which labels were taken as one."""
    for plain in unique(plain_label(level) for level in levels):
        variants = tuple(level for level in levels if plain_label(level) == plain)
        if len(variants) > 1:
            yield caution("groups.merged_labels", factor=name, labels=variants, kept=variants[0])


def _alone(labels: Sequence[str]) -> Iterator[Caution]:
    if labels:
        yield caution("groups.singleton", groups=tuple(labels))
