"""Pairs of groups against TukeyHSD, Games-Howell and Bonferroni in R."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.distributions import range_quantile, range_upper
from analysis.stats.groups import Groups, groups
from analysis.stats.posthoc import posthoc
from analysis.stats.result import from_dict, to_dict


@pytest.fixture
def chick(reference):
    return reference("groups")["chick"]


def test_tukey_matches_r(chick):
    found = posthoc("weight ~ feed", chick["data"])
    ours = {f"{row.b}-{row.a}": row for row in found.pair_rows}
    for pair, (gap, low, high, p) in zip(chick["tukey"]["pair"], chick["tukey"]["value"], strict=True):
        row = ours[pair]
        assert [-row.difference, -row.high, -row.low] == pytest.approx([gap, low, high], rel=1e-8, abs=1e-10)
        assert row.p == pytest.approx(p, abs=2e-9)  # ptukey's own error


def test_games_howell_matches_r(chick):
    found = posthoc("weight ~ feed", chick["data"], method="games_howell")
    r = np.array(chick["games_howell"]["value"])
    ours = found.pairs[["difference", "se", "df", "low", "high"]].to_numpy()
    np.testing.assert_allclose(ours, r[:, :5], rtol=1e-10, atol=1e-5)  # qtukey's own error
    np.testing.assert_allclose(found.pairs["p"], r[:, 5], atol=2e-9)


def test_bonferroni_matches_r(chick):
    found = posthoc("weight ~ feed", chick["data"], method="bonferroni")
    r = chick["bonferroni"]
    p = {(a, b): r["p"][i][j] for i, b in enumerate(r["b"]) for j, a in enumerate(r["a"])}
    for row in found.pair_rows:
        assert row.p == pytest.approx(p[row.a, row.b], rel=1e-9)


def test_posthoc_matches_the_shared_reference(shared_dir):
    x = pd.read_csv(shared_dir / "reference" / "data" / "chickwts.csv")
    r = json.loads((shared_dir / "reference" / "extra.json").read_text(encoding="utf-8"))["gh_chick"]
    found = posthoc("weight ~ feed", x, method="games_howell")
    for row, line in zip(found.pair_rows, r, strict=True):
        assert (row.a, row.b) == (line["group1"], line["group2"])
        assert [-row.difference, abs(row.statistic), row.df, -row.high, -row.low] == pytest.approx(
            [float(line[name]) for name in ("diff", "t", "df", "lo", "hi")], rel=1e-10, abs=1e-5
        )
        assert row.p == pytest.approx(float(line["p"]), abs=2e-9)


def test_printed_groups_give_the_same(chick):
    found = groups("weight ~ feed", chick["data"])
    printed = Groups.from_printed(found.labels, n=found.n, mean=found.mean, sd=found.sd, formula="weight ~ feed")
    for method in ("tukey", "games_howell", "bonferroni"):
        ours = posthoc("weight ~ feed", printed, method=method).pairs
        theirs = posthoc("weight ~ feed", chick["data"], method=method).pairs
        np.testing.assert_allclose(
            ours.drop(columns=["a", "b"]).to_numpy(float), theirs.drop(columns=["a", "b"]).to_numpy(float), rtol=1e-9
        )


def test_studentized_range_in_the_far_tail_and_for_few_degrees():
    """Values of scipy.stats.studentized_range 1.17 (R's ptukey has an absolute error of 1e-9 and more)."""
    assert range_upper(9, 6, 65) == pytest.approx(3.3494869e-07, rel=1e-6)
    assert range_upper(20, 3, 2) == pytest.approx(0.009051718850, rel=1e-8)
    assert range_upper(3, 30, 1000) == pytest.approx(0.955227620611635, rel=1e-9)
    assert range_quantile(0.95, 3, 10) == pytest.approx(3.87677675, rel=1e-7)
    assert range_upper(0, 3, 10) == 1


def test_result_survives_json(chick):
    found = posthoc("weight ~ feed", chick["data"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert list(found.pairs.columns[:8]) == ["a", "b", "difference", "se", "statistic", "df", "low", "high"]


def test_two_groups_without_spread_have_no_games_howell():
    data = {"y": [2, 2, 3, 3, 4, 6], "g": list("aabbcc")}
    with pytest.raises(ModelError) as caught:
        posthoc("y ~ g", data, method="games_howell")
    assert caught.value.problems[0].get("groups") == ("a", "b")
