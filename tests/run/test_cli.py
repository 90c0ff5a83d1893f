"""The command line as a person uses it: exit codes, the chosen language, every problem at once, no traceback."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.run.cli import main

PROJECT = Path(__file__).resolve().parents[2]
SMALL = PROJECT / "tests" / "data" / "small"


@pytest.fixture
def analysis(capsys):
    """Run a command; gives its exit code and what it wrote."""

    def call(*words: object) -> tuple[int, str]:
        with pytest.raises(SystemExit) as done:
            main([str(word) for word in words])
        written = capsys.readouterr()
        return int(done.value.code or 0), written.out + written.err

    return call


@pytest.fixture
def own(tmp_path) -> Path:
    """A copy of a small study that a test may spoil."""
    folder = tmp_path / "raw" / "small"
    shutil.copytree(SMALL, folder)
    return folder


def spoil(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_text(encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8")


def spoil_an_answer(folder: Path) -> None:
    path = folder / "responses.csv"
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    lines[9] = "Hơi hơi".join(lines[9].rsplit("Đồng ý", 1))
    path.write_text("\n".join(lines), encoding="utf-8-sig")


def test_check_of_a_good_study_says_so(analysis, own):
    code, said = analysis("check", own, "--lang", "vi")
    assert code == 0
    assert "không có lỗi" in said


@pytest.mark.parametrize(
    ("lang", "words"),
    [("vi", ("study.yml, dòng", "simulatd", "simulated")), ("en", ("study.yml, line", "simulatd", "simulated"))],
)
def test_an_unknown_key_is_told_with_line_and_nearest(analysis, own, tmp_path, lang, words):
    spoil(own / "study.yml", "simulated:", "simulatd:")
    code, said = analysis("run", own, "--lang", lang, "--out", tmp_path / "out")
    assert code == 2
    assert all(word in said for word in words)
    assert "Traceback" not in said
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_bad_page_and_bad_items_are_told_at_once(analysis, own):
    spoil(own / "study.yml", "simulated:", "simulatd:")
    lines = (own / "items.csv").read_text(encoding="utf-8").splitlines()
    (own / "items.csv").write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    code, said = analysis("check", own, "--lang", "en")
    assert code == 2
    assert "study.yml, line" in said
    assert "items.csv, line" in said


def test_bad_cells_are_told_at_once_with_their_line(analysis, own, tmp_path):
    path = own / "responses.csv"
    text = path.read_text(encoding="utf-8-sig")
    lines = text.split("\n")
    lines[5] = "55".join(lines[5].rsplit("Đồng ý", 1))
    lines[9] = "Hơi hơi".join(lines[9].rsplit("Đồng ý", 1))
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    before = path.read_bytes()
    code, said = analysis("run", own, "--lang", "vi", "--out", tmp_path / "out")
    assert code == 3
    assert "55" in said
    assert "Hơi hơi" in said
    assert "dòng 6" in said
    assert "dòng 10" in said
    assert "Traceback" not in said
    assert path.read_bytes() == before
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("words", [("run", "nosuch"), ("check", "nosuch"), ("get", "nosuch")])
def test_a_study_that_is_not_there_is_told_in_the_language_asked_for(analysis, words):
    code, said = analysis(*words, "--lang", "vi")
    assert code == 2
    assert "nosuch" in said
    assert "Traceback" not in said


def test_a_wrong_option_is_a_usage_error(analysis):
    code, said = analysis("run", "demo", "--lnag", "vi")
    assert code == 2
    assert "--lnag" in said


def test_an_unknown_language_is_refused(analysis, tmp_path):
    code, said = analysis("run", "demo", "--lang", "fr", "--out", tmp_path)
    assert code == 6
    assert "fr" in said


def test_missing_file_of_a_public_study_points_to_get(analysis, tmp_path):
    folder = tmp_path / "raw" / "impulse_buying"
    folder.mkdir(parents=True)
    for name in ("study.yml", "items.csv"):
        shutil.copy(PROJECT / "data" / "raw" / "impulse_buying" / name, folder)
    code, said = analysis("run", folder, "--lang", "en", "--out", tmp_path / "out")
    assert code == 3
    assert "raw_data.xlsx" in said
    assert "analysis get" in said


def test_an_output_folder_that_cannot_be_written_is_told(analysis, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    code, said = analysis("run", "demo", "--lang", "vi", "--out", tmp_path / "file")
    assert code == 6
    assert "--out" in said
    assert "Traceback" not in said


def test_progress_names_study_language_and_notebook(analysis, tmp_path):
    code, said = analysis("run", "demo", "--lang", "en", "--out", tmp_path)
    assert code == 0
    assert "demo · en · 03_reliability" in said
    assert (tmp_path / "demo" / "en" / "findings.html").exists()
    assert (tmp_path / "index.html").exists()


@pytest.mark.parametrize(("variable", "expected"), [("vi_VN.UTF-8", "Lệnh chưa đúng"), ("C.UTF-8", "The command")])
def test_without_a_choice_messages_follow_the_system(analysis, monkeypatch, variable, expected):
    monkeypatch.setenv("LC_ALL", variable)
    _, said = analysis("run", "--wrong")
    assert expected in said


def test_check_tells_page_and_data_at_once_and_what_comes_next(analysis, own):
    spoil(own / "study.yml", "role: outcome", "role: outcom")
    spoil_an_answer(own)
    for lang, words in (("vi", "chạy lại: analysis check"), ("en", "run again: analysis check")):
        code, said = analysis("check", own, "--lang", lang)
        assert code == 2  # the page comes first
        assert "study.yml" in said
        assert "outcom" in said
        assert "Hơi hơi" in said
        assert "responses.csv" in said
        assert words in said


def test_check_of_several_studies_tells_of_each_in_both_languages(analysis, own, tmp_path):
    good = tmp_path / "raw" / "good"
    shutil.copytree(own, good)
    spoil_an_answer(own)
    code, said = analysis("check", own, tmp_path / "nowhere", good, "--lang", "vi,en")
    assert code == 2
    assert all(words in said for words in ("Hơi hơi", "nowhere", "không có lỗi", "no problems", "Next: analysis run"))
    assert analysis("check", own)[0] == 3
    assert analysis("check", good)[0] == 0
