"""Files as they come: order, names, language of the columns, decimal signs, damage; nothing guessed in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

from analysis.published.audit import audit
from analysis.published.headings import kind_of
from analysis.published.reading import read_tables


def csv_file(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def verdicts(path: Path) -> set[str]:
    return {each.verdict for each in audit(read_tables(path).by_kind).checks}


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (["p", "df2", "df1", "levene_F", "dependent", "table_id"], "levene"),
        (["Table_ID", "ITEM", "Scale_Var_If_Deleted", "corrected item-total r"], "reliability"),
        (["Biến quan sát", "Trung bình thang đo nếu loại biến", "Tương quan biến tổng"], "reliability"),
        (["Model", "B", "Std. Error", "Beta", "t", "Sig.", "Tolerance", "VIF"], "coefficients"),
        (["table_id", "R", "R Square", "Adjusted R Square", "Std. Error of the Estimate"], "models"),
        (["table_id", "row", "col", "count"], "crosstabs"),
        (["table_id", "group", "n", "mean_rank"], "ranks"),
        (["table_id", "year", "value of land"], None),
        (["index", "year", "rank"], None),
    ],
)
def test_a_kind_is_known_by_its_columns(headings, kind):
    assert kind_of(headings) == kind


def test_semicolons_and_decimal_commas(tmp_path):
    path = csv_file(tmp_path, "a.csv", "table_id;dependent;levene_F;df1;df2;p", "L;y;2,063;3;272;0,105")
    assert verdicts(path) == {"consistent"}


def test_without_a_name_a_table_bears_that_of_its_file(tmp_path):
    path = csv_file(tmp_path, "bang 4.csv", "levene_F,df1,df2,p,dependent", "2.063,3,272,.105,y")
    assert read_tables(path).by_kind["levene"][0]["table_id"] == "bang 4"


def test_every_sheet_of_a_workbook(tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        first, second, empty = (book.add_worksheet(name) for name in ("A", "B", "C"))
        first.write_row(0, 0, ["table_id", "dependent", "levene_F", "df1", "df2", "p"])
        first.write_row(1, 0, ["L", "y", 2.063, 3, 272, 0.105])
        second.write_row(0, 0, ["table_id", "variable", "category", "count", "n", "percent"])
        second.write_row(1, 0, ["P", "sex", "f", 42, 129, "32,6"])
        del empty
    found = read_tables(path)
    assert set(found.by_kind) == {"levene", "profiles"}
    assert "inconsistent" not in verdicts(path)


def test_a_square_of_correlations_is_a_matrix(tmp_path):
    path = csv_file(tmp_path, "m.csv", "table_id,variable,QD,GC,n", "M,QD,1,.840**,155", "M,GC,.840**,1,155")
    rows = read_tables(path).by_kind["correlations"]
    assert [(row["row"], row["col"], row["r"], row["n"]) for row in rows][1] == ("QD", "GC", ".840**", "155")
    assert verdicts(path) == {"consistent"}


def test_a_cell_that_is_no_number_is_named(tmp_path):
    path = csv_file(
        tmp_path, "a.csv", "table_id,dependent,levene_F,df1,df2,p", "L,y,2.O63,3,272,1.918E16", "M,y,.,3,272,"
    )
    found = read_tables(path)
    assert [(each.place.file, each.place.line, each.place.column) for each in found.problems] == [
        ("a.csv", 2, "levene_F"), ("a.csv", 2, "p"),
    ]  # fmt: skip
    assert verdicts(path) <= {"cannot check"}


def test_two_columns_of_one_meaning_are_told(tmp_path):
    path = csv_file(tmp_path, "a.csv", "table_id,dependent,levene_F,df1,df2,p,Sig.", "L,y,2.063,3,272,.105,.2")
    assert [each.code for each in read_tables(path).problems] == ["table.column_twice"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "data.file_empty"),
        ("a.csv", b"table_id,p\nL\n", "data.ragged_row"),
        ("a.csv", b"table_id,p\n\x00\x01\x02\xff\xfe\x00,1\n", "data.encoding_unclear"),
        ("a.csv", b"one,two\n1,2\n", "published.no_table"),
        ("a.pdf", b"%PDF", "published.format"),
        ("a.xlsx", b"nothing", "data.unreadable"),
        ("a.docx", b"nothing", "data.unreadable"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, name, content, code):
    (tmp_path / name).write_bytes(content)
    [found, *_] = read_tables(tmp_path / name).unreadable
    assert (found.code, found.place.file) == (code, name)


def test_other_files_of_a_folder_are_passed_over_and_named(tmp_path):
    csv_file(tmp_path, "towns.csv", "town,area", "A,1", "B,2")
    csv_file(tmp_path, "l.csv", "table_id,dependent,levene_F,df1,df2,p", "L,y,2.063,3,272,.105")
    found = read_tables(tmp_path)
    assert (found.passed_over, found.unreadable, len(found.tables)) == (("towns.csv",), (), 1)


def test_a_named_table_of_no_known_kind_is_kept_by_name(tmp_path):
    path = csv_file(tmp_path, "x.csv", "table_id,shoe,hat", "X1,3,4", "X2,5,6")
    assert read_tables(path).unknown == ("X1", "X2")
