"""Names of units become the unit that is valid at the study's date, through the study's crosswalk."""

from __future__ import annotations

from datetime import date

from ...errors import AnalysisError, nearest, problem
from ..tables import load_table
from ..text import fold_value, shown
from ..units import Ambiguous, Crosswalk, Resolved, spelling
from .work import Change, Work

ORDER = 75
ID = "unit_spelling"
MERGED = "unit_merged"


def apply(work: Work) -> None:
    """Resolve every variable whose page gives the date at which its units are valid."""
    for code in work.variables:
        on = work.study.variables[code].valid_on
        if on is None:
            continue
        try:
            crosswalk = Crosswalk.of(load_table(work.study, "units"))
        except AnalysisError as error:
            work.problems.extend(error.problems)
            return
        _resolve(work, code, crosswalk, date.fromisoformat(on))


def _resolve(work: Work, code: str, crosswalk: Crosswalk, on: date) -> None:
    levels = work.study.variables[code].levels
    declared = {fold_value(text) for level, words in levels.items() for text in (level, words.vi, words.en)}
    of_unit = {spelling(words.vi): level for level, words in levels.items()}
    changes: dict[int, Change] = {}
    for at, value in work.values(code).items():
        found = crosswalk.resolve(shown(value), on)
        if isinstance(found, Resolved):
            changes[at] = _settled(work, code, at, found, of_unit.get(spelling(found.unit)))
        elif isinstance(found, Ambiguous) or fold_value(value) not in declared:
            units = found.units if isinstance(found, Ambiguous) else crosswalk.valid(on)
            kind = "data.unit_ambiguous" if isinstance(found, Ambiguous) else "data.unit_unknown"
            near = nearest(spelling(shown(value)), map(spelling, units))
            named = next((unit for unit in units if spelling(unit) == near), None)
            slots = {"code": code, "value": shown(value), "allowed": units, "nearest": named, "on": on.isoformat()}
            for row in work.rows(code, [at]):
                work.problems.append(problem(kind, work.place(row, code), **slots))
            changes[at] = Change(None, None)
    work.recode(code, changes)


def _settled(work: Work, code: str, at: int, found: Resolved, level: str | None) -> Change:
    """What a unit becomes; the reason of a merger is the address that proves it."""
    if level is not None:
        return Change(MERGED if found.evidence else ID, level, found.evidence)
    for row in work.rows(code, [at]):
        place, value = work.place(row, code), shown(work.cells[code][row])
        work.problems.append(problem("data.unit_no_level", place, code=code, value=value, unit=found.unit))
    return Change(None, None)
