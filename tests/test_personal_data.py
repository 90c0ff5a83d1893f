"""What the page on personal data promises is so, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.rules import cutoff
from analysis.study import load_study

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = ("personal-data.md", "personal-data.vi.md")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text(name), re.DOTALL)


def test_both_languages_show_the_same_examples_and_sections() -> None:
    for language in ("yaml", "bash"):
        assert blocks(PAGES[0], language) == blocks(PAGES[1], language)
    assert text(PAGES[0]).count("\n## ") == text(PAGES[1]).count("\n## ")


@pytest.mark.parametrize("name", PAGES)
def test_it_names_the_law_and_is_no_advice(name: str) -> None:
    page = text(name)
    assert "91/2025/QH15" in page
    assert "356/2025/NĐ-CP" in page
    assert ("no legal advice" in page) or ("không phải là tư vấn pháp lý" in page)


@pytest.mark.parametrize("name", PAGES)
def test_k_and_l_are_those_of_the_rules(name: str) -> None:
    assert f"k = {cutoff('disclosure.min_cell', {}):g}" in text(name)
    assert f"l = {cutoff('disclosure.min_different', {}):g}" in text(name)


def test_its_example_is_a_page_that_is_understood(tmp_path: Path) -> None:
    head = "study: open\ntitle: {vi: a, en: b}\nsimulated: true\nresponses: {file: a.csv}\n"
    head += "scales: {s: {dictionary: agree5}}\n"
    constructs = "constructs:\n  A: {role: factor, scale: s, name: {vi: a, en: b}}\n"
    items = "items:\n  A1: {construct: A, text: {vi: a, en: b}}\n  A2: {construct: A, text: {vi: c, en: d}}\n"
    (tmp_path / "study.yml").write_text(head + constructs + items + blocks(PAGES[0], "yaml")[0], encoding="utf-8")
    variables = load_study(tmp_path).variables
    assert variables["age"].release.bands == (30, 40, 50)
    assert variables["post"].release.groups["head"].levels == ("chair", "vice")
    assert variables["party"].release.role == "sensitive"


def test_a_key_is_made_as_it_says(tmp_path: Path) -> None:
    import shlex
    import subprocess
    import sys

    line = blocks(PAGES[0], "bash")[0].splitlines()[0]
    _, flag, program, _ = shlex.split(line)
    subprocess.run([sys.executable, flag, program, str(tmp_path / "k.key")], check=True)
    assert len((tmp_path / "k.key").read_bytes()) == 32
