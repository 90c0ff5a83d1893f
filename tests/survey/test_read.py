"""Files as people send them: three formats, their encodings, limits and damages."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError, Place, Problem
from analysis.study import ResponsesFile
from analysis.survey.raw import RawFile
from analysis.survey.read import RawTable, formats, read
from analysis.survey.read.table import column_letters

TEXT = 'Họ,Câu\nmột,1\n"hai\nba",2\n'


def table(content: bytes | str, name: str = "a.csv", **options: Any) -> RawTable:
    raw = content.encode() if isinstance(content, str) else content
    return read(RawFile(name, raw, hashlib.sha256(raw).hexdigest()), ResponsesFile(name, **options))


def refused(content: bytes | str, name: str = "a.csv", **options: Any) -> Problem:
    with pytest.raises(DataError) as caught:
        table(content, name, **options)
    return caught.value.problems[0]


def workbook(tmp_path: Path, sheets: dict[str, list[list[Any]]]) -> bytes:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    path = tmp_path / "made.xlsx"
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(at, column, value)
    book.close()
    return path.read_bytes()


def test_formats_are_found_by_themselves() -> None:
    assert {".csv", ".tsv", ".xlsx", ".sav", ".zsav"} <= set(formats())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_the_encodings_and_delimiters_of_survey_tools(encoding: str, delimiter: str) -> None:
    found = table(TEXT.replace(",", delimiter).encode(encoding))
    assert found.headers == ("Họ", "Câu")
    assert found.cells.to_numpy().tolist() == [["một", "1"], ["hai\nba", "2"]]
    assert found.place(0, 0) == Place(file="a.csv", line=2, column="Họ")
    assert found.place(1) == Place(file="a.csv", line=3)


def test_csv_in_a_declared_encoding() -> None:
    assert table("H,C\nđơn,1\n".encode("windows-1258"), encoding="windows-1258").cells.iloc[0, 0] == "đơn"
    assert table("H,C\nđơn,1\n".encode("windows-1258")).cells.iloc[0, 0] == "đơn"
    found = refused("H,C\nx,1\nđ\xf4n,2\n".encode("windows-1258"), encoding="utf-8")
    assert (found.code, found.place.line, found.get("encoding")) == ("data.not_decodable", 3, "utf-8")


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "data.file_empty", None),
        (b"\n\n", "data.delimiter_unclear", 1),
        (b"a,b\n", "data.no_rows", None),
        (b"a,b\n,\n", "data.no_rows", None),
        (b"one\n1\n2\n", "data.delimiter_unclear", 1),
        (b"a,b;c\n1,2;3\n", "data.delimiter_unclear", 1),
        (b"a,b\n1,2\n1,2,3\n1,2\n", "data.ragged_row", 3),
        (b'a,b\n1,"2\n3,4\n', "data.csv_quotes", 2),
        (b"a,b\n1,\x002\n", "data.null_character", 2),
    ],
)
def test_damaged_csv_is_refused(content: bytes, code: str, line: int | None) -> None:
    found = refused(content)
    assert (found.code, found.place.line) == (code, line)


def test_a_declared_delimiter_is_used() -> None:
    assert table(b"one\n1\n2\n", delimiter=";").headers == ("one",)
    assert table(b"a,b;c\n1,2;3\n", delimiter=";").headers == ("a,b", "c")
    found = refused(b'a,b\n1,"2\n3,4\n', delimiter=",")
    assert (found.code, found.place.line) == ("data.csv_quotes", 2)


def test_a_line_break_more_or_less_is_said_line_by_line() -> None:
    with pytest.raises(DataError) as caught:
        table(b"a,b\n1,2\n1\n1,2\n1,2,3\n")
    assert [each.place.line for each in caught.value.problems] == [3, 5]


def test_a_workbook_with_its_cells_addresses(tmp_path: Path) -> None:
    rows = [
        [None, None, None],
        ["Mã", "Câu [A1. Một]", "Ngày"],
        ["P1", 5.0, None],
        [None, None, None],
        ["P2", "Đồng ý", 1.5],
        [None],
    ]
    content = workbook(tmp_path, {"Giới thiệu": [["x"]], "Trả lời": rows})
    found = table(content, "a.xlsx", sheet="Trả lời")
    assert found.headers == ("Mã", "Câu [A1. Một]", "Ngày")
    assert found.cells.to_numpy().tolist() == [["P1", 5, None], [None, None, None], ["P2", "Đồng ý", 1.5]]
    assert type(found.cells.iloc[0, 1]) is int
    assert found.place(2, 1) == Place(file="a.xlsx", sheet="Trả lời", cell="B5")
    assert found.header_place(1) == Place(file="a.xlsx", sheet="Trả lời", cell="B2")
    assert found.address(2, 1) == "Trả lời!B5"
    assert table(content, "a.xlsx").sheet == "Giới thiệu" if len(rows) == 0 else True


def test_a_sheet_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    found = refused(workbook(tmp_path, {"Dataset": [["a"], [1]], "Other": [["b"]]}), "a.xlsx", sheet="Datasett")
    assert (found.code, found.get("allowed"), found.get("nearest")) == (
        "data.unknown_sheet",
        ("Dataset", "Other"),
        "Dataset",
    )
    assert refused(workbook(tmp_path, {"S": []}), "a.xlsx").code == "data.file_empty"


def repacked(content: bytes, replace: dict[str, bytes], more: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, replace.get(part.filename, old.read(part)))
        for name in set(replace) - set(old.namelist()):
            new.writestr(name, replace[name])
        for number in range(more):
            new.writestr(f"xl/more{number}", b"")
    return out.getvalue()


def sheet_with(cell: str) -> bytes:
    start = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return f'{start}<row r="1"><c r="A1"><v>1</v></c></row>{cell}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("replace", "more", "code"),
    [
        ({"xl/big.xml": b"0" * 30_000_000}, 0, "data.too_many_ratio"),
        ({}, 2_001, "data.too_many_parts"),
        (
            {"xl/worksheets/sheet1.xml": sheet_with('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')},
            0,
            "data.too_many_rows",
        ),
        (
            {"xl/worksheets/sheet1.xml": sheet_with('<row r="2"><c s="1" r="XFD2"><v>1</v></c></row>')},
            0,
            "data.too_many_columns",
        ),
        ({"xl/worksheets/sheet1.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}, 0, "data.unreadable"),
        ({"xl/workbook.xml": b"<broken"}, 0, "data.unreadable"),
    ],
)
def test_workbooks_that_unpack_to_too_much_are_refused(
    tmp_path: Path, replace: dict[str, bytes], more: int, code: str
) -> None:
    content = workbook(tmp_path, {"S": [["a"], [1]]})
    assert refused(repacked(content, replace, more), "a.xlsx").code == code


@pytest.mark.parametrize("name", ["a.xlsx", "a.sav"])
@pytest.mark.parametrize("content", [b"no such format", b"PK\x03\x04 broken", b"$FL2 broken", b"\x00" * 300])
def test_files_that_are_not_what_they_say_are_refused(name: str, content: bytes) -> None:
    assert refused(content, name).code == "data.unreadable"


@pytest.mark.parametrize("name", ["a.mdb", "a", "a.csvv", "a.xlsy"])
def test_unknown_formats_are_refused_with_the_known_ones(name: str) -> None:
    found = refused(b"x", name)
    assert found.code == "data.unknown_format"
    assert found.get("allowed") == tuple(sorted(formats()))


def test_columns_have_the_names_of_a_spreadsheet() -> None:
    assert [column_letters(at) for at in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


def test_an_spss_file_keeps_labels_and_declared_missing(tmp_path: Path) -> None:
    import pyreadstat

    path = tmp_path / "made.sav"
    frame = pd.DataFrame({"A1": [1.0, 5.0, 9.0, np.nan], "name": ["x", "", "y", "z"]})
    labels = {"A1": {1.0: "Rất không đồng ý", 5.0: "Rất đồng ý", 9.0: "Từ chối"}}
    ranges = {"A1": [{"lo": 8.0, "hi": 9.0}]}
    pyreadstat.write_sav(
        frame, str(path), column_labels=["Câu một", ""], variable_value_labels=labels, missing_ranges=ranges
    )
    found = table(path.read_bytes(), "made.sav")
    assert found.headers == ("A1", "name")
    assert found.descriptions == ("Câu một", "")
    assert found.cells.to_numpy().tolist() == [[1, "x"], [5, None], [9, "y"], [None, "z"]]
    assert found.labels == {0: {1: "Rất không đồng ý", 5: "Rất đồng ý", 9: "Từ chối"}}
    assert found.missing == {0: ((8.0, 9.0),)}
    assert found.place(2, 0) == Place(file="made.sav", line=3, column="A1")


def test_a_real_spss_file(shared_dir: Path) -> None:
    content = (shared_dir / "data" / "exports_messy" / "Attitude_Statistics_v3.sav").read_bytes()
    found = table(content, "Attitude_Statistics_v3.sav")
    assert found.cells.shape == (150, 13)
    assert found.headers[:3] == ("ID", "Q1", "Q2")
    assert found.descriptions[1] == "I love all analysis."
    assert found.labels[1][5] == "STRONGLY AGREE"
