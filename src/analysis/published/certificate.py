"""One page for each publication: what was checked, what stands, what does not, and the smallest explanation."""

from __future__ import annotations

from dataclasses import dataclass

from ..stats.result import Result
from .audit import Audit, AuditedTable
from .check import Check, Verdict
from .sheet import Explanation, Inverted


@dataclass(frozen=True)
class Certificate(Result):
    """What the printed tables of one publication gave when they were held against their own numbers.

    A verdict is about numbers that stand side by side, never about those who wrote them.
    """

    source: str
    tables: tuple[AuditedTable, ...]
    inverted: tuple[Inverted, ...]
    explanations: tuple[Explanation, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The publication's tables, once each."""
        return tuple(dict.fromkeys(table.table_id for table in self.tables))

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check of a printed number, and of what printed numbers have in common."""
        return tuple(
            each for table in self.tables for each in table.checks if each.printed or each.verdict != "cannot check"
        )

    @property
    def disagreements(self) -> tuple[Check, ...]:
        """Checks that do not agree."""
        return tuple(each for each in self.checks if each.verdict == "inconsistent")

    @property
    def verdict(self) -> Verdict:
        """The verdict on all tables together."""
        made = {each.verdict for each in self.checks}
        return "inconsistent" if "inconsistent" in made else "consistent" if "consistent" in made else "cannot check"

    def count(self, verdict: Verdict) -> int:
        """Checks with a verdict."""
        return sum(each.verdict == verdict for each in self.checks)


def certificates(found: Audit) -> tuple[Certificate, ...]:
    """One certificate for each publication of an audit.

    Parameters
    ----------
    found : Audit
        Tables with one address are of one publication; a table without an address is one by itself.

    Returns
    -------
    tuple of Certificate
        In the order of the tables.

    Examples
    --------
    >>> from analysis.published import audit
    >>> row = {"table_id": "L", "dependent": "y", "levene_F": "2.063", "df1": "3", "df2": "272", "p": ".105"}
    >>> [each.verdict for each in certificates(audit({"levene": [row]}))]
    ['consistent']
    """
    address = {table.table_id: table.source for table in found.tables if table.source}
    together: dict[str, list[AuditedTable]] = {}
    for table in found.tables:
        together.setdefault(address.get(table.table_id, table.table_id), []).append(table)
    return tuple(_of(source, tables, found) for source, tables in together.items())


def _of(source: str, tables: list[AuditedTable], found: Audit) -> Certificate:
    names = {table.table_id for table in tables}
    return Certificate(
        source,
        tuple(tables),
        tuple(each for each in found.inverted if each.table_id in names),
        tuple(each for each in found.explanations if each.table_id in names),
    )
