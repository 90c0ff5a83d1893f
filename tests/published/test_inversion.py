"""Numbers that prints leave out, from those that they give: against the printed ones, and against simulated truth."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.published.audit import Audit, audit

KINDS = (
    "reliability", "correlations", "coefficients", "models", "groups", "t_tests", "anova", "levene", "posthoc",
    "eigenvalues", "loadings", "kmo", "profiles",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(published) -> Audit:
    return audit({kind: published(kind) for kind in KINDS})


def of(found: Audit, table: str, what: str, where: str | None = None):
    return [e for e in found.inverted if (e.table_id, e.what) == (table, what) and where in (None, e.where)]


class TestRealTables:
    def test_deviations_of_a_scale_are_the_printed_ones(self, found):
        own = [each for each in of(found, "R1", "item_sd") if each.where.startswith("Su dap ung")]
        assert [round(each.value, 3) for each in own] == [0.585, 0.676, 0.562, 0.578, 0.599]
        assert [each.printed for each in own] == [".5854", ".6758", ".5624", ".5779", ".5990"]
        [variance] = of(found, "R1", "scale_var", "Su dap ung (responsiveness)")
        assert variance.low <= 5.3098 <= variance.high

    def test_n_of_a_regression_that_prints_none(self, found):
        """R² and adjusted R², and t with beta and VIF of seven predictors, leave three values of n in common."""
        [n] = of(found, "G1", "n")
        assert (n.low, n.high, n.equations) == (234, 236, 8)

    def test_n_from_bartlett_and_the_eigenvalues(self, found):
        [n] = of(found, "E1", "n")
        assert (n.value, n.low, n.high) == (150, 150, 150)

    def test_r2_from_t_beta_and_vif(self, found):
        [n] = of(found, "G2", "n")
        assert (n.value, n.low, n.high) == (190, 185, 196)  # from the residual's deviation, .984
        [r2] = of(found, "G2", "R2")
        assert r2.given == "n = 190"
        assert (round(r2.low, 3), round(r2.high, 3)) == (0.556, 0.559)

    def test_two_predictors_leave_nothing_open(self, found):
        [r2] = [each for each in of(found, "G11", "R2") if not each.given]
        assert round(r2.value, 3) == 0.326
        [r] = of(found, "G11", "r", "IT")
        assert round(r.value, 3) == 0.434

    def test_what_is_printed_lies_in_what_was_recovered(self, found):
        for each in found.inverted:
            if each.printed and each.what == "n":
                assert each.low <= float(each.printed) <= each.high, each


@pytest.mark.parametrize("seed", range(6))
def test_simulated_truth_lies_in_what_was_recovered(printed_study, seed):
    tables, _ = printed_study(seed, 4, "half_even")
    n = int(str(tables["models"][0]["n"]))
    hidden = {kind: [dict(row) for row in rows] for kind, rows in tables.items()}
    for kind in ("models", "kmo", "correlations", "reliability"):
        for row in hidden[kind]:
            for name in ("n", "n_cases", "df_tot", "df_res", "df_reg"):
                row.pop(name, None)
    found = audit(hidden)
    sizes = [each for each in found.inverted if each.what == "n" and each.where in ("model", "KMO", "matrix")]
    assert {"model", "KMO"} <= {each.where for each in sizes}
    for each in sizes:
        if each.where != "matrix":  # p of a one-sided test gives another n
            assert each.low <= n <= each.high, each
    r2 = float(str(tables["models"][0]["R2"]))
    [sum_of_products] = [each for each in found.inverted if each.where == "Σ beta r"]
    assert sum_of_products.low - 1e-4 <= r2 <= sum_of_products.high + 1e-4


def test_an_n_recovered_from_correlations_is_that_of_the_rows():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((87, 4)) + 0.4 * rng.standard_normal((87, 1))
    from scipy import stats

    rows = []
    for i in range(4):
        for j in range(i):
            pair = stats.pearsonr(x[:, i], x[:, j])
            rows.append(
                {
                    "table_id": "T",
                    "row": f"x{i}",
                    "col": f"x{j}",
                    "r": f"{pair.statistic:.4f}",
                    "p": f"{pair.pvalue:.4f}",
                }
            )
    [n] = of(audit({"correlations": rows}), "T", "n")
    assert n.low <= 87 <= n.high
    assert n.high - n.low < 40
