"""How factorability and the number of factors are shown: KMO, Bartlett, anti-images, and all rules side by side."""

from __future__ import annotations

from ...stats.factor_number import Retention
from ...stats.factorability import AntiImage, AntiImageRow, Bartlett, Kmo
from ...stats.retention import MapTest, ParallelAnalysis
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows


def _about(result: Retention | AntiImage | Bartlett | Kmo | MapTest | ParallelAnalysis, pen: Pen) -> Pen:
    stem, function = _SOURCES[type(result)]
    return pen.about(stem, n=result.n, rule=result.missing, function=f"analysis.stats.{function}")


_SOURCES = {
    Retention: ("retention", "factor_number.retention"),
    AntiImage: ("anti_image", "factorability.anti_image"),
    Bartlett: ("bartlett", "factorability.bartlett"),
    Kmo: ("kmo", "factorability.kmo"),
    MapTest: ("map", "retention.map_test"),
    ParallelAnalysis: ("parallel", "retention.parallel_analysis"),
}


def _n(own: Pen) -> Text:
    return own.count("n", own.n or 0)


def _sig(own: Pen, p: float) -> Text:
    shown = own.number("p", p, "p")
    return shown if p < 0.001 else ("=\N{NO-BREAK SPACE}", *shown)


# ---- how many --------------------------------------------------------------------------------------------------------


@shows("table", Retention)
def rules_table(result: Retention, pen: Pen) -> Table:
    """Each rule and how many factors it keeps."""
    own = _about(result, pen)
    rows = tuple(
        TableRow(
            (
                (pen.word(f"retention.rule.{row.rule}"),),
                own.count(row.rule, row.n_factors) if row.n_factors is not None else (),
            )
        )
        for row in result.rule_rows
    )
    columns = (
        Column("rule", pen.word("validity.column.rule"), align="left"),
        Column("count", pen.word("validity.column.count")),
    )
    blank = any(row.n_factors is None for row in result.rule_rows)
    notes = (Paragraph(pen.say("retention.note.computed"), "note"),) if blank else ()
    caption = pen.say("retention.caption.rules", n=_n(own))
    return Table("retention.rules", caption, columns, rows, (*notes, *own.cautions(result.cautions)), pen.source())


@shows("figure", Retention)
def retention_scree(result: Retention, pen: Pen) -> Figure:
    """The scree with the line of parallel analysis; shuffled answers where there are any."""
    own = _about(result, pen)
    rows = result.component_rows
    chance = [row.normal if row.permuted is None else row.permuted for row in rows]
    rule = "parallel_pca_normal" if rows[0].permuted is None else "parallel_pca_permutation"
    percent = number(100 * result.quantile, pen.lang, "count")
    return Figure(
        "retention.scree",
        pen.say("retention.caption.scree", n=_n(own)),
        pen.word("validity.alt").format(kept=result.of(rule), first=number(rows[0].observed, pen.lang, "mean")),
        "scree",
        {
            "components": [row.component for row in rows],
            "observed": [row.observed for row in rows],
            "random": chance,
            "x": pen.word("validity.column.component"),
            "y": pen.word("validity.axis.eigenvalue"),
            "names": [pen.word("validity.axis.observed"), pen.word("retention.random").format(percent=percent)],
            "decimal": pen.word("decimal"),
        },
        pen.source(),
    )


@shows("narrate", Retention)
def retention_story(result: Retention, pen: Pen) -> Narrative:
    """Agreement in one sentence, disagreement with every rule's number."""
    own = _about(result, pen)
    if result.agree:
        return Narrative((own.paragraph("retention.story.agree", least=own.count("least", result.least), n=_n(own)),))
    counts: list[Text] = []
    for row in result.rule_rows:
        if row.n_factors is not None:
            rule = pen.word(f"retention.rule.{row.rule}")
            counts.append(own.say("retention.story.count", rule=rule, count=own.count(row.rule, row.n_factors)))
    joined = tuple(part for at, each in enumerate(counts) for part in ((("; ",) if at else ()) + each))
    said = own.paragraph("retention.story.differ", counts=joined, n=_n(own))
    return Narrative((said, *own.cautions(result.cautions)))


@shows("table", ParallelAnalysis)
def parallel_table(result: ParallelAnalysis, pen: Pen) -> Table:
    """Observed eigenvalues beside mean and percentile of chance."""
    own = _about(result, pen)
    names = ("observed", "mean", "quantile")
    rows = tuple(
        TableRow(
            (
                (str(row.component),),
                *(own.about(f"component{row.component}").number(name, row[name]) for name in names),
            )
        )
        for row in result.component_rows
    )
    columns = (
        Column("component", pen.word("validity.column.component"), align="left"),
        *(Column(name, pen.word(f"retention.column.{name}")) for name in names),
    )
    caption = pen.say("retention.caption.parallel", n=_n(own), reps=own.count("reps", result.reps))
    return Table("retention.parallel", caption, columns, rows, own.cautions(result.cautions), pen.source())


@shows("narrate", ParallelAnalysis)
def parallel_story(result: ParallelAnalysis, pen: Pen) -> Narrative:
    """How many it keeps, beside Kaiser and MAP."""
    own = _about(result, pen)
    said = own.paragraph(
        "retention.story.parallel", count=own.count("n_factors", result.n_factors),
        kaiser=own.count("kaiser", result.kaiser_count), map=own.count("map", result.map_count), n=_n(own),
    )  # fmt: skip
    return Narrative((said, *own.cautions(result.cautions)))


@shows("table", MapTest)
def map_table(result: MapTest, pen: Pen) -> Table:
    """Mean partial correlations, step by step."""
    own = _about(result, pen)
    rows = []
    for row in result.step_rows:
        about = own.about(f"step{row.components}")
        rows.append(
            TableRow(((str(row.components),), about.number("squared", row.squared), about.number("fourth", row.fourth)))
        )
    columns = (
        Column("components", pen.word("retention.column.components"), align="left"),
        *(Column(name, pen.word(f"retention.column.{name}")) for name in ("squared", "fourth")),
    )
    caption = pen.say("retention.caption.map", n=_n(own))
    return Table("retention.map", caption, columns, tuple(rows), own.cautions(result.cautions), pen.source())


@shows("narrate", MapTest)
def map_story(result: MapTest, pen: Pen) -> Narrative:
    """How many it keeps."""
    own = _about(result, pen)
    said = own.paragraph("retention.story.map", count=own.count("n_factors", result.n_factors), n=_n(own))
    return Narrative((said, *own.cautions(result.cautions)))


# ---- fit for factoring -----------------------------------------------------------------------------------------------


@shows("table", Kmo)
def kmo_table(result: Kmo, pen: Pen) -> Table:
    """Adequacy of each item and of all."""
    own = _about(result, pen)
    rows = [TableRow(((own.item(row.item),), own.about(row.item).number("msa", row.msa))) for row in result.item_rows]
    rows.append(TableRow((("KMO",), own.number("overall", result.overall))))
    columns = (
        Column("item", pen.word("retention.column.item"), align="left"),
        Column("msa", pen.word("retention.column.msa")),
    )
    caption = pen.say("retention.caption.kmo", n=_n(own))
    return Table("retention.kmo", caption, columns, tuple(rows), own.cautions(result.cautions), pen.source())


@shows("narrate", Kmo)
def kmo_story(result: Kmo, pen: Pen) -> Narrative:
    """KMO against the rule, and the lowest item."""
    own = _about(result, pen)
    low = min(result.item_rows, key=lambda row: row.msa)
    said = own.paragraph(
        "retention.story.kmo", kmo=own.number("overall", result.overall), least=pen.rule_value("factors.kmo"),
        item=low.item, lowest=own.about(low.item).number("msa", low.msa), n=_n(own),
    )  # fmt: skip
    return Narrative((said, *own.cautions(result.cautions)))


@shows("table", Bartlett)
def bartlett_table(result: Bartlett, pen: Pen) -> Table:
    """The test in one line."""
    own = _about(result, pen)
    cells = (own.number("chi2", result.chi2), own.count("df", result.df), own.number("p", result.p, "p"))
    columns = tuple(Column(name, pen.word(f"validity.column.{name}")) for name in ("chi2", "df", "p"))
    caption = pen.say("retention.caption.bartlett", n=_n(own))
    return Table("retention.bartlett", caption, columns, (TableRow(cells),), own.cautions(result.cautions))


@shows("narrate", Bartlett)
def bartlett_story(result: Bartlett, pen: Pen) -> Narrative:
    """The test in one sentence."""
    own = _about(result, pen)
    said = own.paragraph(
        "retention.story.bartlett", df=own.count("df", result.df), chi2=own.number("chi2", result.chi2),
        p=_sig(own, result.p), n=_n(own),
    )  # fmt: skip
    return Narrative((said, *own.cautions(result.cautions)))


@shows("table", AntiImage)
def anti_correlation_table(result: AntiImage, pen: Pen) -> Table:
    """Anti-image correlations, MSA on the diagonal."""
    note = pen.say("retention.note.correlation", least=pen.rule_value("factors.kmo"))
    return _anti_table(result, pen, "correlation", note)


@shows("table", AntiImage, "covariance")
def anti_covariance_table(result: AntiImage, pen: Pen) -> Table:
    """Anti-image covariances."""
    return _anti_table(result, pen, "covariance", pen.say("retention.note.covariance"))


def _anti_table(result: AntiImage, pen: Pen, what: str, note: Text) -> Table:
    own = _about(result, pen)
    lines: dict[str, list[AntiImageRow]] = {}
    for row in result.pair_rows:
        lines.setdefault(row.a, []).append(row)
    rows = []
    for name, found in lines.items():
        numbers = [own.about(name).about(row.b).number(what, row[what]) for row in found]
        rows.append(TableRow(((name,), *numbers, *([()] * (len(lines) - len(found))))))
    columns = (
        Column("item", pen.word("retention.column.item"), align="left"),
        *(Column(name, name) for name in result.names),
    )
    caption = pen.say(f"retention.caption.{what}", n=_n(own))
    notes = (Paragraph(note, "note"), *own.cautions(result.cautions))
    return Table(f"retention.{what}", caption, columns, tuple(rows), notes, pen.source())


@shows("narrate", AntiImage)
def anti_story(result: AntiImage, pen: Pen) -> Narrative:
    """The largest partial correlation and the lowest adequacy."""
    own = _about(result, pen)
    apart = max((row for row in result.pair_rows if row.a != row.b), key=lambda row: abs(row.correlation))
    low = min((row for row in result.pair_rows if row.a == row.b), key=lambda row: row.correlation)
    said = own.paragraph(
        "retention.story.anti_image", a=apart.b, b=apart.a,
        r=own.about(apart.a).about(apart.b).number("partial", -apart.correlation), item=low.a,
        lowest=own.about(low.a).about(low.a).number("correlation", low.correlation), n=_n(own),
    )  # fmt: skip
    return Narrative((said, *own.cautions(result.cautions)))
