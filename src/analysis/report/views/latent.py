"""How scale scores and latent variables are shown beside each other."""

from __future__ import annotations

from ...chapters.latent import LatentFindings, LatentRow
from ...chapters.robustness import RobustnessFindings
from ..block import Column, Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows
from .terms import note, term_words


def _own(found: LatentFindings, pen: Pen) -> Pen:
    return pen.about(
        f"latent.{found.model}", n=found.n, rule=found.missing, method="sem.MLR",
        function="analysis.chapters.latent.latent",
    )  # fmt: skip


@shows("table", RobustnessFindings, "latent")
def latent_table(findings: RobustnessFindings, pen: Pen) -> Table:
    """Each factor's coefficient from scores, without their errors, and from the structural model."""
    found = findings.latent
    if found is None:
        return Table("latent", (), (), (), (note(pen, "latent.note.none"),), pen.source())
    own = _own(found, pen)
    columns = (
        Column("term", pen.word("latent.column.term"), align="left"),
        *(_column(name, group, pen) for name, group in (("beta", "scores"), ("p", "scores"), ("corrected", "scores"))),
        *(_column(name, "model", pen) for name in ("path", "p", "reliability")),
    )
    rows = tuple(TableRow(tuple(_cells(row, own.about(row.term), pen))) for row in found.rows)
    said = latent_story(findings, pen).paragraphs
    notes = (*said, _method(found, own), note(own, "latent.note.attenuation", reliability=_outcome(found, own)))
    caption = own.say("latent.caption_all" if found.missing == "fiml" else "latent.caption", sizes=own.sizes([found.n]))
    return Table("latent", caption, columns, rows, notes, pen.source())


def _column(name: str, group: str, pen: Pen) -> Column:
    return Column(f"{group}.{name}", pen.word(f"latent.column.{name}"), pen.word(f"latent.group.{group}"))


def _cells(row: LatentRow, own: Pen, pen: Pen) -> list[Text]:
    return [
        (term_words(row.term, pen),),
        _with_limits(own, "beta", row.beta, (row.low, row.high)),
        own.number("p", row.p, "p"),
        own.number("corrected", row.corrected),
        _with_limits(own, "path", row.path, (row.path_low, row.path_high)),
        own.number("p_path", row.path_p, "p"),
        own.number("reliability", row.reliability),
    ]


def _with_limits(own: Pen, name: str, value: float, limits: tuple[float, float]) -> Text:
    low, high = limits
    return own.say(
        "answer.limits", value=own.number(name, value, low=low, high=high), low=own.number(f"{name}_low", low),
        high=own.number(f"{name}_high", high),
    )  # fmt: skip


def _method(found: LatentFindings, own: Pen) -> Paragraph:
    fit = found.fit
    return note(
        own, "latent.note.method", n=own.count("n", found.n), cfi=own.number("cfi", fit.cfi),
        rmsea=own.number("rmsea", fit.rmsea), srmr=own.number("srmr", fit.srmr),
    )  # fmt: skip


def _outcome(found: LatentFindings, own: Pen) -> Text:
    return own.about(found.outcome).number("reliability", found.reliability)


@shows("narrate", RobustnessFindings, "latent")
def latent_story(findings: RobustnessFindings, pen: Pen) -> Narrative:
    """The coefficient that moves most, what errors of measurement did to R², and whether a conclusion changes."""
    found = findings.latent
    if found is None:
        return Narrative(())
    own, limit = _own(found, pen), pen.cutoff("significance")
    row = max(found.rows, key=lambda each: abs(each.path - each.beta))
    about = own.about(row.term)
    slots: dict[str, Text] = {
        "beta": about.number("beta", row.beta, low=row.low, high=row.high),
        "path": about.number("path", row.path, low=row.path_low, high=row.path_high),
        "reliability": about.number("reliability", row.reliability), "n": own.count("n", found.n),
        "r2": own.number("r2", found.r2), "latent_r2": own.number("latent_r2", found.latent_r2),
    }  # fmt: skip
    changed = [
        term_words(each.term, pen)
        for each in found.rows
        if (each.p < limit) != (each.path_p < limit) or (each.p < limit and each.beta * each.path < 0)
    ]
    second = pen.say("latent.story.changed", terms=", ".join(changed)) if changed else pen.say("latent.story.same")
    said = own.say("latent.story.differs", term=term_words(row.term, pen), **slots)
    return Narrative(
        (Paragraph(said), Paragraph(second, "caution" if changed else "finding"), *own.cautions(found.cautions))
    )
