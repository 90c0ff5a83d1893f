"""A study without answers of persons runs to its page in both languages; its numbers are real, and traced to files."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from analysis.errors import AnalysisError, RunError
from analysis.report.document.findings import test_of as mirror_of
from analysis.run.cli import main
from analysis.run.plan import notebooks
from analysis.run.work import run

PROJECT = Path(__file__).resolve().parents[2]
STUDY = PROJECT / "data" / "raw" / "phoyen"


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    [folder] = run("phoyen", out=tmp_path_factory.mktemp("public"))
    return folder


def ledger_of(folder: Path) -> list[dict]:
    return json.loads((folder / "ledger.json").read_text(encoding="utf-8"))


def test_both_languages_print_the_ledger_s_numbers(report, page):
    ledger = {each["id"]: each["value"] for each in ledger_of(report)}
    for lang in ("vi", "en"):
        printed = page(report / lang / "findings.html").numbers
        assert {key: float(value) for key, (value, _) in printed.items()} == ledger
    assert len(ledger) > 300


def test_nothing_is_stamped_simulated(report, page):
    assert not any(each["simulated"] for each in ledger_of(report))
    assert json.loads((report / "manifest.json").read_text(encoding="utf-8"))["simulated"] is False
    for lang, stamp in (("vi", "mô phỏng"), ("en", "simulated")):
        found = page(report / lang / "findings.html")
        assert stamp not in found.text.lower()
        assert not any(attributes.get("class") == "stamp" for _, attributes in found.tags)


def test_the_page_says_that_it_is_no_survey(report, page):
    vi, en = (page(report / lang / "findings.html").text for lang in ("vi", "en"))
    assert "không phải kết quả khảo sát" in vi
    assert "not a survey" in en
    assert "kết quả xử lý số liệu khảo sát" not in vi.lower()
    assert vi.count("nên báo cáo không có:") == 1  # one reason, said once
    assert "“Độ tin cậy của thang đo”" in vi
    assert "this study has no answers of a survey" in en


def test_sections_stand_in_the_order_of_their_notebooks(report, page):
    for lang in ("vi", "en"):
        sections = [
            found["id"]
            for tag, found in page(report / lang / "findings.html").tags
            if tag == "section" and found["id"][0].isdigit()  # those of notebooks
        ]
        assert sections == ["00_context", "18_replication"]


def test_inputs_are_the_tables_with_their_hashes(report):
    expected = {
        path.relative_to(STUDY).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in STUDY.rglob("*.csv")
    }
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"] == expected
    assert manifest["n"] is None
    assert all(each["inputs"] == expected for each in ledger_of(report))


def test_every_record_names_its_function_and_the_function_its_test(report):
    for name in {each["function"] for each in ledger_of(report)}:
        module, _, function = name.rpartition(".")
        text = (PROJECT / "src" / Path(*module.split(".")).with_suffix(".py")).read_text(encoding="utf-8")
        assert f"def {function}(" in text
        assert (PROJECT / mirror_of(name)).exists(), name


def test_vietnamese_page_holds_no_english_and_no_empty_slot(report, page):
    text = page(report / "vi" / "findings.html").text
    for word in ("Table", "Figure", "Source:", "None", "nan", "ward", "commune", "province", "reliability_"):
        assert not re.search(rf"(?<![\w./]){word}\b", text.split("Phụ lục")[0]), word
    assert "{" not in text


def test_a_table_that_is_not_the_declared_one_stops_the_run(tmp_path):
    shutil.copytree(STUDY, tmp_path / "phoyen")
    path = tmp_path / "phoyen" / "indices.csv"
    path.write_bytes(path.read_bytes().replace(b"46.3487,4,61", b"46.3487,1,61"))
    with pytest.raises(AnalysisError) as caught:
        run(tmp_path / "phoyen", out=tmp_path / "out")
    assert caught.value.code == "data.sha256"
    assert not (tmp_path / "out" / "phoyen").exists()


def test_check_reads_the_tables(capsys):
    with pytest.raises(SystemExit) as done:
        main(["check", "phoyen", "--lang", "vi"])
    assert done.value.code == 0
    assert "15 bảng số liệu" in capsys.readouterr().err


def test_a_notebook_that_needs_what_no_page_has_is_refused(tmp_path):
    cell = {
        "cell_type": "code",
        "metadata": {"tags": ["parameters"]},
        "source": 'lang: str = "vi"',
        "outputs": [],
        "id": "a",
    }
    content = {
        "cells": [cell],
        "metadata": {"analysis": {"needs": ["indexes", "models"]}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (tmp_path / "01_x.ipynb").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError) as caught:
        notebooks(tmp_path)
    [found] = caught.value.problems
    assert (found.code, found.get("need"), found.get("nearest")) == ("run.unknown_need", "indexes", "indices")
