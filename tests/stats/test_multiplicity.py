"""Adjusted p against R's p.adjust and against their definitions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.multiplicity import adjust

families = st.lists(st.floats(0, 1), max_size=12)


@pytest.mark.parametrize("method", ["holm", "bh", "bonferroni"])
def test_adjusted_p_match_r(reference, method):
    r = reference("comparisons")["adjust"]
    assert adjust(r["p"], method) == pytest.approx(r[method], rel=1e-14)


@given(families)
def test_adjusted_p_keep_their_order_and_stand_in_line(p):
    bonferroni, holm, bh, none = (adjust(p, method) for method in ("bonferroni", "holm", "bh", "none"))
    assert none == tuple(p)
    for at in range(len(p)):
        assert bonferroni[at] >= holm[at] - 1e-15
        assert holm[at] >= bh[at] - 1e-15
        assert bh[at] >= p[at] - 1e-15
        for other in range(len(p)):
            assert p[at] > p[other] or holm[at] <= holm[other]


@pytest.mark.parametrize("p", [[0.1, 1.2], [-0.1], [float("nan")]])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ModelError) as caught:
        adjust(p)
    assert caught.value.code == "multiplicity.p"


def test_unknown_method_names_the_nearest():
    with pytest.raises(ModelError) as caught:
        adjust([0.1], "holms")
    assert caught.value.problems[0].get("nearest") == "holm"
