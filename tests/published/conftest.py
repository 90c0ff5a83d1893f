"""Printed tables of the repository's real study, as rows."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.published.audit import _rows
from analysis.study import load_study
from analysis.survey.tables import load_table


@pytest.fixture(scope="session")
def published() -> Callable[[str], list[dict[str, object]]]:
    """Rows of a kind of printed table."""

    def rows(kind: str) -> list[dict[str, object]]:
        return [dict(row) for row in _rows(load_table(load_study("phoyen"), f"published.{kind}").frame)]

    return rows


@pytest.fixture(scope="session")
def printed_study() -> Callable[[int, int, str], tuple[dict[str, list[dict[str, Any]]], int]]:
    """Every kind of table of a simulated study, printed with so many digits: see simulated.py."""
    spec = importlib.util.spec_from_file_location("simulated", Path(__file__).parent / "simulated.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.printed_study
