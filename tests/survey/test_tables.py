"""Further tables: typed, documented, every mistake at once with its place, hostile values refused or left as text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import DataError, IntegrityError, Problem, StudyError
from analysis.study import load_study
from analysis.survey.responses import check, prepare
from analysis.survey.tables import SCHEMAS, load_table, load_tables

PROJECT = Path(__file__).resolve().parents[2]

PAGE = """\
study: figures
title: {vi: Số liệu, en: Figures}
simulated: false
tables:
  indices: {file: indices.csv}
"""
INDICES = """\
index,year,place,value,rank,n_places,era,basis,source_url
PAPI,2020,X,46.5,3,63,b,printed,https://example.org/a
PAPI,2021,X,43.4,,,b,printed,https://example.org/b
PAR,2021,X,,6,63,,derived,https://example.org/c
"""

Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write the page and its table, texts replaced; gives the folder."""

    def files(*changes: tuple[str, str], page: str = PAGE) -> Path:
        text = INDICES
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "study.yml").write_text(page, encoding="utf-8")
        (tmp_path / "indices.csv").write_bytes(text.encode())
        return tmp_path

    return files


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        load_table(load_study(folder), "indices")
    return list(caught.value.problems)


def test_cells_are_typed_and_the_hash_is_the_file_s(write: Writer) -> None:
    table = load_table(load_study(write()), "indices")
    assert table.frame["value"].tolist()[:2] == [46.5, 43.4]
    assert table.frame["rank"].isna().tolist() == [False, True, False]
    assert str(table.frame.dtypes["year"]) == "Int64"
    assert table.frame["era"].isna().tolist() == [False, False, True]
    assert table.sha256 == hashlib.sha256(INDICES.encode()).hexdigest()
    assert table.lines == (2, 3, 4)
    assert list(table.frame.columns) == [column.name for column in SCHEMAS["indices"]]


def test_a_decimal_comma_is_declared(write: Writer) -> None:
    page = PAGE.replace("{file: indices.csv}", '{file: indices.csv, decimal: ",", delimiter: ";"}')
    folder = write(page=page)
    text = INDICES.replace(",", ";").replace(".5;", ",5;").replace(".4;", ",4;")
    (folder / "indices.csv").write_text(text, encoding="utf-8")
    assert load_table(load_study(folder), "indices").frame["value"].tolist()[:2] == [46.5, 43.4]


def test_with_a_decimal_comma_a_point_is_not_read_as_one(write: Writer) -> None:
    """1.234 may be 1234 there: nobody guesses."""
    page = PAGE.replace("{file: indices.csv}", '{file: indices.csv, decimal: ",", delimiter: ";"}')
    folder = write(page=page)
    (folder / "indices.csv").write_text(INDICES.replace(",", ";").replace("46.5", "1.234").replace("43.4", "43,4"))
    assert [(each.code, each.get("value")) for each in problems(folder)] == [("table.not_number", "1.234")]


def test_a_workbook_is_read_like_a_text_file(write: Writer) -> None:
    import xlsxwriter

    folder = write(page=PAGE.replace("indices.csv", "indices.xlsx, sheet: Chỉ số"))
    with xlsxwriter.Workbook(str(folder / "indices.xlsx")) as book:
        sheet = book.add_worksheet("Chỉ số")
        header = ("index", "year", "place", "value", "rank", "n_places", "source_url")
        rows = (header, ("A", 2020, "X", 46.5, 3, 63, "https://example.org/a"), ("A", 2021, "X", 40, "", "", "x"))
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    [found] = problems(folder)
    assert (found.code, found.place.sheet, found.place.cell) == ("table.not_address", "Chỉ số", "G3")


def test_every_wrong_cell_is_told_with_its_line_and_column(write: Writer) -> None:
    folder = write(
        ("2020", "20x0"), ("46.5", "46,5"), ("3,63,b,printed", "0,63,b,guessed"), ("https://example.org/b", "page 7")
    )
    # the comma in "46,5" is quoted so that it is one cell
    path = folder / "indices.csv"
    path.write_text(path.read_text().replace("46,5", '"46,5"'))
    found = [(each.code, each.place.line, each.place.column) for each in problems(folder)]
    assert found == [
        ("table.not_whole", 2, "year"),
        ("table.not_number", 2, "value"),
        ("table.outside", 2, "rank"),
        ("table.not_choice", 2, "basis"),
        ("table.not_address", 3, "source_url"),
    ]


def test_unknown_and_missing_columns_come_together_with_the_nearest(write: Writer) -> None:
    found = problems(write(("index,year,place,value", "index,yaer,value,value")))
    assert [(each.code, each.get("name"), each.get("nearest")) for each in found] == [
        ("table.unknown_column", "yaer", "year"),
        ("table.column_twice", "value", None),
        ("table.missing_column", "year", None),
        ("table.missing_column", "place", None),
    ]
    assert all(each.place.line == 1 for each in found)


def test_rows_must_not_contradict_each_other(write: Writer) -> None:
    changes = (("PAPI,2021,X,43.4,,", "PAPI,2020,X,43.4,,"), ("PAR,2021,X,,6,63", "PAR,2021,X,,,63"), ("3,63", "64,63"))
    assert [(each.code, each.place.line) for each in problems(write(*changes))] == [
        ("table.rank_beyond", 2),
        ("table.row_twice", 3),
        ("table.no_value", 4),
    ]


@pytest.mark.parametrize(
    "value", ["1e5", "nan", "inf", "0x10", "=1+1", "٣", "1_000", "--3", "1.2.3", "9" * 40, "<b>1</b>", "−3"]
)
def test_what_looks_like_a_number_is_none(write: Writer, value: str) -> None:
    [found] = problems(write(("46.5", value)))
    assert found.code == "table.not_number"
    assert len(str(found.get("value"))) <= 80


@pytest.mark.parametrize("value", ["javascript:alert(1)", "ftp://x", "https:// x", "https://", ""])
def test_what_is_no_address_is_refused(write: Writer, value: str) -> None:
    [found] = problems(write(("https://example.org/a", value)))
    assert found.code == ("table.not_address" if value else "table.empty_cell")


def test_text_is_kept_as_text_whatever_it_says(write: Writer) -> None:
    folder = write(("PAPI,2020,X", '"=HYPERLINK(""http://evil"")",2020,<script>alert(1)</script>'))
    frame = load_table(load_study(folder), "indices").frame
    assert frame.loc[0, "index"] == '=HYPERLINK("http://evil")'
    assert frame.loc[0, "place"] == "<script>alert(1)</script>"


def test_another_file_than_the_declared_one_is_refused(write: Writer) -> None:
    page = PAGE.replace("indices.csv", "indices.csv, sha256: " + "0" * 64)
    with pytest.raises(IntegrityError) as caught:
        load_table(load_study(write(page=page)), "indices")
    assert caught.value.code == "data.sha256"


def test_an_absent_file_and_an_undeclared_table_are_named(write: Writer) -> None:
    folder = write()
    study = load_study(folder)
    with pytest.raises(DataError) as caught:
        load_table(study, "indexes")
    assert (caught.value.code, caught.value.problems[0].get("nearest")) == ("table.not_declared", "indices")
    (folder / "indices.csv").unlink()
    with pytest.raises(DataError) as caught:
        load_tables(study)
    assert caught.value.code == "data.table_absent"


def test_a_table_may_not_lie_outside_its_folder(write: Writer) -> None:
    with pytest.raises(StudyError) as caught:
        load_study(write(page=PAGE.replace("indices.csv", "../indices.csv")))
    assert [(each.code, each.place.line) for each in caught.value.problems] == [("study.path_outside", 5)]


def test_a_study_without_answers_has_nothing_to_prepare(write: Writer) -> None:
    study = load_study(write())
    with pytest.raises(DataError) as caught:
        prepare(study)
    assert caught.value.code == "study.no_responses"
    assert check(study) == ()
    assert [each.code for each in check(write(("46.5", "x")))] == ["table.not_number"]


class TestPhoYen:
    def test_every_declared_table_is_read(self) -> None:
        study = load_study("phoyen")
        tables = load_tables(study)
        assert set(tables) == set(study.tables)
        assert set(tables) <= set(SCHEMAS)
        assert len(tables["units"].frame) == 18

    def test_every_row_carries_its_address(self) -> None:
        for kind, table in load_tables(load_study("phoyen")).items():
            for name in [name for name in table.frame if name.startswith("source")]:
                assert table.frame[name].notna().all(), (kind, name)

    def test_printed_numbers_are_those_of_the_collection(self, shared_dir: Path) -> None:
        """Only addresses were completed: every other cell is the collection's, digit by digit."""
        import csv

        folder = shared_dir / "published"
        if not folder.is_dir():
            pytest.skip("the collection of printed tables is not beside this checkout")
        for path in sorted((PROJECT / "data/raw/phoyen/published").glob("*.csv")):
            mine, theirs = (list(csv.DictReader(each.open(encoding="utf-8"))) for each in (path, folder / path.name))
            assert len(mine) == len(theirs), path.name
            for own, other in zip(mine, theirs, strict=True):
                moved = {"source_url", "dependent"} if path.name == "t_tests.csv" else {"source_url"}
                assert {k: v for k, v in own.items() if k not in moved} == {
                    k: v for k, v in other.items() if k not in moved
                }

    def test_no_answer_of_a_person_is_there(self) -> None:
        study = load_study("phoyen")
        assert (study.responses, study.simulated, dict(study.items)) == (None, False, {})

    def test_english_and_vietnamese_name_every_code(self) -> None:
        study = load_study("phoyen")
        frame = load_table(study, "indices").frame
        codes = {str(code) for name in ("index", "era", "place") for code in frame[name].dropna()}
        assert codes == set(study.tables["indices"].names)
        scales = load_table(study, "published.reliability").frame["scale"]
        assert set(scales) == set(study.tables["published.reliability"].names)


def test_the_documentation_lists_every_column() -> None:
    text = (PROJECT / "docs" / "study-page.md").read_text(encoding="utf-8")
    listed = {column.name for schema in SCHEMAS.values() for column in schema}
    assert not [name for name in listed if f"`{name}`" not in text]
