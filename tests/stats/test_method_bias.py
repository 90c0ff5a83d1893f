"""Common-method variance: Harman, full collinearity and the marker against R and exact cases, and what they say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.method_bias import common_method
from analysis.stats.moments import Moments
from analysis.stats.result import from_dict, to_dict


def codes(found):
    return [each.code for each in found.cautions]


def test_every_sign_matches_r(reference):
    r = reference("discriminant")["harman"]
    m = Moments.from_printed(r["R"], n=r["n"], names=r["names"])
    found = common_method(m, r["sets"], marker=r["marker"]["name"])
    assert found.harman_pca == pytest.approx(r["pc1"], rel=1e-12)
    assert found.harman_paf == pytest.approx(r["paf1"], rel=1e-8)
    np.testing.assert_allclose(found.collinearity["vif"], r["vif"], rtol=1e-12)
    assert found.marker_r == pytest.approx(r["marker"]["m"], rel=1e-12)
    for name in ("adjusted", "t", "p"):
        np.testing.assert_allclose(found.partial[name], r["marker"][name], rtol=1e-10)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_harman_of_real_answers(shared, answers):
    r = shared("extra")["harman_bfi"]
    sets = {letter: [f"{letter}{j}" for j in range(1, 6)] for letter in "ACENO"}
    found = common_method(answers["bfi25"], sets)
    assert found.harman_pca == pytest.approx(r["pc1_share"], rel=1e-9)
    assert found.harman_paf == pytest.approx(r["paf1_share"], abs=2e-5)
    assert (found.marker, found.marker_rows, found.above_one) == (None, (), 6)


def test_each_part_says_what_it_cannot_show():
    corr = np.kron(np.eye(2), np.full((3, 3), 0.5)) + np.diag(np.full(6, 0.5))
    sets = {"A": ["a", "b", "c"], "B": ["d", "e"]}
    m = Moments(tuple("abcdef"), 200, np.zeros(6), corr)
    assert codes(common_method(m, sets)) == ["method.harman_cannot", "method.vif_cannot"]
    assert codes(common_method(m, sets, marker="f"))[-1] == "method.marker_cannot"


def test_one_method_behind_all_answers_is_said():
    corr = np.full((6, 6), 0.8) + np.diag(np.full(6, 0.2))
    m = Moments(tuple("abcdef"), 200, np.zeros(6), corr)
    found = common_method(m, {"A": ["a", "b", "c"], "B": ["d", "e"]}, marker="f")
    assert {"method.one_factor", "method.collinear"} <= set(codes(found))
    assert next(each for each in found.cautions if each.code == "method.collinear").get("items") == ("A", "B")
    r = 0.8 * 6 / np.sqrt((3 + 6 * 0.8) * (2 + 2 * 0.8))
    assert found.collinearity_rows[0].vif == pytest.approx(1 / (1 - r**2), rel=1e-12)
    marker = min(0.8 * 3 / np.sqrt(3 + 6 * 0.8), 0.8 * 2 / np.sqrt(2 + 2 * 0.8))
    assert found.marker_rows[0].adjusted == pytest.approx((r - marker) / (1 - marker), rel=1e-12)


def test_a_negative_marker_takes_nothing_out():
    corr = np.eye(5)
    corr[:2, :2] = corr[2:4, 2:4] = 0.5
    corr[4, :4] = corr[:4, 4] = -0.2
    np.fill_diagonal(corr, 1.0)
    found = common_method(
        Moments(tuple("abcde"), 90, np.zeros(5), corr), {"A": ["a", "b"], "B": ["c", "d"]}, marker="e"
    )
    assert found.marker_r == 0
    assert found.marker_rows[0].adjusted == found.marker_rows[0].r


def test_a_marker_that_is_an_item_is_refused(items):
    with pytest.raises(ModelError) as caught:
        common_method(items, {"A": ["q0", "q1"], "B": ["q2"]}, marker="q1")
    assert caught.value.code == "constructs.marker_inside"
