"""Blocks and documents as HTML: no script, nothing fetched, every text escaped, every number a `<data>` element."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from importlib import resources
from itertools import groupby

from ..block import Block, Column, Figure, Narrative, Paragraph, Table, TableRow, Text
from ..drawing import svg
from ..words import phrase
from .model import Heading, Numbered, Printout, Prose

#: Said in the element too: a notebook shows a table without our style sheet.
_LEFT = 'style="text-align:left"'

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


class Ids:
    """Record ids already used on a page: the first appearance of a number is its target, later ones refer to it."""

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def attribute(self, record: str) -> str:
        """`id` for the first appearance, `data-ref` for any other."""
        first = record not in self._seen
        self._seen.add(record)
        name = escape(record)
        return f'{"id" if first else "data-ref"}="{name}" title="{name}"'


def text_html(text: Text, ids: Ids) -> str:
    """A text with its numbers as `<data value id>`."""
    return "".join(
        escape(part)
        if isinstance(part, str)
        else f'<data value="{part.record.value:.12g}" {ids.attribute(part.record.id)}>{escape(part.text)}</data>'
        for part in text
    )


def block_html(block: Block, lang: str, number: str = "", anchor: str = "", ids: Ids | None = None) -> str:
    """One block; `number` is what its caption is cited by."""
    ids = ids or Ids()
    target = f' id="{anchor}"' if anchor else ""
    if isinstance(block, Narrative):
        return "\n".join(_paragraph(paragraph, ids, lang) for paragraph in block.paragraphs)
    kind = "table" if isinstance(block, Table) else "figure"
    label = f"{phrase(f'label.{kind}', lang)} {number}. " if number else ""
    caption = f"{escape(label)}{text_html(block.caption, ids)}"
    source = f'<p class="source">({escape(block.source)})</p>' if block.source else ""
    if isinstance(block, Figure) and block.empty:
        return ""
    if isinstance(block, Figure):
        image = base64.b64encode(svg(block)).decode("ascii")
        picture = f'<img alt="{escape(block.alt)}" src="data:image/svg+xml;base64,{image}">'
        return f"<figure{target}>{picture}<figcaption>{caption}</figcaption>{source}</figure>"
    notes = "".join(_paragraph(note, ids, lang) for note in block.notes)
    if not block.rows:  # nothing to tabulate: the notes say why
        return notes
    wide = ' class="wide"' if len(block.columns) > 6 else ""
    body = "\n".join(_row(row, block.columns, ids) for row in block.rows)
    return (
        f'<div class="table"{target}><table{wide}><caption>{caption}</caption><thead>{_head(block.columns)}</thead>'
        f"<tbody>\n{body}\n</tbody></table>{notes}{source}</div>"
    )


def _paragraph(paragraph: Paragraph, ids: Ids, lang: str) -> str:
    mark = {
        "finding": "",
        "caution": f"<strong>{escape(phrase('label.caution', lang))}</strong> ",
        "note": f"<em>{escape(phrase('label.note', lang))}</em> ",
    }[paragraph.kind]
    return f'<p class="{paragraph.kind}">{mark}{text_html(paragraph.text, ids)}</p>'


def _head(columns: Sequence[Column]) -> str:
    if not any(column.group for column in columns):
        return f"<tr>{''.join(_th(column) for column in columns)}</tr>"
    top, bottom = "", ""
    for group, members in groupby(columns, key=lambda column: column.group):
        under = list(members)
        if group:
            top += f'<th scope="colgroup" colspan="{len(under)}">{escape(group)}</th>'
            bottom += "".join(_th(column) for column in under)
        else:
            top += "".join(_th(column, ' rowspan="2"') for column in under)
    return f"<tr>{top}</tr><tr>{bottom}</tr>"


def _th(column: Column, span: str = "") -> str:
    return f'<th scope="col" class="{column.align}"{span}>{escape(column.title)}</th>'


def _row(row: TableRow, columns: Sequence[Column], ids: Ids) -> str:
    if row.section:
        title = text_html(row.cells[0], ids)
        return f'<tr class="section"><th scope="rowgroup" colspan="{len(columns)}" {_LEFT}>{title}</th></tr>'
    first, *rest = zip(row.cells, columns, strict=True)
    cells = "".join(f'<td class="{column.align}">{text_html(cell, ids)}</td>' for cell, column in rest)
    style = _LEFT if first[1].align == "left" else ""
    return f'<tr><th scope="row" class="{first[1].align}" {style}>{text_html(first[0], ids)}</th>{cells}</tr>'


def element_html(each: Numbered, lang: str, ids: Ids) -> str:
    """One element of a document."""
    element = each.element
    if isinstance(element, Heading):
        depth = min(element.depth + 1, 6)
        return f'<h{depth} id="{each.anchor}">{each.number}. {escape(element.text)}</h{depth}>'
    if isinstance(element, Prose):
        return _markdown(element.markdown)
    if isinstance(element, Printout):
        return f"<pre>{escape(element.text)}</pre>"
    return block_html(element, lang, each.number, each.anchor if each.number else "", ids)


def _markdown(text: str) -> str:
    from markdown_it import MarkdownIt

    return str(MarkdownIt("commonmark", {"html": False}).enable("table").disable("image").render(text))


def page(lang: str, title: str, body: str, stamp: str = "") -> str:
    """A whole page around a body that is already HTML; `stamp` says in its metadata that the data are simulated."""
    description = f'<meta name="description" content="{escape(stamp)}">\n' if stamp else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{description}<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


@lru_cache
def _style() -> str:
    return (resources.files(__package__) / "page.css").read_text(encoding="utf-8")
