"""`analysis audit`: one line a table, exit codes, reasons in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.run.cli import main

PHOYEN = Path(__file__).resolve().parents[2] / "data" / "raw" / "phoyen" / "published"
HEAD = "table_id,dependent,levene_F,df1,df2,p\n"


@pytest.fixture
def analysis(capsys):
    def call(*words: object) -> tuple[int, list[list[str]], str]:
        with pytest.raises(SystemExit) as done:
            main([str(word) for word in words])
        written = capsys.readouterr()
        return int(done.value.code or 0), [line.split("\t") for line in written.out.splitlines()], written.err

    return call


def test_the_printed_tables_of_the_study(analysis):
    code, lines, _ = analysis("audit", PHOYEN, "--lang", "en")
    assert code == 1
    assert all(len(line) == 4 for line in lines)
    found = {line[0]: line for line in lines}
    assert len(found) == len(lines)
    assert [name for name, line in found.items() if line[1] == "inconsistent"] == ["R10"]
    for words in ("OP6", "OP1", "0.8889", "0.8787"):
        assert words in found["R10"][3]
    assert found["T2"][1:3] == ["cannot check", "0"]


def test_every_check_has_its_line(analysis):
    code, lines, _ = analysis("audit", "--long", PHOYEN / "levene.csv", "--lang", "en")
    assert code == 0
    assert len(lines) == 7
    assert lines[0] == ["L1", "CT", "p", ".105", "0.1054", "consistent", ""]


@pytest.mark.parametrize(("lang", "words"), [("vi", "tính lại được"), ("en", "recomputed")])
def test_a_disagreement_ends_with_one(analysis, tmp_path, lang, words):
    (tmp_path / "a.csv").write_text(HEAD + "L,y,2.063,3,272,.777\n", encoding="utf-8")
    code, [line], _ = analysis("audit", tmp_path / "a.csv", "--lang", lang)
    assert (code, line[1], line[2]) == (1, "inconsistent", "1")
    assert words in line[3] or ".777" in line[3]


def test_what_cannot_be_read_ends_with_two_and_the_rest_is_told(analysis, tmp_path):
    (tmp_path / "a.csv").write_text(HEAD + "L,y,2.063,3,272,.105\n", encoding="utf-8")
    (tmp_path / "b.xlsx").write_bytes(b"no workbook")
    code, lines, err = analysis("audit", tmp_path, "--lang", "en")
    assert (code, [line[:2] for line in lines]) == (2, [["L", "consistent"]])
    assert "b.xlsx" in err
    assert "Traceback" not in err


def test_a_missing_file_ends_with_two(analysis, tmp_path):
    code, lines, err = analysis("audit", tmp_path / "nothing.csv", "--lang", "vi")
    assert (code, lines) == (2, [])
    assert "nothing.csv" in err


def test_unknown_columns_are_no_crash(analysis, tmp_path):
    (tmp_path / "a.csv").write_text("table_id,shoe,hat\nX,1,2\n", encoding="utf-8")
    code, lines, _ = analysis("audit", tmp_path / "a.csv", "--lang", "en")
    assert (code, lines[0][:3]) == (0, ["X", "cannot check", "0"])


def test_a_cell_cannot_break_the_lines(analysis, tmp_path):
    (tmp_path / "a.csv").write_text(HEAD + '"L\t1","y\n2",2.063,3,272,.777\n', encoding="utf-8")
    _, lines, _ = analysis("audit", tmp_path / "a.csv", "--lang", "en")
    assert [len(line) for line in lines] == [4]


def test_a_certificate_for_each_publication_in_every_language_and_format(analysis, tmp_path):
    code, lines, err = analysis("audit", PHOYEN / "reliability_items.csv", "--out", tmp_path, "--lang", "vi,en")
    assert code == 1
    assert "phiếu" in err
    for lang in ("vi", "en"):
        files = sorted(path.name for path in (tmp_path / lang).iterdir())
        assert len(files) % 3 == 0
        assert {Path(name).suffix for name in files} == {".docx", ".html", ".pdf"}
        assert "OP6" in (tmp_path / lang / "certificate_R10.html").read_text(encoding="utf-8")
    assert {name.split("_")[1].split(".")[0] for name in files} <= {line[0] for line in lines}
