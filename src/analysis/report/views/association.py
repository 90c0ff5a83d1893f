"""How correlations, Durbin–Watson, blocks of factors and stepwise searches are shown."""

from __future__ import annotations

from ...stats.association import PartCorrelations
from ...stats.autocorrelation import DurbinWatson
from ...stats.correlation import Correlations
from ...stats.hierarchy import Blocks
from ...stats.stepwise import Stepwise
from ..block import Narrative, Paragraph, Table
from ..pen import Pen
from ..registry import shows
from .terms import lines_table, note, p_text, term_words

_CORRELATORS = {
    "pearson": "analysis.stats.correlation.correlate",
    "spearman": "analysis.stats.association.spearman",
    "partial": "analysis.stats.association.partial_correlations",
}


def _correlator(result: Correlations, pen: Pen) -> Pen:
    function = _CORRELATORS[result.method]
    return pen.about(
        f"correlation.{result.method}", n=result.n, rule=result.missing, method=result.method, function=function
    )


@shows("table", Correlations)
def correlations_table(result: Correlations, pen: Pen) -> Table:
    """Every pair with r, interval, p and its own n."""
    own = _correlator(result, pen)
    lines = []
    for row in result.pair_rows:
        label = f"{pen.label(row.a)} – {pen.label(row.b)}"
        lines.append((label, own.about(f"{row.a}.{row.b}", n=row.n), row))
    caption = own.say(
        "inference.caption.correlations", what=own.word(f"inference.method.{result.method}"),
        sizes=own.sizes(row.n for row in result.pair_rows),
    )  # fmt: skip
    notes = () if result.method == "pearson" else (note(own, f"inference.note.{result.method}"),)
    notes = (*notes, *own.cautions(result.cautions))
    columns = ("pair", "r", "low", "high", "t", "df", "p", "n")
    return lines_table(f"correlation.{result.method}", caption, columns, lines, own, notes)


@shows("narrate", Correlations)
def correlations_story(result: Correlations, pen: Pen) -> Narrative:
    """The strongest pair, and what must be known of all."""
    own = _correlator(result, pen)
    row = max(result.pair_rows, key=lambda each: abs(each.r))
    about = own.about(f"{row.a}.{row.b}", n=row.n)
    said = about.paragraph(
        "inference.story.correlation", a=pen.label(row.a), b=pen.label(row.b),
        r=about.number("r", row.r, low=row.low, high=row.high), n=about.count("n", row.n), p=p_text(about, "p", row.p),
    )  # fmt: skip
    return Narrative((said, *own.cautions(result.cautions)))


def _parts(result: PartCorrelations, pen: Pen) -> Pen:
    function = "analysis.stats.association.part_correlations"
    return pen.about("correlation.parts", n=result.n, rule=result.missing, method="parts", function=function)


@shows("table", PartCorrelations)
def parts_table(result: PartCorrelations, pen: Pen) -> Table:
    """SPSS's zero-order, partial and part correlations."""
    own = _parts(result, pen)
    lines = [(term_words(row.term, own), own.about(row.term), row) for row in result.term_rows]
    caption = own.say("inference.caption.parts", sizes=own.sizes([result.n]))
    notes = (note(own, "inference.note.parts"), *own.cautions(result.cautions))
    return lines_table("correlation.parts", caption, ("term", "zero_order", "partial", "part"), lines, own, notes)


@shows("narrate", PartCorrelations)
def parts_story(result: PartCorrelations, pen: Pen) -> Narrative:
    """For each column: alone, and with the others held equal."""
    own = _parts(result, pen)
    said = []
    for row in result.term_rows:
        about = own.about(row.term)
        zero, partial = about.number("zero_order", row.zero_order), about.number("partial", row.partial)
        slots = {"zero": zero, "partial": partial, "n": about.count("n", result.n)}
        said.append(about.paragraph("inference.story.parts", term=term_words(row.term, own), **slots))
    return Narrative((*said, *own.cautions(result.cautions)))


def _durbin(result: DurbinWatson, pen: Pen) -> Pen:
    function = "analysis.stats.autocorrelation.durbin_watson"
    return pen.about("durbin_watson", n=result.n, method=result.method, function=function)


@shows("table", DurbinWatson)
def durbin_watson_table(result: DurbinWatson, pen: Pen) -> Table:
    """d with p against positive, negative and any autocorrelation."""
    own = _durbin(result, pen)
    caption = own.say("inference.caption.durbin_watson", sizes=own.sizes([result.n]))
    method = own.word(f"inference.method.{result.method}")
    columns = ("test", "d", "p_positive", "p_negative", "p")
    return lines_table("durbin_watson", caption, columns, [(method, own, result)], own, own.cautions(result.cautions))


@shows("narrate", DurbinWatson)
def durbin_watson_story(result: DurbinWatson, pen: Pen) -> Narrative:
    """Whether neighbours have residuals alike, how p was found, and the caution about the order."""
    own = _durbin(result, pen)
    key = "durbin_watson_some" if result.p < own.cutoff("significance") else "durbin_watson_none"
    said = own.paragraph(
        f"inference.story.{key}", d=own.number("d", result.d), p=p_text(own, "p", result.p),
        n=own.count("n", result.n), method=own.word(f"inference.method.{result.method}"),
    )  # fmt: skip
    return Narrative((said, *own.cautions(result.cautions)))


def _blocks(result: Blocks, pen: Pen) -> Pen:
    return pen.about(
        "blocks", n=result.n, rule=result.missing, method="blocks", function="analysis.stats.hierarchy.blocks"
    )


def _added(terms: tuple[str, ...], pen: Pen) -> str:
    return "; ".join(term_words(term, pen) for term in terms)


@shows("table", Blocks)
def blocks_table(result: Blocks, pen: Pen) -> Table:
    """One line a block: R², what it adds, and its test."""
    own = _blocks(result, pen)
    lines = []
    for place, row in enumerate(result.block_rows, start=1):
        lines.append((f"{place}. {_added(row.added, own)}", own.about(str(place)), row))
    caption = own.say("inference.caption.blocks", sizes=own.sizes([result.n]))
    notes = (note(own, "inference.note.blocks", n=own.count("n", result.n)), *own.cautions(result.cautions))
    columns = ("model", "r2", "adj_r2", "delta_r2", "F_change", "df1", "df2", "p_change", "aic", "bic")
    return lines_table("regression.blocks", caption, columns, lines, own, notes)


@shows("narrate", Blocks)
def blocks_story(result: Blocks, pen: Pen) -> Narrative:
    """What each block after the first adds."""
    own = _blocks(result, pen)
    said: list[Paragraph] = []
    for place, row in enumerate(result.block_rows, start=1):
        if row.F_change is None or row.p_change is None:
            continue
        about = own.about(str(place))
        key = "block_adds" if row.p_change < own.cutoff("significance") else "block_nothing"
        said.append(
            about.paragraph(
                f"inference.story.{key}", added=_added(row.added, own), delta=about.number("delta_r2", row.delta_r2),
                F=about.number("F_change", row.F_change), df1=about.count("df1", row.df1),
                df2=about.count("df2", row.df2), p=p_text(about, "p_change", row.p_change),
                n=about.count("n", result.n),
            )
        )  # fmt: skip
    return Narrative((*said, *own.cautions(result.cautions)))


def _stepwise(result: Stepwise, pen: Pen) -> Pen:
    function = "analysis.stats.stepwise.stepwise"
    return pen.about("stepwise", n=result.n, rule=result.missing, method="stepwise", function=function)


@shows("table", Stepwise)
def stepwise_table(result: Stepwise, pen: Pen) -> Table:
    """The path, step by step, above its warning."""
    own = _stepwise(result, pen)
    lines = []
    for row in result.step_rows:
        label = f"{row.step}. {term_words(row.term, own)} ({own.word(f'inference.action.{row.action}')})"
        lines.append((label, own.about(str(row.step)), row))
    caption = own.say("inference.caption.stepwise", sizes=own.sizes([result.n]))
    columns = ("step", "F", "p", "r2", "adj_r2")
    return lines_table("regression.stepwise", caption, columns, lines, own, own.cautions(result.cautions))


@shows("narrate", Stepwise)
def stepwise_story(result: Stepwise, pen: Pen) -> Narrative:
    """Where the search ended; the warning comes first."""
    own = _stepwise(result, pen)
    n = own.count("n", result.n)
    if result.last is None:
        said = own.paragraph("inference.story.stepwise_none", n=n)
    else:
        terms = [row.term for row in result.last.coefficient_rows if row.term != "(Intercept)"]
        said = own.paragraph("inference.story.stepwise", terms=_added(tuple(terms), own), n=n)
    return Narrative((*own.cautions(result.cautions), said))
