"""Where the place stands among its peers in published indices, and what became of its units."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..stats.result import Row
from ..study import Study
from ..survey.tables import Table, load_table

Basis: TypeAlias = Literal["printed", "derived", "counted"]

#: Years before the latest one that a change looks back, at most.
WINDOW = 5


@dataclass(frozen=True)
class Point(Row):
    """An index in one year: value, rank of n places, where it is from; `basis` tells how value and rank are known."""

    year: int
    value: float | None
    rank: int | None
    n_places: int | None
    basis: Basis
    source: str


@dataclass(frozen=True)
class Change(Row):
    """From one year to another of the same era."""

    since: int
    until: int
    value: float | None
    rank: int | None  # negative: moved up


@dataclass(frozen=True)
class Series(Row):
    """One index of one place in one era: years within it can be compared, years of two eras cannot."""

    index: str
    place: str
    era: str
    points: tuple[Point, ...]

    @property
    def first(self) -> Point:
        """The earliest year."""
        return self.points[0]

    @property
    def last(self) -> Point:
        """The latest year."""
        return self.points[-1]

    @property
    def missing(self) -> tuple[int, ...]:
        """Years between the first and the last one for which nothing is known."""
        known = {point.year for point in self.points}
        return tuple(year for year in range(self.first.year, self.last.year) if year not in known)

    @property
    def best(self) -> Point | None:
        """The year of the best rank (the latest of several)."""
        return min(self._ranked, key=lambda point: (point.rank, -point.year), default=None)

    @property
    def worst(self) -> Point | None:
        """The year of the worst rank (the latest of several)."""
        return max(self._ranked, key=lambda point: (point.rank, point.year), default=None)

    @property
    def change(self) -> Change | None:
        """From the earliest year of the last `WINDOW` years to the latest one, inside this era; None for one year."""
        since = next(point for point in self.points if point.year >= self.last.year - WINDOW)
        if since.year == self.last.year:
            return None
        value = _gap(since.value, self.last.value)
        rank = _gap(since.rank, self.last.rank)
        return Change(since.year, self.last.year, value, None if rank is None else int(rank))

    @property
    def is_part(self) -> bool:
        """Whether it is one component of another index (``PAPI.C5``)."""
        return "." in self.index

    @property
    def _ranked(self) -> tuple[Any, ...]:
        return tuple(point for point in self.points if point.rank is not None)


@dataclass(frozen=True)
class Unit(Row):
    """A unit of the place at three dates, and the unit that it is part of now."""

    unit: str
    kind_2015: str
    kind_2022: str
    kind_2025: str
    unit_2025: str
    code_2025: str | None
    area_km2: float | None
    population: int | None


@dataclass(frozen=True)
class ContextFindings:
    """Series of indices, era by era, and the units of the place."""

    study: Study
    series: tuple[Series, ...]
    units: tuple[Unit, ...]
    inputs: tuple[tuple[str, str], ...]

    @property
    def indices(self) -> dict[str, tuple[Series, ...]]:
        """The eras of every index, parts of an index left out, in the order of the table."""
        return self._grouped(part=False)

    @property
    def parts(self) -> dict[str, tuple[Series, ...]]:
        """The eras of every component of an index."""
        return self._grouped(part=True)

    @property
    def ranked(self) -> tuple[Series, ...]:
        """Series that have ranks."""
        return tuple(series for series in self.series if series.best is not None)

    def missing(self, index: str) -> tuple[int, ...]:
        """Years between the first and the last one of an index, whatever its eras, for which nothing is known."""
        known = {point.year for series in self.series if series.index == index for point in series.points}
        return tuple(year for year in range(min(known), max(known)) if year not in known)

    def kinds(self, year: int) -> dict[str, int]:
        """How many units of each kind there were in 2015, 2022 or 2025."""
        if year == 2025:
            return dict(Counter(kind for kind, _ in dict.fromkeys((u.kind_2025, u.unit_2025) for u in self.units)))
        return dict(Counter(str(unit[f"kind_{year}"]) for unit in self.units))

    def _grouped(self, *, part: bool) -> dict[str, tuple[Series, ...]]:
        found: dict[str, tuple[Series, ...]] = {}
        for series in self.series:
            if series.is_part is part:
                found[series.index] = (*found.get(series.index, ()), series)
        return found


def context(study: Study) -> ContextFindings:
    """Read the published indices and units of a study's place.

    Parameters
    ----------
    study : Study
        With ``tables.indices``; ``tables.units`` where the units are known.

    Returns
    -------
    ContextFindings
        A series never crosses an era: an index that changed its making has one series for each.

    Raises
    ------
    DataError
        ``table.…``: everything that is wrong with the tables.
    """
    indices = load_table(study, "indices")
    units = load_table(study, "units") if "units" in study.tables else None
    inputs = tuple((table.file, table.sha256) for table in (indices, units) if table is not None)
    return ContextFindings(study, tuple(_series(indices)), tuple(_units(units)) if units else (), inputs)


def _series(table: Table) -> Iterator[Series]:
    found: dict[tuple[str, str, str], list[Point]] = {}
    for row in _rows(table):
        key = (row["index"], row["place"], row["era"] or "")
        found.setdefault(key, []).append(
            Point(row["year"], row["value"], row["rank"], row["n_places"], row["basis"] or "printed", row["source_url"])
        )
    for (index, place, era), points in found.items():
        yield Series(index, place, era, tuple(sorted(points, key=lambda point: point.year)))


def _units(table: Table) -> Iterator[Unit]:
    for row in _rows(table):
        yield Unit(
            row["unit"], row["kind_2015"], row["kind_2022"], row["kind_2025"], row["unit_2025"], row["code_2025"],
            row["area_km2_2022"], row["population_2022"],
        )  # fmt: skip


def _rows(table: Table) -> list[dict[str, Any]]:
    """Rows as plain Python values, None where empty."""
    frame = table.frame.astype(object)
    rows = frame.where(table.frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _gap(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before
