"""How the importance of factors is shown: by several measures, with the certainty of their order."""

from __future__ import annotations

from ...stats.importance import Dominance, Importance
from ..block import Narrative, Paragraph, Table, Text
from ..pen import Pen
from ..registry import shows
from .terms import lines_table, note, term_words


def _lmg(result: Importance, pen: Pen) -> Pen:
    return pen.about("lmg", n=result.n, rule=result.missing, method="lmg", function="analysis.stats.importance.lmg")


@shows("table", Importance)
def lmg_table(result: Importance, pen: Pen) -> Table:
    """R² divided among the terms."""
    own = _lmg(result, pen)
    rows = sorted(result.term_rows, key=lambda row: -row.lmg)
    lines = [(term_words(row.term, own), own.about(row.term), row) for row in rows]
    caption = own.say("inference.caption.lmg", sizes=own.sizes([result.n]))
    notes = (note(own, "regression.note.importance"), *own.cautions(result.cautions))
    return lines_table("lmg", caption, ("term", "lmg", "share", "first", "last"), lines, own, notes)


@shows("narrate", Importance)
def lmg_story(result: Importance, pen: Pen) -> Narrative:
    """The largest part, and what parts are not."""
    own = _lmg(result, pen)
    row = max(result.term_rows, key=lambda each: each.lmg)
    about = own.about(row.term)
    share, n = about.number("share", 100 * row.share, "percent"), own.count("n", result.n)
    said = about.paragraph("inference.story.lmg", term=term_words(row.term, own), share=share, n=n)
    return Narrative((said, note(own, "regression.note.importance"), *own.cautions(result.cautions)))


def about_dominance(result: Dominance, pen: Pen) -> Pen:
    """The pen of these numbers."""
    function = "analysis.stats.importance.dominance"
    return pen.about("dominance", n=result.n, rule=result.missing, method="dominance", function=function)


@shows("table", Dominance)
def dominance_table(result: Dominance, pen: Pen) -> Table:
    """LMG with limits beside relative weights, and how often each term comes first."""
    own = about_dominance(result, pen)
    rows = sorted(result.term_rows, key=lambda row: row.rank)
    lines = [(term_words(row.term, own), own.about(row.term), row) for row in rows]
    caption = own.say("inference.caption.dominance", sizes=own.sizes([result.n]))
    notes: tuple[Paragraph, ...] = (note(own, "inference.note.relative_weights"),)
    if result.same_order is not None:
        drawn = own.count("resamples", result.resamples)
        same = own.number("same_order", 100 * result.same_order, "percent")
        notes = (*notes, note(own, "inference.note.resampled", resamples=drawn, percent=same))
    columns = ("term", "rank", "lmg", "low", "high", "relative_weight", "first_place")
    return lines_table("dominance", caption, columns, lines, own, (*notes, *own.cautions(result.cautions)))


@shows("table", Dominance, "pairs")
def dominance_pairs_table(result: Dominance, pen: Pen) -> Table:
    """Each pair: in what share of the models the first adds more, and how far its dominance reaches."""
    own = about_dominance(result, pen)
    lines = []
    for row in result.pair_rows:
        a, b = term_words(row.a, own), term_words(row.b, own)
        better = term_words(row.better, own) if row.better else own.word("none")
        held = {"share": row.share, "better": better, "degree": own.word(f"inference.degree.{row.conclusion}")}
        lines.append((f"{a} – {b}", own.about(f"{row.a}.{row.b}"), held))
    caption = own.say("inference.caption.pairs", sizes=own.sizes([result.n]))
    return lines_table("dominance.pairs", caption, ("pair", "share", "better", "degree"), lines, own, ())


@shows("narrate", Dominance)
def dominance_story(result: Dominance, pen: Pen) -> Narrative:
    """Which term comes first, and how sure that is."""
    own = about_dominance(result, pen)
    row = min(result.term_rows, key=lambda each: each.rank)
    about = own.about(row.term)
    slots: dict[str, Text] = {"term": (term_words(row.term, own),), "n": own.count("n", result.n)}
    slots["lmg"] = about.number("lmg", row.lmg, low=row.low, high=row.high)
    if row.first_place is None:
        said = about.paragraph("inference.story.first", **slots)
    else:
        sure = about.number("first_place", 100 * row.first_place, "percent")
        said = about.paragraph("inference.story.first_sure", percent=sure, **slots)
    return Narrative((said, *own.cautions(result.cautions)))
