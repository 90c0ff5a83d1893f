"""Executed notebooks kept by content: what was executed on the same inputs by the same code is not executed again.

Entries lie in the study's folder below `data/processed`, which is never passed on and git ignores. They hold what the
notebook shows, as its report does, and no answers of persons. Only the package's own notebooks are kept: what an
edited one reads besides the study, nobody can know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat

from ..study import Study
from ..survey.cache import processed, replace_file
from .execute import Executed, injected
from .manifest import own_hashes, source_hash, versions
from .plan import Job

#: Packages that have a say in what a notebook shows, beside those of the manifest.
_OTHERS = (
    "babel", "ipykernel", "ipython", "markdown-it-py", "matplotlib-inline", "nbclient", "nbformat", "pillow",
    "pyarrow", "pyreadstat", "python-calamine",
)  # fmt: skip


@dataclass(frozen=True)
class Store:
    """Executed notebooks of one study on one set of files."""

    folder: Path
    inputs: str  # hash of the page, the files, this package and the versions

    def entry(self, job: Job, source: str) -> Path | None:
        """Where an execution of these sources is kept; None for a notebook that is not the package's own."""
        if own_hashes().get(job.notebook.name) != source:
            return None
        key = _hash([self.inputs, source, job.lang, dict(job.parameters)])
        return self.folder / f"{_stem(job)}{key[:32]}.json"

    def load(self, job: Job) -> Executed | None:
        """The kept execution; None when there is none, or when it is not what was written."""
        try:
            path = self.entry(job, source_hash(json.loads(job.notebook.path.read_text(encoding="utf-8"))))
            if path is None:
                return None
            head, _, text = path.read_bytes().partition(b"\n")
            about = json.loads(head)
            if about["sha256"] != hashlib.sha256(text).hexdigest():
                return None
            notebook = nbformat.from_dict(json.loads(text))
            return Executed(job, notebook, about["cells"], about["replies"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, done: Executed) -> None:
        """Keep an execution, remove older ones of the same notebook; a place that cannot be written is left alone."""
        path = self.entry(done.job, _executed_source(done.notebook))
        if path is None:
            return
        text = json.dumps(done.notebook, ensure_ascii=False).encode()
        about = {"sha256": hashlib.sha256(text).hexdigest(), "cells": done.cells, "replies": done.replies}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, json.dumps(about).encode() + b"\n" + text)
            for pattern in (f"{_stem(done.job)}*.json", f".{_stem(done.job)}*"):
                for old in path.parent.glob(pattern):
                    if old != path:
                        old.unlink(missing_ok=True)
        except OSError:  # read-only or full: the notebook is simply executed again next time
            return


def store_of(study: Study, inputs: Mapping[str, str]) -> Store:
    """The store of a study whose files have these hashes."""
    others = {name: version(name) for name in _OTHERS}
    return Store(
        processed(study) / "executed",
        _hash([study.fingerprint, dict(inputs), package_hash(), versions(), others]),
    )


@cache
def package_hash() -> str:
    """Hash of all source files of this package: some 150 files, 15 milliseconds."""
    root = Path(__file__).resolve().parent.parent
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return _hash([[path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()] for path in files])


def _executed_source(notebook: Any) -> str:
    """Hash of what was executed, which need no longer be what the file says."""
    return source_hash({"cells": [cell for cell in notebook.cells if not injected(cell)]})


def _stem(job: Job) -> str:
    return f"{job.notebook.name}.{job.lang}."


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
