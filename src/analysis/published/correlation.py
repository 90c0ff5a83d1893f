"""Printed correlation matrices: equal on both sides of the diagonal, p from r and n, a matrix that data can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf, sqrt

import numpy as np

from ..stats.tails import t_two_sided
from .check import Check, Spot, check, judged, unchecked
from .formulas import Cells, cell
from .printed import Printed, printed, whole
from .regression import Replication, constant, replicate_regression
from .sheet import Inverted, Sheet, grouped, meet

_STARS = {1: 0.05, 2: 0.01, 3: 0.001}
_TOO_MANY = 100_000  # n beyond which a p of .000 says nothing

Matrix = dict[tuple[str, str], Cells]


def two_sided(r: float, n: float) -> float:
    """p of a correlation of n persons: t = r sqrt((n - 2) / (1 - r²))."""
    if abs(r) >= 1:
        return 0.0
    return t_two_sided(r * sqrt((n - 2) / (1 - r * r)), n - 2)


def one_sided(r: float, n: float) -> float:
    """Half the two-sided p: SPSS's ``Sig. (1-tailed)``."""
    return two_sided(r, n) / 2


def matrix_of(rows: Sequence[Cells]) -> Matrix:
    """Cells by row and column."""
    return {(str(row.get("row")), str(row.get("col"))): row for row in rows}


def _correlations(sheet: Sheet) -> Iterator[Check]:
    cells = matrix_of(sheet.rows("correlations"))
    one_tailed = _one_tailed(sheet.name, cells, sheet.n)
    for (row, column), found in cells.items():
        where, other, r = f"{row} / {column}", cells.get((column, row)), printed(found.get("r"))
        if row == column:
            yield from _diagonal(sheet.name, where, r)
            continue
        if r is not None and (r.low > 1 or r.high < -1):
            yield replace(
                judged(Spot(sheet.name, where, "r"), r, (1.0 if r.value > 0 else -1.0, -1.0, 1.0)),
                reason="out_of_range",
            )
            continue
        if other is not None and row < column:
            mirrored = check(Spot(sheet.name, where, "r"), r, float, (printed(other.get("r")),))
            yield from () if mirrored is None else (mirrored,)
        if other is None or row < column:
            yield from _p(sheet.name, where, found, one_tailed)
    yield from _definite(sheet.name, cells)
    yield from _attenuated(sheet, cells)
    yield from _zero_order(sheet, cells)
    for regression in _regressed(sheet):
        yield from regression.checks


def _diagonal(name: str, where: str, r: Printed | None) -> Iterator[Check]:
    if r is not None and not r.low <= 1 <= r.high:
        yield judged(Spot(name, where, "r"), r, (1.0, 1.0, 1.0))


def _n(row: Cells) -> Printed | None:
    found = cell(row, "n")
    return found if found is None or found.value > 2 else None


def _p(name: str, where: str, row: Cells, one_tailed: bool) -> Iterator[Check]:
    claim, r, n = cell(row, "p"), cell(row, "r"), _n(row)
    formula = one_sided if one_tailed else two_sided
    found = check(Spot(name, where, "p"), claim, formula, (r, n))
    if found is not None:
        yield replace(found, reason="one_sided") if one_tailed and found.verdict == "consistent" else found
    stars = printed(row.get("r"))
    if stars is not None and stars.stars and r is not None and n is not None:
        limit = _STARS.get(stars.stars, 0.001)
        low = min(formula(end, n.value) for end in (r.low, r.high))
        verdict = judged(Spot(name, where, "stars"), replace(r, text=stars.text), (r.value, r.low, r.high))
        # one star is printed for two-sided and one-sided tests alike: the smaller p decides
        yield verdict if low / 2 <= limit else replace(verdict, verdict="inconsistent", reason="stars")


def _one_tailed(name: str, cells: Matrix, _n_of_sheet: int | None) -> bool:
    """Whether all printed p together are those of one-sided tests, and not all those of two-sided ones."""
    rows = [row for (a, b), row in cells.items() if a != b]
    pairs = [(cell(row, "p"), cell(row, "r"), _n(row)) for row in rows]
    known = [(p, r, n) for p, r, n in pairs if p is not None and r is not None and n is not None]

    def all_fit(formula: object) -> bool:
        return all(
            (found := check(Spot(name, "", "p"), p, formula, (r, n))) is None or found.verdict != "inconsistent"  # type: ignore[arg-type]
            for p, r, n in known
        )

    return bool(known) and not all_fit(two_sided) and all_fit(one_sided)


def _names(cells: Matrix) -> list[str]:
    return list(dict.fromkeys(name for pair in cells for name in pair))


def _whole(cells: Matrix) -> tuple[list[str], np.ndarray, float] | None:
    """Names, correlations and the greatest half unit of a complete printed matrix."""
    names = _names(cells)
    matrix, half = np.eye(len(names)), 0.0
    for at, a in enumerate(names):
        for to, b in enumerate(names[:at]):
            row = cells.get((a, b)) or cells.get((b, a))
            r = None if row is None else cell(row, "r")
            if r is None:
                return None
            matrix[at, to] = matrix[to, at] = r.value
            half = max(half, r.value - r.low, r.high - r.value)
    return names, matrix, half


def _definite(name: str, cells: Matrix) -> Iterator[Check]:
    """No correlations of data have a negative eigenvalue; rounding moves none by more than half a unit times k - 1."""
    found = _whole(cells)
    if found is None or len(found[0]) < 3:
        return
    names, matrix, half = found
    least, allowed = float(np.linalg.eigvalsh(matrix)[0]), 2 * half * (len(names) - 1)  # cut digits move twice as far
    spot = Spot(name, "matrix", "least_eigenvalue")
    bounds = (least, least - allowed, least + allowed)
    verdict = "inconsistent" if least + allowed < 0 else "consistent"
    yield replace(judged(spot, None, bounds), verdict=verdict, reason="" if verdict == "consistent" else "not_definite")  # type: ignore[arg-type]


def _attenuated(sheet: Sheet, cells: Matrix) -> Iterator[Check]:
    """|r| above sqrt(alpha alpha'): no contradiction, since alpha bounds reliability from below; said, not judged."""
    alphas = {
        scale: alpha.value for scale, rows in grouped(sheet.rows("reliability"), "scale").items()
        if (alpha := cell(rows[0], "alpha")) is not None
    }  # fmt: skip
    for (row, column), found in cells.items():
        r = cell(found, "r")
        if row < column and r is not None and row in alphas and column in alphas:
            product = alphas[row] * alphas[column]
            if product > 0 and abs(r.value) > sqrt(product):
                yield unchecked(Spot(sheet.name, f"{row} / {column}", "r"), r, "above_reliability")


def _zero_order(sheet: Sheet, cells: Matrix) -> Iterator[Check]:
    """The correlation printed beside a coefficient is the one of the matrix."""
    for row in sheet.rows("coefficients"):
        pair = str(row.get("dependent")), str(row.get("term"))
        beside = cells.get(pair) or cells.get(pair[::-1])
        claim = cell(row, "zero_order_r")
        if claim is not None and beside is not None:
            found = check(Spot(sheet.name, str(row.get("term")), "zero_order_r"), claim, float, (cell(beside, "r"),))
            yield from () if found is None else (found,)


def _regressed(sheet: Sheet) -> Iterator[Replication]:
    """The regression of a whole printed matrix: as printed beside it, else of its first variable on the others."""
    cells: Mapping[tuple[str, str], object] = {
        pair: row.get("r") for pair, row in matrix_of(sheet.rows("correlations")).items()
    }
    names = list(dict.fromkeys(row for row, _ in cells))
    if len(names) < 3 or any((a, b) not in cells and (b, a) not in cells for a in names for b in names if a != b):
        return
    terms = [row for row in sheet.rows("coefficients") if not constant(row.get("term"))]
    beside = {str(row["term"]): row for row in terms if row.get("term") in names}
    outcome = next((str(row.get("dependent")) for row in beside.values()), names[0])
    if outcome not in names or (sheet.n is None and not beside) or len(beside) < len(terms):
        return
    factors = list(beside) or [each for each in names if each != outcome]
    formula = f"{outcome} ~ {' + '.join(factors)}"
    if not all(name.replace("_", "a").isidentifier() for name in (outcome, *factors)):
        return
    model = next(iter(sheet.rows("models")), None)
    yield replicate_regression(formula, cells, n=sheet.n, coefficients=beside, model=model, table_id=sheet.name)


def _sizes(sheet: Sheet) -> Iterator[Inverted]:
    """n from each r and p, where the print gives none: the least and greatest n whose p has the printed digits."""
    cells = matrix_of(sheet.rows("correlations"))
    spans = []
    for (row, column), found in cells.items():
        r, p = cell(found, "r"), cell(found, "p")
        if row == column or r is None or p is None or p.value <= 0 or r.value == 0 or whole(found.get("n")) is not None:
            continue
        strong, weak = max(abs(r.low), abs(r.high)), min(abs(r.low), abs(r.high)) if r.low * r.high > 0 else 0.0
        low, high = _least_n(strong, p.high), _least_n(weak, max(p.low, 0.0)) if weak > 0 else inf
        spans.append((float(_least_n(abs(r.value), p.value)), float(low), float(high)))
    if any(high < _TOO_MANY for _, _, high in spans):
        yield from meet((sheet.name, "matrix", "n"), spans, counts=True)


def _least_n(r: float, p: float) -> float:
    """The n at which a correlation of r has this p (between whole numbers), by halving: p falls as n grows."""
    if p <= 0:
        return float(_TOO_MANY)
    if r >= 1 or two_sided(r, 3) <= p:
        return 3.0
    low, high = 3.0, float(_TOO_MANY)
    if two_sided(r, high) > p:
        return high
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided(r, middle) > p else (low, middle)
    return high


ORDER = 2
AUDITORS = {"correlations": _correlations}
REPLICATORS = (_regressed,)
INVERTERS = (_sizes,)
