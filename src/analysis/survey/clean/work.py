"""The responses while they are being cleaned: cells by code, the rows still in, the log and the problems so far."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ...errors import Caution, Place, Problem
from ...study import Study
from ..by_hand import NOTHING, ByHand
from ..columns import ID, Columns
from ..log import Action, CleaningLog, LogRow
from ..read import RawTable
from ..read.table import column_letters
from ..text import shown


class Work:
    """What every rule reads and changes; only these methods change anything, so nothing escapes the log."""

    def __init__(self, study: Study, table: RawTable, columns: Columns, by_hand: ByHand = NOTHING) -> None:
        self.study = study
        self.table = table
        self.columns = columns.of
        self.unused = columns.unused
        self.cells: dict[str, list[Any]] = {code: list(table.cells[at]) for code, at in columns.of.items()}
        self.kept: list[int] = list(range(len(table.lines)))
        self.by_hand = by_hand
        self.rows: list[LogRow] = []
        self.notes: list[Caution] = []
        self.settled: set[str] = set()  # headers whose skip logic is no longer a note on reading
        self.seconds: dict[int, float] = {}  # row -> how long the response took, where the page says what tells it
        self.problems: list[Problem] = list(columns.problems)
        self._names = _unlike(columns, table.headers)
        self._ids = [shown(each) or None for each in table.cells[columns.of[ID]]] if ID in columns.of else []

    @property
    def items(self) -> tuple[str, ...]:
        """Items whose column was found."""
        return tuple(code for code in self.study.items if code in self.cells)

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables whose column was found."""
        return tuple(code for code in self.study.variables if code in self.cells)

    def answers(self, code: str) -> Iterator[tuple[int, Any]]:
        """Row and value of every cell of `code` that is not empty, of the responses still in."""
        column = self.cells[code]
        return ((row, column[row]) for row in self.kept if column[row] is not None)

    def change(self, rule: str, code: str, row: int, after: Any, reason: str = "") -> None:
        """Put `after` into a cell; the log has a line when that says something else than before."""
        before = self.cells[code][row]
        self.cells[code][row] = after
        if shown(before) != shown(after):
            self._log(rule, code, row, before, after, "changed", reason)

    def exclude(
        self, rule: str, rows: Collection[int], code: str = "", reasons: Mapping[int, str] | None = None
    ) -> None:
        """Leave responses out: the log keeps every cell of them, so that nothing is lost; `reasons` are by row."""
        for row in sorted(rows):
            reason = (reasons or {}).get(row, "")
            said = self.cells[code][row] if code else None
            for each, column in self.cells.items():
                if shown(column[row]):
                    self._log(rule, each, row, column[row], None, "withheld", reason)
            self._log(rule, code, row, said, None, "excluded", reason)
        self.kept = [row for row in self.kept if row not in rows]

    def refuse(self, found: Mapping[int, Problem]) -> None:
        """Name rows that are no responses; later rules have nothing more to say of them."""
        self.problems.extend(found[row] for row in sorted(found))
        self.kept = [row for row in self.kept if row not in found]

    def place(self, row: int, code: str | None = None) -> Place:
        """Where the cell stands in the file."""
        return self.table.place(row, None if code is None else self.columns[code])

    def name(self, code: str) -> str:
        """The code, or the header of a column that has no code in the page (marked where that is itself a code)."""
        return self._names.get(code, code)

    def log(self) -> CleaningLog:
        """Everything that was done."""
        received, kept = len(self.table.lines), len(self.kept)
        reading = tuple(note for note in self.table.notes if not self._is_settled(note))
        return CleaningLog(tuple(self.rows), received, kept, self.unused, reading, tuple(self.notes))

    def _is_settled(self, note: Caution) -> bool:
        return note.code == "read.skip_logic" and note.get("question") in self.settled

    def received(self) -> dict[str, list[Any]]:
        """The cells as they came, under the names that the log uses."""
        return {self.name(code): list(self.table.cells[at]) for code, at in self.columns.items()}

    def respondent(self, row: int) -> str | None:
        """The id as received; None where the page declares none or the cell is empty."""
        return self._ids[row] if self._ids else None

    def _log(self, rule: str, code: str, row: int, before: Any, after: Any, action: Action, reason: str) -> None:
        column = self.columns.get(code)
        self.rows.append(
            LogRow(
                rule=rule,
                variable=self.name(code),
                row=row + 1,
                place=self.table.address(row, column),
                before=shown(before) or None,
                after=shown(after) or None,
                action=action,
                reason=reason,
                respondent=self.respondent(row),
                sheet=self.table.sheet,
                cell=None if column is None else f"{column_letters(column)}{self.table.lines[row]}",
            )
        )


def _unlike(columns: Columns, headers: tuple[str, ...]) -> dict[str, str]:
    """A name of its own for every column that has no code in the page."""
    names: dict[str, str] = {}
    for code in columns.of:
        if code.startswith("@"):
            name = headers[columns.of[code]]
            while name in columns.of or name in names.values():
                name = f"@{name}"
            names[code] = name
    return names
