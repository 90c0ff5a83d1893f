"""A small document with everything that a document can hold, hostile words among it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from analysis.report.block import (
    Citation,
    Code,
    Column,
    Figure,
    Link,
    Narrative,
    Number,
    Paragraph,
    Record,
    Table,
    TableRow,
)
from analysis.report.document.model import Document, Heading, Part, Printout, Prose, Section, numbered
from analysis.rules.references import in_brackets

HOSTILE = '<b>&amp; #let x = 1; $\\frac{1}{2}$ [a](javascript:alert(1)) *x* _y_ `z` @t-4-1 "q" \\n ]] =1+1'
VIETNAMESE = "ăâđêôơưĂÂĐÊÔƠƯàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"


def number(key: str, value: float, text: str) -> Number:
    return Number(Record(key, key, value, n=10, method="m", function="analysis.stats.reliability.alpha"), text)


def a_table() -> Table:
    columns = (Column("a", "Biến quan sát", align="left"), Column("b", "Dưới", "Khoảng"), Column("c", "Trên", "Khoảng"))
    rows = (
        TableRow(((HOSTILE,),), section=True),
        TableRow((("=1+1 ",), (number("x.b", 0.853412345678, "0,853"), "**"), (number("x.p", 0.0002, "< 0,001"),))),
        TableRow(((VIETNAMESE,), (number("x.n", 1234, "1.234"),), (number("x.d", -0.02, "-0,02"),))),
    )
    notes = (Paragraph(("Ghi theo ", Citation(("feldt_1965",), "(Feldt, 1965)"), "."), "note"),)
    return Table("t.one", ("Bảng của ", HOSTILE), columns, rows, notes, "Nguồn: Số liệu mô phỏng")


def a_figure() -> Figure:
    rows = [{"label": "Đào tạo", "value": 0.5, "low": 0.4, "high": 0.6}]
    return Figure("f.one", ("Hình",), "Biểu đồ điểm", "intervals", {"rows": rows, "x": "β", "decimal": ","}, "Nguồn: x")


def a_document(lang: str = "vi", house: str = "thesis") -> Document:
    said = Narrative(
        (Paragraph(("Hệ số bằng ", number("x.b", 0.853412345678, "0,853"), ".")), Paragraph((HOSTILE,), "caution"))
    )
    elements = (
        Heading("Độ tin cậy", 1), Prose(f"Đoạn **đậm** và `mã`. {HOSTILE}\n\n- một\n- hai"),
        a_table(), a_figure(), said,
        Heading("Phần nhỏ", 2), Printout(HOSTILE),
    )  # fmt: skip
    [(section, found)] = numbered((Section("03_reliability", elements),), 4)
    back = Narrative((Paragraph(("Xem ", Link("web", "https://example.org/a_b?c=d&e"), " ", Code("a_b.c"))),))
    ((_, trailing),) = numbered((Section("sources", (Heading("Nguồn số liệu", 1), back)),), 4)
    bare = tuple(replace(each, number="", name="sources" if place == 0 else "") for place, each in enumerate(trailing))
    return Document(
        name="findings", lang=lang, house=house, title="Kết quả", subtitle="Nghiên cứu " + VIETNAMESE[:10],
        chapter=4 if house == "thesis" else None, parts=(Part(section.notebook, found), Part("sources", bare)),
        opening=(("Khảo sát ", number("x.n", 1234, "1.234"), " người."),), stamp="SỐ LIỆU MÔ PHỎNG.",
        running="Nguồn: Số liệu mô phỏng", contents=house == "thesis", colophon="Tạo bằng gói.",
    )  # fmt: skip


@pytest.fixture(params=["thesis", "office"])
def document(request) -> Document:
    return a_document(house=request.param)


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class WordFile:
    """A Word file as tests read it."""

    def __init__(self, content: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(content))
        self.parts = {
            name: ElementTree.fromstring(self.archive.read(name))
            for name in self.archive.namelist()
            if name.endswith((".xml", ".rels"))
        }
        self.body = self.parts["word/document.xml"]

    @property
    def numbers(self) -> list[str]:
        runs = (run for run in self.body.iter(f"{W}r") if run.find(f"{W}rPr/{W}rStyle") is not None)
        styled = [run for run in runs if run.find(f"{W}rPr/{W}rStyle").get(f"{W}val") == "Number"]
        return ["".join(text.text or "" for text in run.iter(f"{W}t")) for run in styled]

    @property
    def text(self) -> str:
        return "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in self.body.iter(f"{W}p"))


@pytest.fixture
def word_file():
    return WordFile


@pytest.fixture
def cited() -> Citation:
    keys = ("kaiser_1974", "hoang_chu_2008")
    return Citation(keys, in_brackets(keys, "vi"))
