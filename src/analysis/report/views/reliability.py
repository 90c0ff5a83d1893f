"""How reliability is shown: the thesis's item table, a summary with intervals, a figure, sentences."""

from __future__ import annotations

from dataclasses import replace

from ...chapters.reliability import ReliabilityFindings, ScaleReliability
from ...stats.reliability import Reliability
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems
from .truth import truth_block, truth_row

#: The caution that some answers were left out because they are not complete.
_EXCLUDED = "rows.excluded"


def _about(result: Reliability, code: str, pen: Pen) -> Pen:
    return pen.about(
        f"reliability.{code}", n=result.n, rule=result.missing, method=result.alpha.method,
        function="analysis.stats.reliability.alpha",
    )  # fmt: skip


def _chapter(pen: Pen) -> Pen:
    return pen.about("reliability", function="analysis.chapters.reliability.reliability")


def _alpha(result: Reliability, own: Pen) -> Text:
    value = result.alpha
    return own.number("alpha", value.value, se=value.se, low=value.low, high=value.high)


def _item_columns(pen: Pen) -> tuple[Column, ...]:
    names = ("mean_if_deleted", "var_if_deleted", "r_drop", "alpha_if_deleted")
    return (
        Column("item", pen.word("reliability.column.item"), align="left"),
        *(Column(name, pen.word(f"reliability.column.{name}")) for name in names),
    )


def _item_rows(result: Reliability, own: Pen) -> tuple[TableRow, ...]:
    rows = []
    for row in result.item_rows:
        about = own.about(row.item)
        rows.append(
            TableRow(
                (
                    (own.item(row.item),),
                    about.number("mean_if_deleted", row.mean_if_deleted),
                    about.number("var_if_deleted", row.var_if_deleted),
                    about.number("r_drop", row.r_drop),
                    about.number("alpha_if_deleted", row.alpha_if_deleted),
                )
            )
        )
    return tuple(rows)


@shows("table", Reliability)
def one_scale_table(result: Reliability, pen: Pen) -> Table:
    """Item analysis of one scale, as theses print it."""
    own = _about(result, "+".join(row.item for row in result.item_rows), pen)
    key = "reliability.caption.one" if result.coefficient == "alpha" else "reliability.caption.kr20"
    caption = own.say(key, alpha=_alpha(result, own), n=own.count("n", result.n))
    return Table("reliability.one", caption, _item_columns(pen), _item_rows(result, own), own.cautions(result.cautions))


@shows("narrate", Reliability)
def one_scale_story(result: Reliability, pen: Pen) -> Narrative:
    """One scale's alpha with its interval, in a sentence."""
    own = _about(result, "+".join(row.item for row in result.item_rows), pen)
    key = "reliability.story.one" if result.coefficient == "alpha" else "reliability.story.kr20"
    said = Paragraph(own.say(key, **_slots(result, own)))
    return Narrative((said, *own.cautions(result.cautions)))


def _slots(result: Reliability, own: Pen) -> dict[str, Text]:
    value = result.alpha
    return {
        "alpha": _alpha(result, own),
        "low": own.number("alpha.low", value.low),
        "high": own.number("alpha.high", value.high),
        "level": own.number("alpha.level", 100 * (value.level or 0.95), "count"),
        "n": own.count("n", result.n),
        "k": own.count("k", result.k),
    }


@shows("table", ReliabilityFindings)
def summary_table(findings: ReliabilityFindings, pen: Pen) -> Table:
    """One line a scale: items, n, alpha with its interval, verdict."""
    rows: list[TableRow] = []
    notes: list[Paragraph] = []
    incomplete = [scale for scale in findings.computed if _incomplete(scale)]
    for scale in findings.scales:
        if scale.result is None:
            empty: Text = ()
            rows.append(TableRow(((pen.label(scale.construct),), *([empty] * 9), (pen.word("refused"),))))
            continue
        result, own = scale.result, _about(scale.result, scale.construct, pen)
        slots = _slots(result, own)
        verdict = own.word(f"reliability.verdict.{scale.verdict}")
        standardized = own.number("standardized", result.standardized.value if result.standardized else None)
        rows.append(
            TableRow(
                (
                    (pen.label(scale.construct),), slots["k"], slots["n"], slots["alpha"], slots["low"], slots["high"],
                    standardized, *_omega_cells(scale, pen), (verdict,),
                )
            )
        )  # fmt: skip
        prefix = own.say("label.of", scale=own.label(scale.construct))
        cautions = [each for each in result.cautions if len(incomplete) == 1 or each.code != _EXCLUDED]
        notes.extend(replace(each, text=(*prefix, *each.text)) for each in own.cautions(cautions))
    if len(incomplete) > 1:  # the same sentence under every scale would say no more than the column n
        notes.insert(0, Paragraph(pen.say("reliability.note.incomplete"), "note"))
    interval = pen.interval(findings.level)
    of_omega = pen.word("reliability.column.omega_interval").format(
        level=number(100 * findings.level, pen.lang, "count")
    )
    columns = (
        Column("scale", pen.word("reliability.column.scale"), align="left"),
        Column("k", pen.word("reliability.column.k")),
        Column("n", "n"),
        Column("alpha", pen.word("reliability.column.alpha")),
        Column("low", pen.word("low"), interval),
        Column("high", pen.word("high"), interval),
        Column("standardized", pen.word("reliability.column.standardized")),
        Column("omega", pen.word("reliability.column.omega")),
        Column("omega_low", pen.word("low"), of_omega),
        Column("omega_high", pen.word("high"), of_omega),
        Column("verdict", pen.word("reliability.column.verdict"), align="left"),
    )
    note = Paragraph(pen.say("reliability.note.rules", **_rules(pen)), "note")
    return Table(
        "reliability.summary",
        pen.say("reliability.caption.summary"),
        columns,
        tuple(rows),
        (note, *notes),
        pen.source(),
    )


def _incomplete(scale: ScaleReliability) -> bool:
    return scale.result is not None and any(each.code == _EXCLUDED for each in scale.result.cautions)


def _omega_cells(scale: ScaleReliability, pen: Pen) -> tuple[Text, Text, Text]:
    """Omega of one factor and its limits; empty where the items do not identify a factor."""
    found = scale.omega
    if found is None:
        return (), (), ()
    own = pen.about(
        f"reliability.{scale.construct}", n=found.n, rule=found.missing, method=found.congeneric.method,
        function="analysis.stats.omega.omega",
    )  # fmt: skip
    value = found.congeneric
    return (
        own.number("omega", value.value, se=value.se, low=value.low, high=value.high),
        own.number("omega.low", value.low),
        own.number("omega.high", value.high),
    )


def _rules(pen: Pen) -> dict[str, Text]:
    names = {"acceptable": "alpha.acceptable", "usable": "alpha.usable", "good": "alpha.good", "r_drop": "r_drop"}
    return {slot: pen.rule_value(f"reliability.{name}") for slot, name in names.items()}


@shows("table", ReliabilityFindings, "items")
def items_table(findings: ReliabilityFindings, pen: Pen) -> Table:
    """The item-total table of every scale, as theses print it."""
    rows: list[TableRow] = []
    for scale in findings.computed:
        rows.extend(_scale_rows(scale, pen))
    note = Paragraph(pen.say("reliability.note.items", r_drop=pen.rule_value("reliability.r_drop")), "note")
    caption = pen.say("reliability.caption.items")
    return Table("reliability.items", caption, _item_columns(pen), tuple(rows), (note,), pen.source())


def _scale_rows(scale: ScaleReliability, pen: Pen) -> list[TableRow]:
    result = scale.result
    if result is None:
        return []
    own = _about(result, scale.construct, pen)
    title = own.say(
        "reliability.section", scale=pen.label(scale.construct), code=scale.construct, alpha=_alpha(result, own),
        n=own.count("n", result.n),
    )  # fmt: skip
    return [TableRow((title,), section=True), *_item_rows(result, own)]


@shows("figure", ReliabilityFindings)
def intervals_figure(findings: ReliabilityFindings, pen: Pen) -> Figure:
    """Alpha of every scale with its interval, and the rules' lines."""
    rows = [
        {"label": pen.label(s.construct), "value": r.alpha.value, "low": r.alpha.low, "high": r.alpha.high}
        for s in findings.computed
        if (r := s.result)
    ]
    lines = [
        {
            "value": pen.cutoff(f"reliability.alpha.{step}"),
            "label": number(pen.cutoff(f"reliability.alpha.{step}"), pen.lang, "mean"),
        }
        for step in ("acceptable", "usable", "good")
    ]
    spoken = "; ".join(f"{row['label']} {number(float(str(row['value'])), pen.lang)}" for row in rows)
    own = _chapter(pen)
    level = own.number("level", 100 * findings.level, "count")
    sizes = own.sizes(scale.result.n for scale in findings.computed if scale.result)
    return Figure(
        "reliability.intervals",
        pen.say("reliability.caption.figure", level=level, sizes=sizes),
        pen.word("reliability.alt").format(alphas=spoken),
        "intervals",
        {"rows": rows, "lines": lines, "x": pen.word("reliability.column.alpha"), "decimal": pen.word("decimal")},
        pen.source(),
    )


@shows("figure", ReliabilityFindings, "items")
def item_bars(findings: ReliabilityFindings, pen: Pen) -> Figure:
    """Corrected item-total correlation of every item, under the heading of its scale, and the rule's line."""
    found = [
        (row.item, row.r_drop, pen.label(scale.construct))
        for scale in findings.computed
        if scale.result
        for row in scale.result.item_rows
        if row.r_drop is not None
    ]
    least = pen.cutoff("reliability.r_drop")
    item, lowest, _ = min(found, key=lambda each: each[1], default=("", 0.0, ""))
    sizes = _chapter(pen).sizes(scale.result.n for scale in findings.computed if scale.result)
    return Figure(
        "reliability.item_bars",
        pen.say("reliability.caption.item_bars", sizes=sizes, r_drop=pen.rule_value("reliability.r_drop")),
        pen.word("reliability.item_alt").format(item=item, lowest=number(lowest, pen.lang)),
        "bars",
        {
            "rows": [{"label": name, "value": value, "section": scale} for name, value, scale in found],
            "lines": [{"value": least, "label": number(least, pen.lang, "mean")}],
            "x": pen.word("reliability.column.r_drop"),
            "decimal": pen.word("decimal"),
        },
        pen.source(),
    )


@shows("narrate", ReliabilityFindings)
def story(findings: ReliabilityFindings, pen: Pen) -> Narrative:
    """The verdict scale by scale, and the items to look at."""
    said: list[Paragraph] = [_overall(findings, pen), *_passed(findings, pen)]
    for scale in findings.scales:
        if scale.result is None:
            reason = explain_problems(scale.refused, pen.lang)
            said.append(
                Paragraph(
                    pen.say("reliability.story.refused", scale=pen.label(scale.construct), reason=reason), "caution"
                )
            )
            continue
        own = _about(scale.result, scale.construct, pen)
        if scale.verdict == "poor":
            slots = _slots(scale.result, own)
            said.append(Paragraph(own.say("reliability.story.poor", scale=pen.label(scale.construct), **slots)))
        if scale.weak_items:
            weak = ", ".join(scale.weak_items)
            least = pen.rule_value("reliability.r_drop")
            said.append(Paragraph(own.say("reliability.story.weak", items=weak, r_drop=least), "caution"))
    said.append(Paragraph(pen.say("reliability.story.limits"), "note"))
    return Narrative(tuple(said))


def _passed(findings: ReliabilityFindings, pen: Pen) -> list[Paragraph]:
    """The scales that pass, one sentence a verdict; each with its interval."""
    said = []
    level = _chapter(pen).number("level", 100 * findings.level, "count")
    for verdict in ("good", "usable", "acceptable"):
        parts: list[Segment] = []
        for scale in findings.computed:
            if scale.verdict != verdict or scale.result is None:
                continue
            own = _about(scale.result, scale.construct, pen)
            one = own.say("reliability.story.one_of", scale=own.label(scale.construct), **_slots(scale.result, own))
            parts += [*(["; "] if parts else []), *one]
        if parts:
            said.append(pen.paragraph(f"reliability.story.{verdict}", scales=tuple(parts), level=level))
    return said


def _overall(findings: ReliabilityFindings, pen: Pen) -> Paragraph:
    passed = [scale for scale in findings.computed if scale.verdict != "poor"]
    own = _chapter(pen)
    total = own.count("scales", len(findings.scales))
    if len(passed) == len(findings.scales):
        return Paragraph(
            pen.say("reliability.story.all_pass", total=total, least=pen.rule_value("reliability.alpha.acceptable"))
        )
    return Paragraph(
        pen.say(
            "reliability.story.some_pass", passed=own.count("passed", len(passed)), total=total,
            least=pen.rule_value("reliability.alpha.acceptable"),
        )
    )  # fmt: skip


@shows("table", ReliabilityFindings, "truth")
def truth_table(findings: ReliabilityFindings, pen: Pen) -> Table:
    """Estimates beside the generator's true values; nothing for real data."""
    rows = []
    for scale in findings.computed:
        true = findings.truth.scale(scale.construct) if findings.truth else None
        if true is None or scale.result is None:
            continue
        value = scale.result.alpha
        estimate = (_about(scale.result, scale.construct, pen), "alpha", value.value, value.low, value.high)
        rows.append(
            truth_row(pen.label(scale.construct), f"reliability.{scale.construct}.alpha", estimate, true.alpha, pen)
        )
    return truth_block("reliability.truth", "reliability.column.scale", rows, findings.level, pen)
