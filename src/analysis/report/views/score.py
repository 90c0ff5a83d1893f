"""How score tests of equalities are shown: which one to release first."""

from __future__ import annotations

from ...stats.sem.score import ScoreRow, ScoreTests
from ..block import Column, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows

_MOST = 10
_KINDS = {"=~": "loading", "|": "threshold", "~1": "intercept", "~~": "covariance", "~": "regression"}


def parameter(row: ScoreRow, pen: Pen) -> str:
    """A parameter in words: ``q2, threshold 3``; a loading with its arrow."""
    item = _short(row.lhs, pen)
    if row.op == "|":
        return pen.word("sem.released.threshold").format(item=item, place=row.rhs.removeprefix("t"))
    if row.op == "~1":
        return pen.word("sem.released.intercept").format(item=item)
    if row.op == "~~" and row.lhs == row.rhs:
        return pen.word("sem.released.residual").format(item=item)
    arrow = {"=~": "→", "~": "←"}.get(row.op, "↔")
    return f"{item} {arrow} {_short(row.rhs, pen)}"


def costliest(row: ScoreRow, own: Pen, group: str) -> Text:
    """The sentence on the equality that costs a step of invariance most."""
    about = _about(row, own)
    return own.say(
        "sem.story.costliest", parameter=parameter(row, own), group=group,
        chisq=about.number("score", row.judged, "mean"), p=_p(about, row.p),
    )  # fmt: skip


@shows("table", ScoreTests)
def score_table(result: ScoreTests, pen: Pen) -> Table:
    """The equalities that are rejected, the costliest first."""
    own = _own(result, pen)
    rows = []
    for row in _rejected(result, pen)[:_MOST]:
        about = _about(row, own)
        name = parameter(row, own) + (f" ({row.group})" if row.group else "")
        numbers = about.number("score", row.judged, "mean"), about.number("p", row.p, "p")
        rows.append(TableRow(((name,), *numbers, about.number("change", row.change))))
    scaled = any(row.chisq_scaled is not None for row in result.score_rows)
    said: Text = pen.say("sem.note.score_scaled") if scaled else ()
    note = Paragraph(pen.say("sem.note.score", scaled=said, level=pen.rule_value("significance")), "note")
    columns = (
        Column("parameter", pen.word("sem.column.parameter"), align="left"),
        *(Column(name, pen.word(f"sem.column.{name}")) for name in ("chisq", "p", "change")),
    )
    caption = pen.say("sem.caption.score", n=own.count("n", result.n))
    return Table("sem.score", caption, columns, tuple(rows), (note, *own.cautions(result.cautions)), pen.source())


@shows("narrate", ScoreTests)
def score_story(result: ScoreTests, pen: Pen) -> Narrative:
    """How many equalities are rejected, and which costs most."""
    own = _own(result, pen)
    if not result.score_rows:
        return Narrative((Paragraph(own.say("sem.story.no_score", n=own.count("n", result.n))),))
    rejected, first = _rejected(result, pen), result.score_rows[0]
    slots: dict[str, Segment | Text] = {
        "count": own.count("equalities", len(result.score_rows)), "rejected": own.count("rejected", len(rejected)),
        "level": own.rule_value("significance"), "n": own.count("n", result.n),
    }  # fmt: skip
    said = [Paragraph(own.say("sem.story.score", **slots))]
    if rejected:
        about = _about(first, own)
        group: Text = own.say("sem.story.score_group", group=first.group) if first.group else ()
        numbers = {"chisq": about.number("score", first.judged, "mean"), "p": _p(about, first.p)}
        said.append(
            Paragraph(own.say("sem.story.score_costliest", parameter=parameter(first, own), group=group, **numbers))
        )
    return Narrative((*said, *own.cautions(result.cautions)))


def _rejected(result: ScoreTests, pen: Pen) -> list[ScoreRow]:
    return [row for row in result.score_rows if row.p < pen.cutoff("significance")]


def _own(result: ScoreTests, pen: Pen) -> Pen:
    return pen.about("score", n=result.n, rule=result.missing, function="analysis.stats.sem.score.score_tests")


def _about(row: ScoreRow, own: Pen) -> Pen:
    names = (row.group, row.lhs, _KINDS[row.op], row.rhs)
    return own.about(
        ".".join(name for name in names if name).replace(" ", "_"), function="analysis.stats.sem.score.score_tests"
    )


def _short(name: str, pen: Pen) -> str:
    """An item by its code, anything else by its label."""
    return name if pen.study and name in pen.study.items else pen.label(name)


def _p(own: Pen, value: float) -> Text:
    shown = own.number("p", value, "p")
    return shown if value < 0.001 else ("= ", *shown)
