"""The house keeps its floors: imports point down or sideways, never up, never in a circle; lazy ones count."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "src" / "analysis"
FLOORS = (
    ("errors", "grammar"),
    ("stats", "study", "rules"),
    ("survey",),
    ("published", "chapters", "simulate"),
    ("report",),
    ("run",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
ROOF = len(FLOORS)  # the package's own __init__: it may name everything, and nothing may import it
HEAVY = {"pandas", "statsmodels", "matplotlib", "seaborn"}  # not at the module level of stats
DRAWING = {"matplotlib", "seaborn"}  # not below report


class Module(NamedTuple):
    name: str  # dotted, with the package's own name in front
    path: Path
    tree: ast.Module
    is_package: bool


class Import(NamedTuple):
    target: str  # dotted, absolute
    line: int
    at_start: bool  # executed when the module is imported


# ---- reading a package ---------------------------------------------------------------------------------------------


def modules(package: Path) -> dict[str, Module]:
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = [package.name, *path.relative_to(package).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8"), str(path)), is_package)
    return found


def only_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def statements(node: ast.AST, at_start: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it is executed on import: not in a function, not under `if TYPE_CHECKING`."""
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                deferred = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and field == "body"
                runs = at_start and not deferred and not (only_for_types(node) and field == "body")
                yield child, runs
                yield from statements(child, runs)


def spelled(module: Module, node: ast.AST) -> list[str]:
    """The absolute names that a statement imports; a name inside a package may be a module or an attribute."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        parts = module.name.split(".")
        base = parts[: len(parts) - node.level + module.is_package] if node.level else []
        source = ".".join([*base, *([node.module] if node.module else [])])
        return [f"{source}.{alias.name}" for alias in node.names]
    if (
        isinstance(node, ast.Call)
        and node.args
        and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__")
    ):
        name = node.args[0]
        return [name.value] if isinstance(name, ast.Constant) and isinstance(name.value, str) else []
    return []


def imports(module: Module) -> list[Import]:
    return [
        Import(target, getattr(node, "lineno", 0), at_start)
        for node, at_start in statements(module.tree)
        for target in spelled(module, node)
    ]


def home(target: str, known: dict[str, Module]) -> str | None:
    """The module of this package that holds the imported name; nothing when it is another package's."""
    parts = target.split(".")
    if parts[0] not in known:
        return None
    return next(name for end in range(len(parts), 0, -1) if (name := ".".join(parts[:end])) in known)


def room(name: str) -> str | None:
    """The first name under the package, which has a floor; nothing for the package's own `__init__`."""
    return name.split(".")[1] if "." in name else None


def floor(name: str) -> int:
    inside = room(name)
    return ROOF if inside is None else FLOOR.get(inside, -1)


def located(module: Module, line: int, what: str) -> str:
    return f"{module.path.name}:{line} ({module.name}): {what}"


# ---- the checks: each takes a package's folder and says one sentence for each fault --------------------------------


def without_floor(package: Path) -> list[str]:
    """Modules of which nobody has said where they stand."""
    return [f"{name}: no floor" for name in modules(package) if floor(name) < 0]


def upward(package: Path) -> list[str]:
    known = modules(package)
    return [
        located(module, each.line, f"imports {target}, which stands higher")
        for module in known.values()
        for each in imports(module)
        if (target := home(each.target, known)) and target != module.name and floor(target) > floor(module.name)
    ]


def graph(package: Path) -> dict[str, set[str]]:
    known = modules(package)
    return {
        name: {target for each in imports(module) if (target := home(each.target, known)) and target != name}
        for name, module in known.items()
    }


def reachable(edges: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(edges[name])
    return seen


def circles(package: Path) -> list[str]:
    """The strongly connected groups of modules: each reaches every other by imports, lazy ones included."""
    edges = graph(package)
    reach = {name: reachable(edges, name) for name in edges}
    groups = {
        tuple(sorted(other for other in reach[name] if name in reach[other])) for name in edges if name in reach[name]
    }
    return [" <-> ".join(group) for group in sorted(groups)]


def heavy_at_start(package: Path) -> list[str]:
    """What would make importing a statistic as slow as importing pandas."""
    return [
        located(module, each.line, f"imports {each.target} at module level")
        for module in modules(package).values()
        for each in imports(module)
        if room(module.name) == "stats" and each.at_start and each.target.split(".")[0] in HEAVY
    ]


def drawing_below_report(package: Path) -> list[str]:
    return [
        located(module, each.line, f"imports {each.target} below report")
        for module in modules(package).values()
        for each in imports(module)
        if floor(module.name) < FLOOR["report"] and each.target.split(".")[0] in DRAWING
    ]


def star_imports(package: Path) -> list[str]:
    return [
        located(module, each.line, f"imports {each.target}")
        for module in modules(package).values()
        for each in imports(module)
        if each.target.endswith(".*")
    ]


def forbidden(node: ast.AST) -> str | None:
    """What a node does that this package never does; nothing for the rest."""
    if isinstance(node, ast.Assert):
        return "assert"
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
        if "pickle" in [name.split(".")[0] for name in names]:
            return "pickle"
        return "warnings.warn" if getattr(node, "module", None) == "warnings" and "warn" in names else None
    if isinstance(node, ast.Attribute) and node.attr in ("to_pickle", "read_pickle"):
        return "pickle"
    return forbidden_call(node) if isinstance(node, ast.Call) else None


def forbidden_call(node: ast.Call) -> str | None:
    called = ast.unparse(node.func)
    last = called.rpartition(".")[2]
    if last in ("eval", "exec"):
        return last
    if called == "warnings.warn":
        return called
    if any(word.arg == "escape" and ast.unparse(word.value) == "False" for word in node.keywords):
        return "escape=False"
    if last == "Environment" and not any(word.arg == "autoescape" for word in node.keywords):
        return "Environment without autoescape"
    allows_pickle = any(word.arg == "allow_pickle" and ast.unparse(word.value) == "True" for word in node.keywords)
    return "pickle" if allows_pickle else None


def forbidden_words(package: Path) -> list[str]:
    return [
        located(module, getattr(node, "lineno", 0), what)
        for module in modules(package).values()
        for node in ast.walk(module.tree)
        if (what := forbidden(node))
    ]


def not_packages(package: Path) -> list[str]:
    """Folders of modules that Python takes for a mere namespace: not collected, not typed, not shipped."""
    folders = {path.parent for path in package.rglob("*.py")}
    return sorted(folder.name for folder in folders if not (folder / "__init__.py").exists())


CHECKS = (
    without_floor,
    not_packages,
    upward,
    circles,
    heavy_at_start,
    drawing_below_report,
    star_imports,
    forbidden_words,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_house_keeps(check: Callable[[Path], list[str]]) -> None:
    assert check(PACKAGE) == []


def test_house_is_read() -> None:
    known = modules(PACKAGE)
    assert {"analysis.errors", "analysis.stats.result", "analysis.report.format"} <= known.keys()
    assert "analysis.errors" in graph(PACKAGE)["analysis.stats.result"] | reachable(
        graph(PACKAGE), "analysis.report.format"
    )


# ---- each check fails on a planted violation -----------------------------------------------------------------------


@pytest.fixture
def plant(tmp_path: Path) -> Callable[..., Path]:
    """Write a small package `analysis` from file names and their texts."""

    def write(**files: str) -> Path:
        package = tmp_path / "analysis"
        for name, text in {"__init__": "", **files}.items():
            path = package / (name.replace("__of__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            (path.parent / "__init__.py").touch()
            path.write_text(text, encoding="utf-8")
        return package

    return write


CLEAN = {
    "__init__": "def __getattr__(name):\n    from .run import cli\n    return cli\n",
    "errors": "import os\n",
    "stats__of____init__": "from .alpha import alpha\n",
    "stats__of__alpha": "from ..errors import E\nif TYPE_CHECKING:\n    import pandas\n"
    "def alpha(x):\n    import statsmodels\n    return 'eval(x)'\n",
    "survey__of__read": "from analysis import errors\nfrom analysis.stats import alpha\nimport pandas\n",
    "report__of__draw": "import seaborn\nfrom ..survey.read import read\n",
    "run__of__cli": "import analysis.report.draw\nenvironment = jinja2.Environment(autoescape=True)\n",
}


def test_clean_package_passes(plant: Callable[..., Path]) -> None:
    package = plant(**CLEAN)
    assert {check.__name__: check(package) for check in CHECKS} == {check.__name__: [] for check in CHECKS}


@pytest.mark.parametrize(
    "text",
    [
        "from analysis.report.draw import draw",
        "from analysis.report import draw",
        "import analysis.report.draw as d",
        "from ..report import draw",
        "from ..report.draw import figure",
        "from .. import report",
        "def f():\n    from analysis.report import draw",
        "async def f():\n    from ..report.draw import figure",
        "class C:\n    import analysis.report.draw",
        "if TYPE_CHECKING:\n    from ..report.draw import figure",
        "try:\n    pass\nexcept ValueError:\n    from ..report.draw import figure",
        "match 1:\n    case 1:\n        from ..report.draw import figure",
        "importlib.import_module('analysis.report.draw')",
        "import analysis",
        "from analysis import alpha",
        "from .. import alpha",
    ],
)
def test_planted_upward_import_is_found(plant: Callable[..., Path], text: str) -> None:
    package = plant(**{**CLEAN, "report__of____init__": "", "stats__of__alpha": text})
    assert len(upward(package)) == 1


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("from .b import y", "from .a import x"),
        ("from .b import y", "def f():\n    from .a import x"),
        ("from analysis.stats import b", "if TYPE_CHECKING:\n    from analysis.stats.a import x"),
        ("import analysis.stats.c", "from . import a"),
    ],
)
def test_planted_circle_is_found(plant: Callable[..., Path], here: str, there: str) -> None:
    package = plant(stats__of____init__="", stats__of__a=here, stats__of__b=there, stats__of__c="from . import b")
    assert len(circles(package)) == 1
    assert "analysis.stats.a" in circles(package)[0]


def test_circle_through_a_table_of_contents_is_found(plant: Callable[..., Path]) -> None:
    package = plant(stats__of____init__="from .a import x", stats__of__a="from analysis.stats import y")
    assert circles(package) == ["analysis.stats <-> analysis.stats.a"]


def test_planted_room_without_a_floor_is_found(plant: Callable[..., Path]) -> None:
    assert without_floor(plant(utils="")) == ["analysis.utils: no floor"]


@pytest.mark.parametrize(
    "text", ["import pandas as pd", "from statsmodels.api import OLS", "class C:\n    import seaborn"]
)
def test_planted_heavy_import_is_found(plant: Callable[..., Path], text: str) -> None:
    assert len(heavy_at_start(plant(stats__of__a=text))) == 1
    assert heavy_at_start(plant(stats__of__a=f"if TYPE_CHECKING:\n    {text.replace(chr(10), chr(10) + '    ')}")) == []


@pytest.mark.parametrize("text", ["import seaborn", "def f():\n    from matplotlib import pyplot"])
@pytest.mark.parametrize("place", ["errors", "stats__of__a", "survey__of__a", "chapters__of__a"])
def test_planted_drawing_is_found(plant: Callable[..., Path], place: str, text: str) -> None:
    assert len(drawing_below_report(plant(**{place: text}))) == 1


def test_planted_star_import_is_found(plant: Callable[..., Path]) -> None:
    assert len(star_imports(plant(errors="from os.path import *"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')",
        "frame.eval('a + b')",
        "exec('1')",
        "frame.to_html(escape=False)",
        "import pickle",
        "from pickle import loads",
        "frame.to_pickle('x')",
        "numpy.load('x', allow_pickle=True)",
        "warnings.warn('x')",
        "from warnings import warn",
        "jinja2.Environment()",
        "Environment(loader=None)",
        "def f(x):\n    assert x",
    ],
)
def test_planted_forbidden_word_is_found(plant: Callable[..., Path], text: str) -> None:
    assert len(forbidden_words(plant(stats__of__a=text))) == 1


# ---- what no file of the repository names --------------------------------------------------------------------------

FOLDERS = ("wo" + "rk", "ro" + "ot", "tm" + "p", "ho" + "me", "Us" + "ers")  # in two pieces: this file is read too
HOSTS = ("pypi" + ".org", "python" + "hosted.org", "anaconda" + ".org", "file" + "://")
MACHINE = re.compile(rf"(?<![\w.:/~-])/({'|'.join(FOLDERS)})(?![\w.-])|\b[A-Z]:[\\/]{FOLDERS[-1]}[\\/]", re.IGNORECASE)
REGISTRY = re.compile("|".join(map(re.escape, HOSTS)))


def names_of_this_machine(text: str) -> list[str]:
    """The lines that name a folder of somebody's machine or the host of a package registry."""
    return [line.strip()[:120] for line in text.splitlines() if MACHINE.search(line) or REGISTRY.search(line)]


def tracked(folder: Path) -> list[Path]:
    if not (folder / ".git").exists():
        pytest.skip("not a git checkout: there is no list of tracked files")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=folder, capture_output=True, check=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := folder / name).is_file()]


def text_of(path: Path) -> str:
    """A file's text; empty for a file that is not text."""
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", errors="replace")


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = {str(path.relative_to(PROJECT)): names_of_this_machine(text_of(path)) for path in tracked(PROJECT)}
    assert {name: lines for name, lines in found.items() if lines} == {}


PLANTED = [
    *(f"read('/{folder}/x.csv')" for folder in FOLDERS),
    *(f"cd /{folder}" for folder in FOLDERS),
    rf"C:\{FOLDERS[-1]}\An\study",
    *(f"https://{host}/simple" for host in HOSTS),
]


@pytest.mark.parametrize("line", PLANTED)
def test_planted_machine_or_registry_is_found(line: str) -> None:
    assert names_of_this_machine(line) == [line]


@pytest.mark.parametrize(
    "line", ["https://example.org/work/a", "network/root", "tmp_path / 'a'", "conda-forge", "homework"]
)
def test_ordinary_words_are_not_machine_names(line: str) -> None:
    assert names_of_this_machine(line) == []


def test_planted_folder_without_init_is_found(tmp_path: Path) -> None:
    (tmp_path / "analysis" / "report").mkdir(parents=True)
    (tmp_path / "analysis" / "__init__.py").touch()
    (tmp_path / "analysis" / "report" / "block.py").touch()
    assert not_packages(tmp_path / "analysis") == ["report"]
