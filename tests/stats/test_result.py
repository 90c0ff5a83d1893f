"""Every result of this floor survives JSON at full precision."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import ModelError
from analysis.stats.correlation import correlate
from analysis.stats.describe import describe, frequencies
from analysis.stats.moments import moments
from analysis.stats.regression import ols
from analysis.stats.reliability import alpha
from analysis.stats.result import from_dict, to_dict

DATA = pd.DataFrame(np.random.default_rng(5).integers(1, 6, (30, 4)), columns=list("abcy"))
DATA.loc[0, "a"] = None
RESULTS = {
    "moments": lambda: moments(DATA),
    "description": lambda: describe(DATA),
    "frequencies": lambda: frequencies(DATA, "a", [1, 2, 3, 4, 5, 6]),
    "labels": lambda: frequencies({"g": ["b", "a", None]}, "g"),
    "reliability": lambda: alpha(DATA.assign(flat=1), missing="pairwise"),
    "correlations": lambda: correlate(DATA.assign(twice=2 * DATA["y"]).dropna()),
    "regression": lambda: ols("y ~ a + b", DATA, vcov="HC3"),
    "mean": lambda: ols("y ~ 1", moments(DATA)),
}


@pytest.mark.parametrize("name", RESULTS)
def test_round_trip(name):
    result = RESULTS[name]()
    text = json.dumps(to_dict(result), allow_nan=False)
    again = from_dict(json.loads(text))
    assert again == result
    assert type(again) is type(result)
    assert json.dumps(to_dict(again)) == text


def test_a_result_read_from_a_file_has_its_table_but_no_rows():
    again = from_dict(to_dict(RESULTS["regression"]()))
    assert len(again.coefficients) == 3
    with pytest.raises(ModelError) as caught:
        again.residuals()
    assert caught.value.code == "regression.needs_rows"


@pytest.mark.parametrize("tag", ["stats.result.Nothing", "stats.nowhere.Thing", "os.system", "", "os.path"])
def test_unknown_types_are_refused(tag):
    with pytest.raises(ModelError) as caught:
        from_dict({"type": tag})
    assert caught.value.code == "result.unknown_type"


def test_rows_are_read_by_name():
    row = RESULTS["regression"]().coefficient_rows[0]
    assert row["b"] == row.b
    with pytest.raises(KeyError):
        row["__class__"]
