"""How levels are shown: means with their bands, by position, and units never ranked more sharply than they are."""

from __future__ import annotations

from ...chapters.capability import CapabilityFindings, Level
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows

_MEAN = "analysis.stats.proportion.mean_interval"


def _about(row: Level, pen: Pen) -> Pen:
    return pen.about(f"level.{row.code}", n=row.n, rule="answered", method=row.mean.method, function=_MEAN)


def _band(row: Level, pen: Pen) -> str:
    if row.band is None:
        return ""
    word = pen.word(f"capability.band.{row.band}")
    return word if row.certain else pen.word("capability.uncertain").format(band=word)


def _level_rows(levels: tuple[Level, ...], pen: Pen) -> list[TableRow]:
    rows = []
    for row in levels:
        own = _about(row, pen)
        mean = row.mean
        item = row.code in pen.study.items if pen.study else False
        label = pen.item(row.code) if item else pen.label(row.code)
        rows.append(
            TableRow(
                (
                    (label,),
                    own.count("n", row.n),
                    own.number("mean", mean.value, "mean", se=mean.se, low=mean.low, high=mean.high),
                    own.number("sd", row.sd, "mean"),
                    own.number("low", mean.low, "mean"),
                    own.number("high", mean.high, "mean"),
                    (_band(row, pen),),
                )
            )
        )
    return rows


def _columns(pen: Pen, first: str, level: float) -> tuple[Column, ...]:
    return (
        Column("label", pen.word(first), align="left"),
        *(Column(name, pen.word(f"groups.column.{name}")) for name in ("n", "mean", "sd")),
        *(Column(name, pen.word(f"groups.column.{name}"), pen.interval(level)) for name in ("low", "high")),
        Column("band", pen.word("capability.column.band"), align="left"),
    )


def _notes(findings: CapabilityFindings, pen: Pen) -> tuple[Paragraph, ...]:
    cuts: dict[str, Text] = {f"cut{place}": pen.rule_value(f"likert5.cut{place}") for place in (1, 2, 3, 4)}
    level = pen.about("level", function="analysis.chapters.capability.capability").number(
        "level", 100 * findings.level, "count"
    )
    return (Paragraph(pen.say("capability.note.bands", level=level, **cuts), "note"),)


@shows("table", CapabilityFindings)
def scale_table(findings: CapabilityFindings, pen: Pen) -> Table:
    """Mean, interval and band of every scale."""
    rows = _level_rows(findings.scales, pen)
    caption = pen.say("capability.caption.scales")
    return Table(
        "capability.scales",
        caption,
        _columns(pen, "reliability.column.scale", findings.level),
        tuple(rows),
        _notes(findings, pen),
        pen.source(),
    )


@shows("table", CapabilityFindings, "items")
def item_table(findings: CapabilityFindings, pen: Pen) -> Table:
    """Mean, interval and band of every item of what is assessed."""
    rows = _level_rows(findings.items, pen)
    caption = pen.say("capability.caption.items")
    return Table(
        "capability.items",
        caption,
        _columns(pen, "reliability.column.item", findings.level),
        tuple(rows),
        _notes(findings, pen),
        pen.source(),
    )


@shows("table", CapabilityFindings, "positions")
def position_table(findings: CapabilityFindings, pen: Pen) -> Table:
    """Levels by position."""
    rows: list[TableRow] = []
    variable = findings.position or ""
    for place, row in enumerate(findings.positions):
        if place == 0 or findings.positions[place - 1].construct != row.construct:
            rows.append(TableRow(((pen.label(row.construct),),), section=True))
        own = pen.about(f"level.{row.construct}.{variable}.{row.group}", n=row.n, rule="answered", function=_MEAN)
        rows.append(
            TableRow(
                (
                    (pen.level(variable, row.group),),
                    own.count("n", row.n),
                    own.number("mean", row.mean, "mean", low=row.low, high=row.high),
                    own.number("low", row.low, "mean"),
                    own.number("high", row.high, "mean"),
                )
            )
        )
    columns = (
        Column("group", pen.word("capability.column.position"), align="left"),
        *(Column(name, pen.word(f"groups.column.{name}")) for name in ("n", "mean")),
        *(Column(name, pen.word(f"groups.column.{name}"), pen.interval(findings.level)) for name in ("low", "high")),
    )
    note = "capability.note.small" if rows else "capability.note.no_position"
    notes = (Paragraph(pen.say(note, least=pen.rule_value("disclosure.min_cell", "count")), "note"),)
    return Table(
        "capability.positions", pen.say("capability.caption.positions"), columns, tuple(rows), notes, pen.source()
    )


@shows("table", CapabilityFindings, "units")
def unit_table(findings: CapabilityFindings, pen: Pen) -> Table:
    """Units with their own and their shrunken means."""
    variable = findings.unit or ""
    rows = []
    for row in findings.units:
        own = pen.about(
            f"level.{findings.outcome}.{variable}.{row.unit}", n=row.n, rule="answered",
            function="analysis.chapters.capability.shrunken_means",
        )  # fmt: skip
        cells = (
            own.count("n", row.n),
            own.number("mean", row.mean, "mean"),
            own.number("shrunken", row.shrunken, "mean"),
        )
        rows.append(TableRow(((pen.level(variable, row.unit),), *cells)))
    columns = (
        Column("unit", pen.word("capability.column.unit"), align="left"),
        *(Column(name, pen.word(f"capability.column.{name}")) for name in ("n", "mean", "shrunken")),
    )
    note = "capability.note.units" if rows else "capability.note.no_unit"
    caption = pen.say("capability.caption.units", outcome=pen.label(findings.outcome or ""))
    return Table("capability.units", caption, columns, tuple(rows), (Paragraph(pen.say(note), "note"),), pen.source())


@shows("figure", CapabilityFindings)
def level_figure(findings: CapabilityFindings, pen: Pen) -> Figure:
    """Means of the scales with intervals and the cuts between bands."""
    rows = [
        {"label": pen.label(row.code), "value": row.mean.value, "low": row.mean.low, "high": row.mean.high}
        for row in findings.scales
    ]
    near = [pen.cutoff(f"likert5.cut{place}") for place in (1, 2, 3, 4)]
    low = min((float(str(row["low"])) for row in rows if row["low"] is not None), default=1.0)
    lines = [{"value": cut, "label": number(cut, pen.lang, "mean")} for cut in near if cut >= low - 0.5]
    spoken = "; ".join(f"{row['label']} {number(float(str(row['value'])), pen.lang, 'mean')}" for row in rows)
    own = pen.about("level", function="analysis.chapters.capability.capability")
    level = own.number("level", 100 * findings.level, "count")
    return Figure(
        "capability.figure",
        pen.say("capability.caption.figure", level=level, sizes=own.sizes(row.n for row in findings.scales)),
        pen.word("capability.alt").format(means=spoken),
        "intervals",
        {"rows": rows, "lines": lines, "x": pen.word("capability.axis"), "decimal": pen.word("decimal")},
        pen.source(),
    )


@shows("narrate", CapabilityFindings)
def story(findings: CapabilityFindings, pen: Pen) -> Narrative:
    """The highest and the lowest scale, and how surely each lies in its band."""
    ordered = sorted(findings.scales, key=lambda row: row.mean.value)
    said: list[Paragraph] = []
    if len(ordered) > 1:
        for key, row in (("highest", ordered[-1]), ("lowest", ordered[0])):
            said.append(Paragraph(_level_sentence(f"capability.story.{key}", row, findings, pen)))
    unsure = [pen.label(row.code) for row in findings.scales if row.band is not None and not row.certain]
    if unsure:
        said.append(Paragraph(pen.say("capability.story.unsure", scales=", ".join(f"“{label}”" for label in unsure))))
    said.append(Paragraph(pen.say("capability.story.limits"), "note"))
    return Narrative(tuple(said))


def _level_sentence(key: str, row: Level, findings: CapabilityFindings, pen: Pen) -> Text:
    own = _about(row, pen)
    level = pen.about("level", function="analysis.chapters.capability.capability").number(
        "level", 100 * findings.level, "count"
    )
    return own.say(
        key,
        scale=pen.label(row.code),
        mean=own.number("mean", row.mean.value, "mean", se=row.mean.se, low=row.mean.low, high=row.mean.high),
        low=own.number("low", row.mean.low, "mean"),
        high=own.number("high", row.mean.high, "mean"),
        level=level,
        n=own.count("n", row.n),
    )
