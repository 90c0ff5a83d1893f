"""Exact solutions of NIST's linear regression sets, in rational arithmetic. Run: python make.py

The rows in values.json are those of NIST StRD (https://www.itl.nist.gov/div898/strd/lls/lls.shtml, public domain). This
script fills in `beta`, `se`, `sd`, `r2` to 20 digits; they agree with the certified values in all 15 published digits.
"""

import json
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

getcontext().prec = 60
FILE = Path(__file__).with_name("values.json")


def inverse(matrix):
    """Gauss-Jordan on fractions."""
    k = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(k))] for i, row in enumerate(matrix)]
    for i in range(k):
        pivot = next(r for r in range(i, k) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(k):
            if r != i and rows[r][i]:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[k:] for row in rows]


def decimal(value, root=False):
    found = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{found.sqrt() if root else found:.20g}"


def solve(case):
    rows = [[Fraction(value) for value in row] for row in case["rows"]]
    y, xs = [row[0] for row in rows], [row[1:] for row in rows]
    if case["degree"] > 1:
        xs = [[x[0] ** power for power in range(1, case["degree"] + 1)] for x in xs]
    design = [[Fraction(1), *x] for x in xs] if case["intercept"] else xs
    k, n = len(design[0]), len(y)
    inv = inverse([[sum(row[i] * row[j] for row in design) for j in range(k)] for i in range(k)])
    xty = [sum(row[i] * value for row, value in zip(design, y, strict=True)) for i in range(k)]
    beta = [sum(inv[i][j] * xty[j] for j in range(k)) for i in range(k)]
    rss = sum((v - sum(b * x for b, x in zip(beta, r, strict=True))) ** 2 for v, r in zip(y, design, strict=True))
    mean = sum(y) / n if case["intercept"] else 0
    s2 = rss / (n - k)
    return {
        "beta": [decimal(b) for b in beta],
        "se": [decimal(s2 * inv[i][i], root=True) for i in range(k)],
        "sd": decimal(s2, root=True),
        "r2": decimal(1 - rss / sum((v - mean) ** 2 for v in y)),
    }


if __name__ == "__main__":
    cases = json.loads(FILE.read_text(encoding="utf-8"))
    for case in cases["sets"].values():
        case.update(solve(case))
    FILE.write_text(json.dumps(cases, indent=1) + "\n", encoding="utf-8")
