"""The whole job: clean, execute the notebooks, hold the languages together, write the pages in one move."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import RunError, nearest, problem
from ..report.words import languages
from ..study import Study, load_study
from ..study import studies as study_names
from ..survey.responses import prepare
from ..survey.tables import load_tables
from .engine import Choice, Engine
from .engine import engine as open_engine
from .execute import Executed, execute
from .plan import Job, Notebook, notebooks, project_root
from .publish import Options, Read, write_index, write_study

#: Told what is going on: the key of a sentence and its slots.
Progress: TypeAlias = Callable[..., None]


def _silent(_key: str, **_slots: str) -> None:
    return None


def run(
    *studies: str | Path,
    data: str | Path | None = None,
    out: str | Path | None = None,
    langs: Sequence[str] = ("vi", "en"),
    jobs: int = 2,
    level: float = 0.95,
    engine: Choice = "auto",
    progress: Progress = _silent,
) -> tuple[Path, ...]:
    """Run studies from their page to their findings.

    Parameters
    ----------
    *studies : str or Path
        Names in ``data/raw`` or folders with a ``study.yml``; none runs all whose files are present.
    data : path, optional
        Where the files of the responses lie, if not beside the page.
    out : path, optional
        Where the reports go; ``reports`` in the project by default.
    langs : sequence of str
        Languages of the reports.
    jobs : int
        Notebooks that run at the same time.
    level : float
        Confidence level of all intervals.
    engine : {"auto", "plain", "fork"}
        Where kernels come from: forked from a preloaded process where the system allows it, or started as Jupyter does.
    progress : callable, optional
        Called with the key of a sentence and its slots as the run goes on.

    Returns
    -------
    tuple of Path
        The folder of each report.

    Raises
    ------
    AnalysisError
        With all problems found; reports of an earlier run are left whole.
    """
    options = Options(
        Path(data).resolve() if data else None,
        Path(out or project_root() / "reports").resolve(),
        tuple(langs),
        jobs,
        level,
    )
    unknown = [lang for lang in options.langs if lang not in languages()]
    if unknown or not options.langs:
        near = nearest(unknown[0], languages()) if unknown else None
        raise RunError(problem("run.language", lang=", ".join(unknown), allowed=languages(), nearest=near))
    chosen = [load_study(each, data=options.data) for each in studies] or list(_present(progress))
    if not chosen:
        raise RunError(problem("run.nothing"))
    available = notebooks(project_root() / "notebooks")
    with open_engine(engine, jobs) as used:
        folders = tuple(_run_study(study, available, options, used, progress) for study in chosen)
    write_index(folders[0].parent)
    return folders


def _present(progress: Progress) -> Iterator[Study]:
    """All studies of the repository whose files are there; the others are named."""
    for name in study_names():
        study = load_study(name)
        absent = next((file for file in study.files if not (study.data_folder / file).is_file()), None)
        if absent is None:
            yield study
        else:
            progress("run.skipped", study=study.id, file=absent)


def _run_study(study: Study, available: Sequence[Notebook], options: Options, used: Engine, progress: Progress) -> Path:
    out = options.out or project_root() / "reports"
    read = _read(study, progress)
    chosen = [each for each in available if not study.lacks(each.needs)]
    plan = [Job(study.id, each, lang, _parameters(study, lang, options)) for lang in options.langs for each in chosen]
    for job in plan:
        job.notebook.checked(job.parameters)
    with _folder(out / study.id) as folder:
        executed = _execute(plan, used, options.jobs, progress)
        omitted = [each for each in available if each not in chosen]
        write_study(study, read, executed, omitted, options, folder)
    progress("run.written", path=str(out / study.id))
    return out / study.id


def _read(study: Study, progress: Progress) -> Read:
    """Read every file that the page declares: nothing runs on a study of which one file is wrong."""
    n, inputs = None, dict[str, str]()
    if study.responses is not None:
        progress("run.preparing", study=study.id)
        responses = prepare(study)
        n, inputs = len(responses.frame), dict(responses.inputs)
    if study.tables:
        progress("progress.reading", study=study.id)
        inputs |= {table.file: table.sha256 for table in load_tables(study).values()}
    return Read(n, inputs)


def _parameters(study: Study, lang: str, options: Options) -> dict[str, Any]:
    data = str(study.data_folder) if study.data_folder != study.folder else ""
    return {"study": str(study.folder), "data": data, "lang": lang, "level": options.level}


def _execute(plan: Sequence[Job], used: Engine, jobs: int, progress: Progress) -> list[Executed]:
    def work(job: Job) -> Executed:
        progress("run.doing", study=job.study, lang=job.lang, notebook=job.notebook.name)
        done = execute(job, used)
        progress("run.done", study=job.study, lang=job.lang, notebook=job.notebook.name)
        return done

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        pending = [pool.submit(work, job) for job in plan]
        try:
            return [each.result() for each in pending]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@contextmanager
def _folder(final: Path) -> Iterator[Path]:
    """A folder that takes its name only when all of it is written; until then an earlier one stays whole."""
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{final.name}.partial-", dir=final.parent))
    except OSError as error:
        raise RunError(problem("run.cannot_write", folder=final.parent.name, reason=str(error.strerror))) from error
    try:
        yield partial
        partial.chmod(0o755)
        old = partial.with_name(f"{partial.name}.old")
        if final.exists():
            final.rename(old)
        partial.rename(final)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
