"""The record of a run: which inputs, which versions, which notebooks, which outputs. No clock, no path, no user."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from .execute import Executed

_PACKAGES = ("numpy", "scipy", "pandas", "statsmodels", "seaborn", "matplotlib", "papermill")


def versions() -> dict[str, str]:
    """Versions of Python, this package and the packages that compute."""
    return {
        "python": platform.python_version(),
        "phoyen-analysis": version("phoyen-analysis"),
        **{name: version(name) for name in _PACKAGES},
    }


def source_hash(notebook: Mapping[str, Any]) -> str:
    """Hash of what a notebook says and does: its sources, not its outputs."""
    sources = [[cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
    return hashlib.sha256(json.dumps(sources, ensure_ascii=False).encode()).hexdigest()


def own_hashes() -> dict[str, str]:
    """Hashes of the package's own notebooks, to tell an edited one."""
    text = (Path(__file__).parent / "notebooks.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def manifest(
    study: Mapping[str, Any], executed: Sequence[Executed], edited: Mapping[str, bool], folder: Path
) -> dict[str, Any]:
    """What `manifest.json` holds: `study` with its inputs, notebooks with cells and replies, outputs with hashes."""
    outputs = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        **study,
        "versions": versions(),
        "notebooks": [
            {
                "name": each.job.notebook.name,
                "lang": each.job.lang,
                "cells": each.cells,
                "replies": each.replies,
                "edited": edited[each.job.notebook.name],
                "parameters": {k: v for k, v in each.job.parameters.items() if k not in {"study", "data"}},
            }
            for each in executed
        ],
        "outputs": {path.relative_to(folder).as_posix(): sha256(path) for path in outputs},
    }


def sha256(path: Path) -> str:
    """Hash of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
