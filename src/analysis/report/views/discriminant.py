"""How discriminant validity and common-method variance are shown: HTMT, Fornell and Larcker, Harman, VIF, a marker."""

from __future__ import annotations

from collections.abc import Sequence

from ...stats.discriminant import FornellLarcker, Htmt, HtmtRow
from ...stats.method_bias import CommonMethod
from ..block import Column, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows


def _n(own: Pen) -> Text:
    return own.count("n", own.n or 0)


def _joined(parts: Sequence[Text]) -> Text:
    return tuple(piece for at, each in enumerate(parts) for piece in ((("; ",) if at else ()) + each))


def _pair(a: str, b: str, pen: Pen) -> Text:
    return pen.say("discriminant.pair", a=pen.label(a), b=pen.label(b))


# ---- HTMT ------------------------------------------------------------------------------------------------------------


def _htmt(result: Htmt, pen: Pen) -> Pen:
    function = "analysis.stats.discriminant.htmt"
    return pen.about("htmt", n=result.n, rule=result.missing, method="htmt", function=function)


def _ratio(row: HtmtRow, kind: str, own: Pen) -> Text:
    value = row[kind]
    about = own.about(f"{row.a}.{row.b}")
    return about.number(kind, value.value, se=value.se, low=value.low, high=value.high)


@shows("table", Htmt)
def htmt_table(result: Htmt, pen: Pen) -> Table:
    """Both ratios with their intervals, pair by pair."""
    own = _htmt(result, pen)
    rows = []
    for row in result.pair_rows:
        about = own.about(f"{row.a}.{row.b}")
        cells: list[Text] = [_pair(row.a, row.b, pen)]
        for kind in ("htmt", "htmt2"):
            cells += [
                _ratio(row, kind, own),
                about.number(f"{kind}.low", row[kind].low),
                about.number(f"{kind}.high", row[kind].high),
            ]
        rows.append(TableRow(tuple(cells)))
    columns = [Column("pair", pen.word("discriminant.column.pair"), align="left")]
    for kind in ("htmt", "htmt2"):
        over = pen.word(f"discriminant.column.{kind}")
        for name in ("value", "low", "high"):
            columns.append(Column(f"{kind}.{name}", pen.word(f"discriminant.column.{name}"), over))
    limits: dict[str, Segment | Text] = {
        "least": pen.rule_value("validity.htmt"),
        "strict": pen.rule_value("validity.htmt.strict"),
    }
    level = result.pair_rows[0].htmt.level
    if level is None:
        note = pen.say("discriminant.note.htmt_plain", **limits)
    else:
        drawn: dict[str, Segment | Text] = {
            "level": own.number("level", 100 * level, "count"),
            "resamples": own.count("resamples", result.resamples),
        }
        note = pen.say("discriminant.note.htmt", **limits, **drawn)
    caption = pen.say("discriminant.caption.htmt", n=_n(own))
    notes = (Paragraph(note, "note"), *own.cautions(result.cautions))
    return Table("discriminant.htmt", caption, tuple(columns), tuple(rows), notes, pen.source())


@shows("narrate", Htmt)
def htmt_story(result: Htmt, pen: Pen) -> Narrative:
    """Which pairs are too near, and which cannot be told from too near."""
    own, least = _htmt(result, pen), pen.cutoff("validity.htmt")
    limit = pen.rule_value("validity.htmt")
    over = [row for row in result.pair_rows if row.htmt.value >= least]
    unsure = [row for row in result.pair_rows if row not in over and (row.htmt.high or 0) >= least]
    if over:
        said = [own.paragraph("discriminant.story.htmt_fail", least=limit, pairs=_pairs(over, own), n=_n(own))]
    else:
        top = max(result.pair_rows, key=lambda row: row.htmt.value)
        said = [
            own.paragraph(
                "discriminant.story.htmt_pass", least=limit, a=pen.label(top.a), b=pen.label(top.b),
                largest=_ratio(top, "htmt", own), n=_n(own),
            )
        ]  # fmt: skip
    if unsure:
        level = own.number("level", 100 * (unsure[0].htmt.level or 0), "count")
        pairs = _pairs(unsure, own)
        said.append(own.paragraph("discriminant.story.htmt_unsure", level=level, least=limit, pairs=pairs))
    return Narrative((*said, *own.cautions(result.cautions)))


def _pairs(found: Sequence[HtmtRow], own: Pen) -> Text:
    return _joined(
        [
            own.say("discriminant.story.pair", a=own.label(row.a), b=own.label(row.b), value=_ratio(row, "htmt", own))
            for row in found
        ]
    )


# ---- Fornell and Larcker ---------------------------------------------------------------------------------------------


def _fornell(result: FornellLarcker, pen: Pen) -> Pen:
    function = "analysis.stats.discriminant.fornell_larcker"
    return pen.about("fornell", n=result.n, rule=result.missing, method="fornell_larcker", function=function)


@shows("table", FornellLarcker)
def fornell_table(result: FornellLarcker, pen: Pen) -> Table:
    """AVE, its root on the diagonal, correlations below."""
    own = _fornell(result, pen)
    names = [row.construct for row in result.construct_rows]
    latent = {frozenset((row.a, row.b)): row.latent for row in result.pair_rows}
    rows = []
    for at, row in enumerate(result.construct_rows):
        about = own.about(row.construct)
        below = [about.about(other).number("latent", latent[frozenset((row.construct, other))]) for other in names[:at]]
        blank: list[Text] = [()] * (len(names) - at - 1)
        numbers = (about.number("ave", row.ave), *below, about.number("root", row.root), *blank)
        rows.append(TableRow(((f"{at + 1}. {pen.label(row.construct)}",), *numbers)))
    columns = (
        Column("construct", pen.word("discriminant.column.construct"), align="left"),
        Column("ave", pen.word("discriminant.column.ave")),
        *(Column(name, str(at)) for at, name in enumerate(names, 1)),
    )
    caption = pen.say("discriminant.caption.fornell", n=_n(own))
    notes = (Paragraph(pen.say("discriminant.note.fornell"), "note"), *own.cautions(result.cautions))
    return Table("discriminant.fornell", caption, columns, tuple(rows), notes, pen.source())


@shows("narrate", FornellLarcker)
def fornell_story(result: FornellLarcker, pen: Pen) -> Narrative:
    """Which constructs do not meet the criterion."""
    own = _fornell(result, pen)
    failed: list[Text] = []
    for row in result.construct_rows:
        if not row.passed:
            about = own.about(row.construct)
            failed.append(
                own.say(
                    "discriminant.story.fornell_one", construct=pen.label(row.construct),
                    root=about.number("root", row.root), largest=about.number("largest", row.largest),
                    nearest=pen.label(row.nearest),
                )
            )  # fmt: skip
    if failed:
        said = own.paragraph("discriminant.story.fornell_fail", items=_joined(failed), n=_n(own))
    else:
        said = own.paragraph("discriminant.story.fornell_pass", n=_n(own))
    return Narrative((said, *own.cautions(result.cautions)))


# ---- common method ---------------------------------------------------------------------------------------------------


def _method(result: CommonMethod, pen: Pen) -> Pen:
    return pen.about("method", n=result.n, rule=result.missing, function="analysis.stats.method_bias.common_method")


@shows("table", CommonMethod)
def method_table(result: CommonMethod, pen: Pen) -> Table:
    """Every sign in one table."""
    own = _method(result, pen)
    rows = []
    for name in ("harman_pca", "harman_paf"):
        rows.append(
            TableRow(((pen.word(f"discriminant.{name}"),), own.number(name, 100 * getattr(result, name), "percent")))
        )
    rows.append(TableRow(((pen.word("discriminant.above_one"),), own.count("above_one", result.above_one))))
    for row in result.collinearity_rows:
        what = pen.say("discriminant.vif", construct=pen.label(row.construct))
        rows.append(TableRow((what, own.about(row.construct).number("vif", row.vif))))
    if result.marker is not None:
        what = pen.say("discriminant.marker", marker=pen.label(result.marker))
        rows.append(TableRow((what, own.number("marker", result.marker_r))))
    columns = (
        Column("sign", pen.word("discriminant.column.sign"), align="left"),
        Column("value", pen.word("discriminant.column.value")),
    )
    harman = Pen(pen.lang, pen.study, "rule", method="cutoff", function="analysis.rules.methods.rule").number(
        "method.harman.percent", 100 * pen.cutoff("method.harman"), "count"
    )
    note = pen.say("discriminant.note.method", harman=harman, vif=pen.rule_value("method.vif"))
    caption = pen.say("discriminant.caption.method", n=_n(own))
    notes = (Paragraph(note, "note"), *own.cautions(result.cautions))
    return Table("discriminant.method", caption, columns, tuple(rows), notes, pen.source())


@shows("table", CommonMethod, "marker")
def marker_table(result: CommonMethod, pen: Pen) -> Table:
    """Correlations before and after; no rows without a marker."""
    own = _method(result, pen)
    rows = []
    for row in result.marker_rows:
        about = own.about(f"{row.a}.{row.b}")
        numbers = (about.number("r", row.r), about.number("adjusted", row.adjusted), about.number("p", row.p, "p"))
        rows.append(TableRow((_pair(row.a, row.b, pen), *numbers)))
    columns = (
        Column("pair", pen.word("discriminant.column.pair"), align="left"),
        *(Column(name, pen.word(f"discriminant.column.{name}")) for name in ("r", "adjusted", "p")),
    )
    caption = pen.say("discriminant.caption.marker", n=_n(own))
    notes = (Paragraph(pen.say("discriminant.note.marker"), "note"),)
    return Table("discriminant.marker", caption, columns, tuple(rows), notes, pen.source())


@shows("narrate", CommonMethod)
def method_story(result: CommonMethod, pen: Pen) -> Narrative:
    """What was found, and what none of it can show."""
    own = _method(result, pen)
    top = max(result.collinearity_rows, key=lambda row: row.vif)
    said = [
        own.paragraph(
            "discriminant.story.method", pca=own.number("harman_pca", 100 * result.harman_pca, "percent"),
            paf=own.number("harman_paf", 100 * result.harman_paf, "percent"),
            vif=own.about(top.construct).number("vif", top.vif), construct=pen.label(top.construct), n=_n(own),
        )
    ]  # fmt: skip
    if result.marker is not None:
        limit = pen.cutoff("significance")
        kept = sum(row.p is not None and row.p < limit for row in result.marker_rows)
        said.append(
            own.paragraph(
                "discriminant.story.marker", marker=pen.label(result.marker), m=own.number("marker", result.marker_r),
                kept=own.count("marker.kept", kept), total=own.count("marker.total", len(result.marker_rows)),
                alpha=pen.rule_value("significance"),
            )
        )  # fmt: skip
    return Narrative((*said, *own.cautions(result.cautions)))
