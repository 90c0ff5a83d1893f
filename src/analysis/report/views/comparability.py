"""How the comparison of scales between groups is shown: every construct's steps, and how far each can be compared."""

from __future__ import annotations

from collections.abc import Iterator

from ...chapters.comparability import ComparabilityFindings, ComparedScale
from ...errors import Caution
from ...stats.result import unique
from ...stats.sem.invariance import Invariance
from ..block import Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems
from .sem import step_columns, step_notes, step_rows, step_sentences


@shows("table", ComparabilityFindings)
def comparability_table(findings: ComparabilityFindings, pen: Pen) -> Table:
    """The steps of every construct, one construct under another."""
    rows: list[TableRow] = []
    notes: list[Paragraph] = []
    rules = pen.about("comparability", function="analysis.stats.sem.invariance.invariance")
    for scale in findings.scales:
        if scale.ladder is None:
            continue
        own = _about(scale, scale.ladder, pen)
        title = own.say(
            "sem.chapter.compared_scale", construct=pen.label(scale.construct), n=own.count("n", scale.ladder.n),
            estimator=scale.ladder.estimator,
        )  # fmt: skip
        rows.append(TableRow((title,), section=True))
        rows.extend(step_rows(scale.ladder, own))
        # the longest notes are those of ordinal answers; they say what the others say and more
        notes = max(notes, [*step_notes(scale.ladder, rules)], key=len)
    return Table("comparability", _caption(findings, pen), step_columns(pen), tuple(rows), tuple(notes), pen.source())


@shows("narrate", ComparabilityFindings)
def comparability_story(findings: ComparabilityFindings, pen: Pen) -> Narrative:
    """How far each construct can be compared; what was left out; what could not be compared, and why."""
    if findings.variable is None:
        return Narrative((Paragraph(pen.say("sem.chapter.compared_nobody")),))
    if not findings.scales:
        return Narrative((Paragraph(pen.say("sem.chapter.compared_none")),))
    said: list[Paragraph] = []
    seen: set[tuple[str, str]] = set()
    doubts: list[Paragraph] = []
    for scale in findings.scales:
        name = pen.label(scale.construct)
        if scale.ladder is None:
            reason = explain_problems(scale.refused, pen.lang)
            said.append(Paragraph(pen.say("sem.chapter.compared_refused", construct=name, reason=reason), "caution"))
            continue
        own = _about(scale, scale.ladder, pen)
        named = {group: pen.level(scale.ladder.group, group) for group in scale.ladder.groups}
        first, *others = step_sentences(scale.ladder, own, named)
        said.append(Paragraph((f"{name}. ", *first.text), first.kind))
        said.extend(others)
        doubts.extend(own.cautions(_new(scale, scale.ladder, seen)))
    if findings.left_out:
        groups = ", ".join(pen.level(findings.variable, level) for level in findings.left_out)
        said.append(Paragraph(pen.say("sem.chapter.compared_left_out", groups=groups), "note"))
    return Narrative((*said, *doubts))


def _new(scale: ComparedScale, ladder: Invariance, seen: set[tuple[str, str]]) -> Iterator[Caution]:
    """One caution of each kind for a scale; what is said of all scales alike (it has no slots) once."""
    for each in ladder.cautions:
        key = (each.code, scale.construct if each.slots else "")
        if key not in seen:
            seen.add(key)
            yield each


def _caption(findings: ComparabilityFindings, pen: Pen) -> Text:
    if findings.variable is None:
        return pen.say("sem.chapter.compared_nobody")
    ladders = [scale.ladder for scale in findings.scales if scale.ladder is not None]
    groups = unique(group for ladder in ladders for group in ladder.groups)
    own = pen.about("comparability", function="analysis.stats.sem.invariance.invariance")
    return own.say(
        "sem.chapter.compared", variable=pen.label(findings.variable),
        groups=", ".join(pen.level(findings.variable, group) for group in groups),
        n=own.count("n", max((ladder.n for ladder in ladders), default=0)),
    )  # fmt: skip


def _about(scale: ComparedScale, ladder: Invariance, pen: Pen) -> Pen:
    return pen.about(
        f"comparability.{ladder.group}.{scale.construct}", n=ladder.n, rule=ladder.missing, method=ladder.estimator,
        function="analysis.stats.sem.invariance.invariance",
    )  # fmt: skip
