"""Pandoc as a program: trees of its document model in, files out."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ...errors import RunError, problem

#: The version of pandoc's tree that this package writes.
API = [1, 23, 1]


def tree(blocks: Sequence[Any], meta: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A document of pandoc's model."""
    return {"pandoc-api-version": API, "meta": dict(meta or {}), "blocks": list(blocks)}


def convert(document: Mapping[str, Any], to: str, *options: str) -> bytes:
    """Convert a tree to a format.

    Parameters
    ----------
    document : mapping
        From `tree`.
    to : str
        ``"docx"``, ``"typst"``, ``"json"`` …
    *options : str
        Further options of the program.

    Raises
    ------
    RunError
        When pandoc does not start or refuses the tree.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = [_program(), "--from=json", f"--to={to}", "--wrap=none", f"--output={out}", *options]
        # pandoc writes the time of day into Word files unless it is told which time it is
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "315532800", "LC_ALL": "C.UTF-8"}
        try:
            done = subprocess.run(
                command, input=json.dumps(document).encode(), capture_output=True, env=environment, check=False
            )
        except OSError as error:
            raise RunError(problem("report.pandoc", reason=error.strerror or str(error))) from error
        if done.returncode:
            raise RunError(problem("report.pandoc", reason=done.stderr.decode(errors="replace").strip()))
        return out.read_bytes()


@lru_cache
def _program() -> str:
    from pypandoc import get_pandoc_path

    return str(get_pandoc_path())
