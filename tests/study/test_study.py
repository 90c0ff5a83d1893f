"""The study page: what it gives, and that everything wrong with it comes at once with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.errors import Problem, StudyError
from analysis.study import Words, load_study, studies
from analysis.study.schema import schema, schema_text

PROJECT = Path(__file__).resolve().parents[2]
Writer = Callable[..., Path]
OTHER = "{scale: agree5, role: other, name: {vi: a, en: b}}"


def problems(folder: Path) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as caught:
        load_study(folder)
    return caught.value.problems


def only(folder: Path) -> Problem:
    found = problems(folder)
    assert len(found) == 1, [each.code for each in found]
    return found[0]


def test_a_page_becomes_a_study(write_page: Writer) -> None:
    study = load_study(write_page())
    assert study.members == {"A": ("A1", "A2", "A3"), "Y": ("Y1",)}
    assert (study.factors, study.outcomes, study.unconfirmed) == (("A",), ("Y",), ("A3",))
    assert study.items["A2"].reverse
    assert not study.items["A3"].reverse
    assert study.items["A1"].scale == "agree5"
    assert study.scales["agree5"].levels[5] == Words("Rất đồng ý", "Strongly agree")
    assert study.constructs["A"].minimum == 2
    assert study.words("A") == Words("Đào tạo", "Training")
    assert study.words("sex") == Words("Giới tính", "Gender")
    assert study.words("Y1") == study.texts["Y1"] == Words("Câu bốn.", "Question four.")
    assert study.words("nothing") is None
    assert list(study.variables["sex"].levels) == ["1", "2"]
    assert study.title["vi"] == "Nghiên cứu nhỏ"
    assert study.data_folder == study.folder


def test_the_fingerprint_follows_page_and_items(write_page: Writer) -> None:
    first = load_study(write_page()).fingerprint
    assert load_study(write_page()).fingerprint == first
    assert load_study(write_page(items=(("Câu một", "Câu 1"),))).fingerprint != first
    assert load_study(write_page(("Small", "Little"))).fingerprint != first


def test_a_study_is_found_by_folder_page_or_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, write_page: Writer
) -> None:
    folder = write_page()
    assert load_study(folder) == load_study(folder / "study.yml")
    assert load_study("demo").folder == PROJECT / "data" / "raw" / "demo"
    assert "demo" in studies()
    inner = tmp_path / "data" / "raw" / "own"
    inner.mkdir(parents=True)
    for name in ("study.yml", "items.csv"):
        (inner / name).write_bytes((folder / name).read_bytes())
    deep = tmp_path / "notebooks" / "deep"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert load_study("own").folder == inner
    assert load_study("demo").simulated  # from the package's own checkout


@pytest.mark.parametrize("name", ["demmo", "no/such/page", "x" * 5000, "null\0", ".."])
def test_a_study_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(StudyError) as caught:
        load_study(name)
    found = caught.value.problems[0]
    assert (found.code, found.get("name")) == ("study.not_found", name)
    if name == "demmo":
        assert found.get("nearest") == "demo"


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "slots"),
    [
        ("role: factor", "rol: x, role: factor", "study.unknown_key", 8, {"nearest": "role"}),
        ("simulated: true\n", "", "study.missing_key", None, {"key": "simulated"}),
        (", en: Training", "", "study.missing_language", 8, {"key": "en", "within": "constructs.A.name"}),
        ("simulated: true", "simulated: yes", "study.expected_boolean", 3, {"key": "simulated"}),
        ("simulated: true", "simulated: true\nchapter: '4'", "study.expected_integer", 4, {"key": "chapter"}),
        ("{vi: Nghiên cứu nhỏ, en: Small study}", "Small", "study.expected_mapping", 2, {"key": "title"}),
        ("en: Small study", "en: 2024", "study.expected_text", 2, {"key": "title.en"}),
        ("role: factor", "role: factr", "study.not_one_of", 8, {"value": "factr", "nearest": "factor"}),
        ('sign: "+"', 'sign: "*"', "study.not_one_of", 18, {"allowed": ("+", "-")}),
        ("role: factor, scale: agree5", "role: factor, scale: agre5", "study.unknown_scale", 8, {"nearest": "agree5"}),
        ("agree5: {dictionary: agree5}", "agree5: {dictionary: agree9}", "study.unknown_dictionary", 6, {}),
        ("{dictionary: agree5}", "{levels: {1: {vi: a, en: b}}}", "study.too_few_levels", 6, {}),
        ("{dictionary: agree5}", "{levels: {1: {vi: a, en: b}, 2: {vi: A, en: c}}}", "study.label_twice", 6, {}),
        ("{dictionary: agree5}", "{levels: {a: {vi: a, en: b}}}", "study.level_not_integer", 6, {}),
        ("{dictionary: agree5}", "{min: 5, max: 1}", "study.bad_limits", 6, {}),
        ("{dictionary: agree5}", "{min: 1}", "study.bad_limits", 6, {}),
        ("{dictionary: agree5}", "{dictionary: agree5, no_answer: [5]}", "study.no_answer_is_level", 6, {"value": "5"}),
        ("{dictionary: agree5}", "{dictionary: agree5, also: {9: [x]}}", "study.unknown_level", 6, {"value": "9"}),
        ("{dictionary: agree5}", "{dictionary: agree5, no_answer: [1.5]}", "study.expected_integer_or_text", 6, {}),
        ("Y ~ A + sex", "Y ~ A + sax", "study.unknown_name", 16, {"name": "sax", "nearest": "sex"}),
        ("Y ~ A + sex", "Y ~ A + __import__('os')", "formula.unreadable", 16, {}),
        ("term: A", "term: sex", "study.hypothesis_on_category", 18, {"value": "sex"}),
        ("term: A", "term: B", "study.unknown_term", 18, {"value": "B", "allowed": ("A", "sex")}),
        ("model: main", "model: mian", "study.unknown_model", 18, {"nearest": "main"}),
        ("  Y: {role", "  Y-1: " + OTHER + "\n  Y: {role", "study.bad_code", 9, {"value": "Y-1"}),
        ("  sex:", "  A1:", "study.code_used_twice", None, {"code": "A1"}),
        ("kind: category", "kind: number", "study.number_with_levels", 14, {}),
        ("kind: category", "kind: category\n    min: 1", "study.limits_without_number", 11, {}),
        ("simulated: true", "simulated: true\nthresholds: {significanc: 0.1}", "study.unknown_rule", 4, {}),
        ("study: small", "study: Small Study", "study.bad_id", 1, {}),
        ("file: answers.csv", "file: answers.csv, encoding: utf-9", "study.unknown_encoding", 4, {}),
        ("file: answers.csv", "file: answers.csv, source: web", "study.unknown_source", 4, {"value": "web"}),
        ("role: factor", "role: factor, minimum: 9", "study.bad_minimum", 8, {"value": 9, "items": 3}),
    ],
)  # fmt: skip
def test_a_mistake_in_the_page_is_said_with_its_line(
    write_page: Writer, old: str, new: str, code: str, line: int | None, slots: dict[str, object]
) -> None:
    extra = (("  main: {formula: Y ~ A + sex", "  main: {formula: Y ~ A"),) if code == "study.code_used_twice" else ()
    found = problems(write_page((old, new), *extra))
    if code not in ("study.bad_code", "study.level_not_integer", "study.code_used_twice"):
        assert len(found) == 1, [each.code for each in found]
    hit = next(each for each in found if each.code == code)
    assert hit.place.file in ("study.yml", "items.csv")
    if line is not None:
        assert hit.place.line == line
    for name, value in slots.items():
        assert hit.get(name) == value, (name, hit.get(name))


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("A2,A,true", "A1,A,true", "study.duplicate_item", 3),
        ("A2,A,true", "A2,B,true", "study.unknown_construct", 3),
        ("A2,A,true", "A2,A,maybe", "study.not_one_of", 3),
        ("Câu hai.", "", "study.missing_language", 3),
        ("A2,A,true", ",A,true", "study.missing_code", 3),
        ("A2,A,true", "A2,A", "data.ragged_row", 3),
        ("text_en", "text_fr", "study.unknown_column", 1),
        ("Y1,Y", "Y1,A", "study.construct_without_items", 9),
        ("Câu hai.", '"Câu "hai.', "data.csv_quotes", 3),
    ],
)
def test_a_mistake_in_the_items_is_said_with_its_line(
    write_page: Writer, old: str, new: str, code: str, line: int
) -> None:
    found = problems(write_page(items=((old, new),)))
    hit = next(each for each in found if each.code == code)
    assert hit.place.line == line


def test_everything_that_is_wrong_comes_at_once(write_page: Writer) -> None:
    folder = write_page(
        ("simulated: true", "simulated: maybe\nunknown: 1"),
        (", en: Training", ""),
        ("file: answers.csv", "file: ../answers.csv"),
        ("Y ~ A + sex", "Y ~ B + sex"),
        ("term: A", "term: C"),
        items=(("A2,A,true", "A1,Z,perhaps"),),
    )
    found = problems(folder)
    assert {(each.code, each.place.file, each.place.line) for each in found} == {
        ("study.expected_boolean", "study.yml", 3),
        ("study.unknown_key", "study.yml", 4),
        ("study.missing_language", "study.yml", 9),
        ("study.path_outside", "study.yml", 5),
        ("study.not_one_of", "items.csv", 3),
        ("study.duplicate_item", "items.csv", 3),
        ("study.unknown_construct", "items.csv", 3),
        ("study.unknown_name", "study.yml", 17),
        ("study.unknown_term", "study.yml", 19),
    }
    assert "pydantic" not in str(StudyError(*found)).lower()
    assert sorted(each.name for each in folder.iterdir()) == ["items.csv", "study.yml"]


@pytest.mark.parametrize(
    "name",
    ["../a.csv", "/etc/passwd", "C:\\a.csv", "\\\\server\\a.csv", "b/../../a.csv", "https://example.org/a.csv",
     "ftp://example.org/a.csv", "link.csv", " "],
)  # fmt: skip
def test_a_file_outside_the_folder_is_refused(
    write_page: Writer, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    folder = write_page(("answers.csv", json.dumps(name)))
    outside = tmp_path_factory.mktemp("outside") / "a.csv"
    outside.write_text("secret", encoding="utf-8")
    (folder / "link.csv").symlink_to(outside)
    found = only(folder)
    assert (found.code, found.place.line, found.get("path")) == ("study.path_outside", 4, name)


def test_sources_are_checked(write_page: Writer) -> None:
    source = "sources: {web: {citation: A, download: 'ftp://x', sha256: 12}}\nresponses:"
    assert {each.code for each in problems(write_page(("responses:", source)))} == {
        "study.bad_address",
        "study.expected_text",
    }
    source = "sources: {web: {citation: A, download: 'https://x', sha256: abc}}\nresponses:"
    assert only(write_page(("responses:", source))).code == "study.bad_sha256"
    source = "sources: {web: {citation: A, download: 'https://x'}}\nresponses:"
    assert only(write_page(("responses:", source))).code == "study.download_without_sha256"
    source = "sources: {web: {citation: {vi: A}}}\nresponses:"
    assert only(write_page(("responses:", source))).get("within") == "sources.web.citation"


def test_items_may_stand_in_the_page(write_page: Writer) -> None:
    folder = write_page(
        ("models:", "items:\n  A9: {construct: A, reverse: guess, text: {vi: Câu, en: Question}}\nmodels:")
    )
    assert load_study(folder).members["A"] == ("A9", "A1", "A2", "A3")
    assert load_study(folder).unconfirmed == ("A9", "A3")
    folder = write_page(
        ("models:", "items:\n  A1: {construct: A, reverse: ges, text: {vi: Câu, en: Question}}\nmodels:")
    )
    assert {each.code for each in problems(folder)} == {"study.not_one_of", "study.duplicate_item"}


def test_an_unreadable_or_empty_page_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "study.yml"
    page.write_bytes(b"study: \xff\n")
    assert only(tmp_path).code == "study.not_utf8"
    for text in ("", "- a\n- b\n", "just text\n"):
        page.write_text(text, encoding="utf-8")
        assert problems(tmp_path)[0].code == "study.expected_mapping"


def test_items_of_a_spreadsheet_with_semicolons(write_page: Writer) -> None:
    folder = write_page()
    before = load_study(folder)
    items = folder / "items.csv"
    items.write_text("\ufeff" + items.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert load_study(folder).items == before.items


def test_strata_name_a_variable_and_its_levels(write_page: Writer) -> None:
    folder = write_page(("models:", "strata: {variable: sex, sizes: {1: 10, 3: 20}}\nmodels:"))
    assert only(folder).code == "study.unknown_level"
    folder = write_page(("models:", "strata: {variable: age, sizes: {1: 10}}\nmodels:"))
    assert only(folder).code == "study.unknown_variable"


@pytest.mark.parametrize("name", ["demo", "impulse_buying"])
def test_the_repositorys_own_pages_are_right(name: str) -> None:
    study = load_study(name)
    assert study.id == name
    assert all(words.vi and words.en for words in study.texts.values())


def test_the_template_is_a_correct_page_and_fits_the_schema() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from analysis.study.yaml_page import read_yaml

    folder = PROJECT / "src" / "analysis" / "study" / "template"
    assert load_study(folder).unconfirmed == ("DT3",)
    for page in (
        folder / "study.yml",
        *(PROJECT / "data" / "raw" / name / "study.yml" for name in ("demo", "impulse_buying")),
    ):
        jsonschema.validate(read_yaml(page.read_bytes(), page.name).content, schema())


def test_the_published_schema_is_current() -> None:
    """`analysis.study.schema.schema_text()` writes docs/study.schema.json."""
    published = json.loads((PROJECT / "docs" / "study.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(schema_text())


def test_the_documentation_names_every_key() -> None:
    text = (PROJECT / "docs" / "study-page.md").read_text(encoding="utf-8")
    made = schema()
    keys = {key for each in (made, *made["$defs"].values()) for key in each.get("properties", {})}
    assert not {key for key in keys if not re.search(rf"`{key}`", text)}
    assert (PROJECT / "src/analysis/study/template/study.yml").read_text(encoding="utf-8") in text


def test_pydantic_is_imported_only_when_a_page_is_read() -> None:
    import subprocess
    import sys

    script = "import sys, analysis.study; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


FIGURES = "study: a\ntitle: {vi: a, en: b}\nsimulated: false\n"


def tables_page(tmp_path: Path, text: str) -> Path:
    (tmp_path / "study.yml").write_text(FIGURES + text, encoding="utf-8")
    return tmp_path


def test_a_study_may_have_tables_instead_of_answers(tmp_path: Path) -> None:
    study = load_study(tables_page(tmp_path, "tables: {units: {file: u.csv}, published: {kmo: {file: k.csv}}}\n"))
    assert study.responses is None
    assert study.files == ("u.csv", "k.csv")
    assert set(study.tables) == {"units", "published.kmo"}
    assert study.lacks(["constructs", "models", "units"]) == ("responses",)
    assert study.lacks(["published", "units"]) == ()
    assert study.lacks(["indices", "responses"]) == ("indices", "responses")


def test_a_study_with_answers_lacks_what_it_does_not_declare(write_page: Writer) -> None:
    study = load_study(write_page())
    assert study.lacks(["constructs", "models", "variables", "population", "indices"]) == ("population", "indices")


@pytest.mark.parametrize("text", ["", "tables: {}\n", "tables: {published: {}}\n"])
def test_a_study_with_neither_answers_nor_tables_is_an_error(tmp_path: Path, text: str) -> None:
    assert only(tables_page(tmp_path, text)).code == "study.no_data"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("tables:\n  indexes: {file: i.csv}\n", "study.unknown_key", 5),
        ("tables:\n  published:\n    kmos: {file: i.csv}\n", "study.unknown_key", 6),
        ("tables:\n  units:\n    sheet: a\n", "study.missing_key", 5),
        ("tables:\n  units: {file: i.csv, source: nowhere}\n", "study.unknown_source", 5),
        ("tables:\n  units: {file: i.csv, sha256: abc}\n", "study.bad_sha256", 5),
        ("tables:\n  units: {file: /etc/passwd}\n", "study.path_outside", 5),
        ("tables:\n  units: {file: i.csv, encoding: klingon}\n", "study.unknown_encoding", 5),
        ("tables:\n  units: {file: i.csv, names: {a: {vi: b}}}\n", "study.missing_language", 5),
        ("tables: [a]\n", "study.expected_mapping", 4),
    ],
)
def test_a_mistake_in_a_table_has_its_line(tmp_path: Path, text: str, code: str, line: int) -> None:
    found = problems(tables_page(tmp_path, text))
    assert (code, line) in [(each.code, each.place.line) for each in found]


def test_answers_need_scales_and_constructs(tmp_path: Path) -> None:
    found = problems(tables_page(tmp_path, "responses: {file: a.csv}\n"))
    assert [each.get("key") for each in found if each.code == "study.missing_key"] == ["scales", "constructs"]
