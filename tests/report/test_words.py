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


#: What a page must never say to a supervisor or an official: program words, overclaims, plural slips.
UNFIT = {
    "vi": r"trang khai báo|studentized|khác nhau một cách chắc chắn|\bdòng bị bỏ\b|[Cc]ác biến \{items\}",
    "en": r"study page|differs firmly|rows were left out|\bThe items \{items\}|\bt test,",
}

#: Sentences about files and settings, which only who runs the program reads.
_FOR_OPERATORS = ("problem.", "run.", "progress.", "place.")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_page_speaks_to_readers_not_to_programmers(lang):
    found = {key: text for key, text in catalogue(lang).items() if not key.startswith(_FOR_OPERATORS)}
    assert [key for key, text in found.items() if re.search(UNFIT[lang], text)] == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_captions_of_tests_and_figures_say_how_many_observations(lang):
    keys = [
        "cleaning.caption.answers", "reliability.caption.figure", "regression.caption.anova",
        "regression.caption.figure", "regression.caption.heatmap", "regression.caption.importance",
        "regression.caption.residuals", "groups.caption.tests", "groups.caption.figure", "groups.caption.figure_part",
        "groups.checks.caption.table", "groups.checks.caption.figure", "groups.checks.caption.associations",
        "comparison.caption.test", "comparison.caption.figure", "comparison.caption.pairs",
        "comparison.caption.two_way", "comparison.caption.equivalence", "power.caption.sensitivity",
        "imputation.caption.pooled", "groups.pairs_of",
        "validity.caption.number", "validity.caption.scree", "validity.caption.variance",
        "validity.caption.loadings", "validity.caption.oblique", "sample.caption.figure", "sample.caption.figure_part",
        "capability.caption.figure",
    ]  # fmt: skip
    assert [key for key in keys if "sizes" not in slots(catalogue(lang)[key])] == []


@pytest.mark.parametrize(
    ("counts", "vi", "en"), [((260, 260), "n = 260", "n = 260"), ((258, 252), "n = 252–258", "n = 252–258")]
)
def test_sizes_are_one_number_or_a_span(counts, vi, en):
    said = [plain(Pen(lang, stem="x").sizes(counts)).replace("\N{NO-BREAK SPACE}", " ") for lang in ("vi", "en")]
    assert said == [vi, en]
    assert plain(Pen("vi", stem="x").sizes(())) == ""


def test_a_cell_begins_with_a_capital_and_a_symbol_stays_small():
    assert Pen("en").capital("groups.test.anova") == "One-way ANOVA"
    assert Pen("en").capital("groups.test.t.pooled").startswith("t-test")
    assert Pen("vi").capital("groups.test.t.pooled").startswith("Kiểm định")
