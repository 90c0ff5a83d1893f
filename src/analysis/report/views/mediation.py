"""How simple slopes and indirect effects are shown."""

from __future__ import annotations

from ...stats.mediation import EffectPath, Mediation
from ...stats.moderation import Moderation, SlopeRow
from ..block import Narrative, Paragraph, Table
from ..pen import Pen
from ..registry import shows
from .terms import lines_table, note, p_text, term_words


def _moderation(result: Moderation, pen: Pen) -> Pen:
    stem = f"moderation.{result.focal}.{result.moderator}"
    function = "analysis.stats.moderation.moderate"
    return pen.about(stem, n=result.n, rule="listwise", method=result.regression.method, function=function)


def _place(row: SlopeRow, own: Pen) -> str:
    return own.word(f"inference.at.{row.place}") if row.place in ("low", "mean", "high") else row.place


@shows("table", Moderation)
def moderation_table(result: Moderation, pen: Pen) -> Table:
    """The effect at low, mean and high values of the moderator."""
    own = _moderation(result, pen)
    lines = [(_place(row, own), own.about(row.place), row) for row in result.slope_rows]
    caption = own.say(
        "inference.caption.slopes", focal=term_words(result.focal, own), moderator=term_words(result.moderator, own),
        sizes=own.sizes([result.n]),
    )  # fmt: skip
    columns = ("moderator", "at", "b", "se", "statistic", "df", "p", "low", "high")
    return lines_table(
        "moderation", caption, columns, lines, own, (_bounds(result, own), *own.cautions(result.cautions))
    )


def _bounds(result: Moderation, own: Pen) -> Paragraph:
    """Where the effect is told from zero."""
    words = {"focal": term_words(result.focal, own), "moderator": term_words(result.moderator, own)}
    side = "inside" if result.inside else "outside"
    if not result.bounds:
        return note(own, f"inference.note.everywhere_{side}", **words)
    ends = {
        name: own.number(f"bound.{name}", value) for name, value in zip(("one", "two"), result.bounds, strict=False)
    }
    count = "two" if len(result.bounds) == 2 else "one"
    return note(own, f"inference.note.bound_{count}_{side}", **words, **ends)


@shows("narrate", Moderation)
def moderation_story(result: Moderation, pen: Pen) -> Narrative:
    """Whether the product has evidence, and where the effect is told from zero."""
    own = _moderation(result, pen)
    terms = {result.focal, result.moderator}
    row = next(row for row in result.regression.coefficient_rows if set(row.term.split(":")) == terms)
    key = "moderated" if row.p < own.cutoff("significance") else "not_moderated"
    about = own.about(row.term)
    said = about.paragraph(
        f"inference.story.{key}", focal=term_words(result.focal, own), moderator=term_words(result.moderator, own),
        b=about.number("b", row.b, se=row.se, low=row.low, high=row.high), p=p_text(about, "p", row.p),
        n=own.count("n", result.n),
    )  # fmt: skip
    return Narrative((said, _bounds(result, own), *own.cautions(result.cautions)))


def _mediation(result: Mediation, pen: Pen) -> Pen:
    function = "analysis.stats.mediation.mediate"
    return pen.about(f"mediation.{result.treat}", n=result.n, rule="listwise", method=result.kind, function=function)


def _effect(row: EffectPath, own: Pen) -> str:
    words = own.word(f"inference.effect.{row.effect}")
    return words.format(way=" → ".join(term_words(name, own) for name in row.through))


def _key(row: EffectPath) -> str:
    return ".".join((row.effect, *row.through))


@shows("table", Mediation)
def mediation_table(result: Mediation, pen: Pen) -> Table:
    """Direct, indirect and total effects with bootstrap intervals."""
    own = _mediation(result, pen)
    lines = [(_effect(row, own), own.about(_key(row)), row) for row in result.effect_rows]
    caption = own.say(
        "inference.caption.mediation", treat=term_words(result.treat, own), outcome=own.label(result.outcome),
        sizes=own.sizes([result.n]),
    )  # fmt: skip
    drawn = note(own, "inference.note.mediation", resamples=own.count("resamples", result.resamples))
    columns = ("effect", "value", "standardized", "se", "low", "high", "percentile_low", "percentile_high")
    return lines_table("mediation", caption, columns, lines, own, (drawn, *own.cautions(result.cautions)))


@shows("narrate", Mediation)
def mediation_story(result: Mediation, pen: Pen) -> Narrative:
    """Each effect and whether its interval leaves out zero; no word of causes."""
    own = _mediation(result, pen)
    said = []
    for row in result.effect_rows:
        about = own.about(_key(row))
        key = "effect_told" if row.low > 0 or row.high < 0 else "effect_untold"
        said.append(
            about.paragraph(
                f"inference.story.{key}", effect=_effect(row, own),
                value=about.number("value", row.value, se=row.se, low=row.low, high=row.high),
                low=about.number("low", row.low), high=about.number("high", row.high), n=own.count("n", result.n),
            )
        )  # fmt: skip
    if result.share is not None:
        said.append(own.paragraph("inference.story.share", share=own.number("share", 100 * result.share, "percent")))
    said.append(note(own, "inference.note.no_cause"))
    return Narrative((*said, *own.cautions(result.cautions)))
