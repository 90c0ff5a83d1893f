"""How estimates of a population from a sample with a design are shown."""

from __future__ import annotations

from ...stats.complex_sample import SurveyEstimates, SurveyRow
from ..block import Narrative, Paragraph, Table
from ..pen import Pen
from ..registry import shows
from .terms import lines_table, note, p_text, term_words

_FUNCTION = "analysis.stats.complex_sample.survey_"


def _about(result: SurveyEstimates, pen: Pen) -> Pen:
    kind = result.method.partition(".")[2]
    return pen.about(result.method, n=result.n, rule="answered", method=result.errors, function=f"{_FUNCTION}{kind}")


def _label(row: SurveyRow, own: Pen) -> str:
    return " / ".join(term_words(part, own).replace(" × ", ", ") for part in row.name.split("/"))


@shows("table", SurveyEstimates)
def survey_table(result: SurveyEstimates, pen: Pen) -> Table:
    """Estimates with errors, intervals and design effects; parts under five persons are not shown."""
    own = _about(result, pen)
    shown = _shown(result, own)
    lines = [(_label(row, own), own.about(row.name, n=row.n), row) for row in shown]
    caption = own.say(
        "inference.caption.survey", what=own.word(f"inference.estimate.{result.method}"),
        sizes=own.sizes(row.n for row in shown),
    )  # fmt: skip
    columns = ("estimate", "value", "se", "statistic", "df", "p", "low", "high", "deff", "n")
    notes = (_design(result, own), *own.cautions(result.cautions))
    return lines_table(f"{result.method}.{result.errors}", caption, columns, lines, own, notes)


def _shown(result: SurveyEstimates, own: Pen) -> list[SurveyRow]:
    """Parts that are large enough; the smallest of the others goes with a single hidden one."""
    least = int(own.cutoff("disclosure.min_cell"))
    shown = [row for row in result.estimate_rows if row.n >= least]
    if len(result.estimate_rows) - len(shown) == 1 and shown:
        shown.remove(min(shown, key=lambda row: row.n))
    return shown


def _design(result: SurveyEstimates, own: Pen) -> Paragraph:
    drawn = {} if result.draws is None else {"draws": own.count("draws", result.draws)}
    return note(
        own, f"inference.note.survey_{result.errors}", **drawn, n=own.count("n", result.n),
        strata=own.count("strata", result.strata), clusters=own.count("clusters", result.clusters),
        kish=own.number("kish", result.kish, "mean"),
    )  # fmt: skip


@shows("narrate", SurveyEstimates)
def survey_story(result: SurveyEstimates, pen: Pen) -> Narrative:
    """Each estimate with its interval, or with its test where it is a coefficient."""
    own = _about(result, pen)
    said = []
    for row in _shown(result, own):
        about = own.about(row.name, n=row.n)
        ends = {"low": about.number("low", row.low), "high": about.number("high", row.high)}
        if row.p is None:
            value = about.number("value", row.value, se=row.se, low=row.low, high=row.high)
            said.append(
                about.paragraph(
                    "inference.story.estimate", name=_label(row, own), value=value, **ends, n=about.count("n", row.n)
                )
            )
        elif row.name != "(Intercept)":
            key = "evidence" if row.p < own.cutoff("significance") else "no_evidence"
            slots = {"b": about.number("value", row.value, se=row.se), "p": p_text(about, "p", row.p)}
            said.append(about.paragraph(f"inference.story.{key}", term=_label(row, own), **slots, **ends))
    return Narrative((*said, _design(result, own), *own.cautions(result.cautions)))
