"""One reader for each format: what it keeps, what it says, and what it refuses to open."""

from __future__ import annotations

import hashlib
import io
import pickle
import subprocess
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from analysis.errors import DataError, Problem
from analysis.report.words import sentence
from analysis.study import ResponsesFile
from analysis.survey.encodings import encodings
from analysis.survey.raw import RawFile
from analysis.survey.read import RawTable, apart, read
from analysis.survey.read import xlsx as read_xlsx
from analysis.survey.read.table import ResponseSet

MERGED = [["Mã", "Đào tạo", None, "Ngày"], [None, "A1. Một", "A2. Hai", None], ["P1", 1, 2, datetime(2025, 3, 1)]]
NUMBER = 'office:value-type="float" office:value'


def table(content: bytes, name: str, **options: Any) -> RawTable:
    return read(RawFile(name, content, hashlib.sha256(content).hexdigest()), ResponsesFile(name, **options))


def refused(content: bytes, name: str, **options: Any) -> Problem:
    with pytest.raises(DataError) as caught:
        table(content, name, **options)
    found = caught.value.problems[0]
    for lang in ("vi", "en"):
        assert "{" not in sentence(found, lang)
    return found


def codes(found: RawTable) -> list[str]:
    for note in found.notes:
        for lang in ("vi", "en"):
            assert "{" not in sentence(note, lang)
    return [note.code for note in found.notes]


def xlsx(rows: list[list[Any]], change: Any = None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("S")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value)
        if change:
            change(book, sheet)
    return out.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def ods(rows: str, columns: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    body = f'<table:table table:name="Tờ 1">{columns}{rows}</table:table>'
    content = f"<office:document-content {names}><office:body><office:spreadsheet>{body}</office:spreadsheet>"
    whole = f"<?xml version='1.0' encoding='UTF-8'?>{content}</office:body></office:document-content>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b"<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": whole.encode()})


def cell(text: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{text}</text:p></table:table-cell>'


# ---- workbooks -----------------------------------------------------------------------------------------------------


def test_merged_headers_of_two_rows_are_joined() -> None:
    def merge(book: Any, sheet: Any) -> None:
        sheet.merge_range("B1:C1", "Đào tạo")
        sheet.merge_range("A1:A2", "Mã")
        sheet.merge_range("D1:D2", "Ngày")

    found = table(xlsx(MERGED, merge), "a.xlsx")
    assert found.headers == ("Mã", "Đào tạo [A1. Một]", "Đào tạo [A2. Hai]", "Ngày")
    assert [str(value) for value in found.cells.iloc[0]][:3] == ["P1", "1", "2"]
    assert str(found.cells.iloc[0, 3]).startswith("2025-03-01")
    assert codes(found) == ["read.two_rows"]
    assert found.place(0, 1).cell == "B3"


def test_titles_hidden_rows_and_hidden_columns_are_named() -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:C1", "PHIẾU KHẢO SÁT")
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.set_column("B:B", None, None, {"hidden": True})
        book.add_worksheet("Khác").write(0, 0, "x")

    rows = [["PHIẾU KHẢO SÁT"], ["Mã", "A1", "A2"], ["P1", 1, 2], ["P2", 3, 4], ["P3", 5, 1]]
    found = table(xlsx(rows, change), "a.xlsx")
    assert found.headers == ("Mã", "A1", "A2")
    assert found.cells[0].tolist() == ["P1", "P2", "P3"]
    assert codes(found) == ["read.sheet", "read.titles", "read.hidden_rows", "read.hidden_columns"]
    assert found.notes[2].get("rows") == ("4",)
    assert found.notes[3].get("columns") == ("B",)


def test_formulas_count_by_the_value_that_was_kept() -> None:
    def change(book: Any, sheet: Any) -> None:
        sheet.write_formula("B2", "=1+1", None, 4)

    assert table(xlsx([["a", "b"], ["x", None]], change), "a.xlsx").cells.iloc[0].tolist() == ["x", 4]


def test_an_old_font_in_a_workbook_is_evidence() -> None:
    typed = encodings()["tcvn3"].encode("Rất không đồng ý").decode("windows-1252")

    def change(book: Any, sheet: Any) -> None:
        sheet.write("B2", typed, book.add_format({"font_name": ".VnTime"}))

    found = table(xlsx([["Mã", "A1"], ["P1", None]], change), "a.xlsx")
    assert found.cells.iloc[0, 1] == "Rất không đồng ý"
    assert codes(found) == ["read.converted"]
    assert found.notes[0].get("font") == ".VnTime"
    assert table(xlsx([["Mã", "A1"], ["P1", typed]]), "a.xlsx", encoding="utf-8").cells.iloc[0, 1] == typed


def test_an_opendocument_spreadsheet() -> None:
    header = f"<table:table-row>{cell('Mã')}{cell('A1')}</table:table-row>"
    hidden = (
        f"<table:table-row table:visibility='collapse'>{cell('P1')}<table:table-cell {NUMBER}='5'/></table:table-row>"
    )
    rest = "<table:table-row table:number-rows-repeated='1048570'><table:table-cell/></table:table-row>"
    found = table(ods(header + hidden + rest), "a.ods")
    assert found.headers == ("Mã", "A1")
    assert found.cells.to_numpy().tolist() == [["P1", 5]]
    assert codes(found) == ["read.hidden_rows"]
    assert table(ods(header + hidden), "a.xlsx").cells.shape == (1, 2)  # whatever it is called


def test_bombs_are_refused_quickly() -> None:
    wide = cell("x", "table:number-columns-repeated='900'")
    many = f"<table:table-row table:number-rows-repeated='1000000'>{wide}"
    sheet = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    far = f'{sheet}<row r="1"><c r="A1"><v>1</v></c></row><row r="150000"><c r="ALL150000"><v>1</v></c></row>'
    start = time.process_time()  # the machine may be busy with other work
    assert refused(ods(many + "</table:table-row>"), "a.ods").code == "data.too_many_rows"
    book = xlsx([["a", "b"], [1, 2]])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = f"{far}</sheetData></worksheet>".encode()
    assert refused(zipped(parts), "a.xlsx").code == "data.too_many_cells"
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet>" + b" " * 40_000_000 + b"</worksheet>"
    assert refused(zipped(parts), "a.xlsx").code == "data.too_many_ratio"
    assert time.process_time() - start < 10


def test_a_macro_in_a_workbook_is_not_looked_at() -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx([["a", "b"], [1, 2]]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert table(zipped({**parts, "xl/vbaProject.bin": b"\xd0\xcf"}), "a.xlsx").cells.shape == (1, 2)


@pytest.mark.parametrize("name", ["a.xlsm", "a.pkl", "a.pickle", "a.joblib", "a.csv"])
def test_what_can_run_a_program_is_refused_by_name(name: str) -> None:
    assert refused(pickle.dumps({"a": 1}), name).code == "data.runs_code"


@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.sav"])
def test_a_workbook_is_read_whatever_it_is_called(name: str) -> None:
    found = table(xlsx([["a", "b"], [1, 2]]), name)
    assert found.cells.to_numpy().tolist() == [[1, 2]]
    assert codes(found) == ["read.by_content"]


def test_text_that_is_called_a_workbook_is_read_and_a_web_page_is_not() -> None:
    found = table("Mã\tA1\nP1\t5\n".encode("utf-16"), "a.xls")
    assert found.cells.iloc[0].tolist() == ["P1", "5"]
    assert codes(found)[0] == "read.by_content"
    assert refused(b"<html><table><tr><td>a</td></tr></table>", "a.xls").code == "data.web_page"
    assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx").code in (
        "data.password",
        "data.unreadable",
    )


def test_a_real_old_workbook(shared_dir: Path) -> None:
    content = (shared_dir / "data" / "vn_provinces_papi_pci" / "PCI_2009.xls").read_bytes()
    found = table(content, "PCI_2009.xls", sheet="Tong Hop")
    assert found.headers[0] == "Mã PCI"
    assert found.cells.shape == (64, 13)


# ---- archives ------------------------------------------------------------------------------------------------------


def test_the_archive_of_a_form_holds_one_table() -> None:
    found = table(zipped({"Khảo sát.csv": "Dấu thời gian,A1\n2025,5\n".encode()}), "a.zip")
    assert found.headers == ("Dấu thời gian", "A1")
    assert found.file == "a.zip/Khảo sát.csv"
    two = zipped({"a.csv": b"a,b\n1,2\n", "b.csv": b"a,b\n3,4\n", "__MACOSX/a.csv": b"x"})
    assert refused(two, "a.zip").code == "data.zip_choice"
    assert table(two, "a.zip", sheet="b.csv").cells.iloc[0, 0] == "3"


@pytest.mark.parametrize("name", ["../a.csv", "/etc/a.csv", "x\\..\\..\\a.csv", "C:\\a.csv"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    assert refused(zipped({name: b"a,b\n1,2\n"}), "a.zip").code == "data.zip_path"


def test_archives_that_unpack_to_too_much_are_refused() -> None:
    assert refused(zipped({"a.csv": b"0" * 50_000_000}), "a.zip").code == "data.too_many_ratio"
    inner = zipped({"a.csv": b"a,b\n1,2\n"})
    assert refused(zipped({f"{at}.csv": b"" for at in range(2_001)}), "a.zip").code == "data.too_many_parts"
    assert table(zipped({"b.zip": inner}), "a.zip").cells.iloc[0, 0] == "1"


# ---- statistics programs and Parquet -------------------------------------------------------------------------------


def test_a_stata_file_keeps_labels_and_lettered_missing_values(tmp_path: Path) -> None:
    import pyreadstat

    path = tmp_path / "a.dta"
    frame = pd.DataFrame({"A1": [1.0, 5.0, "a"], "ten": ["Lan", "", "a"]})
    labels = {"A1": {1.0: "Rất không đồng ý", 5.0: "Rất đồng ý", "a": "Từ chối"}}
    pyreadstat.write_dta(
        frame, str(path), column_labels=["Câu một", ""], variable_value_labels=labels, missing_user_values={"A1": ["a"]}
    )
    found = table(path.read_bytes(), "a.dta")
    assert found.cells.to_numpy().tolist() == [[1, "Lan"], [5, None], [".a", "a"]]
    assert found.labels[0] == {1: "Rất không đồng ý", 5: "Rất đồng ý", ".a": "Từ chối"}
    assert found.missing == {0: ((".a", ".a"),)}
    assert found.descriptions == ("Câu một", "")


def test_a_portable_file(tmp_path: Path) -> None:
    import pyreadstat

    path = tmp_path / "a.por"
    pyreadstat.write_por(pd.DataFrame({"A1": [1.0, 5.0], "B": ["x", "y"]}), str(path), column_labels=["One", "Two"])
    found = table(path.read_bytes(), "a.por")
    assert found.headers == ("A1", "B")
    assert found.cells.to_numpy().tolist() == [[1, "x"], [5, "y"]]
    assert found.descriptions == ("One", "Two")


def test_a_portable_file_says_what_is_missing(tmp_path: Path) -> None:
    """A record of a missing value (8, then 99 in base 30) stands behind the formats of its variable."""
    import pyreadstat

    path = tmp_path / "a.por"
    pyreadstat.write_por(
        pd.DataFrame({"A1": [1.0, 5.0, 99.0], "B": ["x", "y", "z"]}), str(path), column_labels=["1", "2"]
    )
    text = path.read_bytes().decode("latin-1").replace("\r\n", "")
    at = text.index("72/A1") if "72/A1" in text else text.index("2/A1")
    at = text.index("C1/1", at)
    made = f"{text[:at]}839/{text[at:]}"
    lines = [made[start : start + 80].ljust(80, "Z") for start in range(0, len(made), 80)]
    found = table("\r\n".join(lines).encode("latin-1") + b"\r\n", "a.por")
    assert found.cells[0].tolist() == [1, 5, 99]
    assert found.cells[1].tolist() == ["x", "y", "z"]
    assert found.missing == {0: ((99, 99),)}


def test_parquet() -> None:
    out = io.BytesIO()
    pd.DataFrame({"Mã": ["a", None], "A1": [1.0, None], "g": pd.Categorical(["Nữ", "Nam"])}).to_parquet(out)
    found = table(out.getvalue(), "a.parquet")
    assert found.headers == ("Mã", "A1", "g")
    assert found.cells.to_numpy().tolist() == [["a", 1, "Nữ"], [None, None, "Nam"]]
    nested = io.BytesIO()
    pd.DataFrame({"x": [[1, 2]], "y": [1]}).to_parquet(nested)
    assert (refused(nested.getvalue(), "a.parquet").code) == "data.nested_column"
    assert refused(b"PAR1 broken PAR1", "a.parquet").code == "data.unreadable"


@pytest.mark.parametrize(
    ("name", "shape", "missing"),
    [
        ("spss_user_missing.sav", (7, 7), {1: ((2000.0, 3000.0), (-1.0, -1.0))}),
        ("spss_missing_test.sav", (2, 1), {0: ((1.0, 1.0),)}),
        ("stata_missing_test.dta", (1, 9), {0: ((".a", ".a"),), 5: ((".z", ".z"),)}),
    ],
)
def test_declared_missing_values_of_real_files(
    shared_dir: Path, name: str, shape: tuple[int, int], missing: dict[int, Any]
) -> None:
    found = table((shared_dir / "data" / "exports_messy" / name).read_bytes(), name)
    assert found.cells.shape == shape
    assert {at: found.missing[at] for at in missing} == missing


def test_multiple_response_sets_of_a_real_file(shared_dir: Path) -> None:
    content = (shared_dir / "data" / "exports_messy" / "spss_multiple_response_sets.sav").read_bytes()
    sets = table(content, "a.sav").sets
    assert sets["mymrset"] == ResponseSet(("bool1", "bool2", "bool3"), 1, "My multiple response set")
    assert sets["categorical_array"].counted is None


def a_study_workbook(sheets: int = 1) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    dated = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for at in range(sheets):
        sheet = book.add_worksheet(f"Trang {at + 1}")
        sheet.write(1, 0, "Kết quả khảo sát")
        for column, header in enumerate(("Dấu thời gian", "A1", "Đồng ý?", "x")):
            sheet.write(3, column, header)
        for row in range(4, 9):
            sheet.write_datetime(row, 0, datetime(2025, 3, row, 8, 30), dated)
            sheet.write(row, 1, row)
            sheet.write(row, 2, row % 2 == 0)
            sheet.write(row, 3, row + 0.5)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("wanted", [None, "Trang 2", "Trang 9"])
def test_a_workbook_read_apart_is_the_same(monkeypatch: pytest.MonkeyPatch, wanted: str | None) -> None:
    content = a_study_workbook(2)
    raw, options = RawFile("a.xlsx", content, ""), ResponsesFile("a.xlsx", sheet=wanted)

    def outcome() -> object:
        try:
            found = read(raw, options)
        except DataError as error:
            return error.problems
        return found.headers, found.lines, found.sheet, found.notes, found.cells.to_numpy().tolist()

    here = outcome()
    monkeypatch.setattr(apart, "HEAVY", 0)
    assert outcome() == here


def test_a_workbook_that_never_ends_is_stopped_by_clock_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells that all stand at one place pack well, pass every count of rows and columns, and take minutes."""
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="2">'
    body = b"".join(b'<c r="B2"><v>%d</v></c>' % (at * 7919 % 99991) for at in range(1_500_000))
    with zipfile.ZipFile(io.BytesIO(a_study_workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = start + body + b"</row></sheetData></worksheet>"
    bomb = zipped(parts)
    assert apart.heavy(bomb)
    monkeypatch.setattr(apart, "LIMITED", True)
    monkeypatch.setattr(apart, "PATIENCE", 0.02)  # of five seconds: no processor is that fast
    assert refused(bomb, "a.xlsx").code == "data.too_heavy"
    monkeypatch.setattr(apart, "PATIENCE", 60)
    monkeypatch.setattr(apart, "MEGABYTES", 60)
    assert refused(bomb, "a.xlsx").code in {"data.too_heavy", "data.no_rows"}  # not every system limits memory


@pytest.mark.parametrize("step", range(4, 14))
def test_a_sheet_of_too_many_cells_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    content = xlsx([[f"A{at}" for at in range(7)], *([[1] * 7] * 9)])  # 70 cells in 10 rows
    monkeypatch.setattr(read_xlsx, "_MANY_BYTES", 0)
    monkeypatch.setattr(read_xlsx, "HEAVY", 10 * step)  # bytes that are looked through at once: a tenth
    monkeypatch.setattr(read_xlsx, "MOST_CELLS", 70)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        read_xlsx._countable(archive, "S", "a.xlsx")
        monkeypatch.setattr(read_xlsx, "MAX_COLUMNS", 7)
        read_xlsx._countable(archive, None, "a.xlsx")
        monkeypatch.setattr(read_xlsx, "MAX_COLUMNS", 6)
        with pytest.raises(DataError) as caught:
            read_xlsx._countable(archive, "S", "a.xlsx")
        assert caught.value.problems[0].code == "data.too_heavy"
        monkeypatch.setattr(read_xlsx, "MOST_CELLS", 69)
        with pytest.raises(DataError) as caught:
            read_xlsx._countable(archive, "S", "a.xlsx")
        assert caught.value.problems[0].code == "data.too_many_cells"


def test_an_ordinary_workbook_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(subprocess, "run", never)
    assert len(read(RawFile("a.xlsx", a_study_workbook(), ""), ResponsesFile("a.xlsx")).lines) == 5


def test_numbers_of_choices_are_no_decimals() -> None:
    """Qualtrics writes "1,3" where the first and the third choice were ticked: it was read as 1.3."""
    ticked = b"id\tq\n1\t1,2\n2\t1,3\n3\t2,3\n4\t1\n"
    assert table(ticked, "a.tsv").decimal is None
    assert table(ticked.replace(b"1,3", b"3,1"), "a.tsv").decimal == ","
    assert table(b"id\tq\n1\t1,5\n2\t2,5\n3\t3,5\n", "a.tsv").decimal == ","
    assert table(b"id\tq\n1\t1,2\n2\t1,35\n3\t2,3\n4\t2,4\n", "a.tsv").decimal == ","


def test_a_quotation_mark_that_is_never_closed_is_named_with_its_line() -> None:
    """Nothing was said but that the delimiter is unclear."""
    lines = [
        "id,DT1,DT2,note",
        *(f"{at},{at % 5 + 1},{at % 4 + 1},{chr(34) if at == 5 else ''}abc" for at in range(40)),
    ]
    found = refused("\n".join(lines).encode(), "a.csv")
    assert (found.code, found.place.line) == ("data.csv_quotes", 7)
