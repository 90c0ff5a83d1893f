"""A report comes whole or not at all, and what a killed run left is cleared or put back."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from analysis.errors import RunError
from analysis.run import folders
from analysis.run.folders import clear, new_report, output_folder


def report(path: Path, text: str) -> Path:
    path.mkdir(parents=True)
    (path / "manifest.json").write_text(text, encoding="utf-8")
    return path


def text_of(path: Path) -> str:
    return (path / "manifest.json").read_text(encoding="utf-8")


def half_written(folder: Path) -> None:
    (folder / "manifest.json").write_text("new", encoding="utf-8")
    raise OSError("stop")


@pytest.fixture(params=["exchanged", "moved aside"])
def way(request, monkeypatch):
    if request.param == "moved aside":
        monkeypatch.setattr(folders, "_exchange", lambda *_: False)
    return request.param


def test_a_new_report_takes_the_place_of_the_old_one(tmp_path, way):
    final = report(tmp_path / "demo", "old")
    (final / "only_old.txt").touch()
    with new_report(final) as folder:
        (folder / "manifest.json").write_text("new", encoding="utf-8")
        assert text_of(final) == "old"
    assert text_of(final) == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
    assert [path.name for path in final.iterdir()] == ["manifest.json"]


def test_a_failure_leaves_the_old_report_whole(tmp_path, way):
    final = report(tmp_path / "demo", "old")
    with pytest.raises(OSError, match="stop"), new_report(final) as folder:
        half_written(folder)
    assert text_of(final) == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_run_that_died_between_the_two_moves_is_mended_by_the_next(tmp_path):
    report(tmp_path / ".demo.old", "old")
    report(tmp_path / ".demo.partial-abcd1234", "new")
    with output_folder(tmp_path):
        assert text_of(tmp_path / "demo") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_what_is_unfinished_is_cleared_and_nothing_else(tmp_path):
    report(tmp_path / "demo", "new")
    report(tmp_path / ".demo.old", "old")
    report(tmp_path / ".demo.partial-abcd1234", "half")
    (tmp_path / ".index.html.123").touch()
    (tmp_path / ".index.en.html.123").touch()
    kept = {".git", ".demo.partial", ".hidden.partial-note.txt", "index.html"}
    for name in kept:
        (tmp_path / name).touch()
    clear(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"demo", *kept}
    assert text_of(tmp_path / "demo") == "new"


def test_a_folder_that_is_no_report_is_never_replaced(tmp_path):
    other = tmp_path / "demo"
    other.mkdir()
    (other / "responses.xlsx").touch()
    with pytest.raises(RunError) as caught, new_report(other):
        pass
    assert caught.value.code == "run.not_a_report"
    assert (other / "responses.xlsx").exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.ENOSPC, "run.disk_full"), (errno.EROFS, "run.read_only"), (errno.EIO, "run.cannot_write")],
)
def test_the_system_s_refusal_is_told_in_words(tmp_path, number, code):
    with pytest.raises(RunError) as caught, output_folder(tmp_path):
        raise OSError(number, os.strerror(number), str(tmp_path / "demo" / "x.html"))
    [found] = caught.value.problems
    assert (found.code, found.get("folder")) == (code, tmp_path.name)


def test_a_file_elsewhere_is_not_blamed_on_the_output_folder(tmp_path):
    with pytest.raises(RunError) as caught, output_folder(tmp_path / "out"):
        (tmp_path / "absent").read_bytes()
    assert caught.value.code == "run.system"
