"""The same survey as csv, workbook and SPSS file gives the same responses; SPSS labels must not contradict the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DataError, Place
from analysis.survey import prepare

Survey = Callable[..., Path]

ANSWERS = {
    "id": ["P1", "P2", "P3"],
    "sex": [1.0, 2.0, 2.0],
    "band": [1.0, 2.0, np.nan],
    "years": [3.0, 10.5, 0.0],
    "A1": [5.0, 4.0, 9.0],
    "A2": [1.0, 1.0, 2.0],
    "A3": [4.0, 3.0, np.nan],
    "Y1": [4.0, 2.0, 1.0],
    "Y2": [5.0, 5.0, 3.0],
}
SPSS_SEX = (
    "levels: {nu: {vi: Nữ, en: Female}, nam: {vi: Nam, en: Male}}",
    "levels: {1: {vi: Nữ, en: Female}, 2: {vi: Nam, en: Male}}",
)


def page(file: str) -> tuple[tuple[str, str], ...]:
    return (
        ("file: answers.csv, id: Mã phiếu", f"file: {file}, id: id"),
        SPSS_SEX,
        ("    column: Giới tính\n", ""),
        ("[99]", "[9]"),
    )


def test_three_formats_give_the_same_responses(survey: Survey) -> None:
    import pyreadstat

    xlsxwriter = pytest.importorskip("xlsxwriter")
    frame = pd.DataFrame(ANSWERS)
    folder = survey(page("answers.csv"))
    frame.to_csv(folder / "answers.csv", index=False)
    from_csv = prepare(folder, cache=False).frame
    pyreadstat.write_sav(frame, str(folder / "answers.sav"), missing_ranges={"A1": [9]})
    from_sav = prepare(survey((*page("answers.sav"), ("[9]", "[]"))), cache=False)
    with xlsxwriter.Workbook(folder / "answers.xlsx") as book:
        sheet = book.add_worksheet()
        for column, (name, values) in enumerate(ANSWERS.items()):
            sheet.write(0, column, name)
            for row, value in enumerate(values):
                if value == value:
                    sheet.write(row + 1, column, value)
    from_xlsx = prepare(survey(page("answers.xlsx")), cache=False)
    pd.testing.assert_frame_equal(from_csv, from_sav.frame)
    pd.testing.assert_frame_equal(from_csv, from_xlsx.frame)
    assert next((row.rule, row.place, row.before) for row in from_xlsx.log.rows) == ("no_answer", "Sheet1!E4", "9")
    assert next((row.rule, row.row, row.before) for row in from_sav.log.rows) == ("no_answer", 3, "9")


def test_a_wrong_cell_of_a_workbook_is_named_by_its_address(survey: Survey) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    folder = survey(page("answers.xlsx"))
    with xlsxwriter.Workbook(folder / "answers.xlsx") as book:
        sheet = book.add_worksheet("Trả lời")
        for column, (name, values) in enumerate(ANSWERS.items()):
            sheet.write_column(0, column, [name, *["" if value != value else value for value in values]])
        sheet.write("F3", 55)
    with pytest.raises(DataError) as caught:
        prepare(folder)
    assert [each.place for each in caught.value.problems] == [Place("answers.xlsx", "Trả lời", "F3")]


def test_labels_of_an_spss_file_must_not_contradict_the_page(survey: Survey) -> None:
    import pyreadstat

    folder = survey(page("answers.sav"))
    labels = {
        "A1": {1.0: "STRONGLY AGREE", 5.0: "STRONGLY DISAGREE"},
        "sex": {1.0: "Nam", 2.0: "Nữ"},
        "A2": {1.0: "Strongly disagree"},
    }
    pyreadstat.write_sav(pd.DataFrame(ANSWERS), str(folder / "answers.sav"), variable_value_labels=labels)
    with pytest.raises(DataError) as caught:
        prepare(folder)
    found = [(each.code, each.get("code"), each.get("value"), each.get("expected")) for each in caught.value.problems]
    assert sorted(found, key=str) == [
        ("data.label_contradicts", "A1", "1", 5), ("data.label_contradicts", "A1", "5", 1),
        ("data.label_contradicts", "sex", "1", "2"), ("data.label_contradicts", "sex", "2", "1"),
    ]  # fmt: skip


def test_codes_of_an_spss_file_are_understood_by_their_labels(survey: Survey) -> None:
    import pyreadstat

    folder = survey(tuple(change for change in page("answers.sav") if change != SPSS_SEX))
    labels = {"sex": {1.0: "NỮ", 2.0: "NAM"}}
    pyreadstat.write_sav(pd.DataFrame(ANSWERS), str(folder / "answers.sav"), variable_value_labels=labels)
    assert prepare(folder).frame["sex"].tolist() == ["nu", "nam", "nam"]
