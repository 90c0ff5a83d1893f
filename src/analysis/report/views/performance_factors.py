"""How the regression of the outcome is shown: the thesis's five tables, two figures, sentences that follow the test."""

from __future__ import annotations

from ...chapters.performance_factors import FactorFindings
from ...grammar import parse_formula
from ...stats.regression import Regression
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows
from .association import blocks_table, correlations_table, durbin_watson_table, parts_table
from .diagnostics import conditions_table, words_of_test
from .importance import dominance_table
from .terms import p_text as _p
from .truth import truth_block, truth_row

_OLS = "analysis.stats.regression.ols"

#: The caution about Durbin–Watson; it belongs under the table that prints it.
_ORDER = "regression.durbin_watson_order"


def _about(result: Regression, stem: str, pen: Pen) -> Pen:
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function=_OLS)


def _own(findings: FactorFindings, pen: Pen) -> Pen:
    return _about(findings.regression, f"regression.{findings.model}", pen)


def _columns(pen: Pen, first: str, *names: str) -> tuple[Column, ...]:
    """A label column and number columns; ``name@group`` puts a column under a spanning heading."""
    found = [Column("label", pen.word(first), align="left")]
    for each in names:
        name, _, group = each.partition("@")
        found.append(
            Column(name, pen.word(f"regression.column.{name}"), pen.word(f"regression.group.{group}") if group else "")
        )
    return tuple(found)


@shows("table", FactorFindings, "description")
def description_table(findings: FactorFindings, pen: Pen) -> Table:
    """Mean and spread of every variable of the model."""
    rows = []
    for row in findings.description.rows:
        own = pen.about(
            f"description.{row.name}", n=row.n, rule="answered", function="analysis.stats.describe.describe"
        )
        rows.append(
            TableRow(
                (
                    (pen.label(row.name),), own.count("n", row.n), own.number("mean", row.mean, "mean", se=row.se),
                    own.number("sd", row.sd, "mean"), own.number("skewness", row.skewness, "mean"),
                    own.number("kurtosis", row.kurtosis, "mean"),
                )
            )
        )  # fmt: skip
    columns = _columns(pen, "regression.column.variable", "n", "mean", "sd", "skewness", "kurtosis")
    return Table(
        "regression.description", pen.say("regression.caption.description"), columns, tuple(rows), source=pen.source()
    )


@shows("table", FactorFindings, "correlations")
def correlation_table(findings: FactorFindings, pen: Pen) -> Table:
    """Pearson correlations, lower triangle, with the usual stars and the n that they rest on."""
    found = findings.correlations
    names = found.names
    pairs = {(row.a, row.b): row for row in found.pair_rows}
    rows = []
    for place, name in enumerate(names):
        cells: list[Text] = [(f"{place + 1}. {pen.label(name)}",)]
        for other in names:
            row = pairs.get((other, name))
            cells.append(
                ("1",) if other == name else _correlation(row.r, row.p, row.n, name, other, pen) if row else ()
            )
        rows.append(TableRow(tuple(cells)))
    columns = (
        Column("label", pen.word("regression.column.variable"), align="left"),
        *(Column(name, str(place + 1)) for place, name in enumerate(names)),
    )
    own = pen.about("correlation", n=found.n, rule=found.missing, function="analysis.stats.correlation.correlate")
    note = Paragraph(own.say("regression.note.correlations", n=own.count("n", found.n)), "note")
    notes = (note, *own.cautions(found.cautions))
    return Table(
        "regression.correlations", pen.say("regression.caption.correlations"), columns, tuple(rows), notes, pen.source()
    )


def _correlation(r: float, p: float, n: int, name: str, other: str, pen: Pen) -> Text:
    own = pen.about(
        f"correlation.{other}.{name}", n=n, function="analysis.stats.correlation.correlate", method="pearson"
    )
    stars = "**" if p < 0.01 else "*" if p < 0.05 else ""
    return (*own.number("r", r), stars) if stars else own.number("r", r)


@shows("table", FactorFindings, "model")
def model_table(findings: FactorFindings, pen: Pen) -> Table:
    """How well the model fits, as SPSS's model summary."""
    own, result = _own(findings, pen), findings.regression
    row = (
        (pen.label(_outcome(findings)),),
        own.number("r", result.fit.r),
        own.number("r2", result.fit.r2),
        own.number("adj_r2", result.fit.adj_r2),
        own.number("see", result.fit.see),
        own.number("durbin_watson", result.diagnostics.durbin_watson),
        own.count("n", result.n),
    )
    columns = _columns(pen, "regression.column.outcome", "r", "r2", "adj_r2", "see", "durbin_watson", "n")
    caption = pen.say("regression.caption.model")
    notes = own.cautions(each for each in result.cautions if each.code == _ORDER)
    return Table("regression.model", caption, columns, (TableRow(row),), notes, pen.source())


@shows("table", FactorFindings, "anova")
def anova_table(findings: FactorFindings, pen: Pen) -> Table:
    """The test of the whole model, as SPSS's ANOVA table."""
    own, fit = _own(findings, pen), findings.regression.fit
    rows = (
        TableRow(
            (
                (pen.word("regression.anova.regression"),), own.number("ss_reg", fit.ss_reg), own.count("df1", fit.df1),
                own.number("ms_reg", fit.ms_reg), own.number("F", fit.F), own.number("p", fit.p, "p"),
            )
        ),
        TableRow(
            ((pen.word("regression.anova.residual"),), own.number("ss_res", fit.ss_res), own.count("df2", fit.df2),
             own.number("ms_res", fit.ms_res), (), ())
        ),
        TableRow(
            ((pen.word("regression.anova.total"),), own.number("ss_total", fit.ss_total),
             own.count("df_total", fit.df1 + fit.df2), (), (), ())
        ),
    )  # fmt: skip
    columns = _columns(pen, "regression.column.source", "ss", "df", "ms", "F", "p")
    caption = pen.say("regression.caption.anova", sizes=own.sizes([findings.regression.n]))
    return Table("regression.anova", caption, columns, rows, source=pen.source())


@shows("table", FactorFindings, "coefficients")
def coefficient_table(findings: FactorFindings, pen: Pen) -> Table:
    """Coefficients with interval, t, p and collinearity, as SPSS prints them."""
    rows = []
    for row in findings.regression.coefficient_rows:
        own = _own(findings, pen).about(row.term)
        rows.append(
            TableRow(
                (
                    (pen.term(row.term),), own.number("b", row.b, se=row.se, low=row.low, high=row.high),
                    own.number("se", row.se), own.number("beta", row.beta), own.number("t", row.statistic),
                    own.number("p", row.p, "p"), own.number("low", row.low), own.number("high", row.high),
                    own.number("tolerance", row.tolerance), own.number("vif", row.vif),
                )
            )
        )  # fmt: skip
    columns = _columns(
        pen, "regression.column.term", "b@unstandardized", "se@unstandardized", "beta@standardized", "t", "p",
        "low@interval", "high@interval", "tolerance@collinearity", "vif@collinearity",
    )  # fmt: skip
    own = _own(findings, pen)
    level = own.number("level", 100 * findings.level, "count")
    note = Paragraph(
        own.say("regression.note.coefficients", n=own.count("n", findings.regression.n), level=level), "note"
    )
    notes = (note, *own.cautions(each for each in findings.regression.cautions if each.code != _ORDER))
    return Table(
        "regression.coefficients", pen.say("regression.caption.coefficients"), columns, tuple(rows), notes, pen.source()
    )


@shows("table", FactorFindings, "robust")
def robust_table(findings: FactorFindings, pen: Pen) -> Table:
    """The same coefficients with errors that allow unequal spread (HC3) beside the classical ones."""
    rows = []
    for row, other in zip(findings.regression.coefficient_rows, findings.robust.coefficient_rows, strict=True):
        classical = _own(findings, pen).about(row.term)
        robust = _about(findings.robust, f"regression.{findings.model}.HC3.{row.term}", pen)
        rows.append(
            TableRow(
                (
                    (pen.term(row.term),), classical.number("b", row.b, se=row.se, low=row.low, high=row.high),
                    classical.number("se", row.se), classical.number("p", row.p, "p"),
                    robust.number("se", other.se), robust.number("p", other.p, "p"),
                )
            )
        )  # fmt: skip
    columns = _columns(pen, "regression.column.term", "b", "se@classical", "p@classical", "se@robust", "p@robust")
    own = _own(findings, pen)
    digits = own.count("agreement", findings.agreement)
    note = Paragraph(own.say("regression.note.robust", n=own.count("n", findings.robust.n), digits=digits), "note")
    return Table("regression.robust", pen.say("regression.caption.robust"), columns, tuple(rows), (note,), pen.source())


@shows("table", FactorFindings, "importance")
def importance_table(findings: FactorFindings, pen: Pen) -> Table:
    """How R² is divided among the factors (LMG)."""
    rows = []
    found = findings.importance
    for row in sorted(found.term_rows if found else (), key=lambda row: -row.lmg):
        own = _own(findings, pen).about(f"lmg.{row.term}", method="lmg", function="analysis.stats.importance.lmg")
        share = own.number("share", 100 * row.share, "percent")
        cells = (own.number("lmg", row.lmg), share, own.number("first", row.first), own.number("last", row.last))
        rows.append(TableRow(((pen.term(row.term),), *cells)))
    columns = _columns(pen, "regression.column.term", "lmg", "share", "first", "last")
    note = "regression.note.importance" if rows else "regression.note.no_importance"
    notes = (Paragraph(pen.say(note), "note"),)
    caption = pen.say("regression.caption.importance", sizes=_own(findings, pen).sizes([findings.regression.n]))
    return Table("regression.importance", caption, columns, tuple(rows), notes, pen.source())


@shows("table", FactorFindings, "diagnostics")
def diagnostics_table(findings: FactorFindings, pen: Pen) -> Table:
    """Tests of the residuals and summaries of influence; never a single person."""
    rows: list[TableRow] = []
    found = findings.diagnosis
    own = _own(findings, pen).about("diagnostics", method="diagnose", function="analysis.stats.diagnostics.diagnose")
    for test in found.test_rows if found else ():
        about = own.about(test.name)
        cells = (
            about.number("statistic", test.statistic),
            about.number("df", test.df, "count"),
            about.number("p", test.p, "p"),
        )
        rows.append(TableRow(((words_of_test(test.name, pen),), *cells)))
    notes = [Paragraph(own.say("regression.note.diagnostics", n=own.count("n", findings.regression.n)), "note")]
    for row in found.influence_rows if found else ():
        about = own.about(row.measure)
        slots = {"largest": about.number("largest", row.largest), "cutoff": about.number("cutoff", row.cutoff)}
        key = "few" if 0 < row.beyond < pen.cutoff("disclosure.min_cell") else "some" if row.beyond else "none"
        beyond = about.count("beyond", row.beyond) if key == "some" else ()
        text = about.say(
            f"regression.influence.{key}", measure=pen.word(f"regression.test.{row.measure}"), beyond=beyond, **slots
        )
        notes.append(Paragraph(text, "note"))
    notes.extend(own.cautions(found.cautions) if found else ())
    columns = _columns(pen, "regression.column.test", "statistic", "df", "p")
    caption = pen.say("regression.caption.diagnostics")
    return Table("regression.diagnostics", caption, columns, tuple(rows), tuple(notes), pen.source())


@shows("table", FactorFindings, "hypotheses")
def hypothesis_table(findings: FactorFindings, pen: Pen) -> Table:
    """Every hypothesis, its coefficient and the conclusion."""
    rows = []
    for test in findings.hypotheses:
        own = _own(findings, pen).about(test.term)
        words = findings.study.hypotheses[test.code].text[pen.lang]
        conclusion = pen.word(f"hypothesis.{test.conclusion}")
        rows.append(
            TableRow(
                ((test.code,), (words,), own.number("beta", test.beta), own.number("p", test.p, "p"), (conclusion,))
            )
        )
    columns = (
        Column("code", pen.word("hypothesis.column.code"), align="left"),
        Column("text", pen.word("hypothesis.column.text"), align="left"),
        Column("beta", pen.word("regression.column.beta")),
        Column("p", pen.word("regression.column.p")),
        Column("conclusion", pen.word("hypothesis.column.conclusion"), align="left"),
    )
    own = _own(findings, pen)
    slots = {"n": own.count("n", findings.regression.n), "significance": pen.rule_value("significance")}
    note = Paragraph(own.say("hypothesis.note" if rows else "hypothesis.none", **slots), "note")
    return Table("regression.hypotheses", pen.say("hypothesis.caption"), columns, tuple(rows), (note,), pen.source())


@shows("table", FactorFindings, "dominance")
def factor_dominance_table(findings: FactorFindings, pen: Pen) -> Table:
    """Importance by several measures with the certainty of the order."""
    if findings.dominance is None:
        return Table("dominance", pen.say("regression.note.no_importance"), (), (), (), pen.source())
    return dominance_table(findings.dominance, pen)


@shows("table", FactorFindings, "conditions")
def factor_conditions_table(findings: FactorFindings, pen: Pen) -> Table:
    """Condition indices with the coefficients that share their variance."""
    if findings.diagnosis is None:
        return Table("diagnostics.conditions", pen.say("regression.story.untestable"), (), (), (), pen.source())
    return conditions_table(findings.diagnosis, pen)


@shows("table", FactorFindings, "parts")
def factor_parts_table(findings: FactorFindings, pen: Pen) -> Table:
    """Zero-order, partial and part correlations with the outcome."""
    return parts_table(findings.parts, pen)


@shows("table", FactorFindings, "ranks")
def factor_ranks_table(findings: FactorFindings, pen: Pen) -> Table:
    """Spearman's correlations of the model's variables."""
    return correlations_table(findings.ranks, pen)


@shows("table", FactorFindings, "partial")
def factor_partial_table(findings: FactorFindings, pen: Pen) -> Table:
    """Partial correlations of the model's variables; nothing where columns determine one another."""
    if findings.partial is None:
        return Table("correlation.partial", pen.say("regression.none.partial"), (), (), (), pen.source())
    return correlations_table(findings.partial, pen)


@shows("table", FactorFindings, "order")
def factor_order_table(findings: FactorFindings, pen: Pen) -> Table:
    """Durbin and Watson's test with its p-values."""
    if findings.autocorrelation is None:
        return Table("durbin_watson", pen.say("regression.story.untestable"), (), (), (), pen.source())
    return durbin_watson_table(findings.autocorrelation, pen)


@shows("table", FactorFindings, "blocks")
def factor_blocks_table(findings: FactorFindings, pen: Pen) -> Table:
    """What the factors add to who answers; a sentence where the page declares nothing to hold equal."""
    if findings.blocks is None:
        return Table("regression.blocks", pen.say("regression.none.blocks"), (), (), (), pen.source())
    return blocks_table(findings.blocks, pen)


@shows("figure", FactorFindings, "bands")
def band_figure(findings: FactorFindings, pen: Pen) -> Figure:
    """Residuals against fitted values, in groups of persons: a bend or a funnel shows, no person does."""
    own = _own(findings, pen)
    rows = [{"x": row.fitted, "value": _no_dust(row.mean), "low": row.low, "high": row.high} for row in findings.bands]
    data = {"rows": rows, "x": pen.word("axis.fitted"), "y": pen.word("axis.residual"), "decimal": pen.word("decimal")}
    largest = max((abs(row.mean) for row in findings.bands), default=0.0)
    least = min((row.n for row in findings.bands), default=0)
    caption = pen.say(
        "regression.caption.bands", sizes=own.sizes([findings.regression.n]), least=own.count("bands.least", least)
    )
    alt = pen.word("regression.alt.bands").format(largest=number(largest, pen.lang))
    return Figure("regression.bands", caption, alt, "bands", data, pen.source())


@shows("figure", FactorFindings)
def coefficient_figure(findings: FactorFindings, pen: Pen) -> Figure:
    """Coefficients with their intervals and the line of no relation."""
    rows = [
        {"label": pen.term(row.term), "value": row.b, "low": row.low, "high": row.high}
        for row in findings.regression.coefficient_rows
        if row.term != "(Intercept)"
    ]
    spoken = "; ".join(
        f"{row['label']} {number(float(str(row['value'])), pen.lang)} "
        f"[{number(float(str(row['low'])), pen.lang)}; {number(float(str(row['high'])), pen.lang)}]"
        for row in rows
    )
    own = _own(findings, pen)
    level, sizes = own.number("level", 100 * findings.level, "count"), own.sizes([findings.regression.n])
    return Figure(
        "regression.intervals",
        pen.say("regression.caption.figure", level=level, sizes=sizes),
        pen.word("regression.alt.figure").format(coefficients=spoken),
        "intervals",
        {
            "rows": rows,
            "lines": [{"value": 0.0, "label": "0"}],
            "x": pen.word("regression.column.b"),
            "decimal": pen.word("decimal"),
        },
        pen.source(),
    )


@shows("figure", FactorFindings, "correlations")
def correlation_figure(findings: FactorFindings, pen: Pen) -> Figure:
    """The correlation matrix as a heat map."""
    found = findings.correlations
    labels = [pen.label(name) for name in found.names]
    size = len(labels)
    pairs = {frozenset((row.a, row.b)): row.r for row in found.pair_rows}
    matrix = [
        [1.0 if i == j else pairs[frozenset((found.names[i], found.names[j]))] for j in range(size)]
        for i in range(size)
    ]
    strongest = max(found.pair_rows, key=lambda row: abs(row.r))
    alt = pen.word("regression.alt.correlations").format(
        a=pen.label(strongest.a), b=pen.label(strongest.b), r=number(strongest.r, pen.lang)
    )
    data = {"labels": labels, "matrix": matrix, "decimal": pen.word("decimal")}
    own = pen.about("correlation", n=found.n, rule=found.missing, function="analysis.stats.correlation.correlate")
    caption = pen.say("regression.caption.heatmap", sizes=own.sizes([found.n]))
    return Figure("regression.heatmap", caption, alt, "heatmap", data, pen.source())


@shows("figure", FactorFindings, "residuals")
def residual_figure(findings: FactorFindings, pen: Pen) -> Figure:
    """Histogram and P–P plot of the standardised residuals."""
    shape = findings.residuals
    own = _own(findings, pen)
    caption = own.say(
        "regression.caption.residuals", mean=own.number("residuals.mean", _no_dust(shape.mean), "mean"),
        sd=own.number("residuals.sd", shape.sd), sizes=own.sizes([findings.regression.n]),
    )  # fmt: skip
    data = {
        "edges": list(shape.edges), "density": list(shape.density), "expected": list(shape.expected),
        "observed": list(shape.observed), "decimal": pen.word("decimal"), "x": pen.word("axis.residual"),
        "y": pen.word("axis.density"), "x_pp": pen.word("axis.observed"), "y_pp": pen.word("axis.expected"),
    }  # fmt: skip
    largest = max(abs(e - o) for e, o in zip(shape.expected, shape.observed, strict=True))
    alt = pen.word("regression.alt.residuals").format(largest=number(largest, pen.lang))
    return Figure("regression.residuals", caption, alt, "residuals", data, pen.source())


def _no_dust(value: float) -> float:
    """Zero where only rounding errors of the machine are left (residuals of a model with a constant sum to zero)."""
    return 0.0 if abs(value) < 1e-12 else value


@shows("narrate", FactorFindings)
def story(findings: FactorFindings, pen: Pen) -> Narrative:
    """Fit, the factors in order of weight, what could not be shown, collinearity, and how far this reaches."""
    own, result = _own(findings, pen), findings.regression
    if result.fit.p is None or result.fit.F is None:
        return Narrative((Paragraph(own.say("regression.story.untestable"), "caution"), *own.cautions(result.cautions)))
    said = [
        *_fit(findings, own, result.fit.F, result.fit.p),
        *_terms(findings, own),
        _collinearity(findings, own),
        _independence(findings, own),
        _robustness(findings, own),
        Paragraph(own.say("regression.story.causal"), "note"),
    ]
    return Narrative(tuple(said))


def _fit(findings: FactorFindings, own: Pen, f: float, p: float) -> list[Paragraph]:
    """Does the model as a whole explain anything, and how much?"""
    fit = findings.regression.fit
    test = {
        "F": own.number("F", f),
        "df1": own.count("df1", fit.df1),
        "df2": own.count("df2", fit.df2),
        "p": _p(own, "p", p),
        "n": own.count("n", findings.regression.n),
    }
    if p >= own.cutoff("significance"):
        return [own.paragraph("regression.story.no_fit", **test)]
    shares = {
        "percent": own.number("r2_percent", 100 * fit.r2, "percent"),
        "r2": own.number("r2", fit.r2),
        "adj_r2": own.number("adj_r2", fit.adj_r2),
    }
    return [own.paragraph("regression.story.fit", **test), own.paragraph("regression.story.r2", **shares)]


def _terms(findings: FactorFindings, own: Pen) -> list[Paragraph]:
    rows = [row for row in findings.regression.coefficient_rows if row.term != "(Intercept)"]
    significance = own.cutoff("significance")
    level = own.number("level", 100 * findings.level, "count")
    said = []
    shown = sorted((row for row in rows if row.p < significance), key=lambda row: -abs(row.beta or 0.0))
    for place, row in enumerate(shown):
        about = own.about(row.term)
        key = "strongest" if place == 0 and len(shown) > 1 else "term"
        direction = "up" if row.b > 0 else "down"
        said.append(
            about.paragraph(
                f"regression.story.{key}_{direction}", term=own.term(row.term), beta=about.number("beta", row.beta),
                b=about.number("b", row.b, se=row.se, low=row.low, high=row.high), p=_p(about, "p", row.p),
                low=about.number("low", row.low), high=about.number("high", row.high), level=level,
            )
        )  # fmt: skip
    for row in rows:
        if row.p >= significance:
            about = own.about(row.term)
            slots = {"b": about.number("b", row.b, se=row.se, low=row.low, high=row.high), "p": _p(about, "p", row.p)}
            limits = {"low": about.number("low", row.low), "high": about.number("high", row.high), "level": level}
            said.append(about.paragraph("regression.story.no_evidence", term=own.term(row.term), **slots, **limits))
    return said


def _collinearity(findings: FactorFindings, own: Pen) -> Paragraph:
    rows = [row for row in findings.regression.coefficient_rows if row.vif is not None]
    worst = max(rows, key=lambda row: row.vif or 0.0)
    key = (
        "regression.story.vif_ok" if (worst.vif or 0.0) < own.cutoff("regression.vif") else "regression.story.vif_high"
    )
    about = own.about(worst.term)
    limit = own.rule_value("regression.vif", "count")
    return own.paragraph(key, vif=about.number("vif", worst.vif), term=own.term(worst.term), limit=limit)


def _independence(findings: FactorFindings, own: Pen) -> Paragraph:
    """Durbin–Watson against the bounds that theses use."""
    low, high = "regression.durbin_watson.low", "regression.durbin_watson.high"
    value = findings.regression.diagnostics.durbin_watson
    inside = value is None or own.cutoff(low) < value < own.cutoff(high)
    bounds = {"low": own.rule_value(low, "count"), "high": own.rule_value(high, "count")}
    key = "regression.story.durbin_watson_ok" if inside else "regression.story.durbin_watson_out"
    return own.paragraph(key, d=own.number("durbin_watson", value), **bounds)


def _robustness(findings: FactorFindings, own: Pen) -> Paragraph:
    """Do errors that allow unequal spread change which factors pass?"""
    significance = own.cutoff("significance")
    pairs = zip(findings.regression.coefficient_rows, findings.robust.coefficient_rows, strict=True)
    changed = [
        own.term(a.term) for a, b in pairs if a.term != "(Intercept)" and (a.p < significance) != (b.p < significance)
    ]
    if changed:
        return Paragraph(own.say("regression.story.robust_changes", terms=", ".join(changed)), "caution")
    return own.paragraph("regression.story.robust_same")


def _outcome(findings: FactorFindings) -> str:
    return parse_formula(findings.regression.formula).outcome


@shows("table", FactorFindings, "truth")
def truth_table(findings: FactorFindings, pen: Pen) -> Table:
    """Estimates beside the generator's true values; nothing for real data."""
    rows = []
    for row in findings.regression.coefficient_rows:
        true = findings.truth.term(row.term) if findings.truth else None
        if true is None or row.term == "(Intercept)":
            continue
        estimate = (_own(findings, pen).about(row.term), "b", row.b, row.low, row.high)
        rows.append(truth_row(pen.term(row.term), f"regression.{row.term}.b", estimate, true.b, pen))
    return truth_block("regression.truth", "regression.column.term", rows, findings.level, pen)
