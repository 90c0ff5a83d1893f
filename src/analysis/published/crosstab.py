"""Printed cross tables: Pearson, likelihood ratio, linear-by-linear, expected counts, percentages from the counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import log

import numpy as np
from scipy import special

from ..stats.rows import Array
from .check import Check, Spot, judged, unchecked
from .formulas import Cells, cell, possible
from .printed import exact, known, printed, whole
from .sheet import Inverted, Sheet, closed, compared

_TOTALS = frozenset(("total", "tổng", "tổng cộng", "tong", "tong cong", "cộng"))


def expected(counts: Array) -> Array:
    """Counts under independence: row total times column total over n. Shape as `counts`."""
    found: Array = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return found


def pearson(counts: Array) -> float:
    """Pearson's chi²: squared distance of counts from expected ones."""
    apart = expected(counts)
    return float(((counts - apart) ** 2 / apart).sum())


def likelihood_ratio(counts: Array) -> float:
    """G² = 2 sum of counts times ln(count / expected)."""
    apart = expected(counts)
    return 2 * sum(float(n) * log(float(n) / float(e)) for n, e in zip(counts.flat, apart.flat, strict=True) if n > 0)


def continuity(counts: Array) -> float:
    """Yates's chi² of a table of two by two."""
    if counts.shape != (2, 2):
        raise ValueError
    apart = expected(counts)
    off = np.abs(counts - apart)
    return float(((off - np.minimum(0.5, off)) ** 2 / apart).sum())


def linear(counts: Array) -> float:
    """Mantel-Haenszel's linear-by-linear association with scores 1, 2 …: (n - 1) r²."""
    n, (rows, columns) = counts.sum(), counts.shape
    x, y = np.arange(1.0, rows + 1), np.arange(1.0, columns + 1)
    of_row, of_column = counts.sum(axis=1) / n, counts.sum(axis=0) / n
    mx, my = of_row @ x, of_column @ y
    sx, sy = of_row @ (x - mx) ** 2, of_column @ (y - my) ** 2
    return float((n - 1) * ((x - mx) @ counts @ (y - my) / n) ** 2 / (sx * sy))


#: By the name under which a test is printed.
TESTS: dict[str, Callable[[Array], float]] = {
    "pearson": pearson,
    "likelihood_ratio": likelihood_ratio,
    "continuity": continuity,
    "linear": linear,
}
_NAMES = {
    "pearson chi-square": "pearson", "pearson chi square": "pearson", "chi-square": "pearson", "chi2": "pearson",
    "likelihood ratio": "likelihood_ratio", "tỷ lệ khả năng": "likelihood_ratio",
    "continuity correction": "continuity", "yates": "continuity",
    "linear-by-linear association": "linear", "linear-by-linear": "linear", "linear_by_linear": "linear",
}  # fmt: skip


def _counts(rows: Sequence[Cells]) -> tuple[list[str], list[str], Array] | None:
    """Labels of both margins and the counts, where every cell is printed whole."""
    members = [row for row in rows if not _total(row)]
    down = list(dict.fromkeys(str(row.get("row")) for row in members))
    across = list(dict.fromkeys(str(row.get("col")) for row in members))
    cells = {(str(row.get("row")), str(row.get("col"))): whole(row.get("count")) for row in members}
    if len(down) < 2 or len(across) < 2 or any(cells.get((a, b)) is None for a in down for b in across):
        return None
    found = np.array([[float(cells[a, b] or 0) for b in across] for a in down])
    if (found < 0).any() or not found.sum(axis=0).all() or not found.sum(axis=1).all():
        return None
    return down, across, found


def _total(row: Cells) -> bool:
    return any(str(row.get(name) or "").strip().casefold() in _TOTALS for name in ("row", "col"))


def _crosstabs(sheet: Sheet) -> Iterator[Check]:
    rows = sheet.rows("crosstabs")
    found = _counts(rows)
    for row in rows:
        yield from possible(row, sheet.name, f"{row.get('row')} / {row.get('col')}")
    if found is None:
        if not sheet.rows("chi_squares"):
            yield unchecked(Spot(sheet.name, "counts", "count"), None, "incomplete")
        return
    down, across, counts = found
    checks = list(_cells(sheet.name, rows, down, across, counts))
    yield from checks if any(map(_total, rows)) else closed(checks)


def _cells(name: str, rows: Sequence[Cells], down: list[str], across: list[str], counts: Array) -> Iterator[Check]:
    """Margins, expected counts and percentages of every cell."""
    apart = expected(counts)
    for row in rows:
        if _total(row):
            yield from _margin(name, row, down, across, counts)
            continue
        at, to = down.index(str(row.get("row"))), across.index(str(row.get("col")))
        where, n = f"{row.get('row')} / {row.get('col')}", counts[at, to]
        for what, value in (
            ("expected", apart[at, to]),
            ("row_percent", 100 * n / counts[at].sum()),
            ("col_percent", 100 * n / counts[:, to].sum()),
            ("percent", 100 * n / counts.sum()),
        ):
            yield from compared(Spot(name, where, what), cell(row, what), float, known("", float(value)))


def _margin(name: str, row: Cells, down: list[str], across: list[str], counts: Array) -> Iterator[Check]:
    a, b = str(row.get("row")), str(row.get("col"))
    part = counts[[down.index(a)]] if a in down else counts
    part = part[:, [across.index(b)]] if b in across else part
    yield from compared(Spot(name, f"{a} / {b}", "count"), exact(row.get("count")), float, known("", float(part.sum())))


def _chi_squares(sheet: Sheet) -> Iterator[Check]:
    counted = _counts(sheet.rows("crosstabs"))
    for row in sheet.rows("chi_squares"):
        name = _test(row)
        where = str(row.get("test") or "pearson")
        claim, df = cell(row, "value"), exact(row.get("df"))
        yield from possible(row, sheet.name, where)
        p_claim = cell(row, "p")
        chi2 = None if claim is None else claim.within(0.0, float("inf"))
        yield from compared(Spot(sheet.name, where, "p"), p_claim, lambda x, d: float(special.chdtrc(d, x)), chi2, df)
        if claim is None:
            continue
        spot = Spot(sheet.name, where, "value")
        if counted is None or name not in TESTS:
            yield unchecked(spot, claim, "missing_input")
            continue
        counts = counted[2]
        degrees = 1.0 if name in ("linear", "continuity") else float((counts.shape[0] - 1) * (counts.shape[1] - 1))
        found = [
            *compared(spot, claim, lambda _, of=TESTS[name], c=counts: of(c), known("", 0.0)),
            *compared(Spot(sheet.name, where, "df"), df, float, known("", degrees)),
            *_cramer(sheet.name, row, counts),
        ]
        # where neither value nor df agree, rows or columns of the cross table are missing
        yield from closed(found) if all(each.verdict == "inconsistent" for each in found) else found


def _test(row: Cells) -> str:
    """The test under the name that it has here."""
    name = str(row.get("test") or "pearson").strip().casefold()
    return _NAMES.get(name, name)


def _cramer(name: str, row: Cells, counts: Array) -> Iterator[Check]:
    """Cramér's V = sqrt(chi² / (n (min(rows, columns) - 1)))."""
    claim = printed(row.get("cramers_v"))
    if claim is not None:
        value = (pearson(counts) / (counts.sum() * (min(counts.shape) - 1))) ** 0.5
        yield judged(Spot(name, "Cramér", "cramers_v"), claim, (value, value, value))


def _inverted(sheet: Sheet) -> Iterator[Inverted]:
    """n of a cross table, and the test values that it implies, where the print leaves them out."""
    counted = _counts(sheet.rows("crosstabs"))
    if counted is None:
        return
    told = {_test(row): str(row.get("value") or "") for row in sheet.rows("chi_squares")}
    for name in ("pearson", "likelihood_ratio"):
        value = TESTS[name](counted[2])
        yield Inverted(sheet.name, "counts", name, value, value, value, 1, "", told.get(name, ""))


ORDER = 7
AUDITORS = {"crosstabs": _crosstabs, "chi_squares": _chi_squares}
INVERTERS = (_inverted,)
