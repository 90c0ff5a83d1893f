"""Item-total tables give back the variances behind them, and with those their printed alphas."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis.published.reliability import reliability_from_item_total

#: The one scale whose table contradicts itself: its last row repeats the first one.
CONTRADICTS = {("R10", "OP organisational performance")}


def scales(rows: list[dict[str, object]]) -> dict[tuple[str, str], list[dict[str, object]]]:
    found: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in rows:
        found.setdefault((str(row["table_id"]), str(row["scale"])), []).append(row)
    return found


def item_total(answers: np.ndarray, digits: int = 3) -> list[dict[str, object]]:
    """The item-total table of answers, printed with so many digits."""
    total, k = answers.sum(axis=1), answers.shape[1]
    rows = []
    for at in range(k):
        rest = total - answers[:, at]
        others = np.delete(answers, at, axis=1)
        rows.append(
            {
                "table_id": "T", "scale": "S", "k_items": str(k), "item": f"q{at}",
                "alpha": f"{_alpha(answers):.{digits}f}", "alpha_if_deleted": f"{_alpha(others):.{digits}f}",
                "scale_mean_if_deleted": f"{rest.mean():.{digits}f}",
                "scale_var_if_deleted": f"{rest.var(ddof=1):.{digits}f}",
                "corrected_item_total_r": f"{np.corrcoef(rest, answers[:, at])[0, 1]:.{digits}f}",
                "item_sd": f"{answers[:, at].std(ddof=1):.{digits}f}",
            }
        )  # fmt: skip
    return rows


def _alpha(x: np.ndarray) -> float:
    k = x.shape[1]
    if k == 1:
        return 0.0
    return k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / x.sum(axis=1).var(ddof=1))


class TestRealTables:
    def test_every_complete_one_is_recovered_and_one_contradicts_itself(self, published):
        found = {name: reliability_from_item_total(rows) for name, rows in scales(published("reliability")).items()}
        assert len(found) == 19
        assert not [name for name, each in found.items() if each.reason]
        assert {name for name, each in found.items() if not each.consistent} == CONTRADICTS

    def test_the_variance_that_one_source_prints_is_found_without_it(self, published):
        for name, rows in scales(published("reliability")).items():
            stated = re.search(r"scale mean ([\d.]+) variance ([\d.]+)", str(rows[0]["note"] or ""))
            if stated:
                each = reliability_from_item_total(rows)
                assert each.scale_mean == pytest.approx(float(stated[1]), abs=6e-5), name  # printed to 4 digits
                assert each.scale_var == pytest.approx(float(stated[2]), abs=3e-4), name  # r rounded to 4 digits
                for row, item in zip(rows, each.items, strict=True):
                    assert item.sd == pytest.approx(float("0" + str(row["item_sd"])), abs=2e-4)
                    assert item.mean == pytest.approx(float(str(row["item_mean"])), abs=2e-4)

    def test_without_the_copied_row_nothing_can_be_said(self, published):
        rows = scales(published("reliability"))["R10", "OP organisational performance"]
        assert reliability_from_item_total(rows[:-1]).reason == "incomplete"


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 7), st.integers(0, 2**32 - 1), st.booleans())
@example(3, 1342905, True)  # two roots a hair apart
def test_any_scale_is_recovered_from_its_table(k, seed, reversed_item):
    rng = np.random.default_rng(seed)
    answers = rng.standard_normal((60, 1)) + rng.uniform(0.4, 2) * rng.standard_normal((60, k))
    if reversed_item and k > 2:
        answers[:, 0] *= -0.3
    each = reliability_from_item_total(item_total(answers, 12))
    assert each.reason == ""
    assert [item.sd for item in each.items] == pytest.approx(answers.std(axis=0, ddof=1), rel=1e-5)
    assert each.scale_var == pytest.approx(answers.sum(axis=1).var(ddof=1), rel=1e-5)
    assert each.alpha == pytest.approx(_alpha(answers), abs=1e-5)
    assert each.scale_mean == pytest.approx(answers.sum(axis=1).mean(), abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 7), st.integers(0, 2**32 - 1), st.sampled_from([2, 3]))
def test_rounding_alone_is_never_called_inconsistent(k, seed, digits):
    rng = np.random.default_rng(seed)
    answers = rng.integers(1, 6, (80, 1)) + rng.integers(0, 3, (80, k)).astype(float)
    assert reliability_from_item_total(item_total(answers, digits)).consistent


@pytest.mark.parametrize("turned", [9, 13])
def test_items_that_run_against_the_rest_are_tried_both_ways_while_they_can_be(turned):
    rng = np.random.default_rng(80)
    answers = rng.standard_normal((60, turned))
    answers -= 0.9 * answers.mean(axis=1, keepdims=True)  # points shared out: who gives more here gives less elsewhere
    rows = item_total(answers, 12)
    assert all(float(str(row["corrected_item_total_r"])) < 0 for row in rows)
    each = reliability_from_item_total(rows)
    if turned > 12:
        assert each.reason == "too_many_turned"
    else:
        assert each.scale_var == pytest.approx(answers.sum(axis=1).var(ddof=1), rel=1e-5)


def test_a_changed_alpha_is_found():
    answers = np.random.default_rng(1).standard_normal((100, 1)) + np.random.default_rng(2).standard_normal((100, 4))
    rows = item_total(answers)
    rows[2]["alpha_if_deleted"] = f"{float(str(rows[2]['alpha_if_deleted'])) + 0.02:.3f}"
    wrong = [check for check in reliability_from_item_total(rows).checks if check.verdict == "inconsistent"]
    assert [(check.where, check.what) for check in wrong] == [("S / q2", "alpha_if_deleted")]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scale_var_if_deleted": None}, "incomplete"),
        ({"corrected_item_total_r": "."}, "incomplete"),
        ({"corrected_item_total_r": "7.5"}, "no_solution"),
        ({"scale_var_if_deleted": "-1.0"}, "no_solution"),
        ({"scale_var_if_deleted": "900"}, "no_solution"),
    ],
)
def test_a_table_that_no_data_give_is_said_to_be_so(changes, reason):
    rows = item_total(np.random.default_rng(3).standard_normal((50, 1)) + np.random.default_rng(4).normal(size=(50, 4)))
    rows[0] = {**rows[0], **changes}
    found = reliability_from_item_total(rows)
    assert (found.reason, found.checks, found.alpha) == (reason, (), None)


def test_one_item_is_no_scale():
    rows = item_total(np.random.default_rng(3).standard_normal((50, 3)))[:1]
    assert reliability_from_item_total([{**rows[0], "k_items": "1"}]).reason == "too_few_items"
