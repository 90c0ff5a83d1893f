"""How the brief is said: the chapters' own numbers, in words for somebody who decides."""

from __future__ import annotations

from ...chapters.brief import BriefFindings, Priority
from ...chapters.capability import Level
from ...stats.regression import CoefficientRow
from ..block import Column, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows

_OLS = "analysis.stats.regression.ols"


@shows("narrate", BriefFindings, "found")
def found(findings: BriefFindings, pen: Pen) -> Narrative:
    """Levels, factors with evidence, factors without, groups."""
    return Narrative((*_levels(findings, pen), *_factors(findings, pen), *_groups(findings, pen)))


def _mean(row: Level, pen: Pen) -> Text:
    own = pen.about(
        f"level.{row.code}", n=row.n, rule="answered", method=row.mean.method,
        function="analysis.stats.proportion.mean_interval",
    )  # fmt: skip
    mean = row.mean
    return own.number("mean", mean.value, "mean", se=mean.se, low=mean.low, high=mean.high)


def _levels(findings: BriefFindings, pen: Pen) -> list[Paragraph]:
    ordered = sorted(findings.capability.scales, key=lambda row: row.mean.value)
    if len(ordered) < 2:
        return []
    low, high = ordered[0], ordered[-1]
    slots: dict[str, Segment | Text] = {
        "high": pen.label(high.code),
        "high_mean": _mean(high, pen),
        "low": pen.label(low.code),
        "low_mean": _mean(low, pen),
    }
    return [Paragraph(pen.say("brief.levels", **slots))]


def _own(findings: BriefFindings, pen: Pen) -> Pen:
    factors = findings.factors
    if factors is None:
        return pen
    result = factors.regression
    return pen.about(
        f"regression.{factors.model}", n=result.n, rule=result.missing, method=result.method, function=_OLS
    )


def _room(each: Priority, own: Pen) -> Text:
    about = own.about(each.term, function="analysis.chapters.brief.brief")
    return about.number("room", each.room, "mean")


def _b(row: CoefficientRow, own: Pen) -> Text:
    return own.about(row.term).number("b", row.b, se=row.se, low=row.low, high=row.high)


def _factors(findings: BriefFindings, pen: Pen) -> list[Paragraph]:
    factors = findings.factors
    if factors is None or factors.regression.fit.p is None:
        return []
    own, fit = _own(findings, pen), factors.regression.fit
    significance = pen.cutoff("significance")
    if factors.regression.fit.p >= significance:
        return [Paragraph(own.say("brief.no_model"))]
    rows = [row for row in factors.regression.coefficient_rows if row.term != "(Intercept)"]
    shown = sorted((row for row in rows if row.p < significance), key=lambda row: -abs(row.b))
    silent = [row for row in rows if row.p >= significance]
    percent = own.number("r2_percent", 100 * fit.r2, "percent")
    said = [Paragraph(own.say("brief.explained", percent=percent))]
    if shown:
        parts: list[Segment] = []
        for place, row in enumerate(shown):
            parts += [
                "; " if place else "",
                f"“{pen.label(row.term)}” (B\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}",
                *_b(row, own),
                ")",
            ]
        said.append(Paragraph(own.say("brief.related", factors=tuple(part for part in parts if part != ""))))
    if silent:
        names = ", ".join(f"“{pen.label(row.term)}”" for row in silent)
        said.append(Paragraph(own.say("brief.silent", factors=names)))
    return said


def _groups(findings: BriefFindings, pen: Pen) -> list[Paragraph]:
    differing = [q for q in findings.groups.computed if q.conclusion == "differs"]
    if not findings.groups.computed:
        return []
    if not differing:
        return [Paragraph(pen.say("brief.groups_none"))]
    names = ", ".join(dict.fromkeys(pen.label(question.variable) for question in differing))
    return [Paragraph(pen.say("brief.groups_differ", variables=names))]


@shows("narrate", BriefFindings, "sure")
def sure(findings: BriefFindings, pen: Pen) -> Narrative:
    """Sample, reliability, robustness."""
    kept = pen.about("sample", n=findings.sample.kept, rule="all_rows", function="analysis.chapters.sample.sample")
    said = [Paragraph(kept.say("brief.sample", n=kept.count("kept", findings.sample.kept)))]
    poor = [scale for scale in findings.reliability.scales if scale.verdict in (None, "poor")]
    if poor:
        names = ", ".join(f"“{pen.label(scale.construct)}”" for scale in poor)
        said.append(Paragraph(pen.say("brief.unreliable", scales=names), "caution"))
    else:
        said.append(Paragraph(pen.say("brief.reliable", least=pen.rule_value("reliability.alpha.acceptable"))))
    factors = findings.factors
    if factors:
        significance = pen.cutoff("significance")
        pairs = zip(factors.regression.coefficient_rows, factors.robust.coefficient_rows, strict=True)
        same = all((a.p < significance) == (b.p < significance) for a, b in pairs if a.term != "(Intercept)")
        said.append(Paragraph(pen.say("brief.robust" if same else "brief.fragile"), "finding" if same else "caution"))
    return Narrative(tuple(said))


@shows("table", BriefFindings, "first")
def first(findings: BriefFindings, pen: Pen) -> Table:
    """Factors in the order in which they deserve a look."""
    own = _own(findings, pen)
    rows = []
    coefficients = {row.term: row for row in findings.factors.regression.coefficient_rows} if findings.factors else {}
    levels = {row.code: row for row in findings.capability.scales}
    for place, each in enumerate(findings.priorities, start=1):
        gain = own.about(each.term, function="analysis.chapters.brief.brief").number("gain", each.gain, "mean")
        cells = (_mean(levels[each.term], pen), _room(each, own), _b(coefficients[each.term], own), gain)
        rows.append(TableRow(((f"{place}. {pen.label(each.term)}",), *cells)))
    columns = (
        Column("factor", pen.word("brief.column.factor"), align="left"),
        *(Column(name, pen.word(f"brief.column.{name}")) for name in ("mean", "room", "b", "gain")),
    )
    note = "brief.note.first" if rows else "brief.note.none"
    notes = (Paragraph(pen.say(note), "note"),)
    return Table("brief.first", pen.say("brief.caption.first"), columns, tuple(rows), notes, pen.source())


@shows("narrate", BriefFindings, "first")
def first_story(findings: BriefFindings, pen: Pen) -> Narrative:
    """The factor to look at first, and why."""
    if not findings.priorities:
        return Narrative((Paragraph(pen.say("brief.no_priority")),))
    top, own = findings.priorities[0], _own(findings, pen)
    levels = {row.code: row for row in findings.capability.scales}
    coefficients = {row.term: row for row in findings.factors.regression.coefficient_rows} if findings.factors else {}
    slots = {"mean": _mean(levels[top.term], pen), "b": _b(coefficients[top.term], own), "room": _room(top, own)}
    return Narrative((Paragraph(pen.say("brief.priority", factor=pen.label(top.term), **slots)),))


@shows("narrate", BriefFindings, "limits")
def limits(findings: BriefFindings, pen: Pen) -> Narrative:
    """What the data cannot say."""
    keys = ["causal", "self", "sample"]
    if findings.study.simulated:
        keys.insert(0, "simulated")
    return Narrative(tuple(Paragraph(pen.say(f"brief.limit.{key}")) for key in keys))
