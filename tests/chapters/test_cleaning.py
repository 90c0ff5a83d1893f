"""The chapter on cleaning: counts, never persons."""

from __future__ import annotations

import pytest

from analysis.chapters.cleaning import cleaning


def test_counts_what_was_received_and_how_answers_are_spread(study, table_of):
    answers = table_of()
    found = cleaning(study(answers))
    assert (found.received, found.kept, found.excluded, found.recoded, found.corrected) == (200, 200, 0, 0, 0)
    for share in found.answers:
        values = answers[[f"{share.construct}{item}" for item in (1, 2, 3)]].to_numpy()
        assert share.counts == tuple(int((values == level).sum()) for level in range(1, 6))
        assert share.answered + share.missing == 600
        assert sum(each or 0 for each in share.percent) == pytest.approx(100)


def test_empty_cells_are_counted_as_missing(study, table_of):
    answers = table_of().astype({"A1": object})
    answers.loc[:9, "A1"] = None
    assert {share.construct: share.missing for share in cleaning(study(answers)).answers} == {"A": 10, "B": 0, "Y": 0}
