"""The table of cut-offs."""

import pytest

from analysis.errors import ModelError
from analysis.rules import METHODS, cutoff, rule


def test_ids_are_unique_and_every_rule_has_a_source():
    assert len({each.id for each in METHODS}) == len(METHODS)
    assert all(each.source and each.applies_to for each in METHODS)


@pytest.mark.parametrize(
    ("id", "value"),
    [("reliability.alpha.good", 0.8), ("regression.vif", 10), ("likert5.cut4", 4.2), ("significance", 0.05)],
)
def test_values(id, value):
    assert cutoff(id) == value


def test_what_was_not_seen_is_not_called_verified():
    assert rule("reliability.r_drop").verified
    assert not rule("reliability.alpha.redundant").verified
    assert not rule("regression.few_clusters").verified


def test_unknown_rule_names_the_nearest():
    with pytest.raises(ModelError) as caught:
        rule("regression.viff")
    assert caught.value.problems[0].get("nearest") == "regression.vif"


def test_every_rule_has_a_source_and_a_date():
    assert all(each.source and each.recorded for each in METHODS)
