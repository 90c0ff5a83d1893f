"""Strict YAML for study pages: plain data with a line number for every key, nothing that surprises or runs.

YAML 1.2's core types without its traps: ``no``, ``010``, ``12:30`` and dates stay text; duplicate keys, anchors,
aliases, tags and several documents are refused; depth and size are limited.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import yaml

from ..errors import Place, StudyError, problem

#: What a page consists of; every key is text.
Value: TypeAlias = "str | int | float | bool | list[Value] | dict[str, Value] | None"
#: Keys and positions that lead to a value: ``("constructs", "DT", "role")``.
Path: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 20
MAX_BYTES = 1_000_000

_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:0|[1-9]\d{0,17})?(?:\.\d{1,30})?(?:[eE][-+]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class YamlPage:
    """The content of a page and the line (counted from 1) of every key and list entry in it."""

    content: Value
    lines: dict[Path, int]

    def line(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest key above it that is written in the page."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return None


def read_yaml(raw: bytes, file: str) -> YamlPage:
    """Read a page strictly.

    Parameters
    ----------
    raw : bytes
        The file as it is.
    file : str
        Its name, for the place of an error.

    Returns
    -------
    YamlPage
        Plain values and their lines.

    Raises
    ------
    StudyError
        ``yaml.…`` with line and column.

    Examples
    --------
    >>> read_yaml(b"a: no\\nb: {c: 010}", "study.yml").content
    {'a': 'no', 'b': {'c': '010'}}
    """
    if len(raw) > MAX_BYTES:
        raise StudyError(problem("yaml.too_large", Place(file=file), limit=MAX_BYTES, found=len(raw)))
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise StudyError(problem("study.not_utf8", Place(file=file, line=line))) from None
    return _Builder(text, file).page()


class _Builder:
    """Builds values from PyYAML's events, which come one by one: depth is limited before anything recurses."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.text = text
        self.lines: dict[Path, int] = {}
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)

    def page(self) -> YamlPage:
        try:
            self.next()  # stream start
            first = self.next()
            if isinstance(first, yaml.StreamEndEvent):
                return YamlPage(None, {})
            content = self.value(self.next(), ())
            self.next()  # document end
            after = self.next()
        except yaml.MarkedYAMLError as error:
            self.refuse(_syntax(error), error.problem_mark)
        except yaml.YAMLError:  # a character that YAML does not allow; PyYAML gives no mark
            raise StudyError(problem("yaml.character", self._bad_character())) from None
        if not isinstance(after, yaml.StreamEndEvent):
            self.refuse("yaml.documents", after.start_mark)
        return YamlPage(content, self.lines)

    def _bad_character(self) -> Place:
        match = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]", self.text)
        return Place(file=self.file, line=self.text[: match.start()].count("\n") + 1 if match else None)

    def next(self) -> Any:
        return next(self.events)

    def until(self, end: type[yaml.Event]) -> Iterator[Any]:
        """The entries of a mapping or sequence; what is inside an entry is taken by its reader."""
        while not isinstance(event := self.next(), end):
            yield event

    def refuse(self, code: str, mark: Any, **slots: str | int) -> NoReturn:
        line = mark.line + 1 if mark else None
        column = str(mark.column + 1) if mark else None
        raise StudyError(problem(code, Place(file=self.file, line=line, column=column), **slots)) from None

    def value(self, event: Any, path: Path) -> Value:
        if isinstance(event, yaml.AliasEvent):
            self.refuse("yaml.alias", event.start_mark, name=str(event.anchor))
        if getattr(event, "anchor", None) is not None:
            self.refuse("yaml.alias", event.start_mark, name=str(event.anchor))
        if getattr(event, "tag", None) is not None:
            self.refuse("yaml.tag", event.start_mark, tag=str(event.tag))
        if len(path) > MAX_DEPTH:
            self.refuse("yaml.too_deep", event.start_mark, limit=MAX_DEPTH)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        if any("\ud800" <= sign <= "\udfff" for sign in event.value):
            self.refuse("yaml.character", event.start_mark)
        return _scalar(event.value) if event.implicit[0] else str(event.value)

    def mapping(self, path: Path) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for event in self.until(yaml.MappingEndEvent):
            mark = event.start_mark
            if not isinstance(event, yaml.ScalarEvent):
                self.refuse("yaml.key", mark)
            self.value(event, path)  # a key carries no anchor and no tag either
            key = str(event.value)
            if key in found:
                self.refuse("yaml.duplicate_key", mark, key=key, first=self.lines[(*path, key)])
            self.lines[(*path, key)] = mark.line + 1
            found[key] = self.value(self.next(), (*path, key))
        return found

    def sequence(self, path: Path) -> list[Value]:
        found: list[Value] = []
        for event in self.until(yaml.SequenceEndEvent):
            here = (*path, len(found))
            self.lines[here] = event.start_mark.line + 1
            found.append(self.value(event, here))
        return found


def _syntax(error: yaml.MarkedYAMLError) -> str:
    """PyYAML's own English is not shown; a tab is the one slip that deserves its own sentence."""
    return "yaml.tab" if "'\\t'" in (error.problem or "") else "yaml.syntax"


def _scalar(text: str) -> Value:
    """A plain (unquoted) word as YAML 1.2 reads it, with a leading zero left as text."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and any(sign.isdigit() for sign in text) and text.lstrip("+-")[0] in "0123456789.":
        return float(text)
    return text
