"""What a statistic accepts as rows: named columns of equal length, each numeric or of labels, never guessed.

A data frame, a mapping of sequences, a 2-D array and this package's `Responses` come in through one door. Text is
never read as numbers: a column of "1", "2", "3" is refused by name.
"""

from __future__ import annotations

import math
import numbers
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ..errors import ModelError, Place, Problem, nearest, problem
from .result import unique

Array: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Labels:
    """A column of labels: `codes` count from 0 along `levels`, -1 where the answer is missing."""

    codes: npt.NDArray[np.intp]  # (n,)
    levels: tuple[str, ...]
    declared: bool  # False: levels are the texts that occur, sorted

    @property
    def looks_numeric(self) -> bool:
        """Whether every level is a number written as text."""
        return bool(self.levels) and not self.declared and all(map(_is_number, self.levels))


@dataclass(frozen=True, eq=False)
class Rows:
    """Named columns of equal length; `members` names the items behind each scale score."""

    names: tuple[str, ...]
    n: int
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _columns: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def select(self, names: Sequence[str] | None) -> Rows:
        """The same rows with only these columns, in this order."""
        if names is None:
            return self
        self.require(names)
        return Rows(tuple(names), self.n, self.members, {name: self._columns[name] for name in names})

    def only(self, kept: npt.NDArray[np.bool_]) -> Rows:
        """The same columns with only the rows that `kept` marks."""
        at = np.flatnonzero(kept)
        return Rows(self.names, len(at), self.members, {name: _at(raw, at) for name, raw in self._columns.items()})

    def replaced(self, name: str, values: Array) -> Rows:
        """The same rows with one column of these numbers, new or in the place of the old."""
        columns = ChainMap({name: values}, self._columns)  # type: ignore[arg-type]  # it only reads
        return Rows(unique((*self.names, name)), self.n, self.members, columns)

    def require(self, names: Iterable[str]) -> None:
        """Refuse names that are no column, or that come twice."""
        names = tuple(names)
        unknown = [unknown_column(name, self.names) for name in unique(names) if name not in self._columns]
        if unknown:
            raise ModelError(*unknown)
        _refuse_twice(names)

    def column(self, name: str) -> Array | Labels:
        """The column as numbers (missing is NaN) or as labels."""
        self.require((name,))
        return _typed(name, self._columns[name])

    def numeric(self, names: Sequence[str] | None = None) -> Array:
        """Columns as one (n, k) matrix of numbers; every column that is not numeric is named in the refusal."""
        names = self.names if names is None else tuple(names)
        self.require(names)
        typed = {name: _typed(name, self._columns[name]) for name in names}
        texts = tuple(name for name, column in typed.items() if isinstance(column, Labels))
        if texts:
            raise ModelError(problem("rows.text", Place(column=texts[0]), columns=texts))
        columns = [column for column in typed.values() if not isinstance(column, Labels)]
        return np.column_stack(columns) if columns else np.empty((self.n, 0))


def is_rows(x: object) -> bool:
    """Whether `rows` accepts `x`."""
    known = any(hasattr(x, name) for name in ("iloc", "frame", "to_pandas"))
    return known or isinstance(x, Rows | Mapping) or (isinstance(x, np.ndarray) and x.ndim == 2)


def rows(x: object, names: Sequence[str] | None = None) -> Rows:
    """Take named columns from whatever holds them.

    Parameters
    ----------
    x : DataFrame, mapping, 2-D array, Responses or Rows
        The answers, one row for each respondent. `Responses` brings the items of its scale scores with it.
    names : sequence of str, optional
        The columns to take; for an array the names of its columns.

    Returns
    -------
    Rows
        Columns are typed when they are asked for.

    Raises
    ------
    ModelError
        ``rows.…``: an unknown column with the nearest name, a name that comes twice, columns of unequal length, or
        something that holds no columns.

    Examples
    --------
    >>> rows({"q1": [1, 2, None], "unit": ["A", "B", "A"]}).column("q1")
    array([ 1.,  2., nan])
    """
    if isinstance(x, Rows):
        return x.select(names)
    if isinstance(x, np.ndarray) and x.ndim == 2:
        return _from_array(x, names)
    if _is_frame(x):
        return _from_frame(x, {}).select(names)
    members = {str(name): tuple(items) for name, items in dict(getattr(x, "members", None) or {}).items()}
    held = getattr(x, "frame", x)
    if not _is_frame(held) and hasattr(held, "to_pandas"):  # Arrow, Polars
        held = held.to_pandas()
    return (_from_frame(held, members) if _is_frame(held) else _from_mapping(held, members)).select(names)


def literal(option: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse an option that is none of those allowed, with the nearest."""
    if value not in allowed:
        close = nearest(str(value), allowed)
        raise ModelError(
            problem("option.unknown", option=option, value=str(value), allowed=tuple(allowed), nearest=close)
        )


def check_level(level: float) -> None:
    """Refuse a confidence level outside 0 to 1."""
    if not 0 < level < 1:
        raise ModelError(problem("option.level", value=float(level)))


Missing: TypeAlias = Literal["listwise", "pairwise"]
MISSING: tuple[Missing, ...] = ("listwise", "pairwise")


class _FrameColumns(Mapping[str, Any]):
    """Columns of a data frame by name, each taken out only when it is asked for."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame
        self._labels = {str(label): label for label in frame.columns}

    def __getitem__(self, name: str) -> Any:
        return self._frame[self._labels[name]]

    def __contains__(self, name: object) -> bool:
        return name in self._labels

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)


def _is_frame(x: Any) -> bool:
    return hasattr(x, "iloc") and hasattr(x, "columns")


def _from_frame(frame: Any, members: Mapping[str, tuple[str, ...]]) -> Rows:
    names = tuple(map(str, frame.columns))
    _refuse_twice(names)
    return Rows(names, len(frame), members, _FrameColumns(frame))


def _from_mapping(x: Any, members: Mapping[str, tuple[str, ...]]) -> Rows:
    if not isinstance(x, Mapping):
        raise ModelError(problem("rows.unknown_kind", kind=type(x).__name__))
    columns = {str(name): column if hasattr(column, "__len__") else list(column) for name, column in x.items()}
    if len(columns) < len(x):
        _refuse_twice([str(name) for name in x])
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        short = min(lengths, key=lambda name: lengths[name])
        raise ModelError(problem("rows.unequal_length", Place(column=short), column=short, length=lengths[short]))
    return Rows(tuple(columns), next(iter(lengths.values()), 0), members, columns)


def _from_array(x: npt.NDArray[Any], names: Sequence[str] | None) -> Rows:
    if names is None:
        names = [f"x{at + 1}" for at in range(x.shape[1])]
    if len(names) != x.shape[1]:
        raise ModelError(problem("rows.names_count", names=len(names), columns=x.shape[1]))
    _refuse_twice(names)
    return Rows(tuple(names), len(x), {}, {name: x[:, at] for at, name in enumerate(names)})


def unknown_column(name: str, known: Sequence[str]) -> Problem:
    """The problem of a name that is no column, with the nearest that is."""
    return problem("rows.unknown_column", Place(column=str(name)), column=str(name), nearest=nearest(str(name), known))


def _refuse_twice(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        twice = unique(name for name in names if list(names).count(name) > 1)
        raise ModelError(problem("rows.duplicate_column", Place(column=twice[0]), columns=twice))


def _typed(name: str, raw: Any) -> Array | Labels:
    """Numbers or labels, from what the column declares itself to be."""
    dtype = getattr(raw, "dtype", None)
    if hasattr(dtype, "categories"):
        held = raw.cat if hasattr(raw, "cat") else raw
        return Labels(np.asarray(held.codes, dtype=np.intp), tuple(map(str, held.categories)), declared=True)
    if dtype is not None and hasattr(raw, "to_numpy") and dtype.kind in "iufb":
        known = isinstance(dtype, np.dtype)  # any other may hold missing values of its own
        values = raw.to_numpy() if known else np.asarray(raw.to_numpy(dtype=np.float64, na_value=np.nan))
    else:
        values = raw if isinstance(raw, np.ndarray) else np.asarray(raw, dtype=object)
        if values.ndim != 1:
            raise ModelError(problem("rows.not_a_column", Place(column=name), column=name))
        if values.dtype.kind not in "iufb":
            found = _objects(name, values.tolist() if values.dtype.kind in "OUST" else [object()])
            if isinstance(found, Labels):
                return found
            values = found
    return _finite(name, np.array(values, dtype=np.float64))


def _objects(name: str, values: list[Any]) -> Array | Labels:
    """A column of Python values: all numbers, or all text; a mixture is refused."""
    present = [value for value in values if not _is_missing(value)]
    if all(isinstance(value, numbers.Real | Decimal) for value in present):
        return np.array([math.nan if _is_missing(value) else float(value) for value in values])
    if all(isinstance(value, str) for value in present):
        levels = sorted(set(present))
        place = {level: at for at, level in enumerate(levels)}
        codes = [-1 if _is_missing(value) else place[value] for value in values]
        return Labels(np.array(codes, dtype=np.intp), tuple(map(str, levels)), declared=False)
    raise ModelError(problem("rows.mixed", Place(column=name), column=name))


def _at(raw: Any, at: npt.NDArray[np.intp]) -> Any:
    """The values of a raw column in these places."""
    if hasattr(raw, "iloc"):
        return raw.iloc[at]
    return raw[at] if isinstance(raw, np.ndarray) or hasattr(raw, "take") else [raw[i] for i in at]


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, float | Decimal) and math.isnan(value)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _finite(name: str, values: Array) -> Array:
    infinite = np.isinf(values)
    if infinite.any():
        count = int(infinite.sum())
        raise ModelError(problem("rows.infinite", Place(column=name), column=name, count=count))
    return values
