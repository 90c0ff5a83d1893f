"""Two-way analysis of variance with unequal cells against car::Anova, its laws, and what is refused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import ModelError
from analysis.stats.anova import anova
from analysis.stats.result import from_dict, to_dict
from analysis.stats.twoway import anova_two_way


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


@pytest.fixture
def r(reference):
    return reference("comparisons")["two_way"]


@pytest.mark.parametrize(
    ("formula", "squares", "name"),
    [
        ("breaks ~ wool * tension", "III", "III"),
        ("breaks ~ wool * tension", "II", "II"),
        ("breaks ~ wool + tension", "II", "plus"),
    ],
)
def test_sums_of_squares_match_car(r, formula, squares, name):
    found = anova_two_way(formula, r["data"], squares=squares)
    expected = r[name]
    for at, source in enumerate(["residual" if each == "Residuals" else each for each in expected["source"]]):
        row = found.source(source)
        assert (row.ss, row.df) == pytest.approx((expected["ss"][at], expected["df"][at]), rel=1e-10)
        if source != "residual":
            assert (row.F, row.p) == pytest.approx((expected["F"][at], expected["p"][at]), rel=1e-9)


def test_partial_eta_has_the_interval_of_noncentral_f(r):
    found = anova_two_way("breaks ~ wool * tension", r["data"])
    rows = found.source_rows[:3]
    np.testing.assert_allclose([row.low for row in rows], r["III"]["low"], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose([row.high for row in rows], r["III"]["high"], rtol=1e-7)
    assert found.r2 == pytest.approx(r["r2"], rel=1e-11)
    for row in rows:
        assert row.partial_eta == pytest.approx(row.F * row.df / (row.F * row.df + 42))
        assert row.omega == pytest.approx(row.df * (row.F - 1) / (row.df * (row.F - 1) + found.n))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-9, 9), min_size=12, max_size=12), st.randoms())
def test_equal_cells_make_both_types_equal_and_add_up(y, random):
    if len(set(y)) < 4:
        return
    data = {"y": y, "a": list("xxxxxxyyyyyy"), "b": list("uuvvwwuuvvww")}
    if all(y[at] == y[at + 1] for at in range(0, 12, 2)):
        return
    second, third = (anova_two_way("y ~ a * b", data, squares=squares) for squares in ("II", "III"))
    parts = [row.ss for row in third.source_rows[:-1]]
    assert sum(parts) == pytest.approx(third.source("total").ss, rel=1e-9)
    for row in second.source_rows:
        assert row.ss == pytest.approx(third.source(row.source).ss, rel=1e-9, abs=1e-9)
    order = list(range(12))
    random.shuffle(order)
    mixed = anova_two_way("y ~ a * b", {name: [column[at] for at in order] for name, column in data.items()})
    assert [row.ss for row in mixed.source_rows] == pytest.approx([row.ss for row in third.source_rows], abs=1e-9)


def test_interaction_of_a_nested_pair_is_the_one_way_model_of_cells(r):
    """The error of the whole model is the spread inside cells: one-way analysis of variance of the cells has it too."""
    data = r["data"]
    cells = [f"{a}{b}" for a, b in zip(data["wool"], data["tension"], strict=True)]
    within = anova("breaks ~ cell", {"breaks": data["breaks"], "cell": cells}).variance_rows[1]
    found = anova_two_way("breaks ~ wool * tension", data).source("residual")
    assert (found.ss, found.df) == pytest.approx((within.ss, within.df), rel=1e-11)


def test_result_survives_json_and_says_what_is_unequal(r):
    found = anova_two_way("breaks ~ wool * tension", r["data"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert [each.code for each in found.cautions] == ["twoway.unequal"]
    assert list(found.cells["n"]) == [cell.n for cell in found.cell_rows]


# ---- degenerate data -------------------------------------------------------------------------------------------------


def test_empty_cells_are_named():
    data = {"y": [1, 2, 3, 4, 5, 7], "a": list("xxxxyy"), "b": list("uuvvuu")}
    code, slots = refusal(lambda: anova_two_way("y ~ a * b", data))
    assert (code, slots["cells"]) == ("twoway.empty_cells", ("y × v",))
    assert anova_two_way("y ~ a + b", data).source("a").df == 1


def test_one_row_in_each_cell_leaves_no_error():
    data = {"y": [1, 2, 3, 5], "a": list("xxyy"), "b": list("uvuv")}
    assert refusal(lambda: anova_two_way("y ~ a * b", data))[0] == "twoway.no_error"


def test_factors_bound_to_each_other_are_refused():
    data = {"y": [1, 2, 3, 5], "a": list("xxyy"), "b": list("uuvv")}
    assert refusal(lambda: anova_two_way("y ~ a + b", data))[0] == "twoway.bound"


def test_constant_outcome_one_level_and_no_spread_are_refused():
    a, b = list("xxxxyyyy"), list("uuvvuuvv")
    assert refusal(lambda: anova_two_way("y ~ a * b", {"y": [3] * 8, "a": a, "b": b}))[0] == "groups.constant_outcome"
    assert refusal(lambda: anova_two_way("y ~ a * b", {"y": range(8), "a": ["x"] * 8, "b": b})) == (
        "twoway.one_level",
        {"factor": "a"},
    )
    flat = {"y": [1, 1, 2, 2, 3, 3, 5, 5], "a": a, "b": b}
    assert refusal(lambda: anova_two_way("y ~ a * b", flat))[0] == "twoway.no_spread"


@pytest.mark.parametrize("formula", ["y ~ a", "y ~ a + b + c", "y ~ 0 + a + b", "y ~ a + b + (1 | c)"])
def test_other_formulas_are_refused(formula):
    data = {"y": range(8), "a": list("xxxxyyyy"), "b": list("uuvvuuvv"), "c": range(8)}
    assert refusal(lambda: anova_two_way(formula, data))[0] == "twoway.two_factors"
