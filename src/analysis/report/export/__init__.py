"""Cleaned answers with their labels, for other programs: one file for each format, and pages that say what is what.

A format is a module with `files(dataset)`, which gives names and bytes; the same data give the same bytes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from .dataset import Dataset, Field, Level, dataset

__all__ = ["Dataset", "Field", "Level", "dataset", "exported", "formats"]

_LAST = "datapackage"  # names the hashes of the others


@cache
def formats() -> tuple[ModuleType, ...]:
    """Every format, the description of the package last."""
    modules = (importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    found = [module for module in modules if hasattr(module, "files") or hasattr(module, "described")]
    return tuple(sorted(found, key=lambda module: module.__name__.endswith(_LAST)))


def exported(data: Dataset) -> Iterator[tuple[str, bytes]]:
    """Every file of an export.

    Parameters
    ----------
    data : Dataset
        From `dataset`.

    Yields
    ------
    tuple of (name, bytes)
        Parquet, SPSS, Excel, CSV, the codebooks, and last ``datapackage.json`` with the hash of each of them.
    """
    made: dict[str, bytes] = {}
    for each in formats():
        made.update(each.described(data, dict(made)) if hasattr(each, "described") else each.files(data))
    yield from made.items()
