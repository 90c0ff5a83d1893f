"""Printed tables become a study folder that is checked and run like any other, and that says everywhere what it is."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from dataclasses import replace

import pytest

from analysis.chapters.reliability import reliability
from analysis.errors import RunError
from analysis.published.reconstruct import Reconstruction
from analysis.report.verbs import narrate, table
from analysis.run.cli import main
from analysis.run.reconstruction import Choice, rebuild
from analysis.run.work import run
from analysis.stats.regression import ols
from analysis.stats.result import from_dict
from analysis.study import load_study
from analysis.survey.responses import check, prepare


@pytest.fixture(scope="module")
def tables(prints, tmp_path_factory):
    folder = tmp_path_factory.mktemp("printed")
    prints.write(prints.Survey(3, 160, 3, 4).print(3, ("item_mean", "item_sd")), folder)
    return folder


@pytest.fixture(scope="module")
def built(tables, tmp_path_factory):
    out = tmp_path_factory.mktemp("built") / "again"
    return rebuild(tables, out), out


def call(capsys, *words: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as done:
        main([str(word) for word in words])
    return int(done.value.code or 0), capsys.readouterr().err.replace("\N{NO-BREAK SPACE}", " ")


def test_the_folder_is_a_study_without_a_problem(built):
    found, out = built
    assert found.missed == ()
    assert check(out) == ()
    responses = prepare(out, cache=False)
    assert len(responses) == 160
    codes = [item.code for item in found.blueprint.items]
    assert (responses.frame[codes].to_numpy() == found.data[codes].to_numpy()).all()
    assert responses.frame["gender"].value_counts().sum() == 160


def test_its_scores_have_the_printed_correlations(built):
    found, out = built
    frame = prepare(out, cache=False).frame
    for pair in found.blueprint.correlations:
        assert f"{frame[pair.a].corr(frame[pair.b]):.3f}" == pair.r


def test_the_page_says_that_it_is_simulated_and_from_where(built):
    _, out = built
    study = load_study(out)
    assert study.simulated
    assert study.models["main"].formula == "S3 ~ S1 + S2"
    assert ("dựng lại" in study.title.vi, "reconstructed" in study.title.en) == (True, True)
    with zipfile.ZipFile(out / "responses.xlsx") as book:
        properties = book.read("docProps/core.xml").decode()
    assert "Số liệu mô phỏng" in properties
    assert "Simulated data" in properties


def test_the_record_says_what_was_met_and_what_is_free(built):
    found, out = built
    record = from_dict(json.loads((out / "reconstruction.json").read_text(encoding="utf-8")))
    assert isinstance(record, Reconstruction)
    assert record == found
    lines = (out / "matched.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "where,what,printed,reached,low,high,within,Ghi chú nguồn"
    assert len(lines) == len(found.matched) + 1
    assert all(line.endswith(",yes,Số liệu mô phỏng") for line in lines[1:])


def test_every_file_says_that_it_is_simulated(built):
    for file in built[1].iterdir():
        if file.suffix != ".xlsx":  # its sheet and its properties are read above
            assert re.search("mô phỏng|simulated", file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_tables_and_sentences_tell_what_is_met_and_what_is_open(built, lang):
    found, _ = built
    kinds = table(found, lang).block
    assert [int(row.cells[1][0].record.value) for row in kinds.rows] == list(
        Counter(match.what for match in found.matched).values()
    )
    assert len(table(found, lang, view="matched").block.rows) == len(found.matched)
    story = str(narrate(found, lang))
    assert ("mô phỏng" if lang == "vi" else "simulated") in story
    for written in (table(found, lang), table(found, lang, view="matched")):
        assert "reconstruct." not in str(written)


def test_a_number_that_is_not_met_is_named(built):
    found, _ = built
    missed = replace(found, matched=(replace(found.matched[0], printed="4.90", within=False), *found.matched[1:]))
    assert "reached" in str(narrate(missed, "en"))
    assert "4.90" in str(narrate(missed, "en"))


def test_the_same_seed_writes_the_same_bytes(tables, built, tmp_path):
    rebuild(tables, tmp_path / "again")
    for file in built[1].iterdir():
        assert (tmp_path / "again" / file.name).read_bytes() == file.read_bytes(), file.name


def test_chapters_read_it_like_any_study(built):
    found, out = built
    findings = reliability(prepare(out, cache=False))
    alphas = {each.construct: each.result.alpha.value for each in findings.computed}
    assert {code: f"{value:.3f}" for code, value in alphas.items()} == {s.code: s.alpha for s in found.blueprint.scales}


def test_the_whole_pipeline_runs_on_it(built, tmp_path):
    found, out = built
    [report] = run(out, out=tmp_path, langs=("vi",))
    ledger = {each["id"]: each for each in json.loads((report / "ledger.json").read_text(encoding="utf-8"))}
    assert all(record["simulated"] for record in ledger.values())
    for scale in found.blueprint.scales:
        assert f"{float(ledger[f'reliability.{scale.code}.alpha']['value']):.3f}" == scale.alpha
    page = (report / "vi" / "findings.html").read_text(encoding="utf-8")
    assert "số liệu mô phỏng" in page.lower()
    assert ols("S3 ~ S1 + S2", prepare(out, cache=False)).n == 160


def test_nothing_is_written_over_what_is_there(tables, tmp_path):
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(RunError) as caught:
        rebuild(tables, tmp_path)
    assert caught.value.code == "reconstruct.exists"
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(("lang", "words"), [("vi", "Số liệu mô phỏng dựng"), ("en", "Simulated data built")])
def test_the_command_says_how_many_numbers_are_met(capsys, tmp_path, tables, lang, words):
    code, said = call(capsys, "reconstruct", tables, "--out", tmp_path / "new", "--seed", 4, "--lang", lang)
    assert code == 0
    assert "n = 160" in said
    assert words in (tmp_path / "new" / "study.yml").read_text(encoding="utf-8")
    assert call(capsys, "check", tmp_path / "new", "--lang", lang)[0] == 0


def test_the_real_tables_of_the_repository_are_read_by_the_name_of_their_study(capsys, tmp_path):
    code, said = call(capsys, "reconstruct", "phoyen", "--table", "R1", "--out", tmp_path / "r1", "--lang", "en")
    assert code == 0
    assert "n = 144: 55 of 55" in said
    assert "toc.123doc.org" in (tmp_path / "r1" / "study.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "exit_code", "words"),
    [
        ((), 5, ("R1", "R10", "--table")),
        (("--table", "R4"), 5, ("152", "--n")),
        (("--table", "R10", "--n", "198"), 5, ("OP", "copied twice")),
        (("--table", "R4", "--n", "151"), 5, ("TC", "151")),
        (("--table", "no such table"), 5, ("R1",)),
    ],
)
def test_what_cannot_be_built_is_said_and_nothing_is_written(capsys, tmp_path, options, exit_code, words):
    code, said = call(capsys, "reconstruct", "phoyen", "--out", tmp_path / "new", "--lang", "en", *options)
    assert code == exit_code
    assert all(word in said for word in words)
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_tables_is_said_to_be_so(capsys, tmp_path):
    (tmp_path / "empty").mkdir()
    code, said = call(capsys, "reconstruct", tmp_path / "empty", "--out", tmp_path / "new", "--lang", "en")
    assert code == 2
    assert "reliability_items.csv" in said


def test_words_that_look_like_formulas_stay_words(prints, tmp_path):
    printed = prints.Survey(5, 60, 1, 3).print(2, ("item_mean", "item_sd"))
    for row in printed["profiles"]:
        row["category"] = f"=1+{row['category']}"
    prints.write({kind: printed[kind] for kind in ("reliability", "profiles")}, tmp_path / "printed")
    rebuild(tmp_path / "printed", tmp_path / "new", Choice(n=60))
    assert check(tmp_path / "new") == ()
    with zipfile.ZipFile(tmp_path / "new" / "responses.xlsx") as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
