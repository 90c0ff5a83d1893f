"""How it is shown what would overturn the findings: one strip for each effect, one sentence, one table."""

from __future__ import annotations

from ...chapters.robustness import RobustnessFindings, Way
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows
from .terms import note, p_text, term_words

_FUNCTION = "analysis.chapters.robustness.robustness"


def about_way(findings: RobustnessFindings, way: Way, pen: Pen) -> Pen:
    """The pen of an effect under one choice."""
    return pen.about(
        f"robustness.{findings.model}.{way.choice}.{way.term}", n=way.n, rule="listwise", method=way.choice,
        function="analysis.chapters.robustness.robustness",
    )  # fmt: skip


@shows("table", RobustnessFindings)
def choices_table(findings: RobustnessFindings, pen: Pen) -> Table:
    """Every choice as a row, every effect as a column; a coefficient that would overturn the finding is marked."""
    rows = []
    for choice in dict.fromkeys(way.choice for way in findings.ways):
        found = {way.term: way for way in findings.ways if way.choice == choice}
        cells: list[Text] = []
        for term in findings.terms:
            way = found.get(term)
            if way is None:
                cells.append(())
                continue
            own = about_way(findings, way, pen)
            text = own.number("beta", way.beta, low=way.low, high=way.high)
            cells.append(text if way.same else (*text, " †"))
        n = next(iter(found.values())).n
        count = pen.about(f"robustness.{findings.model}.{choice}", n=n, function=_FUNCTION).count("n", n)
        rows.append(TableRow(((pen.word(f"robustness.choice.{choice}"),), *cells, count)))
    columns = (
        Column("label", pen.word("robustness.column.choice"), align="left"),
        *(Column(term, term_words(term, pen)) for term in findings.terms),
        Column("n", "n"),
    )
    notes = [note(pen, "robustness.note.table")]
    if findings.left_out:
        names = "; ".join(pen.word(f"robustness.choice.{choice}") for choice in findings.left_out)
        notes.append(note(pen, "robustness.note.left_out", choices=names))
    return Table("robustness", pen.say("robustness.caption.table"), columns, tuple(rows), tuple(notes), pen.source())


@shows("figure", RobustnessFindings)
def strip_figure(findings: RobustnessFindings, pen: Pen) -> Figure:
    """For each effect the coefficients under all choices, side by side; those that disagree stand out."""
    rows = []
    for term in findings.terms:
        ways = [
            {"value": way.beta, "low": way.low, "high": way.high, "same": way.same, "main": way.choice == "main"}
            for way in findings.of(term)
        ]
        rows.append({"label": term_words(term, pen), "ways": ways})
    data = {
        "rows": rows, "x": pen.word("robustness.axis"), "decimal": pen.word("decimal"),
        "names": [
            pen.word("robustness.legend.main"), pen.word("robustness.legend.same"),
            pen.word("robustness.legend.other"),
        ],
    }  # fmt: skip
    sizes = pen.about(f"robustness.{findings.model}", function=_FUNCTION).sizes(way.n for way in findings.ways)
    spoken = "; ".join(
        f"{term_words(term, pen)}: {sum(way.same for way in findings.of(term))}/{len(findings.of(term))}"
        for term in findings.terms
    )
    alt = pen.word("robustness.alt").format(counts=spoken)
    return Figure("robustness", pen.say("robustness.caption.figure", sizes=sizes), alt, "strip", data, pen.source())


@shows("narrate", RobustnessFindings)
def robustness_story(findings: RobustnessFindings, pen: Pen) -> Narrative:
    """For each effect: holds in so many of so many ways, and which choices would overturn it."""
    said: list[Paragraph] = []
    limit = pen.cutoff("significance")
    for term in findings.terms:
        ways = findings.of(term)
        main = ways[0]
        own = about_way(findings, main, pen)
        told = main.p < limit
        key = ("up" if main.beta > 0 else "down") if told else "none"
        same = sum(way.same for way in ways)
        own = own.about("count")
        slots = {"held": own.count("held", same), "ways": own.count("ways", len(ways)), "n": own.count("n", main.n)}
        said.append(
            Paragraph(
                own.say(f"robustness.story.{key}", term=term_words(term, pen), p=p_text(own, "p", main.p), **slots),
                "finding" if same == len(ways) else "caution" if told and same < len(ways) * 0.75 else "finding",
            )
        )
        others = [pen.word(f"robustness.choice.{way.choice}") for way in ways if not way.same]
        if others:
            said.append(note(pen, "robustness.story.others", choices="; ".join(others)))
    said.append(note(pen, "robustness.note.honest"))
    return Narrative(tuple(said))
