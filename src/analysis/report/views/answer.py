"""How the answer is shown on one page: a table with a line for each factor, and a sentence for each."""

from __future__ import annotations

from collections.abc import Iterator

from ...chapters.answer import AnswerFindings, AnswerRow
from ..block import Column, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows
from .terms import term_words

_OLS = "analysis.stats.regression.ols"
_DOMINANCE = "analysis.stats.importance.dominance"
_STRIP = "analysis.chapters.robustness.robustness"

#: Factors whose sentences stand under the table; those of more would not fit on its page and follow it.
_ON_PAGE = 8


def _own(findings: AnswerFindings, pen: Pen) -> Pen:
    return pen.about(
        f"regression.{findings.model}", n=findings.n, rule=findings.missing, method=findings.method, function=_OLS
    )


def _parts(findings: AnswerFindings, pen: Pen) -> Pen:
    return pen.about("dominance", n=findings.n, rule=findings.missing, method="dominance", function=_DOMINANCE)


def _b(findings: AnswerFindings, row: AnswerRow, pen: Pen) -> Text:
    return _own(findings, pen).about(row.term).number("b", row.b, se=row.se, low=row.low, high=row.high)


def _ends(findings: AnswerFindings, row: AnswerRow, pen: Pen) -> dict[str, Text]:
    own = _own(findings, pen).about(row.term)
    return {"low": own.number("low", row.low), "high": own.number("high", row.high)}


def _share(findings: AnswerFindings, row: AnswerRow, pen: Pen) -> Text:
    """In percent of R²; the same number as in the division of R² (LMG)."""
    if row.share is None:
        return ()
    own = _own(findings, pen).about(f"lmg.{row.term}", method="lmg", function="analysis.stats.importance.lmg")
    return own.number("share", 100 * row.share, "percent")


def _rank(findings: AnswerFindings, row: AnswerRow, pen: Pen) -> dict[str, Text]:
    own = _parts(findings, pen).about(row.term)
    found: dict[str, Text] = {"rank": own.count("rank", row.rank) if row.rank is not None else ()}
    if row.same_rank is not None:
        found["sure"] = own.number("same_rank", 100 * row.same_rank, "percent")
    return found


def _counts(findings: AnswerFindings, row: AnswerRow, pen: Pen) -> dict[str, Text]:
    own = pen.about(
        f"robustness.{findings.model}.main.{row.term}.count", n=findings.n, rule="listwise", method="main",
        function=_STRIP,
    )  # fmt: skip
    return {"held": own.count("held", row.held), "ways": own.count("ways", row.ways)}


def _true(row: AnswerRow, pen: Pen) -> Text:
    own = pen.about("truth", method="generator", function="analysis.simulate.truth.truth")
    return own.number(f"regression.{row.term}.b", row.true)


@shows("table", AnswerFindings)
def answer_table(findings: AnswerFindings, pen: Pen) -> Table:
    """A line for each factor; below it the sum of all and a sentence for each, where they fit on the page."""
    divided = any(row.share is not None for row in findings.rows)
    known = any(row.true is not None for row in findings.rows)
    rows = tuple(TableRow(tuple(_cells(findings, row, divided, known, pen))) for row in findings.rows)
    caption = pen.say("answer.caption", sizes=_own(findings, pen).sizes([findings.n]))
    sentences = tuple(_sentences(findings, pen)) if len(findings.rows) <= _ON_PAGE else ()
    notes = (_lead(findings, pen), *sentences, *_notes(findings, divided, known, pen))
    return Table("answer", caption, tuple(_columns(findings, divided, known, pen)), rows, notes, pen.source())


def _columns(findings: AnswerFindings, divided: bool, known: bool, pen: Pen) -> Iterator[Column]:
    level = pen.about("answer").number("level", 100 * findings.level, "count")
    interval = "".join(
        part if isinstance(part, str) else part.text for part in pen.say("answer.column.interval", level=level)
    )
    yield Column("factor", pen.word("answer.column.factor"), align="left")
    if divided:
        yield from (_column(name, "matters", pen) for name in ("share", "rank"))
    yield _column("b", "much", pen)
    yield Column("interval", interval, pen.word("answer.group.sure"))
    yield _column("p", "sure", pen)
    yield _column("held", "fragile", pen)
    if known:
        yield from (_column(name, "true", pen) for name in ("true", "inside"))


def _column(name: str, group: str, pen: Pen) -> Column:
    return Column(name, pen.word(f"answer.column.{name}"), pen.word(f"answer.group.{group}"))


def _cells(findings: AnswerFindings, row: AnswerRow, divided: bool, known: bool, pen: Pen) -> Iterator[Text]:
    yield (term_words(row.term, pen),)
    if divided:
        parts = _parts(findings, pen).about(row.term)
        limits = [
            parts.number(name, 100 * end, "percent")
            for name, end in (("share_low", row.share_low), ("share_high", row.share_high))
            if end is not None
        ]
        share = _share(findings, row, pen)
        yield pen.say("answer.limits", value=share, low=limits[0], high=limits[1]) if limits else share
        rank = _rank(findings, row, pen)
        yield pen.say("answer.rank", **rank) if "sure" in rank else rank["rank"]
    yield _b(findings, row, pen)
    yield pen.say("answer.interval", **_ends(findings, row, pen))
    yield _own(findings, pen).about(row.term).number("p", row.p, "p")
    yield pen.say("answer.held", **_counts(findings, row, pen))
    if known:
        yield _true(row, pen)
        yield () if row.covered is None else (pen.word("truth.inside" if row.covered else "truth.outside"),)


def _notes(findings: AnswerFindings, divided: bool, known: bool, pen: Pen) -> Iterator[Paragraph]:
    own = _own(findings, pen)
    said = own.say(
        "answer.note.reading" if findings.scores else "answer.note.units", n=own.count("n", findings.n),
        r2=own.number("r2", findings.r2),
    )  # fmt: skip
    more: list[Text] = []
    if divided and findings.resamples:
        more.append(
            pen.say("answer.note.resampled", resamples=_parts(findings, pen).count("resamples", findings.resamples))
        )
    if not divided:
        more.append(pen.say("answer.note.no_share"))
    more.append(pen.say("answer.note.held"))
    if known:
        more.append(pen.say("answer.note.true"))
    yield Paragraph((*said, *(part for text in more for part in (" ", *text))), "note")
    yield Paragraph(pen.say(f"answer.note.causal_{'same' if findings.scores else 'once'}"), "caution")


def _lead(findings: AnswerFindings, pen: Pen) -> Paragraph:
    """How many factors have evidence, and how many conclusions hold everywhere."""
    own, limit = _own(findings, pen), pen.cutoff("significance")
    counts = pen.about("answer", n=findings.n, rule=findings.missing, function="analysis.chapters.answer.answer")
    lead = pen.say(
        "answer.story.lead", percent=own.number("r2_percent", 100 * findings.r2, "percent"),
        n=own.count("n", findings.n), told=counts.count("told", sum(row.p < limit for row in findings.rows)),
        total=counts.count("total", len(findings.rows)),
        solid=counts.count("solid", sum(row.held == row.ways for row in findings.rows)),
    )  # fmt: skip
    known = [row for row in findings.rows if row.true is not None]
    if known:
        covered = counts.count("covered", sum(bool(row.covered) for row in known))
        lead = (*lead, " ", *pen.say("answer.story.covered", covered=covered, known=counts.count("known", len(known))))
    return Paragraph(lead)


@shows("narrate", AnswerFindings)
def answer_story(findings: AnswerFindings, pen: Pen) -> Narrative:
    """The sentences that do not fit under the table; none where they do."""
    return Narrative(tuple(_sentences(findings, pen)) if len(findings.rows) > _ON_PAGE else ())


def _sentences(findings: AnswerFindings, pen: Pen) -> Iterator[Paragraph]:
    """One for each factor."""
    limit = pen.cutoff("significance")
    units = "" if findings.scores else "_units"
    for row in findings.rows:
        key = ("up" if row.b > 0 else "down") if row.p < limit else "none"
        slots: dict[str, Segment | Text] = {
            "b": _b(findings, row, pen), **_ends(findings, row, pen), "weight": _weight(findings, row, pen),
            "fragile": _fragile(findings, row, pen), "truth": _truth(row, pen),
        }  # fmt: skip
        yield Paragraph(pen.say(f"answer.story.{key}{units}", term=term_words(row.term, pen), **slots))


def _weight(findings: AnswerFindings, row: AnswerRow, pen: Pen) -> Text:
    if row.share is None:
        return ()
    return pen.say("answer.weight", share=_share(findings, row, pen), rank=_rank(findings, row, pen)["rank"])


def _fragile(findings: AnswerFindings, row: AnswerRow, pen: Pen) -> Text:
    counts = _counts(findings, row, pen)
    if not row.others:
        return pen.say("answer.fragile.all", ways=counts["ways"])
    choices = "; ".join(pen.word(f"answer.choice.{choice}") for choice in row.others)
    return pen.say("answer.fragile.some", choices=choices, **counts)


def _truth(row: AnswerRow, pen: Pen) -> Text:
    """Said where the interval misses it; the table shows it in any case."""
    return pen.say("answer.outside", true=_true(row, pen)) if row.covered is False else ()
