"""Names of units: spellings and mergers through the dated crosswalk, each with its evidence, nothing guessed."""

from __future__ import annotations

import csv
import shutil
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from analysis.report.words import sentence
from analysis.study import load_study
from analysis.survey import check, prepare
from analysis.survey.tables import load_table
from analysis.survey.units import Ambiguous, Crosswalk, Resolved, letters, spelling

Survey = Callable[..., Path]
PROJECT = Path(__file__).resolve().parents[2]
UNITS = PROJECT / "data" / "raw" / "phoyen" / "units.csv"
BEFORE, BETWEEN, AFTER = date(2018, 3, 1), date(2024, 3, 1), date(2025, 9, 1)


@pytest.fixture(scope="module")
def crosswalk() -> Crosswalk:
    return Crosswalk.of(load_table(load_study("phoyen"), "units"))


@pytest.mark.parametrize(
    "text",
    ["Đắc Sơn", "phường Đắc Sơn", "P. ĐẮC SƠN", "Ðắc Sơn", "xã Đắc Sơn", "UBND phường Đắc Sơn", "Dac Son", "xa dac son",
     "  Đắc\u00a0Sơn ", unicodedata.normalize("NFD", "Đắc Sơn")],
)  # fmt: skip
def test_one_unit_has_many_spellings(crosswalk: Crosswalk, text: str) -> None:
    assert crosswalk.resolve(text, BETWEEN) == Resolved("Đắc Sơn", "phuong")
    assert crosswalk.resolve(text, BEFORE) == Resolved("Đắc Sơn", "xa")
    found = crosswalk.resolve(text, AFTER)
    assert isinstance(found, Resolved)
    assert (found.unit, found.kind) == ("Phổ Yên", "phuong")
    assert found.evidence.startswith("https://")


def test_the_place_of_the_tone_mark_makes_no_difference() -> None:
    assert spelling("Hoà Bình") == spelling("hòa bình")
    assert letters("Xã Thuỵ Phương") == letters("thuy phuong")


def test_every_unit_becomes_what_the_collected_crosswalk_says(crosswalk: Crosswalk, shared_dir: Path) -> None:
    with (shared_dir / "published" / "pho_yen_units_crosswalk.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 18
    kinds = {"phường": "phuong", "xã": "xa", "thị trấn": "thi_tran"}
    for row in rows:
        then, now = crosswalk.resolve(row["unit"], BETWEEN), crosswalk.resolve(row["unit"], AFTER)
        first = crosswalk.resolve(row["unit"], BEFORE)
        assert isinstance(first, Resolved)
        assert isinstance(then, Resolved)
        assert isinstance(now, Resolved)
        assert (first.unit, first.kind) == (row["unit"], kinds[row["type_town_2015_2022"]])
        assert (then.unit, then.kind) == (row["unit"], kinds[row["type_city_2022_2025"]])
        new = row["new_unit_since_2025_07"]
        assert (spelling(now.unit), kinds[new.split()[0].lower()]) == (spelling(new), now.kind)


def test_a_later_unit_is_not_one_of_the_earlier_ones(crosswalk: Crosswalk) -> None:
    found = crosswalk.resolve("Phường Phổ Yên", BETWEEN)
    assert isinstance(found, Ambiguous)
    assert set(found.units) == {"Ba Hàng", "Bãi Bông", "Đắc Sơn", "Hồng Tiến"}
    assert crosswalk.resolve("Đại Phúc", BETWEEN) == Ambiguous(("Phúc Tân",))  # perhaps of others too
    assert crosswalk.resolve("Phường Phổ Yên", AFTER) == Resolved("Phổ Yên", "phuong")
    assert crosswalk.resolve("Hà Nội", AFTER) is None
    assert crosswalk.resolve("Đắc Són", AFTER) is None  # another tone is another name


def test_the_last_days_of_an_era(crosswalk: Crosswalk) -> None:
    assert crosswalk.resolve("Nam Tiến", date(2022, 4, 9)) == Resolved("Nam Tiến", "xa")
    assert crosswalk.resolve("Nam Tiến", date(2022, 4, 10)) == Resolved("Nam Tiến", "phuong")
    assert len(crosswalk.valid(date(2025, 6, 30))) == 18
    assert len(crosswalk.valid(date(2025, 7, 1))) == 6


def a_study(survey: Survey, on: str, levels: tuple[str, ...], answers: tuple[str, ...]) -> Path:
    """The small study, its respondents in units of Phổ Yên; no person gave these answers."""
    written = ", ".join(f"u{at}: {{vi: {name}, en: {name}}}" for at, name in enumerate(levels))
    band = "levels: {1: {vi: Dưới 30, en: Under 30}, 2: {vi: Từ 30, en: From 30}}"
    folder = survey(
        (("kind: ordered\n    " + band, f'kind: category\n    valid_on: "{on}"\n    levels: {{{written}}}'),
         ("scales:\n", "tables: {units: {file: units.csv}}\nscales:\n")),
        {(line, 2): answer for line, answer in enumerate(answers, start=2)},
    )  # fmt: skip
    shutil.copy(UNITS, folder / "units.csv")
    return folder


def test_every_merger_is_a_line_of_the_log_with_its_evidence(survey: Survey) -> None:
    answers = ("xã Hồng Tiến", "P. ba hàng", "Tien Phong", "Phường Vạn Xuân")
    folder = a_study(survey, "2025-09-01", ("Phường Phổ Yên", "Phường Vạn Xuân"), answers)
    assert check(folder) == ()
    found = prepare(folder)
    assert found.frame["band"].tolist() == ["u0", "u0", "u1", "u1"]
    rows = [row for row in found.log.rows if row.rule.startswith("unit_")]
    assert [(row.rule, row.before, row.after, bool(row.reason)) for row in rows] == [
        ("unit_merged", "xã Hồng Tiến", "u0", True),
        ("unit_merged", "P. ba hàng", "u0", True),
        ("unit_merged", "Tien Phong", "u1", True),
        ("unit_spelling", "Phường Vạn Xuân", "u1", False),
    ]
    assert "units.csv" in dict(found.inputs)
    assert prepare(folder).log == found.log  # from the cache


def test_what_is_ambiguous_unknown_or_undeclared_is_asked_for(survey: Survey) -> None:
    answers = ("Phường Phổ Yên", "Hồng Tién", "Nam Tiến", "Ba Hàng")
    folder = a_study(survey, "2024-03-01", ("Ba Hàng", "Hồng Tiến"), answers)
    found = check(folder)
    assert [(each.code, each.place.line) for each in found] == [
        ("data.unit_ambiguous", 2), ("data.unit_unknown", 3), ("data.unit_no_level", 4),
    ]  # fmt: skip
    assert found[1].get("nearest") == "Hồng Tiến"
    assert all("{" not in sentence(each, lang) for each in found for lang in ("vi", "en"))


def test_a_wrong_date_and_a_missing_crosswalk_are_told(survey: Survey) -> None:
    folder = a_study(survey, "2024-13-01", ("Ba Hàng", "Hồng Tiến"), ("Ba Hàng",) * 4)
    page = (folder / "study.yml").read_text(encoding="utf-8").replace("tables: {units: {file: units.csv}}\n", "")
    (folder / "study.yml").write_text(page, encoding="utf-8")
    assert {each.code for each in check(folder)} >= {"study.not_a_date", "study.no_crosswalk"}
