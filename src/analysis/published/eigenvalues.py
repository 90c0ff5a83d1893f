"""Printed factor analyses: eigenvalues and their shares, ln|R| against Bartlett's test, rotated sums, loadings."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log

from scipy import special

from .check import Check, Spot, check, judged, unchecked
from .formulas import Cells, Rule, apply, cell, possible
from .printed import Printed, exact, known, printed, whole
from .sheet import Inverted, Sheet, compared, grouped, label

EIGENVALUES = (Rule("pct_variance", ("eigenvalue", "p_items"), lambda value, items: 100 * value / items),)
KMO = (
    Rule("df", ("p_items",), lambda items: items * (items - 1) / 2),
    Rule("p", ("bartlett_chi2", "df"), lambda chi2, df: float(special.chdtrc(df, chi2))),
)


def _items(sheet: Sheet) -> Printed | None:
    """How many items were analysed: printed, from Bartlett's df, or as many as there are rows down to 100 %."""
    row = sheet.first("kmo")
    if (found := exact(row.get("p_items"))) is not None:
        return found
    df = whole(row.get("df"))
    if df is not None and (items := round((1 + (1 + 8 * df) ** 0.5) / 2)) * (items - 1) == 2 * df:
        return known(str(items), float(items))
    return None


def _values(sheet: Sheet) -> list[Printed | None]:
    return [cell(row, "eigenvalue") for row in sheet.rows("eigenvalues")]


def _all_values(sheet: Sheet) -> list[Printed] | None:
    """Every eigenvalue of the matrix, where the print shows them all."""
    items, values = _items(sheet), _values(sheet)
    present = [each for each in values if each is not None]
    return present if items is not None and len(present) == len(values) == int(items.value) else None


def _eigenvalues(sheet: Sheet) -> Iterator[Check]:
    items, rows = _items(sheet), sheet.rows("eigenvalues")
    for row in rows:
        where = str(row.get("component"))
        yield from possible(row, sheet.name, where)
        cells = {**row, "p_items": None if items is None else items.text}
        yield from apply(EIGENVALUES, cells, sheet.name, where)
    if items is None:
        yield from _proportional(sheet.name, rows)
    yield from _descending(sheet.name, rows)
    yield from _cumulated(sheet.name, rows)
    values = _all_values(sheet)
    if values is not None and items is not None:
        spot = Spot(sheet.name, "sum", "eigenvalues")
        yield from compared(spot, items, lambda *each: float(sum(each)), *values)
    yield from _rotated(sheet, rows)


def _proportional(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    """Without the number of items: every eigenvalue stands to its share as the first one does."""
    known_rows = [(row, cell(row, "eigenvalue"), cell(row, "pct_variance")) for row in rows]
    full = [(row, value, share) for row, value, share in known_rows if value is not None and share is not None]
    if not full or full[0][2] is None or full[0][2].low <= 0:
        return
    for row, value, share in full[1:]:
        spot = Spot(name, str(row.get("component")), "pct_variance")
        yield from compared(spot, share, lambda v, a, b: v * b / a, value, full[0][1], full[0][2])


def _descending(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    values = [(str(row.get("component")), cell(row, "eigenvalue")) for row in rows]
    for (_, before), (where, after) in itertools.pairwise(values):
        if before is not None and after is not None and after.low > before.high:
            yield replace(
                judged(Spot(name, where, "eigenvalue"), after, (before.value, 0.0, before.high)), reason="order"
            )


def _cumulated(name: str, rows: Sequence[Cells]) -> Iterator[Check]:
    shares = [cell(row, "pct_variance") for row in rows]
    for at, row in enumerate(rows):
        claim = printed(row.get("pct_cumulative"))
        if claim is not None and whole(row.get("component")) == at + 1:
            spot = Spot(name, str(row.get("component")), "pct_cumulative")
            yield from compared(spot, claim, lambda *each: float(sum(each)), *shares[: at + 1])


def _rotated(sheet: Sheet, rows: Sequence[Cells]) -> Iterator[Check]:
    """Orthogonal rotation moves explained variance between components, and leaves its sum.

    After an oblique rotation or a factor method that is no principal components analysis the sums differ: a difference
    is no contradiction unless the print says that the rotation was orthogonal and the method components.
    """
    rotated = [cell(row, "rotation_ss") for row in rows if cell(row, "rotation_ss") is not None]
    values = _values(sheet)[: len(rotated)]
    if not rotated or any(each is None for each in values):
        return
    totals = [each for each in rotated if each is not None]
    claim = Printed(
        f"{sum(each.value for each in totals):.{max(each.digits for each in totals)}f}",
        sum(each.value for each in totals), sum(each.low for each in totals), sum(each.high for each in totals),
        max(each.digits for each in totals),
    )  # fmt: skip
    found = check(Spot(sheet.name, "sum", "rotation_ss"), claim, lambda *each: float(sum(each)), values)
    if found is None:
        return
    declared = str(sheet.first("kmo").get("rotation") or sheet.first("eigenvalues").get("rotation") or "").casefold()
    if found.verdict == "inconsistent" and declared not in ("varimax", "quartimax", "equamax"):
        found = unchecked(Spot(sheet.name, "sum", "rotation_ss"), claim, "rotation_unknown")
    yield found


def _kmo(sheet: Sheet) -> Iterator[Check]:
    values = _values(sheet)
    for row in sheet.rows("kmo"):
        where = "KMO"
        yield from possible(row, sheet.name, where)
        yield from apply(KMO, row, sheet.name, where)
        yield from _extracted(sheet, row, values)
        yield from _bartlett(sheet, row)
        if not sheet.rows("eigenvalues") and row.get("KMO") not in (None, ""):
            yield unchecked(Spot(sheet.name, where, "KMO"), cell(row, "KMO"), "missing_input")


def _extracted(sheet: Sheet, row: Cells, values: Sequence[Printed | None]) -> Iterator[Check]:
    kept, items, claim = whole(row.get("n_factors")), _items(sheet), cell(row, "pct_extracted")
    enough = kept is not None and kept > 0 and len(values) >= kept
    inputs: list[Printed | None] = [items, *values[:kept]] if enough else [None]
    spot = Spot(sheet.name, "KMO", "pct_extracted")
    found = check(spot, claim, lambda p, *of: 100 * sum(of) / p, inputs)
    if found is not None and found.verdict == "inconsistent" and found.low is not None and claim is not None:
        # common factors explain less than components do: only components are held to the eigenvalues
        components = _orthogonal(sheet) or str(row.get("method") or "").casefold() in ("pca", "principal components")
        found = found if components or claim.low > found.low else unchecked(spot, claim, "method_unknown")
    yield from () if found is None else (found,)


def _bartlett(sheet: Sheet, row: Cells) -> Iterator[Check]:
    """Bartlett's chi² = -(n - 1 - (2p + 5) / 6) ln|R|, and |R| is the product of the eigenvalues."""
    values, n, claim = _all_values(sheet), whole(row.get("n")), cell(row, "bartlett_chi2")
    if values is None or n is None or claim is None or any(each.low <= 0 for each in values):
        return
    p = len(values)
    factor = n - 1 - (2 * p + 5) / 6
    found = check(
        Spot(sheet.name, "KMO", "bartlett_chi2"), claim, lambda *each: -factor * sum(map(log, each)), values
    )  # fmt: skip
    yield from () if found is None else (found,)


def _sizes(sheet: Sheet) -> Iterator[Inverted]:
    """n from Bartlett's chi² and the eigenvalues; the number of items from its degrees of freedom."""
    row = sheet.first("kmo")
    values, claim = _all_values(sheet), cell(row, "bartlett_chi2")
    if whole(row.get("p_items")) is None and (items := _items(sheet)) is not None:
        yield Inverted(sheet.name, "KMO", "p_items", items.value, items.value, items.value)
    if values is None or claim is None or any(each.low <= 0 for each in values):
        return
    value, low, high = _on_the_trace(claim, values)
    least, most = float(-(-low // 1)), float(high // 1)
    n = str(whole(row.get("n")) or "")
    yield Inverted(sheet.name, "KMO", "n", float(round(value)), least, most, 1, "", n)


def _on_the_trace(claim: Printed, values: Sequence[Printed]) -> tuple[float, float, float]:
    """n over the box of the eigenvalues' digits, kept to those whose sum is the number of items (its trace).

    ln|R| is greatest where the large eigenvalues are small and the small ones large; without the trace every one of
    them could be large at once. The linear programme over the box has its ends where all but one lie at an end.
    """
    p = len(values)
    ends = [_log_det(values, float(p), direction) for direction in (1, -1)]
    centre = sum(log(each.value) for each in values)
    shift = 1 + (2 * p + 5) / 6
    spans = [shift - chi2 / det for chi2 in (claim.low, claim.high) for det in ends if det < 0]
    return shift - claim.value / centre, min(spans), max(spans)


def _log_det(values: Sequence[Printed], trace: float, direction: int) -> float:
    """The greatest (1) or least (-1) sum of logarithms in the box with this trace, to first order in the digits."""
    order = sorted(values, key=lambda each: each.value * direction)
    at = {id(each): each.low for each in values}
    left = trace - sum(at.values())
    for each in order:
        step = min(each.high - each.low, max(left, 0.0))
        at[id(each)] += step
        left -= step
    return sum(log(max(each, 1e-12)) for each in at.values())


def _loadings(sheet: Sheet) -> Iterator[Check]:
    """Loadings against communalities and rotated sums: those left out of print can only add."""
    rows = sheet.rows("loadings")
    for row in rows:
        found = cell(row, "loading")
        where = label(row, "item")
        if found is not None and found.low > 1 + 1e-9:
            yield replace(judged(Spot(sheet.name, where, "loading"), found, (1.0, -1.0, 1.0)), reason="out_of_range")
    yield from _communal(sheet, grouped(rows, "item"))
    yield from _columns(sheet, rows)


def _communal(sheet: Sheet, items: dict[str, list[Cells]]) -> Iterator[Check]:
    """Squared loadings of an item add up to its communality after orthogonal rotation: never to more."""
    printed_ones = {label(row, "item"): cell(row, "extraction") for row in sheet.rows("communalities")}
    factors = whole(sheet.first("kmo").get("n_factors"))
    for item, rows in items.items():
        claim = printed_ones.get(item) or cell(rows[0], "communality")
        given = [printed(row.get("loading")) for row in rows]
        if claim is None or not all(given):
            continue
        spot = Spot(sheet.name, item, "communality")
        found = check(spot, claim, lambda *each: sum(each_ * each_ for each_ in each), given)
        if found is not None and found.verdict == "inconsistent" and found.low is not None:
            more = found.low > claim.cut().high
            complete = factors is not None and len(rows) == factors
            found = found if more or complete else unchecked(spot, claim, "suppressed_loadings")
        yield from () if found is None else (found,)


def _columns(sheet: Sheet, rows: Sequence[Cells]) -> Iterator[Check]:
    """Squared loadings of a component add up to its rotated sum of squares: never to more."""
    sums = {str(row.get("component")): cell(row, "rotation_ss") for row in sheet.rows("eigenvalues")}
    items = _items(sheet)
    for block, members in grouped(rows, "factor_block").items():
        claim, given = sums.get(block), [printed(row.get("loading")) for row in members]
        if claim is None or not all(given):
            continue
        spot = Spot(sheet.name, block, "rotation_ss")
        found = check(spot, claim, lambda *each: sum(each_ * each_ for each_ in each), given)
        if found is not None and found.verdict == "inconsistent" and found.low is not None:
            complete = items is not None and len(members) == int(items.value)
            # after an oblique rotation the printed sums are no sums of pattern loadings at all
            found = found if complete or (found.low > claim.high and _orthogonal(sheet)) else unchecked(
                spot, claim, "suppressed_loadings"
            )  # fmt: skip
        yield from () if found is None else (found,)


def _orthogonal(sheet: Sheet) -> bool:
    """Whether the rotated sums add up to the eigenvalues, as only an orthogonal rotation leaves them."""
    return any(each.verdict == "consistent" for each in _rotated(sheet, sheet.rows("eigenvalues")))


def _communalities(sheet: Sheet) -> Iterator[Check]:
    """Extraction communalities add up to the variance that the components explain."""
    rows = sheet.rows("communalities")
    for row in rows:
        yield from possible(row, sheet.name, label(row, "item"))
    kept, values, items = whole(sheet.first("kmo").get("n_factors")), _values(sheet), _items(sheet)
    shares = [cell(row, "extraction") for row in rows]
    if kept is None or len(values) < kept or items is None or len(rows) != int(items.value) or not all(shares):
        return
    total = sum(each.value for each in shares if each is not None)
    low, high = (sum(getattr(each, end) for each in shares if each is not None) for end in ("low", "high"))
    claim = Printed(f"{total:.3f}", total, low, high, 3)
    yield from compared(Spot(sheet.name, "sum", "extraction"), claim, lambda *each: float(sum(each)), *values[:kept])


ORDER = 6
AUDITORS = {"eigenvalues": _eigenvalues, "loadings": _loadings, "kmo": _kmo, "communalities": _communalities}
INVERTERS = (_sizes,)
