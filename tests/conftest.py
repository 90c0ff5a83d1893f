"""Fixtures that every test may use: reference values committed here, and the shared data beside the project."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

# A change is judged on the same examples each time; a developer's run goes on looking for new ones.
# No example has a deadline: a crowded machine is not a fault.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("open", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "open")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs on up to four processors, a file at a time; a part of it in this process."""
    whole = config.args_source == pytest.Config.ArgsSource.TESTPATHS
    return min(os.cpu_count() or 1, 4) if whole else 0


HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the simulations at their full size")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real data sets beside the project; tests that need it skip where it is absent, and say so."""
    folder = PROJECT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the shared data sets are not beside this checkout; `analysis get` brings the declared public file")
    return folder


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Any]:
    """Reference values written by `tests/reference/<method>/make.R` (or stated there)."""

    def load(method: str) -> Any:
        return json.loads((HERE / "reference" / method / "values.json").read_text(encoding="utf-8"))

    return load


@pytest.fixture(scope="session")
def prints() -> ModuleType:
    """Printed tables of simulated answers: the module `tests/published/prints.py`."""
    spec = importlib.util.spec_from_file_location("prints", HERE / "published" / "prints.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
