"""How group differences are shown: one line a question, group means, pairs, sentences that follow the test."""

from __future__ import annotations

from ...chapters.group_differences import GroupFindings, GroupQuestion
from ...stats.comparison import Comparison
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems

_FUNCTIONS = {
    "t.pooled": "analysis.stats.compare.ttest",
    "t.welch": "analysis.stats.compare.ttest",
    "anova": "analysis.stats.anova.anova",
    "anova.welch": "analysis.stats.anova.welch_anova",
}


def _about(question: GroupQuestion, test: Comparison, pen: Pen) -> Pen:
    return pen.about(
        f"groups.{question.outcome}.{question.variable}", n=test.n, rule=test.missing, method=test.method,
        function=_FUNCTIONS[test.method],
    )  # fmt: skip


def _p(text: Text, value: float) -> Text:
    return text if value < 0.001 else ("= ", *text)


@shows("table", GroupFindings)
def tests_table(findings: GroupFindings, pen: Pen) -> Table:
    """Every question: Levene, the test, its effect with interval, p before and after Holm."""
    rows = []
    for question in findings.computed:
        test, spread = question.test, question.levene
        if test is None or spread is None or question.p_holm is None:
            continue
        own = _about(question, test, pen)
        levene = own.about("levene", method=spread.method, function="analysis.stats.anova.levene")
        holm = own.about("holm", method="holm", function="analysis.chapters.group_differences.holm")
        effect = test.effect
        rows.append(
            TableRow(
                (
                    (pen.label(question.variable),),
                    levene.number("p", spread.p, "p"),
                    (pen.word(f"groups.test.{test.method}"),),
                    own.number("statistic", test.statistic),
                    _df(test, own),
                    own.number("p", test.p, "p"),
                    holm.number("p", question.p_holm, "p"),
                    own.number("effect", effect.value if effect else None),
                    own.number("effect.low", effect.low if effect else None),
                    own.number("effect.high", effect.high if effect else None),
                )
            )
        )
    names = ("test", "statistic", "df", "p", "holm", "effect@interval", "low@interval", "high@interval")
    columns = [
        Column("variable", pen.word("groups.column.variable"), align="left"),
        Column("levene", pen.word("groups.column.levene")),
    ]
    for each in names:
        name, _, group = each.partition("@")
        over = pen.word(f"groups.group.{group}") if group else ""
        columns.append(Column(name, pen.word(f"groups.column.{name}"), over, "left" if name == "test" else "right"))
    level = pen.about("groups", function="analysis.chapters.group_differences.group_differences").number(
        "level", 100 * findings.level, "count"
    )
    significance = pen.rule_value("significance")
    note = Paragraph(pen.say("groups.note.tests", level=level, significance=significance), "note")
    outcome = ", ".join(dict.fromkeys(pen.label(question.outcome) for question in findings.questions))
    caption = pen.say("groups.caption.tests", outcome=outcome)
    return Table("groups.tests", caption, tuple(columns), tuple(rows), (note,), pen.source())


def _df(test: Comparison, own: Pen) -> Text:
    """Degrees of freedom: whole ones as counts, Welch's with decimals."""
    first = own.number("df1", test.df1, "count" if float(test.df1).is_integer() else "mean")
    if test.df2 is None:
        return first
    return (*first, "; ", *own.number("df2", test.df2, "count" if float(test.df2).is_integer() else "mean"))


@shows("table", GroupFindings, "means")
def means_table(findings: GroupFindings, pen: Pen) -> Table:
    """n, mean and spread of every group that may be shown."""
    rows: list[TableRow] = []
    for question in findings.computed:
        if question.test is None:
            continue
        own = _about(question, question.test, pen)
        rows.append(TableRow(((pen.label(question.variable),),), section=True))
        for group in question.test.group_rows:
            about = own.about(group.group)
            rows.append(
                TableRow(
                    (
                        (pen.level(question.variable, group.group),),
                        about.count("n", group.n),
                        about.number("mean", group.mean, "mean", se=group.se, low=group.low, high=group.high),
                        about.number("sd", group.sd, "mean"),
                        about.number("low", group.low, "mean"),
                        about.number("high", group.high, "mean"),
                    )
                )
            )
    names = ("n", "mean", "sd", "low", "high")
    columns = (
        Column("group", pen.word("groups.column.group"), align="left"),
        *(Column(name, pen.word(f"groups.column.{name}")) for name in names),
    )
    outcome = ", ".join(dict.fromkeys(pen.label(question.outcome) for question in findings.questions))
    hidden = any(question.left_out for question in findings.questions)
    least = pen.rule_value("disclosure.min_cell", "count")
    notes = (Paragraph(pen.say("groups.note.small", least=least), "note"),) if hidden else ()
    return Table(
        "groups.means", pen.say("groups.caption.means", outcome=outcome), columns, tuple(rows), notes, pen.source()
    )


@shows("table", GroupFindings, "pairs")
def pairs_table(findings: GroupFindings, pen: Pen) -> Table:
    """Pairs of groups where the test found a difference among more than two."""
    rows: list[TableRow] = []
    for question in findings.computed:
        if question.pairs is None:
            continue
        pairs = question.pairs
        own = pen.about(
            f"groups.{question.outcome}.{question.variable}.pairs", n=pairs.n, rule=pairs.missing, method=pairs.method,
            function="analysis.stats.posthoc.posthoc",
        )  # fmt: skip
        rows.append(
            TableRow(((pen.label(question.variable), " – ", pen.word(f"groups.test.{pairs.method}")),), section=True)
        )
        for pair in pairs.pair_rows:
            about = own.about(f"{pair.a}-{pair.b}")
            rows.append(
                TableRow(
                    (
                        (f"{pen.level(question.variable, pair.a)} – {pen.level(question.variable, pair.b)}",),
                        about.number("difference", pair.difference, "mean", se=pair.se, low=pair.low, high=pair.high),
                        about.number("low", pair.low, "mean"),
                        about.number("high", pair.high, "mean"),
                        about.number("p", pair.p, "p"),
                    )
                )
            )
    columns = (
        Column("pair", pen.word("groups.column.pair"), align="left"),
        *(Column(name, pen.word(f"groups.column.{name}")) for name in ("difference", "low", "high", "p")),
    )
    notes = () if rows else (Paragraph(pen.say("groups.note.no_pairs"), "note"),)
    return Table("groups.pairs", pen.say("groups.caption.pairs"), columns, tuple(rows), notes, pen.source())


@shows("figure", GroupFindings)
def means_figure(findings: GroupFindings, pen: Pen) -> Figure:
    """Group means of the first outcome with their intervals."""
    first = findings.questions[0].outcome if findings.questions else ""
    rows = [
        {
            "label": f"{pen.label(question.variable)}: {pen.level(question.variable, group.group)}",
            "value": group.mean,
            "low": group.low,
            "high": group.high,
        }
        for question in findings.computed
        if question.test and question.outcome == first
        for group in question.test.group_rows
    ]
    ends = sorted(rows, key=lambda row: float(str(row["value"])))
    alt = ""
    if ends:
        alt = pen.word("groups.alt").format(
            low=ends[0]["label"], low_mean=number(float(str(ends[0]["value"])), pen.lang, "mean"),
            high=ends[-1]["label"], high_mean=number(float(str(ends[-1]["value"])), pen.lang, "mean"),
        )  # fmt: skip
    level = pen.about("groups", function="analysis.chapters.group_differences.group_differences").number(
        "level", 100 * findings.level, "count"
    )
    caption = pen.say("groups.caption.figure", outcome=pen.label(first), level=level)
    data = {"rows": rows, "lines": [], "x": pen.label(first), "decimal": pen.word("decimal")}
    return Figure("groups.figure", caption, alt, "intervals", data, pen.source())


@shows("narrate", GroupFindings)
def story(findings: GroupFindings, pen: Pen) -> Narrative:
    """A difference is claimed only where the test, corrected for the number of questions, carries it."""
    said: list[Paragraph] = []
    for question in findings.questions:
        slots: dict[str, Segment | Text] = {
            "outcome": pen.label(question.outcome),
            "variable": pen.label(question.variable),
        }
        if question.test is None or question.p_holm is None:
            reason = explain_problems(question.refused, pen.lang)
            said.append(Paragraph(pen.say("groups.story.refused", reason=reason, **slots), "note"))
            continue
        own = _about(question, question.test, pen)
        holm = own.about("holm", method="holm", function="analysis.chapters.group_differences.holm")
        slots |= {
            "p": _p(own.number("p", question.test.p, "p"), question.test.p),
            "holm": _p(holm.number("p", question.p_holm, "p"), question.p_holm),
            "n": own.count("n", question.test.n),
            "test": pen.word(f"groups.test.{question.test.method}"),
        }
        said.append(Paragraph(own.say(f"groups.story.{question.conclusion}", **slots)))
    said.append(Paragraph(pen.say("groups.story.limits"), "note"))
    return Narrative(tuple(said))
