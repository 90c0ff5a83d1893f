"""Strict YAML: what it reads, and what it refuses before it can do harm."""

from __future__ import annotations

import time

import pytest

from analysis.errors import StudyError
from analysis.study.yaml_page import read_yaml


def refusal(text: str | bytes) -> tuple[str, int | None, str | None]:
    raw = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(StudyError) as caught:
        read_yaml(raw, "study.yml")
    found = caught.value.problems[0]
    assert found.place.file == "study.yml"
    return found.code, found.place.line, found.place.column


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("true", True), ("False", False), ("~", None), ("", None), ("5", 5), ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0),
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("010", "010"), ("12:30", "12:30"), ("2024-01-31", "2024-01-31"),
        ("0x1F", "0x1F"), ("1_000", "1_000"), (".inf", ".inf"), ("'5'", "5"), ('"true"', "true"), ("9" * 40, "9" * 40),
    ],
)  # fmt: skip
def test_words_are_read_as_yaml_1_2_without_its_traps(written: str, meant: object) -> None:
    content = read_yaml(f"a: {written}".encode(), "study.yml").content
    assert content == {"a": meant}
    assert isinstance(content, dict)
    assert type(content["a"]) is type(meant)


def test_every_key_and_entry_has_its_line() -> None:
    page = read_yaml(b"a:\n  b: 1\n  c:\n    - x\n    - y: 2\n", "study.yml")
    assert page.line(("a", "b")) == 2
    assert page.line(("a", "c", 1, "y")) == 5
    assert page.line(("a", "b", "not written")) == 2
    assert page.line(("nothing",)) is None


def test_duplicate_key_is_refused_with_both_lines() -> None:
    with pytest.raises(StudyError) as caught:
        read_yaml(b"a: 1\nb: 2\na: 3\n", "study.yml")
    found = caught.value.problems[0]
    assert (found.code, found.place.line, found.get("first")) == ("yaml.duplicate_key", 3, 1)
    assert refusal("1: x\n'1': y\n")[0] == "yaml.duplicate_key"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: &x 1\nb: 2\n", "yaml.alias", 1),
        ("a: 1\nb: *x\n", "yaml.alias", 2),
        ("*x : 1\n", "yaml.key", 1),
        ("a: !!python/object/apply:os.system [x]\n", "yaml.tag", 1),
        ("!!str a: 1\n", "yaml.tag", 1),
        ("a: [1,\n", "yaml.syntax", 2),
        ("a:\n\t- b\n", "yaml.tab", 2),
        ("---\na: 1\n---\nb: 2\n", "yaml.documents", 3),
        ("a: 1\nb: \x01\n", "yaml.character", 2),
        ('a: 1\nb: "\\ud800"\n', "yaml.character", 2),
        ("? [a]\n: b\n", "yaml.key", 1),
    ],
)
def test_what_may_surprise_is_refused_with_its_line(text: str, code: str, line: int) -> None:
    assert refusal(text)[:2] == (code, line)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "{a: " * 20_000,
        "\n".join(f"{'  ' * depth}a:" for depth in range(500)),
        "a: &a [x,x]\n"
        + "\n".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)),
    ],
)
def test_bombs_are_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    assert refusal(text)[0] in ("yaml.too_deep", "yaml.alias")
    assert time.perf_counter() - started < 5


def test_size_and_encoding_are_limited() -> None:
    assert refusal(b"a: " + b"x" * 1_000_001)[0] == "yaml.too_large"
    assert refusal(b"a: 1\nb: \xff\n")[:2] == ("study.not_utf8", 2)


def test_text_is_composed_so_that_codes_are_equal_however_typed() -> None:
    assert read_yaml("tuo\u0302\u0309i: 1".encode(), "study.yml").content == {"tuổi": 1}
