"""How missing answers are shown: by item, by pattern, and what Little's test says."""

from __future__ import annotations

from ...stats.missing import EmMoments, LittleTest, Missingness, MissingPattern
from ..block import Column, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows

_NAMED = 3  # items of a pattern that are named; more are counted


def _about(found: Missingness, pen: Pen) -> Pen:
    return pen.about("missing", n=found.n, rule="all_rows", function="analysis.stats.missing.missingness")


@shows("table", Missingness)
def items_table(found: Missingness, pen: Pen) -> Table:
    """Items with missing answers: how many answered, how many did not."""
    own = _about(found, pen)
    columns = (
        Column("item", own.word("missing.column.item"), align="left"),
        Column("answered", own.word("missing.column.answered")),
        Column("missing", own.word("missing.column.missing")),
        Column("percent", own.word("missing.column.percent")),
    )
    rows = [
        TableRow((
            (own.item(row.item),),
            own.count(f"{row.item}.answered", row.answered),
            own.count(f"{row.item}.missing", row.missing),
            own.number(f"{row.item}.percent", row.percent, "percent"),
        ))
        for row in found.item_rows
        if row.missing
    ]  # fmt: skip
    rows = rows or [TableRow(((own.word("missing.complete"),), (), (), ()))]
    note = (
        (Paragraph(own.say("missing.note.complete_items"), "note"),)
        if found.cells and len(rows) < len(found.item_rows)
        else ()
    )
    caption = own.say("missing.caption.items", n=own.count("n", found.n))
    return Table("missing.items", caption, columns, tuple(rows), note, own.source())


@shows("table", Missingness, "patterns")
def patterns_table(found: Missingness, pen: Pen) -> Table:
    """Items that are left unanswered together; patterns of few persons are one line."""
    own = _about(found, pen)
    least = int(own.cutoff("disclosure.min_cell"))
    columns = (
        Column("pattern", own.word("missing.column.pattern"), align="left"),
        Column("count", own.word("missing.column.count")),
    )
    often = [each for each in found.patterns if each.n >= least]
    rows = [
        TableRow((_pattern(each, own), own.count(f"pattern.{'+'.join(each.missing) or 'none'}", each.n)))
        for each in often
    ]
    rest = [each for each in found.patterns if each.n < least]
    if rest:
        slots: dict[str, Segment | Text] = {
            "count": own.count("patterns.rare", len(rest)),
            "least": own.rule_value("disclosure.min_cell", "count"),
        }
        together = own.count("patterns.rare.n", sum(each.n for each in rest))
        rows.append(TableRow((own.say("missing.others", **slots), together)))
    caption = own.say("missing.caption.patterns", n=own.count("n", found.n))
    return Table("missing.patterns", caption, columns, tuple(rows), (), own.source())


def _pattern(each: MissingPattern, own: Pen) -> Text:
    if not each.missing:
        return (own.word("missing.complete"),)
    if len(each.missing) <= _NAMED:
        return (", ".join(each.missing),)
    count = own.count(f"pattern.{'+'.join(each.missing)}.items", len(each.missing))
    return own.say("missing.together", count=count, first=", ".join(each.missing[:_NAMED]))


@shows("narrate", Missingness)
def amount(found: Missingness, pen: Pen) -> Narrative:
    """How much is missing."""
    own = _about(found, pen)
    if not found.cells:
        return Narrative((own.paragraph("missing.story.none", n=own.count("n", found.n)),))
    cells = found.n * len(found.item_rows)
    slots: dict[str, Segment | Text] = {
        "cells": own.count("cells", found.cells),
        "percent": own.number("percent", 100 * found.cells / cells, "percent"),
        "complete": own.count("complete", found.complete),
        "n": own.count("n", found.n),
    }
    return Narrative((own.paragraph("missing.story.amount", **slots),))


@shows("narrate", LittleTest)
def little(found: LittleTest, pen: Pen) -> Narrative:
    """What Little's test says and what it cannot say."""
    own = _little(found, pen)
    slots: dict[str, Segment | Text] = {
        "chisq": own.number("chisq", found.chisq, "mean"),
        "df": own.count("df", found.df),
        "p": own.number("p", found.p, "p"),
        "n": own.count("n", found.n),
    }
    said = "not_random" if found.p < own.cutoff("significance") else "random"
    return Narrative((own.paragraph(f"missing.story.{said}", **slots), *own.cautions(found.cautions)))


@shows("table", LittleTest)
def little_table(found: LittleTest, pen: Pen) -> Table:
    """Little's test as one line."""
    own = _little(found, pen)
    names = ("chisq", "df", "p", "n", "patterns")
    columns = tuple(Column(name, own.word(f"missing.column.{name}")) for name in names)
    row = TableRow((
        own.number("chisq", found.chisq, "mean"), own.count("df", found.df), own.number("p", found.p, "p"),
        own.count("n", found.n), own.count("patterns", found.patterns),
    ))  # fmt: skip
    cautions = own.cautions(found.cautions)
    return Table("missing.little", own.say("missing.caption.little"), columns, (row,), cautions, own.source())


@shows("table", EmMoments)
def moments_table(found: EmMoments, pen: Pen) -> Table:
    """Means and standard deviations from all rows."""
    own = _em(found, pen)
    columns = (
        Column("item", own.word("missing.column.item"), align="left"),
        Column("mean", own.word("missing.column.mean")),
        Column("sd", own.word("missing.column.sd")),
    )
    rows = [
        TableRow((
            (own.item(name),),
            own.number(f"{name}.mean", float(found.mean[at]), "mean"),
            own.number(f"{name}.sd", float(found.cov[at, at]) ** 0.5, "mean"),
        ))
        for at, name in enumerate(found.names)
    ]  # fmt: skip
    caption = own.say("missing.caption.moments", n=own.count("n", found.n))
    return Table("missing.moments", caption, columns, tuple(rows), (), own.source())


@shows("narrate", EmMoments)
def moments_story(found: EmMoments, pen: Pen) -> Narrative:
    """On which rows the moments rest."""
    own = _em(found, pen)
    slots: dict[str, Segment | Text] = {"n": own.count("n", found.n), "dropped": own.count("dropped", found.dropped)}
    return Narrative((own.paragraph("missing.story.moments", **slots),))


def _little(found: LittleTest, pen: Pen) -> Pen:
    return pen.about(
        "missing.little", n=found.n, rule="em", method="little_1988", function="analysis.stats.missing.little_mcar"
    )


def _em(found: EmMoments, pen: Pen) -> Pen:
    return pen.about("missing.em", n=found.n, rule="em", method="em", function="analysis.stats.missing.em_moments")
