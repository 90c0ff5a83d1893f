"""Ratings as a table of targets by raters, from one row per rating or one column per rater."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import Caution, ModelError, Place, caution, problem
from .groups import Codes
from .rows import Array, Labels, Rows, rows

_SHOWN = 5  # pairs named in one message; the rest are counted


@dataclass(frozen=True, eq=False)
class Ratings:
    """One entry for each rating: who was rated, by whom, and how. `dropped` rows lacked one of the three."""

    targets: tuple[str, ...]
    raters: tuple[str, ...]
    target: Codes  # (N,)
    rater: Codes  # (N,)
    score: Array  # (N,) numbers, or codes that count along `levels`
    levels: tuple[str, ...]  # empty: the score is a number
    declared: bool
    dropped: int

    @property
    def complete(self) -> bool:
        """Whether every rater rated every target."""
        return len(self.score) == len(self.targets) * len(self.raters)

    def table(self) -> Array:
        """(targets, raters), NaN where there is no rating."""
        found = np.full((len(self.targets), len(self.raters)), np.nan)
        found[self.target, self.rater] = self.score
        return found

    def cautions(self) -> Iterator[Caution]:
        """Rows that were left out."""
        if self.dropped:
            yield caution("ratings.excluded", "note", dropped=self.dropped, n=len(self.score))


def read_ratings(x: object, target: str | None, rater: str | None, score: str | None) -> Ratings:
    """Ratings as numbers, from a long table (three names) or a wide one (no names: rows rated by columns).

    Raises
    ------
    ModelError
        ``ratings.names`` when only some names are given; ``ratings.duplicate`` for a rater who rated a target twice;
        ``ratings.too_few_targets`` and ``ratings.too_few_raters`` under two; ``rows.text`` for scores of text.
    """
    return _read(x, target, rater, score, None)


def read_categories(
    x: object, target: str | None, rater: str | None, score: str | None, levels: Sequence[str | float] | None
) -> Ratings:
    """Ratings as codes that count along the categories: `levels` where given, else those that occur, sorted."""
    return _read(x, target, rater, score, () if levels is None else levels)


def _read(
    x: object, target: str | None, rater: str | None, score: str | None, levels: Sequence[str | float] | None
) -> Ratings:
    if target is None and rater is None and score is None:
        found = _wide(rows(x), levels)
    elif target is None or rater is None or score is None:
        raise ModelError(problem("ratings.names"))
    else:
        found = _long(rows(x, (target, rater, score)), (target, rater, score), levels)
    if len(found.raters) < 2:
        raise ModelError(problem("ratings.too_few_raters", n=len(found.raters), least=2))
    if len(found.targets) < 2:
        raise ModelError(problem("ratings.too_few_targets", n=len(found.targets), least=2))
    return found


def _long(taken: Rows, names: tuple[str, str, str], levels: Sequence[str | float] | None) -> Ratings:
    (who, whom), (by, raters) = (identity(taken, name) for name in names[:2])
    values, known, declared = _scores({names[2]: taken.column(names[2])}, levels)
    score = values[:, 0]
    whole = (who >= 0) & (by >= 0) & ~np.isnan(score)
    who, by, score = who[whole], by[whole], score[whole]
    _refuse_twice(who, by, whom, raters)
    kept, who = np.unique(who, return_inverse=True)
    judges, by = np.unique(by, return_inverse=True)
    return Ratings(
        tuple(whom[at] for at in kept), tuple(raters[at] for at in judges), who.astype(np.intp), by.astype(np.intp),
        score, known, declared, int((~whole).sum()),
    )  # fmt: skip


def _wide(taken: Rows, levels: Sequence[str | float] | None) -> Ratings:
    values, known, declared = _scores({name: taken.column(name) for name in taken.names}, levels)
    rated = ~np.isnan(values)
    whom, raters = np.flatnonzero(rated.any(axis=1)), np.flatnonzero(rated.any(axis=0))
    values, rated = values[np.ix_(whom, raters)], rated[np.ix_(whom, raters)]
    who, by = np.nonzero(rated)
    return Ratings(
        tuple(str(at + 1) for at in whom), tuple(taken.names[at] for at in raters), who, by, values[who, by],
        known, declared, taken.n - len(whom),
    )  # fmt: skip


def identity(taken: Rows, name: str) -> tuple[Codes, tuple[str, ...]]:
    """A column as codes and names, in the order of first appearance; -1 where it is missing."""
    column = taken.column(name)
    if isinstance(column, Labels):
        codes, labels = column.codes, column.levels
    else:
        levels, found = np.unique(column, return_inverse=True)
        codes = np.where(np.isnan(column), -1, found).astype(np.intp)
        labels = tuple(f"{value:.15g}" for value in levels)
    seen, first = np.unique(codes[codes >= 0], return_index=True)
    order = seen[np.argsort(first)]
    place = np.full(len(labels) + 1, -1, dtype=np.intp)
    place[order] = np.arange(len(order))
    return place[codes], tuple(labels[at] for at in order)


def _refuse_twice(who: Codes, by: Codes, targets: Sequence[str], raters: Sequence[str]) -> None:
    """Name the pairs that come twice: averaging them would hide a mistake."""
    pair, counts = np.unique(who * len(raters) + by, return_counts=True)
    twice = np.column_stack(np.divmod(pair[counts > 1], max(len(raters), 1)))
    if len(twice):
        raise ModelError(
            *(
                problem("ratings.duplicate", target=targets[a], rater=raters[b], pairs=len(twice))
                for a, b in twice[:_SHOWN]
            )
        )


def _scores(
    columns: dict[str, Array | Labels], levels: Sequence[str | float] | None
) -> tuple[Array, tuple[str, ...], bool]:
    """Scores as (n, columns); as codes along the categories when `levels` is not None."""
    texts = tuple(name for name, column in columns.items() if isinstance(column, Labels))
    if levels is None:
        if texts:
            raise ModelError(problem("rows.text", Place(column=texts[0]), columns=texts))
        return np.column_stack(list(columns.values())), (), False  # type: ignore[arg-type]
    if texts and len(texts) < len(columns):
        numeric = next(name for name in columns if name not in texts)
        raise ModelError(problem("ratings.mixed", Place(column=numeric), text=texts[0], number=numeric))
    return _categories(columns, levels) if texts else _number_codes(columns, levels)


def _categories(
    columns: dict[str, Array | Labels], levels: Sequence[str | float]
) -> tuple[Array, tuple[str, ...], bool]:
    labelled = [column for column in columns.values() if isinstance(column, Labels)]
    own = {column.levels for column in labelled if column.declared}
    if levels:
        known, declared = tuple(map(str, levels)), True
    elif len(own) == 1 and all(column.declared for column in labelled):
        known, declared = next(iter(own)), True
    else:
        known, declared = tuple(sorted({level for column in labelled for level in column.levels})), False
    place = {level: at for at, level in enumerate(known)}
    occurring = {column.levels[code] for column in labelled for code in np.unique(column.codes) if code >= 0}
    _refuse_unknown(sorted(occurring - set(known)), known)
    coded = [
        np.array([*(place.get(level, -1) for level in column.levels), np.nan])[column.codes] for column in labelled
    ]
    return np.column_stack(coded), known, declared


def _number_codes(
    columns: dict[str, Array | Labels], levels: Sequence[str | float]
) -> tuple[Array, tuple[str, ...], bool]:
    values = np.column_stack([column for column in columns.values() if not isinstance(column, Labels)])
    found = np.unique(values[~np.isnan(values)])
    known = np.array([float(level) for level in levels]) if levels else found
    _refuse_unknown([f"{value:.15g}" for value in np.setdiff1d(found, known)], [f"{value:.15g}" for value in known])
    if not len(known):
        return np.full(values.shape, np.nan), (), bool(levels)
    order = np.argsort(known)
    codes = order[np.clip(np.searchsorted(known[order], values), 0, len(known) - 1)].astype(np.float64)
    codes[np.isnan(values)] = np.nan
    return codes, tuple(f"{value:.15g}" for value in known), bool(levels)


def _refuse_unknown(outside: Sequence[str], known: Sequence[str]) -> None:
    if outside:
        raise ModelError(problem("ratings.outside_levels", values=tuple(outside), allowed=tuple(known)))
