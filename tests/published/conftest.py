"""Printed tables of the repository's real study, as rows."""

from __future__ import annotations

from collections.abc import Callable

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
