"""The demo study's notebooks in two languages, done in the usual way and in ours: `python benchmarks/run_engines.py`.

The usual way is papermill, one notebook after another, then nbconvert to HTML. Ours is the whole run, with cleaning,
documents in every format, ledger and index. Nothing is taken from an earlier run. Ratios matter, seconds do not.
nbconvert is an opponent here and never a dependency; when it is not installed, that is said and its part left out.
"""

from __future__ import annotations

import importlib.util
import logging
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis import load_study
from analysis.run.engine import Choice, engine
from analysis.run.execute import execute
from analysis.run.plan import Job, notebooks, project_root
from analysis.run.work import run

STUDY, LANGUAGES, WORKERS = "demo", ("vi", "en"), 2
RENDERING = "documents in two languages and every format"


def jobs() -> list[Job]:
    """What the run of the study executes."""
    study = load_study(STUDY)
    chosen = [each for each in notebooks(project_root() / "notebooks") if not study.lacks(each.needs)]
    return [Job(STUDY, each, lang, {"study": STUDY, "lang": lang}) for lang in LANGUAGES for each in chosen]


def usual(folder: Path) -> None:
    """papermill as its documentation shows it."""
    import papermill

    for job in jobs():
        output = folder / f"{job.notebook.name}.{job.lang}.ipynb"
        papermill.execute_notebook(job.notebook.path, output, parameters=dict(job.parameters), progress_bar=False)


def converted(folder: Path) -> None:
    """Every executed notebook as HTML by nbconvert."""
    from nbconvert import HTMLExporter

    for path in sorted(folder.glob("*.ipynb")):
        text, _ = HTMLExporter().from_filename(str(path))
        path.with_suffix(".html").write_text(text, encoding="utf-8")


@contextmanager
def seconds(found: dict[str, float], title: str) -> Iterator[None]:
    """Time a piece of work."""
    start = time.perf_counter()
    yield
    found[title] = time.perf_counter() - start


def ours(folder: Path, choice: Choice, found: dict[str, float]) -> None:
    """Our whole run by one of our engines; the writing of documents by itself too."""
    marks: dict[str, float] = {}

    def progress(key: str, **_: str) -> None:
        marks[key] = time.perf_counter()

    with seconds(found, f"ours, {choice} engine, {WORKERS} workers, documents and all"):
        run(STUDY, out=folder, langs=LANGUAGES, jobs=WORKERS, engine=choice, cache=False, progress=progress)
    found[f"  of which {RENDERING}, {choice} engine"] = marks["run.written"] - marks["run.writing"]


def main() -> None:
    """Print the seconds of each way and its ratio to the usual one."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    found: dict[str, float] = {}
    usual_way = "papermill, one after another"
    with tempfile.TemporaryDirectory() as scratch:
        places = {name: Path(scratch) / name for name in ("usual", "plain", "fork")}
        for place in places.values():
            place.mkdir()
        with engine("plain") as used:  # nobody pays for files that the disk has not read yet
            execute(jobs()[0], used)
        with seconds(found, usual_way):
            usual(places["usual"])
        if importlib.util.find_spec("nbconvert"):
            with seconds(found, "nbconvert to HTML"):
                converted(places["usual"])
        ours(places["plain"], "plain", found)
        ours(places["fork"], "fork", found)
        with seconds(found, "ours, again with nothing changed"):
            run(STUDY, out=places["fork"], langs=LANGUAGES, jobs=WORKERS)
    base = sum(found[name] for name in (usual_way, "nbconvert to HTML") if name in found)
    print(f"{len(jobs())} executions of the study {STUDY}")
    whole = base
    for name, each in found.items():
        part = RENDERING in name
        beside, against = (whole, "run") if part else (base, "usual way")
        print(f"  {name:68s} {each:8.1f} s   {each / beside:5.2f} of the {against}")
        whole = whole if part else each
    if not importlib.util.find_spec("nbconvert"):
        print("not installed, left out: nbconvert (the usual way is papermill alone)")


if __name__ == "__main__":
    main()
