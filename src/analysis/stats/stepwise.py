"""Factors chosen by their p-values, step by step: computed because theses ask for it, and warned against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import Caution, ModelError, caution, problem
from ..grammar import Formula, parse_formula
from .hierarchy import blocks, common
from .moments import RowRule
from .regression import Regression, ols
from .result import Result, Row, frame
from .rows import is_rows, rows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StepRow(Row):
    """One step: the term that came in or went out, with its F and p, and R^2 after it."""

    step: int
    action: Literal["in", "out"]
    term: str
    F: float
    p: float
    r2: float
    adj_r2: float


@dataclass(frozen=True)
class Stepwise(Result):
    """The path of a stepwise search; `last` is the model where it ended, None where no term came in."""

    formula: str
    step_rows: tuple[StepRow, ...]
    last: Regression | None
    n: int
    missing: RowRule
    dropped: int
    cautions: tuple[Caution, ...]

    @property
    def steps(self) -> pd.DataFrame:
        """One line for each step."""
        return frame(self.step_rows, StepRow)


def stepwise(formula: str, x: object, *, enter: float = 0.05, remove: float = 0.10) -> Stepwise:
    """Choose factors by their p-values as SPSS's STEPWISE; a caution always says why the result is not to be trusted.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b + c``: the factors to choose from.
    x : rows, Moments, or an iterable of batches
        Rows, or moments of numeric columns.
    enter, remove : float
        The term with the smallest p comes in while p < `enter`; one that has come in goes out while its p > `remove`.

    Returns
    -------
    Stepwise
        All steps rest on the rows that answer every variable of the formula.

    Raises
    ------
    ModelError
        ``stepwise.limits`` unless 0 < enter < remove < 1; ``regression.…`` as in `ols`.

    Notes
    -----
    After selection p-values are too small, intervals too narrow and R^2 too large, since the same data chose and test
    (Harrell 2015, p. 68). State the model beforehand and use `ols`; use `lmg` for importance.

    References
    ----------
    Harrell, F. E. (2015). Regression modeling strategies, 2nd ed., sect. 4.3.

    Examples
    --------
    >>> from analysis.stats.moments import Moments
    >>> m = Moments.from_printed([[1], [0.5, 1], [0.4, 0.3, 1]], n=100, names=["y", "a", "b"])
    >>> [row.term for row in stepwise("y ~ a + b", m).step_rows]
    ['a', 'b']
    """
    parsed = parse_formula(formula)
    if not 0 < enter < remove < 1:
        raise ModelError(problem("stepwise.limits", enter=enter, remove=remove))
    whole = blocks([str(parsed)], x)
    source = _rows_of(whole.last, x)
    chosen: tuple[tuple[str, ...], ...] = ()
    steps: list[StepRow] = []
    while len(steps) < 4 * len(parsed.terms):
        move = _next(parsed, chosen, source, enter, remove, len(steps) + 1)
        if move is None:
            break
        steps.append(move)
        term = tuple(move.term.split(":"))
        chosen = (*chosen, term) if move.action == "in" else tuple(each for each in chosen if each != term)
    last = ols(str(Formula(parsed.outcome, chosen)), source) if chosen else None
    warned = caution("stepwise.not_to_be_trusted", enter=enter)
    cautions = (warned, *whole.cautions)
    return Stepwise(str(parsed), tuple(steps), last, whole.n, whole.missing, whole.dropped, cautions)


def _rows_of(last: Regression, x: object) -> object:
    """The rows that answer all candidates, so that every step has the same ones."""
    return common(parse_formula(last.formula), rows(x)) if is_rows(x) else x


def _next(
    parsed: Formula, chosen: tuple[tuple[str, ...], ...], source: object, enter: float, remove: float, step: int
) -> StepRow | None:
    """The worst that must go, or else the best that may come."""
    if chosen:
        leaving = [(term, _step(parsed.outcome, chosen, term, source)) for term in chosen]
        term, found = max(leaving, key=lambda pair: pair[1][1])
        if found[1] > remove:
            rest = tuple(each for each in chosen if each != term)
            r2, adj = _fit(parsed.outcome, rest, source)
            return StepRow(step, "out", ":".join(term), found[0], found[1], r2, adj)
    waiting = [term for term in parsed.terms if term not in chosen]
    coming = [(term, _step(parsed.outcome, (*chosen, term), term, source)) for term in waiting]
    if not coming:
        return None
    term, found = min(coming, key=lambda pair: (pair[1][1], -pair[1][0]))
    if found[1] >= enter:
        return None
    r2, adj = _fit(parsed.outcome, (*chosen, term), source)
    return StepRow(step, "in", ":".join(term), found[0], found[1], r2, adj)


def _fit(outcome: str, terms: tuple[tuple[str, ...], ...], source: object) -> tuple[float, float]:
    fit = ols(str(Formula(outcome, terms)), source).fit if terms else None
    return (fit.r2, fit.adj_r2) if fit else (0.0, 0.0)


def _step(
    outcome: str, terms: tuple[tuple[str, ...], ...], term: tuple[str, ...], source: object
) -> tuple[float, float]:
    """F and p of one term beside the others in the model."""
    rest = tuple(each for each in terms if each != term)
    models = [*([str(Formula(outcome, rest))] if rest else []), str(Formula(outcome, terms))]
    row = blocks(models, source).block_rows[-1]
    return (row.F_change or 0.0, 1.0 if row.p_change is None else row.p_change)
