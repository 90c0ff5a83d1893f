"""Formulas such as ``performance ~ training + unit:age``: parsed into names, never evaluated.

A formula is data from a study page, so nothing in it can run: the grammar knows names, ``~ + - : *``, ``0``, ``1``,
``(1 | unit)`` and ``(1 + a | unit)``, and refuses everything else with the position.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn, TypeAlias

from ..errors import ModelError, problem

#: Names whose product is one term: ``("a",)`` or, for the interaction ``a:b``, ``("a", "b")``.
Term: TypeAlias = tuple[str, ...]

#: Name of the constant among the terms of a fitted model.
INTERCEPT = "(Intercept)"

_TOKEN = re.compile(r"\s*(?:(?P<name>[^\W\d][\w.]*)|(?P<number>\d+)|(?P<sign>[~+\-:*()|]))")


@dataclass(frozen=True, slots=True)
class Formula:
    """An outcome, the terms that explain it, and the groups of ``(1 | group)``.

    Main effects come before interactions, as in R. `slopes` names, for each group, what varies between its members
    beside the constant; it is empty where nothing does.
    """

    outcome: str
    terms: tuple[Term, ...]
    intercept: bool = True
    groups: tuple[str, ...] = ()
    slopes: tuple[tuple[str, ...], ...] = ()

    def varying(self, group: str) -> tuple[str, ...]:
        """Factors whose effect varies between the members of a group."""
        return dict(zip(self.groups, self.slopes, strict=False)).get(group, ())

    @property
    def names(self) -> tuple[str, ...]:
        """Every variable of the formula once: the outcome, the factors, the groups."""
        factors = (name for term in self.terms for name in term)
        varying = (name for names in self.slopes for name in names)
        return tuple(dict.fromkeys((self.outcome, *factors, *varying, *self.groups)))

    def __str__(self) -> str:
        parts = [] if self.intercept else ["0"]
        parts += [":".join(term) for term in self.terms]
        parts += [f"({' + '.join(('1', *self.varying(group)))} | {group})" for group in self.groups]
        return f"{self.outcome} ~ {' + '.join(parts or ['1'])}"


def parse_formula(text: str) -> Formula:
    """Read a formula into its outcome, terms and groups.

    Parameters
    ----------
    text : str
        ``y ~ a + b``; ``a:b`` is an interaction, ``a*b`` stands for ``a + b + a:b``; ``0 +``, ``+ 0`` or ``- 1``
        removes the intercept; ``(1 | unit)`` names a group, and ``(1 + a | unit)`` lets a's effect vary in it. Names
        are letters of any language, digits, ``_`` and ``.``.

    Returns
    -------
    Formula
        Each term once; main effects first.

    Raises
    ------
    ModelError
        ``formula.…`` with the text and the position (counted from 1) of what cannot be read.

    Notes
    -----
    Names are brought to Unicode's composed form (NFC), so that "tuổi" is one name however it was typed.

    Examples
    --------
    >>> parse_formula("performance ~ training * unit").terms
    (('training',), ('unit',), ('training', 'unit'))
    >>> str(parse_formula("y ~ a + (1 | xã) - 1"))
    'y ~ 0 + a + (1 | xã)'
    """
    return _parsed(unicodedata.normalize("NFC", text))


@lru_cache(maxsize=256)
def _parsed(text: str) -> Formula:
    """The formula, read once however many models a study fits with it."""
    return _Reader(text).formula()


def product(*parts: Iterable[Term]) -> tuple[Term, ...]:
    """Terms of ``a*b*…``: every part alone and every combination of parts."""
    terms: tuple[Term, ...] = ()
    for part in parts:
        crossed = tuple(_joined(left, right) for left in terms for right in part)
        terms = (*terms, *part, *crossed)
    return terms


def _joined(left: Term, right: Term) -> Term:
    return tuple(dict.fromkeys((*left, *right)))


def _once(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Terms once each (``a:b`` is ``b:a``), main effects before interactions."""
    seen: dict[frozenset[str], Term] = {}
    for term in terms:
        seen.setdefault(frozenset(term), term)
    return tuple(sorted(seen.values(), key=len))


class _Reader:
    """One pass over the tokens of one formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at = 0

    def _tokens(self) -> list[tuple[str, str, int]]:
        """Kind, text and position of every token, with an end token."""
        found: list[tuple[str, str, int]] = []
        position = 0
        while self.text[position:].strip():
            match = _TOKEN.match(self.text, position)
            if match is None:
                start = position + len(self.text[position:]) - len(self.text[position:].lstrip())
                self.refuse("formula.unreadable", start, found=self.text[start])
            kind = str(match.lastgroup)
            found.append((kind, match[kind], match.start(kind)))
            position = match.end()
        return [*found, ("end", "", len(self.text))]

    def refuse(self, code: str, position: int, **slots: str) -> NoReturn:
        raise ModelError(problem(code, text=self.text, position=position + 1, **slots))

    def peek(self) -> str:
        kind, text, _ = self.tokens[self.at]
        return text if kind in ("sign", "number") else kind

    def take(self, wanted: str) -> str:
        """The next token, which must be of this kind (``name``, ``end``) or be this sign."""
        _, text, position = self.tokens[self.at]
        if self.peek() != wanted:
            self.refuse("formula.expected", position, expected=wanted, found=text or "end")
        self.at += 1
        return text

    def formula(self) -> Formula:
        outcome = self.take("name")
        self.take("~")
        terms: list[Term] = []
        groups: dict[str, tuple[str, ...]] = {}
        intercept = True
        sign = "+"
        while True:
            if sign == "-":
                self.take("1")
                intercept = False
            elif self.peek() in ("0", "1"):
                intercept = self.take(self.peek()) == "1" and intercept
            elif self.peek() == "(":
                group, varying = self.group()
                groups[group] = tuple(dict.fromkeys((*groups.get(group, ()), *varying)))
            else:
                terms += self.crossing()
            if self.peek() not in ("+", "-"):
                break
            sign = self.take(self.peek())
        self.take("end")
        slopes = tuple(groups.values()) if any(groups.values()) else ()
        return self.checked(Formula(outcome, _once(terms), intercept, tuple(groups), slopes))

    def group(self) -> tuple[str, tuple[str, ...]]:
        """A group and the factors whose effect varies in it."""
        for sign in ("(", "1"):
            self.take(sign)
        varying = []
        while self.peek() == "+":
            self.take("+")
            varying.append(self.take("name"))
        self.take("|")
        name = self.take("name")
        self.take(")")
        return name, tuple(varying)

    def crossing(self) -> tuple[Term, ...]:
        parts = [(self.interaction(),)]
        while self.peek() == "*":
            self.take("*")
            parts.append((self.interaction(),))
        return product(*parts)

    def interaction(self) -> Term:
        term: Term = (self.take("name"),)
        while self.peek() == ":":
            self.take(":")
            term = _joined(term, (self.take("name"),))
        return term

    def checked(self, formula: Formula) -> Formula:
        if any(formula.outcome in term for term in formula.terms):
            position = [start for _, text, start in self.tokens if text == formula.outcome][1]
            self.refuse("formula.outcome_explains_itself", position, name=formula.outcome)
        if not formula.terms and not formula.groups and not formula.intercept:
            self.refuse("formula.no_terms", len(self.text))
        return formula
