"""Files that are zips of XML (Word, Excel) written so that the same content gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from html import escape

#: The earliest day that a zip knows: no clock in a file.
_DAY = (1980, 1, 1, 0, 0, 0)
_CREATED = "1980-01-01T00:00:00Z"

_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>{title}</dc:title><dc:description>{stamp}</dc:description>"
    f'<dcterms:created xsi:type="dcterms:W3CDTF">{_CREATED}</dcterms:created>'
    f'<dcterms:modified xsi:type="dcterms:W3CDTF">{_CREATED}</dcterms:modified></cp:coreProperties>'
)


def finished(package: bytes, *, title: str, stamp: str) -> bytes:
    """A Word file with our properties, rows that are not torn, and no clock.

    Parameters
    ----------
    package : bytes
        As pandoc wrote it.
    title : str
        For the file's properties.
    stamp : str
        Said in its properties when the data are simulated.
    """
    core = _CORE.format(title=escape(title), stamp=escape(stamp))
    changes: dict[str, Callable[[str], str]] = {
        "word/document.xml": _kept_together,
        "docProps/core.xml": lambda _: core,
    }
    return canonical(package, changes)


def canonical(package: bytes, changes: Mapping[str, Callable[[str], str]]) -> bytes:
    """The zip anew: members in order of their names after the list of types, one day, one compression."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = old.read(name)
            if name in changes:
                content = changes[name](content.decode("utf-8")).encode("utf-8")
            member = zipfile.ZipInfo(name, _DAY)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(member, content, compresslevel=6)
    return out.getvalue()


#: Rows of a table that stay with their neighbours on one page.
_SHORT = 16

_TABLE, _ROW, _STYLE = (
    re.compile(r"<w:tbl>.*?</w:tbl>", re.S),
    re.compile(r"<w:tr>.*?</w:tr>|<w:tr .*?</w:tr>", re.S),
    re.compile(r"(<w:pStyle [^>]*/>)"),
)


def _kept_together(document: str) -> str:
    """No row is torn by the end of a page, and a short table stands on one page."""
    return _TABLE.sub(lambda table: _table(table[0]), document)


def _table(table: str) -> str:
    rows = _ROW.findall(table)
    short = len(rows) <= _SHORT

    def mended(place: int, row: str) -> str:
        whole = "<w:trPr><w:cantSplit/>" if "<w:trPr>" in row else "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        row = row.replace("<w:trPr>" if "<w:trPr>" in row else "<w:tr>", whole, 1)
        one_cell = row.count("<w:tc>") == 1  # the heading of a section of the table
        kept = short or one_cell or place == 0 or place >= len(rows) - 2
        return _STYLE.sub(r"\1<w:keepNext/>", row) if kept else row

    places = iter(range(len(rows)))
    return _ROW.sub(lambda row: mended(next(places), row[0]), table)
