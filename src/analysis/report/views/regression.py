"""How a regression is shown outside its chapter: coefficients with the errors that were asked for, fit, sentences."""

from __future__ import annotations

from ...stats.regression import Regression
from ...stats.wild import WildBootstrap
from ..block import Figure, Narrative, Paragraph, Table
from ..format import number
from ..pen import Pen
from ..registry import shows
from .terms import lines_table, note, p_text, term_words


def about_regression(result: Regression, pen: Pen) -> Pen:
    """The pen of a regression's numbers, apart for each kind of errors."""
    stem = "ols" if result.vcov == "classical" else f"ols.{result.vcov}"
    return pen.about(
        stem, n=result.n, rule=result.missing, method=result.method, function="analysis.stats.regression.ols"
    )


def errors_words(result: Regression, pen: Pen) -> str:
    """What kind of standard errors these are."""
    key = result.method if result.method != "ols.robust" else f"ols.{result.vcov}"
    return pen.word(f"inference.method.{key}")


@shows("table", Regression)
def regression_table(result: Regression, pen: Pen) -> Table:
    """Coefficients with errors, tests, intervals and collinearity."""
    own = about_regression(result, pen)
    lines = [(term_words(row.term, own), own.about(row.term), row) for row in result.coefficient_rows]
    caption = own.say("inference.caption.regression", sizes=own.sizes([result.n]), errors=errors_words(result, own))
    columns = ("term", "b", "se", "beta", "statistic", "df", "p", "low", "high", "vif")
    return lines_table("ols.coefficients", caption, columns, lines, own, own.cautions(result.cautions))


@shows("table", Regression, "fit")
def regression_fit_table(result: Regression, pen: Pen) -> Table:
    """How well the model fits."""
    own = about_regression(result, pen)
    caption = own.say("inference.caption.fit", sizes=own.sizes([result.n]))
    columns = ("model", "r2", "adj_r2", "see", "F", "df1", "df2", "p", "aic", "bic")
    return lines_table(
        "ols.fit", caption, columns, [(own.label(result.formula.split(" ~ ")[0]), own, result.fit)], own, ()
    )


@shows("figure", Regression)
def regression_figure(result: Regression, pen: Pen) -> Figure:
    """Coefficients with their intervals and the line of no relation."""
    own = about_regression(result, pen)
    rows = [
        {"label": term_words(row.term, own), "value": row.b, "low": row.low, "high": row.high}
        for row in result.coefficient_rows
        if row.term != "(Intercept)"
    ]
    values = "; ".join(f"{row['label']} {number(float(str(row['value'])), own.lang)}" for row in rows)
    data = {"rows": rows, "lines": [{"value": 0.0, "label": "0"}], "x": own.word("inference.column.b")}
    caption = own.say("inference.caption.regression", sizes=own.sizes([result.n]), errors=errors_words(result, own))
    alt = own.word("inference.alt.intervals").format(values=values)
    return Figure("ols.intervals", caption, alt, "intervals", {**data, "decimal": own.word("decimal")}, pen.source())


@shows("narrate", Regression)
def regression_story(result: Regression, pen: Pen) -> Narrative:
    """How much is explained, which terms have evidence, and which errors were used."""
    own = about_regression(result, pen)
    n = own.count("n", result.n)
    said: list[Paragraph] = [
        own.paragraph("inference.story.r2", percent=own.number("r2", 100 * result.fit.r2, "percent"), n=n)
    ]
    for row in result.coefficient_rows:
        if row.term == "(Intercept)" or row.statistic is None:
            continue
        about = own.about(row.term)
        key = "evidence" if row.p < own.cutoff("significance") else "no_evidence"
        said.append(
            about.paragraph(
                f"inference.story.{key}", term=term_words(row.term, own), b=about.number("b", row.b, se=row.se),
                low=about.number("low", row.low), high=about.number("high", row.high), p=p_text(about, "p", row.p),
            )
        )  # fmt: skip
    said.append(note(own, "inference.note.errors", errors=errors_words(result, own), n=n))
    return Narrative((*said, *own.cautions(result.cautions)))


def _wild(result: WildBootstrap, pen: Pen) -> Pen:
    function = "analysis.stats.wild.wild_bootstrap"
    return pen.about("wild", n=result.n, rule="listwise", method=f"wild.{result.weights}", function=function)


@shows("table", WildBootstrap)
def wild_table(result: WildBootstrap, pen: Pen) -> Table:
    """Coefficients with bootstrap p and interval."""
    own = _wild(result, pen)
    lines = [(term_words(row.term, own), own.about(row.term), row) for row in result.coefficient_rows]
    caption = own.say(
        "inference.caption.wild", sizes=own.sizes([result.n]), clusters=own.count("clusters", result.clusters)
    )
    notes = (_draws(result, own), *own.cautions(result.cautions))
    return lines_table("wild", caption, ("term", "b", "se", "statistic", "p", "low", "high"), lines, own, notes)


def _draws(result: WildBootstrap, own: Pen) -> Paragraph:
    key = "inference.note.wild_all" if result.enumerated else f"inference.note.wild_{result.weights}"
    return note(own, key, draws=own.count("draws", result.draws), clusters=own.count("clusters", result.clusters))


@shows("narrate", WildBootstrap)
def wild_story(result: WildBootstrap, pen: Pen) -> Narrative:
    """Which terms have evidence when whole clusters are redrawn."""
    own = _wild(result, pen)
    said = []
    for row in result.coefficient_rows:
        if row.term == "(Intercept)" or row.low is None or row.high is None:
            continue
        about = own.about(row.term)
        key = "evidence" if row.p < own.cutoff("significance") else "no_evidence"
        said.append(
            about.paragraph(
                f"inference.story.{key}", term=term_words(row.term, own), b=about.number("b", row.b, se=row.se),
                low=about.number("low", row.low), high=about.number("high", row.high), p=p_text(about, "p", row.p),
            )
        )  # fmt: skip
    return Narrative((*said, _draws(result, own), *own.cautions(result.cautions)))
