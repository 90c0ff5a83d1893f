"""The cleaning log of a survey team: its changes and removals, carried out as far as they touch what is analysed."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import Slot, caution
from ..by_hand import Target, Verdict, judge
from ..columns import ID as COLUMN
from .work import Work

ORDER = 13
ID = "hand_log"


def apply(work: Work) -> None:
    """Carry the log out line by line, then leave out the responses that it removes; what it holds is counted."""
    if not work.by_hand.log and not work.by_hand.idle:
        return
    judged = judge(work.by_hand.log, target(work, work.unused))
    work.problems.extend(judged.problems)
    for each in judged.decisions:
        if each.name and each.verdict != "repeated":
            work.change(ID, each.name, {each.row: each.value}, each.entry.reason)
    work.exclude(ID, judged.removed, reasons={row: entry.reason for row, entry in judged.removed.items()})
    counts = judged.counts
    told: tuple[Verdict, ...] = ("as_stated", "unstated", "other_words", "unused")
    said: dict[str, Slot] = {verdict: counts["change", verdict] for verdict in told}
    repeated = counts["change", "repeated"] + counts["remove", "repeated"]
    removed, lines = len(judged.removed), len(judged.decisions) + work.by_hand.idle
    work.notes.append(
        caution(
            "clean.hand_log", "note", lines=lines, idle=work.by_hand.idle, removed=removed, repeated=repeated, **said
        )
    )


def target(work: Work, unused: Iterable[str]) -> Target:
    """The responses as lines written by hand name them: by id (else by number), by code or header."""
    cells = {code: column.cells.tolist() for code, column in work.cells.items()}
    ids = cells.get(COLUMN) or [row + 1 for row in range(len(work.table.lines))]
    headers = {work.table.headers[at]: code for code, at in work.columns.items()}
    return Target.of(ids, cells, unused, headers)
