"""How power and sensitivity are shown: what belongs together, and the smallest effect that a study finds."""

from __future__ import annotations

from ...stats.power import Power, Sensitivity
from ..block import Column, Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows

_FUNCTIONS = {
    "power.t": "analysis.stats.power.power_ttest",
    "power.anova": "analysis.stats.power.power_anova",
    "power.regression": "analysis.stats.power.power_regression",
    "power.correlation": "analysis.stats.power.power_correlation",
    "power.rmsea": "analysis.stats.power.power_rmsea",
    "power.clusters": "analysis.stats.power.power_clusters",
    "power.clusters_simulated": "analysis.stats.power.simulate_clusters",
}


def _of_power(result: Power, pen: Pen) -> Pen:
    family = ".".join(result.method.split(".")[:2])
    return pen.about(result.method, n=result.n, method=result.method, function=_FUNCTIONS[family])


@shows("table", Power)
def power_table(result: Power, pen: Pen) -> Table:
    """n, effect, significance level and power, the one that was asked for marked."""
    own = _of_power(result, pen)
    values = (
        ("n", own.count("n", result.n)),
        ("effect", own.number("effect", result.effect)),
        ("alpha", own.number("alpha", result.alpha)),
        ("power", own.number("power", result.power, se=result.power_se)),
    )
    rows = tuple(TableRow((_row_name(name, result, own), value)) for name, value in values)
    columns = (
        Column("what", own.word("power.column.what"), align="left"),
        Column("value", own.word("power.column.value")),
    )
    caption = own.say("power.caption.power", test=own.word(f"power.test.{result.method}"))
    notes = (_effect_note(result.effect_name, own), *_simulated(result, own))
    return Table("power.power", caption, columns, rows, notes)


def _row_name(name: str, result: Power, own: Pen) -> Text:
    """What stands in the row, marked where it was asked for."""
    words = own.word(f"power.row.{name}")
    return own.say("power.asked", what=words) if name == result.solved else (words,)


def _effect_note(name: str, own: Pen) -> Paragraph:
    return Paragraph(own.say(f"power.effect.{name}"), "note")


def _simulated(result: Power, own: Pen) -> tuple[Paragraph, ...]:
    if result.power_se is None:
        return ()
    error = own.number("power_se", result.power_se, "difference")
    return (Paragraph(own.say("power.note.simulated", error=error), "note"),)


@shows("narrate", Power)
def power_story(result: Power, pen: Pen) -> Narrative:
    """One sentence that follows what was asked for."""
    own = _of_power(result, pen)
    said = own.paragraph(
        f"power.story.{result.solved}", test=own.word(f"power.test.{result.method}"), n=own.count("n", result.n),
        effect=own.number("effect", result.effect), alpha=own.number("alpha", result.alpha),
        percent=own.number("percent", 100 * result.power, "percent"),
    )  # fmt: skip
    return Narrative((said, _effect_note(result.effect_name, own), *_simulated(result, own)))


def _of_sensitivity(result: Sensitivity, pen: Pen) -> Pen:
    stem = f"sensitivity.{result.method}.{result.outcome}" + (f".{result.factor}" if result.factor else "")
    return pen.about(stem, n=result.n, method=result.method, function="analysis.stats.power.sensitivity")


@shows("table", Sensitivity)
def sensitivity_table(result: Sensitivity, pen: Pen) -> Table:
    """The smallest effect, in its own measure, in points and as a share of variance where these exist."""
    own = _of_sensitivity(result, pen)
    values = (
        ("smallest", own.number("effect", result.effect)),
        ("difference", own.number("difference", result.difference)),
        ("r2", own.number("r2", result.r2)),
    )
    rows = tuple(TableRow(((own.word(f"power.row.{name}"),), value)) for name, value in values if value)
    columns = (
        Column("what", own.word("power.column.what"), align="left"),
        Column("value", own.word("power.column.value")),
    )
    caption = own.say("power.caption.sensitivity", what=_what(result, own), sizes=own.sizes([result.n]))
    notes = (_effect_note(result.effect_name, own), Paragraph(own.say("power.note.observed"), "note"))
    return Table("power.sensitivity", caption, columns, rows, notes, pen.source())


def _what(result: Sensitivity, own: Pen) -> Text:
    if result.factor is None:
        return (own.label(result.outcome),)
    return own.say("comparison.by", outcome=own.label(result.outcome), factor=own.label(result.factor))


@shows("narrate", Sensitivity)
def sensitivity_story(result: Sensitivity, pen: Pen) -> Narrative:
    """What the study would find, and what it would miss."""
    own = _of_sensitivity(result, pen)
    said = own.paragraph(
        "power.story.sensitivity", what=_what(result, own), n=own.count("n", result.n),
        effect=own.number("effect", result.effect), measure=own.word(f"power.measure.{result.effect_name}"),
        percent=own.number("percent", 100 * result.power, "count"), alpha=own.number("alpha", result.alpha, "mean"),
    )  # fmt: skip
    notes = (_effect_note(result.effect_name, own), Paragraph(own.say("power.note.observed"), "note"))
    return Narrative((said, *notes))
