"""KoboToolbox and ODK: groups before a question's name (``group/name``), choices of several after it."""

from __future__ import annotations

from dataclasses import replace

from ..read import RawTable

NAME = "KoboToolbox"

_OWN = ("start", "end", "deviceid", "_uuid", "_id", "_submission_time", "_index", "__version__", "_validation_status")
_ENOUGH = 3
#: What reading in R makes of a byte-order mark and of a name that begins with an underscore.
_MARK = "X.U.FEFF."


def signs(table: RawTable) -> tuple[str, ...]:
    """At least three of the columns that the tool itself writes."""
    names = {_plain(header) for header in table.headers}
    found = tuple(name for name in _OWN if name in names)
    return found if len(found) >= _ENOUGH else ()


def apply(table: RawTable) -> RawTable:
    """Names without a damaged mark; a group is left off where the name alone is still clear."""
    names = [_plain(header) for header in table.headers]
    alone = [name.rsplit("/", 1)[-1] for name in names]
    questions = set(names)
    kept = [
        short if "/" in name and alone.count(short) == 1 and not _choice(name, questions) else name
        for name, short in zip(names, alone, strict=True)
    ]
    return replace(table, headers=tuple(kept))


def _choice(name: str, questions: set[str]) -> bool:
    """``question/choice`` of a question with several answers: the question itself is a column."""
    return name.rsplit("/", 1)[0] in questions


def _plain(header: str) -> str:
    name = header.removeprefix("\ufeff").removeprefix(_MARK).strip()
    return name[1:] if name.startswith("X_") else name
