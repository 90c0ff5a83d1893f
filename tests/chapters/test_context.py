"""Indices are read era by era: no line, no change and no extreme crosses from one into another."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from analysis import figure, narrate, table
from analysis.chapters.context import context
from analysis.errors import DataError
from analysis.report.block import numbers, plain, texts
from analysis.study import load_study

PAGE = """\
study: figures
title: {vi: Số liệu, en: Figures}
simulated: false
tables:
  indices: {file: indices.csv, names: {A: {vi: Chỉ số A, en: Index A}}}
"""
HEAD = "index,year,place,value,rank,n_places,era,basis,source_url\n"


@pytest.fixture(scope="module")
def found():
    return context(load_study("phoyen"))


def own(tmp_path: Path, *rows: str):
    (tmp_path / "study.yml").write_text(PAGE, encoding="utf-8")
    (tmp_path / "indices.csv").write_text(HEAD + "".join(f"{row},https://example.org/x\n" for row in rows))
    return context(load_study(tmp_path))


class TestPhoYen:
    def test_papi_is_two_series_that_are_never_joined(self, found):
        six, eight = found.indices["PAPI"]
        assert (six.first.year, six.last.year, eight.first.year, eight.last.year) == (2011, 2017, 2018, 2024)
        assert (eight.best.year, eight.best.rank, eight.best.n_places) == (2023, 2, 61)
        assert (eight.worst.year, eight.worst.rank) == (2019, 39)
        for series in found.series:
            if series.change:
                assert series.first.year <= series.change.since < series.change.until == series.last.year

    def test_no_line_of_a_figure_crosses_an_era(self, found):
        for view in ("", "values"):
            for panel in figure(found, "en", view).block.data["panels"]:
                spans = sorted((line["x"][0], line["x"][-1]) for line in panel["lines"])
                assert all(before[1] < after[0] for before, after in pairwise(spans))
                for line in panel["lines"]:
                    assert line["x"] == list(range(line["x"][0], line["x"][-1] + 1))

    def test_missing_years_stay_missing(self, found):
        assert found.missing("PCI") == (2018, 2019, 2020, 2021)
        assert found.missing("DTI") == (2023,)
        [line] = next(p for p in figure(found, "en").block.data["panels"] if "DTI" in p["title"])["lines"]
        assert line["y"] == [12, 8, 8, None, 8]
        rows = {
            plain(row.cells[0]): [plain(cell) for cell in row.cells] for row in table(found, "en", "years").block.rows
        }
        assert list(rows) == [str(year) for year in range(2007, 2025)]
        assert rows["2019"] == ["2019", "43.20 (39/63)", "–", "–", "–", "–", "–", "–"]

    def test_a_component_is_the_sum_s_part(self, found):
        """PAPI's total is the sum of its dimensions (printed with three digits)."""
        for series in found.indices["PAPI"]:
            for point in series.points:
                parts = [p.value for group in found.parts.values() for s in group for p in s.points
                         if s.index.startswith("PAPI.") and p.year == point.year]  # fmt: skip
                assert len(parts) == (6 if point.year < 2018 else 8)
                assert sum(parts) == pytest.approx(point.value, abs=0.005)

    def test_units_of_three_dates(self, found):
        assert [found.kinds(year) for year in (2015, 2022)] == [{"phuong": 4, "xa": 14}, {"phuong": 13, "xa": 5}]
        assert found.kinds(2025) == {"phuong": 4, "xa": 2}
        joined = {unit.unit: unit.unit_2025 for unit in found.units}
        assert (joined["Phúc Tân"], joined["Đắc Sơn"], joined["Vạn Phái"]) == ("Đại Phúc", "Phổ Yên", "Thành Công")
        assert sum(unit.population or 0 for unit in found.units) == 71_765

    def test_the_province_is_not_taken_for_the_place(self, found):
        for lang, province in (("vi", "tỉnh Thái Nguyên"), ("en", "Thái Nguyên province")):
            said = str(narrate(found, lang))
            assert province in said
            assert "Phổ Yên" not in said

    def test_ranks_come_with_the_number_of_places(self, found):
        for lang in ("vi", "en"):
            said = str(narrate(found, lang))
            assert "4/61" in said
            assert "12/63*" in str(table(found, lang))  # derived from the source's wording, and marked

    @pytest.mark.parametrize("view", ["", "years", "parts", "units"])
    def test_both_languages_hold_the_same_numbers(self, found, view):
        vi, en = (list(numbers(table(found, lang, view).block)) for lang in ("vi", "en"))
        assert {each.record.id: each.record.value for each in vi} == {each.record.id: each.record.value for each in en}
        assert vi


def test_a_series_of_one_year_has_no_change_and_no_extremes_in_words(tmp_path):
    found = own(tmp_path, "A,2020,X,1.5,3,10,,")
    assert found.series[0].change is None
    assert "3/10" in str(narrate(found, "en"))
    assert "best" not in str(narrate(found, "en"))
    assert "no line can be drawn" in str(figure(found, "en"))


def test_a_fall_is_a_fall_and_a_rank_that_stays_is_unchanged(tmp_path):
    found = own(tmp_path, "A,2019,X,2,3,10,,", "A,2020,X,1.5,7,10,,", "B,2019,X,,4,10,,", "B,2020,X,,4,10,,")
    assert found.indices["A"][0].change.rank == 4
    said = str(narrate(found, "en"))
    assert "down by 4" in said
    assert "unchanged" in said


def test_the_window_looks_back_five_years_at_most(tmp_path):
    found = own(tmp_path, *(f"A,{year},X,{year},5,10,," for year in range(2000, 2021)))
    assert (found.series[0].change.since, found.series[0].change.value) == (2015, 5.0)


def test_hostile_names_are_escaped(tmp_path):
    found = own(
        tmp_path, "<script>alert(1)</script>,2020,$x$,1,3,10,<b>,", "<script>alert(1)</script>,2021,$x$,2,2,10,<b>,"
    )
    html = "".join(table(found, "vi", view)._repr_mimebundle_()["text/html"] for view in ("", "years"))
    assert "<script>" not in html
    assert "<b>" not in html
    assert figure(found, "vi")._repr_mimebundle_()["image/png"]


def test_without_units_the_chapter_goes_without(tmp_path):
    found = own(tmp_path, "A,2020,X,1.5,3,10,,")
    assert found.units == ()
    assert list(texts(narrate(found, "vi", "units").block)) == []
    assert table(found, "vi", "units").block.rows == ()


def test_a_study_without_indices_is_refused(tmp_path):
    (tmp_path / "study.yml").write_text(PAGE.replace("indices:", "units:"), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        context(load_study(tmp_path))
    assert caught.value.code == "table.not_declared"
