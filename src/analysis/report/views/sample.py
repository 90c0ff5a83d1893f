"""How the sample is shown: how many were needed, how exact it is, strata, profile."""

from __future__ import annotations

from ...chapters.sample import SampleFindings
from ...stats.describe import Frequencies
from ...stats.sampling import SampleSize
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows

#: A characteristic with more groups than this stands in the table only: its bars would bury the others.
_MOST_LEVELS = 6


def _pen(findings: SampleFindings, pen: Pen) -> Pen:
    return pen.about("sample", n=findings.kept, rule="all_rows", function="analysis.chapters.sample.sample")


@shows("table", SampleFindings)
def size_table(findings: SampleFindings, pen: Pen) -> Table:
    """The sizes needed, each with its formula and the real numbers in it, rounded up."""
    rows = []
    for size in findings.needed:
        own = _size(size, pen)
        formula = own.say(f"sample.formula.{_kind(size)}", **_slots(size, own))
        rows.append(TableRow(((pen.word(f"sample.method.{_kind(size)}"),), formula, own.count("n", size.n))))
    rows.append(TableRow(((pen.word("sample.achieved"),), (), _pen(findings, pen).count("kept", findings.kept))))
    columns = (
        Column("method", pen.word("sample.column.method"), align="left"),
        Column("formula", pen.word("sample.column.formula"), align="left"),
        Column("n", pen.word("sample.column.n")),
    )
    note = Paragraph(pen.say("sample.note.sizes"), "note")
    return Table("sample.sizes", pen.say("sample.caption.sizes"), columns, tuple(rows), (note,), pen.source())


def _kind(size: SampleSize) -> str:
    if size.method == "yamane":
        return "yamane"
    return "cochran" if size.population is None else "cochran_finite"


def _size(size: SampleSize, pen: Pen) -> Pen:
    name = "yamane" if size.method == "yamane" else "cochran"
    return pen.about(f"sample.{name}", method=name, function=f"analysis.stats.sampling.sample_size_{name}")


def _slots(size: SampleSize, own: Pen) -> dict[str, Segment | Text]:
    return {
        "population": own.number("population", size.population, "count"),
        "margin": own.number("margin", size.margin, "mean"),
        "share": own.number("share", size.share, "mean"),
        "z": own.number("z", size.z),
        "exact": own.number("exact", size.exact, "mean"),
        "n": own.count("n", size.n),
    }


@shows("table", SampleFindings, "strata")
def strata_table(findings: SampleFindings, pen: Pen) -> Table:
    """Population, planned share and answers of every stratum."""
    strata = findings.study.strata
    hidden = findings.hidden_in(strata.variable) if strata else ()
    rows = []
    for row in findings.strata:
        own = _pen(findings, pen).about(f"stratum.{row.stratum}", function="analysis.stats.sampling.allocate")
        answered = (pen.word("hidden"),) if row.stratum in hidden else own.count("answered", row.answered)
        label = pen.level(strata.variable, row.stratum) if strata else row.stratum
        rows.append(
            TableRow(((label,), own.count("population", row.population), own.count("planned", row.planned), answered))
        )
    columns = (
        Column("stratum", pen.word("sample.column.stratum"), align="left"),
        *(Column(name, pen.word(f"sample.column.{name}")) for name in ("population", "planned", "answered")),
    )
    notes = () if rows else (Paragraph(pen.say("sample.note.no_strata"), "note"),)
    return Table("sample.strata", pen.say("sample.caption.strata"), columns, tuple(rows), notes, pen.source())


@shows("table", SampleFindings, "profile")
def profile_table(findings: SampleFindings, pen: Pen) -> Table:
    """Who answered: frequencies of the respondents' variables, small groups not shown."""
    rows = [row for each in findings.profile for row in _profile_rows(each, _hidden(each, findings), pen)]
    least = pen.rule_value("disclosure.min_cell", "count")
    small = any(_hidden(each, findings) for each in findings.profile)
    notes = (Paragraph(pen.say("profile.note.small", least=least), "note"),) if small else ()
    if not findings.profile:
        notes = (Paragraph(pen.say("profile.note.none"), "note"),)
    return Table(
        "sample.profile",
        pen.say("profile.caption", n=_pen(findings, pen).count("kept", findings.kept)),
        (
            Column("level", pen.word("profile.column.level"), align="left"),
            Column("count", pen.word("profile.column.count")),
            Column("percent", pen.word("profile.column.percent")),
            Column("cumulative", pen.word("profile.column.cumulative")),
        ),
        tuple(rows),
        notes,
        pen.source(),
    )


def _hidden(each: Frequencies, findings: SampleFindings) -> frozenset[int]:
    levels = findings.hidden_in(each.name)
    return frozenset(place for place, row in enumerate(each.rows) if str(row.value) in levels)


def _profile_rows(each: Frequencies, hidden: frozenset[int], pen: Pen) -> list[TableRow]:
    own = pen.about(f"profile.{each.name}", n=each.n, rule="answered", function="analysis.stats.describe.frequencies")
    first, last = (min(hidden), max(hidden)) if hidden else (len(each.rows), -1)
    rows = [TableRow(((pen.label(each.name),),), section=True)]
    for place, row in enumerate(each.rows):
        label: Text = (pen.level(each.name, str(row.value)),)
        if place in hidden:
            rows.append(TableRow((label, (pen.word("hidden"),), (), ())))
            continue
        cumulative = (
            () if first <= place < last else own.number(f"{row.value}.cumulative", row.cumulative_percent, "percent")
        )
        share = own.number(f"{row.value}.percent", row.valid_percent, "percent")
        rows.append(TableRow((label, own.count(f"{row.value}.count", row.count), share, cumulative)))
    return rows


@shows("figure", SampleFindings)
def profile_figure(findings: SampleFindings, pen: Pen) -> Figure:
    """Shares of the categories that may be shown."""
    shown = [each for each in findings.profile if len(each.rows) <= _MOST_LEVELS]
    rows = [
        {
            "label": f"{pen.label(each.name)}: {pen.level(each.name, str(row.value))}",
            "value": row.valid_percent,
        }
        for each in shown
        for place, row in enumerate(each.rows)
        if place not in _hidden(each, findings) and row.valid_percent is not None
    ]
    largest = max(rows, key=lambda row: float(str(row["value"])), default=None)
    alt = ""
    if largest:
        alt = pen.word("sample.alt").format(
            label=largest["label"], percent=number(float(str(largest["value"])), pen.lang, "percent")
        )
    data = {"rows": rows, "x": pen.word("axis.percent_persons"), "decimal": pen.word("decimal")}
    key = "figure" if len(shown) == len(findings.profile) else "figure_part"
    sizes = _pen(findings, pen).sizes([findings.kept])
    caption = pen.say(f"sample.caption.{key}", sizes=sizes, most=str(_MOST_LEVELS))
    return Figure("sample.figure", caption, alt, "bars", data, pen.source())


@shows("narrate", SampleFindings)
def story(findings: SampleFindings, pen: Pen) -> Narrative:
    """How many came back, whether that was enough, and how exact a share is."""
    own = _pen(findings, pen)
    said = [
        own.paragraph(
            "sample.story.received" if findings.kept < findings.received else "sample.story.all_received",
            received=own.count("received", findings.received),
            kept=own.count("kept", findings.kept),
        )
    ]
    for size in findings.needed:
        about = _size(size, pen)
        key = "enough" if findings.kept >= size.n else "short"
        slots: dict[str, Segment | Text] = {
            "method": pen.word(f"sample.method.{_kind(size)}"),
            "n": about.count("n", size.n),
        }
        said.append(own.paragraph(f"sample.story.{key}", kept=own.count("kept", findings.kept), **slots))
    said.append(_precision(findings, pen))
    if findings.population is None:
        said.append(Paragraph(pen.say("sample.story.no_population"), "note"))
    said.append(Paragraph(pen.say("sample.story.limits"), "note"))
    return Narrative(tuple(said))


def _precision(findings: SampleFindings, pen: Pen) -> Paragraph:
    half = findings.half
    own = pen.about("sample.half", n=findings.kept, method=half.method, function="analysis.stats.proportion.proportion")
    low, high = half.low or 0.0, half.high or 1.0
    margin = own.number("margin_percent", 100 * (high - low) / 2, "percent")
    level = own.number("level", 100 * findings.level, "count")
    key = "sample.story.precision_finite" if findings.population is not None else "sample.story.precision"
    population = own.number("population", findings.population, "count")
    return Paragraph(own.say(key, margin=margin, level=level, population=population))
