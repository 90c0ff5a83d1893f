"""The ledger holds every number once and refuses what cannot be traced."""

from __future__ import annotations

import pytest

from analysis.errors import IntegrityError, caution
from analysis.report.block import Narrative, Number, Paragraph, Record, Table, TableRow
from analysis.report.document.model import Heading, Section
from analysis.report.ledger import entries, ledger, same_values
from analysis.report.pen import Pen


def section(*values: tuple[str, float]) -> Section:
    text = tuple(Number(Record(key, key, value, n=5), str(value)) for key, value in values)
    return Section("03_x", (Heading("x", 1), Narrative((Paragraph(text),)), Table("t", text, (), (TableRow((text,)),))))


def test_a_number_that_appears_twice_is_one_record():
    found = entries([section(("a", 1.0), ("b", 2.0))])
    assert [each["id"] for each in ledger({"vi": found}, {"simulated": True})] == ["a", "b"]
    assert ledger({"vi": found}, {"simulated": True})[0] | {} == {
        "id": "a", "statistic": "a", "value": 1.0, "n": 5, "rule": "", "method": "", "function": "", "se": None,
        "low": None, "high": None, "printed": {"vi": "1.0"}, "notebook": "03_x", "table": "", "simulated": True,
    }  # fmt: skip


def test_one_id_with_two_values_is_refused():
    with pytest.raises(IntegrityError) as caught:
        entries([section(("a", 1.0)), section(("a", 1.1))])
    assert caught.value.code == "ledger.two_values"


def test_languages_that_differ_are_refused_with_every_id():
    first, second = entries([section(("a", 1.0), ("b", 2.0))]), entries([section(("b", 2.5), ("c", 3.0))])
    with pytest.raises(IntegrityError) as caught:
        same_values(first, second)
    assert [found.get("id") for found in caught.value.problems] == ["a", "b", "c"]
    same_values(first, first)


def test_one_caution_about_two_items_has_a_record_for_each():
    """A run was refused where two items of a scale ran backwards."""
    told = [
        caution("clean.keying_suspected", item=item, before=r, after=r, n=9) for item, r in (("C4", -0.2), ("C5", -0.1))
    ]
    said = Pen("vi").cautions(told)
    found = entries([Section("02_x", (Heading("x", 1), Narrative(said)))])
    assert sorted(each.record.value for each in found.values() if each.record.id.endswith(".after")) == [-0.2, -0.1]
