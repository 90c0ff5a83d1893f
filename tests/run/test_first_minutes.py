"""Three real files of different kinds, carried from raw to findings with only the study page edited."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from analysis.chapters.brief import brief
from analysis.report.block import plain
from analysis.report.document.brief import brief_document, brief_section
from analysis.report.document.findings import Findings, findings_document
from analysis.report.document.unconfirmed import unconfirmed
from analysis.report.pen import Pen
from analysis.run.begin import begin
from analysis.run.cli import main
from analysis.run.work import run
from analysis.study import load_study
from analysis.survey import prepare


@dataclass(frozen=True)
class Export:
    """A real export, what a researcher changes in its page, and what then comes out."""

    file: str
    edits: tuple[tuple[str, str], ...]
    n: int
    alphas: dict[str, float]
    form: tuple[str, str] | None = None


STUDENTS = Export(
    "vn_tiktokshop_students/raw_data.xlsx",
    (("name: {vi: SC, en: SC}", "name: {vi: Sự khan hiếm, en: Scarcity}"), ("  - constructs.SC\n", "")),
    361,
    {"SC": 0.8577, "SI": 0.8514, "TR": 0.8620, "HM": 0.7857, "SL": 0.8554, "PP": 0.8237, "OIB": 0.7765},
)
HOUSEHOLDS = Export(
    "kobo_reach_iraq/csv/cleaningtools_raw_data.csv",
    (("role: factor, scale: level5", "role: outcome, scale: level5"),
     ("role: outcome, scale: change5", "role: factor, scale: change5"), ("K2 ~ K1", "K1 ~ K2")),
    632,
    {},
    ("kobo_reach_iraq/csv/cleaningtools_survey.csv", "kobo_reach_iraq/csv/cleaningtools_choices.csv"),
)  # fmt: skip
ATTITUDE = Export(
    "exports_messy/Attitude_Statistics_v3.sav",
    (("Nhóm câu hỏi 2, en: Item group 2", "Sự yêu thích, en: Liking"),),
    150,
    {"K2": 0.81674},
)
EXPORTS = {"xlsx": STUDENTS, "kobo": HOUSEHOLDS, "sav": ATTITUDE}


@pytest.fixture(params=EXPORTS)
def begun(request, shared_dir: Path, tmp_path: Path) -> tuple[Export, Path]:
    """A study begun from a real export, its page edited as a researcher would."""
    export = EXPORTS[request.param]
    form, choices = (shared_dir / "data" / name for name in export.form) if export.form else (None, None)
    folder = begin(tmp_path / request.param, shared_dir / "data" / export.file, form=form, choices=choices).folder
    page = (folder / "study.yml").read_text(encoding="utf-8")
    for old, new in export.edits:
        assert old in page
        page = page.replace(old, new)
    (folder / "study.yml").write_text(page, encoding="utf-8")
    return export, folder


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_real_file_reaches_its_brief(begun: tuple[Export, Path], capsys, lang: str) -> None:
    export, folder = begun
    with pytest.raises(SystemExit) as done:
        main(["check", str(folder), "--lang", lang])
    assert not done.value.code, capsys.readouterr().err
    responses = prepare(folder, cache=False)
    assert len(responses) == export.n
    findings = brief(responses)
    alphas = {row.construct: row.result.alpha.value for row in findings.reliability.scales if row.result}
    assert {code: alphas[code] for code in export.alphas} == pytest.approx(export.alphas, abs=5e-5)
    assert findings.factors is not None
    document = brief_document(findings, lang, brief_section(findings, lang))
    [said] = unconfirmed(responses.study, Pen(lang, responses.study))
    assert plain(document.opening[-1]) == plain(said)
    chapter = findings_document(Findings(responses.study, export.n, "0"), lang, ())
    assert plain(chapter.opening[-1]) == plain(said)


def test_confirmed_parts_are_no_longer_named(shared_dir: Path, tmp_path: Path) -> None:
    folder = begin(tmp_path / "s", shared_dir / "data" / STUDENTS.file).folder
    before = unconfirmed(load_study(folder), Pen("vi", load_study(folder)))
    assert "SC" in plain(before[0])
    page = (folder / "study.yml").read_text(encoding="utf-8")
    (folder / "study.yml").write_text(page[: page.index("unconfirmed:")], encoding="utf-8")
    assert unconfirmed(load_study(folder), Pen("vi", load_study(folder))) == ()


def test_a_real_file_reaches_all_its_findings(begun: tuple[Export, Path], tmp_path: Path, request) -> None:
    if not request.config.getoption("--slow"):
        pytest.skip("the whole run of a real file takes minutes; the briefs are always written")
    export, folder = begun
    [report] = run(folder, out=tmp_path / "reports", cache=False)
    said = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert said["n"] == export.n
    for lang in ("vi", "en"):
        assert said["unconfirmed"][lang]
        for name in ("findings.html", "brief.html", "findings.pdf", "findings.docx"):
            assert (report / lang / name).stat().st_size > 0
        for name in ("findings.html", "brief.html"):
            # the whole sentence at the head of the page, as the index shows it too
            assert said["unconfirmed"][lang][:40] in (report / lang / name).read_text(encoding="utf-8")
