"""Estimates of a simulated study beside the true values of its generator."""

from __future__ import annotations

from typing import TypeAlias

from ..block import Column, Paragraph, Table, TableRow
from ..pen import Pen

#: The pen of a number, its statistic, value and interval.
Estimated: TypeAlias = "tuple[Pen, str, float, float | None, float | None]"


def truth_row(label: str, key: str, estimate: Estimated, true: float, pen: Pen) -> TableRow:
    """One estimate with its interval, the true value, and whether the interval holds it."""
    own, statistic, value, low, high = estimate
    inside = low is not None and high is not None and low <= true <= high
    generator = pen.about("truth", method="generator", function="analysis.simulate.truth.truth")
    return TableRow(
        (
            (label,),
            own.number(statistic, value, low=low, high=high),
            own.number(_end(statistic, "low"), low),
            own.number(_end(statistic, "high"), high),
            generator.number(key, true),
            (pen.word("truth.inside" if inside else "truth.outside"),),
        )
    )


def _end(statistic: str, end: str) -> str:
    """Ends of an interval have the ids that the chapters give them."""
    return end if statistic == "b" else f"{statistic}.{end}"


def truth_block(key: str, first: str, rows: list[TableRow], level: float, pen: Pen) -> Table:
    """The table; without rows, for real data, it says nothing at all."""
    columns = (
        Column("label", pen.word(first), align="left"),
        Column("estimate", pen.word("truth.column.estimate")),
        *(Column(name, pen.word(f"truth.column.{name}"), pen.interval(level)) for name in ("low", "high")),
        Column("true", pen.word("truth.column.true")),
        Column("inside", pen.word("truth.column.inside"), align="left"),
    )
    notes = (Paragraph(pen.say("truth.note"), "note"),) if rows else ()
    return Table(key, pen.say(f"truth.caption.{key.partition('.')[0]}"), columns, tuple(rows), notes, pen.source())
