"""Small groups stay unseen, and cannot be worked out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analysis.survey.disclose import hidden_cells


@given(st.lists(st.integers(0, 60), min_size=1, max_size=8))
def test_no_hidden_cell_is_known_from_the_total(counts):
    hidden = hidden_cells(counts, 5)
    assert all(counts[cell] > 0 for cell in hidden)
    assert {cell for cell, count in enumerate(counts) if 0 < count < 5} <= hidden
    if hidden and sum(count > 0 for count in counts) > 1:
        assert len(hidden) >= 2
