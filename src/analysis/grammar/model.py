"""Models in lavaan's notation, such as ``skill =~ q1 + q2``: parsed into statements, never evaluated.

The grammar knows names, numbers, ``=~ ~ ~~ :=``, the modifiers ``1*x``, ``NA*x``, ``a*x``, ``start(0.5)*x`` and
``c(a, b)*x``, and for ``:=`` the signs ``+ - * / ^ ( )``. All problems of a model are named in one pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, NoReturn, TypeAlias

from ..errors import ModelError, Place, Problem, problem

Operator: TypeAlias = Literal["=~", "~", "~~", "~1"]

#: A tree of ``:=``: a number, a label, or a sign with its arguments.
Expression: TypeAlias = float | str | tuple[str, "Expression"] | tuple[str, "Expression", "Expression"]

_TOKEN = re.compile(
    r"[ \t\r]*(?:(?P<comment>[#!][^\n]*)|(?P<end>[\n;])|(?P<sign>=~|~~|:=|==|[~+\-*/^(),<>:|])"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d][\w.]*))"
)
_OPERATORS = ("=~", "~", "~~", ":=")
_FOREIGN = ("==", "<", ">", "|", ":")  # lavaan knows them; here they are refused by name
_OPEN = (*_OPERATORS, "+", "-", "*", "/", "^", ",", "(")  # a line that ends so goes on below
_LONGEST = 100  # signs and brackets of an expression


@dataclass(frozen=True, slots=True)
class Statement:
    """One parameter of a model: ``lhs op rhs``; an intercept ``x ~ 1`` has operator ``~1`` and no `rhs`.

    `fixed`, `labels` and `start` are empty (nothing said), of length one (for every group) or one for each group.
    ``fixed`` holds None where the parameter is freed by ``NA``.
    """

    lhs: str
    op: Operator
    rhs: str
    fixed: tuple[float | None, ...] = ()
    labels: tuple[str | None, ...] = ()
    start: tuple[float | None, ...] = ()
    line: int = 1
    position: int = 1

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two statements the same parameter; covariances have no direction."""
        if self.op == "~~" and self.rhs < self.lhs:
            return self.rhs, self.op, self.lhs
        return self.lhs, self.op, self.rhs


@dataclass(frozen=True, slots=True)
class Definition:
    """A parameter that is computed from labelled ones: ``name := expression``."""

    name: str
    expression: Expression
    text: str
    line: int = 1
    position: int = 1


@dataclass(frozen=True, slots=True)
class Model:
    """What a model says, in the order in which it says it."""

    statements: tuple[Statement, ...]
    definitions: tuple[Definition, ...] = ()
    text: str = ""

    @property
    def latent(self) -> tuple[str, ...]:
        """Names that are measured (left of ``=~``), in order."""
        return tuple(dict.fromkeys(each.lhs for each in self.statements if each.op == "=~"))

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable once, latent ones included."""
        found = (name for each in self.statements for name in (each.lhs, each.rhs) if name)
        return tuple(dict.fromkeys(found))

    @property
    def observed(self) -> tuple[str, ...]:
        """Indicators first, then the other variables that are no latent ones."""
        latent = set(self.latent)
        indicators = (each.rhs for each in self.statements if each.op == "=~")
        return tuple(dict.fromkeys(name for name in (*indicators, *self.names) if name not in latent))

    def measures(self) -> dict[str, tuple[str, ...]]:
        """Indicators of each latent variable."""
        return {
            name: tuple(each.rhs for each in self.statements if each.op == "=~" and each.lhs == name)
            for name in self.latent
        }


def parse_model(text: str) -> Model:
    """Read a model in lavaan's notation.

    Parameters
    ----------
    text : str
        One statement a line, or several apart by ``;``. ``f =~ x1 + x2`` measures, ``y ~ x`` regresses, ``a ~~ b``
        lets covary, ``x ~ 1`` is an intercept, ``ab := a*b`` defines. Before a variable ``1*`` fixes, ``NA*`` frees,
        ``a*`` labels (equal labels are equal parameters), ``start(0.5)*`` starts, ``c(a, b)*`` does so group by group.
        ``#`` and ``!`` begin a comment.

    Returns
    -------
    Model
        Statements and definitions in their order.

    Raises
    ------
    ModelError
        ``model.…`` with line and position (from 1) of each thing that cannot be read: all of them in one pass.

    Examples
    --------
    >>> parse_model("f =~ x1 + a*x2 + x3").measures()
    {'f': ('x1', 'x2', 'x3')}
    >>> parse_model("y ~ b*x; twice := 2*b").definitions[0].expression
    ('*', 2.0, 'b')
    """
    text = unicodedata.normalize("NFC", text)
    problems: list[Problem] = []
    statements: list[Statement] = []
    definitions: list[Definition] = []
    for tokens in _lines(text, problems):
        try:
            reader = _Reader(text, tokens)
            read = reader.statement()
        except ModelError as found:
            problems.extend(found.problems)
            continue
        if isinstance(read, Definition):
            definitions.append(read)
        else:
            statements.extend(read)
    merged = _merged(statements, problems)
    _check_definitions(merged, definitions, problems)
    if not merged and not problems:
        problems.append(problem("model.empty", Place(line=1)))
    if problems:
        raise ModelError(*problems)
    return Model(tuple(merged), tuple(definitions), text.strip())


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # name, number, sign, end
    text: str
    line: int
    position: int
    offset: int


def _tokens(text: str, problems: list[Problem]) -> Iterator[_Token]:
    """All tokens; a character that cannot be read is a problem and is stepped over."""
    at, line, begin = 0, 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or not match.lastgroup:
            at += len(text[at:]) - len(text[at:].lstrip(" \t\r"))
            if at < len(text):
                problems.append(problem("model.unreadable", Place(line=line), found=text[at], position=at - begin + 1))
                at += 1
            continue
        kind, start = match.lastgroup, match.start(match.lastgroup)
        if kind != "comment":
            yield _Token(kind, match[kind], line, start - begin + 1, start)
        at = match.end()
        if match[kind] == "\n":
            line, begin = line + 1, at


def _lines(text: str, problems: list[Problem]) -> Iterator[list[_Token]]:
    """The tokens of each statement, closed by an end token: a line that is not finished goes on below."""
    tokens = [*_tokens(text, problems)]
    held: list[_Token] = []
    for at, token in enumerate(tokens):
        if token.kind != "end":
            held.append(token)
            continue
        following = next((each.text for each in tokens[at + 1 :] if each.kind != "end"), "")
        goes_on = token.text == "\n" and held and (held[-1].text in _OPEN or following in ("+", "*", "/", ")", ","))
        if held and not goes_on:
            yield [*held, _Token("end", "", token.line, token.position, token.offset)]
            held = []
    if held:
        last = held[-1]
        beyond = len(last.text)
        yield [*held, _Token("end", "", last.line, last.position + beyond, last.offset + beyond)]


@dataclass(frozen=True, slots=True)
class _Modifier:
    """What stands before ``*``: numbers (None for NA), labels, or starting values; one for each group."""

    kind: Literal["fixed", "labels", "start"]
    values: tuple[float | str | None, ...]


def _said(statement: Statement, modifier: _Modifier) -> Statement:
    """The statement with what a modifier says of it."""
    numbers = tuple(None if isinstance(value, str) else value for value in modifier.values)
    if modifier.kind == "labels":
        return replace(statement, labels=tuple(value if isinstance(value, str) else None for value in modifier.values))
    return replace(statement, fixed=numbers) if modifier.kind == "fixed" else replace(statement, start=numbers)


class _Reader:
    """One pass over the tokens of one statement."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.signs = 0

    @property
    def here(self) -> _Token:
        return self.tokens[self.at]

    def refuse(self, code: str, token: _Token, **slots: str) -> NoReturn:
        raise ModelError(problem(code, Place(line=token.line), **slots, position=token.position))

    def take(self, wanted: str) -> _Token:
        """The next token, which must be of this kind (``name``, ``number``, ``end``) or be this sign."""
        token = self.here
        if wanted not in (token.kind, token.text):
            if token.text in _FOREIGN:
                self.refuse("model.not_supported", token, found=token.text)
            self.refuse("model.expected", token, expected=wanted, found=token.text or "end")
        self.at += 1
        return token

    def statement(self) -> list[Statement] | Definition:
        left = [self.take("name")]
        while self.here.text == "+":
            self.take("+")
            left.append(self.take("name"))
        sign = self.here
        if sign.text not in _OPERATORS:
            if sign.text in _FOREIGN:
                self.refuse("model.not_supported", sign, found=sign.text)
            self.refuse("model.expected", sign, expected=" ".join(_OPERATORS), found=sign.text or "end")
        self.at += 1
        if sign.text == ":=":
            return self.definition(left[0])
        terms = [self.term(sign.text)]
        while self.here.text == "+":
            self.take("+")
            terms.append(self.term(sign.text))
        self.take("end")
        return [self.joined(name, sign, *term) for name in left for term in terms]

    def joined(self, name: _Token, sign: _Token, right: _Token, modifiers: list[_Modifier]) -> Statement:
        """One side with one term of the other."""
        if right.kind == "number":
            made = Statement(name.text, "~1", "", line=right.line, position=right.position)
        else:
            if right.text == name.text and sign.text != "~~":
                self.refuse("model.explains_itself", right, name=name.text)
            made = Statement(name.text, sign.text, right.text, line=right.line, position=right.position)  # type: ignore[arg-type]
        for modifier in modifiers:
            made = _said(made, modifier)
        return made

    def term(self, sign: str) -> tuple[_Token, list[_Modifier]]:
        """Modifiers and the variable, or ``1`` for an intercept."""
        modifiers: list[_Modifier] = []
        while True:
            token = self.here
            following = self.tokens[self.at + 1].text if token.kind != "end" else ""
            is_modifier = following in ("*", "(") or token.text == "-"
            if is_modifier:
                modifiers.append(self.modifier())
                self.take("*")
                continue
            if sign == "~" and token.kind == "number" and token.text in ("0", "1"):
                if token.text == "0":
                    modifiers.append(_Modifier("fixed", (0.0,)))
                return self.take("number"), modifiers
            return self.take("name"), modifiers

    def modifier(self) -> _Modifier:
        token = self.here
        if token.kind == "name" and self.tokens[self.at + 1].text == "(":
            if token.text not in ("c", "start"):
                self.refuse("model.modifier", token, found=token.text)
            self.take("name")
            values = self.listed()
            if token.text == "start":
                return self.numbers("start", values, token)
            return self.grouped(values, token)
        return self.grouped([self.value()], token)

    def listed(self) -> list[float | str | None]:
        """Values in brackets, apart by commas; ``c(...)`` may stand inside ``start(...)``."""
        self.take("(")
        if self.here.text == "c" and self.tokens[self.at + 1].text == "(":
            self.take("name")
            values = self.listed()
        else:
            values = [self.value()]
        while self.here.text == ",":
            self.take(",")
            values.append(self.value())
        self.take(")")
        return values

    def value(self) -> float | str | None:
        """A number, NA (None) or a label."""
        negative = self.here.text == "-"
        if negative:
            self.take("-")
        if self.here.kind == "number" or negative:
            number = float(self.take("number").text)
            return -number if negative else number
        name = self.take("name").text
        return None if name == "NA" else name

    def grouped(self, values: list[float | str | None], token: _Token) -> _Modifier:
        if any(isinstance(value, str) for value in values):
            if any(isinstance(value, float) for value in values):
                self.refuse("model.mixed_modifier", token)
            return _Modifier("labels", tuple(values))
        return self.numbers("fixed", values, token)

    def numbers(self, kind: Literal["fixed", "start"], values: list[float | str | None], token: _Token) -> _Modifier:
        if any(isinstance(value, str) for value in values):
            self.refuse("model.mixed_modifier", token)
        return _Modifier(kind, tuple(values))

    def definition(self, name: _Token) -> Definition:
        first = self.here.offset
        expression = self.sum()
        end = self.take("end")
        return Definition(name.text, expression, self.text[first : end.offset].strip(), name.line, name.position)

    def sign(self, *allowed: str) -> str:
        """The next sign of an expression, which may not grow without end."""
        token = self.take(next((each for each in allowed if each == self.here.text), allowed[0]))
        self.signs += 1
        if self.signs > _LONGEST:
            self.refuse("model.too_long", token, most=str(_LONGEST))
        return token.text

    def sum(self) -> Expression:
        found = self.product()
        while self.here.text in ("+", "-"):
            sign = self.sign("+", "-")
            found = (sign, found, self.product())
        return found

    def product(self) -> Expression:
        found = self.signed()
        while self.here.text in ("*", "/"):
            sign = self.sign("*", "/")
            found = (sign, found, self.signed())
        return found

    def signed(self) -> Expression:
        if self.here.text == "-":
            self.sign("-")
            return ("-", self.signed())
        return self.power()

    def power(self) -> Expression:
        base = self.atom()
        if self.here.text == "^":
            self.sign("^")
            return ("^", base, self.signed())
        return base

    def atom(self) -> Expression:
        if self.here.text == "(":
            self.sign("(")
            found = self.sum()
            self.take(")")
            return found
        if self.here.kind == "number":
            return float(self.take("number").text)
        return self.take("name").text


def _merged(statements: list[Statement], problems: list[Problem]) -> list[Statement]:
    """Each parameter once: ``f =~ NA*x + a*x`` says two things of one; saying one thing twice is a problem."""
    found: dict[tuple[str, str, str], Statement] = {}
    for each in statements:
        first = found.get(each.key)
        both = first is not None and _joinable(first, each)
        if first is None:
            found[each.key] = each
        elif both:
            found[each.key] = replace(
                first,
                fixed=first.fixed or each.fixed,
                labels=first.labels or each.labels,
                start=first.start or each.start,
            )
        else:
            parameter = f"{each.lhs} {each.op} {each.rhs}".strip()
            where = Place(line=each.line)
            problems.append(
                problem("model.duplicate", where, parameter=parameter, first=first.line, position=each.position)
            )
    return list(found.values())


def _joinable(first: Statement, second: Statement) -> bool:
    """Whether both say something of their parameter, and nothing twice."""
    pairs = ((first.fixed, second.fixed), (first.labels, second.labels), (first.start, second.start))
    return any(a for a, _ in pairs) and any(b for _, b in pairs) and not any(a and b for a, b in pairs)


def _check_definitions(statements: list[Statement], definitions: list[Definition], problems: list[Problem]) -> None:
    """Definitions use labels of the model or earlier definitions, and have names of their own."""
    known = {label for each in statements for label in each.labels if label}
    for each in definitions:
        where = Place(line=each.line)
        if each.name in known:
            problems.append(problem("model.defined_twice", where, name=each.name, position=each.position))
        unknown = tuple(dict.fromkeys(name for name in labels_of(each.expression) if name not in known))
        if unknown:
            problems.append(
                problem("model.unknown_label", where, name=each.name, labels=unknown, position=each.position)
            )
        known.add(each.name)


def labels_of(expression: Expression) -> Iterator[str]:
    """Labels that an expression uses."""
    if isinstance(expression, str):
        yield expression
    elif isinstance(expression, tuple):
        for part in expression[1:]:
            yield from labels_of(part)
