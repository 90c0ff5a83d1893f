"""Clean answers kept on disk by content: same page, file and package, same bytes; anything else is rebuilt."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import cast

import pandas as pd

from ..study import Study
from .column import objects
from .log import CleaningLog, cautions_from
from .log_csv import rows_from_csv
from .log_rows import Ids, Kind, LogRow, LogRows

_FLOORS = ("study", "survey")
_READERS = ("pandas", "pyarrow", "python-calamine", "pyreadstat")
_META = b"analysis"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept: clean cells before scoring, the log, and each row's place in the file."""

    cells: pd.DataFrame
    log: CleaningLog
    rows: tuple[int, ...]
    seconds: tuple[float | None, ...] = ()  # how long each response took; empty where the page does not say


@dataclass(frozen=True, slots=True)
class Entry:
    """Where the result of one combination of page, file and package is kept."""

    folder: Path
    key: str

    @property
    def cells(self) -> Path:
        """The file of clean answers."""
        return self.folder / f"responses-{self.key[:16]}.parquet"

    @property
    def log(self) -> Path:
        """The cleaning log beside it, for people."""
        return self.folder / f"cleaning_log-{self.key[:16]}.csv"

    @property
    def lines(self) -> Path:
        """The lines of the log by column, as they are read again: no text is parsed."""
        return self.folder / f"cleaning_log-{self.key[:16]}.parquet"


def entry(study: Study, fingerprint: str) -> Entry:
    """Where a study's clean answers are kept.

    Parameters
    ----------
    study : Study
        A study in `data/raw` is kept in `data/processed`; any other in a folder `processed` of its own.
    fingerprint : str
        Of page, items and files.

    Returns
    -------
    Entry
        Its key also covers the source of this package's study and survey floors and the versions of the readers.
    """
    key = hashlib.sha256(f"{fingerprint}\n{_package()}".encode()).hexdigest()
    return Entry(processed(study), key)


def processed(study: Study) -> Path:
    """Where all that is built from a study's files is kept: never passed on, never tracked by git."""
    beside = study.folder.parent
    return beside.parent / "processed" / study.folder.name if beside.name == "raw" else study.folder / "processed"


@cache
def _package() -> str:
    """Hash of the code that makes the clean answers."""
    root = Path(__file__).resolve().parent.parent
    kinds = (".py", ".yml", ".csv", ".txt")
    files = sorted(file for floor in _FLOORS for file in (root / floor).rglob("*") if file.suffix in kinds)
    parts = [f"{file.relative_to(root).as_posix()} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files]
    parts += [f"{name} {version(name)}" for name in _READERS]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def load(place: Entry) -> Kept | None:
    """What is kept at `place`; None when there is nothing or when it is damaged.

    Parameters
    ----------
    place : Entry
        From `entry`.

    Returns
    -------
    Kept or None
        Only what was written whole: the hashes of both forms of the log stand in the file of answers, whose pages
        carry checksums.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        table = pq.read_table(place.cells, page_checksum_verification=True, memory_map=False)
        lines = place.lines.read_bytes()
        meta = json.loads((table.schema.metadata or {})[_META])
        found = (place.key, *(hashlib.sha256(each).hexdigest() for each in (place.log.read_bytes(), lines)))
        if found != (meta["key"], meta["log_sha256"], meta["lines_sha256"]):
            return None
        reading, notes = cautions_from(meta["reading"]), cautions_from(meta["notes"])
        rows = _rows(lines)
        log = CleaningLog(rows, meta["received"], meta["kept"], tuple(meta["unused"]), reading, notes)
    except (pa.ArrowException, OSError, ValueError, KeyError):
        return None
    return Kept(table.to_pandas(), log, tuple(meta["rows"]), tuple(meta["seconds"]))


def save(place: Entry, kept: Kept) -> None:
    """Keep clean answers and their log; a place that cannot be written is left alone.

    Parameters
    ----------
    place : Entry
        From `entry`; older results of the same study are removed.
    kept : Kept
        What `load` will give back.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    text, lines = kept.log.to_csv().encode(), _lines(kept.log.rows)
    meta = {
        "key": place.key,
        "log_sha256": hashlib.sha256(text).hexdigest(),
        "lines_sha256": hashlib.sha256(lines).hexdigest(),
        "received": kept.log.received,
        "kept": kept.log.kept,
        "unused": kept.log.unused,
        "reading": [asdict(each) for each in kept.log.reading],
        "notes": [asdict(each) for each in kept.log.notes],
        "rows": kept.rows,
        "seconds": kept.seconds,
    }
    table = pa.Table.from_pandas(kept.cells, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), _META: json.dumps(meta).encode()})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        replace_file(place.log, text)
        replace_file(place.lines, lines)
        replace_file(place.cells, cast(bytes, sink.getvalue().to_pybytes()))
        for old in (*place.folder.glob("responses-*.parquet"), *place.folder.glob("cleaning_log-*")):
            if old not in (place.cells, place.log, place.lines):
                old.unlink(missing_ok=True)
    except OSError:  # read-only or full: the result is simply computed again next time
        return


def _lines(rows: Sequence[LogRow]) -> bytes:
    """A log by column: what lines share in the description of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    by_column = rows if isinstance(rows, LogRows) else rows_from_csv(CleaningLog(rows, 0, 0).to_csv())
    about = {"kinds": by_column.kinds, "ids": by_column.ids.of.tolist(), "first": by_column.ids.first}
    table = pa.table({"kind": by_column.which, "row": by_column.row, "line": by_column.line})
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({_META: json.dumps(about).encode()}), sink, compression="zstd")
    return cast(bytes, sink.getvalue().to_pybytes())


def _rows(content: bytes) -> LogRows:
    """What `_lines` wrote."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(content))
    about = json.loads(table.schema.metadata[_META])
    which, row, line = (column.to_numpy() for column in table.columns)
    return LogRows(
        tuple(Kind(*each) for each in about["kinds"]), which, row, line, Ids(objects(about["ids"]), about["first"])
    )


def replace_file(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
