"""How it is shown what happens when the problems of a regression are treated: one line for each treatment."""

from __future__ import annotations

from ...chapters.performance_factors import FactorFindings
from ...stats.regression import CoefficientRow
from ...stats.treatment import TreatedRow, Treatment
from ..block import Column, Narrative, Paragraph, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows
from .terms import note, p_text, term_words

_OLS = "analysis.stats.regression.ols"


def _main(findings: FactorFindings, pen: Pen) -> Pen:
    result = findings.regression
    return pen.about(
        f"regression.{findings.model}", n=result.n, rule=result.missing, method=result.method, function=_OLS
    )


def _own(findings: FactorFindings, row: TreatedRow, pen: Pen) -> Pen:
    return pen.about(
        f"treatment.{findings.model}.{row.problem}.{row.treatment}", n=row.n, rule="listwise", method=row.treatment,
        function="analysis.stats.treatment.treat",
    )  # fmt: skip


def _headline(findings: FactorFindings, found: Treatment) -> CoefficientRow:
    return next(row for row in findings.regression.coefficient_rows if row.term == found.term)


@shows("table", FactorFindings, "treatment")
def treatment_table(findings: FactorFindings, pen: Pen) -> Table:
    """The strongest coefficient as it is, and after every treatment that a sign calls for; its sentence below."""
    found = findings.treatment
    if found is None or not found.treated_rows:
        key = "treatment.note.perfect" if found is None else "treatment.note.none"
        return Table("regression.treatment", (), (), (), (note(pen, key),), pen.source())
    row = _headline(findings, found)
    main = _main(findings, pen)
    first = _line(main.about(row.term), row, (), main.count("n", findings.regression.n), pen)
    rows = [TableRow(((pen.word("treatment.main"),), (pen.word("treatment.how.main"),), *first, ()))]
    rows += [_treated(findings, each, row.b, pen) for each in found.treated_rows]
    notes = (*treatment_story(findings, pen).paragraphs, *_notes(found, pen))
    caption = pen.say("treatment.caption", term=term_words(found.term, pen), sizes=main.sizes([findings.regression.n]))
    return Table("regression.treatment", caption, _columns(found, pen), tuple(rows), notes, pen.source())


def _columns(found: Treatment, pen: Pen) -> tuple[Column, ...]:
    level = pen.about("treatment").number("level", 100 * found.level, "count")
    words = pen.say("treatment.column.interval", level=level)
    interval = "".join(part if isinstance(part, str) else part.text for part in words)
    return (
        *(Column(name, pen.word(f"treatment.column.{name}"), align="left") for name in ("sign", "treatment")),
        *(Column(name, pen.word(f"treatment.column.{name}")) for name in ("b", "change")),
        Column("interval", interval),
        *(Column(name, pen.word(f"treatment.column.{name}")) for name in ("p", "n")),
        Column("changed", pen.word("treatment.column.changed"), align="left"),
    )


def _treated(findings: FactorFindings, row: TreatedRow, before: float, pen: Pen) -> TableRow:
    own = _own(findings, row, pen)
    cells = _line(own, row, own.number("change", _moved(row.b, before)), own.count("n", row.n), pen)
    changed = ", ".join(term_words(term, pen) for term in row.changed) or pen.word("none")
    return TableRow(((pen.word(f"treatment.problem.{row.problem}"),), (_how(row, pen),), *cells, (changed,)))


def _moved(after: float, before: float) -> float:
    """How far, without the rounding errors of the machine."""
    return 0.0 if abs(after - before) < 1e-12 * abs(before) else after - before


def _line(own: Pen, row: CoefficientRow | TreatedRow, change: Text, n: Text, pen: Pen) -> tuple[Text, ...]:
    b = own.number("b", row.b, se=row.se, low=row.low, high=row.high)
    interval = pen.say("answer.interval", low=own.number("low", row.low), high=own.number("high", row.high))
    return (b, change, interval, own.number("p", row.p, "p"), n)


def _how(row: TreatedRow, pen: Pen) -> str:
    """What was done, and to which terms."""
    terms = ", ".join(f"“{term_words(term, pen)}”" for term in row.about)
    return pen.word(f"treatment.how.{row.treatment}").format(terms=terms)


def _notes(found: Treatment, pen: Pen) -> tuple[Paragraph, ...]:
    own = pen.about("treatment", n=found.n, function="analysis.stats.treatment.treat")
    used = {row.treatment for row in found.treated_rows}
    said = [note(own, "treatment.note.method")]
    if "bootstrap" in used:
        said.append(note(own, "treatment.note.bootstrap", resamples=own.count("resamples", found.resamples)))
    if "squares" in used:
        said.append(note(own, "treatment.note.squares"))
    if found.absent:
        names = ", ".join(_small(pen.word(f"treatment.problem.{name}")) for name in found.absent)
        said.append(note(own, "treatment.note.absent", problems=names))
    if found.untold:
        names = "; ".join(_small(_plain(name, pen)) for name in found.untold)
        said.append(note(own, "treatment.note.untold", treatments=names))
    return tuple(said)


def _plain(treatment: str, pen: Pen) -> str:
    """A treatment without the terms that it would have been about."""
    plain = {"squares", "without_other"}
    return pen.word(f"treatment.how.{treatment}_plain" if treatment in plain else f"treatment.how.{treatment}")


def _small(words: str) -> str:
    """Words inside a sentence."""
    return words[:1].lower() + words[1:]


@shows("narrate", FactorFindings, "treatment")
def treatment_story(findings: FactorFindings, pen: Pen) -> Narrative:
    """How far the strongest coefficient moves, and whose conclusion changes."""
    found = findings.treatment
    if found is None or not found.treated_rows:
        return Narrative(())
    row, own = _headline(findings, found), _main(findings, pen).about(found.term)
    low, high = (pick(found.treated_rows, key=lambda each: each.b) for pick in (min, max))
    changed = dict.fromkeys(term for each in found.treated_rows for term in each.changed)
    slots: dict[str, Text] = {
        "low": _own(findings, low, pen).number("b", low.b, se=low.se, low=low.low, high=low.high),
        "high": _own(findings, high, pen).number("b", high.b, se=high.se, low=high.low, high=high.high),
        "b": own.number("b", row.b, se=row.se, low=row.low, high=row.high), "p": p_text(own, "p", row.p),
        "n": _main(findings, pen).count("n", findings.regression.n),
        "terms": (", ".join(term_words(term, pen) for term in changed),),
    }  # fmt: skip
    key = "changed" if changed else "same"
    said = pen.say(f"treatment.story.{key}", term=term_words(found.term, pen), **slots)
    return Narrative((Paragraph(said, "caution" if changed else "finding"),))
