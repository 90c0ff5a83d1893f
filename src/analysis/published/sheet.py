"""One table of a publication: its rows by kind (group statistics beside their t test), and what is done with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import TypeAlias

from ..stats.result import Row
from .check import Check, Spot, check
from .formulas import Cells, Rule, apply, cell, possible
from .printed import Printed, exact, printed, whole


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything printed under one name: kind of table to rows."""

    name: str
    parts: Mapping[str, Sequence[Cells]]

    def rows(self, kind: str) -> Sequence[Cells]:
        """Rows of a kind, in the order of print."""
        return self.parts.get(kind, ())

    def first(self, kind: str) -> Cells:
        """The first row of a kind; without one, a row without cells."""
        return next(iter(self.rows(kind)), {})

    def said(self, *patterns: str) -> Printed | None:
        """A number that a remark beside the table states: "residual sd 0.984"."""
        for rows in self.parts.values():
            for row in rows:
                remark = f"{row.get('what') or ''} {row.get('note') or ''}"
                for pattern in patterns:
                    match = re.search(pattern + r"\s*=?\s*([-.,\d]*\d)", remark, re.IGNORECASE)
                    if match:
                        return printed(match[1])
        return None

    @property
    def n(self) -> int | None:
        """Respondents, where some part of the table prints them once for all."""
        for kind in ("models", "coefficients", "correlations", "kmo", "reliability", "profiles"):
            for row in self.rows(kind):
                for name in ("n", "n_cases"):
                    if (found := whole(row.get(name))) is not None:
                        return found
        model = self.first("models")
        if (total := whole(model.get("df_tot"))) is not None:
            return total + 1
        parts = whole(model.get("df_reg")), whole(model.get("df_res"))
        return None if parts[0] is None or parts[1] is None else parts[0] + parts[1] + 1


#: From a sheet to the checks of one of its kinds.
Auditor: TypeAlias = Callable[[Sheet], Iterator[Check]]


@dataclass(frozen=True)
class Inverted(Row):
    """A number that the table does not print, or prints elsewhere: what its other digits leave possible.

    `value` is computed at the printed digits, `low` and `high` bound it over their intervals; several equations are
    intersected, `equations` counts them. An empty intersection (`low` above `high`) says that they contradict each
    other. `given` names what was assumed known beside the digits.
    """

    table_id: str
    where: str
    what: str
    value: float
    low: float
    high: float
    equations: int = 1
    given: str = ""
    printed: str = ""

    @property
    def possible(self) -> bool:
        """Whether any value fits all equations."""
        return self.low <= self.high


#: From a sheet to the numbers that it gives away.
Inverter: TypeAlias = Callable[[Sheet], Iterator[Inverted]]


@dataclass(frozen=True)
class Explanation(Row):
    """The smallest change that would make a contradicting table agree: a guess at the cause, never a finding.

    `code` is the key of its sentence, `where` the place, `printed` and `instead` the two readings, `before` and `after`
    a recomputed number without and with the change.
    """

    table_id: str
    code: str
    where: str
    printed: str = ""
    instead: str = ""
    before: float | None = None
    after: float | None = None


#: From a sheet and its checks to explanations of what disagrees.
Explainer: TypeAlias = Callable[[Sheet, Sequence[Check]], Iterator[Explanation]]


def grouped(rows: Sequence[Cells], *names: str) -> dict[str, list[Cells]]:
    """Rows by what they say under some columns, in the order of print."""
    found: dict[str, list[Cells]] = {}
    for row in rows:
        found.setdefault(" / ".join(str(row.get(name) or "") for name in names), []).append(row)
    return found


def label(row: Cells, *names: str) -> str:
    """The row's own name: the first of these columns that says something."""
    return next((str(row[name]) for name in names if row.get(name) not in (None, "")), "")


def by_rules(kind: str, rules: Sequence[Rule], *names: str) -> Auditor:
    """An auditor of tables whose rows stand by themselves."""

    def each_row(sheet: Sheet) -> Iterator[Check]:
        for row in sheet.rows(kind):
            where = label(row, *names) or sheet.name
            yield from possible(row, sheet.name, where)
            yield from apply(rules, row, sheet.name, where)

    return each_row


def compared(
    spot: Spot, claim: Printed | None, function: Callable[..., float], *given: Printed | None
) -> Iterator[Check]:
    """The check as the one line that it gives, or none."""
    found = check(spot, claim, function, given)
    if found is not None:
        yield found


def closed(checks: Sequence[Check], reason: str = "incomplete") -> Iterator[Check]:
    """Checks that rest on a table being whole, where it does not say that it is.

    Where rows are missing most sums fail together; a slip of the pen fails alone. Unless twice as many agree as not,
    the ones that do not agree cannot be judged.
    """
    wrong = sum(each.verdict == "inconsistent" for each in checks)
    agree = sum(each.verdict == "consistent" for each in checks)
    for each in checks:
        doubtful = each.verdict == "inconsistent" and each.reason not in ("out_of_range", "sign") and agree < 2 * wrong
        yield unjudged(each, reason) if doubtful else each


def unjudged(each: Check, reason: str) -> Check:
    """The same check where its disagreement may have another cause than the printed numbers."""
    return replace(each, verdict="cannot check", recomputed=None, low=None, high=None, reason=reason)


def meet(
    spot: tuple[str, str, str], spans: Sequence[tuple[float, float, float]], *, counts: bool = False, given: str = ""
) -> Iterator[Inverted]:
    """One number from all equations that give it: the middle of what they leave in common.

    `counts`: only whole numbers are possible.
    """
    if not spans:
        return
    low, high = max(low for _, low, _ in spans), min(high for _, _, high in spans)
    tightest = min(spans, key=lambda each: each[2] - each[1])[0]
    if counts:
        low, high = float(ceil(low - 1e-9)), float(floor(high + 1e-9))
    value = min(max(tightest, low), high) if low <= high else tightest
    yield Inverted(*spot, float(round(value)) if counts else value, low, high, len(spans), given)


__all__ = [
    "Auditor", "Cells", "Explainer", "Explanation", "Inverted", "Inverter", "Sheet", "by_rules", "cell", "compared",
    "exact", "grouped", "label", "meet",
]  # fmt: skip
