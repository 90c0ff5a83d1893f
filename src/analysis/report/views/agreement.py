"""How agreement among raters is shown: coefficients with intervals, groups, a figure, sentences."""

from __future__ import annotations

from ...stats.agreement import Agreement, AgreementRow, WithinRow
from ..block import Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..format import Kind, number
from ..pen import Pen
from ..registry import shows

_FUNCTIONS = {
    "icc": "analysis.stats.icc.icc",
    "kappa": "analysis.stats.kappa.kappa",
    "krippendorff": "analysis.stats.krippendorff.krippendorff",
    "kendall": "analysis.stats.concordance.kendall_w",
    "rwg": "analysis.stats.within_group.rwg",
}


def _family(result: Agreement) -> str:
    return result.method.split(".")[0]


def _about(result: Agreement, pen: Pen) -> Pen:
    groups = result.method == "icc.groups"
    function = "analysis.stats.icc.icc_groups" if groups else _FUNCTIONS[_family(result)]
    return pen.about(f"agreement.{_family(result)}", n=result.n, method=result.method, function=function)


def _level(result: Agreement, own: Pen) -> Text:
    return own.number("level", 100 * result.level, "count")


def _form(form: str, pen: Pen) -> str:
    """The coefficient's name; a category's kappa by the page's words for it, ICC of groups by their own."""
    head, _, category = form.partition(":")
    if pen.method == "icc.groups":
        head = {"ICC1": "group1", "ICC2": "group2"}.get(head, head)
    name = pen.word(f"agreement.form.{head}")
    return f"{name}: {pen.label(category)}" if category else name


def _caption(result: Agreement, own: Pen) -> Text:
    what = own.word(f"agreement.family.{_family(result)}")
    if result.method == "icc.groups" or _family(result) == "rwg":
        n, members = own.count("n", result.n), own.count("ratings", result.ratings)
        return own.say("agreement.caption.members", what=what, n=n, ratings=members)
    return own.say(
        "agreement.caption.table", what=what, n=own.count("n", result.n),
        raters=own.count("raters", result.raters), ratings=own.count("ratings", result.ratings),
    )  # fmt: skip


@shows("table", Agreement)
def coefficients_table(result: Agreement, pen: Pen) -> Table:
    """Every coefficient with its interval and test; a column that is empty for all is left out."""
    own = _about(result, pen)
    names = ("value", "low", "high", "F", "df1", "df2", "p")
    used = [name for name in names if any(row[name] is not None for row in result.rows)]
    rows = []
    for row in result.rows:
        about = own.about(row.form)
        cells = tuple(about.number(name, row[name], _kind(name, row)) for name in used)
        rows.append(TableRow(((_form(row.form, own),), *cells)))
    interval = own.word("agreement.column.interval").format(level=number(100 * result.level, own.lang, "count"))
    columns = (
        Column("form", own.word("agreement.column.form"), align="left"),
        *(Column(name, _title(name, own), interval if name in ("low", "high") else "") for name in used),
    )
    notes = (Paragraph(own.say(f"agreement.note.{_note(result)}"), "note"), *own.cautions(result.cautions))
    return Table("agreement.coefficients", _caption(result, own), columns, tuple(rows), notes, pen.source())


def _kind(name: str, row: AgreementRow) -> Kind:
    if name == "p":
        return "p"
    whole = name in ("df1", "df2") and float(row[name] or 0).is_integer()
    return "count" if whole else "coefficient"


def _title(name: str, pen: Pen) -> str:
    return pen.word(name) if name in ("low", "high") else pen.word(f"agreement.column.{name}")


def _note(result: Agreement) -> str:
    """The key of the note on method: ICC by its route, the others by their family."""
    return result.method if _family(result) == "icc" else _family(result)


@shows("table", Agreement, "groups")
def groups_table(result: Agreement, pen: Pen) -> Table:
    """Agreement inside each group that is large enough to be shown and did not answer as one."""
    own = _about(result, pen)
    least = int(own.cutoff("disclosure.min_cell"))
    shown = _publishable(result, least)
    names = ("n", "mean", "variance", "rwg", "a_wg", "ad")
    rows = []
    for row in shown:
        about = own.about(row.group)
        values = [about.number(name, row[name], "count" if name == "n" else "coefficient") for name in names]
        rows.append(TableRow(((own.label(row.group),), *values)))
    columns = (
        Column("group", own.word("agreement.column.group"), align="left"),
        *(Column(name, own.word(f"agreement.column.{name}")) for name in names),
    )
    hidden = len(result.within_rows) - len(shown)
    limit = own.rule_value("disclosure.min_cell", "count")
    note = Paragraph(own.say("agreement.note.hidden", hidden=own.count("hidden", hidden), least=limit), "note")
    notes = (note,) if hidden else ()
    caption = own.say("agreement.caption.groups", n=own.count("n", result.n))
    return Table("agreement.groups", caption, columns, tuple(rows), notes, pen.source())


def _publishable(result: Agreement, least: int) -> list[WithinRow]:
    """Groups of `least` members or more who did not answer as one; a single hidden group takes the smallest with it."""
    shown = [row for row in result.within_rows if row.n >= least and row.variance > 0]
    if len(result.within_rows) - len(shown) == 1 and shown:
        shown.remove(min(shown, key=lambda row: row.n))
    return shown


@shows("figure", Agreement)
def coefficients_figure(result: Agreement, pen: Pen) -> Figure:
    """Coefficients as points with their intervals."""
    own = _about(result, pen)
    rows = [
        {"label": _form(row.form, own), "value": row.value, "low": row.low, "high": row.high}
        for row in result.rows
        if row.value is not None
    ]
    level = _level(result, own)
    values = "; ".join(f"{row['label']} {number(float(row['value'] or 0.0), own.lang)}" for row in rows)
    what = own.word(f"agreement.family.{_family(result)}")
    return Figure(
        "agreement.coefficients",
        own.say("agreement.caption.figure", what=what, level=level),
        own.word("agreement.alt").format(values=values),
        "intervals",
        {"rows": rows, "x": own.word("agreement.column.value"), "decimal": own.word("decimal"), "lines": []},
        pen.source(),
    )


@shows("narrate", Agreement)
def agreement_story(result: Agreement, pen: Pen) -> Narrative:
    """What the coefficients say, with n, method and cautions."""
    own = _about(result, pen)
    if _family(result) == "rwg":
        said = [_rwg_story(result, own)]
    else:
        said = [_coefficient(row, result, own) for row in result.rows if row.value is not None and row.form in _TOLD]
    for row in result.error_rows:
        if row.test.startswith("permutation"):
            said.append(Paragraph(own.say("agreement.story.permutation", p=own.number(row.test, row.p, "p"))))
    said.append(Paragraph(own.say(f"agreement.note.{_note(result)}"), "note"))
    return Narrative((*said, *own.cautions(result.cautions)))


#: The forms that a sentence is about; the others stand in the table.
_TOLD = ("ICC1", "ICC2", "ICC3", "ICC2k", "kappa", "alpha", "W")


def _coefficient(row: AgreementRow, result: Agreement, own: Pen) -> Paragraph:
    about = own.about(row.form)
    slots: dict[str, Text] = {
        "value": about.number("value", row.value, low=row.low, high=row.high),
        "n": own.count("n", result.n),
        "raters": own.count("raters", result.raters),
    }
    form = _form(row.form, own)
    if row.low is None or row.high is None:
        return Paragraph(own.say("agreement.story.bare", form=form, **slots))
    slots["low"], slots["high"] = about.number("low", row.low), about.number("high", row.high)
    slots["level"] = _level(result, own)
    if result.method == "icc.groups":
        del slots["raters"]
        return Paragraph(
            own.say("agreement.story.groups", form=form, ratings=own.count("ratings", result.ratings), **slots)
        )
    return Paragraph(own.say("agreement.story.interval", form=form, **slots))


def _rwg_story(result: Agreement, own: Pen) -> Paragraph:
    return Paragraph(
        own.say(
            "agreement.story.rwg",
            mean=own.number("rwg_mean", result["rwg_mean"].value),
            median=own.number("rwg_median", result["rwg_median"].value),
            share=own.number("rwg_share", 100 * (result["rwg_share"].value or 0.0), "percent"),
            least=own.rule_value("agreement.rwg"),
            n=own.count("n", result.n),
            members=own.count("ratings", result.ratings),
        )
    )
