"""How factor solutions and factor scores are shown outside a chapter: loadings, variance, a map, fit in sentences."""

from __future__ import annotations

from ...stats.factor_scores import FactorScores
from ...stats.factors import FactorSolution
from ...stats.rotation import ORTHOGONAL
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows


def _about(result: FactorSolution, pen: Pen) -> Pen:
    stem = f"efa.{result.method}.{result.rotation}.{result.n_factors}"
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function="analysis.stats.factors.efa")


def _how(result: FactorSolution, own: Pen) -> dict[str, Segment | Text]:
    return {
        "method": own.word(f"factors.method.{result.method}"),
        "rotation": own.word(f"factors.rotation.{result.rotation}"),
        "n": own.count("n", result.n),
    }


def _notes(result: FactorSolution, own: Pen) -> tuple[Paragraph, ...]:
    if result.rotation == "none" or result.n_factors == 1:
        return own.cautions(result.cautions)
    said = own.paragraph("factors.note.kaiser" if result.kaiser else "factors.note.raw")
    return (Paragraph(said.text, "note"), *own.cautions(result.cautions))


@shows("table", FactorSolution)
def loadings_table(result: FactorSolution, pen: Pen) -> Table:
    """Every loading, with what the factors explain of each item."""
    own = _about(result, pen)
    loading = {(row.item, row.factor): row.loading for row in result.loading_rows}
    rows = []
    for row in result.communality_rows:
        about = own.about(row.item)
        weights = (about.number(factor, loading[row.item, factor]) for factor in result.factors)
        numbers = (
            about.number("communality", row.extraction),
            about.number("uniqueness", row.uniqueness),
            about.number("complexity", row.complexity, "mean"),
        )
        rows.append(TableRow(((own.item(row.item),), *weights, *numbers)))
    columns = (
        Column("item", pen.word("factors.column.item"), align="left"),
        *(Column(factor, factor) for factor in result.factors),
        *(Column(name, pen.word(f"factors.column.{name}")) for name in ("communality", "uniqueness", "complexity")),
    )
    caption = pen.say("factors.caption.loadings", **_how(result, own))
    return Table("factors.loadings", caption, columns, tuple(rows), _notes(result, own), pen.source())


@shows("table", FactorSolution, "variance")
def variance_table(result: FactorSolution, pen: Pen) -> Table:
    """Total variance explained, before and after rotation."""
    own = _about(result, pen)
    groups = {
        "initial": ("eigenvalue", "percent", "cumulative"),
        "extracted": ("extracted", "extracted_percent", "extracted_cumulative"),
        "rotated": ("rotated", "rotated_percent", "rotated_cumulative"),
    }
    rows = []
    for row in result.variance_rows:
        about = own.about(f"component{row.component}")
        cells = [
            about.number(name, row[name], "percent" if "percent" in name or "cumulative" in name else "coefficient")
            for names in groups.values()
            for name in names
        ]
        rows.append(TableRow(((str(row.component),), *cells, about.number("structure", row.structure))))
    columns = [Column("component", pen.word("validity.column.component"), align="left")]
    for group, names in groups.items():
        for name, title in zip(names, ("total", "percent", "cumulative"), strict=True):
            columns.append(Column(name, pen.word(f"validity.column.{title}"), pen.word(f"validity.group.{group}")))
    columns.append(Column("structure", pen.word("factors.column.structure")))
    oblique = result.rotation not in ORTHOGONAL and result.n_factors > 1
    notes = (Paragraph(pen.say("factors.note.structure"), "note"),) if oblique else ()
    caption = pen.say("factors.caption.variance", **_how(result, own))
    return Table("factors.variance", caption, tuple(columns), tuple(rows), notes, pen.source())


@shows("figure", FactorSolution)
def loadings_map(result: FactorSolution, pen: Pen) -> Figure:
    """Loadings as a colour map: items by factors."""
    own = _about(result, pen)
    return Figure(
        "factors.map",
        pen.say("factors.caption.figure", **_how(result, own)),
        map_alt(result, pen),
        "loadings",
        map_data(result, pen),
        pen.source(),
    )


def map_data(result: FactorSolution, pen: Pen) -> dict[str, object]:
    """What the map plots: items in the order of their factor and loading."""
    values: dict[str, list[float]] = {}
    for row in result.loading_rows:
        values.setdefault(row.item, []).append(row.loading)
    own = {item: max(range(len(found)), key=lambda j: abs(found[j])) for item, found in values.items()}
    order = sorted(values, key=lambda item: (own[item], -abs(values[item][own[item]])))
    return {
        "labels": [pen.item(item) for item in order],
        "factors": list(result.factors),
        "matrix": [values[item] for item in order],
        "decimal": pen.word("decimal"),
    }


def map_alt(result: FactorSolution, pen: Pen) -> str:
    """The map in a sentence."""
    largest = max((row.loading for row in result.loading_rows), key=abs)
    return pen.word("factors.alt").format(
        items=len(result.names), factors=result.n_factors, largest=number(largest, pen.lang)
    )


@shows("narrate", FactorSolution)
def solution_story(result: FactorSolution, pen: Pen) -> Narrative:
    """How much the factors explain, and how well they fit."""
    own = _about(result, pen)
    last, fit = result.variance_rows[result.n_factors - 1], result.fit
    said = [
        own.paragraph(
            "factors.story.solution", factors=own.count("n_factors", result.n_factors),
            items=own.count("items", len(result.names)),
            percent=own.about(f"component{last.component}").number(
                "extracted_cumulative", last.extracted_cumulative, "percent"
            ),
            **_how(result, own),
        )
    ]  # fmt: skip
    rms = own.number("rms", fit.rms)
    if fit.chisq is None or fit.p is None or fit.df is None:
        beyond = own.count("residuals_beyond", fit.residuals_beyond)
        said.append(own.paragraph("factors.story.residuals", rms=rms, beyond=beyond))
    else:
        p = own.number("p", fit.p, "p")
        said.append(
            own.paragraph(
                "factors.story.fit", df=own.count("df", fit.df), chisq=own.number("chisq", fit.chisq),
                p=p if fit.p < 0.001 else ("=\N{NO-BREAK SPACE}", *p), rmsea=own.number("rmsea", fit.rmsea),
                tli=own.number("tli", fit.tli), bic=own.number("bic", fit.bic), rms=rms,
            )
        )  # fmt: skip
    return Narrative((*said, *own.cautions(result.cautions)))


def _about_scores(result: FactorScores, pen: Pen) -> Pen:
    return pen.about(
        f"factor_scores.{result.method}", n=result.n, rule=result.missing, method=result.method,
        function="analysis.stats.factor_scores.factor_scores",
    )  # fmt: skip


@shows("table", FactorScores)
def determinacy_table(result: FactorScores, pen: Pen) -> Table:
    """How far each factor is determined; never the scores of persons."""
    own = _about_scores(result, pen)
    names = ("r2", "validity", "minimum")
    rows = tuple(
        TableRow(((row.factor,), *(own.about(row.factor).number(name, row[name]) for name in names)))
        for row in result.factor_rows
    )
    columns = (
        Column("factor", pen.word("factors.column.factor"), align="left"),
        *(Column(name, pen.word(f"factors.column.{name}")) for name in names),
    )
    notes = (Paragraph(pen.say("factors.note.scores"), "note"), *own.cautions(result.cautions))
    method = pen.word(f"factors.scoring.{result.method}")
    caption = pen.say("factors.caption.scores", method=method, n=own.count("n", result.n))
    return Table("factors.scores", caption, columns, rows, notes, pen.source())


@shows("narrate", FactorScores)
def scores_story(result: FactorScores, pen: Pen) -> Narrative:
    """How closely the scores follow the factors."""
    own = _about_scores(result, pen)
    low = min(result.factor_rows, key=lambda row: row.validity)
    high = max(result.factor_rows, key=lambda row: row.validity)
    said = own.paragraph(
        "factors.story.scores", method=pen.word(f"factors.scoring.{result.method}"),
        low=own.about(low.factor).number("validity", low.validity),
        high=own.about(high.factor).number("validity", high.validity),
    )  # fmt: skip
    return Narrative((said, *own.cautions(result.cautions)))
