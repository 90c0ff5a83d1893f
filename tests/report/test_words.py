"""Both catalogues are equals, and every key that code names is in them."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path
from string import Formatter

import pytest

from analysis.errors import Place, caution, problem
from analysis.report.block import plain
from analysis.report.pen import Pen
from analysis.report.words import catalogue, fill, languages, sentence
from analysis.survey.clean import rules

SOURCE = Path(__file__).resolve().parents[2] / "src" / "analysis"


def slots(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def called_keys(function: str) -> set[str]:
    """First arguments, where they are literal, of every call of `function` in the source."""
    keys = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name == function and isinstance(node.args[0].value, str):
                    keys.add(node.args[0].value)
    return keys


def test_there_are_two_languages_vietnamese_first():
    assert languages() == ("vi", "en")


def test_catalogues_have_equal_keys_and_slots():
    vi, en = catalogue("vi"), catalogue("en")
    assert vi.keys() == en.keys()
    assert {key: slots(vi[key]) for key in vi} == {key: slots(en[key]) for key in en}


@pytest.mark.parametrize("function", ["problem", "caution"])
def test_every_problem_and_caution_has_its_sentence(function):
    codes = called_keys(function)
    assert len(codes) > 5
    assert sorted(code for code in codes if f"{function}.{code}" not in catalogue("vi")) == []


@pytest.mark.parametrize("function", ["word", "say", "paragraph"])
def test_every_key_a_view_names_is_in_the_catalogue(function):
    assert sorted(called_keys(function) - catalogue("vi").keys()) == []


def test_every_cleaning_rule_has_its_words():
    ids = {rule.ID for rule in rules()} | {rule.UNKNOWN for rule in rules() if hasattr(rule, "UNKNOWN")}
    assert sorted(each for each in ids if f"cleaning.rule.{each}" not in catalogue("en")) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_text_is_nfc_and_has_no_double_space(lang):
    for key, text in catalogue(lang).items():
        assert unicodedata.is_normalized("NFC", text), key
        assert "  " not in text, key


def test_vietnamese_text_is_not_english():
    """A sentence of several words that is the same in both languages was forgotten."""
    vi, en = catalogue("vi"), catalogue("en")
    words = {key: re.findall(r"[a-z]{3,}", re.sub(r"\{.*?\}", "", text)) for key, text in vi.items()}
    assert [key for key in vi if vi[key] == en[key] and len(words[key]) > 2] == []


def test_a_problem_reads_with_its_place_in_front():
    found = problem(
        "run.unknown_parameter", Place("a.csv", line=3), name="lnag", allowed=("lang",), nearest="lang", notebook="x"
    )
    assert sentence(found, "vi").startswith("a.csv, dòng 3: ")
    assert "lnag" in sentence(found, "en")
    assert "lang" in sentence(found, "en")


def test_a_slot_at_the_start_begins_with_a_capital():
    assert plain(fill("regression.story.robust_changes", "en", terms="a"))[0] == "W"


def test_a_caution_keeps_its_numbers_as_records():
    [paragraph] = Pen("vi", stem="x").cautions([caution("sample.small_n", n=12, least=30)])
    ids = [part.record.id for part in paragraph.text if not isinstance(part, str)]
    assert "x.caution.sample.small_n.n" in ids
