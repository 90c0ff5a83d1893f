"""The set-up: locks, conda page, bootstrap and CI say the same thing as `pyproject.toml`."""

from __future__ import annotations

import importlib.util
import itertools
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parent.parent
CONDA_NAMES = {"matplotlib-base": "matplotlib"}  # conda-forge's matplotlib brings Qt; its -base is PyPI's matplotlib
ORDERED = {"jupyterlab", "pandas", "statsmodels", "scipy", "seaborn", "matplotlib", "papermill", "nbval"}
PYTHONS = ("3.11.7", "3.12.1", "3.13.0", "3.14.0")
SYSTEMS = (("linux", "posix", "Linux"), ("darwin", "posix", "Darwin"), ("win32", "nt", "Windows"))
COMMAND = "python3 bootstrap.py pytest"


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.fixture
def page() -> dict[str, Any]:
    return tomllib.loads(read("pyproject.toml"))


@pytest.fixture
def environment() -> dict[str, Any]:
    return yaml.safe_load(read("environment.yml"))


# ---- environment.yml and pyproject.toml ----------------------------------------------------------------------------


def declared(page: dict[str, Any]) -> list[Requirement]:
    groups = page["dependency-groups"]
    return [Requirement(text) for text in [*page["project"]["dependencies"], *itertools.chain(*groups.values())]]


def by_name(requirements: list[Requirement]) -> dict[str, SpecifierSet]:
    names = ((canonicalize_name(each.name), each.specifier) for each in requirements)
    return {CONDA_NAMES.get(name, name): specifier for name, specifier in names}


def disagreements(page: dict[str, Any], environment: dict[str, Any]) -> list[str]:
    """One sentence for each package that the two files do not declare alike."""
    from_conda = [Requirement(text) for text in environment["dependencies"] if isinstance(text, str)]
    from_pip = next(each["pip"] for each in environment["dependencies"] if isinstance(each, dict))
    installs_itself = "-e ." in from_pip
    from_pip = [Requirement(text) for text in from_pip if text != "-e ."]
    conda = by_name([each for each in from_conda if each.name not in ("python", "pip")])
    have = {**by_name(from_pip), **conda}
    want = by_name(declared(page))
    python = next(each.specifier for each in from_conda if each.name == "python")
    return [
        *(f"{name}: missing in environment.yml" for name in sorted(want.keys() - have.keys())),
        *(f"{name}: not in pyproject.toml" for name in sorted(have.keys() - want.keys())),
        *(
            f"{name}: {have[name]}, not {want[name]}"
            for name in sorted(have.keys() & want.keys())
            if have[name] != want[name]
        ),
        *(f"{name}: must come from conda-forge" for name in sorted(ORDERED - conda.keys())),
        *(f"{name}: listed twice" for name in sorted(by_name(from_pip).keys() & conda.keys())),
        *(["python: another range"] if python != SpecifierSet(page["project"]["requires-python"]) else []),
        *([] if installs_itself else ["the project itself is not installed (-e .)"]),
    ]


def test_environment_says_what_pyproject_says(page: dict[str, Any], environment: dict[str, Any]) -> None:
    assert disagreements(page, environment) == []
    assert environment["name"] == page["project"]["name"]
    assert environment["channels"] == ["conda-forge"]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("  - pandas>=3,<4\n", "  - pandas>=2,<4\n", "pandas"),
        ("  - matplotlib-base>=3.11,<3.13\n", "  - matplotlib-base>=3.11\n", "matplotlib"),
        ("  - papermill>=2.7\n", "", "papermill"),
        ("      - pooch>=1.8\n", "", "pooch"),
        ("      - pooch>=1.8\n", "      - pooch>=1.8\n      - requests>=2\n", "requests"),
        ("  - nbval>=0.11\n  - pip:\n", "  - pip:\n      - nbval>=0.11\n", "nbval"),
        ("  - python>=3.11,<3.15\n", "  - python>=3.11\n", "python"),
        ("      - -e .\n", "", "itself"),
    ],
)
def test_planted_disagreement_is_found(page: dict[str, Any], old: str, new: str, name: str) -> None:
    text = read("environment.yml")
    assert old in text
    found = disagreements(page, yaml.safe_load(text.replace(old, new)))
    assert found
    assert all(name in each for each in found)


# ---- the locks -----------------------------------------------------------------------------------------------------

ENTRY = re.compile(r"^(?P<requirement>[A-Za-z0-9][^\\\n]*?) *\\?\n(?P<hashes>(?:    --hash=.*\n)*)", re.MULTILINE)
HASH = re.compile(r"^ {4}--hash=sha256:[0-9a-f]{64}(?: \\)?$")


class Locked(NamedTuple):
    requirement: Requirement
    hashes: tuple[str, ...]


def locked(text: str) -> list[Locked]:
    found = ENTRY.finditer(text)
    return [Locked(Requirement(each["requirement"]), tuple(each["hashes"].splitlines())) for each in found]


def lock_faults(text: str) -> list[str]:
    """One sentence for each line that is not a pinned package, its sha256 or a comment."""
    faults = [f"names an address: {line}" for line in text.splitlines() if "://" in line]
    faults += [f"is an option: {line}" for line in text.splitlines() if line.startswith("-")]
    for requirement, hashes in locked(text):
        pins = list(requirement.specifier)
        if requirement.url is None and (len(pins) != 1 or pins[0].operator != "=="):
            faults.append(f"{requirement.name}: not pinned")
        if not hashes or not all(HASH.match(line) for line in hashes):
            faults.append(f"{requirement.name}: without sha256")
    return faults


def targets() -> list[dict[str, str]]:
    return [
        {
            **default_environment(),
            "python_version": python.rpartition(".")[0],
            "python_full_version": python,
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
            "sys_platform": sys_platform,
            "os_name": os_name,
            "platform_system": system,
        }
        for python, (sys_platform, os_name, system) in itertools.product(PYTHONS, SYSTEMS)
    ]


def pins(entries: list[Locked], target: dict[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for requirement, _ in entries:
        if requirement.marker is None or requirement.marker.evaluate(target):
            version = next(iter(requirement.specifier)).version
            found.setdefault(canonicalize_name(requirement.name), set()).add(version)
    return found


def unmet(wanted: list[str], entries: list[Locked]) -> list[str]:
    """One sentence for each requirement not met with exactly one version, by Python and system."""
    faults = []
    for target in targets():
        found = pins(entries, target)
        where = f"{target['python_version']} {target['sys_platform']}"
        faults += [f"{name}: {sorted(versions)} on {where}" for name, versions in found.items() if len(versions) > 1]
        for requirement in map(Requirement, wanted):
            versions = found.get(canonicalize_name(requirement.name), set())
            if not versions or not all(version in requirement.specifier for version in versions):
                faults.append(f"{requirement}: found {sorted(versions)} on {where}")
    return faults


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-lab.lock"])
def test_locks_are_pinned_hashed_and_name_no_registry(name: str) -> None:
    text = read(name)
    assert len(locked(text)) > 20
    assert lock_faults(text) == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("--index-url https" + "://example.org/simple\n", "address"),
        ("--find-links wheels\n", "option"),
        ("pandas>=3 \\\n    --hash=sha256:" + "0" * 64 + "\n", "not pinned"),
        ("pandas==3.1.1\n", "without sha256"),
        ("pandas==3.1.1 \\\n    --hash=md5:" + "0" * 32 + "\n", "without sha256"),
        ("pandas @ https" + "://example.org/p.whl \\\n    --hash=sha256:" + "0" * 64 + "\n", "address"),
    ],
)
def test_planted_fault_in_a_lock_is_found(line: str, fault: str) -> None:
    assert any(fault in found for found in lock_faults(line))


def test_locks_meet_pyproject(page: dict[str, Any]) -> None:
    base, lab = locked(read("requirements.lock")), locked(read("requirements-lab.lock"))
    groups = page["dependency-groups"]
    assert unmet([*page["project"]["dependencies"], *groups["test"]], base) == []
    assert unmet(groups["lab"], base + lab) == []  # also: the two never pin different versions


def test_planted_requirement_is_missed_in_the_lock() -> None:
    base = locked(read("requirements.lock"))
    assert unmet(["pandas>=3"], base) == []
    assert len(unmet(["pandas>=400"], base)) == len(targets())
    assert len(unmet(["no-such-package"], base)) == len(targets())


def test_jupyterlab_stays_out_of_the_first_lock() -> None:
    assert "jupyterlab" not in pins(locked(read("requirements.lock")), targets()[0])


def test_editable_install_finds_its_builder_in_the_lock(page: dict[str, Any]) -> None:
    wanted = [*page["build-system"]["requires"], "editables"]
    assert unmet(wanted, locked(read("requirements.lock"))) == []


# ---- bootstrap.py --------------------------------------------------------------------------------------------------


@pytest.fixture
def bootstrap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, loaded as a module whose environment lies in an empty folder and whose programs only record."""
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", PROJECT / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    python = tmp_path / ".venv" / "bin" / "python"
    for name, value in {"VENV": tmp_path / ".venv", "BIN": python.parent, "PYTHON": python}.items():
        monkeypatch.setattr(module, name, value)
    return module


class Programs:
    """Stands in for `subprocess.call`: keeps the commands; one that contains the word `fails` ends with code 1."""

    def __init__(self, python: Path, fails: str = "") -> None:
        self.python, self.fails, self.calls = python, fails, []

    def __call__(self, command: list[Any], **_: Any) -> int:
        words = [str(word) for word in command]
        self.calls.append(words)
        if self.fails and self.fails in words:
            return 1
        if "venv" in words:
            self.python.parent.mkdir(parents=True)
            self.python.touch()
        return 0


def with_programs(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch, *, uv: bool = False, fails: str = ""
) -> Programs:
    programs = Programs(module.PYTHON, fails)
    monkeypatch.setattr(module.subprocess, "call", programs)
    monkeypatch.setattr(module.shutil, "which", lambda *_, **__: "uv" if uv else None)
    return programs


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (3, 15, 0), (4, 0, 0)])
def test_unfit_python_is_refused_in_both_languages(bootstrap: ModuleType, version: tuple[int, int, int]) -> None:
    with pytest.raises(SystemExit) as refused:
        bootstrap.check_python(version)
    vietnamese, english = str(refused.value).splitlines()
    found = ".".join(map(str, version))
    assert "Dự án cần Python 3.11" in vietnamese
    assert found in vietnamese
    assert "The project needs Python 3.11" in english
    assert found in english


def test_python_accepted_is_the_one_that_pyproject_names(bootstrap: ModuleType, page: dict[str, Any]) -> None:
    allowed = SpecifierSet(page["project"]["requires-python"])
    for minor in range(20):
        version = (3, minor, 1)
        if f"3.{minor}.1" in allowed:
            bootstrap.check_python(version)
            assert f"3.{minor}" in bootstrap.WRONG_PYTHON
        else:
            with pytest.raises(SystemExit):
                bootstrap.check_python(version)


def test_without_a_command_the_usage_is_printed_in_both_languages(
    bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main([]) == 2
    said = capsys.readouterr().out
    assert "Cách dùng:" in said
    assert "Usage:" in said


@pytest.mark.parametrize("uv", [True, False])
def test_second_installation_does_nothing(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, uv: bool) -> None:
    programs = with_programs(bootstrap, monkeypatch, uv=uv)
    bootstrap.install("base")
    installs = [call for call in programs.calls if "install" in call]
    assert len(installs) == 2
    assert {"--require-hashes", "-r", str(PROJECT / "requirements.lock")} <= set(installs[0])
    assert {"--no-deps", "--no-build-isolation", "-e"} <= set(installs[1])
    assert not any("lab" in word for call in installs for word in call)
    programs.calls.clear()
    bootstrap.install("base")
    assert programs.calls == []


def test_changed_lock_is_installed_on_top_and_keeps_the_environment(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("old", encoding="utf-8")
    monkeypatch.setitem(bootstrap.LOCKS, "base", [lock])
    programs = with_programs(bootstrap, monkeypatch)
    bootstrap.install("base")
    programs.calls.clear()
    lock.write_text("new", encoding="utf-8")
    bootstrap.install("base")
    assert [call[3] for call in programs.calls] == ["install", "install"]


def test_half_made_environment_is_not_taken_for_whole(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with_programs(bootstrap, monkeypatch, fails="--require-hashes")
    with pytest.raises(SystemExit) as refused:
        bootstrap.install("base")
    assert "Không cài được các gói" in str(refused.value)
    assert "could not be installed" in str(refused.value)
    leftover = bootstrap.VENV / "leftover"
    leftover.touch()
    programs = with_programs(bootstrap, monkeypatch)
    bootstrap.install("base")
    assert not leftover.exists()
    assert any("venv" in call for call in programs.calls)


def test_missing_venv_is_said_before_anything_is_removed(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = with_programs(bootstrap, monkeypatch)
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    bootstrap.VENV.mkdir()
    with pytest.raises(SystemExit) as refused:
        bootstrap.install("base")
    assert "thiếu mô-đun venv" in str(refused.value)
    assert "lacks the venv module" in str(refused.value)
    assert programs.calls == []
    assert bootstrap.VENV.exists()


def test_lab_lock_is_installed_for_the_lab_alone(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: list[str] = []
    monkeypatch.setattr(bootstrap, "install", kinds.append)
    monkeypatch.setattr(bootstrap, "run", lambda command: len(command))
    assert bootstrap.main(["analysis", "run"]) == 2
    assert kinds == ["base"]
    assert bootstrap.main(["analysis", "lab", "--no-browser"]) == 3
    assert kinds == ["base", "base", "lab"]


def test_unknown_command_is_named_in_both_languages(bootstrap: ModuleType) -> None:
    with pytest.raises(SystemExit) as refused:
        bootstrap.run(["no-such-command-anywhere"])
    vietnamese, english = str(refused.value).splitlines()
    assert 'Không có lệnh "no-such-command-anywhere"' in vietnamese
    assert 'no command "no-such-command-anywhere"' in english


# ---- README and CI -------------------------------------------------------------------------------------------------


def commands(markdown: str) -> list[str]:
    """The lines of a page's fenced blocks, without comments and prompts."""
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return [line.split(" #")[0].strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert COMMAND in commands(read("README.md"))
    assert COMMAND in [line.strip() for line in read(".ci/run").splitlines()]


@pytest.mark.skipif(shutil.which("bash") is None, reason="the CI script needs bash")
@pytest.mark.parametrize(("failing", "steps"), [("none", 5), ("mypy", 3), ("pytest", 4)])
def test_ci_runs_its_steps_in_order_and_stops_at_the_first_failure(tmp_path: Path, failing: str, steps: int) -> None:
    record = tmp_path / "record"
    python = tmp_path / "python3"
    stops = f'case "$*" in *{failing}*) exit 3;; esac'
    python.write_text(
        f'#!/bin/sh\necho "$* ${{PYTHONDONTWRITEBYTECODE-kept}}" >> "{record}"\n{stops}\n', encoding="utf-8"
    )
    python.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["bash", str(PROJECT / ".ci" / "run")], env=env, check=False)
    said = record.read_text(encoding="utf-8").splitlines()
    words = ["ruff check", "ruff format --check", "mypy", "pytest", "analysis run --out"]
    assert done.returncode == (0 if failing == "none" else 3)
    assert len(said) == steps
    for line, word in zip(said, words, strict=False):
        assert line.startswith(f"bootstrap.py {word}")
        assert line.endswith("kept")


def test_versions_agree(page: dict[str, Any]) -> None:
    citation = yaml.safe_load(read("CITATION.cff"))
    assert citation["version"] == page["project"]["version"]
    assert citation["license"] == page["project"]["license"]
