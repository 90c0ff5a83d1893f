"""Models of thresholds and correlations in several groups against lavaan; laws of their identification; refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.grammar import parse_model
from analysis.stats.sem.cfa import cfa, fitted_thresholds
from analysis.stats.sem.invariance import difference_test
from analysis.stats.sem.modification import modification_indices
from analysis.stats.sem.ordinal import ordinal_sample
from analysis.stats.sem.parameters import Specification, released_keys
from analysis.stats.sem.residuals import residuals
from analysis.stats.sem.threshold_fit import nested_test
from analysis.stats.sem.threshold_table import ORDER

from .derivative import differences

EIGHT = "f =~ q1 + q2 + q3 + q4\nh =~ q5 + q6 + q7 + q8"
FIVE = "f =~ q1 + q2 + q3 + q4 + q5"
BFI = "A =~ A1 + A2 + A3 + A4 + A5\nC =~ C1 + C2 + C3 + C4 + C5"
PARTIAL = ("q3 | t2", "h =~ q6", "q2 ~ 1", "q7 ~~ q7")
HELD = dict(zip(("configural", "thresholds", "metric", "scalar", "strict"), range(5), strict=True))
#: Name: model, data, estimator, rows, released.
CASES = {
    "wlsmv": (EIGHT, "two", "WLSMV", "listwise", ()),
    "wlsm": (EIGHT, "two", "WLSM", "listwise", ()),
    "dwls": (EIGHT, "two", "DWLS", "listwise", ()),
    "ulsmv": (EIGHT, "two", "ULSMV", "listwise", ()),
    "pairwise": (EIGHT, "holes", "WLSMV", "pairwise", ()),
    "partial": (EIGHT, "two", "WLSMV", "listwise", PARTIAL),
    "three": (FIVE, "three", "WLSMV", "listwise", ()),
    "mixed": (FIVE + " + q6", "mixed", "WLSMV", "listwise", ()),
    "binary": (FIVE, "binary", "WLSMV", "listwise", ()),
    "bfi": (BFI, "bfi", "WLSMV", "listwise", ()),
}


@pytest.fixture(scope="module")
def values(reference):
    return reference("ordinal_invariance")


@pytest.fixture(scope="module")
def frames(values):
    found = {name: pd.DataFrame(values[name]) for name in ("two", "holes", "three", "mixed", "binary")}
    items = [f"q{j}" for j in range(1, 9)]
    found["holes"][items] = found["holes"][items].astype(float)
    return found


@pytest.fixture(scope="module")
def fitted(values, frames, request):
    """Every step of a case that lavaan fitted."""
    known = {}

    def of(case):
        if case not in known:
            model, name, estimator, missing, released = CASES[case]
            if name == "bfi":
                x = request.getfixturevalue("data")["bfi"].rename(columns={"gender": "g"})
            else:
                x = frames[name]
            parsed = parse_model(model)
            data = ordinal_sample(parsed, x, missing, "g")
            known[case] = {
                step: fitted_thresholds(
                    parsed, data, estimator,
                    Specification(len(data.moments), True, "variance", ORDER[: HELD[step]], released_keys(released)),
                )
                for step in values["cases"][case]["steps"]
            }  # fmt: skip
        return known[case]

    return of


@pytest.mark.parametrize("case", CASES)
def test_steps_match_lavaan(values, fitted, agree, case):
    for step, theirs in values["cases"][case]["steps"].items():
        found = fitted(case)[step]
        assert found.converged, step
        assert found.n == theirs["n"]
        assert found._solution.optimum.slope < 1e-7
        # not below lavaan's by more than its correlations, which F compares with, are good to
        assert found.fit.fmin <= theirs["fit"]["fmin"] * (1 + 1e-5) + 1e-9
        labels = [str(each) for each in theirs["labels"]]
        assert [row.group for row in found.group_rows] == labels
        rows = [dict(zip(theirs["par"], row, strict=True)) for row in zip(*theirs["par"].values(), strict=True)]
        assert agree(found, theirs | {"par": rows}, estimates=3e-5, errors=1e-4, fit=2e-5) > 15


@pytest.mark.parametrize("case", CASES)
def test_differences_match_lavaan(values, fitted, case):
    steps = [*fitted(case).values()]
    for larger, smaller, theirs in zip(steps, steps[1:], values["cases"][case]["tests"], strict=False):
        statistic, df = difference_test(larger, smaller)
        assert df == theirs["df"]
        assert statistic == pytest.approx(theirs["chisq"], rel=1e-4, abs=1e-4)


def test_both_ways_to_scale_a_difference_are_close(fitted):
    """WLSM has lavaan's default, Satorra and Bentler (2001), from the models' factors; Satorra (2000) is near it."""
    for larger, smaller in (("configural", "thresholds"), ("thresholds", "metric")):
        models = fitted("wlsm")[larger], fitted("wlsm")[smaller]
        other, df = nested_test(models[0]._solution, models[1]._solution)
        assert other == pytest.approx(difference_test(*models)[0], rel=0.03)
        assert df == difference_test(*models)[1]


def test_the_structure_alone_fits_as_in_delta_parameterisation(frames, fitted):
    """Without equal thresholds both say the same, whatever the unit of the variables behind."""
    delta, theta = cfa(EIGHT, frames["two"], estimator="WLSMV", group="g").fit, fitted("wlsmv")["configural"].fit
    for name in ("npar", "df", "chisq", "chisq_scaled", "shift", "cfi_scaled", "rmsea_scaled", "srmr", "rmr", "gfi"):
        assert theta[name] == pytest.approx(delta[name], rel=1e-8, abs=1e-10), name


@pytest.mark.parametrize("held", [1, 2, 3, 4])
def test_a_marker_and_a_variance_of_one_fit_the_same(frames, held):
    one, other = (
        cfa(FIVE, frames["three"], estimator="WLSMV", group="g", equal=ORDER[:held], identify=identify)
        for identify in ("marker", "variance")
    )
    assert one.fit.df == other.fit.df
    assert one.fit.chisq_scaled == pytest.approx(other.fit.chisq_scaled, rel=1e-7)
    assert one.loadings()["f"]["q2"] == pytest.approx(other.loadings()["f"]["q2"], rel=1e-6)


@pytest.mark.parametrize("step", ["thresholds", "strict"])
def test_derivatives_are_those_of_the_statistics(fitted, step):
    solution = fitted("three")[step]._solution
    machine = solution.machine
    by_formula = machine.slopes_of(solution.theta, solution.implied)
    for group, slopes in enumerate(by_formula):
        by_steps = differences(lambda at, g=group: machine.statistics(at, machine.implied(at))[g], solution.theta)
        assert slopes == pytest.approx(by_steps, abs=1e-8)
    theta = solution.theta * 1.05
    assert machine.gradient(theta) == pytest.approx(
        differences(lambda at: np.array([machine.value(at)]), theta)[0], abs=1e-8
    )


@pytest.mark.parametrize("step", ["thresholds", "metric"])
def test_nothing_of_binary_items_is_tested_before_their_intercepts(frames, step):
    model = cfa(FIVE, frames["binary"], estimator="WLSMV", group="g", equal=ORDER[: HELD[step]])
    plain = cfa(FIVE, frames["binary"], estimator="WLSMV", group="g")
    assert model.fit.df == plain.fit.df
    assert model.fit.chisq == pytest.approx(plain.fit.chisq, rel=1e-6)


def test_thresholds_of_three_categories_are_a_choice_of_units(frames):
    x = frames["three"].assign(**{f"q{j}": frames["three"][f"q{j}"].clip(upper=3) for j in range(1, 6)})
    equal = cfa(FIVE, x, estimator="WLSMV", group="g", equal=["thresholds"])
    assert equal.fit.chisq == pytest.approx(cfa(FIVE, x, estimator="WLSMV", group="g").fit.chisq, rel=1e-6)


def test_residuals_are_of_correlations(frames, fitted):
    found = fitted("wlsmv")["strict"]
    rows = {(row.a, row.b, row.group): row for row in residuals(found).residual_rows}
    sample = found._solution.data.moments[1].corr
    assert rows["q1", "q2", "south"].raw == pytest.approx(sample[0, 1] - found._solution.correlations(1)[0, 1])
    assert rows["q1", "q1", "south"].raw == pytest.approx(0, abs=1e-12)
    plain = cfa(EIGHT, frames["two"], estimator="WLSMV", group="g")
    free = {(row.a, row.b, row.group): row for row in residuals(fitted("wlsmv")["configural"]).residual_rows}
    for row in residuals(plain).residual_rows:
        own = free[row.a, row.b, row.group]
        assert own.raw == pytest.approx(row.raw, abs=1e-7)
        assert own.z == (None if row.z is None else pytest.approx(row.z, rel=1e-5, abs=1e-6))


def test_modification_indices_ask_further_of_equal_thresholds(frames):
    """The index of a cross-loading foretells the fall of chi-square when it is freed."""
    equal = ["thresholds", "loadings"]
    x = frames["two"].copy()
    x["q8"] = (x["q8"] + (x["q1"] > 3)).clip(upper=4)
    found = cfa(EIGHT, x, estimator="WLSMV", group="g", equal=equal)
    first = modification_indices(found).modification_rows[0]
    labels = [row.group for row in found.group_rows]
    free = ", ".join("NA" if label == first.group else "0" for label in labels)
    freed = cfa(f"{EIGHT}\n{first.lhs} {first.op} c({free})*{first.rhs}", x, estimator="WLSMV", group="g", equal=equal)
    assert found.fit.chisq - freed.fit.chisq == pytest.approx(first.mi, rel=0.25)


def refused(model, x, **keywords):
    with pytest.raises(ModelError) as caught:
        cfa(model, x, **{"estimator": "WLSMV", "group": "g"} | keywords)
    return [each.code for each in caught.value.problems]


def test_what_is_not_identified_is_refused_by_name(frames):
    two = frames["two"]
    assert refused(EIGHT, two, equal=["loadings", "intercepts"]) == ["sem.ordinal_order"] * 2
    assert refused(EIGHT, two, equal=["thresholds", "means"]) == ["sem.ordinal_order"]
    assert refused(EIGHT, two, equal=["thresholds"], released=["q1 | t1", "q1 | t2"]) == ["sem.ordinal_released"]
    assert refused(EIGHT, two, equal=["thresholds"], released=["q1 | t7"]) == ["sem.released_unknown"]
    assert refused(EIGHT, two, equal=["thresholds"], released=["q9 ~ 1"]) == ["sem.released_unknown"]
    assert refused(FIVE, frames["binary"], equal=["thresholds"], released=["q1 | t1"]) == ["sem.ordinal_released"]
    assert refused(EIGHT + "\nq1 ~ 1", two, equal=["thresholds"]) == ["sem.ordinal_intercept"]
    assert "sem.not_identified" in refused(
        FIVE, frames["three"], equal=ORDER[:3], released=[f"q{j} ~ 1" for j in range(1, 6)]
    )


def test_a_category_that_a_group_never_chose_is_named(frames):
    x = frames["two"].copy()
    x.loc[x["g"] == "south", "q2"] = x.loc[x["g"] == "south", "q2"].clip(upper=4)
    with pytest.raises(ModelError) as caught:
        cfa(EIGHT, x, estimator="WLSMV", group="g", equal=["thresholds"])
    found = caught.value.problems[0]
    slots = dict(found.slots)
    assert (found.code, slots["variable"], slots["group"]) == ("sem.ordinal_levels", "q2", "south")
    assert slots["lacking"] == ("5",)


def test_truth_is_recovered(request):
    """Latent mean and variance of the second group, unit residual variances and equal thresholds: all are found."""
    reps = 200 if request.config.getoption("--slow") else 12
    rng = np.random.default_rng(5)
    loadings, cuts = np.array([1.0, 0.8, 1.2, 0.9]), [[-1, 0, 1], [-0.8, 0.5, 1.3], [-1.2, 0.2, 1.0], [-0.5, 0.4, 1.1]]
    truth, estimates, errors, rejected = np.array([0.4, 1.5, 0.8]), [], [], []
    for _ in range(reps):
        g = np.repeat(["a", "b"], 600)
        f = np.where(g == "b", 0.4 + np.sqrt(1.5) * rng.normal(size=1200), rng.normal(size=1200))
        latent = f[:, None] * loadings + rng.normal(size=(1200, 4))
        x = pd.DataFrame({f"q{j + 1}": np.digitize(latent[:, j], cuts[j]) for j in range(4)}).assign(g=g)
        found = cfa("f =~ q1 + q2 + q3 + q4", x, estimator="WLSMV", group="g", equal=ORDER)
        rows = {(row.lhs, row.op, row.rhs, row.group): row for row in found.parameter_rows}
        mine = [rows["f", "~1", "", "b"], rows["f", "~~", "f", "b"], rows["f", "=~", "q2", "a"]]
        estimates.append([row.est for row in mine])
        errors.append([row.se for row in mine])
        rejected.append(found.fit.pvalue_scaled < 0.05)
    spread = np.std(estimates, axis=0, ddof=1)
    assert np.abs(np.mean(estimates, axis=0) - truth) == pytest.approx(0, abs=0.02 + 3.5 * spread.max() / np.sqrt(reps))
    assert np.sqrt(np.mean(np.square(errors), axis=0)) == pytest.approx(spread, rel=0.05 + 4 / np.sqrt(2 * reps))
    assert np.mean(rejected) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / reps)
