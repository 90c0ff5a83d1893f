"""How a structural model is shown: its parameters, its fit beside the rules, a path diagram, sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...stats.result import unique
from ...stats.sem.bootstrap import Bootstrap, BootstrapRow
from ...stats.sem.common_factor import CommonFactor
from ...stats.sem.fit import Fit
from ...stats.sem.invariance import Invariance
from ...stats.sem.modification import Modifications
from ...stats.sem.ordinal import ORDINAL
from ...stats.sem.residuals import Residuals
from ...stats.sem.result import MeasurementModel, ParameterRow
from ..block import Column, Figure, Narrative, Paragraph, Segment, Table, TableRow, Text
from ..format import number
from ..pen import Pen
from ..registry import shows
from .score import costliest

#: Where the two columns of a diagram stand in its ten units, and how far their widest arcs reach.
_FACTORS, _ITEMS = 4.0, 7.7
_APART = 1.9  # rows between two factors, at least
_REACH = {_FACTORS: 2.5, _ITEMS: 1.4}

_MOST = 10  # modification indices that are shown
_KINDS = {"=~": "loading", "~": "regression", "~~": "covariance", "~1": "intercept", ":=": "defined"}
_SIGNS = {"=~": "→", "~": "←", "~~": "↔", "~1": "", ":=": "="}

#: Indices with the rule that calls them good and the one that calls them acceptable; the sign says which way is better.
_INDICES = (
    ("cfi", "sem.cfi", "sem.cfi.acceptable", 1),
    ("tli", "sem.tli", "sem.tli.acceptable", 1),
    ("rmsea", "sem.rmsea", "sem.rmsea.acceptable", -1),
    ("srmr", "sem.srmr", "sem.srmr", -1),
)


def _about(result: MeasurementModel, pen: Pen) -> Pen:
    return pen.about(
        "cfa." + "+".join(result.latent or result.observed), n=result.n, rule=result.missing, method=result.estimator,
        function="analysis.stats.sem.cfa.cfa",
    )  # fmt: skip


def _id(row: ParameterRow | BootstrapRow) -> str:
    """Part of a record's id for one parameter."""
    names = [row.group, row.lhs, _KINDS[row.op], row.rhs if row.op != ":=" else ""]
    return ".".join(name for name in names if name).replace(" ", "_")


def _p(own: Pen, statistic: str, value: float | None) -> Text:
    """A p-value as it stands in a sentence: ``= 0.012`` or ``< 0.001``."""
    if value is None:
        return ("= –",)
    shown = own.number(statistic, value, "p")
    return shown if value < 0.001 else ("= ", *shown)


def _short(name: str, pen: Pen) -> str:
    """An item by its code, which the table of loadings explains; anything else by its label."""
    return name if pen.study and name in pen.study.items else pen.label(name)


def _name(row: ParameterRow | BootstrapRow, pen: Pen) -> str:
    """A parameter in words: ``Visual → x1``; a variance by its variable alone."""
    if row.op == ":=":
        return row.lhs
    if row.op == "~1" or row.lhs == row.rhs:
        return pen.label(row.lhs)
    return f"{_short(row.lhs, pen)} {_SIGNS[row.op]} {_short(row.rhs, pen)}"


def _judged(fit: Fit) -> dict[str, float | None]:
    """The indices that are judged: the robust ones where the estimator gives them."""
    found: dict[str, float | None] = {}
    for name in ("cfi", "tli", "rmsea", "rmsea_low", "rmsea_high"):
        robust = fit[name.replace("rmsea", "rmsea_robust") if "rmsea" in name else f"{name}_robust"]
        found[name] = fit[name] if robust is None else robust
    return {**found, "srmr": fit.srmr}


def _test(fit: Fit) -> tuple[float | None, float | None]:
    """Chi-square and its p: the scaled ones where there are any."""
    return (fit.chisq, fit.pvalue) if fit.chisq_scaled is None else (fit.chisq_scaled, fit.pvalue_scaled)


def _verdict(name: str, value: float | None, pen: Pen) -> str:
    """``good``, ``acceptable`` or ``poor``; empty where there is no value."""
    if value is None:
        return ""
    _, good, acceptable, sign = next(each for each in _INDICES if each[0] == name)
    if sign * value >= sign * pen.cutoff(good):
        return "good"
    return "acceptable" if sign * value >= sign * pen.cutoff(acceptable) else "poor"


def _overall(fit: Fit, pen: Pen) -> str:
    """The worst of all verdicts; a model without degrees of freedom is not judged."""
    if fit.df == 0:
        return "saturated"
    judged = _judged(fit)
    found = [_verdict(name, judged[name], pen) for name, *_ in _INDICES]
    return next(each for each in ("poor", "acceptable", "good", "") if each in found)


def _columns(pen: Pen, *names: str) -> tuple[Column, ...]:
    first, *others = names
    return (
        Column(first, pen.word(f"sem.column.{first}"), align="left"),
        *(Column(name, pen.word(f"sem.column.{name}")) for name in others),
    )


@shows("table", MeasurementModel)
def parameters_table(result: MeasurementModel, pen: Pen) -> Table:
    """Every parameter by kind: estimate, error, z, p, standardised."""
    own = _about(result, pen)
    rows: list[TableRow] = []
    for group in unique(row.group for row in result.parameter_rows):
        if group:
            rows.append(TableRow((((group),),), section=True))
        for kind in ("=~", "~", "~~", "~1", ":="):
            lines = [row for row in result.parameter_rows if row.group == group and row.op == kind]
            if lines:
                rows.append(TableRow(((pen.word(f"sem.kind.{_KINDS[kind]}"),),), section=True))
                rows.extend(_parameter(row, own) for row in lines)
    caption = pen.say("sem.caption.parameters", n=own.count("n", result.n), estimator=result.estimator)
    note = Paragraph(pen.say("sem.note.parameters"), "note")
    columns = _columns(pen, "parameter", "est", "se", "z", "p", "std")
    return Table("sem.parameters", caption, columns, tuple(rows), (note, *own.cautions(result.cautions)), pen.source())


def _parameter(row: ParameterRow, own: Pen) -> TableRow:
    about = own.about(_id(row))
    fixed = not row.free
    cells = (
        about.number("est", row.est, se=row.se, low=row.low, high=row.high),
        () if fixed else about.number("se", row.se),
        about.number("z", row.z, "mean"),
        about.number("p", row.p, "p"),
        about.number("std", row.std),
    )
    return TableRow(((_name(row, own),), *cells))


@shows("table", MeasurementModel, "fit")
def fit_table(result: MeasurementModel, pen: Pen) -> Table:
    """Fit beside the rules, with their sources."""
    own = _about(result, pen)
    chisq, p = _test(result.fit)
    ratio = chisq / result.fit.df if chisq is not None and result.fit.df else None
    judged = _judged(result.fit)
    rows = [
        TableRow(((pen.word("sem.index.chisq"),), own.number("chisq", chisq), (), ())),
        TableRow(((pen.word("sem.index.df"),), own.count("df", result.fit.df), (), ())),
        TableRow(((pen.word("sem.index.p"),), own.number("p", p, "p"), (), ())),
    ]
    if ratio is not None:
        verdict = "good" if ratio <= pen.cutoff("sem.chisq_df") else "poor"
        rows.append(_fit_row("chisq_df", own.number("chisq_df", ratio), "sem.chisq_df", "≤", verdict, pen))
    for name, good, _, sign in _INDICES:
        value = judged[name]
        shown = own.number(name, value, low=judged.get(f"{name}_low"), high=judged.get(f"{name}_high"))
        verdict = "" if result.fit.df == 0 else _verdict(name, value, pen)
        rows.append(_fit_row(name, shown, good, "≥" if sign > 0 else "≤", verdict, pen))
    for name in ("rmsea_low", "rmsea_high"):
        rows.append(TableRow(((pen.word(f"sem.index.{name}"),), own.number(name, judged[name]), (), ())))
    for name in ("aic", "bic"):
        rows.append(TableRow(((pen.word(f"sem.index.{name}"),), own.number(name, result.fit[name], "mean"), (), ())))
    note = Paragraph(pen.say("sem.note.fit", **_rules(pen)), "note")
    caption = pen.say("sem.caption.fit", n=own.count("n", result.n), estimator=result.estimator)
    columns = _columns(pen, "index", "value", "rule", "verdict")
    return Table("sem.fit", caption, columns, tuple(rows), (note, *own.cautions(result.cautions)), pen.source())


def _fit_row(name: str, shown: Text, rule: str, sign: str, verdict: str, pen: Pen) -> TableRow:
    said = pen.capital(f"sem.verdict.{verdict}") if verdict else ""
    return TableRow(((pen.word(f"sem.index.{name}"),), shown, (f"{sign} ", *pen.rule_value(rule)), (said,)))


def _rules(pen: Pen) -> dict[str, Text]:
    return {
        "cfi": pen.rule_value("sem.cfi.acceptable"),
        "rmsea": pen.rule_value("sem.rmsea.acceptable"),
    }


@shows("narrate", MeasurementModel)
def model_story(result: MeasurementModel, pen: Pen) -> Narrative:
    """Whether the model fits, how strong its loadings are, what its paths say."""
    own = _about(result, pen)
    said = [Paragraph(own.say(f"sem.story.{_overall(result.fit, pen)}", **_slots(result, own)))]
    said.extend(_loadings_story(result, own))
    said.extend(Paragraph(text) for text in _paths_story(result, own))
    return Narrative((*said, *own.cautions(result.cautions)))


def _slots(result: MeasurementModel, own: Pen) -> dict[str, Segment | Text]:
    chisq, p = _test(result.fit)
    judged = _judged(result.fit)
    return {
        "n": own.count("n", result.n),
        "estimator": result.estimator,
        "chisq": own.number("chisq", chisq),
        "df": own.count("df", result.fit.df),
        "p": _p(own, "p", p),
        **{name: own.number(name, judged[name]) for name in ("cfi", "tli", "rmsea", "rmsea_low", "rmsea_high", "srmr")},
    }


def _loadings_story(result: MeasurementModel, own: Pen) -> Iterator[Paragraph]:
    """The range of the standardised loadings and those under the rule."""
    loadings = [row for row in result.parameter_rows if row.op == "=~" and row.std is not None]
    if not loadings:
        return
    lowest, highest = (choose(loadings, key=lambda row: abs(row.std or 0.0)) for choose in (min, max))
    weak = unique(_short(row.rhs, own) for row in loadings if abs(row.std or 0.0) < own.cutoff("factors.loading"))
    slots: dict[str, Segment | Text] = {
        "low": own.about(_id(lowest)).number("std", lowest.std),
        "high": own.about(_id(highest)).number("std", highest.std),
        "least": own.rule_value("factors.loading"),
        "items": ", ".join(weak),
    }
    yield Paragraph(own.say("sem.story.weak" if weak else "sem.story.loadings", **slots))


def _paths_story(result: MeasurementModel, own: Pen) -> Iterator[Text]:
    """One sentence for each regression and each defined parameter."""
    for row in result.parameter_rows:
        if row.op not in ("~", ":=") or row.p is None:
            continue
        about = own.about(_id(row))
        clear = "clear" if row.p < own.cutoff("significance") else "unclear"
        slots: dict[str, Segment | Text] = {
            "b": about.number("est", row.est, se=row.se, low=row.low, high=row.high),
            "std": about.number("std", row.std), "p": _p(about, "p", row.p),
            "low": about.number("low", row.low), "high": about.number("high", row.high),
            "outcome": own.label(row.lhs), "factor": own.label(row.rhs), "n": own.count("n", result.n),
        }  # fmt: skip
        yield own.say(f"sem.story.{'path' if row.op == '~' else 'defined'}.{clear}", **slots)


@shows("figure", MeasurementModel)
def path_diagram(result: MeasurementModel, pen: Pen) -> Figure:
    """Factors, items and all arrows with their standardised values; of the first group where there are several."""
    own = _about(result, pen)
    group = result.group_rows[0].group
    nodes = _nodes(result, pen)
    edges = [*_edges(result, group, {node["name"]: node for node in nodes}, pen)]
    key = "sem.caption.figure_group" if group else "sem.caption.figure"
    caption = pen.say(key, n=own.count("n", result.n), **({"group": group} if group else {}))
    alt = pen.word("sem.alt").format(factors=len(result.latent), items=len(result.observed))
    return Figure("sem.paths", caption, alt, "paths", {"nodes": nodes, "edges": edges}, pen.source())


def _nodes(result: MeasurementModel, pen: Pen) -> list[dict[str, Any]]:
    """Items one under another at the right, each factor amid its own; other variables in the factors' column."""
    rows = [row for row in result.parameter_rows if row.op == "=~"]
    items = unique(row.rhs for row in rows if row.rhs not in result.latent)
    place = {name: float(at) for at, name in enumerate(items)}
    found = [_node(name, pen.label(name), _ITEMS, y, "observed", 0.72) for name, y in place.items()]
    column: list[tuple[float, str]] = []
    for name in result.latent:
        own = [place[row.rhs] for row in rows if row.lhs == name and row.rhs in place]
        column.append((sum(own) / len(own) if own else float(len(items)), name))
    column += [(float(len(items)), name) for name in result.observed if name not in place]
    y = -_APART
    for wanted, name in sorted(column, key=lambda each: each[0]):
        y = max(wanted, y + _APART)
        kind = "latent" if name in result.latent else "observed"
        found.append(_node(name, pen.label(name), _FACTORS, y, kind, 1.6 if kind == "latent" else 0.9))
    return found


def _node(name: str, label: str, x: float, y: float, kind: str, height: float) -> dict[str, Any]:
    shown = name if kind == "observed" and len(label) > 10 else label
    return {"name": name, "label": shown, "x": x, "y": y, "kind": kind, "height": height}


def _edges(
    result: MeasurementModel, group: str, nodes: dict[str, dict[str, Any]], pen: Pen
) -> Iterator[dict[str, Any]]:
    arrows = [
        row
        for row in result.parameter_rows
        if row.group == group and row.op in ("=~", "~", "~~") and row.lhs != row.rhs and row.est != 0
    ]
    spans = {
        x: [abs(nodes[row.lhs]["y"] - nodes[row.rhs]["y"]) for row in arrows if _column(row, nodes) == x]
        for x in (_FACTORS, _ITEMS)
    }
    for row in arrows:
        start, end = (row.rhs, row.lhs) if row.op == "~" else (row.lhs, row.rhs)
        column = _column(row, nodes)
        edge = {
            "start": start, "end": end, "kind": _KINDS[row.op], "text": number(row.std or 0.0, pen.lang, "mean"),
            "clear": row.p is None or row.p < pen.cutoff("significance"), "shape": "arc" if column else "straight",
        }  # fmt: skip
        if column:
            span = abs(nodes[start]["y"] - nodes[end]["y"]) / max(spans[column])
            edge |= {
                "side": "left" if column == _FACTORS else "right",
                "reach": _REACH[column] * max(span, 0.2),
            }
        yield edge


def _column(row: ParameterRow, nodes: dict[str, dict[str, Any]]) -> float | None:
    """The column in which both ends stand; None for an arrow from one to the other."""
    x = nodes[row.lhs]["x"]
    return float(x) if nodes[row.rhs]["x"] == x else None


#: Columns of the steps of a comparison of groups, before the verdict.
_STEP_COLUMNS = (
    "step", "chisq", "df", "cfi", "rmsea", "srmr", "delta_chisq", "delta_df", "p_delta", "delta_cfi", "delta_rmsea",
)  # fmt: skip


@shows("table", Invariance)
def invariance_table(result: Invariance, pen: Pen) -> Table:
    """One line a step, with what it loses against the step before."""
    own = _compared(result, pen)
    notes = (*step_notes(result, own), *own.cautions(result.cautions))
    caption = pen.say("sem.caption.invariance", n=own.count("n", result.n), groups=", ".join(result.groups))
    return Table("sem.invariance", caption, step_columns(pen), tuple(step_rows(result, own)), notes, pen.source())


def step_columns(pen: Pen) -> tuple[Column, ...]:
    """What is shown of each step."""
    return (*_columns(pen, *_STEP_COLUMNS), Column("verdict", pen.word("sem.column.verdict"), align="left"))


def step_notes(result: Invariance, own: Pen) -> tuple[Paragraph, ...]:
    """The rules that decided, and how ordinal answers were taken."""
    notes = [Paragraph(own.say("sem.note.invariance", **_limits(result, own)), "note")]
    if result.estimator in ORDINAL:
        notes.append(Paragraph(own.say("sem.note.invariance_ordinal", estimator=result.estimator), "note"))
    return tuple(notes)


def step_rows(result: Invariance, own: Pen) -> Iterator[TableRow]:
    """One line a step."""
    for row in result.step_rows:
        about = own.about(row.step)
        verdict = "" if row.holds is None else own.capital(f"sem.invariance.{'holds' if row.holds else 'fails'}")
        yield TableRow(
            (
                (own.capital(f"sem.step.{row.step}"),),
                about.number("chisq", row.chisq, "mean"), about.count("df", row.df), about.number("cfi", row.cfi),
                about.number("rmsea", row.rmsea), about.number("srmr", row.srmr),
                about.number("delta_chisq", row.delta_chisq, "mean"),
                () if row.delta_df is None else about.count("delta_df", row.delta_df),
                about.number("p_delta", row.p_delta, "p"), about.number("delta_cfi", row.delta_cfi),
                about.number("delta_rmsea", row.delta_rmsea), (verdict,),
            )
        )  # fmt: skip


def _compared(result: Invariance, pen: Pen) -> Pen:
    return pen.about(
        f"invariance.{result.group}", n=result.n, rule=result.missing, method=result.estimator,
        function="analysis.stats.sem.invariance.invariance",
    )  # fmt: skip


def _limits(result: Invariance, own: Pen) -> dict[str, Text]:
    return {
        "cfi": own.number("rule.delta_cfi", result.delta_cfi),
        "rmsea": own.number("rule.delta_rmsea", result.delta_rmsea),
    }


@shows("narrate", Invariance)
def invariance_story(result: Invariance, pen: Pen) -> Narrative:
    """How far the groups can be compared."""
    own = _compared(result, pen)
    return Narrative((*step_sentences(result, own), *own.cautions(result.cautions)))


def step_sentences(result: Invariance, own: Pen, named: Mapping[str, str] | None = None) -> tuple[Paragraph, ...]:
    """The step that was reached, what was released, and the equality that costs most where a step fails.

    `named` has the names of groups, where these are codes.
    """
    names = {} if named is None else named
    slots: dict[str, Segment | Text] = {
        **_limits(result, own), "n": own.count("n", result.n),
        "groups": ", ".join(names.get(group, group) for group in result.groups),
    }  # fmt: skip
    said = [Paragraph(own.say(f"sem.story.invariance.{_end(result)}", **slots))]
    if result.released:
        said.append(Paragraph(own.say("sem.story.released", parameters=", ".join(result.released))))
    if result.costly_rows:
        first = result.costly_rows[0]
        said.append(Paragraph(costliest(first, own, names.get(first.group, first.group))))
    return tuple(said)


def _end(result: Invariance) -> str:
    """The step reached; where that is the first, with the step that failed, unless it is that of the loadings."""
    steps = [row.step for row in result.step_rows]
    following = steps[steps.index(result.reached) + 1 :]
    told = result.reached == "configural" and following and following[0] != "metric"
    return f"configural_{following[0]}" if told else result.reached


@shows("table", Modifications)
def modifications_table(result: Modifications, pen: Pen) -> Table:
    """The greatest indices."""
    own = pen.about(
        "modification", n=result.n, rule=result.missing, function="analysis.stats.sem.modification.modification_indices"
    )
    least = pen.cutoff("sem.modification")
    rows = []
    for row in [each for each in result.modification_rows if each.mi >= least][:_MOST]:
        about = own.about(".".join(name for name in (row.group, row.lhs, _KINDS[row.op], row.rhs) if name))
        name = f"{_short(row.lhs, pen)} {_SIGNS[row.op]} {_short(row.rhs, pen)}" + (
            f" ({row.group})" if row.group else ""
        )
        numbers = about.number("mi", row.mi, "mean"), about.number("p", row.p, "p"), about.number("epc", row.epc)
        rows.append(TableRow(((name,), *numbers, about.number("epc_std", row.epc_std))))
    note = Paragraph(pen.say("sem.note.modification", least=pen.rule_value("sem.modification")), "note")
    caption = pen.say("sem.caption.modification", n=own.count("n", result.n))
    columns = _columns(pen, "parameter", "mi", "p", "epc", "epc_std")
    notes = (note, *own.cautions(result.cautions))
    return Table("sem.modification", caption, columns, tuple(rows), notes, pen.source())


@shows("narrate", Modifications)
def modifications_story(result: Modifications, pen: Pen) -> Narrative:
    """What would improve the model most."""
    own = pen.about(
        "modification", n=result.n, rule=result.missing, function="analysis.stats.sem.modification.modification_indices"
    )
    large = [row for row in result.modification_rows if row.mi >= pen.cutoff("sem.modification")]
    slots: dict[str, Segment | Text] = {
        "least": pen.rule_value("sem.modification"), "n": own.count("n", result.n),
        "count": own.count("large", len(large)),
    }  # fmt: skip
    if not large:
        return Narrative((Paragraph(own.say("sem.story.no_modification", **slots)), *own.cautions(result.cautions)))
    first = large[0]
    slots["parameter"] = f"{_short(first.lhs, pen)} {_SIGNS[first.op]} {_short(first.rhs, pen)}"
    slots["mi"] = own.number("first.mi", first.mi, "mean")
    return Narrative((Paragraph(own.say("sem.story.modification", **slots)), *own.cautions(result.cautions)))


def _missed(result: Residuals, pen: Pen) -> list[Any]:
    least = pen.cutoff("sem.standardised_residual")
    found = [row for row in result.residual_rows if row.z is not None and abs(row.z) > least]
    return sorted(found, key=lambda row: -abs(row.z))


@shows("table", Residuals)
def residuals_table(result: Residuals, pen: Pen) -> Table:
    """Pairs that the model misses by more than the rule."""
    own = pen.about("residual", n=result.n, rule=result.missing, function="analysis.stats.sem.residuals.residuals")
    rows = []
    for row in _missed(result, pen)[:_MOST]:
        about = own.about(".".join(name for name in (row.group, row.a, row.b) if name))
        name = f"{_short(row.a, pen)} ↔ {_short(row.b, pen)}" + (f" ({row.group})" if row.group else "")
        numbers = about.number("raw", row.raw), about.number("correlation", row.correlation)
        rows.append(TableRow(((name,), *numbers, about.number("z", row.z, "mean"))))
    note = Paragraph(pen.say("sem.note.residual", least=pen.rule_value("sem.standardised_residual")), "note")
    caption = pen.say("sem.caption.residual", n=own.count("n", result.n))
    return Table("sem.residual", caption, _columns(pen, "pair", "raw", "correlation", "z"), tuple(rows), (note,))


@shows("narrate", Residuals)
def residuals_story(result: Residuals, pen: Pen) -> Narrative:
    """How many pairs are missed."""
    own = pen.about("residual", n=result.n, rule=result.missing, function="analysis.stats.sem.residuals.residuals")
    pairs = sum(row.a != row.b for row in result.residual_rows)
    said = own.say(
        "sem.story.residual", count=own.count("missed", len(_missed(result, pen))), pairs=own.count("pairs", pairs),
        least=pen.rule_value("sem.standardised_residual"), n=own.count("n", result.n),
    )  # fmt: skip
    return Narrative((Paragraph(said),))


def _resampled(result: Bootstrap, pen: Pen) -> Pen:
    return pen.about("bootstrap", n=result.n, method=result.interval, function="analysis.stats.sem.bootstrap.bootstrap")


@shows("table", Bootstrap)
def bootstrap_table(result: Bootstrap, pen: Pen) -> Table:
    """Regressions, defined parameters and the rest, each with its resampled interval."""
    own = _resampled(result, pen)
    rows = []
    for row in sorted(result.bootstrap_rows, key=lambda each: [":=", "~", "=~", "~~", "~1"].index(each.op)):
        about = own.about(_id(row))
        cells = (about.number("est", row.est, se=row.se, low=row.low, high=row.high), about.number("se", row.se))
        name = _name(row, own) + (f" ({row.group})" if row.group else "")
        rows.append(TableRow(((name,), *cells, about.number("low", row.low), about.number("high", row.high))))
    caption = pen.say(
        "sem.caption.bootstrap", n=own.count("n", result.n), resamples=own.count("resamples", result.resamples)
    )
    first, *others = _columns(pen, "parameter", "est", "se")
    ends = (Column(name, pen.word(name), pen.interval(result.level)) for name in ("low", "high"))
    return Table(
        "sem.bootstrap", caption, (first, *others, *ends), tuple(rows), own.cautions(result.cautions), pen.source()
    )


@shows("narrate", Bootstrap)
def bootstrap_story(result: Bootstrap, pen: Pen) -> Narrative:
    """Defined parameters, or else regressions: does the interval leave out zero?"""
    own = _resampled(result, pen)
    asked = [row for row in result.bootstrap_rows if row.op == ":="]
    asked = asked or [row for row in result.bootstrap_rows if row.op == "~"] or [*result.bootstrap_rows]
    said = []
    for row in asked:
        about = own.about(_id(row))
        key = "unclear" if row.low <= 0 <= row.high else "clear"
        slots: dict[str, Segment | Text] = {
            "parameter": _name(row, own), "b": about.number("est", row.est, low=row.low, high=row.high),
            "low": about.number("low", row.low), "high": about.number("high", row.high),
            "level": own.number("level", 100 * result.level, "count"), "n": own.count("n", result.n),
            "resamples": own.count("resamples", result.resamples),
        }  # fmt: skip
        said.append(Paragraph(own.say(f"sem.story.bootstrap.{key}", **slots)))
    return Narrative((*said, *own.cautions(result.cautions)))


def _common(result: CommonFactor, pen: Pen) -> Pen:
    return pen.about(
        "common_factor", n=result.n, rule=result.missing, function="analysis.stats.sem.common_factor.common_factor"
    )


@shows("table", CommonFactor)
def common_table(result: CommonFactor, pen: Pen) -> Table:
    """Loadings without and with the common factor."""
    own = _common(result, pen)
    rows = []
    for row in result.loading_rows:
        about = own.about(f"{row.factor}.{row.item}")
        numbers = (about.number(name, row[name]) for name in ("loading", "with_common", "difference", "on_common"))
        rows.append(TableRow(((f"{_short(row.factor, pen)} → {_short(row.item, pen)}",), *numbers)))
    caption = pen.say("sem.caption.common", n=own.count("n", result.n))
    columns = _columns(pen, "parameter", "loading", "with_common", "difference", "on_common")
    return Table("sem.common", caption, columns, tuple(rows), own.cautions(result.cautions), pen.source())


@shows("narrate", CommonFactor)
def common_story(result: CommonFactor, pen: Pen) -> Narrative:
    """What the common factor explains and what it takes from the loadings."""
    own = _common(result, pen)
    widest = max(result.loading_rows, key=lambda row: abs(row.difference))
    slots: dict[str, Segment | Text] = {
        "shared": own.number("shared.percent", 100 * result.shared, "percent"),
        "difference": own.number("widest", widest.difference), "item": _short(widest.item, pen),
        "chisq": own.number("delta_chisq", result.delta_chisq, "mean"), "df": own.count("delta_df", result.delta_df),
        "p": _p(own, "p_delta", result.p_delta), "n": own.count("n", result.n),
    }  # fmt: skip
    return Narrative((Paragraph(own.say("sem.story.common", **slots)), *own.cautions(result.cautions)))
