"""Cells of one column with each different value once: what is true of a value is worked out once, not in every cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Places = npt.NDArray[np.int32]
EMPTY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The different values of a column, and for every cell the place of its value."""

    places: Places  # (rows,) place in `values`, -1 where the cell is empty
    values: tuple[Any, ...]

    def __getitem__(self, row: int) -> Any:
        place = self.places[row]
        return None if place == EMPTY else self.values[place]

    @property
    def cells(self) -> npt.NDArray[np.object_]:
        """Every cell; None where it is empty."""
        return objects((*self.values, None))[self.places]

    def numbers(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """The cells of some rows, rising, as numbers; NaN where they are empty or no number."""
        known = [value if isinstance(value, (int, float)) else np.nan for value in self.values]
        found: npt.NDArray[np.float64] = np.array([*known, np.nan], dtype=np.float64)[self._of(rows)]
        return found

    def taken(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        """The cells of some rows, rising; None where they are empty."""
        return Column(self._of(rows), self.values).cells

    def _of(self, rows: npt.NDArray[np.int64]) -> Places:
        """Places of some rows, rising; nothing is copied where they are all."""
        return self.places if len(rows) == len(self.places) else self.places[rows]


def column_of(cells: pd.Series[Any]) -> Column:
    """A column of a file as read.

    Parameters
    ----------
    cells : Series of objects
        None where empty.

    Returns
    -------
    Column
        Values of different types are different, even where Python calls them equal: 1 and True.
    """
    found = cells.to_numpy(dtype=object)
    if set(map(type, found)) <= {str, type(None)}:
        places, values = pd.factorize(found)
        return Column(places.astype(np.int32), tuple(values))
    known: dict[tuple[type, Any], int] = {}
    each = [EMPTY if cell is None else known.setdefault((type(cell), cell), len(known)) for cell in found]
    return Column(np.array(each, dtype=np.int32), tuple(value for _, value in known))


def objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    """Any values as an array of one dimension."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
