"""What every statistic returns: frozen dataclasses, equal by value, with a JSON round trip at full precision.

A result holds scalars, tuples and other results. Tables are properties that build a DataFrame on request (pandas is
imported there, not here) with columns that never depend on arguments; what does not apply is `None`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Row:
    """One line of a result table; `row["alpha"]` and `row.alpha` are the same."""

    def __getitem__(self, name: str) -> Any:
        if name not in {field.name for field in dataclasses.fields(self)}:
            raise KeyError(name)
        return getattr(self, name)


def frame(rows: Sequence[Row], row_type: type[Row]) -> pd.DataFrame:
    """Rows as a DataFrame whose columns are the fields of `row_type`, also when there are no rows."""
    import pandas as pd

    names = [field.name for field in dataclasses.fields(row_type)]
    return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in names}, columns=names)


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Items in order of first appearance, once each."""
    return tuple(dict.fromkeys(items))
