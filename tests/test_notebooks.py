"""What strict nbval cannot see: notebooks never executed, figures, style, the package's own hashes."""

from __future__ import annotations

import ast
import copy
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.report.block import MIME
from analysis.run.manifest import own_hashes, source_hash

PROJECT = Path(__file__).resolve().parents[1]
PATHS = sorted((PROJECT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def source(cell: dict) -> str:
    return "".join(cell["source"])


def unexecuted(notebook: dict) -> list[str]:
    """Ids of code cells that nbval would pass without comparing anything."""
    return [cell["id"] for cell in notebook["cells"] if cell["cell_type"] == "code" and cell["execution_count"] is None]


def silent(notebook: dict) -> list[str]:
    """Ids of cells that end in an expression and yet hold no output."""
    found = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and source(cell).strip():
            last = ast.parse(source(cell)).body[-1]
            if isinstance(last, ast.Expr) and not cell["outputs"]:
                found.append(cell["id"])
    return found


def test_there_are_notebooks():
    assert len(PATHS) >= 3


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
class TestCommitted:
    def test_was_executed_from_top_to_bottom(self, path):
        notebook = read(path)
        assert unexecuted(notebook) == []
        assert silent(notebook) == []
        counts = [cell["execution_count"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert counts == list(range(1, len(counts) + 1))

    def test_figures_carry_the_data_they_plot(self, path):
        outputs = [output for cell in read(path)["cells"] for output in cell.get("outputs", ()) if "data" in output]
        pictures = [output for output in outputs if "image/png" in output["data"]]
        assert pictures
        assert all(output["data"][MIME]["data"] for output in pictures)

    def test_is_the_package_s_own(self, path):
        assert own_hashes()[path.stem] == source_hash(read(path))

    def test_reads_as_a_chapter(self, path):
        cells = read(path)["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        for cell in code:
            assert not any(
                isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in ast.walk(ast.parse(source(cell)))
            )
            assert len(source(cell).splitlines()) <= 12
        prose = [cell["metadata"]["tags"] for cell in cells if cell["cell_type"] == "markdown"]
        pairs = list(zip(prose[::2], prose[1::2], strict=True))
        assert all(vi[0] == "vi" and en[0] == "en" and vi[1:] == en[1:] for vi, en in pairs)

    def test_holds_no_path_of_a_machine(self, path):
        text = path.read_text(encoding="utf-8")
        assert str(PROJECT) not in text


def nbval(path: Path) -> subprocess.CompletedProcess[str]:
    """Test a notebook elsewhere under the rules of the folder of notebooks."""
    shutil.copy(PROJECT / "notebooks" / "conftest.py", path.parent)
    options = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with", str(PROJECT / "tests" / "nbval.cfg")]
    options += ["-q", "-p", "no:cacheprovider", "-o", "addopts="]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(path)], capture_output=True, text=True, check=False, cwd=PROJECT
    )


def output_of(notebook: dict, kind: str) -> tuple[int, dict]:
    """First code cell whose block is of a kind: its position among code cells, and its output data."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for place, cell in enumerate(code):
        for output in cell["outputs"]:
            if output.get("data", {}).get(MIME, {}).get("block") == kind:
                return place, output["data"]
    raise LookupError(kind)


def test_a_planted_wrong_number_fails_in_table_and_figure(tmp_path):
    notebook = read(PROJECT / "notebooks" / "03_reliability.ipynb")
    in_table, table = output_of(notebook, "Table")
    table["text/html"] = [line.replace("0,8", "0,7") for line in table["text/html"]]
    in_figure, figure = output_of(notebook, "Figure")
    figure[MIME]["data"]["rows"][0]["value"] += 1e-5
    figure[MIME]["data"]["rows"][1]["value"] += 1e-12
    path = tmp_path / "planted.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = nbval(path)
    assert done.returncode == 1
    assert f"Cell {in_table}" in done.stdout
    assert f"Cell {in_figure}" in done.stdout
    assert "2 failed" in done.stdout


def test_last_digits_of_another_processor_are_no_difference_and_no_more_than_those(tmp_path):
    notebook = read(PROJECT / "notebooks" / "03_reliability.ipynb")
    place, table = output_of(notebook, "Table")
    text = json.dumps(table[MIME])
    value = next(number for number in re.findall(r'"value": (0\.\d{12})\b', text))
    for change, failed in ((1e-12, 0), (1e-5, 1)):
        table[MIME] = json.loads(text.replace(value, repr(float(value) + change)))
        path = tmp_path / "planted.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        done = nbval(path)
        assert done.returncode == failed
        assert (f"Cell {place}" in done.stdout) == bool(failed)


def test_a_planted_unexecuted_notebook_passes_nbval_and_fails_here(tmp_path):
    notebook = read(PROJECT / "notebooks" / "03_reliability.ipynb")
    stripped = copy.deepcopy(notebook)
    stripped["cells"] = [cell for cell in stripped["cells"] if cell["cell_type"] == "code"][:2]
    for cell in stripped["cells"]:
        cell["execution_count"], cell["outputs"] = None, []
    stripped["cells"][1]["source"] = ["1 + 1"]
    path = tmp_path / "planted.ipynb"
    path.write_text(json.dumps(stripped), encoding="utf-8")
    assert nbval(path).returncode == 0
    assert len(unexecuted(stripped)) == 2
    assert silent(stripped) == [stripped["cells"][1]["id"]]
    assert silent(notebook) == unexecuted(notebook) == []
