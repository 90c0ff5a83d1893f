"""A csv file too large to be held whole, cleaned part by part: memory depends on the part, not on the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ..errors import DataError, IntegrityError, Place, StudyError, problem
from ..study import Study, load_study
from ..study.find import escapes
from .by_hand import CORRECTIONS
from .clean import Part, Work, clean
from .columns import ID, match_columns
from .log import CleaningLog
from .read.csv_parts import Piece, pieces
from .responses import plain_frame, typed
from .text import fold, shown

SIZE = 1 << 23  # bytes of a part


@dataclass(frozen=True, eq=False)
class Cleaned:
    """Consecutive responses of a file, as `prepare` would clean them, and the log of what was changed in them."""

    frame: pd.DataFrame
    log: CleaningLog
    rows: tuple[int, ...]  # response in the file, counted from 1, of every row of the frame


def parts(study: Study | str | Path, *, data: str | Path | None = None, size: int = SIZE) -> Iterator[Cleaned]:
    """Clean the answers of a csv file part by part.

    Parameters
    ----------
    study, data
        As for `prepare`; the file may be of any size.
    size : int
        Bytes that are read at once.

    Yields
    ------
    Cleaned
        Consecutive parts. Joined, their frames are the frame of `prepare`.

    Raises
    ------
    DataError
        As `prepare`, with everything that is wrong in the first part where anything is; ``data.not_in_parts``: the
        file is no csv, or the page has a rule that needs all responses at once (keep first, keep
        last, speed, changes by hand).
    IntegrityError
        ``data.sha256``: after the last part, where the file is not the declared one.

    Notes
    -----
    Encoding, delimiter and decimal sign are those of the page or of the first part; an encoding other than UTF-8 must
    be declared. A text in an encoding older than Unicode inside UTF-8 is not looked for.
    """
    loaded = load_study(study, data=data) if not isinstance(study, Study) else study
    path = _file(loaded)
    seen: dict[int, int] = {}
    source = loaded.sources.get(loaded.answers.source or "")
    declared = source.sha256 if source else None
    digest = hashlib.sha256()
    first, columns = 0, None
    for piece in pieces(path, loaded.answers, size, digest.update if declared else None):
        columns = columns or match_columns(loaded, piece.table)
        work = _cleaned(loaded, piece, Part(piece.cells, first, columns), seen)
        if work.problems:
            raise DataError(*work.problems)
        yield Cleaned(typed(plain_frame(work), loaded), work.log(), tuple((work.kept + first + 1).tolist()))
        first += len(piece.table.lines)
    if declared and declared != digest.hexdigest():
        place = Place(file=loaded.answers.file)
        raise IntegrityError(problem("data.sha256", place, expected=declared, found=digest.hexdigest()))


def _cleaned(study: Study, piece: Piece, part: Part, seen: dict[int, int]) -> Work:
    work = clean(study, piece.table, part=part)
    if ID in work.cells and not work.problems:
        _again(work, seen)
    return work


def _again(work: Work, seen: dict[int, int]) -> None:
    """Refuse ids of earlier parts; of each only a number of 64 bits and its line are kept."""
    for row, value in work.answers(ID):
        key = int.from_bytes(hashlib.blake2b(fold(shown(value)).encode(), digest_size=8).digest(), "little")
        line = work.table.lines[row]
        if key in seen:
            first = f"{work.table.prefix(work.columns[ID])}{seen[key]}"
            work.problems.append(problem("data.duplicate_id", work.place(row, ID), value=shown(value), first=first))
        seen[key] = line


def _file(study: Study) -> Path:
    name = study.answers.file
    place = Place(file=name)
    if escapes(name, study.data_folder):
        raise StudyError(problem("study.path_outside", Place(file="study.yml"), path=name))
    path = study.data_folder / name
    if not path.is_file():
        raise DataError(problem("data.file_absent", place, study=study.id))
    rules = study.cleaning
    whole = (
        rules.duplicate_id != "error", rules.duplicate_answers != "keep", rules.speed is not None,
        rules.log is not None, (study.data_folder / CORRECTIONS).is_file(),
    )  # fmt: skip
    if path.suffix.lower() not in (".csv", ".tsv", ".tab", ".txt") or any(whole):
        raise DataError(problem("data.not_in_parts", place))
    return path
