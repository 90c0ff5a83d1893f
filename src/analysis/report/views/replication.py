"""How the check of printed tables is shown: verdicts by kind, scales recovered, places that disagree; careful words."""

from __future__ import annotations

from typing import Any

from ...chapters.replication import Disagreement, KindSummary, ReplicationFindings
from ...published.check import Check
from ...published.regression import Replication
from ...published.reliability import ItemTotal
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows

_AUDIT = "analysis.published.audit.audit"
_RECOVER = "analysis.published.reliability.reliability_from_item_total"
_REGRESS = "analysis.published.regression.replicate_regression"
_COUNTS = ("tables", "checked", "consistent", "inconsistent", "unchecked")


def _scale(findings: ReplicationFindings, scale: str, pen: Pen) -> str:
    """What the page calls a printed scale; as printed where it says nothing."""
    declared = findings.study.tables.get("published.reliability")
    words = declared.names.get(scale) if declared else None
    return words[pen.lang] if words else scale


def _alpha_of(each: ItemTotal) -> Check:
    return next(check for check in each.checks if check.what == "alpha")


def _about(each: ItemTotal, pen: Pen) -> Pen:
    stem = f"replication.{each.table_id}.{each.scale}"
    return pen.about(stem, rule="printed", method="item_total", function=_RECOVER)


@shows("table", ReplicationFindings)
def kinds_table(findings: ReplicationFindings, pen: Pen) -> Table:
    """One row for each kind of table: how many, how many numbers, which verdicts."""
    rows = [_kind_row(each, pen) for each in findings.kinds]
    if rows:
        rows.append(_kind_row(findings.total, pen))
    columns = (
        Column("kind", pen.word("replication.column.kind"), align="left"),
        *(Column(name, pen.word(f"replication.column.{name}")) for name in _COUNTS),
    )
    notes = [Paragraph((pen.word(f"replication.note.{name}"),), "note") for name in ("digits", "unchecked")]
    caption = (pen.word("replication.caption.kinds"),)
    return Table("replication.kinds", caption, columns, tuple(rows), tuple(notes), pen.word("replication.source"))


def _kind_row(each: KindSummary, pen: Pen) -> TableRow:
    own = pen.about(f"replication.{each.kind}", rule="printed", function=_AUDIT)
    counts = tuple(own.count(name, getattr(each, name)) for name in _COUNTS)
    return TableRow(((pen.word(f"replication.kind.{each.kind}"),), *counts))


@shows("table", ReplicationFindings, "scales")
def scales_table(findings: ReplicationFindings, pen: Pen) -> Table:
    """Every scale recovered from its item-total table, alpha printed beside alpha recomputed."""
    rows = []
    for each in findings.scales:
        own, alpha = _about(each, pen), _alpha_of(each)
        wrong = any(check.verdict == "inconsistent" for check in each.checks)
        verdict = pen.word(f"replication.verdict.{'inconsistent' if wrong else 'consistent'}")
        rows.append(
            TableRow(
                (
                    (each.table_id,), (_scale(findings, each.scale, pen),), own.count("k", each.k),
                    own.number("scale_mean", each.scale_mean, "mean"), own.number("scale_var", each.scale_var),
                    own.number("alpha_printed", alpha.value) or (pen.word("context.none"),),
                    own.number("alpha", each.alpha, low=alpha.low, high=alpha.high), (verdict,),
                )
            )
        )  # fmt: skip
    heads = ("table", "scale", "k", "mean", "variance", "printed", "recomputed", "verdict")
    left = {"table", "scale", "verdict"}
    columns = tuple(
        Column(name, pen.word(f"replication.column.{name}"), align="left" if name in left else "right")
        for name in heads
    )
    notes = tuple(Paragraph((pen.word(f"replication.note.{key}"),), "note") for key in ("recover", "table_ids"))
    caption = (pen.word("replication.caption.scales"),)
    return Table("replication.scales", caption, columns, tuple(rows), notes, pen.word("replication.source"))


@shows("table", ReplicationFindings, "disagreements")
def disagreements_table(findings: ReplicationFindings, pen: Pen) -> Table:
    """Tables whose printed numbers do not fit together, with the first place."""
    rows = []
    for each in findings.disagreements:
        slots = _disagreement(findings, each, pen)
        counted = pen.say("replication.of", count=slots["count"], checked=slots["checked"])
        rows.append(
            TableRow((slots["table"], slots["kind"], slots["first"], slots["printed"], slots["recomputed"], counted))
        )
    heads = ("table", "kind", "first", "number_printed", "number_recomputed", "count")
    columns = tuple(
        Column(name, pen.word(f"replication.column.{name}"), align="left" if at < 3 else "right")
        for at, name in enumerate(heads)
    )
    limits = Paragraph((pen.word("replication.note.table_ids" if rows else "replication.story.all_agree"),), "note")
    caption = (pen.word("replication.caption.disagreements"),)
    return Table("replication.disagreements", caption, columns, tuple(rows), (limits,), pen.word("replication.source"))


def _disagreement(findings: ReplicationFindings, each: Disagreement, pen: Pen) -> dict[str, Text]:
    own = pen.about(f"replication.{each.kind}.{each.table_id}", rule="printed", function=_AUDIT)
    first = each.first
    return {
        "table": (each.table_id,),
        "kind": (pen.word(f"replication.kind.{each.kind}"),),
        "first": _where(findings, first, pen),
        "printed": own.number("first_printed", first.value),
        "recomputed": own.number("first_recomputed", first.recomputed, low=first.low, high=first.high),
        "count": own.count("inconsistent", each.count),
        "checked": own.count("checked", each.checked),
    }


def _where(findings: ReplicationFindings, first: Check, pen: Pen) -> Text:
    key = f"replication.what.{first.what}"
    what = pen.word(key)
    scale, _, item = first.where.partition(" / ")
    where = _scale(findings, scale, pen)
    place = f"{where}, {item}" if item else where
    return pen.say("replication.where", what=first.what if what == key else what, where=place)


@shows("table", ReplicationFindings, "regression")
def regression_table(findings: ReplicationFindings, pen: Pen) -> Table:
    """The regression that the first whole printed matrix implies."""
    found = [each for each in findings.audit.regressions if each.result]
    heads = ("term", "beta", "t", "tolerance", "vif")
    titles = {"t": "t", "vif": "VIF"}
    columns = tuple(
        Column(
            name,
            titles.get(name) or pen.word(f"replication.column.{name}"),
            align="left" if name == "term" else "right",
        )
        for name in heads
    )
    if not found:
        note = Paragraph((pen.word("replication.story.nothing"),), "note")
        return Table("replication.regression", (), columns, (), (note,))
    return _one_regression(found[0], columns, pen)


def _one_regression(each: Replication, columns: tuple[Column, ...], pen: Pen) -> Table:
    own = pen.about(
        f"replication.{each.table_id}.regression", n=each.n, rule="printed", method="ols.moments", function=_REGRESS
    )
    result = each.result
    rows = []
    for row in result.coefficient_rows if result else ():
        if row.beta is None:
            continue
        about = own.about(row.term)
        t = row.statistic if each.n is not None else None
        rows.append(
            TableRow(
                (
                    (row.term,), about.number("beta", row.beta), about.number("t", t),
                    about.number("tolerance", row.tolerance), about.number("vif", row.vif),
                )
            )
        )  # fmt: skip
    caption = pen.say(
        "replication.caption.regression", table=each.table_id,
        n=own.count("n", each.n) if each.n is not None else (pen.word("none"),),
        r2=own.number("r2", result.fit.r2 if result else None),
    )  # fmt: skip
    note = Paragraph((pen.word("replication.note.regression"),), "note")
    return Table("replication.regression", caption, columns, tuple(rows), (note,), pen.word("replication.source"))


@shows("figure", ReplicationFindings)
def alphas_figure(findings: ReplicationFindings, pen: Pen) -> Figure | Narrative:
    """Recomputed minus printed alpha of every scale, with the span that rounding allows."""
    rows: list[dict[str, Any]] = []
    for each in findings.scales:
        alpha = _alpha_of(each)
        if alpha.value is None or alpha.recomputed is None or alpha.low is None or alpha.high is None:
            continue
        half = 0.5 * 10.0 ** -(alpha.digits or 0)
        bar = pen.word("replication.bar")
        label = bar.format(table=each.table_id, scale=_scale(findings, each.scale, pen))
        gap = alpha.recomputed - alpha.value
        low, high = alpha.low - alpha.value - half, alpha.high - alpha.value + half
        rows.append({"label": label, "value": gap, "low": low, "high": high})
    if not rows:
        return Narrative((Paragraph((pen.word("replication.story.no_scale"),), "note"),))
    inside = sum(row["low"] <= 0 <= row["high"] for row in rows)
    data = {
        "rows": rows, "lines": [{"value": 0, "label": "0"}], "x": pen.word("replication.axis"),
        "decimal": pen.word("decimal"),
    }  # fmt: skip
    alt = pen.word("replication.alt").format(inside=inside, outside=len(rows) - inside)
    caption = (pen.word("replication.caption.figure"), ". ", pen.word("replication.note.interval"))
    return Figure("replication.alphas", caption, alt, "intervals", data, pen.word("replication.source"))


@shows("narrate", ReplicationFindings)
def story(findings: ReplicationFindings, pen: Pen) -> Narrative:
    """What could be checked, what agrees, the first place of every disagreement, and what that does not mean."""
    total = findings.total
    if not total.tables:
        return Narrative((Paragraph((pen.word("replication.story.nothing"),)),))
    own = pen.about("replication.all", rule="printed", function=_AUDIT)
    counts = {name: own.count(name, getattr(total, name)) for name in _COUNTS}
    said = [Paragraph(pen.say("replication.story.overall", **counts))]
    if findings.scales:
        scales = own.count("scales", len(findings.scales))
        reproduced = own.count("reproduced", len(findings.reproduced))
        said.append(Paragraph(pen.say("replication.story.scales", scales=scales, reproduced=reproduced)))
    for each in findings.disagreements:
        slots = _disagreement(findings, each, pen)
        said.append(Paragraph(pen.say("replication.story.disagreement", **slots), "caution"))
    if not findings.disagreements:
        said.append(Paragraph((pen.word("replication.story.all_agree"),)))
    said.append(Paragraph((pen.word("replication.note.limits"),), "note"))
    return Narrative(tuple(said))
