"""How the checks of a regression are shown: tests, influence without persons, condition indices."""

from __future__ import annotations

from ...stats.diagnostics import RegressionDiagnostics
from ..block import Narrative, Paragraph, Table
from ..pen import Pen
from ..registry import shows
from .terms import lines_table, note, term_words


def words_of_test(name: str, pen: Pen) -> str:
    """What a test asks, and of which term."""
    kind, _, term = name.partition(":")
    words = pen.word(f"regression.test.{kind}")
    return f"{words}: {term_words(term, pen)}" if term else words


def _about(result: RegressionDiagnostics, pen: Pen) -> Pen:
    function = "analysis.stats.diagnostics.diagnose"
    return pen.about("diagnostics", n=result.n, rule="listwise", method="diagnose", function=function)


@shows("table", RegressionDiagnostics)
def checks_table(result: RegressionDiagnostics, pen: Pen) -> Table:
    """Every test, and what its cautions say of the coefficients."""
    own = _about(result, pen)
    lines = [(words_of_test(row.name, own), own.about(row.name), row) for row in result.test_rows]
    notes = (note(own, "regression.note.diagnostics", n=own.count("n", result.n)), *own.cautions(result.cautions))
    caption = own.say("regression.caption.diagnostics")
    return lines_table("diagnostics", caption, ("test", "statistic", "df", "p"), lines, own, notes)


@shows("table", RegressionDiagnostics, "conditions")
def conditions_table(result: RegressionDiagnostics, pen: Pen) -> Table:
    """Dimensions with their indices, and the coefficients that share their variance there."""
    own = _about(result, pen)
    lines = []
    for row in result.condition_rows:
        shared = ", ".join(term_words(term, own) for term in row.terms) or own.word("none")
        held = {"index": row.index, "shared": shared}
        lines.append((str(row.dimension), own.about(f"dimension.{row.dimension}"), held))
    limit = own.rule_value("diagnostics.condition_index", "count")
    caption = own.say("inference.caption.conditions", sizes=own.sizes([result.n]))
    notes: tuple[Paragraph, ...] = (note(own, "inference.note.conditions", limit=limit),)
    return lines_table("diagnostics.conditions", caption, ("dimension", "index", "shared"), lines, own, notes)


@shows("narrate", RegressionDiagnostics)
def checks_story(result: RegressionDiagnostics, pen: Pen) -> Narrative:
    """What the checks mean for the coefficients."""
    own = _about(result, pen)
    return Narrative(
        (note(own, "regression.note.diagnostics", n=own.count("n", result.n)), *own.cautions(result.cautions))
    )
