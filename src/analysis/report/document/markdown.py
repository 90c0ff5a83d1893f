"""A notebook's prose as blocks of pandoc's model, read by the same parser as for pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_ATTR: list[Any] = ["", [], []]


def parser() -> MarkdownIt:
    """CommonMark with tables; raw HTML and pictures are shown as text, never interpreted."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")


def markdown_blocks(text: str) -> list[dict[str, Any]]:
    """The prose as pandoc's blocks."""
    from markdown_it.tree import SyntaxTreeNode

    return _blocks(SyntaxTreeNode(parser().parse(text)).children)


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> list[dict[str, Any]]:
    return [block for node in nodes for block in _block(node)]


def _block(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    kind = node.type
    if kind == "paragraph":
        return [{"t": "Para", "c": _inlines(node.children)}]
    if kind == "heading":
        return [{"t": "Header", "c": [int(node.tag[1]) + 1, _ATTR, _inlines(node.children)]}]
    if kind == "bullet_list":
        return [{"t": "BulletList", "c": [_blocks(item.children) for item in node.children]}]
    if kind == "ordered_list":
        start = [int(node.attrs.get("start", 1)), {"t": "Decimal"}, {"t": "Period"}]
        return [{"t": "OrderedList", "c": [start, [_blocks(item.children) for item in node.children]]}]
    if kind == "blockquote":
        return [{"t": "BlockQuote", "c": _blocks(node.children)}]
    if kind in {"fence", "code_block"}:
        return [{"t": "CodeBlock", "c": [_ATTR, node.content]}]
    if kind == "hr":
        return [{"t": "HorizontalRule"}]
    return [_table(node)] if kind == "table" else []


def _table(node: SyntaxTreeNode) -> dict[str, Any]:
    rows = [row for part in node.children for row in part.children]
    head, *body = ([_cell(cell) for cell in row.children] for row in rows)
    columns = [[{"t": "AlignDefault"}, {"t": "ColWidthDefault"}] for _ in head]
    bodies = [[_ATTR, 0, [], [[_ATTR, cells] for cells in body]]]
    return {"t": "Table", "c": [_ATTR, [None, []], columns, [_ATTR, [[_ATTR, head]]], bodies, [_ATTR, []]]}


def _cell(node: SyntaxTreeNode) -> list[Any]:
    return [_ATTR, {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": _inlines(node.children)}]]


def _inlines(nodes: Sequence[SyntaxTreeNode]) -> list[dict[str, Any]]:
    return [inline for node in nodes for inline in _inline(node)]


def _inline(node: SyntaxTreeNode) -> list[dict[str, Any]]:
    if node.type == "inline":
        return _inlines(node.children)
    if node.type in {"strong", "em"}:
        return [{"t": "Strong" if node.type == "strong" else "Emph", "c": _inlines(node.children)}]
    if node.type == "code_inline":
        return [{"t": "Code", "c": [_ATTR, node.content]}]
    if node.type == "link":
        return [{"t": "Link", "c": [_ATTR, _inlines(node.children), [str(node.attrs["href"]), ""]]}]
    if node.type in {"softbreak", "hardbreak"}:
        return [{"t": "Space" if node.type == "softbreak" else "LineBreak"}]
    found: list[dict[str, Any]] = []
    for place, word in enumerate(node.content.split(" ")):
        found += ([{"t": "Space"}] if place else []) + ([{"t": "Str", "c": word}] if word else [])
    return found
