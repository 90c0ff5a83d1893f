"""How group differences are shown: one line a question, group means, pairs, sentences that follow the test."""

from __future__ import annotations

from collections.abc import Mapping

from ...chapters.group_differences import GroupFindings, GroupQuestion
from ...stats.comparison import Comparison
from ...stats.posthoc import Posthoc, PosthocRow
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems

#: More pairs than this fill pages that nobody reads: those without evidence are then counted and not printed.
_MOST_PAIRS = 21

#: A characteristic with more groups than this stands in the table only: its rows would bury the others.
_MOST_GROUPS = 10

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


def _chapter(pen: Pen) -> Pen:
    return pen.about("groups", function="analysis.chapters.group_differences.group_differences")


def _sizes(findings: GroupFindings, pen: Pen) -> Text:
    return _chapter(pen).sizes(question.test.n for question in findings.computed if question.test)


def _ends(findings: GroupFindings, pen: Pen) -> tuple[Column, Column]:
    """The two ends of a confidence interval under the heading that names it."""
    over = pen.interval(findings.level)
    return Column("low", pen.word("groups.column.low"), over), Column("high", pen.word("groups.column.high"), over)


def _p(text: Text, value: float) -> Text:
    return text if value < 0.001 else ("=\N{NO-BREAK SPACE}", *text)


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
        holm = own.about("holm", method="holm", function="analysis.stats.multiplicity.adjust")
        effect = test.effect
        rows.append(
            TableRow(
                (
                    (pen.label(question.variable),),
                    levene.number("p", spread.p, "p"),
                    (pen.capital(f"groups.test.{test.method}"),),
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
    level = _chapter(pen).number("level", 100 * findings.level, "count")
    significance = pen.rule_value("significance")
    note = Paragraph(pen.say("groups.note.tests", level=level, significance=significance), "note")
    outcome = ", ".join(dict.fromkeys(pen.label(question.outcome) for question in findings.questions))
    caption = pen.say("groups.caption.tests", outcome=outcome, sizes=_sizes(findings, pen))
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
    columns = (
        Column("group", pen.word("groups.column.group"), align="left"),
        *(Column(name, pen.word(f"groups.column.{name}")) for name in ("n", "mean", "sd")),
        *_ends(findings, pen),
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
    """Pairs of groups where the test found a difference among more than two; of many pairs those that differ."""
    rows: list[TableRow] = []
    notes: list[Paragraph] = []
    for question in findings.computed:
        if question.pairs is None:
            continue
        pairs = question.pairs
        own = pen.about(
            f"groups.{question.outcome}.{question.variable}.pairs", n=pairs.n, rule=pairs.missing, method=pairs.method,
            function="analysis.stats.posthoc.posthoc",
        )  # fmt: skip
        shown = _pairs_shown(pairs, pen)
        title = own.say(
            "groups.pairs_of", variable=pen.label(question.variable), test=pen.word(f"groups.test.{pairs.method}"),
            sizes=own.sizes([pairs.n]),
        )  # fmt: skip
        rows.append(TableRow((title,), section=True))
        if len(shown) < len(pairs.pair_rows):
            counts = {"shown": own.count("shown", len(shown)), "total": own.count("total", len(pairs.pair_rows))}
            said = own.say(
                "groups.note.pairs_part", variable=pen.label(question.variable),
                significance=pen.rule_value("significance"), **counts,
            )  # fmt: skip
            notes.append(Paragraph(said, "note"))
        for pair in shown:
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
        Column("difference", pen.word("groups.column.difference")),
        *_ends(findings, pen),
        Column("p", pen.word("groups.column.p")),
    )
    if not rows:
        notes.append(Paragraph(pen.say("groups.note.no_pairs"), "note"))
    outcome = ", ".join(dict.fromkeys(pen.label(question.outcome) for question in findings.questions))
    caption = pen.say("groups.caption.pairs", outcome=outcome)
    return Table("groups.pairs", caption, columns, tuple(rows), tuple(notes), pen.source())


def _pairs_shown(pairs: Posthoc, pen: Pen) -> tuple[PosthocRow, ...]:
    """All pairs where they are few; of many (18 units make 153) those for which the test found a difference."""
    if len(pairs.pair_rows) <= _MOST_PAIRS:
        return pairs.pair_rows
    return tuple(pair for pair in pairs.pair_rows if pair.p < pen.cutoff("significance"))


@shows("figure", GroupFindings)
def means_figure(findings: GroupFindings, pen: Pen) -> Figure:
    """Group means of the first outcome with their intervals."""
    first = findings.questions[0].outcome if findings.questions else ""
    asked = [question for question in findings.computed if question.test and question.outcome == first]
    shown = [question for question in asked if question.test and len(question.test.group_rows) <= _MOST_GROUPS]
    rows = [
        {
            "section": pen.label(question.variable),
            "label": pen.level(question.variable, group.group),
            "value": group.mean,
            "low": group.low,
            "high": group.high,
        }
        for question in shown
        if question.test
        for group in question.test.group_rows
    ]
    ends = sorted(rows, key=lambda row: float(str(row["value"])))
    alt = ""
    if ends:
        alt = pen.word("groups.alt").format(
            low=_whole(ends[0]), low_mean=number(float(str(ends[0]["value"])), pen.lang, "mean"),
            high=_whole(ends[-1]), high_mean=number(float(str(ends[-1]["value"])), pen.lang, "mean"),
        )  # fmt: skip
    level = _chapter(pen).number("level", 100 * findings.level, "count")
    key = "figure" if len(shown) == len(asked) else "figure_part"
    slots = {"level": level, "sizes": _sizes(findings, pen), "most": (str(_MOST_GROUPS),)}
    caption = pen.say(f"groups.caption.{key}", outcome=pen.label(first), **slots)
    data = {"rows": rows, "lines": [], "x": pen.label(first), "decimal": pen.word("decimal")}
    return Figure("groups.figure", caption, alt, "intervals", data, pen.source())


def _whole(row: Mapping[str, object]) -> str:
    return f"{row['section']}: {row['label']}"


@shows("narrate", GroupFindings)
def story(findings: GroupFindings, pen: Pen) -> Narrative:
    """A difference is claimed only where the test, corrected for the number of questions, carries it."""
    said: list[Paragraph] = []
    silent: dict[str, list[Segment]] = {}
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
        holm = own.about("holm", method="holm", function="analysis.stats.multiplicity.adjust")
        slots |= {
            "p": _p(own.number("p", question.test.p, "p"), question.test.p),
            "holm": _p(holm.number("p", question.p_holm, "p"), question.p_holm),
            "n": own.count("n", question.test.n),
            "test": pen.word(f"groups.test.{question.test.method}"),
        }
        if question.conclusion == "no_evidence":  # one sentence an outcome, not one a question
            parts = silent.setdefault(question.outcome, [])
            parts += [*(["; "] if parts else []), *own.say("groups.story.one_of", **slots)]
            continue
        said.append(Paragraph(own.say(f"groups.story.{question.conclusion}", **slots)))
    for outcome, found in silent.items():
        said.append(pen.paragraph("groups.story.no_evidence", outcome=pen.label(outcome), variables=tuple(found)))
    said.append(Paragraph(pen.say("groups.story.limits"), "note"))
    return Narrative(tuple(said))
