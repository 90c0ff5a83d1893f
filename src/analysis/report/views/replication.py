"""How the check of printed tables is shown: verdicts by kind, scales recovered, places that disagree; careful words."""

from __future__ import annotations

from typing import Any

from ...chapters.replication import Disagreement, KindSummary, ReplicationFindings
from ...published.certificate import Certificate
from ...published.check import Check
from ...published.regression import Replication
from ...published.reliability import ItemTotal
from ...published.sheet import Explanation, Inverted
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


@shows("table", ReplicationFindings, "inverted")
def inverted_table(findings: ReplicationFindings, pen: Pen) -> Table:
    """Numbers that tables do not print, from those that they do, with the span that the digits leave open."""
    rows = []
    for at, each in enumerate(findings.inverted):
        own = pen.about(f"replication.{each.table_id}.inverted.{at}", rule="printed", function=_AUDIT)
        rows.append(TableRow(_inverted_cells(each, own, pen)))
    columns = _columns(("table", "number", "value", "low", "high", "equations", "given"), pen)
    key = "replication.note.inverted" if rows else "replication.story.nothing_inverted"
    note = Paragraph((pen.word(key),), "note")
    caption = (pen.word("replication.caption.inverted"),)
    return Table("replication.inverted", caption, columns, tuple(rows), (note,), pen.word("replication.source"))


_WORDS = ("table", "tables_named", "number", "given", "place", "verdict")


def _columns(heads: tuple[str, ...], pen: Pen) -> tuple[Column, ...]:
    """Columns under the words of the language, words at the left and numbers at the right."""
    return tuple(
        Column(name, pen.word(f"replication.column.{name}"), align="left" if name in _WORDS else "right")
        for name in heads
    )


def _inverted_cells(each: Inverted, own: Pen, pen: Pen) -> tuple[Text, ...]:
    whole = each.what in ("n", "p_items")
    numbers = tuple(
        own.count(name, round(value)) if whole else own.number(name, value)
        for name, value in (("value", each.value), ("low", each.low), ("high", each.high))
    )
    name = pen.say("replication.where", what=pen.word(f"replication.what.{each.what}"), where=_place(each.where, pen))
    equations = own.count("equations", each.equations)
    return ((each.table_id,), name, *numbers, equations, (each.given or pen.word("context.none"),))


def _place(where: str, pen: Pen) -> str:
    """Where a number belongs; parts of a table under the words of the language."""
    key = f"replication.place.{where}"
    words = pen.word(key)
    return where if words == key else words


@shows("table", ReplicationFindings, "certificates")
def certificates_table(findings: ReplicationFindings, pen: Pen) -> Table:
    """One row a publication: which tables, how many numbers, which verdict."""
    rows = []
    for each in findings.certificates:
        own = pen.about(f"replication.certificate.{each.names[0]}", rule="printed", function=_AUDIT)
        checked = each.count("consistent") + each.count("inconsistent")
        rows.append(
            TableRow(
                (
                    (", ".join(each.names),), own.count("checked", checked),
                    own.count("agree", each.count("consistent")),
                    own.count("disagree", each.count("inconsistent")), (_verdict(each, pen),),
                )
            )
        )  # fmt: skip
    columns = _columns(("tables_named", "checked", "consistent", "inconsistent", "verdict"), pen)
    note = Paragraph((pen.word("replication.note.limits"),), "note")
    caption = (pen.word("replication.caption.certificates"),)
    return Table("replication.certificates", caption, columns, tuple(rows), (note,), pen.word("replication.source"))


def _verdict(each: Certificate, pen: Pen) -> str:
    return pen.word(f"replication.verdict.{each.verdict.replace(' ', '_')}")


@shows("table", Certificate)
def certificate_table(found: Certificate, pen: Pen) -> Table:
    """Every printed number of a publication that could be recomputed, beside the recomputed one."""
    rows = []
    for at, each in enumerate(each for each in found.checks if each.verdict != "cannot check"):
        own = pen.about(f"replication.certificate.{each.table_id}.{at}", rule="printed", function=_AUDIT)
        rows.append(
            TableRow(
                (
                    (each.table_id,), (each.where,), (_what(each, pen),), (each.printed,),
                    own.number("recomputed", each.recomputed, low=each.low, high=each.high)
                    or (pen.word("context.none"),),
                    (pen.word(f"replication.verdict.{each.verdict}"),),
                )
            )
        )  # fmt: skip
    columns = _columns(("table", "place", "number", "number_printed", "number_recomputed", "verdict"), pen)
    note = Paragraph((pen.word("replication.note.digits"),), "note")
    caption = pen.say("replication.caption.certificate", tables=", ".join(found.names))
    return Table("replication.certificate", caption, columns, tuple(rows), (note,), pen.word("replication.source"))


def _what(each: Check, pen: Pen) -> str:
    key = f"replication.what.{each.what}"
    words = pen.word(key)
    return each.what if words == key else words


@shows("narrate", Certificate)
def certificate_story(found: Certificate, pen: Pen) -> Narrative:
    """What was checked, what stands, what does not, the smallest explanation, and what it does not mean."""
    own = pen.about(f"replication.certificate.{found.names[0]}", rule="printed", function=_AUDIT)
    agree, disagree = found.count("consistent"), found.count("inconsistent")
    slots: dict[str, Text | str] = {
        "tables": ", ".join(found.names), "checked": own.count("checked", agree + disagree),
        "consistent": own.count("agree", agree), "inconsistent": own.count("disagree", disagree),
    }  # fmt: skip
    said = [Paragraph(pen.say("replication.certificate.overall", **slots))]
    if found.source.startswith(("http://", "https://")):
        said.append(Paragraph(pen.say("replication.certificate.address", address=found.source)))
    for at, explained in enumerate(found.explanations):
        said.append(Paragraph(_explanation(explained, own.about(f"explanation.{at}")), "caution"))
    if disagree and not found.explanations:
        said.append(Paragraph((pen.word("replication.certificate.unexplained"),), "caution"))
    key = "replication.note.limits" if disagree else "replication.certificate.stands"
    said.append(Paragraph((pen.word(key),), "note"))
    return Narrative(tuple(said))


def _explanation(each: Explanation, pen: Pen) -> Text:
    return pen.say(
        f"replication.explanation.{each.code}", where=each.where, printed=each.printed, instead=each.instead,
        before=pen.number("before", each.before), after=pen.number("after", each.after),
    )  # fmt: skip


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
