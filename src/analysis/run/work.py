"""The whole job: clean, execute the notebooks, hold the languages together, write the pages in one move."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import AnalysisError, IntegrityError, Place, RunError, nearest, problem
from ..report.words import languages
from ..study import Study, load_study
from ..study import studies as study_names
from ..survey.responses import prepare
from ..survey.tables import load_tables
from .engine import Choice, Engine
from .engine import engine as open_engine
from .execute import Executed, execute
from .folders import new_report, output_folder
from .plan import Job, Notebook, notebooks, project_root
from .publish import Options, Read, begun_brief, write_index, write_study
from .store import Store, store_of

#: Told what is going on: the key of a sentence and its slots.
Progress: TypeAlias = Callable[..., None]


@dataclass(frozen=True)
class Means:
    """What a run works with: where reports go, its engine, whether kept executions are taken, and whom it tells."""

    out: Path
    engine: Engine
    cache: bool
    progress: Progress


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
    cache: bool = True,
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
    cache : bool
        Take notebooks that were executed before on the same page, files, parameters, code and versions as they were
        executed then, so that an interrupted run goes on where it stopped.
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
    reports = Path(out or project_root() / "reports").resolve()
    with output_folder(reports), open_engine(engine, jobs) as used:
        means = Means(reports, used, cache, progress)
        folders = tuple(_run_study(study, available, options, means) for study in chosen)
        write_index(reports)
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


def _run_study(study: Study, available: Sequence[Notebook], options: Options, means: Means) -> Path:
    final = means.out / study.id
    read = _read(study, means.progress)
    chosen = [each for each in available if not study.lacks(each.needs)]
    plan = [Job(study.id, each, lang, _parameters(study, lang, options)) for lang in options.langs for each in chosen]
    for job in plan:
        job.notebook.checked(job.parameters)
    with new_report(final) as folder, _unchanged(study, read):
        short = begun_brief(study, options.level)
        executed = _execute(plan, store_of(study, read.inputs), options.jobs, means)
        briefs = short.result() if short else None
        means.progress("run.writing", study=study.id)
        omitted = [each for each in available if each not in chosen]
        write_study(study, read, executed, omitted, briefs, options, folder)
    means.progress("run.written", path=str(final))
    return final


@contextmanager
def _unchanged(study: Study, read: Read) -> Iterator[None]:
    """Refuse a report of which a part may be of other files than the rest; a changed file explains any other failure.

    Raises
    ------
    IntegrityError
        ``data.changed_while_running``, for every file that is no longer what it was when the run began.
    """
    try:
        yield
    except AnalysisError as error:
        if changed := _changed(study, read):
            raise changed from error
        raise
    if changed := _changed(study, read):
        raise changed


def _changed(study: Study, read: Read) -> IntegrityError | None:
    changed = [name for name, sha256 in read.inputs.items() if _sha256(study.data_folder / name) != sha256]
    try:
        page_changed = load_study(study.folder, data=study.data_folder).fingerprint != study.fingerprint
    except AnalysisError:
        page_changed = True
    changed += ["study.yml"] * page_changed
    found = [problem("data.changed_while_running", Place(file=name)) for name in changed]
    return IntegrityError(*found) if found else None


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _read(study: Study, progress: Progress) -> Read:
    """Read every file that the page declares: nothing runs on a study of which one file is wrong."""
    n, inputs = None, dict[str, str]()
    if study.responses is not None:
        progress("run.preparing", study=study.id)
        responses = prepare(study)
        n, inputs = len(responses.frame), dict(responses.inputs)
        for note in responses.log.reading:
            if note.code.startswith("personal."):
                progress(f"caution.{note.code}", column=note.get("column"))
    if study.tables:
        progress("progress.reading", study=study.id)
        inputs |= {table.file: table.sha256 for table in load_tables(study).values()}
    return Read(n, inputs)


def _parameters(study: Study, lang: str, options: Options) -> dict[str, Any]:
    data = str(study.data_folder) if study.data_folder != study.folder else ""
    return {"study": str(study.folder), "data": data, "lang": lang, "level": options.level}


def _execute(plan: Sequence[Job], store: Store, jobs: int, means: Means) -> list[Executed]:
    place = count(1)

    def work(job: Job) -> Executed:
        about = {"study": job.study, "lang": job.lang, "notebook": job.notebook.name, "k": next(place), "n": len(plan)}
        kept = store.load(job) if means.cache else None
        if kept is not None:
            means.progress("run.kept", **about)
            return kept
        means.progress("run.doing", **about)
        done = execute(job, means.engine)
        store.save(done)
        means.progress("run.done", **about)
        return done

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        pending = [pool.submit(work, job) for job in plan]
        try:
            return [each.result() for each in pending]
        except BaseException as error:
            pool.shutdown(wait=False, cancel_futures=True)
            if not isinstance(error, AnalysisError):
                means.engine.stop()  # nobody waits for what the user has stopped
            raise
