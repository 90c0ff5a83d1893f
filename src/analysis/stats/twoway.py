"""Two-way analysis of variance with unequal cells: sums of squares of types II and III, effect sizes, cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, Place, caution, problem
from ..grammar import Formula, Term, parse_formula
from ..rules import cutoff
from .distributions import f_noncentrality
from .groups import factor_codes
from .moments import RowRule
from .result import Result, Row, frame
from .rows import Array, check_level, literal, rows
from .tails import f_upper

if TYPE_CHECKING:
    import pandas as pd

SquaresType: TypeAlias = Literal["II", "III"]
Codes: TypeAlias = npt.NDArray[np.intp]

_ROUNDING = 1e-24  # squares this small beside the whole are rounding


@dataclass(frozen=True)
class FactorRow(Row):
    """One source of a two-way analysis of variance; effect sizes are empty for ``residual`` and ``total``.

    `partial_eta` has the interval `low` to `high`; `omega` is partial omega^2, negative where F < 1.
    """

    source: str
    ss: float
    df: float
    ms: float | None
    F: float | None
    p: float | None
    partial_eta: float | None
    low: float | None
    high: float | None
    omega: float | None


@dataclass(frozen=True)
class CrossedCell(Row):
    """One cell of two crossed factors; mean and spread are empty where they do not exist."""

    a: str
    b: str
    n: int
    mean: float | None
    sd: float | None


@dataclass(frozen=True)
class TwoWay(Result):
    """Analysis of variance of two crossed factors.

    `source_rows` are the factors, their interaction where it was asked for, ``residual`` and ``total`` (about the mean;
    with unequal cells the sources do not add up to it).
    """

    method: str
    formula: str
    outcome: str
    a: str
    b: str
    source_rows: tuple[FactorRow, ...]
    cell_rows: tuple[CrossedCell, ...]
    r2: float
    n: int
    missing: RowRule
    dropped: int
    level: float
    cautions: tuple[Caution, ...]

    @property
    def sources(self) -> pd.DataFrame:
        """The table of the analysis of variance."""
        return frame(self.source_rows, FactorRow)

    @property
    def cells(self) -> pd.DataFrame:
        """One line for each cell."""
        return frame(self.cell_rows, CrossedCell)

    def source(self, name: str) -> FactorRow:
        """One line of the table by its name (``"a"``, ``"a:b"``, ``"residual"``)."""
        for row in self.source_rows:
            if row.source == name:
                return row
        raise KeyError(name)


@dataclass(frozen=True, eq=False)
class _Crossed:
    """The rows used: outcome, codes and labels of both factors."""

    y: Array
    codes: tuple[Codes, Codes]
    labels: tuple[tuple[str, ...], tuple[str, ...]]
    dropped: int
    cautions: tuple[Caution, ...]

    def counts(self) -> Array:
        """Rows in each cell."""
        shape = (len(self.labels[0]), len(self.labels[1]))
        flat = np.bincount(self.codes[0] * shape[1] + self.codes[1], minlength=shape[0] * shape[1])
        return flat.reshape(shape).astype(np.float64)


def anova_two_way(formula: str, x: object, *, squares: SquaresType = "III", level: float = 0.95) -> TwoWay:
    """Ask how an outcome differs by two factors at once, and whether one's differences depend on the other.

    Parameters
    ----------
    formula : str
        ``outcome ~ a * b`` with the interaction, ``outcome ~ a + b`` without.
    x : rows
        Answers.
    squares : {"II", "III"}
        What each factor is tested beside: the other factor only (II), or the other and the interaction (III, as SPSS
        by default). With equal cells they are the same.
    level : float
        Confidence level of partial eta^2.

    Returns
    -------
    TwoWay
        With the cells, unequal or not.

    Raises
    ------
    ModelError
        ``twoway.…``: not two factors, empty cells (named) with an interaction, no row left over for the error, a
        factor with one level or bound to the other; a constant outcome.

    Notes
    -----
    Contrasts sum to zero. The sum of squares of a term is the growth of the residual one when its columns leave: the
    model of both main effects for type II (for the interaction the whole one), the whole model for type III; the error
    is always that of the whole model. Partial eta^2 = SS / (SS + SS_residual), its interval L / (L + df_residual) from
    the noncentrality L of F. Partial omega^2 = df (F - 1) / (df (F - 1) + n).

    References
    ----------
    Fox, J. (2016). Applied regression analysis, pp. 174-179. R: ``car::Anova(lm(y ~ a * b, contrasts = contr.sum),
    type = 3)``, ``effectsize::eta_squared``.

    Examples
    --------
    >>> data = {"y": [1, 2, 3, 5, 4, 6, 8, 9], "a": list("xxxxyyyy"), "b": list("uuvvuuvv")}
    >>> [f"{row.source} {row.F:.2f}" for row in anova_two_way("y ~ a * b", data).source_rows if row.F]
    ['a 25.60', 'b 14.40', 'a:b 0.40']
    """
    literal("squares", squares, ("II", "III"))
    check_level(level)
    parsed = parse_formula(formula)
    a, b = _two_factors(parsed)
    found = _crossed(rows(x, parsed.names), parsed.outcome, a, b)
    interaction = (a, b) in parsed.terms
    _refuse(found, parsed.outcome, (a, b), interaction)
    blocks = _blocks(found, (a, b), interaction)
    full = _residual(found.y, list(blocks.values()))
    df = len(found.y) - 1 - sum(block.shape[1] for block in blocks.values())
    total = float(((found.y - found.y.mean()) ** 2).sum())
    if not full > _ROUNDING * float(found.y @ found.y):
        raise ModelError(problem("twoway.no_spread", Place(column=parsed.outcome), outcome=parsed.outcome))
    sources = tuple(_sources(found.y, blocks, squares, (full, df, total), level))
    return TwoWay(
        method=f"anova.two_way.{squares}",
        formula=str(parsed),
        outcome=parsed.outcome,
        a=a,
        b=b,
        source_rows=sources,
        cell_rows=tuple(_cells(found)),
        r2=1 - full / total,
        n=len(found.y),
        missing="listwise",
        dropped=found.dropped,
        level=level,
        cautions=(*found.cautions, *_cautions(found)),
    )


def _two_factors(parsed: Formula) -> tuple[str, str]:
    """The two factors of a formula that has just those, and their interaction or not."""
    single = [term[0] for term in parsed.terms if len(term) == 1]
    crossed = [term for term in parsed.terms if len(term) > 1]
    fits = len(single) == 2 and all(set(term) == set(single) for term in crossed) and parsed.outcome not in single
    if not fits or parsed.groups or not parsed.intercept:
        raise ModelError(problem("twoway.two_factors", formula=str(parsed)))
    return single[0], single[1]


def _crossed(taken: object, outcome: str, a: str, b: str) -> _Crossed:
    held = rows(taken)
    y = held.numeric([outcome])[:, 0]
    (codes_a, labels_a, merged_a), (codes_b, labels_b, merged_b) = factor_codes(held, a), factor_codes(held, b)
    whole = ~np.isnan(y) & (codes_a >= 0) & (codes_b >= 0)
    used_a, codes_a = np.unique(codes_a[whole], return_inverse=True)
    used_b, codes_b = np.unique(codes_b[whole], return_inverse=True)
    labels = (tuple(labels_a[at] for at in used_a), tuple(labels_b[at] for at in used_b))
    dropped = held.n - int(whole.sum())
    return _Crossed(y[whole], (codes_a, codes_b), labels, dropped, (*merged_a, *merged_b))


def _refuse(found: _Crossed, outcome: str, names: tuple[str, str], interaction: bool) -> None:
    """Everything that leaves nothing to test, all of it at once."""
    problems = [
        problem("twoway.one_level", Place(column=name), factor=name)
        for name, labels in zip(names, found.labels, strict=True)
        if len(labels) < 2
    ]
    if len(found.y) and np.ptp(found.y) == 0:
        problems.append(problem("groups.constant_outcome", Place(column=outcome), outcome=outcome, factor=names[0]))
    if problems:
        raise ModelError(*problems)
    counts = found.counts()
    if interaction and (counts == 0).any():
        empty = tuple(f"{found.labels[0][i]} × {found.labels[1][j]}" for i, j in np.argwhere(counts == 0))
        raise ModelError(problem("twoway.empty_cells", Place(column=names[0]), cells=empty, a=names[0], b=names[1]))
    parameters = counts.size if interaction else sum(counts.shape) - 1
    if len(found.y) <= parameters:
        raise ModelError(problem("twoway.no_error", n=len(found.y), k=parameters))
    if not interaction and not _connected(counts > 0):
        raise ModelError(problem("twoway.bound", Place(column=names[1]), a=names[0], b=names[1]))


def _connected(filled: npt.NDArray[np.bool_]) -> bool:
    """Whether every row can be reached from the first over filled cells: only then are the factors told apart."""
    reached = np.zeros(len(filled), dtype=bool)
    reached[0] = True
    for _ in range(len(filled)):
        reached = filled[:, filled[reached].any(axis=0)].any(axis=1) | reached
    return bool(reached.all() and filled[reached].any(axis=0).all())


def _blocks(found: _Crossed, names: tuple[str, str], interaction: bool) -> dict[Term, Array]:
    """Columns of each term, in contrasts that sum to zero."""
    left, right = (_sum_contrasts(codes, len(labels)) for codes, labels in zip(found.codes, found.labels, strict=True))
    blocks: dict[Term, Array] = {(names[0],): left, (names[1],): right}
    if interaction:
        blocks[names] = (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)
    return blocks


def _sum_contrasts(codes: Codes, k: int) -> Array:
    return np.vstack([np.eye(k - 1), -np.ones(k - 1)])[codes]


def _residual(y: Array, blocks: list[Array]) -> float:
    """Residual sum of squares of y on an intercept and these columns."""
    apart = y - y.mean()
    x = np.column_stack([np.ones(len(y)), *blocks])
    q, _ = np.linalg.qr(x)
    left = apart - q @ (q.T @ apart)
    left -= q @ (q.T @ left)  # once more: what rounding left along the columns
    return float(left @ left)


def _sources(
    y: Array, blocks: dict[Term, Array], squares: SquaresType, whole: tuple[float, int, float], level: float
) -> Iterator[FactorRow]:
    full, df_error, total = whole
    for term, block in blocks.items():
        beside = {other: held for other, held in blocks.items() if other != term}
        if squares == "II":
            beside = {other: held for other, held in beside.items() if not set(term) < set(other)}
        with_term = full if len(beside) == len(blocks) - 1 else _residual(y, [*beside.values(), block])
        ss = max(_residual(y, list(beside.values())) - with_term, 0.0)
        yield _tested(":".join(term), ss, block.shape[1], (full, df_error, len(y)), level)
    ms = full / df_error
    yield FactorRow("residual", full, df_error, ms, None, None, None, None, None, None)
    yield FactorRow("total", total, len(y) - 1, None, None, None, None, None, None, None)


def _tested(name: str, ss: float, df: int, error: tuple[float, int, int], level: float) -> FactorRow:
    full, df_error, n = error
    f = ss / df / (full / df_error)
    low, high = (bound / (bound + df_error) for bound in f_noncentrality(f, df, df_error, level))
    omega = df * (f - 1) / (df * (f - 1) + n)
    return FactorRow(name, ss, df, ss / df, f, f_upper(f, df, df_error), ss / (ss + full), low, high, omega)


def _cells(found: _Crossed) -> Iterator[CrossedCell]:
    for i, label_a in enumerate(found.labels[0]):
        for j, label_b in enumerate(found.labels[1]):
            part = found.y[(found.codes[0] == i) & (found.codes[1] == j)]
            mean = float(part.mean()) if len(part) else None
            yield CrossedCell(label_a, label_b, len(part), mean, float(part.std(ddof=1)) if len(part) > 1 else None)


def _cautions(found: _Crossed) -> Iterator[Caution]:
    """Unequal cells, small cells, rows left out."""
    counts = found.counts()
    if counts.min() < cutoff("twoway.cell"):
        yield caution("twoway.small_cells", smallest=int(counts.min()), least=int(cutoff("twoway.cell")))
    if np.ptp(counts) > 0:
        yield caution("twoway.unequal", "note", smallest=int(counts.min()), largest=int(counts.max()))
    if found.dropped:
        n = len(found.y)
        yield caution("rows.excluded", "note", dropped=found.dropped, n=n, total=n + found.dropped)
