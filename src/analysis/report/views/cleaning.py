"""How cleaning and the profile of the respondents are shown."""

from __future__ import annotations

from typing import Any

from ...chapters.cleaning import CleaningFindings
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows


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
    guesses = findings.study.unconfirmed
    if guesses:
        said.append(Paragraph(own.say("cleaning.story.unconfirmed", items=", ".join(guesses)), "caution"))
    for name, sha256 in findings.inputs:
        said.append(Paragraph(own.say("cleaning.story.input", file=name, sha256=sha256), "note"))
    return Narrative(tuple(said))
