"""The archive in which Google Forms hands over its answers: one table inside, taken out in memory."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import PurePosixPath

from ...errors import DataError, Place, nearest, problem
from ...study import ResponsesFile
from ..raw import RawFile
from .archive import is_archive, names_in, opened, unpacked

SUFFIXES = (".zip",)

#: Parts by which workbooks and documents are known, which are archives too.
_PACKED = frozenset({"[Content_Types].xml", "mimetype", "content.xml"})


def recognises(content: bytes) -> bool:
    """Whether the content is an archive of files, not one of the formats that are packed themselves."""
    names = names_in(content)
    return bool(names) and not names & _PACKED


def unpack(raw: RawFile, options: ResponsesFile) -> RawFile:
    """Take the one table out of an archive.

    Parameters
    ----------
    raw : RawFile
        The archive.
    options : ResponsesFile
        ``sheet`` names the file where there are several.

    Returns
    -------
    RawFile
        The table under the name ``"archive.zip/table.csv"``; nothing is written.

    Raises
    ------
    DataError
        ``data.zip_path``: a name leads out of the archive's folder; ``data.zip_choice``: none or several tables.
    """
    place = Place(file=raw.name)
    if not is_archive(raw.content):
        raise DataError(problem("data.unreadable", place))
    with opened(raw.content, raw.name) as archive:
        outside = [part.filename for part in archive.infolist() if _leads_out(part.filename)]
        if outside:
            raise DataError(*(problem("data.zip_path", place, path=name) for name in outside[:20]))
        tables = {part.filename: part for part in archive.infolist() if _table(part)}
        name = _chosen(tuple(tables), options.sheet, place)
        content = unpacked(archive, tables[name])
    return RawFile(f"{raw.name}/{name}", content, hashlib.sha256(content).hexdigest())


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0] if path.parts else False


def _table(part: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(part.filename)
    return not part.is_dir() and "__MACOSX" not in path.parts and not path.name.startswith(".")


def _chosen(names: tuple[str, ...], wanted: str | None, place: Place) -> str:
    if wanted is not None and wanted in names:
        return wanted
    if wanted is None and len(names) == 1:
        return names[0]
    near = nearest(wanted, names) if wanted else None
    raise DataError(problem("data.zip_choice", place, count=len(names), allowed=names[:20], nearest=near))
