"""How the place's standing is shown: ranks era by era, all years, components, units; series with gaps; sentences."""

from __future__ import annotations

from typing import Any

from ...chapters.context import WINDOW, ContextFindings, Point, Series
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows

_FUNCTION = "analysis.chapters.context.context"
_DATES = ("2015", "2022", "2025")


def _name(findings: ContextFindings, code: str, pen: Pen) -> str:
    """What the page calls an index, an era or a place; the code itself where it says nothing."""
    words = findings.study.tables["indices"].names.get(code)
    return words[pen.lang] if words else code


def _index(findings: ContextFindings, series: Series, pen: Pen) -> str:
    places = {each.place for each in findings.series}
    name = _name(findings, series.index, pen)
    return name if len(places) == 1 else f"{name} – {_name(findings, series.place, pen)}"


def _span(series: Series, pen: Pen) -> str:
    if series.first.year == series.last.year:
        return str(series.last.year)
    return pen.word("context.span").format(first=series.first.year, last=series.last.year)


def _place(findings: ContextFindings, series: Series, pen: Pen) -> str:
    """Whose index it is: a province's, not that of the communes which the study is about."""
    return _name(findings, series.place, pen)


def _era(findings: ContextFindings, series: Series, pen: Pen) -> str:
    span = _span(series, pen)
    if not series.era:
        return span
    return pen.word("context.era").format(span=span, name=_name(findings, series.era, pen))


def _about(series: Series, pen: Pen, year: int | None = None) -> Pen:
    parts = ["context", series.place, series.index, series.era or "all"]
    return pen.about(".".join([*parts, *([str(year)] if year else [])]), rule="published", function=_FUNCTION)


def _rank(series: Series, point: Point | None, pen: Pen) -> Text:
    """``12/63``; the rank alone where the number of places is not known, nothing where there is no rank."""
    if point is None or point.rank is None:
        return ()
    own = _about(series, pen, point.year)
    rank = own.count("rank", point.rank)
    if point.n_places is not None:
        rank = pen.say("context.rank", rank=rank, places=own.count("n_places", point.n_places))
    return pen.say("context.derived", value=rank) if point.basis == "derived" else rank


def _value(series: Series, point: Point, pen: Pen) -> Text:
    return _about(series, pen, point.year).number("value", point.value, "mean")


def _with_year(series: Series, point: Point | None, pen: Pen) -> Text:
    if point is None:
        return (pen.word("context.none"),)
    return pen.say("context.rank_year", rank=_rank(series, point, pen), year=str(point.year))


def _moved(series: Series, pen: Pen) -> Text:
    """How many places up or down, within the era."""
    change = series.change
    if change is None or change.rank is None:
        return ()
    if change.rank == 0:
        return (pen.word("context.same"),)
    own = _about(series, pen)
    if change.rank < 0:
        return pen.say("context.up", places=own.count("places_up", -change.rank))
    return pen.say("context.down", places=own.count("places_down", change.rank))


def _dash(text: Text, pen: Pen) -> Text:
    return text or (pen.word("context.none"),)


def _top(findings: ContextFindings) -> list[Series]:
    return [series for group in findings.indices.values() for series in group]


@shows("table", ContextFindings)
def standing_table(findings: ContextFindings, pen: Pen) -> Table:
    """One row for each index and era: the latest year, best and lowest rank, change within the era."""
    rows = []
    for group in findings.indices.values():
        rows.append(TableRow(((_index(findings, group[0], pen),),), section=True))
        rows.extend(_standing(findings, series, pen) for series in group)
    latest, change = pen.word("context.column.latest"), pen.word("context.column.change")
    columns = (
        Column("era", pen.word("context.column.era"), align="left"),
        Column("year", pen.word("context.column.year"), latest),
        Column("value", pen.word("context.column.value"), latest),
        Column("rank", pen.word("context.column.rank"), latest),
        Column("best", pen.word("context.column.best")),
        Column("worst", pen.word("context.column.worst")),
        Column("since", pen.word("context.column.from"), change),
        Column("difference", pen.word("context.column.value"), change),
        Column("places", pen.word("context.column.rank"), change),
    )
    places = ", ".join(dict.fromkeys(_place(findings, series, pen) for series in findings.series))
    caption = pen.say("context.caption.ranks", where=places)
    return Table("context.standing", caption, columns, tuple(rows), _notes(findings, pen), pen.word("context.source"))


def _standing(findings: ContextFindings, series: Series, pen: Pen) -> TableRow:
    change, several = series.change, len(series.points) > 1
    gained = _about(series, pen).number("value_change", change.value if change else None, "mean")
    cells: tuple[Text, ...] = (
        (_era(findings, series, pen),),
        (str(series.last.year),),
        _value(series, series.last, pen),
        _rank(series, series.last, pen),
        _with_year(series, series.best if several else None, pen),
        _with_year(series, series.worst if several else None, pen),
        (str(change.since),) if change else (),
        gained,
        _moved(series, pen),
    )
    return TableRow(tuple(_dash(cell, pen) for cell in cells))


def _notes(findings: ContextFindings, pen: Pen) -> tuple[Paragraph, ...]:
    points = [point for series in _top(findings) for point in series.points]
    window = pen.about("context", function=_FUNCTION).count("window", WINDOW)
    notes = [Paragraph(pen.say("context.note.eras", window=window), "note")]
    for basis, key in (("derived", "context.note.derived"), ("counted", "context.note.counted_rank")):
        if any(point.basis == basis for point in points):
            notes.append(Paragraph((pen.word(key),), "note"))
    return tuple(notes)


@shows("table", ContextFindings, "years")
def years_table(findings: ContextFindings, pen: Pen) -> Table:
    """All years: one row a year, one column an index; a dash where nothing is known."""
    groups = findings.indices
    years = sorted({point.year for group in groups.values() for series in group for point in series.points})
    known = {
        (index, point.year): _cell(series, point, pen)
        for index, group in groups.items()
        for series in group
        for point in series.points
    }
    none: Text = (pen.word("context.none"),)
    rows = tuple(
        TableRow(((str(year),), *(known.get((index, year), none) for index in groups)))
        for year in range(years[0], years[-1] + 1)
    )
    columns = (
        Column("year", pen.word("context.column.year"), align="left"),
        *(Column(index, index) for index in groups),
    )
    names = "; ".join(f"{index}: {_name(findings, index, pen)}" for index in groups)
    said = [(pen.word("context.note.missing"),), pen.say("context.note.codes", names=names)]
    notes = (*(Paragraph(text, "note") for text in said), *_notes(findings, pen)[1:])
    caption = (pen.word("context.caption.years"),)
    return Table("context.years", caption, columns, rows, notes, pen.word("context.source"))


def _cell(series: Series, point: Point, pen: Pen) -> Text:
    value, rank = _value(series, point, pen), _rank(series, point, pen)
    if value and rank:
        return pen.say("context.value_rank", value=value, rank=rank)
    return value or pen.say("context.rank_only", rank=rank)


@shows("table", ContextFindings, "parts")
def parts_table(findings: ContextFindings, pen: Pen) -> Table:
    """Components: first and last year of the latest era, and the difference."""
    rows = []
    for group in findings.parts.values():
        series = group[-1]
        first, last = series.first, series.last
        gap = None if first.value is None or last.value is None else last.value - first.value
        cells = (
            (_index(findings, series, pen),), (str(first.year),), _value(series, first, pen), (str(last.year),),
            _value(series, last, pen), _about(series, pen).number("difference", gap, "mean"),
        )  # fmt: skip
        rows.append(TableRow(cells))
    since, until = pen.word("context.column.since"), pen.word("context.column.until")
    year, value = pen.word("context.column.year"), pen.word("context.column.value")
    columns = (
        Column("part", pen.word("context.column.part"), align="left"),
        Column("first_year", year, since),
        Column("first_value", value, since),
        Column("last_year", year, until),
        Column("last_value", value, until),
        Column("difference", pen.word("context.column.difference")),
    )
    caption = (pen.word("context.caption.parts"),)
    notes = (Paragraph(pen.say("context.note.difference"), "note"),)
    return Table("context.parts", caption, columns, tuple(rows), notes, pen.word("context.source"))


@shows("table", ContextFindings, "units")
def units_table(findings: ContextFindings, pen: Pen) -> Table:
    """What every unit was in 2015 and 2022, and which unit it is part of now."""
    rows = []
    for unit in findings.units:
        own = pen.about(f"context.units.{unit.unit}", rule="published", function="analysis.survey.tables.load_table")
        kinds = [(pen.word(f"context.kind.{unit[f'kind_{year}']}"),) for year in _DATES[:2]]
        now = pen.say(
            "context.kind_of", kind=pen.word(f"context.kind.{unit.kind_2025}"), unit=unit.unit_2025
        )  # fmt: skip
        code = (unit.code_2025 or pen.word("context.none"),)
        area, persons = (
            own.number("area_km2", unit.area_km2, "mean"),
            own.number("population", unit.population, "count"),
        )
        rows.append(TableRow(((unit.unit,), *kinds, now, code, _dash(area, pen), _dash(persons, pen))))
    columns = (
        Column("unit", pen.word("context.column.unit"), align="left"),
        *(Column(f"kind_{year}", pen.word(f"context.column.y{year}"), align="left") for year in _DATES),
        Column("code", pen.word("context.column.code")),
        Column("area", pen.word("context.column.area")),
        Column("population", pen.word("context.column.population")),
    )
    note = Paragraph((pen.word("context.note.units"),), "note")
    caption = (pen.word("context.caption.units"),)
    return Table("context.units", caption, columns, tuple(rows), (note,), pen.word("context.source"))


def _panels(findings: ContextFindings, what: str, pen: Pen) -> list[dict[str, Any]]:
    """One panel an index, one line an era; a year without a figure breaks the line."""
    panels = []
    for group in findings.indices.values():
        lines: list[dict[str, Any]] = []
        for series in group:
            known = {point.year: point[what] for point in series.points if point[what] is not None}
            if known:
                years = list(range(min(known), max(known) + 1))
                label = _name(findings, series.era, pen) if series.era else ""
                lines.append({"label": label, "x": years, "y": [known.get(year) for year in years]})
        if sum(len(line["x"]) for line in lines) > 1:
            panels.append({"title": _index(findings, group[0], pen), "lines": lines})
    return panels


def _figure(findings: ContextFindings, pen: Pen, what: str) -> Figure | Narrative:
    panels = _panels(findings, what, pen)
    if not panels:
        return Narrative((Paragraph((pen.word("context.story.no_line"),), "note"),))
    said = []
    for group in findings.indices.values():
        points = [point for series in group for point in series.points if point[what] is not None]
        if len(points) > 1:
            written = number(points[-1][what], pen.lang, "mean" if what == "value" else "count")
            text = pen.word("context.alt.one")
            said.append(text.format(index=_index(findings, group[0], pen), value=written, year=points[-1].year))
    data = {
        "panels": panels, "y": pen.word(f"context.axis.{what}"), "decimal": pen.word("decimal"),
        "downwards": what == "rank",
    }  # fmt: skip
    caption = (pen.word(f"context.caption.figure_{what}s"),)
    alt = pen.word(f"context.alt.{what}s").format(said="; ".join(said))
    return Figure(f"context.{what}s", caption, alt, "series", data, pen.word("context.source"))


@shows("figure", ContextFindings)
def ranks_figure(findings: ContextFindings, pen: Pen) -> Figure | Narrative:
    """Ranks over the years, one panel an index."""
    return _figure(findings, pen, "rank")


@shows("figure", ContextFindings, "values")
def values_figure(findings: ContextFindings, pen: Pen) -> Figure | Narrative:
    """Values over the years, eras apart."""
    return _figure(findings, pen, "value")


@shows("narrate", ContextFindings)
def story(findings: ContextFindings, pen: Pen) -> Narrative:
    """Where the place stands now in each index, how it moved within the era, and what is not known."""
    said = [_latest(findings, group, pen) for group in findings.indices.values()]
    said += [
        pen.say(
            "context.story.eras", index=_index(findings, group[0], pen),
            count=_about(group[0], pen).count("eras", len(group)),
        )
        for group in findings.indices.values()
        if len(group) > 1
    ]  # fmt: skip
    said += [
        pen.say(
            "context.story.missing", index=_index(findings, group[0], pen),
            years=", ".join(map(str, findings.missing(index))),
        )
        for index, group in findings.indices.items()
        if findings.missing(index)
    ]  # fmt: skip
    limits = Paragraph((pen.word("context.story.limits"),), "note")
    return Narrative((*(Paragraph(text) for text in said), limits))


def _latest(findings: ContextFindings, group: tuple[Series, ...], pen: Pen) -> Text:
    series = group[-1]
    name, year = _index(findings, series, pen), str(series.last.year)
    if series.last.rank is None:
        return pen.say("context.story.latest_value", index=name, year=year, value=_value(series, series.last, pen))
    text = pen.say(
        "context.story.latest_rank", index=name, year=year, where=_place(findings, series, pen),
        rank=_rank(series, series.last, pen),
    )  # fmt: skip
    best, worst = series.best, series.worst
    if best and worst and best.rank != worst.rank and len(series.points) > 2:
        slots: dict[str, Segment | Text] = {
            "best": _rank(series, best, pen), "best_year": str(best.year), "worst": _rank(series, worst, pen),
            "worst_year": str(worst.year), "span": _span(series, pen),
        }  # fmt: skip
        text = (*text, " ", *pen.say("context.story.best", **slots))
    moved = _moved(series, pen)
    if moved and series.change:
        text = (*text, " ", *pen.say("context.story.moved", since=str(series.change.since), moved=moved))
    return text


@shows("narrate", ContextFindings, "units")
def units_story(findings: ContextFindings, pen: Pen) -> Narrative:
    """How many units of each kind there were at the three dates."""
    if not findings.units:
        return Narrative(())
    before, middle, after = (_kinds(findings, year, pen) for year in (2015, 2022, 2025))
    return Narrative((Paragraph(pen.say("context.story.units", before=before, middle=middle, after=after)),))


def _kinds(findings: ContextFindings, year: int, pen: Pen) -> Text:
    own = pen.about(f"context.units.{year}", rule="published", function=_FUNCTION)
    parts = [
        pen.say("context.story.kinds", count=own.count(kind, many), kind=_several(kind, many, pen))
        for kind, many in sorted(findings.kinds(year).items())
    ]
    text = parts[0]
    for part in parts[1:]:
        text = pen.say("context.story.and", first=text, second=part)
    return text


def _several(kind: str, many: int, pen: Pen) -> str:
    return pen.word(f"context.kind.{kind}") if many == 1 else pen.word(f"context.kinds.{kind}")
