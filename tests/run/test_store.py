"""A kept execution is taken only for the same inputs, code and sources, and only when it is what was written."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from analysis.run import store as module
from analysis.run.execute import Executed
from analysis.run.plan import Job, notebooks
from analysis.run.store import package_hash, store_of
from analysis.study import load_study

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def study(tmp_path):
    shutil.copytree(PROJECT / "tests" / "data" / "small", tmp_path / "raw" / "small")
    return load_study(tmp_path / "raw" / "small")


@pytest.fixture
def job():
    [notebook] = [each for each in notebooks(PROJECT / "notebooks") if each.name == "03_reliability"]
    return Job("small", notebook, "vi", {"lang": "vi", "level": 0.95})


@pytest.fixture
def done(job) -> Executed:
    return Executed(job, nbformat.read(job.notebook.path, 4), 10, 10)


@pytest.fixture
def store(study):
    return store_of(study, {"responses.csv": "ab"})


def test_what_is_kept_comes_back_as_it_was(store, job, done):
    assert store.load(job) is None
    store.save(done)
    assert store.load(job) == done
    assert nbformat.writes(store.load(job).notebook) == nbformat.writes(done.notebook)


def test_it_lies_where_git_and_reports_do_not_reach(store, done, study):
    store.save(done)
    [path] = store.folder.iterdir()
    assert path.is_relative_to(study.folder.parents[1] / "processed" / "small")


@pytest.mark.parametrize("harm", [b"", b"{}", b"not json\n{}", "cut", "flipped"])
def test_a_damaged_entry_is_ignored(store, job, done, harm):
    store.save(done)
    [path] = store.folder.iterdir()
    content = path.read_bytes()
    harmed = {"cut": content[:-100], "flipped": content.replace(b"alpha", b"alphA", 1)}.get(harm, harm)
    assert harmed != content
    path.write_bytes(harmed)
    assert store.load(job) is None
    store.save(done)
    assert store.load(job) == done


def test_other_files_page_code_parameters_or_language_are_executed_anew(store, study, job, done, monkeypatch):
    store.save(done)
    assert store_of(study, {"responses.csv": "ac"}).load(job) is None
    page = study.folder / "study.yml"
    page.write_text(page.read_text(encoding="utf-8").replace("period", "# x\nperiod", 1), encoding="utf-8")
    same = load_study(study.folder)
    text = page.read_text(encoding="utf-8").replace("chapter: 4", "chapter: 3")
    page.write_text(text, encoding="utf-8")
    other = load_study(study.folder)
    assert other.fingerprint != same.fingerprint
    assert store_of(other, {"responses.csv": "ab"}).load(job) is None
    assert store.load(replace(job, lang="en")) is None
    assert store.load(replace(job, parameters={"lang": "vi", "level": 0.9})) is None
    monkeypatch.setattr(module, "package_hash", lambda: "other")
    assert store_of(study, {"responses.csv": "ab"}).load(job) is None
    monkeypatch.undo()
    monkeypatch.setattr(module, "versions", lambda: {"numpy": "0"})
    assert store_of(study, {"responses.csv": "ab"}).load(job) is None
    monkeypatch.undo()
    assert store.load(job) == done


def test_an_edited_notebook_is_never_kept_for_nobody_knows_what_it_reads(store, job, done, tmp_path):
    edited = nbformat.from_dict(json.loads(json.dumps(done.notebook)))
    edited.cells[-1].source += "\nopen('other.csv')"
    store.save(replace(done, notebook=edited))
    assert not store.folder.exists()
    nbformat.write(edited, tmp_path / job.notebook.path.name)
    store.save(done)
    assert store.load(replace(job, notebook=notebooks(tmp_path)[0])) is None


def test_only_the_newest_execution_of_a_notebook_stays(study, job, done):
    for number in range(4):
        store_of(study, {"responses.csv": str(number)}).save(done)
    store = store_of(study, {"responses.csv": "last"})
    other = replace(done, job=replace(job, lang="en"))
    store.save(other)
    (store.folder / ".03_reliability.vi.left_by_a_killed_run").touch()
    store.save(done)
    assert sorted(path.name.split(".")[1] for path in store.folder.iterdir()) == ["en", "vi"]
    assert store.load(job) == done


def test_a_place_that_cannot_be_written_is_done_without(study, job, done):
    store = store_of(study, {})
    store.folder.parent.mkdir(parents=True)
    store.folder.write_text("a file where the folder should be", encoding="utf-8")
    store.save(done)
    assert store.load(job) is None


def test_any_source_file_changes_the_package_s_hash(tmp_path, monkeypatch):
    package = tmp_path / "analysis"
    (package / "run").mkdir(parents=True)
    (package / "words.yml").write_text("a: b", encoding="utf-8")
    monkeypatch.setattr(module, "__file__", str(package / "run" / "store.py"))
    hashes = set()
    for text in ("a: b", "a: c", "a: b"):
        (package / "words.yml").write_text(text, encoding="utf-8")
        package_hash.cache_clear()
        hashes.add(package_hash())
    package_hash.cache_clear()
    assert len(hashes) == 2
