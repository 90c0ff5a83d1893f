"""What a reader sees, as data: numbers that know their record, paragraphs, tables, figures.

One model serves every surface. A notebook shows a block as text, HTML and (figures) PNG, and carries the block itself
under `MIME`; pages are built from those blocks, so that a page cannot differ from its notebook.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias

MIME = "application/vnd.phoyen.block+json"


@dataclass(frozen=True)
class Record:
    """A printed number as the ledger keeps it: unrounded, with its uncertainty, its rows and its function."""

    id: str
    statistic: str
    value: float | int
    n: int | None = None
    rule: str = ""
    method: str = ""
    function: str = ""
    se: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Number:
    """A record and the text under which one language prints it."""

    record: Record
    text: str


@dataclass(frozen=True)
class Citation:
    """Works cited, by their key in `rules/references.json`, and the text that stands for them."""

    cites: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Link:
    """Words that lead to an address: of the web, or of a file beside the page."""

    text: str
    href: str


@dataclass(frozen=True)
class Code:
    """A name as a program knows it."""

    code: str

    @property
    def text(self) -> str:
        """The name itself."""
        return self.code


@dataclass(frozen=True)
class Emphasis:
    """Words that a style sets apart: the title of a work."""

    emphasis: str

    @property
    def text(self) -> str:
        """The words."""
        return self.emphasis


Segment: TypeAlias = "str | Number | Citation | Link | Code | Emphasis"
Text: TypeAlias = "tuple[Segment, ...]"


@dataclass(frozen=True)
class Paragraph:
    """A sentence or more; `kind` tells a finding from a caution and from a note on method."""

    text: Text
    kind: Literal["finding", "caution", "note"] = "finding"


@dataclass(frozen=True)
class Narrative:
    """Paragraphs that belong together."""

    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Column:
    """A column of a printed table; `group` is the heading that spans it and its neighbours."""

    name: str
    title: str
    group: str = ""
    align: Literal["left", "right"] = "right"


@dataclass(frozen=True)
class TableRow:
    """Cells in column order; a `section` row holds one text that spans the table."""

    cells: tuple[Text, ...]
    section: bool = False


@dataclass(frozen=True)
class Table:
    """A printed table with caption, notes below it and its source line."""

    key: str
    caption: Text
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[Paragraph, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure as the data that it plots: `plot` names the drawing, `data` holds what is drawn."""

    key: str
    caption: Text
    alt: str
    plot: str
    data: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw: no rows, no points, no panels, no cells."""
        drawn = [self.data[name] for name in ("rows", "components", "panels", "matrix") if name in self.data]
        return bool(drawn) and not any(drawn)


Block: TypeAlias = "Narrative | Table | Figure"


def plain(text: Text) -> str:
    """The text as a reader sees it."""
    return "".join(part if isinstance(part, str) else part.text for part in text)


def texts(block: Block) -> Iterator[Text]:
    """Every text of a block, in reading order."""
    if isinstance(block, Narrative):
        yield from (paragraph.text for paragraph in block.paragraphs)
        return
    yield block.caption
    if isinstance(block, Table):
        for row in block.rows:
            yield from row.cells
        yield from (note.text for note in block.notes)


def citations(block: Block) -> Iterator[Citation]:
    """Every citation of a block, in reading order."""
    for text in texts(block):
        yield from (part for part in text if isinstance(part, Citation))


def numbers(block: Block) -> Iterator[Number]:
    """Every number of a block, in reading order."""
    for text in texts(block):
        yield from (part for part in text if isinstance(part, Number))


def to_json(block: Block) -> dict[str, Any]:
    """The block as JSON; `from_json` gives an equal block back."""
    return {"block": type(block).__name__, **_bare(asdict(block))}


def from_json(data: Mapping[str, Any]) -> Block:
    """The block that `to_json` wrote."""
    if data["block"] == "Narrative":
        return Narrative(_paragraphs(data["paragraphs"]))
    if data["block"] == "Figure":
        return Figure(data["key"], _text(data["caption"]), data["alt"], data["plot"], data["data"], data["source"])
    return Table(
        data["key"],
        _text(data["caption"]),
        tuple(Column(**column) for column in data["columns"]),
        tuple(TableRow(tuple(map(_text, row["cells"])), row["section"]) for row in data["rows"]),
        _paragraphs(data["notes"]),
        data["source"],
    )


def _paragraphs(items: Iterable[Mapping[str, Any]]) -> tuple[Paragraph, ...]:
    return tuple(Paragraph(_text(item["text"]), item["kind"]) for item in items)


def _text(parts: Iterable[Any]) -> Text:
    return tuple(part if isinstance(part, str) else _segment(part) for part in parts)


def _segment(part: Mapping[str, Any]) -> Segment:
    """The segment whose fields these are."""
    if "record" in part:
        return Number(Record(**part["record"]), part["text"])
    if "cites" in part:
        return Citation(tuple(part["cites"]), part["text"])
    kind = next(kind for kind, name in ((Link, "href"), (Code, "code"), (Emphasis, "emphasis")) if name in part)
    return kind(**part)


def _bare(value: Any) -> Any:
    """Tuples as lists, floats with 12 significant digits: what two machines agree on."""
    if isinstance(value, float):
        return float(f"{value:.12g}")
    if isinstance(value, Mapping):
        return {name: _bare(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_bare(each) for each in value]
    return value
