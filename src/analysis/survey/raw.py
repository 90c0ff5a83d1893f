"""A file as received: its bytes, read once and never written, and its place in the study's folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import DataError, IntegrityError, Place, StudyError, problem
from ..study import Study
from ..study.find import escapes

MAX_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class RawFile:
    """The bytes of a file as received; all that follows works on them, not on the file."""

    name: str  # relative to the study's folder
    content: bytes = field(repr=False)
    sha256: str

    @property
    def suffix(self) -> str:
        """The format by its name: ``".csv"``."""
        return Path(self.name).suffix.lower()


def raw_file(study: Study) -> RawFile:
    """Take the study's file of answers into memory and hold it against its declared sha256.

    Parameters
    ----------
    study : Study
        Declares file, folder and, through its source, the sha256.

    Returns
    -------
    RawFile
        What is analysed.

    Raises
    ------
    StudyError
        ``study.path_outside``: the name leads out of the folder.
    DataError
        ``study.no_responses``, ``data.file_absent…``, ``data.unreadable``, ``data.file_too_large``.
    IntegrityError
        ``data.sha256``: not the file that the page declares.
    """
    source = study.sources.get(study.answers.source or "")
    absent = "data.file_absent_download" if source and source.download else "data.file_absent"
    return taken(study, study.answers.file, source.sha256 if source else None, absent)


def taken(study: Study, name: str, sha256: str | None, absent: str = "data.table_absent") -> RawFile:
    """Take any declared file of a study into memory; errors as `raw_file` raises them.

    Parameters
    ----------
    study : Study
        Where the file lies.
    name : str
        As the page declares it.
    sha256 : str or None
        Declared hash, if there is one.
    absent : str
        Code of the problem when there is no such file.
    """
    if escapes(name, study.data_folder):
        raise StudyError(problem("study.path_outside", Place(file="study.yml"), path=name))
    content = _content(study, name, absent)
    raw = RawFile(name, content, hashlib.sha256(content).hexdigest())
    if sha256 and sha256 != raw.sha256:
        raise IntegrityError(problem("data.sha256", Place(file=name), expected=sha256, found=raw.sha256))
    return raw


def whole_file(path: Path) -> RawFile:
    """Take a file that no page declares yet into memory, under its own name.

    Parameters
    ----------
    path : Path
        Anywhere.

    Raises
    ------
    DataError
        ``data.not_there``, ``data.unreadable``, ``data.file_too_large``.
    """
    if not path.is_file():
        raise DataError(problem("data.not_there", Place(file=path.name)))
    content = _bytes(path, Place(file=path.name))
    return RawFile(path.name, content, hashlib.sha256(content).hexdigest())


def unchanged(study: Study, raw: RawFile) -> None:
    """Refuse when the file on disk is no longer the one that was read.

    Parameters
    ----------
    study : Study
        Where the file lies.
    raw : RawFile
        What was read.

    Raises
    ------
    IntegrityError
        ``data.changed_while_reading``.
    """
    path = study.data_folder / raw.name
    try:
        now = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        now = ""
    if now != raw.sha256:
        raise IntegrityError(problem("data.changed_while_reading", Place(file=raw.name)))


def _content(study: Study, name: str, absent: str) -> bytes:
    place, path = Place(file=name), study.data_folder / name
    if not path.is_file():
        raise DataError(problem(absent, place, study=study.id))
    return _bytes(path, place)


def _bytes(path: Path, place: Place) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(problem("data.file_too_large", place, limit=MAX_BYTES, found=path.stat().st_size))
        return path.read_bytes()
    except OSError:
        raise DataError(problem("data.unreadable", place)) from None
