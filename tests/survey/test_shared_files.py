"""Every survey among the shared files reads with the rows, columns, labels and missing codes that its README states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from analysis.study import ResponsesFile
from analysis.survey.exports import understood
from analysis.survey.exports.form import form_of
from analysis.survey.raw import whole_file
from analysis.survey.read import RawTable, formats, read
from analysis.survey.read.forms import form_tables

Check = Callable[[RawTable], bool]


@dataclass(frozen=True)
class Facts:
    """What a README says of a file."""

    rows: int
    columns: int
    tool: str | None = None
    labels: dict[str, dict[Any, str]] = field(default_factory=dict)  # header -> value -> label
    missing: dict[str, tuple[tuple[Any, Any], ...]] = field(default_factory=dict)
    counts: dict[tuple[str, Any], int] = field(default_factory=dict)  # (header, value) -> how often
    described: dict[str, str] = field(default_factory=dict)


AGREE = {1: "STRONGLY DISAGREE", 2: "DISAGREE", 3: "NEUTRAL", 4: "AGREE", 5: "STRONGLY AGREE"}
FACTS = {
    "vn_tiktokshop_students/raw_data.xlsx": Facts(361, 32, counts={("Q2_GENDER", 0): 235, ("Q2_GENDER", 1): 126}),
    "kobo_reach_iraq/csv/cleaningtools_raw_data.csv": Facts(
        632, 348, "KoboToolbox", counts={("consent_remote", "yes"): 632}
    ),
    "exports_messy/surveymonkey_StarWars.csv": Facts(1186, 38, "SurveyMonkey", counts={("Gender", "Female"): 549}),
    "exports_messy/qualtrics_TACC_2015.csv": Facts(
        117, 21, "Qualtrics", described={"Q1": "What is your gender? (click on your gender to select)"}
    ),
    "exports_messy/limesurvey_survey_100001.csv": Facts(3, 646, "LimeSurvey"),
    "exports_messy/Attitude_Statistics_v3.sav": Facts(
        150, 13, labels={"Q1": AGREE, "Q12": AGREE}, described={"ID": "Participant's ID", "Q6": "I like statistics."}
    ),
    "exports_messy/spss_user_missing.sav": Facts(7, 7, missing={"mynum": ((2000.0, 3000.0), (-1.0, -1.0))}),
    "exports_messy/spss_missing_test.sav": Facts(2, 1, missing={"var1": ((1.0, 1.0),)}),
    "exports_messy/spss_multiple_response_sets.sav": Facts(
        6, 12, missing={"x": ((7.0, 7.0), (8.0, 8.0), (99.0, 99.0)), "z": ((-999.0, 0.0), (999.0, 999.0))}
    ),
    "exports_messy/stata_missing_test.dta": Facts(1, 9, missing={"var1": ((".a", ".a"),), "var6": ((".z", ".z"),)}),
    "psychometrics_core/csv/bfi.csv": Facts(2800, 28, counts={("gender", None): 0, ("A1", None): 16}),
    "psychometrics_core/csv/HolzingerSwineford1939.csv": Facts(301, 15, counts={("school", "Pasteur"): 156}),
    "psychometrics_core/csv/PoliticalDemocracy.csv": Facts(75, 11),
    "citizens_kcmo_fy2022/kcmo_fy2022_q1.csv": Facts(1033, 160),
    "gov_uk_csps2020/csps2020_orgscores_long.csv": Facts(10545, 3),
    "gov_uk_csps2020/csps2020_median_timeseries.csv": Facts(157, 26),
    "gov_uk_csps2020/csps2020_mean_timeseries.csv": Facts(157, 15),
    "raters_core/csv/diagnoses.csv": Facts(30, 6),
    "raters_core/csv/anxiety.csv": Facts(20, 3),
    "multilevel_army/csv/bh1996.csv": Facts(7382, 13),
    "multilevel_army/csv/cohesion.csv": Facts(11, 7),
    "multilevel_army/csv/univbct.csv": Facts(1485, 22),
}


@pytest.mark.parametrize("name", FACTS)
def test_a_survey_reads_as_its_readme_says(shared_dir: Path, name: str) -> None:
    path, facts = shared_dir / "data" / name, FACTS[name]
    found = understood(read(whole_file(path), ResponsesFile(path.name)))
    at = {header: column for column, header in enumerate(found.headers)}
    assert found.cells.shape == (facts.rows, facts.columns) == (len(found.lines), len(found.headers))
    assert {header: found.labels[at[header]] for header in facts.labels} == facts.labels
    assert {header: found.missing[at[header]] for header in facts.missing} == facts.missing
    for (header, value), count in facts.counts.items():
        cells = found.cells[at[header]]
        # a csv file holds text; a blank cell is None
        assert sum(cell == value or str(cell) == str(value) for cell in cells.tolist()) == count, (header, value)
    assert {header: found.descriptions[at[header]] for header in facts.described} == facts.described
    tools = [note.get("tool") for note in found.notes if note.code == "read.export"]
    assert tools == ([facts.tool] if facts.tool else [])


def test_a_western_export_is_not_read_in_a_vietnamese_code_page(shared_dir: Path) -> None:
    path = shared_dir / "data" / "exports_messy" / "surveymonkey_StarWars.csv"
    [note] = [
        each for each in read(whole_file(path), ResponsesFile(path.name)).notes if each.code.startswith("read.enc")
    ]
    assert note.get("encoding") in {"windows-1252", "iso-8859-1"}


def test_dont_know_codes_of_the_citizens_survey_are_all_there(shared_dir: Path) -> None:
    path = shared_dir / "data" / "citizens_kcmo_fy2022" / "kcmo_fy2022_q1.csv"
    found = read(whole_file(path), ResponsesFile(path.name))
    blocks = [
        at for at, header in enumerate(found.headers) if header[:1] == "q" and header[1:].split("_")[0].isdecimal()
    ]
    asked = [at for at in blocks if int(found.headers[at][1:].split("_")[0]) <= 19]
    assert sum(str(cell) == "9" for at in asked for cell in found.cells[at]) == 15_309


def test_second_languages_of_forms_are_kept(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "kobo_reach_iraq" / "csv"
    made = form_of(form_tables([whole_file(folder / f"cleaningtools_{part}.csv") for part in ("survey", "choices")]))
    assert (len(made.questions) > 180, made.languages) == (True, ("en", "ar"))
    assert made.choices["sex"]["female"] == {"en": "Female", "ar": "انثى"}
    structure = shared_dir / "data" / "exports_messy" / "limesurvey_structure_multilingual.tsv"
    assert form_of(form_tables([whole_file(structure)])).languages == ("en", "nl")


def test_no_survey_among_the_shared_files_is_forgotten(shared_dir: Path) -> None:
    """Files of answers and of persons; dictionaries, logs, units and provinces' indices are no surveys."""
    surveys = {"exports_messy", "psychometrics_core", "multilevel_army", "raters_core", "vn_tiktokshop_students"}
    others = ("bfi.dictionary", "bfi.keys", "limesurvey_structure")
    held = {
        path.relative_to(shared_dir / "data").as_posix()
        for folder in surveys
        for path in (shared_dir / "data" / folder).rglob("*")
        if path.suffix.lower() in formats() and not path.name.startswith(others)
    }
    assert held <= FACTS.keys()
