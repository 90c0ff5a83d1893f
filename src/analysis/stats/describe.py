"""Describing answers: means, spread and shape of each column, and how often each answer was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ModelError, Place, problem
from . import exact
from .result import Result, Row, frame
from .rows import Array, Labels, rows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class DescriptionRow(Row):
    """One column described; what its n does not allow is `None`."""

    name: str
    n: int
    missing: int
    mean: float | None
    sd: float | None
    se: float | None
    median: float | None
    q1: float | None
    q3: float | None
    min: float | None
    max: float | None
    skewness: float | None
    kurtosis: float | None


@dataclass(frozen=True)
class Description(Result):
    """Columns described, each over the rows that answer it."""

    rows: tuple[DescriptionRow, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each column."""
        return frame(self.rows, DescriptionRow)


@dataclass(frozen=True)
class FrequencyRow(Row):
    """One answer: how many gave it, in percent of all, of those who answered, and summed up so far."""

    value: str | float
    count: int
    percent: float | None
    valid_percent: float | None
    cumulative_percent: float | None


@dataclass(frozen=True)
class Frequencies(Result):
    """How often each answer to one question was given; `n` answered, `missing` did not."""

    name: str
    n: int
    missing: int
    rows: tuple[FrequencyRow, ...]

    @property
    def table(self) -> pd.DataFrame:
        """One line for each answer."""
        return frame(self.rows, FrequencyRow)


def describe(x: object, names: Sequence[str] | None = None) -> Description:
    """Describe each column: n, mean, spread, quartiles and shape.

    Parameters
    ----------
    x : rows
        Answers (see `rows`).
    names : sequence of str, optional
        The columns; all of them when not given. Each must be numeric.

    Returns
    -------
    Description
        `n` is counted column by column: the rows that answer it.

    Raises
    ------
    ModelError
        ``rows.…`` for text, infinite values and unknown names.

    Notes
    -----
    Skewness and excess kurtosis are those of SPSS and SAS (type 2). Quartiles interpolate linearly (R's type 7).

    References
    ----------
    Joanes, D. N., & Gill, C. A. (1998). Comparing measures of sample skewness and kurtosis. The Statistician, 47,
    183-189. R: ``psych::describe(x, type = 2)``.

    Examples
    --------
    >>> describe({"q1": [1, 2, 3, 4, 10]}).rows[0].mean
    4.0
    """
    taken = rows(x, names)
    values = taken.numeric()
    return Description(tuple(_describe(name, values[:, at]) for at, name in enumerate(taken.names)))


def frequencies(x: object, name: str, levels: Sequence[object] | None = None) -> Frequencies:
    """Count how often each answer was given.

    Parameters
    ----------
    x : rows
        Answers (see `rows`).
    name : str
        The column: numbers or labels.
    levels : sequence, optional
        The possible answers in their order; those nobody gave are counted with zero. A declared category brings its
        levels with it.

    Returns
    -------
    Frequencies
        `n` counts those who answered.

    Raises
    ------
    ModelError
        ``frequencies.outside_levels`` naming answers that `levels` does not hold.

    Examples
    --------
    >>> frequencies({"sex": ["f", "m", "f", None]}, "sex").table["count"].tolist()
    [2, 1]
    """
    taken = rows(x, [name])
    column = taken.column(name)
    counted = _counted_labels(column) if isinstance(column, Labels) else _counted_numbers(column)
    if levels is not None:
        counted = _ordered(name, counted, levels)
    n = sum(counted.values())
    missing = taken.n - n
    lines = []
    so_far = 0
    for value, count in counted.items():
        so_far += count
        lines.append(FrequencyRow(value, count, _share(count, taken.n), _share(count, n), _share(so_far, n)))
    return Frequencies(name, n, missing, tuple(lines))


def _describe(name: str, column: Array) -> DescriptionRow:
    values = np.sort(column[~np.isnan(column)])
    n = len(values)
    if not n:
        return DescriptionRow(name, 0, len(column), *(None,) * 10)
    mean = float(exact.mean(values))
    deviations = values - mean
    variance = float(exact.total_product(deviations, deviations)) / (n - 1) if n > 1 else None
    sd = None if variance is None else variance**0.5
    q1, median, q3 = (float(each) for each in np.quantile(values, (0.25, 0.5, 0.75)))
    return DescriptionRow(
        name=name,
        n=n,
        missing=len(column) - n,
        mean=mean,
        sd=sd,
        se=None if sd is None else sd / n**0.5,
        median=median,
        q1=q1,
        q3=q3,
        min=float(values[0]),
        max=float(values[-1]),
        skewness=_skewness(deviations) if n > 2 and sd else None,
        kurtosis=_kurtosis(deviations) if n > 3 and sd else None,
    )


def _skewness(d: Array) -> float:
    """G1 of Joanes & Gill from deviations d."""
    n = len(d)
    g1 = np.mean(d**3) / np.mean(d**2) ** 1.5
    return float(g1 * (n * (n - 1)) ** 0.5 / (n - 2))


def _kurtosis(d: Array) -> float:
    """G2 of Joanes & Gill from deviations d."""
    n = len(d)
    g2 = np.mean(d**4) / np.mean(d**2) ** 2 - 3
    return float(((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3)))


def _counted_labels(column: Labels) -> dict[str | float, int]:
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    return {level: int(count) for level, count in zip(column.levels, counts, strict=True)}


def _counted_numbers(column: Array) -> dict[str | float, int]:
    values, counts = np.unique(column[~np.isnan(column)], return_counts=True)
    return {_number(value): int(count) for value, count in zip(values, counts, strict=True)}


def _number(value: float) -> float:
    """A whole number without its decimal point."""
    return int(value) if float(value).is_integer() else float(value)


def _ordered(name: str, counted: dict[str | float, int], levels: Sequence[object]) -> dict[str | float, int]:
    wanted = [level if isinstance(level, str) else _number(float(level)) for level in levels]  # type: ignore[arg-type]
    outside = tuple(str(value) for value, count in counted.items() if count and value not in wanted)
    if outside:
        raise ModelError(problem("frequencies.outside_levels", Place(column=name), column=name, values=outside))
    return {value: counted.get(value, 0) for value in wanted}


def _share(count: int, n: int) -> float | None:
    return 100 * count / n if n else None
