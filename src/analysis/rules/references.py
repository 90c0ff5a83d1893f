"""The works that sentences cite: CSL data in `references.json`, and how a citation reads in running text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

#: Between two authors, and for the others when there are more than two.
_AND, _OTHERS = " & ", {"vi": " và cộng sự", "en": " et al."}


@lru_cache
def works() -> Mapping[str, Mapping[str, Any]]:
    """Every work by its key, as CSL data."""
    text = (resources.files(__package__) / "references.json").read_text(encoding="utf-8")
    return {work["id"]: work for work in json.loads(text)}


def in_brackets(keys: Sequence[str], lang: str) -> str:
    """Several works as a citation in brackets.

    Examples
    --------
    >>> in_brackets(["kaiser_1974", "lindeman_1980"], "en")
    '(Kaiser, 1974; Lindeman et al., 1980)'
    """
    return f"({'; '.join(f'{_authors(key, lang)}, {_year(key)}' for key in keys)})"


def in_text(key: str, lang: str) -> str:
    """A work named in the sentence.

    Examples
    --------
    >>> in_text("feldt_1965", "vi")
    'Feldt (1965)'
    """
    return f"{_authors(key, lang)} ({_year(key)})"


def _authors(key: str, lang: str) -> str:
    names = [name.get("literal") or name["family"] for name in works()[key]["author"]]
    return names[0] + _OTHERS[lang] if len(names) > 2 else _AND.join(names)


def _year(key: str) -> str:
    return str(works()[key]["issued"]["date-parts"][0][0])
