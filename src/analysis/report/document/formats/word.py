"""DOCX: the document's tree in real Word styles, with captions, contents and cross-references that Word keeps."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...block import Figure, Link, Table, plain
from ...words import phrase
from ..model import Document, Heading, Numbered, shown_as
from ..office import house, reference_document
from ..package import finished
from ..pandoc import convert, tree
from ..picture import picture
from ..tree import Node, Tree, attr, para, raw, words

if TYPE_CHECKING:
    from ..layout import Layout
    from .edition import Edition


#: A taller picture would leave no room for its caption and source on the page.
_TALLEST_CM = 19.0


def files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """``<lang>/findings.docx`` and the others."""
    for document in edition.documents:
        yield f"{edition.lang}/{document.name}.docx", docx(document)


def docx(document: Document) -> bytes:
    """The document for Word; the same bytes each time."""
    medium = Sheet(document)
    blocks = [*_front(document), *Tree(document, medium).blocks()]
    language = {"lang": {"t": "MetaString", "c": document.lang}}
    with tempfile.TemporaryDirectory() as folder:
        for name, content in medium.pictures.items():
            (Path(folder) / name).write_bytes(content)
        reference = Path(folder) / "reference.docx"
        reference.write_bytes(reference_document(document))
        made = convert(tree(blocks, language), "docx", f"--reference-doc={reference}", f"--resource-path={folder}")
    return finished(made, title=f"{document.subtitle} – {document.title}", stamp=document.running)


def _front(document: Document) -> list[Node]:
    """Title, subtitle, stamp, and for a chapter its contents and lists of tables and figures."""
    title: list[Node] = words(document.title)
    first = [header(1, "chapter", title)] if document.house == "thesis" else [styled("Title", title)]
    first.append(styled("Subtitle", words(document.subtitle)))
    if document.stamp:
        first.append(styled("Stamp", words(document.stamp)))
    return [*first, *(_contents(document) if document.contents else ())]


def _contents(document: Document) -> Iterator[Node]:
    lang = document.lang
    yield styled("TOC Heading", words(phrase("document.contents", lang)))
    yield field(r'TOC \h \z \t "heading 2,1,heading 3,2,Unnumbered Heading,1"', list(_headings(document)))
    for kind in ("table", "figure"):
        listed = [each for each in document.elements if each.number and shown_as(each.element) == kind]
        if listed:
            yield styled("TOC Heading", words(phrase(f"document.{kind}s", lang)))
            label = phrase(f"label.{kind}", lang)
            lines = [(f"{label} {each.number}. {_caption(each)}", each.anchor, "TableOfFigures") for each in listed]
            yield field(rf'TOC \h \z \c "{label}"', lines)
    yield raw(_NEW_PAGE, "openxml")


def _headings(document: Document) -> Iterator[tuple[str, str, str]]:
    """Words, target and style of each line of the contents."""
    for part in document.parts:
        for each in part.headings:
            if isinstance(each.element, Heading):
                number = f"{each.number}. " if each.number else ""
                yield f"{number}{each.element.text}", each.anchor, f"TOC{min(each.element.depth, 2)}"


def _caption(each: Numbered) -> str:
    return plain(each.element.caption) if isinstance(each.element, (Table, Figure)) else ""


def field(code: str, lines: Sequence[tuple[str, str, str]]) -> Node:
    """A field that Word fills when the file is opened; until then it holds the lines without their pages."""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    paragraphs = []
    for place, (text, target, style) in enumerate(lines):
        link = f'<w:hyperlink w:anchor="{escape(target)}" w:history="1">{run(text)}</w:hyperlink>'
        before, after = begin if place == 0 else "", end if place == len(lines) - 1 else ""
        paragraphs.append(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{before}{link}{after}</w:p>')
    return raw("".join(paragraphs), "openxml")


_NEW_PAGE = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'


class Sheet:
    """What only Word can say; collects the pictures that the tree names."""

    def __init__(self, document: Document) -> None:
        self.lang, self.house = document.lang, house(document.house)
        self.numbers_headings = document.house == "thesis"
        self.chapter = document.chapter
        self.pictures: dict[str, bytes] = {}
        self._bookmarks = 0

    def heading(self, heading: Heading, each: Numbered) -> list[Node]:
        """In a thesis Word numbers the headings itself."""
        if self.numbers_headings and not each.number:
            return [styled("Unnumbered Heading", [{"t": "Span", "c": [attr(each.anchor), words(heading.text)]}])]
        begins = [raw(_NEW_PAGE, "openxml")] if heading.page else []
        return [*begins, header(heading.depth + self.numbers_headings, each.anchor, words(heading.text))]

    def styled(self, style: str, inlines: list[Node]) -> list[Node]:
        """A paragraph in a style of the reference document."""
        return [styled(style, inlines)]

    def below(self, style: str, inlines: list[Node]) -> list[Node]:
        """A note under a table or figure stays with what follows it, so that no source line stands alone."""
        return [styled(style if style == "Source" else f"Table {style}".replace("Finding", "Note"), inlines)]

    def table(self, each: Numbered, caption: list[Node], body: Node, below: list[Node], lay: Layout) -> list[Node]:
        """A table that can be edited, with its caption above."""
        above = self._captioned("table", each, caption) if caption else []
        return [*above, body, *below, styled("Table End", [])]

    def figure(self, figure: Figure, each: Numbered, caption: list[Node], below: list[Node]) -> list[Node]:
        """The picture with its alternative text; its caption stands below."""
        name = f"{len(self.pictures)}.png"
        drawn = picture(figure)
        self.pictures[name] = drawn.png
        size = attr(width=f"{drawn.width(self.house.line_cm, _TALLEST_CM):.2f}cm")
        image = {"t": "Image", "c": [size, words(figure.alt), [name, ""]]}
        return [styled("Figure", [image]), *self._captioned("figure", each, caption), *below]

    def _captioned(self, kind: str, each: Numbered, caption: list[Node]) -> list[Node]:
        """A caption whose number is Word's own, with a bookmark for references to it."""
        style = "Table Caption" if kind == "table" else "Image Caption"
        if not each.number:
            return [styled(style, caption)]
        chapter, _, count = each.number.rpartition(".")
        label = phrase(f"label.{kind}", self.lang)
        self._bookmarks += 1
        number = (
            f'<w:bookmarkStart w:id="{90000 + self._bookmarks}" w:name="{bookmark(each.anchor)}"/>'
            + run(f"{label}\N{NO-BREAK SPACE}{chapter}.")
            + simple_field(rf"SEQ {label} \* ARABIC", count)
            + f'<w:bookmarkEnd w:id="{90000 + self._bookmarks}"/>{run(". ")}'
        )
        anchor = {"t": "Span", "c": [attr(each.anchor), [openxml(number), *caption]]}
        return [styled(style, [anchor])]

    def cell(self, inlines: list[Node], lay: Layout, *, apart: bool) -> tuple[list[Any], list[Node]]:
        """Letters as small as the table's; what stands apart has a style of its own."""
        return attr(), [styled(f"Table {'Words' if apart else 'Text'} {lay.size:.0f}", inlines)]

    def number(self, text: str) -> Node:
        """A number in a style of its own, so that a reader of the file finds them."""
        return {"t": "Span", "c": [attr(custom_style="Number"), words(text.replace(" ", "\N{NO-BREAK SPACE}"))]}

    def reference(self, link: Link) -> Node:
        """A cross-reference that follows its table when tables move."""
        return openxml(simple_field(rf"REF {bookmark(link.href[1:])} \h", link.text))


def bookmark(anchor: str) -> str:
    """A name as Word allows it for bookmarks."""
    return f"_Ref_{anchor.replace('-', '_')}"


def styled(style: str, inlines: list[Node]) -> Node:
    """A paragraph in a style."""
    return {"t": "Div", "c": [attr(custom_style=style), [para(inlines)]]}


def header(level: int, anchor: str, inlines: list[Node]) -> Node:
    """A heading in Word's own style of that level."""
    return {"t": "Header", "c": [level, attr(anchor), inlines]}


def openxml(markup: str) -> Node:
    """Word's own words within a paragraph."""
    return {"t": "RawInline", "c": ["openxml", markup]}


def run(text: str) -> str:
    """A run of plain text."""
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def simple_field(code: str, shown: str) -> str:
    """A field and what it shows until Word computes it anew."""
    return f'<w:fldSimple w:instr=" {escape(code)} ">{run(shown)}</w:fldSimple>'
