"""Tables of a thesis in Word: the usual SPSS shapes, Vietnamese and English, and files that are no such thing."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

import pytest

from analysis.errors import DataError
from analysis.published.audit import audit
from analysis.published.docx import tables, understood
from analysis.published.reading import read_tables
from analysis.survey.raw import RawFile

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def cell(text: object) -> str:
    """A cell; ("text", 2) spans two columns, ("text", "down") begins a merge and ("", "up") continues it."""
    words, how = text if isinstance(text, tuple) else (text, 1)
    marks = {"down": '<w:vMerge w:val="restart"/>', "up": "<w:vMerge/>"}.get(how, f'<w:gridSpan w:val="{how}"/>')
    return f"<w:tc><w:tcPr>{marks}</w:tcPr><w:p><w:r><w:t>{escape(str(words))}</w:t></w:r></w:p></w:tc>"


def table(rows: list[list[object]]) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows) + "</w:tbl>"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"


def document(*parts: str, head: str = HEAD) -> bytes:
    body = f"{head}<w:document {SPACE}><w:body>{''.join(parts)}</w:body></w:document>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", body)
    return out.getvalue()


def read(*parts: str):
    found = tables(RawFile("thesis.docx", document(*parts), ""))
    return [part for grid in found for part in understood(grid)]


RELIABILITY = [
    ["Biến quan sát", "Trung bình thang đo nếu loại biến", "Phương sai thang đo nếu loại biến", "Tương quan biến tổng",
     "Cronbach’s Alpha nếu loại biến"],
    [("Phúc lợi (PL): Cronbach’s Alpha = 0,841", 5)],
    ["PHUCLOI1", "7,40", "3,463", "0,678", "0,809"],
    ["PHUCLOI2", "7,40", "3,626", "0,691", "0,793"],
    ["PHUCLOI4", "7,42", "3,595", "0,752", "0,737"],
]  # fmt: skip
COEFFICIENTS = [
    [("Mô hình", "down"), "", ("Hệ số chưa chuẩn hóa", 2), "Hệ số chuẩn hóa", ("t", "down"), ("Sig.", "down"),
     ("Thống kê đa cộng tuyến", 2)],
    [("", "up"), "", "B", "Sai số chuẩn", "Beta", ("", "up"), ("", "up"), "Độ chấp nhận", "VIF"],
    ["1", "(Hằng số)", "1,276", "0,314", "", "4,062", "0,000", "", ""],
    ["", "ST", "0,482", "0,086", "0,445", "5,583", "0,000", "0,698", "1,432"],
    ["", "IT", "0,165", "0,069", "0,189", "2,377", "0,019", "0,698", "1,432"],
]  # fmt: skip
VARIANCES = [
    ["Model", "", "Sum of Squares", "df", "Mean Square", "F", "Sig."],
    ["1", "Regression", "20.701", "2", "10.350", "36.807", ".000b"],
    ["", "Residual", "42.743", "152", ".281", "", ""],
    ["", "Total", "63.444", "154", "", "", ""],
]
MATRIX = [
    ["", "", "QD", "GC", "TC"],
    [("QD", "down"), "Pearson Correlation", "1", ".840**", ".758**"],
    [("", "up"), "Sig. (2-tailed)", "", ".000", ".000"],
    [("", "up"), "N", "155", "155", "155"],
    [("GC", "down"), "Pearson Correlation", ".840**", "1", ".666**"],
    [("", "up"), "Sig. (2-tailed)", ".000", "", ".000"],
    [("", "up"), "N", "155", "155", "155"],
    [("TC", "down"), "Pearson Correlation", ".758**", ".666**", "1"],
    [("", "up"), "Sig. (2-tailed)", ".000", ".000", ""],
    [("", "up"), "N", "155", "155", "155"],
]


class TestShapes:
    def test_an_item_total_table_with_decimal_commas(self):
        [part] = read(paragraph("Bảng 4.15. Độ tin cậy của thang đo"), table(RELIABILITY))
        assert part.kind == "reliability"
        assert [row["item"] for row in part.rows] == ["PHUCLOI1", "PHUCLOI2", "PHUCLOI4"]
        assert {(row["table_id"], row["scale"], row["alpha"]) for row in part.rows} == {
            ("Bảng 4.15", "Phúc lợi (PL)", "0,841")
        }
        verdicts = [each.verdict for each in audit({"reliability": list(part.rows)}).checks]
        assert verdicts == ["consistent"] * 4

    def test_coefficients_under_two_lines_of_headings(self):
        [part] = read(paragraph("Bảng 4.20: Hệ số hồi quy"), table(COEFFICIENTS))
        assert part.kind == "coefficients"
        assert [row["term"] for row in part.rows] == ["(Hằng số)", "ST", "IT"]
        assert part.rows[1]["tolerance"] == "0,698"
        assert not [each for each in audit({"coefficients": list(part.rows)}).checks if each.verdict == "inconsistent"]

    def test_the_anova_of_a_regression(self):
        [part] = read(paragraph("Table 4.19 ANOVA"), table(VARIANCES))
        [row] = part.rows
        assert (part.kind, row["SS_res"], row["df_tot"], row["F"]) == ("models", "42.743", "154", "36.807")
        assert {each.verdict for each in audit({"models": [row]}).checks} == {"consistent"}

    def test_the_anova_of_groups(self):
        rows = [
            ["", "Tổng bình phương", "Bậc tự do", "Trung bình bình phương", "F", "Sig."],
            ["Giữa các nhóm", ".386", "3", ".129", ".127", ".944"],
            ["Trong nội bộ nhóm", "198.614", "196", "1.013", "", ""],
            ["Tổng", "199.000", "199", "", "", ""],
        ]
        [part] = read(paragraph("Bảng 4.30 Khác biệt theo tuổi"), table(rows))
        assert (part.kind, part.rows[0]["df_within"], part.rows[0]["p"]) == ("anova", "196", ".944")

    def test_a_matrix_with_three_lines_a_variable(self):
        [part] = read(paragraph("Bảng 4.18 Tương quan"), table(MATRIX))
        assert part.kind == "correlations"
        assert len(part.rows) == 9
        off = next(row for row in part.rows if (row["row"], row["col"]) == ("QD", "GC"))
        assert (off["r"], off["p"], off["n"]) == (".840**", ".000", "155")
        assert not [each for each in audit({"correlations": list(part.rows)}).checks if each.verdict == "inconsistent"]

    def test_kmo_and_bartlett(self):
        rows = [
            [("Hệ số KMO", 2), ".821"],
            [("Kiểm định Bartlett", "down"), "Giá trị Chi bình phương", "1412.037"],
            [("", "up"), "df", "190"],
            [("", "up"), "Sig.", ".000"],
        ]
        [part] = read(paragraph("Bảng 4.16"), table(rows))
        assert part.rows[0] == {
            "table_id": "Bảng 4.16",
            "KMO": ".821",
            "bartlett_chi2": "1412.037",
            "df": "190",
            "p": ".000",
        }

    def test_a_rotated_matrix(self):
        rows = [["", ("Nhân tố", 2)], ["", "1", "2"], ["TT4", ".817", ""], ["DK3", "", ".848"]]
        [part] = read(paragraph("Bảng 4.17 Ma trận xoay nhân tố"), table(rows))
        assert [(row["item"], row["factor_block"]) for row in part.rows] == [("TT4", "1"), ("DK3", "2")]

    def test_a_profile(self):
        rows = [["Giới tính", "Tần số", "Phần trăm"], ["Nam", "87", "67.4"], ["Nữ", "42", "32.6"]]
        assert [part.kind for part in read(table(rows))] in (["profiles"], [])

    def test_prose_in_a_table_is_no_result(self):
        assert read(table([["Họ tên", "Chức vụ"], ["A", "B"]])) == []


def test_a_cell_that_is_no_number_is_named_with_its_place():
    rows = [*RELIABILITY[:2], ["PHUCLOI1", "7,40", "3,4b3?", "0,678", "0,809"], *RELIABILITY[3:]]
    [part] = read(paragraph("Bảng 4.15"), table(rows))
    [found] = part.problems
    assert (found.place.sheet, found.place.cell, found.get("value")) == ("Bảng 4.15", "R3C3", "3,4b3?")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04 no zip",
        document(head=f'{HEAD}<!DOCTYPE w [<!ENTITY a "b">]>'),
        document("<w:tbl><w:tr>"),
        document("<w:p>" * 400 + "</w:p>" * 400),
    ],
)
def test_what_is_no_plain_document_is_refused(content):
    with pytest.raises(DataError) as caught:
        tables(RawFile("thesis.docx", content, ""))
    assert caught.value.code == "data.unreadable"


def test_a_table_that_unpacks_to_too_much_is_refused():
    with pytest.raises(DataError) as caught:
        tables(RawFile("thesis.docx", document(paragraph("a" * 3_000_000)), ""))
    assert caught.value.code == "data.too_many_ratio"


def test_a_document_is_read_from_its_file(tmp_path):
    path = tmp_path / "luận văn.docx"
    path.write_bytes(document(paragraph("Bảng 4.15"), table(RELIABILITY), paragraph("Table 4.19"), table(VARIANCES)))
    assert set(read_tables(path).by_kind) == {"reliability", "models"}
