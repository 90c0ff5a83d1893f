"""The simulated file: the committed one byte for byte, its mess planted and cleaned to the cell, no other page's."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analysis.errors import RunError, StudyError
from analysis.run.cli import main
from analysis.simulate import MESS, STAMP, simulate, write
from analysis.simulate.design import COMMUNES, PERSONS, UNIT_SIZES
from analysis.simulate.workbook import responses
from analysis.study import load_study
from analysis.survey import prepare

PROJECT = Path(__file__).resolve().parents[2]
DEMO = PROJECT / "data" / "raw" / "demo"
COMMITTED = DEMO / "responses.xlsx"


@pytest.fixture(scope="module")
def study():
    return load_study(DEMO)


@pytest.fixture(scope="module")
def prepared(study):
    return prepare(study, cache=False)


@pytest.fixture(scope="module")
def rows() -> list[dict[str, object]]:
    sheet = CalamineWorkbook.from_path(COMMITTED).get_sheet_by_name("Câu trả lời biểu mẫu 1").to_python()
    return [dict(zip(sheet[0], row, strict=True)) for row in sheet[1:]]


def counted(log, rule: str, action: str) -> int:
    return sum(row.count for row in log.count_rows if (row.rule, row.action) == (rule, action))


def answers(page, seed: int) -> pd.DataFrame:
    """Answers as drawn, before any mess, persons in the order of the generator."""
    drawn, _ = responses(page, seed=seed)
    members = page.members
    return pd.DataFrame(
        {item: drawn.answers[code][at] for code, items in members.items() for at, item in enumerate(items)}
    )


class TestFile:
    def test_the_committed_file_is_the_generators_byte_for_byte(self, study):
        assert simulate(study) == COMMITTED.read_bytes()
        assert simulate(study, seed=1) != COMMITTED.read_bytes()

    def test_nothing_in_it_depends_on_the_day_the_machine_or_its_compression(self):
        with zipfile.ZipFile(COMMITTED) as book:
            assert {part.date_time for part in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert {part.compress_type for part in book.infolist()} == {zipfile.ZIP_STORED}
            assert {part.create_system for part in book.infolist()} == {0}
            properties = book.read("docProps/core.xml").decode()
        assert properties.count("2024-03-01T00:00:00Z") == 2

    def test_every_row_and_the_properties_say_that_it_is_simulated(self, rows, study):
        assert all(row["Ghi chú nguồn"] == STAMP for row in rows)
        with zipfile.ZipFile(COMMITTED) as book:
            properties = book.read("docProps/core.xml").decode()
        assert STAMP in properties
        assert "Simulated data" in properties
        assert study.simulated

    def test_units_are_fictitious(self, study):
        names = [words.vi for words in study.variables["don_vi"].levels.values()]
        assert names == [f"Đơn vị {number:02d}" for number in range(1, 19)]

    def test_headers_are_those_of_a_form_tool(self, rows, study):
        item = study.items["KQ5"]
        assert f"Kết quả thực thi công việc [KQ5. {item.text.vi}]" in rows[0]
        assert next(iter(rows[0])) == "Dấu thời gian"

    def test_responses_arrive_in_order_of_time_with_ids_of_their_own(self, rows):
        times = [row["Dấu thời gian"] for row in rows]
        assert times == sorted(times)
        ids = [row["Mã phiếu"] for row in rows]
        first = PERSONS + MESS.refused
        assert ids[:first] == [f"P{number:03d}" for number in range(1, first + 1)]
        assert set(ids[first:]) <= set(ids[:first])


class TestMess:
    def test_the_log_counts_exactly_what_was_planted(self, prepared, study):
        log = prepared.log
        reverse = [code for code, item in study.items.items() if item.reverse]
        assert (log.received, log.kept) == (PERSONS + MESS.refused + MESS.repeated, PERSONS)
        assert counted(log, "screening", "excluded") == MESS.refused
        assert counted(log, "duplicate_id", "excluded") == MESS.repeated
        assert counted(log, "text", "changed") == MESS.decomposed + MESS.spaced + MESS.units_decomposed
        assert counted(log, "no_answer", "changed") == MESS.no_answer
        cells = PERSONS * len(study.items) - MESS.no_answer - MESS.blank
        assert counted(log, "labels", "changed") == cells
        assert counted(log, "levels", "changed") == PERSONS * len(study.variables) - MESS.variables_blank
        turned = prepared.frame[reverse]
        assert counted(log, "reverse", "changed") == int((turned.notna() & (turned != 3)).to_numpy().sum())
        known = {"screening", "duplicate_id", "text", "no_answer", "labels", "levels", "reverse"}
        assert {row.rule for row in log.rows} == known
        assert reverse == ["DT4", "CN4"]

    def test_what_is_missing_is_what_was_planted(self, prepared, study):
        assert int(prepared.frame[list(study.items)].isna().to_numpy().sum()) == MESS.blank + MESS.no_answer
        assert int(prepared.frame[list(study.variables)].isna().to_numpy().sum()) == MESS.variables_blank

    def test_spellings_are_planted_in_the_file(self, rows, study):
        items = [header for header in rows[0] if "[" in header]
        cells = [str(row[header]) for row in rows[: PERSONS + MESS.refused] for header in items]
        labels = {words.vi for words in study.scales["agree5"].levels.values()} | {"", "99"}
        odd = [cell for cell in cells if cell.removesuffix(".0") not in labels]
        assert len(odd) == MESS.decomposed + MESS.spaced + MESS.capitals + MESS.numbered + MESS.synonyms
        assert sum(any(sign.isdigit() for sign in cell) for cell in odd) == MESS.numbered

    def test_cleaning_gives_back_what_was_drawn(self, prepared, study):
        """Every answer that is there is the one drawn, but for the persons who ticked one column all the way."""
        drawn = answers(study, 2024)
        found = prepared.frame[[*study.items, "don_vi"]].copy()
        left = 0
        for unit, group in found.groupby("don_vi", observed=True):
            at = list(study.variables["don_vi"].levels).index(str(unit))
            start = sum(UNIT_SIZES[:at])
            candidates = drawn.iloc[start : start + UNIT_SIZES[at]]
            for _, row in group[list(study.items)].iterrows():
                known = row.dropna()
                same = (candidates[known.index] == known).all(axis=1)
                left += int(not same.any())
                candidates = candidates.drop(candidates.index[same][:1])
        assert left == MESS.straight

    def test_straight_liners_contradict_the_reversed_items(self, prepared, study):
        turned = prepared.frame[list(study.items)].copy()
        for code in ("DT4", "CN4"):
            turned[code] = 6 - turned[code]
        assert int((turned.nunique(axis=1) == 1).sum()) == MESS.straight


class TestProfile:
    def test_units_keep_their_unequal_sizes(self, prepared):
        sizes = prepared.frame["don_vi"].value_counts(sort=False)
        assert tuple(sizes) == UNIT_SIZES
        assert (min(UNIT_SIZES), max(UNIT_SIZES), sum(UNIT_SIZES)) == (11, 19, 260)
        assert len(COMMUNES) == 5

    def test_a_unit_has_one_kind_and_at_most_one_commander(self, prepared):
        by_unit = prepared.frame.groupby("don_vi", observed=True)
        assert (by_unit["loai_don_vi"].nunique() == 1).all()
        assert (by_unit["vi_tri"].apply(lambda held: (held == "quan_su").sum()) <= 1).all()

    def test_group_and_position_agree(self, prepared):
        frame = prepared.frame
        assert ((frame["chuc_danh"] == "can_bo") == (frame["vi_tri"] == "can_bo")).all()

    def test_nobody_has_served_longer_than_age_allows(self, prepared):
        young = prepared.frame[prepared.frame["nhom_tuoi"] == "1"]
        assert not young["tham_nien"].isin(["3", "4"]).any()

    def test_every_level_of_every_variable_occurs(self, prepared, study):
        for code, variable in study.variables.items():
            assert set(prepared.frame[code].dropna()) == set(variable.levels)

    def test_the_population_is_larger_than_the_sample_in_every_stratum(self, prepared, study):
        found = prepared.frame["loai_don_vi"].value_counts()
        assert study.strata is not None
        assert all(found[kind] < size for kind, size in study.strata.sizes.items())
        assert study.population is not None
        assert sum(study.strata.sizes.values()) == study.population.size


class TestOtherSizesAndPages:
    @pytest.mark.parametrize("n", [72, 300, 1000])
    def test_another_size_is_cleaned_to_that_size(self, study, tmp_path, n):
        file = write(study, out=tmp_path, n=n)
        assert len(prepare(replace(study, data_folder=tmp_path), cache=False)) == n
        assert file.name == "responses.xlsx"

    def test_too_few_are_refused(self, study):
        with pytest.raises(RunError) as caught:
            simulate(study, n=71)
        assert caught.value.code == "simulate.too_few"

    def test_simulated_numbers_never_go_to_a_page_of_real_data(self, study):
        with pytest.raises(StudyError) as caught:
            simulate(replace(study, simulated=False))
        assert caught.value.code == "simulate.not_simulated"

    def test_another_page_is_refused_with_what_differs(self):
        with pytest.raises(StudyError) as caught:
            simulate(PROJECT / "tests" / "data" / "small")
        assert caught.value.code == "simulate.other_page"
        assert "KT" in caught.value.problems[0].get("codes")

    def test_another_file_is_not_overwritten_unless_told_so(self, study, tmp_path):
        file = write(study, out=tmp_path)
        assert file.read_bytes() == COMMITTED.read_bytes()
        assert write(study, out=tmp_path) == file
        with pytest.raises(RunError) as caught:
            write(study, out=tmp_path, seed=1)
        assert caught.value.code == "simulate.exists"
        assert file.read_bytes() == COMMITTED.read_bytes()
        write(study, out=tmp_path, seed=1, force=True)
        assert file.read_bytes() == simulate(study, seed=1)


@pytest.mark.parametrize(("lang", "said"), [("vi", "số liệu mô phỏng"), ("en", "simulated data")])
def test_the_command_writes_the_committed_file(tmp_path, capsys, lang, said):
    with pytest.raises(SystemExit) as done:
        main(["simulate", "--out", str(tmp_path), "--lang", lang])
    assert done.value.code == 0
    assert said in capsys.readouterr().err
    assert (tmp_path / "responses.xlsx").read_bytes() == COMMITTED.read_bytes()
    with pytest.raises(SystemExit) as refused:
        main(["simulate", "--out", str(tmp_path), "--seed", "5", "--lang", lang])
    assert refused.value.code == 6
    assert "--force" in capsys.readouterr().err


def test_a_workbook_opens_in_other_readers(study):
    frame = pd.read_excel(io.BytesIO(simulate(study)), engine="calamine")
    assert len(frame) == PERSONS + MESS.refused + MESS.repeated
