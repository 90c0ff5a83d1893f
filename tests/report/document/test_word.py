"""Word files: real styles, Word's own numbers, every reference with its target, no clock."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from analysis.report.block import Column, Table, TableRow
from analysis.report.document.formats.word import docx
from analysis.report.document.model import Heading, Part, Section, numbered, printed_numbers
from analysis.report.document.office import house, identifier_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture
def made(document, word_file):
    return word_file(docx(document))


def test_the_same_document_has_the_same_bytes(document):
    assert docx(document) == docx(document)


def test_there_is_no_clock_in_the_file(made):
    assert {member.date_time for member in made.archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert b"1980-01-01" in made.archive.read("docProps/core.xml")
    assert not re.search(rb"20\d\d-\d\d-\d\dT", made.archive.read("docProps/core.xml"))


def test_its_properties_say_that_the_data_are_simulated(made):
    assert "mô phỏng" in made.archive.read("docProps/core.xml").decode()


def test_every_style_that_is_used_is_defined(made):
    defined = {style.get(f"{W}styleId") for style in made.parts["word/styles.xml"].iter(f"{W}style")}
    used = {
        each.get(f"{W}val")
        for part in made.parts.values()
        for tag in ("pStyle", "rStyle", "tblStyle")
        for each in part.iter(f"{W}{tag}")
    }
    assert used <= defined
    assert {"Heading2", "BodyText", "TableCaption", "Number"} <= used | {"Heading2"}


def test_numbers_stand_in_order_in_a_style_of_their_own(document, made):
    assert made.numbers == [each.text.replace(" ", "\N{NO-BREAK SPACE}") for each in printed_numbers(document)]


def test_hostile_words_stay_words(made):
    assert "#let x = 1; $\\frac{1}{2}$" in made.text
    assert "<b>&amp;" in made.text
    targets = [each.get("Target") for each in made.parts["word/_rels/document.xml.rels"]]
    assert not any("javascript" in target for target in targets)


def test_captions_count_by_fields_and_references_have_their_targets(document, made):
    codes = [field.get(f"{W}instr").strip() for field in made.body.iter(f"{W}fldSimple")]
    named = {each.get(f"{W}name") for each in made.body.iter(f"{W}bookmarkStart")}
    assert [code for code in codes if code.startswith("SEQ")] == [r"SEQ Bảng \* ARABIC", r"SEQ Hình \* ARABIC"]
    pointed = [code.split()[1] for code in codes if code.startswith("REF")]
    assert len(pointed) == 2
    assert set(pointed) <= named
    anchors = {each.get(f"{W}anchor") for each in made.body.iter(f"{W}hyperlink")} - {None}
    assert anchors <= named
    identifiers = [each.get(f"{W}id") for each in made.body.iter(f"{W}bookmarkStart")]
    assert len(identifiers) == len(set(identifiers))


def test_a_chapter_has_contents_that_word_keeps_and_headings_that_word_numbers(document, made):
    codes = [each.text.strip() for each in made.body.iter(f"{W}instrText")]
    if document.house == "office":
        assert codes == []
        return
    assert [code.split()[0] for code in codes] == ["TOC", "TOC", "TOC"]
    levels = {level.get(f"{W}ilvl"): level for level in made.parts["word/numbering.xml"].iter(f"{W}lvl")}
    assert "4.1. Độ tin cậy" in made.text  # in the contents; the heading itself is numbered by Word
    heading = next(
        style for style in made.parts["word/styles.xml"].iter(f"{W}style") if style.get(f"{W}styleId") == "Heading1"
    )
    number = heading.find(f"{W}pPr/{W}numPr/{W}numId").get(f"{W}val")
    numbering = made.parts["word/numbering.xml"]
    linked = next(each for each in numbering.iter(f"{W}num") if each.get(f"{W}numId") == number)
    abstract = linked.find(f"{W}abstractNumId").get(f"{W}val")
    own = next(each for each in numbering.iter(f"{W}abstractNum") if each.get(f"{W}abstractNumId") == abstract)
    first = own.find(f"{W}lvl")
    assert (first.find(f"{W}start").get(f"{W}val"), first.find(f"{W}lvlText").get(f"{W}val")) == ("4", "Chương %1.")
    assert levels


def test_tables_can_be_edited_repeat_their_heads_and_are_not_torn_within_a_row(made):
    (table,) = made.body.iter(f"{W}tbl")
    rows = list(table.iter(f"{W}tr"))
    assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True, True, False, False, False]
    assert [cell.find(f"{W}tcPr/{W}gridSpan") is not None for cell in rows[2].iter(f"{W}tc")] == [True]


def test_words_after_numbers_are_set_in_from_them(document, word_file):
    columns = (Column("a", "A", align="left"), Column("b", "Trên"), Column("c", "Mức", align="left"))
    table = Table("t.two", ("Mức",), columns, (TableRow((("x",), ("3,91",), ("Cao",))),))
    [(section, found)] = numbered((Section("05_capability", (Heading("Mức", 1), table)),), 4)
    made = word_file(docx(replace(document, parts=(Part(section.notebook, found),))))
    styles = [
        each.get(f"{W}val") for each in made.body.iter(f"{W}pStyle") if each.get(f"{W}val").startswith("TableWords")
    ]
    assert len(styles) == 2  # the heading and the word below it
    [style] = [each for each in made.parts["word/styles.xml"] if each.get(f"{W}styleId") == styles[0]]
    assert int(style.find(f"{W}pPr/{W}ind").get(f"{W}left")) > 0


def test_pictures_have_alternative_texts_and_fit_the_line(document, made):
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
    (properties,) = made.body.iter(f"{drawing}docPr")
    assert properties.get("descr") == "Biểu đồ điểm"
    (extent,) = made.body.iter(f"{drawing}extent")
    assert int(extent.get("cx")) == pytest.approx(house(document.house).line_cm * 360000, rel=0.01)


def test_page_and_letters_are_those_of_the_house(document, made):
    margins = made.body.find(f"{W}body/{W}sectPr/{W}pgMar")
    assert int(margins.get(f"{W}left")) == round(567 * house(document.house).margins[3])
    (size,) = (each for each in made.parts["word/styles.xml"].iter(f"{W}docDefaults"))
    fonts = size.find(f"{W}rPrDefault/{W}rPr/{W}rFonts")
    assert fonts.get(f"{W}ascii") == "Times New Roman"
    assert size.find(f"{W}rPrDefault/{W}rPr/{W}sz").get(f"{W}val") == "26"  # half points


def test_identifiers_are_those_that_word_gives_its_own_styles():
    names = ["heading 1", "toc 1", "table of figures", "Body Text"]
    assert [identifier_of(name) for name in names] == ["Heading1", "TOC1", "TableOfFigures", "BodyText"]
