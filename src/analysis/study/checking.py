"""A page's content checked against its classes: pydantic finds, this file puts the findings into our own codes.

What is wrong is replaced by a stand-in, so that the rest of the page can be checked in the same pass.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import types
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from ..errors import Place, Problem, nearest, problem
from .dictionaries import resolved
from .page import Cleaning, ItemEntry, Page, Scale
from .yaml_page import Path, YamlPage

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MAX_REPAIRS = 10
#: What an entry may say wrongly and its answers can still be read.
_HARMLESS = tuple((key,) for key in ("role", "name", "title", "text", "score", "minimum", "part", "reverse"))


@dataclass(frozen=True, slots=True)
class CheckedPage:
    """The page as far as it could be read, what is wrong with it, and which paths hold a stand-in."""

    page: Page
    problems: tuple[Problem, ...]
    replaced: frozenset[Path]


def check_page(source: YamlPage, file: str) -> CheckedPage:
    """Check the keys, types and choices of a page.

    Parameters
    ----------
    source : YamlPage
        Content and lines.
    file : str
        Name of the page, for places.

    Returns
    -------
    CheckedPage
        Every problem of every key, each with its line.
    """
    from pydantic import ValidationError

    content = copy.deepcopy(source.content) if isinstance(source.content, dict) else {}
    found: list[Problem] = []
    replaced: set[Path] = set()
    if not isinstance(source.content, dict):
        found.append(problem("study.expected_mapping", Place(file=file, line=1), key="study.yml"))
    for _ in range(MAX_REPAIRS):
        try:
            page = adapter().validate_json(json.dumps(content))
            return CheckedPage(page, tuple(found), frozenset(replaced))
        except ValidationError as error:
            for path, kind in _faults(error, content).items():
                if not _under(path, replaced):
                    found.append(_describe(path, kind, content, Place(file=file, line=source.line(path))))
                _repair(path, kind, content)
                replaced.add(path)
    return CheckedPage(_placeholder(Page), tuple(found), frozenset({()}))


def sound(checked: CheckedPage, items: dict[str, ItemEntry]) -> tuple[Page, dict[str, ItemEntry]]:
    """The parts of a page with mistakes against which a file of answers can still be held.

    Parameters
    ----------
    checked : CheckedPage
        With stand-ins where something is wrong.
    items : dict
        Items of the page and of items.csv.

    Returns
    -------
    Page, dict
        Scales with levels, constructs on such scales, items of such constructs, variables that are as declared.
    """
    page = checked.page
    replaced = [path for path in checked.replaced if path[2:3] not in _HARMLESS]
    wrong = {path[:2] for path in replaced if len(path) > 1} | {path for path in replaced if len(path) == 1}
    scales = {
        code: scale
        for code, scale in page.scales.items()
        if ("scales", code) not in wrong and _readable(resolved(scale))
    }
    constructs = {
        code: each
        for code, each in page.constructs.items()
        if ("constructs", code) not in wrong and each.scale in scales
    }
    kept = {
        code: item
        for code, item in items.items()
        if code
        and ("items", code) not in wrong
        and item.construct in constructs
        and (item.scale or "") in {"", *scales}
    }
    variables = {
        code: each
        for code, each in page.variables.items()
        if ("variables", code) not in wrong and (each.kind == "number" or len(each.levels) > 1)
    }
    cleaning = page.cleaning if ("cleaning",) not in wrong else Cleaning()
    page = dataclasses.replace(
        page, scales=scales, constructs=constructs, variables=variables, cleaning=cleaning, models={}, hypotheses={},
        strata=None, thresholds={},
    )  # fmt: skip
    return page, kept


def _readable(scale: Scale) -> bool:
    """Whether the levels of a scale can be told apart."""
    labels = [label.strip().casefold() for words in scale.levels.values() for label in {words.vi, words.en}]
    return len(scale.levels) > 1 and len(set(labels)) == len(labels)


@cache
def adapter() -> TypeAdapter[Page]:
    """Pydantic's checker of pages; pydantic is imported here and nowhere at import time."""
    from pydantic import TypeAdapter

    return TypeAdapter(Page)


def dotted(path: Path) -> str:
    """A path as it is said to a reader: ``constructs.DT.role``."""
    return ".".join(str(part) for part in path)


def _under(path: Path, replaced: set[Path]) -> bool:
    return any(path[: len(above)] == above for above in replaced)


def _faults(error: Any, content: dict[str, Any]) -> dict[Path, str]:
    """Path and kind of every finding; of a value that fits no branch of a choice, one finding."""
    found: dict[Path, str] = {}
    for each in error.errors(include_url=False, include_context=False, include_input=False):
        path = _written(each["loc"], each["type"], content)
        found.setdefault(path, each["type"])
    return {
        path: kind
        for path, kind in found.items()
        if not (kind.endswith("_type") and any(other[: len(path)] == path and other != path for other in found))
    }


def _written(loc: tuple[str | int, ...], kind: str, content: Any) -> Path:
    """Pydantic's location without the names of the branches that it tried, which do not stand in the page."""
    path: list[str | int] = []
    value = content
    for part in loc:
        if isinstance(value, dict) and str(part) in value:
            value = value[str(part)]
            path.append(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
            path.append(part)
    return (*path, loc[-1]) if kind == "missing" else tuple(path)


def _type_at(path: Path) -> Any:
    """The declared type of what stands at `path`."""
    found: Any = Page
    for part in path:
        found = _inside(found, part)
    return found


def _inside(declared: Any, part: str | int) -> Any:
    for branch in _branches(declared):
        if dataclasses.is_dataclass(branch):
            hints = get_type_hints(branch)
            if part in hints:
                return hints[str(part)]
        elif get_origin(branch) is dict:
            return get_args(branch)[1]
        elif get_origin(branch) is tuple:
            return get_args(branch)[0]
    return None


def _branches(declared: Any) -> tuple[Any, ...]:
    return get_args(declared) if get_origin(declared) in (Union, types.UnionType) else (declared,)


def _describe(path: Path, kind: str, content: dict[str, Any], place: Place) -> Problem:
    key = dotted(path)
    if kind == "missing":
        parent = _type_at(path[:-1])
        words = path[-1] in ("vi", "en") and parent is not Page
        code = "study.missing_language" if words else "study.missing_key"
        return problem(code, place, key=str(path[-1]), within=dotted(path[:-1]) or "study.yml")
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        allowed = tuple(name for branch in _branches(_type_at(path[:-1])) for name in _names(branch))
        return problem("study.unknown_key", place, key=key, nearest=nearest(str(path[-1]), allowed), allowed=allowed)
    if kind == "int_parsing":
        return problem("study.level_not_integer", place, key=key)
    return _misfit(key, _value_at(path, content), _type_at(path), place)


def _names(branch: Any) -> list[str]:
    return [each.name for each in dataclasses.fields(branch)] if dataclasses.is_dataclass(branch) else []


def _misfit(key: str, value: Any, declared: Any, place: Place) -> Problem:
    """The value at `key` is of another type than declared, or is none of the choices."""
    branches = [branch for branch in _branches(declared) if branch is not type(None)]
    choices = [str(each) for branch in branches if get_origin(branch) is Literal for each in get_args(branch)]
    if choices:
        choices += ["true", "false"] if bool in branches else []
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        near = nearest(shown, choices)
        return problem("study.not_one_of", place, key=key, value=shown, allowed=tuple(choices), nearest=near)
    names = {str: "text", int: "integer", float: "number", bool: "boolean", dict: "mapping", tuple: "list"}
    kinds = [names.get(get_origin(branch) or branch, "mapping") for branch in branches]
    return problem(f"study.expected_{'_or_'.join(sorted(set(kinds)))}", place, key=key)


def _value_at(path: Path, content: Any) -> Any:
    for part in path:
        content = content[part]
    return content


def _repair(path: Path, kind: str, content: Any) -> None:
    """Put a stand-in where something is wrong, or take away what may not be there."""
    if not path:
        return
    holder = _value_at(path[:-1], content)
    if kind in ("unexpected_keyword_argument", "extra_forbidden", "int_parsing"):
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = _plain(_type_at(path))


def _plain(declared: Any) -> Any:
    """The simplest content of a type."""
    branch = _branches(declared)[0]
    if dataclasses.is_dataclass(branch):
        hints = get_type_hints(branch)
        required = [
            each.name
            for each in dataclasses.fields(branch)
            if each.default is dataclasses.MISSING and each.default_factory is dataclasses.MISSING
        ]
        return {name: _plain(hints[name]) for name in required}
    if get_origin(branch) is Literal:
        return get_args(branch)[0]
    plain: dict[Any, Any] = {str: "-", int: 1, float: 1.0, bool: False, dict: {}, tuple: []}
    return plain.get(get_origin(branch) or branch)


def _placeholder(kind: type[Page]) -> Page:
    return adapter().validate_json(json.dumps(_plain(kind)))
