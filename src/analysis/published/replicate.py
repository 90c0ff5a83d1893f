"""Analyses computed again from printed matrices and moments, through the verbs that serve rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import ModelError, Problem, problem
from ..stats.importance import Importance, lmg
from ..stats.moments import Moments
from ..stats.regression import Regression, ols
from ..stats.reliability import Reliability, alpha
from ..stats.result import Result, Row
from .check import Check, Verdict
from .correlation import matrix_of
from .formulas import Cells, cell
from .printed import printed
from .sheet import Sheet


@dataclass(frozen=True)
class Compared(Row):
    """A printed number beside the one that is computed from other numbers of the print."""

    where: str
    what: str
    printed: str
    recomputed: float | None
    verdict: Verdict


@dataclass(frozen=True)
class Replica(Result):
    """What a printed matrix gives: the analyses themselves, and every printed number beside its own."""

    table_id: str
    n: int
    regression: Regression | None
    importance: Importance | None
    reliability: Reliability | None
    rows: tuple[Compared, ...]
    refused: tuple[Problem, ...] = ()


def printed_moments(sheet: Sheet, *, n: int | None = None) -> Moments:
    """Moments of a printed correlation matrix, with the means and standard deviations printed beside it.

    Parameters
    ----------
    sheet : Sheet
        Holds ``correlations`` and perhaps ``descriptives``.
    n : int, optional
        Respondents, where the print does not say.

    Returns
    -------
    Moments
        Standardised (means 0, deviations 1) where a variable has no printed deviation.

    Raises
    ------
    ModelError
        ``published.no_matrix``: a pair is missing; ``published.no_n``; ``moments.…``: no possible matrix.
    """
    cells = matrix_of(sheet.rows("correlations"))
    names = list(dict.fromkeys(name for pair in cells for name in pair))
    triangle: list[list[float]] = []
    for at, row in enumerate(names):
        found = [cells.get((row, column)) or cells.get((column, row)) for column in names[:at]]
        values = [None if each is None else cell(each, "r") for each in found]
        if any(value is None for value in values):
            raise ModelError(problem("published.no_matrix", table=sheet.name))
        triangle.append([*(value.value for value in values if value is not None), 1.0])
    size = n or sheet.n
    if size is None or len(names) < 2:
        raise ModelError(problem("published.no_n" if len(names) > 1 else "published.no_matrix", table=sheet.name))
    beside = {
        str(row.get("item") or row.get("variable") or row.get("dependent")): row for row in sheet.rows("descriptives")
    }
    sds = [cell(beside.get(name, {}), "sd") for name in names]
    means = [printed(beside.get(name, {}).get("mean")) for name in names]
    known_sds = [each.value for each in sds if each is not None and each.value > 0]
    known_means = [each.value for each in means if each is not None]
    return Moments.from_printed(
        triangle, n=size, names=names,
        sd=known_sds if len(known_sds) == len(names) else None,
        mean=known_means if len(known_means) == len(names) else None,
    )  # fmt: skip


def replicate(
    sheet: Sheet,
    formula: str | None = None,
    *,
    scale: Sequence[str] = (),
    n: int | None = None,
    checks: Sequence[Check] = (),
) -> Replica:
    """Run regression, importance and reliability on a printed matrix.

    Parameters
    ----------
    sheet : Sheet
        The print.
    formula : str, optional
        ``outcome ~ a + b``; without one no regression is run.
    scale : sequence of str
        Items of the matrix that make a scale; with two or more of them alpha is computed.
    n : int, optional
        Respondents, where the print does not say.
    checks : sequence of Check
        Of the same print: they become the comparison of printed and recomputed numbers.

    Returns
    -------
    Replica
        `refused` where the printed numbers are no possible moments, or too few are printed.

    Examples
    --------
    >>> rows = [{"row": "y", "col": "a", "r": ".5", "n": "50"}]
    >>> replicate(Sheet("T", {"correlations": rows}), "y ~ a").regression.fit.r2
    0.25
    """
    rows = tuple(
        Compared(each.where, each.what, each.printed, each.recomputed, each.verdict)
        for each in checks
        if each.printed and each.table_id == sheet.name
    )
    try:
        moments = printed_moments(sheet, n=n)
        regression = ols(formula, moments) if formula else None
        shares = lmg(formula, moments) if formula else None
        reliability = alpha(moments, list(scale)) if len(scale) > 1 else None
    except ModelError as refusal:
        return Replica(sheet.name, n or sheet.n or 0, None, None, None, rows, refusal.problems)
    return Replica(sheet.name, moments.n, regression, shares, reliability, rows)


def sheet_of(tables: Mapping[str, Sequence[Cells]], name: str) -> Sheet:
    """Everything printed under one name, from tables as `audit` takes them."""
    parts = {kind: [row for row in rows if str(row.get("table_id")) == name] for kind, rows in tables.items()}
    return Sheet(name, {kind: rows for kind, rows in parts.items() if rows})
