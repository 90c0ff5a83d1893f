"""How cleaning and the profile of the respondents are shown."""

from __future__ import annotations

from typing import Any

from ...chapters.cleaning import CleaningFindings
from ...stats.missing import Missingness
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems
from .missing import amount, items_table, little, patterns_table

#: Rules that a flow diagram shows one below the other.
_BOXES = 4


def _pen(findings: CleaningFindings, pen: Pen) -> Pen:
    return pen.about("cleaning", n=findings.kept, rule="all_rows", function="analysis.chapters.cleaning.cleaning")


@shows("table", CleaningFindings)
def rules_table(findings: CleaningFindings, pen: Pen) -> Table:
    """What was changed or left out: cells by rule."""
    pen = _pen(findings, pen)
    rows = [
        TableRow(
            (
                (pen.word(f"cleaning.rule.{rule.rule}"),),
                (pen.word(f"cleaning.action.{rule.action}"),),
                pen.count(f"{rule.rule}.{rule.action}.variables", rule.variables) if rule.action == "changed" else (),
                pen.count(f"{rule.rule}.{rule.action}.cells", rule.cells),
            )
        )
        for rule in findings.rules
    ]
    received = ((pen.word("cleaning.received"),), (), (), pen.count("received", findings.received))
    kept = ((pen.word("cleaning.kept"),), (), (), pen.count("kept", findings.kept))
    columns = (
        Column("rule", pen.word("cleaning.column.rule"), align="left"),
        Column("action", pen.word("cleaning.column.action"), align="left"),
        Column("variables", pen.word("cleaning.column.variables")),
        Column("cells", pen.word("cleaning.column.cells")),
    )
    return Table(
        "cleaning.rules",
        pen.say("cleaning.caption.rules"),
        columns,
        (TableRow(received), *rows, TableRow(kept)),
        source=pen.source(),
    )


@shows("table", CleaningFindings, "variables")
def variables_table(findings: CleaningFindings, pen: Pen) -> Table:
    """Cells whose content was changed, by rule and variable."""
    own = _pen(findings, pen)
    columns = (
        Column("variable", own.word("cleaning.column.variable"), align="left"),
        Column("cells", own.word("cleaning.column.changed")),
    )
    rows = []
    for rule in dict.fromkeys(row.rule for row in findings.variables):
        rows.append(TableRow(((own.word(f"cleaning.rule.{rule}"),), ()), section=True))
        for row in (row for row in findings.variables if row.rule == rule):
            name = row.variable if row.variable in findings.study.items else own.label(row.variable)
            rows.append(TableRow(((name,), own.count(f"{rule}.{row.variable}.cells", row.cells))))
    rows = rows or [TableRow(((own.word("missing.complete"),), ()))]
    note = Paragraph(own.say("cleaning.note.recoding"), "note")
    return Table(
        "cleaning.variables", own.say("cleaning.caption.variables"), columns, tuple(rows), (note,), own.source()
    )


@shows("table", CleaningFindings, "flow")
def flow_table(findings: CleaningFindings, pen: Pen) -> Table:
    """From the questionnaires received to those analysed, rule by rule."""
    own = _pen(findings, pen)
    columns = (
        Column("step", own.word("cleaning.column.step"), align="left"),
        Column("excluded", own.word("cleaning.column.excluded")),
        Column("left", own.word("cleaning.column.left")),
    )
    rows = [
        TableRow((
            (own.word(f"cleaning.rule.{step.rule}"),),
            own.count(f"flow.{step.rule}.excluded", step.excluded),
            own.count(f"flow.{step.rule}.left", step.left),
        ))
        for step in findings.flow
    ]  # fmt: skip
    first = TableRow(((own.word("cleaning.received"),), (), own.count("received", findings.received)))
    last = TableRow(
        ((own.word("cleaning.kept"),), own.count("excluded", findings.excluded), own.count("kept", findings.kept))
    )
    return Table("cleaning.flow", own.say("cleaning.caption.flow"), columns, (first, *rows, last), (), own.source())


@shows("figure", CleaningFindings, "flow")
def flow_figure(findings: CleaningFindings, pen: Pen) -> Figure:
    """From the questionnaires received to those analysed, as a diagram."""

    def sized(label: str, count: int, between: str = "\n") -> str:
        return f"{label}{between}n = {number(count, pen.lang, 'count')}"

    steps = [(pen.word(f"cleaning.rule.{step.rule}"), step) for step in findings.flow]
    start = sized(pen.word("cleaning.received"), findings.received)
    end = sized(pen.word("cleaning.kept"), findings.kept)
    if len(steps) > _BOXES:  # one box lists all reasons, so that the figure stays on one page
        listed = "\n".join(sized(label, step.excluded, ": ") for label, step in steps)
        rows = [{"out": f"{sized(pen.word('cleaning.excluded'), findings.excluded, ': ')}\n{listed}", "left": end}]
    else:
        left = [*(sized(pen.word("cleaning.left"), step.left) for step in findings.flow[:-1]), end]
        rows = [
            {"out": sized(label, step.excluded), "left": box} for (label, step), box in zip(steps, left, strict=False)
        ]
    said = "; ".join(f"{label} {number(step.excluded, pen.lang, 'count')}" for label, step in steps)
    counts = {
        "received": number(findings.received, pen.lang, "count"),
        "kept": number(findings.kept, pen.lang, "count"),
    }
    alt = pen.word("cleaning.alt_flow" if steps else "cleaning.alt_flow_none").format(**counts, steps=said)
    return Figure("cleaning.flow", pen.say("cleaning.caption.flow_figure"), alt, "flow",
                  {"start": start, "end": end, "steps": rows}, pen.source())  # fmt: skip


@shows("table", CleaningFindings, "missing")
def missing_table(findings: CleaningFindings, pen: Pen) -> Table:
    """Items with missing answers."""
    return items_table(_missing(findings), pen)


@shows("table", CleaningFindings, "patterns")
def missing_patterns(findings: CleaningFindings, pen: Pen) -> Table:
    """Patterns of missing answers."""
    return patterns_table(_missing(findings), pen)


@shows("narrate", CleaningFindings, "missing")
def missing_story(findings: CleaningFindings, pen: Pen) -> Narrative:
    """How much is missing, and what Little's test says of it."""
    said = [*amount(_missing(findings), pen).paragraphs]
    if findings.little is not None:
        said += little(findings.little, pen).paragraphs
    elif findings.little_refused:
        why = explain_problems(findings.little_refused, pen.lang)
        said.append(Paragraph(pen.say("missing.story.refused", why=why), "note"))
    return Narrative(tuple(said))


def _missing(findings: CleaningFindings) -> Missingness:
    return findings.missing or Missingness((), (), findings.kept, findings.kept)


@shows("figure", CleaningFindings)
def answers_figure(findings: CleaningFindings, pen: Pen) -> Figure:
    """How the answers are spread over the levels, scale by scale."""
    study = findings.study
    scale = study.scales[study.constructs[findings.answers[0].construct].scale]
    alike = [each for each in findings.answers if study.scales[study.constructs[each.construct].scale] == scale]
    levels = [scale.levels[level][pen.lang] for level in sorted(scale.levels)]
    rows: list[dict[str, Any]] = [{"label": pen.label(each.construct), "percent": list(each.percent)} for each in alike]
    return Figure(
        "cleaning.answers",
        pen.say("cleaning.caption.answers", sizes=_pen(findings, pen).sizes([findings.kept])),
        _spoken(levels, rows, pen),
        "stacked",
        {"levels": levels, "rows": rows, "x": pen.word("axis.percent_answers"), "hidden": pen.word("axis.hidden")},
        pen.source(),
    )


def _spoken(levels: list[str], rows: list[dict[str, Any]], pen: Pen) -> str:
    """The figure for a reader who cannot see it: the highest level's share of every scale."""
    parts = []
    for row in rows:
        top = row["percent"][-1]
        if top is not None:
            parts.append(f"{row['label']} {number(top, pen.lang, 'percent')} %")
    return pen.word("cleaning.alt").format(level=levels[-1], shares="; ".join(parts))


@shows("narrate", CleaningFindings)
def story(findings: CleaningFindings, pen: Pen) -> Narrative:
    """What was received, left out and changed, in sentences."""
    own = _pen(findings, pen)
    slots: dict[str, Segment | Text] = {
        "received": own.count("received", findings.received),
        "kept": own.count("kept", findings.kept),
        "excluded": own.count("excluded", findings.excluded),
        "recoded": own.count("recoded", findings.recoded),
        "corrected": own.count("corrected", findings.corrected),
        "missing": own.count("missing", sum(each.missing for each in findings.answers)),
    }
    missing = any(each.missing for each in findings.answers)
    said = [
        own.paragraph("cleaning.story.excluded" if findings.excluded else "cleaning.story.all_kept", **slots),
        *([own.paragraph("cleaning.story.recoded", **slots)] if findings.recoded else []),
        own.paragraph("cleaning.story.corrected" if findings.corrected else "cleaning.story.unchanged", **slots),
        own.paragraph("cleaning.story.missing" if missing else "cleaning.story.complete", **slots),
    ]
    said += own.cautions(findings.notes)
    guesses = findings.study.unconfirmed
    if guesses:
        said.append(Paragraph(own.say("cleaning.story.unconfirmed", items=", ".join(guesses)), "caution"))
    for name, sha256 in findings.inputs:
        said.append(Paragraph(own.say("cleaning.story.input", file=name, sha256=sha256), "note"))
    return Narrative(tuple(said))
