"""What the README promises: its code runs, its links lead somewhere, both languages say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.run.cli import main

PROJECT = Path(__file__).resolve().parents[1]
READMES = ("README.md", "README.vi.md")


def text(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text(name), re.DOTALL)


@pytest.mark.parametrize("name", READMES)
def test_the_python_in_it_runs(name):
    for block in blocks(name, "python"):
        exec(compile(block, name, "exec"), {})


@pytest.mark.parametrize("name", READMES)
def test_its_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)#]+)\)", text(name)):
        assert target.startswith("http") or (PROJECT / target).exists(), target


def test_both_languages_show_the_same_code_commands_and_sections():
    for language in ("python", "console"):
        first, second = ([re.sub(r'"(vi|en)"', "", block) for block in blocks(name, language)] for name in READMES)
        assert first == second
    assert text("README.md").count("\n## ") == text("README.vi.md").count("\n## ")


@pytest.mark.parametrize("command", ["new", "run", "check", "get", "lab"])
def test_the_commands_it_names_exist(command, capsys):
    assert all(f"`analysis {command}" in text(name) for name in READMES)
    with pytest.raises(SystemExit) as done:
        main([command, "--help"])
    assert done.value.code in (0, None)
    assert command in capsys.readouterr().out
