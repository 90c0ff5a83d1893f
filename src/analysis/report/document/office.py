"""Two houses of Word styles: a thesis, and an office's letter. A reference document of each is made from this page.

The thesis follows what Vietnamese universities ask for: Times New Roman 13, lines at 1.5, wide margin for binding,
headings numbered within the chapter. The office follows the layout of Decree 30/2020/NĐ-CP, appendix I: A4, margins of
20–25, 30–35 and 15–20 mm, Times New Roman 13–14, page number at the top from the second page on.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from html import escape
from importlib import resources

from ..words import phrase
from .model import Document


@dataclass(frozen=True)
class Style:
    """A paragraph style; sizes and spaces in points, lines as a multiple, indents in centimetres."""

    name: str
    size: float = 0
    bold: bool = False
    italic: bool = False
    align: str = ""
    before: float = 0
    after: float = 0
    line: float = 0
    indent: float = 0
    first: float = 0
    outline: int | None = None
    keep: bool = False  # with the next paragraph
    numbered: int | None = None  # level of the headings' numbering
    colour: str = ""
    border: str = ""
    tab: float = 0  # right tab with dots, in centimetres
    upper: bool = False
    based: str = "Normal"
    next: str = "Body Text"


@dataclass(frozen=True)
class House:
    """Page and letters of a kind of document."""

    name: str
    margins: tuple[float, float, float, float]  # top, right, bottom, left in centimetres
    size: float
    line: float
    after: float
    first: float  # indent of a paragraph's first line, in centimetres
    styles: tuple[Style, ...] = field(default=())

    @property
    def line_cm(self) -> float:
        """Length of a line on A4."""
        return round(21.0 - self.margins[1] - self.margins[3], 2)


_INK = "1A1A1A"
_WARN = "8A4B00"


def _styles(size: float, width: float, *, thesis: bool) -> tuple[Style, ...]:
    level = (lambda place: place) if thesis else (lambda place: None)
    small = tuple(
        Style(f"Table {name} {points}", points, line=1.0, before=1, after=1, indent=indent)
        for name, indent in (("Text", 0.0), ("Words", 0.2))
        for points in (11, 10, 9, 8)
    )
    return (
        Style(
            "heading 1", size + 2, True, align="center", after=12, outline=0, keep=True, numbered=level(0), upper=thesis
        )
        if thesis
        else Style("heading 1", size, True, before=8, after=4, outline=0, keep=True),
        Style("heading 2", size + 0.5, True, before=14, after=6, outline=1, keep=True, numbered=level(1)),
        Style("heading 3", size, True, True, before=10, after=6, outline=2, keep=True, numbered=level(2)),
        Style("heading 4", size, False, True, before=8, after=4, outline=3, keep=True),
        Style("Unnumbered Heading", size + 0.5, True, before=14, after=6, outline=1, keep=True),
        Style("Title", size + 2, True, align="center", after=6, keep=True),
        Style("Subtitle", size, italic=True, align="center", after=10, line=1.15),
        Style("Stamp", size - 1, True, colour=_WARN, border="box", before=4, after=10, line=1.1),
        Style("Caution", size - 1, border="left", colour=_INK, indent=0.3, before=3, after=3, line=1.15),
        Style("Note", size - 2, before=2, after=2, line=1.1),
        Style("Table Note", size - 2, before=2, after=2, line=1.1, keep=True),
        Style(
            "Table Caution", size - 2, border="left", colour=_INK, indent=0.3, before=2, after=2, line=1.1, keep=True
        ),
        Style("Source", size - 2, italic=True, align="right", before=2, after=6, line=1.0),
        Style("Table Caption", size - 1, True, before=10, after=4, line=1.1, keep=True),
        Style("Image Caption", size - 1, True, before=4, after=4, line=1.1, keep=True),
        Style("Figure", align="center", before=8, after=2, line=1.0, keep=True),
        Style("Table End", 4, line=1.0),
        Style("TOC Heading", size, True, before=10, after=4, keep=True, line=1.1),
        Style("toc 1", size - 1, line=1.1, after=2, tab=width, next="Normal"),
        Style("toc 2", size - 1, line=1.1, after=2, indent=0.8, tab=width, next="Normal"),
        Style("table of figures", size - 1, line=1.1, after=2, tab=width, next="Normal"),
        Style("header", 10, italic=True, align="right", line=1.0),
        Style("footer", 11, align="center", line=1.0),
        *small,
    )


_HOUSES = {
    "thesis": House("thesis", (3.0, 2.0, 3.0, 3.5), 13, 1.5, 6, 1.0, _styles(13, 15.5, thesis=True)),
    "office": House("office", (2.0, 2.0, 2.0, 3.0), 13, 1.15, 6, 0.0, _styles(13, 16.0, thesis=False)),
}


def house(name: str) -> House:
    """The house of that name: ``"thesis"`` or ``"office"``."""
    return _HOUSES[name]


def reference_document(document: Document) -> bytes:
    """The reference document that pandoc takes styles, numbering, page and running lines from."""
    chosen = house(document.house)
    parts = {
        "[Content_Types].xml": _part("content-types"),
        "_rels/.rels": _part("rels"),
        "word/_rels/document.xml.rels": _part("document-rels"),
        "word/document.xml": _part("document").format(section=_section(chosen)),
        "word/styles.xml": _part("styles").format(
            lang={"vi": "vi-VN", "en": "en-GB"}.get(document.lang, document.lang), size=_half(chosen.size),
            line=_line(chosen.line), after=_twips(chosen.after), first=_cm(chosen.first),
            styles="".join(_style(each) for each in chosen.styles),
        ),
        "word/numbering.xml": _part("numbering").format(
            chapter=document.chapter or 1, title=escape(_chapter_label(document.lang))
        ),
        "word/settings.xml": _part("settings"),
        "word/header1.xml": _running("hdr", "Header", document.running, number=chosen.name == "office"),
        "word/footer1.xml": _running("ftr", "Footer", "", number=chosen.name == "thesis"),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode())
    return out.getvalue()


def _part(name: str) -> str:
    return (resources.files(__package__) / "word" / f"{name}.xml").read_text(encoding="utf-8")


def _chapter_label(lang: str) -> str:
    """``Chương %1.``: the words of a chapter's title before its name, in Word's spelling of levels."""
    return phrase("document.chapter", lang).format(chapter="%1", title="").strip()


def _section(chosen: House) -> str:
    top, right, bottom, left = (_cm(each) for each in chosen.margins)
    first = "<w:titlePg/>" if chosen.name == "office" else ""
    return (
        '<w:headerReference w:type="default" r:id="rId11"/><w:footerReference w:type="default" r:id="rId12"/>'
        '<w:pgSz w:w="11906" w:h="16838"/>'
        f'<w:pgMar w:top="{top}" w:right="{right}" w:bottom="{bottom}" w:left="{left}"'
        f' w:header="709" w:footer="709" w:gutter="0"/>{first}'
    )


def _running(tag: str, style: str, words: str, *, number: bool) -> str:
    """A line at the top or the bottom of every page."""
    page = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>' if number else ""
    lines = []
    if page:
        lines.append(f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="center"/></w:pPr>{page}</w:p>')
    if words or not page:
        text = f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r>' if words else ""
        lines.append(f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{text}</w:p>')
    return _part("running").format(tag=tag, body="".join(lines))


def _style(style: Style) -> str:
    """A style as Word writes it."""
    name = style.name
    identifier = identifier_of(name)
    custom = "" if name.lower() in _BUILT_IN else ' w:customStyle="1"'
    paragraph = "".join(
        (
            "<w:keepNext/>" if style.keep else "",
            f'<w:numPr><w:ilvl w:val="{style.numbered}"/><w:numId w:val="1"/></w:numPr>'
            if style.numbered is not None
            else "",
            _border(style.border),
            f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_cm(style.tab)}"/></w:tabs>' if style.tab else "",
            f'<w:spacing w:before="{_twips(style.before)}" w:after="{_twips(style.after)}"'
            + (f' w:line="{_line(style.line)}" w:lineRule="auto"' if style.line else "")
            + "/>",
            f'<w:ind w:left="{_cm(style.indent)}" w:firstLine="{_cm(style.first)}"/>',
            f'<w:jc w:val="{style.align}"/>' if style.align else '<w:jc w:val="left"/>',
            f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else "",
        )
    )
    letters = "".join(
        (
            "<w:b/>" if style.bold else "",
            "<w:i/>" if style.italic else "",
            "<w:caps/>" if style.upper else "",
            f'<w:color w:val="{style.colour}"/>' if style.colour else "",
            f'<w:sz w:val="{_half(style.size)}"/><w:szCs w:val="{_half(style.size)}"/>' if style.size else "",
        )
    )
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{identifier}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{style.based}"/><w:next w:val="{identifier_of(style.next)}"/>'
        '<w:uiPriority w:val="9"/><w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def identifier_of(name: str) -> str:
    """A style's identifier: ``toc 1`` is ``TOC1``, ``heading 1`` is ``Heading1``."""
    words = name.split(" ")
    return "".join(word.upper() if word == "toc" else word[0].upper() + word[1:] for word in words)


_BUILT_IN = {
    "heading 1", "heading 2", "heading 3", "heading 4", "title", "subtitle", "toc 1", "toc 2", "toc heading",
    "table of figures", "header", "footer",
}  # fmt: skip


def _border(kind: str) -> str:
    side = f'w:val="single" w:sz="12" w:space="6" w:color="{_WARN}"'
    if kind == "box":
        return f"<w:pBdr><w:top {side}/><w:left {side}/><w:bottom {side}/><w:right {side}/></w:pBdr>"
    return f"<w:pBdr><w:left {side}/></w:pBdr>" if kind == "left" else ""


def _half(points: float) -> int:
    return round(2 * points)


def _twips(points: float) -> int:
    return round(20 * points)


def _cm(centimetres: float) -> int:
    return round(567 * centimetres)


def _line(multiple: float) -> int:
    return round(240 * multiple)
