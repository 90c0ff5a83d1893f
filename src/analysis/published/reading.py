"""Files of printed tables as they come: any order of columns, any usual heading, every doubtful cell named."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import DataError, Place, Problem, problem
from ..study import ResponsesFile
from ..survey.raw import MAX_BYTES, RawFile
from ..survey.read import RawTable, read
from . import docx
from .formulas import Cells
from .headings import TEXT, column, kind_of, plain, schemas
from .printed import blank, printed

SUFFIXES = (".csv", ".xlsx", ".docx")
_LABELS = ("row", "item", "variable", "term", "scale")


@dataclass(frozen=True)
class ReadTable:
    """Rows of one kind from one file (one sheet, one table of a document)."""

    kind: str | None  # None: its columns belong to no kind that can be checked
    rows: tuple[Cells, ...]
    file: str
    problems: tuple[Problem, ...] = ()  # cells that hold something that is no number


@dataclass(frozen=True)
class Reading:
    """What was read from files and folders."""

    tables: tuple[ReadTable, ...] = ()
    unreadable: tuple[Problem, ...] = ()  # files, sheets, tables that could not be read at all
    passed_over: tuple[str, ...] = field(default=())  # files of a folder that hold no printed table

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Cells that say something that is no number, in the order of the files."""
        return tuple(each for table in self.tables for each in table.problems)

    @property
    def by_kind(self) -> dict[str, list[Cells]]:
        """Rows by kind, as `audit` takes them."""
        found: dict[str, list[Cells]] = {}
        for table in self.tables:
            if table.kind is not None:
                found.setdefault(table.kind, []).extend(table.rows)
        return found

    @property
    def unknown(self) -> tuple[str, ...]:
        """Names of tables whose columns belong to no kind."""
        known = {str(row["table_id"]) for rows in self.by_kind.values() for row in rows}
        names = dict.fromkeys(str(row["table_id"]) for table in self.tables if table.kind is None for row in table.rows)
        return tuple(name for name in names if name not in known)


def read_tables(*paths: Path | str) -> Reading:
    """Read printed tables from files and folders.

    Parameters
    ----------
    *paths : Path
        ``.csv``, ``.xlsx`` (every sheet) and ``.docx`` (every table that has the usual shape), or folders of them.

    Returns
    -------
    Reading
        A file is of the kind whose columns it has, in any order, under their own names or under the Vietnamese and
        English headings of SPSS. Without a column ``table_id`` a table bears the name of its file and sheet. Files of a
        folder without any printed table are passed over and named; of a file that is named itself that is a problem.

    Examples
    --------
    >>> read_tables("nowhere.csv").unreadable[0].code
    'published.absent'
    """
    found = Reading()
    for path in map(Path, paths):
        if path.is_dir():
            files = sorted(each for each in path.iterdir() if each.suffix.lower() in SUFFIXES and each.is_file())
            if not files:
                found = replace(
                    found, unreadable=(*found.unreadable, problem("published.no_files", Place(file=str(path))))
                )
            for each in files:
                found = _with(found, each, asked=False)
        else:
            found = _with(found, path, asked=True)
    return found


def _with(found: Reading, path: Path, *, asked: bool) -> Reading:
    try:
        tables = tuple(_file(path))
    except DataError as error:
        return replace(found, unreadable=(*found.unreadable, *error.problems))
    if tables:
        return replace(found, tables=(*found.tables, *tables))
    if asked:
        return replace(found, unreadable=(*found.unreadable, problem("published.no_table", Place(file=path.name))))
    return replace(found, passed_over=(*found.passed_over, path.name))


def _file(path: Path) -> Iterator[ReadTable]:
    place = Place(file=path.name)
    suffix = path.suffix.lower()
    if not path.is_file():
        raise DataError(problem("published.absent", place))
    if suffix not in SUFFIXES:
        raise DataError(problem("published.format", place, value=suffix, allowed=SUFFIXES))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(problem("data.file_too_large", place, limit=MAX_BYTES, found=path.stat().st_size))
        content = path.read_bytes()
    except OSError:
        raise DataError(problem("data.unreadable", place)) from None
    raw = RawFile(path.name, content, hashlib.sha256(content).hexdigest())
    if suffix == ".docx":
        yield from _document(raw)
        return
    for table in _sheets(raw):
        each = _table(table, path.stem if table.sheet is None else f"{path.stem} {table.sheet}")
        if each is not None:
            yield each


def _sheets(raw: RawFile) -> Iterator[RawTable]:
    """The table of a csv file; of a workbook every sheet that holds anything."""
    if raw.suffix != ".xlsx":
        yield read(raw, ResponsesFile(raw.name))
        return
    first = read(raw, ResponsesFile(raw.name))
    for name in _sheet_names(raw):
        try:
            yield first if name == first.sheet else read(raw, ResponsesFile(raw.name, sheet=name))
        except DataError as error:
            if error.code not in ("data.file_empty", "data.no_rows"):
                raise


def _sheet_names(raw: RawFile) -> Sequence[str]:
    import io

    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_filelike(io.BytesIO(raw.content)).sheet_names


def _table(table: RawTable, name: str) -> ReadTable | None:
    headings = [heading.strip() for heading in table.headers]
    if _is_matrix(table):
        return _from_matrix(table, name)
    kind = kind_of(headings, name)
    named = any(column(heading) == "table_id" for heading in headings)
    if kind is None and not named:
        return None
    names = [column(heading, kind) or heading for heading in headings]
    rows = []
    twice = dict.fromkeys(each for each in names if each and names.count(each) > 1)
    problems = [problem("table.column_twice", table.header_place(), name=each) for each in twice]
    last = name
    for at in range(len(table.lines)):
        cells: dict[str, str | None] = {}
        for place, each in enumerate(names):
            value = table.cells.iat[at, place]
            cells.setdefault(each, _text(value))
            if kind is not None and each not in TEXT and each in schemas()[kind] and not _readable(value):
                slots = {"value": str(value)[:80], "name": each}
                problems.append(problem("published.not_a_number", table.place(at, place), **slots))
        if not any(cells.values()):
            continue
        last = cells["table_id"] = cells.get("table_id") or last
        rows.append(cells)
    return ReadTable(kind, tuple(rows), table.file, tuple(problems))


def _text(value: object) -> str | None:
    """A cell as it would be printed; nothing for an empty one."""
    if blank(value) and str(value).strip() != ".":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _readable(value: object) -> bool:
    return blank(value) or printed(value) is not None


# ---- matrices as they are printed: one row and one column a variable -----------------------------------------------


def _is_matrix(table: RawTable) -> bool:
    """Whether the columns beside the labels are the rows' own names."""
    return _matrix_columns(table) is not None


def _matrix_columns(table: RawTable) -> tuple[int, dict[str, int]] | None:
    headings = [plain(heading) for heading in table.headers]
    for at in range(min(3, len(headings))):
        labels = [plain(cell) for cell in table.cells.iloc[:, at] if cell is not None]
        across = {label: headings.index(label) for label in labels if label and label in headings}
        if len(labels) >= 2 and len(set(labels)) == len(labels) == len(across):
            return at, across
    return None


def _from_matrix(table: RawTable, name: str) -> ReadTable:
    found = _matrix_columns(table)
    labels, across = found if found is not None else (0, {})
    sizes = next(
        (at for at, heading in enumerate(table.headers) if column(heading) == "n" and plain(heading) not in across),
        None,
    )
    names = next((at for at, heading in enumerate(table.headers) if column(heading) == "table_id"), None)
    rows, problems = [], []
    for at in range(len(table.lines)):
        for place in across.values():
            value = table.cells.iat[at, place]
            if blank(value):
                continue
            if printed(value) is None:
                slots = {"value": str(value)[:80], "name": table.headers[place]}
                problems.append(problem("published.not_a_number", table.place(at, place), **slots))
            rows.append(
                {
                    "table_id": name if names is None else _text(table.cells.iat[at, names]) or name,
                    "row": str(table.cells.iat[at, labels]).strip(), "col": table.headers[place].strip(),
                    "r": _text(value), "n": None if sizes is None else _text(table.cells.iat[at, sizes]),
                }
            )  # fmt: skip
    return ReadTable("correlations", tuple(rows), table.file, tuple(problems))


def _document(raw: RawFile) -> Iterator[ReadTable]:
    """Tables of a document that have the usual shape; others are no printed results and are left alone."""
    for each in docx.tables(raw):
        yield from (ReadTable(part.kind, part.rows, raw.name, part.problems) for part in docx.understood(each))
