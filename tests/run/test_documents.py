"""The documents of a run: page, PDF, Word file and workbook say the same numbers, and the ledger knows them all."""

from __future__ import annotations

import io
import json
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DOCUMENTS = [(lang, name) for lang in ("vi", "en") for name in ("findings", "brief")]


class Numbers(HTMLParser):
    """Id, value and text of every number of a page, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, float, str]] = []
        self._open: tuple[str, float] | None = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "data":
            given = dict(attrs)
            self._open = (given.get("id") or given["data-ref"], float(given["value"]))

    def handle_endtag(self, tag):
        if tag == "data":
            self._open = None

    def handle_data(self, data):
        if self._open:
            self.found.append((*self._open, data))


def page_numbers(folder: Path, lang: str, name: str) -> list[tuple[str, float, str]]:
    return Numbers((folder / lang / f"{name}.html").read_text(encoding="utf-8")).found


def bare(text: str) -> str:
    return re.sub(r"[\s\N{NO-BREAK SPACE}\ufffe\u200b]+", "", text)


def word_numbers(path: Path) -> list[str]:
    body = ElementTree.fromstring(zipfile.ZipFile(path).read("word/document.xml"))
    runs = [run for run in body.iter(f"{W}r") if run.find(f"{W}rPr/{W}rStyle[@{W}val='Number']") is not None]
    return ["".join(text.text or "" for text in run.iter(f"{W}t")) for run in runs]


@pytest.mark.parametrize(("lang", "name"), DOCUMENTS)
def test_word_prints_the_numbers_of_the_page_and_the_ledger_knows_them(demo_report, lang, name):
    ledger = {each["id"]: each for each in json.loads((demo_report / "ledger.json").read_text(encoding="utf-8"))}
    page = page_numbers(demo_report, lang, name)
    assert len(page) > 10
    assert all(ledger[key]["value"] == value for key, value, _ in page)
    assert [bare(text) for text in word_numbers(demo_report / lang / f"{name}.docx")] == [bare(t) for *_, t in page]


@pytest.mark.parametrize(("lang", "name"), DOCUMENTS)
def test_pdf_prints_the_numbers_of_the_page_in_order(demo_report, lang, name):
    book = pypdfium2.PdfDocument(demo_report / lang / f"{name}.pdf")
    text = bare("".join(page.get_textpage().get_text_range() for page in book))
    place = 0
    for key, _, printed in page_numbers(demo_report, lang, name):
        found = text.find(bare(printed), place)
        assert found >= 0, (key, printed)
        place = found
    assert len(book) <= (2 if name == "brief" else 80)  # a brief is two pages


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_number_of_the_workbook_is_a_record(demo_report, lang):
    values = {each["value"] for each in json.loads((demo_report / "ledger.json").read_text(encoding="utf-8"))}
    book = CalamineWorkbook.from_path(demo_report / ("tables.xlsx" if lang == "vi" else "tables.en.xlsx"))
    tables = book.sheet_names[1:]
    numbers = [
        cell
        for name in tables
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
        if isinstance(cell, float)
    ]
    assert len(tables) >= 20
    assert len(numbers) > 300
    assert set(numbers) <= {float(value) for value in values}


def test_figures_stand_by_themselves_and_say_where_they_come_from(demo_report):
    for lang, stamp in (("vi", "mô phỏng"), ("en", "imulated")):
        drawn = sorted((demo_report / "figures" / lang).glob("*.svg"))
        assert len(drawn) >= 8
        for path in drawn:
            assert stamp in path.read_text(encoding="utf-8")
            dots = path.with_suffix(".png").read_bytes()
            assert stamp.encode() in dots
            assert dots.startswith(b"\x89PNG")


def test_office_files_say_in_their_properties_that_the_data_are_simulated(demo_report):
    for path in [*demo_report.rglob("*.docx"), *demo_report.rglob("*.xlsx")]:
        core = zipfile.ZipFile(path).read("docProps/core.xml").decode()
        assert "mô phỏng" in core or "imulated" in core
        assert not any(name.endswith(("vbaProject.bin",)) for name in zipfile.ZipFile(path).namelist())
    for path in demo_report.rglob("*.pdf"):
        about = pypdfium2.PdfDocument(path).get_metadata_dict()
        assert "mô phỏng" in about["Subject"] or "imulated" in about["Subject"]


def test_no_office_file_holds_a_clock(demo_report):
    for path in [*demo_report.rglob("*.docx"), *demo_report.rglob("*.xlsx")]:
        archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
