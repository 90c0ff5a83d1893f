"""How much each factor contributes to what a regression explains: Lindeman, Merenda and Gold's averages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..errors import Caution, ModelError, problem
from ..grammar import INTERCEPT, Formula, parse_formula
from .design import build
from .moments import Moments, RowRule, moments
from .regression import ols
from .result import Result, Row, frame
from .rows import Array, Rows, is_rows, rows

if TYPE_CHECKING:
    import pandas as pd

_MOST = 18  # terms: 2^18 regressions
_CHUNK = 20_000


@dataclass(frozen=True)
class ImportanceRow(Row):
    """One term: its average contribution `lmg`, that as a share of R^2, and what it adds as the first and the last."""

    term: str
    lmg: float
    share: float
    first: float
    last: float


@dataclass(frozen=True)
class Importance(Result):
    """R^2 divided among the terms; the contributions are never negative and add up to it."""

    formula: str
    r2: float
    term_rows: tuple[ImportanceRow, ...]
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def terms(self) -> pd.DataFrame:
        """One line for each term."""
        return frame(self.term_rows, ImportanceRow)


def lmg(formula: str, x: object) -> Importance:
    """Divide R^2 among the factors of a regression (Lindeman, Merenda, Gold; Shapley's value).

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``; a category is one term with all its levels.
    x : rows, Moments, or an iterable of batches
        Rows, or moments of numeric columns.

    Returns
    -------
    Importance
        `n` counts the rows that answer every variable of the formula.

    Raises
    ------
    ModelError
        ``importance.…``: no term, interactions, no intercept, more than 18 terms; ``regression.…`` as in `ols`.

    Notes
    -----
    The mean, over all orders in which the terms can enter, of what a term adds to R^2. Contributions describe shared
    variance, not causes; a term without an effect of its own may have one.

    References
    ----------
    Grömping, U. (2006). Relative importance for linear regression in R. Journal of Statistical Software, 17(1).
    R: ``relaimpo::calc.relimp(fit, type = "lmg")``.

    Examples
    --------
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.4, 0.3, 1]], n=100, names=["y", "a", "b"])
    >>> [f"{row.term} {row.lmg:.4f}" for row in lmg("y ~ a + b", m).term_rows]
    ['a 0.2043', 'b 0.1143']
    """
    parsed = parse_formula(formula)
    _refuse(parsed)
    source = rows(x) if is_rows(x) else moments(x)
    fitted = ols(str(parsed), source)  # refuses what no regression can take
    m, owner = _columns(parsed, source)
    corr = m.corr
    added = _r2_of_subsets(corr[:-1, :-1], corr[:-1, -1], owner, len(parsed.terms))
    cautions = tuple(each for each in fitted.cautions if each.code != "regression.durbin_watson_order")
    lines = tuple(_rows(added, tuple(term[0] for term in parsed.terms)))
    return Importance(str(parsed), float(added[-1]), lines, m.n, m.missing, m.dropped, cautions)


def _refuse(formula: Formula) -> None:
    if formula.groups or not formula.intercept or not formula.terms:
        raise ModelError(problem("importance.formula", formula=str(formula)))
    crossed = tuple(":".join(term) for term in formula.terms if len(term) > 1)
    if crossed:
        raise ModelError(problem("importance.interactions", terms=crossed))
    if len(formula.terms) > _MOST:
        raise ModelError(problem("importance.too_many_terms", k=len(formula.terms), most=_MOST))


def _columns(formula: Formula, source: Rows | Moments) -> tuple[Moments, npt.NDArray[np.intp]]:
    """Moments of the design's columns and then the outcome, and the term that each column belongs to."""
    names = [term[0] for term in formula.terms]
    if isinstance(source, Moments):
        return source.subset((*names, formula.outcome)), np.arange(len(names))
    design = build(formula, source, None)
    columns = {name: design.x[:, at] for at, name in enumerate(design.terms) if name != INTERCEPT}
    owner = [names.index(column.split("[")[0]) for column in columns]
    m = moments({**columns, formula.outcome: design.y})
    return Moments(m.names, m.n, m.mean, m.cov, "listwise", design.dropped), np.array(owner)


def _r2_of_subsets(corr: Array, effects: Array, owner: npt.NDArray[np.intp], terms: int) -> Array:
    """R^2 of every subset of the terms; bit j of the place in the answer says whether term j is in."""
    masks = np.arange(2**terms)
    inside = (masks[:, None] >> owner[None, :]) & 1 == 1  # (subsets, columns)
    width = inside.sum(axis=1)
    found = np.zeros(len(masks))
    for size in range(1, len(owner) + 1):
        at = np.flatnonzero(width == size)
        for part in np.array_split(at, max(1, len(at) // _CHUNK)) if len(at) else ():
            columns = np.nonzero(inside[part])[1].reshape(-1, size)
            matrix = corr[columns[:, :, None], columns[:, None, :]]
            right = effects[columns]
            weights = np.linalg.solve(matrix, right[:, :, None])[:, :, 0]
            found[part] = (weights * right).sum(axis=1)
    return found


def _rows(r2: Array, terms: tuple[str, ...]) -> Iterator[ImportanceRow]:
    """Average gain of each term: gains with s others before it weigh s! (k - 1 - s)! / k!."""
    k = len(terms)
    masks = np.arange(len(r2))
    before = np.array([bin(mask).count("1") for mask in masks])
    weight = np.array([factorial(s) * factorial(k - 1 - s) / factorial(k) for s in range(k)])
    for j, term in enumerate(terms):
        without = masks[(masks >> j) & 1 == 0]
        gain = r2[without | (1 << j)] - r2[without]
        value = float(weight[before[without]] @ gain)
        yield ImportanceRow(term, value, value / float(r2[-1]), float(gain[0]), float(gain[-1]))
