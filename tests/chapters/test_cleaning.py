"""The chapter on cleaning: counts, never persons."""

from __future__ import annotations

import numpy as np
import pytest

from analysis import table
from analysis.chapters.cleaning import cleaning
from analysis.report.block import numbers, plain


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


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_group_under_five_is_hidden_and_cannot_be_worked_out(study, table_of, lang):
    shown = table(cleaning(study(table_of())), lang, "profile").block
    printed = {number.record.id: number.record.value for number in numbers(shown)}
    assert printed["profile.team.a.count"] == 185
    assert not [key for key in printed if key.startswith(("profile.team.b", "profile.team.c"))]
    assert not np.isin([3, 12, 1.5, 6.0], list(printed.values())).any()
    assert [plain(row.cells[1]) for row in shown.rows if len(row.cells) > 1][1:] == ["< 5*", "< 5*"]
