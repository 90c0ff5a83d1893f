"""LMG against R and relaimpo."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.importance import dominance, lmg
from analysis.stats.moments import moments
from analysis.stats.result import from_dict, to_dict


def refusal(function):
    with pytest.raises(ModelError) as caught:
        function()
    return caught.value.code, dict(caught.value.problems[0].slots)


@pytest.mark.parametrize(("case", "outcome"), [("attitude", "rating"), ("cars", "mpg")])
def test_lmg_matches_r(reference, case, outcome):
    r = reference("importance")[case]
    found = lmg(f"{outcome} ~ {' + '.join(r['lmg'])}", r["data"])
    assert {row.term: row.lmg for row in found.term_rows} == pytest.approx(r["lmg"], rel=1e-10)
    assert found.r2 == pytest.approx(r["r2"], rel=1e-11)
    assert sum(row.share for row in found.term_rows) == pytest.approx(1)


def test_lmg_matches_relaimpo(shared_dir):
    r = json.loads((shared_dir / "reference" / "relaimpo.json").read_text(encoding="utf-8"))["attitude"]
    x = pd.read_csv(shared_dir / "reference" / "data" / "attitude.csv")
    formula = f"rating ~ {' + '.join(r['lmg'])}"
    for source in (x, moments(x), [x.iloc[:11], x.iloc[11:]]):
        found = lmg(formula, source)
        for name in ("lmg", "first", "last"):
            assert {row.term: row[name] for row in found.term_rows} == pytest.approx(r[name], rel=1e-9)
        assert found.r2 == pytest.approx(r["R2"], rel=1e-9)


def test_fourteen_terms_at_once():
    rng = np.random.default_rng(1)
    x = pd.DataFrame(rng.normal(size=(100, 15)), columns=[f"x{j}" for j in range(15)])
    found = lmg(f"x14 ~ {' + '.join(f'x{j}' for j in range(14))}", x)
    assert sum(row.lmg for row in found.term_rows) == pytest.approx(found.r2, rel=1e-12)
    assert min(row.lmg for row in found.term_rows) >= 0


def test_result_survives_json(reference):
    r = reference("importance")["attitude"]
    found = lmg("rating ~ complaints + learning", r["data"])
    assert from_dict(json.loads(json.dumps(to_dict(found)))) == found
    assert list(found.terms.columns) == ["term", "lmg", "share", "first", "last"]


def test_what_cannot_be_divided_is_refused():
    x = {"y": [1.0, 2, 4, 3, 6], "a": [1, 2, 3, 4, 5], "b": [2, 4, 6, 8, 10]}
    assert refusal(lambda: lmg("y ~ a*b", x)) == ("importance.interactions", {"terms": ("a:b",)})
    assert refusal(lambda: lmg("y ~ 0 + a", x))[0] == "importance.formula"
    assert refusal(lambda: lmg("y ~ a + b", x))[0] == "regression.rank_deficient"
    assert refusal(lambda: lmg("y ~ a + b", moments(x)))[0] == "regression.rank_deficient"
    many = " + ".join(f"x{j}" for j in range(19))
    assert refusal(lambda: lmg(f"y ~ {many}", x)) == ("importance.too_many_terms", {"k": 19, "most": 18})


def test_resamples_whose_factors_determine_each_other_are_left_out() -> None:
    """Four rows: most resamples hold two different ones at the most, and their R^2 was no number."""
    x = pd.DataFrame({"y": [1.0, 2.0, 2.5, 4.0], "a": [1.0, 3.0, 2.0, 4.0], "b": [2.0, 1.0, 4.0, 3.0]})
    few = dominance("y ~ a + b", x, resamples=200)
    assert all(row.low is None or 0 <= row.low <= row.high <= 1 for row in few.term_rows)
    draw = np.random.default_rng(1)
    wide = pd.DataFrame(draw.normal(size=(40, 3)), columns=["y", "a", "b"])
    assert dominance("y ~ a + b", wide, resamples=200).resamples == 200
