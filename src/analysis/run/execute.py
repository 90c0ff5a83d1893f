"""Execute a notebook by papermill, and keep our own record of what came back.

papermill's record is not enough: it only logs an unknown parameter and goes on, and it writes "completed" on the cells
of a kernel that was killed. Here a cell counts when the kernel's own reply to it said "ok".
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import nbformat

from ..errors import ModelError, RunError, problem
from .engine import Engine, plain_manager
from .offspring import environment
from .plan import Job

#: How a kernel names a cell in warnings: a file in the machine's temporary folder, another one each time.
_CELL_FILE = re.compile(r"[^\s\"'<>|]*ipykernel_\d+[\\/]\d+\.py")

#: Seconds that one cell may take.
CELL_SECONDS = 600


@dataclass(frozen=True)
class Executed:
    """An executed notebook and the proof that all of it ran."""

    job: Job
    notebook: Any  # nbformat.NotebookNode
    cells: int
    replies: int


@dataclass
class _Record:
    """What we saw of an execution ourselves: the replies, and the cell that was asked last."""

    replies: list[str] = field(default_factory=list)
    cell: int = 0  # counted from 1 as the notebook's reader counts


def execute(job: Job, used: Engine | None = None) -> Executed:
    """Run a job's notebook in a kernel of its own.

    Parameters
    ----------
    job : Job
        The notebook and its parameters.
    used : Engine, optional
        Where the kernel comes from; by default it is started as Jupyter does.

    Raises
    ------
    RunError
        When a parameter is wrong (before a kernel starts), a cell fails or takes too long, the kernel dies, or a cell
        got no reply.
    ModelError
        When a cell refused a statistic.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    given = job.notebook.checked(job.parameters)
    record = _Record()
    _register()
    for name in ("papermill", "blib2to3.pgen2.driver"):
        logging.getLogger(name).setLevel(logging.ERROR)
    where = {"notebook": job.notebook.name}
    try:
        done = papermill.execute_notebook(
            nbformat.read(job.notebook.path, 4),
            None,  # kept in memory: papermill would write all of it anew twice per cell
            parameters=given,
            engine_name="analysis",
            language="python",
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            manager=plain_manager() if used is None else used.kernel_manager(),
            record=record,
        )
    except PapermillExecutionError as error:
        kind = ModelError if error.ename == "ModelError" else RunError
        raise kind(problem("run.cell_failed", cell=record.cell, error=_message(error), **where)) from error
    except CellTimeoutError as error:
        raise RunError(problem("run.cell_timeout", cell=record.cell, seconds=CELL_SECONDS, **where)) from error
    except (DeadKernelError, RuntimeError) as error:  # jupyter_client has no class of its own for a death at birth
        raise RunError(problem("run.kernel_died", cell=record.cell, **where)) from error
    return _proved(job, done, record.replies)


def _message(error: Any) -> str:
    return (
        str(error.evalue)
        if error.ename.endswith("Error") and "\n" in str(error.evalue)
        else f"{error.ename}: {error.evalue}"
    )


def _proved(job: Job, done: Any, replies: list[str]) -> Executed:
    """The executed notebook, if every code cell was answered with "ok" and none shows an error."""
    code = [cell for cell in done.cells if cell.cell_type == "code" and cell.source.strip()]
    failed = [cell for cell in code if any(output.output_type == "error" for output in cell.outputs)]
    if failed or len(replies) != len(code) or set(replies) != {"ok"}:
        raise RunError(
            problem("run.cells_unanswered", notebook=job.notebook.name, cells=len(code), replies=replies.count("ok"))
        )
    for cell in code:
        for output in cell.outputs:
            if output.output_type == "stream":
                output.text = _CELL_FILE.sub("cell", output.text)
    return Executed(job, done, len(code), len(replies))


def _register() -> None:
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import NBClientEngine, papermill_engines

    if "analysis" in papermill_engines._engines:
        return

    class Engine(NBClientEngine):  # type: ignore[misc]
        """papermill's engine with our record of replies and our kernel environment."""

        @classmethod
        def execute_managed_notebook(
            cls, nb_man: Any, kernel_name: str, *, manager: Any, record: _Record, **options: Any
        ) -> Any:
            inserted = [place for place, cell in enumerate(nb_man.nb.cells) if injected(cell)]

            def asked(cell: Any, cell_index: int) -> None:
                record.cell = 1 + cell_index - sum(place < cell_index for place in inserted)

            def answered(cell: Any, cell_index: int, execute_reply: Mapping[str, Any]) -> None:
                record.replies.append(str(execute_reply["content"]["status"]))

            client = PapermillNotebookClient(
                nb_man,
                km=manager,
                timeout=CELL_SECONDS,
                startup_timeout=120,
                log_output=False,
                on_cell_execute=asked,
                on_cell_executed=answered,
                extra_arguments=["--IPKernelApp.log_level=50"],  # its start notes are in English and for developers
            )
            return client.execute(env=environment(), cleanup_kc=True)

    papermill_engines.register("analysis", Engine)


def injected(cell: Any) -> bool:
    """Whether papermill put this cell in, to give the parameters their values."""
    return "injected-parameters" in cell.metadata.get("tags", ())


def scrubbed(notebook: Any, parameters: Mapping[str, object], lang: str | None = None) -> Any:
    """A notebook without clocks, paths and run metadata, fit to be kept and compared.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook.
    parameters : mapping
        Values to show in the parameters cell (a study's name instead of its folder).
    lang : str, optional
        Keep only this language's prose; None keeps all.
    """
    kept = []
    for cell in notebook.cells:
        tags = list(cell.metadata.get("tags", ()))
        other = cell.cell_type == "markdown" and lang is not None and {"vi", "en"} & set(tags) and lang not in tags
        if injected(cell) or other:
            continue
        cell = nbformat.from_dict({**cell, "metadata": {"tags": tags} if tags else {}})
        if "parameters" in tags:
            cell.source = _with_values(cell.source, parameters)
        kept.append(cell)
    count = 0
    for cell in kept:
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count
    own = {name: notebook.metadata[name] for name in ("analysis",) if name in notebook.metadata}
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {**own, "kernelspec": kernel, "language_info": {"name": "python"}}
    return nbformat.from_dict({"cells": kept, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _with_values(source: str, values: Mapping[str, object]) -> str:
    """The parameters cell with other defaults; comments stay."""
    lines = []
    for line in source.splitlines():
        name, colon, rest = line.partition(":")
        if colon and name.strip() in values:
            kind, _, tail = rest.partition("=")
            _, mark, comment = tail.partition("  #")
            line = f"{name}:{kind}= {values[name.strip()]!r}{mark}{comment}"
        lines.append(line)
    return "\n".join(lines)
