"""How the checks behind the comparison of groups are shown: ranks, shares of variance, equivalence, related traits."""

from __future__ import annotations

from ...chapters.group_checks import Association, GroupCheck, GroupChecks
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows


def _chapter(pen: Pen) -> Pen:
    return pen.about("groups.checks", function="analysis.chapters.group_checks.group_checks")


def _of(check: GroupCheck, pen: Pen) -> Pen:
    stem = f"groups.checks.{check.outcome}.{check.variable}"
    function = "analysis.chapters.group_checks.group_checks"
    return pen.about(stem, n=check.test.n, rule=check.test.missing, method=check.test.method, function=function)


def _outcomes(checks: GroupChecks, pen: Pen) -> str:
    return ", ".join(dict.fromkeys(pen.label(check.outcome) for check in checks.checks))


def _power(pen: Pen) -> Text:
    return _chapter(pen).number("power", 100 * pen.cutoff("power"), "count")


@shows("table", GroupChecks)
def checks_table(checks: GroupChecks, pen: Pen) -> Table:
    """Each question by means and by ranks, its share of variance, the smallest one found, and equivalence."""
    rows = []
    for check in checks.checks:
        own = _of(check, pen)
        ranks = own.about("ranks", method=check.ranks.method)
        alike = (pen.word(f"groups.checks.alike.{check.equivalence.conclusion}"),) if check.equivalence else ()
        rows.append(
            TableRow(
                (
                    (pen.label(check.variable),),
                    own.number("p", check.test.p, "p"),
                    ranks.number("p", check.ranks.p, "p"),
                    own.number("eta", check.share.value, low=check.share.low, high=check.share.high),
                    own.number("eta.low", check.share.low),
                    own.number("eta.high", check.share.high),
                    own.number("smallest", check.smallest),
                    alike,
                )
            )
        )
    over = pen.word("groups.checks.column.share")
    names = (
        ("variable", ""), ("p", ""), ("ranks", ""), ("eta", over), ("low", over), ("high", over), ("smallest", ""),
        ("alike", ""),
    )  # fmt: skip
    columns = tuple(
        Column(
            name, pen.word(f"groups.checks.column.{name}"), group, "left" if name in ("variable", "alike") else "right"
        )
        for name, group in names
    )
    own = _chapter(pen)
    caption = pen.say(
        "groups.checks.caption.table", outcome=_outcomes(checks, pen),
        sizes=own.sizes(check.test.n for check in checks.checks),
    )  # fmt: skip
    note = pen.say(
        "groups.checks.note.table", power=_power(pen), margin=pen.rule_value("equivalence.margin"),
        level=own.number("level", 100 * checks.level, "count"),
    )  # fmt: skip
    return Table("groups.checks", caption, columns, tuple(rows), (Paragraph(note, "note"),), pen.source())


@shows("figure", GroupChecks)
def checks_figure(checks: GroupChecks, pen: Pen) -> Figure:
    """Shares of variance with their intervals, largest first."""
    ordered = sorted(checks.checks, key=lambda check: -check.share.value)
    several = len({check.outcome for check in checks.checks}) > 1
    rows = [
        {
            **({"section": pen.label(check.outcome)} if several else {}),
            "label": pen.label(check.variable),
            "value": check.share.value,
            "low": check.share.low,
            "high": check.share.high,
        }
        for check in (sorted(ordered, key=lambda each: each.outcome) if several else ordered)
    ]
    own = _chapter(pen)
    caption = pen.say(
        "groups.checks.caption.figure", outcome=_outcomes(checks, pen),
        level=own.number("level", 100 * checks.level, "count"),
        sizes=own.sizes(check.test.n for check in checks.checks),
    )  # fmt: skip
    values = "; ".join(f"{pen.label(check.variable)} {number(check.share.value, pen.lang)}" for check in ordered)
    alt = pen.word("comparison.alt").format(values=values) if rows else ""
    data = {"rows": rows, "lines": [], "x": pen.word("groups.checks.column.share"), "decimal": pen.word("decimal")}
    return Figure("groups.checks", caption, alt, "intervals", data, pen.source())


@shows("table", GroupChecks, "associations")
def associations_table(checks: GroupChecks, pen: Pen) -> Table:
    """Pairs of characteristics with evidence of an association, the others counted: p, Cramér's V with its interval."""
    rows = []
    shown = [pair for pair in checks.associations if pair.p < pen.cutoff("significance")]
    for pair in shown:
        own = _of_pair(pair, pen)
        rows.append(
            TableRow(
                (
                    (f"{pen.label(pair.a)} × {pen.label(pair.b)}",),
                    own.count("n", pair.test.n),
                    own.number("statistic", pair.test.statistic),
                    own.count("df", int(pair.test.df1)),
                    own.number("p", pair.p, "p"),
                    own.number("holm", pair.p_holm, "p"),
                    own.number("v", pair.v.value, low=pair.v.low, high=pair.v.high),
                    own.number("v.low", pair.v.low),
                    own.number("v.high", pair.v.high),
                    (pen.word("groups.checks.exact"),) if pair.exact else (),
                )
            )
        )
    over = pen.capital("comparison.effect.cramer_v_corrected")
    names = (
        ("pair", ""), ("n", ""), ("chi_square", ""), ("df", ""), ("p_pair", ""), ("holm", ""), ("value", over),
        ("low", over), ("high", over), ("how", ""),
    )  # fmt: skip
    columns = tuple(
        Column(name, pen.word(f"groups.checks.column.{name}"), group, "left" if name in ("pair", "how") else "right")
        for name, group in names
    )
    if not checks.associations:
        nothing = Paragraph(pen.say("groups.checks.note.no_pairs"), "note")
        caption = pen.say("groups.checks.caption.no_associations")
        return Table("groups.associations", caption, columns, (), (nothing,), pen.source())
    own = pen.about("groups.association", function="analysis.chapters.group_checks.group_checks")
    caption = pen.say(
        "groups.checks.caption.associations", sizes=own.sizes(pair.test.n for pair in checks.associations)
    )
    said = pen.say(
        "groups.checks.note.associations", level=own.number("level", 100 * checks.level, "count"),
        shown=own.count("shown", len(shown)), total=own.count("total", len(checks.associations)),
        significance=pen.rule_value("significance"),
    )  # fmt: skip
    note = Paragraph(said, "note")
    return Table("groups.associations", caption, columns, tuple(rows), (note,), pen.source())


def _of_pair(pair: Association, pen: Pen) -> Pen:
    method = pair.exact.method if pair.exact else pair.test.method
    function = f"analysis.stats.{'fisher.fisher_exact' if pair.exact else 'contingency.chi_square'}"
    stem = f"groups.association.{pair.a}.{pair.b}"
    return pen.about(stem, n=pair.test.n, rule=pair.test.missing, method=method, function=function)


@shows("narrate", GroupChecks)
def checks_story(checks: GroupChecks, pen: Pen) -> Narrative:
    """Whether ranks agree, which groups are alike, what could be found, and which characteristics go together."""
    own, significance = _chapter(pen), pen.cutoff("significance")
    said: list[Paragraph] = []
    apart = [check for check in checks.checks if not check.agree(significance)]
    if apart:
        names = "; ".join(pen.label(check.variable) for check in apart)
        said.append(
            own.paragraph("groups.checks.story.apart", names=names, significance=pen.rule_value("significance"))
        )
    elif checks.checks:
        said.append(own.paragraph("groups.checks.story.agree", significance=pen.rule_value("significance")))
    alike = [check for check in checks.checks if check.equivalence and check.equivalence.p < significance]
    if alike:
        names = "; ".join(dict.fromkeys(pen.label(check.variable) for check in alike))
        said.append(
            own.paragraph("groups.checks.story.alike", names=names, margin=pen.rule_value("equivalence.margin"))
        )
    if checks.checks:
        least, most = (pick(checks.checks, key=lambda check: check.smallest) for pick in (min, max))
        said.append(
            own.paragraph(
                "groups.checks.story.smallest",
                power=_power(pen),
                least=own.number("smallest_percent.least", 100 * least.smallest, "percent"),
                most=own.number("smallest_percent.most", 100 * most.smallest, "percent"),
            )
        )
    related = [pair for pair in checks.associations if pair.p_holm < significance]
    if related:
        names = "; ".join(f"{pen.label(pair.a)} × {pen.label(pair.b)}" for pair in related)
        said.append(own.paragraph("groups.checks.story.related", names=names))
    return Narrative((*said, Paragraph(pen.say("power.note.observed"), "note")))
