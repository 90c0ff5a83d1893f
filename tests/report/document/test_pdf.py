"""PDF: all that the document says, in order, in letters that are embedded."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdfium2
import pytest

from analysis.report.block import plain, texts
from analysis.report.document.formats.pdf import pdf
from analysis.report.document.model import Heading, printed_numbers, unseen

from .conftest import VIETNAMESE, a_document


def bare(text: str) -> str:
    return re.sub(r"[\s\N{NO-BREAK SPACE}\N{SOFT HYPHEN}\ufffe\u200b]+", "", text)


def text_of(content: bytes) -> str:
    return bare("".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)))


def test_the_same_document_has_the_same_bytes(document):
    assert pdf(document) == pdf(document)


def test_it_says_everything_in_order(document):
    found, place = text_of(pdf(document)), 0
    for block in (each.element for each in document.elements if hasattr(each.element, "key")):
        assert not unseen(block)
        for text in texts(block):
            if text != block.caption:
                wanted = bare(plain(text))
                assert wanted in found[place:], wanted
                place = found.index(wanted, place)
    for each in printed_numbers(document):
        assert bare(each.text) in found


def test_every_vietnamese_letter_has_a_shape(document):
    assert bare(VIETNAMESE) in text_of(pdf(document))
    fonts = re.findall(rb"/BaseFont\s*/([\w+-]+)", pdf(document))
    plain_names = {name.decode().partition("+")[2] for name in fonts}
    # Libertinus has every Vietnamese letter upright, bold and italic; its bold italic lacks some
    assert plain_names
    assert not any("BoldItalic" in name for name in plain_names)


def test_hostile_words_are_never_markup(document):
    assert bare("#let x = 1; $\\frac{1}{2}$") in text_of(pdf(document))


def test_headings_are_bookmarks_with_their_numbers():
    made = pypdfium2.PdfDocument(pdf(a_document()))
    assert [each.get_title() for each in made.get_toc()] == [
        "Chương 4. Kết quả", "4.1. Độ tin cậy", "4.1.1. Phần nhỏ", "Nguồn số liệu",
    ]  # fmt: skip


def test_properties_say_title_and_that_the_data_are_simulated(document):
    about = pypdfium2.PdfDocument(pdf(document)).get_metadata_dict()
    assert document.title in about["Title"]
    assert "mô phỏng" in about["Subject"]
    assert about["CreationDate"] == ""


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_captions_are_in_the_language_of_the_document(lang):
    found = text_of(pdf(a_document(lang)))
    assert ("Bảng4.1." in found, "Table4.1." in found) == (lang == "vi", lang == "en")


def test_it_is_tagged_for_readers_that_read_aloud(document):
    content = pdf(document)
    assert b"/MarkInfo" in content
    assert b"pdfuaid" in content or b"/Lang" in content


def test_a_cautions_words_stand(document):
    assert "Lưuý." in text_of(pdf(document))


def test_a_heading_that_asks_for_a_page_begins_one(document):
    def with_page(asks: bool):
        elements = tuple(
            replace(each, element=replace(each.element, page=asks and each.element.text == "Phần nhỏ"))
            if isinstance(each.element, Heading) else each
            for each in document.parts[0].elements
        )  # fmt: skip
        return replace(document, parts=(replace(document.parts[0], elements=elements),))

    def page_of(made: pypdfium2.PdfDocument) -> list[tuple[int, str]]:
        texts = [bare(page.get_textpage().get_text_range()) for page in made]
        return [(at, text) for at, text in enumerate(texts) if bare("Phần nhỏ") in text]

    plain_pages, asked = (pypdfium2.PdfDocument(pdf(with_page(asks))) for asks in (False, True))
    (before, _), (after, text) = page_of(plain_pages)[-1], page_of(asked)[-1]
    assert after == before + 1
    assert "Độtincậy" not in text.replace("Phầnnhỏ", "")
