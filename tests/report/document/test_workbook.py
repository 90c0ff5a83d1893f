"""The workbook of tables: numbers are numbers, nothing is computed, the same bytes each time."""

from __future__ import annotations

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from analysis.report.block import Number, Record
from analysis.report.document.formats.workbook import number_format, only_number, tables, workbook

from .conftest import a_document


@pytest.fixture
def book() -> bytes:
    return workbook(a_document())


def test_the_same_document_has_the_same_bytes(book):
    assert book == workbook(a_document())


def test_each_table_has_a_sheet_behind_the_contents(book):
    names = CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names
    assert names == ["Mục lục", "Bảng 4.1"]
    assert len(tables(a_document())) == 1


def test_numbers_are_numbers_with_all_their_digits(book):
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Bảng 4.1").to_python()
    values = [cell for row in rows for cell in row if isinstance(cell, float)]
    assert values == [0.853412345678, 0.0002, 1234.0, -0.02]


def test_no_text_begins_a_formula(book):
    archive = zipfile.ZipFile(io.BytesIO(book))
    sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
    assert not any("<f>" in sheet for sheet in sheets)
    assert 'quotePrefix="1"' in archive.read("xl/styles.xml").decode()


def test_notes_source_and_stamp_are_there(book):
    archive = zipfile.ZipFile(io.BytesIO(book))
    assert "mô phỏng" in archive.read("docProps/core.xml").decode()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name("Bảng 4.1").to_python()
    said = " ".join(str(cell) for row in rows for cell in row)
    assert "Ghi chú. Ghi theo (Feldt, 1965)." in said
    assert "(Nguồn: Số liệu mô phỏng)" in said


@pytest.mark.parametrize(
    ("text", "around", "lang", "shown"),
    [
        ("0,853", "", "vi", "#,##0.000"),
        ("0.853", "***", "en", '#,##0.000"***"'),
        ("1.234", "", "vi", "#,##0"),
        ("< 0.001", "", "en", '[<0.001]"< 0.001";0.000'),
    ],
)
def test_digits_are_those_of_the_page(text, around, lang, shown):
    cell = (Number(Record("a", "a", 0.5), text), *((around,) if around else ()))
    assert only_number(cell) is not None
    assert number_format(cell, lang) == shown


def test_a_sentence_with_a_number_stays_text():
    cell = ("n = ", Number(Record("a", "a", 5), "5"))
    assert only_number(cell) is None
