"""The command `export`: all files or none, and nothing of others is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analysis.run import export as exports
from analysis.run.cli import main


def called(*words: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(list(words))
    return int(stopped.value.code or 0)


def test_the_command_writes_all_files_and_replaces_an_earlier_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "out"
    assert called("export", "demo", "--to", str(to), "--lang", "vi") == 0
    assert "đã xuất" in capsys.readouterr().err
    first = {path.name: path.read_bytes() for path in to.iterdir()}
    assert {each["path"] for each in json.loads(first["datapackage.json"])["resources"]} == first.keys() - {
        "datapackage.json"
    }
    (to / "left over.txt").write_text("x", encoding="utf-8")
    assert called("export", "demo", "--to", str(to), "--lang", "en") == 0
    assert {path.name: path.read_bytes() for path in to.iterdir()} == first
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_folder_with_something_else_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    (tmp_path / "thesis.docx").write_text("x", encoding="utf-8")
    assert called("export", "demo", "--to", str(tmp_path), "--lang", lang) == 6
    assert "--to" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_nothing_is_left_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert called("export", "demo", "--to", str(tmp_path / "out"), "--lang", "en") == 6
    assert list(tmp_path.iterdir()) == []


def test_a_study_without_answers_has_nothing_to_export(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("export", "phoyen", "--to", str(tmp_path / "out"), "--lang", "en") == 3
    assert list(tmp_path.iterdir()) == []
    assert exports.MARK == "datapackage.json"
