"""A printed regression computed again from a printed correlation matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import ModelError, Problem
from ..stats.moments import Moments
from ..stats.regression import Regression, ols
from ..stats.result import Result
from .check import Check, Spot, ends, judged, spread
from .printed import Printed, printed

_N = 1_000_000  # beta, R², tolerance and VIF do not depend on n; where n is not printed, t and adjusted R² are left out
_STATISTICS = ("beta", "t", "tolerance", "VIF")
_FIT = ("R", "R2", "adj_R2")


@dataclass(frozen=True)
class Replication(Result):
    """A regression from a printed matrix: standardised, with the verdict on every printed number of it."""

    table_id: str
    formula: str
    n: int | None
    result: Regression | None
    checks: tuple[Check, ...]
    refused: tuple[Problem, ...] = ()  # why the matrix gives no regression


def replicate_regression(
    formula: str,
    correlations: Mapping[tuple[str, str], object],
    *,
    n: int | None,
    coefficients: Mapping[str, Mapping[str, object]] | None = None,
    model: Mapping[str, object] | None = None,
    table_id: str = "",
) -> Replication:
    """Run a regression on a printed correlation matrix and hold the printed results against it.

    Parameters
    ----------
    formula : str
        ``outcome ~ a + b``: rows of the matrix.
    correlations : mapping of (row, column) to printed number
        Each pair once or twice; the diagonal may be left out.
    n : int or None
        Respondents; without it t and adjusted R² are left out.
    coefficients : mapping of term to mapping, optional
        Printed ``beta``, ``t``, ``tolerance``, ``VIF`` of each term.
    model : mapping, optional
        Printed ``R``, ``R2``, ``adj_R2``.
    table_id : str
        Name of the table, for the checks.

    Returns
    -------
    Replication
        `refused` where the printed numbers are no possible correlation matrix.

    Notes
    -----
    Least squares on the moments of the matrix with standard deviations 1: b is then beta. Every correlation is moved
    half a unit of its last digit, alone, and the changes are added up: the interval is right to first order. Numbers
    computed but not printed are "cannot check" with the reason ``not_printed``.

    References
    ----------
    Cohen, J., Cohen, P., West, S. G., & Aiken, L. S. (2003). Applied multiple regression, 3rd ed., ch. 3.

    Examples
    --------
    >>> found = replicate_regression("y ~ a", {("y", "a"): ".500"}, n=50, model={"R2": ".250"})
    >>> found.checks[1].verdict, round(found.result.fit.r2, 3)
    ('consistent', 0.25)
    """
    outcome, _, right = formula.partition("~")
    names = (outcome.strip(), *(name.strip() for name in right.split("+")))
    pairs = _pairs(names, correlations)
    missing = [pair for pair, value in pairs.items() if value is None]
    if missing:
        spot = Spot(table_id, "matrix", "R2")
        return Replication(table_id, formula, n, None, (_absent(spot, model),))
    inputs = [value for value in pairs.values() if value is not None]

    def fitted(values: Sequence[float]) -> Regression:
        return ols(formula, _moments(names, list(pairs), values, n or _N))

    try:
        result = fitted([each.value for each in inputs])
        checks = tuple(_checks(table_id, fitted, inputs, (coefficients or {}, model or {}, n)))
    except ModelError as refusal:
        return Replication(table_id, formula, n, None, (), refusal.problems)
    return Replication(table_id, formula, n, result, checks)


def _absent(spot: Spot, model: Mapping[str, object] | None) -> Check:
    claim = printed((model or {}).get("R2"))
    text, value, digits = (claim.text, claim.value, claim.digits) if claim else ("", None, None)
    return Check(
        spot.table_id, spot.where, spot.what, text, value, None, None, None, digits, "cannot check", "missing_input"
    )


def _pairs(
    names: Sequence[str], correlations: Mapping[tuple[str, str], object]
) -> dict[tuple[str, str], Printed | None]:
    """Every pair of the names once, from whichever triangle prints it."""
    found: dict[tuple[str, str], Printed | None] = {}
    for at, row in enumerate(names):
        for column in names[:at]:
            text = correlations.get((row, column), correlations.get((column, row)))
            found[row, column] = printed(text)
    return found


def _moments(
    names: tuple[str, ...], pairs: Sequence[tuple[str, str]], values: Sequence[float], n: int
) -> Moments:  # fmt: skip
    known = dict(zip(pairs, values, strict=True))
    triangle = [[*(known[row, column] for column in names[:at]), 1.0] for at, row in enumerate(names)]
    return Moments.from_printed(triangle, n=n, names=names)


def _checks(
    table_id: str,
    fitted: Callable[[Sequence[float]], Regression],
    inputs: Sequence[Printed],
    claims: tuple[Mapping[str, Mapping[str, object]], Mapping[str, object], int | None],
) -> Iterator[Check]:
    coefficients, model, n = claims
    centre = fitted([each.value for each in inputs])
    moved = [(fitted(low), fitted(high)) for low, high in ends(inputs)]

    def found(statistic: Callable[..., float], *of: str) -> tuple[float, float, float]:
        return spread(statistic(centre, *of), [(statistic(a, *of), statistic(b, *of)) for a, b in moved])

    for what in _FIT:
        if n is not None or what != "adj_R2":
            yield judged(Spot(table_id, "model", what), printed(model.get(what)), found(_fit, what))
    for term in [row.term for row in centre.coefficient_rows if row.beta is not None]:
        for what in _STATISTICS:
            if n is not None or what != "t":
                claim = printed(coefficients.get(term, {}).get(what))
                yield judged(Spot(table_id, term, what), claim, found(_coefficient, term, what))


def _fit(result: Regression, what: str) -> float:
    return {"R": result.fit.r, "R2": result.fit.r2, "adj_R2": result.fit.adj_r2}[what]


def _coefficient(result: Regression, term: str, what: str) -> float:
    row = next(row for row in result.coefficient_rows if row.term == term)
    values = {"beta": row.beta, "t": row.statistic, "tolerance": row.tolerance, "VIF": row.vif}
    value = values[what]
    return float("nan") if value is None else value
