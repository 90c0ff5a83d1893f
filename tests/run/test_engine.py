"""Forked kernels show what kernels started anew show, byte for byte; no process outlives its run."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from contextvars import ContextVar
from pathlib import Path
from pickle import PicklingError

import nbformat
import pytest

from analysis.errors import RunError
from analysis.run import offspring
from analysis.run.engine import Engine, engine, in_process
from analysis.run.errand import Call, packed
from analysis.run.execute import execute, scrubbed
from analysis.run.plan import Job, notebooks

PROJECT = Path(__file__).resolve().parents[2]

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the fork server is for Linux")

#: What could differ in silence: pictures drawn by pyplot, environment, paths, settings, hashes, streams.
PROBE = (
    'lang: str = "vi"  # vi | en',
    "import os, sys, warnings\nprint(hash('x'), __name__, os.getcwd(), sys.path)",
    "sorted({*os.environ} - {'JPY_PARENT_PID'})",
    "import numpy as np, pandas as pd, matplotlib.pyplot as plt, seaborn as sns\nprint(plt.get_backend())",
    "plt.plot([1, 3, 2])\nplt.show()",
    "sns.histplot(x=[1, 2, 2, 3])",
    "fig, ax = plt.subplots()\nax.bar([1, 2], [3, 4])\nfig",
    "dict(plt.rcParams)",
    "warnings.warn('a caution', UserWarning)\nprint('to stderr', file=sys.stderr)",
    "{name: os.environ[name] for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'PYTHONHASHSEED', 'MPLBACKEND')}",
    "pd.DataFrame({'a': [1.5, 2.5]})",
    "list({'alpha', 'beta', 'gamma', 'delta'})",
    "sys.argv[1:2], sys.flags.hash_randomization, sys.warnoptions, pd.get_option('display.width')",
)


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    linux_only = engine("fork") if sys.platform.startswith("linux") else nullcontext()
    with engine("plain") as plain, linux_only as fork:
        yield {"plain": plain, "fork": fork}


@pytest.fixture(autouse=True)
def outside_a_run(monkeypatch):
    """The engines of this module must not be taken for that of a run that goes on."""
    monkeypatch.setattr("analysis.run.engine._current", ContextVar("engine", default=None))


def written(folder: Path, *sources: str) -> Job:
    first, *others = sources
    cells = [nbformat.v4.new_code_cell(first, metadata={"tags": ["parameters"]}, id="p")]
    cells += [nbformat.v4.new_code_cell(source, id=f"c{place}") for place, source in enumerate(others)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "01_probe.ipynb")
    return Job("s", notebooks(folder)[0], "vi", {"lang": "vi"})


def pictures(notebook) -> list[str]:
    return [
        output.data["image/png"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/png" in output.get("data", {})
    ]


@linux
@pytest.mark.parametrize("name", ["01_sample", "03_reliability"])
def test_the_study_s_notebooks_are_the_same_by_both_engines(engines, name):
    [notebook] = [each for each in notebooks(PROJECT / "notebooks") if each.name == name]
    job = Job("demo", notebook, "en", {"study": "demo", "lang": "en"})
    plain, fork = (execute(job, engines[each]) for each in ("plain", "fork"))
    assert len(pictures(plain.notebook)) >= 1
    assert pictures(fork.notebook) == pictures(plain.notebook)
    for one, other in zip(plain.notebook.cells, fork.notebook.cells, strict=True):
        assert other.get("outputs") == one.get("outputs")
    assert nbformat.writes(scrubbed(fork.notebook, {})) == nbformat.writes(scrubbed(plain.notebook, {}))
    assert (fork.cells, fork.replies) == (plain.cells, plain.replies)


@linux
def test_pyplot_s_figures_settings_and_streams_are_the_same_by_both_engines(engines, tmp_path):
    job = written(tmp_path, *PROBE)
    plain, fork = (execute(job, engines[each]).notebook for each in ("plain", "fork"))
    assert "cell:1: UserWarning: a caution" in str(plain)  # not the place of the kernel's temporary file
    assert len(pictures(plain)) == 4  # drawn by show, by the end of a cell, and a figure that is a cell's value twice
    assert pictures(fork) == pictures(plain)
    for one, other in zip(plain.cells, fork.cells, strict=True):
        assert other.get("outputs") == one.get("outputs"), one.source


@linux
def test_random_numbers_of_two_forked_kernels_differ(engines, tmp_path):
    job = written(tmp_path, PROBE[0], "import numpy as np, random\nnp.random.random(), random.random()")
    first, second = (execute(job, engines["fork"]).notebook.cells[-1].outputs[0].data["text/plain"] for _ in range(2))
    assert first != second


@linux
def test_the_server_is_alone_in_its_process_and_children_have_its_fixed_seed(engines, tmp_path):
    job = written(tmp_path, PROBE[0], "import os\nos.getppid(), len(os.listdir(f'/proc/{os.getppid()}/task'))")
    _, threads = eval_of(execute(job, engines["fork"]))
    assert threads == 1


def eval_of(done):
    return ast.literal_eval(done.notebook.cells[-1].outputs[0].data["text/plain"])


def test_an_engine_that_is_not_there_is_refused():
    with pytest.raises(RunError) as caught, engine("frok"):
        pass
    [found] = caught.value.problems
    assert (found.code, found.get("nearest")) == ("run.engine", "fork")


def test_where_the_system_cannot_fork_the_plain_engine_is_used(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with engine() as used:
        assert used.name == "plain"
    with pytest.raises(RunError) as caught, engine("fork"):
        pass
    assert caught.value.code == "run.no_fork"


@linux
def test_a_server_that_cannot_get_ready_is_done_without(monkeypatch, tmp_path):
    monkeypatch.setattr(offspring, "_PRELOADING", {"JE_ARROW_MALLOC_CONF": "background_thread:true"})  # two threads
    job = written(tmp_path, PROBE[0], "1 + 1")
    with engine() as used:
        assert eval_of(execute(job, used)) == 2
        assert used.in_process(divmod, 7, 2).result() == (3, 1)
    with engine("fork") as used, pytest.raises(RunError) as caught:
        execute(job, used)
    assert caught.value.code == "run.no_fork"


def gone(pid: int, seconds: float = 5.0) -> bool:
    """Whether a process ends within some seconds; one that nobody has waited for yet is at its end too."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@linux
def test_no_process_outlives_its_engine(tmp_path):
    job = written(tmp_path, PROBE[0], "import os\nos.getpid(), os.getppid()")
    with engine("fork") as used:
        kernel, server = eval_of(execute(job, used))
        assert gone(kernel)
        assert not gone(server, 0.1)
        sleeper = used.kernel_manager().provisioner._server.born(Call(packed(time.sleep, (60,))))
    assert gone(server)
    assert gone(sleeper.pid)


@linux
@pytest.mark.parametrize("victim", ["run", "server"])
def test_no_kernel_outlives_a_run_or_a_server_that_is_killed(tmp_path, victim):
    script = tmp_path / "script.py"
    script.write_text(
        "import time\nfrom analysis.run.errand import Call, packed\nfrom analysis.run.offspring import ForkServer\n"
        "server = ForkServer()\nchild = server.born(Call(packed(time.sleep, (60,))))\n"
        "print(server._process.pid, child.pid, flush=True)\ntime.sleep(60)\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as process:
        server, child = map(int, process.stdout.readline().split())
        os.kill(process.pid if victim == "run" else server, signal.SIGKILL)
        assert gone(server)
        assert gone(child)
        process.kill()


@linux
def test_a_forked_kernel_that_is_killed_is_told_with_notebook_and_cell(engines, tmp_path):
    job = written(tmp_path, PROBE[0], "1", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "2")
    with pytest.raises(RunError) as caught:
        execute(job, engines["fork"])
    [found] = caught.value.problems
    assert (found.code, found.get("notebook"), found.get("cell")) == ("run.kernel_died", "01_probe", 3)


@pytest.mark.parametrize("name", ["plain", "fork", "none"])
class TestInProcess:
    @pytest.fixture
    def call(self, name, engines):
        if name == "fork" and not sys.platform.startswith("linux"):
            pytest.skip("the fork server is for Linux")
        return in_process if name == "none" else engines[name].in_process

    def test_gives_what_the_function_gives_from_another_process(self, call):
        assert call(divmod, 7, 2).result() == (3, 1)
        assert call(os.getpid).result() != os.getpid()
        assert call(os.getenv, "PYTHONHASHSEED").result() == "0"

    def test_raises_what_the_function_raises(self, call):
        with pytest.raises(ZeroDivisionError):
            call(divmod, 1, 0).result()

    def test_refuses_at_once_what_cannot_be_sent(self, call):
        with pytest.raises((AttributeError, TypeError, RuntimeError, PicklingError)):
            call(lambda: 1).result()

    def test_tells_that_the_process_was_killed(self, call):
        with pytest.raises(RunError) as caught:
            call(os._exit, 3).result()
        assert caught.value.code == "run.helper_died"

    def test_carries_large_results(self, call):
        assert call(bytes, 3_000_000).result() == bytes(3_000_000)


@linux
def test_within_a_run_helpers_come_from_its_engine():
    with engine("fork"):
        parents = {in_process(os.getppid).result() for _ in range(2)}
        assert len(parents) == 1
        assert os.getpid() not in parents
    assert in_process(os.getppid).result() not in parents


@linux
def test_no_helper_outlives_a_run_that_is_killed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import time\nfrom analysis.run.engine import in_process\nin_process(time.sleep, 60).result()\n",
        encoding="utf-8",
    )
    with subprocess.Popen([sys.executable, script]) as process:
        threads = Path(f"/proc/{process.pid}/task")
        until = time.monotonic() + 60
        helpers: list[int] = []
        while not helpers and time.monotonic() < until:
            helpers = [int(pid) for each in threads.glob("*/children") for pid in each.read_text().split()]
        assert len(helpers) == 1
        time.sleep(1)
        process.kill()
        assert gone(helpers[0])
