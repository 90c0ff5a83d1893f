"""How validity is shown: KMO and Bartlett, variance, rotated matrix, how many factors, constructs, SPSS's defaults."""

from __future__ import annotations

from ...chapters.beside import BesideRow
from ...chapters.validity import FactorAnalysis, ItemPlace, ValidityFindings, weak_items
from ...stats.factors import FactorSolution
from ...stats.retention import ParallelAnalysis
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text, plain
from ..format import number
from ..pen import Pen
from ..registry import shows
from ..words import explain_problems
from .discriminant import fornell_story, fornell_table, htmt_story, htmt_table, method_story, method_table
from .factors import map_alt, map_data

#: Loadings below this are left blank, as theses print the matrix; the ledger's numbers are those shown.
_SHOWN = 0.3


def _about(analysis: FactorAnalysis, pen: Pen, function: str) -> Pen:
    n = analysis.solution.n if analysis.solution else None
    rule = analysis.solution.missing if analysis.solution else ""
    return pen.about(f"validity.{analysis.role}", n=n, rule=rule, function=f"analysis.stats.{function}")


def _title(analysis: FactorAnalysis, pen: Pen) -> str:
    return pen.word(f"validity.items.{analysis.role}")


@shows("table", ValidityFindings)
def kmo_table(findings: ValidityFindings, pen: Pen) -> Table:
    """KMO and Bartlett's test for each set of items."""
    rows = []
    for each in findings.computed:
        if each.kmo is None or each.bartlett is None:
            continue
        fit, test = _about(each, pen, "factorability.kmo"), _about(each, pen, "factorability.bartlett")
        rows.append(
            TableRow(
                (
                    (_title(each, pen),),
                    fit.count("items", len(each.items)),
                    fit.count("n", each.kmo.n),
                    fit.number("kmo", each.kmo.overall),
                    test.number("chi2", each.bartlett.chi2),
                    test.count("df", each.bartlett.df),
                    test.number("p", each.bartlett.p, "p"),
                )
            )
        )
    names = ("items", "n", "kmo", "chi2", "df", "p")
    columns = (
        Column("set", pen.word("validity.column.set"), align="left"),
        *(Column(name, pen.word(f"validity.column.{name}")) for name in names),
    )
    note = Paragraph(pen.say("validity.note.kmo", kmo=pen.rule_value("factors.kmo")), "note")
    return Table("validity.kmo", pen.say("validity.caption.kmo"), columns, tuple(rows), (note,), pen.source())


@shows("table", ValidityFindings, "variance")
def variance_table(findings: ValidityFindings, pen: Pen) -> Table:
    """Total variance explained, as SPSS prints it; components that were not kept only with their eigenvalue."""
    rows: list[TableRow] = []
    for each in findings.computed:
        if each.solution is None:
            continue
        rows.append(TableRow(((_title(each, pen),),), section=True))
        rows.extend(_variance_rows(each.solution, _about(each, pen, "factors.efa")))
    groups = ("initial", "extracted", "rotated")
    columns = [Column("component", pen.word("validity.column.component"), align="left")]
    for group in groups:
        for name in ("total", "percent", "cumulative"):
            title, over = pen.word(f"validity.column.{name}"), pen.word(f"validity.group.{group}")
            columns.append(Column(f"{group}.{name}", title, over))
    caption = pen.say("validity.caption.variance", sizes=_sizes(findings, pen))
    one = any(each.solution and each.solution.n_factors == 1 for each in findings.computed)
    notes = (Paragraph(pen.say("validity.note.one"), "note"),) if one else ()
    return Table("validity.variance", caption, tuple(columns), tuple(rows), notes, pen.source())


def _sizes(findings: ValidityFindings, pen: Pen) -> Text:
    own = pen.about("validity", function="analysis.stats.factors.efa")
    return own.sizes(each.solution.n for each in findings.computed if each.solution)


def _variance_rows(solution: FactorSolution, own: Pen) -> list[TableRow]:
    rows = []
    turned = solution.n_factors > 1  # a single component cannot be rotated: SPSS prints nothing there
    for row in solution.variance_rows[: solution.n_factors + 2]:
        about = own.about(f"component{row.component}")
        rows.append(
            TableRow(
                (
                    (str(row.component),),
                    about.number("eigenvalue", row.eigenvalue),
                    about.number("percent", row.percent, "percent"),
                    about.number("cumulative", row.cumulative, "percent"),
                    about.number("extracted", row.extracted),
                    about.number("extracted_percent", row.extracted_percent, "percent"),
                    about.number("extracted_cumulative", row.extracted_cumulative, "percent"),
                    about.number("rotated", row.rotated if turned else None),
                    about.number("rotated_percent", row.rotated_percent if turned else None, "percent"),
                    about.number("rotated_cumulative", row.rotated_cumulative if turned else None, "percent"),
                )
            )
        )
    return rows


@shows("table", ValidityFindings, "loadings")
def loading_table(findings: ValidityFindings, pen: Pen) -> Table:
    """The rotated component matrix of the factors' items."""
    return _loadings(findings, pen, "solution", "loadings")


@shows("table", ValidityFindings, "oblique")
def oblique_table(findings: ValidityFindings, pen: Pen) -> Table:
    """The pattern matrix of common factors that may correlate (minres, oblimin)."""
    return _loadings(findings, pen, "oblique", "oblique")


def _loadings(findings: ValidityFindings, pen: Pen, what: str, key: str) -> Table:
    rows: list[TableRow] = []
    width = 0
    for each in findings.computed:
        solution: FactorSolution | None = getattr(each, what)
        if solution is None:
            continue
        width = max(width, solution.n_factors)
        rows.append(TableRow(((_title(each, pen),),), section=True))
        own = _about(each, pen, "factors.efa").about(key)
        rows.extend(_matrix_rows(each, solution, own))
    rows = [row if row.section else TableRow((*row.cells, *([()] * (width + 1 - len(row.cells))))) for row in rows]
    columns = (
        Column("item", pen.word("reliability.column.item"), align="left"),
        *(Column(f"F{place}", str(place), pen.word(f"validity.group.{key}")) for place in range(1, width + 1)),
    )
    note = Paragraph(pen.say(f"validity.note.{key}", shown=number(_SHOWN, pen.lang, "mean")), "note")
    return Table(
        f"validity.{key}",
        pen.say(f"validity.caption.{key}", sizes=_sizes(findings, pen)),
        columns,
        tuple(rows),
        (note,),
        pen.source(),
    )


def _matrix_rows(analysis: FactorAnalysis, solution: FactorSolution, own: Pen) -> list[TableRow]:
    """Items in the order of their component and loading, small loadings blank."""
    values: dict[str, dict[str, float]] = {}
    for row in solution.loading_rows:
        values.setdefault(row.item, {})[row.factor] = row.loading
    strongest = {item: max(found, key=lambda name: abs(found[name])) for item, found in values.items()}
    factors = solution.factors
    order = sorted(values, key=lambda item: (factors.index(strongest[item]), -abs(values[item][strongest[item]])))
    rows = []
    for item in order:
        cells: list[Text] = [(own.item(item),)]
        for factor in solution.factors:
            value = values[item][factor]
            cells.append(own.about(item).number(factor, value) if abs(value) >= _SHOWN else ())
        rows.append(TableRow(tuple(cells)))
    return rows


def _numbers(found: ParallelAnalysis, pen: Pen) -> Pen:
    function = "analysis.stats.retention.parallel_analysis"
    return pen.about("validity.number", n=found.n, rule=found.missing, function=function)


@shows("table", ValidityFindings, "number")
def number_table(findings: ValidityFindings, pen: Pen) -> Table:
    """How many factors: the design and every rule side by side."""
    found = findings.parallel
    rows: list[TableRow] = []
    if found:
        own = _numbers(found, pen)
        counts = {
            "page": len(findings.study.factors),
            "kaiser": found.kaiser_count,
            "parallel": found.n_factors,
            "map": found.map_count,
        }
        rows = [
            TableRow(((pen.word(f"validity.rule.{rule}"),), own.count(rule, value))) for rule, value in counts.items()
        ]
        rows += _further_rules(findings, own)
    columns = (
        Column("rule", pen.word("validity.column.rule"), align="left"),
        Column("count", pen.word("validity.column.count")),
    )
    caption = pen.say("validity.caption.number", sizes=_numbers(found, pen).sizes([found.n]) if found else ())
    return Table("validity.number", caption, columns, tuple(rows), source=pen.source())


def _further_rules(findings: ValidityFindings, own: Pen) -> list[TableRow]:
    """The rules beyond those that theses name."""
    shown = {"kaiser", "parallel_pca_normal", "map"}
    return [
        TableRow(((own.word(f"retention.rule.{row.rule}"),), own.count(row.rule, row.n_factors)))
        for row in (findings.retention.rule_rows if findings.retention else ())
        if row.rule not in shown and row.n_factors is not None
    ]


@shows("figure", ValidityFindings)
def scree_figure(findings: ValidityFindings, pen: Pen) -> Figure:
    """Eigenvalues beside those of random answers."""
    found = findings.parallel
    rows = found.component_rows if found else ()
    kept = found.n_factors if found else 0
    first = number(rows[0].observed, pen.lang, "mean") if rows else ""
    return Figure(
        "validity.scree",
        pen.say("validity.caption.scree", sizes=_numbers(found, pen).sizes([found.n]) if found else ()),
        pen.word("validity.alt").format(kept=kept, first=first),
        "scree",
        {
            "components": [row.component for row in rows],
            "observed": [row.observed for row in rows],
            "random": [row.quantile for row in rows],
            "x": pen.word("validity.column.component"),
            "y": pen.word("validity.axis.eigenvalue"),
            "names": [pen.word("validity.axis.observed"), pen.word("validity.axis.random")],
            "decimal": pen.word("decimal"),
        },
        pen.source(),
    )


@shows("figure", ValidityFindings, "map")
def loadings_map(findings: ValidityFindings, pen: Pen) -> Figure:
    """The rotated loadings of the factors' items as a colour map."""
    first = next((each.solution for each in findings.computed if each.role == "factor"), None)
    return Figure(
        "validity.map",
        pen.say(
            "validity.caption.map",
            sizes=pen.about("validity.map", function="analysis.stats.factors.efa").sizes([first.n] if first else []),
        ),
        map_alt(first, pen) if first else "",
        "loadings",
        {**map_data(first, pen), "shown": _SHOWN} if first else {"matrix": []},
        pen.source(),
    )


@shows("table", ValidityFindings, "htmt")
def constructs_table(findings: ValidityFindings, pen: Pen) -> Table:
    """HTMT of every pair of constructs."""
    found = findings.htmt
    return htmt_table(found, pen.about("validity")) if found else _nothing("discriminant.htmt")


@shows("table", ValidityFindings, "fornell")
def criterion_table(findings: ValidityFindings, pen: Pen) -> Table:
    """Fornell and Larcker's criterion."""
    found = findings.fornell
    return fornell_table(found, pen.about("validity")) if found else _nothing("discriminant.fornell")


@shows("table", ValidityFindings, "method")
def bias_table(findings: ValidityFindings, pen: Pen) -> Table:
    """Signs of common-method variance."""
    found = findings.method
    return method_table(found, pen.about("validity")) if found else _nothing("discriminant.method")


def _nothing(key: str) -> Table:
    """A table without rows, which says nothing at all."""
    return Table(key, (), (), ())


@shows("narrate", ValidityFindings, "constructs")
def constructs_story(findings: ValidityFindings, pen: Pen) -> Narrative:
    """Whether the constructs differ, and what common method there may be."""
    own = pen.about("validity")
    parts: list[Narrative] = []
    if findings.htmt:
        parts.append(htmt_story(findings.htmt, own))
    if findings.fornell:
        parts.append(fornell_story(findings.fornell, own))
    if findings.method:
        parts.append(method_story(findings.method, own))
    said = {plain(paragraph.text): paragraph for part in parts for paragraph in part.paragraphs}  # each thing once
    return Narrative(tuple(said.values()))


@shows("table", ValidityFindings, "thresholds")
def thresholds_table(findings: ValidityFindings, pen: Pen) -> Table:
    """The limits in use, each with its source."""
    limits = {
        "kmo": "factors.kmo",
        "loading": "factors.loading",
        "ave": "reliability.ave",
        "htmt": "validity.htmt",
        "htmt_strict": "validity.htmt.strict",
        "harman": "method.harman",
        "vif": "method.vif",
    }
    rows = [TableRow((pen.say(f"validity.threshold.{name}"), pen.rule_value(rule))) for name, rule in limits.items()]
    if findings.retention:
        own = _numbers(findings.parallel, pen) if findings.parallel else pen
        rows.append(
            TableRow(
                (pen.say("validity.threshold.parallel"), own.number("quantile", findings.retention.quantile, "mean"))
            )
        )
    columns = (
        Column("threshold", pen.word("validity.column.threshold"), align="left"),
        Column("limit", pen.word("validity.column.limit")),
    )
    return Table("validity.thresholds", pen.say("validity.caption.thresholds"), columns, tuple(rows), (), pen.source())


@shows("table", ValidityFindings, "beside")
def beside_table(findings: ValidityFindings, pen: Pen) -> Table:
    """SPSS's number beside another choice's, with the reason for each below."""
    found = findings.beside
    rows = tuple(_beside_row(row, pen) for row in found.rows) if found else ()
    names = ("topic", "subject", "spss", "right", "differing", "n_spss", "n_right")
    columns = tuple(
        Column(name, pen.word(f"beside.column.{name}"), align="left" if name in ("topic", "subject") else "right")
        for name in names
    )
    topics = {row.topic: pen.word(f"beside.topic.{row.topic}") for row in found.rows} if found else {}
    notes = tuple(Paragraph(pen.say(f"beside.reason.{row}", topic=topic), "note") for row, topic in topics.items())
    own = pen.about("validity.beside", function="analysis.chapters.beside.beside")
    caption = pen.say("beside.caption", sizes=own.sizes(row.n_spss for row in found.rows) if found else ())
    return Table("validity.beside", caption, columns, rows, notes, pen.source())


def _beside_row(row: BesideRow, pen: Pen) -> TableRow:
    function = "analysis.chapters.beside.beside"
    own = pen.about(f"validity.beside.{row.topic}", n=row.n_spss, rule="listwise", function=function)
    other = pen.about(
        f"validity.beside.{row.topic}", n=row.n_right, rule="pairwise" if row.topic == "missing" else "listwise",
        function=function,
    )  # fmt: skip
    first, *second = row.subject
    subject = pen.word("beside.pair").format(a=first, b=second[0]) if second else first
    return TableRow(
        (
            (pen.word(f"beside.topic.{row.topic}"),),
            (subject,),
            own.number("spss", row.spss),
            other.number("right", row.right),
            own.count("differing", row.differing),
            own.count("n_spss", row.n_spss),
            other.count("n_right", row.n_right),
        )
    )


@shows("narrate", ValidityFindings)
def story(findings: ValidityFindings, pen: Pen) -> Narrative:
    """Fit for factoring, how many components by which rule, and the items that did not go where they should."""
    said: list[Paragraph] = []
    for each in findings.analyses:
        if each.solution is None or each.kmo is None or each.bartlett is None:
            reason = explain_problems(each.refused, pen.lang)
            said.append(
                Paragraph(
                    pen.say("validity.story.refused", items=pen.word(f"validity.inline.{each.role}"), reason=reason),
                    "caution",
                )
            )
            continue
        said.extend(_analysis_story(each, pen))
        said.extend(own for own in _item_story(findings, each, pen))
        said.extend(_about(each, pen, "factors.efa").cautions(each.solution.cautions))
    said.extend(_number_story(findings, pen))
    said.append(Paragraph(pen.say("validity.story.limits"), "note"))
    return Narrative(tuple(said))


def _analysis_story(each: FactorAnalysis, pen: Pen) -> list[Paragraph]:
    if each.solution is None or each.kmo is None or each.bartlett is None:
        return []
    fit, test = _about(each, pen, "factorability.kmo"), _about(each, pen, "factorability.bartlett")
    own = _about(each, pen, "factors.efa")
    enough = each.kmo.overall >= pen.cutoff("factors.kmo") and each.bartlett.p < pen.cutoff("significance")
    p = test.number("p", each.bartlett.p, "p")
    slots: dict[str, Segment | Text] = {
        "items": pen.word(f"validity.inline.{each.role}"),
        "kmo": fit.number("kmo", each.kmo.overall),
        "chi2": test.number("chi2", each.bartlett.chi2),
        "df": test.count("df", each.bartlett.df),
        "p": p if each.bartlett.p < 0.001 else ("=\N{NO-BREAK SPACE}", *p),
        "least": pen.rule_value("factors.kmo"),
    }
    last = each.solution.variance_rows[each.solution.n_factors - 1]
    kept: dict[str, Segment | Text] = {
        "count": own.count("n_factors", each.solution.n_factors),
        "percent": own.about(f"component{last.component}").number("cumulative", last.cumulative, "percent"),
    }
    return [
        Paragraph(pen.say("validity.story.suited" if enough else "validity.story.unsuited", **slots)),
        Paragraph(own.say("validity.story.components", **kept)),
    ]


def _item_story(findings: ValidityFindings, each: FactorAnalysis, pen: Pen) -> list[Paragraph]:
    weak = weak_items(each, findings.study)
    if not weak:
        return [Paragraph(pen.say("validity.story.items_fit", least=pen.rule_value("factors.loading")))]
    return [Paragraph(pen.say("validity.story.items_weak", items=", ".join(_names(weak))), "caution")]


def _names(places: tuple[ItemPlace, ...]) -> list[str]:
    return [place.item for place in places]


def _number_story(findings: ValidityFindings, pen: Pen) -> list[Paragraph]:
    found = findings.parallel
    if found is None:
        return []
    own = _numbers(found, pen)
    constructs = len(findings.study.factors)
    slots: dict[str, Segment | Text] = {
        "kaiser": own.count("kaiser", found.kaiser_count),
        "parallel": own.count("parallel", found.n_factors),
        "map": own.count("map", found.map_count),
        "page": own.count("page", constructs),
    }
    agree = {found.kaiser_count, found.n_factors, found.map_count} == {constructs}
    return [Paragraph(own.say("validity.story.rules_agree" if agree else "validity.story.rules_differ", **slots))]
