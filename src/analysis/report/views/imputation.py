"""How imputed answers are shown: what was missing, pooled coefficients, and the ways to treat missing answers."""

from __future__ import annotations

from ...grammar import INTERCEPT
from ...stats.impute import Imputed, MissingCompared
from ...stats.pool import Pooled
from ...stats.result import unique
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows


def _columns(pen: Pen, *names: str) -> tuple[Column, ...]:
    first, *others = names
    return (
        Column(first, pen.word(f"imputation.column.{first}"), align="left"),
        *(Column(name, pen.word(f"imputation.column.{name}")) for name in others),
    )


def _term(term: str, pen: Pen) -> str:
    """A coefficient in the page's words; a category keeps its level in brackets."""
    if term == INTERCEPT:
        return pen.word("imputation.constant")
    name, bracket, level = term.partition("[")
    return f"{pen.label(name)}: {pen.level(name, level.rstrip(']'))}" if bracket else pen.label(term)


def _p(own: Pen, value: float) -> Text:
    text = own.number("p", value, "p")
    return text if value < 0.001 else ("=\N{NO-BREAK SPACE}", *text)


# ---- what was imputed ------------------------------------------------------------------------------------------------


def _of_imputed(result: Imputed, pen: Pen) -> Pen:
    return pen.about(
        "impute", n=result.n, rule="imputed", method=result.method, function="analysis.stats.impute.impute"
    )


@shows("table", Imputed)
def imputed_table(result: Imputed, pen: Pen) -> Table:
    """Every column: answered, missing, its model, whether the chains mix."""
    own = _of_imputed(result, pen)
    rows = []
    for row in result.variable_rows:
        about = own.about(row.name)
        model = (own.word(f"imputation.model.{row.model}"),) if row.model else ()
        share = about.number("percent", 100 * row.missing / result.n, "percent")
        counts = (about.count("observed", row.observed), about.count("missing", row.missing), share)
        rows.append(TableRow(((own.label(row.name),), *counts, model, about.number("rhat", row.rhat))))
    caption = own.say(
        "imputation.caption.imputed", n=own.count("n", result.n), complete=own.count("complete", result.complete),
        m=own.count("m", result.m),
    )  # fmt: skip
    notes = (Paragraph(own.say("imputation.note.imputed"), "note"), *own.cautions(result.cautions))
    columns = _columns(own, "variable", "observed", "missing", "percent", "model", "rhat")
    return Table("imputation.imputed", caption, columns, tuple(rows), notes, pen.source())


@shows("narrate", Imputed)
def imputed_story(result: Imputed, pen: Pen) -> Narrative:
    """How many rows were complete, how the others were filled, and what has to be assumed."""
    own = _of_imputed(result, pen)
    said = own.paragraph(
        "imputation.story.imputed", n=own.count("n", result.n), complete=own.count("complete", result.complete),
        m=own.count("m", result.m), iterations=own.count("iterations", result.iterations),
        seed=str(result.seed),
    )  # fmt: skip
    note = Paragraph(own.say("imputation.note.assumption"), "note")
    return Narrative((said, note, *own.cautions(result.cautions)))


# ---- pooled ----------------------------------------------------------------------------------------------------------


def _of_pooled(result: Pooled, pen: Pen) -> Pen:
    return pen.about("pool", n=result.n, rule="imputed", method=result.method, function="analysis.stats.pool.pool")


@shows("table", Pooled)
def pooled_table(result: Pooled, pen: Pen) -> Table:
    """Pooled coefficients with intervals and the fraction of missing information."""
    own = _of_pooled(result, pen)
    rows = []
    for row in result.coefficient_rows:
        about = own.about(row.term)
        rows.append(
            TableRow(
                (
                    (_term(row.term, own),),
                    about.number("b", row.b, se=row.se, low=row.low, high=row.high),
                    about.number("se", row.se),
                    about.number("statistic", row.statistic),
                    about.number("df", row.df, "mean"),
                    about.number("p", row.p, "p"),
                    about.number("low", row.low),
                    about.number("high", row.high),
                    about.number("fmi", row.fmi),
                )
            )
        )
    over = own.interval(result.level)
    columns = (
        *_columns(own, "term", "b", "se", "statistic", "df", "p"),
        Column("low", own.word("low"), over),
        Column("high", own.word("high"), over),
        *_columns(own, "fmi"),
    )
    caption = own.say(
        "imputation.caption.pooled", sizes=own.sizes([result.n]), m=own.count("m", result.m),
        r2=own.number("r2", result.r2),
    )  # fmt: skip
    notes = (Paragraph(own.say("imputation.note.pooled"), "note"), *own.cautions(result.cautions))
    return Table("imputation.pooled", caption, columns, tuple(rows), notes, pen.source())


@shows("narrate", Pooled)
def pooled_story(result: Pooled, pen: Pen) -> Narrative:
    """Each coefficient with its interval, and how much information is missing."""
    own = _of_pooled(result, pen)
    level = own.number("level", 100 * result.level, "count")
    said = []
    for row in result.coefficient_rows:
        if row.term == INTERCEPT:
            continue
        about = own.about(row.term)
        said.append(
            about.paragraph(
                "imputation.story.coefficient",
                term=_term(row.term, own),
                b=about.number("b", row.b, se=row.se, low=row.low, high=row.high),
                low=about.number("low", row.low),
                high=about.number("high", row.high),
                p=_p(about, row.p),
                level=level,
                n=own.count("n", result.n),
                fmi=about.number("fmi_percent", 100 * row.fmi, "percent"),
            )
        )
    note = Paragraph(own.say("imputation.note.assumption"), "note")
    return Narrative((*said, note, *own.cautions(result.cautions)))


# ---- side by side ----------------------------------------------------------------------------------------------------


def _of_compared(result: MissingCompared, pen: Pen) -> Pen:
    return pen.about("missing", method="compared", function="analysis.stats.impute.compare_missing")


@shows("table", MissingCompared)
def compared_table(result: MissingCompared, pen: Pen) -> Table:
    """Every coefficient under each way, with its n."""
    own = _of_compared(result, pen)
    rows = []
    for term in unique(row.term for row in result.compared_rows):
        rows.append(TableRow(((_term(term, own),),), section=True))
        for row in result.compared_rows:
            if row.term != term:
                continue
            about = own.about(f"{row.term}.{row.rule}", n=row.n, rule=row.rule)
            rows.append(
                TableRow(
                    (
                        (own.capital(f"imputation.rule.{row.rule}"),),
                        about.count("n", row.n),
                        about.number("b", row.b, se=row.se, low=row.low, high=row.high),
                        about.number("se", row.se),
                        about.number("low", row.low),
                        about.number("high", row.high),
                        about.number("p", row.p, "p"),
                    )
                )
            )
    over = own.interval(result.level)
    columns = (
        *_columns(own, "rule", "n", "b", "se"),
        Column("low", own.word("low"), over),
        Column("high", own.word("high"), over),
        Column("p", own.word("imputation.column.p")),
    )
    notes = (*own.cautions(result.refused), *own.cautions(result.cautions))
    caption = own.say("imputation.caption.compared", m=own.count("m", result.m))
    return Table("imputation.compared", caption, columns, tuple(rows), notes, pen.source())


@shows("figure", MissingCompared)
def compared_figure(result: MissingCompared, pen: Pen) -> Figure:
    """Slopes with their intervals, the ways beside each other."""
    own = _of_compared(result, pen)
    rows = [
        {
            "section": _term(row.term, own),
            "label": f"{own.capital(f'imputation.rule.{row.rule}')} (n = {number(row.n, own.lang, 'count')})",
            "value": row.b,
            "low": row.low,
            "high": row.high,
        }
        for term in unique(row.term for row in result.compared_rows)
        for row in result.compared_rows
        if row.term == term and term != INTERCEPT
    ]
    values = "; ".join(
        f"{row['section']}, {row['label']}: {number(float(str(row['value'])), own.lang)}" for row in rows
    )
    level = own.number("level", 100 * result.level, "count")
    caption = own.say("imputation.caption.figure", level=level)
    data = {"rows": rows, "lines": [], "x": own.word("imputation.column.b"), "decimal": own.word("decimal")}
    alt = own.word("imputation.alt").format(values=values)
    return Figure("imputation.compared", caption, alt, "intervals", data, pen.source())


@shows("narrate", MissingCompared)
def compared_story(result: MissingCompared, pen: Pen) -> Narrative:
    """How many rows each way rests on, and whether a conclusion changes with it."""
    own = _of_compared(result, pen)
    sizes = {row.rule: row.n for row in result.compared_rows}
    said = [
        own.paragraph(
            "imputation.story.sizes",
            listwise=own.count("listwise.n", sizes["listwise"]),
            imputed=own.count("imputed.n", sizes["imputed"]),
            m=own.count("m", result.m),
        )
    ]
    significance = own.cutoff("significance")
    changed = [
        term
        for term in unique(row.term for row in result.compared_rows)
        if len({row.p < significance for row in result.compared_rows if row.term == term and row.rule != "pairwise"})
        > 1
    ]
    if changed:
        names = ", ".join(_term(term, own) for term in changed)
        said.append(own.paragraph("imputation.story.changed", terms=names, significance=own.rule_value("significance")))
    else:
        said.append(own.paragraph("imputation.story.same", significance=own.rule_value("significance")))
    note = Paragraph(own.say("imputation.note.assumption"), "note")
    return Narrative((*said, note, *own.cautions(result.refused), *own.cautions(result.cautions)))
