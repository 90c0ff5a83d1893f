"""Models by maximum likelihood against lavaan, on answers and on moments."""

import json

import numpy as np
import pytest

from analysis.errors import ModelError
from analysis.stats.moments import Moments, moments
from analysis.stats.result import from_dict, to_dict
from analysis.stats.sem.cfa import cfa, sem

from .conftest import BFI_MODEL, HS_MODEL, PD_MODEL

LAVAAN = 1e-5  # of the shared values: lavaan's optimiser stops there


@pytest.mark.parametrize(
    ("case", "model", "name", "keywords"),
    [
        ("HS", HS_MODEL, "HS", {}),
        ("HS_wishart", HS_MODEL, "HS", {"likelihood": "wishart"}),
        ("HS_stdlv", HS_MODEL, "HS", {"identify": "variance"}),
        ("bfi", BFI_MODEL, "bfi", {}),
        ("PolDem_sem", PD_MODEL, "PD", {}),
    ],
)
def test_shared_values(shared_values, data, agree, case, model, name, keywords):
    r = shared_values("cfa_ml")[case]
    found = cfa(model, data[name], **keywords)
    assert found.converged
    assert found.n == r["nobs"]
    # the objective is no worse than lavaan's; lavaan's estimates of bfi are good to 3e-5
    assert found.fit.fmin <= r["fit"]["fmin"] * (1 + 1e-12)
    assert agree(found, r, estimates=3e-5 if case == "bfi" else LAVAAN) > 30
    explained = {row.variable: row.r2 for row in found.r2_rows}
    assert explained == pytest.approx(r["r2"], rel=3e-5, abs=3e-5)


@pytest.mark.parametrize(
    "case",
    ["second_order", "orthogonal", "equal_labels", "freed", "path", "path_means", "mimic", "two_outcomes", "single",
     "means"],
)  # fmt: skip
def test_models_match_lavaan(reference, data, agree, case):
    r = reference("sem")[case]
    found = sem(r["model"], data[r["data"]])
    assert found.converged
    assert agree(found, r, estimates=2e-4 if case == "equal_labels" else 3e-5, fit=1e-5) > 25


@pytest.mark.parametrize(
    ("case", "keywords"),
    [
        ("group_labels", {}),
        ("group_equal", {"equal": ("loadings", "intercepts"), "identify": "variance"}),
        ("group_partial", {"equal": ("loadings", "intercepts"), "released": ("x3 ~ 1", "x7 ~ 1")}),
        ("wishart_groups", {"likelihood": "wishart"}),
    ],
)
def test_groups_match_lavaan(reference, data, agree, case, keywords):
    r = reference("sem")[case]
    found = cfa(r.get("model", HS_MODEL), data["HS"], group="school", **keywords)
    assert agree(found, r, estimates=5e-5, errors=2e-4) > 25
    assert [(row.group, row.n) for row in found.group_rows] == [("Pasteur", 156), ("Grant-White", 145)]


@pytest.mark.parametrize("step", ["configural", "metric", "scalar", "strict"])
def test_steps_of_invariance_match_the_shared_values(shared_values, data, agree, step):
    r = shared_values("invariance")["HS_school"][step]
    equal = ("loadings", "intercepts", "residuals")[: ("configural", "metric", "scalar", "strict").index(step)]
    assert agree(cfa(HS_MODEL, data["HS"], group="school", equal=equal), r, estimates=3e-5) > 30


def test_moments_give_what_the_rows_give(data):
    names = [f"x{j}" for j in range(1, 10)]
    from_rows, from_moments = cfa(HS_MODEL, data["HS"]), cfa(HS_MODEL, moments(data["HS"][names]))
    assert [row.est for row in from_rows.parameter_rows] == pytest.approx(
        [row.est for row in from_moments.parameter_rows], rel=1e-8
    )
    both = {school: moments(rows[names]) for school, rows in data["HS"].groupby("school", sort=False)}
    by_group = cfa(HS_MODEL, both)
    assert by_group.fit.chisq == pytest.approx(cfa(HS_MODEL, data["HS"], group="school").fit.chisq, rel=1e-9)


def test_a_result_goes_through_json(data):
    found = cfa(HS_MODEL, data["HS"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


def test_the_gradient_at_the_solution_is_zero(data):
    found = sem(PD_MODEL, data["PD"])._solution
    assert np.abs(found.machine.gradient(found.theta)).max() < 1e-7


def one_factor(loading=0.6, k=3, n=300):
    corr = np.full((k, k), loading**2)
    np.fill_diagonal(corr, 1.0)
    return Moments.from_printed(corr, n=n, names=[f"q{j}" for j in range(1, k + 1)])


def test_a_model_that_fits_exactly():
    found = cfa("f =~ q1 + q2 + q3", one_factor())
    assert found.fit.df == 0
    assert found.fit.chisq == pytest.approx(0, abs=1e-9)
    assert (found.fit.pvalue, found.fit.cfi, found.fit.tli, found.fit.rmsea) == (None, 1.0, 1.0, 0.0)
    assert found.loadings() == {"f": pytest.approx({"q1": 0.6, "q2": 0.6, "q3": 0.6})}


@pytest.mark.parametrize(
    ("model", "k", "code", "slots"),
    [
        ("f =~ q1 + q2", 2, "sem.negative_df", {"df": -1, "moments": 3, "parameters": 4}),
        ("f =~ q1 + q2\ng =~ q3 + q4\nf ~~ 0*g", 4, "sem.not_identified", {}),
        ("f =~ NA*q1 + q2 + q3 + q4", 4, "sem.not_identified", {}),
        ("y ~ q1", 3, "rows.unknown_column", {"column": "y"}),
    ],
)
def test_refusals_name_the_reason(model, k, code, slots):
    with pytest.raises(ModelError) as caught:
        cfa(model, one_factor(k=k))
    assert caught.value.code == code
    assert {name: caught.value.problems[0].get(name) for name in slots} == slots


def test_no_more_rows_than_items_is_refused(data):
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, data["HS"].head(7))
    assert caught.value.code == "factors.too_few_rows"


def test_a_copy_of_an_item_is_named(data):
    twice = data["HS"].assign(x2=data["HS"]["x1"])
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, twice)
    assert (caught.value.code, caught.value.problems[0].get("a")) == ("factors.duplicate_items", "x1")


def test_an_item_without_variance_is_named(data):
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, data["HS"].assign(x5=3.0))
    assert caught.value.problems[0].get("columns") == ("x5",)


def test_a_negative_variance_is_named():
    corr = [[1], [0.9, 1], [0.8, 0.5, 1], [0.3, 0.2, 0.2, 1]]
    found = cfa("f =~ a + b + c + d", Moments.from_printed(corr, n=200, names=["a", "b", "c", "d"]))
    said = {each.code: each for each in found.cautions}
    assert said["sem.negative_variance"].get("variables") == ("a",)


def test_a_correlation_beyond_one_is_named():
    corr = [[1], [0.5, 1], [0.6, 0.6, 1], [0.6, 0.6, 0.5, 1]]
    found = cfa("f =~ a + b\ng =~ c + d", Moments.from_printed(corr, n=200, names=["a", "b", "c", "d"]))
    said = {each.code: each for each in found.cautions}
    assert said["sem.correlation_beyond_one"].get("parameters") == ("f ~~ g",)


def test_an_impossible_latent_covariance_is_said():
    """Three factors whose pairs correlate possibly, but not all together."""
    phi = np.array([[1, 0.95, 0.05], [0.95, 1, 0.6], [0.05, 0.6, 1]])
    loadings = np.kron(np.eye(3), np.full((3, 1), 0.6))
    corr = loadings @ phi @ loadings.T
    np.fill_diagonal(corr, 1.0)
    names = [f"q{j}" for j in range(9)]
    model = "\n".join(f"f{j} =~ " + " + ".join(names[3 * j : 3 * j + 3]) for j in range(3))
    found = cfa(model, Moments.from_printed(corr, n=300, names=names))
    assert "sem.latent_not_positive_definite" in [each.code for each in found.cautions]


def test_an_item_that_was_not_recoded_is_named(data):
    found = cfa(HS_MODEL, data["HS"].assign(x5=-data["HS"]["x5"]))
    said = {each.code: each for each in found.cautions}
    assert (said["sem.mixed_signs"].get("factor"), said["sem.mixed_signs"].get("items")) == ("textual", ("x5",))
    assert "sem.mixed_signs" not in [each.code for each in cfa(HS_MODEL, data["HS"]).cautions]


def test_one_group_is_no_comparison(data):
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, data["HS"].assign(school="one"), group="school")
    assert caught.value.code == "sem.one_group"


def test_values_for_groups_that_are_not_there(data):
    with pytest.raises(ModelError) as caught:
        cfa("f =~ x1 + c(a, b, c)*x2 + x3", data["HS"], group="school")
    assert caught.value.code == "model.groups"


def test_a_definition_without_value_is_refused(data):
    with pytest.raises(ModelError) as caught:
        sem("x1 ~ a*x2; d := a / (a - a)", data["HS"])
    assert caught.value.code == "sem.undefined"


@pytest.mark.parametrize(
    ("keywords", "nearest"),
    [({"estimator": "MLX"}, "ML"), ({"missing": "fml"}, "fiml"), ({"equal": ("loading",)}, "loadings")],
)
def test_unknown_options_name_the_nearest(data, keywords, nearest):
    with pytest.raises(ModelError) as caught:
        cfa(HS_MODEL, data["HS"], **keywords)
    assert caught.value.problems[0].get("nearest") == nearest
