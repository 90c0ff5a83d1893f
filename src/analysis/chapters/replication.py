"""Do printed tables of other studies follow from their own numbers? What was checked, and what disagrees."""

from __future__ import annotations

from dataclasses import dataclass

from ..published.audit import Audit, AuditedTable, audit
from ..published.certificate import Certificate, certificates
from ..published.check import Check
from ..published.reliability import ItemTotal
from ..published.sheet import Inverted
from ..stats.result import Row
from ..study import Study
from ..survey.tables import Table, load_table

_PREFIX = "published."
_LEFT_OUT = ("n", "R2", "r", "alpha", "p_items", "sd_within", "pearson", "H_without_ties")


@dataclass(frozen=True)
class KindSummary(Row):
    """One kind of table: how many there are, how many of their printed numbers were checked, and with which verdict."""

    kind: str
    tables: int
    consistent: int
    inconsistent: int
    unchecked: int

    @property
    def checked(self) -> int:
        """Printed numbers that could be recomputed."""
        return self.consistent + self.inconsistent


@dataclass(frozen=True)
class Disagreement(Row):
    """A table with printed numbers that its other numbers cannot give: how many, and the first of them."""

    kind: str
    table_id: str
    source: str
    count: int
    checked: int
    first: Check


@dataclass(frozen=True)
class ReplicationFindings:
    """What the printed tables of a study's page gave."""

    study: Study
    tables: tuple[Table, ...]
    audit: Audit

    @property
    def kinds(self) -> tuple[KindSummary, ...]:
        """One line for each kind of table, in the order in which they are checked."""
        names = dict.fromkeys(table.kind for table in self.audit.tables)
        return tuple(_summary(kind, [table for table in self.audit.tables if table.kind == kind]) for kind in names)

    @property
    def total(self) -> KindSummary:
        """All kinds together."""
        return _summary("all", self.audit.tables)

    @property
    def disagreements(self) -> tuple[Disagreement, ...]:
        """Tables that disagree with themselves."""
        return tuple(_disagreement(table) for table in self.audit.tables if table.count("inconsistent"))

    @property
    def scales(self) -> tuple[ItemTotal, ...]:
        """Scales whose item-total table is complete."""
        return tuple(each for each in self.audit.scales if not each.reason)

    @property
    def reproduced(self) -> tuple[ItemTotal, ...]:
        """Those of them of which rounding explains every printed number."""
        return tuple(each for each in self.scales if each.consistent)

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """One for each publication."""
        return certificates(self.audit)

    @property
    def inverted(self) -> tuple[Inverted, ...]:
        """Numbers of whole tables that their print leaves out, and what its digits leave possible for them."""
        left_out = (each for each in self.audit.inverted if each.what in _LEFT_OUT and not each.printed)
        return tuple(each for each in left_out if each.possible)

    @property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """Files and their hashes."""
        return tuple((table.file, table.sha256) for table in self.tables)


def replication(study: Study) -> ReplicationFindings:
    """Check every printed table that a study's page declares.

    Parameters
    ----------
    study : Study
        With ``tables.published``.

    Returns
    -------
    ReplicationFindings
        Printed numbers that could not be recomputed are counted apart; numbers recomputed but not printed are not
        counted.

    Raises
    ------
    DataError
        ``table.…``: everything that is wrong with a table.
    """
    kinds = [kind for kind in study.tables if kind.startswith(_PREFIX)]
    tables = {kind.removeprefix(_PREFIX): load_table(study, kind) for kind in kinds}
    return ReplicationFindings(
        study, tuple(tables.values()), audit({kind: table.frame for kind, table in tables.items()})
    )


def _summary(kind: str, tables: tuple[AuditedTable, ...] | list[AuditedTable]) -> KindSummary:
    claims = [each for table in tables for each in table.checks if each.printed]
    count = {verdict: sum(each.verdict == verdict for each in claims) for verdict in ("consistent", "inconsistent")}
    unchecked = len(claims) - sum(count.values())
    return KindSummary(kind, len(tables), count["consistent"], count["inconsistent"], unchecked)


def _disagreement(table: AuditedTable) -> Disagreement:
    wrong = [each for each in table.checks if each.verdict == "inconsistent"]
    return Disagreement(
        table.kind, table.table_id, table.source, len(wrong), len(wrong) + table.count("consistent"), wrong[0]
    )
