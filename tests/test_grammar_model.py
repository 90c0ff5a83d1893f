"""Models in lavaan's notation are read into statements; nothing is evaluated, and every problem has its place."""

import pytest

from analysis.errors import ModelError
from analysis.grammar import parse_model


def read(text):
    return [(s.lhs, s.op, s.rhs) for s in parse_model(text).statements]


def problems(text):
    with pytest.raises(ModelError) as caught:
        parse_model(text)
    return [(each.code, each.place.line, each.get("position")) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("f =~ a + b", [("f", "=~", "a"), ("f", "=~", "b")]),
        ("f =~ a +\n b\n + c", [("f", "=~", "a"), ("f", "=~", "b"), ("f", "=~", "c")]),
        ("y ~ x; a ~~ b # and so on\n! nothing", [("y", "~", "x"), ("a", "~~", "b")]),
        ("a + b ~ x", [("a", "~", "x"), ("b", "~", "x")]),
        ("a ~~ a", [("a", "~~", "a")]),
        ("x ~ 1\ny ~ 1 + x", [("x", "~1", ""), ("y", "~1", ""), ("y", "~", "x")]),
        ("năng_lực =~ tuổi.1", [("năng_lực", "=~", "tuổi.1")]),
        ("g =~ f\nf =~ a", [("g", "=~", "f"), ("f", "=~", "a")]),
    ],
)
def test_statements(text, statements):
    assert read(text) == statements


@pytest.mark.parametrize(
    ("term", "fixed", "labels", "start"),
    [
        ("1*x", (1.0,), (), ()),
        ("-0.5*x", (-0.5,), (), ()),
        ("1e-3*x", (0.001,), (), ()),
        ("NA*x", (None,), (), ()),
        ("a*x", (), ("a",), ()),
        ("start(0.8)*x", (), (), (0.8,)),
        ("start(c(1, 2))*x", (), (), (1.0, 2.0)),
        ("c(a, b)*x", (), ("a", "b"), ()),
        ("c(a, NA)*x", (), ("a", None), ()),
        ("c(1, NA)*x", (1.0, None), (), ()),
        ("NA*x + a*x", (None,), ("a",), ()),
        ("a*x + start(2)*x", (), ("a",), (2.0,)),
    ],
)
def test_modifiers(term, fixed, labels, start):
    [found] = parse_model(f"f =~ {term}").statements
    assert (found.fixed, found.labels, found.start) == (fixed, labels, start)


def test_a_zero_intercept_is_fixed():
    assert parse_model("x ~ 0").statements[0].fixed == (0.0,)
    assert parse_model("x ~ 0*1").statements[0].fixed == (0.0,)


def test_covariances_have_no_direction():
    assert problems("a ~~ b\nb ~~ a") == [("model.duplicate", 2, 6)]


def test_definitions_keep_their_order_of_operations():
    [found] = parse_model("y ~ a*x + b*z; d := -a + b*(a - 2)^2/4").definitions
    power = ("^", ("-", "a", 2.0), 2.0)
    assert found.expression == ("+", ("-", "a"), ("/", ("*", "b", power), 4.0))
    assert found.text == "-a + b*(a - 2)^2/4"


def test_a_definition_may_use_an_earlier_one():
    assert len(parse_model("y ~ a*x; twice := 2*a; again := twice + a").definitions) == 2


def test_what_each_variable_is():
    found = parse_model("f =~ a + b\ny ~ f + x")
    assert found.latent == ("f",)
    assert found.observed == ("a", "b", "y", "x")
    assert found.measures() == {"f": ("a", "b")}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("model.empty", 1, None)]),
        ("# nothing", [("model.empty", 1, None)]),
        ("f =~", [("model.expected", 1, 5)]),
        ("f =~ a b", [("model.expected", 1, 8)]),
        ("f = a", [("model.unreadable", 1, 3), ("model.expected", 1, 5)]),
        ("a\nf =~ b", [("model.expected", 1, 2)]),
        ("f =~ a\ny ~ 2", [("model.expected", 2, 5)]),
        ("f =~ f", [("model.explains_itself", 1, 6)]),
        (
            "f =~ a + ?b\ny == x\ng =~ c c",
            [("model.unreadable", 1, 10), ("model.not_supported", 2, 3), ("model.expected", 3, 8)],
        ),
        ("y ~ x:z", [("model.not_supported", 1, 6)]),
        ("a < 2", [("model.not_supported", 1, 3)]),
        ("y ~ exp(x)", [("model.modifier", 1, 5)]),
        ("y ~ c(a, 1)*x", [("model.mixed_modifier", 1, 5)]),
        ("y ~ start(a)*x", [("model.mixed_modifier", 1, 5)]),
        ("y ~ x + x", [("model.duplicate", 1, 9)]),
        ("y ~ a*x + b*x", [("model.duplicate", 1, 13)]),
        ("y ~ a*x\nb := c + d", [("model.unknown_label", 2, 1)]),
        ("y ~ a*x\na := 2", [("model.defined_twice", 2, 1)]),
        ("y ~ a*x\nb := 2*", [("model.expected", 2, 8)]),
        ("y ~ a*x\nb := " + "-" * 300 + "a", [("model.too_long", 2, 106)]),
        ("y ~ a*x\nb := " + "(" * 300, [("model.too_long", 2, 106)]),
    ],
)  # fmt: skip
def test_problems_have_their_place(text, found):
    assert problems(text) == found


def test_nothing_is_evaluated(tmp_path):
    target = tmp_path / "made"
    for text in (f"f =~ __import__('os').mkdir('{target}')", f"y ~ a*x\nb := open('{target}', 'w')"):
        assert problems(text)
    assert not target.exists()


def test_many_statements_do_not_nest():
    text = "\n".join(f"f{j} =~ " + " + ".join(f"x{j}_{i}" for i in range(40)) for j in range(40))
    assert len(parse_model(text).statements) == 1600
