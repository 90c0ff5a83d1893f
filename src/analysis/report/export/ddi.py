"""A codebook for archives and catalogues: DDI Codebook 2.5, in both languages.

References
----------
DDI Alliance, DDI Codebook 2.5 (2014), https://ddialliance.org/Specification/DDI-Codebook/2.5/
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from ...study import Words
from ..words import languages
from .dataset import Dataset, Field
from .words import visible

NAMESPACE = "ddi:codebook:2_5"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def files(data: Dataset) -> Iterator[tuple[str, bytes]]:
    """``codebook.xml``."""
    first, *_ = languages()
    book = Xml.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.5", _LANG: first})
    _study(Xml.SubElement(book, "stdyDscr"), data)
    described = Xml.SubElement(book, "fileDscr", {"ID": "F1"})
    text = Xml.SubElement(described, "fileTxt")
    Xml.SubElement(text, "fileName").text = f"{data.id}.csv"
    dimensions = Xml.SubElement(text, "dimensns")
    Xml.SubElement(dimensions, "caseQnty").text = str(data.n)
    Xml.SubElement(dimensions, "varQnty").text = str(len(data.fields))
    variables = Xml.SubElement(book, "dataDscr")
    for at, field in enumerate(data.fields, start=1):
        _variable(variables, field, at)
    Xml.indent(book, " ")
    yield "codebook.xml", Xml.tostring(book, encoding="utf-8", xml_declaration=True) + b"\n"


def _study(parent: Xml.Element, data: Dataset) -> None:
    first, *others = languages()
    citation = Xml.SubElement(parent, "citation")
    titles = Xml.SubElement(citation, "titlStmt")
    _text(titles, "titl", data.title, first)
    for lang in others:
        _text(titles, "parTitl", data.title, lang)
    Xml.SubElement(titles, "IDNo").text = data.id
    version = Xml.SubElement(citation, "verStmt")
    Xml.SubElement(version, "version").text = data.version
    information = Xml.SubElement(parent, "stdyInfo")
    for lang in languages():
        for said in data.remarks:
            Xml.SubElement(information, "notes", {_LANG: lang}).text = visible(said[lang])


def _variable(parent: Xml.Element, field: Field, at: int) -> None:
    interval = "contin" if field.kind in ("number", "score") else "discrete"
    variable = Xml.SubElement(
        parent, "var", {"ID": f"V{at}", "name": field.name, "files": "F1", "intrvl": interval}
    )  # fmt: skip
    for lang in languages():
        _text(variable, "labl", field.label, lang)
    if field.kind == "item":
        question = Xml.SubElement(variable, "qstn")
        for lang in languages():
            _text(question, "qstnLit", field.label, lang)
    limits = {name: f"{value:g}" for name, value in (("min", field.low), ("max", field.high)) if value is not None}
    if limits:
        Xml.SubElement(Xml.SubElement(variable, "valrng"), "range", limits)
    for level in field.levels:
        category = Xml.SubElement(variable, "catgry")
        Xml.SubElement(category, "catValu").text = str(level.code)
        for lang in languages():
            _text(category, "labl", level.label, lang)
    if field.concept:
        for lang in languages():
            _text(variable, "concept", field.concept, lang)
    kind = "character" if field.type == "string" else "numeric"
    Xml.SubElement(variable, "varFormat", {"type": kind})


def _text(parent: Xml.Element, name: str, words: Words, lang: str) -> None:
    Xml.SubElement(parent, name, {_LANG: lang}).text = visible(words[lang])
