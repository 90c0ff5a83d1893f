"""What a run will do: which notebooks, for which study, in which language, with which checked parameters."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import Problem, RunError, nearest, problem
from ..study.find import raw_folders
from ..study.study import PARTS

Value: TypeAlias = "str | int | float | bool"

_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass(frozen=True)
class Parameter:
    """A declared parameter: ``lang: str = "vi"  # vi | en`` or ``level: float = 0.95  # 0.5 .. 0.999``."""

    name: str
    type: str
    default: Value
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def problems(self, value: Value) -> Iterator[Problem]:
        """What is wrong with a value, if anything."""
        wanted = _TYPES[self.type]
        number = isinstance(value, int) and not isinstance(value, bool) and wanted is float
        if not number and (type(value) is not wanted):
            yield problem("run.parameter_type", name=self.name, value=str(value), type=self.type)
        elif self.choices and value not in self.choices:
            near = nearest(str(value), self.choices)
            yield problem("run.parameter_choice", name=self.name, value=str(value), allowed=self.choices, nearest=near)
        elif self.low is not None and self.high is not None and not self.low <= float(value) <= self.high:
            yield problem("run.parameter_range", name=self.name, value=str(value), low=self.low, high=self.high)


@dataclass(frozen=True)
class Notebook:
    """A notebook of the study: its name, its parameters and the parts of the page that it cannot do without."""

    path: Path
    parameters: tuple[Parameter, ...]
    needs: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    order: int = 0  # place on the page: the notebook's number unless it asks for another

    @property
    def name(self) -> str:
        """File name without ending."""
        return self.path.stem

    def checked(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """The given parameters, all of them known, of the right type and inside their set.

        Raises
        ------
        RunError
            With every problem, before any kernel starts.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        found: list[Problem] = []
        for name, value in given.items():
            if name in known:
                found.extend(known[name].problems(value))
            else:
                near = nearest(name, known)
                found.append(
                    problem("run.unknown_parameter", name=name, allowed=tuple(known), nearest=near, notebook=self.name)
                )
        if found:
            raise RunError(*found)
        return dict(given)


@dataclass(frozen=True)
class Job:
    """One notebook to be executed for one study in one language."""

    study: str
    notebook: Notebook
    lang: str
    parameters: Mapping[str, Value] = field(default_factory=dict)


def project_root() -> Path:
    """The project's folder: the nearest one, from the working directory upwards, with ``data/raw`` and ``notebooks``.

    Raises
    ------
    RunError
        When there is none.
    """
    for raw in raw_folders():
        if (raw.parents[1] / "notebooks").is_dir():
            return raw.parents[1]
    raise RunError(problem("run.no_notebooks"))


def notebooks(folder: Path) -> tuple[Notebook, ...]:
    """The notebooks of a folder in the order in which a page shows them.

    Raises
    ------
    RunError
        When the folder has none, or one of them declares no parameters or needs what no page has.
    """
    names = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    found = tuple(sorted((_notebook(path) for path in names), key=lambda notebook: notebook.order))
    if not found:
        raise RunError(problem("run.no_notebooks"))
    return found


def _notebook(path: Path) -> Notebook:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise RunError(problem("run.unreadable_notebook", notebook=path.stem)) from error
    declared = [cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", ())]
    if len(declared) != 1:
        raise RunError(problem("run.no_parameters", notebook=path.stem))
    own = content["metadata"].get("analysis", {})
    needs = tuple(own.get("needs", ()))
    unknown = [need for need in needs if need not in PARTS]
    if unknown:
        near = {need: nearest(need, PARTS) for need in unknown}
        slots = [{"notebook": path.stem, "need": need, "nearest": near[need], "allowed": PARTS} for need in unknown]
        raise RunError(*(problem("run.unknown_need", **each) for each in slots))
    parameters = tuple(declared_parameters(_source(declared[0]), path.stem))
    return Notebook(path, parameters, needs, _titles(content), int(own.get("order", 10 * int(path.stem[:2]))))


def _titles(content: Mapping[str, Any]) -> dict[str, str]:
    """The first heading in each language."""
    titles: dict[str, str] = {}
    for cell in content["cells"]:
        heading = re.match(r"#\s+(.+)", _source(cell))
        if cell["cell_type"] == "markdown" and heading:
            for tag in cell["metadata"].get("tags", ()):
                titles.setdefault(tag, heading[1].strip())
    return titles


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def declared_parameters(source: str, notebook: str) -> Iterator[Parameter]:
    """Read the parameters that a cell declares, without running it.

    Raises
    ------
    RunError
        When a line is anything but ``name: type = literal  # choices or range``.
    """
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    for statement in ast.parse(source).body:
        if not (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(statement.annotation, ast.Name)
            and statement.annotation.id in _TYPES
            and isinstance(statement.value, ast.Constant)
        ):
            raise RunError(problem("run.parameter_line", notebook=notebook, line=ast.unparse(statement)))
        choices, low, high = _allowed(comments.get(statement.lineno, ""))
        yield Parameter(statement.target.id, statement.annotation.id, statement.value.value, choices, low, high)  # type: ignore[arg-type]


def _allowed(comment: str) -> tuple[tuple[str, ...], float | None, float | None]:
    if " | " in comment:
        return tuple(part.strip() for part in comment.split("|")), None, None
    span = re.fullmatch(r"([\d.]+)\s*\.\.\s*([\d.]+)", comment)
    return ((), float(span[1]), float(span[2])) if span else ((), None, None)
