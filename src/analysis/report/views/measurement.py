"""How the chapter on the measurement model is shown: fit, loadings by construct, diagram, sentences."""

from __future__ import annotations

from ...chapters.measurement import MeasurementFindings
from ...stats.sem.result import MeasurementModel
from ...stats.tails import normal_two_sided
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems
from .sem import common_story, common_table, fit_table, model_story, modifications_table, path_diagram


@shows("table", MeasurementFindings)
def measurement_fit(findings: MeasurementFindings, pen: Pen) -> Table:
    """Fit of the model beside the rules."""
    if findings.model is None:
        return _nothing("measurement.fit", "sem.chapter.fit", pen)
    return fit_table(findings.model, pen)


@shows("table", MeasurementFindings, "loadings")
def measurement_loadings(findings: MeasurementFindings, pen: Pen) -> Table:
    """Standardised loadings by construct, each with composite reliability and variance extracted."""
    model, reliability, extracted = findings.model, findings.reliability, findings.extracted
    if model is None or reliability is None or extracted is None:
        return _nothing("measurement.loadings", "sem.chapter.figure", pen)
    own = pen.about("measurement", n=model.n, rule=model.missing, method=model.estimator,
                    function="analysis.stats.sem.cfa.cfa")  # fmt: skip
    rows = []
    for construct in model.latent:
        about = own.about(construct)
        cr, ave = (found.of(construct).value for found in (reliability, extracted))
        slots = {"cr": about.number("cr", cr), "ave": about.number("ave", ave)}
        title = about.say("sem.chapter.construct", construct=pen.label(construct), **slots)
        rows.append(TableRow((title,), section=True))
        rows.extend(_loading_rows(model, construct, about))
    columns = (
        Column("item", pen.word("reliability.column.item"), align="left"),
        *(Column(name, pen.word(f"sem.column.{name}")) for name in ("std", "se", "z", "p")),
    )
    caption = pen.say("sem.chapter.loadings", n=own.count("n", model.n))
    note = Paragraph(
        pen.say("sem.chapter.note", cr=pen.rule_value("reliability.cr"), ave=pen.rule_value("reliability.ave")), "note"
    )
    return Table("measurement.loadings", caption, columns, tuple(rows), (note,), pen.source())


def _loading_rows(model: MeasurementModel, construct: str, about: Pen) -> list[TableRow]:
    """Errors and tests are those of the standardised loadings, so that the marker has them too."""
    rows = []
    for row in model.parameter_rows:
        if row.op != "=~" or row.lhs != construct or row.std is None:
            continue
        own = about.about(row.rhs)
        # far out, p magnifies the last bits of z, which differ from machine to machine: ten digits of z are used
        z = row.std / row.std_se if row.std_se else None
        numbers: tuple[Text, ...] = (
            own.number("std", row.std, se=row.std_se), own.number("se", row.std_se), own.number("z", z, "mean"),
            own.number("p", None if z is None else normal_two_sided(float(f"{z:.10g}")), "p"),
        )  # fmt: skip
        rows.append(TableRow(((about.item(row.rhs),), *numbers)))
    return rows


@shows("table", MeasurementFindings, "modifications")
def measurement_modifications(findings: MeasurementFindings, pen: Pen) -> Table:
    """The greatest modification indices."""
    if findings.modifications is None:
        return _nothing("measurement.modifications", "sem.chapter.modifications", pen)
    return modifications_table(findings.modifications, pen)


@shows("table", MeasurementFindings, "common")
def measurement_common(findings: MeasurementFindings, pen: Pen) -> Table:
    """Loadings without and with a factor common to all items."""
    if findings.common is None:
        return _nothing("measurement.common", "sem.chapter.common", pen)
    return common_table(findings.common, pen)


@shows("figure", MeasurementFindings)
def measurement_figure(findings: MeasurementFindings, pen: Pen) -> Figure:
    """The path diagram; empty where there is no model."""
    if findings.model is None:
        return Figure("sem.paths", pen.say("sem.chapter.figure"), "", "paths", {"rows": []}, pen.source())
    return path_diagram(findings.model, pen)


@shows("narrate", MeasurementFindings)
def measurement_story(findings: MeasurementFindings, pen: Pen) -> Narrative:
    """What the model says, what a common factor takes; or why there is no model."""
    if findings.model is None:
        if not findings.refused:
            return Narrative((Paragraph(pen.say("sem.chapter.none")),))
        reason = explain_problems(findings.refused, pen.lang)
        return Narrative((Paragraph(pen.say("sem.chapter.refused", reason=reason), "caution"),))
    said = model_story(findings.model, pen).paragraphs
    if findings.common is not None:
        shared = [each for each in common_story(findings.common, pen).paragraphs if each.kind == "finding"]
        said = (
            *(each for each in said if each.kind == "finding"),
            *shared,
            *(each for each in said if each.kind != "finding"),
        )
    return Narrative(said)


def _nothing(key: str, caption: str, pen: Pen) -> Table:
    """A table without rows: what is missing is said by the sentences."""
    return Table(key, pen.say(caption), (Column("item", "", align="left"),), (), (), pen.source())
