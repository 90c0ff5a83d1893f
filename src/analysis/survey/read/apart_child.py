"""Reads one sheet of a workbook in a process of its own, within limits of memory and time; run as a script.

It stands alone, so that nothing but the reader itself fills the memory that it is allowed. The workbook comes in by
standard input; out go lines of JSON: what was found, then the rows.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import sys
from typing import Any


def limited(megabytes: int, seconds: int) -> None:
    """Have the system stop this process beyond its limits; where it cannot, the parent's clock alone does."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def plain(value: Any) -> Any:
    """A date or time as its kind and its text."""
    if isinstance(value, datetime.timedelta):
        return {"timedelta": value.total_seconds()}
    return {type(value).__name__: value.isoformat()}


def main() -> None:
    """Read the sheet named by the third argument, or tell the names of all when there is none."""
    megabytes, seconds = int(sys.argv[1]), int(sys.argv[2])
    content = sys.stdin.buffer.read()
    limited(megabytes, seconds)
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = list(book.sheet_names)
    visible = [each.name for each in book.sheets_metadata if str(each.visible).endswith("Visible")] or names
    wanted = sys.argv[3] if len(sys.argv) > 3 else None
    chosen = wanted
    if wanted is None:
        chosen = next((name for name in visible if book.get_sheet_by_name(name).height > 1), visible[0])
    about: dict[str, Any] = {"names": names, "chosen": chosen}
    if chosen in names:
        sheet = book.get_sheet_by_name(chosen)
        about |= {"height": sheet.total_height, "width": sheet.total_width}
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
    out.write(json.dumps(about) + "\n")
    if chosen in names:
        for row in sheet.iter_rows():
            out.write(json.dumps(row, default=plain) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
