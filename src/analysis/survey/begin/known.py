"""Words by which a first look recognises columns and answers (`known.yml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from ...study import Words
from ...study.yaml_page import read_yaml
from ..text import fold

Part = Literal["unit", "position"]
_SIGNS = re.compile(r"[_\-./:;,?!*()\[\]{}\"'’]+")
#: What "no answer" may end with: "Unfamiliar (N/A)", "Tôi không biết".
_CLOSING = ("n a", "not applicable", "không áp dụng", "don t know", "không biết")


@dataclass(frozen=True)
class KnownVariable:
    """A characteristic that questionnaires ask for, and the words by which its header is known."""

    name: Words
    words: tuple[str, ...]
    part: Part | None = None


@cache
def _content() -> dict[str, Any]:
    raw = (files(__package__) / "known.yml").read_bytes()
    return cast(dict[str, Any], read_yaml(raw, "known.yml").content)


@cache
def words(*path: str) -> frozenset[str]:
    """The words under a key of the list, folded."""
    found: Any = _content()
    for key in path:
        found = found[key]
    return frozenset(map(_plain, found))


@cache
def variables() -> tuple[KnownVariable, ...]:
    """Characteristics in the order of the list."""
    return tuple(
        KnownVariable(Words(**each["name"]), tuple(map(_plain, each["words"])), each.get("part"))
        for each in _content()["variables"]
    )


@cache
def group_name() -> Words:
    """What a construct is called of which nothing is known."""
    return Words(**_content()["group"])


@cache
def orders() -> tuple[dict[str, int], ...]:
    """Ordered answers: spelling -> rank, a mapping for each kind."""
    return tuple(
        {_plain(spelling): rank for rank, level in enumerate(order) for spelling in level}
        for order in _content()["orders"]
    )


def _plain(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", fold(str(text))).split())


def plain(text: object) -> str:
    """Text as the lists are looked up: folded, without signs.

    Examples
    --------
    >>> plain("Q2_GENDER"), plain(" Không đồng ý. ")
    ('q2 gender', 'không đồng ý')
    """
    return _plain(str(text))


def says(text: str, *path: str) -> bool:
    """Whether a header holds one of the words of a list as whole words.

    Examples
    --------
    >>> says("Mã phiếu số", "id"), says("Ideal leader", "id")
    (True, False)
    """
    return holds(text, words(*path))


def holds(text: str, wanted: Iterable[str]) -> bool:
    """Whether a text holds one of some folded words as whole words."""
    spaced = f" {_plain(text)} "
    return any(f" {word} " in spaced for word in wanted)


def no_answer(text: object) -> bool:
    """Whether an answer says that there is none."""
    said = _plain(str(text))
    return said in words("no_answer") or any(said.endswith(f" {word}") for word in _CLOSING)


def silent(label: Words) -> bool:
    """Whether a label says so in either language."""
    return no_answer(label.vi) or no_answer(label.en)


def known_variable(text: str) -> KnownVariable | None:
    """The characteristic that a header asks for: the one whose longest word it holds."""
    spaced = f" {_plain(text)} "
    fitting = [(len(word), -at) for at, each in enumerate(variables()) for word in each.words if f" {word} " in spaced]
    return variables()[-max(fitting)[1]] if fitting else None
