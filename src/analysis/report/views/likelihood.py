"""How models fitted by likelihood are shown: coefficients, thresholds, variances, tests, fit, sentences."""

from __future__ import annotations

from ...stats.likelihood import EffectRow, LikelihoodModel, VarianceComponent
from ..block import Figure, Narrative, Paragraph, Table
from ..format import number
from ..pen import Pen
from ..registry import shows
from .terms import lines_table, note, p_text, term_words

_MODULES = {
    "logit": "binary.logit",
    "logit.firth": "binary.logit",
    "probit": "binary.probit",
    "ordinal.logit": "ordinal.ordinal",
    "ordinal.probit": "ordinal.ordinal",
    "mixed.reml": "multilevel.mixed",
    "mixed.ml": "multilevel.mixed",
    "multinomial": "further.multinomial",
    "poisson": "further.poisson",
    "negative_binomial": "further.negative_binomial",
    "robust": "further.robust_regression",
    "quantile": "further.quantile_regression",
}


def about_model(result: LikelihoodModel, pen: Pen) -> Pen:
    """The pen of a model's numbers."""
    return pen.about(
        result.method, n=result.n, rule=result.missing, method=result.method,
        function=f"analysis.stats.{_MODULES[result.method]}",
    )  # fmt: skip


def _model(result: LikelihoodModel, pen: Pen) -> str:
    return pen.word(f"inference.model.{result.method}")


def _term(row: EffectRow, pen: Pen) -> str:
    name = pen.word("inference.dispersion") if row.term == "alpha" else term_words(row.term, pen)
    return f"{pen.label(row.category)}: {name}" if row.category else name


def _own(row: EffectRow, own: Pen) -> Pen:
    return own.about(f"{row.category}.{row.term}" if row.category else row.term)


@shows("table", LikelihoodModel)
def likelihood_table(result: LikelihoodModel, pen: Pen) -> Table:
    """Coefficients with errors, tests, intervals, and ratios where they have a meaning."""
    own = about_model(result, pen)
    lines = [(_term(row, own), _own(row, own), row) for row in result.coefficient_rows]
    caption = own.say("inference.caption.model", model=_model(result, own), sizes=own.sizes([result.n]))
    notes = (*_event(result, own), *own.cautions(result.cautions))
    columns = ("term", "b", "se", "statistic", "df", "p", "low", "high", "ratio", "ratio_low", "ratio_high")
    return lines_table(f"model.{result.method}", caption, columns, lines, own, notes)


def _event(result: LikelihoodModel, own: Pen) -> tuple[Paragraph, ...]:
    if result.event is None:
        return ()
    outcome = result.formula.split(" ~ ")[0]
    return (note(own, "inference.note.event", outcome=own.label(outcome), event=own.level(outcome, result.event)),)


@shows("table", LikelihoodModel, "thresholds")
def thresholds_table(result: LikelihoodModel, pen: Pen) -> Table:
    """Where one answer passes into the next."""
    own = about_model(result, pen)
    lines = [(row.threshold, own.about(row.threshold), row) for row in result.threshold_rows]
    caption = own.say("inference.caption.thresholds", sizes=own.sizes([result.n]))
    columns = ("threshold", "b", "se", "statistic", "p", "low", "high")
    return lines_table(f"thresholds.{result.method}", caption, columns, lines, own, ())


@shows("table", LikelihoodModel, "variances")
def variances_table(result: LikelihoodModel, pen: Pen) -> Table:
    """What varies between groups, and what is left."""
    own = about_model(result, pen)
    lines = [(_component(row, own), own.about(f"variance.{_key(row)}"), row) for row in result.variance_rows]
    caption = own.say("inference.caption.variances", sizes=own.sizes([result.n]))
    columns = ("component", "variance", "sd", "correlation")
    return lines_table(f"variances.{result.method}", caption, columns, lines, own, ())


def _key(row: VarianceComponent) -> str:
    return ".".join(part for part in (row.group, row.term, row.other) if part)


def _component(row: VarianceComponent, own: Pen) -> str:
    if row.group == "residual":
        return own.word("inference.residual")
    names = [term_words(term, own) for term in (row.term, row.other) if term]
    return f"{own.label(row.group)}: {' – '.join(names)}"


@shows("table", LikelihoodModel, "tests")
def model_tests_table(result: LikelihoodModel, pen: Pen) -> Table:
    """Further tests: parallel lines, spread."""
    own = about_model(result, pen)
    lines = []
    for row in result.test_rows:
        name, _, term = row.name.partition(":")
        words = own.word(f"inference.test.{name}")
        lines.append((f"{words}: {term_words(term, own)}" if term else words, own.about(row.name), row))
    caption = own.say("inference.caption.tests", model=_model(result, own), sizes=own.sizes([result.n]))
    return lines_table(f"tests.{result.method}", caption, ("test", "statistic", "df", "p"), lines, own, ())


@shows("table", LikelihoodModel, "fit")
def likelihood_fit_table(result: LikelihoodModel, pen: Pen) -> Table:
    """Likelihood, criteria and shares explained."""
    own = about_model(result, pen)
    caption = own.say("inference.caption.fit", sizes=own.sizes([result.n]))
    columns = ("model", "loglik", "chisq", "df", "p", "aic", "bic", "mcfadden", "nagelkerke", "icc")
    return lines_table(f"fit.{result.method}", caption, columns, [(_model(result, own), own, result.fit)], own, ())


@shows("figure", LikelihoodModel)
def likelihood_figure(result: LikelihoodModel, pen: Pen) -> Figure:
    """Coefficients with their intervals and the line of no relation."""
    own = about_model(result, pen)
    rows = [
        {"label": _term(row, own), "value": row.b, "low": row.low, "high": row.high}
        for row in result.coefficient_rows
        if row.term not in ("(Intercept)", "alpha")
    ]
    values = "; ".join(f"{row['label']} {number(float(str(row['value'])), own.lang)}" for row in rows)
    data = {"rows": rows, "lines": [{"value": 0.0, "label": "0"}], "x": own.word("inference.column.b")}
    caption = own.say("inference.caption.model", model=_model(result, own), sizes=own.sizes([result.n]))
    alt = own.word("inference.alt.intervals").format(values=values)
    data["decimal"] = own.word("decimal")
    return Figure(f"intervals.{result.method}", caption, alt, "intervals", data, pen.source())


@shows("narrate", LikelihoodModel)
def likelihood_story(result: LikelihoodModel, pen: Pen) -> Narrative:
    """Does the model explain anything, which terms have evidence, and what the cautions say."""
    own = about_model(result, pen)
    fit, n = result.fit, own.count("n", result.n)
    said: list[Paragraph] = []
    if fit.chisq is not None and fit.p is not None and fit.df is not None:
        slots = {"chisq": own.number("chisq", fit.chisq), "df": own.count("df", fit.df), "p": p_text(own, "p", fit.p)}
        said.append(own.paragraph("inference.story.likelihood", model=_model(result, own), n=n, **slots))
    else:
        said.append(own.paragraph("inference.story.model", model=_model(result, own), n=n))
    said.extend(_event(result, own))
    if fit.icc is not None:
        said.append(own.paragraph("inference.story.icc", icc=own.number("icc", 100 * fit.icc, "percent"), n=n))
    for row in result.coefficient_rows:
        if row.term in ("(Intercept)", "alpha"):
            continue
        about = _own(row, own)
        key = "evidence" if row.p < own.cutoff("significance") else "no_evidence"
        said.append(
            about.paragraph(
                f"inference.story.{key}", term=_term(row, own), b=about.number("b", row.b, se=row.se),
                low=about.number("low", row.low), high=about.number("high", row.high), p=p_text(about, "p", row.p),
            )
        )  # fmt: skip
        if row.ratio is not None and row.ratio_low is not None and row.ratio_high is not None and key == "evidence":
            ends = {name: about.number(name, row[name]) for name in ("ratio", "ratio_low", "ratio_high")}
            kind = "rate" if result.method in ("poisson", "negative_binomial") else "odds"
            said.append(about.paragraph(f"inference.story.{kind}", term=_term(row, own), **ends))
    said.append(note(own, "inference.note.causal"))
    return Narrative((*said, *own.cautions(result.cautions)))
