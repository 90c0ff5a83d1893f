"""One file per format. Each has `files(edition)`: the files of one language, as (path inside the report, bytes)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from .edition import Edition


def written(edition: Edition) -> Iterator[tuple[str, bytes]]:
    """All files of one language, in every format."""
    for each in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{each.name}")
        if hasattr(module, "files"):
            yield from module.files(edition)
