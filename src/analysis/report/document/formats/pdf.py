"""PDF: the document's tree as Typst markup, set on A4 with embedded fonts that hold every Vietnamese letter."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...block import Figure, Link
from ...words import phrase
from ..html import title_of
from ..model import Document, Heading, Numbered
from ..office import house
from ..pandoc import convert, tree
from ..picture import picture
from ..tree import Node, Tree, attr, para, raw, words

if TYPE_CHECKING:
    from ..layout import Layout
    from .edition import Edition


#: A taller picture would leave no room for its caption and source on the page.
_TALLEST_CM = 20.0

#: Room around words that follow a column of numbers; other cells have 3.5pt at both sides.
_APART = "(left: 9pt, right: 3.5pt, y: 3.2pt)"


#: The heading of a section of a table, alone in its row: Typst never leaves a header at the foot of a page.
_SECTION = re.compile(
    r"(?<=^    )table\.cell\(align: left, colspan: \d+\)\[#strong\[(?:(?!table\.cell\().)*\]\](?=,$)", re.M
)


def files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """``<lang>/findings.pdf`` and the others."""
    for document in edition.documents:
        yield f"{edition.lang}/{document.name}.pdf", pdf(document)


def pdf(document: Document) -> bytes:
    """The document as PDF/UA: tagged, with bookmarks and alternative texts; the same bytes each time."""
    import matplotlib
    import typst

    medium = Paper(document)
    blocks = list(Tree(document, medium).blocks())
    with tempfile.TemporaryDirectory() as folder:
        for name, content in medium.pictures.items():
            (Path(folder) / name).write_bytes(content)
        style = (resources.files(__package__) / "paper.typ").read_text(encoding="utf-8")
        body = _SECTION.sub(r"table.header(level: 2, repeat: false, \g<0>)", convert(tree(blocks), "typst").decode())
        main = Path(folder) / "main.typ"
        main.write_text(f"{style}\n{_opening(document)}\n{body}", encoding="utf-8", newline="\n")
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        made = typst.compile(
            str(main),
            format="pdf",
            root=folder,
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    return bytes(made)


def _opening(document: Document) -> str:
    """The call of the style with what this document is: house, words, title."""
    lang = document.lang
    label = {name: phrase(f"label.{name}", lang) for name in ("table", "figure")}
    lists = {name: phrase(f"document.{name}", lang) for name in ("contents", "tables", "figures")}
    arguments = {
        "lang": lang, "title": title_of(document), "subtitle": document.subtitle, "stamp": document.stamp,
        "running": document.running, "labels": label, "lists": lists, "contents": document.contents,
        "house": document.house,
    }  # fmt: skip
    sides = zip(("top", "right", "bottom", "left"), house(document.house).margins, strict=True)
    margin = ", ".join(f"{side}: {length}cm" for side, length in sides)
    given = f"margin: ({margin}), " + ", ".join(f"{name}: {_value(value)}" for name, value in arguments.items())
    return f"#show: house.with({given})"


def _value(value: Any) -> str:
    """A value as Typst writes it: texts in quotes are never markup."""
    if isinstance(value, dict):
        return f"({', '.join(f'{name}: {_value(each)}' for name, each in value.items())})"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


class Paper:
    """What only Typst can say; collects the pictures that the markup names."""

    def __init__(self, document: Document) -> None:
        self.house = house(document.house)
        self.pictures: dict[str, bytes] = {}

    def heading(self, heading: Heading, each: Numbered) -> list[Node]:
        """Numbers are words of the heading, so that bookmarks show them."""
        number = f"{each.number}. " if each.number else ""
        header = {"t": "Header", "c": [heading.depth + 1, attr(each.anchor), words(f"{number}{heading.text}")]}
        return [raw("#pagebreak(weak: true)", "typst"), header] if heading.page else [header]

    def styled(self, style: str, inlines: list[Node]) -> list[Node]:
        """A function of the style sheet."""
        return [raw(f"#{style.lower()}[", "typst"), para(inlines), raw("]", "typst")]

    def below(self, style: str, inlines: list[Node]) -> list[Node]:
        """A note under a table."""
        return self.styled("Note" if style == "Finding" else style, inlines)

    def table(self, each: Numbered, caption: list[Node], body: Node, below: list[Node], lay: Layout) -> list[Node]:
        """The table stands in a figure with our number; a long one may be torn between its rows."""
        return self._shown("table", each, caption, [body], below, lay.short, lay.size)

    def figure(self, figure: Figure, each: Numbered, caption: list[Node], below: list[Node]) -> list[Node]:
        """The picture with its alternative text."""
        name = f"{len(self.pictures)}.svg"
        drawn = picture(figure)
        self.pictures[name] = drawn.svg
        width = drawn.width(self.house.line_cm, _TALLEST_CM)
        image = raw(f"#image({_value(name)}, width: {width:.2f}cm, alt: {_value(figure.alt)})", "typst")
        return self._shown("figure", each, caption, [image], below, True, 11.0)

    def _shown(
        self,
        kind: str,
        each: Numbered,
        caption: list[Node],
        body: list[Node],
        below: list[Node],
        whole: bool,
        size: float,
    ) -> list[Node]:
        options = (
            f'kind: "{kind}", number: {_value(each.number)}, anchor: {_value(each.anchor)}, whole: {_value(whole)}'
        )
        # the caption stands in one line of markup: a list of tables takes it as it is
        named = para([inline("#let caption = ["), *caption, inline("]")])
        call = raw(f"#shown({options}, size: {size}pt, caption)[", "typst")
        return [named, call, *body, raw("][", "typst"), *below, raw("]", "typst")]

    def cell(self, inlines: list[Node], lay: Layout, *, apart: bool) -> tuple[list[Any], list[Node]]:
        """Sizes and alignments are the table's; what stands apart has more room before it."""
        attributes = ["", [], [["typst:inset", _APART]]] if apart else attr()
        return attributes, [{"t": "Plain", "c": inlines}] if inlines else []

    def number(self, text: str) -> Node:
        """A number is never torn, and its sign stays the page's: Typst would turn a hyphen into another sign."""
        sign, rest = ([inline(r"\-")], text[1:]) if text.startswith("-") else ([], text)
        return {"t": "Span", "c": [attr(), [*sign, {"t": "Str", "c": rest.replace(" ", "\N{NO-BREAK SPACE}")}]]}

    def reference(self, link: Link) -> Node:
        """A link to the label of a table or figure."""
        return {"t": "Link", "c": [attr(), words(link.text), [link.href, ""]]}


def inline(markup: str) -> Node:
    """Typst's own words within a paragraph."""
    return {"t": "RawInline", "c": ["typst", markup]}
