"""Polychoric correlations: of the normal variables that lie behind ordinal answers, from pairwise tables alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import atanh, tanh
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from scipy import special

from ..errors import Caution, ModelError, Place, Problem, caution, problem
from ..rules import cutoff
from .contingency import Contingency, Level, contingency
from .distributions import chi2_upper
from .latent import EDGE, FAR, Pairs, Places, cells, influence, joint, thresholds, two_step, variances
from .moments import Moments, RowRule
from .result import Result, Row, frame
from .rows import MISSING, Array, Labels, Missing, Rows, check_level, is_rows, literal, rows
from .tails import normal_quantile

if TYPE_CHECKING:
    import pandas as pd

Estimation: TypeAlias = Literal["two_step", "ml"]
ESTIMATIONS: tuple[Estimation, ...] = ("two_step", "ml")

_TWO_BY_TWO = 0.5  # Mplus and lavaan: a fourfold table with an empty cell has no other estimate than one


@dataclass(frozen=True)
class PolychoricRow(Row):
    """One correlation with its error and interval (Fisher's z), none at a correlation of one.

    `pearson` is Pearson's correlation of the same answers (places of labels). `empty` counts the cells of its table
    that nobody gave. `chisq` is the likelihood ratio of the table against two normal variables; a table of two by two
    has no degree of freedom left.
    """

    a: str
    b: str
    r: float
    se: float | None
    low: float | None
    high: float | None
    pearson: float
    n: int
    empty: int
    chisq: float | None
    df: int
    p: float | None


@dataclass(frozen=True)
class ThresholdRow(Row):
    """Where the normal variable behind an item is cut: below `value` the answer is under `level`."""

    item: str
    place: int
    level: Level
    value: float


@dataclass(frozen=True)
class Polychoric(Result):
    """Polychoric correlations of all pairs of items.

    `n` counts the rows used by the row rule `missing`; each pair carries its own. `smallest` is the smallest eigenvalue
    of the matrix. `moved` is the largest change that `smoothed` made, zero for the correlations as estimated.
    """

    names: tuple[str, ...]
    method: Estimation
    n: int
    missing: RowRule
    dropped: int
    level: float
    smallest: float
    pair_rows: tuple[PolychoricRow, ...]
    threshold_rows: tuple[ThresholdRow, ...]
    cautions: tuple[Caution, ...]
    moved: float = 0.0

    @property
    def corr(self) -> Array:
        """The correlations as an array (k, k)."""
        square = np.eye(len(self.names))
        upper = np.triu_indices(len(self.names), 1)
        square[upper] = [row.r for row in self.pair_rows]
        return np.asarray(square + square.T - np.eye(len(self.names)))

    @property
    def matrix(self) -> pd.DataFrame:
        """The correlations, ones on the diagonal."""
        import pandas as pd

        return pd.DataFrame(self.corr, index=list(self.names), columns=list(self.names))

    @property
    def pairs(self) -> pd.DataFrame:
        """One line for each pair."""
        return frame(self.pair_rows, PolychoricRow)

    @property
    def thresholds(self) -> pd.DataFrame:
        """One line for each threshold."""
        return frame(self.threshold_rows, ThresholdRow)

    def shares(self, name: str) -> Array:
        """Share of the answers in each level of an item."""
        cuts = [row.value for row in self.threshold_rows if row.item == name]
        return np.diff(special.ndtr(cuts), prepend=0.0, append=1.0)

    def as_moments(self) -> Moments:
        """The correlations as moments of standardised variables, for alpha, omega and factors."""
        mean = np.zeros(len(self.names))
        return Moments(self.names, self.n, mean, self.corr, self.missing, self.dropped, "polychoric")

    def smoothed(self, least: float = 1e-6) -> Polychoric:
        """Correlations that are possible together: eigenvalues below `least` are raised, the diagonal is one again.

        No correlation keeps an error; a caution tells the largest change. (R: ``psych::cor.smooth``, which leaves the
        matrix singular.)
        """
        values, vectors = np.linalg.eigh(self.corr)
        if values[0] >= least:
            return self
        raised = (vectors * np.maximum(values, 2 * least)) @ vectors.T
        scale = np.sqrt(np.diag(raised))
        corr = raised / np.outer(scale, scale)
        moved = float(np.abs(corr - self.corr).max())
        found = corr[np.triu_indices(len(corr), 1)]
        lines = tuple(
            replace(row, r=float(r), se=None, low=None, high=None, chisq=None, p=None)
            for row, r in zip(self.pair_rows, found, strict=True)
        )
        kept = tuple(each for each in self.cautions if each.code != "polychoric.not_positive_definite")
        told = caution("polychoric.smoothed", eigenvalue=float(values[0]), moved=moved)
        smallest = float(np.linalg.eigvalsh(corr)[0])
        return replace(self, smallest=smallest, pair_rows=lines, cautions=(*kept, told), moved=moved)


def polychoric(
    x: object,
    names: Sequence[str] | None = None,
    *,
    method: Estimation = "two_step",
    missing: Missing = "listwise",
    correct: float | None = None,
    level: float = 0.95,
) -> Polychoric:
    """Correlate ordinal answers as if each were a normal variable cut into levels (polychoric correlation).

    Parameters
    ----------
    x : rows, Contingency, or an iterable of batches
        Answers, one column for each item: numbers, or labels in a declared order; or the counts of every pair.
    names : sequence of str, optional
        The items; all columns when not given.
    method : {"two_step", "ml"}
        Thresholds from each item alone and then the correlation (lavaan, Mplus, psych), or both together for each pair.
    missing : {"listwise", "pairwise"}
        Rows that answer every item, or for each pair those that answer both (thresholds: those that answer the item).
    correct : float, optional
        Added to every empty cell, with thresholds from the table so corrected (psych's ``correct = .5, global =
        FALSE``). When not given, 0.5 in fourfold tables with one empty cell, margins kept (lavaan, Mplus), and nothing
        in larger ones.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Polychoric
        `matrix`, `thresholds` and `pairs` with n, standard error and empty cells. A matrix that no data could have is
        given as it is, with a caution; `smoothed()` mends it.

    Raises
    ------
    ModelError
        ``polychoric.…``: an item with one level, labels without an order, a pair with fewer answers than parameters.

    Notes
    -----
    The correlation maximises the sum of n_ij log p_ij with p_ij the normal probability of the cell. Two-step errors
    count the sampling of the thresholds, and of the answers to one item of the pair alone; they are the square roots
    of the diagonal of lavaan's NACOV divided by n. Errors of ``"ml"`` are of the expected information.

    References
    ----------
    Olsson, U. (1979). Psychometrika, 44, 443-460. Muthén, B. (1984). Psychometrika, 49, 115-132. R:
    ``lavaan::lavCor(x, ordered = names(x))``, ``psych::polychoric(x, correct = 0)``, ``polycor::polychor(a, b)``.

    Examples
    --------
    >>> counts = Contingency.from_printed([[40, 10], [10, 40]], names=("q1", "q2"), levels=([0, 1], [0, 1]))
    >>> round(float(polychoric(counts).corr[0, 1]), 6) == round(float(np.sin(np.pi / 2 * 0.6)), 6)
    True
    """
    literal("method", method, ESTIMATIONS)
    literal("missing", missing, MISSING)
    check_level(level)
    if correct is not None and not correct >= 0:
        raise ModelError(problem("polychoric.correct", value=float(correct)))
    counted = _occurring(_counted(x, names, missing))
    _refuse(counted)
    return _result(counted, method, correct, level)


def tetrachoric(
    x: object,
    names: Sequence[str] | None = None,
    *,
    method: Estimation = "two_step",
    missing: Missing = "listwise",
    correct: float | None = None,
    level: float = 0.95,
) -> Polychoric:
    """Correlate yes-or-no answers as if each were a normal variable cut in two (tetrachoric correlation).

    Parameters
    ----------
    x, names, method, missing, correct, level
        As for `polychoric`; every item has two levels.

    Returns
    -------
    Polychoric
        As of `polychoric`.

    Raises
    ------
    ModelError
        ``polychoric.not_binary`` naming every item with more levels; otherwise as for `polychoric`.

    Notes
    -----
    With both items cut at the middle and a share p in the first cell the correlation is sin(pi / 2 (4 p - 1)).

    References
    ----------
    Pearson, K. (1900). Philosophical Transactions A, 195, 1-47. R: ``psych::tetrachoric(x, correct = 0)``.

    Examples
    --------
    >>> answers = {"a": [0, 0, 0, 1, 1, 1, 0, 1], "b": [0, 0, 0, 1, 1, 1, 1, 0]}
    >>> round(float(tetrachoric(answers).corr[0, 1]), 4)
    0.7071
    """
    counted = _occurring(_counted(x, names, missing))
    many = [(name, len(levels)) for name, levels in zip(counted.names, counted.levels, strict=True) if len(levels) > 2]
    if many:
        raise ModelError(*(problem("polychoric.not_binary", Place(column=name), column=name, k=k) for name, k in many))
    return polychoric(counted, method=method, missing=missing, correct=correct, level=level)


def ordered_counts(x: object, names: Sequence[str] | None, missing: Missing) -> Contingency:
    """Counts of items whose levels are in order, all given by someone; what cannot be correlated is refused."""
    found = _occurring(_counted(x, names, missing))
    _refuse(found)
    return found


def padded(counted: Contingency) -> tuple[Pairs, tuple[Places, Places]]:
    """Tables and thresholds of all pairs, padded to the largest number of levels, and which items each pair holds."""
    size = max(len(levels) for levels in counted.levels)
    tables = np.zeros((len(counted.tables), size, size))
    for place, table in enumerate(counted.tables):
        tables[place, : table.shape[0], : table.shape[1]] = table
    cuts = np.full((len(counted.names), size - 1), FAR)
    for place, margin in enumerate(counted.margins):
        cuts[place, : len(margin) - 1] = thresholds(margin)
    first, second = np.triu_indices(len(counted.names), 1)
    at = first.astype(np.intp), second.astype(np.intp)
    return Pairs(tables, cuts[first], cuts[second]), at


def _counted(x: object, names: Sequence[str] | None, missing: Missing) -> Contingency:
    """Counts, after labels without an order were refused."""
    if isinstance(x, Contingency):
        return x if names is None else _subset(x, names)
    if is_rows(x):
        return contingency(in_order(rows(x, names)), missing=missing)
    if isinstance(x, Iterable) and not isinstance(x, str | bytes):
        return contingency((in_order(rows(batch, names)) for batch in x), missing=missing)
    return contingency(x, names, missing=missing)


def in_order(taken: Rows) -> Rows:
    """The rows, if every column of labels declares its order."""
    typed = {name: taken.column(name) for name in taken.names}
    loose = [name for name, column in typed.items() if isinstance(column, Labels) and not column.declared]
    if loose:
        raise ModelError(*(problem("polychoric.no_order", Place(column=name), column=name) for name in loose))
    return taken


def _subset(counted: Contingency, names: Sequence[str]) -> Contingency:
    at = [counted.at(name) for name in names]
    tables = tuple(counted.table(a, b) for a, b in combinations(names, 2))
    levels, margins = tuple(counted.levels[i] for i in at), tuple(counted.margins[i] for i in at)
    return Contingency(tuple(names), levels, tables, margins, counted.n, counted.missing, counted.dropped)


def _occurring(counted: Contingency) -> Contingency:
    """The counts without levels that nobody gave."""
    kept = [np.flatnonzero(margin > 0) for margin in counted.margins]
    levels = tuple(tuple(held[i] for i in some) for held, some in zip(counted.levels, kept, strict=True))
    pairs = combinations(range(len(kept)), 2)
    tables = tuple(table[np.ix_(kept[i], kept[j])] for table, (i, j) in zip(counted.tables, pairs, strict=True))
    margins = tuple(margin[some] for margin, some in zip(counted.margins, kept, strict=True))
    return Contingency(counted.names, levels, tables, margins, counted.n, counted.missing, counted.dropped)


def _refuse(counted: Contingency) -> None:
    """Name every item and pair that has no polychoric correlation."""
    if len(counted.names) < 2:
        raise ModelError(problem("polychoric.too_few_items", k=len(counted.names), least=2))
    single = [name for name, levels in zip(counted.names, counted.levels, strict=True) if len(levels) < 2]
    if single:
        raise ModelError(*(problem("polychoric.one_level", Place(column=name), column=name) for name in single))
    wrong = [
        found
        for (a, b), table in zip(combinations(counted.names, 2), counted.tables, strict=True)
        for found in _pair_problems(a, b, table)
    ]
    if wrong:
        raise ModelError(*wrong)


def _pair_problems(a: str, b: str, table: Array) -> Iterator[Problem]:
    n, least = int(table.sum()), sum(table.shape)
    if n < least:
        yield problem("polychoric.too_few_rows", Place(column=b), a=a, b=b, n=n, least=least)
        return
    for name, sums in ((a, table.sum(axis=1)), (b, table.sum(axis=0))):
        if (sums > 0).sum() < 2:
            yield problem("polychoric.pair_one_level", Place(column=name), a=a, b=b, column=name)


def _result(counted: Contingency, method: Estimation, correct: float | None, level: float) -> Polychoric:
    pairs, at = padded(counted)
    used, corrected = _corrected(counted, pairs, correct)
    rho = two_step(used)
    converged = np.ones(len(rho), dtype=bool)
    if method == "ml":
        found = joint(_own(used), rho)
        rho, used, se, converged = found.rho, found.pairs, found.se, found.converged
    else:
        inner = np.clip(rho, -EDGE, EDGE)
        observed = Pairs(pairs.counts, used.a, used.b)
        se = np.sqrt(variances(observed, influence(observed, inner, counted.margins, at), counted.margins, at))
    corr = np.eye(len(counted.names))
    corr[at] = corr[at[1], at[0]] = rho
    smallest = float(np.linalg.eigvalsh(corr)[0])
    lines = tuple(_pair_rows(counted, used, rho, se, level))
    return Polychoric(
        names=counted.names,
        method=method,
        n=counted.n,
        missing=counted.missing,
        dropped=counted.dropped,
        level=level,
        smallest=smallest,
        pair_rows=lines,
        threshold_rows=tuple(_threshold_rows(counted)),
        cautions=tuple(_cautions(counted, lines, smallest, corrected, converged)),
    )


def _corrected(counted: Contingency, pairs: Pairs, correct: float | None) -> tuple[Pairs, int]:
    """Pairs whose empty cells hold something, with thresholds to match, and how many tables were changed."""
    counts, a, b = pairs.counts.copy(), pairs.a.copy(), pairs.b.copy()
    changed = 0
    for place, table in enumerate(counted.tables):
        if correct is None and table.shape == (2, 2) and (table == 0).sum() == 1:
            i, j = np.argwhere(table == 0)[0]
            sign = 1.0 if i == j else -1.0
            counts[place, :2, :2] += sign * _TWO_BY_TWO * np.array([[1.0, -1.0], [-1.0, 1.0]])
            changed += 1
        elif correct and (table == 0).any():
            filled = np.where(table == 0, correct, table)
            counts[place, : len(table), : table.shape[1]] = filled
            a[place, : len(table) - 1] = thresholds(filled.sum(axis=1))
            b[place, : table.shape[1] - 1] = thresholds(filled.sum(axis=0))
            changed += 1
    return Pairs(counts, a, b), changed


def _own(pairs: Pairs) -> Pairs:
    """Tables without the levels that the pair does not use, with thresholds of their own margins."""
    counts = np.zeros_like(pairs.counts)
    a, b = np.full_like(pairs.a, FAR), np.full_like(pairs.b, FAR)
    for place, table in enumerate(pairs.counts):
        kept = table[np.ix_(table.sum(axis=1) > 0, table.sum(axis=0) > 0)]
        counts[place, : len(kept), : kept.shape[1]] = kept
        a[place, : len(kept) - 1] = thresholds(kept.sum(axis=1))
        b[place, : kept.shape[1] - 1] = thresholds(kept.sum(axis=0))
    return Pairs(counts, a, b)


def _pair_rows(counted: Contingency, used: Pairs, rho: Array, se: Array, level: float) -> Iterator[PolychoricRow]:
    p = cells(used, np.clip(rho, -EDGE, EDGE))
    n = used.counts.sum(axis=(1, 2))
    ratio = np.divide(used.counts, n[:, None, None] * p, out=np.ones_like(p), where=used.counts > 0)
    chisq = 2 * (used.counts * np.log(ratio)).sum(axis=(1, 2))
    for place, (a, b) in enumerate(combinations(counted.names, 2)):
        table, r = counted.tables[place], float(rho[place])
        df = (table.shape[0] - 1) * (table.shape[1] - 1) - 1
        tested = df > 0 and abs(r) < 1
        error = float(se[place]) if abs(r) < 1 else None
        low, high = (None, None) if error is None else _interval(r, error, level)
        statistic = max(float(chisq[place]), 0.0)
        yield PolychoricRow(
            a,
            b,
            r,
            se=error,
            low=low,
            high=high,
            pearson=_pearson(table, counted.levels_of(a), counted.levels_of(b)),
            n=int(table.sum()),
            empty=int((table == 0).sum()),
            chisq=statistic if tested else None,
            df=df,
            p=chi2_upper(statistic, df) if tested else None,
        )


def _pearson(table: Array, *levels: Sequence[Level]) -> float:
    """Pearson's correlation of a table's numbers, or of the places of its labels."""
    a, b = (np.array(range(len(held)) if isinstance(held[0], str) else held, dtype=np.float64) for held in levels)
    n = table.sum()
    a, b = a - table.sum(axis=1) @ a / n, b - table.sum(axis=0) @ b / n
    spread = (table.sum(axis=1) @ a**2) * (table.sum(axis=0) @ b**2)
    return float(a @ table @ b / np.sqrt(spread))


def _interval(r: float, se: float, level: float) -> tuple[float, float]:
    """Normal on Fisher's z, whose error is se / (1 - r^2)."""
    half = normal_quantile((1 + level) / 2) * se / ((1 - r) * (1 + r))
    return tanh(atanh(r) - half), tanh(atanh(r) + half)


def _threshold_rows(counted: Contingency) -> Iterator[ThresholdRow]:
    for name, levels, margin in zip(counted.names, counted.levels, counted.margins, strict=True):
        for place, (upper, value) in enumerate(zip(levels[1:], thresholds(margin), strict=True)):
            yield ThresholdRow(name, place + 1, upper, float(value))


def _cautions(
    counted: Contingency, lines: Sequence[PolychoricRow], smallest: float, corrected: int, converged: Array
) -> Iterator[Caution]:
    """Tables too thin for their correlation, a matrix that cannot be, rows left out."""
    ones = tuple(f"{row.a}, {row.b}" for row in lines if abs(row.r) == 1)
    if ones:
        yield caution("polychoric.perfect", pairs=ones)
    empty = sum(row.empty > 0 for row in lines)
    if empty:
        most = max(lines, key=lambda row: row.empty)
        where = {"a": most.a, "b": most.b}
        yield caution("polychoric.empty_cells", "note", tables=empty, of=len(lines), cells=most.empty, **where)
    if corrected:
        yield caution("polychoric.corrected", "note", tables=corrected)
    if not converged.all():
        slow = tuple(f"{row.a}, {row.b}" for row, done in zip(lines, converged, strict=True) if not done)
        yield caution("polychoric.not_converged", pairs=slow)
    if smallest < -1e-10:
        yield caution("polychoric.not_positive_definite", eigenvalue=smallest)
    fewest = min(row.n for row in lines)
    if fewest < cutoff("sample.small_n"):
        yield caution("sample.small_n", n=fewest, least=cutoff("sample.small_n"))
    if counted.dropped and counted.missing == "listwise":
        total = counted.n + counted.dropped
        yield caution("rows.excluded", "note", dropped=counted.dropped, n=counted.n, total=total)
