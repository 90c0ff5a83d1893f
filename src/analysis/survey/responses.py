"""From a study page to responses that can be analysed: read, cleaned, scored, on record, cached by content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import AnalysisError, Caution, DataError, IntegrityError, Place, Problem, StudyError, problem
from ..study import Study, load_study
from ..study.study import examined
from . import cache as stored
from .by_hand import CORRECTIONS, NOTHING, ByHand, read_corrections, read_log
from .clean import Work, clean
from .columns import ID, match_columns
from .exports import understood
from .exports.form import form_of
from .log import CleaningLog, as_text
from .personal import with_warnings
from .raw import RawFile, raw_file, taken, unchanged
from .read import RawTable, read
from .read.forms import form_tables
from .score import scores
from .tables import load_tables
from .text import fold, shown


@dataclass(frozen=True, eq=False)
class Responses:
    """Clean answers of a study: items, respondents' variables and scores of constructs, with the record of cleaning."""

    frame: pd.DataFrame  # one row a respondent; items and scores float64, variables categories or float64
    log: CleaningLog
    study: Study
    inputs: tuple[tuple[str, str], ...]  # file name and sha256 of everything that was read
    rows: tuple[int, ...]  # response in the file, counted from 1, of every row of the frame
    seconds: tuple[float | None, ...] = ()  # how long each response took; empty where the page does not say

    @property
    def received(self) -> int:
        """Responses in the file."""
        return self.log.received

    @property
    def answers(self) -> pd.DataFrame:
        """Clean answers in the form of the log (`survey.log.as_text`), under the number of each response."""
        cells = self.frame[[*self.study.items, *self.study.variables]]
        return as_text(cells.set_axis(list(self.rows), axis="index"))

    def only(self, which: npt.NDArray[np.bool_]) -> Responses:
        """The same answers without some of the respondents.

        Parameters
        ----------
        which : array of bool, (n,)
            Who stays.

        Returns
        -------
        Responses
            Under the same study and log; nothing is scored anew.
        """
        rows = tuple(row for row, stays in zip(self.rows, which, strict=True) if stays)
        seconds = tuple(each for each, stays in zip(self.seconds, which, strict=True) if stays) if self.seconds else ()
        return replace(self, frame=self.frame[which].reset_index(drop=True), rows=rows, seconds=seconds)

    @property
    def members(self) -> dict[str, tuple[str, ...]]:
        """Items of every construct, so that a statistic can see that a score is made of items."""
        return self.study.members

    @property
    def fingerprint(self) -> str:
        """Hash of the page, the items and the file of answers."""
        return fingerprint(self.study, self.inputs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Responses):
            return NotImplemented
        mine, theirs = ((each.log, each.study, each.inputs, each.rows) for each in (self, other))
        return mine == theirs and self.frame.equals(other.frame)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        return (
            f"Responses({self.study.id!r}, received={self.received}, kept={len(self)}, columns={self.frame.shape[1]})"
        )


def prepare(study: Study | str | Path, *, data: str | Path | None = None, cache: bool = True) -> Responses:
    """Read, clean and score the answers of a study.

    Parameters
    ----------
    study : Study, str or Path
        A study, its folder or page, or its name.
    data : str or Path, optional
        Folder of the file of answers where it is not beside the page.
    cache : bool
        Keep the result below `data/processed` and use it as long as page, items, file and this package are the same.

    Returns
    -------
    Responses
        Equal whether they come from the cache or not.

    Raises
    ------
    StudyError
        The page is wrong.
    DataError
        Everything that is wrong with the file and its values, in one go; nothing is written then.
        ``study.no_responses`` when the page declares no answers of persons.
    IntegrityError
        The file is not the declared one, or changed while it was read.
    """
    loaded = _loaded(study, data)
    raw = raw_file(loaded)
    beside = _beside(loaded)
    inputs = tuple((each.name, each.sha256) for each in (raw, *beside.values(), *_crosswalk(loaded)))
    entry = stored.entry(loaded, fingerprint(loaded, inputs))
    kept = stored.load(entry) if cache else None
    if kept is None:
        work = _cleaned(loaded, raw, beside)
        if work.problems:
            raise DataError(*work.problems)
        kept = stored.Kept(plain_frame(work), work.log(), tuple((work.kept + 1).tolist()), _seconds(work))
        if cache:
            stored.save(entry, kept)
    return Responses(typed(kept.cells, loaded), kept.log, loaded, inputs, kept.rows, kept.seconds)


def received(study: Study | str | Path, *, data: str | Path | None = None) -> pd.DataFrame:
    """The answers as received, in the form from which `survey.log.replay` makes the clean ones.

    Parameters
    ----------
    study, data
        As for `prepare`.

    Returns
    -------
    DataFrame
        Text or None; one row a response, counted from 1; a column for every item, variable, screening question and
        the id, under the names of the log. It holds answers of persons: for checks, never for a report.
    """
    loaded = _loaded(study, data)
    work = _cleaned(loaded, raw_file(loaded), _beside(loaded))
    return as_text(pd.DataFrame(work.received(), index=range(1, len(work.table.lines) + 1), dtype=object))


def check(study: Study | str | Path, *, data: str | Path | None = None) -> tuple[Problem, ...]:
    """List everything that is wrong with a study's page, file and values, without stopping and without writing.

    Parameters
    ----------
    study, data
        As for `prepare`.

    Returns
    -------
    tuple of Problem
        Empty when `prepare` would succeed and every further table can be read.
    """
    return tuple(found for error in faults(study, data=data) for found in error.problems)


def faults(study: Study | str | Path, *, data: str | Path | None = None) -> tuple[AnalysisError, ...]:
    """What is wrong with a study as errors of their kinds: of the page first, then of the answers, then of its tables.

    Parameters
    ----------
    study, data
        As for `prepare`. With a page that is wrong the answers are held against those of its parts that are sound.

    Returns
    -------
    tuple of AnalysisError
        StudyError, DataError or IntegrityError, none of them raised.
    """
    found: list[AnalysisError] = []
    loaded: Study | None
    if isinstance(study, Study):
        loaded = _loaded(study, data)
    else:
        try:
            loaded, problems = examined(study, data=data)
        except AnalysisError as error:
            return (error,)
        found += [StudyError(*problems)] if problems else []
    if loaded is not None:
        found += _wrong_answers(loaded)
        found += _wrong_tables(loaded)
    return tuple(found)


def _wrong_answers(study: Study) -> tuple[AnalysisError, ...]:
    if study.responses is None:
        return ()
    try:
        problems = _cleaned(study, raw_file(study), _beside(study)).problems
    except AnalysisError as error:
        return (error,)
    return (DataError(*problems),) if problems else ()


def personal(study: Study) -> tuple[Caution, ...]:
    """Cautions on columns that hold personal data, also where the file has other problems.

    Parameters
    ----------
    study : Study
        Its file of answers is read; where it cannot be, there is nothing to say.
    """
    if study.responses is None:
        return ()
    try:
        table = with_warnings(study, understood(read(raw_file(study), study.answers)))
    except AnalysisError:
        return ()
    return tuple(note for note in table.notes if note.code.startswith("personal."))


def _wrong_tables(study: Study) -> tuple[AnalysisError, ...]:
    try:
        load_tables(study)
    except AnalysisError as error:
        return (error,)
    return ()


def identities(responses: Responses) -> tuple[str, ...]:
    """What stands for each respondent: the id of the file, or the file and the place in it where there is none.

    Parameters
    ----------
    responses : Responses
        From `prepare`; the file is read again, because ids are not kept.

    Returns
    -------
    tuple of str
        One for each row; never shown, only the ground of keyed digests.

    Raises
    ------
    IntegrityError
        ``data.changed_while_reading``: the file is no longer the one that was cleaned.
    """
    study = responses.study
    raw = raw_file(study)
    if (raw.name, raw.sha256) != responses.inputs[0]:
        raise IntegrityError(problem("data.changed_while_reading", Place(file=raw.name)))
    table = _table(study, raw, _beside(study))
    at = match_columns(study, table).of.get(ID)
    if at is None:
        return tuple(f"{raw.sha256}:{row}" for row in responses.rows)
    told = table.cells[at].tolist()
    return tuple(fold(shown(told[row - 1])) for row in responses.rows)


def fingerprint(study: Study, inputs: tuple[tuple[str, str], ...]) -> str:
    """Hash of a page with its items and of the files that were read.

    Parameters
    ----------
    study : Study
        Its own fingerprint covers page and items.
    inputs : tuple of (name, sha256)
        The files.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    parts = [study.fingerprint, *(f"{name} {sha256}" for name, sha256 in inputs)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _loaded(study: Study | str | Path, data: str | Path | None) -> Study:
    if not isinstance(study, Study):
        return load_study(study, data=data)
    return study if data is None else replace(study, data_folder=Path(data).absolute())


def _cleaned(study: Study, raw: RawFile, beside: Mapping[str, RawFile]) -> Work:
    by_hand, problems = _by_hand(study, beside)
    work = clean(study, with_warnings(study, _table(study, raw, beside)), by_hand)
    work.problems[:0] = problems
    for each in (raw, *beside.values()):
        unchanged(study, each)
    return work


def _table(study: Study, raw: RawFile, beside: Mapping[str, RawFile]) -> RawTable:
    """The file of answers as read, with what its tool's questionnaire says of it."""
    forms = [beside[role] for role in ("form", "choices") if role in beside]
    return understood(read(raw, study.answers), form_of(form_tables(tuple(forms))) if forms else None)


def _crosswalk(study: Study) -> tuple[RawFile, ...]:
    """The table of units, where names of units are resolved through it."""
    used = any(variable.valid_on for variable in study.variables.values()) and "units" in study.tables
    return (taken(study, study.tables["units"].file, None),) if used else ()


def _beside(study: Study) -> dict[str, RawFile]:
    """The files that speak of the answers: the tool's own questionnaire, corrections, the survey team's log."""
    log = study.cleaning.log
    names = {"form": study.answers.form, "choices": study.answers.choices, "log": log.file if log else None}
    if (study.data_folder / CORRECTIONS).is_file():
        names["corrections"] = CORRECTIONS
    return {role: taken(study, name, None) for role, name in names.items() if name is not None}


def _by_hand(study: Study, beside: Mapping[str, RawFile]) -> tuple[ByHand, list[Problem]]:
    """What was changed by hand, and all that is wrong with the files that say so."""
    found = NOTHING
    problems: list[Problem] = []
    try:
        if "corrections" in beside:
            found = replace(found, corrections=read_corrections(beside["corrections"]))
    except DataError as error:
        problems += error.problems
    try:
        if study.cleaning.log is not None:
            entries, idle = read_log(beside["log"], study.cleaning.log)
            found = replace(found, log=entries, idle=idle)
    except DataError as error:
        problems += error.problems
    return found, problems


def plain_frame(work: Work) -> pd.DataFrame:
    """Clean cells of the responses kept, in the page's order, as plain numbers and text."""
    numbers = {*work.items, *(code for code in work.variables if work.study.variables[code].kind == "number")}
    columns: dict[str, Any] = {
        code: work.cells[code].numbers(work.kept)
        if code in numbers
        else pd.array(work.cells[code].taken(work.kept), dtype="str")
        for code in (*work.items, *work.variables)
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(len(work.kept)), copy=False)


def _seconds(work: Work) -> tuple[float | None, ...]:
    return tuple(work.seconds.get(row) for row in work.kept.tolist()) if work.seconds else ()


def typed(cells: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Categories in their declared order, and the scores beside the answers."""
    columns: dict[str, Any] = {code: cells[code].array for code in study.items}
    for code, variable in study.variables.items():
        if variable.kind == "number":
            columns[code] = cells[code].array
        else:
            kind = pd.CategoricalDtype(list(variable.levels), ordered=variable.kind == "ordered")
            columns[code] = cells[code].astype(kind).array
    for name, score in scores(cells, study).items():
        columns[str(name)] = score.array
    return pd.DataFrame(columns, index=cells.index)
