"""Hold a report to its manifest, and the manifest to a fresh run: the first difference is named."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import DataError, IntegrityError, Place, Problem, problem
from ..study import load_study
from .compare import read_ledger
from .manifest import sha256, versions
from .work import run


def verify(report: str | Path, *, study: str | Path | None = None, data: str | Path | None = None) -> int:
    """Recompute a report from its raw files and compare every file.

    Parameters
    ----------
    report : str or Path
        Folder of a report (`reports/<study>`).
    study : str or Path, optional
        Page of the study, if it is not in `data/raw`.
    data : str or Path, optional
        Where the files of the responses lie, if not beside the page.

    Returns
    -------
    int
        How many files were written anew and found equal.

    Raises
    ------
    DataError
        When the folder holds no report.
    IntegrityError
        When a file was changed after it was written, when an input or a version is not that of the report, or when
        the fresh run gives another file: the first difference is named, down to the number.
    """
    folder = Path(report)
    known = _manifest(folder)
    found = [*_changed_since(folder, known), *_other_inputs(known, study or known["study"], data)]
    if found:
        raise IntegrityError(*found)
    with tempfile.TemporaryDirectory() as scratch:
        [fresh] = run(
            study or known["study"],
            data=data,
            out=scratch,
            langs=known["languages"],
            level=known.get("level", 0.95),
            cache=False,  # what was executed before proves nothing
        )
        _compare(folder, fresh, known, _manifest(fresh))
    return len(known["outputs"])


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise DataError(problem("run.no_manifest", Place(file="manifest.json"), folder=folder.name)) from error


def _changed_since(folder: Path, known: Mapping[str, Any]) -> Iterator[Problem]:
    """Files that are not as the run left them."""
    for name, expected in sorted(known["outputs"].items()):
        path = folder / name
        if not path.is_file():
            yield problem("run.file_missing", Place(file=name))
        elif sha256(path) != expected:
            yield problem("run.file_changed", Place(file=name))


def _other_inputs(known: Mapping[str, Any], name: str | Path, data: str | Path | None) -> Iterator[Problem]:
    """Inputs and versions that are not those of the report."""
    study = load_study(name, data=data)
    if study.fingerprint != known["page"]:
        yield problem("run.page_changed", Place(file="study.yml"))
    for file, expected in sorted(known["inputs"].items()):
        path = study.data_folder / file
        if path.is_file() and sha256(path) != expected:
            yield problem("run.input_changed", Place(file=file))
    here = versions()
    for package, expected in sorted(known["versions"].items()):
        if here.get(package) != expected:
            found = here.get(package, "")
            yield problem("run.version_differs", package=package, expected=str(expected), found=found)


def _compare(folder: Path, fresh: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raise at the first difference: the ledger's first number, else the first file."""
    if old["outputs"].get("ledger.json") != new["outputs"].get("ledger.json"):
        one, two = read_ledger(folder), read_ledger(fresh)
        for key in sorted(one.keys() | two.keys()):
            if one.get(key) != two.get(key):
                first, second = (str(each[key]["value"]) if key in each else "" for each in (one, two))
                raise IntegrityError(
                    problem("run.number_differs", Place(file="ledger.json"), id=key, first=first, second=second)
                )
    for name in sorted(old["outputs"].keys() | new["outputs"].keys()):
        if old["outputs"].get(name) != new["outputs"].get(name):
            raise IntegrityError(problem("run.file_differs", Place(file=name)))
