"""What every statistic returns: frozen dataclasses, equal by value, with a JSON round trip at full precision.

A result holds scalars, tuples and other results. Tables are properties that build a DataFrame on request (pandas is
imported there, not here) with columns that never depend on arguments; what does not apply is `None`.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import Caution, ModelError, Place, Problem, problem

if TYPE_CHECKING:
    import pandas as pd

_HOUSE = __name__.rsplit(".", 2)[0]
_ARRAY = "array"
_TAG = re.compile(r"[a-z_]+(\.[a-z_]+)*\.[A-Z]\w*")


def _tag(kind: type) -> str:
    """Name of a type inside the package: ``"stats.reliability.Reliability"``."""
    return f"{kind.__module__}.{kind.__qualname__}".removeprefix(_HOUSE + ".")


_KINDS: dict[str, type] = {_tag(kind): kind for kind in (Caution, Problem, Place)}


class Result:
    """Anything that `to_dict` writes; a subclass is known to `from_dict` by its name.

    Fields whose name starts with ``_`` (kept rows) are neither compared nor written.
    """

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        _KINDS[_tag(cls)] = cls


@dataclass(frozen=True)
class Row(Result):
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


def to_dict(result: Result | Caution | Problem | Place) -> dict[str, Any]:
    """Write a result as plain dictionaries and lists, ready for `json.dumps`; no digit is lost.

    Parameters
    ----------
    result : Result
        Any result of this package.

    Returns
    -------
    dict
        The fields and, under ``"type"``, the name by which `from_dict` finds the type again.

    Examples
    --------
    >>> from analysis.stats.estimate import Estimate
    >>> from_dict(to_dict(Estimate(0.1))) == Estimate(0.1)
    True
    """
    fields = [field.name for field in dataclasses.fields(result) if not field.name.startswith("_")]  # type: ignore[arg-type]
    return {"type": _tag(type(result)), **{name: _plain(getattr(result, name)) for name in fields}}


def from_dict(data: Mapping[str, Any]) -> Any:
    """Rebuild the result that `to_dict` wrote; it is equal to the first one.

    Parameters
    ----------
    data : mapping
        What `to_dict` gave, also after a trip through JSON.

    Returns
    -------
    Result
        Of the type that was written.

    Raises
    ------
    ModelError
        ``result.unknown_type`` when the type is none of this package's.
    """
    tag = str(data.get("type"))
    if tag not in _KINDS and _TAG.fullmatch(tag):
        _load(tag)
    if tag not in _KINDS:
        raise ModelError(problem("result.unknown_type", type=tag))
    return _KINDS[tag](**{name: _rebuilt(value) for name, value in data.items() if name != "type"})


def _load(tag: str) -> None:
    """Import the module that defines the type, so that a file can be read before the verb was used."""
    try:
        importlib.import_module(f"{_HOUSE}.{tag.rsplit('.', 1)[0]}")
    except ModuleNotFoundError as missing:
        raise ModelError(problem("result.unknown_type", type=tag)) from missing


def _plain(value: Any) -> Any:
    if isinstance(value, Result | Caution | Problem | Place):
        return to_dict(value)
    if isinstance(value, np.ndarray):
        return {"type": _ARRAY, "values": value.tolist()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, np.generic):
        return value.item()
    return value


def _rebuilt(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("type") == _ARRAY:
            return np.array(value["values"], dtype=np.float64)
        return from_dict(value)
    if isinstance(value, list):
        return tuple(_rebuilt(each) for each in value)
    return value
