"""Which column of the file holds which item or variable."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Problem, nearest, problem
from ..study import Study
from .read import RawTable
from .text import fold

#: The id's and the screening questions' codes cannot be codes of the page, which are single words.
ID = "@id"
SCREENING = "@screening"
CONSENT = "@consent"
TEST = "@test"
#: How long a response took: its seconds, or its start and end.
TIMES = {"seconds": "@seconds", "start": "@start", "end": "@end"}

#: What stands in a header's closing brackets: the row of a grid.
BRACKETS = re.compile(r"[\[【［](.*)[\]】］]\s*$", re.DOTALL)
_ENDING = " .:;?!*"


@dataclass(frozen=True, slots=True)
class Columns:
    """Column (from 0) of every code, the columns that nobody uses, and what is wrong."""

    of: dict[str, int]
    unused: tuple[str, ...]
    problems: tuple[Problem, ...]


def match_columns(study: Study, table: RawTable) -> Columns:
    """Find the column of every item, variable, screening question and of the id.

    Parameters
    ----------
    study : Study
        Declares codes, texts and, where needed, headers.
    table : RawTable
        The file's headers.

    Returns
    -------
    Columns
        A code is found by its declared header; else by a header that is the code, that carries it as
        ``Construct [CODE. text]`` or ``CODE. text``, or that is the item's text in either language.
    """
    heads = [_plain(header) for header in table.headers]
    described = [_plain(text) for text in table.descriptions] or [""] * len(heads)
    of: dict[str, int] = {}
    found: list[Problem] = []
    for code, declared, texts in _wanted(study):
        if declared is not None:
            matches = [at for at, head in enumerate(heads) if head == _plain(declared)]
        else:
            matches = by_code(code, table.headers) or _by_text(texts, heads) or _by_text(texts, described)
        if len(matches) == 1:
            of[code] = matches[0]
        else:
            found.append(_unfound(code, declared, texts, matches, table))
    split = {code for code, variable in study.variables.items() if variable.choice is not None}
    found += _shared({code: at for code, at in of.items() if code not in split}, table)
    used = set(of.values())
    unused = tuple(header for at, header in enumerate(table.headers) if at not in used)
    return Columns(of, unused, tuple(found))


def _wanted(study: Study) -> Iterable[tuple[str, str | None, tuple[str, ...]]]:
    """Code, declared header and texts of everything that must have a column."""
    if study.answers.id is not None:
        yield ID, study.answers.id, ()
    for at, question in enumerate(study.cleaning.screening):
        yield f"{SCREENING}{at}", question.column, ()
    if study.cleaning.consent is not None:
        yield CONSENT, study.cleaning.consent.column, ()
    for at, rows in enumerate(study.cleaning.test_rows):
        yield f"{TEST}{at}", rows.column, ()
    for name, code in TIMES.items():
        if (column := getattr(study.cleaning.speed, name, None)) is not None:
            yield code, column, ()
    for code, variable in study.variables.items():
        yield code, variable.column, (variable.name.vi, variable.name.en)
    for code, item in study.items.items():
        yield code, item.column, (item.text.vi, item.text.en)


def _plain(text: str) -> str:
    return fold(text).rstrip(_ENDING)


def by_code(code: str, headers: Iterable[str]) -> list[int]:
    """Columns whose header is the code; else those whose header begins with it, alone or in its closing brackets."""
    folded = [fold(header) for header in headers]
    wanted = fold(code)
    exact = [at for at, header in enumerate(folded) if header == wanted]
    starts = re.compile(rf"\s*{re.escape(wanted)}\s*(?:[.:)\]–—-](?!\d)|$)")
    starts_inside = re.compile(rf"\s*{re.escape(wanted)}(?:\s*[.:)\]–—-](?!\d)|\s|$)")
    inside = [(BRACKETS.search(header), header) for header in folded]
    coded = [
        at
        for at, (brackets, header) in enumerate(inside)
        if starts.match(header) or (brackets and starts_inside.match(brackets[1]))
    ]
    return exact or coded


def _by_text(texts: tuple[str, ...], heads: list[str]) -> list[int]:
    wanted = {_plain(text) for text in texts}
    bracketed = [(BRACKETS.search(head), head) for head in heads]
    return [
        at
        for at, (brackets, head) in enumerate(bracketed)
        if head and (head in wanted or (brackets and _plain(brackets[1]) in wanted))
    ]


def _unfound(code: str, declared: str | None, texts: tuple[str, ...], matches: list[int], table: RawTable) -> Problem:
    name = declared if code.startswith("@") else code
    if matches:
        headers = tuple(table.headers[at] for at in matches)
        return problem("data.column_twice", table.header_place(matches[1]), code=name, headers=headers)
    seen = {fold(header): header for header in table.headers if header.strip()}
    near = next((seen[hit] for text in (declared, code, *texts) if text and (hit := nearest(fold(text), seen))), None)
    return problem("data.column_missing", table.header_place(), code=name, header=declared, nearest=near)


def _shared(of: dict[str, int], table: RawTable) -> list[Problem]:
    """Two codes that would read one column (a screening question may be a variable as well)."""
    users: dict[int, list[str]] = {}
    for code, at in of.items():
        if not code.startswith("@"):
            users.setdefault(at, []).append(code)
    return [
        problem("data.column_shared", table.header_place(at), header=table.headers[at], codes=tuple(codes))
        for at, codes in users.items()
        if len(codes) > 1
    ]
