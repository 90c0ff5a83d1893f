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


@pytest.fixture
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("kept") / "secret.key"
    path.write_bytes(bytes(range(7, 71, 2)))
    return path


def test_the_public_export_brings_what_it_cost(tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = tmp_path / "public"
    assert called("export", "demo", "--public", "--key", str(key), "--to", str(to), "--lang", "vi") == 0
    names = {path.name for path in to.iterdir()}
    assert {"demo.csv", "information_loss.json", "information_loss.html", "information_loss.en.html"} <= names
    first = {path.name: path.read_bytes() for path in to.iterdir()}
    assert all(key.read_bytes() not in content for content in first.values())
    assert called("export", "demo", "--public", "--key", str(key), "--to", str(to), "--lang", "en") == 0
    assert {path.name: path.read_bytes() for path in to.iterdir()} == first


def test_a_key_in_hexadecimal_digits_is_the_same_key(key: Path, tmp_path: Path) -> None:
    digits = key.with_name("digits.key")
    digits.write_text(key.read_bytes().hex() + "\n", encoding="ascii")
    files = []
    for path in (key, digits):
        assert called("export", "demo", "--public", "--key", str(path), "--to", str(tmp_path / "out")) == 0
        files.append((tmp_path / "out" / "demo.csv").read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("content", [b"", b"short", bytes(64), b"ab" * 31])
def test_a_key_that_can_be_guessed_is_refused(
    tmp_path: Path, key: Path, content: bytes, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    key.write_bytes(content)
    assert called("export", "demo", "--public", "--key", str(key), "--to", str(tmp_path / "out"), "--lang", lang) == 6
    assert "32" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["to", "repository", "link"])
def test_a_key_beside_the_data_is_refused(tmp_path: Path, key: Path, where: str) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    inside = folder / "k.key"
    if where == "repository":
        (tmp_path / "repo" / ".git").mkdir(parents=True)
        inside = tmp_path / "repo" / "deep" / "k.key"
        inside.parent.mkdir()
    inside.write_bytes(key.read_bytes())
    named = inside
    if where == "link":
        named = key.with_name("link.key")
        named.symlink_to(inside)
    assert called("export", "demo", "--public", "--key", str(named), "--to", str(folder), "--lang", "en") == 6
    assert [path.name for path in folder.iterdir()] == ([] if where == "repository" else ["k.key"])


def test_a_public_export_needs_a_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("export", "demo", "--public", "--to", str(tmp_path / "out"), "--lang", "en") == 6
    assert "--key" in capsys.readouterr().err
    missing = str(tmp_path / "none.key")
    assert called("export", "demo", "--public", "--key", missing, "--to", str(tmp_path / "out")) == 6
    assert list(tmp_path.iterdir()) == []
