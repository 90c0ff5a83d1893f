"""Printed sample profiles and sampling formulas: counts, percentages, sample sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import ceil

from . import grim
from .check import Check, Spot, check, judged, unchecked
from .formulas import Cells, cell
from .printed import Printed, exact, known, printed, whole
from .sheet import Inverted, Sheet, compared, grouped, label, unjudged

_TOTALS = frozenset(("total", "tổng", "tổng cộng", "tong", "tong cong", "cộng"))


def _profiles(sheet: Sheet) -> Iterator[Check]:
    for variable, rows in grouped(sheet.rows("profiles"), "variable").items():
        members = [row for row in rows if str(row.get("category") or "").strip().casefold() not in _TOTALS]
        n = _n(rows)
        counts = [exact(row.get("count")) for row in members]
        of_all = _sum(counts)
        low, high = _ends([cell(row, "percent") for row in members])
        every_one = n is not None or (low is not None and high is not None and low <= 100 <= high)
        for row in members:
            spot = Spot(sheet.name, f"{variable} / {row.get('category')}", "percent")
            for each in _percent(spot, row, n, of_all):
                doubtful = each.verdict == "inconsistent" and not every_one
                yield unjudged(each, "incomplete") if doubtful else each
        yield from _closing(Spot(sheet.name, variable, "n"), members, n, counts)
        yield from _cumulated(sheet.name, variable, members)


def _n(rows: Sequence[Cells]) -> Printed | None:
    """Persons of a variable: printed once for all, or as its line of totals."""
    stated = next((found for row in rows if (found := exact(row.get("n"))) is not None), None)
    last = [row for row in rows if str(row.get("category") or "").strip().casefold() in _TOTALS]
    return stated or (exact(last[-1].get("count")) if last else None)


def _sum(counts: Sequence[Printed | None]) -> Printed | None:
    if not counts or not all(counts):
        return None
    total = sum(each.value for each in counts if each is not None)
    return known(f"{total:.0f}", total)


def _percent(spot: Spot, row: Cells, n: Printed | None, of_all: Printed | None) -> Iterator[Check]:
    """A percentage of everybody, or of those who answered; without a count, one that whole persons can be."""
    claim, count = cell(row, "percent"), exact(row.get("count"))
    if claim is None:
        return
    if count is None and n is not None:
        found = grim.share(spot, claim, int(n.value)) if n.value > 0 else None
        yield found if found is not None else unchecked(spot, claim, "missing_input")
        return
    found = check(spot, claim, lambda part, whole: 100 * part / whole, (count, n or of_all))
    if found is not None and found.verdict == "inconsistent" and n is not None and of_all is not None:
        valid = check(spot, claim, lambda part, whole: 100 * part / whole, (count, of_all))
        if valid is not None and valid.verdict == "consistent" and of_all.value < n.value:
            found = replace(valid, reason="valid_percent")
    yield from () if found is None else (found,)


def _closing(spot: Spot, rows: Sequence[Cells], n: Printed | None, counts: Sequence[Printed | None]) -> Iterator[Check]:
    """Counts add up to n; where they do not, percentages tell a missing category or several answers from a slip."""
    total = _sum(counts)
    found = check(spot, n, float, (total,))
    if found is None or found.verdict != "inconsistent" or total is None or n is None:
        yield from () if found is None else (found,)
        return
    shares = [cell(row, "percent") for row in rows]
    low, high = _ends(shares)
    closed = low is not None and high is not None and low <= 100 <= high
    if total.value < n.value and not closed:
        found = unchecked(spot, n, "incomplete")
    elif total.value > n.value and low is not None and low > 100:
        found = unchecked(spot, n, "multiple_answers")
    elif closed and total.value < n.value and _valid(rows, total):
        found = unchecked(spot, n, "valid_percent")
    yield found


def _valid(rows: Sequence[Cells], total: Printed) -> bool:
    """Whether every percentage is one of those who answered."""
    spot = Spot("", "", "percent")
    verdicts = [
        check(spot, cell(row, "percent"), lambda a, b: 100 * a / b, (exact(row.get("count")), total)) for row in rows
    ]
    return all(each is not None and each.verdict == "consistent" for each in verdicts)


def _ends(shares: Sequence[Printed | None]) -> tuple[float | None, float | None]:
    if not shares or not all(shares):
        return None, None
    ends = [each.cut() for each in shares if each is not None]
    return sum(each.low for each in ends), sum(each.high for each in ends)


def _cumulated(name: str, variable: str, rows: Sequence[Cells]) -> Iterator[Check]:
    shares = [cell(row, "percent") for row in rows]
    for at, row in enumerate(rows):
        claim = printed(row.get("pct_cumulative"))
        if claim is not None:
            spot = Spot(name, f"{variable} / {row.get('category')}", "pct_cumulative")
            yield from compared(spot, claim, lambda *each: float(sum(each)), *shares[: at + 1])


def _sizes(sheet: Sheet) -> Iterator[Inverted]:
    """n of a profile that prints counts and percentages but no n."""
    for variable, rows in grouped(sheet.rows("profiles"), "variable").items():
        if _n(rows) is not None:
            continue
        spans = []
        for row in rows:
            count, share = exact(row.get("count")), cell(row, "percent")
            if count is not None and share is not None and share.low > 0 and count.value > 0:
                spans.append((100 * count.value / share.high, 100 * count.value / share.low))
        if spans:
            low, high = max(a for a, _ in spans), min(b for _, b in spans)
            counts = [exact(row.get("count")) for row in rows]
            total = _sum(counts)
            value = total.value if total is not None else float(round((low + high) / 2))
            yield Inverted(sheet.name, variable, "n", value, float(ceil(low - 1e-9)), float(high // 1), len(spans))


# ---- sampling formulas ---------------------------------------------------------------------------------------------


def yamane(population: float, error: float) -> float:
    """Yamane's (Slovin's) n = N / (1 + N e²)."""
    return population / (1 + population * error**2)


def cochran(z: float, share: float, error: float) -> float:
    """Cochran's n = z² p (1 - p) / e², of a large population."""
    return z * z * share * (1 - share) / error**2


def finite(size: float, population: float) -> float:
    """Cochran's n with the correction for a finite population: n / (1 + (n - 1) / N)."""
    return size / (1 + (size - 1) / population)


#: Formula by the name that a table gives it: the columns that it needs.
FORMULAS: dict[str, tuple[tuple[str, ...], Callable[..., float]]] = {
    "yamane": (("N", "e"), yamane),
    "slovin": (("N", "e"), yamane),
    "cochran": (("z", "p_share", "e"), cochran),
    "cochran_finite": (("z", "p_share", "e", "N"), lambda z, p, e, size: finite(cochran(z, p, e), size)),
    "hair": (("items", "per_item"), lambda items, each: items * each),
    "tabachnick": (("k",), lambda k: 50 + 8 * k),
}
_EXACT = frozenset(("N", "e", "z", "p_share", "items", "per_item", "k"))  # chosen, not measured: nothing is rounded


def _sampling(sheet: Sheet) -> Iterator[Check]:
    """n of a sampling formula: computed, and rounded up to whole persons; rounding down is said."""
    for row in sheet.rows("sampling"):
        name = str(row.get("formula") or "").strip().casefold()
        where, spot = label(row, "formula"), Spot(sheet.name, label(row, "formula"), "n")
        claim = printed(row.get("n_computed")) or exact(row.get("n"))
        if name not in FORMULAS:
            if claim is not None:
                yield unchecked(spot, claim, "formula_unknown")
            continue
        columns, formula = FORMULAS[name]
        given = [printed(row.get(column)) for column in columns]
        if not all(given):
            yield unchecked(spot, claim, "missing_input") if claim is not None else unchecked(spot, None, "not_printed")
            continue
        try:
            value = formula(*(each.value for each in given if each is not None))
        except ZeroDivisionError:
            yield unchecked(spot, claim, "outside_domain")
            continue
        unrounded = printed(row.get("n_computed"))
        if unrounded is not None:
            yield judged(Spot(sheet.name, where, "n_computed"), unrounded.cut(), (value, value, value))
        taken = whole(row.get("n"))
        if taken is not None:
            yield _rounded(spot, exact(row.get("n")), value, taken)


def _rounded(spot: Spot, claim: Printed | None, value: float, taken: int) -> Check:
    """A sample of at least the computed size; up to the next person below it is a rounding, said as such."""
    found = judged(spot, claim, (value, value, max(float(taken), float(ceil(value - 1e-9)))))
    if taken < value - 1e-9 and taken > value - 1:
        return replace(found, verdict="consistent", reason="rounded_down", low=float(taken))
    return found


ORDER = 8
AUDITORS = {"profiles": _profiles, "sampling": _sampling}
INVERTERS = (_sizes,)
