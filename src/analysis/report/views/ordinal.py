"""How correlations of ordinal answers are shown: pairs, thresholds, and the polychoric beside Pearson's."""

from __future__ import annotations

from ...rules import cutoff
from ...stats.estimate import Estimate
from ...stats.ordinal_alpha import OrdinalReliability
from ...stats.polychoric import Polychoric
from ...stats.sem.result import MeasurementModel
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows


def _about(result: Polychoric, pen: Pen) -> Pen:
    stem = "polychoric." + "+".join(result.names)
    function = "analysis.stats.polychoric.polychoric"
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function=function)


def _columns(pen: Pen, *names: str, left: int) -> tuple[Column, ...]:
    words = [pen.word(f"ordinal.column.{name}") for name in names]
    return tuple(
        Column(name, word, align="left") if place < left else Column(name, word)
        for place, (name, word) in enumerate(zip(names, words, strict=True))
    )


@shows("table", Polychoric)
def pair_table(result: Polychoric, pen: Pen) -> Table:
    """Each correlation with its error and interval, beside Pearson's."""
    own = _about(result, pen)
    rows = []
    for row in result.pair_rows:
        about = own.about(f"{row.a}.{row.b}")
        cells = (
            about.number("r", row.r, se=row.se, low=row.low, high=row.high),
            about.number("se", row.se),
            about.number("low", row.low),
            about.number("high", row.high),
            about.number("pearson", row.pearson),
            about.count("n", row.n),
            about.count("empty", row.empty),
        )
        rows.append(TableRow(((pen.label(row.a),), (pen.label(row.b),), *cells)))
    columns = _columns(pen, "a", "b", "r", "se", "low", "high", "pearson", "n", "empty", left=2)
    note = Paragraph(pen.say(f"ordinal.note.{result.method}"), "note")
    caption = pen.say("ordinal.caption.polychoric", k=own.count("k", len(result.names)), n=own.count("n", result.n))
    return Table("ordinal.polychoric", caption, columns, tuple(rows), (note, *own.cautions(result.cautions)))


@shows("table", Polychoric, "thresholds")
def threshold_table(result: Polychoric, pen: Pen) -> Table:
    """Where each item is cut."""
    own = _about(result, pen)
    rows = [
        TableRow(((pen.label(row.item),), (str(row.level),), own.number(f"{row.item}.t{row.place}", row.value)))
        for row in result.threshold_rows
    ]
    caption = pen.say("ordinal.caption.thresholds", n=own.count("n", result.n))
    return Table("ordinal.thresholds", caption, _columns(pen, "a", "level", "value", left=2), tuple(rows))


@shows("figure", Polychoric)
def heat_map(result: Polychoric, pen: Pen) -> Figure:
    """Polychoric correlations above the diagonal, Pearson's below."""
    own, size = _about(result, pen), len(result.names)
    matrix = [[1.0] * size for _ in range(size)]
    for row in result.pair_rows:
        i, j = result.names.index(row.a), result.names.index(row.b)
        matrix[i][j], matrix[j][i] = row.r, row.pearson
    strongest = max(result.pair_rows, key=lambda row: abs(row.r))
    alt = pen.word("ordinal.alt.heatmap").format(
        a=pen.label(strongest.a),
        b=pen.label(strongest.b),
        r=number(strongest.r, pen.lang),
        pearson=number(strongest.pearson, pen.lang),
    )
    labels = [pen.label(name) for name in result.names]
    data = {"labels": labels, "matrix": matrix, "halves": "differ", "decimal": pen.word("decimal")}
    caption = pen.say("ordinal.caption.heatmap", n=own.count("n", result.n))
    return Figure("ordinal.heatmap", caption, alt, "heatmap", data, pen.source())


@shows("narrate", Polychoric)
def story(result: Polychoric, pen: Pen) -> Narrative:
    """The range of the correlations, how far Pearson's fall short, and where normality is doubtful."""
    own, pairs = _about(result, pen), result.pair_rows
    lowest, highest = min(row.r for row in pairs), max(row.r for row in pairs)
    slots: dict[str, Segment | Text] = {
        "k": own.count("k", len(result.names)),
        "n": own.count("n", result.n),
        "lowest": own.number("lowest", lowest),
        "highest": own.number("highest", highest),
        "polychoric": own.number("mean_size", sum(abs(row.r) for row in pairs) / len(pairs)),
        "pearson": own.number("mean_size_pearson", sum(abs(row.pearson) for row in pairs) / len(pairs)),
    }
    said = [
        Paragraph(own.say("ordinal.story.polychoric", **slots)),
        Paragraph(own.say("ordinal.story.pearson", **slots)),
    ]
    tested = [row.p for row in pairs if row.p is not None]
    least = cutoff("polychoric.normality")
    poor = sum(p < least for p in tested)
    if poor:
        counted: dict[str, Segment | Text] = {
            "poor": own.count("poor_fit", poor),
            "of": own.count("tested", len(tested)),
            "p": pen.rule_value("polychoric.normality"),
        }
        said.append(Paragraph(own.say("ordinal.story.fit", **counted)))
    return Narrative((*said, *own.cautions(result.cautions)))


def _scale(result: OrdinalReliability, pen: Pen) -> Pen:
    stem = "ordinal_alpha." + "+".join(row.item for row in result.item_rows)
    function = "analysis.stats.ordinal_alpha.ordinal_alpha"
    return pen.about(stem, n=result.n, rule=result.missing, method=result.alpha.method, function=function)


@shows("table", OrdinalReliability)
def alpha_table(result: OrdinalReliability, pen: Pen) -> Table:
    """The coefficients with their intervals, and Cronbach's alpha beside them."""
    own = _scale(result, pen)
    rows = []
    for name in ("alpha", "omega", "categorical"):
        value: Estimate | None = getattr(result, name)
        if value is None:
            continue
        cells = (
            own.number(name, value.value, se=value.se, low=value.low, high=value.high),
            own.number(f"{name}.low", value.low),
            own.number(f"{name}.high", value.high),
        )
        rows.append(TableRow(((pen.word(f"ordinal.coefficient.{name}"),), *cells)))
    observed = own.number("observed", result.observed)
    rows.append(TableRow(((pen.word("ordinal.coefficient.observed"),), observed, (), ())))
    caption = pen.say("ordinal.caption.alpha", k=own.count("k", result.k), n=own.count("n", result.n))
    columns = _columns(pen, "coefficient", "estimate", "low", "high", left=1)
    return Table("ordinal.alpha", caption, columns, tuple(rows), own.cautions(result.cautions))


@shows("table", OrdinalReliability, "items")
def item_table(result: OrdinalReliability, pen: Pen) -> Table:
    """Loading of each item, its correlation with the others, alpha without it."""
    own = _scale(result, pen)
    names = ("loading", "r_drop", "alpha_if_deleted")
    rows = [
        TableRow(((pen.label(row.item),), *(own.about(row.item).number(name, row[name]) for name in names)))
        for row in result.item_rows
    ]
    caption = pen.say("ordinal.caption.items", n=own.count("n", result.n))
    return Table("ordinal.items", caption, _columns(pen, "a", *names, left=1), tuple(rows))


@shows("narrate", OrdinalReliability)
def alpha_story(result: OrdinalReliability, pen: Pen) -> Narrative:
    """Which coefficient says what."""
    own, sum_score = _scale(result, pen), result.categorical
    slots: dict[str, Segment | Text] = {
        "alpha": own.number("alpha", result.alpha.value, se=result.alpha.se),
        "observed": own.number("observed", result.observed),
        "k": own.count("k", result.k),
        "n": own.count("n", result.n),
    }
    said = [Paragraph(own.say("ordinal.story.alpha", **slots))]
    if sum_score is not None:
        value = own.number("categorical", sum_score.value, se=sum_score.se)
        said.append(Paragraph(own.say("ordinal.story.categorical", categorical=value)))
        if sum_score.level is not None:
            bounds: dict[str, Segment | Text] = {
                "level": own.number("level", 100 * sum_score.level, "count"),
                "low": own.number("categorical.low", sum_score.low),
                "high": own.number("categorical.high", sum_score.high),
            }
            said.append(Paragraph(own.say("ordinal.story.categorical_interval", **bounds)))
    return Narrative((*said, *own.cautions(result.cautions)))


@shows("table", MeasurementModel, "thresholds")
def model_thresholds(result: MeasurementModel, pen: Pen) -> Table:
    """Thresholds of a model of ordinal answers, with their errors, group by group."""
    stem = "cfa." + "+".join(result.latent)
    own = pen.about(
        stem, n=result.n, rule=result.missing, method=result.estimator, function="analysis.stats.sem.cfa.cfa"
    )
    rows = []
    for group in result.group_rows:
        if group.group:
            rows.append(TableRow(((group.group,),), section=True))
        for row in result.parameter_rows:
            if row.op == "|" and row.group == group.group:
                about = own.about(".".join(name for name in (row.group, row.lhs, "threshold", row.rhs) if name))
                value = about.number("est", row.est, se=row.se, low=row.low, high=row.high)
                rows.append(TableRow(((own.label(row.lhs),), (row.rhs,), value, about.number("se", row.se))))
    caption = pen.say("ordinal.caption.thresholds", n=own.count("n", result.n))
    columns = _columns(pen, "a", "place", "value", "se", left=2)
    return Table("ordinal.model_thresholds", caption, columns, tuple(rows), own.cautions(result.cautions))
