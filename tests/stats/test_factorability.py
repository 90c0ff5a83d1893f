"""Whether items are fit for factoring: KMO and Bartlett against psych, low adequacy said."""

from __future__ import annotations

import pytest

from analysis.stats.factorability import bartlett, kmo
from analysis.stats.moments import Moments
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
