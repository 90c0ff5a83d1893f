"""Answers for the public: recoded, k-anonymous and l-diverse, under keyed ids and in a keyed order; what that cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import pandas as pd

from ...errors import DataError, ModelError, Place, problem
from ...rules import cutoff
from ...stats.reliability import alpha
from ...study import Study, Variable, Words
from ...survey import Responses
from ...survey.release import banded, grouped, k_anonymous, keyed, l_diverse
from ...survey.responses import identities
from ...survey.score import scores
from ..words import languages, phrase
from .dataset import Dataset, Field, Level, cells, dataset

ID = "id"


@dataclass(frozen=True)
class Cost:
    """What was lost of one column."""

    name: str
    label: Words
    recoded: bool  # in bands or groups
    cells: int  # that held something before
    suppressed: int


@dataclass(frozen=True)
class Utility:
    """One number before and after; None where it cannot be computed."""

    name: str  # a construct, or two
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Loss:
    """What the protection cost."""

    k: int
    different: int
    received: int
    removed_rows: int
    left_out: tuple[str, ...]  # variables
    costs: tuple[Cost, ...]
    alphas: tuple[Utility, ...]
    correlations: tuple[Utility, ...]


@dataclass(frozen=True)
class Public:
    """What the public gets, and what the protection cost."""

    data: Dataset
    loss: Loss


def public(responses: Responses, key: bytes) -> Public:
    """Make answers fit for the public.

    Parameters
    ----------
    responses : Responses
        From `prepare`.
    key : bytes
        At least 32 random bytes, known to nobody who gets the file.

    Returns
    -------
    Public
        Every combination of what others may know (variables of the role quasi, in bands and groups) is that of at least
        k respondents; within it, no item, sensitive variable or score is the same for all who answered. Numbers without
        bands and direct identifiers are left out.

    Raises
    ------
    DataError
        ``export.too_few``: fewer respondents than k; ``export.too_many_quasi``.
    """
    study = responses.study
    k = int(cutoff("disclosure.min_cell", study.thresholds))
    different = int(cutoff("disclosure.min_different", study.thresholds))
    before = dataset(responses)
    known, told = _recoded(study, before, "quasi"), _recoded(study, before, "sensitive")
    alike = k_anonymous({name: column for name, (_, column) in known.items()} or {ID: [None] * before.n}, k)
    if not alike.kept:
        raise DataError(problem("export.too_few", Place(file=study.answers.file), found=before.n, limit=k))
    groups = list(zip(*alike.columns.values(), strict=True))
    private = {code: before.columns[code] for code in study.items} | {
        name: column for name, (_, column) in told.items()
    }
    kept = {name: [column[row] for row in alike.kept] for name, column in private.items()}
    shown, scored = _scored(study, groups, kept, different)
    suppressed = {name: _emptied(kept[name], shown[name]) for name in kept} | alike.suppressed
    people = identities(responses)
    ids = [keyed(key, "id", people[row]) for row in alike.kept]
    order = sorted(range(len(ids)), key=lambda at: keyed(key, "order", ids[at]))
    columns = {ID: ids, **shown, **{name: alike.columns[name] for name in known}, **scored}
    fields = [Field(ID, _words("export.id"), "id"), *(each for each in before.fields if each.kind == "item")]
    fields += [field for field, _ in (*known.values(), *told.values())]
    fields += [each for each in before.fields if each.kind == "score"]
    data = Dataset(
        study.id, study.title, study.simulated, tuple(fields),
        {field.name: [columns[field.name][at] for at in order] for field in fields},
        before.version, True, before.sources, before.guesses,
    )  # fmt: skip
    recoded = {**known, **told}
    costs = tuple(
        Cost(
            name,
            study.words(name) or _words("export.id"),
            _is_recoded(study, name),
            _filled(before.columns[name]),
            count,
        )
        for name, count in suppressed.items()
        if name in before.columns
    )
    left_out = tuple(name for name in study.variables if name not in recoded)
    loss = Loss(
        k, different, before.n, before.n - len(alike.kept), left_out, costs,
        _alphas(study, before.columns, columns), _correlations(study, before.columns, columns),
    )  # fmt: skip
    return Public(data, loss)


def _recoded(study: Study, data: Dataset, role: str) -> dict[str, tuple[Field, list[Any]]]:
    """Variables of a role with their new levels; a number without bands is left out."""
    found = {}
    for name, variable in study.variables.items():
        release = variable.release
        if release.role != role or (variable.kind == "number" and not release.bands):
            continue
        column = data.columns[name]
        new = banded(column, release.bands) if variable.kind == "number" else grouped(column, release)
        kind = "ordered" if variable.kind == "number" else variable.kind
        found[name] = Field(name, variable.name, kind, _levels(variable)), new
    return found


def _is_recoded(study: Study, name: str) -> bool:
    variable = study.variables.get(name)
    return variable is not None and bool(variable.release.bands or variable.release.groups)


def _levels(variable: Variable) -> tuple[Level, ...]:
    if variable.kind == "number":
        return tuple(_bands(variable.release.bands))
    of = {str(level): name for name, group in variable.release.groups.items() for level in group.levels}
    labels = {name: group.label for name, group in variable.release.groups.items()}
    codes = dict.fromkeys(of.get(level, level) for level in variable.levels)
    return tuple(Level(code, labels.get(code) or variable.levels[code]) for code in codes)


def _bands(bands: Sequence[float]) -> Iterator[Level]:
    numbers = [f"{band:g}" for band in bands]
    yield Level("1", _words("export.band.under", high=numbers[0]))
    for at, (low, high) in enumerate(pairwise(numbers), start=2):
        yield Level(str(at), _words("export.band.between", low=low, high=high))
    yield Level(str(len(numbers) + 1), _words("export.band.over", low=numbers[-1]))


def _words(key: str, **slots: str) -> Words:
    return Words(**{lang: phrase(key, lang).format(**slots) for lang in languages()})


def _scored(
    study: Study, groups: Sequence[tuple[Any, ...]], items: Mapping[str, list[Any]], different: int
) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """What is shown and its scores; where all of a group have one score, the items that give it are emptied as well."""
    shown = dict(items)
    while True:  # each turn empties more cells
        shown = l_diverse(groups, shown, different)
        found = _scores(study, shown)
        safe = l_diverse(groups, found, different)
        if found == safe:
            return shown, found
        for code, construct in study.constructs.items():
            alike = {group for group, was, now in zip(groups, found[code], safe[code], strict=True) if was is not now}
            gone = [row for row, group in enumerate(groups) if group in alike]
            for name in construct.items:
                shown[name] = _without(shown[name], gone)


def _without(column: list[Any], rows: Sequence[int]) -> list[Any]:
    gone = set(rows)
    return [None if row in gone else cell for row, cell in enumerate(column)]


def _scores(study: Study, columns: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    made = scores(_frame(study.items, columns), study)
    return {
        code: cells(made[code], Field(code, construct.name, "score")) for code, construct in study.constructs.items()
    }


def _frame(names: Sequence[str] | Mapping[str, Any], columns: Mapping[str, list[Any]]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(columns[name], dtype="float64") for name in names})


def _filled(column: Sequence[Any]) -> int:
    return sum(cell is not None for cell in column)


def _emptied(before: Sequence[Any], after: Sequence[Any]) -> int:
    return _filled(before) - _filled(after)


def _alphas(study: Study, *sides: Mapping[str, list[Any]]) -> tuple[Utility, ...]:
    constructs = [each for each in study.constructs.values() if len(each.items) > 1]
    return tuple(
        Utility(each.code, *(_alpha(_frame(each.items, columns)) for columns in sides)) for each in constructs
    )  # fmt: skip


def _alpha(items: pd.DataFrame) -> float | None:
    try:
        return alpha(items).alpha.value
    except ModelError:
        return None


def _correlations(study: Study, *sides: Mapping[str, list[Any]]) -> tuple[Utility, ...]:
    tables = [_frame(study.constructs, columns).corr() for columns in sides]
    return tuple(
        Utility(f"{one} {other}", *(_number(table.loc[one, other]) for table in tables))
        for one, other in combinations(study.constructs, 2)
    )


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
