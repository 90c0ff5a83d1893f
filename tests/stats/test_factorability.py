"""Whether items are fit for factoring: KMO and Bartlett against psych, low adequacy said."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analysis.stats.factorability import anti_image, bartlett, kmo
from analysis.stats.moments import Moments
from analysis.stats.result import from_dict, to_dict
from analysis.stats.retention import map_test

SETS = ("harman", "attitude")


@pytest.mark.parametrize("case", SETS)
def test_kmo_and_bartlett_match_psych(reference, printed, case):
    r = reference("factors")[case]
    found = kmo(printed(r))
    assert found.overall == pytest.approx(r["kmo"], rel=1e-11)
    assert list(found.items["msa"]) == pytest.approx(r["msa"], rel=1e-11)
    test = bartlett(printed(r))
    assert [test.chi2, test.df, test.p] == pytest.approx(list(r["bartlett"].values()), rel=1e-10)


@pytest.mark.parametrize("case", ["bfi25", "HS9"])
def test_factorability_of_real_answers(shared, answers, case):
    r = shared("factorability")[case]
    found = kmo(answers[case])
    assert (found.n, found.overall) == (r["n"], pytest.approx(r["KMO"], rel=1e-9))
    assert [row.msa for row in found.item_rows] == pytest.approx(list(r["MSAi"].values()), rel=1e-9)
    assert bartlett(answers[case]).chi2 == pytest.approx(r["bartlett"]["chisq"], rel=1e-9)
    steps = map_test(answers[case]).step_rows[1:]
    common = min(len(steps), len(r["MAP"]))
    assert [row.squared for row in steps[:common]] == pytest.approx(r["MAP"][:common], rel=1e-9)


def test_low_adequacy_is_said():
    m = Moments.from_printed([[1], [0.0, 1], [0.6, 0.6, 1]], n=200, names=["a", "b", "c"])
    found = kmo(m)
    assert found.overall == pytest.approx(0.72 / (0.72 + 0.5625**2 + 2 * 0.75**2))
    assert [each.code for each in found.cautions] == ["factors.low_kmo", "factors.low_msa"]
    assert found.cautions[1].get("items") == ("a", "b", "c")


@pytest.mark.parametrize("case", SETS)
def test_anti_images_match_psych(reference, printed, case):
    r = reference("anti_image")[case]
    found = anti_image(printed(r))
    np.testing.assert_allclose(found.covariance, r["covariance"], atol=1e-12)
    theirs = np.array(r["correlation"])
    np.fill_diagonal(theirs, r["msa"])  # SPSS's diagonal
    np.testing.assert_allclose(found.correlation, theirs, atol=1e-12)


def test_anti_images_carry_the_adequacy_of_kmo(items):
    found = anti_image(items)
    np.testing.assert_allclose(np.diag(found.correlation), kmo(items).items["msa"], rtol=1e-14)
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    m = Moments.from_printed([[1], [0.0, 1], [0.6, 0.6, 1]], n=200, names=["a", "b", "c"])
    assert [each.code for each in anti_image(m).cautions] == ["factors.low_msa"]
