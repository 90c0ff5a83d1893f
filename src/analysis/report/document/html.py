"""Blocks and documents as HTML: no script, nothing fetched, every text escaped, every number a `<data>` element."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from importlib import resources
from itertools import groupby

from ..block import (
    Block,
    Citation,
    Code,
    Column,
    Emphasis,
    Figure,
    Link,
    Narrative,
    Number,
    Paragraph,
    Segment,
    Table,
    TableRow,
    Text,
)  # fmt: skip
from ..words import phrase
from .model import Document, Heading, Numbered, Part, Printout, Prose
from .picture import picture
from .references import referring

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
    return "".join(_segment(part, ids) for part in text)


def _segment(part: Segment, ids: Ids) -> str:
    if isinstance(part, str):
        return escape(part).replace("\n", "<br>")
    words = escape(part.text)
    if isinstance(part, Number):
        return f'<data value="{part.record.value:.12g}" {ids.attribute(part.record.id)}>{words}</data>'
    if isinstance(part, Link):
        return f'<a href="{escape(part.href)}">{words}</a>'
    if isinstance(part, Code):
        return f"<code>{words}</code>"
    if isinstance(part, Emphasis):
        return f"<em>{words}</em>"
    return f"<cite>{words}</cite>" if isinstance(part, Citation) else words


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
        image = base64.b64encode(picture(block).svg).decode("ascii")
        shown = f'<img alt="{escape(block.alt)}" src="data:image/svg+xml;base64,{image}">'
        return f"<figure{target}>{shown}<figcaption>{caption}</figcaption>{source}</figure>"
    notes = "".join(_paragraph(note, ids, lang) for note in block.notes)
    if not block.rows:  # nothing to tabulate: the notes say why
        return notes
    wide = ' class="wide"' if len(block.columns) > 6 else ""
    head = f"<caption>{caption}</caption>" if caption else ""
    body = "\n".join(_row(row, block.columns, ids) for row in block.rows)
    return (
        f'<div class="table"{target}><table{wide}>{head}<thead>{_head(block.columns)}</thead>'
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
        target = f' id="{each.anchor}"' if each.number else ""  # else its section is the target
        begins = ' class="page"' if element.page else ""
        return f"<h{depth}{target}{begins}>{_heading(each)}</h{depth}>"
    if isinstance(element, Prose):
        return _markdown(element.markdown)
    if isinstance(element, Printout):
        return f"<pre>{escape(element.text)}</pre>"
    if isinstance(element, Narrative):
        element = referring(element, each.refers, lang)
    return block_html(element, lang, each.number, each.anchor, ids)


def _heading(each: Numbered) -> str:
    words = escape(each.element.text) if isinstance(each.element, Heading) else ""
    return f"{each.number}. {words}" if each.number else words


def document_html(document: Document, navigation: str = "", related: str = "") -> str:
    """A document as an HTML page that fetches nothing.

    Parameters
    ----------
    document : Document
        What the page says.
    navigation : str
        HTML above the title: ways to other languages and to the index.
    related : str
        HTML below the title: ways to the other documents of the study.
    """
    lang, ids = document.lang, Ids()
    body = [
        navigation,
        f"<header>\n<h1>{escape(title_of(document))}</h1>",
        f'<p class="subtitle">{escape(document.subtitle)}</p>\n</header>',
        f'<p class="stamp">{escape(document.stamp)}</p>' if document.stamp else "",
        related,
        _contents(document) if document.contents else "",
        *(f"<p>{text_html(text, ids)}</p>" for text in document.opening),
    ]
    for part in document.parts:
        body.append(f'<section id="{escape(part.name)}">')
        body.extend(element_html(each, lang, ids) for each in part.elements)
        body.append("</section>")
    body.append(f"<footer><p>{escape(document.colophon)}</p></footer>" if document.colophon else "")
    name = f"{document.subtitle} – {document.title}"
    return page(lang, name, "\n".join(filter(None, body)), document.running)


def title_of(document: Document) -> str:
    """The title as it is printed: a chapter with its number."""
    if document.chapter is None:
        return document.title
    return phrase("document.chapter", document.lang).format(chapter=document.chapter, title=document.title)


def _contents(document: Document) -> str:
    title = escape(phrase("document.contents", document.lang))
    lines = "\n".join(_contents_of(part) for part in document.parts if part.headings)
    return f'<nav class="contents"><h2>{title}</h2><ol>\n{lines}\n</ol></nav>'


def _contents_of(part: Part) -> str:
    first, *rest = (f'<a href="#{target}">{words}</a>' for target, words in _entries(part))
    under = f"<ol>{''.join(f'<li>{link}</li>' for link in rest)}</ol>" if rest else ""
    return f"<li>{first}{under}</li>"


def _entries(part: Part) -> Iterator[tuple[str, str]]:
    """Link target and words of each heading; a part whose heading has no number is its own target."""
    for each in part.headings:
        yield escape(each.anchor or part.name), _heading(each)


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
