"""Formulas are read into names; nothing is evaluated."""

import pytest

from analysis.errors import ModelError
from analysis.grammar import Formula, parse_formula


@pytest.mark.parametrize(
    ("text", "terms", "intercept"),
    [
        ("y ~ a", (("a",),), True),
        ("y~a+b", (("a",), ("b",)), True),
        ("y ~ a:b + a", (("a",), ("a", "b")), True),
        ("y ~ a*b", (("a",), ("b",), ("a", "b")), True),
        ("y ~ a*b*c", (("a",), ("b",), ("c",), ("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")), True),
        ("y ~ a + b:a + a:b", (("a",), ("b", "a")), True),
        ("y ~ 0 + a", (("a",),), False),
        ("y ~ a + 0", (("a",),), False),
        ("y ~ a - 1", (("a",),), False),
        ("y ~ 1", (), True),
        ("y ~ 1 + a", (("a",),), True),
    ],
)
def test_terms(text, terms, intercept):
    found = parse_formula(text)
    assert (found.terms, found.intercept) == (terms, intercept)
    assert parse_formula(str(found)) == found


def test_groups_are_kept():
    found = parse_formula("kết_quả ~ đào.tạo + (1 | xã)")
    assert found == Formula("kết_quả", (("đào.tạo",),), True, ("xã",))
    assert found.names == ("kết_quả", "đào.tạo", "xã")


def test_names_come_once():
    assert parse_formula("y ~ a*b + a").names == ("y", "a", "b")


def test_a_name_typed_with_combining_marks_is_the_same_name():
    assert parse_formula("tuo\u0302\u0309i ~ a").outcome == "tu\u1ed5i"


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("", "formula.expected", 1),
        ("y", "formula.expected", 2),
        ("y ~", "formula.expected", 4),
        ("y ~ a +", "formula.expected", 8),
        ("y ~ a b", "formula.expected", 7),
        ("y ~ a ~ b", "formula.expected", 7),
        ("y ~ np.log(a)", "formula.expected", 11),
        ("y ~ a - b", "formula.expected", 9),
        ("y ~ (1 | u", "formula.expected", 11),
        ("y ~ (a | u)", "formula.expected", 6),
        ("y ~ 2", "formula.expected", 5),
        ("y ~ a; b", "formula.unreadable", 6),
        ("y ~ __import__('os')", "formula.unreadable", 16),
        ("y ~ 'a'", "formula.unreadable", 5),
        ("y ~ ay + y", "formula.outcome_explains_itself", 10),
        ("y ~ 0", "formula.no_terms", 6),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_position(text, code, position):
    with pytest.raises(ModelError) as caught:
        parse_formula(text)
    assert caught.value.code == code
    assert caught.value.problems[0].get("position") == position
    assert caught.value.problems[0].get("text") == text
