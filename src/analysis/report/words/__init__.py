"""Every sentence that a person reads, in one catalogue per language: `vi.yml`, `en.yml`, with equal keys and slots.

A language is one file here. Code picks a key and fills its slots; it never builds a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import resources
from string import Formatter

from ...errors import AnalysisError, Caution, Place, Problem, Slot
from ...rules.references import in_brackets, in_text
from ..block import Citation, Segment, Text

#: Works that a sentence cites: ``[@kaiser_1974; @feldt_1965]`` in brackets, ``@feldt_1965`` in the sentence.
_CITED = re.compile(r"\[(@\w+(?:; @\w+)*)\]|@(\w+)")

#: Signs that must not begin a line: ``95 %``, ``n = 120``, ``p < 0,001``.
_TIED = re.compile(r" =(?: |$)| %(?!\w)|(?<=p) \{p\}")


def languages() -> tuple[str, ...]:
    """Codes of the languages that have a catalogue, Vietnamese first."""
    found = sorted(each.name[:-4] for each in resources.files(__name__).iterdir() if each.name.endswith(".yml"))
    return tuple(sorted(found, key=lambda lang: lang != "vi"))


@lru_cache
def catalogue(lang: str) -> Mapping[str, str]:
    """All sentences of a language by dotted key."""
    import yaml

    text = (resources.files(__name__) / f"{lang}.yml").read_text(encoding="utf-8")
    return dict(_flat(yaml.load(text, yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader)))


def _flat(tree: Mapping[str, object], stem: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{stem}{name}.")
        else:
            yield f"{stem}{name}", _TIED.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), str(value))


def phrase(key: str, lang: str) -> str:
    """The sentence under `key`; a key that no catalogue has is shown as it is (and a test finds it)."""
    return catalogue(lang).get(key, key)


def fill(key: str, lang: str, **slots: Segment | Text) -> Text:
    """The sentence under `key` with its slots filled, as segments, so that numbers stay numbers."""
    parts: list[Segment] = []
    for literal, name, _, _ in Formatter().parse(phrase(key, lang)):
        parts.extend(_with_citations(literal, lang))
        if name is not None:
            value = slots[name]
            filled = value if isinstance(value, tuple) else (value,)
            parts.extend(filled if any(parts) else _capital(filled))
    return tuple(part for part in parts if part != "")


def _with_citations(literal: str, lang: str) -> Iterator[Segment]:
    """The words of a sentence, and between them the works that they cite."""
    end = 0
    for match in _CITED.finditer(literal):
        yield literal[end : match.start()]
        keys = tuple(re.findall(r"\w+", match[1] or match[2]))
        yield Citation(keys, in_brackets(keys, lang) if match[1] else in_text(keys[0], lang))
        end = match.end()
    yield literal[end:]


def _capital(text: Text) -> Text:
    """A sentence that begins with a slot begins with a capital all the same."""
    if text and isinstance(text[0], str):
        return (text[0][:1].upper() + text[0][1:], *text[1:])
    return text


def sentence(found: Problem | Caution, lang: str) -> str:
    """A problem with its place in front, or a caution, in words."""
    family = "problem" if isinstance(found, Problem) else "caution"
    values = {name: _slot(value, lang) for name, value in found.slots}
    template = phrase(f"{family}.{found.code}", lang)
    words = re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[0]), template)
    return f"{place(found.place, lang)}{words}" if isinstance(found, Problem) else words


def place(where: Place, lang: str) -> str:
    """The place in front of a sentence: ``"responses.csv, dòng 12, cột SC1: "``."""
    parts = [where.file] if where.file else []
    for name in ("sheet", "cell", "line", "column"):
        value = getattr(where, name)
        if value is not None:
            parts.append(phrase(f"place.{name}", lang).format(value=value))
    return f"{', '.join(parts)}: " if parts else ""


def _slot(value: Slot, lang: str) -> str:
    if value is None:
        return phrase("none", lang)
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, float) and not value.is_integer():
        from ..format import number

        return number(value, lang)
    return str(int(value)) if isinstance(value, float) else str(value)


def explain(error: AnalysisError, lang: str) -> str:
    """All problems of an error, one a line."""
    return "\n".join(sentence(found, lang) for found in error.problems)


def explain_problems(problems: Iterable[Problem], lang: str) -> str:
    """Problems as running text, for a page that says why something was not computed."""
    return " ".join(sentence(found, lang) for found in problems)
