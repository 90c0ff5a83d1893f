"""How careless answering is shown: counts by sign, and the headline results with and without the flagged."""

from __future__ import annotations

from ...chapters.careless import CarelessFindings
from ...survey.careless import CarelessIndex
from ..block import Column, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import Kind
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems

#: A run is a count; all other indices have two decimals.
_KINDS: dict[str, Kind] = {"longstring": "count"}


def _pen(findings: CarelessFindings, pen: Pen) -> Pen:
    return pen.about(
        "careless", n=findings.careless.n, rule="all_rows", function="analysis.chapters.careless.careless_answers"
    )


@shows("table", CarelessFindings)
def signs_table(findings: CarelessFindings, pen: Pen) -> Table:
    """Each sign with its cut-off and the number of respondents who carry it."""
    own = _pen(findings, pen)
    rows = [TableRow(_sign(row, own)) for row in findings.careless.indices]
    columns = (
        Column("sign", own.word("careless.column.sign"), align="left"),
        Column("cutoff", own.word("careless.column.cutoff")),
        Column("n", own.word("careless.column.n")),
        Column("flagged", own.word("careless.column.flagged")),
    )
    refused = [row for row in findings.careless.indices if row.refused is not None]
    notes = [_refusal(row, own) for row in refused]
    if any(0 < row.flagged < own.cutoff("disclosure.min_cell") for row in findings.careless.indices):
        least = own.rule_value("disclosure.min_cell", "count")
        notes.append(Paragraph(own.say("careless.note.hidden", least=least), "note"))
    return Table("careless.signs", own.say("careless.caption.signs", n=own.count("n", findings.careless.n)), columns,
                 tuple(rows), (own.paragraph("careless.note.source"), *notes), own.source())  # fmt: skip


def _sign(row: CarelessIndex, own: Pen) -> tuple[Text, ...]:
    name: Text = (own.word(f"careless.sign.{row.index}"),)
    if row.cutoff is None:
        return name, (own.word("refused"),), (), ()
    about = own.about(row.index, n=row.n)
    limit = about.number("cutoff", row.cutoff, _KINDS.get(row.index, "mean"))
    side = own.word("careless.below" if row.below else "careless.above")
    few = 0 < row.flagged < own.cutoff("disclosure.min_cell")
    flagged = (own.word("hidden"),) if few else about.count("flagged", row.flagged)
    return name, (f"{side} ", *limit), about.count("n", row.n), flagged


def _refusal(row: CarelessIndex, own: Pen) -> Paragraph:
    why = explain_problems([row.refused], own.lang) if row.refused else ""
    return Paragraph(own.say("careless.note.refused", sign=own.word(f"careless.sign.{row.index}"), why=why), "note")


@shows("table", CarelessFindings, "headline")
def headline_table(findings: CarelessFindings, pen: Pen) -> Table:
    """Alphas and coefficients with everybody and without the flagged."""
    own = _pen(findings, pen)
    both, less = own.word("careless.column.everybody"), own.word("careless.column.without")
    columns = (
        Column("result", own.word("careless.column.result"), align="left"),
        Column("value", own.word("careless.column.value"), both),
        Column("p", own.word("careless.column.p"), both),
        Column("n", own.word("careless.column.n"), both),
        Column("value_without", own.word("careless.column.value"), less),
        Column("p_without", own.word("careless.column.p"), less),
        Column("n_without", own.word("careless.column.n"), less),
    )
    rows = [_section(own.word("careless.section.alphas"), len(columns))]
    for scale in findings.alphas:
        about = own.about(f"alpha.{scale.construct}", rule="listwise")
        first, second = about.about("everybody", n=scale.n), about.about("without", n=scale.n_without)
        rows.append(TableRow((
            (own.label(scale.construct),),
            first.number("alpha", scale.alpha), (), first.count("n", scale.n),
            second.number("alpha", scale.alpha_without), (), second.count("n", scale.n_without),
        )))  # fmt: skip
    if findings.coefficients:
        rows.append(_section(own.word("careless.section.coefficients"), len(columns)))
    for row in findings.coefficients:
        about = own.about(f"b.{row.term}", rule="listwise")
        first, second = about.about("everybody", n=findings.n), about.about("without", n=findings.n_without)
        rows.append(TableRow((
            (own.term(row.term),),
            first.number("b", row.b), first.number("p", row.p, "p"), first.count("n", findings.n),
            second.number("b", row.b_without), second.number("p", row.p_without, "p"),
            second.count("n", findings.n_without),
        )))  # fmt: skip
    notes = (Paragraph((explain_problems(findings.refused, own.lang),), "note"),) if findings.refused else ()
    return Table("careless.headline", own.say("careless.caption.headline"), columns, tuple(rows), notes, own.source())


def _section(title: str, width: int) -> TableRow:
    return TableRow(((title,), *[()] * (width - 1)), section=True)


@shows("narrate", CarelessFindings)
def story(findings: CarelessFindings, pen: Pen) -> Narrative:
    """How many carry several signs, and whether the headline results would be others without them."""
    own = _pen(findings, pen)
    found = findings.careless
    if findings.hidden:
        return Narrative((Paragraph((explain_problems(findings.refused, own.lang),), "note"),))
    slots: dict[str, Segment | Text] = {
        "flagged": own.count("flagged", found.flagged),
        "n": own.count("n", found.n),
        "least": own.rule_value("careless.flags", "count"),
    }
    if not found.flagged:
        return Narrative((own.paragraph("careless.story.none", **slots),))
    said = [own.paragraph("careless.story.flagged", **slots)]
    if findings.largest_alpha_change is not None:
        change = own.number("largest_alpha_change", findings.largest_alpha_change)
        said.append(own.paragraph("careless.story.alphas", change=change))
    if findings.coefficients:
        said.append(_coefficients(findings, own))
    return Narrative((*said, Paragraph(own.say("careless.story.kept"), "note")))


def _coefficients(findings: CarelessFindings, own: Pen) -> Paragraph:
    level = own.rule_value("significance")
    moved = (*findings.turned, *findings.crossing(own.cutoff("significance")))
    names = [own.term(term) for term in dict.fromkeys(moved) if term != "(Intercept)"]
    if names:
        return Paragraph(own.say("careless.story.moved", terms=", ".join(names), level=level), "caution")
    return own.paragraph("careless.story.same", level=level)
