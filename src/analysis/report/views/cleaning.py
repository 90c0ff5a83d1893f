"""How cleaning and the profile of the respondents are shown."""

from __future__ import annotations

from typing import Any

from ...chapters.cleaning import CleaningFindings
from ...stats.describe import Frequencies
from ...survey.disclose import hidden_cells
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


@shows("table", CleaningFindings, "profile")
def profile_table(findings: CleaningFindings, pen: Pen) -> Table:
    """Who answered: frequencies of the respondents' variables, small groups not shown."""
    rows = [row for each in findings.profile for row in _profile_rows(each, pen)]
    least = pen.rule_value("disclosure.min_cell", "count")
    small = any(_hidden(each, pen) for each in findings.profile)
    notes = (Paragraph(pen.say("profile.note.small", least=least), "note"),) if small else ()
    if not findings.profile:
        notes = (Paragraph(pen.say("profile.note.none"), "note"),)
    return Table(
        "cleaning.profile",
        pen.say("profile.caption", n=_pen(findings, pen).count("kept", findings.kept)),
        (
            Column("level", pen.word("profile.column.level"), align="left"),
            Column("count", pen.word("profile.column.count")),
            Column("percent", pen.word("profile.column.percent")),
            Column("cumulative", pen.word("profile.column.cumulative")),
        ),
        tuple(rows),
        notes,
        pen.source(),
    )


def _hidden(each: Frequencies, pen: Pen) -> frozenset[int]:
    return hidden_cells([row.count for row in each.rows], int(pen.cutoff("disclosure.min_cell")))


def _profile_rows(each: Frequencies, pen: Pen) -> list[TableRow]:
    own = pen.about(f"profile.{each.name}", n=each.n, rule="answered", function="analysis.stats.describe.frequencies")
    hidden = _hidden(each, pen)
    first, last = (min(hidden), max(hidden)) if hidden else (len(each.rows), -1)
    rows = [TableRow(((pen.label(each.name),),), section=True)]
    for place, row in enumerate(each.rows):
        label: Text = (pen.level(each.name, str(row.value)),)
        if place in hidden:
            rows.append(TableRow((label, (pen.word("hidden"),), (), ())))
            continue
        cumulative = (
            () if first <= place < last else own.number(f"{row.value}.cumulative", row.cumulative_percent, "percent")
        )
        share = own.number(f"{row.value}.percent", row.valid_percent, "percent")
        rows.append(TableRow((label, own.count(f"{row.value}.count", row.count), share, cumulative)))
    return rows


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
        pen.say("cleaning.caption.answers"),
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
