"""Printed mean ranks: their sum, Kruskal-Wallis's H, Mann-Whitney's U."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scipy import special

from .check import Check, Spot, check, judged, span, unchecked
from .formulas import Cells, cell, possible
from .printed import Printed, exact, whole
from .sheet import Inverted, Sheet, compared, grouped, label, unjudged

_TOTALS = frozenset(("total", "tổng", "tổng cộng", "tong", "tong cong"))


def h_without_ties(n: Sequence[int], ranks: Sequence[float]) -> float:
    """Kruskal-Wallis's H = 12 / (N (N + 1)) sum n (R - (N + 1) / 2)², before the correction for ties."""
    total = sum(n)
    middle = (total + 1) / 2
    return 12 / (total * (total + 1)) * sum(size * (rank - middle) ** 2 for size, rank in zip(n, ranks, strict=True))


def _members(rows: Sequence[Cells]) -> list[Cells]:
    return [row for row in rows if str(row.get("group") or "").strip().casefold() not in _TOTALS]


def _complete(rows: Sequence[Cells]) -> tuple[list[int], list[Printed]] | None:
    sizes, ranks = [whole(row.get("n")) for row in rows], [cell(row, "mean_rank") for row in rows]
    if len(rows) < 2 or not all(sizes) or not all(ranks):
        return None
    return [size for size in sizes if size is not None], [rank for rank in ranks if rank is not None]


def _ranks(sheet: Sheet) -> Iterator[Check]:
    for outcome, rows in grouped(sheet.rows("ranks"), "dependent").items():
        members = _members(rows)
        found = _complete(members)
        for row in members:
            yield from possible(row, sheet.name, label(row, "group"))
        spot = Spot(sheet.name, outcome or "ranks", "mean_rank")
        if found is None:
            yield unchecked(spot, None, "incomplete")
            continue
        sizes, ranks = found
        every_one = _all_groups(sheet, outcome, rows, sizes)
        total = _sum_of_ranks(spot, sizes, ranks)
        yield total if every_one or total.verdict == "consistent" else unjudged(total, "incomplete")
        every_one = every_one or total.verdict == "consistent"
        for row, size, rank in zip(members, sizes, ranks, strict=True):
            claim = cell(row, "sum_ranks")
            where = f"{outcome} / {label(row, 'group')}".removeprefix(" / ")
            yield from compared(Spot(sheet.name, where, "sum_ranks"), claim, lambda r, n=size: n * r, rank)
            if every_one:
                yield from _within(Spot(sheet.name, where, "mean_rank"), rank, size, sum(sizes))


def _all_groups(sheet: Sheet, outcome: str, rows: Sequence[Cells], sizes: Sequence[int]) -> bool:
    """Whether the print says how many groups or persons there are, and all are there."""
    totals = [whole(row.get("n")) for row in rows if str(row.get("group") or "").strip().casefold() in _TOTALS]
    tests = [row for row in sheet.rows("rank_tests") if str(row.get("dependent") or "") == outcome]
    degrees = {whole(row.get("df")) for row in tests} | {
        1 for row in tests if "mann" in str(row.get("test")).casefold()
    }
    return sum(sizes) in totals or len(sizes) - 1 in degrees


def _sum_of_ranks(spot: Spot, n: Sequence[int], ranks: Sequence[Printed]) -> Check:
    """All ranks together are 1 + … + N, ties or not."""
    total = sum(n)
    whole_sum = total * (total + 1) / 2
    bounds = span(lambda *each: sum(size * rank for size, rank in zip(n, each, strict=True)), [*ranks])
    cut = span(
        lambda *each: sum(size * rank for size, rank in zip(n, each, strict=True)), [each.cut() for each in ranks]
    )
    claim = Printed(f"{whole_sum:.0f}", whole_sum, whole_sum, whole_sum, 0)
    found = judged(spot, claim, bounds)
    other = judged(spot, claim, cut)
    return replace(other, reason="cut") if found.verdict == "inconsistent" and other.verdict == "consistent" else found


def _within(spot: Spot, rank: Printed, size: int, total: int) -> Iterator[Check]:
    """A group's mean rank lies between that of the lowest and of the highest places."""
    low, high = (size + 1) / 2, total - (size - 1) / 2
    if rank.high < low - 1e-9 or rank.low > high + 1e-9:
        yield judged(spot, rank, (min(max(rank.value, low), high), low, high))


def _rank_tests(sheet: Sheet) -> Iterator[Check]:
    for row in sheet.rows("rank_tests"):
        outcome, test = str(row.get("dependent") or ""), str(row.get("test") or "kruskal").casefold()
        where = f"{outcome} / {test}".removeprefix(" / ")
        yield from possible(row, sheet.name, where)
        members = _members([each for each in sheet.rows("ranks") if str(each.get("dependent") or "") == outcome])
        found = _complete(members)
        statistic, spot = cell(row, "statistic"), Spot(sheet.name, where, "statistic")
        df = exact(row.get("df"))
        if found is not None and df is not None and df.value > len(members) - 1:
            found = None  # groups of the test are not printed
        if "mann" in test:
            yield from _mann_whitney(sheet.name, where, row, found)
            continue
        yield from compared(
            Spot(sheet.name, where, "p"), cell(row, "p"), lambda h, d: float(special.chdtrc(d, h)), statistic, df
        )
        if statistic is None:
            continue
        if found is None:
            yield unchecked(spot, statistic, "missing_input")
            continue
        if df is not None:
            yield judged(Spot(sheet.name, where, "df"), df, (float(len(members) - 1),) * 3)
        yield _at_least(spot, statistic, *found)


def _at_least(spot: Spot, claim: Printed, n: Sequence[int], ranks: Sequence[Printed]) -> Check:
    """H corrected for ties is at least H without: how many ties there were is not printed."""
    centre, low, _ = span(lambda *each: h_without_ties(n, each), [each.cut() for each in ranks])
    if claim.cut().high >= low - 1e-9:
        found = judged(spot, claim, (centre, low, max(claim.high, centre)))
        return replace(found, verdict="consistent", reason="ties")
    return judged(spot, claim, (centre, low, max(centre, low)))


def _mann_whitney(name: str, where: str, row: Cells, found: tuple[list[int], list[Printed]] | None) -> Iterator[Check]:
    """U of either group from its rank sum; the print shows the smaller one."""
    claim, spot = cell(row, "statistic"), Spot(name, where, "statistic")
    if claim is None:
        return
    if found is None or len(found[0]) != 2:
        yield unchecked(spot, claim, "missing_input")
        return
    sizes, ranks = found
    options = [
        check(spot, claim, lambda r, n=n: n * r - n * (n + 1) / 2, (rank,))
        for n, rank in zip(sizes, ranks, strict=True)
    ]
    known_ones = [each for each in options if each is not None]
    yield next((each for each in known_ones if each.verdict == "consistent"), known_ones[0])


def _inverted(sheet: Sheet) -> Iterator[Inverted]:
    """H before the correction for ties, from the mean ranks."""
    for outcome, rows in grouped(sheet.rows("ranks"), "dependent").items():
        found = _complete(_members(rows))
        if found is not None:
            sizes, ranks = found
            bounds = span(lambda *each, n=tuple(sizes): h_without_ties(n, each), ranks)
            yield Inverted(sheet.name, outcome, "H_without_ties", *bounds)


ORDER = 5
AUDITORS = {"ranks": _ranks, "rank_tests": _rank_tests}
INVERTERS = (_inverted,)
