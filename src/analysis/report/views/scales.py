"""How the shelf of reliability is shown: omega, Guttman's bounds, halves, constructs, rounds of dropping, two times."""

from __future__ import annotations

from ...stats.constructs import Constructs
from ...stats.estimate import Estimate
from ...stats.omega import Omega
from ...stats.result import unique
from ...stats.scales import Purified, Retest
from ...stats.splits import Guttman, Split, SplitHalf
from ..block import Column, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..pen import Pen
from ..registry import shows


def _about(result: Guttman | SplitHalf | Purified | Retest, stem: str, function: str, pen: Pen) -> Pen:
    return pen.about(stem, n=result.n, rule=result.missing, function=f"analysis.stats.{function}")


def _estimate(own: Pen, name: str, value: Estimate | None) -> Text:
    if value is None:
        return ()
    return own.number(name, value.value, se=value.se, low=value.low, high=value.high)


def _columns(pen: Pen, *names: str) -> tuple[Column, ...]:
    first, *others = names
    return (
        Column(first, pen.word(f"scales.column.{first}"), align="left"),
        *(Column(name, pen.word(f"scales.column.{name}")) for name in others),
    )


def _omega(result: Omega, pen: Pen) -> Pen:
    stem = "omega." + "+".join(row.item for row in result.item_rows)
    return pen.about(
        stem, n=result.n, rule=result.missing, method=result.total.method, function="analysis.stats.omega.omega"
    )


@shows("table", Omega)
def omega_table(result: Omega, pen: Pen) -> Table:
    """The three coefficients with their intervals."""
    own = _omega(result, pen)
    rows = []
    for name in ("total", "hierarchical", "congeneric"):
        value: Estimate = getattr(result, name)
        cells = (
            _estimate(own, name, value),
            own.number(f"{name}.low", value.low),
            own.number(f"{name}.high", value.high),
        )
        rows.append(TableRow(((pen.word(f"scales.omega.{name}"),), *cells)))
    rows.append(TableRow(((pen.word("scales.omega.ecv"),), own.number("ecv", result.ecv), (), ())))
    caption = pen.say("scales.caption.omega", k=own.count("k", result.k), n=own.count("n", result.n))
    columns = _columns(pen, "coefficient", "value", "low", "high")
    return Table("scales.omega", caption, columns, tuple(rows), own.cautions(result.cautions))


@shows("table", Omega, "loadings")
def omega_loadings(result: Omega, pen: Pen) -> Table:
    """Loadings on the general factor and the group factors, what is explained, and the scale without each item."""
    own = _omega(result, pen)
    factors = unique(row.factor for row in result.loading_rows)
    loading = {(row.item, row.factor): row.loading for row in result.loading_rows}
    names = ("h2", "u2", "alpha_if_deleted", "omega_if_deleted")
    rows = []
    for row in result.item_rows:
        about = own.about(row.item)
        weights = (about.number(factor.rstrip("*"), loading[row.item, factor]) for factor in factors)
        rows.append(TableRow(((pen.label(row.item),), *weights, *(about.number(name, row[name]) for name in names))))
    columns = (
        Column("item", pen.word("reliability.column.item"), align="left"),
        *(Column(factor, factor) for factor in factors),
        *(Column(name, pen.word(f"scales.column.{name}")) for name in names),
    )
    note = Paragraph(pen.say("scales.note.loadings"), "note")
    return Table("scales.loadings", pen.say("scales.caption.loadings"), columns, tuple(rows), (note,))


@shows("narrate", Omega)
def omega_story(result: Omega, pen: Pen) -> Narrative:
    """Omega in sentences, with its interval where there is one."""
    own = _omega(result, pen)
    value = result.congeneric
    slots: dict[str, Segment | Text] = {
        "omega": _estimate(own, "congeneric", value),
        "total": _estimate(own, "total", result.total),
        "hierarchical": _estimate(own, "hierarchical", result.hierarchical),
        "ecv": own.number("ecv.percent", 100 * result.ecv, "percent"),
        "n": own.count("n", result.n),
        "k": own.count("k", result.k),
    }
    said = [Paragraph(own.say("scales.story.omega", **slots))]
    if value.low is not None and value.high is not None and value.level is not None:
        bounds: dict[str, Segment | Text] = {
            "low": own.number("congeneric.low", value.low),
            "high": own.number("congeneric.high", value.high),
            "level": own.number("level", 100 * value.level, "count"),
            "resamples": own.count("resamples", result.resamples),
        }
        said.append(Paragraph(own.say("scales.story.interval", **bounds)))
    if result.n_factors > 1:
        said.append(Paragraph(own.say("scales.story.general", **slots)))
    return Narrative((*said, *own.cautions(result.cautions)))


@shows("table", Guttman)
def guttman_table(result: Guttman, pen: Pen) -> Table:
    """The six bounds."""
    own = _about(result, "guttman", "splits.guttman", pen)
    rows = [
        TableRow(((pen.word(f"scales.guttman.lambda{at}"),), _estimate(own, f"lambda{at}", value)))
        for at, value in enumerate(result.lambdas, 1)
    ]
    caption = pen.say("scales.caption.guttman", k=own.count("k", result.k), n=own.count("n", result.n))
    columns = _columns(pen, "coefficient", "value")
    return Table("scales.guttman", caption, columns, tuple(rows), own.cautions(result.cautions))


@shows("narrate", Guttman)
def guttman_story(result: Guttman, pen: Pen) -> Narrative:
    """What the bounds bound."""
    own = _about(result, "guttman", "splits.guttman", pen)
    said = own.say(
        "scales.story.guttman", alpha=_estimate(own, "lambda3", result.lambda3),
        best=_estimate(own, "lambda4", result.lambda4), n=own.count("n", result.n),
    )  # fmt: skip
    return Narrative((Paragraph(said), *own.cautions(result.cautions)))


@shows("table", SplitHalf)
def halves_table(result: SplitHalf, pen: Pen) -> Table:
    """The best and the worst halves, odd against even, and those asked for."""
    own = _about(result, "split_half", "splits.split_half", pen)
    splits = {"best": result.best, "worst": result.worst, "odd_even": result.odd_even, "given": result.given}
    rows = [_split_row(name, split, own) for name, split in splits.items() if split]
    stepped = own.number("mean.spearman_brown", result.spearman_brown_mean)
    mean = ((pen.word("scales.split.mean"),), (), (), (), stepped, own.number("mean.guttman", result.mean))
    caption = pen.say("scales.caption.halves", splits=own.count("splits", result.splits), n=own.count("n", result.n))
    columns = _columns(pen, "split", "half_a", "half_b", "r", "spearman_brown", "guttman")
    return Table("scales.halves", caption, columns, (*rows, TableRow(mean)), own.cautions(result.cautions))


def _split_row(name: str, split: Split, own: Pen) -> TableRow:
    about = own.about(name)
    numbers = (about.number(each, split[each]) for each in ("r", "spearman_brown", "guttman"))
    return TableRow(((own.word(f"scales.split.{name}"),), (", ".join(split.a),), (", ".join(split.b),), *numbers))


@shows("narrate", SplitHalf)
def halves_story(result: SplitHalf, pen: Pen) -> Narrative:
    """From the worst to the best halves."""
    own = _about(result, "split_half", "splits.split_half", pen)
    said = own.say(
        "scales.story.halves", splits=own.count("splits", result.splits), n=own.count("n", result.n),
        worst=own.number("worst.guttman", result.worst.guttman), best=own.number("best.guttman", result.best.guttman),
        mean=own.number("mean.guttman", result.mean),
    )  # fmt: skip
    return Narrative((Paragraph(said), *own.cautions(result.cautions)))


@shows("table", Constructs)
def constructs_table(result: Constructs, pen: Pen) -> Table:
    """One line for each construct."""
    own = pen.about(
        result.coefficient, n=result.n, method=result.coefficient,
        function=f"analysis.stats.constructs.{result.coefficient}",
    )  # fmt: skip
    rows = [
        TableRow(
            (
                (pen.label(row.construct),),
                own.count(f"{row.construct}.k", row.k),
                own.number(f"{row.construct}.value", row.value),
            )
        )
        for row in result.construct_rows
    ]
    least = pen.rule_value("reliability.cr" if result.coefficient == "composite_reliability" else "reliability.ave")
    note = Paragraph(pen.say(f"scales.note.{result.coefficient}", least=least), "note")
    caption = pen.say(f"scales.caption.{result.coefficient}")
    columns = _columns(pen, "construct", "k", "value")
    return Table(f"scales.{result.coefficient}", caption, columns, tuple(rows), (note, *own.cautions(result.cautions)))


@shows("narrate", Constructs)
def constructs_story(result: Constructs, pen: Pen) -> Narrative:
    """How many constructs reach the rule, and which do not."""
    own = pen.about(
        result.coefficient, n=result.n, method=result.coefficient,
        function=f"analysis.stats.constructs.{result.coefficient}",
    )  # fmt: skip
    rule = "reliability.cr" if result.coefficient == "composite_reliability" else "reliability.ave"
    below = [pen.label(row.construct) for row in result.construct_rows if row.value < pen.cutoff(rule)]
    said = own.say(
        f"scales.story.{result.coefficient}", passed=own.count("passed", len(result.construct_rows) - len(below)),
        total=own.count("constructs", len(result.construct_rows)), least=pen.rule_value(rule),
        below=", ".join(below) if below else pen.word("none"),
    )  # fmt: skip
    return Narrative((Paragraph(said), *own.cautions(result.cautions)))


@shows("table", Purified)
def runs_table(result: Purified, pen: Pen) -> Table:
    """First run, second run: alpha before, the item dropped, alpha after."""
    own = _about(result, "purify", "scales.purify", pen)
    rows = []
    for row in result.run_rows:
        about = own.about(f"run{row.run}")
        rows.append(
            TableRow(
                (
                    (str(row.run),),
                    about.count("k", len(row.items)),
                    about.number("alpha", row.alpha),
                    (pen.label(row.dropped) if row.dropped else pen.word("none"),),
                    about.number("r_drop", row.r_drop),
                    about.number("alpha_after", row.alpha_after),
                )
            )
        )
    note = Paragraph(pen.say("scales.note.runs", least=pen.rule_value("reliability.r_drop")), "note")
    columns = _columns(pen, "run", "k", "alpha", "dropped", "r_drop", "alpha_after")
    caption = pen.say("scales.caption.runs", n=own.count("n", result.n))
    return Table("scales.runs", caption, columns, tuple(rows), (note, *own.cautions(result.cautions)))


@shows("narrate", Purified)
def runs_story(result: Purified, pen: Pen) -> Narrative:
    """What was dropped, and alpha before and after."""
    own = _about(result, "purify", "scales.purify", pen)
    first, last = result.run_rows[0], result.run_rows[-1]
    slots: dict[str, Segment | Text] = {
        "before": own.about("run1").number("alpha", first.alpha),
        "after": own.about(f"run{last.run}").number("alpha", last.alpha),
        "items": ", ".join(map(pen.label, result.dropped)) if result.dropped else pen.word("none"),
        "k": own.about(f"run{last.run}").count("k", len(last.items)),
        "least": pen.rule_value("reliability.r_drop"),
    }
    said = own.say("scales.story.runs" if result.dropped else "scales.story.no_runs", **slots)
    return Narrative((Paragraph(said), *own.cautions(result.cautions)))


@shows("narrate", Retest)
def retest_story(result: Retest, pen: Pen) -> Narrative:
    """The correlation of both times with its interval."""
    own = _about(result, f"retest.{result.first}.{result.second}", "scales.retest", pen)
    said = own.say(
        "scales.story.retest", first=pen.label(result.first), second=pen.label(result.second),
        r=_estimate(own, "r", result.r), low=own.number("r.low", result.r.low),
        high=own.number("r.high", result.r.high), level=own.number("level", 100 * (result.r.level or 0.95), "count"),
        n=own.count("n", result.n),
    )  # fmt: skip
    return Narrative((Paragraph(said), *own.cautions(result.cautions)))


@shows("table", Retest)
def retest_table(result: Retest, pen: Pen) -> Table:
    """One line: both times, r, its interval, n."""
    own = _about(result, f"retest.{result.first}.{result.second}", "scales.retest", pen)
    cells = (
        (f"{pen.label(result.first)} – {pen.label(result.second)}",), _estimate(own, "r", result.r),
        own.number("r.low", result.r.low), own.number("r.high", result.r.high), own.count("n", result.n),
    )  # fmt: skip
    columns = (*_columns(pen, "times", "r", "low", "high"), Column("n", "n"))
    caption = pen.say("scales.caption.retest")
    return Table("scales.retest", caption, columns, (TableRow(cells),), own.cautions(result.cautions))
