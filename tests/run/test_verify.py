"""A report is held to its manifest and to a fresh run; the first difference is named."""

from __future__ import annotations

import json
import shutil

import pytest

from analysis.errors import DataError, IntegrityError
from analysis.run import verify as module
from analysis.run.manifest import sha256
from analysis.run.verify import verify


@pytest.fixture
def report(demo_report, tmp_path):
    """A copy of the demo report that a test may spoil."""
    return shutil.copytree(demo_report, tmp_path / "demo")


@pytest.fixture
def again(demo_report, tmp_path, monkeypatch):
    """The fresh run gives the demo report once more, without the minutes that it takes."""
    fresh = shutil.copytree(demo_report, tmp_path / "fresh" / "demo")
    monkeypatch.setattr(module, "run", lambda *_, **__: (fresh,))
    return fresh


def change(folder, name, edit):
    """Change a file and let the manifest agree, as a fresh run with another result would."""
    edit(folder / name)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["outputs"][name] = sha256(folder / name)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_report_that_is_computed_again_alike_is_verified(report, again):
    assert verify(report) > 50


def test_a_file_that_was_changed_or_lost_is_named(report, again):
    (report / "vi" / "findings.html").write_text("x", encoding="utf-8")
    (report / "tables.xlsx").unlink()
    with pytest.raises(IntegrityError) as caught:
        verify(report)
    assert [(each.code, each.place.file) for each in caught.value.problems] == [
        ("run.file_missing", "tables.xlsx"), ("run.file_changed", "vi/findings.html"),
    ]  # fmt: skip


def test_the_first_number_that_differs_is_named(report, again):
    def other(path):
        records = json.loads(path.read_text(encoding="utf-8"))
        records[3]["value"] += 1
        path.write_text(json.dumps(records), encoding="utf-8")

    change(again, "ledger.json", other)
    expected = json.loads((report / "ledger.json").read_text(encoding="utf-8"))[3]["id"]
    with pytest.raises(IntegrityError) as caught:
        verify(report)
    assert (caught.value.code, caught.value.problems[0].get("id")) == ("run.number_differs", expected)


def test_a_file_that_differs_is_named(report, again):
    change(again, "vi/brief.pdf", lambda path: path.write_bytes(b"x"))
    with pytest.raises(IntegrityError) as caught:
        verify(report)
    assert (caught.value.code, caught.value.problems[0].place.file) == ("run.file_differs", "vi/brief.pdf")


def test_other_versions_and_inputs_are_named(report, again):
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    manifest["versions"]["numpy"], manifest["page"] = "0.0", "x"
    manifest["inputs"] = dict.fromkeys(manifest["inputs"], "x")
    (report / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(IntegrityError) as caught:
        verify(report)
    assert {each.code for each in caught.value.problems} == {
        "run.page_changed", "run.input_changed", "run.version_differs",
    }  # fmt: skip


def test_a_folder_without_a_report_is_named(tmp_path):
    with pytest.raises(DataError) as caught:
        verify(tmp_path)
    assert caught.value.code == "run.no_manifest"
