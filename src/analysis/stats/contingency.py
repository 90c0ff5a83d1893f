"""Contingency: the counts of every pair of questions, the ground floor of statistics of ordinal answers; chi-square."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from operator import add
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from ..errors import Caution, ModelError, Place, caution, problem
from ..rules import cutoff
from .comparison import CellRow, Comparison, FurtherTest
from .distributions import chi2_upper
from .effects import cramer_v, estimate
from .groups import plain_label
from .moments import RowRule
from .result import Result
from .rows import MISSING, Array, Labels, Missing, Rows, check_level, is_rows, literal, rows, unknown_column

Level: TypeAlias = str | float
Levels: TypeAlias = tuple[tuple[Level, ...], tuple[Level, ...]]
Codes: TypeAlias = npt.NDArray[np.intp]

_TIE = 1e-7  # R's fisher.test takes tables within this of each other as equally likely
_MOST_LEVELS = 100  # more different values are a measurement, not categories


@dataclass(frozen=True, eq=False)
class Contingency(Result):
    """Counts of every pair of columns; arrays cannot be written to.

    `tables` follows ``combinations(names, 2)``; `margins` counts each column alone. With the row rule ``"pairwise"``
    each table counts the rows that answer both. `dropped` counts the rows that the rule left out.
    """

    names: tuple[str, ...]
    levels: tuple[tuple[Level, ...], ...]
    tables: tuple[Array, ...]  # each (levels of a, levels of b)
    margins: tuple[Array, ...]  # each (levels,)
    n: int
    missing: RowRule = "listwise"
    dropped: int = 0

    def __post_init__(self) -> None:
        sizes = [len(levels) for levels in self.levels]
        shapes = [(sizes[i], sizes[j]) for i, j in combinations(range(len(sizes)), 2)]
        for name in ("tables", "margins"):
            held = tuple(np.array(each, dtype=np.float64) for each in getattr(self, name))
            for each in held:
                each.setflags(write=False)
            object.__setattr__(self, name, held)
        fits = [each.shape for each in self.tables] == shapes and [len(each) for each in self.margins] == sizes
        if len(self.names) != len(sizes) or not fits:
            raise ModelError(problem("contingency.shape", names=len(self.names), tables=len(self.tables)))

    @staticmethod
    def from_printed(
        counts: npt.ArrayLike, *, names: tuple[str, str], levels: tuple[Sequence[Level], Sequence[Level]]
    ) -> Contingency:
        """Counts from one printed cross table: rows are the levels of the first name, columns of the second."""
        table = np.array(counts, dtype=np.float64)
        if table.ndim != 2 or (table < 0).any() or (table % 1).any() or not table.any():
            raise ModelError(problem("contingency.printed"))
        margins = (table.sum(axis=1), table.sum(axis=0))
        held = (tuple(levels[0]), tuple(levels[1]))
        return Contingency(tuple(names), held, (table,), margins, int(table.sum()), "printed")

    def table(self, a: str, b: str) -> Array:
        """Counts of `a` (rows) by `b` (columns)."""
        i, j = self.at(a), self.at(b)
        if i == j:
            raise ModelError(problem("contingency.same_column", Place(column=a), column=a))
        place = list(combinations(range(len(self.names)), 2)).index((min(i, j), max(i, j)))
        return self.tables[place] if i < j else self.tables[place].T

    def levels_of(self, name: str) -> tuple[Level, ...]:
        """The answers of one column, in order."""
        return self.levels[self.at(name)]

    def at(self, name: str) -> int:
        """Place of a column; an unknown name is refused with the nearest."""
        if name not in self.names:
            raise ModelError(unknown_column(name, self.names))
        return self.names.index(name)

    def __add__(self, other: Contingency) -> Contingency:
        """Counts of both data sets together, over the levels of both."""
        if set(self.names) != set(other.names) or self.missing != other.missing:
            differing = tuple(sorted(set(self.names) ^ set(other.names)))
            raise ModelError(problem("contingency.different", columns=differing))
        levels = tuple(_union(name, self.levels_of(name), other.levels_of(name)) for name in self.names)
        mine, others = self._over(self.names, levels), other._over(self.names, levels)
        summed = [a + b for a, b in zip(mine, others, strict=True)]
        pairs, n, dropped = len(self.tables), self.n + other.n, self.dropped + other.dropped
        return Contingency(self.names, levels, tuple(summed[:pairs]), tuple(summed[pairs:]), n, self.missing, dropped)

    def _over(self, names: Sequence[str], levels: Sequence[tuple[Level, ...]]) -> list[Array]:
        """Tables and then margins of these names over these levels, zero where a level did not occur."""
        place = {
            name: [wide.index(level) for level in self.levels_of(name)]
            for name, wide in zip(names, levels, strict=True)
        }
        size = {name: len(wide) for name, wide in zip(names, levels, strict=True)}
        found: list[Array] = []
        for a, b in combinations(names, 2):
            found.append(np.zeros((size[a], size[b])))
            found[-1][np.ix_(place[a], place[b])] = self.table(a, b)
        for name in names:
            found.append(np.zeros(size[name]))
            found[-1][place[name]] = self.margins[self.at(name)]
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Contingency):
            return NotImplemented
        mine = (self.names, self.levels, self.n, self.missing, self.dropped)
        same = mine == (other.names, other.levels, other.n, other.missing, other.dropped)
        pairs = zip((*self.tables, *self.margins), (*other.tables, *other.margins), strict=True)
        return same and all(np.array_equal(a, b) for a, b in pairs)

    def __hash__(self) -> int:
        return hash((self.names, self.levels, self.n, self.missing, self.dropped))


def contingency(x: object, names: Sequence[str] | None = None, *, missing: Missing = "listwise") -> Contingency:
    """Count the answers to every pair of questions.

    Parameters
    ----------
    x : rows, Contingency, or an iterable of batches
        Answers (numbers or labels), counts (returned as they are), or batches of rows that are read once.
    names : sequence of str, optional
        The columns; all of them when not given.
    missing : {"listwise", "pairwise"}
        Rows complete on all columns, or for each pair those that answer both.

    Returns
    -------
    Contingency
        Numbers in their order, labels in their declared order (undeclared ones sorted).

    Raises
    ------
    ModelError
        ``contingency.too_many_levels`` for a measurement; ``rows.…``.

    Examples
    --------
    >>> contingency({"a": [1, 1, 2], "b": ["x", "y", "y"]}).table("a", "b")
    array([[1., 1.],
           [0., 1.]])
    """
    literal("missing", missing, MISSING)
    if isinstance(x, Contingency):
        return x
    if not is_rows(x) and isinstance(x, Iterable) and not isinstance(x, str | bytes):
        return reduce(add, (contingency(batch, names, missing=missing) for batch in x))
    taken = rows(x, names)
    columns = [coded(taken, name) for name in taken.names]
    codes = np.array([each for each, _ in columns]).reshape(len(columns), taken.n)
    answered = codes >= 0
    used = answered.all(axis=0) if missing == "listwise" else answered.any(axis=0)
    codes = codes[:, used]
    sizes = [len(levels) for _, levels in columns]
    tables = tuple(_count(codes[i], codes[j], sizes[i], sizes[j]) for i, j in combinations(range(len(columns)), 2))
    margins = tuple(
        np.bincount(row[row >= 0], minlength=size).astype(np.float64) for row, size in zip(codes, sizes, strict=True)
    )
    n = int(used.sum())
    return Contingency(taken.names, tuple(levels for _, levels in columns), tables, margins, n, missing, taken.n - n)


def chi_square(x: object, a: str, b: str, *, ordered: Sequence[str] = (), level: float = 0.95) -> Comparison:
    """Ask whether two questions are related (Pearson's chi-square).

    Parameters
    ----------
    x : rows or Contingency
        Answers or their counts.
    a, b : str
        The columns.
    ordered : sequence of str
        Columns of labels whose levels are in order; numbers are.
    level : float
        Confidence level of Cramér's V.

    Returns
    -------
    Comparison
        `tests` holds the likelihood ratio, where both are ordered the linear-by-linear association, and for 2 x 2
        tables Yates' correction and Fisher's exact test; `cells` the counts, those expected and adjusted residuals.

    Raises
    ------
    ModelError
        ``chi_square.one_level`` when a question has only one answer.

    Notes
    -----
    chi2 = sum of (count - expected)^2 / expected. Linear-by-linear: (n - 1) r^2 with numbers as scores (places for
    labels). Answers that nobody gave are left out. `expected_below` is the share of cells with fewer than 5 expected.

    References
    ----------
    Agresti, A. (2013). Categorical data analysis, pp. 75-92. R: ``chisq.test(table(a, b), correct = FALSE)``,
    ``fisher.test``, ``coin::lbl_test``.

    Examples
    --------
    >>> answers = {"sex": ["f"] * 5 + ["m"] * 5, "yes": [1, 1, 1, 1, 0, 0, 0, 0, 0, 1]}
    >>> f"{chi_square(answers, 'sex', 'yes').statistic:.2f}"
    '3.60'
    """
    check_level(level)
    if a == b:
        raise ModelError(problem("contingency.same_column", Place(column=a), column=a))
    found = contingency(x, (a, b))
    counts, named = used_counts(found, a, b)
    total, sums_a, sums_b = float(counts.sum()), counts.sum(axis=1), counts.sum(axis=0)
    expected = np.outer(sums_a, sums_b) / total
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    df = (len(sums_a) - 1) * (len(sums_b) - 1)
    effect = cramer_v(chi2, df, total, min(counts.shape), level)
    dropped = found.dropped + found.n - int(total)
    return Comparison(
        method="chi_square",
        outcome=a,
        factor=b,
        statistic=chi2,
        df1=df,
        df2=None,
        p=chi2_upper(chi2, df),
        n=int(total),
        missing=found.missing,
        dropped=dropped,
        level=level,
        effect=estimate(effect),
        effect_rows=(effect,),
        test_rows=tuple(_tests(counts, expected, _scores(named, (a, b), ordered))),
        cell_rows=tuple(_cells(counts, expected, named)),
        expected_min=float(expected.min()),
        expected_below=float((expected < cutoff("chi_square.expected")).mean()),
        cautions=tuple(_cautions(expected, named, (a, b), dropped, int(total))),
    )


def coded(taken: Rows, name: str) -> tuple[Codes, tuple[Level, ...]]:
    """Codes from 0, missing -1, and the levels that they stand for."""
    column = taken.column(name)
    if isinstance(column, Labels):
        return column.codes, column.levels
    values, codes = np.unique(column, return_inverse=True)
    known = int((~np.isnan(values)).sum())
    if known > _MOST_LEVELS:
        raise ModelError(
            problem("contingency.too_many_levels", Place(column=name), column=name, k=known, most=_MOST_LEVELS)
        )
    levels = tuple(int(value) if float(value).is_integer() else float(value) for value in values[:known])
    return np.where(codes < known, codes, -1).astype(np.intp), levels


def _count(a: Codes, b: Codes, rows_of_a: int, columns_of_b: int) -> Array:
    both = (a >= 0) & (b >= 0)
    flat = np.bincount(a[both] * columns_of_b + b[both], minlength=rows_of_a * columns_of_b)
    return flat.reshape(rows_of_a, columns_of_b).astype(np.float64)


def _union(name: str, mine: tuple[Level, ...], other: tuple[Level, ...]) -> tuple[Level, ...]:
    """Levels of both: one side's order where it holds them all, else sorted."""
    if set(other) <= set(mine):
        return mine
    if set(mine) <= set(other):
        return other
    levels = {*mine, *other}
    texts = sorted(level for level in levels if isinstance(level, str))
    figures = sorted(level for level in levels if not isinstance(level, str))
    if texts and figures:
        raise ModelError(problem("contingency.different", Place(column=name), columns=(name,)))
    return tuple(texts or figures)


def used_counts(found: Contingency, a: str, b: str) -> tuple[Array, Levels]:
    """Counts without the answers that nobody gave, and the levels that are left."""
    counts = found.table(a, b)
    rows_kept, columns_kept = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    levels_a = tuple(level for level, kept in zip(found.levels_of(a), rows_kept, strict=True) if kept)
    levels_b = tuple(level for level, kept in zip(found.levels_of(b), columns_kept, strict=True) if kept)
    single = [name for name, levels in ((a, levels_a), (b, levels_b)) if len(levels) < 2]
    if single:
        raise ModelError(*(problem("chi_square.one_level", Place(column=name), column=name) for name in single))
    return counts[np.ix_(rows_kept, columns_kept)], (levels_a, levels_b)


def _scores(levels: Levels, names: tuple[str, str], ordered: Sequence[str]) -> tuple[Array, Array] | None:
    """Scores of both columns, where both are in order; two levels always are."""
    scores = []
    for name, held in zip(names, levels, strict=True):
        figures = [level for level in held if not isinstance(level, str)]
        if len(figures) == len(held):
            scores.append(np.array(figures, dtype=np.float64))
        elif name in ordered or len(held) == 2:
            scores.append(np.arange(len(held), dtype=np.float64))
    return (scores[0], scores[1]) if len(scores) == 2 else None


def _tests(counts: Array, expected: Array, scores: tuple[Array, Array] | None) -> Iterator[FurtherTest]:
    """Further tests of the same table."""
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    ratio = np.divide(counts, expected, out=np.ones_like(counts), where=counts > 0)
    g2 = max(2 * float((counts * np.log(ratio)).sum()), 0.0)
    yield FurtherTest("likelihood_ratio", g2, df, chi2_upper(g2, df))
    if scores is not None:
        linear = _linear(counts, *scores)
        yield FurtherTest("linear_by_linear", linear, 1, chi2_upper(linear, 1))
    if counts.shape == (2, 2):
        off = np.maximum(np.abs(counts - expected) - min(0.5, float(np.abs(counts - expected).min())), 0.0)
        yates = float((off**2 / expected).sum())
        yield FurtherTest("yates", yates, 1, chi2_upper(yates, 1))
        yield FurtherTest("fisher_exact", None, None, _fisher(counts))


def _linear(counts: Array, a: Array, b: Array) -> float:
    """(n - 1) r^2 of the scores."""
    n = counts.sum()
    a, b = a - counts.sum(axis=1) @ a / n, b - counts.sum(axis=0) @ b / n
    cross = float(a @ counts @ b)
    return float((n - 1) * cross**2 / ((counts.sum(axis=1) @ a**2) * (counts.sum(axis=0) @ b**2)))


def _fisher(counts: Array) -> float:
    """Probability of all 2 x 2 tables with these margins that are no likelier than this one."""
    first, second = counts.sum(axis=1)
    column = counts[0, 0] + counts[1, 0]
    k = np.arange(max(0.0, column - second), min(first, column) + 1)
    logs = _log_choose(first, k) + _log_choose(second, column - k) - _log_choose(first + second, np.array(column))
    here = logs[int(counts[0, 0] - k[0])]
    return min(float(np.exp(logs[logs <= here + _TIE]).sum()), 1.0)


def _log_choose(n: float, k: Array) -> Array:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1))


def _cells(counts: Array, expected: Array, levels: Levels) -> Iterator[CellRow]:
    """Each cell with its adjusted standardised residual."""
    n, sums_a, sums_b = counts.sum(), counts.sum(axis=1), counts.sum(axis=0)
    for i, level_a in enumerate(levels[0]):
        for j, level_b in enumerate(levels[1]):
            spread = expected[i, j] * (1 - sums_a[i] / n) * (1 - sums_b[j] / n)
            yield CellRow(
                a=str(level_a),
                b=str(level_b),
                count=int(counts[i, j]),
                expected=float(expected[i, j]),
                percent_of_a=float(100 * counts[i, j] / sums_a[i]),
                percent_of_b=float(100 * counts[i, j] / sums_b[j]),
                residual=float((counts[i, j] - expected[i, j]) / np.sqrt(spread)),
            )


def _cautions(expected: Array, levels: Levels, names: tuple[str, str], dropped: int, n: int) -> Iterator[Caution]:
    """Small expected counts, labels that look alike, rows left out."""
    least = cutoff("chi_square.expected")
    below = float((expected < least).mean())
    if below > cutoff("chi_square.share") or expected.min() < 1:
        yield caution("chi_square.small_expected", percent=100 * below, smallest=float(expected.min()), least=least)
    for name, held in zip(names, levels, strict=True):
        texts = [level for level in held if isinstance(level, str)]
        if len({plain_label(text) for text in texts}) < len(texts):
            yield caution("chi_square.similar_labels", column=name, labels=tuple(texts))
    if dropped:
        yield caution("rows.excluded", "note", dropped=dropped, n=n, total=n + dropped)
