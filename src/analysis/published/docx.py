"""Printed results inside a Word document: its tables as grids, and the usual ones of SPSS as rows of their kind."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from ..errors import DataError, Place, Problem, problem
from ..survey.raw import RawFile
from .formulas import Cells
from .headings import TEXT, column, kind_of, plain, schemas
from .printed import blank, printed

MAX_PARTS, MAX_BYTES, MAX_RATIO, MAX_DEPTH = 5_000, 100_000_000, 200, 256
_SMALL = 100_000
_PART = "word/document.xml"
_CAPTION = re.compile(
    r"^\s*((?:bảng|bang|table)(?:\s+số)?\s*[\dIVX]+(?:[.\-]\d+)*[a-z]?)\s*[.:–-]?\s*(.*)$", re.IGNORECASE
)
_ALPHA = re.compile(r"alpha\b[^\d=:]{0,40}[=:]?\s*(\d?[.,]\d{2,4})", re.IGNORECASE)
_SCALE_ENDS = re.compile(r"(?:hệ số\s*)?(?:cronbach|alpha\b)", re.IGNORECASE)
_SIZE = re.compile(r"\b(?:n|N)\s*=\s*(\d{2,6})\b")


@dataclass(frozen=True)
class Grid:
    """One table of a document: cells by row and column, merged ones repeated, and the words above it."""

    file: str
    number: int  # counted from 1
    caption: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The number of its caption ("Bảng 4.5"), else its place in the document."""
        match = _CAPTION.match(self.caption)
        return " ".join(match[1].split()) if match else f"{self.file} #{self.number}"

    @property
    def title(self) -> str:
        """What its caption says of it."""
        match = _CAPTION.match(self.caption)
        return match[2].strip() if match else ""

    def place(self, row: int, at: int) -> Place:
        """Where a cell stands, as table, row and column counted from 1."""
        return Place(file=self.file, sheet=self.name, cell=f"R{row + 1}C{at + 1}")


@dataclass(frozen=True)
class Part:
    """Rows of one kind that a table of a document holds."""

    kind: str
    rows: tuple[Cells, ...]
    problems: tuple[Problem, ...] = ()


def tables(raw: RawFile) -> tuple[Grid, ...]:
    """Every table of a Word document.

    Parameters
    ----------
    raw : RawFile
        The bytes of a ``.docx``.

    Returns
    -------
    tuple of Grid
        Tables inside cells of tables belong to those cells.

    Raises
    ------
    DataError
        ``data.unreadable``: no Word document, or one with a document type (entities can grow without limit), or nested
        beyond reason; ``data.too_many_…``: it would unpack to too much.
    """
    reader = _Reader(raw.name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refused
    try:
        parser.Parse(_content(raw), True)
    except (expat.ExpatError, _Refused):
        raise DataError(problem("data.unreadable", Place(file=raw.name))) from None
    return tuple(reader.found)


class _Refused(Exception):  # noqa: N818
    """Something that no word processor writes."""


def _refused(*_: object) -> None:
    raise _Refused


def _content(raw: RawFile) -> bytes:
    place = Place(file=raw.name)
    try:
        with zipfile.ZipFile(io.BytesIO(raw.content)) as archive:
            parts = archive.infolist()
            part = archive.getinfo(_PART)
            for what, found, limit in (
                ("parts", len(parts), MAX_PARTS),
                ("bytes", part.file_size, MAX_BYTES),
                ("ratio", part.file_size // max(part.compress_size, 1) if part.file_size > _SMALL else 0, MAX_RATIO),
            ):
                if found > limit:
                    raise DataError(problem(f"data.too_many_{what}", place, limit=limit, found=found))
            with archive.open(part) as stream:
                return stream.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, KeyError):
        raise DataError(problem("data.unreadable", place)) from None


@dataclass
class _Cell:
    words: list[str] = field(default_factory=list)
    span: int = 1
    continues: bool = False  # part of the cell above

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


@dataclass
class _Reader:
    """Builds grids from the elements of a document as they come."""

    file: str
    found: list[Grid] = field(default_factory=list)
    rows: list[list[_Cell]] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)
    depth: int = 0  # of tables in tables
    level: int = 0  # of elements
    writing: bool = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.level += 1
        if self.level > MAX_DEPTH:
            raise _Refused
        tag = name.rsplit(":", 1)[-1]
        value = next((text for key, text in attributes.items() if key.rsplit(":", 1)[-1] == "val"), "")
        if tag == "tbl":
            self.depth += 1
            if self.depth == 1:
                self.rows = []
        elif tag == "tr" and self.depth == 1:
            self.rows.append([])
        elif tag == "tc" and self.depth == 1 and self.rows:
            self.rows[-1].append(_Cell())
        elif tag == "gridSpan" and self.cell is not None and value.isdigit():
            self.cell.span = min(max(int(value), 1), 200)
        elif tag == "vMerge" and self.cell is not None:
            self.cell.continues = value != "restart"
        elif tag == "t":
            self.writing = True
        elif tag in ("tab", "br", "cr") or tag == "p":
            self.write(" ")

    def end(self, name: str) -> None:
        self.level -= 1
        tag = name.rsplit(":", 1)[-1]
        if tag == "t":
            self.writing = False
        elif tag == "tbl":
            self.depth -= 1
            if self.depth == 0:
                self.close()
        elif tag == "p" and self.depth == 0:
            words = " ".join("".join(self.paragraph).split())
            self.paragraph = []
            if words:
                self.above = [*self.above[-2:], words]

    def text(self, words: str) -> None:
        if self.writing:
            self.write(words)

    def write(self, words: str) -> None:
        if self.depth == 0:
            self.paragraph.append(words)
        elif self.cell is not None:
            self.cell.words.append(words)

    @property
    def cell(self) -> _Cell | None:
        """The cell that is being read, also from within a table inside it."""
        return self.rows[-1][-1] if self.depth and self.rows and self.rows[-1] else None

    def close(self) -> None:
        grid: list[list[str]] = []
        for row in self.rows:
            line: list[str] = []
            for cell in row:
                above = grid[-1][len(line)] if cell.continues and grid and len(line) < len(grid[-1]) else ""
                line.extend([above if cell.continues else cell.text] * cell.span)
            grid.append(line)
        width = max(map(len, grid), default=0)
        lines = tuple((*line, *[""] * (width - len(line))) for line in grid)
        caption = next(
            (words for words in reversed(self.above) if _CAPTION.match(words)), self.above[-1] if self.above else ""
        )
        if lines:
            self.found.append(Grid(self.file, len(self.found) + 1, caption, lines))
        self.above = []


# ---- what the tables are -------------------------------------------------------------------------------------------

_PARTS_OF_MODEL = {
    "regression": "reg", "hoi quy": "reg", "residual": "res", "phan du": "res", "total": "tot", "tong": "tot",
    "tong cong": "tot",
}  # fmt: skip
_PARTS_OF_ANOVA = {
    "between groups": "between", "giua cac nhom": "between", "giua nhom": "between",
    "within groups": "within", "trong noi bo nhom": "within", "trong cac nhom": "within", "noi bo nhom": "within",
    "trong nhom": "within", "total": "total", "tong": "total", "tong cong": "total",
}  # fmt: skip
_KMO = {
    "kaiser meyer olkin measure of sampling adequacy": "KMO", "he so kmo": "KMO", "kmo": "KMO", "chi so kmo": "KMO",
    "approx chi square": "bartlett_chi2", "gia tri chi binh phuong": "bartlett_chi2",
    "chi binh phuong": "bartlett_chi2", "chi square": "bartlett_chi2", "df": "df", "bac tu do": "df", "sig": "p",
    "muc y nghia": "p",
}  # fmt: skip


def understood(grid: Grid) -> Iterator[Part]:
    """The printed results that a table of a document holds; none where it has no usual shape.

    Parameters
    ----------
    grid : Grid
        As read.

    Returns
    -------
    iterator of Part
        Rows of a kind, with cells that hold no number where one belongs.
    """
    for shape in _SHAPES:
        found = shape(grid)
        if found is not None:
            yield found
            return


def _heads(grid: Grid) -> tuple[list[str], int]:
    """Headings of the columns, joined over the lines that hold no numbers, and how many lines they are."""
    lines = 0
    for row in grid.rows:
        cells = [cell for cell in row[1:] if cell]
        if lines and len(set(row)) == 1 and row[0]:  # a line of words across the whole table begins a part of it
            break
        if lines and cells == [str(at + 1) for at in range(len(cells))] and not row[0]:  # numbers of components
            lines += 1
            break
        if lines and sum(printed(cell) is not None for cell in cells) * 2 >= max(len(cells), 1) and cells:
            break
        lines += 1
        if lines == 4:
            break
    lines = min(lines, len(grid.rows))
    joined = []
    for at in range(len(grid.rows[0])):
        words = list(dict.fromkeys(grid.rows[line][at] for line in range(lines) if grid.rows[line][at]))
        joined.append(" ".join(words))
    return joined, lines


def _usual(grid: Grid) -> Part | None:
    """A table whose rows are cases and whose headings are columns of one kind."""
    heads, lines = _heads(grid)
    kind = kind_of(heads, grid.title)
    if kind is None or kind in ("correlations", "kmo"):
        return None
    names = [column(_last(head, kind), kind) or column(head, kind) for head in heads]
    if kind == "coefficients":
        names = _terms(names, grid, lines)
    if kind == "reliability":
        return _reliability(grid, names, lines)
    rows: list[Cells] = []
    problems: list[Problem] = []
    for at in range(lines, len(grid.rows)):
        cells = _cells(grid, names, at, kind, problems)
        if sum(printed(value) is not None for name, value in cells.items() if name not in TEXT):
            rows.append({"table_id": grid.name, **_stated(grid, kind), **cells})
    return Part(kind, tuple(rows), tuple(problems)) if rows else None


def _last(head: str, kind: str) -> str:
    """The whole heading where it is known; else its last words: "Hệ số chuẩn hóa Beta" is Beta."""
    words = head.split()
    for start in range(len(words)):
        if column(" ".join(words[start:]), kind) in schemas()[kind]:
            return " ".join(words[start:])
    return head


def _terms(names: list[str | None], grid: Grid, lines: int) -> list[str | None]:
    """Of the columns before the numbers the last one names the predictor (SPSS numbers the model before it)."""
    before = [at for at in range(len(names)) if names[at] in (None, "term", "model", "item")]
    wordy = [at for at in before if any(printed(row[at]) is None and row[at] for row in grid.rows[lines:])]
    found: list[str | None] = [None if at in before else name for at, name in enumerate(names)]
    if wordy:
        found[wordy[-1]] = "term"
    return found


def _cells(grid: Grid, names: Sequence[str | None], at: int, kind: str, problems: list[Problem]) -> dict[str, object]:
    cells: dict[str, object] = {}
    for place, name in enumerate(names):
        value = grid.rows[at][place]
        if name is None or name in cells or name not in schemas()[kind]:
            continue
        cells[name] = value or None
        if name not in TEXT and not blank(value) and printed(value) is None and any(map(printed, grid.rows[at])):
            problems.append(problem("published.not_a_number", grid.place(at, place), value=value[:80], name=name))
    return cells


def _stated(grid: Grid, kind: str) -> dict[str, object]:
    """What the caption states: n where a kind prints none in its rows."""
    match = _SIZE.search(grid.caption)
    return {"n": match[1]} if match and "n" in schemas()[kind] else {}


def _reliability(grid: Grid, names: list[str | None], lines: int) -> Part | None:
    """Item-total tables: lines of words between the items begin a scale and may state its alpha."""
    names = list(names)
    if "item" not in names:
        names[0] = "item"
    scale, alpha = grid.title or grid.name, _alpha_in(" ".join((grid.caption, *grid.rows[0])))
    rows: list[dict[str, object]] = []
    problems: list[Problem] = []
    for at, row in enumerate(grid.rows[lines:], lines):
        cells = _cells(grid, names, at, "reliability", problems)
        numbers = [value for name, value in cells.items() if name not in TEXT and printed(value) is not None]
        stated = _alpha_in(" ".join(dict.fromkeys(row)))
        if len(numbers) < 2:
            words = next((cell for cell in row if cell), "")
            if (
                stated is not None
                and rows
                and all(each.get("alpha") is None for each in rows if each["scale"] == scale)
                and not _begins(row)
            ):
                for each in rows:
                    each["alpha"] = stated if each["scale"] == scale else each["alpha"]
            elif words:
                scale, alpha = _SCALE_ENDS.split(words)[0].strip(" :,;-–(") or words, stated
            continue
        own = {name: value for name, value in cells.items() if name != "alpha"}
        alpha = alpha if alpha is not None else (str(cells["alpha"]) if printed(cells.get("alpha")) else None)
        rows.append({"table_id": grid.name, "scale": scale, "alpha": alpha, **own})
    return Part("reliability", tuple(rows), tuple(problems)) if rows else None


def _begins(row: Sequence[str]) -> bool:
    """Whether a line of words names a scale before it states an alpha."""
    words = plain(next((cell for cell in row if cell), ""))
    return not words.startswith(("cronbach", "he so cronbach", "alpha", "he so alpha"))


def _alpha_in(words: str) -> str | None:
    match = _ALPHA.search(words)
    return match[1] if match else None


def _kmo(grid: Grid) -> Part | None:
    """KMO and Bartlett: a heading at the left of every number."""
    found: dict[str, object] = {}
    for row in grid.rows:
        value = next((cell for cell in reversed(row) if printed(cell) is not None), None)
        name = next((_KMO[plain(cell)] for cell in reversed(row) if plain(cell) in _KMO), None)
        if value is not None and name is not None:
            found.setdefault(name, value)
    if not {"KMO", "bartlett_chi2"} <= set(found):
        return None
    return Part("kmo", ({"table_id": grid.name, **found},))


def _variances(grid: Grid) -> Part | None:
    """An analysis of variance, of a regression or of groups: three lines of sums of squares."""
    heads, lines = _heads(grid)
    names = [column(_tail(head)) for head in heads]
    if "SS" not in names or not {"df", "MS"} & set(names):
        return None
    found: dict[str, object] = {"table_id": grid.name}
    kind, parts = ("models", _PARTS_OF_MODEL) if any(
        plain(cell) in ("regression", "hoi quy", "phan du", "residual") for row in grid.rows for cell in row
    ) else ("anova", _PARTS_OF_ANOVA)  # fmt: skip
    factor = grid.title
    for row in grid.rows[lines:]:
        part = next((parts[plain(cell)] for cell in row if plain(cell) in parts), None)
        if part is None:
            continue
        for name, value in zip(names, row, strict=True):
            if name in ("SS", "df", "MS"):
                found.setdefault(f"{name}_{part}", value or None)
            elif name in ("F", "p") and value:
                found.setdefault(name, value)
    if len(found) < 4:
        return None
    return Part(kind, ({**found, **({"factor": factor} if kind == "anova" else {})},))


def _tail(head: str) -> str:
    words = head.split()
    return next((" ".join(words[at:]) for at in range(len(words)) if column(" ".join(words[at:]))), head)


def _matrix(grid: Grid) -> Part | None:
    """A correlation matrix: a line a variable, or three with Pearson's r, Sig. and N."""
    heads, lines = _heads(grid)
    lines = max(1, min(lines, len(grid.rows)))
    labels = [row[0] for row in grid.rows[lines:] if row[0]]
    names = list(dict.fromkeys(labels))
    across = {plain(name): at for name in names for at, head in enumerate(heads) if at and plain(head) == plain(name)}
    if len(across) < 2 or len(across) < len(names) - 1:
        return None
    cells: dict[tuple[str, str], dict[str, object]] = {}
    problems: list[Problem] = []
    for at, row in enumerate(grid.rows[lines:], lines):
        what = _what_of(row)
        for name in names:
            place = across.get(plain(name))
            if place is None or blank(row[place]) or not row[0]:
                continue
            cell = cells.setdefault((row[0], name), {"table_id": grid.name, "row": row[0], "col": name})
            cell[what] = row[place]
            if printed(row[place]) is None:
                problems.append(
                    problem("published.not_a_number", grid.place(at, place), value=row[place][:80], name=what)
                )
    stated = _stated(grid, "correlations")
    return Part("correlations", tuple({**stated, **cell} for cell in cells.values() if "r" in cell), tuple(problems))


def _what_of(row: Sequence[str]) -> str:
    words = plain(row[1]) if len(row) > 1 else ""
    if words.startswith(("sig", "muc y nghia", "p value", "gia tri p")):
        return "p"
    return "n" if words in ("n", "so quan sat") else "r"


def _loadings(grid: Grid) -> Part | None:
    """A rotated matrix: items down, components across, small loadings left out."""
    heads, lines = _heads(grid)
    across = [(at, head.split()[-1]) for at, head in enumerate(heads) if at and head and head.split()[-1].isdigit()]
    words = plain(" ".join((grid.caption, *heads)))
    if len(across) < 2 or not any(word in words for word in ("component", "nhan to", "thanh phan", "xoay", "factor")):
        return None
    rows: list[Cells] = []
    for row in grid.rows[lines:]:
        for at, block in across:
            if row[0] and printed(row[at]) is not None:
                rows.append({"table_id": grid.name, "item": row[0], "loading": row[at], "factor_block": block})
    return Part("loadings", tuple(rows)) if rows else None


_SHAPES: tuple[Callable[[Grid], Part | None], ...] = (_kmo, _variances, _matrix, _loadings, _usual)
