"""How one comparison is shown: its test, effect sizes, groups and cells, pairs, two factors, equivalence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...stats.comparison import CellRow, Comparison, EffectRow, GroupRow
from ...stats.equivalence import Equivalence
from ...stats.fisher import ExactTest
from ...stats.posthoc import Posthoc
from ...stats.twoway import TwoWay
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..format import Kind, number
from ..pen import Pen
from ..registry import shows

_FUNCTIONS = {
    "t": "analysis.stats.compare.ttest",
    "anova": "analysis.stats.anova.anova",
    "levene": "analysis.stats.anova.levene",
    "kruskal": "analysis.stats.anova.kruskal",
    "mann_whitney": "analysis.stats.ranks.mann_whitney",
    "chi_square": "analysis.stats.contingency.chi_square",
}

_NAMED = {
    "t.paired": "analysis.stats.compare.ttest_paired",
    "t.one_sample": "analysis.stats.compare.ttest_one",
    "anova.welch": "analysis.stats.anova.welch_anova",
    "anova.brown_forsythe": "analysis.stats.anova.brown_forsythe",
}


def _about(result: Comparison, pen: Pen) -> Pen:
    function = _NAMED.get(result.method, _FUNCTIONS[result.method.partition(".")[0]])
    stem = f"comparison.{result.method}.{result.outcome}" + (f".{result.factor}" if result.factor else "")
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function=function)


def _what(outcome: str, factor: str | None, own: Pen) -> Text:
    """What was compared, by what."""
    if factor is None:
        return (own.label(outcome),)
    return own.say("comparison.by", outcome=own.label(outcome), factor=own.label(factor))


def _p(own: Pen, name: str, value: float) -> Text:
    """p in a sentence: with its sign where it is not below what can be printed."""
    text = own.number(name, value, "p")
    return text if value < 0.001 else ("=\N{NO-BREAK SPACE}", *text)


def _df(own: Pen, first: float | None, second: float | None = None) -> Text:
    """Degrees of freedom: whole ones as counts, others with decimals; none where there are none."""
    shown = [each for each in (("df1", first), ("df2", second)) if each[1]]
    parts: list[Text] = []
    for name, value in shown:
        kind: Kind = "count" if value is not None and float(value).is_integer() else "mean"
        parts.append(own.number(name, value, kind))
    return tuple(segment for at, part in enumerate(parts) for segment in (*(("; ",) if at else ()), *part))


def _ends(level: float, own: Pen) -> tuple[Column, Column]:
    over = own.interval(level)
    return Column("low", own.word("low"), over), Column("high", own.word("high"), over)


def _columns(own: Pen, level: float, *names: str) -> tuple[Column, ...]:
    """A first column of words, then numbers; `low` stands for both ends of the interval."""
    first, *others = names
    found = [Column(first, own.word(f"comparison.column.{first}"), align="left")]
    for name in others:
        ends = _ends(level, own) if name == "low" else (Column(name, own.word(f"comparison.column.{name}")),)
        found.extend(ends)
    return tuple(found)


# ---- one comparison --------------------------------------------------------------------------------------------------


@shows("table", Comparison)
def comparison_table(result: Comparison, pen: Pen) -> Table:
    """The test, those beside it, the difference and the effect sizes with their intervals."""
    own = _about(result, pen)
    rows = [
        TableRow(
            (
                (own.capital(f"comparison.test.{result.method}"),),
                own.number("statistic", result.statistic),
                _df(own, result.df1, result.df2),
                (),
                (),
                own.number("p", result.p, "p"),
            )
        )
    ]
    for test in result.test_rows:
        beside = own.about(test.name, method=test.name)
        name = (own.capital(f"comparison.test.{test.name}"),)
        statistic, p = beside.number("statistic", test.statistic), beside.number("p", test.p, "p")
        rows.append(TableRow((name, statistic, _df(beside, test.df), (), (), p)))
    if result.difference is not None:
        gap = result.difference
        effect = EffectRow("difference", gap.value, gap.low, gap.high, gap.level)
        rows.append(_effect_row(effect, own))
    rows.extend(_effect_row(effect, own) for effect in result.effect_rows)
    columns = _columns(own, result.level, "what", "value", "df", "low", "p")
    caption = own.say(
        "comparison.caption.test", what=_what(result.outcome, result.factor, own), sizes=own.sizes([result.n])
    )
    notes = own.cautions(result.cautions)
    return Table("comparison.test", caption, columns, tuple(rows), notes, pen.source())


def _effect_row(effect: EffectRow, own: Pen) -> TableRow:
    about = own.about(effect.name)
    return TableRow(
        (
            (own.capital(f"comparison.effect.{effect.name}"),),
            about.number("value", effect.value, low=effect.low, high=effect.high),
            (),
            about.number("low", effect.low),
            about.number("high", effect.high),
            (),
        )
    )


@shows("table", Comparison, "groups")
def groups_table(result: Comparison, pen: Pen) -> Table:
    """n, mean and spread of every group that is large enough to be shown."""
    own = _about(result, pen)
    shown = _publishable(result.group_rows, int(own.cutoff("disclosure.min_cell")))
    ranked = any(row.mean_rank is not None for row in shown)
    rows = []
    for row in shown:
        about = own.about(row.group)
        cells = [
            (_group(result, row.group, own),),
            about.count("n", row.n),
            about.number("mean", row.mean, "mean", se=row.se, low=row.low, high=row.high),
            about.number("sd", row.sd, "mean"),
            about.number("low", row.low, "mean"),
            about.number("high", row.high, "mean"),
        ]
        rows.append(TableRow((*cells, *((about.number("mean_rank", row.mean_rank, "mean"),) if ranked else ()))))
    names = ("group", "n", "mean", "sd", "low", *(("mean_rank",) if ranked else ()))
    caption = own.say("comparison.caption.groups", what=_what(result.outcome, result.factor, own))
    notes = _hidden(len(result.group_rows) - len(shown), own)
    return Table("comparison.groups", caption, _columns(own, result.level, *names), tuple(rows), notes, pen.source())


def _group(result: Comparison, group: str, own: Pen) -> str:
    """What the page calls a group; of paired and single measurements, what it calls the measurement."""
    return own.level(result.factor, group) if result.factor else own.label(group)


def _publishable(rows: Sequence[GroupRow], least: int) -> list[GroupRow]:
    """Groups of `least` members or more; a single hidden group takes the smallest of the others with it."""
    shown = [row for row in rows if row.n >= least]
    if len(rows) - len(shown) == 1 and shown:
        shown.remove(min(shown, key=lambda row: row.n))
    return shown


def _hidden(count: int, own: Pen) -> tuple[Paragraph, ...]:
    if not count:
        return ()
    least = own.rule_value("disclosure.min_cell", "count")
    return (Paragraph(own.say("comparison.note.hidden", hidden=own.count("hidden", count), least=least), "note"),)


@shows("table", Comparison, "cells")
def cells_table(result: Comparison, pen: Pen) -> Table:
    """Every cell of a cross table with what would be expected and how far it is off; small cells are not shown."""
    own = _about(result, pen)
    least = int(own.cutoff("disclosure.min_cell"))
    rows = [TableRow(_cell(result, row, least, own)) for row in result.cell_rows]
    small = sum(row.count < least for row in result.cell_rows)
    columns = (
        Column("a", own.label(result.outcome), align="left"),
        Column("b", own.label(result.factor or ""), align="left"),
        *(Column(name, own.word(f"comparison.column.{name}")) for name in ("count", "percent", "expected", "residual")),
    )
    note = Paragraph(own.say("comparison.note.residual"), "note")
    caption = own.say(
        "comparison.caption.cells", what=_what(result.outcome, result.factor, own), sizes=own.sizes([result.n])
    )
    return Table("comparison.cells", caption, columns, tuple(rows), (note, *_hidden(small, own)), pen.source())


def _cell(result: Comparison, row: CellRow, least: int, own: Pen) -> tuple[Text, ...]:
    about = own.about(f"{row.a}.{row.b}")
    names: tuple[Text, Text] = ((own.level(result.outcome, row.a),), (own.level(result.factor or "", row.b),))
    if row.count < least:
        return (*names, (own.word("hidden"),), (), (), ())
    return (
        *names,
        about.count("count", row.count),
        about.number("percent", row.percent_of_a, "percent"),
        about.number("expected", row.expected, "mean"),
        about.number("residual", row.residual, "mean"),
    )


@shows("figure", Comparison)
def groups_figure(result: Comparison, pen: Pen) -> Figure:
    """Means of the groups that may be shown, with their intervals."""
    own = _about(result, pen)
    shown = _publishable(result.group_rows, int(own.cutoff("disclosure.min_cell")))
    rows = [
        {"label": _group(result, row.group, own), "value": row.mean, "low": row.low, "high": row.high} for row in shown
    ]
    values = "; ".join(f"{_group(result, row.group, own)} {number(row.mean, own.lang, 'mean')}" for row in shown)
    return Figure(
        "comparison.groups",
        own.say(
            "comparison.caption.figure", what=_what(result.outcome, result.factor, own), sizes=own.sizes([result.n]),
            level=own.number("level", 100 * result.level, "count"),
        ),
        own.word("comparison.alt").format(values=values),
        "intervals",
        {"rows": rows, "x": own.label(result.outcome), "decimal": own.word("decimal"), "lines": []},
        pen.source(),
    )  # fmt: skip


@shows("narrate", Comparison)
def comparison_story(result: Comparison, pen: Pen) -> Narrative:
    """The test with n and p, and each effect size with its interval."""
    own = _about(result, pen)
    said = [
        own.paragraph(
            "comparison.story.test",
            what=_what(result.outcome, result.factor, own),
            test=own.word(f"comparison.test.{result.method}"),
            p=_p(own, "p", result.p),
            n=own.count("n", result.n),
        )
    ]
    said += [_effect_story(effect, own) for effect in result.effect_rows]
    said.append(Paragraph(own.say("comparison.note.cause"), "note"))
    return Narrative((*said, *own.cautions(result.cautions)))


def _effect_story(effect: EffectRow, own: Pen) -> Paragraph:
    about = own.about(effect.name)
    slots: dict[str, Text | str] = {
        "effect": own.word(f"comparison.effect.{effect.name}"),
        "value": about.number("value", effect.value, low=effect.low, high=effect.high),
    }
    if effect.low is None or effect.level is None:
        return Paragraph(own.say("comparison.story.bare", **slots))
    slots |= {"low": about.number("low", effect.low), "high": about.number("high", effect.high)}
    level = about.number("level", 100 * effect.level, "count")
    return Paragraph(own.say("comparison.story.effect", level=level, **slots))


# ---- pairs -----------------------------------------------------------------------------------------------------------


def _of_pairs(result: Posthoc, pen: Pen) -> Pen:
    function = "analysis.stats.ranks.dunn" if result.method.startswith("dunn") else "analysis.stats.posthoc.posthoc"
    stem = f"comparison.{result.method}.{result.outcome}.{result.factor}"
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function=function)


@shows("table", Posthoc)
def pairs_table(result: Posthoc, pen: Pen) -> Table:
    """Every pair; Dunn's test compares mean ranks and has no intervals."""
    own = _of_pairs(result, pen)
    ranks = result.method.startswith("dunn")
    rows = []
    for row in result.pair_rows:
        about = own.about(f"{row.a}-{row.b}")
        name = f"{own.level(result.factor, row.a)} – {own.level(result.factor, row.b)}"
        ends = () if ranks else (about.number("low", row.low, "mean"), about.number("high", row.high, "mean"))
        gap = about.number("difference", row.difference, "mean", se=row.se, low=row.low, high=row.high)
        rows.append(TableRow(((name,), gap, *ends, about.number("p", row.p, "p"))))
    names = ("pair", "rank_difference", "p") if ranks else ("pair", "difference", "low", "p")
    caption = own.say(
        "comparison.caption.pairs", what=_what(result.outcome, result.factor, own), sizes=own.sizes([result.n]),
        test=own.word(f"comparison.test.{result.method}"),
    )  # fmt: skip
    notes = own.cautions(result.cautions)
    return Table("comparison.pairs", caption, _columns(own, result.level, *names), tuple(rows), notes, pen.source())


@shows("narrate", Posthoc)
def pairs_story(result: Posthoc, pen: Pen) -> Narrative:
    """Which pairs differ, by the adjusted p."""
    own = _of_pairs(result, pen)
    significance = own.cutoff("significance")
    found = [row for row in result.pair_rows if row.p < significance]
    names = "; ".join(f"{own.level(result.factor, row.a)} – {own.level(result.factor, row.b)}" for row in found)
    slots: dict[str, Text | str] = {
        "what": _what(result.outcome, result.factor, own),
        "test": own.word(f"comparison.test.{result.method}"),
        "pairs": own.count("pairs", len(result.pair_rows)),
        "n": own.count("n", result.n),
        "significance": own.rule_value("significance"),
    }
    if found:
        said = own.paragraph("comparison.story.pairs", found=own.count("found", len(found)), names=names, **slots)
    else:
        said = own.paragraph("comparison.story.no_pairs", **slots)
    return Narrative((said, *own.cautions(result.cautions)))


# ---- two factors -----------------------------------------------------------------------------------------------------


def _of_two(result: TwoWay, pen: Pen) -> Pen:
    stem = f"comparison.{result.method}.{result.outcome}.{result.a}.{result.b}"
    function = "analysis.stats.twoway.anova_two_way"
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function=function)


def _source(name: str, own: Pen) -> str:
    if name in ("residual", "total"):
        return own.word(f"comparison.source.{name}")
    return " × ".join(own.label(each) for each in name.split(":"))


@shows("table", TwoWay)
def two_way_table(result: TwoWay, pen: Pen) -> Table:
    """The analysis of variance with partial eta squared and omega squared."""
    own = _of_two(result, pen)
    rows = []
    for row in result.source_rows:
        about = own.about(row.source)
        rows.append(
            TableRow(
                (
                    (_source(row.source, own),),
                    about.number("ss", row.ss),
                    about.count("df", int(row.df)),
                    about.number("F", row.F),
                    about.number("p", row.p, "p"),
                    about.number("partial_eta", row.partial_eta, low=row.low, high=row.high),
                    about.number("low", row.low),
                    about.number("high", row.high),
                    about.number("omega", row.omega),
                )
            )
        )
    names = ("source", "ss", "df", "F", "p", "partial_eta", "low", "omega")
    caption = own.say(
        "comparison.caption.two_way", outcome=own.label(result.outcome), a=own.label(result.a), b=own.label(result.b),
        sizes=own.sizes([result.n]),
    )  # fmt: skip
    notes = (
        Paragraph(own.say(f"comparison.note.{result.method}"), "note"),
        *own.cautions(result.cautions),
    )
    return Table("comparison.two_way", caption, _columns(own, result.level, *names), tuple(rows), notes, pen.source())


@shows("table", TwoWay, "cells")
def two_way_cells(result: TwoWay, pen: Pen) -> Table:
    """n, mean and spread of every cell that is large enough to be shown."""
    own = _of_two(result, pen)
    least = int(own.cutoff("disclosure.min_cell"))
    rows = []
    for cell in result.cell_rows:
        about = own.about(f"{cell.a}.{cell.b}")
        open_ = cell.n >= least
        rows.append(
            TableRow(
                (
                    (f"{own.level(result.a, cell.a)} × {own.level(result.b, cell.b)}",),
                    about.count("n", cell.n) if open_ else (own.word("hidden"),),
                    about.number("mean", cell.mean, "mean") if open_ else (),
                    about.number("sd", cell.sd, "mean") if open_ else (),
                )
            )
        )
    what = own.say(
        "comparison.by", outcome=own.label(result.outcome),
        factor=f"{own.label(result.a)} × {own.label(result.b)}",
    )  # fmt: skip
    caption = own.say("comparison.caption.groups", what=what)
    notes = _hidden(sum(cell.n < least for cell in result.cell_rows), own)
    columns = _columns(own, result.level, "group", "n", "mean", "sd")
    return Table("comparison.two_way_cells", caption, columns, tuple(rows), notes, pen.source())


@shows("narrate", TwoWay)
def two_way_story(result: TwoWay, pen: Pen) -> Narrative:
    """Each source by its p and partial eta squared; the interaction warns of reading main effects alone."""
    own = _of_two(result, pen)
    significance = own.cutoff("significance")
    said = []
    for row in result.source_rows:
        if row.p is None:
            continue
        about = own.about(row.source)
        key = "differs" if row.p < significance else "no_evidence"
        said.append(
            about.paragraph(
                f"comparison.story.two_way.{key}",
                outcome=own.label(result.outcome),
                source=_source(row.source, own),
                p=_p(about, "p", row.p),
                n=own.count("n", result.n),
                eta=about.number("partial_eta", row.partial_eta, low=row.low, high=row.high),
                low=about.number("low", row.low),
                high=about.number("high", row.high),
                level=own.number("level", 100 * result.level, "count"),
            )
        )
        if ":" in row.source and row.p < significance:
            said.append(Paragraph(own.say("comparison.story.two_way.interaction"), "note"))
    return Narrative((*said, *own.cautions(result.cautions)))


# ---- equivalence -----------------------------------------------------------------------------------------------------


def _of_margin(result: Equivalence, pen: Pen) -> Pen:
    function = f"analysis.stats.equivalence.equivalence{'_paired' if result.method == 'tost.paired' else ''}"
    stem = f"equivalence.{result.method}.{result.outcome}" + (f".{result.factor}" if result.factor else "")
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function=function)


@shows("table", Equivalence)
def equivalence_table(result: Equivalence, pen: Pen) -> Table:
    """Both one-sided tests, the ordinary one, and the difference with its interval."""
    own = _of_margin(result, pen)
    gap = result.difference
    level = gap.level or 1 - 2 * result.alpha
    df = _df(own, result.df)
    rows = (
        TableRow(
            (
                (own.capital("comparison.effect.difference"),),
                own.number("difference", gap.value, se=gap.se, low=gap.low, high=gap.high),
                (),
                own.number("low", gap.low),
                own.number("high", gap.high),
                own.number("p_difference", result.p_difference, "p"),
            )
        ),
        *(
            TableRow(
                (
                    own.say(f"comparison.equivalence.{side}", margin=own.number(f"margin_{side}", margin)),
                    own.number(f"t_{side}", t),
                    df,
                    (),
                    (),
                    own.number(f"p_{side}", p, "p"),
                )
            )
            for side, margin, t, p in (
                ("low", result.low, result.t_low, result.p_low),
                ("high", result.high, result.t_high, result.p_high),
            )
        ),
    )
    columns = _columns(own, level, "what", "value", "df", "low", "p")
    what = _what(result.outcome, result.factor, own)
    caption = own.say("comparison.caption.equivalence", what=what, sizes=own.sizes([result.n]))
    notes = (Paragraph(own.say("comparison.note.equivalence"), "note"), *own.cautions(result.cautions))
    return Table("comparison.equivalence", caption, columns, rows, notes, pen.source())


@shows("figure", Equivalence)
def equivalence_figure(result: Equivalence, pen: Pen) -> Figure:
    """The difference with its interval between the margins."""
    own = _of_margin(result, pen)
    gap = result.difference
    row = {
        "label": own.word("comparison.effect.difference"),
        "value": gap.value,
        "low": gap.low,
        "high": gap.high,
    }
    lines = [{"value": edge, "label": number(edge, own.lang, "mean")} for edge in (result.low, result.high)]
    what = _what(result.outcome, result.factor, own)
    return Figure(
        "comparison.equivalence",
        own.say(
            "comparison.caption.equivalence_figure", what=what, sizes=own.sizes([result.n]),
            level=own.number("level", 100 * (gap.level or 1 - 2 * result.alpha), "count"),
        ),
        own.word("comparison.alt").format(values=number(gap.value, own.lang, "mean")),
        "intervals",
        {"rows": [row], "x": own.label(result.outcome), "decimal": own.word("decimal"), "lines": lines},
        pen.source(),
    )  # fmt: skip


@shows("narrate", Equivalence)
def equivalence_story(result: Equivalence, pen: Pen) -> Narrative:
    """What both tests say together."""
    own = _of_margin(result, pen)
    gap = result.difference
    said = own.paragraph(
        f"comparison.story.{result.conclusion}", what=_what(result.outcome, result.factor, own),
        margin=own.number("margin_high", result.high), n=own.count("n", result.n),
        value=own.number("difference", gap.value, se=gap.se, low=gap.low, high=gap.high),
        low=own.number("low", gap.low), high=own.number("high", gap.high),
        level=own.number("level", 100 * (gap.level or 1 - 2 * result.alpha), "count"), p=_p(own, "p", result.p),
    )  # fmt: skip
    note = Paragraph(own.say("comparison.note.equivalence"), "note")
    return Narrative((said, note, *own.cautions(result.cautions)))


# ---- exact test ------------------------------------------------------------------------------------------------------


def _of_exact(result: ExactTest, pen: Pen) -> Pen:
    stem = f"fisher.{result.a}.{result.b}"
    function = "analysis.stats.fisher.fisher_exact"
    return pen.about(stem, n=result.n, rule=result.missing, method=result.method, function=function)


def _effects_of(result: ExactTest) -> Iterator[EffectRow]:
    for name, effect in (("cramer_v", result.effect), ("odds_ratio", result.odds_ratio)):
        if effect is not None:
            yield EffectRow(name, effect.value, effect.low, effect.high, effect.level)


@shows("table", ExactTest)
def exact_table(result: ExactTest, pen: Pen) -> Table:
    """p of the exact test beside the effect sizes."""
    own = _of_exact(result, pen)
    p = own.number("p", result.p, "p", se=result.p_se)
    rows = [TableRow(((own.capital(f"comparison.test.{result.method}"),), (), (), (), (), p))]
    rows.extend(_effect_row(effect, own) for effect in _effects_of(result))
    columns = _columns(own, result.level, "what", "value", "df", "low", "p")
    caption = own.say(
        "comparison.caption.test", what=_what(result.a, result.b, own), sizes=own.sizes([result.n])
    )  # fmt: skip
    notes = (_how(result, own), *own.cautions(result.cautions))
    return Table("comparison.exact", caption, columns, tuple(rows), notes, pen.source())


def _how(result: ExactTest, own: Pen) -> Paragraph:
    """How p was found: all tables, or so many drawn, and the error that this leaves."""
    tables = own.count("tables", result.tables)
    if result.p_se is None:
        return Paragraph(own.say("comparison.note.listed", tables=tables), "note")
    error = own.number("p_se", result.p_se, "difference")
    return Paragraph(own.say("comparison.note.drawn", tables=tables, error=error), "note")


@shows("narrate", ExactTest)
def exact_story(result: ExactTest, pen: Pen) -> Narrative:
    """The test with n and p, effect sizes, and how p was found."""
    own = _of_exact(result, pen)
    said = own.paragraph(
        "comparison.story.test", what=_what(result.a, result.b, own),
        test=own.word(f"comparison.test.{result.method}"), p=_p(own, "p", result.p), n=own.count("n", result.n),
    )  # fmt: skip
    effects = tuple(_effect_story(effect, own) for effect in _effects_of(result))
    note = Paragraph(own.say("comparison.note.cause"), "note")
    return Narrative((said, *effects, _how(result, own), note, *own.cautions(result.cautions)))
