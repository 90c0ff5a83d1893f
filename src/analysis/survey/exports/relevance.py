"""Conditions of XLSForms (`relevant`, `constraint`, `choice_filter`) as trees to hold against answers; never run."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{[^}]+\})|(?P<text>'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’)|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<self>\.(?!\d))|(?P<op><=|>=|!=|=|<|>)|(?P<mark>[(),])|(?P<word>[a-z_][\w-]*))"
)
#: Functions and how many parts they take.
_FUNCTIONS = {"not": 1, "selected": 2, "count-selected": 1, "string-length": 1, "number": 1, "int": 1, "regex": 2}
#: What a pattern may not hold: a repeated group or a reference back, with which a short text can take hours.
_SLOW = re.compile(r"\)\s*[*+?{]|\\[1-9]|\(\?")
MAX_PATTERN = 200
MAX_LENGTH = 5_000
MAX_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Name:
    """The answer to another question; ``.`` is the answer itself, ``@column`` a column of the list of choices."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A text or a number."""

    value: str | float


@dataclass(frozen=True, slots=True)
class Call:
    """and, or, a comparison, or a function: not, selected, count-selected, string-length, number, int, regex."""

    what: str
    parts: tuple[Tree, ...]


Tree: TypeAlias = "Name | Constant | Call"


class UnreadableError(ValueError):
    """An expression outside the small language that is understood."""


def parse(text: str, columns: Collection[str] = ()) -> Tree:
    """Read an expression.

    Parameters
    ----------
    text : str
        ``${a} = 'yes' and not(selected(${b}, 'x'))``; ``. > 17 and . < 120``.
    columns : collection of str
        Columns of the list of choices, which a choice filter names without a sign.

    Raises
    ------
    UnreadableError
        Functions or signs that are not understood; the question is then not checked.

    Examples
    --------
    >>> asked(parse("${consent} = 'yes' and selected(${tools}, 'phone')"), {"consent": "yes", "tools": "pc phone"})
    True
    """
    if len(text) > MAX_LENGTH:
        raise UnreadableError(text[:40])
    return _Parser(text, frozenset(columns)).whole()


def names_of(tree: Tree) -> frozenset[str]:
    """Questions that an expression refers to."""
    if isinstance(tree, Name):
        return frozenset({tree.name})
    parts = tree.parts if isinstance(tree, Call) else ()
    return frozenset().union(*map(names_of, parts))


def asked(tree: Tree, answers: Mapping[str, object]) -> bool:
    """Whether a question with this condition was put to somebody who gave these answers."""
    return bool(_value(tree, answers))


class _Parser:
    def __init__(self, text: str, columns: frozenset[str]) -> None:
        self.columns = columns
        self.tokens = list(self._cut(text))
        self.at = 0
        self.depth = 0

    def _cut(self, text: str) -> list[tuple[str, str]]:
        found, at = [], 0
        text = text.strip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise UnreadableError(text[at : at + 20])
            found.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()
        return found

    def whole(self) -> Tree:
        tree = self.either()
        if self.at != len(self.tokens):
            raise UnreadableError(self.tokens[self.at][1])
        return tree

    def either(self) -> Tree:
        return self._chain("or", self.both)

    def both(self) -> Tree:
        return self._chain("and", self.compared)

    def _chain(self, word: str, part: object) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableError(word)
        parts = [part()]  # type: ignore[operator]
        while self._peek() == ("word", word):
            self.at += 1
            parts.append(part())  # type: ignore[operator]
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Call(word, tuple(parts))

    def compared(self) -> Tree:
        left = self.value()
        kind, sign = self._peek()
        if kind != "op":
            return left
        self.at += 1
        return Call(sign, (left, self.value()))

    def value(self) -> Tree:
        kind, token = self._next()
        if kind == "name":
            return Name(token[2:-1].strip())
        if kind == "text":
            return Constant(token[1:-1])
        if kind == "number":
            return Constant(float(token))
        if kind == "self":
            return Name(".")
        if kind == "word" and token in self.columns:
            return Name(f"@{token}")
        if kind == "word" and token in _FUNCTIONS:
            self._expect("(")
            parts = [self.either()]
            while self._peek() == ("mark", ","):
                self.at += 1
                parts.append(self.either())
            self._expect(")")
            if len(parts) != _FUNCTIONS[token] or (token == "regex" and not _harmless(parts[1])):
                raise UnreadableError(token)
            return Call(token, tuple(parts))
        if (kind, token) == ("mark", "("):
            tree = self.either()
            self._expect(")")
            return tree
        raise UnreadableError(token)

    def _peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("", "")

    def _next(self) -> tuple[str, str]:
        found = self._peek()
        self.at += 1
        return found

    def _expect(self, mark: str) -> None:
        if self._next() != ("mark", mark):
            raise UnreadableError(mark)


def _value(tree: Tree, answers: Mapping[str, object]) -> object:
    if isinstance(tree, Constant):
        return tree.value
    if isinstance(tree, Name):
        found = answers.get(tree.name)
        return "" if found is None else found
    if tree.what in ("and", "or"):
        return (all if tree.what == "and" else any)(asked(part, answers) for part in tree.parts)
    if tree.what == "not":
        return not asked(tree.parts[0], answers)
    if tree.what in _OF_ONE:
        return _OF_ONE[tree.what](_value(tree.parts[0], answers))
    left, right = (_value(part, answers) for part in tree.parts)
    if tree.what == "regex":
        return len(str(left)) <= MAX_PATTERN and re.fullmatch(str(right), str(left)) is not None
    if tree.what == "selected":
        return str(right) in str(left).split()
    return _compared(tree.what, left, right)


def _harmless(pattern: Tree) -> bool:
    """Whether a pattern is a short constant that cannot take long."""
    if not isinstance(pattern, Constant) or len(str(pattern.value)) > MAX_PATTERN or _SLOW.search(str(pattern.value)):
        return False
    try:
        re.compile(str(pattern.value))
    except re.error:
        return False
    return True


_OF_ONE: dict[str, Callable[[object], object]] = {
    "count-selected": lambda value: len(str(value).split()),
    "string-length": lambda value: len(str(value)),
    "number": lambda value: "" if (found := _number(value)) is None else found,
    "int": lambda value: "" if (found := _number(value)) is None else int(found),
}


def _compared(sign: str, left: object, right: object) -> bool:
    one, other = _number(left), _number(right)
    if sign in ("=", "!="):
        same = one == other if one is not None and other is not None else str(left) == str(right)
        return same if sign == "=" else not same
    if one is None or other is None:
        return False
    return {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[sign]


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None
