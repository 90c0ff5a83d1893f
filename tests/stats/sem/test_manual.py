"""Ten examples of lavaan's tutorial, one verb each, with the numbers that the tutorial prints (three decimals).

https://lavaan.ugent.be/tutorial: printed values, so that no program is needed to read them.
"""

import numpy as np
import pytest

from analysis import bootstrap, cfa, invariance, modification_indices, residuals, sem
from analysis.stats.moments import Moments, moments

from .conftest import HS_MODEL, PD_MODEL

PRINTED = 6e-4  # half a unit of the third decimal, and what lavaan's optimiser leaves


def printed(found, **numbers):
    for name, value in numbers.items():
        assert getattr(found, name) == pytest.approx(value, abs=PRINTED), name


def of(found, lhs, op, rhs=""):
    return next(row for row in found.parameter_rows if (row.lhs, row.op, row.rhs) == (lhs, op, rhs))


def test_1_confirmatory_factor_analysis(data):
    found = cfa(HS_MODEL, data["HS"])
    printed(found.fit, chisq=85.306, df=24, cfi=0.931, tli=0.896, rmsea=0.092, rmsea_low=0.071, rmsea_high=0.114,
            srmr=0.065, logl=-3737.745, aic=7517.490, bic=7595.339)  # fmt: skip
    printed(of(found, "visual", "=~", "x2"), est=0.554, se=0.100, z=5.554)
    printed(of(found, "visual", "~~", "textual"), est=0.408, se=0.074, z=5.552)


def test_2_political_democracy(data):
    found = sem(PD_MODEL, data["PD"])
    printed(found.fit, chisq=38.125, df=35, pvalue=0.329, cfi=0.995, rmsea=0.035, srmr=0.044)
    printed(of(found, "dem60", "~", "ind60"), est=1.483, se=0.399)
    printed(of(found, "dem65", "~", "ind60"), est=0.572, se=0.221)
    printed(of(found, "dem65", "~", "dem60"), est=0.837, se=0.098)


def test_3_means(data):
    found = cfa(HS_MODEL + "\n" + "\n".join(f"x{j} ~ 1" for j in range(1, 10)), data["HS"])
    printed(of(found, "x1", "~1"), est=4.936, se=0.067)
    assert (found.fit.df, found.fit.npar) == (24, 30)


def test_4_groups(data):
    printed(cfa(HS_MODEL, data["HS"], group="school").fit, chisq=115.851, df=48)


def test_5_equal_loadings_across_groups(data):
    printed(cfa(HS_MODEL, data["HS"], group="school", equal=("loadings",)).fit, chisq=124.044, df=54)


def test_6_measurement_invariance(data):
    found = invariance(HS_MODEL, data["HS"], group="school")
    chisq = [row.chisq for row in found.step_rows[:3]]
    assert chisq == pytest.approx([115.851, 124.044, 164.103], abs=PRINTED)
    assert [row.delta_chisq for row in found.step_rows[1:3]] == pytest.approx([8.192, 40.059], abs=PRINTED)


def test_7_a_covariance_matrix_instead_of_rows():
    """Wheaton, Muthén, Alwin and Summers (1977): the tutorial's matrix, n = 932."""
    lower = """11.834
        6.947 9.364
        6.819 5.091 12.532
        4.783 5.028 7.495 9.986
        -3.839 -3.889 -3.841 -3.625 9.610
        -21.899 -18.831 -21.748 -18.775 35.522 450.288"""
    rows = [[float(value) for value in line.split()] for line in lower.split("\n")]
    cov = np.array([[rows[max(i, j)][min(i, j)] for j in range(6)] for i in range(6)])
    names = ("anomia67", "powerless67", "anomia71", "powerless71", "education", "sei")
    model = """
    ses =~ education + sei
    alien67 =~ anomia67 + powerless67
    alien71 =~ anomia71 + powerless71
    alien71 ~ alien67 + ses
    alien67 ~ ses
    anomia67 ~~ anomia71
    powerless67 ~~ powerless71
    """
    found = sem(model, Moments(names, 932, np.zeros(6), cov, "printed"))
    printed(found.fit, chisq=4.735, df=4, pvalue=0.316)
    printed(of(found, "alien71", "~", "alien67"), est=0.607, se=0.051)
    printed(of(found, "alien67", "~", "ses"), est=-0.575, se=0.056)


def test_8_robust_errors_and_missing_answers(data):
    found = cfa(HS_MODEL, data["HS"], estimator="MLM")
    printed(found.fit, chisq_scaled=80.872, scaling_factor=1.055)
    full = cfa(HS_MODEL, data["HS_missing"], missing="fiml")
    assert full.fit.chisq == pytest.approx(79.629, abs=PRINTED)


def test_9_mediation_with_a_defined_indirect_effect():
    """The tutorial's set.seed(1234) is R's; the model is its: Y ~ c*X, M ~ a*X, Y ~ b*M, ab := a*b."""
    rng = np.random.default_rng(1234)
    x = rng.normal(size=100)
    m = 0.5 * x + rng.normal(size=100)
    y = 0.7 * m + rng.normal(size=100)
    found = sem("Y ~ c*X\nM ~ a*X\nY ~ b*M\nab := a*b\ntotal := c + (a*b)", {"X": x, "Y": y, "M": m})
    a, b, c = (of(found, *key).est for key in (("M", "~", "X"), ("Y", "~", "M"), ("Y", "~", "X")))
    assert [of(found, name, ":=", text).est for name, text in (("ab", "a*b"), ("total", "c + (a*b)"))] == pytest.approx(
        [a * b, c + a * b]
    )
    assert bootstrap(found, resamples=50).kept == 50


def test_10_modification_indices_and_residuals(data):
    found = cfa(HS_MODEL, data["HS"])
    first = modification_indices(found).modification_rows[0]
    assert (first.lhs, first.op, first.rhs) == ("visual", "=~", "x9")
    printed(first, mi=36.411, epc=0.577, epc_std=0.515)
    worst = max(residuals(found).residual_rows, key=lambda row: abs(row.correlation))
    assert (worst.a, worst.b) == ("x2", "x7")
    printed(worst, correlation=-0.189)


def test_the_moments_of_the_rows_are_enough_for_the_first(data):
    m = moments(data["HS"][[f"x{j}" for j in range(1, 10)]])
    printed(cfa(HS_MODEL, m).fit, chisq=85.306, cfi=0.931)
