"""A notebook counts as run only when the kernel answered every cell with "ok"."""

from __future__ import annotations

import nbformat
import pytest

from analysis.errors import ModelError, RunError
from analysis.run.execute import execute, scrubbed
from analysis.run.plan import Job, notebooks


def a_job(folder, *sources: str, **parameters) -> Job:
    cells = [nbformat.v4.new_code_cell('lang: str = "vi"  # vi | en', metadata={"tags": ["parameters"]}, id="p")]
    cells += [nbformat.v4.new_code_cell(source, id=f"c{i}") for i, source in enumerate(sources)]
    cells += [nbformat.v4.new_markdown_cell(lang, metadata={"tags": [lang]}, id=lang) for lang in ("vi", "en")]
    path = folder / "01_x.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return Job("s", notebooks(folder)[0], "vi", parameters)


def test_every_cell_is_answered_and_parameters_arrive(tmp_path):
    done = execute(a_job(tmp_path, "lang * 2", "print(1)", lang="en"))
    assert done.cells == done.replies == 4  # parameters, injected parameters, two cells
    texts = [
        output.data["text/plain"]
        for cell in done.notebook.cells[:4]
        for output in cell.get("outputs", ())
        if "data" in output
    ]
    assert texts == ["'enen'"]


def test_a_misspelt_parameter_stops_before_a_kernel_starts(tmp_path):
    with pytest.raises(RunError) as caught:
        execute(a_job(tmp_path, "1", lnag="vi"))
    assert caught.value.code == "run.unknown_parameter"


def test_a_killed_kernel_is_not_a_success(tmp_path):
    job = a_job(tmp_path, "import os, signal; os.kill(os.getpid(), getattr(signal, 'SIGKILL', signal.SIGTERM))", "1")
    with pytest.raises(RunError) as caught:
        execute(job)
    assert caught.value.code in {"run.kernel_died", "run.cells_unanswered"}


def test_a_failing_cell_names_notebook_cell_and_reason(tmp_path):
    with pytest.raises(RunError) as caught:
        execute(a_job(tmp_path, "1 / 0"))
    [found] = caught.value.problems
    assert (found.code, found.get("notebook")) == ("run.cell_failed", "01_x")
    assert "ZeroDivisionError" in str(found.get("error"))


def test_a_refused_statistic_is_told_as_such(tmp_path):
    job = a_job(tmp_path, "from analysis.errors import ModelError, problem", "raise ModelError(problem('run.nothing'))")
    with pytest.raises(ModelError):
        execute(job)


def test_a_scrubbed_notebook_holds_no_clock_path_or_other_language(tmp_path):
    job = a_job(tmp_path, "1", lang="en")
    done = execute(job)
    kept = scrubbed(done.notebook, {"lang": "en"}, "en")
    text = nbformat.writes(kept)
    assert str(tmp_path) not in text
    for word in ("papermill", "start_time", "injected-parameters", "duration"):
        assert word not in text
    assert kept.cells[0].source == "lang: str = 'en'  # vi | en"
    assert [cell.source for cell in kept.cells if cell.cell_type == "markdown"] == ["en"]
    assert [cell.execution_count for cell in kept.cells if cell.cell_type == "code"] == [1, 2]
