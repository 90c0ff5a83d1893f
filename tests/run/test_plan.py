"""Parameters are declared, typed and checked before any kernel starts."""

from __future__ import annotations

import json

import pytest

from analysis.errors import RunError
from analysis.run.plan import Notebook, Parameter, declared_parameters, notebooks

CELL = """study: str = "demo"  # a name in data/raw
lang: str = "vi"  # vi | en
level: float = 0.95  # 0.5 .. 0.999
notes: bool = False"""


@pytest.fixture
def notebook(tmp_path):
    return Notebook(tmp_path / "03_x.ipynb", tuple(declared_parameters(CELL, "03_x")))


def test_the_parameters_cell_is_read_without_running_it(notebook):
    assert notebook.parameters == (
        Parameter("study", "str", "demo"),
        Parameter("lang", "str", "vi", choices=("vi", "en")),
        Parameter("level", "float", 0.95, low=0.5, high=0.999),
        Parameter("notes", "bool", False),
    )


@pytest.mark.parametrize("line", ["import os", "x = 1", "x: list = []", "x: str = open('a')", "x: str = 'a' + 'b'"])
def test_anything_but_a_typed_literal_is_refused(line):
    with pytest.raises(RunError) as caught:
        list(declared_parameters(line, "03_x"))
    assert caught.value.code == "run.parameter_line"


def test_a_misspelt_parameter_is_refused_with_the_nearest(notebook):
    with pytest.raises(RunError) as caught:
        notebook.checked({"lnag": "vi"})
    [found] = caught.value.problems
    assert (found.code, found.get("nearest")) == ("run.unknown_parameter", "lang")


def test_all_wrong_parameters_are_told_at_once(notebook):
    with pytest.raises(RunError) as caught:
        notebook.checked({"lang": "fr", "level": 2.0, "study": 3, "notes": 1, "x=1\nimport os": 5})
    codes = [found.code for found in caught.value.problems]
    assert codes == [
        "run.parameter_choice",
        "run.parameter_range",
        "run.parameter_type",
        "run.parameter_type",
        "run.unknown_parameter",
    ]


def test_good_parameters_pass(notebook):
    assert notebook.checked({"lang": "en", "level": 0.9}) == {"lang": "en", "level": 0.9}


def test_a_notebook_without_parameters_cell_is_refused(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None, "id": "a"}
    content = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "01_x.ipynb").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError) as caught:
        notebooks(tmp_path)
    assert caught.value.code == "run.no_parameters"


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(RunError) as caught:
        notebooks(tmp_path)
    assert caught.value.code == "run.no_notebooks"


def test_notebooks_stand_in_the_order_of_a_thesis():
    from pathlib import Path

    found = [notebook.name[:2] for notebook in notebooks(Path(__file__).resolve().parents[2] / "notebooks")]
    core = [name for name in found if name in {"01", "02", "03", "04", "05", "06", "07"}]
    assert core == ["01", "02", "03", "04", "06", "07", "05"]  # means of the factors come after the differences
