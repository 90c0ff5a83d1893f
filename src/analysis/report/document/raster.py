"""A figure for print: lines turned into dots, with the source in the file's metadata."""

from __future__ import annotations

import struct
import tempfile
import zlib
from pathlib import Path

#: Dots per inch that printers and journals ask for.
DPI = 300

_SIGNATURE_AND_HEAD = 8 + 25  # bytes before the place where a text may stand
_PAGE = '#set page(width: auto, height: auto, margin: 0pt)\n#image("figure.svg")\n'


def raster(svg: bytes, source: str = "") -> bytes:
    """A drawing as PNG with 300 dots per inch.

    Parameters
    ----------
    svg : bytes
        The drawing, letters as outlines.
    source : str
        What its metadata say of where the data come from.
    """
    import typst

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "figure.svg").write_bytes(svg)
        main = Path(folder) / "main.typ"
        main.write_text(_PAGE, encoding="utf-8")
        made = bytes(typst.compile(str(main), format="png", root=folder, ppi=DPI, ignore_system_fonts=True))
    head, rest = made[:_SIGNATURE_AND_HEAD], made[_SIGNATURE_AND_HEAD:]
    dots = struct.pack(">IIB", *(2 * [round(DPI / 0.0254)]), 1)  # dots per metre
    return head + _chunk(b"pHYs", dots) + (_chunk(b"iTXt", _text(source)) if source else b"") + rest


def _text(words: str) -> bytes:
    """A text of PNG: keyword, not compressed, no language, in UTF-8."""
    return b"Source\0\0\0\0\0" + words.encode()


def _chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of PNG: length, kind, content, checksum."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
