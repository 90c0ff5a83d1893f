"""From a study page to responses that can be analysed: read, cleaned, scored, on record, cached by content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from ..errors import AnalysisError, DataError, Problem, StudyError
from ..study import Study, load_study
from ..study.study import examined
from . import cache as stored
from .clean import Work, clean
from .exports import understood
from .exports.form import form_of
from .log import CleaningLog
from .raw import RawFile, raw_file, taken, unchanged
from .read import read
from .read.forms import form_tables
from .score import scores
from .tables import load_tables


@dataclass(frozen=True, eq=False)
class Responses:
    """Clean answers of a study: items, respondents' variables and scores of constructs, with the record of cleaning."""

    frame: pd.DataFrame  # one row a respondent; items and scores float64, variables categories or float64
    log: CleaningLog
    study: Study
    inputs: tuple[tuple[str, str], ...]  # file name and sha256 of everything that was read
    rows: tuple[int, ...]  # response in the file, counted from 1, of every row of the frame

    @property
    def received(self) -> int:
        """Responses in the file."""
        return self.log.received

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
    forms = _form_files(loaded)
    inputs = tuple((each.name, each.sha256) for each in (raw, *forms, *_crosswalk(loaded)))
    entry = stored.entry(loaded, fingerprint(loaded, inputs))
    kept = stored.load(entry) if cache else None
    if kept is None:
        work = _cleaned(loaded, raw, forms)
        if work.problems:
            raise DataError(*work.problems)
        kept = stored.Kept(_plain_frame(work), work.log(), tuple(row + 1 for row in work.kept))
        if cache:
            stored.save(entry, kept)
    return Responses(_typed(kept.cells, loaded), kept.log, loaded, inputs, kept.rows)


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
        problems = _cleaned(study, raw_file(study), _form_files(study)).problems
    except AnalysisError as error:
        return (error,)
    return (DataError(*problems),) if problems else ()


def _wrong_tables(study: Study) -> tuple[AnalysisError, ...]:
    try:
        load_tables(study)
    except AnalysisError as error:
        return (error,)
    return ()


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


def _cleaned(study: Study, raw: RawFile, forms: tuple[RawFile, ...]) -> Work:
    form = form_of(form_tables(forms)) if forms else None
    work = clean(study, understood(read(raw, study.answers), form))
    for each in (raw, *forms):
        unchanged(study, each)
    return work


def _crosswalk(study: Study) -> tuple[RawFile, ...]:
    """The table of units, where names of units are resolved through it."""
    used = any(variable.valid_on for variable in study.variables.values()) and "units" in study.tables
    return (taken(study, study.tables["units"].file, None),) if used else ()


def _form_files(study: Study) -> tuple[RawFile, ...]:
    """The tool's own questionnaire, where the page names it."""
    names = (study.answers.form, study.answers.choices)
    return tuple(taken(study, name, None) for name in names if name is not None)


def _plain_frame(work: Work) -> pd.DataFrame:
    """Clean cells of the responses kept, in the page's order, as plain numbers and text."""
    kept = {code: [work.cells[code][row] for row in work.kept] for code in (*work.items, *work.variables)}
    numbers = {*work.items, *(code for code in work.variables if work.study.variables[code].kind == "number")}
    return pd.DataFrame(
        {code: pd.Series(cells, dtype="float64" if code in numbers else "str") for code, cells in kept.items()}
    )


def _typed(cells: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Categories in their declared order, and the scores beside the answers."""
    columns = {code: cells[code] for code in study.items}
    for code, variable in study.variables.items():
        if variable.kind == "number":
            columns[code] = cells[code]
        else:
            kind = pd.CategoricalDtype(list(variable.levels), ordered=variable.kind == "ordered")
            columns[code] = cells[code].astype(kind)
    return pd.concat([pd.DataFrame(columns), scores(cells, study)], axis=1)
