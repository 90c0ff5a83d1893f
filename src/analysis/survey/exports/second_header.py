"""Rows below the header that are part of it."""

from __future__ import annotations

from dataclasses import replace

from ..read import RawTable


def without_rows(table: RawTable, count: int, headers: tuple[str, ...], descriptions: tuple[str, ...]) -> RawTable:
    """The table without its first rows, under other headers.

    Parameters
    ----------
    table : RawTable
        As read.
    count : int
        Rows that belong to the header.
    headers, descriptions : tuple of str
        One for each column.
    """
    cells = table.cells.iloc[count:].reset_index(drop=True)
    return replace(table, headers=headers, descriptions=descriptions, cells=cells, lines=table.lines[count:])
