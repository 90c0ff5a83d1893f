"""Cleaned answers handed on: every file of an export in a folder that takes its name only when all are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..report.export import Dataset, dataset, exported
from ..study import Study, load_study
from ..survey.responses import prepare
from .folders import new_report, output_folder

MARK = "datapackage.json"


@dataclass(frozen=True)
class Exported:
    """What was written."""

    study: str
    folder: Path
    n: int
    files: tuple[str, ...]


def export(study: Study | str | Path, to: Path, *, data: str | Path | None = None) -> Exported:
    """Write a study's cleaned answers with all labels in both languages.

    Parameters
    ----------
    study, data
        As for `prepare`.
    to : Path
        The folder; an earlier export there is replaced.

    Returns
    -------
    Exported
        Parquet, SPSS, Excel, CSV, ``datapackage.json``, and the codebook as DDI and as pages.

    Raises
    ------
    RunError
        ``run.not_an_export``: something else is there; what the system says of a file that cannot be written.
    """
    loaded = study if isinstance(study, Study) else load_study(study, data=data)
    return written(dataset(prepare(loaded)), to)


def written(found: Dataset, to: Path, more: tuple[tuple[str, bytes], ...] = ()) -> Exported:
    """Write a dataset in every format, and further files beside it.

    Parameters
    ----------
    found : Dataset
        What is handed on.
    to : Path
        The folder.
    more : tuple of (name, bytes)
        Further files.
    """
    files = (*exported(found), *more)
    to = to.absolute()
    with output_folder(to.parent), new_report(to, mark=MARK, other="run.not_an_export") as folder:
        for name, content in files:
            (folder / name).write_bytes(content)
    return Exported(found.id, to, found.n, tuple(name for name, _ in files))
