"""NIST's linear regression sets: how many digits agree (log relative error)."""

import math

import pytest

from analysis.stats.regression import ols

LEAST = {  # digits of the coefficients, digits of their errors
    "norris": (12, 9), "pontius": (12, 9), "noint1": (15, 9), "noint2": (15, 9), "longley": (12, 11), "filip": (7, 6),
    "wampler1": (9, 9), "wampler2": (9, 9), "wampler3": (9, 9), "wampler4": (7.5, 9), "wampler5": (5.5, 9),
}  # fmt: skip


def digits(found, certified):
    """Digits that agree; of zero, digits after the point."""
    if found == certified:
        return 17.0
    return -math.log10(abs(found - certified) / (abs(certified) or 1.0))


@pytest.mark.parametrize("name", LEAST)
def test_digits(reference, name):
    case = reference("nist")["sets"][name]
    rows = [[float(value) for value in row] for row in case["rows"]]
    columns = {"y": [row[0] for row in rows], **{f"x{j}": [row[j] for row in rows] for j in range(1, len(rows[0]))}}
    if case["degree"] > 1 and len(rows[0]) == 2:
        for power in range(2, case["degree"] + 1):
            columns[f"x{power}"] = [row[1] ** power for row in rows]
    formula = "y ~ " + ("" if case["intercept"] else "0 + ") + " + ".join(each for each in columns if each != "y")
    found = ols(formula, columns)
    b, se = LEAST[name]
    assert min(digits(row.b, float(v)) for row, v in zip(found.coefficient_rows, case["beta"], strict=True)) >= b
    assert min(digits(row.se, float(v)) for row, v in zip(found.coefficient_rows, case["se"], strict=True)) >= se
    assert digits(found.fit.see, float(case["sd"])) >= 8
    assert digits(found.fit.r2, float(case["r2"])) >= 9


def test_filip_from_moments_is_refused_not_guessed(reference):
    from analysis.errors import ModelError
    from analysis.stats.moments import moments

    rows = [[float(value) for value in row] for row in reference("nist")["sets"]["filip"]["rows"]]
    columns = {"y": [row[0] for row in rows], **{f"x{j}": [row[1] ** j for row in rows] for j in range(1, 11)}}
    with pytest.raises(ModelError) as caught:
        ols("y ~ " + " + ".join(f"x{j}" for j in range(1, 11)), moments(columns))
    assert caught.value.code == "regression.rank_deficient"
