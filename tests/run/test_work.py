"""The whole job on real and simulated answers: two languages, one set of numbers, nothing half-written."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pypdfium2
import pytest

from analysis.errors import AnalysisError, RunError
from analysis.report.document.findings import test_of as mirror_of
from analysis.run import work
from analysis.run.publish import write_index
from analysis.run.work import run

PROJECT = Path(__file__).resolve().parents[2]


def ledger_of(folder: Path) -> dict[str, dict]:
    return {each["id"]: each for each in json.loads((folder / "ledger.json").read_text(encoding="utf-8"))}


def words_of(path: Path) -> str:
    """All that a file says, whatever its format; a picture says nothing that its page does not."""
    content = path.read_bytes()
    if path.suffix in {".docx", ".xlsx"}:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = [name for name in archive.namelist() if name.endswith((".xml", ".rels"))]
        return "\n".join(re.sub(r"<[^>]*>", " ", archive.read(name).decode("utf-8")) for name in members)
    if path.suffix == ".pdf":
        return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content))
    return "" if path.suffix == ".png" else content.decode("utf-8")


class TestDemo:
    def test_both_languages_print_the_same_numbers_in_their_own_way(self, demo_report, page):
        vi, en = (page(demo_report / lang / "findings.html") for lang in ("vi", "en"))
        assert len(vi.numbers) > 150
        assert {key: value for key, (value, _) in vi.numbers.items()} == {
            key: value for key, (value, _) in en.numbers.items()
        }
        assert any("," in text for _, text in vi.numbers.values())
        alpha = "reliability.DT.alpha"
        assert vi.numbers[alpha][1] == en.numbers[alpha][1].replace(".", ",")

    def test_every_printed_number_is_a_record_of_the_ledger(self, demo_report, page):
        ledger = ledger_of(demo_report)
        for lang in ("vi", "en"):
            pages = [page(demo_report / lang / f"{name}.html").numbers for name in ("findings", "brief")]
            printed = {**pages[1], **pages[0]}
            assert all(pages[0].get(key, number)[0] == number[0] for key, number in pages[1].items())
            assert printed.keys() == ledger.keys()
            assert all(float(value) == ledger[key]["value"] for key, (value, _) in printed.items())

    def test_every_record_names_its_function_and_the_function_its_test(self, demo_report):
        for record in ledger_of(demo_report).values():
            assert record["function"].startswith("analysis.")
            module, _, name = record["function"].rpartition(".")
            assert f"def {name}(" in _module_text(module)
            assert (PROJECT / mirror_of(record["function"])).exists(), record["function"]

    def test_every_record_and_every_source_line_is_stamped_simulated(self, demo_report, page):
        ledger = ledger_of(demo_report)
        assert all(record["simulated"] is True for record in ledger.values())
        for lang, stamp in (("vi", "mô phỏng"), ("en", "simulated")):
            found = page(demo_report / lang / "findings.html")
            assert stamp in page(demo_report / lang / "brief.html").text
            tables = sum(tag == "table" for tag, _ in found.tags) - 1  # the appendix is no table of results
            figures = sum(tag == "figure" for tag, _ in found.tags)
            assert len(found.sources) == tables + figures
            assert all(stamp in source for source in found.sources)

    def test_every_file_says_in_its_metadata_that_it_is_simulated(self, demo_report, page):
        for path in demo_report.rglob("*"):
            if path.suffix == ".html":
                meta = [found for tag, found in page(path).tags if tag == "meta" and found.get("name") == "description"]
                assert any(word in str(meta) for word in ("mô phỏng", "simulated")), path.name
            elif path.suffix == ".ipynb":
                assert json.loads(path.read_text(encoding="utf-8"))["metadata"]["analysis"]["simulated"] is True
            elif path.name == "manifest.json":
                assert json.loads(path.read_text(encoding="utf-8"))["simulated"] is True

    def test_no_coefficient_reads_as_a_percentage(self, demo_report, page):
        for lang in ("vi", "en"):
            text = page(demo_report / lang / "findings.html").text
            assert not re.search(r"(β|[Bb]eta)\s*=?\s*-?\d+[,.]\d+\s*%", text)

    def test_p_values_come_with_n_and_method(self, demo_report):
        records = [record for record in ledger_of(demo_report).values() if record["statistic"] == "p"]
        assert len(records) >= 5
        assert all(record["n"] and record["function"] for record in records)

    def test_nothing_is_fetched_and_no_script_runs(self, demo_report, page):
        for path in [*demo_report.rglob("*.html"), *demo_report.parent.glob("*.html")]:
            for tag, attributes in page(path).tags:
                assert tag not in {"script", "link", "iframe", "object"}
                assert not any(name.startswith("on") for name in attributes)
                assert str(attributes.get("src", "data:")).startswith("data:")

    def test_pictures_have_alternative_text(self, demo_report, page):
        for lang in ("vi", "en"):
            pictures = [found for tag, found in page(demo_report / lang / "findings.html").tags if tag == "img"]
            assert len(pictures) >= 4
            assert all(len(str(found["alt"])) > 40 for found in pictures)

    def test_ids_are_unique(self, demo_report, page):
        for lang in ("vi", "en"):
            ids = [found["id"] for _, found in page(demo_report / lang / "findings.html").tags if "id" in found]
            assert len(ids) == len(set(ids))

    def test_links_inside_the_report_lead_somewhere(self, demo_report, page):
        for path in [*demo_report.rglob("*.html"), *demo_report.parent.glob("*.html")]:
            found = page(path)
            ids = {attributes["id"] for _, attributes in found.tags if "id" in attributes}
            for tag, attributes in found.tags:
                target = str(attributes.get("href", "")) if tag == "a" else ""
                if target.startswith("#"):
                    assert target[1:] in ids
                elif target and not target.startswith("http"):
                    assert (path.parent / target).exists(), target

    def test_vietnamese_page_is_vietnamese(self, demo_report, page):
        text = page(demo_report / "vi" / "findings.html").text
        for word in ("mean", "Table", "Figure", "Source", "respondents", "None", "nan", "inf ", "0,000 "):
            assert not re.search(rf"(?<![\w.]){word}", text), word
        assert "{" not in text.replace("{}", "")

    def test_no_answer_of_a_person_reaches_the_report(self, demo_report):
        from python_calamine import CalamineWorkbook

        book = CalamineWorkbook.from_path(PROJECT / "data" / "raw" / "demo" / "responses.xlsx")
        header, *rows = book.get_sheet_by_index(0).to_python()
        persons = {row[header.index("Mã phiếu")] for row in rows}
        assert len(persons) > 250
        for path in demo_report.rglob("*"):
            if path.is_file():
                text = re.sub(r"[A-Za-z0-9+/=]{60,}", "", words_of(path))  # pictures
                assert not [person for person in persons if re.search(rf"\b{re.escape(person)}\b", text)]

    def test_no_path_of_the_machine_reaches_the_report(self, demo_report):
        for path in demo_report.rglob("*"):
            if path.is_file():
                text = words_of(path)
                assert str(PROJECT) not in text
                assert str(demo_report.parent) not in text
                assert str(PROJECT).encode() not in path.read_bytes()

    def test_manifest_accounts_for_every_file_and_cell(self, demo_report):
        manifest = json.loads((demo_report / "manifest.json").read_text(encoding="utf-8"))
        files = {path.relative_to(demo_report).as_posix() for path in demo_report.rglob("*") if path.is_file()}
        assert set(manifest["outputs"]) == files - {"manifest.json"}
        assert all(each["cells"] == each["replies"] > 0 for each in manifest["notebooks"])
        assert not any(each["edited"] for each in manifest["notebooks"])

    def test_a_second_run_gives_the_same_bytes(self, demo_report, tmp_path):
        [again] = run("demo", out=tmp_path, jobs=1, cache=False)
        for path in sorted(demo_report.rglob("*")):
            if path.is_file():
                assert path.read_bytes() == (again / path.relative_to(demo_report)).read_bytes(), path.name


def _module_text(module: str) -> str:
    path = PROJECT.joinpath("src", *module.split("."))
    return (path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py").read_text(
        "utf-8"
    ) + ("".join(each.read_text("utf-8") for each in path.glob("*.py")) if path.is_dir() else "")


# Computed in R 4.2.2 (psych, lm) from the deposited file, as its README states them.
ALPHA = {"SC": 0.8577, "SI": 0.8514, "TR": 0.8620, "HM": 0.7857, "SL": 0.8554, "PP": 0.8237, "OIB": 0.7765}
B = {"SC": 0.14304, "SI": 0.11289, "TR": 0.17966, "HM": 0.17230, "SL": 0.23906, "PP": 0.09229}


class TestRealSurvey:
    @pytest.fixture(scope="class")
    def report(self, shared_dir, tmp_path_factory) -> Path:
        data = shared_dir / "data" / "vn_tiktokshop_students"
        [folder] = run("impulse_buying", data=data, out=tmp_path_factory.mktemp("real"))
        return folder

    def test_gives_the_published_reliabilities_and_regression(self, report):
        ledger = ledger_of(report)
        found = {code: ledger[f"reliability.{code}.alpha"]["value"] for code in ALPHA}
        assert found == pytest.approx(ALPHA, abs=5e-5)  # printed to four digits
        coefficients = {code: ledger[f"regression.main.{code}.b"]["value"] for code in B}
        assert coefficients == pytest.approx(B, abs=5e-6)  # printed to five digits
        assert ledger["regression.main.r2"]["value"] == pytest.approx(0.47746, abs=5e-6)
        assert ledger["regression.main.r2"]["n"] == 361

    def test_reads_as_a_chapter_about_students_not_officials(self, report, page):
        vi, en = (page(report / lang / "findings.html").text for lang in ("vi", "en"))
        assert "361 sinh viên" in vi
        assert "361 students" in en
        for word in ("cán bộ", "công chức", "mô phỏng"):
            assert word not in vi.lower()
        for word in ("official", "cadre", "civil servant", "simulated"):
            assert word not in en.lower()

    def test_numbers_are_not_stamped_simulated(self, report):
        assert not any(record["simulated"] for record in ledger_of(report).values())

    def test_index_puts_real_data_before_simulated(self, report, demo_report, tmp_path, page):
        import shutil

        for folder in (demo_report, report):
            shutil.copytree(folder, tmp_path / folder.name)
        write_index(tmp_path)
        for name in ("index.html", "index.en.html"):
            links = [
                found["href"] for tag, found in page(tmp_path / name).tags if tag == "a" and "findings" in found["href"]
            ]
            assert [link.split("/")[0] for link in links] == ["impulse_buying", "demo"]


def test_a_failed_run_leaves_the_earlier_report_whole(demo_report, tmp_path, monkeypatch):
    import shutil

    shutil.copytree(demo_report, tmp_path / "demo")
    before = {path: path.read_bytes() for path in (tmp_path / "demo").rglob("*") if path.is_file()}

    def broken(*_args: object) -> None:
        raise RunError()

    monkeypatch.setattr(work, "write_study", broken)
    with pytest.raises(AnalysisError):
        run("demo", out=tmp_path, langs=("vi",))
    assert {path: path.read_bytes() for path in (tmp_path / "demo").rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_without_a_name_all_present_studies_run_and_absent_files_are_named(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(work, "_run_study", lambda study, *_rest: tmp_path / study.id)
    run(out=tmp_path, progress=lambda key, **slots: told.append((key, slots.get("study"))))
    absent = not (PROJECT / "data" / "raw" / "impulse_buying" / "raw_data.xlsx").exists()
    assert (("run.skipped", "impulse_buying") in told) is absent
    assert ("run.skipped", "demo") not in told


def test_a_study_without_model_and_variables_leaves_the_chapter_out_in_one_sentence(tmp_path, page):
    import shutil

    shutil.copytree(PROJECT / "tests" / "data" / "small", tmp_path / "mine")
    text = (tmp_path / "mine" / "study.yml").read_text(encoding="utf-8")
    text = re.sub(r"^(variables|models|hypotheses):\n(?:[ #].*\n|\n)+", "", text, flags=re.MULTILINE)
    (tmp_path / "mine" / "study.yml").write_text(text, encoding="utf-8")
    [folder] = run(tmp_path / "mine", out=tmp_path / "out")
    vi, en = (page(folder / lang / "findings.html").text for lang in ("vi", "en"))
    assert re.search("nên báo cáo không có: [^.]*“Các nhân tố ảnh hưởng”", vi)
    assert re.search("Left out because this study has [^.]*: [^.]*“Factors that go with the outcome”", en)
    assert "asks for no characteristic of the respondents" in en
    assert not [key for key in ledger_of(folder) if key.startswith(("regression", "profile"))]


def test_one_language_alone_has_no_dead_link(tmp_path, page):
    [folder] = run("demo", out=tmp_path, langs=("en",))
    targets = [found["href"] for tag, found in page(folder / "en" / "findings.html").tags if tag == "a"]
    assert not any("vi/findings" in str(target) for target in targets)


def test_an_unknown_language_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(RunError) as caught:
        run("demo", out=tmp_path, langs=("vn",))
    assert caught.value.problems[0].get("allowed") == ("vi", "en")
    assert list(tmp_path.iterdir()) == []
