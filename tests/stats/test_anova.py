"""Analysis of variance against R and NIST's certified values, equal spread, ranks."""

import json
from math import inf, log10

import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.anova import anova, kruskal, levene, welch_anova
from analysis.stats.groups import Groups, groups
from analysis.stats.result import from_dict, to_dict


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


def digits(found, certified):
    return inf if found == certified else -log10(abs(found - certified) / abs(certified))


@pytest.fixture
def chick(reference):
    return reference("groups")["chick"]


def test_anova_matches_r(chick):
    found = anova("weight ~ feed", chick["data"])
    assert (found.statistic, found.p) == pytest.approx((chick["F"], chick["p"]), rel=1e-11)
    assert list(found.variance["ss"][:2]) == pytest.approx(chick["ss"], rel=1e-12)
    assert list(found.variance["df"][:2]) == chick["df"]
    assert [found.effect.value, found.effect.low, found.effect.high] == pytest.approx(
        [chick["eta"], *chick["eta95"]], rel=1e-8
    )
    ninety = anova("weight ~ feed", chick["data"], level=0.9).effect
    assert [ninety.low, ninety.high] == pytest.approx(chick["eta90"], rel=1e-8)


def test_welch_levene_kruskal_match_r(reference, chick):
    welch = welch_anova("weight ~ feed", chick["data"])
    assert [welch.statistic, welch.df1, welch.df2, welch.p] == pytest.approx(
        [chick["welch"]["F"], *chick["welch"]["df"], chick["welch"]["p"]], rel=1e-10
    )
    for center in ("mean", "median"):
        r = chick[f"levene_{center}"]
        found = levene("weight ~ feed", chick["data"], center=center)
        assert [found.statistic, found.df1, found.df2, found.p] == pytest.approx([r["F"], *r["df"], r["p"]], rel=1e-10)
    found = kruskal("weight ~ feed", chick["data"])
    assert [found.statistic, found.df1, found.p] == pytest.approx(list(chick["kruskal"].values()), rel=1e-10)
    air = reference("groups")["air"]
    tied = kruskal("Ozone ~ Month", air["data"])
    assert [tied.statistic, tied.p] == pytest.approx([air["H"], air["p"]], rel=1e-10)


def test_anova_matches_the_shared_reference(shared_dir):
    r = json.loads((shared_dir / "reference" / "groups.json").read_text(encoding="utf-8"))
    x = pd.read_csv(shared_dir / "reference" / "data" / "chickwts.csv")
    found = anova("weight ~ feed", x)
    assert found.statistic == pytest.approx(r["chick_anova"][0]["F value"], rel=1e-9)
    assert found.effect.value == pytest.approx(r["chick_eta"]["Eta2"], rel=1e-9)
    low = anova("weight ~ feed", x, level=0.9).effect.low  # one-sided 95 % in effectsize
    assert low == pytest.approx(r["chick_eta"]["CI_low"], rel=1e-5)
    welch = welch_anova("weight ~ feed", x)
    assert [welch.statistic, welch.df2] == pytest.approx([r["chick_welch"]["F"], r["chick_welch"]["df"][1]], rel=1e-9)
    assert kruskal("weight ~ feed", x).statistic == pytest.approx(r["chick_kw"]["H"], rel=1e-9)
    assert levene("weight ~ feed", x, center="median").statistic == pytest.approx(
        r["levene_median"][0]["F value"], rel=1e-9
    )


SMLS = {"SmLs01": (13, 21), "SmLs02": (13, 201), "SmLs03": (13, 2001), "SmLs04": (10, 21), "SmLs05": (10, 201)}
SMLS |= {"SmLs06": (10, 2001), "SmLs07": (4, 21), "SmLs08": (4, 201), "SmLs09": (4, 2001)}


@pytest.mark.parametrize("name", SMLS)
def test_nist_certified_f(shared_dir, name):
    x = pd.read_csv(shared_dir / "reference" / "data" / "nist" / f"{name}.csv")
    least, certified = SMLS[name]
    found = anova("y ~ group", x)
    assert digits(found.statistic, certified) >= least
    assert (len(found.group_rows), found.df2) == (9, found.n - 9)


@pytest.mark.parametrize("name", ["SmLs01", "SmLs04", "SmLs05", "SmLs07"])
def test_nist_sets_as_simon_and_lesage_made_them(name):
    """Treatments at base + .4, .3, .5, .3, .5 …; in each one value at the mean, then as many .1 below as above."""
    base = {"1": 1, "4": 10**6, "5": 10**6, "7": 10**12}[name[-1]]
    least, certified = SMLS[name]
    y, g = [], []
    for code, tenths in enumerate([4, 3, 5, 3, 5, 3, 5, 3, 5]):
        steps = [tenths] + [tenths - 1, tenths + 1] * ((certified - 1) // 2)
        y += [float(f"{base}.{step}") for step in steps]
        g += [code] * certified
    assert digits(anova("y ~ g", {"y": y, "g": g}).statistic, certified) >= least


def test_other_nist_sets(shared_dir):
    r = json.loads((shared_dir / "reference" / "nist.json").read_text(encoding="utf-8"))["anova"]
    for name in ("SiRstv", "AtmWtAg"):
        if name in r:
            x = pd.read_csv(shared_dir / "reference" / "data" / "nist" / f"{name}.csv")
            assert anova(f"{x.columns[1]} ~ {x.columns[0]}", x).statistic == pytest.approx(r[name]["F"], rel=1e-9)


def test_printed_table_gives_the_same_as_rows(chick):
    found = groups("weight ~ feed", chick["data"])
    printed = Groups.from_printed(found.labels, n=found.n, mean=found.mean, sd=found.sd, formula="weight ~ feed")
    for verb in (anova, welch_anova):
        ours, theirs = verb("weight ~ feed", printed), verb("weight ~ feed", chick["data"])
        assert (ours.statistic, ours.p) == pytest.approx((theirs.statistic, theirs.p), rel=1e-10)
        assert ours.effect.high == pytest.approx(theirs.effect.high, rel=1e-10)


def test_results_survive_json(chick):
    for verb in (anova, welch_anova, levene, kruskal):
        found = verb("weight ~ feed", chick["data"])
        assert from_dict(json.loads(json.dumps(to_dict(found)))) == found


# ---- degenerate data -------------------------------------------------------------------------------------------------


def test_anova_of_one_group_is_refused():
    assert refusal(lambda: anova("y ~ g", {"y": [1, 2, 3], "g": ["a"] * 3}))[0] == "groups.too_few"


def test_anova_of_a_constant_outcome_is_refused():
    data = {"y": [2] * 6, "g": list("aabbcc")}
    for verb in (anova, welch_anova, levene, kruskal):
        assert refusal(lambda verb=verb: verb("y ~ g", data))[0] == "groups.constant_outcome"


def test_welch_names_the_group_that_all_answered_alike():
    data = {"y": [2, 2, 1, 3, 4, 6], "g": list("aabbcc")}
    assert refusal(lambda: welch_anova("y ~ g", data)) == ("groups.constant_group", {"groups": ("a",)})


def test_singleton_group_is_left_out_of_every_test():
    data = {"y": [1, 2, 3, 5, 4, 9, 7], "g": list("aabbccd")}
    for verb in (anova, welch_anova, kruskal):
        found = verb("y ~ g", data)
        assert (found.n, next(each.code for each in found.cautions)) == (6, "groups.singleton")


def test_distances_all_alike_have_no_levene():
    data = {"y": [1, 3, 2, 4, 5, 7], "g": list("aabbcc")}
    assert refusal(lambda: levene("y ~ g", data))[0] == "compare.constant_distance"


def test_ranks_and_distances_need_rows():
    printed = Groups.from_printed(["a", "b"], n=[5, 5], mean=[1, 2], sd=[1, 1], formula="y ~ g")
    assert refusal(lambda: kruskal("y ~ g", printed)) == ("groups.needs_rows", {"what": "kruskal"})
    assert refusal(lambda: levene("y ~ g", printed)) == ("groups.needs_rows", {"what": "levene"})
