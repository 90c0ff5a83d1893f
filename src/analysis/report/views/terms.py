"""Terms of a model in the page's words, and the small parts that tables of models share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..block import Column, Paragraph, Table, TableRow, Text
from ..format import Kind
from ..pen import Pen

#: A line of a table: its label, the pen of its numbers, and the object or mapping that holds them.
Line = tuple[str, Pen, Any]


def term_words(term: str, pen: Pen) -> str:
    """A term in the page's words: constant, variable, category or product."""
    if term == "(Intercept)":
        return pen.word("regression.constant")
    parts = []
    for part in term.split(":"):
        name, _, level = part.rstrip("]").partition("[")
        base, mean, _ = name.partition(".mean")
        label = pen.word("inference.group_mean").format(term=pen.label(base)) if mean else pen.label(name)
        parts.append(f"{label}: {pen.level(name, level)}" if level else label)
    return " × ".join(parts)


def p_text(own: Pen, statistic: str, value: float) -> Text:
    """``p = 0.012`` or ``p < 0.001``: the sign belongs to the number."""
    text = own.number(statistic, value, "p")
    return text if value < 0.001 else ("=\N{NO-BREAK SPACE}", *text)


def cell(own: Pen, name: str, value: object) -> Text:
    """A number in the digits of its kind, words as they are, nothing where there is nothing."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, int | float):
        return ()
    return own.number(name, value, kind_of(name, value))


def kind_of(name: str, value: float) -> Kind:
    """p-values, counts, everything else."""
    if name == "p" or name.startswith("p_"):
        return "p"
    if isinstance(value, int) or (name.startswith("df") and float(value).is_integer()):
        return "count"
    return "mean" if name.startswith("df") else "coefficient"


def lines_table(
    key: str, caption: Text, columns: tuple[str, ...], lines: Iterable[Line], pen: Pen, notes: tuple[Paragraph, ...]
) -> Table:
    """A table of one label column and number columns; a column that is empty in every line is left out."""
    lines = list(lines)
    first, *names = columns
    used = [name for name in names if any(_value(held, name) is not None for _, _, held in lines)]
    rows = [TableRow(((label,), *(cell(own, name, _value(held, name)) for name in used))) for label, own, held in lines]
    heads = (
        Column("label", pen.word(f"inference.column.{first}"), align="left"),
        *(Column(name, pen.word(f"inference.column.{name}")) for name in used),
    )
    return Table(key, caption, heads, tuple(rows), notes, pen.source())


def _value(held: Any, name: str) -> Any:
    return held.get(name) if isinstance(held, Mapping) else getattr(held, name, None)


def note(pen: Pen, key: str, **slots: Any) -> Paragraph:
    """A note on method."""
    return Paragraph(pen.say(key, **slots), "note")
