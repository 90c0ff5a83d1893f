"""Labels survive: what an export writes, our own readers read again, with the same codes and the same words."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import time
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from analysis.report.export import Dataset, Field, Level, dataset, exported
from analysis.report.export.ddi import NAMESPACE
from analysis.report.words import languages
from analysis.study import ResponsesFile, Words, load_study
from analysis.survey import prepare
from analysis.survey.raw import RawFile
from analysis.survey.read import RawTable, read

HOSTILE = "=cmd|' /C calc'!A0"
DDI = f"{{{NAMESPACE}}}"


@pytest.fixture(scope="module")
def data() -> Dataset:
    return dataset(prepare("demo"))


@pytest.fixture(scope="module")
def files(data: Dataset) -> dict[str, bytes]:
    return dict(exported(data))


def table(name: str, content: bytes, sheet: str | None = None) -> RawTable:
    return read(RawFile(name, content, ""), ResponsesFile(name, sheet=sheet))


def cells(found: RawTable, data: Dataset) -> dict[str, list[object]]:
    """Columns as read, numbers where the dataset has numbers."""
    read_ = {}
    for at, field in enumerate(data.fields):
        column = [None if cell is None else cell for cell in found.cells[at]]
        read_[field.name] = [cell if cell is None or field.type == "string" else float(cell) for cell in column]
    return read_


def same(one: object, other: object) -> bool:
    """Equal; a workbook keeps 16 digits of a number."""
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=5e-16)
    return str(one) == str(other)


def test_every_format_is_written(data: Dataset, files: dict[str, bytes]) -> None:
    assert sorted(files) == sorted(
        ["demo.parquet", "demo.sav", "demo.en.sav", "demo.xlsx", "demo.csv", "codebook.xml", "codebook.html",
         "codebook.en.html", "datapackage.json"]
    )  # fmt: skip
    assert data.n > 100
    assert {field.kind for field in data.fields} >= {"item", "category", "ordered", "score"}


@pytest.mark.parametrize(
    ("name", "sheet"),
    [("demo.parquet", None), ("demo.sav", None), ("demo.en.sav", None), ("demo.csv", None), ("demo.xlsx", "data")],
)
def test_codes_are_read_again_as_they_were(
    data: Dataset, files: dict[str, bytes], name: str, sheet: str | None
) -> None:
    found = table(name, files[name], sheet)
    assert found.headers == tuple(field.name for field in data.fields)
    for code, column in cells(found, data).items():
        pairs = zip(column, data.columns[code], strict=True)
        assert [(read_, own) for read_, own in pairs if not same(read_, own)] == [], code


@pytest.mark.parametrize(("name", "lang"), [("demo.parquet", "vi"), ("demo.sav", "vi"), ("demo.en.sav", "en")])
def test_labels_are_read_again_as_they_were(data: Dataset, files: dict[str, bytes], name: str, lang: str) -> None:
    found = table(name, files[name])
    assert found.descriptions == tuple(field.label[lang] for field in data.fields)
    for at, field in enumerate(data.fields):
        labels = {str(code): label for code, label in found.labels.get(at, {}).items()}
        assert labels == {str(level.code): level.label[lang] for level in field.levels}


def test_the_metadata_of_parquet_hold_both_languages(data: Dataset, files: dict[str, bytes]) -> None:
    import pyarrow.parquet as pq

    schema = pq.read_schema(io.BytesIO(files["demo.parquet"]))
    for field in data.fields:
        about = json.loads(schema.field(field.name).metadata[b"analysis"])
        assert about["label"] == {lang: field.label[lang] for lang in languages()}
        assert [each["label"]["en"] for each in about["levels"]] == [level.label.en for level in field.levels]


def test_the_sheet_codebook_has_every_label_in_both_languages(data: Dataset, files: dict[str, bytes]) -> None:
    found = table("demo.xlsx", files["demo.xlsx"], "codebook")
    assert found.headers == ("name", "value", "label_vi", "label_en", "kind")
    rows = [tuple("" if cell is None else str(cell) for cell in row) for row in found.cells.to_numpy()]
    wanted = []
    for field in data.fields:
        wanted.append((field.name, "", field.label.vi, field.label.en, field.kind))
        wanted += [(field.name, str(each.code), each.label.vi, each.label.en, "") for each in field.levels]
    assert rows == wanted


def test_the_data_package_describes_the_csv_file(data: Dataset, files: dict[str, bytes]) -> None:
    package = json.loads(files["datapackage.json"])
    assert package["simulated"] is True
    for resource in package["resources"]:
        content = files[resource["path"]]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    schema = next(each["schema"] for each in package["resources"] if each["format"] == "csv")
    assert schema["missingValues"] == [""]
    rows = list(csv.DictReader(io.StringIO(files["demo.csv"].decode(), newline="")))
    assert [field["name"] for field in schema["fields"]] == list(rows[0])
    kinds = {"integer": int, "number": float, "string": str}
    for field, own in zip(schema["fields"], data.fields, strict=True):
        values = [kinds[field["type"]](row[field["name"]]) for row in rows if row[field["name"]] != ""]
        limits = field.get("constraints", {})
        assert set(values) <= set(limits.get("enum", values))
        assert all(limits.get("minimum", value) <= value <= limits.get("maximum", value) for value in values)
        assert field["labels"] == {"vi": own.label.vi, "en": own.label.en}
        labels = {str(each.code): {"vi": each.label.vi, "en": each.label.en} for each in own.levels}
        assert field.get("valueLabels", {}) == labels


def test_the_ddi_codebook_has_variables_and_categories_in_both_languages(
    data: Dataset, files: dict[str, bytes]
) -> None:
    book = Xml.fromstring(files["codebook.xml"])
    assert (book.tag, book.get("version")) == (f"{DDI}codeBook", "2.5")
    variables = book.findall(f"{DDI}dataDscr/{DDI}var")
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    for found, field in zip(variables, data.fields, strict=True):
        assert found.get("name") == field.name
        assert {each.get(lang): each.text for each in found.findall(f"{DDI}labl")} == vars_of(field.label)
        categories = [
            (each.findtext(f"{DDI}catValu"), {label.get(lang): label.text for label in each.findall(f"{DDI}labl")})
            for each in found.findall(f"{DDI}catgry")
        ]
        assert categories == [(str(each.code), vars_of(each.label)) for each in field.levels]
        order = ["labl", "qstn", "valrng", "catgry", "concept", "varFormat"]  # that of the schema
        places = [order.index(child.tag.removeprefix(DDI)) for child in found]
        assert places == sorted(places)


def vars_of(words: Words) -> dict[str, str]:
    return {"vi": words.vi, "en": words.en}


@pytest.mark.parametrize(("name", "lang"), [("codebook.html", "vi"), ("codebook.en.html", "en")])
def test_the_page_codebook_names_every_column(data: Dataset, files: dict[str, bytes], name: str, lang: str) -> None:
    from html import escape

    text = files[name].decode()
    assert f'<html lang="{lang}">' in text
    assert "<script" not in text
    for field in data.fields:
        assert f'<th scope="row">{field.name}</th><td>{escape(field.label[lang])}</td>' in text
        assert all(f"{each.code} = {escape(each.label[lang])}" in text for each in field.levels)


def test_the_same_data_give_the_same_bytes(data: Dataset, files: dict[str, bytes]) -> None:
    time.sleep(2.1)  # a clock in a file would show
    again = dict(exported(data))
    assert {name for name in files if files[name] != again[name]} == set()


def test_no_text_is_computed_by_a_spreadsheet() -> None:
    words = Words(HOSTILE, HOSTILE)
    field = Field("v", words, "category", (Level("=1+1", words), Level("+a", words)))
    made = dict(exported(Dataset("h", words, True, (field,), {"v": ["=1+1", "+a", None, "＝x"]})))
    assert made["h.csv"].decode().splitlines()[1:] == ["'=1+1", "'+a", '""', "'＝x"]
    with zipfile.ZipFile(io.BytesIO(made["h.xlsx"])) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/")]
        styles = book.read("xl/styles.xml").decode()
    assert len(sheets) == 2
    assert all("<f>" not in sheet and "<f " not in sheet for sheet in sheets)
    assert 'quotePrefix="1"' in styles
    found = table("h.xlsx", made["h.xlsx"], "data")
    assert found.cells[0].tolist()[:2] == ["=1+1", "+a"]


def test_an_answer_that_is_cleaned_again_is_the_same(tmp_path: Path) -> None:
    """A study whose file is the export gives the same responses: items turned once are not turned again."""
    first = prepare("demo")
    study = load_study("demo")
    name = "demo.parquet"
    items = {code: replace(each, reverse=False, column=code) for code, each in study.items.items()}
    variables = {code: replace(each, column=code) for code, each in study.variables.items()}
    (tmp_path / name).write_bytes(dict(exported(dataset(first)))[name])
    again = replace(
        study, responses=ResponsesFile(name), items=items, variables=variables, data_folder=tmp_path, folder=tmp_path,
        cleaning=replace(study.cleaning, screening=()), sources={},
    )  # fmt: skip
    assert prepare(again, cache=False).frame.equals(first.frame)


@pytest.mark.parametrize("code", ["GT", "ne", "By", "WITH", "MĐHL1"])
def test_words_of_the_language_of_spss_are_exported(data: Dataset, code: str) -> None:
    """A variable called GT (giới tính) stopped the whole export."""
    first = replace(data.fields[0], name=code)
    small = replace(data, fields=(first,), columns={code: data.columns[data.fields[0].name]})
    found = table("demo.sav", dict(exported(small))["demo.sav"])
    assert found.headers == (code if code == "MĐHL1" else f"{code}_",)
    assert found.descriptions == (first.label["vi"],)
    assert found.labels[0] == {level.code: level.label["vi"] for level in first.levels}
